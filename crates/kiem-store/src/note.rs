//! Notes, calls and meetings that a person wrote down.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ProspectId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

kiem_domain::text_enum! {
    /// What was written down.
    pub enum NoteKind {
        /// A remark.
        Note = "note",
        /// A telephone call.
        Call = "call",
        /// A meeting.
        Meeting = "meeting",
    }
}

/// Something that a person wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Id.
    pub id: Uuid,
    /// The pursuit.
    pub prospect_id: Option<ProspectId>,
    /// The company.
    pub company_id: CompanyId,
    /// What it is.
    pub kind: NoteKind,
    /// The words.
    pub text: String,
    /// Who wrote it; nil for a program.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a note.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, note: &Note) -> Result<()> {
    tx.execute(
        "INSERT INTO note (workspace_id, id, prospect_id, company_id, kind, text, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            note.id,
            note.prospect_id,
            note.company_id,
            note.kind.as_str(),
            note.text.as_str(),
            note.created_by,
            note.created_at
        ],
    )
    .await?;
    Ok(())
}
