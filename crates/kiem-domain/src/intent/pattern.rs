//! Phrase patterns over the words of a reply: small enough to read aloud, with word boundaries by nature.
//!
//! A phrase file has sections `[name]` and phrases, one a line or between commas; `#` starts a comment. In a phrase:
//! `a|b` either word · `word*` any word that starts so · `word?` may be missing · `~3` up to three words between ·
//! `^` start and `$` end of the sentence · `^^` start and `$$` end of the message · `QM` a question mark ·
//! `NUM` a number · `EMAIL` an e-mail address. `!` before a phrase: it holds also when a negation precedes it.

use std::collections::HashMap;

use super::words::{EMAIL, QUESTION_MARK, Words, fold};

/// A phrase file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PhraseError {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: &'static str,
}

#[derive(Debug, Clone)]
enum Alt {
    Exact(String),
    Prefix(String),
    Number,
}

impl Alt {
    fn accepts(&self, word: &str) -> bool {
        match self {
            Alt::Exact(text) => text == word,
            Alt::Prefix(text) => word.starts_with(text.as_str()),
            Alt::Number => word.bytes().next().is_some_and(|b| b.is_ascii_digit()),
        }
    }
}

#[derive(Debug, Clone)]
enum Element {
    Word { any_of: Vec<Alt>, optional: bool },
    Gap { words_max: usize },
    SentenceStart,
    SentenceEnd,
    TextStart,
    TextEnd,
}

#[derive(Debug, Clone)]
struct Phrase {
    section: usize,
    elements: Vec<Element>,
    ignores_negation: bool,
}

/// Where a phrase was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The section (place in [`PhraseBook::sections`]).
    pub section: usize,
    /// The phrase, counted over the whole file.
    pub phrase: usize,
    /// First word.
    pub start: usize,
    /// One past the last word.
    pub end: usize,
    /// A negation stands in the same clause before it ("niet ...", "not ...", "kein ...").
    pub negated: bool,
}

/// A compiled phrase file.
#[derive(Debug, Clone)]
pub struct PhraseBook {
    /// Section names in order of the file.
    pub sections: Vec<String>,
    phrases: Vec<Phrase>,
    /// Phrases by their exact first word.
    by_first_word: HashMap<String, Vec<usize>>,
    /// Phrases whose first word is a prefix, a number or an anchor.
    tried_everywhere: Vec<usize>,
}

impl PhraseBook {
    /// Compiles a phrase file.
    ///
    /// # Errors
    /// Names the line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let mut book = Self {
            sections: Vec::new(),
            phrases: Vec::new(),
            by_first_word: HashMap::new(),
            tried_everywhere: Vec::new(),
        };
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                book.sections.push(name.trim().to_owned());
                continue;
            }
            if book.sections.is_empty() {
                return Err(PhraseError { line: line_number, reason: "a phrase before the first [section]" });
            }
            for phrase in line.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                let phrase = parse_phrase(phrase, book.sections.len() - 1)
                    .map_err(|reason| PhraseError { line: line_number, reason })?;
                book.index(phrase);
            }
        }
        Ok(book)
    }

    fn index(&mut self, phrase: Phrase) {
        let id = self.phrases.len();
        let first =
            phrase.elements.iter().find(|e| !matches!(e, Element::SentenceStart | Element::TextStart));
        match first {
            Some(Element::Word { any_of, optional: false })
                if any_of.iter().all(|alt| matches!(alt, Alt::Exact(_))) =>
            {
                for alt in any_of {
                    if let Alt::Exact(word) = alt {
                        self.by_first_word.entry(word.clone()).or_default().push(id);
                    }
                }
            }
            _ => self.tried_everywhere.push(id),
        }
        self.phrases.push(phrase);
    }

    /// Finds every phrase in a reply, in the order of the text; equal places in the order of the file.
    pub fn find(&self, words: &Words) -> Vec<Hit> {
        let mut hits = Vec::new();
        for start in 0..words.list.len() {
            let exact = self.by_first_word.get(words.at(start)).map_or(&[][..], Vec::as_slice);
            let mut here: Vec<(usize, Hit)> = exact
                .iter()
                .chain(&self.tried_everywhere)
                .filter_map(|&id| self.hit_at(words, id, start).map(|hit| (id, hit)))
                .collect();
            here.sort_by_key(|(id, _)| *id);
            hits.extend(here.into_iter().map(|(_, hit)| hit));
        }
        hits
    }

    fn hit_at(&self, words: &Words, id: usize, start: usize) -> Option<Hit> {
        let phrase = self.phrases.get(id)?;
        let end = match_elements(words, &phrase.elements, start, start)?;
        let negated = !phrase.ignores_negation && is_negated(words, start);
        Some(Hit { section: phrase.section, phrase: id, start, end, negated })
    }
}

