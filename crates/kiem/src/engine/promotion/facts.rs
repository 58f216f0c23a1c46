//! Engagements between the rules and the database: what happened, as versioned JSON, and back.

use jiff::civil::Date;
use kiem_domain::engagement::click::Click;
use kiem_domain::engagement::config::Config;
use kiem_domain::engagement::reply::{Millionths, Reply};
use kiem_domain::engagement::visit::{PageView, Session};
use kiem_domain::engagement::{Grade, Ticket};
use kiem_domain::id::{InboundId, LinkId, MessageId};
use kiem_domain::promotion::EventKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::{EngineError, Result};

/// One act as it is stored. Names are those of the rules; a field that is added later needs a default.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
enum Fact {
    Click {
        message: Uuid,
        link: Uuid,
        page_kind: String,
        source: String,
        network: String,
        user_agent: String,
        method: String,
        purpose: String,
        actor: String,
    },
    Session {
        id: Option<Uuid>,
        message: Option<Uuid>,
        link: Option<Uuid>,
        source: String,
        device: Option<String>,
        actor: String,
        pages: Vec<Page>,
    },
    Reply {
        inbound: Option<Uuid>,
        answers: Option<Uuid>,
        label: String,
        by: String,
        probability_millionths: u32,
        margin_millionths: u32,
        matched: String,
        actor: String,
        date: Option<String>,
        is_postponed: bool,
        is_disowned: bool,
    },
    CalendarReply {
        answer: String,
        uid: String,
        is_automatic: bool,
    },
    Booking {
        status: String,
        uid: String,
        replaces: Option<String>,
        actor: String,
        is_verified: bool,
    },
    QuoteRequest {
        actor: String,
        is_spam: bool,
    },
    Bounce {
        kind: String,
    },
    Complaint,
    UnsubscribeView,
    Unsubscribe,
    Objection,
}

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    path: String,
    kind: String,
    visible_ms: u64,
    trusted_events: u32,
}

fn unreadable(problem: impl std::fmt::Display) -> EngineError {
    EngineError::Outside(format!("a stored engagement cannot be read: {problem}"))
}

fn name<T: std::str::FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| unreadable(e))
}

/// The stable name of what happened: the `kind` of the engagement. `None` for what is kept elsewhere: deliveries are
/// messages, decisions of persons are overrides, and opens are nothing.
pub fn kind_of(kind: &EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::Click(_) => "click",
        EventKind::Session(_) => "session",
        EventKind::Reply(_) => "reply",
        EventKind::CalendarReply { .. } => "calendar_reply",
        EventKind::Booking { .. } => "booking",
        EventKind::QuoteRequest { .. } => "quote_request",
        EventKind::Bounce(_) => "bounce",
        EventKind::Complaint => "complaint",
        EventKind::UnsubscribeView => "unsubscribe_view",
        EventKind::Unsubscribe => "unsubscribe",
        EventKind::Objection => "objection",
        EventKind::Delivered { .. }
        | EventKind::Open
        | EventKind::Override { .. }
        | EventKind::UndoPromotion { .. } => return None,
    })
}

/// How sure it is that a person did it, as far as the act alone can tell. Clicks are judged again at every decision.
pub fn first_grade(kind: &EventKind, config: &Config) -> (Grade, &'static str) {
    match kind {
        EventKind::Session(session) => (session.grade(None, config), "session"),
        EventKind::Reply(reply) if reply.label.is_machine() => (Grade::Machine, "reply"),
        EventKind::Reply(_) => (Grade::HumanCertain, "reply"),
        EventKind::CalendarReply { is_automatic, .. } if *is_automatic => (Grade::Machine, "calendar"),
        EventKind::CalendarReply { .. } => (Grade::HumanCertain, "calendar"),
        EventKind::Booking { is_verified, .. } if *is_verified => (Grade::HumanCertain, "booking"),
        EventKind::QuoteRequest { is_spam, .. } if !*is_spam => (Grade::HumanCertain, "form"),
        EventKind::QuoteRequest { .. } => (Grade::Machine, "form"),
        EventKind::Unsubscribe | EventKind::Objection => (Grade::HumanCertain, "opt_out"),
        EventKind::Bounce(_) | EventKind::Complaint => (Grade::Machine, "report"),
        _ => (Grade::Unknown, "C13"),
    }
}

