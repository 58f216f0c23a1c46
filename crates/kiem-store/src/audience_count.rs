//! What is counted of everybody in a large audience, and is kept for a while.

use jiff::Timestamp;
use kiem_domain::lead::LeadState;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// Microseconds of one span of time in [`leads_by_time`]: periods begin on a quarter of an hour in every time zone.
const SPAN_MICROS: i64 = 15 * 60 * 1_000_000;

/// Whether there are more people than `most`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_larger(tx: &mut Tx, most: i64) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM contact WHERE workspace_id = $1 LIMIT $2) few";
    Ok(tx.fetch_one(sql, args![most + 1]).await?.get::<i64>("n")? > most)
}

/// What was counted last, as JSON, and when.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx) -> Result<Option<(Timestamp, String)>> {
    let sql = "SELECT counted_at, counts FROM audience_count WHERE workspace_id = $1";
    let row = tx.fetch_optional(sql, vec![]).await?;
    row.map(|row| Ok((row.instant("counted_at")?, row.get("counts")?))).transpose()
}

/// Keeps what was counted.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, counted_at: Timestamp, counts: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO audience_count (workspace_id, counted_at, counts) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id) DO UPDATE SET counted_at = excluded.counted_at, counts = excluded.counts",
        args![counted_at, counts],
    )
    .await?;
    Ok(())
}

/// Leads in each state.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads_by_state(tx: &mut Tx) -> Result<Vec<(LeadState, i64)>> {
    let sql = "SELECT state, COUNT(*) AS n FROM lead WHERE workspace_id = $1 GROUP BY state ORDER BY state";
    tx.fetch_all(sql, vec![]).await?.iter().map(|row| Ok((row.parsed("state")?, row.get("n")?))).collect()
}

/// Leads by the quarter of an hour in which they were made: its end, and how many, the oldest first. Many come together with
/// a list, so these are few.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads_by_time(tx: &mut Tx) -> Result<Vec<(Timestamp, i64)>> {
    let span_end = format!("(created_at / {SPAN_MICROS} + 1) * {SPAN_MICROS}");
    let sql = format!(
        "SELECT {span_end} AS span_end, COUNT(*) AS n FROM lead WHERE workspace_id = $1
         GROUP BY {span_end} ORDER BY span_end"
    );
    let rows = tx.fetch_all(sql, vec![]).await?;
    rows.iter().map(|row| Ok((row.instant("span_end")?, row.get("n")?))).collect()
}
