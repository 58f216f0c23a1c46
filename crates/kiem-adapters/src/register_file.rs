//! The open data of the Dutch company register (KVK, "Basis Bedrijfsgegevens", CC BY 4.0): a line for each B.V. and N.V. with
//! its activity and two digits of its postcode, without names and numbers. It is counted while it is read; the file of
//! everybody has two million lines.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Seek};

use kiem_domain::audience::{ActivityVersion, MarketCell, PostcodeArea, register_code};
use kiem_domain::legal_form::{LegalFormFamily, family_of};

/// Bytes that are read of one file, unpacked: ten times what the register gave out in 2026.
pub const BYTES_MAX: u64 = 1_000_000_000;
/// Bytes that one line may have.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Headers by which each column is known, as letters and digits only.
const AREA: &[&str] = &["postcoderegio", "postcode", "postcodegebied"];
const FORM: &[&str] = &["rechtsvormcode", "rechtsvorm"];
const ACTIVE: &[&str] = &["actief", "indactief"];
const ACTIVITY: &[&str] = &[
    "hoofdactiviteit",
    "sbihoofdactiviteit",
    "sbicodehoofdactiviteit",
    "hoofdactiviteitsbicode",
    "sbicode",
    "sbi",
    "activiteiten",
    "sbicode1",
];
const KIND: &[&str] = &["soortactiviteit"];

/// Why a file cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum RegisterFileError {
    /// It cannot be read, or unpacked.
    #[error("it cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is packed and holds no table, or more than [`BYTES_MAX`].
    #[error("the archive holds no table that can be read")]
    Archive,
    /// A column is missing; the headers that it may have.
    #[error("no column is called {0}")]
    ColumnMissing(&'static str),
    /// A line that is no table in UTF-8.
    #[error("line {line}: {problem}")]
    Line {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong there.
        problem: String,
    },
    /// Nothing in it could be counted.
    #[error("no company could be counted")]
    Empty,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterFile {
    /// Companies per activity and area.
    pub cells: HashMap<MarketCell, u32>,
    /// Companies that were counted.
    pub companies_n: u64,
    /// Lines of companies that ended, of other forms, and of activities beside the main one.
    pub passed_n: u64,
    /// Lines without a code or an area that can be read.
    pub unreadable_n: u64,
}

/// Counts a file, which may be packed (ZIP).
///
/// # Errors
/// [`RegisterFileError`].
pub fn read_register(
    mut file: impl Read + Seek,
    edition: ActivityVersion,
) -> Result<RegisterFile, RegisterFileError> {
    let mut mark = [0; 4];
    let n = file.read(&mut mark)?;
    file.rewind()?;
    if n == 4 && &mark == b"PK\x03\x04" {
        let mut archive = zip::ZipArchive::new(file).map_err(|_| RegisterFileError::Archive)?;
        // A name that cannot be read is no table's.
        let is_table = |at: &usize| {
            archive
                .name_for_index(*at)
                .is_some_and(|name| name.is_ok_and(|name| name.to_ascii_lowercase().ends_with(".csv")))
        };
        let at = (0..archive.len()).find(is_table);
        let entry = archive.by_index(at.ok_or(RegisterFileError::Archive)?);
        return count(entry.map_err(|_| RegisterFileError::Archive)?.take(BYTES_MAX), edition);
    }
    count(file.take(BYTES_MAX), edition)
}

struct Places {
    area: usize,
    activity: usize,
    form: Option<usize>,
    active: Option<usize>,
    kind: Option<usize>,
}

impl Places {
    fn of(header: &csv::StringRecord) -> Result<Places, RegisterFileError> {
        let plain: Vec<String> = header
            .iter()
            .map(|h| h.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
            .collect();
        let find = |names: &[&str]| names.iter().find_map(|name| plain.iter().position(|h| h == name));
        Ok(Places {
            area: find(AREA).ok_or(RegisterFileError::ColumnMissing("postcodeRegio"))?,
            activity: find(ACTIVITY).ok_or(RegisterFileError::ColumnMissing("sbiCode"))?,
            form: find(FORM),
            active: find(ACTIVE),
            kind: find(KIND),
        })
    }
}

fn count(file: impl Read, edition: ActivityVersion) -> Result<RegisterFile, RegisterFileError> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    let delimiter = delimiter_of(file.fill_buf()?);
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(file);
    let places = Places::of(reader.headers().map_err(of_csv)?)?;
    let (mut found, mut row) = (RegisterFile::default(), csv::StringRecord::new());
    while reader.read_record(&mut row).map_err(of_csv)? {
        if row.as_slice().len() > LINE_BYTES_MAX {
            let line = row.position().map_or(0, csv::Position::line);
            return Err(RegisterFileError::Line { line, problem: "the line is too long".to_owned() });
        }
        found.add(&row, &places, edition);
    }
    if found.companies_n == 0 { Err(RegisterFileError::Empty) } else { Ok(found) }
}

/// What stands most often in the first line.
fn delimiter_of(start: &[u8]) -> u8 {
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let n_of = |wanted: u8| line.iter().filter(|b| **b == wanted).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|b| n_of(*b)).unwrap_or(b',')
}

