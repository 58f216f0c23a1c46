//! The look at an Excel file of old before a library opens it: the compound file around it, and the records in it, walked
//! through without keeping anything. The library makes a grid as large as the farthest cells, and trusts what lengths say.
//! Layout: Microsoft's open specifications MS-CFB and MS-XLS.

use std::io::Read;

use super::super::source::Source;
use super::super::{ImportError, WORKBOOK_BYTES_MAX};
use super::merged::MERGED_MAX;

/// Cells of all grids together, empty ones too.
const GRID_MAX: u64 = 2_000_000;
/// Bytes of formulas; the library writes them out, and names in them are long.
const FORMULA_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Texts that cells share: how many, and their bytes.
const TEXTS_MAX: usize = 1_000_000;
const TEXT_BYTES_MAX: usize = 24 * 1024 * 1024;
const SHEETS_MAX: usize = 256;
const RECORDS_MAX: u64 = 20_000_000;
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// The file in memory; the library wants it whole.
pub(super) fn bytes_of(source: &Source) -> Result<Vec<u8>, ImportError> {
    if source.size()? > WORKBOOK_BYTES_MAX {
        return Err(ImportError::TooMuch);
    }
    let mut bytes = Vec::new();
    let read = source.open()?.take(WORKBOOK_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|e| ImportError::Disk(e.kind()))?;
    Ok(bytes)
}

/// Goes through the file within the limits.
pub(super) fn check(bytes: &[u8]) -> Result<(), ImportError> {
    let file = Compound::open(bytes).ok_or(ImportError::Damaged)?;
    if file.entry("EncryptedPackage").is_some() {
        return Err(ImportError::Encrypted);
    }
    let Some(entry) = file.entry("Workbook").or_else(|| file.entry("Book")) else {
        // A text or a presentation of the same age.
        return Err(ImportError::NotText);
    };
    let stream = file.stream(&entry).ok_or(ImportError::Damaged)?;
    check_workbook(&stream)
}

struct Compound<'a> {
    bytes: &'a [u8],
    sector_bits: u32,
    next: Vec<u32>,
    next_small: Vec<u32>,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: String,
    start: u32,
    size: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let sector_bits = u32::from(u16_at(bytes, 30)?);
        if !matches!(sector_bits, 9 | 12) {
            return None;
        }
        let mut file =
            Compound { bytes, sector_bits, next: Vec::new(), next_small: Vec::new(), entries: Vec::new() };
        let mut tables: Vec<u32> = (0..109).filter_map(|i| u32_at(bytes, 76 + 4 * i)).collect();
        let (mut more, mut left) = (u32_at(bytes, 68)?, file.n_sectors());
        while more < END_OF_CHAIN - 1 && left > 0 {
            let sector = file.sector(more)?;
            let words: Vec<u32> = (0..sector.len() / 4).filter_map(|i| u32_at(sector, 4 * i)).collect();
            let (last, rest) = words.split_last()?;
            tables.extend(rest);
            (more, left) = (*last, left - 1);
        }
        for table in tables.into_iter().filter(|t| *t < END_OF_CHAIN - 1).take(file.n_sectors()) {
            let Some(sector) = file.sector(table) else { continue };
            let words: Vec<u32> = (0..sector.len() / 4).filter_map(|i| u32_at(sector, 4 * i)).collect();
            file.next.extend(words);
        }
        let folder = file.chain(u32_at(bytes, 48)?)?;
        file.entries = folder.chunks_exact(128).filter_map(entry).collect();
        let small = u32_at(bytes, 60)?;
        if small < END_OF_CHAIN - 1 {
            let table = file.chain(small)?;
            file.next_small = (0..table.len() / 4).filter_map(|i| u32_at(&table, 4 * i)).collect();
        }
        Some(file)
    }

    fn n_sectors(&self) -> usize {
        (self.bytes.len() >> self.sector_bits) + 1
    }

    fn sector(&self, n: u32) -> Option<&'a [u8]> {
        let from = (n as usize).checked_add(1)?.checked_shl(self.sector_bits)?;
        let rest = self.bytes.get(from..).filter(|rest| !rest.is_empty())?;
        // The last sector may be cut short.
        Some(&rest[..rest.len().min(1 << self.sector_bits)])
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let mut at = start;
        for _ in 0..self.n_sectors() {
            if at >= END_OF_CHAIN - 1 {
                return Some(whole);
            }
            whole.extend_from_slice(self.sector(at)?);
            at = *self.next.get(at as usize)?;
        }
        // It bites its own tail.
        None
    }

    fn entry(&self, name: &str) -> Option<Entry> {
        self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name)).cloned()
    }

    fn stream(&self, entry: &Entry) -> Option<Vec<u8>> {
        let mut whole = if entry.size < 4096 {
            let store = self.chain(self.entries.first()?.start)?;
            let mut whole = Vec::new();
            let mut at = entry.start;
            for _ in 0..=self.next_small.len() {
                if at >= END_OF_CHAIN - 1 {
                    break;
                }
                let from = (at as usize).checked_mul(64)?;
                whole.extend_from_slice(store.get(from..store.len().min(from + 64))?);
                at = *self.next_small.get(at as usize)?;
            }
            whole
        } else {
            self.chain(entry.start)?
        };
        whole.truncate(entry.size);
        Some(whole)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).min(64) / 2;
    let units: Vec<u16> = (0..length.saturating_sub(1)).filter_map(|i| u16_at(bytes, 2 * i)).collect();
    let size = usize::try_from(u32_at(bytes, 120)?).ok()?;
    (bytes[66] != 0).then(|| Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(bytes, 116).unwrap_or(0),
        size,
    })
}

