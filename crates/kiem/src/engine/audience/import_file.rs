//! Bringing in a file from disk, in pieces, without keeping it: what the page does in steps, in one go. A trial says what
//! would happen, against the database as it is, and writes nothing.

use std::collections::HashMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::SignedDuration;
use kiem_adapters::import::values::DateOrder;
use kiem_adapters::import::{
    Dialect, Encoding, Field, Preset, Proposal, Record, Source, detect, detect_in, propose_as, read_rows,
};
use kiem_domain::id::{ImportId, WorkspaceId};
use kiem_store::Tx;
use kiem_store::event::Actor;
use kiem_store::import::{self, ImportRun, ImportState, Progress};
use kiem_store::{bulk, company};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::bring_in::{Arrival, LookedUp};
use super::conflicts::ConflictPolicy;
use super::desk::Before;
use super::facts::Columns;
use super::gate::NewGround;
use super::import::{JUDGED_ROWS, order_of_days, refused};
use super::import_job::{Chunk, Decided, Work, read_ahead};
use super::import_order::{DialectV1, MappingV1, checked_order, json, stored_ground};
use super::import_report::{FileColumn, FileReport, Tally};
use super::known_keys::KnownKeys;
use super::memory::Memory;
use super::profile::user_of;
use super::trace::Seen;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Bytes that a file on disk may have.
pub const DISK_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// How often rows are tried when others change the audience meanwhile.
const TRIES: usize = 5;
/// After so many rows, and whenever they have become four times as many, the database looks at its tables anew.
const GROWN_ROWS: i64 = 10_000;
/// Chunks that are committed together: the more, the fewer pages of an index are written twice.
const CHUNKS_PER_COMMIT: usize = 100;
/// Others who want to write wait no longer than this.
const COMMIT_AFTER: SignedDuration = SignedDuration::from_secs(2);
/// From so many rows on a list is large.
const LARGE_ROWS: u64 = 50_000;
/// Bytes of a short row: by it the rows of a file are estimated, rather too many than too few.
const ROW_BYTES: u64 = 150;

/// A file, and what is known about it.
#[derive(Debug, Clone)]
pub struct FileOrder {
    /// Where it is.
    pub path: PathBuf,
    /// The program that wrote it; looked for when it is not said.
    pub preset: Option<Preset>,
    /// What columns mean, against the proposal: by the name of a column or its number from 0; none leaves it out.
    pub map: Vec<(String, Option<Field>)>,
    /// Its encoding; looked for when it is not said.
    pub encoding: Option<Encoding>,
    /// On what ground the people may be approached: declared, never read from the file.
    pub ground: NewGround,
    /// Country of rows that name none.
    pub default_country: Option<String>,
    /// The same when neither the order nor the program that wrote the file says one.
    pub own_country: Option<String>,
    /// What wins where a row and a record differ.
    pub policy: ConflictPolicy,
    /// Whether only to say what would happen.
    pub is_trial: bool,
}

/// A file that was looked at.
struct Looked {
    source: Source,
    dialect: Dialect,
    preset: Option<Preset>,
    columns: Vec<FileColumn>,
    date_order: DateOrder,
    hash: Vec<u8>,
    /// About how many rows it has.
    rows_n: u64,
}

