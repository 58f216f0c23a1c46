//! The look at an archive before a library opens it. Every part is inflated once and thrown away, and what a library would
//! keep in memory is counted: the directory of an archive may lie, and a few bytes can stand for gigabytes.

use std::io::Read;

use zip::ZipArchive;
use zip::result::ZipError;

use super::super::dialect::Format;
use super::super::source::{Opened, Source};
use super::super::{ImportError, WORKBOOK_BYTES_MAX};
use super::merged::MERGED_MAX;

/// Parts that an archive may have.
const PARTS_MAX: usize = 2_000;
/// Bytes of all parts together, once inflated.
const INFLATED_BYTES_MAX: u64 = 600 * 1024 * 1024;
/// From this size on, more than so many times the archive is no list of companies.
const RATIO_FREE_BYTES: u64 = 20 * 1024 * 1024;
const RATIO_MAX: u64 = 250;
/// The table of texts that the cells share: in bytes, and how many.
const TEXT_BYTES_MAX: u64 = 96 * 1024 * 1024;
const TEXTS_MAX: u64 = 3_000_000;
/// Elements of the parts that are kept whole: styles, sheets, relations.
const ELEMENTS_MAX: u64 = 200_000;
/// Bytes from one element to the next, and of one text with everything in it.
const RUN_BYTES_MAX: u64 = 1024 * 1024;
/// The same in pictures and the like.
const PICTURE_RUN_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What is known about an archive.
pub(super) fn format_of_archive(source: &Source) -> Result<Format, ImportError> {
    let names = check(source)?.names;
    let has = |wanted: &str| names.iter().any(|n| n.replace('\\', "/").eq_ignore_ascii_case(wanted));
    if has("xl/workbook.bin") {
        return Err(ImportError::OtherForm);
    }
    if has("xl/workbook.xml")
        || (has("[Content_Types].xml") && names.iter().any(|n| n.ends_with("workbook.xml")))
    {
        return Ok(Format::Xlsx);
    }
    if has("content.xml") && has("mimetype") { Ok(Format::Ods) } else { Err(ImportError::NotText) }
}

pub(super) fn open(source: &Source) -> Result<ZipArchive<Opened>, ImportError> {
    if source.size()? > WORKBOOK_BYTES_MAX {
        return Err(ImportError::TooMuch);
    }
    if parts_claimed(source)? > PARTS_MAX {
        return Err(ImportError::TooMuch);
    }
    ZipArchive::new(source.open()?).map_err(damage)
}

/// What a look at an archive has shown.
pub(super) struct Looked {
    names: Vec<String>,
    /// Whether cells of a sheet are merged.
    pub(super) has_merged: bool,
}

/// Inflates everything within the limits.
pub(super) fn check(source: &Source) -> Result<Looked, ImportError> {
    let mut archive = open(source)?;
    let mut names = Vec::new();
    let mut claimed: u64 = 0;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damage)?;
        if part.encrypted() {
            return Err(ImportError::Encrypted);
        }
        claimed = claimed.saturating_add(part.size());
        names.push(part.name().map_err(damage)?.into_owned());
    }
    let size = source.size()?;
    let allowed = INFLATED_BYTES_MAX.min(RATIO_FREE_BYTES.max(size.saturating_mul(RATIO_MAX)));
    if claimed > allowed {
        return Err(ImportError::TooMuch);
    }
    let (mut inflated, mut n_texts, mut n_merged) = (0, 0, 0);
    let mut buffer = vec![0; 64 * 1024];
    for (index, name) in names.iter().enumerate() {
        let mut look = Look::new(name);
        let mut part = archive.by_index(index).map_err(damage)?;
        loop {
            let n = part.read(&mut buffer).map_err(|_| ImportError::Damaged)?;
            if n == 0 {
                break;
            }
            inflated += n as u64;
            if inflated > allowed {
                return Err(ImportError::TooMuch);
            }
            look.feed(&buffer[..n])?;
        }
        n_texts += look.n_texts;
        n_merged += look.n_merged;
        if n_texts > TEXTS_MAX || n_merged > MERGED_MAX {
            return Err(ImportError::TooMuch);
        }
    }
    Ok(Looked { names, has_merged: n_merged > 0 })
}

fn damage(error: ZipError) -> ImportError {
    match error {
        ZipError::Io(e)
            if e.kind() != std::io::ErrorKind::UnexpectedEof
                && e.kind() != std::io::ErrorKind::InvalidData =>
        {
            ImportError::Disk(e.kind())
        }
        _ => ImportError::Damaged,
    }
}

