//! Reading the files that people really have: spreadsheet exports with any delimiter and encoding, with lines above
//! the header and headers of two rows, from any of the usual tools, and workbooks. Bytes come from strangers, so
//! everything has a limit.

pub mod cell;
mod dialect;
mod encoding;
mod header;
mod mapping;
mod objection;
mod reader;
mod source;
mod text;
pub mod values;
mod workbook;

pub use dialect::{Dialect, Format, Quote, detect, detect_in};
pub use encoding::Encoding;
pub use mapping::{Field, Preset, Proposal, Why, propose, propose_as};
pub use reader::{
    CSV_BEGINS, Flaw, Note, Record, Whole, csv_line, read_rows, safe_cell, write_csv, write_parted,
};
pub use source::Source;

/// Columns that a file may have.
pub const COLUMNS_MAX: usize = 200;
/// Characters that one cell may have; longer ones are cut and reported.
pub const CELL_CHARS_MAX: usize = 2_000;
/// Data rows that one file may have.
pub const ROWS_MAX: usize = 1_000_000;
/// Bytes that a workbook may have; text may be longer, because it is read in pieces.
pub const WORKBOOK_BYTES_MAX: u64 = 50 * 1024 * 1024;

/// Why a file cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Nothing but blanks in it.
    #[error("the file is empty")]
    Empty,
    /// An archive, a picture: neither text nor a workbook.
    #[error("the file is neither text nor a workbook")]
    NotText,
    /// More columns than [`COLUMNS_MAX`].
    #[error("the file has too many columns")]
    TooManyColumns,
    /// A workbook that asks for a password.
    #[error("the workbook is protected with a password")]
    Encrypted,
    /// A workbook with more in it than one may have: bytes once inflated, parts, cells, texts.
    #[error("the workbook holds more than one may hold")]
    TooMuch,
    /// A workbook that breaks off, or is not put together as one is.
    #[error("the workbook is damaged")]
    Damaged,
    /// A workbook with a document type or entities, which no spreadsheet program writes.
    #[error("the workbook holds a document type, which no spreadsheet program writes")]
    DocType,
    /// A workbook in a form that is not read: XLSB, or Excel before 97.
    #[error("the workbook has a form that is not read")]
    OtherForm,
    /// The disk fails.
    #[error("the file cannot be read: {0}")]
    Disk(std::io::ErrorKind),
}
