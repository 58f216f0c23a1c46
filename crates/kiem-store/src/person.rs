//! People as they see and change themselves: language, colours, password, sessions. And the list of all people.

use jiff::Timestamp;
use kiem_domain::id::UserId;
use uuid::Uuid;

use crate::account::Session;
use crate::args;
use crate::connection::Global;
use crate::error::Result;

/// Changes name, language and colours. False when the person is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update(
    global: &mut Global,
    id: UserId,
    name: &str,
    language: &str,
    theme: &str,
) -> Result<bool> {
    let n = global
        .execute(
            "UPDATE app_user SET name = $2, language = $3, theme = $4 WHERE id = $1 AND disabled_at IS NULL",
            args![id, name, language, theme],
        )
        .await?;
    Ok(n > 0)
}

/// Stores another password.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_password(global: &mut Global, id: UserId, password_hash: &str) -> Result<bool> {
    let n = global
        .execute(
            "UPDATE app_user SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL",
            args![id, password_hash],
        )
        .await?;
    Ok(n > 0)
}

/// The running sessions of a person, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sessions(global: &mut Global, id: UserId, now: Timestamp) -> Result<Vec<Session>> {
    let rows = global
        .fetch_all(
            "SELECT id, user_id, user_agent, created_at, expires_at FROM session
             WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT 200",
            args![id, now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Session {
                id: row.get("id")?,
                user: row.id("user_id")?,
                user_agent: row.get("user_agent")?,
                created_at: row.instant("created_at")?,
                expires_at: row.instant("expires_at")?,
            })
        })
        .collect()
}

/// Ends one session of a person. False when it is not theirs.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_session(global: &mut Global, id: UserId, session: Uuid) -> Result<bool> {
    let n = global.execute("DELETE FROM session WHERE user_id = $1 AND id = $2", args![id, session]).await?;
    Ok(n > 0)
}

/// Ends all sessions of a person but one; all when none is kept.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_other_sessions(global: &mut Global, id: UserId, kept: Option<Uuid>) -> Result<u64> {
    let kept = kept.unwrap_or(Uuid::nil());
    global.execute("DELETE FROM session WHERE user_id = $1 AND id <> $2", args![id, kept]).await
}

/// A person with the workspaces they belong to, for the list of the command line.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Log-in address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Workspace; none when they belong to none.
    pub workspace: Option<String>,
    /// Role there.
    pub role: Option<String>,
}

/// All people, one line per workspace.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(global: &mut Global) -> Result<Vec<PersonLine>> {
    let rows = global
        .fetch_all(
            "SELECT u.email, u.name, w.name AS workspace, m.role FROM app_user u
             LEFT JOIN membership m ON m.user_id = u.id LEFT JOIN workspace w ON w.id = m.workspace_id
             WHERE u.disabled_at IS NULL ORDER BY u.email, w.name LIMIT 10000",
            vec![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PersonLine {
                email: row.get("email")?,
                name: row.get("name")?,
                workspace: row.get("workspace")?,
                role: row.get("role")?,
            })
        })
        .collect()
}

/// Notes a fact about the installation. [`crate::StoreError::Duplicate`] when it is there already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn claim_instance_setting(global: &mut Global, name: &str, value: &str) -> Result<()> {
    global.execute("INSERT INTO instance_setting (name, value) VALUES ($1, $2)", args![name, value]).await?;
    Ok(())
}

/// A fact about the installation that was noted before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn instance_setting(global: &mut Global, name: &str) -> Result<Option<String>> {
    let row =
        global.fetch_optional("SELECT value FROM instance_setting WHERE name = $1", args![name]).await?;
    row.map(|row| row.get("value")).transpose()
}

/// The workspaces with a given name.
///
/// # Errors
/// Whatever the database refuses.
pub async fn workspaces_named(global: &mut Global, name: &str) -> Result<Vec<kiem_domain::id::WorkspaceId>> {
    let rows = global
        .fetch_all("SELECT id FROM workspace WHERE name = $1 ORDER BY number LIMIT 10", args![name])
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
