//! Lines of text with quote marks.

/// More marks than this are no information.
const MARKS_MAX: usize = 10;

/// Collects text into lines.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
    line: String,
    /// Quote marks of the line being written.
    quotes: usize,
    /// A blank is due before the next word.
    has_gap: bool,
    /// An empty line is due before the next text.
    wants_blank: bool,
}

impl Writer {
    pub(super) fn len(&self) -> usize {
        self.out.len() + self.line.len()
    }

    pub(super) fn say(&mut self, text: &str, quotes: usize, is_preformatted: bool) {
        if quotes != self.quotes {
            self.border(quotes, false);
        }
        if is_preformatted {
            for (n, part) in text.split('\n').enumerate() {
                if n > 0 {
                    self.line_end(quotes);
                }
                self.put(part.trim_end_matches('\r'));
            }
            return;
        }
        for (n, word) in text.split([' ', '\t', '\r', '\n', '\u{c}']).enumerate() {
            if n > 0 {
                self.has_gap = true;
            }
            if !word.is_empty() {
                if self.has_gap && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.has_gap = false;
                self.put(word);
            }
        }
    }

    fn put(&mut self, text: &str) {
        if self.wants_blank && !text.is_empty() {
            self.wants_blank = false;
            if !self.out.is_empty() && !self.out.ends_with("\n\n") {
                self.push_line("", self.quotes);
            }
        }
        self.line.push_str(text);
    }

    /// A line break: the line ends, even an empty one.
    pub(super) fn line_end(&mut self, quotes: usize) {
        let line = std::mem::take(&mut self.line);
        self.push_line(&line, self.quotes);
        (self.quotes, self.has_gap) = (quotes, false);
    }

    /// The border of a block: a line that has text ends; a paragraph wants an empty line around it.
    pub(super) fn border(&mut self, quotes: usize, is_paragraph: bool) {
        if !self.line.trim().is_empty() || self.line.contains('\u{a0}') {
            self.line_end(quotes);
        }
        self.line.clear();
        self.wants_blank |= is_paragraph;
        (self.quotes, self.has_gap) = (quotes, false);
    }

    fn push_line(&mut self, line: &str, quotes: usize) {
        for _ in 0..quotes.min(MARKS_MAX) {
            self.out.push_str("> ");
        }
        self.out.push_str(line.trim_end());
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
    }

    pub(super) fn finish(mut self) -> String {
        self.border(0, false);
        // Never more than two empty lines in a row, none at the ends.
        let mut text = String::with_capacity(self.out.len());
        let mut n_blank = 0;
        for line in self.out.lines() {
            let is_blank = line.trim_matches(['>', ' ', '\u{a0}']).is_empty();
            n_blank = if is_blank { n_blank + 1 } else { 0 };
            if n_blank <= 2 {
                text.push_str(line);
                text.push('\n');
            }
        }
        text.trim_matches(['\n', ' ', '\u{a0}']).to_owned()
    }
}
