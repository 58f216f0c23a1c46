//! A table as a workbook.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct TableError(#[from] XlsxError);

/// Writes a table of texts as a workbook of one sheet; the first row is the heading and stays in sight. Every cell is
/// stored as a text, so that none is a formula, whatever it begins with.
///
/// # Errors
/// When it has more rows or columns than a sheet can hold.
pub fn write_workbook(sheet: &str, rows: &[Vec<String>]) -> Result<Vec<u8>, TableError> {
    let mut book = Workbook::new();
    let heading = Format::new().set_bold();
    let page = book.add_worksheet().set_name(sheet)?;
    page.set_freeze_panes(1, 0)?;
    for (at, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            if at == 0 {
                page.write_string_with_format(at, column, cell, &heading)?;
            } else if !cell.is_empty() {
                page.write_string(at, column, cell)?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_a_text() {
        let rows = [vec!["Naam".to_owned()], vec!["=1+1".to_owned()], vec!["@SUM(A1)".to_owned()]];
        let bytes = write_workbook("Bedrijven", &rows).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let cells = book.worksheet_range("Bedrijven").unwrap();
        let found: Vec<&Data> = cells.cells().map(|(_, _, cell)| cell).collect();
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(found, [&text("Naam"), &text("=1+1"), &text("@SUM(A1)")]);
        assert!(book.worksheet_formula("Bedrijven").unwrap().is_empty());
    }
}
