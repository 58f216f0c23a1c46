//! Companies that are put on the suppression list together: which of them wait, how far it is, and what it will come to.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, LeadId, SuppressionRunId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

/// Companies that are put on the list together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRun {
    /// Its id.
    pub id: SuppressionRunId,
    /// Why, in words.
    pub reason: String,
    /// Companies in it.
    pub n_companies: i64,
    /// Companies that are done.
    pub n_done: i64,
    /// People at those.
    pub n_people: i64,
    /// Sequences of theirs that ran and were stopped.
    pub n_stopped: i64,
    /// Who asked for it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When the last company was done.
    pub finished_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, reason, n_companies, n_done, n_people, n_stopped, created_by, created_at, finished_at
    FROM suppression_run";

/// Begins with companies that wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, run: &SuppressionRun, companies: &[CompanyId]) -> Result<()> {
    tx.execute(
        "INSERT INTO suppression_run (workspace_id, id, reason, n_companies, n_done, n_people, n_stopped, created_by,
             created_at)
         VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $6)",
        args![run.id, run.reason.as_str(), run.n_companies, run.created_by, run.created_at],
    )
    .await?;
    put_waiting(tx, run.id, companies).await
}

/// Lets companies wait; who waits already is not put there twice.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_waiting(tx: &mut Tx, id: SuppressionRunId, companies: &[CompanyId]) -> Result<()> {
    tx.insert_many(
        "INSERT INTO suppression_run_company (workspace_id, run_id, company_id)",
        companies.iter().map(|company| args![id, *company]),
        "ON CONFLICT (workspace_id, run_id, company_id) DO NOTHING",
    )
    .await?;
    Ok(())
}

/// One of them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: SuppressionRunId) -> Result<Option<SuppressionRun>> {
    let sql = format!("SELECT {COLUMNS} WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// One of them; nobody else works on it until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock(tx: &mut Tx, id: SuppressionRunId) -> Result<Option<SuppressionRun>> {
    let lock = crate::dialect::for_update(tx.conn());
    let sql = format!("SELECT {COLUMNS} WHERE workspace_id = $1 AND id = $2{lock}");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The newest.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<SuppressionRun>> {
    let sql = format!("SELECT {COLUMNS} WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
    tx.fetch_all(sql, args![limit]).await?.iter().map(from_row).collect()
}

/// The companies that wait next.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next(tx: &mut Tx, id: SuppressionRunId, limit: i64) -> Result<Vec<CompanyId>> {
    let rows = tx
        .fetch_all(
            "SELECT company_id FROM suppression_run_company WHERE workspace_id = $1 AND run_id = $2
             ORDER BY company_id LIMIT $3",
            args![id, limit],
        )
        .await?;
    rows.iter().map(|row| row.id("company_id")).collect()
}

/// Where a company still waits.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waits_in(tx: &mut Tx, company: CompanyId) -> Result<Vec<SuppressionRunId>> {
    let sql =
        "SELECT run_id FROM suppression_run_company WHERE workspace_id = $1 AND company_id = $2 LIMIT 1000";
    tx.fetch_all(sql, args![company]).await?.iter().map(|row| row.id("run_id")).collect()
}

/// Notes that companies are done: `n_people` people are there, and `n_stopped` sequences of theirs were stopped.
///
/// # Errors
/// Whatever the database refuses.
pub async fn done(
    tx: &mut Tx,
    id: SuppressionRunId,
    companies: &[CompanyId],
    (n_people, n_stopped): (i64, i64),
) -> Result<()> {
    let them = among(tx.conn(), KeyKind::Id, 3);
    let sql = format!(
        "DELETE FROM suppression_run_company WHERE workspace_id = $1 AND run_id = $2 AND company_id IN {them}"
    );
    let mut n = 0;
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        n += tx.execute(sql.clone(), vec![Value::from(id), list_of(chunk)]).await?;
    }
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE suppression_run SET n_done = n_done + $3, n_people = n_people + $4, n_stopped = n_stopped + $5
         WHERE workspace_id = $1 AND id = $2",
        args![id, n, n_people, n_stopped],
    )
    .await?;
    Ok(())
}

/// Nobody waits any more.
///
/// # Errors
/// Whatever the database refuses.
pub async fn finish(tx: &mut Tx, id: SuppressionRunId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE suppression_run SET finished_at = $3 WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL",
        args![id, now],
    )
    .await?;
    Ok(())
}

/// Somebody at a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonThere {
    /// The company.
    pub company_id: CompanyId,
    /// The person.
    pub contact_id: ContactId,
    /// Their place on the marketing list.
    pub lead_id: Option<LeadId>,
    /// Address.
    pub email: Option<String>,
}

