//! A file of company records with fixed column names, read for finding duplicates: a million rows in bounded memory.

use std::io::Read;

use kiem_domain::dedupe::{Profile, RawRecord};

/// Rows that one file may have.
pub const ROWS_MAX: usize = 5_000_000;
/// Bytes that one row may have.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// Rows that are read before they are normalised together.
const ROWS_PER_BATCH: usize = 16_384;
/// Country of telephone numbers that name none.
const COUNTRY: &str = "NL";

/// Columns that are looked for; only the name of the company has to be there.
const COLUMNS: [&str; 13] = [
    "company",
    "street",
    "postcode",
    "city",
    "kvk",
    "website",
    "phone",
    "employees",
    "sbi",
    "first_name",
    "last_name",
    "email",
    "id",
];

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CompanyFileError {
    /// No column has this name.
    #[error("no column is called {0}")]
    ColumnMissing(&'static str),
    /// A line that is not comma-separated text in UTF-8.
    #[error("line {line}: {problem}")]
    Line {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong there.
        problem: String,
    },
    /// More rows than [`ROWS_MAX`].
    #[error("more than {ROWS_MAX} rows")]
    TooManyRows,
}

/// The records of a file.
#[derive(Debug, Default)]
pub struct CompanyFile {
    /// Each record, normalised, in the order of the file.
    pub profiles: Vec<Profile>,
    ids: String,
    id_ends: Vec<usize>,
}

impl CompanyFile {
    /// The id that the file gives a record; its row number when the file has no ids.
    pub fn id(&self, record: u32) -> &str {
        let at = record as usize;
        let start = at.checked_sub(1).and_then(|before| self.id_ends.get(before)).copied().unwrap_or(0);
        self.id_ends.get(at).and_then(|end| self.ids.get(start..*end)).unwrap_or_default()
    }
}

/// Reads comma-separated UTF-8 with a header. `n_threads` share the normalising; the result does not depend on it.
///
/// # Errors
/// [`CompanyFileError`], with the line.
pub fn read_companies(file: impl Read, n_threads: usize) -> Result<CompanyFile, CompanyFileError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 20).from_reader(file);
    let header = reader.headers().map_err(of_csv)?.clone();
    let places = COLUMNS.map(|name| {
        header.iter().position(|h| h.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
    });
    if places.first().copied().flatten().is_none() {
        return Err(CompanyFileError::ColumnMissing("company"));
    }
    let mut found = CompanyFile::default();
    let mut batch: Vec<csv::StringRecord> = vec![csv::StringRecord::new(); ROWS_PER_BATCH];
    loop {
        let mut n = 0;
        for record in &mut batch {
            if !reader.read_record(record).map_err(of_csv)? {
                break;
            }
            if record.as_slice().len() > ROW_BYTES_MAX {
                let line = record.position().map_or(0, csv::Position::line);
                return Err(CompanyFileError::Line { line, problem: "the row is too long".to_owned() });
            }
            n += 1;
        }
        let rows = batch.get(..n).unwrap_or_default();
        if rows.is_empty() {
            return Ok(found);
        }
        if found.profiles.len() + n > ROWS_MAX {
            return Err(CompanyFileError::TooManyRows);
        }
        found.take(rows, &places, n_threads.max(1));
    }
}

impl CompanyFile {
    fn take(&mut self, rows: &[csv::StringRecord], places: &[Option<usize>; 13], n_threads: usize) {
        let cell = |row: &csv::StringRecord, column: usize| {
            places.get(column).copied().flatten().and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        };
        for row in rows {
            match cell(row, 12) {
                id if id.is_empty() => self.ids.push_str(&(self.id_ends.len() + 1).to_string()),
                id => self.ids.push_str(&id),
            }
            self.id_ends.push(self.ids.len());
        }
        let per_thread = rows.len().div_ceil(n_threads);
        std::thread::scope(|scope| {
            let parts: Vec<_> = rows
                .chunks(per_thread)
                .map(|part| {
                    scope.spawn(move || part.iter().map(|row| profile(row, places)).collect::<Vec<_>>())
                })
                .collect();
            for part in parts {
                let profiles = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                self.profiles.extend(profiles);
            }
        });
    }
}

fn profile(row: &csv::StringRecord, places: &[Option<usize>; 13]) -> Profile {
    let cell =
        |column: usize| places.get(column).copied().flatten().and_then(|at| row.get(at)).unwrap_or_default();
    Profile::of(&RawRecord {
        company: cell(0),
        street: cell(1),
        postcode: cell(2),
        city: cell(3),
        kvk: cell(4),
        register: "",
        lei: "",
        vat: "",
        website: cell(5),
        phone: cell(6),
        employees: cell(7),
        sbi: cell(8),
        given_name: cell(9),
        family_name: cell(10),
        email: cell(11),
        country: COUNTRY,
    })
}

fn of_csv(error: csv::Error) -> CompanyFileError {
    let line = error.position().map_or(1, csv::Position::line);
    CompanyFileError::Line { line, problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_in_any_order_and_may_be_missing() {
        let text = "\u{feff}City,ID,Company,extra\nUtrecht,a7,Bakkerij Smit B.V.,x\n,b8,\"Smit, Jan\"\n";
        let file = read_companies(text.as_bytes(), 2).unwrap();
        assert_eq!((file.id(0), file.id(1), file.id(2)), ("a7", "b8", ""));
        assert_eq!(file.profiles.len(), 2);
        assert_eq!(&*file.profiles[0].name, "bakkery smit");
        let without_ids = read_companies("company\nA\nB\n".as_bytes(), 1).unwrap();
        assert_eq!((without_ids.id(0), without_ids.id(1)), ("1", "2"));
    }

    #[test]
    fn a_file_that_cannot_be_read_says_where() {
        assert!(matches!(
            read_companies("name,city\nA,B\n".as_bytes(), 1),
            Err(CompanyFileError::ColumnMissing("company"))
        ));
        assert!(matches!(read_companies("".as_bytes(), 1), Err(CompanyFileError::ColumnMissing("company"))));
        let broken = [b"company\nA\n".as_slice(), b"\xff\xfe\n"].concat();
        assert!(matches!(read_companies(broken.as_slice(), 1), Err(CompanyFileError::Line { line: 3, .. })));
        let long = format!("company\n{}\n", "x".repeat(ROW_BYTES_MAX + 1));
        assert!(matches!(read_companies(long.as_bytes(), 1), Err(CompanyFileError::Line { line: 2, .. })));
    }

    #[test]
    fn threads_change_nothing() {
        let mut text = "id,company,city\n".to_owned();
        for n in 0..100 {
            text.push_str(&format!("{n},Bedrijf {n},Ede\n"));
        }
        let [one, four] = [1, 4].map(|n| read_companies(text.as_bytes(), n).unwrap());
        assert_eq!(one.profiles, four.profiles);
    }
}
