//! The events of a scenario file. A field that is left out has the value that an ordinary story would have.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::agent::DeviceFamily;
use kiem_domain::engagement::click::{Click, Gateway, TicketOpen, find_gateways};
use kiem_domain::engagement::network::{NetworkCatalogue, NetworkClass};
use kiem_domain::engagement::page::{PageKind, page_kind};
use kiem_domain::engagement::reply::{LabelSource, Millionths, Reply, ReplyLabel};
use kiem_domain::engagement::visit::{PageView, Session};
use kiem_domain::engagement::{Actor, Ticket};
use kiem_domain::id::{InboundId, LinkId, MessageId};
use kiem_domain::inbound::matching::MatchLevel;
use kiem_domain::promotion::{
    BookingStatus, BounceKind, CalendarAnswer, Config, Event, EventKind, OverrideValue,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::scenario::{Unknown, id_of, moment, present, warn_unknown};

/// What is known about the lead while its events are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub zone: &'a TimeZone,
    pub lead: &'a EmailAddress,
    pub company: Option<&'a DomainName>,
    pub own: &'a [DomainName],
}

/// The events of a story.
#[derive(Debug)]
pub(super) struct Story {
    pub events: Vec<Event>,
    pub gateways: Vec<Gateway>,
    /// Clicks in order of time, every one once.
    pub clicks: Vec<Uuid>,
}

/// Who opened a link without a name is taken to use this.
const ORDINARY_BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

