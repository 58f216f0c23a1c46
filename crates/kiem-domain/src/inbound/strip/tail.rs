//! The end of a mail that has no closing words: a name, function and company, numbers, slogans, company particulars and
//! notices. Read from the last line upwards, and never so far that no answer is left.

use super::signature::{
    has_closing, is_contact_line, is_device_line, is_disclaimer, lowered, postscript_starts, word_count,
};
use crate::inbound::phrases::Phrases;

/// So many filled lines at the end are looked at.
const TAIL_LINES_MAX: usize = 18;
/// A name stands with at most so many lines of function, department and company.
const NAME_LINES_MAX: usize = 5;
/// A slogan is short.
const SLOGAN_WORDS_MAX: usize = 16;
/// A line of at least so many characters was wrapped by the mail program: the next one belongs to it.
const WRAPPED_CHARS_MIN: usize = 60;

/// Invitations ("request", "volg").
static SLOGAN_VERBS: Phrases = Phrases::new(include_str!("../phrases/slogan_verbs.txt"));
/// How a company speaks of itself to everybody ("our website", "gratis").
static SLOGAN_MARKS: Phrases = Phrases::new(include_str!("../phrases/slogan_marks.txt"));
/// Company particulars, newsletter footers, confidentiality notices.
static LEGAL_MARKS: Phrases = Phrases::new(include_str!("../phrases/legal_marks.txt"));
/// Short answers that look like a name.
static ANSWER_WORDS: Phrases = Phrases::new(include_str!("../phrases/answer_words.txt"));
/// A person speaks of itself.
static OWN_WORDS: Phrases = Phrases::new(include_str!("../phrases/own_words.txt"));
/// Names of lines without a number ("Aanwezig: ma, di").
static LABEL_LINES: Phrases = Phrases::new(include_str!("../phrases/label_lines.txt"));

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Contact,
    /// A slogan by its words.
    Slogan,
    /// May be one below a name: it ends with an exclamation mark, or it has a link ("book a slot here" also answers).
    PerhapsSlogan,
    Legal,
    Other,
}

/// Where the closing lines start, if the mail ends with some. `first_text` is the first line of the answer.
pub(super) fn closing_tail(lines: &[&str], first_text: usize) -> Option<usize> {
    // A postscript below the signature does not make it part of the answer.
    let end = (first_text + 1..lines.len()).find(|&i| postscript_starts(lines[i])).unwrap_or(lines.len());
    let lines = &lines[..end];
    let filled: Vec<usize> = (first_text + 1..end).filter(|&i| !lines[i].trim().is_empty()).collect();
    let last = &filled[filled.len().saturating_sub(TAIL_LINES_MAX)..];
    let (mut start, mut n_contact, mut is_sure) = (None, 0, false);
    for &at in last.iter().rev() {
        match kind(lines, at) {
            Kind::Contact => n_contact += 1,
            Kind::Legal => is_sure = true,
            Kind::Slogan if stands_below(lines, at) || stands_alone(lines, at) => is_sure = true,
            Kind::PerhapsSlogan if stands_below(lines, at) => is_sure = true,
            _ if is_device_line(lines[at]) => continue,
            _ => break,
        }
        start = Some(at);
    }
    let start = start?;
    let names = name_block(lines, first_text, start);
    // A number alone is an answer ("06-12345678").
    if !is_sure && (n_contact < 2 || names.is_none()) {
        return None;
    }
    let start = names.unwrap_or(start);
    let above = lines[first_text..start].iter().rev().find(|l| !l.trim().is_empty());
    let announced = above.is_some_and(|l| l.trim_end().ends_with(':')); // "Contact:" and then name and number
    ((!announced || n_contact == 0) && has_answer(&lines[first_text..start])).then_some(start)
}

fn kind(lines: &[&str], at: usize) -> Kind {
    let line = lines[at].trim();
    let lower = lowered(line);
    if is_legal(&lower) || continues_legal(lines, at) {
        return Kind::Legal;
    }
    if is_contact_line(line) || is_label_line(&lower) || is_numbered(&lower) {
        return Kind::Contact;
    }
    if is_slogan(&lower) {
        Kind::Slogan
    } else if word_count(&lower) <= SLOGAN_WORDS_MAX
        && (has_link(&lower) && SLOGAN_VERBS.occur_in(&lower)
            || lower.ends_with('!') && !OWN_WORDS.occur_in(&lower))
    {
        Kind::PerhapsSlogan
    } else {
        Kind::Other
    }
}

fn has_link(lower: &str) -> bool {
    lower.contains("http") || lower.contains("www.")
}

/// "Tel 555-0119 ext. 7", "Direct: +44 1632 960 001 | Mobile: ...": the name of a number and digits, nothing to read.
fn is_numbered(lower: &str) -> bool {
    const NAMES: &[&str] = &[
        "tel", "tel.", "direct", "mobile", "mobiel", "phone", "fon", "fax", "office", "t", "m", "t:", "m:",
        "kvk", "btw",
    ];
    let first = lower.split([' ', ':']).next().unwrap_or_default();
    let n_digits = lower.bytes().filter(u8::is_ascii_digit).count();
    NAMES.contains(&first) && n_digits >= 6 && word_count(lower) <= 14 && !OWN_WORDS.occur_in(lower)
}

fn is_label_line(lower: &str) -> bool {
    lower.split_once(':').is_some_and(|(name, _)| {
        LABEL_LINES.contains(name.trim_matches(['*', '-', '|', ' '])) && word_count(lower) <= 14
    })
}

