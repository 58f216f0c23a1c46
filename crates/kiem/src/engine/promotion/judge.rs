//! What persons decide: forcing, keeping, never; and the meaning of a mail that the rules were not sure of.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::id::{InboundId, LeadId, UserId};
use kiem_domain::inbound::Outcome;
use kiem_domain::inbound::matching::MatchLevel;
use kiem_store::inbound::{Inbound, Labelling};
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::promotion;
use kiem_store::{Tx, engagement, inbound};
use uuid::Uuid;

use super::undo::{checked_reason, person};
use crate::engine::inbound::said_as;
use crate::engine::suppress::StopOrder;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// A person's decision about a lead.
#[derive(Debug, Clone, Copy)]
pub struct OverrideInput<'a> {
    /// What is decided.
    pub value: OverrideKind,
    /// Until when a lead is kept a lead.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: &'a str,
}

/// The newest decision of a person about where a lead stands that still holds.
pub(crate) fn override_in_force(all: &[LeadOverride], now: Timestamp) -> Option<&LeadOverride> {
    all.iter().rev().find(|made| {
        let is_standing =
            matches!(made.kind, OverrideKind::ForceProspect | OverrideKind::KeepLead | OverrideKind::Never);
        is_standing && made.created_by.0 != Uuid::nil() && made.until_at.is_none_or(|until| until > now)
    })
}

/// What a person made of a received mail.
#[derive(Debug, Clone, Copy)]
pub struct ReplyJudgement {
    /// What it means.
    pub label: ReplyLabel,
    /// The day that it speaks of ("later: 1 March"); the day in the mail when there is none.
    pub until: Option<Date>,
    /// The lead that it is about, for a mail that matched nobody.
    pub lead: Option<LeadId>,
}