#[derive(Debug, Deserialize)]
struct DeliveredDto {
    message: Option<String>,
    to: Option<String>,
    links: Option<LinksDto>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum LinksDto {
    Count(u32),
    Names(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct ClickDto {
    message: Option<String>,
    link: Option<String>,
    page_kind: Option<String>,
    ip: Option<String>,
    #[serde(default, deserialize_with = "present")]
    user_agent: Option<Option<String>>,
    method: Option<String>,
    network: Option<String>,
    asn: Option<u32>,
    purpose: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    recipient: Option<String>,
    #[serde(alias = "person", alias = "email")]
    visitor: Option<String>,
    #[serde(default)]
    internal: bool,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct SessionDto {
    #[serde(alias = "session")]
    id: Option<String>,
    message: Option<String>,
    entry_link: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    device: Option<String>,
    #[serde(alias = "person", alias = "email")]
    visitor: Option<String>,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    pages: Vec<PageDto>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct PageDto {
    path: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    visible_s: f64,
    #[serde(default)]
    trusted_events: u32,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct ReplyDto {
    label: String,
    probability: Option<f64>,
    margin: Option<f64>,
    by: Option<String>,
    #[serde(rename = "match")]
    matched: Option<String>,
    sender: Option<String>,
    date: Option<String>,
    postponed: Option<bool>,
    auth: Option<String>,
    message: Option<String>,
    #[serde(alias = "message_id", alias = "id")]
    reply_id: Option<String>,
    // Flags of the reply that decide nothing here.
    #[serde(rename = "person")]
    _person: Option<Value>,
    #[serde(rename = "text")]
    _text: Option<Value>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct CalendarReplyDto {
    method: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    auto_submitted: bool,
    #[serde(default)]
    resource: bool,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct BookingDto {
    status: String,
    #[serde(default)]
    uid: String,
    replaces: Option<String>,
    #[serde(alias = "person", alias = "attendee")]
    email: Option<String>,
    verified: Option<bool>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct QuoteRequestDto {
    #[serde(default)]
    spam: bool,
    #[serde(alias = "person")]
    email: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// The events that have no field which decides anything, beside those read here.
#[derive(Debug, Deserialize)]
struct PlainDto {
    status: Option<String>,
    method: Option<String>,
    #[serde(rename = "message")]
    _message: Option<String>,
    #[serde(rename = "by")]
    _by: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct OverrideDto {
    value: String,
    until: Option<String>,
    by: Option<String>,
    reason: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Deserialize)]
struct UndoDto {
    by: Option<String>,
    reason: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// An event whose moment and kind are known, with its place in the file for messages to people.
struct RawEvent {
    place: String,
    at: Timestamp,
    id: Uuid,
    kind: String,
    fields: Value,
}

impl RawEvent {
    fn dto<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(self.fields.clone()).map_err(|error| format!("{}: {error}", self.place))
    }

    fn name<T: std::str::FromStr>(&self, field: &str, text: &str) -> Result<T, String> {
        text.trim().parse().map_err(|_| format!("{}: '{text}' is not a {field} that is known", self.place))
    }
}

/// Reads the events. First all deliveries and clicks, because visits are understood by them.
pub(super) fn read(
    values: &[Value],
    reading: &Reading<'_>,
    config: &Config,
    warnings: &mut Vec<String>,
) -> Result<Story, String> {
    let mut raw = Vec::with_capacity(values.len());
    for (place, value) in values.iter().enumerate() {
        raw.push(raw_event(place + 1, value, reading.zone)?);
    }
    let mut reader =
        Reader { reading, deliveries: Vec::new(), landings: Vec::new(), opens: Vec::new(), warnings };
    // A stable sort: clicks of the same instant keep the order of the file, by which people number them.
    raw.sort_by_key(|event| event.at);
    reader.deliveries = deliveries(&raw)?;
    let mut events = Vec::with_capacity(raw.len());
    let (mut clicks, mut seen) = (Vec::new(), BTreeSet::new());
    for event in &raw {
        if event.kind == "click" {
            let kind = EventKind::Click(reader.click(event)?);
            if seen.insert(event.id) {
                clicks.push(event.id);
            }
            events.push(Event { at: event.at, id: event.id, kind });
        }
    }
    for event in raw.iter().filter(|event| event.kind != "click") {
        events.push(Event { at: event.at, id: event.id, kind: reader.kind(event)? });
    }
    let gateways = find_gateways(reader.opens, config);
    Ok(Story { events, gateways, clicks })
}

fn raw_event(number: usize, value: &Value, zone: &TimeZone) -> Result<RawEvent, String> {
    let mut fields: Map<String, Value> =
        value.as_object().cloned().ok_or_else(|| format!("event {number} is not an object"))?;
    let mut text = |field: &str| match fields.remove(field) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("event {number}: '{field}' must be a text, not {other}")),
        None => Err(format!("event {number} has no '{field}'")),
    };
    let (at, kind) = (text("at")?, text("type")?);
    let place = format!("event {number} ({kind})");
    let at = moment(&at, zone).map_err(|error| format!("{place}: {error}"))?;
    // Null is the same as nothing, except where a file says that there was no User-Agent.
    fields.retain(|name, value| !value.is_null() || name == "user_agent");
    let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
    let id = id_of(&kind, &format!("{at} {sorted:?}"));
    Ok(RawEvent { place, at, id, kind, fields: Value::Object(fields) })
}

/// Messages by the moment of their delivery to the lead, oldest first.
fn deliveries(raw: &[RawEvent]) -> Result<Vec<(Timestamp, String)>, String> {
    let mut deliveries = Vec::new();
    for event in raw.iter().filter(|event| event.kind == "delivered") {
        let message = event.dto::<DeliveredDto>()?.message.unwrap_or_else(|| event.at.to_string());
        deliveries.push((event.at, message));
    }
    Ok(deliveries)
}

struct Reader<'a> {
    reading: &'a Reading<'a>,
    deliveries: Vec<(Timestamp, String)>,
    /// Clicks of the lead: when, over which link, with which ticket.
    landings: Vec<(Timestamp, String, Ticket)>,
    opens: Vec<TicketOpen>,
    warnings: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn kind(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        match event.kind.as_str() {
            "delivered" => self.delivered(event),
            "session" => Ok(EventKind::Session(self.session(event)?)),
            "reply" => Ok(EventKind::Reply(self.reply(event)?)),
            "calendar_reply" => self.calendar_reply(event),
            "booking" => self.booking(event),
            "quote_request" => self.quote_request(event),
            "override" => self.decided(event),
            "undo_promotion" => self.undone(event),
            "open" | "bounce" | "complaint" | "unsubscribe_view" | "unsubscribe" | "objection" => {
                self.plain(event)
            }
            other => Err(format!("{}: '{other}' is not an event that is known", event.place)),
        }
    }

    fn warn(&mut self, event: &RawEvent, unknown: &Unknown) {
        warn_unknown(&event.place, unknown, self.warnings);
    }

    /// Who a free text names: an address, one of the words for it, or (a mere name) the lead.
    fn actor(&self, text: Option<&str>, is_internal: bool) -> Actor {
        let Some(text) = text.map(str::trim).filter(|_| !is_internal) else {
            return if is_internal { Actor::Staff } else { Actor::Lead };
        };
        let Reading { lead, company, own, .. } = *self.reading;
        match EmailAddress::parse(text) {
            Ok(address) => Actor::of(&address, lead, company, own),
            Err(_) => text.parse().unwrap_or(Actor::Lead),
        }
    }

    /// The message of a link: the one named, else the newest delivered before.
    fn message(&self, named: Option<&str>, at: Timestamp) -> MessageId {
        let newest =
            || self.deliveries.iter().rev().find(|(delivered, _)| *delivered <= at).map(|(_, m)| m.as_str());
        message_id(named.or_else(newest).unwrap_or_default())
    }

    fn delivered(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: DeliveredDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let n_links = match dto.links {
            Some(LinksDto::Count(count)) => Some(count),
            Some(LinksDto::Names(names)) => u32::try_from(names.iter().collect::<BTreeSet<_>>().len()).ok(),
            None => None,
        };
        let message = message_id(&dto.message.unwrap_or_else(|| event.at.to_string()));
        Ok(EventKind::Delivered { message, to: self.actor(dto.to.as_deref(), false), n_links })
    }

    fn click(&mut self, event: &RawEvent) -> Result<Click, String> {
        let dto: ClickDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let source = dto.ip.unwrap_or_default();
        let link = dto.link.unwrap_or_default();
        let recipient = dto.recipient.as_deref().filter(|text| self.actor(Some(text), false) != Actor::Lead);
        let mut ticket = Ticket {
            message: self.message(dto.message.as_deref(), event.at),
            link: LinkId(id_of("link", &link)),
        };
        if !source.is_empty() {
            let whose = recipient.unwrap_or(self.reading.lead.as_str());
            let recipient = id_of("recipient", &whose.to_ascii_lowercase());
            self.opens.push(TicketOpen { source: source.clone(), at: event.at, recipient });
        }
        let actor = match recipient {
            // Another person's mail is another mail: it says something about the source, nothing about the lead.
            Some(other) => {
                ticket.message = message_id(&format!("{other} {}", ticket.message));
                Actor::Stranger
            }
            None => {
                self.landings.push((event.at, link, ticket));
                self.actor(dto.visitor.as_deref(), dto.internal)
            }
        };
        let network = network(event, dto.network.as_deref(), dto.asn, &source)?;
        let purposes =
            dto.headers.iter().filter(|(name, _)| is_purpose_header(name)).map(|(_, value)| value.as_str());
        let named_agent = dto.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
        let user_agent = match (dto.user_agent, named_agent) {
            (Some(agent), _) => agent.unwrap_or_default(),
            (None, Some((_, agent))) => agent.clone(),
            (None, None) => ORDINARY_BROWSER.to_owned(),
        };
        Ok(Click {
            ticket,
            page_kind: dto.page_kind.map_or(Ok(PageKind::Page), |kind| event.name("page_kind", &kind))?,
            source,
            network,
            user_agent,
            method: dto.method.unwrap_or_else(|| "GET".to_owned()),
            purpose: dto.purpose.as_deref().into_iter().chain(purposes).collect::<Vec<_>>().join(" "),
            actor,
        })
    }

    fn session(&mut self, event: &RawEvent) -> Result<Session, String> {
        let dto: SessionDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let ticket = dto.entry_link.as_deref().map(|link| {
            let before = self.landings.iter().rev().filter(|(at, name, _)| *at <= event.at && name == link);
            let clicked = before.map(|(_, _, ticket)| *ticket);
            let link = LinkId(id_of("link", link));
            match &dto.message {
                Some(message) => Ticket { message: message_id(message), link },
                None => clicked
                    .into_iter()
                    .next()
                    .unwrap_or(Ticket { message: self.message(None, event.at), link }),
            }
        });
        let device = match (&dto.device, &dto.user_agent) {
            (Some(device), _) => Some(event.name("device", device)?),
            (None, Some(agent)) => DeviceFamily::of(agent),
            (None, None) => None,
        };
        let mut pages = Vec::with_capacity(dto.pages.len());
        for page in dto.pages {
            self.warn(event, &page.unknown);
            let path = page.path.unwrap_or_default();
            let kind = match &page.kind {
                Some(kind) => event.name("kind of page", kind)?,
                None => page_kind(&path, None, &[]),
            };
            // Seconds with a fraction become whole milliseconds; the cast saturates, and below zero is zero.
            let visible_ms = (page.visible_s * 1000.0).round() as u64;
            pages.push(PageView { path, kind, visible_ms, trusted_events: page.trusted_events });
        }
        Ok(Session {
            id: dto.id.map(|id| id_of("session", &id)),
            ticket,
            source: dto.ip.unwrap_or_default(),
            device,
            actor: self.actor(dto.visitor.as_deref(), dto.internal),
            pages,
        })
    }

    fn reply(&mut self, event: &RawEvent) -> Result<Reply, String> {
        let dto: ReplyDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let label: ReplyLabel = event.name("label", &dto.label)?;
        let sender = dto.sender.as_deref().map(|sender| self.actor(Some(sender), false));
        let matched: MatchLevel = match (&dto.matched, sender) {
            (Some(level), _) => event.name("match", &level.to_ascii_lowercase())?,
            (None, None) => MatchLevel::MessageIds,
            (None, Some(Actor::Lead)) => MatchLevel::Address,
            (None, Some(Actor::Colleague)) => MatchLevel::CompanySubject,
            (None, Some(_)) => MatchLevel::Unmatched,
        };
        let by = match dto.by.as_deref() {
            None => LabelSource::Model,
            Some("llm") => LabelSource::LanguageModel,
            Some(by) => event.name("source of a label", by)?,
        };
        let probability = dto.probability.map_or(Millionths::ONE, Millionths::from_share);
        let margin = dto.margin.map_or(probability.least_margin(), Millionths::from_share);
        let date = dto.date.map(|date| day(event, &date, self.reading.zone)).transpose()?;
        let is_disowned = match dto.auth.as_deref() {
            Some("dmarc_fail" | "fail") => true,
            None | Some("dmarc_pass" | "pass" | "none" | "dmarc_none" | "unknown") => false,
            Some(other) => {
                return Err(format!("{}: '{other}' is not an auth result that is known", event.place));
            }
        };
        let is_colleague = matched == MatchLevel::Quote;
        Ok(Reply {
            inbound: dto.reply_id.map(|id| InboundId(id_of("inbound", &id))),
            answers: dto.message.as_deref().map(message_id),
            label,
            by,
            probability,
            margin,
            matched,
            actor: sender.unwrap_or(if is_colleague { Actor::Colleague } else { Actor::Lead }),
            // Who is interested and names a date asks to be called then.
            is_postponed: dto.postponed.unwrap_or(label == ReplyLabel::Interested && date.is_some()),
            date,
            is_disowned,
        })
    }

    fn calendar_reply(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: CalendarReplyDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let answer: CalendarAnswer = event.name("method", &dto.method.to_ascii_lowercase())?;
        Ok(EventKind::CalendarReply {
            answer,
            uid: dto.uid,
            is_automatic: dto.auto_submitted || dto.resource,
        })
    }

    fn booking(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: BookingDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let status: BookingStatus = match dto.status.to_ascii_lowercase().as_str() {
            "canceled" => BookingStatus::Cancelled,
            status => event.name("status of a booking", status)?,
        };
        let actor = self.actor(dto.email.as_deref(), false);
        let is_verified = dto.verified.unwrap_or(true);
        Ok(EventKind::Booking { status, uid: dto.uid, replaces: dto.replaces, actor, is_verified })
    }

    fn quote_request(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: QuoteRequestDto = event.dto()?;
        self.warn(event, &dto.unknown);
        Ok(EventKind::QuoteRequest { actor: self.actor(dto.email.as_deref(), false), is_spam: dto.spam })
    }

    fn plain(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: PlainDto = event.dto()?;
        self.warn(event, &dto.unknown);
        // Fetching the page is looking at it, whatever the file calls it.
        let is_fetch = dto.method.as_deref().is_some_and(|m| !m.eq_ignore_ascii_case("POST"));
        Ok(match event.kind.as_str() {
            "bounce" => EventKind::Bounce(BounceKind::of_status(dto.status.as_deref().unwrap_or_default())),
            "complaint" => EventKind::Complaint,
            "objection" => EventKind::Objection,
            "unsubscribe" if !is_fetch => EventKind::Unsubscribe,
            "unsubscribe" | "unsubscribe_view" => EventKind::UnsubscribeView,
            _ => EventKind::Open,
        })
    }

    fn decided(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: OverrideDto = event.dto()?;
        self.warn(event, &dto.unknown);
        let value: OverrideValue = event.name("value of an override", &dto.value)?;
        let until = dto.until.map(|until| moment(&until, self.reading.zone)).transpose();
        let until = until.map_err(|error| format!("{}: {error}", event.place))?;
        Ok(EventKind::Override { value, until, by: dto.by.unwrap_or_default(), reason: dto.reason })
    }

    fn undone(&mut self, event: &RawEvent) -> Result<EventKind, String> {
        let dto: UndoDto = event.dto()?;
        self.warn(event, &dto.unknown);
        Ok(EventKind::UndoPromotion {
            by: dto.by.unwrap_or_default(),
            reason: dto.reason.unwrap_or_default(),
        })
    }
}

fn message_id(name: &str) -> MessageId {
    MessageId(id_of("message", name))
}

fn is_purpose_header(name: &str) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn network(
    event: &RawEvent,
    named: Option<&str>,
    asn: Option<u32>,
    source: &str,
) -> Result<NetworkClass, String> {
    let catalogue = NetworkCatalogue::built_in();
    if let Some(name) = named {
        return event.name("network", name);
    }
    let by_system = asn.map_or(NetworkClass::Ordinary, |asn| catalogue.classify_system(asn));
    Ok(match source.parse::<IpAddr>() {
        Ok(ip) if by_system == NetworkClass::Ordinary => catalogue.classify(ip),
        _ => by_system,
    })
}

/// A day, also when the file gives a moment.
fn day(event: &RawEvent, text: &str, zone: &TimeZone) -> Result<Date, String> {
    text.trim()
        .parse::<Date>()
        .or_else(|_| moment(text, zone).map(|at| zone.to_datetime(at).date()))
        .map_err(|error| format!("{}: {error}", event.place))
}
