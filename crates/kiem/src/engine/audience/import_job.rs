//! Bringing an upload in, in the background: a chunk of rows per transaction, going on after the last committed chunk
//! when the program was stopped.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use kiem_adapters::import::values::DateOrder;
use kiem_adapters::import::{Dialect, ImportError, Preset, Record, Source, Whole, read_rows};
use kiem_domain::audience::IdealProfile;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ImportId, WorkspaceId};
use kiem_domain::vat::mask_citizens;
use kiem_store::Tx;
use kiem_store::event::Actor;
use kiem_store::import::{self, ImportRowError, ImportState, Progress};
use kiem_store::import_trace::{self, OutcomeBlock};
use kiem_store::job::Job;
use tokio::sync::mpsc;

use super::bring_in::{GroundToRecord, LookedUp, Placed, RowOutcome};
use super::conflicts::{ConflictPolicy, RowDecision};
use super::desk::Before;
use super::facts::{Columns, RowFacts, RowProblem, RowReading, RowWarning};
use super::import::{JUDGED_ROWS, order_of_days, refused};
use super::import_file::arrival;
use super::import_order::{DialectV1, json, work_of};
use super::read_row::read_row;
use super::trace::{self, RowKind, RowLook, RowTrace, Seen};
use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// Rows that are read and decided about together: they are in memory several times.
const ROWS_PER_CHUNK: usize = 500;
/// Rows per transaction of a job.
const ROWS_PER_COMMIT: i64 = 5_000;
/// Rows that one job run brings in before other work gets its turn; well within the lease of a job.
const ROWS_PER_RUN: i64 = 50_000;

/// Everything about an upload that does not change while it runs.
pub(super) struct Work {
    pub(super) id: ImportId,
    pub(super) file_name: String,
    pub(super) columns: Columns,
    pub(super) ground: GroundToRecord,
    pub(super) policy: ConflictPolicy,
    /// What was decided about single rows, by their number in the spreadsheet.
    pub(super) rows: HashMap<u64, RowDecision>,
    pub(super) profile: IdealProfile,
}

/// A chunk that was decided about and is not written yet.
pub(super) struct Decided {
    chunk: Chunk,
    pub(super) placed: Placed,
    looks: Vec<RowLook>,
}

/// A chunk of rows, read.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) n_rows: usize,
    pub(super) n_blank: usize,
    pub(super) facts: Vec<RowFacts>,
    /// The row as it stood, per facts.
    pub(super) sources: Vec<Record>,
    /// Per row whether it was read, was blank, or could not be read.
    read: Vec<RowRead>,
    /// Addresses of who objects in rows that bring nobody in.
    objected: Vec<EmailAddress>,
    /// Numbers of who wants no calls, in rows that bring nobody in.
    no_calls: Vec<String>,
    errors: Vec<ImportRowError>,
    /// What could not be used, with its line, and whether the row was left out for it.
    pub(super) problems: Vec<(u64, RowProblem, bool)>,
    /// What was put right, with its line.
    pub(super) warnings: Vec<(u64, RowWarning)>,
    pub(super) is_last: bool,
    /// What the file as a whole has shown, with its last chunk.
    pub(super) whole: Option<Whole>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowRead {
    Facts,
    Blank,
    Refused,
}

/// What became of a chunk.
pub(super) struct ChunkDone {
    pub(super) progress: Progress,
    pub(super) chunk: Chunk,
    pub(super) outcomes: Vec<RowOutcome>,
    pub(super) looks: Vec<RowLook>,
}

impl Engine {
    /// Brings in the next rows of an upload and asks for the rest.
    pub(in crate::engine) async fn run_import(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let id: ImportId =
            job.dedup_key.parse().map_err(|_| EngineError::Outside("the job names no upload".to_owned()))?;
        match self.import_some(workspace, id).await {
            // Somebody made the same company at the same moment: the chunk is done again.
            Err(EngineError::Conflict) if job.attempt < job.attempts_max => {
                Err(EngineError::Outside("the audience changed meanwhile".to_owned()))
            }
            Err(error) if !error.is_transient() || job.attempt >= job.attempts_max => {
                tracing::error!(import = %id, error = %error, "an upload cannot go on");
                let mut tx = self.store().begin(workspace).await?;
                import::end(&mut tx, id, ImportState::Failed, Some("internal"), self.now()).await?;
                tx.commit().await?;
                Ok(())
            }
            other => other,
        }
    }

