//! Rows of a file, one at a time, within limits; and writing files that a spreadsheet opens without running anything.

use super::dialect::{Dialect, Quote, after_line};
use super::{CELL_CHARS_MAX, ROWS_MAX};

/// One data row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Row number as a spreadsheet shows it: the first record of the file is 1.
    pub row_number: u64,
    /// The cells, trimmed, without control characters, cut at [`CELL_CHARS_MAX`].
    pub cells: Vec<String>,
    /// Column of the first cell that was cut, if any.
    pub cut_column: Option<usize>,
}

/// Data rows of a file.
pub struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    record: csv::ByteRecord,
    row_number: u64,
    rows_left: usize,
    /// Names of the columns; "1", "2", ... when the file has no header.
    pub header: Vec<String>,
}

fn csv_reader(text: &str, delimiter: u8, quote: Quote) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quote(quote.byte())
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

/// Cells of the first records: what the guesses look at.
pub(super) fn first_records(text: &str, delimiter: u8, quote: Quote, n: usize) -> Vec<Vec<String>> {
    let records: Vec<Vec<String>> = csv_reader(text, delimiter, quote)
        .into_byte_records()
        .take(n)
        .map_while(Result::ok)
        .map(|r| r.iter().map(clean_cell).collect())
        .collect();
    records
}

/// Whether a cell holds data rather than the name of a column.
pub(super) fn looks_like_data(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    cell.contains('@')
        || cell.starts_with("http")
        || cell.starts_with("www.")
        || digits >= 5 && digits * 2 > cell.len()
}

/// Reads the data rows of a decoded file.
pub fn read_rows<'a>(text: &'a str, dialect: &Dialect) -> Rows<'a> {
    let body = if dialect.has_sep_line { after_line(text) } else { text };
    let mut reader = csv_reader(body, dialect.delimiter, dialect.quote);
    let mut record = csv::ByteRecord::new();
    let mut row_number = u64::from(dialect.has_sep_line);
    for _ in 0..dialect.skip {
        row_number += u64::from(matches!(reader.read_byte_record(&mut record), Ok(true)));
    }
    let mut header: Vec<String> = (1..=dialect.columns_n).map(|n| n.to_string()).collect();
    if dialect.has_header && matches!(reader.read_byte_record(&mut record), Ok(true)) {
        row_number += 1;
        header = record.iter().map(clean_cell).collect();
        header.resize(dialect.columns_n.max(header.len()), String::new());
    }
    Rows { reader, record, row_number, rows_left: ROWS_MAX, header }
}

impl Rows<'_> {
    /// Passes over `n` data rows without reading their cells: how an import goes on where it was.
    pub fn skip_rows(&mut self, n: u64) {
        let mut passed = 0;
        while passed < n && matches!(self.reader.read_byte_record(&mut self.record), Ok(true)) {
            self.row_number += 1;
            self.rows_left = self.rows_left.saturating_sub(1);
            passed += 1;
        }
    }

    /// How many data rows are left; reads to the end.
    pub fn count_rows(mut self) -> u64 {
        let before = self.row_number;
        self.skip_rows(u64::MAX);
        self.row_number - before
    }
}

impl Iterator for Rows<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        // The text is already decoded, and short or long rows are allowed: nothing else can go wrong in the reader.
        if self.rows_left == 0 || !matches!(self.reader.read_byte_record(&mut self.record), Ok(true)) {
            return None;
        }
        self.rows_left -= 1;
        self.row_number += 1;
        let too_long = |cell: &[u8]| String::from_utf8_lossy(cell).chars().count() > CELL_CHARS_MAX;
        let cut_column = self.record.iter().position(|c| c.len() > CELL_CHARS_MAX && too_long(c));
        let cells = self.record.iter().map(clean_cell).collect();
        Some(Record { row_number: self.row_number, cells, cut_column })
    }
}

/// A cell without control characters and blanks around it, on one line.
fn clean_cell(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if trimmed.len() <= CELL_CHARS_MAX && !trimmed.chars().any(char::is_control) {
        return trimmed.to_owned();
    }
    let spaced = trimmed.chars().map(|c| if c.is_control() { ' ' } else { c });
    spaced.take(CELL_CHARS_MAX).collect()
}

/// A cell that a spreadsheet shows and never runs: what would begin a formula gets a quote in front.
pub fn safe_cell(text: &str) -> String {
    const STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.trim_start_matches(' ').starts_with(STARTS) { format!("'{text}") } else { text.to_owned() }
}

/// Writes a file for a European spreadsheet: UTF-8 with a mark, semicolons, every cell quoted and harmless.
pub fn write_csv(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = b"\xef\xbb\xbf".to_vec();
    for row in rows {
        let cells: Vec<String> =
            row.iter().map(|c| format!("\"{}\"", safe_cell(c).replace('"', "\"\""))).collect();
        out.extend_from_slice(cells.join(";").as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{decode, detect};
    use super::*;

    fn rows(text: &str) -> (Vec<String>, Vec<Record>) {
        let dialect = detect(text.as_bytes()).unwrap();
        let text = decode(text.as_bytes(), dialect.encoding).into_owned();
        let rows = read_rows(&text, &dialect);
        (rows.header.clone(), rows.collect())
    }

    #[test]
    fn rows_carry_the_number_that_the_spreadsheet_shows() {
        let (header, rows) = rows("sep=;\r\nnaam;plaats\r\n Jan ;\"Den\nHaag\"\r\nEva;Zeist;extra\r\n");
        assert_eq!(header, ["naam", "plaats", ""]);
        assert_eq!(rows[0].row_number, 3);
        assert_eq!(rows[0].cells, ["Jan", "Den Haag"]);
        assert_eq!(rows[1].cells.len(), 3);
    }

    #[test]
    fn a_reader_goes_on_where_it_was() {
        let text = "naam;plaats\nA;1\nB;2\nC;3\n";
        let dialect = detect(text.as_bytes()).unwrap();
        let mut rows = read_rows(text, &dialect);
        rows.skip_rows(2);
        let rest: Vec<Record> = rows.collect();
        assert_eq!((rest.len(), rest[0].row_number, rest[0].cells[0].as_str()), (1, 4, "C"));
        assert_eq!(read_rows(text, &dialect).count_rows(), 3);
    }

    #[test]
    fn a_cell_without_end_is_cut_and_reported() {
        let (_, rows) = rows(&format!("naam;notitie\nJan;{}\n", "x".repeat(CELL_CHARS_MAX + 5)));
        assert_eq!((rows[0].cut_column, rows[0].cells[1].len()), (Some(1), CELL_CHARS_MAX));
    }

    #[test]
    fn nothing_that_is_written_runs_in_a_spreadsheet() {
        for cell in ["=1+1", "+31201234567", "-5", "@SUM(A1)", "\tx", "  =cmd", "＝1"] {
            assert!(safe_cell(cell).starts_with('\''), "{cell}");
        }
        let written = write_csv([vec!["a\"b".to_owned(), "=x".to_owned()]]);
        assert_eq!(String::from_utf8(written).unwrap(), "\u{feff}\"a\"\"b\";\"'=x\"\r\n");
    }
}
