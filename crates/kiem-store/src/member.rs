//! Members of a workspace and its API tokens.

use jiff::Timestamp;
use kiem_domain::id::UserId;
use uuid::Uuid;

use crate::account::User;
use crate::connection::Tx;
use crate::error::Result;
use crate::{args, dialect};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// Log-in address.
    pub email: String,
    /// Name.
    pub name: String,
    /// What they are here.
    pub role: String,
    /// Since when.
    pub since: Timestamp,
}

/// All members by name. With `lock`, nobody changes them until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx, lock: bool) -> Result<Vec<Member>> {
    let lock = if lock { dialect::for_update_of(tx.conn(), "m") } else { String::new() };
    let rows = tx
        .fetch_all(
            format!(
                "SELECT m.user_id, m.role, m.created_at, u.email, u.name FROM membership m
                 JOIN app_user u ON u.id = m.user_id
                 WHERE m.workspace_id = $1 AND u.disabled_at IS NULL ORDER BY u.name, m.user_id LIMIT 1000{lock}"
            ),
            vec![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                user: row.id("user_id")?,
                email: row.get("email")?,
                name: row.get("name")?,
                role: row.get("role")?,
                since: row.instant("created_at")?,
            })
        })
        .collect()
}

/// Adds a person in the transaction of their first workspace.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the address is taken.
pub async fn insert_user(tx: &mut Tx, user: &User, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO app_user (id, email, name, password_hash, language, theme, created_at)
         SELECT $2, $3, $4, $5, $6, $7, $8 FROM (SELECT id AS workspace_id FROM workspace WHERE id = $1) w",
        args![
            user.id,
            user.email.as_str(),
            user.name.as_str(),
            user.password_hash.as_str(),
            user.language.as_str(),
            user.theme.as_str(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// Adds a member. False when they were one already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, user: UserId, role: &str, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO membership (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (workspace_id, user_id) DO NOTHING",
            args![user, role, now],
        )
        .await?;
    Ok(n > 0)
}

/// Gives a member another role. False when they are no member.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_role(tx: &mut Tx, user: UserId, role: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE membership SET role = $3 WHERE workspace_id = $1 AND user_id = $2",
            args![user, role],
        )
        .await?;
    Ok(n > 0)
}

/// Removes a member. False when they are none.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, user: UserId) -> Result<bool> {
    let n =
        tx.execute("DELETE FROM membership WHERE workspace_id = $1 AND user_id = $2", args![user]).await?;
    Ok(n > 0)
}

/// An API token as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// Last use.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// All tokens, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn tokens(tx: &mut Tx) -> Result<Vec<ApiToken>> {
    let rows = tx
        .fetch_all(
            "SELECT id, name, role, created_by, created_at, expires_at, used_at, revoked_at FROM api_token
             WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 500",
            vec![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ApiToken {
                id: row.get("id")?,
                name: row.get("name")?,
                role: row.get("role")?,
                created_by: row.id("created_by")?,
                created_at: row.instant("created_at")?,
                expires_at: row.opt_instant("expires_at")?,
                used_at: row.opt_instant("used_at")?,
                revoked_at: row.opt_instant("revoked_at")?,
            })
        })
        .collect()
}

/// Stores a token by its hash.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_token(tx: &mut Tx, token: &ApiToken, token_hash: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO api_token (workspace_id, id, name, token_hash, role, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            token.id,
            token.name.as_str(),
            token_hash,
            token.role.as_str(),
            token.created_by,
            token.created_at,
            token.expires_at
        ],
    )
    .await?;
    Ok(())
}

/// Revokes a token. False when it is not there or was revoked before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn revoke_token(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE api_token SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Writes the workspace's own row, in a transaction of the workspace. See [`crate::account::Workspace`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn update_workspace(
    tx: &mut Tx,
    name: &str,
    time_zone: &str,
    language: &str,
    settings: &str,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE workspace SET name = $2, time_zone = $3, language = $4, settings = $5
             WHERE id = (SELECT w.id AS workspace_id FROM workspace w WHERE w.id = $1)",
            args![name, time_zone, language, settings],
        )
        .await?;
    Ok(n > 0)
}

/// Lets sending go on, in a transaction of the workspace. False when it was not paused.
///
/// # Errors
/// Whatever the database refuses.
pub async fn release_sending(tx: &mut Tx) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE workspace SET sending_paused_reason = NULL
             WHERE id = (SELECT w.id AS workspace_id FROM workspace w WHERE w.id = $1)
               AND sending_paused_reason IS NOT NULL",
            vec![],
        )
        .await?;
    Ok(n > 0)
}
