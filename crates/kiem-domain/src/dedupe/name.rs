//! Whether two company names name the same company: not a number but one of four answers, each with its weight.

use super::form::Form;
use crate::legal_form::{self, LegalFormFamily};
use crate::names::fold;

/// How two company names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameAgreement {
    /// Other words: another company, also at the same address.
    Different,
    /// So alike that it may be the same, badly typed.
    Close,
    /// One has words that the other lacks, and nothing contradicts.
    Part,
    /// The same words, spelled or shortened otherwise.
    Spelling,
    /// The same.
    Equal,
}

/// Shortened forms that mean a foundation only in front of a name ("St. De Brug").
const LEADING_FOUNDATION: &[&str] = &["st", "stg", "sticht"];

/// Words that join names and say nothing.
const JOINING: &[&str] = &["en", "and", "und", "et"];

/// Shortened words that a rule cannot see to be the same.
const ALIASES: &[(&str, &str)] = &[
    ("hldg", "holding"),
    ("hld", "holding"),
    ("group", "groep"),
    ("groupe", "groep"),
    ("gruppe", "groep"),
    ("nl", "nederland"),
    ("netherlands", "nederland"),
    ("be", "belgie"),
    ("belgium", "belgie"),
    ("intl", "international"),
    ("internationaal", "international"),
    ("zn", "zonen"),
    ("zoon", "zonen"),
    ("gebrs", "gebroeders"),
    ("svc", "services"),
    ("mgmt", "management"),
    ("mgt", "management"),
];

/// Words that make another company of the same name: "Jansen Holding" is not "Jansen".
const SEPARATING: &[&str] =
    &["holding", "beheer", "groep", "vastgoed", "participaties", "beleggingen", "pensioen"];

/// A company name, ready to be compared: its words without accents, punctuation and legal form, with blanks between
/// them, and the kind of legal form when one was written.
pub fn name_words(name: &str) -> (String, Option<LegalFormFamily>) {
    let (text, form) = name_and_form(name);
    (text, form.map(|form| form.family))
}

/// The same with the form itself: two that are known and differ are two companies.
pub(super) fn name_and_form(name: &str) -> (String, Option<Form>) {
    let folded = fold(name);
    let mut words: Vec<String> = Vec::with_capacity(6);
    let mut run_of_letters = false;
    // Dots and hyphens inside a word shorten or join it: "b.v.", "Adm.kantoor", "E-techniek" are one word each.
    let inside = |c: char| matches!(c, '\'' | '.' | '-');
    for raw in folded.split(|c: char| !c.is_alphanumeric() && !inside(c)) {
        let word: String = raw.chars().filter(|c| !inside(*c)).collect();
        if word.is_empty() || JOINING.contains(&word.as_str()) {
            continue;
        }
        let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match words.last_mut() {
            // "b.v." and "b. v." are "bv", "J. P." is "jp".
            Some(last) if is_letter && run_of_letters => last.push_str(&word),
            _ => words.push(word),
        }
        run_of_letters = is_letter;
    }
    let mut form = None;
    while let Some((n, trailing)) = trailing_form(&words) {
        words.truncate(words.len() - n);
        form = form.or(Some(trailing));
    }
    if let Some(leading) = leading_form(&words) {
        words.remove(0);
        form = form.or(Some(leading));
    }
    let mut text = String::with_capacity(folded.len());
    for word in &words {
        let word = ALIASES.iter().find(|(short, _)| short == word).map_or(word.as_str(), |(_, long)| long);
        if !text.is_empty() {
            text.push(' ');
        }
        // The Dutch ij, y and ÿ are typed for each other.
        text.push_str(&word.replace("ij", "y"));
    }
    (text, form)
}

fn trailing_form(words: &[String]) -> Option<(usize, Form)> {
    let (last, rest) = words.split_last()?;
    let before = rest.last()?;
    if let Some(family) = legal_form::told_by(before, last) {
        return (words.len() > 2).then(|| (2, Form::of(&format!("{before} {last}"), family)));
    }
    legal_form::told_by("", last).map(|family| (1, Form::of(last, family)))
}

