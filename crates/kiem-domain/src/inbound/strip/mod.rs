//! What did the other side really write? Quotes, signature, device lines and disclaimers go; answers between
//! quoted lines stay; and whatever equals the text we sent is quote in every language.

pub(crate) mod quote;
mod signature;
mod tail;

use super::tokens::{Token, marked_runs, tokens};
use quote::{Line, lines, quote_head};
use signature::{Part, parts};
use std::ops::Range;

/// As much of a body as is read; a person does not write more. The rest is ignored.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// This many equal words in a row are no coincidence.
const RUN_WORDS_MIN: usize = 8;

/// A body taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stripped {
    /// The words that the other side added.
    pub text: String,
    /// What was quoted, without quote marks: older mail, ours or of others.
    pub quoted: String,
    /// Signature, device lines, disclaimers and gateway warnings.
    pub signature: String,
    /// Whether nothing was added at all: then a person has to look.
    pub is_empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kept,
    Quote,
    Signature,
}

struct Body<'t> {
    lines: Vec<Line<'t>>,
    kinds: Vec<Kind>,
    /// The lines below the first certain quote introduction without quote marks: quote, as far as we can tell.
    tail: Option<Range<usize>>,
}

/// Takes a body apart. `our_sent_text` is the exact text of the message that is answered, when it is known: any run
/// of eight or more words equal to it is quote, however the mail program wrapped or marked it.
pub fn strip(body: &str, our_sent_text: Option<&str>) -> Stripped {
    let text = normalized(body);
    let lines = lines(&text);
    let mut body = Body { kinds: vec![Kind::Kept; lines.len()], lines, tail: None };
    body.mark_quotes();
    let mut cut = vec![Vec::new(); body.lines.len()];
    if let Some(sent) = our_sent_text {
        let sent = tokens(&normalized(sent));
        body.subtract(&sent, &mut cut);
    }
    body.mark_signatures(&cut);
    body.finish(&cut)
}

/// Unix line ends, plain blanks, no invisible characters, bounded.
fn normalized(body: &str) -> String {
    let mut end = body.len().min(BODY_BYTES_MAX);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    body[..end]
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\0'))
        .map(|c| match c {
            '\r' => '\n',
            '\u{a0}' | '\u{202f}' | '\u{2007}' => ' ',
            c => c,
        })
        .collect()
}

