//! What an upload did to whom: the outcome of every row, packed, and the facts that it changed. By this it can be read row
//! by row, and taken back exactly.

use std::collections::HashSet;

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, ImportId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::value::Value;

kiem_domain::text_enum! {
    /// What kind of record was changed.
    pub enum ChangedKind {
        /// A company.
        Company = "company",
        /// A person.
        Contact = "contact",
        /// The ground of a person who had none.
        Ground = "ground",
    }
}

/// Facts of one record that an upload changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// What kind of record.
    pub kind: ChangedKind,
    /// Which.
    pub subject: Uuid,
    /// Before and after per fact, JSON; empty (`{}`) once the upload cannot be taken back any more.
    pub facts: String,
    /// Names of the fields that the facts fill, as in the API, with commas between them: they stay.
    pub fields: String,
}

/// Fields of one record that a list gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListGave {
    /// Which company or person.
    pub subject: Uuid,
    /// Names of the fields, with commas between them.
    pub fields: String,
    /// Name of the list.
    pub list: String,
    /// When it was brought in.
    pub at: Timestamp,
}

/// Outcomes of rows that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeBlock {
    /// Data row of the file, from 0.
    pub first_row: i64,
    /// The outcomes, packed by the engine.
    pub outcomes: Vec<u8>,
}

/// Keeps the outcomes of rows from `first_row` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_outcomes(tx: &mut Tx, id: ImportId, block: &OutcomeBlock) -> Result<()> {
    tx.execute(
        "INSERT INTO import_outcome (workspace_id, import_id, first_row, outcomes) VALUES ($1, $2, $3, $4)",
        args![id, block.first_row, block.outcomes.as_slice()],
    )
    .await?;
    Ok(())
}

/// Outcomes in the order of the file, from after the block that begins with `after`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn outcomes(tx: &mut Tx, id: ImportId, after: i64, limit: i64) -> Result<Vec<OutcomeBlock>> {
    let sql = "SELECT first_row, outcomes FROM import_outcome
               WHERE workspace_id = $1 AND import_id = $2 AND first_row > $3 ORDER BY first_row LIMIT $4";
    blocks(tx, sql, args![id, after, limit]).await
}

/// The last outcomes that are still there, last first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_outcomes(tx: &mut Tx, id: ImportId, limit: i64) -> Result<Vec<OutcomeBlock>> {
    let sql = "SELECT first_row, outcomes FROM import_outcome
               WHERE workspace_id = $1 AND import_id = $2 ORDER BY first_row DESC LIMIT $3";
    blocks(tx, sql, args![id, limit]).await
}

async fn blocks(tx: &mut Tx, sql: &'static str, params: Vec<Value>) -> Result<Vec<OutcomeBlock>> {
    tx.fetch_all(sql, params)
        .await?
        .iter()
        .map(|row| Ok(OutcomeBlock { first_row: row.get("first_row")?, outcomes: row.get("outcomes")? }))
        .collect()
}

/// Lets go of outcomes that were taken back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_outcomes(tx: &mut Tx, id: ImportId, first_row: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM import_outcome WHERE workspace_id = $1 AND import_id = $2 AND first_row = $3",
        args![id, first_row],
    )
    .await?;
    Ok(())
}

/// Keeps changed facts; what was kept about the same record is replaced.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_changes(tx: &mut Tx, id: ImportId, changes: &[ImportChange]) -> Result<()> {
    let rows =
        changes.iter().map(|c| args![id, c.kind.as_str(), c.subject, c.facts.as_str(), c.fields.as_str()]);
    tx.insert_many(
        "INSERT INTO import_change (workspace_id, import_id, subject_kind, subject_id, facts, fields)",
        rows,
        "ON CONFLICT (workspace_id, import_id, subject_kind, subject_id)
         DO UPDATE SET facts = excluded.facts, fields = excluded.fields",
    )
    .await?;
    Ok(())
}

/// What was kept about some records.
///
/// # Errors
/// Whatever the database refuses.
pub async fn changes_of(
    tx: &mut Tx,
    id: ImportId,
    kind: ChangedKind,
    subjects: &[Uuid],
) -> Result<Vec<ImportChange>> {
    let mut found = Vec::new();
    for chunk in subjects.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT subject_kind, subject_id, facts, fields FROM import_change
             WHERE workspace_id = $1 AND import_id = $2 AND subject_kind = $3 AND subject_id IN {}
             LIMIT {KEYS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 4)
        );
        let mut params = args![id, kind.as_str()];
        params.push(keys::ids(chunk.iter().copied()));
        found.extend(tx.fetch_all(sql, params).await?.iter().map(change).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// Some of the changes that are still there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn changes(tx: &mut Tx, id: ImportId, limit: i64) -> Result<Vec<ImportChange>> {
    let sql = "SELECT subject_kind, subject_id, facts, fields FROM import_change
               WHERE workspace_id = $1 AND import_id = $2 ORDER BY subject_kind, subject_id LIMIT $3";
    tx.fetch_all(sql, args![id, limit]).await?.iter().map(change).collect()
}