fn parse_phrase(line: &str, section: usize) -> Result<Phrase, &'static str> {
    let (ignores_negation, line) = match line.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let mut elements = Vec::new();
    for part in line.split_whitespace() {
        elements.push(match part {
            "^" => Element::SentenceStart,
            "$" => Element::SentenceEnd,
            "^^" => Element::TextStart,
            "$$" => Element::TextEnd,
            gap if gap.starts_with('~') => {
                Element::Gap { words_max: gap[1..].parse().map_err(|_| "a gap is written as ~3")? }
            }
            word => parse_word(word)?,
        });
    }
    let has_word = elements.iter().any(|e| matches!(e, Element::Word { optional: false, .. }));
    match elements.first() {
        Some(Element::Word { optional: false, .. } | Element::SentenceStart | Element::TextStart)
            if has_word =>
        {
            Ok(Phrase { section, elements, ignores_negation })
        }
        _ => Err("a phrase starts with a word that must be there, or with an anchor"),
    }
}

fn parse_word(part: &str) -> Result<Element, &'static str> {
    let (part, optional) = match part.strip_suffix('?') {
        Some(rest) => (rest, true),
        None => (part, false),
    };
    let mut any_of = Vec::new();
    for alt in part.split('|') {
        any_of.push(match alt {
            "" => return Err("an empty alternative"),
            "QM" => Alt::Exact(QUESTION_MARK.to_owned()),
            "NUM" => Alt::Number,
            "EMAIL" => Alt::Exact(EMAIL.to_owned()),
            _ => match alt.strip_suffix('*') {
                Some(prefix) => Alt::Prefix(folded_word(prefix)?),
                None => Alt::Exact(folded_word(alt)?),
            },
        });
    }
    Ok(Element::Word { any_of, optional })
}

/// A word of a phrase as the words of a reply are; anything that can never be one word there is a mistake.
fn folded_word(text: &str) -> Result<String, &'static str> {
    let text = fold(text.strip_prefix("e-").map(|rest| format!("e{rest}")).as_deref().unwrap_or(text));
    if text.chars().all(char::is_alphanumeric) { Ok(text) } else { Err("a word has letters and digits only") }
}

/// Tries to match from word `at`; returns one past the last word. A phrase stays within one sentence.
fn match_elements(words: &Words, elements: &[Element], start: usize, at: usize) -> Option<usize> {
    let Some((first, rest)) = elements.split_first() else { return Some(at) };
    let sentence = words.sentence_at(start);
    match first {
        Element::TextStart => (at == 0).then(|| match_elements(words, rest, start, at))?,
        Element::TextEnd => (at == words.list.len()).then(|| match_elements(words, rest, start, at))?,
        Element::SentenceStart => {
            let is_start = at == 0 || words.sentence_at(at - 1) != sentence;
            is_start.then(|| match_elements(words, rest, start, at))?
        }
        Element::SentenceEnd => {
            (words.sentence_at(at) != sentence).then(|| match_elements(words, rest, start, at))?
        }
        Element::Gap { words_max } => {
            (0..=*words_max).find_map(|skipped| match_elements(words, rest, start, at + skipped))
        }
        Element::Word { any_of, optional } => {
            let here =
                words.sentence_at(at) == sentence && any_of.iter().any(|alt| alt.accepts(words.at(at)));
            let taken = if here { match_elements(words, rest, start, at + 1) } else { None };
            taken.or_else(|| optional.then(|| match_elements(words, rest, start, at))?)
        }
    }
}

