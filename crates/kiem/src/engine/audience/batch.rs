//! One decision about many leads. Each lead is done by itself, exactly as it would be done alone; who it does not fit is
//! left out and counted.

use jiff::Timestamp;
use kiem_domain::id::LeadId;
use kiem_store::lead_override::OverrideKind;
use kiem_store::promotion;

use super::gate::NewGround;
use crate::engine::promotion::OverrideInput;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Leads of one request.
pub const BATCH_MAX: usize = 200;

/// What is done with each lead.
#[derive(Debug, Clone)]
pub enum LeadsAction {
    /// Never mail them again.
    Suppress {
        /// Why.
        reason: String,
    },
    /// Record on what ground they may be approached.
    Ground(NewGround),
    /// They stay leads until a date, whatever they do.
    KeepLead {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// Done.
    pub done: u64,
    /// It did not fit them: no address, erased, a prospect already, or not there any more.
    pub skipped: u64,
}

impl Engine {
    /// Does one thing with many leads.
    ///
    /// # Errors
    /// When the caller may not, there are too many, or what is asked is not right; then nothing was done.
    pub async fn act_on_leads(
        &self,
        caller: &Caller,
        leads: &[LeadId],
        action: &LeadsAction,
    ) -> Result<BatchOutcome> {
        caller.may(match action {
            LeadsAction::Suppress { .. } => Permission::Suppress,
            LeadsAction::Ground(_) => Permission::WorkAudience,
            LeadsAction::KeepLead { .. } => Permission::JudgeEngagement,
        })?;
        if leads.is_empty() || leads.len() > BATCH_MAX {
            return Err(EngineError::field("leads", if leads.is_empty() { "required" } else { "too_many" }));
        }
        let mut outcome = BatchOutcome::default();
        for lead in leads {
            if self.act_on_lead(caller, *lead, action).await? {
                outcome.done += 1;
            } else {
                outcome.skipped += 1;
            }
        }
        Ok(outcome)
    }

    async fn act_on_lead(&self, caller: &Caller, lead: LeadId, action: &LeadsAction) -> Result<bool> {
        let mut tx = self.store().read(caller.workspace).await?;
        let Some(facts) = promotion::lead_facts(&mut tx, lead).await? else { return Ok(false) };
        drop(tx);
        let done = match action {
            LeadsAction::Suppress { reason } => match facts.email.as_deref().filter(|_| !facts.is_erased) {
                Some(email) => self.suppress_by_hand(caller, email, reason).await.map(|_| ()),
                None => return Ok(false),
            },
            LeadsAction::Ground(ground) => self.put_ground(caller, facts.contact_id, ground.clone()).await,
            LeadsAction::KeepLead { until, reason } => {
                let input = OverrideInput { value: OverrideKind::KeepLead, until: Some(*until), reason };
                self.override_lead(caller, lead, input).await
            }
        };
        match done {
            Ok(()) => Ok(true),
            // It became a prospect, or was erased, meanwhile or long ago: the others go on.
            Err(EngineError::NotFound | EngineError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
