//! People, sessions, workspaces and API tokens.

use jiff::Timestamp;
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_domain::titles::EDITION;
use uuid::Uuid;

use crate::args;
use crate::connection::{Global, Tx};
use crate::error::Result;
use crate::row::Row;

/// A person who logs in.
#[derive(Debug, Clone)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Log-in address in lower case.
    pub email: String,
    /// Full name.
    pub name: String,
    /// argon2id in PHC form.
    pub password_hash: String,
    /// `nl` or `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
}

/// A server-side session; the token itself is only in the browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Id, for listing and ending it.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// The browser's name.
    pub user_agent: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A workspace as one of its members sees it.
#[derive(Debug, Clone)]
pub struct WorkspaceOfUser {
    /// Id.
    pub id: WorkspaceId,
    /// Name.
    pub name: String,
    /// `live` or `practice`.
    pub mode: String,
    /// IANA zone.
    pub time_zone: String,
    /// The member's role.
    pub role: String,
    /// Why nothing is sent, when sending is held (after a restore).
    pub sending_paused_reason: Option<String>,
}

/// An API token that was just used.
#[derive(Debug, Clone)]
pub struct TokenInUse {
    /// Id.
    pub id: Uuid,
    /// What it may do.
    pub role: String,
}

fn user_from(row: &Row) -> Result<User> {
    Ok(User {
        id: row.id("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
        language: row.get("language")?,
        theme: row.get("theme")?,
    })
}

/// Adds a person.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the address is taken.
pub async fn insert_user(global: &mut Global, user: &User, now: Timestamp) -> Result<()> {
    global
        .execute(
            "INSERT INTO app_user (id, email, name, password_hash, language, theme, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
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

/// The person with this log-in address (lower case), unless disabled.
///
/// # Errors
/// Whatever the database refuses.
pub async fn user_by_email(global: &mut Global, email: &str) -> Result<Option<User>> {
    let row = global
        .fetch_optional("SELECT * FROM app_user WHERE email = $1 AND disabled_at IS NULL", args![email])
        .await?;
    row.as_ref().map(user_from).transpose()
}

/// A person by id, unless disabled.
///
/// # Errors
/// Whatever the database refuses.
pub async fn user(global: &mut Global, id: UserId) -> Result<Option<User>> {
    let row = global
        .fetch_optional("SELECT * FROM app_user WHERE id = $1 AND disabled_at IS NULL", args![id])
        .await?;
    row.as_ref().map(user_from).transpose()
}

/// How many people there are; none means that the first start has still to ask for the owner.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_users(global: &mut Global) -> Result<i64> {
    global.fetch_one("SELECT COUNT(*) AS n FROM app_user", vec![]).await?.get("n")
}

/// Opens a session under the hash of its token.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_session(global: &mut Global, token_hash: &[u8], session: &Session) -> Result<()> {
    global
        .execute(
            "INSERT INTO session (token_hash, id, user_id, user_agent, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $5, $6)",
            args![
                token_hash,
                session.id,
                session.user,
                session.user_agent.as_str(),
                session.created_at,
                session.expires_at
            ],
        )
        .await?;
    Ok(())
}

/// The session of a token, unless it is over or the person is disabled.
///
/// # Errors
/// Whatever the database refuses.
pub async fn session_by_token(
    global: &mut Global,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Session>> {
    let row = global
        .fetch_optional(
            "SELECT s.id, s.user_id, s.user_agent, s.created_at, s.expires_at FROM session s
             JOIN app_user u ON u.id = s.user_id
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL",
            args![token_hash, now],
        )
        .await?;
    row.map(|row| {
        Ok(Session {
            id: row.get("id")?,
            user: row.id("user_id")?,
            user_agent: row.get("user_agent")?,
            created_at: row.instant("created_at")?,
            expires_at: row.instant("expires_at")?,
        })
    })
    .transpose()
}

/// Notes that a session was used, and lets it live on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn extend_session(
    global: &mut Global,
    session: Uuid,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool> {
    let n = global
        .execute(
            "UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1 AND expires_at > $2",
            args![session, now, expires_at],
        )
        .await?;
    Ok(n > 0)
}

/// Ends a session.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_session(global: &mut Global, session: Uuid) -> Result<()> {
    global.execute("DELETE FROM session WHERE id = $1", args![session]).await?;
    Ok(())
}

/// The workspaces of a person, by name.
///
/// # Errors
/// Whatever the database refuses.
pub async fn workspaces_of(global: &mut Global, user: UserId) -> Result<Vec<WorkspaceOfUser>> {
    let rows = global
        .fetch_all(
            "SELECT w.id, w.name, w.mode, w.time_zone, w.sending_paused_reason, m.role FROM membership m
             JOIN workspace w ON w.id = m.workspace_id WHERE m.user_id = $1 ORDER BY w.name LIMIT 1000",
            args![user],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(WorkspaceOfUser {
                id: row.id("id")?,
                name: row.get("name")?,
                mode: row.get("mode")?,
                time_zone: row.get("time_zone")?,
                role: row.get("role")?,
                sending_paused_reason: row.get("sending_paused_reason")?,
            })
        })
        .collect()
}

