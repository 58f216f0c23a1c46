//! The result of an upload as a file: the rows as they stood, with what became of each, why, and where the record is.

use std::collections::HashMap;
use std::ops::ControlFlow;

use kiem_adapters::import::{Record, Source, read_rows, write_csv};
use kiem_domain::id::ImportId;
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
        let (mut rows, mut after): (Vec<RowTrace>, i64) = (Vec::new(), -1);
        loop {
            let blocks = import_trace::outcomes(&mut tx, id, after, 100).await?;
            let Some(last) = blocks.last() else { break };
            after = last.first_row;
            rows.extend(blocks.iter().flat_map(|block| trace::unpack(&block.outcomes)));
        }
        let reasons = reasons(&mut tx, id, lang).await?;
        drop(tx);
        let dialect = DialectV1::read(&run.dialect)?;
        let link = self.config().public_url.clone();
        let write = move || {
            let mut out: Vec<Vec<String>> = Vec::new();
            let mut traces = rows.into_iter();
            let whole = read_rows(&Source::bytes(bytes), &dialect, |_, record| {
                let Some(trace) = traces.next() else { return ControlFlow::Break(()) };
                out.push(line(record, &trace, &reasons, lang, &link));
                ControlFlow::Continue(())
            })
            .map_err(refused)?;
            let mut heading = whole.header;
            heading.extend(
                ["outcome", "reason", "record"].map(|k| say(lang, &format!("import.heading.{k}"), &[])),
            );
            out.insert(0, heading);
            Ok(write_csv(out))
        };
        tokio::task::spawn_blocking(write).await.map_err(|e| EngineError::Outside(e.to_string()))?
    }
}

/// Why rows were left out, or values in them, per row number.
async fn reasons(tx: &mut kiem_store::Tx, id: ImportId, lang: Lang) -> Result<HashMap<u64, String>> {
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
