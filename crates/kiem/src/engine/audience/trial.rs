//! A trial of an upload in the background: what would happen with every row, against the database as it is. Nothing is
//! written but what was found.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use kiem_adapters::import::Source;
use kiem_domain::id::{ImportId, WorkspaceId};
use kiem_store::company;
use kiem_store::import::{self, ImportState};
use kiem_store::job::Job;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::conflicts::Conflict;
use super::import_file::arrival;
use super::import_job::{Chunk, days_of, read_ahead};
use super::import_order::{DialectV1, ImportOrder, MappingV1, json, stored_ground, work_of};
use super::import_report::FileCounts;
use super::memory::Memory;
use super::trace::{RowKind, RowLook, Seen};
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use kiem_domain::names::company_key;

/// Differences, ambiguous rows and rows with a problem that a trial lists one by one; all are counted.
const LISTED_MAX: usize = 200;
/// Companies that an ambiguous row may mean and that are shown.
const CANDIDATES_MAX: usize = 5;
/// Words without a meaning that a trial lists.
const VALUES_MAX: usize = 100;
/// A trial that takes longer says what it found so far; well within the lease of a job.
const TRIAL_MAX: SignedDuration = SignedDuration::from_secs(90);

/// What would become of an upload.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// Whether no more is looked at.
    pub is_done: bool,
    /// Whether every row was looked at.
    pub is_complete: bool,
    /// Rows looked at, without blank ones.
    pub rows_n: u64,
    /// Would make a company or a person.
    pub created_n: u64,
    /// Speak of what is there.
    pub matched_n: u64,
    /// Speak of what an earlier row speaks of.
    pub repeated_n: u64,
    /// May mean several companies, and would be left out.
    pub ambiguous_n: u64,
    /// Would be left out for another reason.
    pub rejected_n: u64,
    /// New companies.
    pub companies_created_n: u64,
    /// Companies that are there.
    pub companies_matched_n: u64,
    /// New people.
    pub people_created_n: u64,
    /// People who are there.
    pub people_matched_n: u64,
    /// People who must not be mailed.
    pub suppressed_n: u64,
    /// Facts that would be added to records or replaced.
    pub written_n: u64,
    /// Facts that differ and would stay as they are.
    pub kept_n: u64,
    /// The first facts that would be added, replaced, or stay though the row differs.
    pub facts: Vec<TrialFact>,
    /// The first rows that may mean several companies.
    pub ambiguous: Vec<TrialAmbiguous>,
    /// The first rows and values that could not be used.
    pub problems: Vec<TrialProblem>,
    /// Words in columns of fixed meanings that nobody knows.
    pub values: Vec<TrialValue>,
}

/// A fact of a record beside what a row says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialFact {
    /// Row number as the spreadsheet shows it.
    pub row_number: u64,
    /// Who it is about.
    pub record: String,
    /// Which fact.
    pub field: String,
    /// What is known; empty when nothing is.
    pub before: String,
    /// What the row says.
    pub after: String,
    /// Whether the record would become what the row says.
    pub is_written: bool,
}

/// A row that may mean several companies.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialAmbiguous {
    /// Row number as the spreadsheet shows it.
    pub row_number: u64,
    /// The name in the row.
    pub name: String,
    /// The companies.
    pub candidates: Vec<TrialCandidate>,
}

/// A company that a row may mean.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialCandidate {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its town.
    pub city: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
}

/// A row, or a value in one, that could not be used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialProblem {
    /// Line of the file.
    pub line: u64,
    /// What: a catalogue key below `import.error`.
    pub code: String,
    /// Number of the column, when one is to blame.
    pub column: Option<usize>,
    /// What stood there.
    pub value: String,
    /// Whether the whole row would be left out.
    pub is_row: bool,
}

/// A word that has no known meaning in its column.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialValue {
    /// Number of the column.
    pub column: usize,
    /// The word.
    pub value: String,
    /// How many rows have it.
    pub rows_n: u64,
}