/// The workspace with this number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn workspace_by_number(global: &mut Global, number: u32) -> Result<Option<WorkspaceId>> {
    let row = global.fetch_optional("SELECT id FROM workspace WHERE number = $1", args![number]).await?;
    row.map(|row| row.id("id")).transpose()
}

/// Adds a workspace with the next free number and returns the number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_workspace(
    global: &mut Global,
    id: WorkspaceId,
    name: &str,
    mode: &str,
    time_zone: &str,
    language: &str,
    now: Timestamp,
) -> Result<i64> {
    let row =
        global.fetch_one("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM workspace", vec![]).await?;
    let number: i64 = row.get("number")?;
    global
        .execute(
            "INSERT INTO workspace (id, number, name, mode, time_zone, language, settings, created_at, title_edition)
             VALUES ($1, $2, $3, $4, $5, $6, '{}', $7, $8)",
            args![id, number, name, mode, time_zone, language, now, EDITION],
        )
        .await?;
    Ok(number)
}

/// Workspaces in which the titles of people were read by an edition before `edition`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn titles_read_before(global: &mut Global, edition: i64) -> Result<Vec<WorkspaceId>> {
    let rows = global
        .fetch_all("SELECT id FROM workspace WHERE title_edition < $1 ORDER BY number", args![edition])
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Notes by which edition the titles of people are read.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_title_edition(global: &mut Global, workspace: WorkspaceId, edition: i64) -> Result<()> {
    global
        .execute("UPDATE workspace SET title_edition = $2 WHERE id = $1", args![workspace, edition])
        .await?;
    Ok(())
}

/// Makes a person a member, or changes their role.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_member(
    global: &mut Global,
    workspace: WorkspaceId,
    user: UserId,
    role: &str,
    now: Timestamp,
) -> Result<()> {
    global
        .execute(
            "INSERT INTO membership (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role",
            args![workspace, user, role, now],
        )
        .await?;
    Ok(())
}

/// Finds a valid API token by its hash and notes its use.
///
/// # Errors
/// Whatever the database refuses.
pub async fn use_token(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<TokenInUse>> {
    let row = tx
        .fetch_optional(
            "UPDATE api_token SET used_at = $3 WHERE workspace_id = $1 AND token_hash = $2 AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > $3) RETURNING id, role",
            args![token_hash, now],
        )
        .await?;
    row.map(|row| Ok(TokenInUse { id: row.get("id")?, role: row.get("role")? })).transpose()
}

/// Removes sessions that are over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_old_sessions(global: &mut Global, now: Timestamp) -> Result<u64> {
    global.execute("DELETE FROM session WHERE expires_at <= $1", args![now]).await
}

/// A workspace itself.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Id.
    pub id: WorkspaceId,
    /// Short number that stands in public links.
    pub number: u32,
    /// Name.
    pub name: String,
    /// `live` or `practice`.
    pub mode: String,
    /// IANA zone.
    pub time_zone: String,
    /// `nl` or `en`: the language of what Kiem writes for this workspace.
    pub language: String,
    /// Settings as JSON.
    pub settings: String,
    /// Why nothing is sent at all: after a restore, or because a person stopped it.
    pub sending_paused_reason: Option<String>,
}

/// A workspace by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn workspace(global: &mut Global, id: WorkspaceId) -> Result<Option<Workspace>> {
    let row = global.fetch_optional("SELECT * FROM workspace WHERE id = $1", args![id]).await?;
    row.map(|row| workspace_from(&row)).transpose()
}

/// The workspace of a transaction, without a second connection: many transactions that each wait for one more would
/// wait for each other.
///
/// # Errors
/// Whatever the database refuses.
pub async fn workspace_in(tx: &mut Tx) -> Result<Workspace> {
    let row =
        tx.fetch_one("SELECT w.*, w.id AS workspace_id FROM workspace w WHERE w.id = $1", args![]).await?;
    workspace_from(&row)
}

fn workspace_from(row: &Row) -> Result<Workspace> {
    Ok(Workspace {
        id: row.id("id")?,
        number: u32::try_from(row.get::<i64>("number")?).unwrap_or(0),
        name: row.get("name")?,
        mode: row.get("mode")?,
        time_zone: row.get("time_zone")?,
        language: row.get("language")?,
        settings: row.get("settings")?,
        sending_paused_reason: row.get("sending_paused_reason")?,
    })
}

/// Changes name, zone, language and settings of a workspace.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update_workspace(global: &mut Global, workspace: &Workspace) -> Result<bool> {
    let n = global
        .execute(
            "UPDATE workspace SET name = $2, time_zone = $3, language = $4, settings = $5 WHERE id = $1",
            args![
                workspace.id,
                workspace.name.as_str(),
                workspace.time_zone.as_str(),
                workspace.language.as_str(),
                workspace.settings.as_str()
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Stops or releases all sending of a workspace.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_sending_paused(global: &mut Global, id: WorkspaceId, reason: Option<&str>) -> Result<bool> {
    let n = global
        .execute("UPDATE workspace SET sending_paused_reason = $2 WHERE id = $1", args![id, reason])
        .await?;
    Ok(n > 0)
}

/// All workspaces, for work that goes through every one of them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all_workspaces(global: &mut Global) -> Result<Vec<WorkspaceId>> {
    let rows = global.fetch_all("SELECT id FROM workspace ORDER BY number LIMIT 100000", vec![]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}
