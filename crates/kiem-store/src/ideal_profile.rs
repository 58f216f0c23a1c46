//! The ideal customer profile, kept in every version that was ever used.

use jiff::Timestamp;
use kiem_domain::id::UserId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// One version of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProfile {
    /// 1, 2, ...
    pub version: i64,
    /// The profile as JSON of its own versioned type.
    pub definition: String,
    /// Who wrote it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// The version whose wishes were taken over, when somebody went back to it.
    pub restored_from: Option<i64>,
}

/// One version in the list of all, with the name of who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProfile {
    /// The version.
    pub profile: StoredProfile,
    /// Who wrote it, by name.
    pub created_by_name: Option<String>,
}

/// The version in use.
///
/// # Errors
/// Whatever the database refuses.
pub async fn latest(tx: &mut Tx) -> Result<Option<StoredProfile>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ideal_profile p WHERE p.workspace_id = $1 ORDER BY p.version DESC LIMIT 1"
    );
    tx.fetch_optional(sql, vec![]).await?.as_ref().map(from_row).transpose()
}

/// One version.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, version: i64) -> Result<Option<StoredProfile>> {
    let sql = format!("SELECT {COLUMNS} FROM ideal_profile p WHERE p.workspace_id = $1 AND p.version = $2");
    tx.fetch_optional(sql, args![version]).await?.as_ref().map(from_row).transpose()
}

/// The newest versions with who wrote them, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<ListedProfile>> {
    let sql = format!(
        "SELECT {COLUMNS}, u.name AS author FROM ideal_profile p LEFT JOIN app_user u ON u.id = p.created_by
         WHERE p.workspace_id = $1 ORDER BY p.version DESC LIMIT $2"
    );
    let rows = tx.fetch_all(sql, args![limit]).await?;
    rows.iter()
        .map(|row| Ok(ListedProfile { profile: from_row(row)?, created_by_name: row.get("author")? }))
        .collect()
}

const COLUMNS: &str = "p.version, p.definition, p.created_by, p.created_at, p.restored_from";

fn from_row(row: &Row) -> Result<StoredProfile> {
    Ok(StoredProfile {
        version: row.get("version")?,
        definition: row.get("definition")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        restored_from: row.get("restored_from")?,
    })
}

/// Adds a version.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when somebody else was first with this number.
pub async fn insert(tx: &mut Tx, profile: &StoredProfile) -> Result<()> {
    tx.execute(
        "INSERT INTO ideal_profile (workspace_id, version, definition, created_by, created_at, restored_from)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            profile.version,
            profile.definition.as_str(),
            profile.created_by,
            profile.created_at,
            profile.restored_from
        ],
    )
    .await?;
    Ok(())
}
