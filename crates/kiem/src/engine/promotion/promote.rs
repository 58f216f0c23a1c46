//! The moment at which a lead becomes a prospect: one transaction with everything that follows from it.

use jiff::Timestamp;
use kiem_domain::conversation::{ProspectState, Step};
use kiem_domain::id::{InboundId, PromotionId, ProspectId, UserId};
use kiem_domain::locale::Lang;
use kiem_domain::opportunity::chance_default;
use kiem_domain::promotion::{Decision, EventKind, History, InboundRequest, Overridden, Rule, explain};
use kiem_domain::working_time::{WorkingHours, working_deadline};
use kiem_store::event::Actor;
use kiem_store::outreach_stop::{self, Pause, StopScope, StoppedEnrolment};
use kiem_store::promotion::{self, LeadFacts, Promotion};
use kiem_store::prospect::{self, Prospect};
use kiem_store::{Tx, inbound, message};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::apply::start_of;
use super::receipt::stored_evidence;
use super::rules::Rules;
use crate::engine::sales::known::search_text;
use crate::engine::{Engine, EngineError, Result};
use crate::messages::say;

/// What an undo puts back. Stored with the promotion.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Restore {
    /// Enrolments that the promotion stopped.
    pub enrolments: Vec<RestoredEnrolment>,
    /// Whether this promotion opened the pursuit (else it joined one).
    pub opened: bool,
}

/// One enrolment and where it stood.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RestoredEnrolment {
    pub id: Uuid,
    pub position: i64,
    pub due_at_micros: Option<i64>,
    /// The pause that held it.
    #[serde(default)]
    pub pause: Option<RestoredPause>,
}

/// A pause and its end, if it has one.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RestoredPause {
    pub reason: Option<String>,
    pub until_micros: Option<i64>,
}

impl RestoredEnrolment {
    fn of(one: &StoppedEnrolment) -> Self {
        let pause = one.pause.as_ref().map(|pause| RestoredPause {
            reason: pause.reason.clone(),
            until_micros: pause.until.map(Timestamp::as_microsecond),
        });
        let due_at_micros = one.due_at.map(Timestamp::as_microsecond);
        Self { id: one.id.0, position: one.position, due_at_micros, pause }
    }

    /// As the store wants it.
    pub fn stopped(&self) -> StoppedEnrolment {
        StoppedEnrolment {
            id: self.id.into(),
            position: self.position,
            due_at: instant(self.due_at_micros),
            pause: self
                .pause
                .as_ref()
                .map(|pause| Pause { reason: pause.reason.clone(), until: instant(pause.until_micros) }),
        }
    }
}

fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.and_then(|at| Timestamp::from_microsecond(at).ok())
}

/// What sales does first.
struct FirstAction {
    kind: &'static str,
    text: String,
    at: Timestamp,
}

impl Engine {
    /// Makes the lead a prospect: pursuit with owner, receipt, outreach stopped, deadline, next action, timeline,
    /// notification and webhooks. The caller holds the lock and knows that there is no live promotion.
    pub(super) async fn promote(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        history: &History,
        decision: &Decision,
        cycle: i64,
    ) -> Result<()> {
        let sentences = (explain(decision, Lang::Nl), explain(decision, Lang::En));
        let open = prospect::open_for_company(tx, lead.company_id).await?;
        let opened = open.is_none();
        let (prospect_id, owner) = match open {
            Some(open) => {
                prospect::add_contact(tx, open.id, lead.contact_id, "").await?;
                prospect::touch_theirs(tx, open.id, evidence_at(decision)).await?;
                (open.id, open.owner_id)
            }
            None => self.open_pursuit(tx, lead, rules, decision, &sentences).await?,
        };
        let restore = Restore { enrolments: self.stop_outreach(tx, lead, rules).await?, opened };
        let cause = decision.attribution.cause.or(decision.attribution.last);
        let campaign = match cause {
            Some(touch) => message::find(tx, touch.message).await?.and_then(|m| m.new.campaign_id),
            None => None,
        };
        let evidence = stored_evidence(tx, history, decision).await?;
        let receipt = Promotion {
            id: self.new_id::<PromotionId>(),
            lead_id: lead.lead_id,
            contact_id: lead.contact_id,
            company_id: lead.company_id,
            prospect_id,
            cycle,
            rule: rule_name(decision).to_owned(),
            config_version: i64::from(decision.config_version),
            model_digest: kiem_domain::intent::built_in().digest().to_string(),
            evidence: to_text(&evidence)?,
            explanation_nl: sentences.0,
            explanation_en: sentences.1,
            message_id: cause.map(|touch| touch.message),
            campaign_id: campaign,
            decided_at: decision.promoted_at.unwrap_or(decision.decided_at),
            undone_at: None,
            undone_by: None,
            undo_reason: None,
            restore: to_text(&restore)?,
        };
        promotion::insert(tx, &receipt).await?;
        inbound::set_prospect(tx, lead.contact_id, Some(prospect_id)).await?;
        self.record_findings(tx, prospect_id, history, decision).await?;
        self.record_known(tx, prospect_id, lead.company_id, lead.contact_id).await?;
        self.tell_promotion(tx, lead, &receipt, owner).await
    }

