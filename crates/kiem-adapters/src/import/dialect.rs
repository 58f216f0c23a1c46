//! How a file is written: delimiter, quotes, where the header stands. Only four delimiters are considered, because
//! general guessers find letters in lists with one column.

use super::encoding::{Encoding, decode};
use super::reader::{first_records, looks_like_data};
use super::{COLUMNS_MAX, ImportError};

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between cells.
    pub delimiter: u8,
    /// What stands around cells.
    pub quote: Quote,
    /// Whether the first line says `sep=;`, as Excel writes.
    pub has_sep_line: bool,
    /// Records (not lines) above the header, or above the data when there is no header.
    pub skip: usize,
    /// Whether there is a header.
    pub has_header: bool,
    /// Number of columns.
    pub columns_n: usize,
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
const SAMPLE_RECORDS: usize = 50;
/// Characters that the guess looks at.
const SAMPLE_CHARS: usize = 64 * 1024;
/// Lines above a header ("Notes:", a title, the date of the export) are searched this far.
const PREAMBLE_MAX: usize = 15;

/// Finds out how a file is written.
///
/// # Errors
/// When it is empty, no text, or wider than [`COLUMNS_MAX`].
pub fn detect(bytes: &[u8]) -> Result<Dialect, ImportError> {
    let encoding = Encoding::detect(bytes)?;
    // Two bytes per character at most, and whole records at the end do not matter for a guess.
    let text = decode(&bytes[..bytes.len().min(2 * SAMPLE_CHARS)], encoding);
    let told = sep_line(&text);
    let body = if told.is_some() { after_line(&text) } else { &text };
    let quote = quote_of(body);
    let delimiter = told.unwrap_or_else(|| best_delimiter(body, quote));
    let records = first_records(body, delimiter, quote, SAMPLE_RECORDS);
    let columns_n = records.iter().map(Vec::len).max().unwrap_or(0);
    if columns_n > COLUMNS_MAX {
        return Err(ImportError::TooManyColumns);
    }
    if columns_n == 0 {
        return Err(ImportError::Empty);
    }
    let (skip, has_header) = header(&records);
    Ok(Dialect { encoding, delimiter, quote, has_sep_line: told.is_some(), skip, has_header, columns_n })
}

/// Excel's `sep=;` in the first line.
fn sep_line(text: &str) -> Option<u8> {
    let first = text.lines().next()?.trim().trim_matches('"');
    let rest = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="))?;
    let byte = if rest.is_empty() { b'\t' } else { *rest.as_bytes().first()? };
    DELIMITERS.contains(&byte).then_some(byte)
}

/// The text after its first line.
pub(super) fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
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

/// The delimiter under which most records have the same number of cells, and more than one. A list with one column
/// has none of them; then the semicolon is as good as any.
fn best_delimiter(text: &str, quote: Quote) -> u8 {
    let mut best = (0.0, b';');
    for delimiter in DELIMITERS {
        let records = first_records(text, *delimiter, quote, SAMPLE_RECORDS);
        // Lines above the header are narrower; they do not count against a delimiter.
        let widths: Vec<usize> = records.iter().map(Vec::len).filter(|n| *n > 1).collect();
        if widths.is_empty() {
            continue;
        }
        let most_common = widths
            .iter()
            .max_by_key(|n| (widths.iter().filter(|m| m == n).count(), **n))
            .copied()
            .unwrap_or(1);
        let same = widths.iter().filter(|n| **n == most_common).count();
        let share = same as f64 / records.len().max(1) as f64;
        // Wider wins only slightly: a decimal comma also splits evenly.
        let score = share * (1.0 + (most_common.min(30) as f64) / 100.0);
        if score > best.0 {
            best = (score, *delimiter);
        }
    }
    best.1
}

/// Where the header stands, and whether there is one. It is the first record about as wide as the rest; it is a
/// header when it holds no data itself (addresses, numbers, dates).
fn header(records: &[Vec<String>]) -> (usize, bool) {
    let filled = |r: &Vec<String>| r.iter().filter(|c| !c.trim().is_empty()).count();
    let widest = records.iter().map(filled).max().unwrap_or(1);
    let first = records.iter().take(PREAMBLE_MAX).position(|r| filled(r) * 10 >= widest * 6).unwrap_or(0);
    let Some(row) = records.get(first) else { return (0, false) };
    let has_header = !row.iter().any(|cell| looks_like_data(cell));
    (first, has_header)
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
                "no header",
                "Jansen BV;12345678;info@jansen.example\nX;23456789;x@x.example\n",
                b';',
                0,
                false,
                3,
            ),
        ] {
            let found = detect(text.as_bytes()).unwrap();
            assert_eq!(
                (found.delimiter, found.skip, found.has_header, found.columns_n),
                (delimiter, skip, has_header, columns_n),
                "{name}"
            );
        }
    }

    #[test]
    fn a_file_too_wide_is_refused() {
        let wide = vec!["a"; COLUMNS_MAX + 1].join(";");
        assert_eq!(detect(wide.as_bytes()), Err(ImportError::TooManyColumns));
    }
}