fn change(row: &crate::row::Row) -> Result<ImportChange> {
    Ok(ImportChange {
        kind: row.parsed("subject_kind")?,
        subject: row.get("subject_id")?,
        facts: row.get("facts")?,
        fields: row.get("fields")?,
    })
}

/// What lists gave to records that were there, the newest list first; what was taken back gave nothing.
///
/// # Errors
/// Whatever the database refuses.
pub async fn given_to(tx: &mut Tx, kind: ChangedKind, subjects: &[Uuid]) -> Result<Vec<ListGave>> {
    let mut found = Vec::new();
    for chunk in subjects.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT c.subject_id, c.fields, r.file_name, r.created_at FROM import_change c
             JOIN import_run r ON r.workspace_id = c.workspace_id AND r.id = c.import_id
             WHERE c.workspace_id = $1 AND c.subject_kind = $2 AND c.subject_id IN {} AND r.undone_at IS NULL
             ORDER BY r.created_at DESC, r.id DESC LIMIT {KEYS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 3)
        );
        let params = vec![Value::from(kind.as_str()), keys::ids(chunk.iter().copied())];
        for row in tx.fetch_all(sql, params).await? {
            found.push(ListGave {
                subject: row.get("subject_id")?,
                fields: row.get("fields")?,
                list: row.get("file_name")?,
                at: row.instant("created_at")?,
            });
        }
    }
    Ok(found)
}

/// Lets go of a change that was taken back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_change(tx: &mut Tx, id: ImportId, change: &ImportChange) -> Result<()> {
    tx.execute(
        "DELETE FROM import_change
         WHERE workspace_id = $1 AND import_id = $2 AND subject_kind = $3 AND subject_id = $4",
        args![id, change.kind.as_str(), change.subject],
    )
    .await?;
    Ok(())
}

/// Keeps what an upload made and left behind when it was taken back; what was kept from the same row on is replaced.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_left(tx: &mut Tx, id: ImportId, block: &OutcomeBlock) -> Result<()> {
    tx.execute(
        "INSERT INTO import_left (workspace_id, import_id, first_row, outcomes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, import_id, first_row) DO UPDATE SET outcomes = excluded.outcomes",
        args![id, block.first_row, block.outcomes.as_slice()],
    )
    .await?;
    Ok(())
}

/// What an upload left behind, the last rows of the newest upload first; after `before`, when something was read already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next_left(
    tx: &mut Tx,
    before: Option<(ImportId, i64)>,
) -> Result<Option<(ImportId, OutcomeBlock)>> {
    let (import, first_row) = before.unwrap_or((ImportId(Uuid::max()), i64::MAX));
    let sql = "SELECT import_id, first_row, outcomes FROM import_left
               WHERE workspace_id = $1 AND (import_id, first_row) < ($2, $3)
               ORDER BY import_id DESC, first_row DESC LIMIT 1";
    let Some(row) = tx.fetch_optional(sql, args![import, first_row]).await? else { return Ok(None) };
    let block = OutcomeBlock { first_row: row.get("first_row")?, outcomes: row.get("outcomes")? };
    Ok(Some((row.id("import_id")?, block)))
}

/// Lets go of what was left behind from a row on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_left(tx: &mut Tx, id: ImportId, first_row: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM import_left WHERE workspace_id = $1 AND import_id = $2 AND first_row = $3",
        args![id, first_row],
    )
    .await?;
    Ok(())
}

/// What keeps a record that nobody worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// It was changed after this moment, by whomever.
    Since(Timestamp),
    /// A person, its website or the register changed it, which are events, or an upload that was not taken back.
    ButByListsTakenBack,
}

impl Unchanged {
    /// The condition on a record under the name `record`, and the values that it adds; the first of them is `$3`.
    fn holds(self, record: &str) -> (String, Vec<Value>) {
        match self {
            Unchanged::Since(moment) => (format!("{record}.updated_at <= $3"), vec![Value::from(moment)]),
            Unchanged::ButByListsTakenBack => (
                format!(
                    "NOT EXISTS (SELECT 1 FROM import_change i
                         JOIN import_run r ON r.workspace_id = i.workspace_id AND r.id = i.import_id
                         WHERE i.workspace_id = {record}.workspace_id AND i.subject_id = {record}.id
                         AND r.undone_at IS NULL)"
                ),
                Vec::new(),
            ),
        }
    }
}

