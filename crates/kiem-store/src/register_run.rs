//! Rounds in which companies are checked in the register: which companies, how far it is, what it cost.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, RegisterRunId, UserId};
use kiem_domain::register::RegisterOutcome;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::register::SEARCHED_BY;
use crate::row::Row;
use crate::website_run::RunState;

kiem_domain::text_enum! {
    /// Why a round waits.
    pub enum PauseReason {
        /// A person let it wait.
        Person = "person",
        /// The month's ceiling is reached.
        Ceiling = "ceiling",
        /// The register does not accept the key.
        Key = "key",
    }
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRun {
    /// Its id.
    pub id: RegisterRunId,
    /// How far.
    pub state: RunState,
    /// Why it waits, when it does.
    pub paused_why: Option<PauseReason>,
    /// Asked for again by a person, however fresh the last answer is.
    pub is_again: bool,
    /// Companies in it.
    pub n_companies: i64,
    /// Counts so far.
    pub counts: RegisterCounts,
    /// Times in a row that the register asked to come back later.
    pub n_waits: i64,
    /// Who began it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Counts of a round; also what one check adds to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterCounts {
    /// Companies handled.
    pub n_done: i64,
    /// Companies whose profile was read.
    pub n_checked: i64,
    /// Facts filled or replaced.
    pub n_filled: i64,
    /// Companies that a person should look at.
    pub n_look: i64,
    /// Companies that are no longer in the register.
    pub n_ended: i64,
    /// What it cost, in thousandths of a euro.
    pub paid_mills: i64,
}

/// Companies that the register could say more about.
#[derive(Debug, Clone, Copy)]
pub struct RegisterCandidates {
    /// At least this fit; `None` also takes those whose fit is not known.
    pub fit_min: Option<i64>,
    /// Not asked about since.
    pub not_asked_since: Timestamp,
}

/// How many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterCandidateCounts {
    /// All of them.
    pub n: i64,
    /// Those whose number is known.
    pub n_with_number: i64,
}

const COLUMNS: &str = "id, CASE WHEN state = 'running' AND paused_at IS NOT NULL THEN 'paused' ELSE state END AS shown_state,
    paused_why, is_again, n_companies, n_done, n_checked, n_filled, n_look, n_ended, n_waits, paid_mills, created_by,
    created_at, finished_at FROM register_run";

/// Begins a round with its companies, in their order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, run: &RegisterRun, companies: &[CompanyId]) -> Result<()> {
    tx.execute(
        "INSERT INTO register_run (workspace_id, id, state, is_again, n_companies, n_done, n_checked, n_filled, n_look,
             n_ended, n_waits, paid_mills, created_by, created_at)
         VALUES ($1, $2, 'running', $3, $4, 0, 0, 0, 0, 0, 0, 0, $5, $6)",
        args![run.id, run.is_again, run.n_companies, run.created_by, run.created_at],
    )
    .await?;
    let row = |(position, company): (usize, &CompanyId)| {
        args![run.id, *company, i64::try_from(position).unwrap_or(i64::MAX)]
    };
    tx.insert_many(
        "INSERT INTO register_run_company (workspace_id, run_id, company_id, position)",
        companies.iter().enumerate().map(row),
        "",
    )
    .await?;
    Ok(())
}

/// One round.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: RegisterRunId) -> Result<Option<RegisterRun>> {
    let sql = format!("SELECT {COLUMNS} WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// Rounds, newest first, from before `before` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<RegisterRun>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE workspace_id = $1 AND created_at < $2 ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![before, limit]).await?.iter().map(from_row).collect()
}

/// The round in which a company waits, if it waits in one that is not over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting_in(tx: &mut Tx, company: CompanyId) -> Result<Option<RegisterRunId>> {
    let row = tx
        .fetch_optional(
            "SELECT c.run_id FROM register_run_company c
             JOIN register_run r ON r.workspace_id = c.workspace_id AND r.id = c.run_id AND r.state = 'running'
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
pub async fn rounds_of(tx: &mut Tx, company: CompanyId) -> Result<Vec<RegisterRunId>> {
    let sql =
        "SELECT run_id FROM register_run_company WHERE workspace_id = $1 AND company_id = $2 LIMIT 1000";
    tx.fetch_all(sql, args![company]).await?.iter().map(|row| row.id("run_id")).collect()
}

/// The company that waits next.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next(tx: &mut Tx, id: RegisterRunId) -> Result<Option<CompanyId>> {
    let row = tx
        .fetch_optional(
            "SELECT company_id FROM register_run_company WHERE workspace_id = $1 AND run_id = $2 AND outcome IS NULL
             ORDER BY position LIMIT 1",
            args![id],
        )
        .await?;
    row.map(|row| row.id("company_id")).transpose()
}

