//! A lead's story for tests: times in Amsterdam, one line an event.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;
use crate::engagement::click::Click;
use crate::engagement::network::NetworkClass;
use crate::engagement::page::PageKind;
use crate::engagement::reply::{LabelSource, Millionths, Reply, ReplyLabel};
use crate::engagement::visit::{PageView, Session};
use crate::engagement::{Actor, Ticket};
use crate::id::{InboundId, LinkId, MessageId};
use crate::inbound::matching::MatchLevel;

pub const WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36";
pub const IPHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";

/// `2026-11-10 09:00` in Amsterdam.
pub fn at(text: &str) -> Timestamp {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap();
    let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    text.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(zone).unwrap().timestamp()
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

#[derive(Clone)]
pub struct Story {
    pub history: History,
    pub config: Config,
}

impl Story {
    /// A lead that got a mail on 10 November at nine.
    pub fn approached() -> Self {
        Self::empty().delivered("2026-11-10 09:00", 1)
    }

    pub fn empty() -> Self {
        let time_zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let history = History { time_zone, events: Vec::new(), gateways: Vec::new() };
        Self { history, config: Config::default() }
    }

    pub fn with(mut self, when: &str, kind: EventKind) -> Self {
        let number = 1000 + self.history.events.len() as u128;
        self.history.events.push(Event { at: at(when), id: id(number), kind });
        self
    }

    pub fn delivered(self, when: &str, message: u128) -> Self {
        let message = MessageId(id(message));
        self.with(when, EventKind::Delivered { message, to: Actor::Lead, n_links: None })
    }

    pub fn click(self, when: &str, link: u128, change: impl FnOnce(&mut Click)) -> Self {
        let mut click = click(link);
        change(&mut click);
        self.with(when, EventKind::Click(click))
    }

    pub fn session(
        self,
        when: &str,
        pages: &[(PageKind, u64, u32)],
        change: impl FnOnce(&mut Session),
    ) -> Self {
        let mut session = session(pages);
        change(&mut session);
        self.with(when, EventKind::Session(session))
    }

    /// Twenty seconds on an ordinary page, with input, by a visitor who is recognised.
    pub fn visit(self, when: &str) -> Self {
        self.session(when, &[(PageKind::Page, 20, 3)], |_| {})
    }

    /// A case study, read for 22 seconds.
    pub fn reads_case(self, when: &str) -> Self {
        self.session(when, &[(PageKind::CaseStudyDetail, 22, 4)], |_| {})
    }

    pub fn reply(self, when: &str, label: ReplyLabel, change: impl FnOnce(&mut Reply)) -> Self {
        let mut reply = reply(label);
        change(&mut reply);
        self.with(when, EventKind::Reply(reply))
    }

    pub fn calendar(self, when: &str, answer: CalendarAnswer, uid: &str) -> Self {
        self.with(when, EventKind::CalendarReply { answer, uid: uid.into(), is_automatic: false })
    }

    pub fn booking(self, when: &str, status: BookingStatus, uid: &str, replaces: Option<&str>) -> Self {
        let replaces = replaces.map(str::to_owned);
        let (uid, actor) = (uid.into(), Actor::Lead);
        self.with(when, EventKind::Booking { status, uid, replaces, actor, is_verified: true })
    }

    pub fn decides(self, when: &str, value: OverrideValue, until: Option<&str>) -> Self {
        let until = until.map(at);
        self.with(when, EventKind::Override { value, until, by: "marieke".into(), reason: None })
    }

    pub fn undone(self, when: &str) -> Self {
        self.with(when, EventKind::UndoPromotion { by: "marieke".into(), reason: "student".into() })
    }

    pub fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub fn decide_at(&self, when: &str) -> Decision {
        decide(&self.history, &self.config, at(when))
    }

    /// The decision two months later.
    pub fn decide(&self) -> Decision {
        self.decide_at("2027-01-09 09:00")
    }
}

pub fn click(link: u128) -> Click {
    Click {
        ticket: Ticket { message: MessageId(id(1)), link: LinkId(id(link)) },
        page_kind: PageKind::CaseStudyDetail,
        source: "198.51.100.7".into(),
        network: NetworkClass::Ordinary,
        user_agent: WINDOWS.into(),
        method: "GET".into(),
        purpose: String::new(),
        actor: Actor::Lead,
    }
}

pub fn session(pages: &[(PageKind, u64, u32)]) -> Session {
    let pages = pages.iter().enumerate().map(|(n, (kind, seconds, trusted_events))| PageView {
        path: format!("/{kind}/{n}"),
        kind: *kind,
        visible_ms: seconds * 1000,
        trusted_events: *trusted_events,
    });
    Session {
        id: None,
        ticket: None,
        source: "198.51.100.7".into(),
        device: None,
        actor: Actor::Lead,
        pages: pages.collect(),
    }
}

pub fn landed(link: u128) -> impl FnOnce(&mut Session) {
    move |session| session.ticket = Some(Ticket { message: MessageId(id(1)), link: LinkId(id(link)) })
}

pub fn reply(label: ReplyLabel) -> Reply {
    Reply {
        inbound: None,
        answers: None,
        label,
        by: LabelSource::Model,
        probability: Millionths::new(950_000),
        margin: Millionths::new(600_000),
        matched: MatchLevel::MessageIds,
        actor: Actor::Lead,
        date: None,
        is_postponed: false,
        is_disowned: false,
    }
}

pub fn of_mail(n: u128) -> Option<InboundId> {
    Some(InboundId(id(n)))
}
