//! Carrying a decision out: grades, outreach, the lead's standing, and the next moment to look.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::id::EngagementId;
use kiem_domain::promotion::{Decision, History, Sequence, State, StopReason};
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::promotion::{self, LeadFacts, LeadStanding, OpenEnrolment};
use kiem_store::{Tx, engagement, inbound};

use super::rules::Rules;
use crate::engine::{Engine, Result};

/// Reasons for which Kiem itself holds outreach; a pause that a person set stays until the person ends it.
const OWN_PAUSES: [&str; 5] = ["reply", "needs_look", "out_of_office", "not_now", "other"];

impl Engine {
    /// Carries a decision out, in the given transaction. Doing it twice changes nothing.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        history: &History,
        decision: &Decision,
    ) -> Result<()> {
        for click in &decision.grades {
            engagement::set_grade(tx, EngagementId(click.event), click.grade, click.rule.as_str()).await?;
        }
        let live = promotion::newest_of_lead(tx, lead.lead_id).await?.filter(|p| p.undone_at.is_none());
        let mut cycle = lead.cycle;
        let is_new = decision.state == State::Prospect && live.is_none();
        if is_new {
            cycle += 1;
            self.promote(tx, lead, rules, history, decision, cycle).await?;
        } else {
            self.apply_sequence(tx, lead, rules, decision).await?;
        }
        let is_prospect = is_new || (live.is_some() && decision.suppressed.is_none());
        let engaged_at = decision.evidence.iter().map(|evidence| evidence.at).max();
        let (state, paused_until) = standing(lead, decision, is_prospect, &rules.zone);
        let standing = LeadStanding {
            state,
            paused_until,
            warmth: i64::from(decision.warmth),
            needs_look: decision.needs_look.is_some(),
            engaged_at,
            cycle,
        };
        promotion::set_standing(tx, lead.lead_id, &standing).await?;
        self.look_again(tx, lead, rules, decision).await
    }

    async fn apply_sequence(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        decision: &Decision,
    ) -> Result<()> {
        let open = promotion::open_enrolments(tx, lead.lead_id).await?;
        if open.is_empty() {
            return Ok(());
        }
        let scope = StopScope::Lead(lead.lead_id);
        match decision.sequence {
            // A sequence that a person started after the stop is another one.
            Sequence::Stopped { reason, since } if open.iter().any(|e| e.created_at <= since) => {
                outreach_stop::stop(tx, scope, stop_name(reason), self.now()).await?;
                self.ask_finish(tx).await?;
            }
            Sequence::Paused { until, reason, .. } if !decision.sequence.may_send_on(decision.decided_on) => {
                let until = until.map(|date| start_of(date, &rules.zone));
                let held = |e: &OpenEnrolment| {
                    e.state == "paused"
                        && e.reason.as_deref() == Some(reason.as_str())
                        && e.paused_until == until
                };
                if open.iter().any(|e| !held(e) && !by_person(e)) {
                    outreach_stop::pause(tx, scope, reason.as_str(), until).await?;
                }
            }
            Sequence::Stopped { .. } => {}
            Sequence::Running | Sequence::Paused { .. } => {
                let ours = open.iter().any(|e| e.state == "paused") && !open.iter().any(by_person);
                // A mail that was taken in and not yet understood keeps everything still.
                if ours && !inbound::has_unclassified(tx, lead.lead_id).await? {
                    outreach_stop::resume(tx, scope, self.now()).await?;
                }
            }
        }
        Ok(())
    }

    /// Asks for the next decision where time alone changes the answer: a rule that settles, a pause that ends.
    async fn look_again(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        decision: &Decision,
    ) -> Result<()> {
        let pause_ends = match decision.sequence {
            Sequence::Paused { until: Some(until), .. } => Some(start_of(until, &rules.zone)),
            _ => None,
        };
        let next = [decision.settle_at, pause_ends]
            .into_iter()
            .flatten()
            .filter(|at| *at > decision.decided_at)
            .min();
        match next {
            Some(at) => self.ask_decision(tx, lead.lead_id, at).await,
            None => Ok(()),
        }
    }
}

fn by_person(enrolment: &OpenEnrolment) -> bool {
    enrolment.state == "paused"
        && !enrolment.reason.as_deref().is_some_and(|reason| OWN_PAUSES.contains(&reason))
}

/// The reason under which outreach ends.
fn stop_name(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Suppressed => "suppressed",
        StopReason::Promoted => "promoted",
        StopReason::Reply(label) => label.as_str(),
        StopReason::Bounced => "bounced",
        StopReason::SignOfLife => "sign_of_life",
    }
}

/// Where the lead stands in the marketing list, and until when it waits.
fn standing(
    lead: &LeadFacts,
    decision: &Decision,
    is_prospect: bool,
    zone: &TimeZone,
) -> (&'static str, Option<Timestamp>) {
    if decision.suppressed.is_some() {
        return ("blocked", None);
    }
    if is_prospect {
        return ("promoted", None);
    }
    let today = decision.decided_on;
    match decision.sequence {
        Sequence::Stopped { reason: StopReason::Bounced, .. } => ("blocked", None),
        Sequence::Paused { until, .. } if !decision.sequence.may_send_on(today) => {
            ("paused", until.map(|date| start_of(date, zone)))
        }
        Sequence::Stopped { reason: StopReason::Reply(_) | StopReason::SignOfLife, .. } => ("resting", None),
        _ => match lead.state.as_str() {
            "new" => ("new", None),
            "resting" => ("resting", None),
            // An undone promotion, an ended pause, a lifted suppression: back in the list.
            _ if lead.approached_at.is_some() => ("approached", None),
            "approached" => ("approached", None),
            _ => ("new", None),
        },
    }
}

/// Midnight of a day in the workspace's zone.
pub(crate) fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned_datetime(zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}