fn fact_of(kind: &EventKind) -> Option<Fact> {
    Some(match kind {
        EventKind::Click(click) => Fact::Click {
            message: click.ticket.message.0,
            link: click.ticket.link.0,
            page_kind: click.page_kind.to_string(),
            source: click.source.clone(),
            network: click.network.to_string(),
            user_agent: click.user_agent.clone(),
            method: click.method.clone(),
            purpose: click.purpose.clone(),
            actor: click.actor.to_string(),
        },
        EventKind::Session(session) => Fact::Session {
            id: session.id,
            message: session.ticket.map(|t| t.message.0),
            link: session.ticket.map(|t| t.link.0),
            source: session.source.clone(),
            device: session.device.map(|d| d.to_string()),
            actor: session.actor.to_string(),
            pages: session
                .pages
                .iter()
                .map(|page| Page {
                    path: page.path.clone(),
                    kind: page.kind.to_string(),
                    visible_ms: page.visible_ms,
                    trusted_events: page.trusted_events,
                })
                .collect(),
        },
        EventKind::Reply(reply) => Fact::Reply {
            inbound: reply.inbound.map(|id| id.0),
            answers: reply.answers.map(|id| id.0),
            label: reply.label.to_string(),
            by: reply.by.to_string(),
            probability_millionths: millionths(reply.probability),
            margin_millionths: millionths(reply.margin),
            matched: reply.matched.to_string(),
            actor: reply.actor.to_string(),
            date: reply.date.map(|date| date.to_string()),
            is_postponed: reply.is_postponed,
            is_disowned: reply.is_disowned,
        },
        EventKind::CalendarReply { answer, uid, is_automatic } => {
            Fact::CalendarReply { answer: answer.to_string(), uid: uid.clone(), is_automatic: *is_automatic }
        }
        EventKind::Booking { status, uid, replaces, actor, is_verified } => Fact::Booking {
            status: status.to_string(),
            uid: uid.clone(),
            replaces: replaces.clone(),
            actor: actor.to_string(),
            is_verified: *is_verified,
        },
        EventKind::QuoteRequest { actor, is_spam } => {
            Fact::QuoteRequest { actor: actor.to_string(), is_spam: *is_spam }
        }
        EventKind::Bounce(kind) => Fact::Bounce { kind: kind.to_string() },
        EventKind::Complaint => Fact::Complaint,
        EventKind::UnsubscribeView => Fact::UnsubscribeView,
        EventKind::Unsubscribe => Fact::Unsubscribe,
        EventKind::Objection => Fact::Objection,
        EventKind::Delivered { .. }
        | EventKind::Open
        | EventKind::Override { .. }
        | EventKind::UndoPromotion { .. } => return None,
    })
}

/// The number behind a share; the type keeps it to itself, so it is found by halving.
fn millionths(share: Millionths) -> u32 {
    let (mut low, mut high) = (0_u32, 1_000_000_u32);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if Millionths::new(middle) <= share { low = middle } else { high = middle - 1 }
    }
    low
}

/// What happened, as it is stored; `None` for what is kept elsewhere.
///
/// # Errors
/// Never for the types of the rules; the signature follows the JSON library.
pub fn to_json(kind: &EventKind) -> Result<Option<String>> {
    fact_of(kind).map(|fact| serde_json::to_string(&fact).map_err(unreadable)).transpose()
}

/// What happened, from what was stored.
///
/// # Errors
/// When the document was changed by hand or by a newer version.
pub fn from_json(data: &str) -> Result<EventKind> {
    let fact: Fact = serde_json::from_str(data).map_err(unreadable)?;
    Ok(match fact {
        Fact::Click { message, link, page_kind, source, network, user_agent, method, purpose, actor } => {
            EventKind::Click(Click {
                ticket: Ticket { message: MessageId(message), link: LinkId(link) },
                page_kind: name(&page_kind)?,
                source,
                network: name(&network)?,
                user_agent,
                method,
                purpose,
                actor: name(&actor)?,
            })
        }
        Fact::Session { id, message, link, source, device, actor, pages } => EventKind::Session(Session {
            id,
            ticket: message
                .zip(link)
                .map(|(message, link)| Ticket { message: MessageId(message), link: LinkId(link) }),
            source,
            device: device.as_deref().map(name).transpose()?,
            actor: name(&actor)?,
            pages: pages.into_iter().map(page_of).collect::<Result<_>>()?,
        }),
        Fact::Reply {
            inbound,
            answers,
            label,
            by,
            probability_millionths,
            margin_millionths,
            matched,
            actor,
            date,
            is_postponed,
            is_disowned,
        } => EventKind::Reply(Reply {
            inbound: inbound.map(InboundId),
            answers: answers.map(MessageId),
            label: name(&label)?,
            by: name(&by)?,
            probability: Millionths::new(probability_millionths),
            margin: Millionths::new(margin_millionths),
            matched: name(&matched)?,
            actor: name(&actor)?,
            date: date.as_deref().map(name::<Date>).transpose()?,
            is_postponed,
            is_disowned,
        }),
        Fact::CalendarReply { answer, uid, is_automatic } => {
            EventKind::CalendarReply { answer: name(&answer)?, uid, is_automatic }
        }
        Fact::Booking { status, uid, replaces, actor, is_verified } => {
            EventKind::Booking { status: name(&status)?, uid, replaces, actor: name(&actor)?, is_verified }
        }
        Fact::QuoteRequest { actor, is_spam } => EventKind::QuoteRequest { actor: name(&actor)?, is_spam },
        Fact::Bounce { kind } => EventKind::Bounce(name(&kind)?),
        Fact::Complaint => EventKind::Complaint,
        Fact::UnsubscribeView => EventKind::UnsubscribeView,
        Fact::Unsubscribe => EventKind::Unsubscribe,
        Fact::Objection => EventKind::Objection,
    })
}