impl Engine {
    /// Decides about a lead in a person's name.
    ///
    /// # Errors
    /// Without a reason; when the lead is a prospect already; when a date to keep it is missing or past.
    pub async fn override_lead(&self, caller: &Caller, lead: LeadId, input: OverrideInput<'_>) -> Result<()> {
        caller.may(Permission::JudgeEngagement)?;
        let by = person(caller)?;
        let reason = checked_reason(input.reason)?;
        let now = self.now();
        match (input.value, input.until) {
            (OverrideKind::Undo | OverrideKind::Label, _) => {
                return Err(EngineError::field("value", "unknown_choice"));
            }
            (OverrideKind::KeepLead, None) => return Err(EngineError::field("until", "required")),
            (_, Some(until)) if until <= now => return Err(EngineError::field("until", "in_the_past")),
            _ => {}
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let facts = promotion::lock_for_decision(&mut tx, lead).await?;
        let live = promotion::newest_of_lead(&mut tx, lead).await?.filter(|p| p.undone_at.is_none());
        if live.is_some() {
            return Err(EngineError::refused("already_prospect"));
        }
        let made = LeadOverride {
            id: self.new_id(),
            lead_id: lead,
            kind: input.value,
            until_at: input.until,
            inbound_id: None,
            label: None,
            reason: reason.to_owned(),
            created_by: by,
            created_by_name: None,
            created_at: now,
        };
        lead_override::insert(&mut tx, &made).await?;
        let mut happened = self.event(caller.actor, "lead.judged", "lead", Some(lead.0));
        happened.company_id = Some(facts.company_id);
        happened.contact_id = Some(facts.contact_id);
        happened.data = serde_json::json!({
            "value": input.value.as_str(),
            "until": input.until.map(|at| at.to_string()),
            "reason": reason,
        })
        .to_string();
        self.announce(&mut tx, &happened).await?;
        let decision = self.decide(&mut tx, lead).await?;
        if input.value == OverrideKind::ForceProspect && decision.suppressed.is_some() {
            return Err(EngineError::refused("lead_is_suppressed"));
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Lifts what persons decided about a lead: the rules decide again.
    ///
    /// # Errors
    /// `no_override` when nothing that a person decided holds; refused when the lead is a prospect already.
    pub async fn lift_override(&self, caller: &Caller, lead: LeadId) -> Result<()> {
        caller.may(Permission::JudgeEngagement)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let facts = promotion::lock_for_decision(&mut tx, lead).await?;
        if promotion::newest_of_lead(&mut tx, lead).await?.is_some_and(|p| p.undone_at.is_none()) {
            return Err(EngineError::refused("already_prospect"));
        }
        if override_in_force(&lead_override::of_lead(&mut tx, lead).await?, now).is_none() {
            return Err(EngineError::refused("no_override"));
        }
        lead_override::lift(&mut tx, lead, UserId(Uuid::nil()), now).await?;
        let mut happened = self.event(caller.actor, "lead.judged", "lead", Some(lead.0));
        happened.company_id = Some(facts.company_id);
        happened.contact_id = Some(facts.contact_id);
        happened.data = serde_json::json!({ "value": "lifted" }).to_string();
        self.announce(&mut tx, &happened).await?;
        self.decide(&mut tx, lead).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Gives a received mail its meaning in a person's name. It answers the question, whatever the rules thought.
    ///
    /// # Errors
    /// When there is no such mail, or it belongs to nobody and no lead was named.
    pub async fn label_reply(&self, caller: &Caller, id: InboundId, judgement: ReplyJudgement) -> Result<()> {
        caller.may(Permission::JudgeEngagement)?;
        let by = person(caller)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut mail = inbound::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if let (None, Some(lead)) = (mail.lead_id, judgement.lead) {
            self.attach_reply(&mut tx, &mut mail, lead).await?;
        }
        let outcome = outcome_of(judgement.label);
        let rules = self.rules(&mut tx).await?;
        let said = said_as(&mail, judgement.label, &rules)?;
        mail.flags = said.write()?;
        let made = Labelling {
            label: judgement.label.as_str(),
            by: "human",
            probability_permille: 1_000,
            margin_permille: 1_000,
            flags: &mail.flags,
            outcome: outcome.as_str(),
            outcome_reason: "person",
            needs_look: false,
        };
        inbound::set_label(&mut tx, id, &made, true).await?;
        inbound::mark_handled(&mut tx, id, now).await?;
        if judgement.label.suppresses() {
            self.suppress_writer(&mut tx, &mail, caller.actor).await?;
        }
        let mut happened = self.event(caller.actor, "reply.labelled", "inbound", Some(id.0));
        happened.company_id = mail.company_id;
        happened.contact_id = mail.contact_id;
        happened.prospect_id = mail.prospect_id;
        happened.data = serde_json::json!({ "label": judgement.label.as_str(), "by": "human" }).to_string();
        self.announce(&mut tx, &happened).await?;
        if let Some(lead) = mail.lead_id {
            let decided = LeadOverride {
                id: self.new_id(),
                lead_id: lead,
                kind: OverrideKind::Label,
                until_at: judgement.until.map(day_start),
                inbound_id: Some(id),
                label: Some(judgement.label.as_str().to_owned()),
                reason: String::new(),
                created_by: by,
                created_by_name: None,
                created_at: now,
            };
            lead_override::insert(&mut tx, &decided).await?;
            self.ensure_reply_act(&mut tx, &mail).await?;
            self.decide(&mut tx, lead).await?;
            let date = judgement.until.or_else(|| said.date.as_deref().and_then(|day| day.parse().ok()));
            self.label_effects(&mut tx, &mail, judgement.label, &said, date, &rules).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// A person's label rests on the recorded act of the mail; mails that ended before classification have none yet.
    async fn ensure_reply_act(&self, tx: &mut Tx, mail: &Inbound) -> Result<()> {
        if engagement::of_inbound(tx, mail.id).await?.is_some() {
            return Ok(());
        }
        let rules = self.rules(tx).await?;
        let act = crate::engine::inbound::unread_act(mail)?;
        self.store_engagement(tx, &act, &rules).await?;
        Ok(())
    }

    pub(crate) async fn attach_reply(&self, tx: &mut Tx, mail: &mut Inbound, lead: LeadId) -> Result<()> {
        let facts = promotion::lead_facts(tx, lead).await?.ok_or(EngineError::NotFound)?;
        if facts.is_erased {
            return Err(EngineError::refused("person_erased"));
        }
        if !inbound::attach(tx, mail.id, facts.lead_id, facts.contact_id, facts.company_id).await? {
            return Err(EngineError::Conflict);
        }
        mail.lead_id = Some(facts.lead_id);
        mail.contact_id = Some(facts.contact_id);
        mail.company_id = Some(facts.company_id);
        MatchLevel::Person.as_str().clone_into(&mut mail.match_level);
        Outcome::Reply.as_str().clone_into(&mut mail.outcome);
        Ok(())
    }

    pub(crate) async fn suppress_writer(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        actor: kiem_store::event::Actor,
    ) -> Result<()> {
        let lead_address = match mail.lead_id {
            Some(lead) => promotion::lead_facts(tx, lead).await?.and_then(|facts| facts.email),
            None => None,
        };
        let writer = EmailAddress::parse(&mail.from_address).ok();
        let of_lead = lead_address.and_then(|email| EmailAddress::parse(&email).ok());
        let same =
            writer.as_ref().map(EmailAddress::without_tag) == of_lead.as_ref().map(EmailAddress::without_tag);
        // Who forwards for a colleague and says stop speaks for both; so both addresses go on the list.
        for (address, lead) in [(of_lead, mail.lead_id), (writer.filter(|_| !same), None)] {
            let Some(address) = address else { continue };
            let order = StopOrder { address: &address, reason: "replied_stop", source: "reply", lead, actor };
            self.suppress(tx, order).await?;
        }
        Ok(())
    }

    /// Notes that a person opened a mail. Whoever only looks leaves nothing behind: the mail stays unread for those who
    /// have to answer it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn mark_reply_read(&self, caller: &Caller, id: InboundId) -> Result<()> {
        caller.may(Permission::View)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        inbound::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if caller.may(Permission::JudgeEngagement).is_err() {
            return Ok(());
        }
        inbound::mark_read(&mut tx, id, self.now()).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

fn outcome_of(label: ReplyLabel) -> Outcome {
    match label {
        ReplyLabel::Unsubscribe => Outcome::OptOut,
        ReplyLabel::OutOfOffice => Outcome::OutOfOffice,
        ReplyLabel::Auto => Outcome::AutoReply,
        ReplyLabel::Bounce => Outcome::Bounce,
        ReplyLabel::Complaint => Outcome::Complaint,
        _ => Outcome::Reply,
    }
}

/// A chosen day is stored as its midnight in UTC.
fn day_start(date: Date) -> Timestamp {
    date.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |start| start.timestamp())
}
