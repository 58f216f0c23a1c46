//! A history put in order: every event once, mails of ours found, sessions merged, days counted.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::decision::{Touch, Undone};
use super::history::{Event, EventKind, History};
use crate::engagement::click::Delivery;
use crate::engagement::config::Config;
use crate::engagement::visit::Session;
use crate::engagement::{Actor, millis_between};
use crate::id::MessageId;

/// A span of time; without an end it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

impl Span {
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A session that was reported once or several times.
#[derive(Debug)]
pub(super) struct MergedSession {
    pub event: Uuid,
    pub at: Timestamp,
    pub session: Session,
}

/// The events of a history up to `now`.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    pub events: Vec<&'a Event>,
    pub zone: &'a TimeZone,
    pub config: &'a Config,
    pub now: Timestamp,
    /// Mails to the lead, oldest first.
    pub touches: Vec<Touch>,
    /// The first mail to anybody at the company.
    pub company_touched_at: Option<Timestamp>,
    pub undone: Option<Undone>,
}

/// The smallest step of a stored moment.
const INSTANT: SignedDuration = SignedDuration::from_micros(1);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl<'a> Timeline<'a> {
    pub fn new(history: &'a History, config: &'a Config, now: Timestamp) -> Self {
        let mut events: Vec<&Event> = history.events.iter().filter(|event| event.at <= now).collect();
        // The id comes before the content, so that of two records with one id the earlier stays, whatever came first.
        events.sort_unstable_by(|a, b| (a.id, a.at, &a.kind).cmp(&(b.id, b.at, &b.kind)));
        events.dedup_by_key(|event| event.id);
        events.sort_unstable_by_key(|event| (event.at, event.id));
        let zone = &history.time_zone;
        let mut timeline =
            Self { events, zone, config, now, touches: Vec::new(), company_touched_at: None, undone: None };
        timeline.find_touches();
        timeline.undone = timeline.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::UndoPromotion { by, reason } => Some(Undone {
                event: event.id,
                at: event.at,
                on: timeline.date(event.at),
                by: by.clone(),
                reason: reason.clone(),
            }),
            _ => None,
        });
        timeline
    }

    fn find_touches(&mut self) {
        let mut touches: BTreeMap<MessageId, (Timestamp, Uuid)> = BTreeMap::new();
        let mut company: Vec<Timestamp> = Vec::new();
        for event in &self.events {
            match &event.kind {
                EventKind::Delivered { message, to, .. } => {
                    if matches!(to, Actor::Lead | Actor::Colleague) {
                        company.push(event.at);
                    }
                    // A server may report one delivery twice; the first report is the touch.
                    if *to == Actor::Lead {
                        touches.entry(*message).or_insert((event.at, event.id));
                    }
                }
                // Who answers a mail has it, also when its server's word came later, or has not come yet.
                EventKind::Reply(reply) => {
                    let Some(message) = reply.proves_delivery_of() else { continue };
                    let before = event.at.saturating_sub(INSTANT).unwrap_or(event.at);
                    let touch = touches.entry(message).or_insert((before, message.0));
                    touch.0 = touch.0.min(before);
                    company.push(before);
                }
                _ => {}
            }
        }
        self.company_touched_at = company.into_iter().min();
        self.touches = touches
            .into_iter()
            .map(|(message, (at, event))| Touch { event, message, at, on: self.date(at) })
            .collect();
        self.touches.sort_unstable_by_key(|touch| (touch.at, touch.message));
    }

    /// The calendar day in the workspace's zone.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The calendar day in the workspace's zone and the hour on its clock, 0 to 23.
    pub fn hour(&self, at: Timestamp) -> (Date, i8) {
        let local = self.zone.to_datetime(at);
        (local.date(), local.hour())
    }

    /// The newest mail to the lead before a moment.
    pub fn touch_before(&self, at: Timestamp) -> Option<&Touch> {
        let after = self.touches.partition_point(|touch| touch.at < at);
        self.touches[..after].last()
    }

    /// The touch of a mail.
    pub fn touch_of(&self, message: MessageId) -> Option<&Touch> {
        self.touches.iter().find(|touch| touch.message == message)
    }

    /// Whether a person took back what happened until then.
    pub fn is_muted(&self, at: Timestamp) -> bool {
        self.undone.as_ref().is_some_and(|undone| at <= undone.at)
    }

    /// Whether something happened after we approached this person (or, for a colleague, the company).
    pub fn was_approached(&self, at: Timestamp, actor: Actor) -> bool {
        match actor {
            Actor::Lead => self.touch_before(at).is_some(),
            Actor::Colleague => self.company_touched_at.is_some_and(|touch| touch < at),
            Actor::Staff | Actor::Stranger => false,
        }
    }

    /// Whether something happened not too long after our last mail (R3, R4).
    pub fn is_near_touch(&self, at: Timestamp) -> bool {
        let reach_ms = i64::from(self.config.after_touch_days_max) * DAY_MS;
        self.touch_before(at).is_some_and(|touch| millis_between(touch.at, at) <= reach_ms)
    }

    /// Whether two moments, the earlier first, lie within the window of the soft rules.
    pub fn is_in_window(&self, from: Timestamp, to: Timestamp) -> bool {
        millis_between(from, to) <= i64::from(self.config.window_days) * DAY_MS
    }

    /// Deliveries by mail: the earliest report of each.
    pub fn deliveries(&self) -> BTreeMap<MessageId, Delivery> {
        let mut deliveries: BTreeMap<MessageId, Delivery> = BTreeMap::new();
        for event in &self.events {
            if let EventKind::Delivered { message, n_links, .. } = event.kind {
                let known = deliveries.entry(message).or_insert(Delivery { at: event.at, n_links });
                known.n_links = known.n_links.max(n_links);
            }
        }
        deliveries
    }

    /// Sessions in order of time; reports of one session are merged into the first.
    pub fn sessions(&self) -> Vec<MergedSession> {
        let mut sessions: Vec<MergedSession> = Vec::new();
        let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
        for event in &self.events {
            let EventKind::Session(session) = &event.kind else { continue };
            match session.id.and_then(|id| places.get(&id)) {
                Some(place) => sessions[*place].session.merge(session),
                None => {
                    if let Some(id) = session.id {
                        places.insert(id, sessions.len());
                    }
                    let session = session.clone();
                    sessions.push(MergedSession { event: event.id, at: event.at, session });
                }
            }
        }
        sessions
    }
}

/// `days` times 24 hours later; the end of time when that is too far.
pub(super) fn days_after(at: Timestamp, days: u32) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX)
}
