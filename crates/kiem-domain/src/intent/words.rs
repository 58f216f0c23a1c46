//! A reply as words: folded to lower case without accents, with the sentence and the clause they stand in.

/// Text beyond this many bytes is not read: what a person wants stands at the start, and the limit bounds the work.
pub const TEXT_BYTES_MAX: usize = 8_000;

/// One word (or number, or question mark) of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Lower case, accents folded, apostrophes dropped. `?` for a question mark, `<email>` and `<url>` for those.
    pub text: String,
    /// Where it starts in the source, in bytes.
    pub start: usize,
    /// Where it ends in the source, in bytes.
    pub end: usize,
    /// The sentence it stands in, counted from 0.
    pub sentence: u32,
    /// The clause it stands in, counted from 0 over the whole text: a comma, an "and" or a "but" starts one.
    pub clause: u32,
}

/// A reply, cut into words.
#[derive(Debug, Clone)]
pub struct Words {
    /// The text the offsets point into.
    pub source: String,
    /// The words in order.
    pub list: Vec<Word>,
}

/// Placeholder for an e-mail address.
pub const EMAIL: &str = "<email>";
/// Placeholder for a web address.
pub const URL: &str = "<url>";
/// A question mark as a word.
pub const QUESTION_MARK: &str = "?";

impl Words {
    /// Cuts a text into words. Deterministic, linear, at most [`TEXT_BYTES_MAX`] bytes of the text are read.
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(TEXT_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let source = text[..end].to_owned();
        let list = Cutter::new(&source).cut();
        Self { source, list }
    }

    /// The word as it was written.
    pub fn raw(&self, word: &Word) -> &str {
        &self.source[word.start..word.end]
    }

    /// What stands between two words in the source.
    pub fn between(&self, left: &Word, right: &Word) -> &str {
        self.source.get(left.end..right.start).unwrap_or_default()
    }

    /// The word at `index`, as folded text; empty when there is none.
    pub fn at(&self, index: usize) -> &str {
        self.list.get(index).map_or("", |w| w.text.as_str())
    }

    /// The words from `start` up to `end` as they were written, blanks made single.
    pub fn phrase(&self, start: usize, end: usize) -> Option<String> {
        let (first, last) = (self.list.get(start)?, self.list.get(end.checked_sub(1)?)?);
        let text = self.source.get(first.start..last.end)?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// How many words "Beste Sanne," takes at the start; 0 without a greeting.
    pub fn greeting_len(&self) -> usize {
        const GREETINGS: &[&str] = &[
            "beste",
            "dag",
            "hallo",
            "hoi",
            "hi",
            "hey",
            "hello",
            "dear",
            "geachte",
            "goedemorgen",
            "goedemiddag",
            "goedendag",
            "goeiemorgen",
            "goeiemiddag",
            "goedenavond",
            "morning",
            "afternoon",
            "good",
            "guten",
            "sehr",
            "liebe",
            "lieber",
            "hej",
            "hiya",
            "goeiendag",
        ];
        if !GREETINGS.contains(&self.at(0)) {
            return 0;
        }
        let clause = self.list.first().map_or(0, |w| w.clause);
        let length = self.list.iter().take_while(|w| w.clause == clause).count();
        if length <= 5 && length < self.list.len() { length } else { 0 }
    }

    /// The sentence number at `index`; `None` past the end.
    pub fn sentence_at(&self, index: usize) -> Option<u32> {
        self.list.get(index).map(|w| w.sentence)
    }
}

/// Appends one character to a folded word: lower case, accents dropped, German umlauts written out.
pub fn fold_into(out: &mut String, c: char) {
    for c in c.to_lowercase() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' | 'å' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' => out.push('o'),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            // Combining accents: "e" followed by an acute accent is the same word as "é".
            '\u{300}'..='\u{36f}' => {}
            c => out.push(c),
        }
    }
}

/// A text folded as the words of a reply are.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_apostrophe(*c)) {
        fold_into(&mut out, c);
    }
    out
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{b4}')
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

struct Cutter<'a> {
    source: &'a str,
    list: Vec<Word>,
    sentence: u32,
    clause: u32,
    /// Bytes on the current line so far: a long line that breaks was wrapped by the mail program.
    line_bytes: usize,
}

