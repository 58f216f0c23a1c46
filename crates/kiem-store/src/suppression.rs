//! Who must never be approached. Kept as keyed hashes: found again, but given to nobody.

use jiff::Timestamp;
use kiem_domain::id::UserId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};

/// One entry of the list.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// Keyed hash of the address (without plus tag), domain or telephone number (E.164).
    pub key_hash: Vec<u8>,
    /// `email`, `domain` or `phone`: at a number nobody is called, mail is not touched.
    pub kind: String,
    /// What a person sees: "e…@klant.example".
    pub hint: String,
    /// `unsubscribed`, `replied_stop`, `complaint`, `hard_bounce`, `objection`, `erased`, `manual`, `imported`.
    pub reason: String,
    /// Where it came from, in words.
    pub source: String,
    /// Who did it, when a person did.
    pub created_by: Option<UserId>,
    /// Since when.
    pub created_at: Timestamp,
}

/// Adds an entry; the first one stays, since the earliest objection counts. Returns whether it was new.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, entry: &Suppression) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO suppression (workspace_id, key_hash, kind, hint, reason, source, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, key_hash) DO NOTHING",
            args![
                entry.key_hash.as_slice(),
                entry.kind.as_str(),
                entry.hint.as_str(),
                entry.reason.as_str(),
                entry.source.as_str(),
                entry.created_by,
                entry.created_at
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Adds many entries; those that are already there stay as they are. Returns how many were new.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_many(tx: &mut Tx, entries: &[Suppression]) -> Result<u64> {
    let rows = entries.iter().map(|entry| {
        args![
            entry.key_hash.as_slice(),
            entry.kind.as_str(),
            entry.hint.as_str(),
            entry.reason.as_str(),
            entry.source.as_str(),
            entry.created_by,
            entry.created_at
        ]
    });
    tx.insert_many(
        "INSERT INTO suppression (workspace_id, key_hash, kind, hint, reason, source, created_by, created_at)",
        rows,
        "ON CONFLICT (workspace_id, key_hash) DO NOTHING",
    )
    .await
}

/// How many entries there are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("SELECT COUNT(*) AS n FROM suppression WHERE workspace_id = $1", vec![]).await?.get("n")
}

/// Which of these hashes are on the list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn found(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    let mut hits = Vec::new();
    let sql = format!(
        "SELECT key_hash FROM suppression WHERE workspace_id = $1 AND key_hash IN {}",
        among(tx.conn(), KeyKind::Bytes, 2)
    );
    for chunk in hashes.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::bytes(chunk)]).await? {
            hits.push(row.get("key_hash")?);
        }
    }
    Ok(hits)
}

/// Whether anybody must not be mailed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_any(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM suppression WHERE workspace_id = $1 LIMIT 1";
    Ok(tx.fetch_optional(sql, vec![]).await?.is_some())
}

/// Which of these hashes are on the list, with the reason.
///
/// # Errors
/// Whatever the database refuses.
pub async fn reasons(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, String)>> {
    let mut hits = Vec::new();
    let sql = format!(
        "SELECT key_hash, reason FROM suppression WHERE workspace_id = $1 AND key_hash IN {}",
        among(tx.conn(), KeyKind::Bytes, 2)
    );
    for chunk in hashes.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::bytes(chunk)]).await? {
            hits.push((row.get("key_hash")?, row.get("reason")?));
        }
    }
    Ok(hits)
}

/// Removes an entry; only a person may, with a reason in the audit trail. Returns whether it was there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, key_hash: &[u8]) -> Result<bool> {
    let n = tx
        .execute("DELETE FROM suppression WHERE workspace_id = $1 AND key_hash = $2", args![key_hash])
        .await?;
    Ok(n > 0)
}

/// The list, newest first, from before `before` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Suppression>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM suppression WHERE workspace_id = $1 AND created_at < $2
             ORDER BY created_at DESC, key_hash LIMIT $3",
            args![before, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Suppression {
                key_hash: row.get("key_hash")?,
                kind: row.get("kind")?,
                hint: row.get("hint")?,
                reason: row.get("reason")?,
                source: row.get("source")?,
                created_by: row.opt_id("created_by")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect()
}
