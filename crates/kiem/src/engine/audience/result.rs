//! The result of an upload as a file: the rows as they stood, with what became of each, why, and where the record is.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use kiem_adapters::import::{CSV_BEGINS, Dialect, Record, Source, csv_line, read_rows};
use kiem_domain::id::ImportId;
use kiem_store::Tx;
use kiem_store::import::{self, ImportState};
use kiem_store::import_trace;

use super::import::refused;
use super::import_order::DialectV1;
use super::trace::{self, RowKind, RowTrace};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, say};

impl Engine {
    /// The rows as they stood, each with outcome, reason and the address of the record.
    ///
    /// # Errors
    /// When the upload is not there, was not begun, or its file was let go of.
    pub async fn import_result_csv(&self, caller: &Caller, id: ImportId, lang: Lang) -> Result<Vec<u8>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let bytes = import::file(&mut tx, id).await?.filter(|bytes| !bytes.is_empty());
        let (true, Some(bytes)) =
            (![ImportState::Previewed, ImportState::Undone].contains(&run.state), bytes)
        else {
            return Err(EngineError::refused("import_no_result"));
        };
        let told = self.told(&mut tx, id, lang).await?;
        drop(tx);
        let dialect = DialectV1::read(&run.dialect)?;
        let write = move || {
            let mut out = Vec::new();
            told.write(&Source::bytes(bytes), &dialect, &mut out)?;
            Ok(out)
        };
        tokio::task::spawn_blocking(write).await.map_err(|e| EngineError::Outside(e.to_string()))?
    }

    /// The same of a list on disk that was brought in from there, into a new file beside it.
    ///
    /// # Errors
    /// When the upload is not there, or either file cannot be used (`import_disk`).
    pub async fn import_result_file(
        &self,
        caller: &Caller,
        id: ImportId,
        (list, to): (PathBuf, PathBuf),
        lang: Lang,
    ) -> Result<()> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let told = self.told(&mut tx, id, lang).await?;
        drop(tx);
        let dialect = DialectV1::read(&run.dialect)?;
        let write = move || {
            let file = std::fs::File::create_new(&to).map_err(|e| on_disk(&e))?;
            let mut out = BufWriter::new(file);
            told.write(&Source::Path(list), &dialect, &mut out)?;
            out.flush().map_err(|e| on_disk(&e))
        };
        tokio::task::spawn_blocking(write).await.map_err(|e| EngineError::Outside(e.to_string()))?
    }

    async fn told(&self, tx: &mut Tx, id: ImportId, lang: Lang) -> Result<Told> {
        let (mut rows, mut after): (Vec<RowTrace>, i64) = (Vec::new(), -1);
        loop {
            let blocks = import_trace::outcomes(tx, id, after, 100).await?;
            let Some(last) = blocks.last() else { break };
            after = last.first_row;
            rows.extend(blocks.iter().flat_map(|block| trace::unpack(&block.outcomes)));
        }
        let reasons = reasons(tx, id, lang).await?;
        Ok(Told { rows, reasons, lang, link: self.config().public_url.clone() })
    }
}

/// What became of the rows of a list.
struct Told {
    rows: Vec<RowTrace>,
    reasons: HashMap<u64, String>,
    lang: Lang,
    link: String,
}

impl Told {
    /// Writes the rows of the list, each with what became of it. A list of a million rows is not held.
    fn write(self, list: &Source, dialect: &Dialect, out: &mut impl Write) -> Result<()> {
        let Told { rows, reasons, lang, link } = self;
        let mut traces = rows.into_iter();
        let mut problem = None;
        let mut is_begun = false;
        let read = read_rows(list, dialect, |header, record| {
            let Some(trace) = traces.next() else { return ControlFlow::Break(()) };
            let begun = if is_begun { Ok(()) } else { begin(header, lang, out) };
            is_begun = true;
            let line = csv_line(&line(record, &trace, &reasons, lang, &link), BETWEEN);
            match begun.and_then(|()| out.write_all(line.as_bytes())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    problem = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        let whole = read.map_err(refused)?;
        match problem {
            Some(error) => Err(on_disk(&error)),
            // A list without rows has a heading all the same.
            None if !is_begun => begin(&whole.header, lang, out).map_err(|e| on_disk(&e)),
            None => Ok(()),
        }
    }
}

/// Between the cells, as European spreadsheets have it.
const BETWEEN: &str = ";";

fn begin(header: &[String], lang: Lang, out: &mut impl Write) -> std::io::Result<()> {
    let mut heading = header.to_vec();
    heading.extend(["outcome", "reason", "record"].map(|k| say(lang, &format!("import.heading.{k}"), &[])));
    out.write_all(CSV_BEGINS)?;
    out.write_all(csv_line(&heading, BETWEEN).as_bytes())
}

fn on_disk(error: &std::io::Error) -> EngineError {
    EngineError::Refused { code: "import_disk", params: vec![("problem", error.kind().to_string())] }
}

/// Why rows were left out, or values in them, per row number.
async fn reasons(tx: &mut Tx, id: ImportId, lang: Lang) -> Result<HashMap<u64, String>> {
    let (mut reasons, mut after): (HashMap<u64, String>, i64) = (HashMap::new(), 0);
    loop {
        let page = import::errors(tx, id, after, 1_000).await?;
        let Some(last) = page.last() else { return Ok(reasons) };
        after = last.row_number;
        for error in page {
            let mut sentence = say(lang, &format!("import.error.{}", error.code), &[]);
            if !error.column_name.is_empty() {
                sentence = format!("{}: {sentence}", error.column_name);
            }
            let all = reasons.entry(u64::try_from(error.row_number).unwrap_or(0)).or_default();
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(&sentence);
        }
    }
}

fn line(
    record: Record,
    trace: &RowTrace,
    reasons: &HashMap<u64, String>,
    lang: Lang,
    link: &str,
) -> Vec<String> {
    let matched = trace.matched_by.filter(|_| trace.kind != RowKind::Created);
    let mut said: Vec<String> =
        matched.map(|by| say(lang, &format!("import.matched_by.{by}"), &[])).into_iter().collect();
    if trace.is_suppressed {
        said.push(say(lang, "import.reason.suppressed", &[]));
    }
    said.extend(reasons.get(&record.row_number).cloned());
    let mut line = record.cells;
    line.push(say(lang, &format!("import.outcome.{}", trace.kind), &[]));
    line.push(said.join(" "));
    line.push(trace.company.map(|id| format!("{link}/companies/{id}")).unwrap_or_default());
    line
}
