//! Everything that happened with one lead, loaded for the rules.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor;
use kiem_domain::engagement::click::{Gateway, TicketOpen, find_gateways};
use kiem_domain::engagement::reply::{LabelSource, Millionths};
use kiem_domain::id::{CompanyId, InboundId};
use kiem_domain::promotion::{Event, EventKind, History, OverrideValue};
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::promotion::{self, LeadFacts};
use kiem_store::{Tx, engagement};

use super::facts;
use super::rules::Rules;
use crate::engine::{Engine, Result};

/// Acts of one lead that a decision looks at: the newest.
const ACTS_MAX: i64 = 2_000;
/// Mails of ours that a decision looks at.
const DELIVERIES_MAX: i64 = 500;

impl Engine {
    /// Loads the history of a lead.
    ///
    /// # Errors
    /// When the database fails or holds something unreadable.
    pub(crate) async fn history(&self, tx: &mut Tx, lead: &LeadFacts, rules: &Rules) -> Result<History> {
        let mut events = Vec::new();
        for delivered in engagement::deliveries(tx, lead.lead_id, lead.company_id, DELIVERIES_MAX).await? {
            let to = if delivered.lead_id == Some(lead.lead_id) { Actor::Lead } else { Actor::Colleague };
            let n_links = u32::try_from(delivered.n_links).ok().filter(|n| *n > 0);
            let kind = EventKind::Delivered { message: delivered.message_id, to, n_links };
            events.push(Event { at: delivered.at, id: delivered.message_id.0, kind });
        }
        for act in engagement::of_lead(tx, lead.lead_id, ACTS_MAX).await? {
            events.push(Event { at: act.occurred_at, id: act.id.0, kind: facts::from_json(&act.data)? });
        }
        self.add_colleagues(tx, lead, rules, &mut events).await?;
        for made in lead_override::of_lead(tx, lead.lead_id).await? {
            events.extend(event_of(&made, &events));
        }
        self.add_suppression(tx, lead, &mut events).await?;
        let gateways = self.gateways(tx, lead.company_id, rules).await?;
        Ok(History { time_zone: rules.zone.clone(), events, gateways })
    }

    /// What colleagues read warms the company; it never promotes this lead.
    async fn add_colleagues(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let since = self.now() - days(rules.config.warmth_half_days);
        let acts = engagement::of_colleagues(tx, lead.company_id, lead.lead_id, since, ACTS_MAX).await?;
        for act in acts {
            let kind = match facts::from_json(&act.data)? {
                EventKind::Click(mut click) if click.actor != Actor::Staff => {
                    click.actor = Actor::Colleague;
                    EventKind::Click(click)
                }
                EventKind::Session(mut session) if session.actor != Actor::Staff => {
                    session.actor = Actor::Colleague;
                    EventKind::Session(session)
                }
                _ => continue,
            };
            events.push(Event { at: act.occurred_at, id: act.id.0, kind });
        }
        Ok(())
    }

    /// Who stands on the suppression list for a reason of their own must not be approached. A dead address is no
    /// objection: the bounce itself is among the events.
    async fn add_suppression(&self, tx: &mut Tx, lead: &LeadFacts, events: &mut Vec<Event>) -> Result<()> {
        let Some(address) = lead.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()) else {
            return Ok(());
        };
        let hashes = self.suppression_hashes(&address);
        if let Some((at, reason)) = promotion::suppressed_since(tx, &hashes).await?
            && reason != "hard_bounce"
        {
            events.push(Event { at, id: lead.contact_id.0, kind: EventKind::Objection });
        }
        Ok(())
    }

    async fn gateways(&self, tx: &mut Tx, company: CompanyId, rules: &Rules) -> Result<Vec<Gateway>> {
        let since = self.now() - days(rules.config.window_days.max(rules.config.warmth_half_days));
        let mut opens = Vec::new();
        for act in engagement::opens_at_domain(tx, company, since, ACTS_MAX).await? {
            if let (EventKind::Click(click), Some(contact)) = (facts::from_json(&act.data)?, act.contact_id) {
                opens.push(TicketOpen { source: click.source, at: act.occurred_at, recipient: contact.0 });
            }
        }
        Ok(find_gateways(opens, &rules.config))
    }
}

/// So many days of 24 hours.
fn days(n: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(n))
}

/// A person's decision as the rules read it. A label is the mail's own reply again, said by a person.
fn event_of(made: &LeadOverride, known: &[Event]) -> Option<Event> {
    let by = made.created_by_name.clone().unwrap_or_default();
    let decided = |value| EventKind::Override {
        value,
        until: made.until_at,
        by: by.clone(),
        reason: Some(made.reason.clone()).filter(|reason| !reason.is_empty()),
    };
    let kind = match made.kind {
        OverrideKind::ForceProspect => decided(OverrideValue::ForceProspect),
        OverrideKind::KeepLead => decided(OverrideValue::KeepLead),
        OverrideKind::Never => decided(OverrideValue::Never),
        OverrideKind::Undo => EventKind::UndoPromotion { by: by.clone(), reason: made.reason.clone() },
        OverrideKind::Label => labelled(made, known)?,
    };
    Some(Event { at: made.created_at, id: made.id, kind })
}

fn labelled(made: &LeadOverride, known: &[Event]) -> Option<EventKind> {
    let inbound: InboundId = made.inbound_id?;
    let mut reply = known.iter().find_map(|event| match &event.kind {
        EventKind::Reply(reply) if reply.inbound == Some(inbound) => Some(reply.clone()),
        _ => None,
    })?;
    reply.label = made.label.as_deref()?.parse().ok()?;
    reply.by = LabelSource::Human;
    reply.probability = Millionths::ONE;
    reply.margin = Millionths::ONE;
    // "Later, on 1 March": the date that the person gave, else the one in the mail.
    if let Some(until) = made.until_at {
        reply.date = Some(date_of(until));
    }
    Some(EventKind::Reply(reply))
}

/// The civil day that a person chose is stored as its midnight in UTC.
fn date_of(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}