impl Engine {
    /// Brings a file in, or says what would become of it.
    ///
    /// # Errors
    /// When the caller may not, the file cannot be read, or what was declared is not complete.
    pub async fn import_file(&self, caller: &Caller, order: FileOrder) -> Result<FileReport> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        let ground = self.checked_ground(caller, order.ground.clone())?;
        let asked = order.clone();
        let looked = tokio::task::spawn_blocking(move || look(&asked))
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))??;
        let mapping: Vec<(usize, Field)> =
            looked.columns.iter().filter_map(|c| c.proposal.as_ref()).map(|p| (p.column, p.field)).collect();
        // A register speaks of its own country.
        let country = order.default_country.as_deref().or(looked.preset.and_then(Preset::country));
        let country = country.or(order.own_country.as_deref());
        let country = checked_order(&mapping, country, looked.dialect.columns_n)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        drop(tx);
        let name = order.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let work = Work {
            id: self.new_id(),
            file_name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
            columns: Columns {
                fields: mapping.iter().map(|(column, field)| (*field, *column)).collect(),
                default_country: country.clone(),
                date_order: Some(looked.date_order),
                values: Vec::new(),
            },
            ground,
            policy: order.policy,
            rows: HashMap::new(),
            profile,
        };
        let mut tally = Tally::default();
        let id = if order.is_trial {
            self.try_file(caller, Arc::new(work), &looked, &mut tally).await?;
            None
        } else {
            let run = self.file_run(by, &work, &looked, &mapping)?;
            Some(self.bring_file(caller, work, &looked, run, &mut tally).await?)
        };
        Ok(FileReport { id, ..tally.report(looked.dialect, looked.preset, looked.columns, country) })
    }

    fn file_run(
        &self,
        by: kiem_domain::id::UserId,
        work: &Work,
        looked: &Looked,
        mapping: &[(usize, Field)],
    ) -> Result<ImportRun> {
        let stored = MappingV1::plain(mapping, work.columns.default_country.clone(), work.policy);
        Ok(ImportRun {
            id: work.id,
            file_name: work.file_name.clone(),
            file_hash: looked.hash.clone(),
            state: ImportState::Previewed,
            dialect: json(&DialectV1::from(&looked.dialect))?,
            mapping: json(&stored)?,
            ground: json(&stored_ground(&work.ground))?,
            n_rows: 0,
            progress: Progress::default(),
            failure: None,
            created_by: by,
            created_at: self.now(),
            finished_at: None,
            undone_at: None,
            trial: None,
            undo_report: None,
        })
    }

    /// Reads and judges; the database is only asked.
    async fn try_file(
        &self,
        caller: &Caller,
        work: Arc<Work>,
        looked: &Looked,
        tally: &mut Tally,
    ) -> Result<()> {
        let mut chunks = read_ahead(work.clone(), looked.source.clone(), looked.dialect.clone(), 0);
        let (mut memory, mut seen) = (Memory::default(), Seen::default());
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk?;
            let arrival = arrival(&work, &chunk);
            let mut tx = self.store().read(caller.workspace).await?;
            let (outcomes, _) = self.judge(&mut tx, &arrival, &mut memory).await?;
            drop(tx);
            let looks = chunk.look(&outcomes, &mut seen);
            tally.add(&chunk, &outcomes, &looks);
        }
        Ok(())
    }

    async fn bring_file(
        &self,
        caller: &Caller,
        mut work: Work,
        looked: &Looked,
        mut run: ImportRun,
        tally: &mut Tally,
    ) -> Result<ImportId> {
        let mut tx = self.store().begin(caller.workspace).await?;
        if let Some(cut) = import::cut_short(&mut tx, &run).await? {
            // The same order was cut short: it goes on after the rows that are there.
            tally.earlier_n = u64::try_from(cut.progress.n_done).unwrap_or(0);
            work.id = cut.id;
            run = cut;
        } else {
            import::insert(&mut tx, &run, &[]).await?;
            import::start(&mut tx, run.id, &run.dialect, &run.mapping, &run.ground).await?;
            let detail = serde_json::json!({ "file": run.file_name });
            self.audit(&mut tx, caller, "import.started", "import", Some(run.id.0), &detail).await?;
        }
        tx.commit().await?;
        let brought = self.bring_list(caller.workspace, Arc::new(work), looked, run.progress, tally).await;
        if brought.is_err() {
            let mut tx = self.store().begin(caller.workspace).await?;
            import::end(&mut tx, run.id, ImportState::Failed, Some("internal"), self.now()).await?;
            tx.commit().await?;
        }
        self.committed(caller.workspace);
        brought.map(|()| run.id)
    }

    /// A list that is larger than what is there comes in without the indexes that only sort.
    async fn bring_list(
        &self,
        workspace: WorkspaceId,
        work: Arc<Work>,
        looked: &Looked,
        progress: Progress,
        tally: &mut Tally,
    ) -> Result<()> {
        let mut tx = self.store().read(workspace).await?;
        let there = u64::try_from(company::count(&mut tx).await?).unwrap_or(0);
        drop(tx);
        let is_large = looked.rows_n >= LARGE_ROWS && there <= looked.rows_n;
        if is_large {
            bulk::begin(self.store()).await?;
        }
        let id = work.id;
        // The keys are read when others are left out: what they wrote before is among them.
        let brought = match self.known_keys(workspace, looked.rows_n).await {
            Ok(known) => {
                let inflow = Inflow { work, known, progress, tally: tally.clone() };
                self.bring_all(workspace, inflow, looked).await
            }
            Err(error) => Err(error),
        };
        // The keys of a million records are not kept while the indexes are sorted.
        let brought = brought.map(|inflow| (inflow.tally, inflow.progress));
        if is_large {
            bulk::end(self.store()).await?;
        }
        let (done, progress) = brought?;
        *tally = done;
        let mut tx = self.store().begin(workspace).await?;
        import::note_rows(&mut tx, id, progress.n_done).await?;
        Ok(tx.commit().await?)
    }

    /// When somebody makes the same company at the same moment, what was not committed is done again, with the keys that are
    /// there by then.
    async fn bring_all(&self, workspace: WorkspaceId, mut inflow: Inflow, looked: &Looked) -> Result<Inflow> {
        let (mut tries, mut done) = (1, inflow.progress.n_done);
        loop {
            match self.bring_rest(workspace, &mut inflow, looked).await {
                Err(error) if tries < TRIES && is_passing(&error) => {
                    tries = if inflow.progress.n_done > done { 1 } else { tries + 1 };
                    done = inflow.progress.n_done;
                    inflow.known = self.known_keys(workspace, looked.rows_n).await?;
                }
                other => return other.map(|()| inflow),
            }
        }
    }

    /// Brings in what is not committed yet, several chunks per transaction.
    async fn bring_rest(&self, workspace: WorkspaceId, inflow: &mut Inflow, looked: &Looked) -> Result<()> {
        let mut reading = Reading {
            seen: self.seen_so_far(workspace, inflow.work.id).await?,
            chunks: read_ahead(
                inflow.work.clone(),
                looked.source.clone(),
                looked.dialect.clone(),
                inflow.progress.n_done,
            ),
            is_over: false,
        };
        let mut grown_at = inflow.progress.n_done + GROWN_ROWS;
        while !reading.is_over {
            let mut tx = self.store().begin(workspace).await?;
            let (progress, tally) = self.bring_some(&mut tx, inflow, &mut reading).await?;
            tx.commit().await?;
            (inflow.progress, inflow.tally) = (progress, tally);
            if progress.n_done >= grown_at {
                bulk::look_anew(self.store()).await?;
                grown_at = progress.n_done.saturating_mul(4);
            }
        }
        Ok(())
    }

    /// Brings in the rows of one transaction. A chunk is decided about while the one before is written: what the database
    /// does not know of it yet is on its desk. None is decided about in one transaction and written in the next, because
    /// between the two others may write.
    async fn bring_some(
        &self,
        tx: &mut Tx,
        inflow: &mut Inflow,
        reading: &mut Reading,
    ) -> Result<(Progress, Tally)> {
        let (since, mut n_chunks, mut waiting) = (self.now(), 0, None::<Decided>);
        let (mut progress, mut tally) = (inflow.progress, inflow.tally.clone());
        loop {
            let is_full = n_chunks == CHUNKS_PER_COMMIT || self.now().duration_since(since) >= COMMIT_AFTER;
            let next = if is_full { None } else { reading.chunks.recv().await.transpose()? };
            reading.is_over = next.is_none() && !is_full;
            let mut deciding = None;
            if let Some(chunk) = next {
                n_chunks += 1;
                let previous = waiting.as_ref().map(|decided| &decided.placed.desk);
                let before = Before { memory: None, known: inflow.known.as_ref(), previous };
                let asked = self.look_rows_up(tx, &arrival(&inflow.work, &chunk), before).await?;
                deciding = Some(self.decide_apart(inflow, std::mem::take(&mut reading.seen), chunk, asked));
            }
            if let Some(decided) = waiting.take() {
                let done = self.import_chunk(tx, &inflow.work, progress, decided).await?;
                let Some(done) = done else { return Err(EngineError::refused("import_over")) };
                progress = done.progress;
                tally.add(&done.chunk, &done.outcomes, &done.looks);
            }
            let Some(deciding) = deciding else { return Ok((progress, tally)) };
            let (decided, known, seen) = deciding.await.map_err(|e| EngineError::Outside(e.to_string()))?;
            (inflow.known, reading.seen) = (known, seen);
            waiting = Some(decided);
        }
    }

    /// Decides about a chunk on a thread of its own, which has the keys and what was spoken of meanwhile and adds what is new.
    fn decide_apart(
        &self,
        inflow: &mut Inflow,
        mut seen: Seen,
        chunk: Chunk,
        asked: LookedUp,
    ) -> JoinHandle<(Decided, Option<KnownKeys>, Seen)> {
        let (engine, work, mut known) = (self.clone(), inflow.work.clone(), inflow.known.take());
        tokio::task::spawn_blocking(move || {
            let decided = engine.decide_about(&work, chunk, asked, &mut seen);
            if let Some(known) = &mut known {
                known.add_desk(&decided.placed.desk);
            }
            (decided, known, seen)
        })
    }
}

