//! Rows of a file, whatever it is: within limits, with the number that a spreadsheet shows and the line that an editor
//! shows; and writing files that a spreadsheet opens without running anything.

use std::ops::ControlFlow;

use super::cell::is_invisible;
use super::dialect::{Dialect, Format};
use super::encoding::Decoded;
use super::header::Heading;
use super::mapping::RowRule;
use super::source::Source;
use super::text::TextRecords;
use super::{CELL_CHARS_MAX, COLUMNS_MAX, ImportError, ROWS_MAX, workbook};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Row number as a spreadsheet shows it: the first row of the file is 1.
    pub row_number: u64,
    /// Line on which it begins, as an editor shows it; the row number in a workbook.
    pub line_number: u64,
    /// The cells, trimmed, without control characters, cut at [`CELL_CHARS_MAX`].
    pub cells: Vec<String>,
    /// Column of the first cell that was cut, if any.
    pub cut_column: Option<usize>,
    /// Cells that a workbook merged with others to their right: the column, and how many columns.
    pub merged: Vec<(usize, usize)>,
    /// What is wrong with the row itself.
    pub flaw: Option<Flaw>,
}

kiem_domain::text_enum! {
    /// What can be wrong with a row before anybody looks at its cells.
    pub enum Flaw {
        /// A quote was opened and never closed; the row ends with its line.
        Unclosed = "unclosed",
        /// The line is longer than one may be and was cut.
        TooLong = "line_too_long",
        /// More cells than columns: they may have moved.
        TooWide = "too_many_cells",
        /// The names of the columns once more, where pages or lists were put one below the other.
        HeaderAgain = "header_again",
        /// Text stands behind a closing quote, and the row has fewer or more cells than there are columns.
        Misquoted = "misquoted",
        /// An establishment unit of the Belgian register: a place of an enterprise, and no company of its own.
        EstablishmentUnit = "establishment_unit",
        /// A name of an enterprise in the Belgian register beside the one that it is registered under.
        OtherName = "other_name",
    }
}

kiem_domain::text_enum! {
    /// What a person should know about a file as a whole.
    pub enum Note {
        /// Letters that the encoding does not have.
        Undecodable = "undecodable",
        /// More rows than may be; the rest was not read.
        RowsCut = "rows_cut",
        /// Rows with fewer cells than columns.
        ShortRows = "short_rows",
        /// Sheets that are hidden were left out.
        HiddenSheets = "hidden_sheets",
        /// Only one sheet with data was read.
        OtherSheets = "other_sheets",
        /// Cells far to the right were left out.
        FarCells = "far_cells",
    }
}

/// Lines that are named of rows with the same flaw.
const LINES_MAX: usize = 20;

/// What reading a file to its end has shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whole {
    /// Names of the columns; "1", "2", ... when the file has no header.
    pub header: Vec<String>,
    /// Data rows that were read.
    pub n_rows: u64,
    /// Rows with fewer cells than columns.
    pub n_short: u64,
    /// Lines of the first of them, at most [`LINES_MAX`].
    pub short_lines: Vec<u64>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

