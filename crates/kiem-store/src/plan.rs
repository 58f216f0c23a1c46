//! The plan of a year: one document per year, and what really happened month by month.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::funnel::Period;
use kiem_domain::id::UserId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// A stored plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// The year.
    pub year: i64,
    /// What was typed, as JSON.
    pub definition: String,
    /// Who changed it last.
    pub updated_by: UserId,
    /// When.
    pub updated_at: Timestamp,
}

/// The plan of a year, when there is one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, year: i64) -> Result<Option<StoredPlan>> {
    let row =
        tx.fetch_optional("SELECT * FROM plan WHERE workspace_id = $1 AND year = $2", args![year]).await?;
    row.map(|row| {
        Ok(StoredPlan {
            year: row.get("year")?,
            definition: row.get("definition")?,
            updated_by: row.id("updated_by")?,
            updated_at: row.instant("updated_at")?,
        })
    })
    .transpose()
}

/// Stores the plan of a year; the last one who typed wins, the audit trail keeps who it was.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, plan: &StoredPlan) -> Result<()> {
    tx.execute(
        "INSERT INTO plan (workspace_id, year, definition, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, year) DO UPDATE SET definition = excluded.definition,
             updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![plan.year, plan.definition.as_str(), plan.updated_by, plan.updated_at],
    )
    .await?;
    Ok(())
}

/// Outreach mails that left from day `from` up to but not on day `to`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mails_sent(tx: &mut Tx, from: Date, to: Date) -> Result<i64> {
    // Days are stored as 2026-11-24, so that text order is time order.
    tx.fetch_one(
        "SELECT CAST(COALESCE(SUM(n_sent), 0) AS BIGINT) AS n FROM mailbox_day
         WHERE workspace_id = $1 AND day >= $2 AND day < $3",
        args![from, to],
    )
    .await?
    .get("n")
}

/// What the working mailboxes may send on a day together; none when there is no mailbox.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mails_per_day(tx: &mut Tx) -> Result<Option<i64>> {
    tx.fetch_one(
        "SELECT CAST(SUM(daily_cap) AS BIGINT) AS n FROM mailbox WHERE workspace_id = $1 AND state = 'active'",
        args![],
    )
    .await?
    .get("n")
}

/// Value of the deals won in a period, in cents.
///
/// # Errors
/// Whatever the database refuses.
pub async fn revenue_cents(tx: &mut Tx, from: Timestamp, to: Timestamp) -> Result<i64> {
    tx.fetch_one(
        "SELECT CAST(COALESCE(SUM(value_cents), 0) AS BIGINT) AS n FROM opportunity
         WHERE workspace_id = $1 AND closed_at >= $2 AND closed_at < $3 AND state = 'won'",
        args![from, to],
    )
    .await?
    .get("n")
}

/// Outreach mails that went to the leads who were first approached in a period, up to now.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mails_to_leads_approached(tx: &mut Tx, period: Period) -> Result<i64> {
    tx.fetch_one(
        "SELECT COUNT(*) AS n FROM lead l
         JOIN message m ON m.workspace_id = l.workspace_id AND m.contact_id = l.contact_id
         WHERE l.workspace_id = $1 AND l.approached_at >= $2 AND l.approached_at < $3
           AND m.kind = 'outreach' AND m.state = 'sent'",
        args![period.from, period.to],
    )
    .await?
    .get("n")
}
