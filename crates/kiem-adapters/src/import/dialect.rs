//! How a file is written: text or workbook, delimiter, quotes, where the header stands. Only four delimiters are considered,
//! because general guessers find letters in lists with one column.

use std::io::Read;
use std::ops::ControlFlow;

use super::encoding::{Decoded, Encoding};
use super::header::{self, Place};
use super::mapping::is_field_name;
use super::reader::{Record, Whole, looks_like_data, records};
use super::source::Source;
use super::text::TextRecords;
use super::{COLUMNS_MAX, ImportError, workbook};

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// Text, or which kind of workbook.
    pub format: Format,
    /// Encoding of a text.
    pub encoding: Encoding,
    /// What stands between cells of a text.
    pub delimiter: u8,
    /// What stands around cells of a text.
    pub quote: Quote,
    /// Whether the first line says `sep=;`, as Excel writes.
    pub has_sep_line: bool,
    /// Rows that are not blank above the first row of the header, or above the data when there is no header.
    pub skip: usize,
    /// Whether there is a header.
    pub has_header: bool,
    /// Number of columns.
    pub columns_n: usize,
    /// Row number of the header, as a spreadsheet shows it; 0 without one. Of a header of two rows the lower one: the row
    /// behind the skipped ones is then above it.
    pub header_row: u64,
}

kiem_domain::text_enum! {
    /// What kind of file it is.
    pub enum Format {
        /// Cells between delimiters.
        Text = "csv",
        /// Excel since 2007.
        Xlsx = "xlsx",
        /// Excel 97 to 2003.
        Xls = "xls",
        /// OpenDocument.
        Ods = "ods",
    }
}

kiem_domain::text_enum! {
    /// What stands around cells that hold a delimiter.
    pub enum Quote {
        /// `"`, doubled inside.
        Double = "double",
        /// `'`, doubled inside.
        Single = "single",
    }
}

impl Quote {
    /// The byte itself.
    pub const fn byte(self) -> u8 {
        match self {
            Quote::Double => b'"',
            Quote::Single => b'\'',
        }
    }
}

const DELIMITERS: &[u8] = b";,\t|";
/// Records that the guess looks at.
const SAMPLE_RECORDS: usize = 60;
/// Bytes of text that the guess looks at.
const SAMPLE_BYTES: u64 = 256 * 1024;

/// Finds out how a file is written.
///
/// # Errors
/// When it is empty, cannot be read, is neither text nor a workbook, or wider than [`COLUMNS_MAX`].
pub fn detect(source: &Source) -> Result<Dialect, ImportError> {
    if source.size()? == 0 {
        return Err(ImportError::Empty);
    }
    let mut dialect = Dialect {
        format: workbook::format_of(source)?,
        encoding: Encoding::Utf8,
        delimiter: b';',
        quote: Quote::Double,
        has_sep_line: false,
        skip: 0,
        has_header: false,
        columns_n: 0,
        header_row: 0,
    };
    let sample = if dialect.format == Format::Text {
        dialect.encoding = Encoding::detect(source.open()?)?;
        of_text(source, &mut dialect)?
    } else {
        of_workbook(source, &dialect)?
    };
    place_header(&mut dialect, &sample)?;
    Ok(dialect)
}

/// The same file in another encoding: delimiter and header are looked for anew.
///
/// # Errors
/// As [`detect`].
pub fn detect_in(source: &Source, encoding: Encoding) -> Result<Dialect, ImportError> {
    let mut dialect = detect(source)?;
    if dialect.format == Format::Text && dialect.encoding != encoding {
        dialect.encoding = encoding;
        let sample = of_text(source, &mut dialect)?;
        place_header(&mut dialect, &sample)?;
    }
    Ok(dialect)
}

