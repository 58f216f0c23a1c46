//! Rounds in which the websites of many companies are read: which companies, and how far it is.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, UserId, WebsiteRunId};
use kiem_domain::website::ReadingOutcome;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

kiem_domain::text_enum! {
    /// How far a round is.
    pub enum RunState {
        /// Being read.
        Running = "running",
        /// Waits until somebody lets it go on; what was read is there.
        Paused = "paused",
        /// All sites were handled.
        Finished = "finished",
        /// Stopped by a person; what was read stays.
        Stopped = "stopped",
        /// Cannot go on; what was read stays.
        Failed = "failed",
    }
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteRun {
    /// Its id.
    pub id: WebsiteRunId,
    /// How far.
    pub state: RunState,
    /// Companies in it.
    pub n_companies: i64,
    /// Counts so far.
    pub counts: RunCounts,
    /// Who began it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Counts of a round; also what one reading adds to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunCounts {
    /// Sites handled.
    pub n_done: i64,
    /// Sites that were read.
    pub n_read: i64,
    /// Sites that were not read, with a reason.
    pub n_refused: i64,
    /// Facts found.
    pub n_facts: i64,
    /// Blanks filled.
    pub n_filled: i64,
    /// Addresses and domains put on the suppression list.
    pub n_suppressed: i64,
}

/// A company of a round that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingSite {
    /// The company.
    pub company_id: CompanyId,
    /// Host of its site.
    pub host: String,
}

/// A company whose site was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSite {
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub name: String,
    /// Host of the site that was tried.
    pub host: String,
    /// Why it was not read.
    pub outcome: ReadingOutcome,
}

/// Companies with a website whose turn it is.
#[derive(Debug, Clone, Copy)]
pub struct Candidates {
    /// At least this fit; `None` also takes those whose fit is not known.
    pub fit_min: Option<i64>,
    /// Not read since.
    pub not_read_since: Timestamp,
    /// Now: a site that asked to come back later is left alone until then.
    pub now: Timestamp,
}

const COLUMNS: &str = "id, CASE WHEN state = 'running' AND paused_at IS NOT NULL THEN 'paused' ELSE state END AS shown_state,
    n_companies, n_done, n_read, n_refused, n_facts, n_filled, n_suppressed, created_by, created_at, finished_at
    FROM website_run";

/// Begins a round with its companies, in their order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, run: &WebsiteRun, sites: &[WaitingSite]) -> Result<()> {
    tx.execute(
        "INSERT INTO website_run (workspace_id, id, state, n_companies, n_done, n_read, n_refused, n_facts, n_filled,
             n_suppressed, created_by, created_at)
         VALUES ($1, $2, 'running', $3, 0, 0, 0, 0, 0, 0, $4, $5)",
        args![run.id, run.n_companies, run.created_by, run.created_at],
    )
    .await?;
    let row = |(position, site): (usize, &WaitingSite)| {
        args![run.id, site.company_id, i64::try_from(position).unwrap_or(i64::MAX), site.host.as_str()]
    };
    tx.insert_many(
        "INSERT INTO website_run_company (workspace_id, run_id, company_id, position, host)",
        sites.iter().enumerate().map(row),
        "",
    )
    .await?;
    Ok(())
}

/// One round.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: WebsiteRunId) -> Result<Option<WebsiteRun>> {
    let sql = format!("SELECT {COLUMNS} WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// Rounds, newest first, from before `before` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<WebsiteRun>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE workspace_id = $1 AND created_at < $2 ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![before, limit]).await?.iter().map(from_row).collect()
}

/// The round in which a company waits, if it waits in one that is not over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting_in(tx: &mut Tx, company: CompanyId) -> Result<Option<WebsiteRunId>> {
    let row = tx
        .fetch_optional(
            "SELECT c.run_id FROM website_run_company c
             JOIN website_run r ON r.workspace_id = c.workspace_id AND r.id = c.run_id AND r.state = 'running'
             WHERE c.workspace_id = $1 AND c.company_id = $2 AND c.outcome IS NULL ORDER BY r.n_companies LIMIT 1",
            args![company],
        )
        .await?;
    row.map(|row| row.id("run_id")).transpose()
}

