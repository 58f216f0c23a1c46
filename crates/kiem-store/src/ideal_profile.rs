//! The ideal customer profile, kept in every version that was ever used.

use jiff::Timestamp;
use kiem_domain::id::UserId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

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
}

/// The version in use.
///
/// # Errors
/// Whatever the database refuses.
pub async fn latest(tx: &mut Tx) -> Result<Option<StoredProfile>> {
    let row = tx
        .fetch_optional(
            "SELECT version, definition, created_by, created_at FROM ideal_profile
             WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1",
            vec![],
        )
        .await?;
    row.map(|row| {
        Ok(StoredProfile {
            version: row.get("version")?,
            definition: row.get("definition")?,
            created_by: row.id("created_by")?,
            created_at: row.instant("created_at")?,
        })
    })
    .transpose()
}

/// Adds a version.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when somebody else was first with this number.
pub async fn insert(tx: &mut Tx, profile: &StoredProfile) -> Result<()> {
    tx.execute(
        "INSERT INTO ideal_profile (workspace_id, version, definition, created_by, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![profile.version, profile.definition.as_str(), profile.created_by, profile.created_at],
    )
    .await?;
    Ok(())
}