impl Whole {
    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Who gets the records of a file, one after the other, and says whether to go on.
pub(super) type Visit<'a> = dyn FnMut(&mut Record) -> ControlFlow<()> + 'a;

/// Reads every data row of a file, one at a time, until `visit` has enough. Rows are given with the names of the columns.
///
/// # Errors
/// When the file cannot be read (any more), or is no file of that kind.
pub fn read_rows(
    source: &Source,
    dialect: &Dialect,
    mut visit: impl FnMut(&[String], Record) -> ControlFlow<()>,
) -> Result<Whole, ImportError> {
    let mut whole = Whole::default();
    let mut to_skip = dialect.skip;
    let mut heading = Heading::of(dialect);
    let (mut n_rows, mut n_short, mut is_cut) = (0, 0, false);
    let mut short_lines = Vec::new();
    let mut rule = None;
    let mut each = |record: &mut Record| {
        if to_skip > 0 {
            to_skip -= 1;
            return ControlFlow::Continue(());
        }
        if heading.is_awaited() {
            heading.take(record);
            rule = RowRule::of(&heading.names);
            return ControlFlow::Continue(());
        }
        if n_rows == ROWS_MAX as u64 {
            is_cut = true;
            return ControlFlow::Break(());
        }
        n_rows += 1;
        let mut record = std::mem::take(record);
        record.flaw = if heading.is_again(&record.cells) {
            Some(Flaw::HeaderAgain)
        } else {
            flaw_in(&record, heading.names.len())
        };
        if let (Some(rule), None) = (&rule, record.flaw) {
            rule.apply(&mut record);
        }
        // One cell alone is a blank line or a remark; workbooks have no cells behind the last one.
        let is_short = record.cells.len() < heading.names.len() && dialect.format == Format::Text;
        if is_short && record.flaw.is_none() {
            n_short += 1;
            if short_lines.len() < LINES_MAX {
                short_lines.push(record.line_number);
            }
        }
        visit(&heading.names, record)
    };
    records(source, dialect, &mut whole, &mut each)?;
    (whole.header, whole.n_rows, whole.n_short, whole.short_lines) =
        (heading.names, n_rows, n_short, short_lines);
    if is_cut {
        whole.note(Note::RowsCut);
    }
    if whole.n_short > 0 {
        whole.note(Note::ShortRows);
    }
    Ok(whole)
}

/// What is wrong with a row in a table of so many columns.
fn flaw_in(record: &Record, columns_n: usize) -> Option<Flaw> {
    let has_more = record.cells.iter().skip(columns_n).any(|c| !c.is_empty());
    match record.flaw {
        // "Jansen "De Bouwer" B.V.": sloppy, and every cell is where it belongs.
        Some(Flaw::Misquoted) if !has_more && record.cells.len() >= columns_n => None,
        None if has_more => Some(Flaw::TooWide),
        other => other,
    }
}

/// Every record of a file that is not blank, header and all.
pub(super) fn records(
    source: &Source,
    dialect: &Dialect,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    match dialect.format {
        Format::Text => text_records(source, dialect, whole, visit),
        Format::Xlsx | Format::Xls | Format::Ods => workbook::records(source, dialect.format, whole, visit),
    }
}

fn text_records(
    source: &Source,
    dialect: &Dialect,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    let disk = |e: std::io::Error| ImportError::Disk(e.kind());
    let mut text = Decoded::new(source.open()?, dialect.encoding);
    let mut records = TextRecords::new(&mut text, dialect.delimiter, dialect.quote);
    if dialect.has_sep_line {
        records.skip_line().map_err(disk)?;
    }
    let mut record = Record::default();
    while records.read(&mut record).map_err(disk)? {
        if visit(&mut record).is_break() {
            break;
        }
    }
    if text.is_undecodable {
        whole.note(Note::Undecodable);
    }
    Ok(())
}

impl Record {
    pub(super) fn begin(&mut self, row_number: u64, line_number: u64) {
        self.row_number = row_number;
        self.line_number = line_number;
        self.cells.clear();
        self.cut_column = None;
        self.merged.clear();
        self.flaw = None;
    }
}

/// Adds a cell, cleaned: on one line, without control characters and blanks around it, and not longer than one may be.
/// Cells far to the right are not kept.
pub(super) fn put_cell(record: &mut Record, column: usize, bytes: &[u8]) {
    if column > COLUMNS_MAX {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    let is_hidden = |c: char| c.is_control() || (!c.is_ascii() && is_invisible(c));
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c));
    if trimmed.len() > CELL_CHARS_MAX && trimmed.chars().count() > CELL_CHARS_MAX {
        record.cut_column = record.cut_column.or(Some(column));
    }
    record.cells.push(if trimmed.len() <= CELL_CHARS_MAX && !trimmed.chars().any(is_hidden) {
        trimmed.to_owned()
    } else {
        let spaced =
            trimmed.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c });
        spaced.take(CELL_CHARS_MAX).collect()
    });
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

/// A cell that a spreadsheet shows and never runs: what would begin a formula gets a quote in front.
pub fn safe_cell(text: &str) -> String {
    const STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.trim_start_matches(' ').starts_with(STARTS) { format!("'{text}") } else { text.to_owned() }
}

/// Writes a file for a European spreadsheet: UTF-8 with a mark, semicolons, every cell quoted and harmless.
pub fn write_csv(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    write_parted(rows, ";")
}

/// The same with another mark between the cells: an English spreadsheet parts them by commas.
pub fn write_parted(rows: impl IntoIterator<Item = Vec<String>>, between: &str) -> Vec<u8> {
    let mut out = CSV_BEGINS.to_vec();
    rows.into_iter().for_each(|row| out.extend_from_slice(csv_line(&row, between).as_bytes()));
    out
}

/// What such a file begins with: the mark by which a spreadsheet sees that it is UTF-8.
pub const CSV_BEGINS: &[u8] = b"\xef\xbb\xbf";

/// One row of such a file, with its end.
pub fn csv_line(row: &[String], between: &str) -> String {
    let cells: Vec<String> =
        row.iter().map(|c| format!("\"{}\"", safe_cell(c).replace('"', "\"\""))).collect();
    cells.join(between) + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::super::detect;
    use super::*;

    fn rows(text: &str) -> (Whole, Vec<Record>) {
        let source = Source::bytes(text.as_bytes().to_vec());
        let dialect = detect(&source).unwrap();
        let mut all = Vec::new();
        let whole = read_rows(&source, &dialect, |_, record| {
            all.push(record);
            ControlFlow::Continue(())
        });
        (whole.unwrap(), all)
    }

    #[test]
    fn rows_carry_the_number_that_the_spreadsheet_shows() {
        let (whole, rows) = rows("sep=;\r\nnaam;plaats\r\n Jan ;\"Den\nHaag\"\r\nEva;Zeist;extra\r\n");
        assert_eq!(whole.header, ["naam", "plaats"]);
        assert_eq!((rows[0].row_number, rows[0].line_number), (3, 3));
        assert_eq!(rows[0].cells, ["Jan", "Den Haag"]);
        assert_eq!((rows[1].row_number, rows[1].line_number), (4, 5));
        assert_eq!((rows[1].cells.len(), rows[1].flaw), (3, Some(Flaw::TooWide)));
    }

    #[test]
    fn a_reader_stops_when_told() {
        let source = Source::bytes(b"naam;plaats\nA;1\nB;2\nC;3\n".to_vec());
        let dialect = detect(&source).unwrap();
        let whole = read_rows(&source, &dialect, |header, _| {
            assert_eq!(header, ["naam", "plaats"]);
            ControlFlow::Break(())
        });
        assert_eq!(whole.unwrap().n_rows, 1);
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