/// Notes how the check of one company ended, and counts it; the last one ends the round. False when somebody else handled
/// the company: then this transaction must be thrown away. A round that was let wait or stopped meanwhile keeps the answer
/// that it paid for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn done(
    tx: &mut Tx,
    id: RegisterRunId,
    company: CompanyId,
    outcome: RegisterOutcome,
    added: &RegisterCounts,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE register_run_company SET outcome = $4
             WHERE workspace_id = $1 AND run_id = $2 AND company_id = $3 AND outcome IS NULL",
            args![id, company, outcome.as_str()],
        )
        .await?;
    if n == 0 {
        return Ok(false);
    }
    tx.execute(
        "UPDATE register_run SET n_done = n_done + 1, n_checked = n_checked + $3, n_filled = n_filled + $4,
             n_look = n_look + $5, n_ended = n_ended + $6, paid_mills = paid_mills + $7, n_waits = 0,
             state = CASE WHEN state = 'running' AND n_done + 1 >= n_companies THEN 'finished' ELSE state END,
             finished_at = CASE WHEN state = 'running' AND n_done + 1 >= n_companies THEN $8 ELSE finished_at END
         WHERE workspace_id = $1 AND id = $2",
        args![id, added.n_checked, added.n_filled, added.n_look, added.n_ended, added.paid_mills, now],
    )
    .await?;
    Ok(true)
}

/// Counts that the register asked to come back later; how often in a row it did.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waited(tx: &mut Tx, id: RegisterRunId) -> Result<i64> {
    tx.execute(
        "UPDATE register_run SET n_waits = n_waits + 1 WHERE workspace_id = $1 AND id = $2",
        args![id],
    )
    .await?;
    let row = tx
        .fetch_one("SELECT n_waits FROM register_run WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.get("n_waits")
}

/// Lets a round that runs wait. False when it does not run.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pause(tx: &mut Tx, id: RegisterRunId, why: PauseReason, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE register_run SET paused_at = $3, paused_why = $4
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NULL",
            args![id, now, why.as_str()],
        )
        .await?;
    Ok(n > 0)
}

/// Lets a round that waits go on. False when it does not wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn resume(tx: &mut Tx, id: RegisterRunId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE register_run SET paused_at = NULL, paused_why = NULL, n_waits = 0
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
pub async fn end(tx: &mut Tx, id: RegisterRunId, state: RunState, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE register_run SET state = $3, finished_at = $4, paused_at = NULL, paused_why = NULL
             WHERE workspace_id = $1 AND id = $2 AND state = 'running'",
            args![id, state.as_str(), now],
        )
        .await?;
    Ok(n > 0)
}

/// Which companies were checked in rounds that ended before `before` is forgotten; the counts stay.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_companies(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM register_run_company WHERE workspace_id = $1 AND run_id IN (
             SELECT id FROM register_run WHERE workspace_id = $1 AND finished_at < $2)",
        args![before],
    )
    .await
}

/// Whether a company waits in a round that is not over.
const WAITS: &str = "EXISTS (SELECT 1 FROM register_run_company q
            JOIN register_run r ON r.workspace_id = q.workspace_id AND r.id = q.run_id AND r.state = 'running'
            WHERE q.workspace_id = c.workspace_id AND q.company_id = c.id AND q.outcome IS NULL)";

/// Whether the last answer is older than `$2`, was put off, or is about a name and place that the company no longer has.
fn may_be_asked() -> String {
    format!(
        "(w.asked_at IS NULL OR w.asked_at < $2 OR w.outcome = 'later'
            OR (w.refused_of IS NOT NULL AND w.refused_of <> {SEARCHED_BY}))"
    )
}

/// Whether nobody said of the company as it is now that it is none of those that were offered.
fn is_not_refused() -> String {
    format!("(w.refused_of IS NULL OR w.refused_of <> {SEARCHED_BY})")
}

/// Dutch companies that lack number, form or activity, were not asked about lately, wait in no round already, and of which
/// nobody said that it is none of those that were offered. Whoever has a Dutch number is Dutch, whatever the list says
/// about the country.
fn candidates_sql() -> String {
    format!(
        "FROM company c
         LEFT JOIN register_reading w ON w.workspace_id = c.workspace_id AND w.company_id = c.id
         WHERE c.workspace_id = $1 AND (c.country = 'NL' OR (c.country IS NULL AND c.kvk_number IS NOT NULL))
           AND (c.kvk_number IS NULL OR c.legal_form IS NULL OR c.sbi_code IS NULL)
           AND {} AND {}
           AND (CAST($3 AS BIGINT) IS NULL OR c.fit_score >= $3)
           AND NOT {WAITS}",
        may_be_asked(),
        is_not_refused()
    )
}

