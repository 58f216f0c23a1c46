//! How much two records speak for being one company: agreement weights in bits (Fellegi and Sunter, "A Theory for Record
//! Linkage", 1969), with the frequency of the value that agrees. A rare name in common says much, "Jansen" little.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU64;
use std::sync::Arc;

use super::REVIEW_BITS;
use super::common::is_common_anywhere;
use super::name::{NameAgreement, compare_in_full};
use super::profile::{Key, Profile, key};
use super::rule::{self, Rule};
use super::terms::TermCounts;

/// Hashes that are spread already need no second hashing.
#[derive(Debug, Clone, Copy, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type Counts = HashMap<NonZeroU64, u32, BuildHasherDefault<AsIs>>;

/// How often values occur among the records: what an agreement is worth.
#[derive(Debug, Default)]
pub struct Frequencies {
    n_records: usize,
    /// Values that occur more than once, of all kinds of keys together (a hash of one kind is none of another).
    keys: Counts,
    words: Counts,
    /// What a whole database holds, when the records are not all at hand.
    terms: Option<Arc<TermCounts>>,
}

/// Share of the records from which on a word counts as one that everybody uses.
const COMMON_WORD_PER_MILLE: usize = 1;
/// A word of fewer companies than this is common in no file.
const COMMON_WORD_MIN: usize = 12;
/// A smaller file says no more about what is rare than one of this size would: whether two rows are one company must not
/// depend on how many others stand beside them.
const RECORDS_MIN: usize = 4_000;
/// Of how many companies one has a word that is common anywhere.
const COMMON_ANYWHERE_ONE_IN: usize = 200;

impl Frequencies {
    /// Counts the values of all records.
    pub fn of(profiles: &[Profile]) -> Frequencies {
        let mut found = Frequencies { n_records: profiles.len().max(2), ..Frequencies::default() };
        let mut all: Vec<NonZeroU64> = Vec::with_capacity(profiles.len());
        for kind in KINDS {
            all.clear();
            all.extend(profiles.iter().filter_map(kind));
            count(&mut all, 2, &mut found.keys);
        }
        let mut words: Vec<NonZeroU64> = Vec::with_capacity(profiles.len() * 2);
        words.extend(profiles.iter().flat_map(|p| p.name.split(' ').filter_map(|word| key(&[word]))));
        count(&mut words, 2, &mut found.words);
        found
    }

    /// By what a database has counted, and by how many companies share the values of one that is checked.
    pub fn of_database(
        terms: Arc<TermCounts>,
        shared: impl IntoIterator<Item = (NonZeroU64, u32)>,
    ) -> Frequencies {
        Frequencies {
            n_records: usize::try_from(terms.n_records()).unwrap_or(usize::MAX).max(2),
            keys: shared.into_iter().collect(),
            words: Counts::default(),
            terms: Some(terms),
        }
    }

    /// What it says, in bits, that two records have this value, which one company has.
    fn bits(&self, value: NonZeroU64, at_most: f32) -> f32 {
        let n = self.count(value).max(2);
        (self.n_known() / n as f32).log2().clamp(0.0, at_most)
    }

    /// The same of a value that many companies share, a town or an activity.
    fn shared_bits(&self, value: NonZeroU64, at_most: f32) -> f32 {
        let n = self.count(value).max(2);
        (self.n_records as f32 / n as f32).log2().clamp(0.0, at_most)
    }

    /// Records, or as many as a small file stands for.
    fn n_known(&self) -> f32 {
        self.n_records.max(RECORDS_MIN) as f32
    }

    fn is_small(&self) -> bool {
        self.n_records < RECORDS_MIN
    }

    /// What an equal name says. A database counts words only: a name is as rare as its rarest word, at least.
    fn name_bits(&self, p: &Profile) -> f32 {
        let Some(name) = name_key(p) else { return 0.0 };
        if self.terms.is_none() {
            return self.bits(name, NAME_BITS_MAX);
        }
        let n = p.name.split(' ').map(|word| self.word_count(word)).min().unwrap_or(1).max(2);
        (self.n_known() / n as f32).log2().clamp(0.0, NAME_BITS_MAX)
    }

    /// How many records have this value.
    pub(super) fn count(&self, value: NonZeroU64) -> u32 {
        let known = self.keys.get(&value).copied();
        known.or_else(|| self.terms.as_ref().map(|terms| terms.value(value))).unwrap_or(1).max(1)
    }

    fn word_count(&self, text: &str) -> u32 {
        let Some(word) = key(&[text]) else { return 1 };
        let known = self.words.get(&word).copied();
        let counted = known.or_else(|| self.terms.as_ref().map(|terms| terms.word(word))).unwrap_or(1).max(1);
        if self.is_small() && is_common_anywhere(text) {
            counted.max((RECORDS_MIN / COMMON_ANYWHERE_ONE_IN) as u32)
        } else {
            counted
        }
    }

