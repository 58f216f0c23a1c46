//! Excel since 2007, cell by cell in the order of the file: no grid is ever made, so a cell at the far corner costs nothing.

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};

use super::super::ImportError;
use super::super::reader::{Note, Visit, Whole};
use super::super::source::{Opened, Source};
use super::merged::{Area, Merged};
use super::{Row, Top, guard, guarded, list_among, moment, number};

pub(super) fn records(source: &Source, whole: &mut Whole, visit: &mut Visit<'_>) -> Result<(), ImportError> {
    let has_merged = guard::check(source)?.has_merged;
    let file = source.open()?;
    let mut book: Xlsx<Opened> = guarded(|| open_workbook_from_rs(file))?.map_err(refused)?;
    let sheets = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<_>, Vec<_>) =
        sheets.cloned().partition(|s| s.visible == SheetVisible::Visible);
    if !hidden.is_empty() {
        whole.note(Note::HiddenSheets);
    }
    let chosen = list_among(visible.len(), |n| {
        let mut top = Top::default();
        let nothing = Merged::default();
        rows_of(&mut book, &visible[n].name, nothing, &mut Whole::default(), &mut |record| top.add(record))?;
        Ok(top)
    })?;
    let (n, has_others) = chosen.ok_or(ImportError::Empty)?;
    if has_others {
        whole.note(Note::OtherSheets);
    }
    // They stand behind the cells, so finding them means reading the sheet twice.
    let merged = if has_merged { merged_of(&mut book, &visible[n].name) } else { Merged::default() };
    rows_of(&mut book, &visible[n].name, merged, whole, visit)
}

/// The merged cells of one sheet. What nobody can make out about them keeps no list from being read: its cells are all there.
fn merged_of(book: &mut Xlsx<Opened>, name: &str) -> Merged {
    match guarded(|| book.merge_cells_by_sheet_name(name)) {
        Ok(Ok(areas)) => Merged::of(areas.into_iter().map(Area::from)),
        Ok(Err(_)) | Err(_) => Merged::default(),
    }
}

/// The rows of one sheet.
fn rows_of(
    book: &mut Xlsx<Opened>,
    name: &str,
    mut merged: Merged,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    let mut cells = match guarded(|| book.worksheet_cells_reader(name))? {
        Ok(cells) => cells,
        // A chart on a page of its own.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(refused(error)),
    };
    let (mut row, mut at) = (Row::default(), None);
    while let Some(cell) = guarded(|| cells.next_cell())?.map_err(refused)? {
        let (line, column) = cell.get_position();
        if at != Some(line) {
            if at.is_some_and(|before| line < before) {
                return Err(ImportError::Damaged);
            }
            if row.give(&mut merged, visit)?.is_break() {
                return Ok(());
            }
            row.begin(u64::from(line) + 1);
            at = Some(line);
        }
        if !put(&mut row, column as usize, cell.get_value())? {
            whole.note(Note::FarCells);
        }
    }
    // Nothing comes after the last row.
    let _ended = row.give(&mut merged, visit)?;
    Ok(())
}

fn put(row: &mut Row, column: usize, value: &DataRef<'_>) -> Result<bool, ImportError> {
    match value {
        DataRef::SharedString(text) => row.put(column, text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            row.put(column, text)
        }
        DataRef::Int(n) => row.put(column, &n.to_string()),
        DataRef::Float(n) => row.put(column, &number(*n)),
        DataRef::Bool(yes) => row.put(column, if *yes { "true" } else { "false" }),
        DataRef::DateTime(at) => {
            row.put(column, &moment(at.to_ymd_hms_milli(), at.as_f64() >= 1.0 && !at.is_duration()))
        }
        // What a formula could not work out is no value.
        DataRef::Error(_) | DataRef::Empty => row.put(column, ""),
    }
}

fn refused(error: XlsxError) -> ImportError {
    match error {
        XlsxError::Password => ImportError::Encrypted,
        _ => ImportError::Damaged,
    }
}
