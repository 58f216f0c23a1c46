//! The department that a part of a title names.

use super::Department;
use super::lexicon::{LEXICON, PHRASE_WORDS_MAX, Weight};
use super::normal::Part;

/// A department with the words that named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepartmentHit<'a> {
    /// Which one.
    pub department: Department,
    /// The words.
    pub text: &'a str,
    /// How plainly they name it.
    pub weight: Weight,
}

/// The department of a part: the heaviest word, and of equals the first.
pub fn department(part: &Part) -> Option<DepartmentHit<'_>> {
    let words = part.words();
    let mut best: Option<DepartmentHit<'_>> = None;
    let mut at = 0;
    while at < words.len() {
        let longest = PHRASE_WORDS_MAX.min(words.len() - at);
        let phrase = (1..=longest).rev().find_map(|n| {
            let text = &part.text[words[at].0..words[at + n - 1].1];
            LEXICON.department(text).map(|found| (text, found, n))
        });
        let found = phrase.or_else(|| {
            let text = &part.text[words[at].0..words[at].1];
            in_word(text).map(|found| (text, found, 1))
        });
        at += found.map_or(1, |(.., n)| n);
        let found = found.filter(|(_, (department, _), _)| *department != Department::Unknown);
        if let Some((text, (department, weight), _)) = found
            && best.is_none_or(|b| weight > b.weight)
        {
            best = Some(DepartmentHit { department, text, weight });
        }
    }
    best
}

/// Umlauts of a keyboard without them are tried when the word says nothing as it stands.
fn in_word(word: &str) -> Option<(Department, Weight)> {
    LEXICON.department_in(word).or_else(|| {
        let has = word.contains("ae") || word.contains("ue") || word.contains("oe");
        has.then(|| word.replace("ae", "a").replace("ue", "u").replace("oe", "o"))
            .and_then(|plain| LEXICON.department_in(&plain))
    })
}