    /// Whether many companies have this word in their name.
    pub fn is_common(&self, word: &str) -> bool {
        let least = (self.n_records * COMMON_WORD_PER_MILLE / 1000).max(COMMON_WORD_MIN);
        self.word_count(word) as usize >= least
    }

    /// What it says that two records are compared at all, before anything is known: of all pairs, very few are one
    /// company.
    fn prior(&self) -> f32 {
        -self.n_known().log2() - 1.0
    }
}

const KINDS: [fn(&Profile) -> Key; 11] = [
    |p| p.kvk,
    |p| p.lei,
    |p| p.vat,
    |p| p.street,
    |p| p.domain,
    |p| p.phone,
    |p| p.address,
    |p| p.town,
    |p| p.person,
    name_key,
    sbi_key,
];

/// The name without blanks.
pub(super) fn name_key(p: &Profile) -> Key {
    let mut joined = String::with_capacity(p.name.len() + 1);
    joined.push('n');
    joined.extend(p.name.chars().filter(|c| *c != ' '));
    if joined.len() > 1 { key(&[&joined]) } else { None }
}

pub(super) fn sbi_key(p: &Profile) -> Key {
    (p.sbi > 0).then(|| NonZeroU64::new((1 << 60) + u64::from(p.sbi))).flatten()
}

fn count(all: &mut [NonZeroU64], at_least: usize, into: &mut Counts) {
    all.sort_unstable();
    for run in all.chunk_by(|a, b| a == b) {
        if let (Some(value), true) = (run.first(), run.len() >= at_least) {
            into.insert(*value, u32::try_from(run.len()).unwrap_or(u32::MAX));
        }
    }
}

/// What was found when two records were compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Bits that speak for one company, above what is needed against the odds; negative ones speak against it.
    pub bits: f32,
    /// How the names agree.
    pub name: NameAgreement,
    /// Both carry a strong identifier, a number of the company register or an LEI: the same one, or another. One that
    /// differs outweighs one that agrees.
    pub register: Option<bool>,
    /// Independent things that agree: name, domain, telephone, address, person.
    pub n_agreeing: u8,
    /// They have one domain.
    pub shares_domain: bool,
    /// What stands above the sum, when there is such a thing.
    pub rule: Option<Rule>,
}

/// What one domain label under two endings says: something, but it is no thing of its own beside the name.
const OTHER_ENDING_BITS: f32 = 5.0;

/// Records from which on a telephone number belongs to an office that answers for several companies.
const OFFICE_COMPANIES: u32 = 3;

/// Most that an equal name says.
const NAME_BITS_MAX: f32 = 18.0;

