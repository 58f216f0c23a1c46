//! Words with their place in a text: what quote subtraction and quote matching compare.

use std::collections::HashMap;
use std::ops::Range;

/// A word in lower case and where it stands in the text (byte range).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) word: String,
    pub(crate) range: Range<usize>,
}

/// Splits a text into words: runs of letters and digits, in lower case. Quote marks, punctuation and line ends
/// do not count, so that a re-wrapped or `>`-quoted copy has the same words as the original.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(token(text, from..at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push(token(text, from..text.len()));
    }
    found
}

fn token(text: &str, range: Range<usize>) -> Token {
    Token { word: text[range.clone()].to_lowercase(), range }
}

/// For every word of `body`: whether it belongs to a run of at least `run` words that `sent` has in the same
/// order. Linear in practice: runs are found by their first `run` words.
pub(crate) fn marked_runs(body: &[Token], sent: &[Token], run: usize) -> Vec<bool> {
    let mut marks = vec![false; body.len()];
    if run == 0 || sent.len() < run || body.len() < run {
        return marks;
    }
    let mut places: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    for (at, window) in sent.windows(run).enumerate() {
        let starts = places.entry(window.iter().map(|t| t.word.as_str()).collect()).or_default();
        // A text that repeats itself would make this quadratic; a few places are enough to find the longest run.
        if starts.len() < 8 {
            starts.push(at);
        }
    }
    let mut at = 0;
    while at + run <= body.len() {
        let key: Vec<&str> = body[at..at + run].iter().map(|t| t.word.as_str()).collect();
        let longest = places.get(&key).map_or(0, |starts| {
            starts.iter().map(|&s| common_prefix(&body[at..], &sent[s..])).max().unwrap_or(0)
        });
        if longest == 0 {
            at += 1;
            continue;
        }
        marks[at..at + longest].fill(true);
        at += longest;
    }
    marks
}

fn common_prefix(a: &[Token], b: &[Token]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x.word == y.word).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(body: &str, sent: &str, run: usize) -> String {
        let words = tokens(body);
        let marks = marked_runs(&words, &tokens(sent), run);
        words
            .iter()
            .zip(marks)
            .filter(|(_, m)| *m)
            .map(|(t, _)| t.word.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_run_is_found_however_it_is_wrapped_or_quoted() {
        let sent = "Wij helpen groothandels hun offertes sneller te maken.";
        assert_eq!(
            marked("Ja!\n> Wij helpen groothandels\n> hun offertes sneller\n> te maken.", sent, 8),
            "wij helpen groothandels hun offertes sneller te maken"
        );
        assert_eq!(marked("Wij helpen groothandels hun offertes sneller", sent, 8), "");
    }

    #[test]
    fn a_text_of_one_repeated_word_ends_quickly() {
        let body = "a ".repeat(20_000);
        let words = tokens(&body);
        assert!(marked_runs(&words, &words, 8).iter().all(|m| *m));
    }
}