fn leading_form(words: &[String]) -> Option<Form> {
    let (first, _) = words.split_first().filter(|(_, rest)| !rest.is_empty())?;
    if LEADING_FOUNDATION.contains(&first.as_str()) {
        return Some(Form::of(first, LegalFormFamily::Foundation));
    }
    legal_form::told_by("", first).map(|family| Form::of(first, family))
}

/// How the names agree; both as [`name_words`] gives them. `is_common` says of a word whether many companies have it:
/// two common words that look alike (import, export) are two words and no slip of the finger.
pub fn compare_names(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> NameAgreement {
    if a.is_empty() || b.is_empty() {
        return NameAgreement::Different;
    }
    if joined_equal(a, b) {
        return NameAgreement::Equal;
    }
    let (rest_a, rest_b) = unmatched(a, b, is_common);
    if rest_a.is_empty() && rest_b.is_empty() {
        return NameAgreement::Spelling;
    }
    if !rest_a.is_empty() && !rest_b.is_empty() {
        return compare_rests(&rest_a, &rest_b, is_common);
    }
    let (extra, shorter) = if rest_a.is_empty() { (&rest_b, a) } else { (&rest_a, b) };
    if shorter.is_empty() || extra.iter().any(|w| SEPARATING.contains(w)) {
        return NameAgreement::Different;
    }
    NameAgreement::Part
}

/// Words that have no counterpart on either side: written together, apart, with the slip across a word's border, or
/// simply others.
fn compare_rests(a: &[&str], b: &[&str], is_common: &dyn Fn(&str) -> bool) -> NameAgreement {
    let other_words = a.len() == b.len() && a.iter().chain(b).any(|w| w.len() > 2 && is_common(w));
    let both_common = a.iter().any(|w| is_common(w)) && b.iter().any(|w| is_common(w));
    let (a, b) = (a.concat(), b.concat());
    if !other_words && same_spelled(&a, &b) {
        return NameAgreement::Spelling;
    }
    let alike =
        a.len().max(b.len()) >= 2 && strsim::osa_distance(&a, &b) <= (a.len().max(b.len()) / 3).clamp(1, 4);
    if alike && !both_common { NameAgreement::Close } else { NameAgreement::Different }
}

fn joined_equal(a: &str, b: &str) -> bool {
    a.bytes().filter(|c| *c != b' ').eq(b.bytes().filter(|c| *c != b' '))
}

/// The words that have no counterpart on the other side.
fn unmatched<'a>(a: &'a str, b: &'a str, is_common: &dyn Fn(&str) -> bool) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut left: Vec<&str> = b.split(' ').collect();
    let mut rest: Vec<&str> = Vec::new();
    for word in a.split(' ') {
        match left.iter().position(|other| *other == word) {
            Some(i) => drop(left.remove(i)),
            None => rest.push(word),
        }
    }
    if left.is_empty() {
        return (rest, left);
    }
    rest.retain(|word| {
        let found = left.iter().position(|other| {
            shortens(word, other)
                || shortens(other, word)
                || (same_spelled(word, other) && !(is_common(word) && is_common(other)))
        });
        found.map(|i| left.remove(i)).is_none()
    });
    (rest, left)
}

/// Whether `short` is `long` with its middle or end left out: "gebr" for gebroeders, "etechniek" for elektrotechniek.
fn shortens(short: &str, long: &str) -> bool {
    let (s, l) = (short.as_bytes(), long.as_bytes());
    if s.len() + 2 > l.len() || s.len() < 3 && s.len() * 2 < l.len() {
        return false;
    }
    let front = s.iter().zip(l).take_while(|(x, y)| x == y).count();
    let back = s.iter().rev().zip(l.iter().rev()).take_while(|(x, y)| x == y).count();
    front > 0 && front + back >= s.len()
}

/// Whether the difference is one or, in longer words, two slips of the finger.
fn same_spelled(a: &str, b: &str) -> bool {
    let longest = a.len().max(b.len());
    let slips = match longest {
        0..=3 => return false,
        4..=8 => 1,
        _ => 2,
    };
    a.len().abs_diff(b.len()) <= slips && strsim::osa_distance(a, b) <= slips
}