const NEGATIONS: &[&str] = &[
    "niet", "geen", "nooit", "zonder", "nee", "noch", "niks", "not", "no", "never", "dont", "doesnt",
    "didnt", "isnt", "arent", "wasnt", "cant", "cannot", "wont", "wouldnt", "shouldnt", "without", "nor",
    "hardly", "havent", "nicht", "kein", "keine", "keinen", "keiner", "keinem", "nie", "niemals", "ohne",
    "weder", "aint", "nope", "neither",
];

/// How many words before a phrase a negation still reaches.
const NEGATION_REACH_WORDS: usize = 4;

/// A negation stands shortly before `start`, in the same clause and sentence.
pub fn is_negated(words: &Words, start: usize) -> bool {
    let Some(first) = words.list.get(start) else { return false };
    words.list[start.saturating_sub(NEGATION_REACH_WORDS)..start].iter().any(|w| {
        w.clause == first.clause && w.sentence == first.sentence && NEGATIONS.contains(&w.text.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(phrases: &str, text: &str) -> Vec<(usize, bool)> {
        let book = PhraseBook::parse(phrases).unwrap();
        book.find(&Words::new(text)).into_iter().map(|h| (h.section, h.negated)).collect()
    }

    #[test]
    fn matches_words_prefixes_gaps_and_options() {
        let book = "[a]\nhaal|verwijder me|mij ~3 lijst|bestand*\n[b]\nmore info*\nsend|mail me? details";
        assert_eq!(hits(book, "Verwijder mij uit jullie bestanden"), [(0, false)]);
        assert_eq!(hits(book, "haal me vandaag nog van die lange lijst"), []);
        assert_eq!(hits(book, "More information please; send details"), [(1, false), (1, false)]);
    }

    #[test]
    fn a_word_is_never_found_inside_another() {
        assert_eq!(hits("[stop]\nstop", "Stoppen met stopcontacten"), []);
    }

    #[test]
    fn phrases_do_not_cross_sentences() {
        assert_eq!(hits("[a]\nniet ~3 nodig", "Nu niet. Dat is nodig."), []);
    }

    #[test]
    fn anchors_hold() {
        let book = "[bare]\n^^ stop $$";
        assert_eq!(hits(book, "STOP!"), [(0, false)]);
        assert_eq!(hits(book, "Stop maar een brochure in de bus"), []);
        assert_eq!(hits("[s]\n^ nee $", "Dank. Nee. Groet"), [(0, false)]);
    }

    #[test]
    fn a_negation_is_seen_in_its_clause_only() {
        let book = "[yes]\ninterested|geinteresseerd";
        assert_eq!(hits(book, "We are not really interested"), [(0, true)]);
        assert_eq!(hits(book, "Not today, interested though"), [(0, false)]);
        assert_eq!(hits(book, "niet geïnteresseerd"), [(0, true)]);
        assert_eq!(hits("[yes]\n!interested", "not interested"), [(0, false)]);
    }

    #[test]
    fn a_broken_file_names_its_line() {
        let error = PhraseBook::parse("[a]\nok\n~2 word").unwrap_err();
        assert_eq!(error.line, 3);
        assert_eq!(PhraseBook::parse("word").unwrap_err().line, 1);
        assert_eq!(PhraseBook::parse("[a]\nx||y").unwrap_err().line, 2);
    }
}