fn of_csv(error: csv::Error) -> RegisterFileError {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => RegisterFileError::Read(error),
        csv::ErrorKind::Utf8 { .. } => {
            RegisterFileError::Line { line, problem: "this is no UTF-8".to_owned() }
        }
        other => RegisterFileError::Line { line, problem: format!("{other:?}") },
    }
}

impl RegisterFile {
    fn add(&mut self, row: &csv::StringRecord, places: &Places, edition: ActivityVersion) {
        let cell = |at: usize| row.get(at).unwrap_or_default().trim();
        let ended =
            places.active.is_some_and(|at| matches!(cell(at), "N" | "n" | "Nee" | "nee" | "0" | "false"));
        let beside = places.kind.is_some_and(|at| cell(at).to_ascii_lowercase().starts_with("neven"));
        let other_form = places.form.is_some_and(|at| {
            let form = cell(at);
            let counted = [Some(LegalFormFamily::PrivateLimited), Some(LegalFormFamily::PublicLimited)];
            !form.is_empty() && !counted.contains(&family_of(Some("NL"), form))
        });
        if ended || beside || other_form {
            self.passed_n += 1;
            return;
        }
        let activity = first_code(cell(places.activity)).and_then(|code| register_code(code, edition));
        let (Some(activity), Some(area)) = (activity, PostcodeArea::parse(cell(places.area))) else {
            self.unreadable_n += 1;
            return;
        };
        self.companies_n += 1;
        *self.cells.entry(MarketCell { activity, area }).or_default() += 1;
    }
}

/// The first code of a cell, which may hold a list of them: the main activity stands first.
fn first_code(cell: &str) -> Option<&str> {
    cell.split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|part| part.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    fn read_2025(bytes: &[u8]) -> Result<RegisterFile, RegisterFileError> {
        read_register(Cursor::new(bytes), ActivityVersion::V2025)
    }

    const LIST: &str = "datumAanvang;actief;rechtsvormCode;postcodeRegio;sbiCode;soortActiviteit\n\
        20200101;J;BV;26;62010;Hoofdactiviteit\n20200101;J;BV;26;62020;Nevenactiviteit\n20110101;J;NV;26;62010;Hoofdactiviteit\n\
        20110101;N;BV;26;62010;Hoofdactiviteit\n20110101;J;CV;26;62010;Hoofdactiviteit\n20110101;J;BV;10;1110;Hoofdactiviteit\n\
        20110101;J;BV;;62010;Hoofdactiviteit\n20110101;J;BV;26;;Hoofdactiviteit\n";

    fn n_at(file: &RegisterFile, activity: &str, area: &str) -> Option<u32> {
        let area = PostcodeArea::parse(area).unwrap();
        file.cells.get(&MarketCell { activity: activity.to_owned(), area }).copied()
    }

    #[test]
    fn active_companies_are_counted_by_main_activity_and_area() {
        let file = read_2025(LIST.as_bytes()).unwrap();
        assert_eq!((file.companies_n, file.passed_n, file.unreadable_n), (3, 3, 2));
        assert_eq!(n_at(&file, "62010", "26"), Some(2));
        assert_eq!(n_at(&file, "01110", "10"), Some(1), "a lost zero comes back");
    }

    #[test]
    fn a_packed_file_and_other_headers_are_read_alike() {
        let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        packed.start_file("lees-mij.txt", zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(b"hallo").unwrap();
        packed.start_file("data/hvds.CSV", zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(LIST.as_bytes()).unwrap();
        let bytes = packed.finish().unwrap().into_inner();
        let plain = read_2025(LIST.as_bytes()).unwrap();
        assert_eq!(read_2025(&bytes).unwrap(), plain);
        let other = "\u{feff}\"Postcode\",\"SBI-code hoofdactiviteit\"\n\"2611AB\",\"62010 | 62020\"\n";
        let file = read_2025(other.as_bytes()).unwrap();
        assert_eq!(n_at(&file, "62010", "26"), Some(1), "{file:?}");
    }

    #[test]
    fn the_made_up_register_can_be_tried() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/register/sample.csv");
        let file = read_register(std::fs::File::open(path).unwrap(), ActivityVersion::V2025).unwrap();
        assert_eq!((file.companies_n + file.passed_n, file.unreadable_n), (1_500, 0));
        assert!(file.cells.keys().any(|cell| cell.activity == "62010"));
    }

    #[test]
    fn what_is_no_register_is_refused() {
        let read = read_2025;
        assert!(matches!(
            read(b"naam;plaats\nA;B\n"),
            Err(RegisterFileError::ColumnMissing("postcodeRegio"))
        ));
        assert!(matches!(
            read(b"postcodeRegio;naam\n26;B\n"),
            Err(RegisterFileError::ColumnMissing("sbiCode"))
        ));
        assert!(matches!(read(b"postcodeRegio;sbiCode\n;\n"), Err(RegisterFileError::Empty)));
        assert!(matches!(read(b"PK\x03\x04 broken"), Err(RegisterFileError::Archive)));
        assert!(matches!(
            read(b"postcodeRegio;sbiCode\n26;\xff\n"),
            Err(RegisterFileError::Line { line: 2, .. })
        ));
        let long = format!("postcodeRegio;sbiCode\n26;{}\n", "9".repeat(LINE_BYTES_MAX + 1));
        assert!(matches!(read(long.as_bytes()), Err(RegisterFileError::Line { .. })));
    }
}
