//! Excel 97 to 2003. The library makes a grid of each sheet; `ole` has seen to it that the grids are small.

use std::io::Cursor;

use calamine::{Data, Range, Reader, SheetType, SheetVisible, Xls, XlsError};

use super::super::ImportError;
use super::super::reader::{Note, Visit, Whole};
use super::super::source::Source;
use super::merged::{Area, Merged};
use super::{Row, Top, guarded, list_among, moment, number, ole};

pub(super) fn records(source: &Source, whole: &mut Whole, visit: &mut Visit<'_>) -> Result<(), ImportError> {
    let bytes = ole::bytes_of(source)?;
    ole::check(&bytes)?;
    let mut book = guarded(|| Xls::new(Cursor::new(bytes.as_slice())))?.map_err(|error| match error {
        XlsError::Password => ImportError::Encrypted,
        _ => ImportError::Damaged,
    })?;
    let sheets = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<_>, Vec<_>) =
        sheets.cloned().partition(|s| s.visible == SheetVisible::Visible);
    if !hidden.is_empty() {
        whole.note(Note::HiddenSheets);
    }
    let range_of = |book: &mut Xls<_>, n: usize| {
        book.worksheet_range(&visible[n].name).map_err(|_| ImportError::Damaged)
    };
    let chosen = list_among(visible.len(), |n| {
        let mut top = Top::default();
        let nothing = Merged::default();
        rows_of(&range_of(&mut book, n)?, nothing, &mut Whole::default(), &mut |record| top.add(record))?;
        Ok(top)
    })?;
    let (n, has_others) = chosen.ok_or(ImportError::Empty)?;
    if has_others {
        whole.note(Note::OtherSheets);
    }
    let areas = book.merge_cells_by_sheet_name(&visible[n].name).map_err(|_| ImportError::Damaged)?;
    rows_of(&range_of(&mut book, n)?, Merged::of(areas.into_iter().map(Area::from)), whole, visit)
}

/// The rows of one sheet.
fn rows_of(
    range: &Range<Data>,
    mut merged: Merged,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut row = Row::default();
    for (line, cells) in range.rows().enumerate() {
        row.begin(u64::from(first_row) + line as u64 + 1);
        for (column, value) in cells.iter().enumerate() {
            if !row.put(first_column as usize + column, &text(value))? {
                whole.note(Note::FarCells);
            }
        }
        if row.give(&mut merged, visit)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

fn text(value: &Data) -> String {
    match value {
        Data::Int(n) => n.to_string(),
        Data::Float(n) => number(*n),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => if *yes { "true" } else { "false" }.to_owned(),
        Data::DateTime(at) => moment(at.to_ymd_hms_milli(), at.as_f64() >= 1.0 && !at.is_duration()),
        Data::Error(_) | Data::Empty => String::new(),
    }
}