    async fn open_pursuit(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
        decision: &Decision,
        sentences: &(String, String),
    ) -> Result<(ProspectId, UserId)> {
        let now = self.now();
        let owner = promotion::next_owner(tx).await?.ok_or_else(|| EngineError::refused("nobody_sells"))?;
        let minutes = i64::from(rules.response_hours) * 60;
        let due = working_deadline(now, minutes, &WorkingHours::office(), &rules.zone);
        let nurture_until = decision.nurture_until.map(|date| start_of(date, &rules.zone));
        let action = first_action(lead, rules, decision, nurture_until, due);
        let state = if nurture_until.is_some() { ProspectState::Nurture } else { ProspectState::ToQualify };
        let id = self.new_id::<ProspectId>();
        let pursuit = Prospect {
            id,
            company_id: lead.company_id,
            contact_id: lead.contact_id,
            owner_id: owner,
            state,
            step: Step::ToQualify,
            open_company_id: Some(lead.company_id),
            rule: rule_name(decision).to_owned(),
            reason_nl: sentences.0.clone(),
            reason_en: sentences.1.clone(),
            promoted_at: decision.promoted_at.unwrap_or(now),
            step_since: now,
            response_due_at: due,
            responded_at: None,
            theirs_at: Some(evidence_at(decision)),
            ours_at: None,
            next_action: Some(action.text),
            next_action_kind: Some(action.kind.to_owned()),
            next_action_at: Some(action.at),
            nurture_until,
            closed_at: None,
            close_reason: None,
            close_note: None,
            value_cents: None,
            currency: "EUR".to_owned(),
            chance_percent: chance_default(Step::ToQualify),
            sort_company: lead.company_name.to_lowercase(),
            search_text: search_text(&lead.company_name, lead.name.as_deref(), lead.title.as_deref()),
            version: 1,
        };
        prospect::insert(tx, &pursuit).await?;
        match nurture_until {
            Some(wakes_at) => self.ask_daily(tx, wakes_at).await?,
            None => self.watch_response(tx, &pursuit).await?,
        }
        Ok((id, owner))
    }

    async fn stop_outreach(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        rules: &Rules,
    ) -> Result<Vec<RestoredEnrolment>> {
        let now = self.now();
        let mut stopped = outreach_stop::stop(tx, StopScope::Lead(lead.lead_id), "promoted", now).await?;
        if rules.stops_company {
            let company = StopScope::Company(lead.company_id);
            stopped.extend(outreach_stop::stop(tx, company, "colleague_promoted", now).await?);
        }
        self.ask_finish(tx).await?;
        Ok(stopped.iter().map(RestoredEnrolment::of).collect())
    }

    async fn tell_promotion(
        &self,
        tx: &mut Tx,
        lead: &LeadFacts,
        receipt: &Promotion,
        owner: UserId,
    ) -> Result<()> {
        let data = serde_json::json!({
            "promotion": receipt.id.0,
            "lead": lead.lead_id.0,
            "prospect": receipt.prospect_id.0,
            "rule": receipt.rule,
            "explanation_nl": receipt.explanation_nl,
            "explanation_en": receipt.explanation_en,
            "contact": lead.name,
            "contact_id": lead.contact_id.0,
            "company": lead.company_name,
            "owner": owner.0,
        });
        let mut happened = self.event(Actor::System, "lead.promoted", "promotion", Some(receipt.id.0));
        happened.company_id = Some(lead.company_id);
        happened.contact_id = Some(lead.contact_id);
        happened.prospect_id = Some(receipt.prospect_id);
        happened.data = data.to_string();
        self.announce(tx, &happened).await?;
        self.notify(tx, owner, "lead.promoted", "prospect", Some(receipt.prospect_id.0), &data).await
    }
}

fn to_text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| EngineError::Outside(format!("cannot be written as JSON: {e}")))
}

/// `R1` to `R6`, `inbound` when the person came by themselves, or `manual` when a person decided.
pub(super) fn rule_name(decision: &Decision) -> &'static str {
    match (decision.rule, inbound_of(decision)) {
        (Some(rule), _) => rule.as_str(),
        (None, Some(_)) => "inbound",
        (None, None) => "manual",
    }
}

fn inbound_of(decision: &Decision) -> Option<InboundRequest> {
    decision.overridden.as_ref().and_then(Overridden::inbound)
}

/// When the other side last did what the promotion rests on.
fn evidence_at(decision: &Decision) -> Timestamp {
    decision.evidence.iter().map(|evidence| evidence.at).max().unwrap_or(decision.decided_at)
}

fn first_action(
    lead: &LeadFacts,
    rules: &Rules,
    decision: &Decision,
    nurture_until: Option<Timestamp>,
    due: Timestamp,
) -> FirstAction {
    let inbound = inbound_of(decision).filter(|_| decision.rule.is_none());
    let (kind, key) = match (nurture_until, decision.rule, inbound) {
        (Some(_), ..) => ("mail", "next_action.wake_up"),
        (None, Some(Rule::R1), _) => ("reply", "next_action.reply"),
        (None, Some(Rule::R2), _) | (None, _, Some(InboundRequest::Booking)) => {
            ("meeting", "next_action.prepare_meeting")
        }
        (None, Some(Rule::R5), _) | (None, _, Some(InboundRequest::Quote)) => {
            ("quote", "next_action.answer_quote_request")
        }
        (None, ..) => ("call", "next_action.get_in_touch"),
    };
    let name =
        lead.given_name.clone().or_else(|| lead.name.clone()).unwrap_or_else(|| lead.company_name.clone());
    FirstAction { kind, text: say(rules.lang, key, &[("name", name)]), at: nurture_until.unwrap_or(due) }
}

/// The received mail that the decision rests on, if it rests on one.
pub(super) fn replies_in<'h>(
    history: &'h History,
    decision: &Decision,
) -> impl Iterator<Item = (Uuid, InboundId)> + 'h {
    let events: Vec<Uuid> = decision.evidence.iter().map(|evidence| evidence.event).collect();
    history.events.iter().filter(move |event| events.contains(&event.id)).filter_map(|event| {
        match &event.kind {
            EventKind::Reply(reply) => reply.inbound.map(|inbound| (event.id, inbound)),
            _ => None,
        }
    })
}
