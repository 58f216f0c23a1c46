//! Findings about the five aspects of qualification. Nothing is overwritten: the newest per aspect counts.

use kiem_domain::id::{ProspectId, UserId};
use kiem_domain::qualification::Finding;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// Id.
    pub id: Uuid,
    /// About which pursuit.
    pub prospect_id: ProspectId,
    /// What was found.
    pub finding: Finding,
    /// The reply, booking or form it comes from.
    pub source_id: Option<Uuid>,
    /// Who recorded it, when a person did.
    pub found_by: Option<UserId>,
    /// Reasons of a fit as JSON, when the profile says so; then there is no note.
    pub reasons: Option<String>,
}

/// Adds a finding.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, stored: &StoredFinding) -> Result<()> {
    let finding = &stored.finding;
    tx.execute(
        "INSERT INTO finding (workspace_id, id, prospect_id, aspect, level, note, source_kind, source_id, found_at,
                              found_by, reasons)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            stored.id,
            stored.prospect_id,
            finding.aspect.as_str(),
            finding.level.as_str(),
            finding.note.as_str(),
            finding.source.as_str(),
            stored.source_id,
            finding.found_at,
            stored.found_by,
            stored.reasons.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// Findings about these pursuits, oldest first; at most the newest 2,000.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_prospects(tx: &mut Tx, prospects: &[ProspectId]) -> Result<Vec<StoredFinding>> {
    let mut found = Vec::new();
    for chunk in prospects.chunks(200) {
        let sql = format!(
            "SELECT * FROM finding WHERE workspace_id = $1 AND prospect_id IN {}
             ORDER BY found_at DESC, id DESC LIMIT 2000",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.reverse();
    Ok(found)
}

fn from_row(row: &Row) -> Result<StoredFinding> {
    Ok(StoredFinding {
        id: row.get("id")?,
        prospect_id: row.id("prospect_id")?,
        finding: Finding {
            aspect: row.parsed("aspect")?,
            level: row.parsed("level")?,
            note: row.get("note")?,
            source: row.parsed("source_kind")?,
            found_at: row.instant("found_at")?,
        },
        source_id: row.get("source_id")?,
        found_by: row.opt_id("found_by")?,
        reasons: row.get("reasons")?,
    })
}
