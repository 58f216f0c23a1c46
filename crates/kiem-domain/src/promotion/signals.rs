//! What the other side did, as the rules count it: hard signals (reply, appointment, quote) and soft evidence
//! (visits, case studies, clicks).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::decision::{Rule, What};
use super::history::{BookingStatus, CalendarAnswer, EventKind};
use super::replies::Replies;
use super::timeline::{MergedSession, Timeline};
use crate::engagement::agent::DeviceFamily;
use crate::engagement::click::{Click, ClickFacts, Gateway, GradedClick, Grading, grade_clicks};
use crate::engagement::page::PageKind;
use crate::engagement::{Actor, Grade, Seen, Ticket, millis_between};
use crate::id::MessageId;
use crate::inbound::matching::MatchLevel;

/// Something that promotes at once.
#[derive(Debug)]
pub(super) struct HardSignal {
    pub rule: Rule,
    pub event: Uuid,
    /// When the other side did it.
    pub at: Timestamp,
    /// When we knew what it meant.
    pub known_at: Timestamp,
    pub what: What,
    /// The mail of ours that it answers.
    pub answers: Option<MessageId>,
}

pub(super) fn hard_signals(timeline: &Timeline<'_>, replies: &Replies<'_>) -> Vec<HardSignal> {
    let mut signals = reply_signals(timeline, replies);
    signals.extend(calendar_signals(timeline));
    signals.extend(booking_signals(timeline));
    signals.extend(quote_signals(timeline));
    signals
}

fn reply_signals(timeline: &Timeline<'_>, replies: &Replies<'_>) -> Vec<HardSignal> {
    let promoting = replies.answers.iter().filter(|a| a.is_certain() && a.reply.label.promotes());
    promoting
        .filter(|answer| {
            let actor =
                if answer.reply.matched == MatchLevel::Quote { Actor::Colleague } else { Actor::Lead };
            timeline.was_approached(answer.at, actor) && !timeline.is_muted(answer.said_at())
        })
        .map(|answer| HardSignal {
            rule: Rule::R1,
            event: answer.event,
            at: answer.at,
            known_at: answer.known_at,
            what: What::Reply { label: answer.reply.label, by: answer.reply.by },
            answers: answer.reply.answers,
        })
        .collect()
}

fn calendar_signals(timeline: &Timeline<'_>) -> Vec<HardSignal> {
    let mut appointments = BTreeSet::new();
    let mut signals = Vec::new();
    for event in &timeline.events {
        let EventKind::CalendarReply { answer, uid, is_automatic: false } = &event.kind else { continue };
        let is_yes = matches!(answer, CalendarAnswer::Accepted | CalendarAnswer::Counter);
        if is_yes && counts(timeline, event.at, Actor::Lead) && appointments.insert(uid) {
            signals.push(signal(Rule::R2, event.id, event.at, What::Invitation(*answer)));
        }
    }
    signals
}

/// One signal for each appointment, however often it moved: the moment at which it was made.
fn booking_signals(timeline: &Timeline<'_>) -> Vec<HardSignal> {
    let bookings = || {
        timeline.events.iter().filter_map(|event| match &event.kind {
            EventKind::Booking { status, uid, replaces, actor, is_verified: true } => {
                Some((event, *status, uid.as_str(), replaces.as_deref(), *actor))
            }
            _ => None,
        })
    };
    let moved: BTreeMap<&str, &str> =
        bookings().filter_map(|(_, _, uid, old, _)| Some((uid, old?))).collect();
    let mut appointments = BTreeSet::new();
    let mut signals = Vec::new();
    for (event, status, uid, _, actor) in bookings() {
        if status == BookingStatus::Cancelled || !appointments.insert(first_uid(uid, &moved)) {
            continue;
        }
        if counts(timeline, event.at, actor) {
            signals.push(signal(Rule::R2, event.id, event.at, What::Booking));
        }
    }
    signals
}