/// People at some companies whom nobody erased, from after `after` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn people_at(
    tx: &mut Tx,
    companies: &[CompanyId],
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<PersonThere>> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    let sql = format!(
        "SELECT k.company_id, k.id, l.id AS lead_id, k.email FROM contact k
         LEFT JOIN lead l ON l.workspace_id = k.workspace_id AND l.contact_id = k.id
         WHERE k.workspace_id = $1 AND k.company_id IN {them} AND k.erased_at IS NULL AND k.id > $3
         ORDER BY k.id LIMIT $4"
    );
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let rows = tx.fetch_all(sql, vec![list_of(companies), after.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonThere {
                company_id: row.id("company_id")?,
                contact_id: row.id("id")?,
                lead_id: row.opt_id("lead_id")?,
                email: row.get("email")?,
            })
        })
        .collect()
}

/// What it comes to when companies are put on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SuppressionCounts {
    /// Companies that are there.
    pub n_companies: i64,
    /// Those that have a domain of their own: it goes on the list; of the others that of their website, or the addresses of
    /// their people.
    pub n_with_domain: i64,
    /// Those without domain, website and any address: nothing of theirs can go on the list.
    pub n_without_address: i64,
    /// People there.
    pub n_people: i64,
    /// Those of them whose sequence runs.
    pub n_people_running: i64,
    /// Companies at which somebody's sequence runs.
    pub n_companies_running: i64,
    /// Companies that sales is talking with.
    pub n_pursued: i64,
    /// Other companies that share a domain with one of these.
    pub n_siblings: i64,
}

/// Counts what it comes to.
///
/// # Errors
/// Whatever the database refuses.
pub async fn counts(tx: &mut Tx, companies: &[CompanyId]) -> Result<SuppressionCounts> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    let all = list_of(companies);
    let firms = tx
        .fetch_one(
            format!(
                "SELECT COUNT(*) AS n, COUNT(c.domain) AS n_with_domain,
                     COUNT(CASE WHEN c.domain IS NULL AND c.website IS NULL AND NOT EXISTS (SELECT 1 FROM contact k
                         WHERE k.workspace_id = c.workspace_id AND k.company_id = c.id AND k.email IS NOT NULL)
                         THEN 1 END) AS n_without_address
                 FROM company c WHERE c.workspace_id = $1 AND c.id IN {them}"
            ),
            vec![all.clone()],
        )
        .await?;
    let running = tx
        .fetch_one(
            format!(
                "SELECT COUNT(DISTINCT e.lead_id) AS n_people, COUNT(DISTINCT e.company_id) AS n_companies FROM enrolment e
                 WHERE e.workspace_id = $1 AND e.company_id IN {them} AND e.state IN ('active', 'paused')"
            ),
            vec![all.clone()],
        )
        .await?;
    let around = tx
        .fetch_one(
            format!(
                "SELECT
                     (SELECT COUNT(*) FROM contact k
                      WHERE k.workspace_id = $1 AND k.company_id IN {them} AND k.erased_at IS NULL) AS n_people,
                     (SELECT COUNT(*) FROM prospect p
                      WHERE p.workspace_id = $1 AND p.open_company_id IN {them}) AS n_pursued,
                     (SELECT COUNT(DISTINCT other.company_id) FROM company_group_member mine
                      JOIN company_group_member other ON other.workspace_id = $1 AND other.group_id = mine.group_id
                      WHERE mine.workspace_id = $1 AND mine.company_id IN {them}
                        AND other.company_id NOT IN {them}) AS n_siblings"
            ),
            vec![all],
        )
        .await?;
    Ok(SuppressionCounts {
        n_companies: firms.get("n")?,
        n_with_domain: firms.get("n_with_domain")?,
        n_without_address: firms.get("n_without_address")?,
        n_people: around.get("n_people")?,
        n_people_running: running.get("n_people")?,
        n_companies_running: running.get("n_companies")?,
        n_pursued: around.get("n_pursued")?,
        n_siblings: around.get("n_siblings")?,
    })
}

fn list_of(companies: &[CompanyId]) -> Value {
    keys::ids(companies.iter().map(|id| id.0))
}

fn from_row(row: &Row) -> Result<SuppressionRun> {
    Ok(SuppressionRun {
        id: row.id("id")?,
        reason: row.get("reason")?,
        n_companies: row.get("n_companies")?,
        n_done: row.get("n_done")?,
        n_people: row.get("n_people")?,
        n_stopped: row.get("n_stopped")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}
