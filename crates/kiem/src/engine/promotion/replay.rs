//! What other thresholds would have meant: the last 90 days decided again, before anything is saved.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::LeadId;
use kiem_domain::promotion::{Decision, State, decide};
use kiem_store::promotion::{self, LeadFacts};
use kiem_store::{Tx, engagement};

use super::rules::{Rules, Threshold, rules_with};
use crate::engine::{Caller, Engine, Permission, Result};

/// So far back goes the replay.
const REPLAY_DAYS: i64 = 90;
/// Leads that are decided again: those that acted last.
const LEADS_MAX: i64 = 400;

/// A lead for whom other thresholds would have decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedLead {
    /// The lead.
    pub lead: LeadId,
    /// "Eva van der Berg".
    pub name: Option<String>,
    /// Company name.
    pub company: String,
    /// The rule that would have promoted, or did; none when a person did.
    pub rule: Option<&'static str>,
    /// The day of that promotion.
    pub on: Option<Date>,
}

/// What other thresholds would have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Since when.
    pub from: Timestamp,
    /// Leads that did something since.
    pub n_leads: usize,
    /// Whether there are more than were looked at.
    pub is_cut: bool,
    /// Would have become a prospect, and did not.
    pub more: Vec<ReplayedLead>,
    /// Became a prospect, and would not have.
    pub fewer: Vec<ReplayedLead>,
}

impl Engine {
    /// Decides about every lead that acted in the last 90 days with the thresholds that hold and with others. Nothing is
    /// changed.
    ///
    /// # Errors
    /// Says which thresholds are not right.
    pub async fn replay_thresholds(
        &self,
        caller: &Caller,
        changes: &BTreeMap<String, Option<Threshold>>,
    ) -> Result<Replay> {
        caller.may(Permission::Configure)?;
        let now = self.now();
        let from = now - SignedDuration::from_hours(24 * REPLAY_DAYS);
        let mut tx = self.store().read(caller.workspace).await?;
        let held = self.rules(&mut tx).await?;
        let wanted = rules_with(&held, changes)?;
        let mut leads = engagement::leads_since(&mut tx, from, LEADS_MAX + 1).await?;
        let is_cut = leads.len() > usize::try_from(LEADS_MAX).unwrap_or(usize::MAX);
        leads.truncate(usize::try_from(LEADS_MAX).unwrap_or(usize::MAX));
        let mut replay = Replay { from, n_leads: leads.len(), is_cut, more: Vec::new(), fewer: Vec::new() };
        for lead in leads {
            let Some(facts) = promotion::lead_facts(&mut tx, lead).await?.filter(|facts| !facts.is_erased)
            else {
                continue;
            };
            let before = self.decided(&mut tx, &facts, &held, now).await?;
            let after = self.decided(&mut tx, &facts, &wanted, now).await?;
            let is_new = |one: &Decision| one.promoted_at.is_some_and(|at| at >= from);
            match (before.state, after.state) {
                (State::Lead, State::Prospect) if is_new(&after) => replay.more.push(shown(&facts, &after)),
                (State::Prospect, State::Lead) if is_new(&before) => {
                    replay.fewer.push(shown(&facts, &before))
                }
                _ => {}
            }
        }
        Ok(replay)
    }

    /// The history is loaded anew: thresholds also say which colleagues and which gateways are looked at.
    async fn decided(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision> {
        let history = self.history(tx, lead, rules).await?;
        Ok(decide(&history, &rules.config, now))
    }
}

fn shown(facts: &LeadFacts, decision: &Decision) -> ReplayedLead {
    ReplayedLead {
        lead: facts.lead_id,
        name: facts.name.clone(),
        company: facts.company_name.clone(),
        rule: decision.rule.map(|rule| rule.as_str()),
        on: decision.promoted_on,
    }
}