fn of_workbook(source: &Source, dialect: &Dialect) -> Result<Vec<Record>, ImportError> {
    let mut sample = Vec::new();
    records(source, dialect, &mut Whole::default(), &mut |record| {
        sample.push(std::mem::take(record));
        if sample.len() < SAMPLE_RECORDS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(sample)
}

fn of_text(source: &Source, dialect: &mut Dialect) -> Result<Vec<Record>, ImportError> {
    let mut text = Vec::new();
    let decoded = Decoded::new(source.open()?, dialect.encoding).take(SAMPLE_BYTES).read_to_end(&mut text);
    decoded.map_err(|e| ImportError::Disk(e.kind()))?;
    let is_whole = (text.len() as u64) < SAMPLE_BYTES;
    let text = String::from_utf8_lossy(&text);
    let told = sep_line(&text);
    dialect.has_sep_line = told.is_some();
    let body = if told.is_some() { text.split_once('\n').map_or("", |(_, rest)| rest) } else { &text };
    dialect.quote = quote_of(body);
    let sampled = |delimiter| first_records(body, delimiter, dialect.quote, is_whole);
    dialect.delimiter = told.unwrap_or_else(|| best_delimiter(sampled));
    let mut sample = first_records(body, dialect.delimiter, dialect.quote, is_whole);
    for record in sample.iter_mut().filter(|_| told.is_some()) {
        record.row_number += 1;
    }
    Ok(sample)
}

fn first_records(text: &str, delimiter: u8, quote: Quote, is_whole: bool) -> Vec<Record> {
    let mut records = TextRecords::new(text.as_bytes(), delimiter, quote);
    let mut sample = Vec::new();
    let mut record = Record::default();
    while sample.len() < SAMPLE_RECORDS && matches!(records.read(&mut record), Ok(true)) {
        sample.push(std::mem::take(&mut record));
    }
    // The last line of a piece is a piece of a line.
    if !is_whole && sample.len() > 1 && sample.len() < SAMPLE_RECORDS {
        sample.pop();
    }
    sample
}

/// Excel's `sep=;` in the first line.
fn sep_line(text: &str) -> Option<u8> {
    let first = text.lines().next()?.trim_start_matches('\u{feff}').trim_matches([' ', '"', '\r']);
    let rest = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="))?;
    let byte = *rest.as_bytes().first().unwrap_or(&b'\t');
    DELIMITERS.contains(&byte).then_some(byte)
}

/// Single quotes only when cells begin and end with them and double ones do not occur.
fn quote_of(text: &str) -> Quote {
    let framed = |q: char| {
        text.match_indices(q)
            .filter(|(at, _)| {
                let before = text[..*at].chars().next_back();
                before.is_none_or(|c| c == '\n' || DELIMITERS.contains(&u8::try_from(c).unwrap_or(0)))
            })
            .count()
    };
    if framed('"') == 0 && framed('\'') > 2 && text.contains("',") | text.contains("';") {
        Quote::Single
    } else {
        Quote::Double
    }
}

/// The delimiter that makes the records even or, where they are of all widths, the one that parts the names of a header. A
/// list with one column has none; then the semicolon is as good as any.
fn best_delimiter(sampled: impl Fn(u8) -> Vec<Record>) -> u8 {
    let even = most_even(&sampled);
    let named = |delimiter: u8| {
        let sample = sampled(delimiter);
        header::by_names(&sample).and_then(|at| sample.get(at)).map_or(0, |r| header::names(&r.cells))
    };
    if let Some(delimiter) = even.filter(|delimiter| named(*delimiter) > 0) {
        return delimiter;
    }
    if even == Some(b',') && is_list_of_commas(&sampled(b',')) {
        return b';';
    }
    // Of two that part as many names, the first.
    let most_names =
        DELIMITERS.iter().rev().map(|delimiter| (named(*delimiter), *delimiter)).max_by_key(|(n, _)| *n);
    most_names.filter(|(n, _)| *n > 0).map(|(_, delimiter)| delimiter).or(even).unwrap_or(b';')
}

/// Whether the name of a field stands alone above cells of one kind: a list whose values hold commas ("Smit, Jansen").
fn is_list_of_commas(sample: &[Record]) -> bool {
    let is_alike = |record: &Record| {
        let data = record.cells.iter().filter(|cell| looks_like_data(cell)).count();
        data == 0 || data == record.cells.len()
    };
    let is_name = |record: &Record| matches!(record.cells.as_slice(), [cell] if is_field_name(cell));
    sample.first().is_some_and(is_name) && sample.iter().all(is_alike)
}

/// The delimiter under which, from the first wide record on, most records have the same number of cells.
fn most_even(sampled: impl Fn(u8) -> Vec<Record>) -> Option<u8> {
    let mut best = (0.0, None);
    for delimiter in DELIMITERS {
        let widths: Vec<usize> = sampled(*delimiter).iter().map(|r| r.cells.len()).collect();
        let times = |n: &usize| widths.iter().filter(|m| *m == n).count();
        let Some(usual) = widths.iter().filter(|n| **n > 1).max_by_key(|n| (times(n), **n)).copied() else {
            continue;
        };
        // What stands above the first record of the usual width is a preamble and speaks against nobody.
        let first = widths.iter().position(|n| *n == usual).unwrap_or(0);
        let below = widths.len() - first;
        let share = times(&usual) as f64 / below as f64;
        // A comma in every second name of a list with one column is no delimiter.
        if share < 0.6 || (times(&usual) == 1 && widths.len() > 2 && first > 0) {
            continue;
        }
        // Wider wins only slightly, because a decimal comma also splits evenly; it misses the header, though.
        let covered = (below as f64 / widths.len() as f64).sqrt();
        let score = share * covered * (1.0 + (usual.min(30) as f64) / 100.0);
        if score > best.0 {
            best = (score, Some(*delimiter));
        }
    }
    best.1
}

/// Finds the header, and how many columns there are.
fn place_header(dialect: &mut Dialect, sample: &[Record]) -> Result<(), ImportError> {
    if sample.iter().all(|r| r.cells.iter().all(String::is_empty)) {
        return Err(ImportError::Empty);
    }
    let Place { skip, header_rows } = header::place(sample);
    (dialect.skip, dialect.has_header) = (skip, header_rows > 0);
    let body = sample.get(skip..).unwrap_or_default();
    let (head, rows) = body.split_at(header_rows.min(body.len()));
    let width = |r: &Record| r.cells.iter().rposition(|c| !c.is_empty()).map_or(0, |at| at + 1);
    let first = match head {
        [] => body.first().map_or(0, width),
        [only] => only.cells.len(),
        [upper, lower, ..] => lower.cells.len().max(width(upper)),
    };
    // Columns that the header does not name count when most rows have them; a cell too many in one row does not.
    let mut widths: Vec<usize> = rows.iter().map(width).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    dialect.columns_n =
        if dialect.has_header { first.max(usual) } else { first.max(widths.last().copied().unwrap_or(0)) };
    dialect.header_row = head.last().map_or(0, |r| r.row_number);
    if dialect.columns_n > COLUMNS_MAX {
        return Err(ImportError::TooManyColumns);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_as_people_have_them() {
        for (name, text, delimiter, skip, has_header, columns_n) in [
            (
                "excel nl",
                "Bedrijf;Omzet;Plaats\r\nJansen;1.234,50;Utrecht\r\nDe Vries;2,5;Zeist\r\n",
                b';',
                0,
                true,
                3,
            ),
            ("decimal comma", "Bedrijf;Omzet\r\nA;1,5\r\nB;2,5\r\nC;3,5\r\n", b';', 0, true, 2),
            ("comma", "First Name,Last Name,Email\nEva,\"Vries, de\",eva@klant.example\n", b',', 0, true, 3),
            ("tab", "a\tb\nx\ty\n", b'\t', 0, true, 2),
            ("bar", "naam|plaats\nx|y\n", b'|', 0, true, 2),
            ("one column", "eva@klant.example\njan@klant.example\n", b';', 0, false, 1),
            ("one column with header", "E-mail\neva@klant.example\n", b';', 0, true, 1),
            ("quoted newline", "naam;notitie\n\"Jan\";\"regel 1\nregel 2; meer\"\n", b';', 0, true, 2),
            ("sep line", "sep=;\r\nnaam;plaats\r\nx;y\r\n", b';', 0, true, 2),
            (
                "preamble",
                "Notes:\n\"When exporting your data, some may be missing\"\n\nFirst Name,Last Name,URL,Email Address,Company\nEva,Smit,https://x.example,e@x.example,X\n",
                b',',
                2,
                true,
                5,
            ),
            (
                "one column of names",
                "Jansen BV\nBakker, Smit & Zn\nDe Vries\nBos, Vos\nMulder\n",
                b';',
                0,
                false,
                1,
            ),
            ("names with commas", "Bedrijfsnaam\nSmit, Jansen\nDe Boer, Vis\n", b';', 0, true, 1),
            ("a title above data", "Klant\nJansen,a@a.example\nSmit,b@b.example\n", b',', 1, false, 2),
            ("websites", "alfa.example\nhttps://beta.example\nwww.gamma.example\n", b';', 0, false, 1),
            ("two rows", "Bedrijf,Plaats\nJansen,Urk\n", b',', 0, true, 2),
            ("sep line and mark", "\u{feff}sep=,\nnaam,plaats\nx,y\n", b',', 0, true, 2),
            ("sep line with a tab", "sep=\t\nnaam\tplaats\nx\ty\n", b'\t', 0, true, 2),
            (
                "titles",
                "Ledenlijst 2026;;;\nGedrukt op;12-03-2026;;\n;;;\nBedrijf;Plaats;Telefoon;E-mail\nA;Urk;0201234567;a@a.example\nB;Urk;;b@b.example\n",
                b';',
                3,
                true,
                4,
            ),
            (
                "no header",
                "Jansen BV;12345678;info@jansen.example\nX;23456789;x@x.example\n",
                b';',
                0,
                false,
                3,
            ),
        ] {
            let found = detect(&Source::bytes(text.as_bytes().to_vec())).unwrap();
            assert_eq!(
                (found.delimiter, found.skip, found.has_header, found.columns_n),
                (delimiter, skip, has_header, columns_n),
                "{name}"
            );
        }
    }

    #[test]
    fn names_of_columns_tell_the_delimiter_of_a_ragged_file() {
        let mut header = "Company,Email,City\n".to_owned();
        for (full_n, short_n) in [(0, 1), (1, 2), (2, 3), (5, 5), (10, 8), (1, 30)] {
            let full = "A BV,a@a.example,Ede\n".repeat(full_n);
            let short = "B BV,b@b.example\n".repeat(short_n);
            let long = "C BV,c@c.example,Ede,extra\n";
            for text in [format!("{header}{full}{short}"), format!("{header}{full}{short}{long}")] {
                let comma = detect(&Source::bytes(text.clone().into_bytes())).unwrap();
                assert_eq!((comma.delimiter, comma.header_row, comma.columns_n), (b',', 1, 3), "{text}");
                let text = text.replace(',', ";");
                assert_eq!(detect(&Source::bytes(text.into_bytes())).unwrap().delimiter, b';');
            }
        }
        header.push_str("A BV\nB BV\n");
        assert_eq!(detect(&Source::bytes(header.into_bytes())).unwrap().delimiter, b',');
    }

    #[test]
    fn a_file_too_wide_is_refused() {
        let wide = vec!["a"; COLUMNS_MAX + 1].join(";");
        assert_eq!(detect(&Source::bytes(wide.into_bytes())), Err(ImportError::TooManyColumns));
    }
}
