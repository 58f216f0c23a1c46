//! The audit trail: append-only, one chain per workspace. The hash of each row is made by the caller over the row and
//! the hash before it; here only the order is kept.

use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, dialect};

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `user`, `token`, `system` or `public`.
    pub actor_kind: String,
    /// The person or token.
    pub actor_id: Option<Uuid>,
    /// What was done, `member.role_changed`.
    pub action: String,
    /// What it was done to.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// Before and after as JSON, without secrets.
    pub detail: String,
    /// Keyed hash over this row and the one before.
    pub hash: Vec<u8>,
}

fn from_row(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get("seq")?,
        at: row.instant("at")?,
        actor_kind: row.get("actor_kind")?,
        actor_id: row.get("actor_id")?,
        action: row.get("action")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        detail: row.get("detail")?,
        hash: row.get("hash")?,
    })
}

/// The end of the chain, `(0, [])` for an empty one. Nobody else appends until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock_end(tx: &mut Tx) -> Result<(i64, Vec<u8>)> {
    let lock = dialect::for_no_key_update(tx.conn());
    tx.fetch_optional(format!("SELECT id AS workspace_id FROM workspace WHERE id = $1{lock}"), vec![])
        .await?;
    let row = tx
        .fetch_optional(
            "SELECT seq, hash FROM audit_entry WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1",
            vec![],
        )
        .await?;
    row.map_or(Ok((0, Vec::new())), |row| Ok((row.get("seq")?, row.get("hash")?)))
}

/// Appends an entry; its `seq` and `hash` follow [`lock_end`] of the same transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn append(tx: &mut Tx, entry: &AuditEntry) -> Result<()> {
    tx.execute(
        "INSERT INTO audit_entry (workspace_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id,
             detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            entry.seq,
            entry.at,
            entry.actor_kind.as_str(),
            entry.actor_id,
            entry.action.as_str(),
            entry.subject_kind.as_str(),
            entry.subject_id,
            entry.detail.as_str(),
            entry.hash.as_slice()
        ],
    )
    .await?;
    Ok(())
}

/// Entries before a place in the chain, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn before(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM audit_entry WHERE workspace_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            args![seq, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Entries after a place in the chain, oldest first, for checking it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM audit_entry WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            args![seq, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}
