//! Reading the files that people really have: spreadsheet exports with any delimiter and encoding, with lines above
//! the header, from any of the usual tools. Bytes come from strangers, so everything has a limit.

mod dialect;
mod encoding;
mod mapping;
mod reader;

pub use dialect::{Dialect, Quote, detect};
pub use encoding::{Encoding, decode};
pub use mapping::{Field, Proposal, Why, propose};
pub use reader::{Record, Rows, read_rows, safe_cell, write_csv};

/// Columns that a file may have.
pub const COLUMNS_MAX: usize = 200;
/// Characters that one cell may have; longer ones are cut and reported.
pub const CELL_CHARS_MAX: usize = 2_000;
/// Data rows that one file may have.
pub const ROWS_MAX: usize = 1_000_000;

/// Why a file cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Nothing but blanks in it.
    #[error("the file is empty")]
    Empty,
    /// A spreadsheet, an archive, a picture: not text.
    #[error("the file is not text")]
    NotText,
    /// More columns than [`COLUMNS_MAX`].
    #[error("the file has too many columns")]
    TooManyColumns,
}