/// A list as it is read.
struct Reading {
    chunks: mpsc::Receiver<Result<Chunk>>,
    /// What the rows so far spoke of.
    seen: Seen,
    /// Whether nothing comes any more.
    is_over: bool,
}

/// A list on its way: what of it is committed.
struct Inflow {
    work: Arc<Work>,
    /// By what records are found; none when every row is looked up.
    known: Option<KnownKeys>,
    progress: Progress,
    tally: Tally,
}

fn is_passing(error: &EngineError) -> bool {
    matches!(error, EngineError::Conflict) || error.is_transient()
}

pub(super) fn arrival<'a>(work: &'a Work, chunk: &'a Chunk) -> Arrival<'a> {
    Arrival {
        rows: &chunk.facts,
        ground: Some(&work.ground),
        source: &work.file_name,
        import: Some(work.id),
        profile: &work.profile,
        policy: work.policy,
        actor: Actor::User(work.ground.recorded_by.0),
    }
}

/// Looks at a file: how it is written and what its columns mean.
fn look(order: &FileOrder) -> Result<Looked> {
    let source = Source::Path(order.path.clone());
    let bytes_n = source.size().map_err(refused)?;
    if bytes_n > DISK_BYTES_MAX {
        return Err(EngineError::refused("import_too_large_disk"));
    }
    let dialect = match order.encoding {
        Some(encoding) => detect_in(&source, encoding),
        None => detect(&source),
    }
    .map_err(refused)?;
    let mut sample: Vec<Record> = Vec::new();
    let whole = read_rows(&source, &dialect, |_, record| {
        sample.push(record);
        if sample.len() < JUDGED_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .map_err(refused)?;
    let preset = order.preset.or_else(|| dialect.has_header.then(|| Preset::detect(&whole.header)).flatten());
    let proposals = propose_as(preset, &whole.header, &sample, dialect.has_header);
    let columns = chosen_columns(&whole.header, proposals, &order.map)?;
    let fields = columns.iter().filter_map(|c| c.proposal.as_ref()).map(|p| (p.column, p.field));
    let written = preset.and_then(Preset::date_order);
    let date_order = written.unwrap_or_else(|| order_of_days(&sample, fields));
    let hash = hash_of(&order.path).map_err(|e| EngineError::Refused {
        code: "import_disk",
        params: vec![("problem", e.kind().to_string())],
    })?;
    Ok(Looked { source, dialect, preset, columns, date_order, hash, rows_n: bytes_n / ROW_BYTES })
}

/// The proposal with what the order says against it.
fn chosen_columns(
    header: &[String],
    proposals: Vec<Proposal>,
    map: &[(String, Option<Field>)],
) -> Result<Vec<FileColumn>> {
    let mut columns: Vec<FileColumn> = header
        .iter()
        .map(|name| FileColumn { header: name.clone(), proposal: None, is_chosen: false })
        .collect();
    for proposal in proposals {
        if let Some(column) = columns.get_mut(proposal.column) {
            column.proposal = Some(proposal);
        }
    }
    for (name, field) in map {
        let by_name = header.iter().position(|h| h.eq_ignore_ascii_case(name.trim()));
        let at = by_name.or_else(|| name.trim().parse().ok().filter(|n| *n < header.len()));
        let Some(at) = at else {
            return Err(EngineError::Refused {
                code: "import_map_column",
                params: vec![("column", name.clone())],
            });
        };
        if field.is_some_and(|field| !field.may_repeat()) {
            // The field moves here from where it was proposed.
            for column in &mut columns {
                column.proposal = column.proposal.take().filter(|p| Some(p.field) != *field);
            }
        }
        columns[at].is_chosen = true;
        columns[at].proposal = field.map(|field| Proposal {
            column: at,
            field,
            confidence_percent: 100,
            why: kiem_adapters::import::Why::OwnName,
        });
    }
    Ok(columns)
}

fn hash_of(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; 256 * 1024];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return Ok(context.finish().as_ref().to_vec());
        }
        context.update(&piece[..n]);
    }
}
