//! Background work. A job is written in the transaction of the change that causes it, claimed by lease, safe to run
//! twice, and retried a bounded number of times.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{JobId, WorkspaceId};

use crate::connection::{Global, Tx};
use crate::error::Result;
use crate::row::Row;
use crate::{args, dialect};

kiem_domain::text_enum! {
    /// The two kinds of due work that wake a workspace.
    pub enum Queue {
        /// Rows of the job table.
        Job = "job",
        /// Messages that are due.
        Send = "send",
    }
}

/// Work to be done later.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// Made by the program.
    pub id: JobId,
    /// Which job it is.
    pub kind: &'a str,
    /// At most one job per kind and key waits; asking again moves it forward, never back.
    pub dedup_key: &'a str,
    /// The job's own versioned JSON.
    pub payload: &'a str,
    /// Not before.
    pub run_at: Timestamp,
    /// Tries before it is dead and shown.
    pub attempts_max: i64,
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which job it is.
    pub kind: String,
    /// Its key.
    pub dedup_key: String,
    /// The job's own versioned JSON.
    pub payload: String,
    /// 1 on the first try.
    pub attempt: i64,
    /// Tries before it is dead.
    pub attempts_max: i64,
    /// Fences workers that lost their lease.
    pub epoch: i64,
    /// Not before.
    pub run_at: Timestamp,
    /// What went wrong last time.
    pub last_error: Option<String>,
}

/// Asks for jobs; no kind and key may stand in `jobs` twice. When one with the same key waits or runs, it is brought
/// forward to `run_at` and its payload replaced; a running one runs again afterwards.
///
/// # Errors
/// Whatever the database refuses.
pub async fn enqueue(tx: &mut Tx, jobs: &[NewJob<'_>], now: Timestamp) -> Result<()> {
    let Some(earliest) = jobs.iter().map(|job| job.run_at).min() else { return Ok(()) };
    let rows = jobs.iter().map(|job| {
        args![
            job.id,
            job.kind,
            job.dedup_key,
            job.payload,
            "waiting",
            job.run_at,
            0,
            job.attempts_max,
            0,
            0,
            now
        ]
    });
    tx.insert_many(
        "INSERT INTO job (workspace_id, id, kind, dedup_key, payload, state, run_at, attempt, attempts_max, epoch,
                          lease_until, created_at)",
        rows,
        "ON CONFLICT (workspace_id, kind, dedup_key) DO UPDATE SET
             state = 'waiting', attempt = 0, payload = excluded.payload, epoch = job.epoch + 1, last_error = NULL,
             run_at = CASE WHEN job.state = 'waiting' AND job.run_at < excluded.run_at THEN job.run_at
                           ELSE excluded.run_at END",
    )
    .await?;
    wake(tx, Queue::Job, earliest).await
}

/// Makes sure that a worker looks at this workspace at `due_at` or before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn wake(tx: &mut Tx, queue: Queue, due_at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO job_wakeup (workspace_id, queue, due_at, seq) VALUES ($1, $2, $3, 1)
         ON CONFLICT (workspace_id, queue) DO UPDATE SET
             seq = job_wakeup.seq + 1,
             due_at = CASE WHEN job_wakeup.due_at < excluded.due_at THEN job_wakeup.due_at ELSE excluded.due_at END",
        args![queue.as_str(), due_at],
    )
    .await?;
    Ok(())
}

/// A workspace with due work, and the mark with which [`settle`] notices that more came in meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Wakeup {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Changes with every [`wake`].
    pub seq: i64,
}

/// Workspaces that have work due, longest waiting first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn due(global: &mut Global, queue: Queue, now: Timestamp, limit: i64) -> Result<Vec<Wakeup>> {
    let rows = global
        .fetch_all(
            "SELECT workspace_id, seq FROM job_wakeup WHERE queue = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3",
            args![queue.as_str(), now, limit],
        )
        .await?;
    rows.iter().map(|row| Ok(Wakeup { workspace: row.id("workspace_id")?, seq: row.get("seq")? })).collect()
}

/// Sets when to look at the workspace again, unless more work came in since `wakeup` was read. `None` means that
/// nothing waits.
///
/// # Errors
/// Whatever the database refuses.
pub async fn settle(tx: &mut Tx, queue: Queue, wakeup: Wakeup, next: Option<Timestamp>) -> Result<()> {
    // Far in the future instead of a deleted row: the row also carries the sequence number.
    let next = next.unwrap_or(Timestamp::MAX);
    tx.execute(
        "UPDATE job_wakeup SET due_at = $4, seq = seq + 1 WHERE workspace_id = $1 AND queue = $2 AND seq = $3",
        args![queue.as_str(), wakeup.seq, next],
    )
    .await?;
    Ok(())
}

