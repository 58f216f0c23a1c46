//! Records of a text file: cells between delimiters, quotes around them, and what people and programs do to both. A reader
//! of our own, because it has to say on which line a record stands, and to end a quote that nobody closed, within limits.

use std::io::{self, Read};

use super::dialect::Quote;
use super::reader::{Flaw, Record, put_cell};

/// Bytes that one record may have; the rest of its line is passed over.
const RECORD_BYTES_MAX: usize = 1024 * 1024;
/// Bytes between two quotes. A longer text is a quote that was never closed.
const QUOTED_BYTES_MAX: usize = 64 * 1024;
const READ_BYTES: usize = 64 * 1024;

/// Records of a text in UTF-8, one at a time. Lines without anything are passed over, but counted.
pub(super) struct TextRecords<R> {
    input: R,
    delimiter: u8,
    quote: u8,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    start: usize,
    is_at_end: bool,
    /// Rows as a spreadsheet counts them, and lines as an editor does.
    row_number: u64,
    line_number: u64,
}

/// A record in the buffer.
struct Found {
    /// Where it ends, and where the next one begins.
    end: usize,
    next: usize,
    /// Cells: from, to, and whether quotes stand in them.
    cells: Vec<(usize, usize, bool)>,
    lines: u64,
    flaw: Option<Flaw>,
}

impl<R: Read> TextRecords<R> {
    pub(super) fn new(input: R, delimiter: u8, quote: Quote) -> TextRecords<R> {
        TextRecords {
            input,
            delimiter,
            quote: quote.byte(),
            buffer: Vec::with_capacity(2 * READ_BYTES),
            start: 0,
            is_at_end: false,
            row_number: 0,
            line_number: 0,
        }
    }

