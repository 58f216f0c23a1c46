//! What automatic answers say, in Dutch, English, German and French. All lists are compared with [`flat`] text.

use crate::inbound::phrases::{Phrases, has_phrase};

/// Lower case, single blanks, straight apostrophes: what all lists are compared with.
pub(super) fn flat(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', '‘', '`'], "'");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Prefixes that are unmistakable whatever the subject.
static CLEAR_PREFIXES: Phrases = Phrases::new(include_str!("../phrases/clear_prefixes.txt"));

/// Prefixes that people also write about: only when they stand before our own subject.
static FAINT_PREFIXES: Phrases = Phrases::new(include_str!("../phrases/faint_prefixes.txt"));

/// A11: whether what stands before our subject is the mark of an automatic answer.
pub(super) fn is_absence_prefix(prefix: &str, knows_our_subject: bool) -> bool {
    let prefix = flat(prefix);
    if prefix.is_empty() {
        return false;
    }
    let with_colon = format!("{prefix}:");
    let clear = CLEAR_PREFIXES.all().iter().any(|p| match p.strip_suffix(':') {
        // These need their colon (or the end, where the colon was cut off).
        Some(word) => {
            prefix.starts_with(p) || (knows_our_subject && with_colon.starts_with(&format!("{word}:")))
        }
        None => prefix.starts_with(p),
    });
    clear
        || (knows_our_subject
            && prefix.chars().count() <= 60
            && FAINT_PREFIXES.all().iter().any(|p| starts_words(&prefix, p)))
}

fn starts_words(text: &str, start: &str) -> bool {
    text.strip_prefix(start).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// Statements that a person has left the company.
static LEFT: Phrases = Phrases::new(include_str!("../phrases/left.txt"));

/// Whether an automatic text says that the person has left the company.
pub(super) fn says_left(text: &str) -> bool {
    LEFT.occur_in(text)
}

/// Statements of absence in the present.
static ABSENT: Phrases = Phrases::new(include_str!("../phrases/absent.txt"));

/// Whether an automatic text speaks of absence.
pub(super) fn says_absent(text: &str) -> bool {
    is_away(text) || ["afwezig", "abwesend", "abwesenheit", "afwezigheid"].iter().any(|w| has_phrase(text, w))
}

/// Statements of absence: fixed phrases, "met kerstvakantie", or closed doors that open again.
fn is_away(text: &str) -> bool {
    let closed = ["gesloten", "geschlossen", "closed", "fermé", "fermés"].iter().any(|w| has_phrase(text, w));
    ABSENT.occur_in(text) || is_on_holiday(text) || (closed && ABSENCE_COMPANIONS.occur_in(text))
}

/// "met kerstvakantie", "im Sommerurlaub", "on parental leave".
fn is_on_holiday(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(2).any(|w| {
        matches!(w[0], "met" | "op" | "im" | "on" | "en" | "in")
            && ["vakantie", "verlof", "urlaub", "elternzeit"].iter().any(|end| w[1].ends_with(end))
    })
}

/// Words of receipts, and of mailboxes that nobody reads.
static RECEIVED: Phrases = Phrases::new(include_str!("../phrases/received.txt"));

/// Whether an automatic text speaks of something else than absence: a receipt, a mailbox that nobody reads.
pub(super) fn says_received(text: &str) -> bool {
    RECEIVED.occur_in(text)
}

/// Requests to prove that the sender is human.
static PROVE_HUMAN: Phrases = Phrases::new(include_str!("../phrases/prove_human.txt"));

/// A12: whether a text asks the sender to prove being human.
pub(super) fn says_prove_human(text: &str) -> bool {
    PROVE_HUMAN.occur_in(text)
}

/// Phrases that go with an absence in automatic texts.
static ABSENCE_COMPANIONS: Phrases = Phrases::new(include_str!("../phrases/absence_companions.txt"));

/// Openings of automatic texts.
static ABSENCE_OPENINGS: Phrases = Phrases::new(include_str!("../phrases/absence_openings.txt"));

/// Words of a person who takes part in the conversation: then absence is a wish, not an automatic text.
static TAKES_PART: Phrases = Phrases::new(include_str!("../phrases/takes_part.txt"));

/// A13: whether the words alone are those of an automatic absence text. It takes two signs, because people speak of
/// their holidays too, and none of a person who takes part in the conversation.
pub(super) fn is_absence_text(text: &str) -> bool {
    if text.is_empty() || text.contains('?') || text.chars().count() > 1_500 || TAKES_PART.occur_in(text) {
        return false;
    }
    is_away(text) && (ABSENCE_COMPANIONS.occur_in(text) || ABSENCE_OPENINGS.occur_in(text))
}
