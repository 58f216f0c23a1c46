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

/// Shortened forms in front of a name. Others at this place are initials: "C.V. Veenstra", "A.G. Bell".
const LEADING_SHORT: &[&str] = &["maatsch", "cooperatief", "commv"];

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
#[rustfmt::skip]
const SEPARATING: &[&str] = &[
    "holding", "holdings", "beheer", "groep", "vastgoed", "onroerend", "participatie", "participaties", "deelneming",
    "deelnemingen", "belegging", "beleggingen", "investering", "investeringen", "invest", "investment", "investments",
    "ventures", "capital", "management", "exploitatie", "pensioen", "pensioenfonds", "fonds", "stak",
    "personeelsvereniging", "vrienden",
];

/// The foundation that holds the shares of a company, written out behind "Stichting".
const TRUST_OFFICE: &str = "administratiekantoor";

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
    let mut begins_with_initials = false;
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
        if words.len() == 1 {
            begins_with_initials = is_letter || raw.trim_end_matches('.').contains('.');
        }
        run_of_letters = is_letter;
    }
    shorten_infixes(&mut words);
    let mut form = None;
    while let Some((n, trailing)) = trailing_form(&words) {
        words.truncate(words.len() - n);
        form = form.or(Some(trailing));
    }
    if let Some(leading) = leading_form(&words, begins_with_initials) {
        words.remove(0);
        form = form.or(Some(leading));
        if leading.family == LegalFormFamily::Foundation && words.len() > 1 {
            words
                .iter_mut()
                .take(1)
                .filter(|word| *word == TRUST_OFFICE)
                .for_each(|word| *word = "stak".into());
        }
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

/// "Van der Meer", "v.d. Meer" and "vd Meer" become one: the Dutch infix as people shorten it, whatever its article.
fn shorten_infixes(words: &mut Vec<String>) {
    let mut at = 0;
    while at + 1 < words.len() {
        let short = match (words[at].as_str(), words[at + 1].as_str()) {
            ("van", "de" | "der" | "den") => Some("vd"),
            ("van", "het" | "t") => Some("vt"),
            _ => None,
        };
        if let Some(short) = short {
            words.remove(at + 1);
            words[at] = short.to_owned();
        }
        at += 1;
    }
}

fn trailing_form(words: &[String]) -> Option<(usize, Form)> {
    let (last, rest) = words.split_last()?;
    let before = rest.last()?;
    if let Some(family) = legal_form::told_by(before, last) {
        return (words.len() > 2).then(|| (2, Form::of(&format!("{before} {last}"), family)));
    }
    legal_form::told_by("", last).map(|family| (1, Form::of(last, family)))
}

fn leading_form(words: &[String], is_initials: bool) -> Option<Form> {
    let (first, _) = words.split_first().filter(|(_, rest)| !rest.is_empty())?;
    if LEADING_FOUNDATION.contains(&first.as_str()) {
        // "S.T. Schouten" is a person.
        return (!is_initials).then(|| Form::of(first, LegalFormFamily::Foundation));
    }
    let leads = legal_form::leads(first) || LEADING_SHORT.contains(&first.as_str());
    leads.then(|| legal_form::told_by("", first).map(|family| Form::of(first, family)))?
}

/// How two names agree, and how far that goes.
pub(super) struct Names {
    /// How they agree.
    pub(super) agreement: NameAgreement,
    /// Two words that count as one may as well be two names: Roos and Doos, Mol and Molenaar, J. and Jan.
    pub(super) is_doubtful: bool,
}

/// How the names agree; both as [`name_words`] gives them. `is_common` says of a word whether many companies have it:
/// two common words that look alike (import, export) are two words and no slip of the finger.
pub fn compare_names(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> NameAgreement {
    compare_in_full(a, b, is_common).agreement
}

/// The same with what makes it doubtful.
pub(super) fn compare_in_full(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> Names {
    let sure = |agreement| Names { agreement, is_doubtful: false };
    if a.is_empty() || b.is_empty() {
        return sure(NameAgreement::Different);
    }
    if joined_equal(a, b) {
        return sure(NameAgreement::Equal);
    }
    let rests = unmatched(a, b, is_common);
    if ordinals(a, &rests.a) != ordinals(b, &rests.b) {
        return sure(NameAgreement::Different);
    }
    let agreement = match (rests.a.is_empty(), rests.b.is_empty()) {
        (true, true) => NameAgreement::Spelling,
        (false, false) => compare_rests(&rests.a, &rests.b, is_common),
        (is_a_shorter, _) => {
            let extra = if is_a_shorter { &rests.b } else { &rests.a };
            let is_other = extra.iter().any(|w| SEPARATING.contains(w));
            if is_other { NameAgreement::Different } else { NameAgreement::Part }
        }
    };
    Names { agreement, is_doubtful: rests.is_doubtful }
}

/// Whether two names that differ may be one all the same, badly typed, where address and domain agree: nearly all
/// letters are the same, and no word that many companies have stands against another, no number, and nothing that makes
/// another company of one name. What differs has to be long, or a word that many have, mistyped (Bwuo for Bouw): two
/// short words are two names (Oost and West, A and B).
pub(super) fn may_be_mistyped(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> bool {
    let rests = unmatched(a, b, is_common);
    let [common_a, common_b] = [&rests.a, &rests.b].map(|rest| rest.iter().any(|w| is_common(w)));
    let is_guarded = rests.a.iter().chain(&rests.b).any(|w| SEPARATING.contains(w));
    if is_guarded || common_a && common_b || ordinals(a, &rests.a) != ordinals(b, &rests.b) {
        return false;
    }
    let shorter = rests.a.concat().len().min(rests.b.concat().len());
    let tells = shorter >= REST_LETTERS_LONG || shorter >= REST_LETTERS_MIN && (common_a || common_b);
    let (a, b) = (a.replace(' ', ""), b.replace(' ', ""));
    tells && is_within(&a, &b, a.len().max(b.len()) / SLIPS_ONE_IN)
}

/// Letters from which on what differs between two names is long enough to be one, mistyped.
const REST_LETTERS_LONG: usize = 8;
/// The same where one of them is a word that many have.
const REST_LETTERS_MIN: usize = 4;

/// Whether the longer name is the shorter one with words that make another company of it.
pub(super) fn adds_separating_words(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> bool {
    let rests = unmatched(a, b, is_common);
    let is_longer = rests.a.is_empty() != rests.b.is_empty();
    is_longer && rests.a.iter().chain(&rests.b).all(|word| SEPARATING.contains(word))
}

/// Letters of which one may be wrong in names that are one by all else.
const SLIPS_ONE_IN: usize = 6;

/// What tells companies of one name apart by number ("Kade I", "Kade 2"), among the words that the other name does not
/// have: how many there are, and their sum. The first word of a name is never a Roman number.
fn ordinals(name: &str, rest: &[&str]) -> (u32, u64) {
    let mut found = (0, 0);
    let mut add = |number: u64| found = (found.0 + 1, number.wrapping_add(found.1));
    for word in rest {
        let is_first = word.as_ptr() == name.as_ptr();
        if !is_first && word.bytes().all(|c| matches!(c, b'i' | b'v' | b'x')) {
            roman(word).into_iter().for_each(&mut add);
        } else if word.bytes().any(|c| c.is_ascii_digit()) {
            let runs = word.split(|c: char| !c.is_ascii_digit());
            runs.filter_map(|run| run.parse().ok()).for_each(&mut add);
        }
    }
    found
}

/// A Roman number up to 39.
fn roman(word: &str) -> Option<u64> {
    let tens = word.bytes().take_while(|c| *c == b'x').count().min(3);
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let units = UNITS.iter().position(|units| word.get(tens..) == Some(units))?;
    u64::try_from(tens * 10 + units).ok().filter(|number| *number > 0)
}

/// Words that have no counterpart on either side: written together, apart, with the slip across a word's border, or
/// simply others.
fn compare_rests(a: &[&str], b: &[&str], is_common: &dyn Fn(&str) -> bool) -> NameAgreement {
    let both_common = a.iter().any(|w| is_common(w)) && b.iter().any(|w| is_common(w));
    let other_words = a.len() == b.len() && a.iter().chain(b).any(|w| w.len() > 2 && is_common(w));
    if both_common && other_words {
        return NameAgreement::Different;
    }
    let (a, b) = (a.concat(), b.concat());
    let longest = a.len().max(b.len());
    if !other_words && same_spelled(&a, &b) {
        NameAgreement::Spelling
    } else if !both_common && longest >= 2 && is_within(&a, &b, (longest / 3).clamp(1, 4)) {
        NameAgreement::Close
    } else {
        NameAgreement::Different
    }
}

fn joined_equal(a: &str, b: &str) -> bool {
    a.bytes().filter(|c| *c != b' ').eq(b.bytes().filter(|c| *c != b' '))
}

/// The words that have no counterpart on the other side.
struct Rests<'a> {
    a: Vec<&'a str>,
    b: Vec<&'a str>,
    /// A counterpart may as well be another name.
    is_doubtful: bool,
}

fn unmatched<'a>(a: &'a str, b: &'a str, is_common: &dyn Fn(&str) -> bool) -> Rests<'a> {
    let mut left: Vec<&str> = b.split(' ').collect();
    let mut rest: Vec<&str> = Vec::new();
    for word in a.split(' ') {
        match left.iter().position(|other| *other == word) {
            Some(i) => drop(left.remove(i)),
            None => rest.push(word),
        }
    }
    let mut is_doubtful = false;
    if !left.is_empty() {
        rest.retain(|word| {
            let found =
                left.iter().enumerate().find_map(|(i, other)| Some((i, one_word(word, other, is_common)?)));
            let Some((i, doubt)) = found else { return true };
            left.remove(i);
            is_doubtful |= doubt;
            false
        });
    }
    Rests { a: rest, b: left, is_doubtful }
}

/// Whether two words that are not the same may be one, and if so whether they may as well be two names. A word that many
/// have is shortened by everybody (gebr, install); a name that is the beginning of another one is another name (Mol,
/// Molenaar).
fn one_word(a: &str, b: &str, is_common: &dyn Fn(&str) -> bool) -> Option<bool> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let are_common = is_common(a) && is_common(b);
    if shortens(short, long) {
        Some(!is_common(long))
    } else if same_spelled(a, b) && !are_common {
        Some(has_other_letter(a, b))
    } else if is_initial(short, long) {
        Some(true)
    } else {
        None
    }
}

/// A letter that stands for a word that begins with it: "J. de Vries" is Jan, or Joke.
fn is_initial(short: &str, long: &str) -> bool {
    short.len() == 1
        && long.len() > 2
        && long.starts_with(short)
        && long.bytes().all(|c| c.is_ascii_lowercase())
}

/// Letters of a word in which another letter may well make another name.
const SHORT_WORD_MAX: usize = 5;

/// Whether two short words differ in one letter.
fn has_other_letter(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.len() <= SHORT_WORD_MAX
        && a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1
}

/// Whether `short` is `long` with its middle or end left out: "gebr" for gebroeders, "etechniek" for elektrotechniek.
fn shortens(short: &str, long: &str) -> bool {
    let (s, l) = (short.as_bytes(), long.as_bytes());
    let is_number = || l.iter().any(u8::is_ascii_digit);
    if s.len() + 2 > l.len() || s.len() < 3 && s.len() * 2 < l.len() || is_number() {
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
    is_within(a, b, slips) && same_digits(a, b)
}

/// A number in a word is no slip of the finger: "unit12" is not "unit13".
fn same_digits(a: &str, b: &str) -> bool {
    let digits = |text: &'_ str| {
        text.bytes()
            .filter(u8::is_ascii_digit)
            .fold(0_u64, |all, digit| all.wrapping_mul(11) + u64::from(digit))
    };
    digits(a) == digits(b)
}

/// Whether so many slips of the finger make one of the other. Most words are too different for it, and their lengths and
/// letters tell so without counting slips: each letter that one has and the other lacks is a slip.
fn is_within(a: &str, b: &str, slips: usize) -> bool {
    let (in_a, in_b) = (letters(a), letters(b));
    let lacking = (in_a & !in_b).count_ones().max((in_b & !in_a).count_ones());
    a.chars().count().abs_diff(b.chars().count()) <= slips
        && lacking as usize <= slips
        && distance(a, b) <= slips
}

/// The letters of a word, one bit each.
fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |all, letter| all | 1 << (letter - b'a'))
}

/// How many slips of the finger make one of the other. What both begin and end with is left out first: most words that
/// are compared differ early, or in a letter or two.
fn distance(a: &str, b: &str) -> usize {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    let mut front = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(front) {
        front -= 1;
    }
    let (a, b) = (a.get(front..).unwrap_or_default(), b.get(front..).unwrap_or_default());
    let mut back = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(a.len() - back) {
        back -= 1;
    }
    let middle = |text: &'_ str| text.len() - back;
    match (middle(a), middle(b)) {
        (0, n) | (n, 0) if n <= 1 => n,
        (1, 1) => 1,
        (x, y) => strsim::osa_distance(a.get(..x).unwrap_or_default(), b.get(..y).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Leaving out what is the same at both ends changes nothing.
        #[test]
        fn the_distance_is_that_of_the_whole_words(a in "[abé]{0,7}", b in "[abé]{0,7}") {
            let whole = strsim::osa_distance(&a, &b);
            prop_assert_eq!(distance(&a, &b), whole);
            prop_assert_eq!([0, 1, 2, 3].map(|n| is_within(&a, &b, n)), [0, 1, 2, 3].map(|n| whole <= n));
        }
    }
}