impl<'a> Cutter<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, list: Vec::new(), sentence: 0, clause: 0, line_bytes: 0 }
    }

    fn cut(mut self) -> Vec<Word> {
        let mut at = 0;
        while let Some(c) = self.source[at..].chars().next() {
            if is_word_char(c) {
                at = self.take_word(at);
                continue;
            }
            self.take_mark(at, c);
            at += c.len_utf8();
        }
        self.list
    }

    /// Reads a word, an e-mail address or a web address and returns where it ends.
    fn take_word(&mut self, start: usize) -> usize {
        let rest = &self.source[start..];
        let blob_len =
            rest.find(|c: char| c.is_whitespace() || "<>()[]\"|,;".contains(c)).unwrap_or(rest.len());
        let blob = rest[..blob_len].trim_end_matches(['.', '!', '?', ':', '\'']);
        if let Some(kind) = address_kind(blob) {
            self.push(kind.to_owned(), start, start + blob.len());
            return start + blob.len();
        }
        let mut text = String::new();
        let mut end = start;
        for (offset, c) in rest.char_indices() {
            let next_is_word = || rest[offset + c.len_utf8()..].chars().next().is_some_and(is_word_char);
            if is_word_char(c) {
                fold_into(&mut text, c);
                end = start + offset + c.len_utf8();
            } else if is_apostrophe(c) && next_is_word() {
                continue;
            } else if c == '-' && offset == 1 && text == "e" && next_is_word() {
                continue; // "e-mail" is "email"
            } else {
                break;
            }
        }
        if matches!(
            text.as_str(),
            "maar" | "but" | "aber" | "however" | "echter" | "allerdings" | "doch" | "and" | "en" | "und"
        ) {
            self.clause += 1;
        }
        self.push(text, start, end);
        end
    }

    fn push(&mut self, text: String, start: usize, end: usize) {
        self.line_bytes += end - start + 1;
        self.list.push(Word { text, start, end, sentence: self.sentence, clause: self.clause });
    }

    fn take_mark(&mut self, at: usize, c: char) {
        let next = self.source[at + c.len_utf8()..].chars().next();
        match c {
            '?' => {
                self.push(QUESTION_MARK.to_owned(), at, at + 1);
                self.end_sentence();
            }
            '!' | '…' => self.end_sentence(),
            '.' if next.is_none_or(char::is_whitespace) && !self.dot_belongs_to_word() => self.end_sentence(),
            '\n' => {
                // A blank line or a short line ends a sentence; a long line was wrapped.
                if next == Some('\n') || next == Some('\r') || self.line_bytes < 50 {
                    self.end_sentence();
                }
                self.line_bytes = 0;
            }
            ',' | ';' | ':' | '(' | ')' | '–' | '—' | '+' | '&' | '/' => self.clause += 1,
            '-' if next.is_none_or(char::is_whitespace) => self.clause += 1,
            _ => {}
        }
    }

    /// "3. Dezember", "dec. 2026", "mr. Smith": the dot is part of the word, not the end of a sentence.
    fn dot_belongs_to_word(&self) -> bool {
        let Some(last) = self.list.last() else { return false };
        let short = matches!(
            last.text.as_str(),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "dhr"
                | "mevr"
                | "mw"
                | "hr"
                | "fr"
                | "nr"
                | "art"
                | "evt"
                | "ca"
                | "bv"
                | "z"
                | "i"
                | "jan"
                | "feb"
                | "mrt"
                | "mar"
                | "apr"
                | "jun"
                | "jul"
                | "aug"
                | "sept"
                | "sep"
                | "okt"
                | "oct"
                | "nov"
                | "dec"
                | "dez"
                | "a"
                | "u"
                | "o"
                | "m"
                | "p"
                | "resp"
                | "incl"
                | "excl"
                | "bijv"
                | "tel"
        );
        short || (last.text.len() <= 2 && last.text.bytes().all(|b| b.is_ascii_digit()))
    }

    fn end_sentence(&mut self) {
        if self.list.last().is_some_and(|w| w.sentence == self.sentence) {
            self.sentence += 1;
        }
        self.clause += 1;
    }
}

fn address_kind(blob: &str) -> Option<&'static str> {
    let lower = blob.get(..8).unwrap_or(blob).to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.") {
        return Some(URL);
    }
    let (local, domain) = blob.split_once('@')?;
    (!local.is_empty() && domain.contains('.') && !domain.contains('@')).then_some(EMAIL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        Words::new(text).list.into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn folds_accents_apostrophes_and_umlauts() {
        assert_eq!(texts("Geïnteresseerd? Don’t für"), ["geinteresseerd", "?", "dont", "fuer"]);
        assert_eq!(fold("Café O'Neil"), "cafe oneil");
        assert_eq!(texts("E-mails op 12-01, it-manager"), ["emails", "op", "12", "01", "it", "manager"]);
    }

    #[test]
    fn addresses_are_one_word() {
        assert_eq!(texts("mail eva@kiem.example."), ["mail", EMAIL]);
        assert_eq!(texts("<https://kiem.example/x?y=1>"), [URL]);
    }

    #[test]
    fn sentences_end_at_marks_blank_lines_and_short_lines() {
        let words = Words::new("Nee. Dank u\n\nGroet");
        let sentences: Vec<u32> = words.list.iter().map(|w| w.sentence).collect();
        assert_eq!(sentences, [0, 1, 1, 2]);
        let wrapped = Words::new("this is a line that the mail program wrapped somewhere\nin the middle");
        assert!(wrapped.list.iter().all(|w| w.sentence == 0));
        assert!(Words::new("Am 3. Dezember").list.iter().all(|w| w.sentence == 0));
    }

    #[test]
    fn a_but_starts_a_new_clause() {
        let words = Words::new("niet nu, maar wel later");
        assert!(words.list[1].clause < words.list[3].clause);
    }

    #[test]
    fn huge_text_is_cut_at_a_character() {
        let text = "é".repeat(TEXT_BYTES_MAX);
        assert!(Words::new(&text).source.len() <= TEXT_BYTES_MAX);
    }
}