/// An order as the job carries it.
#[derive(Serialize, Deserialize)]
struct Payload {
    dialect: String,
    mapping: String,
    ground: String,
}

/// Columns whose words stand for something fixed, by the problem that an unknown word is.
const FIXED: &[&str] = &["country", "language"];

impl Engine {
    /// Asks for a trial of an upload that was not begun; what an earlier trial found is forgotten.
    ///
    /// # Errors
    /// When the caller may not, the upload was begun already, or the decisions are not complete.
    pub async fn import_try(&self, caller: &Caller, id: ImportId, order: ImportOrder) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if run.state != ImportState::Previewed {
            return Err(EngineError::refused("import_begun"));
        }
        let dialect = self.dialect_of(&mut tx, &run, order.encoding).await?;
        let mapping = MappingV1::of(&order, dialect.columns_n)?;
        let ground = self.checked_ground(caller, order.ground)?;
        let payload = Payload {
            dialect: json(&DialectV1::from(&dialect))?,
            mapping: json(&mapping)?,
            ground: json(&stored_ground(&ground))?,
        };
        import::put_trial(&mut tx, id, &json(&Trial::default())?).await?;
        self.enqueue(&mut tx, JobKind::TryImport, &id.to_string(), &json(&payload)?, self.now()).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// What a trial has found so far; none when nobody asked for one.
    ///
    /// # Errors
    /// When the caller may not look, or the upload is not there.
    pub async fn import_trial(&self, caller: &Caller, id: ImportId) -> Result<Option<Trial>> {
        let run = self.import_run(caller, id).await?;
        let unreadable =
            |e: serde_json::Error| EngineError::Outside(format!("a stored trial is unreadable: {e}"));
        run.trial.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)
    }

    /// Looks at every row, and notes what it found.
    pub(in crate::engine) async fn run_trial(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let broken = |what: &str| EngineError::Outside(format!("the job of a trial names no {what}"));
        let id: ImportId = job.dedup_key.parse().map_err(|_| broken("upload"))?;
        let payload: Payload = serde_json::from_str(&job.payload).map_err(|_| broken("order"))?;
        let mut tx = self.store().read(workspace).await?;
        let Some(mut run) = import::get(&mut tx, id).await? else { return Ok(()) };
        let (ImportState::Previewed, Some(bytes)) = (run.state, import::file(&mut tx, id).await?) else {
            return Ok(());
        };
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        drop(tx);
        (run.mapping, run.ground) = (payload.mapping, payload.ground);
        let (dialect, source) = (DialectV1::read(&payload.dialect)?, Source::bytes(bytes));
        let mut work = work_of(&run, profile)?;
        if work.columns.date_order.is_none() {
            work.columns.date_order = Some(days_of(&source, &dialect, &work.columns).await?);
        }
        let work = Arc::new(work);
        let mut chunks = read_ahead(work.clone(), source, dialect, 0);
        let mut looking = Looking::default();
        let began = self.now();
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk?;
            let arrival = arrival(&work, &chunk);
            let mut tx = self.store().read(workspace).await?;
            let (outcomes, conflicts) = self.judge(&mut tx, &arrival, &mut looking.memory).await?;
            let looks = chunk.look(&outcomes, &mut looking.seen);
            let several =
                several(&mut tx, &chunk, &looks, LISTED_MAX - looking.trial.ambiguous.len()).await?;
            drop(tx);
            looking.add(&chunk, &looks, conflicts);
            looking.trial.ambiguous.extend(several);
            looking.trial.is_complete = chunk.is_last;
            if chunk.is_last || self.now().duration_since(began) > TRIAL_MAX {
                break;
            }
            self.note_trial(workspace, id, &looking.so_far()).await?;
        }
        let mut found = looking.so_far();
        found.is_done = true;
        self.note_trial(workspace, id, &found).await
    }

    async fn note_trial(&self, workspace: WorkspaceId, id: ImportId, trial: &Trial) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        import::put_trial(&mut tx, id, &json(trial)?).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }
}

