//! What kind of address it is: a mailbox of a role, of a person, or one that nobody has seen.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::contact::EmailAddress;

text_enum! {
    /// What kind of address it is.
    pub enum AddressClass {
        /// Of a role or department: info@, sales@.
        Role = "role",
        /// Of a person, and everything that is not clearly a role.
        Personal = "personal",
        /// Made up from a pattern; nobody has seen it.
        Guessed = "guessed",
    }
}

text_enum! {
    /// How an address came to be known. A recorded fact: nobody can see from an address that it is a guess.
    pub enum AddressOrigin {
        /// Somebody wrote it down: the person, a list, a page.
        Stated = "stated",
        /// It was made from a name and a pattern.
        Guessed = "guessed",
    }
}

impl Default for AddressOrigin {
    /// Whoever says nothing about an address has it from somebody.
    fn default() -> Self {
        AddressOrigin::Stated
    }
}

/// The words: one a line, what may only stand beside one after `+`.
const WORDS: &str = include_str!("role_words.txt");

struct RoleWords {
    alone: HashSet<&'static str>,
    beside: HashSet<&'static str>,
}

static ROLE_WORDS: LazyLock<RoleWords> = LazyLock::new(|| {
    let lines = || WORDS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    RoleWords {
        alone: lines().filter(|line| !line.starts_with('+')).collect(),
        beside: lines().filter_map(|line| line.strip_prefix('+')).map(str::trim).collect(),
    }
});

impl AddressClass {
    /// Classes an address. In doubt it is a person's: "info.devries" may be somebody.
    pub fn of(address: &EmailAddress, origin: AddressOrigin) -> AddressClass {
        if origin == AddressOrigin::Guessed {
            return AddressClass::Guessed;
        }
        let base = address.without_tag();
        if is_role(base.local()) { AddressClass::Role } else { AddressClass::Personal }
    }
}

/// Whether every part of a local part is a role or says which, and one of them is a role.
fn is_role(local: &str) -> bool {
    let words = &*ROLE_WORDS;
    if words.alone.contains(local) {
        return true;
    }
    let mut has_role = false;
    for part in local.split(['.', '-', '_']) {
        let plain = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if words.alone.contains(plain) {
            has_role = true;
        } else if !plain.is_empty() && !words.beside.contains(plain) {
            return false;
        }
    }
    has_role
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(local: &str) -> AddressClass {
        let address = EmailAddress::parse(&format!("{local}@klant.example")).unwrap();
        AddressClass::of(&address, AddressOrigin::Stated)
    }

    #[test]
    fn roles_are_told_from_people_in_four_languages() {
        for role in [
            "info",
            "INFO",
            "sales",
            "verkoop",
            "inkoop",
            "offerte",
            "offertes",
            "klantenservice",
            "kontakt",
            "vertrieb",
            "einkauf",
            "buchhaltung",
            "commercial",
            "achats",
            "comptabilite",
            "devis",
            "info-nl",
            "sales.benelux",
            "info2",
            "info+web",
            "team-sales",
            "no-reply",
            "office",
            "verwaltung",
        ] {
            assert_eq!(class(role), AddressClass::Role, "{role}");
        }
        for person in [
            "jan",
            "j.devries",
            "jan.sales",
            "info.devries",
            "salesman",
            "informatie-jan",
            "nl",
            "team",
            "eva2",
            "infojan",
            "x",
        ] {
            assert_eq!(class(person), AddressClass::Personal, "{person}");
        }
    }

    #[test]
    fn a_guess_is_a_guess_whatever_it_looks_like() {
        let address = EmailAddress::parse("info@klant.example").unwrap();
        assert_eq!(AddressClass::of(&address, AddressOrigin::Guessed), AddressClass::Guessed);
    }
}