/// What one sheet, or all of them, would cost.
#[derive(Default)]
struct Cost {
    grid: u64,
    formula_bytes: usize,
    records: u64,
    merged: u64,
}

fn check_workbook(stream: &[u8]) -> Result<(), ImportError> {
    let mut sheets = Vec::new();
    let mut cost = Cost::default();
    let mut texts = Texts::default();
    for (kind, data) in records(stream) {
        cost.records += 1;
        texts.see(kind, data)?;
        match kind {
            // FilePass
            0x2f if u16_at(data, 0).unwrap_or(0) != 0 => return Err(ImportError::Encrypted),
            // BoundSheet8
            0x85 => sheets.push(u32_at(data, 0).ok_or(ImportError::Damaged)? as usize),
            // EOF
            0x0a => break,
            _ => {}
        }
    }
    if sheets.len() > SHEETS_MAX {
        return Err(ImportError::TooMuch);
    }
    for from in sheets {
        check_sheet(stream.get(from..).ok_or(ImportError::Damaged)?, &mut cost)?;
    }
    Ok(())
}

/// The table of shared texts, with the records that continue it.
#[derive(Default)]
struct Texts {
    is_open: bool,
    bytes: usize,
}

impl Texts {
    fn see(&mut self, kind: u16, data: &[u8]) -> Result<(), ImportError> {
        match kind {
            0xfc => {
                self.is_open = true;
                let n = u32_at(data, 4).ok_or(ImportError::Damaged)? as usize;
                if n > TEXTS_MAX {
                    return Err(ImportError::TooMuch);
                }
                self.bytes = data.len();
            }
            0x3c if self.is_open => self.bytes += data.len(),
            _ => self.is_open = false,
        }
        // The count in the table may lie; the library reads to its end.
        if self.bytes > TEXT_BYTES_MAX { Err(ImportError::TooMuch) } else { Ok(()) }
    }
}

fn check_sheet(sheet: &[u8], cost: &mut Cost) -> Result<(), ImportError> {
    let (mut first, mut last) = ((u64::MAX, u64::MAX), (0, 0));
    for (kind, data) in records(sheet) {
        cost.records += 1;
        if cost.records > RECORDS_MAX {
            return Err(ImportError::TooMuch);
        }
        let word = |at: usize| u16_at(data, at).map(u64::from).ok_or(ImportError::Damaged);
        match kind {
            0x0a => break,
            // Dimensions: the library makes room for what it says.
            0x200 => {
                let (rows, columns) = dimensions(data).ok_or(ImportError::Damaged)?;
                if rows.saturating_mul(columns) > GRID_MAX {
                    return Err(ImportError::TooMuch);
                }
            }
            // MergeCells: the library trusts its count.
            0xe5 => cost.merged += word(0)?,
            0x06 | 0x203 | 0x204 | 0x205 | 0xd6 | 0x27e | 0xfd | 0xbd => {
                let (row, column) = (word(0)?, word(2)?);
                let end = if kind == 0xbd {
                    u16_at(data, data.len().saturating_sub(2)).map_or(column, u64::from)
                } else {
                    column
                };
                first = (first.0.min(row), first.1.min(column));
                last = (last.0.max(row), last.1.max(end.max(column)));
                if kind == 0x06 {
                    cost.formula_bytes += data.len();
                }
            }
            _ => {}
        }
    }
    if first.0 != u64::MAX {
        cost.grid += (last.0 - first.0 + 1) * (last.1 - first.1 + 1);
    }
    if cost.grid > GRID_MAX || cost.formula_bytes > FORMULA_BYTES_MAX || cost.merged > MERGED_MAX {
        Err(ImportError::TooMuch)
    } else {
        Ok(())
    }
}

fn dimensions(data: &[u8]) -> Option<(u64, u64)> {
    let (rows, at) = if data.len() >= 14 {
        ((u32_at(data, 0)?, u32_at(data, 4)?), 8)
    } else {
        ((u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?)), 4)
    };
    let columns = (u16_at(data, at)?, u16_at(data, at + 2)?);
    Some((u64::from(rows.1.saturating_sub(rows.0)), u64::from(columns.1.saturating_sub(columns.0))))
}

/// Kind and bytes of each record.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at + 2)?);
        let data = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, data))
    })
}
