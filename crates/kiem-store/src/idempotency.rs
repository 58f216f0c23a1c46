//! Answers that are kept so that the same request sent twice has one effect.

use jiff::Timestamp;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// What is kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Hash of the request that was first.
    pub request_hash: Vec<u8>,
    /// HTTP status of its answer; 0 while it is being made.
    pub status: i64,
    /// The answer, sealed.
    pub body: String,
}

/// Takes a key for a request. None when it is taken now; else what is kept under it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn take(
    tx: &mut Tx,
    key: &str,
    operation: &str,
    request_hash: &[u8],
    now: Timestamp,
) -> Result<Option<KeptAnswer>> {
    let n = tx
        .execute(
            "INSERT INTO idempotency_key (workspace_id, key, operation, request_hash, status, body, created_at)
             VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT (workspace_id, key, operation) DO NOTHING",
            args![key, operation, request_hash, now],
        )
        .await?;
    if n > 0 {
        return Ok(None);
    }
    let row = tx
        .fetch_one(
            "SELECT request_hash, status, body FROM idempotency_key
             WHERE workspace_id = $1 AND key = $2 AND operation = $3",
            args![key, operation],
        )
        .await?;
    Ok(Some(KeptAnswer {
        request_hash: row.get("request_hash")?,
        status: row.get("status")?,
        body: row.get("body")?,
    }))
}

/// Keeps the answer of a request that had an effect.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keep(tx: &mut Tx, key: &str, operation: &str, status: i64, body: &str) -> Result<()> {
    tx.execute(
        "UPDATE idempotency_key SET status = $4, body = $5
         WHERE workspace_id = $1 AND key = $2 AND operation = $3",
        args![key, operation, status, body],
    )
    .await?;
    Ok(())
}

/// Gives a key back: the request had no effect, so it may be sent again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn give_back(tx: &mut Tx, key: &str, operation: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM idempotency_key WHERE workspace_id = $1 AND key = $2 AND operation = $3",
        args![key, operation],
    )
    .await?;
    Ok(())
}

/// Forgets what was taken before a moment. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_old(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM idempotency_key WHERE workspace_id = $1 AND created_at < $2", args![before]).await
}