/// How many companies' turn it is: of the first `limit`, all and those with a number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_candidates(
    tx: &mut Tx,
    wanted: RegisterCandidates,
    limit: i64,
) -> Result<RegisterCandidateCounts> {
    let sql = format!(
        "SELECT COUNT(*) AS n, COUNT(q.kvk_number) AS n_with_number FROM (
             SELECT c.kvk_number {} ORDER BY COALESCE(c.fit_score, -1) DESC, c.id LIMIT $4) q",
        candidates_sql()
    );
    let row = tx.fetch_one(sql, args![wanted.not_asked_since, wanted.fit_min, limit]).await?;
    Ok(RegisterCandidateCounts { n: row.get("n")?, n_with_number: row.get("n_with_number")? })
}

/// The companies whose turn it is, those that fit best first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn candidates(tx: &mut Tx, wanted: RegisterCandidates, limit: i64) -> Result<Vec<CompanyId>> {
    let sql =
        format!("SELECT c.id {} ORDER BY COALESCE(c.fit_score, -1) DESC, c.id LIMIT $4", candidates_sql());
    let rows = tx.fetch_all(sql, args![wanted.not_asked_since, wanted.fit_min, limit]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

kiem_domain::text_enum! {
    /// What a check of a company that somebody chose in a list would do.
    pub enum Standing {
        /// It is asked about.
        Ask = "ask",
        /// It is no Dutch company.
        Abroad = "abroad",
        /// It waits in a round already.
        Waits = "waits",
        /// Somebody said that it is none of those that the register offered, and nothing changed since.
        Refused = "refused",
        /// It was asked about, or paid for, not long ago.
        Recent = "recent",
    }
}

/// A company that somebody chose, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenCompany {
    /// The company.
    pub id: CompanyId,
    /// Whether its number is known.
    pub has_number: bool,
    /// What a check would do.
    pub standing: Standing,
    /// Fit, when it is known.
    pub fit_score: Option<i64>,
}

/// Where companies that somebody chose stand, those that fit best first; who is not there is left out. What was asked about
/// since `since` is recent.
///
/// # Errors
/// Whatever the database refuses.
pub async fn standings(tx: &mut Tx, companies: &[CompanyId], since: Timestamp) -> Result<Vec<ChosenCompany>> {
    let sql = format!(
        "SELECT c.id, CASE WHEN c.kvk_number IS NULL THEN FALSE ELSE TRUE END AS has_number, c.fit_score,
             CASE WHEN c.kvk_number IS NULL AND c.country IS NOT NULL AND c.country <> 'NL' THEN 'abroad'
                  WHEN {WAITS} THEN 'waits'
                  WHEN NOT {} THEN 'refused'
                  WHEN NOT {} THEN 'recent'
                  WHEN EXISTS (SELECT 1 FROM register_payment p WHERE p.workspace_id = c.workspace_id
                      AND p.company_id = c.id AND p.state <> 'free' AND p.asked_at > $2) THEN 'recent'
                  ELSE 'ask' END AS standing
         FROM company c
         LEFT JOIN register_reading w ON w.workspace_id = c.workspace_id AND w.company_id = c.id
         WHERE c.workspace_id = $1 AND c.id IN {} LIMIT {KEYS_PER_QUERY}",
        is_not_refused(),
        may_be_asked(),
        among(tx.conn(), KeyKind::Id, 3)
    );
    let mut found: Vec<ChosenCompany> = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let params = vec![since.into(), keys::ids(chunk.iter().map(|id| id.0))];
        for row in tx.fetch_all(sql.clone(), params).await? {
            found.push(ChosenCompany {
                id: row.id("id")?,
                has_number: row.get("has_number")?,
                standing: row.parsed("standing")?,
                fit_score: row.get("fit_score")?,
            });
        }
    }
    found.sort_by_key(|one| (std::cmp::Reverse(one.fit_score.unwrap_or(-1)), one.id));
    found.dedup_by_key(|one| one.id);
    Ok(found)
}

fn from_row(row: &Row) -> Result<RegisterRun> {
    Ok(RegisterRun {
        id: row.id("id")?,
        state: row.parsed("shown_state")?,
        paused_why: row.opt_parsed("paused_why")?,
        is_again: row.get("is_again")?,
        n_companies: row.get("n_companies")?,
        counts: RegisterCounts {
            n_done: row.get("n_done")?,
            n_checked: row.get("n_checked")?,
            n_filled: row.get("n_filled")?,
            n_look: row.get("n_look")?,
            n_ended: row.get("n_ended")?,
            paid_mills: row.get("paid_mills")?,
        },
        n_waits: row.get("n_waits")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}