/// Whether work waits or runs.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_asked(tx: &mut Tx, kind: &str, dedup_key: &str) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM job WHERE workspace_id = $1 AND kind = $2 AND dedup_key = $3
        AND state IN ('waiting', 'running')";
    Ok(tx.fetch_optional(sql, args![kind, dedup_key]).await?.is_some())
}

/// When the next job of this workspace wants to run, a lease that ends included.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next_run_at(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = tx
        .fetch_one(
            "SELECT MIN(CASE WHEN state = 'running' THEN lease_until ELSE run_at END) AS at FROM job
             WHERE workspace_id = $1 AND state IN ('waiting', 'running')",
            vec![],
        )
        .await?;
    row.opt_instant("at")
}

/// Claims at most `limit` due jobs, and jobs whose worker died (its lease ended), longest waiting first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn claim(tx: &mut Tx, now: Timestamp, lease: SignedDuration, limit: i64) -> Result<Vec<Job>> {
    let skip = dialect::skip_locked(tx.conn());
    // MATERIALIZED: PostgreSQL may run a plain subquery again for every row, and would then go beyond the limit.
    let rows = tx
        .fetch_all(
            format!(
                "WITH due AS MATERIALIZED (
                     SELECT id FROM job WHERE workspace_id = $1
                       AND ((state = 'waiting' AND run_at <= $2) OR (state = 'running' AND lease_until <= $2))
                     ORDER BY run_at LIMIT $4{skip})
                 UPDATE job SET state = 'running', epoch = epoch + 1, attempt = attempt + 1, lease_until = $3
                 WHERE workspace_id = $1 AND id IN (SELECT id FROM due)
                 RETURNING id, kind, dedup_key, payload, attempt, attempts_max, epoch, run_at, last_error"
            ),
            args![now, now + lease, limit],
        )
        .await?;
    let mut claimed: Vec<Job> = rows.iter().map(from_row).collect::<Result<_>>()?;
    // What an UPDATE returns has no order.
    claimed.sort_by_key(|job| (job.run_at, job.id.0));
    Ok(claimed)
}

/// Holds a job longer: its worker lives and works. False when the lease was lost or the job was asked for again
/// meanwhile; then the worker stops.
///
/// # Errors
/// Whatever the database refuses.
pub async fn hold(tx: &mut Tx, job: &Job, until: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE job SET lease_until = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND epoch = $3",
            args![job.id, job.epoch, until],
        )
        .await?;
    Ok(n > 0)
}

/// Removes a job that is done. False when the lease was lost or the job was asked for again meanwhile.
///
/// # Errors
/// Whatever the database refuses.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<bool> {
    let n = tx
        .execute(
            "DELETE FROM job WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND epoch = $3",
            args![job.id, job.epoch],
        )
        .await?;
    Ok(n > 0)
}

/// Puts a job back after a failure: to be tried at `retry_at`, or dead when there is none. False when the lease was
/// lost.
///
/// # Errors
/// Whatever the database refuses.
pub async fn fail(tx: &mut Tx, job: &Job, error: &str, retry_at: Option<Timestamp>) -> Result<bool> {
    let state = if retry_at.is_some() { "waiting" } else { "dead" };
    let n = tx
        .execute(
            "UPDATE job SET state = $4, last_error = $5, run_at = $6
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND epoch = $3",
            args![job.id, job.epoch, state, error, retry_at.unwrap_or(job.run_at)],
        )
        .await?;
    if let Some(at) = retry_at {
        wake(tx, Queue::Job, at).await?;
    }
    Ok(n > 0)
}

/// Jobs that gave up, newest first: they are shown to a person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn dead(tx: &mut Tx, limit: i64) -> Result<Vec<Job>> {
    let rows = tx
        .fetch_all(
            "SELECT id, kind, dedup_key, payload, attempt, attempts_max, epoch, run_at, last_error FROM job
             WHERE workspace_id = $1 AND state = 'dead' ORDER BY run_at DESC LIMIT $2",
            args![limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Lets a job that gave up try again from the beginning. False when there is no such job.
///
/// # Errors
/// Whatever the database refuses.
pub async fn revive(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE job SET state = 'waiting', attempt = 0, epoch = epoch + 1, run_at = $3
             WHERE workspace_id = $1 AND id = $2 AND state = 'dead'",
            args![id, now],
        )
        .await?;
    if n > 0 {
        wake(tx, Queue::Job, now).await?;
    }
    Ok(n > 0)
}

fn from_row(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.id("id")?,
        kind: row.get("kind")?,
        dedup_key: row.get("dedup_key")?,
        payload: row.get("payload")?,
        attempt: row.get("attempt")?,
        attempts_max: row.get("attempts_max")?,
        epoch: row.get("epoch")?,
        run_at: row.instant("run_at")?,
        last_error: row.get("last_error")?,
    })
}
