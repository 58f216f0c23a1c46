//! Taking an upload back, exactly, within seven days: who came in and with whom nothing happened since goes, what was
//! changed is as before. What somebody worked on meanwhile stays, and is counted.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, ContactId, ImportId, WorkspaceId};
use kiem_domain::names::company_key;
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::contact::{self, Contact};
use kiem_store::ground;
use kiem_store::import::{self, ImportRun};
use kiem_store::import_trace::{self, ChangedKind, ImportChange, OutcomeBlock, Unchanged};
use kiem_store::job::Job;
use kiem_store::lead;
use kiem_store::merge::{self, Merge};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::conflicts::{company_map, contact_map, put_back, write_company, write_contact};
use super::import_order::json;
use super::records::{copy_to_lead, person_name, read_contact_title, score_company};
use super::trace::{self, RowTrace};
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// How long an upload can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Changes that are taken back in one transaction.
const CHANGES_PER_STEP: i64 = 200;
/// Transactions of one run of the job, before other work gets its turn.
const STEPS_PER_RUN: usize = 50;

/// What taking an upload back has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct UndoReport {
    /// Whether everything is done.
    pub is_done: bool,
    /// People who are gone.
    pub people_removed_n: u64,
    /// People who stay, because something happened with them since.
    pub people_kept_n: u64,
    /// Companies that are gone.
    pub companies_removed_n: u64,
    /// Companies that stay.
    pub companies_kept_n: u64,
    /// Records that are as before.
    pub restored_n: u64,
    /// Facts that stay, because somebody changed them since.
    pub facts_kept_n: u64,
}

/// How far taking back is: what everybody sees, and what was looked at of what earlier uploads left behind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct UndoV1 {
    #[serde(flatten)]
    report: UndoReport,
    /// The upload and the row from which on it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<(Uuid, i64)>,
}

/// What one transaction takes back: what the last rows made, or else what was changed, or else what earlier uploads left.
struct Part {
    tx: Tx,
    ended: Timestamp,
    so_far: UndoV1,
    block: Option<OutcomeBlock>,
    changes: Vec<ImportChange>,
}

