//! Who comes in by themselves: nobody approached them, and they ask. Sales has to know at once; no rule is claimed.

use jiff::Timestamp;
use kiem_domain::id::{LeadId, UserId};
use kiem_domain::promotion::InboundRequest;
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::promotion;
use kiem_store::{Tx, engagement};
use uuid::Uuid;

use crate::engine::{Engine, Result};

impl Engine {
    /// Makes a lead that we never mailed a prospect because of what it asked, in the given transaction: an override in
    /// Kiem's own name. The decision that was asked for carries it out. Who was mailed before is left to the rules, and
    /// what a person decided about the lead stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn welcome_inbound(&self, tx: &mut Tx, lead: LeadId, what: InboundRequest) -> Result<()> {
        let Some(facts) = promotion::lead_facts(tx, lead).await? else { return Ok(()) };
        let mailed = engagement::deliveries(tx, lead, facts.company_id, 1).await?;
        let live = promotion::newest_of_lead(tx, lead).await?.filter(|p| p.undone_at.is_none());
        let now = self.now();
        let is_kept = lead_override::of_lead(tx, lead).await?.iter().any(|made| keeps_lead(made, now));
        if facts.is_erased || mailed.iter().any(|one| one.lead_id == Some(lead)) || live.is_some() || is_kept
        {
            return Ok(());
        }
        let made = LeadOverride {
            id: self.new_id(),
            lead_id: lead,
            kind: OverrideKind::ForceProspect,
            until_at: None,
            inbound_id: None,
            label: None,
            reason: what.as_str().to_owned(),
            // Nobody: Kiem itself.
            created_by: UserId(Uuid::nil()),
            created_by_name: None,
            created_at: now,
        };
        lead_override::insert(tx, &made).await?;
        self.ask_decision(tx, lead, now).await
    }
}

/// Whether a person decided that the lead stays one, and that still holds.
pub(crate) fn keeps_lead(made: &LeadOverride, now: Timestamp) -> bool {
    match made.kind {
        OverrideKind::Never => true,
        OverrideKind::KeepLead => made.until_at.is_none_or(|until| until > now),
        _ => false,
    }
}
