//! Public entrances of a workspace: the quote form, and webhooks from booking services.

use jiff::Timestamp;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

kiem_domain::text_enum! {
    /// What comes in through an entrance.
    pub enum InletKind {
        /// Filled quote forms.
        QuoteForm = "quote_form",
        /// Webhooks of Cal.com.
        CalCom = "cal_com",
        /// Webhooks of Calendly.
        Calendly = "calendly",
    }
}

/// An entrance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlet {
    /// Id, part of its public address.
    pub id: Uuid,
    /// What comes in.
    pub kind: InletKind,
    /// What people call it.
    pub name: String,
    /// The signing secret, encrypted.
    pub secret: Option<Vec<u8>>,
    /// Origins whose pages may post, one a line.
    pub allowed_origins: String,
    /// Whether it is open.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

fn from_row(row: &Row) -> Result<Inlet> {
    Ok(Inlet {
        id: row.get("id")?,
        kind: row.parsed("kind")?,
        name: row.get("name")?,
        secret: row.get("secret")?,
        allowed_origins: row.get("allowed_origins")?,
        active: row.get("active")?,
        created_at: row.instant("created_at")?,
    })
}

/// Adds an entrance.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, inlet: &Inlet) -> Result<()> {
    tx.execute(
        "INSERT INTO inlet (workspace_id, id, kind, name, secret, allowed_origins, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            inlet.id,
            inlet.kind.as_str(),
            inlet.name.as_str(),
            inlet.secret.as_deref(),
            inlet.allowed_origins.as_str(),
            inlet.active,
            inlet.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Changes an entrance; its kind stays. False when it is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update(tx: &mut Tx, inlet: &Inlet) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE inlet SET name = $3, secret = $4, allowed_origins = $5, active = $6 WHERE workspace_id = $1 AND id = $2",
            args![
                inlet.id,
                inlet.name.as_str(),
                inlet.secret.as_deref(),
                inlet.allowed_origins.as_str(),
                inlet.active
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Removes an entrance.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(tx.execute("DELETE FROM inlet WHERE workspace_id = $1 AND id = $2", args![id]).await? > 0)
}

/// An entrance by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Inlet>> {
    let row = tx.fetch_optional("SELECT * FROM inlet WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// All entrances, oldest first; at most 100.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx) -> Result<Vec<Inlet>> {
    let rows = tx
        .fetch_all("SELECT * FROM inlet WHERE workspace_id = $1 ORDER BY created_at, id LIMIT 100", args![])
        .await?;
    rows.iter().map(from_row).collect()
}
