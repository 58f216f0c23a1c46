//! Terms: the words under which a record is found. What is typed finds every record of which, for each word, a term
//! begins with it.

use std::collections::BTreeSet;

use crate::names::{company_key, fold};

/// Terms of one record.
const TERMS_MAX: usize = 40;
/// Characters of one term.
const TERM_CHARS_MAX: usize = 40;
/// Words of a search that count.
const WORDS_MAX: usize = 6;

/// What of a person is searched.
#[derive(Debug, Clone, Copy, Default)]
pub struct Person<'a> {
    /// Folded whole name.
    pub name_key: &'a str,
    /// Address.
    pub email: Option<&'a str>,
    /// Job title as written.
    pub title: Option<&'a str>,
}

/// The terms of a company: the words of name, domain and town, its postcode, its number in the register, and `sbi` with the
/// code of its activity.
pub fn company_terms(
    name: &str,
    domain: Option<&str>,
    town: Option<&str>,
    postcode: Option<&str>,
    kvk_number: Option<&str>,
    sbi_code: Option<&str>,
) -> Vec<String> {
    let mut terms = BTreeSet::new();
    terms.extend(words(&company_key(name)));
    terms.extend(domain.iter().flat_map(|domain| words(without_ending(&fold(domain)))));
    terms.extend(town.iter().flat_map(|town| words(&fold(town))));
    terms.extend(postcode.map(joined));
    terms.extend(kvk_number.map(joined));
    terms.extend(sbi_code.map(|code| format!("sbi{}", joined(code))));
    kept(terms)
}

/// The terms of a person: the words of name and title, and the address as one.
pub fn person_terms(person: Person<'_>) -> Vec<String> {
    let mut terms: BTreeSet<String> = words(&fold(person.name_key)).into_iter().collect();
    terms.extend(person.title.iter().flat_map(|title| words(&fold(title))));
    terms.extend(person.email.map(fold));
    kept(terms)
}

/// What is typed, as the beginnings of terms. The ending of a domain, a legal form and words that only join say nothing; a
/// postcode may be written in two parts.
pub fn search_terms(search: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut typed: Vec<String> = Vec::new();
    for word in fold(search).split_whitespace() {
        if word.contains('@') {
            found.push(word.to_owned());
        } else if word.contains('.') && word.split('.').next_back().is_some_and(is_ending) {
            found.extend(words(without_ending(word)));
        } else {
            typed.push(word.to_owned());
        }
    }
    let mut rest = company_key(&typed.join(" "))
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(word) = rest.next() {
        let is_four = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
        let letters =
            rest.next_if(|next| is_four && next.len() <= 2 && next.bytes().all(|b| b.is_ascii_alphabetic()));
        found.push(word + letters.as_deref().unwrap_or_default());
    }
    let mut once: Vec<String> = Vec::new();
    for word in found.into_iter().flat_map(|word| if word.contains('@') { vec![word] } else { words(&word) })
    {
        let word = cut(&word);
        if !once.contains(&word) && once.len() < WORDS_MAX {
            once.push(word);
        }
    }
    once
}

/// Whether a last label looks like the ending of a domain.
fn is_ending(label: &str) -> bool {
    label.len() >= 2 && label.bytes().all(|b| b.is_ascii_alphabetic())
}

/// A domain without what nearly all domains have.
fn without_ending(domain: &str) -> &str {
    let domain = domain.strip_prefix("www.").unwrap_or(domain);
    domain.rsplit_once('.').map_or(domain, |(name, _)| name)
}

pub(super) fn words(folded: &str) -> Vec<String> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Letters and digits only: "3511 AB" is `3511ab`.
pub(super) fn joined(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn cut(term: &str) -> String {
    term.chars().take(TERM_CHARS_MAX).collect()
}

fn kept(terms: BTreeSet<String>) -> Vec<String> {
    let cut: BTreeSet<String> = terms.iter().map(|term| cut(term)).filter(|term| !term.is_empty()).collect();
    cut.into_iter().take(TERMS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_company_has_a_term_for_each_way_to_ask_for_it() {
        let terms = company_terms(
            "Bakkerij de Vries & Zn. B.V.",
            Some("vries-brood.example"),
            Some("Den Haag"),
            Some("2511 AB"),
            Some("90000001"),
            Some("10.71"),
        );
        assert_eq!(
            terms,
            ["2511ab", "90000001", "bakkerij", "brood", "de", "den", "haag", "sbi1071", "vries", "zn"]
        );
        let person = Person {
            name_key: "josé van der berg",
            email: Some("jose@vries.example"),
            title: Some("Directeur/eigenaar"),
        };
        let terms = ["berg", "der", "directeur", "eigenaar", "jose", "jose@vries.example", "van"];
        assert_eq!(person_terms(person), terms);
    }

    #[test]
    fn what_is_typed_is_read_as_the_beginnings_of_terms() {
        for (typed, expected) in [
            ("", &[][..]),
            ("  Bákkerij  vr", &["bakkerij", "vr"]),
            ("Jansen B.V.", &["jansen"]),
            ("www.vries-brood.example", &["vries", "brood"]),
            ("vries-brood.ex", &["vries", "brood"]),
            ("3511 AB", &["3511ab"]),
            ("3511 a", &["3511a"]),
            ("jose@vr", &["jose@vr"]),
            ("jan jan JAN", &["jan"]),
            ("a1 b2 c3 d4 e5 f6 g7 h8", &["a1", "b2", "c3", "d4", "e5", "f6"]),
        ] {
            assert_eq!(search_terms(typed), expected, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_company_is_found_by_its_whole_name(name in "[A-Za-zÀ-ÿ0-9&'. -]{1,40}") {
            let terms = company_terms(&name, None, None, None, None, None);
            for word in company_key(&name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                prop_assert!(terms.iter().any(|term| *term == word), "{word} of {name}");
            }
        }

        #[test]
        fn terms_are_few_and_short(text in "\\PC{0,400}") {
            let mut all = company_terms(&text, Some(&text), Some(&text), Some(&text), None, None);
            prop_assert!(all.len() <= TERMS_MAX);
            let words = search_terms(&text);
            prop_assert!(words.len() <= WORDS_MAX);
            all.extend(words);
            prop_assert!(all.iter().all(|term| !term.is_empty() && term.chars().count() <= TERM_CHARS_MAX));
        }
    }
}