/// The rounds that a company is or was part of.
///
/// # Errors
/// Whatever the database refuses.
pub async fn rounds_of(tx: &mut Tx, company: CompanyId) -> Result<Vec<WebsiteRunId>> {
    let sql = "SELECT run_id FROM website_run_company WHERE workspace_id = $1 AND company_id = $2 LIMIT 1000";
    tx.fetch_all(sql, args![company]).await?.iter().map(|row| row.id("run_id")).collect()
}

/// The companies that wait next, at most `limit`, none of them on one of the hosts that are `busy`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next(tx: &mut Tx, id: WebsiteRunId, busy: &[String], limit: i64) -> Result<Vec<WaitingSite>> {
    let sql = format!(
        "SELECT company_id, host FROM website_run_company
         WHERE workspace_id = $1 AND run_id = $2 AND outcome IS NULL AND host NOT IN {}
         ORDER BY position LIMIT $4",
        among(tx.conn(), KeyKind::Text, 3)
    );
    let mut params = args![id];
    params.extend([keys::texts(busy), Value::from(limit)]);
    let rows = tx.fetch_all(sql, params).await?;
    rows.iter()
        .map(|row| Ok(WaitingSite { company_id: row.id("company_id")?, host: row.get("host")? }))
        .collect()
}

/// Notes how the reading of one company ended, and counts it; the last one ends the round. False when the round does not
/// run any more or somebody else handled the company: then this transaction must be thrown away.
///
/// # Errors
/// Whatever the database refuses.
pub async fn done(
    tx: &mut Tx,
    id: WebsiteRunId,
    company: CompanyId,
    outcome: ReadingOutcome,
    added: &RunCounts,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE website_run_company SET outcome = $4
             WHERE workspace_id = $1 AND run_id = $2 AND company_id = $3 AND outcome IS NULL",
            args![id, company, outcome.as_str()],
        )
        .await?;
    if n == 0 {
        return Ok(false);
    }
    let n = tx
        .execute(
            "UPDATE website_run SET n_done = n_done + 1, n_read = n_read + $3, n_refused = n_refused + $4,
                 n_facts = n_facts + $5, n_filled = n_filled + $6, n_suppressed = n_suppressed + $7,
                 state = CASE WHEN n_done + 1 >= n_companies THEN 'finished' ELSE state END,
                 finished_at = CASE WHEN n_done + 1 >= n_companies THEN $8 ELSE finished_at END
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NULL",
            args![id, added.n_read, added.n_refused, added.n_facts, added.n_filled, added.n_suppressed, now],
        )
        .await?;
    Ok(n > 0)
}

/// Lets a round that runs wait. False when it does not run.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pause(tx: &mut Tx, id: WebsiteRunId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE website_run SET paused_at = $3
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NULL",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Lets a round that waits go on. False when it does not wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn resume(tx: &mut Tx, id: WebsiteRunId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE website_run SET paused_at = NULL
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NOT NULL",
            args![id],
        )
        .await?;
    Ok(n > 0)
}

/// Ends a round that runs or waits. False when it was already over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end(tx: &mut Tx, id: WebsiteRunId, state: RunState, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE website_run SET state = $3, finished_at = $4, paused_at = NULL
             WHERE workspace_id = $1 AND id = $2 AND state = 'running'",
            args![id, state.as_str(), now],
        )
        .await?;
    Ok(n > 0)
}

