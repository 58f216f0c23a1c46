//! Whose turn it is at a website, across workspaces and processes.

use jiff::Timestamp;
use kiem_domain::id::WebsiteRunId;
use uuid::Uuid;

use crate::args;
use crate::connection::Global;
use crate::error::Result;

/// Takes the turn at a host until `until`, unless another round has it or the gap after one is not over. Whoever has it may
/// take it again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn take(
    global: &mut Global,
    host: &str,
    holder: WebsiteRunId,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let n = global
        .execute(
            "INSERT INTO host_turn (host, holder, held_until) VALUES ($1, $2, $3)
             ON CONFLICT (host) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
             WHERE host_turn.held_until <= $4 OR host_turn.holder = excluded.holder",
            args![host, holder, until, now],
        )
        .await?;
    Ok(n > 0)
}

/// Keeps all turns that a round has until `until`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn hold(global: &mut Global, holder: WebsiteRunId, until: Timestamp) -> Result<u64> {
    global.execute("UPDATE host_turn SET held_until = $2 WHERE holder = $1", args![holder, until]).await
}

/// Gives a turn back; others may take it from `free_at` on. False when it was somebody else's by now.
///
/// # Errors
/// Whatever the database refuses.
pub async fn give_back(
    global: &mut Global,
    host: &str,
    holder: WebsiteRunId,
    free_at: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE host_turn SET holder = $4, held_until = $3 WHERE host = $1 AND holder = $2";
    Ok(global.execute(sql, args![host, holder, free_at, Uuid::nil()]).await? > 0)
}

/// Forgets turns that were over before `before`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget(global: &mut Global, before: Timestamp) -> Result<u64> {
    global.execute("DELETE FROM host_turn WHERE held_until < $1", args![before]).await
}