    /// Passes over one line as it stands: Excel's `sep=;`.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = &self.buffer[self.start..];
            if let Some(at) = rest.iter().position(|b| *b == b'\n') {
                self.start += at + 1;
                break;
            }
            if !self.more()? {
                self.start = self.buffer.len();
                break;
            }
        }
        self.row_number += 1;
        self.line_number += 1;
        Ok(())
    }

    /// Reads the next record into `record`. False at the end.
    pub(super) fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            let Some(found) = self.find()? else { return Ok(false) };
            self.row_number += 1;
            let line = self.line_number + 1;
            self.line_number += found.lines;
            let is_blank = found.cells.len() == 1 && found.cells[0].0 == found.cells[0].1;
            if !is_blank {
                self.fill(record, &found, line);
            }
            self.start = found.next;
            if !is_blank {
                return Ok(true);
            }
        }
    }

    fn fill(&self, record: &mut Record, found: &Found, line: u64) {
        record.begin(self.row_number, line);
        record.flaw = found.flaw;
        for (column, (from, to, is_quoted)) in found.cells.iter().enumerate() {
            let bytes = &self.buffer[*from..*to];
            if *is_quoted {
                put_cell(record, column, &unquoted(bytes, self.quote));
            } else {
                put_cell(record, column, bytes);
            }
        }
    }

    /// Reads on until the buffer holds a whole record. None at the end.
    fn find(&mut self) -> io::Result<Option<Found>> {
        loop {
            let found = scan(&self.buffer, self.start, self.delimiter, self.quote, self.is_at_end);
            match found {
                Some(found) => return Ok(Some(found)),
                None if self.is_at_end => return Ok(None),
                None if self.buffer.len() - self.start >= RECORD_BYTES_MAX => return self.cut().map(Some),
                None => {
                    self.more()?;
                }
            }
        }
    }

    /// Ends a record that is longer than one may be, and passes over the rest of its line.
    fn cut(&mut self) -> io::Result<Found> {
        let mut found = scan(&self.buffer, self.start, self.delimiter, self.quote, true)
            .unwrap_or_else(|| Found::empty(self.start));
        if found.next == self.buffer.len() {
            self.buffer.truncate(found.end);
            let mut byte = [0];
            while byte[0] != b'\n' && self.input.read(&mut byte)? > 0 {}
            self.buffer.push(b'\n');
            found.next = self.buffer.len();
        }
        found.flaw = Some(Flaw::TooLong);
        Ok(found)
    }

    /// Reads more of the file. False at the end.
    fn more(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let before = self.buffer.len();
        self.buffer.resize(before + READ_BYTES, 0);
        let n = loop {
            match self.input.read(&mut self.buffer[before..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.truncate(before + n);
        self.is_at_end = n == 0;
        Ok(n > 0)
    }
}

impl Found {
    fn empty(at: usize) -> Found {
        Found { end: at, next: at, cells: vec![(at, at, false)], lines: 1, flaw: None }
    }
}

/// Finds the record that begins at `start`. None when it may go on behind the buffer, or when nothing is left.
fn scan(buffer: &[u8], start: usize, delimiter: u8, quote: u8, is_at_end: bool) -> Option<Found> {
    if start >= buffer.len() {
        return None;
    }
    let mut found = Found { cells: Vec::with_capacity(16), ..Found::empty(start) };
    found.cells.clear();
    let mut at = start;
    // A quote that nobody closed is a letter like any other; then the line is read again without it.
    let mut literal_quote = None;
    loop {
        let from = at;
        let mut is_quoted = false;
        if buffer.get(at) == Some(&quote) && literal_quote != Some(at) {
            match closing(buffer, at, delimiter, quote, is_at_end) {
                Closing::At(end, lines) => {
                    at = end;
                    found.lines += lines;
                    is_quoted = true;
                }
                Closing::Unknown => return None,
                Closing::Never => {
                    literal_quote = Some(at);
                    found.flaw = Some(Flaw::Unclosed);
                }
            }
        }
        let rest = &buffer[at..];
        let n = rest.iter().position(|b| *b == delimiter || *b == b'\n' || *b == b'\r');
        // Whether that matters shows when the cells are counted: "Jansen "De Bouwer" B.V." has all of them.
        let behind = &rest[..n.unwrap_or(rest.len())];
        if is_quoted && behind.iter().any(|b| !b.is_ascii_whitespace()) {
            found.flaw = found.flaw.or(Some(Flaw::Misquoted));
        }
        let Some(n) = n else {
            found.cells.push((from, buffer.len(), is_quoted));
            (found.end, found.next) = (buffer.len(), buffer.len());
            return is_at_end.then_some(found);
        };
        at += n;
        found.cells.push((from, at, is_quoted));
        if buffer[at] == delimiter {
            at += 1;
            continue;
        }
        found.end = at;
        found.next = match (buffer[at], buffer.get(at + 1)) {
            (b'\r', Some(b'\n')) => at + 2,
            // Whether a line feed follows is not known yet.
            (b'\r', None) if !is_at_end => return None,
            _ => at + 1,
        };
        return Some(found);
    }
}

enum Closing {
    /// Behind the closing quote, and how many lines the text between has more than one.
    At(usize, u64),
    /// It may come behind the buffer.
    Unknown,
    Never,
}

/// The quote that closes the one at `open`.
fn closing(buffer: &[u8], open: usize, delimiter: u8, quote: u8, is_at_end: bool) -> Closing {
    let limit = buffer.len().min(open + QUOTED_BYTES_MAX);
    let (mut at, mut lines) = (open + 1, 0);
    while at < limit {
        let byte = buffer[at];
        if byte == quote {
            match buffer.get(at + 1) {
                Some(next) if *next == quote => at += 1,
                Some(b'\n' | b'\r' | b' ') => return Closing::At(at + 1, lines),
                Some(next) if *next == delimiter => return Closing::At(at + 1, lines),
                None if is_at_end => return Closing::At(at + 1, lines),
                None => return Closing::Unknown,
                // Text behind the quote: on one line somebody's sloppiness, over lines the opening quote of another cell.
                Some(_) if lines == 0 => return Closing::At(at + 1, lines),
                Some(_) => return Closing::Never,
            }
        }
        lines += u64::from(byte == b'\n');
        at += 1;
    }
    if is_at_end || limit == open + QUOTED_BYTES_MAX { Closing::Never } else { Closing::Unknown }
}

/// A quoted cell without its quotes; what stands behind the closing one is kept.
fn unquoted(cell: &[u8], quote: u8) -> Vec<u8> {
    let mut text = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter().skip(1).peekable();
    let mut is_inside = true;
    while let Some(byte) = bytes.next() {
        if *byte == quote && is_inside {
            if bytes.peek().is_some_and(|next| **next == quote) {
                bytes.next();
                text.push(quote);
            } else {
                is_inside = false;
            }
        } else {
            text.push(*byte);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(u64, u64, Vec<String>, Option<Flaw>)> {
        let mut records = TextRecords::new(text.as_bytes(), b';', Quote::Double);
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.read(&mut record).unwrap() {
            all.push((record.row_number, record.line_number, record.cells.clone(), record.flaw));
        }
        all
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        records(text).into_iter().map(|(_, _, cells, _)| cells).collect()
    }

    #[test]
    fn cells_are_read_as_spreadsheets_write_them() {
        for (text, expected) in [
            ("a;b\r\nc;d", vec![vec!["a", "b"], vec!["c", "d"]]),
            ("a;b\rc;d\r", vec![vec!["a", "b"], vec!["c", "d"]]),
            ("\"a;b\";\"c\"\"d\"\n", vec![vec!["a;b", "c\"d"]]),
            ("\"a\" b;c\n", vec![vec!["a b", "c"]]),
            ("5\" scherm;\"\"\n", vec![vec!["5\" scherm", ""]]),
            (";;\n", vec![vec!["", "", ""]]),
        ] {
            assert_eq!(cells(text), expected, "{text:?}");
        }
    }

    #[test]
    fn rows_and_lines_are_both_counted() {
        let all = records("naam;notitie\n\nJan;\"een\ntwee\"\nEva;x\n");
        let numbers: Vec<(u64, u64)> = all.iter().map(|(row, line, ..)| (*row, *line)).collect();
        assert_eq!(numbers, [(1, 1), (3, 3), (4, 5)]);
    }

    #[test]
    fn a_quote_that_nobody_closed_costs_its_own_line_only() {
        for text in
            ["a;b\n\"Jan;Zeist\nEva;\"Den Haag\"\nPiet;Urk\n", "a;b\n\"Jan;Zeist\nEva;Den Haag\nPiet;Urk\n"]
        {
            let all = records(text);
            assert_eq!(all.len(), 4, "{all:?}");
            assert_eq!((all[1].1, all[1].3), (2, Some(Flaw::Unclosed)));
            assert_eq!(all[1].2, ["\"Jan", "Zeist"]);
            assert_eq!(all[3].2, ["Piet", "Urk"]);
        }
        let endless = format!("a;b\n\"Jan;{}\nEva;Urk\n", "x\n".repeat(QUOTED_BYTES_MAX));
        let all = records(&endless);
        assert_eq!(
            (all[1].3, all.last().unwrap().2.clone()),
            (Some(Flaw::Unclosed), vec!["Eva".into(), "Urk".into()])
        );
    }

    #[test]
    fn text_behind_a_closing_quote_is_told() {
        for (text, flaw) in [
            ("\"a\";b\n", None),
            ("\"a\" ;b\n", None),
            ("5\" scherm;b\n", None),
            ("\"19\"\" rek\";b\n", None),
            ("\"a\" b;c\n", Some(Flaw::Misquoted)),
            ("\"a;\"b\"\n", Some(Flaw::Misquoted)),
            ("a;\"b\"c", Some(Flaw::Misquoted)),
            ("\"a\" b;\"c\n", Some(Flaw::Unclosed)),
        ] {
            assert_eq!(records(text)[0].3, flaw, "{text}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let all = records(&format!("a;{}\nb;c\n", "x".repeat(3 * RECORD_BYTES_MAX)));
        assert_eq!((all.len(), all[0].3), (2, Some(Flaw::TooLong)));
        assert_eq!((all[1].1, all[1].2.clone()), (2, vec!["b".to_owned(), "c".to_owned()]));
    }

    #[test]
    fn where_the_buffer_ends_makes_no_difference() {
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let n = self.0.len().min(into.len()).min(1);
                into[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let text = "a;\"b\r\nc\"\r\n\"d\"\"e\";f\r\n\"g;h\r\ni;\"j\"\r\n";
        let mut drip = TextRecords::new(Drip(text.as_bytes()), b';', Quote::Double);
        let (mut record, mut all) = (Record::default(), Vec::new());
        while drip.read(&mut record).unwrap() {
            all.push(record.cells.clone());
        }
        assert_eq!(all, cells(text));
    }
}