/// The uid under which an appointment was first made.
fn first_uid<'a>(uid: &'a str, moved: &BTreeMap<&'a str, &'a str>) -> &'a str {
    let mut first = uid;
    // A chain cannot be longer than the list; a circle in it ends here too.
    for _ in 0..moved.len() {
        match moved.get(first) {
            Some(old) if *old != uid => first = old,
            _ => break,
        }
    }
    first
}

fn quote_signals(timeline: &Timeline<'_>) -> Vec<HardSignal> {
    let quotes = timeline.events.iter().filter_map(|event| match event.kind {
        EventKind::QuoteRequest { actor, is_spam: false } if counts(timeline, event.at, actor) => {
            Some(signal(Rule::R5, event.id, event.at, What::QuoteForm))
        }
        _ => None,
    });
    quotes.collect()
}

fn counts(timeline: &Timeline<'_>, at: Timestamp, actor: Actor) -> bool {
    timeline.was_approached(at, actor) && !timeline.is_muted(at)
}

fn signal(rule: Rule, event: Uuid, at: Timestamp, what: What) -> HardSignal {
    HardSignal { rule, event, at, known_at: at, what, answers: None }
}

/// A session that counts as a visit, with what was seen in it.
#[derive(Debug)]
pub(super) struct Visit {
    pub event: Uuid,
    pub at: Timestamp,
    pub on: Date,
    pub ticket: Option<Ticket>,
    /// The lead, or a colleague when the link was passed on.
    pub actor: Actor,
    /// Whether it is near enough to our last mail for R3 and R4.
    pub is_near_touch: bool,
    /// Paths of case studies that were read.
    pub case_paths: Vec<String>,
    /// Whether a pricing or contact page was looked at.
    pub saw_prices: bool,
}

/// A click of a person.
#[derive(Debug)]
pub(super) struct CountedClick {
    pub event: Uuid,
    pub at: Timestamp,
    pub on: Date,
    pub ticket: Ticket,
    pub actor: Actor,
    /// The best of this click and its repetitions within the hour.
    pub grade: Grade,
    /// Whether the click itself, without its repetitions, is likely a person's: what it was once, it stays.
    pub is_likely: bool,
    pub page_kind: PageKind,
    pub is_near_touch: bool,
}

/// Soft evidence in order of time: graded, eligible, every thing once.
#[derive(Debug)]
pub(super) struct SoftEvidence {
    pub visits: Vec<Visit>,
    pub clicks: Vec<CountedClick>,
    pub grades: Vec<GradedClick>,
}

pub(super) fn soft_evidence(
    timeline: &Timeline<'_>,
    sessions: &[MergedSession],
    gateways: &[Gateway],
) -> SoftEvidence {
    let clicks: Vec<Seen<'_, Click>> = timeline
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Click(what) => Some(Seen { event: event.id, at: event.at, what }),
            _ => None,
        })
        .collect();
    let seen: Vec<_> = sessions.iter().map(|s| Seen { event: s.event, at: s.at, what: &s.session }).collect();
    let deliveries = timeline.deliveries();
    let facts = ClickFacts {
        deliveries: &deliveries,
        sessions: &seen,
        gateways,
        config: timeline.config,
        now: timeline.now,
    };
    let grading = grade_clicks(&clicks, &facts);
    let landed = Landed { clicks: &clicks, sessions, grading: &grading };
    let owners = landed.owners(timeline);
    SoftEvidence {
        visits: landed.visits(timeline, &owners),
        clicks: landed.counted_clicks(timeline, &owners),
        grades: grading.clicks,
    }
}

/// Clicks, sessions and the grading that ties them together.
struct Landed<'a> {
    clicks: &'a [Seen<'a, Click>],
    sessions: &'a [MergedSession],
    grading: &'a Grading,
}

/// Who a link belongs to: the device of its first human session, and since when.
type Owners = BTreeMap<Ticket, (Timestamp, DeviceFamily)>;