/// Why companies of a round were not read, with how many each; the most frequent reason first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn refused_counts(tx: &mut Tx, id: WebsiteRunId) -> Result<Vec<(ReadingOutcome, i64)>> {
    let sql = "SELECT outcome, COUNT(*) AS n FROM website_run_company
         WHERE workspace_id = $1 AND run_id = $2 AND outcome IS NOT NULL AND outcome <> 'read'
         GROUP BY outcome ORDER BY n DESC, outcome";
    let rows = tx.fetch_all(sql, args![id]).await?;
    rows.iter().map(|row| Ok((row.parsed("outcome")?, row.get("n")?))).collect()
}

/// The companies of a round that were not read, in the order of the round, at most `limit`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn refused(tx: &mut Tx, id: WebsiteRunId, limit: i64) -> Result<Vec<RefusedSite>> {
    let sql = "SELECT q.company_id, c.name, q.host, q.outcome FROM website_run_company q
         JOIN company c ON c.workspace_id = q.workspace_id AND c.id = q.company_id
         WHERE q.workspace_id = $1 AND q.run_id = $2 AND q.outcome IS NOT NULL AND q.outcome <> 'read'
         ORDER BY q.position LIMIT $3";
    let site = |row: &Row| {
        Ok(RefusedSite {
            company_id: row.id("company_id")?,
            name: row.get("name")?,
            host: row.get("host")?,
            outcome: row.parsed("outcome")?,
        })
    };
    tx.fetch_all(sql, args![id, limit]).await?.iter().map(site).collect()
}

/// Which companies of rounds that ended before `before` were read is forgotten; the counts stay.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_companies(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM website_run_company WHERE workspace_id = $1 AND run_id IN (
             SELECT id FROM website_run WHERE workspace_id = $1 AND finished_at < $2)",
        args![before],
    )
    .await
}

/// Companies with a website that were not read lately, that no site asked to leave alone for now, and that wait in no
/// round already.
const CANDIDATES: &str = "FROM company c
    LEFT JOIN website_reading w ON w.workspace_id = c.workspace_id AND w.company_id = c.id
    WHERE c.workspace_id = $1 AND COALESCE(c.website, c.domain) IS NOT NULL
      AND (w.read_at IS NULL OR w.read_at < $2) AND (w.retry_at IS NULL OR w.retry_at <= $3)
      AND (CAST($4 AS BIGINT) IS NULL OR c.fit_score >= $4)
      AND NOT EXISTS (SELECT 1 FROM website_run_company q
            JOIN website_run r ON r.workspace_id = q.workspace_id AND r.id = q.run_id AND r.state = 'running'
            WHERE q.workspace_id = c.workspace_id AND q.company_id = c.id AND q.outcome IS NULL)";

/// How many companies' turn it is.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_candidates(tx: &mut Tx, wanted: Candidates) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) AS n {CANDIDATES}");
    tx.fetch_one(sql, args![wanted.not_read_since, wanted.now, wanted.fit_min]).await?.get("n")
}

/// The companies whose turn it is with website and domain, those that fit best first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn candidates(
    tx: &mut Tx,
    wanted: Candidates,
    limit: i64,
) -> Result<Vec<(CompanyId, Option<String>, Option<String>)>> {
    let sql = format!(
        "SELECT c.id, c.website, c.domain {CANDIDATES} ORDER BY COALESCE(c.fit_score, -1) DESC, c.id LIMIT $5"
    );
    let rows = tx.fetch_all(sql, args![wanted.not_read_since, wanted.now, wanted.fit_min, limit]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.get("website")?, row.get("domain")?))).collect()
}

fn from_row(row: &Row) -> Result<WebsiteRun> {
    Ok(WebsiteRun {
        id: row.id("id")?,
        state: row.parsed("shown_state")?,
        n_companies: row.get("n_companies")?,
        counts: RunCounts {
            n_done: row.get("n_done")?,
            n_read: row.get("n_read")?,
            n_refused: row.get("n_refused")?,
            n_facts: row.get("n_facts")?,
            n_filled: row.get("n_filled")?,
            n_suppressed: row.get("n_suppressed")?,
        },
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}
