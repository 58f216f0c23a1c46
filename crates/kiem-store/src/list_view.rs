//! Saved views of the lists, own and shared, and which columns a person chose.

use jiff::Timestamp;
use kiem_domain::id::UserId;
use kiem_domain::listing::ListKind;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// A list as somebody set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Its id.
    pub id: Uuid,
    /// Of which list.
    pub list: ListKind,
    /// Its name.
    pub name: String,
    /// Whether everybody in the workspace sees it.
    pub is_shared: bool,
    /// Conditions, words, order and columns, as JSON.
    pub definition: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, list, name, is_shared, definition, created_by, created_at, updated_at";

/// The views of a list that somebody sees: their own and the shared ones, by name.
///
/// # Errors
/// Whatever the database refuses.
pub async fn seen_by(tx: &mut Tx, user: UserId, list: ListKind, limit: i64) -> Result<Vec<ListView>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM list_view WHERE workspace_id = $1 AND list = $2 AND (is_shared = TRUE OR created_by = $3)
         ORDER BY name, id LIMIT $4"
    );
    tx.fetch_all(sql, args![list.as_str(), user, limit]).await?.iter().map(from_row).collect()
}

/// One view.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<ListView>> {
    let sql = format!("SELECT {COLUMNS} FROM list_view WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// Adds a view, or replaces the one with its id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, view: &ListView) -> Result<()> {
    let sql = format!(
        "INSERT INTO list_view (workspace_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, is_shared = excluded.is_shared,
             definition = excluded.definition, updated_at = excluded.updated_at"
    );
    let values = args![
        view.id,
        view.list.as_str(),
        view.name.as_str(),
        view.is_shared,
        view.definition.as_str(),
        view.created_by,
        view.created_at,
        view.updated_at,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Removes a view. False when it is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(tx.execute("DELETE FROM list_view WHERE workspace_id = $1 AND id = $2", args![id]).await? > 0)
}

/// The columns that somebody chose for a list, parted by commas; missing when they never did.
///
/// # Errors
/// Whatever the database refuses.
pub async fn columns(tx: &mut Tx, user: UserId, list: ListKind) -> Result<Option<String>> {
    let sql = "SELECT columns FROM list_columns WHERE workspace_id = $1 AND user_id = $2 AND list = $3";
    tx.fetch_optional(sql, args![user, list.as_str()]).await?.map(|row| row.get("columns")).transpose()
}

/// Keeps them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_columns(tx: &mut Tx, user: UserId, list: ListKind, columns: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO list_columns (workspace_id, user_id, list, columns) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, user_id, list) DO UPDATE SET columns = excluded.columns",
        args![user, list.as_str(), columns],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<ListView> {
    Ok(ListView {
        id: row.get("id")?,
        list: row.parsed("list")?,
        name: row.get("name")?,
        is_shared: row.get("is_shared")?,
        definition: row.get("definition")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    })
}
