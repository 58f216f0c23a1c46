//! Taking a promotion back: the lead is a lead again, its outreach stands where it stood, and what was held for
//! evidence is muted. Nothing is lost.

use jiff::Timestamp;
use kiem_domain::conversation::{self, Move};
use kiem_domain::id::{LeadId, UserId};
use kiem_store::event::Actor;
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::outreach_stop::{self, StoppedEnrolment};
use kiem_store::promotion::{self, Promotion};
use kiem_store::{Tx, inbound, prospect};

use super::promote::Restore;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Longest reason.
pub(super) const REASON_CHARS_MAX: usize = 1_000;

impl Engine {
    /// Takes the promotion of a lead back, with a reason.
    ///
    /// # Errors
    /// Without a reason; when the lead is no prospect; when the pursuit was won, lost or disqualified already.
    pub async fn undo_promotion(&self, caller: &Caller, lead: LeadId, reason: &str) -> Result<()> {
        caller.may(Permission::JudgeEngagement)?;
        let by = person(caller)?;
        let reason = checked_reason(reason)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let facts = promotion::lock_for_decision(&mut tx, lead).await?;
        let live = promotion::newest_of_lead(&mut tx, lead)
            .await?
            .filter(|p| p.undone_at.is_none())
            .ok_or_else(|| EngineError::refused("no_promotion"))?;
        let now = self.now();
        let restore: Restore = serde_json::from_str(&live.restore)
            .map_err(|e| EngineError::Outside(format!("a promotion cannot be read: {e}")))?;
        self.close_pursuit(&mut tx, &live, reason).await?;
        promotion::undo(&mut tx, live.id, by, reason, now).await?;
        let stopped: Vec<_> = restore.enrolments.iter().map(|one| one.stopped()).collect();
        outreach_stop::restore(&mut tx, &stopped, now).await?;
        self.go_on(&mut tx, &stopped, now).await?;
        inbound::set_prospect(&mut tx, facts.contact_id, None).await?;
        let made = LeadOverride {
            id: self.new_id(),
            lead_id: lead,
            kind: OverrideKind::Undo,
            until_at: None,
            inbound_id: None,
            label: None,
            reason: reason.to_owned(),
            created_by: by,
            created_by_name: None,
            created_at: now,
        };
        lead_override::insert(&mut tx, &made).await?;
        let mut happened = self.event(caller.actor, "promotion.undone", "promotion", Some(live.id.0));
        happened.company_id = Some(facts.company_id);
        happened.contact_id = Some(facts.contact_id);
        happened.prospect_id = Some(live.prospect_id);
        happened.data =
            serde_json::json!({ "promotion": live.id.0, "lead": lead.0, "rule": live.rule, "reason": reason })
                .to_string();
        self.announce(&mut tx, &happened).await?;
        self.decide(&mut tx, lead).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Wakes the sequences that were put back: what is due is made, and where a mail reached its end while the sequence
    /// was stopped, the step after it is planned.
    async fn go_on(&self, tx: &mut Tx, stopped: &[StoppedEnrolment], now: Timestamp) -> Result<()> {
        for one in stopped.iter().filter(|one| one.due_at.is_none()) {
            self.enqueue(tx, JobKind::AdvanceEnrolment, &one.id.to_string(), "{}", now).await?;
        }
        if !stopped.is_empty() {
            self.enqueue(tx, JobKind::AdvanceSequences, "all", "{}", now).await?;
        }
        Ok(())
    }

    /// The pursuit ends with its last promotion; one that others joined goes on.
    async fn close_pursuit(&self, tx: &mut Tx, live: &Promotion, reason: &str) -> Result<()> {
        let others = promotion::of_prospect(tx, live.prospect_id).await?;
        if others.iter().any(|p| p.id != live.id && p.undone_at.is_none()) {
            return Ok(());
        }
        let mut pursuit = prospect::get(tx, live.prospect_id).await?;
        let moved = conversation::apply(pursuit.state, pursuit.step, Move::Undo);
        let (state, step) = moved.map_err(|_| EngineError::refused("pursuit_is_closed"))?;
        pursuit.state = state;
        pursuit.step = step;
        pursuit.open_company_id = None;
        pursuit.closed_at = Some(self.now());
        pursuit.close_reason = Some("undone".to_owned());
        pursuit.close_note = Some(reason.to_owned());
        pursuit.next_action = None;
        pursuit.next_action_kind = None;
        pursuit.next_action_at = None;
        Ok(prospect::save(tx, &pursuit).await?)
    }
}

/// The logged-in person: decisions about leads are signed.
pub(super) fn person(caller: &Caller) -> Result<UserId> {
    match caller.actor {
        Actor::User(id) | Actor::Token(id) => Ok(UserId(id)),
        Actor::System | Actor::Lead => Err(EngineError::Forbidden),
    }
}

/// A reason that says something.
pub(super) fn checked_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(EngineError::field("reason", "required"));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(EngineError::field("reason", "too_long"));
    }
    Ok(reason)
}
