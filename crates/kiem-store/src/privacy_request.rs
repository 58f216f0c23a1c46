//! Requests of people about their data: when they came, by when they must be answered, and what was done.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{ContactId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

kiem_domain::text_enum! {
    /// What somebody asks.
    pub enum PrivacyKind {
        /// Which data we have.
        Access = "access",
        /// To change what is wrong.
        Correction = "correction",
        /// To be forgotten.
        Erasure = "erasure",
        /// Not to be approached any more.
        Objection = "objection",
    }
}

kiem_domain::text_enum! {
    /// What was done.
    pub enum PrivacyOutcome {
        /// They were answered.
        Answered = "answered",
        /// They were erased.
        Erased = "erased",
        /// They are on the suppression list.
        Suppressed = "suppressed",
        /// Nothing was held about them, and they were told so.
        NothingHeld = "nothing_held",
        /// It was refused, with the reason that they were told.
        Refused = "refused",
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyRequest {
    /// Id.
    pub id: Uuid,
    /// What they ask.
    pub kind: PrivacyKind,
    /// The address that they wrote from or named; empty once they were erased.
    pub address: String,
    /// Who that is, when somebody is known under it.
    pub contact_id: Option<ContactId>,
    /// The day on which it came.
    pub received_on: Date,
    /// The last day for an answer.
    pub due_on: Date,
    /// In words.
    pub note: String,
    /// What was done; missing while it is open.
    pub outcome: Option<PrivacyOutcome>,
    /// How it was answered, in words.
    pub outcome_note: String,
    /// When.
    pub handled_at: Option<Timestamp>,
    /// By whom.
    pub handled_by: Option<UserId>,
    /// When it was typed in.
    pub created_at: Timestamp,
}

fn from_row(row: &Row) -> Result<PrivacyRequest> {
    Ok(PrivacyRequest {
        id: row.get("id")?,
        kind: row.parsed("kind")?,
        address: row.get("address")?,
        contact_id: row.opt_id("contact_id")?,
        received_on: row.parsed("received_on")?,
        due_on: row.parsed("due_on")?,
        note: row.get("note")?,
        outcome: row.opt_parsed("outcome")?,
        outcome_note: row.get("outcome_note")?,
        handled_at: row.opt_instant("handled_at")?,
        handled_by: row.opt_id("handled_by")?,
        created_at: row.instant("created_at")?,
    })
}

/// Writes a request down.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, one: &PrivacyRequest) -> Result<()> {
    tx.execute(
        "INSERT INTO privacy_request (workspace_id, id, kind, address, contact_id, received_on, due_on, note, outcome_note,
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)",
        args![
            one.id,
            one.kind.as_str(),
            one.address.as_str(),
            one.contact_id,
            one.received_on,
            one.due_on,
            one.note.as_str(),
            one.created_at
        ],
    )
    .await?;
    Ok(())
}

/// One request.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<PrivacyRequest>> {
    let sql = "SELECT * FROM privacy_request WHERE workspace_id = $1 AND id = $2";
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The newest requests, those that are open first by their last day.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<PrivacyRequest>> {
    let sql = "SELECT * FROM privacy_request WHERE workspace_id = $1
               ORDER BY CASE WHEN handled_at IS NULL THEN 0 ELSE 1 END,
                   CASE WHEN handled_at IS NULL THEN due_on ELSE '' END, created_at DESC LIMIT $2";
    tx.fetch_all(sql, args![limit]).await?.iter().map(from_row).collect()
}

/// Closes an open request. False when it is not there or was closed before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn close(
    tx: &mut Tx,
    id: Uuid,
    outcome: PrivacyOutcome,
    note: &str,
    by: Option<UserId>,
    at: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE privacy_request SET outcome = $3, outcome_note = $4, handled_by = $5, handled_at = $6
             WHERE workspace_id = $1 AND id = $2 AND handled_at IS NULL",
            args![id, outcome.as_str(), note, by, at],
        )
        .await?;
    Ok(n > 0)
}