impl Body<'_> {
    fn mark_quotes(&mut self) {
        for (kind, line) in self.kinds.iter_mut().zip(&self.lines) {
            if line.depth > 0 {
                *kind = Kind::Quote;
            }
        }
        let mut at = 0;
        while at < self.lines.len() {
            if self.kinds[at] == Kind::Quote {
                at += 1;
                continue;
            }
            let Some(head) = quote_head(&self.lines[at..]) else {
                at += 1;
                continue;
            };
            let below = at + head.n_lines;
            let next_text = self.lines[below..].iter().find(|l| !l.text.trim().is_empty());
            let is_marked = next_text.is_some_and(|l| l.depth > 0);
            if is_marked || head.is_certain {
                self.kinds[at..below].fill(Kind::Quote);
            }
            if !is_marked && head.is_certain {
                self.kinds[below..].fill(Kind::Quote);
                self.tail = Some(below..self.lines.len());
                self.keep_below_footer(at, below);
                return;
            }
            at = below;
        }
    }

    /// Nothing above an unmarked quote: the answer can stand below it. Our mails end with how to opt out; what follows
    /// the paragraph that says so is the answer, up to the next quote.
    fn keep_below_footer(&mut self, head: usize, below: usize) {
        let is_filled = |line: &Line<'_>| !line.text.trim().is_empty();
        if (0..head).any(|i| self.kinds[i] == Kind::Kept && is_filled(&self.lines[i])) {
            return;
        }
        let paragraph_ends = |line: &Line<'_>| !is_filled(line) || is_rule_line(line.text);
        let footer = (below..self.lines.len()).find(|&i| is_opt_out_footer(self.lines[i].text));
        let end = footer.and_then(|f| (f..self.lines.len()).find(|&i| paragraph_ends(&self.lines[i])));
        let Some(start) = end.and_then(|e| (e..self.lines.len()).find(|&i| !paragraph_ends(&self.lines[i])))
        else {
            return;
        };
        let stop = (start..self.lines.len()).find(|&i| quote_head(&self.lines[i..]).is_some());
        let stop = stop.unwrap_or(self.lines.len());
        if self.lines[start..stop].iter().any(|l| is_opt_out_footer(l.text) || l.text.contains("http")) {
            return; // the footer goes on
        }
        for at in (start..stop).filter(|&at| self.lines[at].depth == 0) {
            self.kinds[at] = Kind::Kept;
        }
    }

    /// Marks what equals our own message. `cut` gets, per line, the byte ranges of a kept line that go.
    fn subtract(&mut self, sent: &[Token], cut: &mut [Vec<Range<usize>>]) {
        let mut flat = String::new();
        let mut starts = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            starts.push(flat.len());
            flat.push_str(line.text);
            flat.push('\n');
        }
        let words = tokens(&flat);
        let marks = marked_runs(&words, sent, RUN_WORDS_MIN);
        if !marks.contains(&true) {
            return;
        }
        let mut n_words = vec![0_usize; self.lines.len()];
        for (word, is_ours) in words.iter().zip(&marks) {
            let at = starts.partition_point(|s| *s <= word.range.start) - 1; // starts[0] is 0
            n_words[at] += 1;
            if *is_ours {
                cut[at].push(word.range.start - starts[at]..word.range.end - starts[at]);
            }
        }
        self.reopen_tail(cut);
        let is_ours: Vec<bool> =
            (0..self.lines.len()).map(|i| n_words[i] > 0 && cut[i].len() == n_words[i]).collect();
        for (at, ours) in is_ours.iter().enumerate() {
            if *ours {
                self.kinds[at] = Kind::Quote;
            }
        }
        self.drop_fringes(sent, &is_ours);
    }

    /// When the person wrote nothing above the quote, or says that the answer is below, what is left of the quote
    /// after taking our words out is the answer (Outlook marks no quoted lines).
    fn reopen_tail(&mut self, cut: &[Vec<Range<usize>>]) {
        let Some(tail) = self.tail.clone() else { return };
        let above: String = (0..tail.start)
            .filter(|&i| self.kinds[i] == Kind::Kept)
            .flat_map(|i| [self.lines[i].text, "\n"])
            .collect();
        let has_ours = cut[tail.clone()].iter().any(|c| !c.is_empty());
        if !has_ours || !(is_blank(&above) || points_below(&above)) {
            return;
        }
        // A second quote introduction inside the tail belongs to an older mail.
        let end =
            (tail.start..tail.end).find(|&i| quote_head(&self.lines[i..]).is_some_and(|h| h.is_certain));
        for at in tail.start..end.unwrap_or(tail.end) {
            if self.lines[at].depth == 0 {
                self.kinds[at] = Kind::Kept;
            }
        }
    }

    /// Short lines of our message ("Hoi Eva,", "Groet, Jan") and rewritten links next to our words are ours too.
    fn drop_fringes(&mut self, sent: &[Token], is_ours: &[bool]) {
        let filled: Vec<usize> =
            (0..self.lines.len()).filter(|&i| !self.lines[i].text.trim().is_empty()).collect();
        for (n, &at) in filled.iter().enumerate() {
            let neighbour = |i: Option<&usize>| i.is_some_and(|&i| is_ours[i]);
            let before = n.checked_sub(1).and_then(|p| filled.get(p));
            if self.kinds[at] != Kind::Kept || !(neighbour(before) || neighbour(filled.get(n + 1))) {
                continue;
            }
            let words = tokens(self.lines[at].text);
            let in_sent = !words.is_empty()
                && words.len() < RUN_WORDS_MIN
                && sent.windows(words.len()).any(|w| w.iter().zip(&words).all(|(a, b)| a.word == b.word));
            if in_sent || is_only_link(self.lines[at].text) {
                self.kinds[at] = Kind::Quote;
            }
        }
    }

    fn mark_signatures(&mut self, cut: &[Vec<Range<usize>>]) {
        let mut has_text_before = false;
        let mut at = 0;
        while at < self.lines.len() {
            if self.kinds[at] != Kind::Kept {
                at += 1;
                continue;
            }
            let end =
                (at..self.lines.len()).find(|&i| self.kinds[i] != Kind::Kept).unwrap_or(self.lines.len());
            let stretch: Vec<&str> = self.lines[at..end].iter().map(|l| l.text).collect();
            for (n, part) in parts(&stretch, has_text_before).into_iter().enumerate() {
                if part == Part::Signature && cut[at + n].is_empty() {
                    self.kinds[at + n] = Kind::Signature;
                } else if !stretch[n].trim().is_empty() {
                    has_text_before = true;
                }
            }
            at = end;
        }
    }

    fn finish(&self, cut: &[Vec<Range<usize>>]) -> Stripped {
        let (mut text, mut quoted, mut signature) = (String::new(), String::new(), String::new());
        for (at, line) in self.lines.iter().enumerate() {
            let (target, words) = match self.kinds[at] {
                Kind::Kept => (&mut text, without(line.text, &cut[at])),
                Kind::Quote => (&mut quoted, line.text.to_owned()),
                Kind::Signature => (&mut signature, line.text.to_owned()),
            };
            target.push_str(words.trim_end());
            target.push('\n');
        }
        let text = tidy(&text);
        Stripped { is_empty: is_blank(&text), text, quoted: tidy(&quoted), signature: tidy(&signature) }
    }
}

