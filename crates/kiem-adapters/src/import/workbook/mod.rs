//! Workbooks: Excel and OpenDocument. The visible sheet with the list becomes rows of text like those of a text file, so that
//! nobody further on knows the difference. What a workbook says about itself is not believed: see `guard` and `ole`.

mod guard;
mod merged;
mod ods;
mod ole;
mod xls;
mod xlsx;

use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::ImportError;
use super::dialect::Format;
use super::mapping::is_known_name;
use super::reader::{Record, Visit, Whole, put_cell};
use super::source::Source;
use merged::Merged;

/// Cells that one workbook may have.
const CELLS_MAX: u64 = 20_000_000;
const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What kind of file it is, by its first bytes and what is in it.
///
/// # Errors
/// When it is a workbook that is not read, or one that is refused.
pub(super) fn format_of(source: &Source) -> Result<Format, ImportError> {
    let mut start = Vec::new();
    source.open()?.take(8).read_to_end(&mut start).map_err(|e| ImportError::Disk(e.kind()))?;
    if start.starts_with(ZIP) {
        guard::format_of_archive(source)
    } else if start.starts_with(OLE) {
        ole::check(&ole::bytes_of(source)?)?;
        Ok(Format::Xls)
    } else {
        Ok(Format::Text)
    }
}

/// Every row of the visible sheet with the list.
pub(super) fn records(
    source: &Source,
    format: Format,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    match format {
        Format::Xlsx => xlsx::records(source, whole, visit),
        Format::Ods => ods::records(source, whole, visit),
        Format::Xls => xls::records(source, whole, visit),
        Format::Text => Err(ImportError::NotText),
    }
}

/// Calls the library, which trusts what a damaged file says of itself and may end in a panic. Nothing of it is used after one.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| ImportError::Damaged)
}

/// Rows at the top of a sheet among which the names of its columns are looked for.
const TOP_ROWS: usize = 20;
/// Columns with a known name by which a sheet is the one with the list.
const NAMED_MIN: usize = 3;

/// The top of a sheet.
#[derive(Default)]
struct Top {
    n_rows: usize,
    /// Columns with a known name, in the row that has most of them.
    n_named: usize,
}

impl Top {
    fn add(&mut self, record: &Record) -> ControlFlow<()> {
        self.n_rows += 1;
        let named = record.cells.iter().filter(|cell| is_known_name(cell)).count();
        self.n_named = self.n_named.max(named);
        if self.n_rows >= TOP_ROWS || self.is_list() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    const fn is_list(&self) -> bool {
        self.n_named >= NAMED_MIN
    }
}

/// Which of `n` sheets has the list: the first whose columns have names that are known, because an explanation or a cover may
/// stand before it; else the first with data. Also whether others have data, or may have.
fn list_among(
    n: usize,
    mut top_of: impl FnMut(usize) -> Result<Top, ImportError>,
) -> Result<Option<(usize, bool)>, ImportError> {
    let (mut first, mut n_with_data) = (None, 0);
    for sheet in 0..n {
        let top = top_of(sheet)?;
        if top.n_rows == 0 {
            continue;
        }
        n_with_data += 1;
        first.get_or_insert(sheet);
        if top.is_list() {
            return Ok(Some((sheet, n_with_data > 1 || sheet + 1 < n)));
        }
    }
    Ok(first.map(|sheet| (sheet, n_with_data > 1)))
}

/// A row of a workbook that is being put together.
#[derive(Default)]
struct Row {
    record: Record,
    n_cells: u64,
}

impl Row {
    fn begin(&mut self, row_number: u64) {
        self.record.begin(row_number, row_number);
    }

    fn is_blank(&self) -> bool {
        self.record.cells.iter().all(String::is_empty)
    }

    /// Gives the row to a visitor, with what merged cells show in it, unless it has nothing of its own.
    fn give(&mut self, merged: &mut Merged, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, ImportError> {
        if self.is_blank() {
            return Ok(ControlFlow::Continue(()));
        }
        let n_filled = merged.fill(&mut self.record);
        self.count(n_filled)?;
        Ok(visit(&mut self.record))
    }

    fn count(&mut self, n_cells: u64) -> Result<(), ImportError> {
        self.n_cells = self.n_cells.saturating_add(n_cells);
        if self.n_cells > CELLS_MAX { Err(ImportError::TooMuch) } else { Ok(()) }
    }

    /// Puts a cell at its place, counted from 0. Returns false when it is too far to the right to be kept.
    fn put(&mut self, column: usize, text: &str) -> Result<bool, ImportError> {
        self.count(1)?;
        if text.is_empty() {
            return Ok(true);
        }
        if column >= super::COLUMNS_MAX {
            return Ok(false);
        }
        if column < self.record.cells.len() {
            // The same cell twice: the first one stays.
            return Ok(true);
        }
        self.record.cells.resize(column, String::new());
        put_cell(&mut self.record, column, text.as_bytes());
        Ok(true)
    }
}

/// A number as a person would type it: no ".0", no exponent. Three digits behind the point get a zero, so that nobody takes
/// the point for one between thousands.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    if value.fract() == 0.0 && value.abs() < 1e18 {
        return format!("{value:.0}");
    }
    // Fifteen digits are what a spreadsheet shows; behind them stand remains of calculating in twos.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    let text = format!("{rounded}");
    match text.split_once('.') {
        Some((_, fraction)) if fraction.len() == 3 => format!("{text}0"),
        _ => text,
    }
}

/// A day or a moment as ISO 8601; midnight is a day.
fn moment(at: (u16, u8, u8, u8, u8, u8, u16), has_day: bool) -> String {
    let (year, month, day, hour, minute, second, _) = at;
    if !has_day {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_type_them() {
        for (value, expected) in [
            (1234567.0, "1234567"),
            (3.16e10, "31600000000"),
            (-5.0, "-5"),
            (0.1 + 0.2, "0.3"),
            (1234.5, "1234.5"),
            (1.234, "1.2340"),
            (f64::NAN, ""),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}