impl Landed<'_> {
    fn landing(&self, place: usize) -> Option<&GradedClick> {
        self.grading.landings[place].map(|click| &self.grading.clicks[click])
    }

    fn grade(&self, place: usize, timeline: &Timeline<'_>) -> Grade {
        self.sessions[place].session.grade(self.landing(place), timeline.config)
    }

    fn device(&self, place: usize) -> Option<DeviceFamily> {
        let by_click = || {
            let click = self.grading.landings[place]?;
            DeviceFamily::of(&self.clicks[click].what.user_agent)
        };
        self.sessions[place].session.device.or_else(by_click)
    }

    fn owners(&self, timeline: &Timeline<'_>) -> Owners {
        let mut owners = Owners::new();
        for (place, session) in self.sessions.iter().enumerate() {
            // One of ourselves who tries the link does not make it ours.
            let is_human =
                session.session.actor != Actor::Staff && self.grade(place, timeline) == Grade::HumanCertain;
            if let (true, Some(ticket), Some(device)) = (is_human, session.session.ticket, self.device(place))
            {
                owners.entry(ticket).or_insert((session.at, device));
            }
        }
        owners
    }

    fn visits(&self, timeline: &Timeline<'_>, owners: &Owners) -> Vec<Visit> {
        let mut visits = Vec::new();
        for (place, MergedSession { event, at, session }) in self.sessions.iter().enumerate() {
            let shared = is_shared(owners, session.ticket, *at, self.device(place));
            let actor = passed_on(session.actor, shared);
            let is_human = self.grade(place, timeline) == Grade::HumanCertain;
            if !is_human || !session.is_visit(timeline.config) || !counts(timeline, *at, actor) {
                continue;
            }
            let engaged = || session.pages.iter().filter(|page| page.is_engaged(timeline.config));
            let read = session.pages.iter().filter(|page| page.is_case_read(timeline.config));
            visits.push(Visit {
                event: *event,
                at: *at,
                on: timeline.date(*at),
                ticket: session.ticket,
                actor,
                is_near_touch: timeline.is_near_touch(*at),
                case_paths: read.map(|page| page.path.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                saw_prices: engaged().any(|p| matches!(p.kind, PageKind::Pricing | PageKind::Contact)),
            });
        }
        visits
    }

    fn counted_clicks(&self, timeline: &Timeline<'_>, owners: &Owners) -> Vec<CountedClick> {
        let dedupe_ms = i64::from(timeline.config.click_dedupe_seconds) * 1000;
        let mut kept: BTreeMap<(Ticket, &str), usize> = BTreeMap::new();
        let mut counted: Vec<CountedClick> = Vec::new();
        for (click, graded) in self.clicks.iter().zip(&self.grading.clicks) {
            let Click { ticket, page_kind, source, user_agent, actor, .. } = click.what;
            let shared = is_shared(owners, Some(*ticket), click.at, DeviceFamily::of(user_agent));
            let actor = passed_on(*actor, shared);
            if !graded.grade.counts() || !page_kind.can_count() || !counts(timeline, click.at, actor) {
                continue;
            }
            let key = (*ticket, source.as_str());
            let same = kept.get(&key).map(|place| &mut counted[*place]);
            if let Some(same) = same.filter(|same| millis_between(same.at, click.at) < dedupe_ms) {
                same.grade = same.grade.max(graded.grade);
                continue;
            }
            kept.insert(key, counted.len());
            counted.push(CountedClick {
                event: click.event,
                at: click.at,
                on: timeline.date(click.at),
                ticket: *ticket,
                actor,
                grade: graded.grade,
                is_likely: graded.grade == Grade::HumanLikely,
                page_kind: *page_kind,
                is_near_touch: timeline.is_near_touch(click.at),
            });
        }
        counted
    }
}

/// Whoever uses a link that was passed on is a colleague; one of ourselves stays that.
fn passed_on(actor: Actor, shared: bool) -> Actor {
    if shared && actor != Actor::Staff { Actor::Colleague } else { actor }
}

/// Whether a link was passed on: used by another family of device after its first human session.
fn is_shared(owners: &Owners, ticket: Option<Ticket>, at: Timestamp, device: Option<DeviceFamily>) -> bool {
    let owner = ticket.and_then(|ticket| owners.get(&ticket));
    match (owner, device) {
        (Some((since, owned_by)), Some(device)) => *since < at && *owned_by != device,
        _ => false,
    }
}