    async fn import_some(&self, workspace: WorkspaceId, id: ImportId) -> Result<()> {
        let mut tx = self.store().read(workspace).await?;
        let Some(run) = import::get(&mut tx, id).await? else { return Ok(()) };
        let (ImportState::Running, Some(bytes)) = (run.state, import::file(&mut tx, id).await?) else {
            return Ok(());
        };
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        drop(tx);
        let dialect = DialectV1::read(&run.dialect)?;
        let mut progress = run.progress;
        let mut work = work_of(&run, profile)?;
        let source = Source::bytes(bytes);
        if work.columns.date_order.is_none() {
            work.columns.date_order = Some(days_of(&source, &dialect, &work.columns).await?);
        }
        let mut seen = self.seen_so_far(workspace, id).await?;
        let work = Arc::new(work);
        let mut chunks = read_ahead(work.clone(), source, dialect, run.progress.n_done);
        let mut open = None;
        while progress.n_done - run.progress.n_done < ROWS_PER_RUN || open.is_some() {
            let chunk =
                chunks.recv().await.ok_or_else(|| EngineError::Outside("reading broke off".to_owned()))??;
            let (mut tx, begun_at) = match open.take() {
                Some(opened) => opened,
                None => (self.store().begin(workspace).await?, progress.n_done),
            };
            let arrival = arrival(&work, &chunk);
            let asked = self.look_rows_up(&mut tx, &arrival, Before::default()).await?;
            let is_last = chunk.is_last;
            let decided = self.decide_about(&work, chunk, asked, &mut seen);
            let Some(done) = self.import_chunk(&mut tx, &work, progress, decided).await? else {
                return Ok(());
            };
            progress = done.progress;
            if progress.n_done - begun_at < ROWS_PER_COMMIT && !is_last {
                open = Some((tx, begun_at));
                continue;
            }
            tx.commit().await?;
            self.committed(workspace);
            if is_last {
                return Ok(());
            }
        }
        let mut tx = self.store().begin(workspace).await?;
        self.enqueue(&mut tx, JobKind::Import, &id.to_string(), "{}", self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// What the rows that are in spoke of.
    pub(super) async fn seen_so_far(&self, workspace: WorkspaceId, id: ImportId) -> Result<Seen> {
        let mut tx = self.store().read(workspace).await?;
        let (mut seen, mut after) = (Seen::default(), -1);
        loop {
            let blocks = import_trace::outcomes(&mut tx, id, after, 100).await?;
            let Some(last) = blocks.last() else { return Ok(seen) };
            after = last.first_row;
            for block in &blocks {
                seen.remember(&trace::unpack(&block.outcomes));
            }
        }
    }

    /// Writes one chunk that was decided about. None when the upload was stopped or waits, or another worker has it; then
    /// nothing may be committed.
    pub(super) async fn import_chunk(
        &self,
        tx: &mut Tx,
        work: &Work,
        before: Progress,
        decided: Decided,
    ) -> Result<Option<ChunkDone>> {
        let Decided { chunk, placed, looks } = decided;
        let outcomes = self.write_placed(tx, &arrival(work, &chunk), placed).await?;
        self.heed_strangers(tx, &arrival(work, &chunk), &chunk.objected, &chunk.no_calls).await?;
        let mut errors = chunk.errors.clone();
        for (outcome, record) in outcomes.iter().zip(&chunk.sources) {
            if let Some(code) = outcome.refusal() {
                let problem = RowProblem { code, column: None, value: String::new() };
                errors.push(row_error(record, &problem, &[]));
            }
        }
        let mut after = advanced(before, &chunk, &looks);
        after.n_errors += i64::try_from(import::insert_errors(tx, work.id, &errors).await?).unwrap_or(0);
        let outcomes_packed = trace::pack(&chunk.traces(&looks));
        let block = OutcomeBlock { first_row: before.n_done, outcomes: outcomes_packed };
        import_trace::insert_outcomes(tx, work.id, &block).await?;
        if !import::advance(tx, work.id, before.n_done, &after).await? {
            return Ok(None);
        }
        if chunk.is_last {
            self.import_done(tx, work, &after).await?;
        }
        Ok(Some(ChunkDone { progress: after, chunk, outcomes, looks }))
    }

    /// Decides about a chunk: pure computing. `seen` is what the rows before it spoke of.
    pub(super) fn decide_about(
        &self,
        work: &Work,
        chunk: Chunk,
        asked: LookedUp,
        seen: &mut Seen,
    ) -> Decided {
        let placed = self.place_arrival(&arrival(work, &chunk), asked);
        let looks = chunk.look(placed.outcomes(), seen);
        Decided { chunk, placed, looks }
    }

    async fn import_done(&self, tx: &mut Tx, work: &Work, after: &Progress) -> Result<()> {
        import::end(tx, work.id, ImportState::Finished, None, self.now()).await?;
        self.ask_matching(tx).await?;
        self.ask_market_count(tx).await?;
        let actor = Actor::User(work.ground.recorded_by.0);
        let mut done = self.event(actor, "import.finished", "import", Some(work.id.0));
        done.data = serde_json::json!({
            "file": work.file_name, "rows": after.n_done, "people": after.n_contacts_created, "errors": after.n_errors,
        })
        .to_string();
        self.announce(tx, &done).await?;
        Ok(())
    }
}

/// The counts after a chunk.
fn advanced(before: Progress, chunk: &Chunk, looks: &[RowLook]) -> Progress {
    let mut after = before;
    for look in looks {
        let trace = &look.trace;
        after.n_companies_created += i64::from(trace.company_is_new);
        after.n_companies_matched += i64::from(!trace.company_is_new && look.company_is_first);
        after.n_contacts_created += i64::from(trace.contact_is_new);
        after.n_contacts_matched += i64::from(!trace.contact_is_new && look.contact_is_first);
        after.n_suppressed += i64::from(trace.is_suppressed);
        after.n_repeated += i64::from(trace.kind == RowKind::Repeated);
        after.n_ambiguous += i64::from(trace.kind == RowKind::Ambiguous);
    }
    after.n_done += count(chunk.n_rows);
    after
}

/// Reads the rows that are not in yet on a thread of its own, which is a chunk or two ahead of the database.
pub(super) fn read_ahead(
    work: Arc<Work>,
    source: Source,
    dialect: Dialect,
    n_done: i64,
) -> mpsc::Receiver<Result<Chunk>> {
    let (chunks, received) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let (mut to_pass, mut chunk) = (n_done, Chunk::default());
        let read = read_rows(&source, &dialect, |header, record| {
            if to_pass > 0 {
                to_pass -= 1;
                return ControlFlow::Continue(());
            }
            if chunk.n_rows == ROWS_PER_CHUNK && chunks.blocking_send(Ok(std::mem::take(&mut chunk))).is_err()
            {
                // Who does not wait any more has gone on, or was stopped.
                return ControlFlow::Break(());
            }
            chunk.add(&work, header, record);
            ControlFlow::Continue(())
        });
        let last = read.map(|whole| {
            chunk.is_last = true;
            chunk.whole = Some(whole);
            chunk
        });
        // Nobody waits: as above.
        drop(chunks.blocking_send(last.map_err(refused)));
    });
    received
}

