//! A file of company records with fixed column names, read for finding duplicates: a million rows in bounded memory.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kiem_domain::dedupe::{Profile, RawRecord};

use crate::import::{Encoding, ImportError};

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
    /// Nothing but blanks in it.
    #[error("the file is empty")]
    Empty,
    /// A workbook, an archive, a picture.
    #[error("the file is no text")]
    NotText,
    /// The disk fails.
    #[error("the file cannot be read: {0}")]
    Disk(io::ErrorKind),
    /// A line that cannot be read.
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

/// What is strange about a file that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompanyFileNote {
    /// Rows whose id is empty: they go by the number of the row, which may be the id of another.
    WithoutId {
        /// How many.
        rows: usize,
    },
    /// Ids that more than one row has: the pairs do not say which row is meant.
    DoubleIds {
        /// How many.
        ids: usize,
    },
    /// A quote that is opened and not closed: what follows was read as one cell.
    OpenQuote {
        /// Line of the file, from 1.
        line: u64,
    },
}

/// The records of a file.
#[derive(Debug, Default)]
pub struct CompanyFile {
    /// Each record, normalised, in the order of the file.
    pub profiles: Vec<Profile>,
    /// What is strange about the file, although it could be read.
    pub notes: Vec<CompanyFileNote>,
    ids: String,
    id_ends: Vec<usize>,
    n_without_id: usize,
}

impl CompanyFile {
    /// The id that the file gives a record; its row number when the file has no ids.
    pub fn id(&self, record: u32) -> &str {
        let at = record as usize;
        let start = at.checked_sub(1).and_then(|before| self.id_ends.get(before)).copied().unwrap_or(0);
        self.id_ends.get(at).and_then(|end| self.ids.get(start..*end)).unwrap_or_default()
    }
}

/// Bytes that are decoded at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// Longest header line.
const HEADER_BYTES_MAX: u64 = ROW_BYTES_MAX as u64;
/// What may stand between cells.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Reads a text with a header, in the encodings that spreadsheets write, with commas, semicolons, tabs or bars between its
/// cells. `n_threads` share the normalising; the result does not depend on it.
///
/// # Errors
/// [`CompanyFileError`], with the line.
pub fn read_companies(mut file: impl Read + Seek, n_threads: usize) -> Result<CompanyFile, CompanyFileError> {
    let disk = |e: io::Error| CompanyFileError::Disk(e.kind());
    // What cannot be read twice, a pipe, has to be in UTF-8.
    let encoding = match file.stream_position() {
        Ok(_) => Encoding::detect(&mut file).map_err(of_import)?,
        Err(_) => Encoding::Utf8,
    };
    if file.stream_position().is_ok() {
        file.seek(SeekFrom::Start(0)).map_err(disk)?;
    }
    let mut quotes = Quotes::default();
    let mut text = BufReader::with_capacity(1 << 16, quotes.count(Utf8Text::new(file, encoding)));
    let mut first = header_line(&mut text).map_err(disk)?;
    let mut n_lines_before = 0;
    let told = without_mark(&first).strip_prefix(b"sep=").and_then(<[u8]>::first).copied();
    if told.is_some() {
        first = header_line(&mut text).map_err(disk)?;
        n_lines_before = 1;
    }
    let delimiter = told.or_else(|| delimiter_of(&first)).unwrap_or(b',');
    let reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 20)
        .from_reader(Cursor::new(first).chain(text));
    let mut found = read_rows(reader, n_lines_before, n_threads)?;
    found.note_ids();
    found.notes.retain(|note| quotes.is_odd() || !matches!(note, CompanyFileNote::OpenQuote { .. }));
    Ok(found)
}

fn header_line(text: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    text.take(HEADER_BYTES_MAX).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// Without the mark that says "UTF-8".
fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// The delimiter under which the header has the column that has to be there.
fn delimiter_of(header: &[u8]) -> Option<u8> {
    let is_company = |cell: &[u8]| {
        let cell = without_mark(cell).trim_ascii();
        cell.strip_prefix(b"\"")
            .and_then(|cell| cell.strip_suffix(b"\""))
            .unwrap_or(cell)
            .trim_ascii()
            .eq_ignore_ascii_case(b"company")
    };
    DELIMITERS.into_iter().find(|delimiter| header.split(|byte| byte == delimiter).any(is_company))
}

fn read_rows(
    mut reader: csv::Reader<impl Read>,
    n_lines_before: u64,
    n_threads: usize,
) -> Result<CompanyFile, CompanyFileError> {
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
                let line = record.position().map_or(0, csv::Position::line) + n_lines_before;
                let problem = "the row is too long, or a quote in it is not closed".to_owned();
                return Err(CompanyFileError::Line { line, problem });
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
        found.note_open_quote(rows, n_lines_before);
        found.take(rows, &places, n_threads.max(1));
    }
}