fn page_of(page: Page) -> Result<PageView> {
    Ok(PageView {
        path: page.path,
        kind: name(&page.kind)?,
        visible_ms: page.visible_ms,
        trusted_events: page.trusted_events,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiem_domain::engagement::Actor;
    use kiem_domain::engagement::network::NetworkClass;
    use kiem_domain::engagement::page::PageKind;
    use kiem_domain::engagement::reply::{LabelSource, ReplyLabel};
    use kiem_domain::inbound::matching::MatchLevel;
    use kiem_domain::promotion::{BookingStatus, BounceKind, CalendarAnswer};

    fn reply() -> Reply {
        Reply {
            inbound: Some(InboundId(Uuid::from_u128(1))),
            answers: Some(MessageId(Uuid::from_u128(2))),
            label: ReplyLabel::NotNow,
            by: LabelSource::Model,
            probability: Millionths::new(849_999),
            margin: Millionths::new(0),
            matched: MatchLevel::Quote,
            actor: Actor::Colleague,
            date: Some(jiff::civil::date(2027, 1, 4)),
            is_postponed: true,
            is_disowned: true,
        }
    }

    #[test]
    fn what_is_stored_reads_back_as_it_was() {
        let ticket = Ticket { message: MessageId(Uuid::from_u128(3)), link: LinkId(Uuid::from_u128(4)) };
        let page = PageView {
            path: "/cases/groothandel".to_owned(),
            kind: PageKind::CaseStudyDetail,
            visible_ms: 22_000,
            trusted_events: 3,
        };
        for kind in [
            EventKind::Reply(reply()),
            EventKind::Reply(Reply { probability: Millionths::ONE, date: None, ..reply() }),
            EventKind::Click(Click {
                ticket,
                page_kind: PageKind::Pricing,
                source: "ab".to_owned(),
                network: NetworkClass::ProbableGateway,
                user_agent: "Mozilla/5.0".to_owned(),
                method: "GET".to_owned(),
                purpose: String::new(),
                actor: Actor::Lead,
            }),
            EventKind::Session(Session {
                id: Some(Uuid::from_u128(5)),
                ticket: Some(ticket),
                source: "ab".to_owned(),
                device: None,
                actor: Actor::Lead,
                pages: vec![page],
            }),
            EventKind::CalendarReply {
                answer: CalendarAnswer::Counter,
                uid: "u".to_owned(),
                is_automatic: false,
            },
            EventKind::Booking {
                status: BookingStatus::Rescheduled,
                uid: "b".to_owned(),
                replaces: Some("a".to_owned()),
                actor: Actor::Colleague,
                is_verified: true,
            },
            EventKind::QuoteRequest { actor: Actor::Lead, is_spam: false },
            EventKind::Bounce(BounceKind::Hard),
            EventKind::Complaint,
            EventKind::Unsubscribe,
            EventKind::UnsubscribeView,
            EventKind::Objection,
        ] {
            let stored = to_json(&kind).unwrap().unwrap();
            assert!(kind_of(&kind).is_some());
            assert_eq!(from_json(&stored).unwrap(), kind, "{stored}");
        }
    }

    #[test]
    fn what_was_changed_by_hand_is_refused() {
        for data in ["", "{}", r#"{"fact":"bounce","kind":"maybe"}"#, r#"{"fact":"sent"}"#] {
            assert!(from_json(data).is_err(), "{data}");
        }
    }
}
