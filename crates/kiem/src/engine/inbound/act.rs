//! From a received mail to the act that the promotion rules read.

use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor;
use kiem_domain::engagement::reply::{LabelSource, Millionths, Reply, ReplyLabel};
use kiem_domain::inbound::matching::MatchLevel;
use kiem_domain::promotion::EventKind;
use kiem_store::inbound::Inbound;
use kiem_store::promotion::LeadFacts;

use crate::engine::promotion::NewEngagement;
use crate::engine::{EngineError, Result};

/// What was understood of a mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Understood {
    pub label: ReplyLabel,
    pub by: LabelSource,
    pub probability: Millionths,
    pub margin: Millionths,
    pub date: Option<jiff::civil::Date>,
    pub is_postponed: bool,
}

impl Understood {
    /// Headers and structure leave no doubt.
    pub fn by_headers(label: ReplyLabel, date: Option<jiff::civil::Date>) -> Understood {
        Understood {
            label,
            by: LabelSource::Headers,
            probability: Millionths::ONE,
            margin: Millionths::ONE,
            date,
            is_postponed: false,
        }
    }
}

/// The reply behind a mail.
pub(super) fn reply_of(mail: &Inbound, lead: Option<&LeadFacts>, understood: Understood) -> Result<Reply> {
    Ok(Reply {
        inbound: Some(mail.id),
        answers: mail.message_id,
        label: understood.label,
        by: understood.by,
        probability: understood.probability,
        margin: understood.margin,
        matched: level_of(&mail.match_level)?,
        actor: actor_of(mail, lead),
        date: understood.date,
        is_postponed: understood.is_postponed,
        is_disowned: mail.auth == "fail",
    })
}

fn level_of(stored: &str) -> Result<MatchLevel> {
    stored.parse().map_err(|e| EngineError::Outside(format!("a stored match level cannot be read: {e}")))
}

/// Who wrote, seen from the lead. Who a person said it is speaks for the lead, from whatever address.
fn actor_of(mail: &Inbound, lead: Option<&LeadFacts>) -> Actor {
    match actor_of_address(mail, lead) {
        Actor::Stranger if mail.match_level == MatchLevel::Person.as_str() => Actor::Lead,
        actor => actor,
    }
}

fn actor_of_address(mail: &Inbound, lead: Option<&LeadFacts>) -> Actor {
    let address = EmailAddress::parse(&mail.from_address).ok();
    let of_lead = lead.and_then(|lead| EmailAddress::parse(lead.email.as_deref()?).ok());
    let (Some(address), Some(of_lead)) = (address, of_lead) else { return Actor::Stranger };
    let domain = lead
        .and_then(|lead| lead.company_domain.as_deref())
        .and_then(|domain| kiem_domain::company::DomainName::parse(domain).ok());
    Actor::of(&address, &of_lead, domain.as_ref(), &[])
}

/// The act of a mail.
pub(super) fn act(mail: &Inbound, what: EventKind) -> NewEngagement {
    NewEngagement {
        occurred_at: mail.received_at,
        what,
        lead: mail.lead_id,
        contact: mail.contact_id,
        company: mail.company_id,
        message: mail.message_id,
        link: None,
        inbound: Some(mail.id),
        web_session: None,
        source: "mail",
        external_id: format!("{}:{}", mail.mailbox_id, mail.external_key),
    }
}

/// The act of a mail that no program understood: a person labels it, and the label needs something to rest on.
///
/// # Errors
/// When the stored mail cannot be read.
pub fn unread_act(mail: &Inbound) -> Result<NewEngagement> {
    let understood = Understood {
        label: ReplyLabel::Other,
        by: LabelSource::Model,
        probability: Millionths::new(0),
        margin: Millionths::new(0),
        date: None,
        is_postponed: false,
    };
    let mut reply = reply_of(mail, None, understood)?;
    reply.actor = Actor::Lead;
    Ok(act(mail, EventKind::Reply(reply)))
}
