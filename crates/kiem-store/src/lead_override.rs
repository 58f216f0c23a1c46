//! What persons decided about a lead: force, keep, never, undo, and the labels they gave to received mail.

use jiff::Timestamp;
use kiem_domain::id::{InboundId, LeadId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

kiem_domain::text_enum! {
    /// What was decided.
    pub enum OverrideKind {
        /// Is a prospect, whatever the rules say.
        ForceProspect = "force_prospect",
        /// Stays a lead until a date.
        KeepLead = "keep_lead",
        /// Never becomes a prospect.
        Never = "never",
        /// A promotion was taken back.
        Undo = "undo",
        /// A received mail was given a label.
        Label = "label",
    }
}

/// One decision of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadOverride {
    /// Id.
    pub id: Uuid,
    /// The lead.
    pub lead_id: LeadId,
    /// What was decided.
    pub kind: OverrideKind,
    /// Until when, if not for ever.
    pub until_at: Option<Timestamp>,
    /// The mail that was labelled.
    pub inbound_id: Option<InboundId>,
    /// The label that was given.
    pub label: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub created_by: UserId,
    /// The person's name, when they still exist.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// Writes a decision down; the name is not stored.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, one: &LeadOverride) -> Result<()> {
    tx.execute(
        "INSERT INTO lead_override (workspace_id, id, lead_id, value, until_at, inbound_id, label, reason, created_by,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            one.id,
            one.lead_id,
            one.kind.as_str(),
            one.until_at,
            one.inbound_id,
            one.label.as_deref(),
            one.reason.as_str(),
            one.created_by,
            one.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Lifts what persons decided about where a lead stands: from now on the rules decide. Returns how many decisions. What
/// Kiem itself noted (`system`), labels and undone promotions stay.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lift(tx: &mut Tx, lead: LeadId, system: UserId, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE lead_override SET lifted_at = $4 WHERE workspace_id = $1 AND lead_id = $2 AND created_by <> $3
           AND value IN ('force_prospect', 'keep_lead', 'never') AND lifted_at IS NULL",
        args![lead, system, now],
    )
    .await
}

/// All decisions about a lead that were not lifted, oldest first; at most the newest 500.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_lead(tx: &mut Tx, lead: LeadId) -> Result<Vec<LeadOverride>> {
    let rows = tx
        .fetch_all(
            "SELECT o.*, u.name AS user_name FROM lead_override o LEFT JOIN app_user u ON u.id = o.created_by
             WHERE o.workspace_id = $1 AND o.lead_id = $2 AND o.lifted_at IS NULL
             ORDER BY o.created_at DESC, o.id DESC LIMIT 500",
            args![lead],
        )
        .await?;
    let mut found = rows
        .iter()
        .map(|row| {
            Ok(LeadOverride {
                id: row.get("id")?,
                lead_id: row.id("lead_id")?,
                kind: row.parsed("value")?,
                until_at: row.opt_instant("until_at")?,
                inbound_id: row.opt_id("inbound_id")?,
                label: row.get("label")?,
                reason: row.get("reason")?,
                created_by: row.id("created_by")?,
                created_by_name: row.get("user_name")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect::<Result<Vec<LeadOverride>>>()?;
    found.reverse();
    Ok(found)
}
