//! Ends of a pursuit, and trying again. Closing frees the company for another pursuit and ends all that was planned.

use jiff::Timestamp;
use kiem_domain::conversation::{Move, apply};
use kiem_domain::id::{ProspectId, UserId};
use kiem_domain::opportunity::{DisqualifyReason, LostReason};
use kiem_store::prospect::Prospect;
use kiem_store::{Tx, opportunity, prospect, quote, task};
use serde_json::json;

use super::steps::refused;
use super::{NextAction, bounded, plan};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Marks a pursuit as closed, whatever the end: the company is free, nothing is planned any more.
pub(crate) async fn shut(
    tx: &mut Tx,
    pursuit: &mut Prospect,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<()> {
    pursuit.open_company_id = None;
    pursuit.closed_at = Some(now);
    pursuit.next_action = None;
    pursuit.next_action_kind = None;
    pursuit.next_action_at = None;
    pursuit.nurture_until = None;
    task::finish_of_prospect(tx, pursuit.id, by, now).await?;
    quote::withdraw_of_prospect(tx, pursuit.id).await?;
    Ok(())
}

/// A reason, and its words: "other" says nothing without them.
fn words(is_other: bool, note: &str) -> Result<String> {
    if is_other && note.trim().is_empty() {
        return Err(EngineError::field("note", "reason_needs_words"));
    }
    bounded("note", note)
}

impl Engine {
    /// Says that it is no good prospect: one key and a reason.
    ///
    /// # Errors
    /// Refused when it is closed already; "other" without words is a field error.
    pub async fn disqualify_prospect(
        &self,
        caller: &Caller,
        id: ProspectId,
        reason: DisqualifyReason,
        note: &str,
    ) -> Result<()> {
        let note = words(reason == DisqualifyReason::Other, note)?;
        self.end(caller, id, Move::Disqualify, reason.as_str(), &note, "prospect.disqualified").await
    }

    /// Says that they will not buy, and why.
    ///
    /// # Errors
    /// As [`Engine::disqualify_prospect`].
    pub async fn lose_prospect(
        &self,
        caller: &Caller,
        id: ProspectId,
        reason: LostReason,
        note: &str,
    ) -> Result<()> {
        let note = words(reason == LostReason::Other, note)?;
        self.end(caller, id, Move::Lose, reason.as_str(), &note, "prospect.lost").await
    }

    async fn end(
        &self,
        caller: &Caller,
        id: ProspectId,
        what: Move,
        reason: &str,
        note: &str,
        kind: &str,
    ) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        (pursuit.state, pursuit.step) = apply(pursuit.state, pursuit.step, what).map_err(refused)?;
        shut(&mut tx, &mut pursuit, caller.user(), now).await?;
        pursuit.close_reason = Some(reason.to_owned());
        pursuit.close_note = Some(note.to_owned());
        prospect::save(&mut tx, &pursuit).await?;
        opportunity::lose_of_prospect(&mut tx, id, reason, now).await?;
        let data = json!({ "reason": reason, "note": note, "step": pursuit.step.as_str() });
        self.announce(&mut tx, &self.prospect_event(caller.actor, kind, &pursuit, &data)).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Takes a lost or disqualified prospect up again, in the step where it stood, with its deals.
    ///
    /// # Errors
    /// Refused when it is open or won, or when the company has another open pursuit.
    pub async fn reopen_prospect(&self, caller: &Caller, id: ProspectId, next: NextAction) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        (pursuit.state, pursuit.step) = apply(pursuit.state, pursuit.step, Move::Reopen).map_err(refused)?;
        if prospect::open_for_company(&mut tx, pursuit.company_id).await?.is_some() {
            return Err(EngineError::refused("pursuit_open"));
        }
        plan(&mut pursuit, &next, now)?;
        if let Some(closed_at) = pursuit.closed_at.take() {
            opportunity::reopen_of_prospect(&mut tx, id, closed_at).await?;
        }
        pursuit.open_company_id = Some(pursuit.company_id);
        pursuit.close_reason = None;
        pursuit.close_note = None;
        pursuit.step_since = now;
        prospect::save(&mut tx, &pursuit).await?;
        let data = json!({ "step": pursuit.step.as_str() });
        self.announce(&mut tx, &self.prospect_event(caller.actor, "prospect.reopened", &pursuit, &data))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