/// Compares two records. `None` when even the same name would not make them worth a look: names take the longest to
/// compare.
pub fn compare(a: &Profile, b: &Profile, f: &Frequencies) -> Option<Comparison> {
    let strong = [(a.kvk, b.kvk), (a.lei, b.lei)].into_iter().filter_map(|(x, y)| x.zip(y));
    let register = strong.map(|(x, y)| x == y).reduce(|all, one| all && one);
    let mut found = Comparison {
        bits: f.prior(),
        name: NameAgreement::Different,
        register,
        n_agreeing: 0,
        shares_domain: rule::same(a.domain, b.domain),
        rule: None,
    };
    let is_mistyped = register == Some(false) && rule::is_mistyped(a, b);
    found.bits += match register {
        Some(true) => 30.0,
        Some(false) if is_mistyped => -12.0,
        Some(false) => -60.0,
        None => 0.0,
    };
    found.add(a.vat, b.vat, f, 14.0, -4.0);
    let is_other_ending = a.domain_label != 0 && a.domain_label == b.domain_label;
    found.add(a.domain, b.domain, f, 18.0, if is_other_ending { OTHER_ENDING_BITS } else { -7.0 });
    found.add(a.phone, b.phone, f, 16.0, -2.0);
    found.place(a, b, f);
    found.add(a.person, b.person, f, 12.0, -1.0);
    found.bits += match (sbi_key(a), sbi_key(b)) {
        (Some(x), Some(y)) if x == y => f.shared_bits(x, 9.0),
        (Some(_), Some(_)) => -5.0,
        _ => 0.0,
    };
    found.bits += headcount(a.employees, b.employees);
    found.bits += match (a.form, b.form) {
        (Some(x), Some(y)) if x == y => 0.5,
        (Some(_), Some(_)) => -6.0,
        _ => 0.0,
    };
    let is_certain = || register.is_none() && rule::is_one_place(a, b) && a.name == b.name;
    if found.bits + NAME_BITS_MAX < REVIEW_BITS && !is_mistyped && !is_certain() {
        // Two companies of one house: a holding and its company each have a number.
        return (register == Some(false) && found.shares_domain).then_some(found);
    }
    // What is found must not depend on which of the two comes first.
    let (a, b) = if a.name <= b.name { (a, b) } else { (b, a) };
    let names = compare_in_full(&a.name, &b.name, &|word| f.is_common(word));
    found.name = names.agreement;
    let one_house = register.is_none() && rule::same(a.domain, b.domain) && rule::same(a.address, b.address);
    let mut close_bits = -8.0;
    if found.name == NameAgreement::Different && one_house {
        // Nearly all letters were looked at, so it speaks less against one company.
        close_bits = -4.0;
        found.name = rule::name_of_one_house(a, b, f);
    }
    let said = match found.name {
        NameAgreement::Equal => f.name_bits(a),
        NameAgreement::Spelling => rarest(a, b, f).min(16.0) - 2.0,
        NameAgreement::Part => rarest(a, b, f).min(16.0) - 5.0 + said_by_domain(a, b),
        NameAgreement::Close => close_bits,
        NameAgreement::Different => -14.0,
    };
    let is_sure = found.name > NameAgreement::Close && !names.is_doubtful;
    found.agree(is_sure, said);
    // The telephone of an office says nothing for a name that may be another.
    let is_office = |phone: NonZeroU64| f.count(phone) > OFFICE_COMPANIES;
    if !is_sure && rule::same(a.phone, b.phone) && a.phone.is_some_and(is_office) {
        found.n_agreeing = found.n_agreeing.saturating_sub(1);
    }
    found.rule = if is_mistyped { Some(Rule::MistypedNumber) } else { rule::of(a, b, &found, f) };
    Some(found)
}

/// One name has more words than the other, under one domain. When the domain holds the longer name, the other is that
/// name shortened; when it holds exactly the shorter one, the longer is a sibling that uses the domain too.
fn said_by_domain(a: &Profile, b: &Profile) -> f32 {
    let (shorter, longer) = if a.name.len() <= b.name.len() { (a, b) } else { (b, a) };
    if a.domain.is_none() || a.domain != b.domain {
        0.0
    } else if longer.names_domain {
        3.0
    } else if shorter.names_domain {
        -20.0
    } else {
        0.0
    }
}

impl Comparison {
    fn agree(&mut self, agrees: bool, bits: f32) {
        self.n_agreeing += u8::from(agrees);
        self.bits += bits;
    }

    fn add(&mut self, a: Key, b: Key, f: &Frequencies, at_most: f32, against: f32) {
        match (a, b) {
            (Some(x), Some(y)) if x == y => self.agree(true, f.bits(x, at_most)),
            (Some(_), Some(_)) => self.bits += against,
            _ => {}
        }
    }

    fn place(&mut self, a: &Profile, b: &Profile, f: &Frequencies) {
        let same = |x: Key, y: Key| x.is_some() && x == y;
        if same(a.address, b.address) {
            self.agree(true, a.address.map_or(0.0, |value| f.bits(value, 16.0)));
        } else if same(a.street, b.street) {
            self.agree(true, 13.0);
        } else {
            if a.address.is_some() && b.address.is_some() {
                self.bits -= 2.0;
            }
            match (a.town, b.town) {
                (Some(x), Some(y)) if x == y => self.bits += f.shared_bits(x, 10.0),
                (Some(_), Some(_)) => self.bits -= 6.0,
                _ => {}
            }
        }
    }
}

/// What the rarest words of the shorter name say.
fn rarest(a: &Profile, b: &Profile, f: &Frequencies) -> f32 {
    let shorter = if a.name.len() <= b.name.len() { a } else { b };
    let other = if a.name.len() <= b.name.len() { b } else { a };
    shorter
        .name
        .split(' ')
        .map(|word| {
            // A misspelled word is rare by itself; what counts is the word that was meant.
            let n = f.word_count(word);
            let meant = other
                .name
                .split(' ')
                .filter(|w| w.get(..2) == word.get(..2))
                .map(|w| f.word_count(w))
                .max()
                .unwrap_or(n);
            (f.n_known() / n.max(meant).max(2) as f32).log2().max(0.0)
        })
        .sum()
}

fn headcount(a: u32, b: u32) -> f32 {
    match (a.min(b), a.max(b)) {
        (0, _) => 0.0,
        (x, y) if x == y => 2.5,
        (x, y) if y > 3 * x => -3.0,
        _ => 0.0,
    }
}