/// Rows that may mean several companies, with those companies.
async fn several(
    tx: &mut kiem_store::Tx,
    chunk: &Chunk,
    looks: &[RowLook],
    most: usize,
) -> Result<Vec<TrialAmbiguous>> {
    let mut found = Vec::new();
    for (index, look) in looks.iter().enumerate() {
        if look.trace.kind != RowKind::Ambiguous || found.len() >= most {
            continue;
        }
        let name = &chunk.facts[index].company.name;
        let namesakes = company::by_keys(tx, company::CompanyKey::NameKey, &[company_key(name)]).await?;
        let candidates = namesakes.into_iter().take(CANDIDATES_MAX).map(|c| TrialCandidate {
            id: c.id.0,
            name: c.name,
            city: c.city,
            domain: c.domain,
        });
        found.push(TrialAmbiguous {
            row_number: chunk.sources[index].row_number,
            name: name.clone(),
            candidates: candidates.collect(),
        });
    }
    Ok(found)
}

/// A trial on its way.
#[derive(Default)]
struct Looking {
    memory: Memory,
    seen: Seen,
    counts: FileCounts,
    values: BTreeMap<(usize, String), u64>,
    trial: Trial,
}

impl Looking {
    fn add(&mut self, chunk: &Chunk, looks: &[RowLook], conflicts: Vec<Conflict>) {
        self.counts.rows_n += (chunk.n_rows - chunk.n_blank) as u64;
        self.counts.rejected_n += (chunk.n_rows - chunk.n_blank - chunk.facts.len()) as u64;
        for look in looks {
            self.counts.add(look);
        }
        for conflict in conflicts {
            // What an earlier row of the file would have made is known here in part only.
            if looks.get(conflict.row).is_some_and(|look| look.trace.kind != RowKind::Repeated) {
                self.fact(chunk, conflict);
            }
        }
        for (line, problem, is_row) in &chunk.problems {
            if let (true, Some(column)) = (FIXED.contains(&problem.code), problem.column) {
                *self.values.entry((column, problem.value.clone())).or_default() += 1;
            }
            if self.trial.problems.len() < LISTED_MAX {
                self.trial.problems.push(TrialProblem {
                    line: *line,
                    code: problem.code.to_owned(),
                    column: problem.column,
                    value: problem.value.clone(),
                    is_row: *is_row,
                });
            }
        }
    }

    fn fact(&mut self, chunk: &Chunk, conflict: Conflict) {
        if conflict.is_written {
            self.trial.written_n += 1;
        } else {
            self.trial.kept_n += 1;
        }
        if self.trial.facts.len() >= LISTED_MAX {
            return;
        }
        let facts = &chunk.facts[conflict.row];
        let person = facts.person.name.as_ref().map(kiem_domain::names::PersonName::full).unwrap_or_default();
        let record = [person.as_str(), facts.company.name.as_str()];
        self.trial.facts.push(TrialFact {
            row_number: chunk.sources[conflict.row].row_number,
            record: record.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", "),
            field: conflict.field.to_owned(),
            before: conflict.known,
            after: conflict.new,
            is_written: conflict.is_written,
        });
    }

    fn so_far(&self) -> Trial {
        let counts = &self.counts;
        let values = self.values.iter().take(VALUES_MAX);
        Trial {
            rows_n: counts.rows_n,
            created_n: counts.created_n,
            matched_n: counts.matched_n,
            repeated_n: counts.repeated_n,
            ambiguous_n: counts.ambiguous_n,
            rejected_n: counts.rejected_n,
            companies_created_n: counts.companies_created_n,
            companies_matched_n: counts.companies_matched_n,
            people_created_n: counts.people_created_n,
            people_matched_n: counts.people_matched_n,
            suppressed_n: counts.suppressed_n,
            values: values
                .map(|((column, value), n)| TrialValue { column: *column, value: value.clone(), rows_n: *n })
                .collect(),
            ..self.trial.clone()
        }
    }
}
