//! What members are told: in the page at once, and by mail.

use jiff::Timestamp;
use kiem_domain::id::UserId;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// One thing that a member is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Id, time-ordered.
    pub id: Uuid,
    /// Whom it is for.
    pub user_id: UserId,
    /// `lead.promoted`, `reply.received`, ...: the key of its words.
    pub kind: String,
    /// What it is about (`prospect`, `inbound`, ...).
    pub subject_kind: String,
    /// Which record.
    pub subject_id: Option<Uuid>,
    /// Values for its words, as JSON.
    pub data: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the member saw it.
    pub read_at: Option<Timestamp>,
    /// When it was also mailed.
    pub mailed_at: Option<Timestamp>,
}

fn from_row(row: &Row) -> Result<Notification> {
    Ok(Notification {
        id: row.get("id")?,
        user_id: row.id("user_id")?,
        kind: row.get("kind")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        data: row.get("data")?,
        created_at: row.instant("created_at")?,
        read_at: row.opt_instant("read_at")?,
        mailed_at: row.opt_instant("mailed_at")?,
    })
}

/// Writes a notification down.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, one: &Notification) -> Result<()> {
    tx.execute(
        "INSERT INTO notification (workspace_id, id, user_id, kind, subject_kind, subject_id, data, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            one.id,
            one.user_id,
            one.kind.as_str(),
            one.subject_kind.as_str(),
            one.subject_id,
            one.data.as_str(),
            one.created_at
        ],
    )
    .await?;
    Ok(())
}

/// A notification by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Notification>> {
    let row = tx
        .fetch_optional("SELECT * FROM notification WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// A member's notifications, newest first, from before `before` (a notification's id) on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, user: UserId, before: Option<Uuid>, limit: i64) -> Result<Vec<Notification>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM notification WHERE workspace_id = $1 AND user_id = $2 AND ($3 IS NULL OR id < $3)
             ORDER BY id DESC LIMIT $4",
            args![user, before, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many a member has not seen.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_unread(tx: &mut Tx, user: UserId) -> Result<i64> {
    tx.fetch_one(
        "SELECT COUNT(*) AS n FROM notification WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL",
        args![user],
    )
    .await?
    .get("n")
}

/// Notes that a member saw a notification: everything up to and with `id`, or `only` that one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_read(tx: &mut Tx, user: UserId, id: Uuid, only: bool, now: Timestamp) -> Result<u64> {
    let these = if only { "id = $3" } else { "id <= $3" };
    tx.execute(
        format!(
            "UPDATE notification SET read_at = $4
             WHERE workspace_id = $1 AND user_id = $2 AND {these} AND read_at IS NULL"
        ),
        args![user, id, now],
    )
    .await
}

/// Notes that a notification went out by mail. False when it had already: a job that runs twice mails once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_mailed(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE notification SET mailed_at = $3 WHERE workspace_id = $1 AND id = $2 AND mailed_at IS NULL",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Whether anybody was told something of a kind about a record since a moment.
///
/// # Errors
/// Whatever the database refuses.
pub async fn was_told(tx: &mut Tx, kind: &str, subject: Option<Uuid>, since: Timestamp) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM notification WHERE workspace_id = $1 AND kind = $2 AND created_at >= $4
               AND (subject_id = $3 OR ($3 IS NULL AND subject_id IS NULL)) LIMIT 1",
            args![kind, subject, since],
        )
        .await?;
    Ok(row.is_some())
}

/// A member who was told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The member's name.
    pub name: String,
    /// Values of the words, as JSON.
    pub data: String,
    /// When.
    pub created_at: Timestamp,
}

/// Who was told things of a kind about a record, first told first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn told(tx: &mut Tx, kind: &str, subject: Uuid) -> Result<Vec<Told>> {
    let rows = tx
        .fetch_all(
            "SELECT n.data, n.created_at, u.name FROM notification n JOIN app_user u ON u.id = n.user_id
             WHERE n.workspace_id = $1 AND n.kind = $2 AND n.subject_id = $3
             ORDER BY n.created_at, n.id LIMIT 50",
            args![kind, subject],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Told {
                name: row.get("name")?,
                data: row.get("data")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect()
}