/// Nothing happened with the person since they came in: whatever happens is an event.
const UNTOUCHED_LEAD: &str = "l.state IN ('new', 'blocked') AND l.cycle = 0
    AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = l.workspace_id AND e.lead_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM lead_override o WHERE o.workspace_id = l.workspace_id AND o.lead_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM event v WHERE v.workspace_id = l.workspace_id AND v.company_id = l.company_id
                    AND v.contact_id = l.contact_id)";

/// Removes people who came in and with whom nothing happened since: their places in the list, grounds, and
/// themselves. Returns who went.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_people(
    tx: &mut Tx,
    people: &[ContactId],
    unchanged: Unchanged,
) -> Result<HashSet<ContactId>> {
    let mut gone = HashSet::new();
    let (is_unchanged, values) = unchanged.holds("c");
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let going = format!(
            "SELECT c.id FROM contact c JOIN lead l ON l.workspace_id = c.workspace_id AND l.contact_id = c.id
             WHERE c.workspace_id = $1 AND c.id IN {} AND {is_unchanged} AND c.erased_at IS NULL
             AND {UNTOUCHED_LEAD} LIMIT {KEYS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        let params = [vec![keys::ids(chunk.iter().map(|id| id.0))], values.clone()].concat();
        let going: Vec<Uuid> =
            tx.fetch_all(going, params).await?.iter().map(|row| row.get("id")).collect::<Result<_>>()?;
        if going.is_empty() {
            continue;
        }
        let (them, list) = (among(tx.conn(), KeyKind::Id, 2), keys::ids(going.iter().copied()));
        for sql in [
            format!("DELETE FROM ground WHERE workspace_id = $1 AND id IN {them}"),
            format!("DELETE FROM lead WHERE workspace_id = $1 AND contact_id IN {them}"),
            format!("DELETE FROM contact WHERE workspace_id = $1 AND id IN {them}"),
        ] {
            tx.execute(sql, vec![list.clone()]).await?;
        }
        gone.extend(going.into_iter().map(ContactId));
    }
    Ok(gone)
}

/// Tables of what a company's website and the register said, and of what else goes with it.
const OF_A_COMPANY: &[&str] = &[
    "website_fact",
    "website_reading",
    "website_run_company",
    "register_reading",
    "register_run_company",
    "suppression_run_company",
    "erased_name",
    "company_alias",
];

/// Removes companies that came in, of which nobody is left and with which nothing happened. Returns which went.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_companies(
    tx: &mut Tx,
    companies: &[CompanyId],
    unchanged: Unchanged,
) -> Result<HashSet<CompanyId>> {
    let mut gone = HashSet::new();
    let (is_unchanged, values) = unchanged.holds("company");
    let without_events = match unchanged {
        Unchanged::Since(_) => "",
        Unchanged::ButByListsTakenBack => {
            "AND NOT EXISTS (SELECT 1 FROM event v
                 WHERE v.workspace_id = company.workspace_id AND v.company_id = company.id)"
        }
    };
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT id FROM company WHERE workspace_id = $1 AND id IN {} AND {is_unchanged} {without_events}
             AND NOT EXISTS (SELECT 1 FROM contact c
                 WHERE c.workspace_id = company.workspace_id AND c.company_id = company.id)
             AND NOT EXISTS (SELECT 1 FROM prospect p
                 WHERE p.workspace_id = company.workspace_id AND p.company_id = company.id)
             LIMIT {KEYS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        let params = [vec![keys::ids(chunk.iter().map(|id| id.0))], values.clone()].concat();
        let rows = tx.fetch_all(sql, params).await?;
        let going: Vec<Uuid> = rows.iter().map(|row| row.get("id")).collect::<Result<_>>()?;
        let (them, list) = (among(tx.conn(), KeyKind::Id, 2), keys::ids(going.iter().copied()));
        for table in OF_A_COMPANY {
            let sql = format!("DELETE FROM {table} WHERE workspace_id = $1 AND company_id IN {them}");
            tx.execute(sql, vec![list.clone()]).await?;
        }
        let sql = format!("DELETE FROM company WHERE workspace_id = $1 AND id IN {them}");
        tx.execute(sql, vec![list]).await?;
        gone.extend(going.into_iter().map(CompanyId));
    }
    Ok(gone)
}