/// The order of day and month, by the first rows: the same whenever the upload goes on.
pub(super) async fn days_of(source: &Source, dialect: &Dialect, columns: &Columns) -> Result<DateOrder> {
    let (source, dialect, fields) = (source.clone(), dialect.clone(), columns.fields.clone());
    let read = move || -> std::result::Result<DateOrder, ImportError> {
        let mut sample = Vec::new();
        let whole = read_rows(&source, &dialect, |_, record| {
            sample.push(record);
            if sample.len() < JUDGED_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let written = Preset::detect(&whole.header).and_then(Preset::date_order);
        let fields = fields.into_iter().map(|(field, column)| (column, field));
        Ok(written.unwrap_or_else(|| order_of_days(&sample, fields)))
    };
    tokio::task::spawn_blocking(read).await.map_err(|e| EngineError::Outside(e.to_string()))?.map_err(refused)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Chunk {
    fn add(&mut self, work: &Work, header: &[String], record: Record) {
        self.n_rows += 1;
        let RowReading { facts, mut problems, warnings, objection, no_calls } =
            read_row(&work.columns, &record);
        self.objected.extend(objection);
        self.no_calls.extend(no_calls);
        // Blank rows at the end of a spreadsheet are no mistake of anybody.
        if problems.iter().any(|p| p.code == "empty") {
            self.n_blank += 1;
            self.read.push(RowRead::Blank);
            problems.retain(|p| p.code != "empty");
        }
        self.errors.extend(problems.iter().map(|problem| row_error(&record, problem, header)));
        let line = record.line_number;
        self.problems.extend(problems.into_iter().map(|problem| (line, problem, facts.is_none())));
        self.warnings.extend(warnings.into_iter().map(|warning| (line, warning)));
        if let Some(mut facts) = facts {
            facts.decision = work.rows.get(&record.row_number).copied();
            self.facts.push(facts);
            self.sources.push(record);
            self.read.push(RowRead::Facts);
        } else if self.read.len() < self.n_rows {
            self.read.push(RowRead::Refused);
        }
    }

    /// What the rows that were read mean beside those before them.
    pub(super) fn look(&self, outcomes: &[RowOutcome], seen: &mut Seen) -> Vec<RowLook> {
        outcomes.iter().map(|outcome| seen.look(outcome)).collect()
    }

    /// The outcome of every row, in the order of the file.
    fn traces(&self, looks: &[RowLook]) -> Vec<RowTrace> {
        let mut looks = looks.iter();
        let outcome = |read: &RowRead| match read {
            RowRead::Facts => looks.next().map(|look| look.trace),
            RowRead::Blank => Some(RowTrace::without_record(RowKind::Blank)),
            RowRead::Refused => Some(RowTrace::without_record(RowKind::Rejected)),
        };
        self.read.iter().filter_map(outcome).collect()
    }
}

fn row_error(record: &Record, problem: &RowProblem, header: &[String]) -> ImportRowError {
    ImportRowError {
        row_number: i64::try_from(record.row_number).unwrap_or(i64::MAX),
        code: problem.code.to_owned(),
        column_name: problem.column.and_then(|c| header.get(c)).cloned().unwrap_or_default(),
        value: problem.value.clone(),
        row_text: json(&record.cells.iter().map(|cell| mask_citizens(cell)).collect::<Vec<_>>())
            .unwrap_or_default(),
    }
}
