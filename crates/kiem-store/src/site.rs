//! The websites of a workspace on which the snippet may measure visits.

use jiff::Timestamp;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

kiem_domain::text_enum! {
    /// How far a visitor is recognised on a site.
    pub enum VisitMode {
        /// Nothing is recorded.
        Off = "off",
        /// Only the session that began with our own link; nothing is kept in the browser.
        ClickSession = "click_session",
        /// Also on later days, after the visitor agreed.
        Consented = "consented",
    }
}

/// A website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Id.
    pub id: Uuid,
    /// Host name in lower case, without port.
    pub host: String,
    /// What may be recorded there.
    pub visit_mode: VisitMode,
    /// Paths that the workspace named, one `kind path` a line.
    pub case_paths: String,
    /// When it was added.
    pub created_at: Timestamp,
}

fn from_row(row: &Row) -> Result<Site> {
    Ok(Site {
        id: row.get("id")?,
        host: row.get("host")?,
        visit_mode: row.parsed("visit_mode")?,
        case_paths: row.get("case_paths")?,
        created_at: row.instant("created_at")?,
    })
}

/// Adds a site.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the host is there already.
pub async fn insert(tx: &mut Tx, site: &Site) -> Result<()> {
    tx.execute(
        "INSERT INTO site (workspace_id, id, host, visit_mode, case_paths, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![site.id, site.host.as_str(), site.visit_mode.as_str(), site.case_paths.as_str(), site.created_at],
    )
    .await?;
    Ok(())
}

/// Changes a site. False when it is not there.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the host is there already.
pub async fn update(tx: &mut Tx, site: &Site) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE site SET host = $3, visit_mode = $4, case_paths = $5 WHERE workspace_id = $1 AND id = $2",
            args![site.id, site.host.as_str(), site.visit_mode.as_str(), site.case_paths.as_str()],
        )
        .await?;
    Ok(n > 0)
}

/// Removes a site; what was measured stays until it is too old.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(tx.execute("DELETE FROM site WHERE workspace_id = $1 AND id = $2", args![id]).await? > 0)
}

/// The sites of the workspace, by name; at most 100.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx) -> Result<Vec<Site>> {
    let rows =
        tx.fetch_all("SELECT * FROM site WHERE workspace_id = $1 ORDER BY host LIMIT 100", args![]).await?;
    rows.iter().map(from_row).collect()
}