impl Engine {
    /// Begins to take an upload back. People whom it put on the suppression list stay there.
    ///
    /// # Errors
    /// When the caller may not, it is not there, or it cannot be taken back any more.
    pub async fn import_undo(&self, caller: &Caller, id: ImportId) -> Result<ImportRun> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if !import::begin_undo(&mut tx, id, self.now() - UNDO_WITHIN, self.now()).await? {
            return Err(EngineError::refused("import_undo_late"));
        }
        import::put_undo_report(&mut tx, id, &json(&UndoReport::default())?).await?;
        self.enqueue(&mut tx, JobKind::UndoImport, &id.to_string(), "{}", self.now()).await?;
        self.audit(&mut tx, caller, "import.undone", "import", Some(id.0), &serde_json::json!({})).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// Takes the next part of an upload back.
    pub(in crate::engine) async fn run_undo(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let id: ImportId =
            job.dedup_key.parse().map_err(|_| EngineError::Outside("the job names no upload".to_owned()))?;
        for _ in 0..STEPS_PER_RUN {
            if self.undo_step(workspace, id).await? {
                return Ok(());
            }
        }
        let mut tx = self.store().begin(workspace).await?;
        self.enqueue(&mut tx, JobKind::UndoImport, &id.to_string(), "{}", self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// One part of it; whether nothing is left to do.
    async fn undo_step(&self, workspace: WorkspaceId, id: ImportId) -> Result<bool> {
        let Some(Part { mut tx, ended, mut so_far, block, changes }) = self.next_part(workspace, id).await?
        else {
            return Ok(true);
        };
        if let Some(block) = block {
            take_block_back(&mut tx, id, &block, ended, &mut so_far.report).await?;
        } else if changes.is_empty() {
            let before = so_far.left.map(|(id, row)| (ImportId(id), row));
            let at = take_left_back(&mut tx, before, &mut so_far.report).await?;
            so_far.left = at.map(|(id, row)| (id.0, row));
            so_far.report.is_done = at.is_none();
        } else {
            for change in &changes {
                self.take_back(&mut tx, change, ended, &mut so_far.report).await?;
                import_trace::remove_change(&mut tx, id, change).await?;
            }
        }
        import::put_undo_report(&mut tx, id, &json(&so_far)?).await?;
        if so_far.report.is_done {
            self.ask_matching_if_any(&mut tx).await?;
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(so_far.report.is_done)
    }

    /// What is taken back next. What Kiem made one of these records comes apart first, one merge at a time; where
    /// something was built on a merge, it stays.
    async fn next_part(&self, workspace: WorkspaceId, id: ImportId) -> Result<Option<Part>> {
        let mut staying = HashSet::new();
        loop {
            let mut tx = self.store().begin(workspace).await?;
            let Some(run) = import::get(&mut tx, id).await? else { return Ok(None) };
            let (Some(_), Some(ended)) = (run.undone_at, run.finished_at) else { return Ok(None) };
            let block = import_trace::last_outcomes(&mut tx, id, 1).await?.pop();
            let changes = match &block {
                Some(_) => Vec::new(),
                None => import_trace::changes(&mut tx, id, CHANGES_PER_STEP).await?,
            };
            let touched = touched_by(block.as_ref(), &changes);
            let Some(merge) = next_merge(&mut tx, touched, run.created_at, &staying).await? else {
                let so_far = run.undo_report.as_deref().and_then(|text| serde_json::from_str(text).ok());
                return Ok(Some(Part { tx, ended, so_far: so_far.unwrap_or_default(), block, changes }));
            };
            drop(tx);
            match self.take_merge_back(&Caller::system(workspace), merge).await {
                Ok(_) => {}
                Err(EngineError::Refused { .. }) => {
                    staying.insert(merge);
                }
                Err(other) => return Err(other),
            }
        }
    }

    async fn take_back(
        &self,
        tx: &mut Tx,
        change: &ImportChange,
        ended: Timestamp,
        report: &mut UndoReport,
    ) -> Result<()> {
        let facts: Map<String, Value> = serde_json::from_str(&change.facts)
            .map_err(|e| EngineError::Outside(format!("a stored change is unreadable: {e}")))?;
        match change.kind {
            ChangedKind::Company => {
                // Gone with the upload that made it.
                let Some(company) = company::get(tx, CompanyId(change.subject)).await? else { return Ok(()) };
                self.restore_company(tx, company, &facts, report).await
            }
            ChangedKind::Contact => {
                let person = contact::get(tx, ContactId(change.subject)).await?;
                let Some(person) = person.filter(|p| p.erased_at.is_none()) else { return Ok(()) };
                self.restore_person(tx, person, &facts, report).await
            }
            ChangedKind::Ground => {
                let id = ContactId(change.subject);
                if ground::of_contact(tx, id).await?.is_some_and(|ground| ground.recorded_at <= ended) {
                    ground::remove(tx, id).await?;
                }
                Ok(())
            }
        }
    }

    async fn restore_company(
        &self,
        tx: &mut Tx,
        mut company: Company,
        facts: &Map<String, Value>,
        report: &mut UndoReport,
    ) -> Result<()> {
        let now = company_map(&company);
        let (mut back, mut n_kept) = put_back(&now, facts);
        for (name, key) in [("domain", CompanyKey::Domain), ("kvk_number", CompanyKey::KvkNumber)] {
            // Somebody else has the key meanwhile: it stays theirs.
            let Some(value) = back.get(name).and_then(Value::as_str).map(str::to_owned) else { continue };
            if company::by_keys(tx, key, &[value]).await?.iter().any(|other| other.id != company.id) {
                back.insert(name.to_owned(), now.get(name).cloned().unwrap_or_default());
                n_kept += 1;
            }
        }
        report.facts_kept_n += n_kept as u64;
        if back == now {
            return Ok(());
        }
        write_company(&mut company, &back);
        company.name_key = company_key(&company.name);
        company.updated_at = self.now();
        let (profile, _) = self.profile_in_use(tx).await?;
        score_company(&mut company, &profile);
        company::update(tx, &company).await?;
        self.refresh_leads(tx, &company, &profile).await?;
        report.restored_n += 1;
        Ok(())
    }

    async fn restore_person(
        &self,
        tx: &mut Tx,
        mut person: Contact,
        facts: &Map<String, Value>,
        report: &mut UndoReport,
    ) -> Result<()> {
        let now = contact_map(&person);
        let (mut back, mut n_kept) = put_back(&now, facts);
        if let Some(email) = back.get("email").and_then(Value::as_str).map(str::to_owned)
            && contact::by_emails(tx, &[email]).await?.iter().any(|other| other.id != person.id)
        {
            back.insert("email".to_owned(), now.get("email").cloned().unwrap_or_default());
            n_kept += 1;
        }
        report.facts_kept_n += n_kept as u64;
        let Some(company) = company::get(tx, person.company_id).await?.filter(|_| back != now) else {
            return Ok(());
        };
        write_contact(&mut person, &back);
        person.name_key = person_name(&person).key();
        person.updated_at = self.now();
        read_contact_title(&mut person, &company);
        contact::update(tx, &person).await?;
        let (profile, _) = self.profile_in_use(tx).await?;
        if let Some(mut lead) = lead::of_contact(tx, person.id).await? {
            copy_to_lead(&mut lead, &company, &person, &profile);
            lead::update_copies(tx, [&lead]).await?;
            self.refresh_pursuits(tx, &company, &profile).await?;
        }
        report.restored_n += 1;
        Ok(())
    }
}

/// The records that rows made, or that were changed.
fn touched_by(block: Option<&OutcomeBlock>, changes: &[ImportChange]) -> Vec<Uuid> {
    let rows = block.map(|block| trace::unpack(&block.outcomes)).unwrap_or_default();
    let companies = rows.iter().filter(|r| r.company_is_new).filter_map(|r| r.company).map(|id| id.0);
    let people = rows.iter().filter(|r| r.contact_is_new).filter_map(|r| r.contact).map(|id| id.0);
    companies.chain(people).chain(changes.iter().map(|change| change.subject)).collect()
}

/// The newest merge by Kiem in which one of these records stayed or went since a moment. What went up in another one that
/// went up itself comes back only after that one; what else went up in the other stays there.
async fn next_merge(
    tx: &mut Tx,
    touched: Vec<Uuid>,
    since: Timestamp,
    staying: &HashSet<Uuid>,
) -> Result<Option<Uuid>> {
    let mut found = merge::by_kiem_since(tx, &touched, since).await?;
    let mut known: HashSet<Uuid> = touched.into_iter().collect();
    let mut newest: Option<Merge> = None;
    while !found.is_empty() {
        let mut kept: Vec<Uuid> = found.iter().map(Merge::kept_record).collect();
        kept.retain(|id| known.insert(*id));
        let parts = found.into_iter().filter(|merge| !staying.contains(&merge.id));
        newest = newest.into_iter().chain(parts).max_by_key(|merge| (merge.merged_at, merge.id));
        found = merge::by_kiem_since(tx, &kept, since).await?;
        found.retain(|merge| kept.contains(&merge.lost_record()));
    }
    Ok(newest.map(|merge| merge.id))
}

/// Removes what rows made that is still there. What a later upload changed, or has people at, goes when that one is taken
/// back too.
async fn take_block_back(
    tx: &mut Tx,
    id: ImportId,
    block: &OutcomeBlock,
    ended: Timestamp,
    report: &mut UndoReport,
) -> Result<()> {
    let Removed { people_n, companies_n, left } = remove_rows(tx, block, Unchanged::Since(ended)).await?;
    report.people_removed_n += people_n;
    report.companies_removed_n += companies_n;
    report.people_kept_n += left.iter().filter(|row| row.contact_is_new).count() as u64;
    report.companies_kept_n += left.iter().filter(|row| row.company_is_new).count() as u64;
    if !left.is_empty() {
        let left = OutcomeBlock { first_row: block.first_row, outcomes: trace::pack(&left) };
        import_trace::put_left(tx, id, &left).await?;
    }
    import_trace::remove_outcomes(tx, id, block.first_row).await?;
    Ok(())
}

/// Removes what an upload left behind that was taken back earlier, when nothing holds it any more. Returns where it was; none
/// when everything was looked at.
async fn take_left_back(
    tx: &mut Tx,
    before: Option<(ImportId, i64)>,
    report: &mut UndoReport,
) -> Result<Option<(ImportId, i64)>> {
    let Some((id, block)) = import_trace::next_left(tx, before).await? else { return Ok(None) };
    let Removed { people_n, companies_n, left } =
        remove_rows(tx, &block, Unchanged::ButByListsTakenBack).await?;
    report.people_removed_n += people_n;
    report.companies_removed_n += companies_n;
    if left.is_empty() {
        import_trace::remove_left(tx, id, block.first_row).await?;
    } else {
        let left = OutcomeBlock { first_row: block.first_row, outcomes: trace::pack(&left) };
        import_trace::put_left(tx, id, &left).await?;
    }
    Ok(Some((id, block.first_row)))
}

/// What went of what rows made, and the rows of what stayed.
struct Removed {
    people_n: u64,
    companies_n: u64,
    left: Vec<RowTrace>,
}

async fn remove_rows(tx: &mut Tx, block: &OutcomeBlock, unchanged: Unchanged) -> Result<Removed> {
    let mut rows = trace::unpack(&block.outcomes);
    let people: Vec<ContactId> = rows.iter().filter(|r| r.contact_is_new).filter_map(|r| r.contact).collect();
    let companies: Vec<CompanyId> =
        rows.iter().filter(|r| r.company_is_new).filter_map(|r| r.company).collect();
    let gone_people = import_trace::remove_people(tx, &people, unchanged).await?;
    let gone_companies = import_trace::remove_companies(tx, &companies, unchanged).await?;
    for row in &mut rows {
        row.contact_is_new &= row.contact.is_some_and(|id| !gone_people.contains(&id));
        row.company_is_new &= row.company.is_some_and(|id| !gone_companies.contains(&id));
    }
    rows.retain(|row| row.contact_is_new || row.company_is_new);
    let (people_n, companies_n) = (gone_people.len() as u64, gone_companies.len() as u64);
    Ok(Removed { people_n, companies_n, left: rows })
}