impl CompanyFile {
    /// Remembers the first row that goes over several lines: where a quote is open, when one is.
    fn note_open_quote(&mut self, rows: &[csv::StringRecord], n_lines_before: u64) {
        if self.notes.is_empty() {
            let goes_on = |row: &&csv::StringRecord| row.as_slice().contains('\n');
            let line =
                rows.iter().find(goes_on).and_then(csv::StringRecord::position).map(csv::Position::line);
            self.notes.extend(line.map(|line| CompanyFileNote::OpenQuote { line: line + n_lines_before }));
        }
    }

    fn note_ids(&mut self) {
        if self.n_without_id > 0 && self.n_without_id < self.profiles.len() {
            self.notes.push(CompanyFileNote::WithoutId { rows: self.n_without_id });
        }
        let mut hashes: Vec<u64> = (0..).take(self.profiles.len()).map(|n| hash(self.id(n))).collect();
        hashes.sort_unstable();
        let ids = hashes.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).count();
        if ids > 0 {
            self.notes.push(CompanyFileNote::DoubleIds { ids });
        }
    }

    fn take(&mut self, rows: &[csv::StringRecord], places: &[Option<usize>; 13], n_threads: usize) {
        let cell = |row: &csv::StringRecord, column: usize| {
            places.get(column).copied().flatten().and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        };
        for row in rows {
            match cell(row, 12) {
                id if id.is_empty() => {
                    self.n_without_id += 1;
                    self.ids.push_str(&(self.id_ends.len() + 1).to_string());
                }
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

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn of_csv(error: csv::Error) -> CompanyFileError {
    let line = error.position().map_or(1, csv::Position::line);
    CompanyFileError::Line { line, problem: error.to_string() }
}

fn of_import(error: ImportError) -> CompanyFileError {
    match error {
        ImportError::Empty => CompanyFileError::Empty,
        ImportError::Disk(kind) => CompanyFileError::Disk(kind),
        _ => CompanyFileError::NotText,
    }
}

/// A file in UTF-8, whatever its encoding is. What is in UTF-8 already passes through as it is.
struct Utf8Text<R> {
    file: R,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    text: Vec<u8>,
    text_at: usize,
    is_at_end: bool,
}

impl<R: Read> Utf8Text<R> {
    fn new(file: R, encoding: Encoding) -> Utf8Text<R> {
        let codec = encoding_rs::Encoding::for_label(encoding.as_str().as_bytes());
        let decoder = codec.filter(|codec| *codec != encoding_rs::UTF_8);
        Utf8Text {
            file,
            decoder: decoder.map(encoding_rs::Encoding::new_decoder_with_bom_removal),
            raw: Vec::new(),
            text: Vec::new(),
            text_at: 0,
            is_at_end: false,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
        while self.text_at == self.text.len() && !self.is_at_end {
            self.raw.resize(CHUNK_BYTES, 0);
            let n = self.file.read(&mut self.raw)?;
            self.is_at_end = n == 0;
            let raw = self.raw.get(..n).unwrap_or_default();
            let longest = decoder.max_utf8_buffer_length(n).unwrap_or(CHUNK_BYTES * 4);
            self.text.resize(longest, 0);
            let (_, _, written, _) = decoder.decode_to_utf8(raw, &mut self.text, self.is_at_end);
            self.text.truncate(written);
            self.text_at = 0;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return self.file.read(into);
        }
        self.decode()?;
        let mut rest = self.text.get(self.text_at..).unwrap_or_default();
        let n = rest.read(into)?;
        self.text_at += n;
        Ok(n)
    }
}

/// Whether an odd number of quotes was read: then one of them opens a cell that nobody closes, or means inches.
#[derive(Debug, Default)]
struct Quotes(Arc<AtomicBool>);

impl Quotes {
    /// Counts the quotes that are read from here.
    fn count<R: Read>(&mut self, text: R) -> Counted<R> {
        Counted { text, is_odd: self.0.clone() }
    }

    fn is_odd(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A text whose quotes are counted.
struct Counted<R> {
    text: R,
    is_odd: Arc<AtomicBool>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.text.read(into)?;
        let is_odd = into.iter().take(n).fold(0_u8, |odd, byte| odd ^ u8::from(*byte == b'"')) == 1;
        self.is_odd.fetch_xor(is_odd, Ordering::Relaxed);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: impl AsRef<[u8]>, n_threads: usize) -> Result<CompanyFile, CompanyFileError> {
        read_companies(Cursor::new(text), n_threads)
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_may_be_missing() {
        let text = "\u{feff}City,ID,Company,extra\nUtrecht,a7,Bakkerij Smit B.V.,x\n,b8,\"Smit, Jan\"\n";
        let file = read(text, 2).unwrap();
        assert_eq!((file.id(0), file.id(1), file.id(2)), ("a7", "b8", ""));
        assert_eq!(file.profiles.len(), 2);
        assert_eq!(&*file.profiles[0].name, "bakkery smit");
        let without_ids = read("company\nA\nB\n", 1).unwrap();
        assert_eq!((without_ids.id(0), without_ids.id(1)), ("1", "2"));
    }

    #[test]
    fn a_file_that_cannot_be_read_says_where() {
        assert!(matches!(read("name,city\nA,B\n", 1), Err(CompanyFileError::ColumnMissing("company"))));
        assert!(matches!(read("", 1), Err(CompanyFileError::Empty)));
        assert!(matches!(read("PK\x03\x04 a workbook", 1), Err(CompanyFileError::NotText)));
        let long = format!("company\n{}\n", "x".repeat(ROW_BYTES_MAX + 1));
        assert!(matches!(read(long, 1), Err(CompanyFileError::Line { line: 2, .. })));
    }

    #[test]
    fn threads_change_nothing() {
        let mut text = "id,company,city\n".to_owned();
        for n in 0..100 {
            text.push_str(&format!("{n},Bedrijf {n},Ede\n"));
        }
        let [one, four] = [1, 4].map(|n| read(&text, n).unwrap());
        assert_eq!(one.profiles, four.profiles);
    }

    #[test]
    fn files_of_spreadsheets_are_read_as_they_are() {
        let plain = read("id,company,city\n7,Café Noël,Ede\n", 1).unwrap();
        for (written, bytes) in [
            ("semicolons", "id;company;city\r\n7;Café Noël;Ede\r\n".as_bytes().to_vec()),
            ("tabs", "id\tcompany\tcity\n7\tCafé Noël\tEde\n".as_bytes().to_vec()),
            ("quotes", "\"id\";\"company\";\"city\"\n7;Café Noël;Ede\n".as_bytes().to_vec()),
            ("a line for Excel", "\u{feff}sep=;\nid;company;city\n7;Café Noël;Ede\n".as_bytes().to_vec()),
            ("Windows-1252", b"id;company;city\n7;Caf\xe9 No\xebl;Ede\n".to_vec()),
            (
                "UTF-16",
                "\u{feff}id;company;city\n7;Café Noël;Ede\n"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
            ),
        ] {
            let file = read(bytes, 1).unwrap();
            assert_eq!((&file.profiles, file.id(0)), (&plain.profiles, "7"), "{written}");
        }
    }

    #[test]
    fn what_is_strange_is_said() {
        for (text, expected) in [
            ("id,company\n1,A\n2,B\n", vec![]),
            ("company\nA\nB\n", vec![]),
            ("id,company\n3,A\n,B\n4,C\n", vec![CompanyFileNote::WithoutId { rows: 1 }]),
            (
                "id,company\n2,A\n,B\n2,C\n",
                vec![CompanyFileNote::WithoutId { rows: 1 }, CompanyFileNote::DoubleIds { ids: 1 }],
            ),
            ("id,company\n1,\"A\nand A\"\n2,B\n", vec![]),
            ("id,company\n1,A 5\" B\n2,B\n", vec![]),
            ("id,company\n1,A\n2,\"B\n3,C\n4,D\n", vec![CompanyFileNote::OpenQuote { line: 3 }]),
        ] {
            assert_eq!(read(text, 1).unwrap().notes, expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_the_import_reads_them() {
        let file = read("company,kvk\nA,1234567\nA,01234567\nA,\n", 1).unwrap();
        let kvk: Vec<_> = file.profiles.iter().map(|p| p.kvk).collect();
        assert!(kvk[0].is_some() && kvk[0] == kvk[1] && kvk[2].is_none());
    }
}
