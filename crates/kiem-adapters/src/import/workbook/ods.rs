//! OpenDocument, row by row. A reader of our own: the library unfolds "this cell a million times" before anybody can stop
//! it. Elements and attributes: OpenDocument 1.3, part 3, chapter 9.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::super::reader::{Note, Visit, Whole};
use super::super::source::{Opened, Source};
use super::super::{COLUMNS_MAX, ImportError, ROWS_MAX};
use super::merged::{Area, Merged};
use super::{Row, Top, guard, list_among, number};

pub(super) fn records(source: &Source, whole: &mut Whole, visit: &mut Visit<'_>) -> Result<(), ImportError> {
    guard::check(source)?;
    let mut archive = guard::open(source)?;
    let mut tops = tops(&mut archive)?.into_iter();
    let chosen = list_among(tops.len(), |_| Ok(tops.next().unwrap_or_default()))?;
    let (chosen, has_others) = chosen.ok_or(ImportError::Empty)?;
    if has_others {
        whole.note(Note::OtherSheets);
    }
    let mut content = Content::of(&mut archive)?;
    let mut n = 0;
    while let Some(is_hidden) = content.next_table()? {
        if is_hidden {
            whole.note(Note::HiddenSheets);
            pass(&mut content.reader, "table:table")?;
            continue;
        }
        match n.cmp(&chosen) {
            Ordering::Less => pass(&mut content.reader, "table:table")?,
            Ordering::Equal => {
                if table(&mut content.reader, whole, visit)? {
                    return Ok(());
                }
            }
            // Behind the list: whether there is anything.
            Ordering::Greater => {
                if table(&mut content.reader, &mut Whole::default(), &mut |_| ControlFlow::Break(()))? {
                    whole.note(Note::OtherSheets);
                    return Ok(());
                }
            }
        }
        n += 1;
    }
    Ok(())
}

/// The tops of the visible tables, up to the one with the list.
fn tops(archive: &mut ZipArchive<Opened>) -> Result<Vec<Top>, ImportError> {
    let mut content = Content::of(archive)?;
    let mut tops = Vec::new();
    while let Some(is_hidden) = content.next_table()? {
        if is_hidden {
            pass(&mut content.reader, "table:table")?;
            continue;
        }
        let mut top = Top::default();
        let is_enough = table(&mut content.reader, &mut Whole::default(), &mut |record| top.add(record))?;
        let is_list = top.is_list();
        tops.push(top);
        if is_list {
            break;
        }
        if is_enough {
            pass(&mut content.reader, "table:table")?;
        }
    }
    Ok(tops)
}

/// The document, read up to some place.
struct Content<'a> {
    reader: Reader<BufReader<ZipFile<'a, Opened>>>,
    /// Whether tables of a style are hidden.
    is_hidden: HashMap<String, bool>,
    style: Option<String>,
}