/// How many parts the directory lists, counted by their marks: a library makes room for all of them at once.
fn parts_claimed(source: &Source) -> Result<usize, ImportError> {
    const MARK: &[u8] = b"PK\x01\x02";
    let mut file = source.open()?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut kept, mut found) = (0, 0);
    loop {
        let n = file.read(&mut buffer[kept..]).map_err(|e| ImportError::Disk(e.kind()))?;
        if n == 0 {
            return Ok(found);
        }
        let end = kept + n;
        found += buffer[..end].windows(MARK.len()).filter(|w| *w == MARK).count();
        kept = end.min(MARK.len() - 1);
        buffer.copy_within(end - kept..end, 0);
    }
}

/// What stands between two "<": read without a parser, because a parser keeps what it reads.
struct Look {
    run_max: u64,
    is_picture: bool,
    /// The name of the element that is being read; none between elements.
    name: Option<Vec<u8>>,
    run: u64,
    bytes: u64,
    /// Bytes since a text was opened that is not closed yet, and its name.
    open_text: Option<(Vec<u8>, u64)>,
    /// Whether the element that is being read opened it, and the byte before.
    has_just_opened: bool,
    before: u8,
    n_elements: u64,
    n_texts: u64,
    n_merged: u64,
    has_texts: bool,
    is_kept_whole: bool,
}

impl Look {
    fn new(part: &str) -> Look {
        let lower = part.to_ascii_lowercase();
        let is_picture =
            ["media/", "pictures/", "embeddings/", "thumbnails/"].iter().any(|p| lower.contains(p));
        Look {
            run_max: if is_picture { PICTURE_RUN_BYTES_MAX } else { RUN_BYTES_MAX },
            is_picture,
            name: None,
            run: 0,
            bytes: 0,
            open_text: None,
            has_just_opened: false,
            before: 0,
            n_elements: 0,
            n_texts: 0,
            n_merged: 0,
            has_texts: false,
            is_kept_whole: false,
        }
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), ImportError> {
        if self.bytes == 0
            && (piece.starts_with(b"\xff\xfe") || piece.starts_with(b"\xfe\xff"))
            && !self.is_picture
        {
            return Err(ImportError::Damaged);
        }
        for byte in piece {
            self.bytes += 1;
            self.run += 1;
            if *byte == b'<' {
                self.run = 0;
                self.name = Some(Vec::with_capacity(16));
            } else if let Some(name) = &mut self.name {
                let ends = matches!(byte, b' ' | b'>' | b'\t' | b'\r' | b'\n' | b'[')
                    || (*byte == b'/' && !name.is_empty());
                if !ends && name.len() < 40 {
                    name.push(*byte);
                } else {
                    let name = self.name.take().unwrap_or_default();
                    self.element(&name)?;
                }
            }
            if *byte == b'>' && std::mem::take(&mut self.has_just_opened) && self.before == b'/' {
                self.open_text = None;
            }
            self.before = *byte;
            if self.run > self.run_max {
                return Err(ImportError::TooMuch);
            }
        }
        let text_is_long = self.open_text.as_ref().is_some_and(|(_, at)| self.bytes - at > RUN_BYTES_MAX);
        let is_too_much = text_is_long
            || (self.has_texts && self.bytes > TEXT_BYTES_MAX)
            || (self.is_kept_whole && self.n_elements > ELEMENTS_MAX)
            || self.n_texts > TEXTS_MAX;
        if is_too_much { Err(ImportError::TooMuch) } else { Ok(()) }
    }

    fn element(&mut self, name: &[u8]) -> Result<(), ImportError> {
        if self.is_picture {
            // A sheet that calls itself a picture.
            return if local(name) == b"worksheet" || local(name) == b"sst" {
                Err(ImportError::Damaged)
            } else {
                Ok(())
            };
        }
        self.n_elements += 1;
        if name.eq_ignore_ascii_case(b"!doctype") || name.eq_ignore_ascii_case(b"!entity") {
            return Err(ImportError::DocType);
        }
        let (is_end, name) = name.strip_prefix(b"/").map_or((false, name), |rest| (true, rest));
        let name = local(name);
        match name {
            b"encryption-data" => return Err(ImportError::Encrypted),
            b"sst" => self.has_texts = true,
            b"styleSheet" | b"workbook" | b"Relationships" | b"Types" => self.is_kept_whole = true,
            b"si" if !is_end => self.n_texts += 1,
            b"mergeCell" if !is_end => self.n_merged += 1,
            _ => {}
        }
        if matches!(name, b"si" | b"is" | b"v" | b"t" | b"f") {
            match (&self.open_text, is_end) {
                (Some((open, _)), true) if open == name => self.open_text = None,
                (None, false) => {
                    self.open_text = Some((name.to_vec(), self.bytes));
                    self.has_just_opened = true;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn local(name: &[u8]) -> &[u8] {
    name.iter().position(|b| *b == b':').map_or(name, |at| &name[at + 1..])
}
