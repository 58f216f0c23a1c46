//! Wrong log-ins, counted per account and per network address. Keys are keyed hashes: the table names nobody.

use jiff::Timestamp;

use crate::connection::Global;
use crate::error::Result;
use crate::{args, dialect};

/// What is known about one account or address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginAttempt {
    /// Wrong guesses in a row.
    pub n_failed: u32,
    /// When the last one was.
    pub last_at: Timestamp,
    /// Nothing is tried before this.
    pub blocked_until: Timestamp,
}

/// The row of a key, made when missing and locked until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock(global: &mut Global, key: &[u8], now: Timestamp) -> Result<LoginAttempt> {
    global
        .execute(
            "INSERT INTO login_attempt (key, n_failed, last_at, blocked_until) VALUES ($1, 0, $2, $2)
             ON CONFLICT (key) DO NOTHING",
            args![key, now],
        )
        .await?;
    let lock = dialect::for_update(global);
    let row = global
        .fetch_one(
            format!("SELECT n_failed, last_at, blocked_until FROM login_attempt WHERE key = $1{lock}"),
            args![key],
        )
        .await?;
    Ok(LoginAttempt {
        n_failed: u32::try_from(row.get::<i64>("n_failed")?).unwrap_or(0),
        last_at: row.instant("last_at")?,
        blocked_until: row.instant("blocked_until")?,
    })
}

/// Writes a row that [`lock`] read.
///
/// # Errors
/// Whatever the database refuses.
pub async fn save(global: &mut Global, key: &[u8], attempt: &LoginAttempt) -> Result<()> {
    global
        .execute(
            "UPDATE login_attempt SET n_failed = $2, last_at = $3, blocked_until = $4 WHERE key = $1",
            args![key, attempt.n_failed, attempt.last_at, attempt.blocked_until],
        )
        .await?;
    Ok(())
}

/// Forgets rows whose last guess was before a moment. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_old(global: &mut Global, before: Timestamp) -> Result<u64> {
    global.execute("DELETE FROM login_attempt WHERE last_at < $1", args![before]).await
}