fn is_legal(lower: &str) -> bool {
    const SELF: &[&str] = &["i", "i'm", "ik", "ich", "my", "mijn", "me"];
    let speaks = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|w| SELF.contains(&w));
    is_disclaimer(lower) || (!speaks && LEGAL_MARKS.occur_in(lower))
}

/// The rest of a notice that the mail program wrapped.
fn continues_legal(lines: &[&str], at: usize) -> bool {
    lines[..at]
        .iter()
        .rev()
        .take(TAIL_LINES_MAX)
        .take_while(|l| l.trim().chars().count() >= WRAPPED_CHARS_MIN)
        .any(|l| is_legal(&lowered(l.trim())))
}

/// An invitation to everybody: a verb of inviting and the company's own site, newsletter, offer.
fn is_slogan(lower: &str) -> bool {
    word_count(lower) <= SLOGAN_WORDS_MAX
        && !has_link(lower)
        && !OWN_WORDS.occur_in(lower)
        && SLOGAN_VERBS.occur_in(lower)
        && SLOGAN_MARKS.occur_in(lower)
}

fn stands_alone(lines: &[&str], at: usize) -> bool {
    lines[..at].last().is_none_or(|l| l.trim().is_empty())
}

/// Right below a name, a closing word or another line of a signature.
fn stands_below(lines: &[&str], at: usize) -> bool {
    let above = lines[..at].last().map_or("", |l| l.trim());
    let lower = lowered(above);
    let closes = has_closing(above) || is_contact_line(above) || is_legal(&lower) || is_numbered(&lower);
    let names = is_person(above) && is_answer(above);
    // Function and company stand between the name and the slogan.
    let names_further_up = looks_like_name_line(above)
        && lines[..at].iter().rev().take(NAME_LINES_MAX).any(|l| is_person(l.trim()) && is_answer(l));
    !above.is_empty() && (closes || names || names_further_up || is_slogan(&lower))
}

/// The lines of a name with function and company right above `below`; returns the first of them.
fn name_block(lines: &[&str], first_text: usize, below: usize) -> Option<usize> {
    let mut at = below;
    // One blank may stand between the name and the numbers.
    while at > first_text + 1 && lines[at - 1].trim().is_empty() {
        at -= 1;
    }
    let mut start = None;
    for i in (first_text + 1..at).rev().take(NAME_LINES_MAX) {
        let line = lines[i].trim();
        let is_closing = has_closing(line);
        if !(looks_like_name_line(line) || is_closing || is_legal(&lowered(line))) {
            break;
        }
        if is_closing || is_person(line) {
            start = Some(i);
        }
        if is_closing {
            break;
        }
    }
    start.filter(|&start| has_answer(&lines[first_text..start]))
}

fn has_answer(lines: &[&str]) -> bool {
    lines.iter().any(|l| is_answer(l))
}

/// A line that can be name, function, department or company.
fn looks_like_name_line(line: &str) -> bool {
    let line = line.trim();
    let lower = lowered(line);
    let ends_sentence = line.ends_with(['!', '?', ':', ',', ';'])
        || (line.ends_with('.')
            && !["b.v.", "n.v.", "inc.", "ltd.", "co.", "kft."].iter().any(|e| lower.ends_with(e)));
    let has_small_title =
        ["ing.", "drs.", "mr.", "ir.", "dr.", "mw.", "dhr."].iter().any(|t| lower.starts_with(t));
    !line.is_empty()
        && line.chars().count() <= 60
        && word_count(line) <= 8
        && (line.starts_with(|c: char| c.is_uppercase() || c == '*') || has_small_title)
        && !ends_sentence
        && !ANSWER_WORDS.contains(lower.as_str())
        && !OWN_WORDS.occur_in(&lower)
}

/// Up to five capitalised words, none of which answers.
fn is_person(line: &str) -> bool {
    const SMALL: &[&str] = &[
        "van", "de", "der", "den", "het", "ten", "ter", "te", "von", "zu", "du", "la", "le", "el", "en",
        "and", "&", "of", "the", "ing.", "drs.", "mr.", "ir.", "dr.", "mw.", "dhr.", "mevr.", "a.i.",
    ];
    let lower = lowered(line);
    !line.is_empty()
        && word_count(line) <= 5
        && !line.chars().any(|c| c.is_ascii_digit())
        && line.split_whitespace().all(|w| !w.starts_with(char::is_lowercase) || SMALL.contains(&w))
        && !lower.split([' ', ',', '.']).any(|w| ANSWER_WORDS.contains(w))
}

/// Anything but a blank line and a greeting.
fn is_answer(line: &str) -> bool {
    const GREETINGS: &[&str] = &[
        "hi",
        "hello",
        "hey",
        "dear",
        "hallo",
        "hoi",
        "dag",
        "beste",
        "geachte",
        "goedemorgen",
        "goedemiddag",
        "goedendag",
        "goedenavond",
        "goeiemorgen",
        "goeiedag",
        "good",
        "morning",
        "sehr",
        "guten",
        "liebe",
        "lieber",
        "l.s.",
        "ls",
        "moin",
    ];
    let line = line.trim();
    let lower = line.to_lowercase();
    let first = lower.split([' ', ',', '!']).next().unwrap_or_default();
    let greets = word_count(line) <= 6
        && (GREETINGS.contains(&first) || (line.ends_with(',') && word_count(line) <= 2));
    line.chars().any(char::is_alphanumeric) && !greets
}