/// How to opt out, as a footer says it: with a link, or "reply" and the word to send.
fn is_opt_out_footer(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "unsubscribe",
        "opt out",
        "opt-out",
        "afmelden",
        "uitschrijven",
        "meld u af",
        "abmelden",
        "abbestellen",
    ];
    const WAYS: &[&str] =
        &["http", "www.", "reply", "click", "link", "antwoord", "klik", "klick", "here", "hier", "("];
    let lower = line.to_lowercase();
    WORDS.iter().any(|w| lower.contains(w)) && WAYS.iter().any(|w| lower.contains(w))
}

/// Three or more dashes, stars or equals signs and nothing else.
fn is_rule_line(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '–' | '—'))
}

/// A line without the given stretches; what stood between two of them goes too.
fn without(line: &str, cut: &[Range<usize>]) -> String {
    let (Some(first), Some(last)) = (cut.first(), cut.last()) else { return line.to_owned() };
    // Ranges come in order; several runs in one line leave only what is outside all of them.
    let (head, tail) = (&line[..first.start], &line[last.end..]);
    let tail = tail.trim_start_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace());
    format!("{}{}{tail}", head, if head.is_empty() || tail.is_empty() { "" } else { " " })
}

/// No trailing blanks, at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut n_blank = 0;
    for line in text.lines().map(str::trim_end) {
        n_blank = if line.trim().is_empty() { n_blank + 1 } else { 0 };
        if n_blank <= 1 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// No letter, digit, or picture: nothing was said. A thumbs-up is an answer.
fn is_blank(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_alphanumeric() || matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}'))
}

fn is_only_link(text: &str) -> bool {
    let text = text.trim().trim_matches(['<', '>', '(', ')', '[', ']']);
    text.starts_with("http") && !text.contains(char::is_whitespace)
}

const POINTERS_BELOW: &[&str] = &[
    "zie onder",
    "zie hieronder",
    "hieronder",
    "zie rood",
    "in het rood",
    "in rood",
    "zie blauw",
    "in blauw",
    "tussen de regels",
    "see below",
    "answers below",
    "inline",
    "in red",
    "in blue",
    "siehe unten",
    "s.u.",
    "weiter unten",
    "in rot",
    "in blau",
    "voir ci-dessous",
    "ci-dessous",
    "en rouge",
];

fn points_below(text: &str) -> bool {
    let lower = text.to_lowercase();
    POINTERS_BELOW.iter().any(|p| lower.contains(p))
}

#[cfg(test)]
mod tests;
