//! What stands above the sum of the evidence: what is one company whatever else is in the file, and what a person has to
//! judge however much agrees.

use super::name::{NameAgreement, adds_separating_words, may_be_mistyped};
use super::profile::{Key, Profile};
use super::weigh::{Comparison, Frequencies};

/// A rule that stands above the sum of the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The same name at the same address: two rows of one company, also in a file too small to say what is rare.
    Identical,
    /// Two legal forms that are both known: two legal persons, unless a number says otherwise.
    OtherForm,
    /// Other streets and other telephones under one name and domain: branches, or a company that moved.
    Branches,
    /// A word that makes another company of a name stands in the domain of both.
    NamedByDomain,
    /// Two KvK numbers that one slip of the finger makes of each other, while name and domain or address agree.
    MistypedNumber,
}

impl Rule {
    /// Whether the two must not come into one company by way of a third record either.
    pub(super) fn holds_apart(self) -> bool {
        self != Rule::Identical
    }
}

/// Records from which on a domain is that of a chain: its branches have one name and one domain.
const CHAIN_RECORDS: u32 = 8;

/// The rule for two records of which no number decides.
pub(super) fn of(a: &Profile, b: &Profile, found: &Comparison, f: &Frequencies) -> Option<Rule> {
    if forms_differ(a, b) {
        Some(Rule::OtherForm)
    } else if is_one_place(a, b) && is_one_name(a, b, found.name) {
        Some(Rule::Identical)
    } else if are_branches(a, b, f) {
        Some(Rule::Branches)
    } else if found.name == NameAgreement::Part && is_named_by_domain(a, b, f) {
        Some(Rule::NamedByDomain)
    } else {
        None
    }
}

/// Whether two records may be two branches: other streets and other telephones, and nobody who is the same. A mobile
/// number that differs says nothing, because everybody has one.
fn are_branches(a: &Profile, b: &Profile, f: &Frequencies) -> bool {
    let differ = |x: Key, y: Key| x.zip(y).is_some_and(|(x, y)| x != y);
    let is_elsewhere = differ(a.street, b.street) && !same(a.address, b.address);
    let other_phone = differ(a.phone, b.phone) && a.has_fixed_phone && b.has_fixed_phone;
    let is_chain =
        || same(a.domain, b.domain) && a.domain.is_some_and(|domain| f.count(domain) > CHAIN_RECORDS);
    is_elsewhere && !same(a.person, b.person) && (other_phone || !same(a.phone, b.phone) && is_chain())
}

/// How two names that differ agree where address and domain do.
pub(super) fn name_of_one_house(a: &Profile, b: &Profile, f: &Frequencies) -> NameAgreement {
    if is_named_by_domain(a, b, f) {
        NameAgreement::Part
    } else if may_be_mistyped(&a.name, &b.name, &|word| f.is_common(word)) {
        NameAgreement::Close
    } else {
        NameAgreement::Different
    }
}

/// "Optranor" and "Optranor Vastgoed" at optranorvastgoed.nl: the word that makes another company stands in the domain of
/// both, so it may be one name shortened.
fn is_named_by_domain(a: &Profile, b: &Profile, f: &Frequencies) -> bool {
    let longer = if a.name.len() >= b.name.len() { a } else { b };
    same(a.domain, b.domain)
        && longer.names_domain
        && adds_separating_words(&a.name, &b.name, &|word| f.is_common(word))
}

/// The same name, also when one writes the umlauts out (Müller, Mueller).
fn is_one_name(a: &Profile, b: &Profile, name: NameAgreement) -> bool {
    name == NameAgreement::Equal
        || name >= NameAgreement::Close
            && without_written_umlauts(&a.name).eq(without_written_umlauts(&b.name))
}

fn without_written_umlauts(name: &str) -> impl Iterator<Item = u8> {
    let mut before = b' ';
    name.bytes().filter(|letter| *letter != b' ').filter(move |letter| {
        let is_umlaut = *letter == b'e' && matches!(before, b'a' | b'o' | b'u');
        before = *letter;
        !is_umlaut
    })
}

fn forms_differ(a: &Profile, b: &Profile) -> bool {
    a.form.zip(b.form).is_some_and(|(x, y)| x != y)
}

pub(super) fn same(x: Key, y: Key) -> bool {
    x.is_some() && x == y
}

/// Street, number, postcode and town are the same.
pub(super) fn is_one_place(a: &Profile, b: &Profile) -> bool {
    same(a.address, b.address) && same(a.street, b.street)
}

/// Whether two KvK numbers that differ may be one, mistyped: one digit is another, or two neighbours changed places. It
/// is a sign only where the domain or the address agrees, and no other number or form speaks against it.
pub(super) fn is_mistyped(a: &Profile, b: &Profile) -> bool {
    let leis_differ = a.lei.zip(b.lei).is_some_and(|(x, y)| x != y);
    (same(a.domain, b.domain) || same(a.address, b.address))
        && !leis_differ
        && !forms_differ(a, b)
        && one_slip(a.kvk_digits, b.kvk_digits)
}

fn one_slip(mut x: u32, mut y: u32) -> bool {
    if x == 0 || y == 0 {
        return false;
    }
    // The digits that differ, from the last to the first.
    let (mut n, mut at, mut first) = (0, 0, (0, 0));
    let mut are_swapped = false;
    for place in 0..8 {
        let (dx, dy) = (x % 10, y % 10);
        (x, y) = (x / 10, y / 10);
        if dx == dy {
            continue;
        }
        n += 1;
        are_swapped = n == 2 && place == at + 1 && (dy, dx) == first;
        (at, first) = (place, (dx, dy));
    }
    n == 1 || n == 2 && are_swapped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_slip_makes_one_number_of_another() {
        for (x, y, expected) in [
            (45_454_545, 45_464_545, true),
            (45_454_545, 45_454_554, true),
            (12_345_678, 21_345_678, true),
            (1_234_567, 11_234_567, true),
            (12_345_678, 12_345_678, false),
            (12_345_678, 12_345_689, false),
            (12_345_678, 32_145_678, false),
            (12_345_678, 0, false),
        ] {
            assert_eq!(one_slip(x, y), expected, "{x} / {y}");
        }
    }

    proptest! {
        /// One digit that is another is always a slip, two never are unless they changed places.
        #[test]
        fn a_slip_is_one_digit(x in 1_000_000_u32..99_999_999, place in 0_u32..8, add in 1_u32..10) {
            let digit = x / 10_u32.pow(place) % 10;
            let y = x - digit * 10_u32.pow(place) + (digit + add) % 10 * 10_u32.pow(place);
            prop_assume!(y > 0);
            prop_assert!(one_slip(x, y) && one_slip(y, x));
        }
    }
}