impl<'a> Content<'a> {
    fn of(archive: &'a mut ZipArchive<Opened>) -> Result<Content<'a>, ImportError> {
        let part = archive.by_name("content.xml").map_err(|_| ImportError::Damaged)?;
        let mut reader = Reader::from_reader(BufReader::new(part));
        reader.config_mut().expand_empty_elements = true;
        Ok(Content { reader, is_hidden: HashMap::new(), style: None })
    }

    /// Goes on to the next table and says whether it is hidden.
    fn next_table(&mut self) -> Result<Option<bool>, ImportError> {
        let mut buffer = Vec::new();
        loop {
            match next(&mut self.reader, &mut buffer)? {
                Event::Start(e) if e.name().as_ref() == "style:style" => {
                    self.style = attribute(&e, "style:name");
                }
                Event::Start(e) if e.name().as_ref() == "style:table-properties" => {
                    if let Some(style) = self.style.take() {
                        let hidden = attribute(&e, "table:display").is_some_and(|v| v == "false");
                        self.is_hidden.insert(style, hidden);
                    }
                }
                Event::Start(e) if e.name().as_ref() == "table:table" => {
                    let style = attribute(&e, "table:style-name");
                    return Ok(Some(style.is_some_and(|s| self.is_hidden.get(&s) == Some(&true))));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }
}

fn next<'b>(reader: &mut Reader<impl BufRead>, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, ImportError> {
    buffer.clear();
    match reader.read_event_into(buffer) {
        Ok(Event::DocType(_)) => Err(ImportError::DocType),
        other => other.map_err(|_| ImportError::Damaged),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    let text = quick_xml::escape::unescape(&found.value).ok()?;
    Some(text.chars().take(super::super::CELL_CHARS_MAX + 1).collect())
}

/// How often a row or cell is repeated; once without the attribute.
fn repeated(element: &BytesStart<'_>, name: &str) -> usize {
    attribute(element, name).and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// The range of merged cells that a cell begins; that of itself alone in most cases.
fn area_of(cell: &BytesStart<'_>, row: u64, column: usize) -> Area {
    let further = |name: &str| repeated(cell, name).saturating_sub(1);
    Area {
        rows: (row, row.saturating_add(further("table:number-rows-spanned") as u64)),
        columns: (column, column.saturating_add(further("table:number-columns-spanned"))),
    }
}

/// Passes over everything up to the end of an element, others of its name in it included.
fn pass(reader: &mut Reader<impl BufRead>, name: &str) -> Result<(), ImportError> {
    let (mut buffer, mut depth) = (Vec::new(), 1);
    while depth > 0 {
        match next(reader, &mut buffer)? {
            Event::Start(e) if e.name().as_ref() == name => depth += 1,
            Event::End(e) if e.name().as_ref() == name => depth -= 1,
            Event::Eof => return Err(ImportError::Damaged),
            _ => {}
        }
    }
    Ok(())
}

/// The rows of one table: whether the visitor had enough before its end.
fn table(
    reader: &mut Reader<impl BufRead>,
    whole: &mut Whole,
    visit: &mut Visit<'_>,
) -> Result<bool, ImportError> {
    let (mut row, mut merged, mut buffer) = (Row::default(), Merged::default(), Vec::new());
    let mut row_number = 0_u64;
    loop {
        match next(reader, &mut buffer)? {
            Event::Start(e) if e.name().as_ref() == "table:table-row" => {
                let times = repeated(&e, "table:number-rows-repeated");
                row.begin(row_number + 1);
                cells(reader, &mut row, &mut merged, whole)?;
                if !row.is_blank() {
                    let whole_row = std::mem::take(&mut row.record);
                    // The same row over and over is a list like any other, within its limit.
                    for again in 0..times.min(ROWS_MAX + 1) as u64 {
                        row.record = whole_row.clone();
                        row.record.row_number = row_number + 1 + again;
                        row.record.line_number = row.record.row_number;
                        row.count(whole_row.cells.len() as u64)?;
                        if row.give(&mut merged, visit)?.is_break() {
                            return Ok(true);
                        }
                    }
                }
                row_number = row_number.saturating_add(times as u64);
            }
            Event::End(e) if e.name().as_ref() == "table:table" => return Ok(false),
            Event::Eof => return Err(ImportError::Damaged),
            _ => {}
        }
    }
}

/// The cells of one row.
fn cells(
    reader: &mut Reader<impl BufRead>,
    row: &mut Row,
    merged: &mut Merged,
    whole: &mut Whole,
) -> Result<(), ImportError> {
    let (mut column, mut buffer) = (0_usize, Vec::new());
    loop {
        match next(reader, &mut buffer)? {
            Event::Start(e)
                if matches!(e.name().as_ref(), "table:table-cell" | "table:covered-table-cell") =>
            {
                let times = repeated(&e, "table:number-columns-repeated");
                merged.add(area_of(&e, row.record.row_number, column));
                let (value, end) = (value_of(&e), e.name().as_ref().to_owned());
                let written = text(reader, &end)?;
                let value = value.unwrap_or(written);
                if !value.is_empty() {
                    for at in column..column.saturating_add(times.min(COLUMNS_MAX)) {
                        if !row.put(at, &value)? {
                            whole.note(Note::FarCells);
                            break;
                        }
                    }
                }
                column = column.saturating_add(times);
            }
            Event::End(e) if e.name().as_ref() == "table:table-row" => return Ok(()),
            Event::Eof => return Err(ImportError::Damaged),
            _ => {}
        }
    }
}

/// The value of a cell when it is no text: what is shown may be rounded or written in a local way.
fn value_of(cell: &BytesStart<'_>) -> Option<String> {
    match attribute(cell, "office:value-type")?.as_str() {
        "float" | "percentage" | "currency" => attribute(cell, "office:value")?.parse().ok().map(number),
        "date" => {
            attribute(cell, "office:date-value").map(|d| d.strip_suffix("T00:00:00").unwrap_or(&d).to_owned())
        }
        "boolean" => attribute(cell, "office:boolean-value"),
        "string" => attribute(cell, "office:string-value"),
        _ => None,
    }
}

/// The text of a cell; remarks on it do not belong to it.
fn text(reader: &mut Reader<impl BufRead>, end: &str) -> Result<String, ImportError> {
    // A little more than a cell may have, so that it shows that something was cut.
    const BYTES_MAX: usize = 8 * super::super::CELL_CHARS_MAX;
    let (mut text, mut buffer, mut depth) = (String::new(), Vec::new(), 0_u32);
    loop {
        let event = next(reader, &mut buffer)?;
        match event {
            Event::Start(e) => match e.name().as_ref() {
                "office:annotation" => pass(reader, "office:annotation")?,
                "table:table" => pass(reader, "table:table")?,
                "text:p" if !text.is_empty() => text.push('\n'),
                "text:s" | "text:tab" | "text:line-break" => text.push(' '),
                name if name == end => depth += 1,
                _ => {}
            },
            Event::Text(t) if text.len() < BYTES_MAX => text.push_str(&t.xml10_content()),
            Event::CData(t) if text.len() < BYTES_MAX => text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if text.len() < BYTES_MAX => match r.resolve_char_ref() {
                Ok(Some(letter)) => text.push(letter),
                // Only the five that XML itself knows: there is no document type, so there are no others.
                _ => text.push_str(resolve_xml_entity(&r).unwrap_or_default()),
            },
            Event::End(e) if e.name().as_ref() == end => {
                if depth == 0 {
                    return Ok(text);
                }
                depth -= 1;
            }
            Event::Eof => return Err(ImportError::Damaged),
            _ => {}
        }
    }
}
