//! Warmth: how much the other side did lately, from 0 to 100. It ranks; only rule R6, when it is on, decides by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::history::{BookingStatus, CalendarAnswer, EventKind};
use super::replies::Replies;
use super::signals::SoftEvidence;
use super::timeline::{Timeline, days_after};
use crate::engagement::config::Config;
use crate::engagement::page::PageKind;
use crate::engagement::reply::ReplyLabel;
use crate::engagement::{Actor, Grade};

text_enum! {
    /// Kinds of engagement that warm a lead. Each has its own cap, so that much of one thing is not mistaken for
    /// interest in many.
    pub enum WarmthKind {
        /// An engaged visit.
        Visit = "visit",
        /// A case study read.
        CasePage = "case_page",
        /// A pricing or contact page looked at.
        Pricing = "pricing",
        /// A click of a person to another page.
        CertainClick = "certain_click",
        /// A click that is likely a person's.
        LikelyClick = "likely_click",
        /// Came back by oneself on another day.
        Return = "return",
        /// Answered an invitation with "perhaps".
        Tentative = "tentative",
        /// Said "not now".
        NotNow = "not_now",
    }
}

impl WarmthKind {
    fn points(self, config: &Config) -> u32 {
        match self {
            Self::Visit => config.warmth_visit_points,
            Self::CasePage => config.warmth_case_points,
            Self::Pricing => config.warmth_pricing_points,
            Self::CertainClick => config.warmth_certain_click_points,
            Self::LikelyClick => config.warmth_likely_click_points,
            Self::Return => config.warmth_return_points,
            Self::Tentative => config.warmth_tentative_points,
            Self::NotNow => config.warmth_not_now_points,
        }
    }

    /// The most that a kind can bring; none where it counts once, however often it happens.
    fn cap(self, config: &Config) -> Option<u32> {
        match self {
            Self::Visit => Some(config.warmth_visit_cap),
            Self::CasePage => Some(config.warmth_case_cap),
            Self::Pricing => Some(config.warmth_pricing_cap),
            Self::CertainClick => Some(config.warmth_certain_click_cap),
            Self::LikelyClick => Some(config.warmth_likely_click_cap),
            Self::Return | Self::Tentative | Self::NotNow => None,
        }
    }
}

/// One thing that warms.
#[derive(Debug)]
pub(super) struct Contribution {
    pub event: Uuid,
    pub at: Timestamp,
    pub on: Date,
    pub kind: WarmthKind,
    pub actor: Actor,
    /// A person for certain (R6 asks for at least one).
    pub is_certain: bool,
}

/// Everything that warms, in order of time.
pub(super) fn contributions(
    timeline: &Timeline<'_>,
    soft: &SoftEvidence,
    replies: &Replies<'_>,
) -> Vec<Contribution> {
    let mut found = Vec::new();
    add_visits(soft, &mut found);
    add_clicks(soft, &mut found);
    add_answers(timeline, replies, &mut found);
    found.sort_by_key(|part| (part.at, part.kind, part.event));
    found
}

fn add_visits(soft: &SoftEvidence, found: &mut Vec<Contribution>) {
    let mut read = BTreeSet::new();
    let mut first_day: Option<Date> =
        soft.clicks.iter().filter(|click| click.actor == Actor::Lead).map(|click| click.on).min();
    for visit in &soft.visits {
        let mut add = |kind| {
            let (event, at, on, actor) = (visit.event, visit.at, visit.on, visit.actor);
            found.push(Contribution { event, at, on, kind, actor, is_certain: true });
        };
        add(WarmthKind::Visit);
        for path in &visit.case_paths {
            if read.insert((visit.actor, path, visit.on)) {
                add(WarmthKind::CasePage);
            }
        }
        if visit.saw_prices {
            add(WarmthKind::Pricing);
        }
        if visit.actor == Actor::Lead {
            if visit.ticket.is_none() && first_day.is_some_and(|day| day < visit.on) {
                add(WarmthKind::Return);
            }
            first_day = Some(first_day.map_or(visit.on, |day| day.min(visit.on)));
        }
    }
}

fn add_clicks(soft: &SoftEvidence, found: &mut Vec<Contribution>) {
    for click in &soft.clicks {
        let is_certain = click.grade == Grade::HumanCertain;
        // A certain click to a case study or the prices is worth what was read there, not more.
        let has_own_worth = matches!(
            click.page_kind,
            PageKind::CaseStudyDetail | PageKind::CaseStudyIndex | PageKind::Pricing | PageKind::Contact
        );
        let kind = match (is_certain, has_own_worth) {
            (true, true) => continue,
            (true, false) => WarmthKind::CertainClick,
            (false, _) => WarmthKind::LikelyClick,
        };
        let (event, at, on, actor) = (click.event, click.at, click.on, click.actor);
        found.push(Contribution { event, at, on, kind, actor, is_certain });
    }
}

fn add_answers(timeline: &Timeline<'_>, replies: &Replies<'_>, found: &mut Vec<Contribution>) {
    let mut add = |event, at: Timestamp, kind| {
        if timeline.was_approached(at, Actor::Lead) && !timeline.is_muted(at) {
            let on = timeline.date(at);
            found.push(Contribution { event, at, on, kind, actor: Actor::Lead, is_certain: true });
        }
    };
    for event in &timeline.events {
        if let EventKind::CalendarReply { answer: CalendarAnswer::Tentative, is_automatic: false, .. } =
            &event.kind
        {
            add(event.id, event.at, WarmthKind::Tentative);
        }
    }
    for answer in replies.answers.iter().filter(|a| a.is_certain() && a.reply.label == ReplyLabel::NotNow) {
        add(answer.event, answer.at, WarmthKind::NotNow);
    }
}

/// Warmth now: full for thirty days, half to the sixtieth, then nothing; for colleagues half of that.
pub(super) fn warmth_now(parts: &[Contribution], actor: Actor, timeline: &Timeline<'_>) -> u8 {
    let config = timeline.config;
    let value = |part: &Contribution| {
        let points = part.kind.points(config);
        let faded = if timeline.now <= days_after(part.at, config.warmth_full_days) {
            points
        } else if timeline.now <= days_after(part.at, config.warmth_half_days) {
            points / 2
        } else {
            0
        };
        if actor == Actor::Colleague { faded / 2 } else { faded }
    };
    let total: u32 =
        by_kind(parts.iter().filter(|part| part.actor == actor), value, config).values().copied().sum();
    let taken =
        if actor == Actor::Lead && has_cancelled(timeline) { config.warmth_cancelled_points } else { 0 };
    // At most 100, so it fits.
    u8::try_from(total.saturating_sub(taken).min(100)).unwrap_or(100)
}

/// Full warmth of parts, kind by kind, without fading: what R6 counts within its window.
pub(super) fn full_by_kind<'a>(
    parts: impl Iterator<Item = &'a Contribution>,
    config: &Config,
) -> BTreeMap<WarmthKind, u32> {
    let mut kinds = by_kind(parts, |part| part.kind.points(config), config);
    kinds.retain(|_, points| *points > 0);
    kinds
}

fn by_kind<'a>(
    parts: impl Iterator<Item = &'a Contribution>,
    value: impl Fn(&Contribution) -> u32,
    config: &Config,
) -> BTreeMap<WarmthKind, u32> {
    let mut kinds: BTreeMap<WarmthKind, u32> = BTreeMap::new();
    for part in parts {
        let sum = kinds.entry(part.kind).or_default();
        *sum = match part.kind.cap(config) {
            Some(cap) => sum.saturating_add(value(part)).min(cap),
            None => (*sum).max(value(part)),
        };
    }
    kinds
}

/// Whether an appointment was called off and none is left.
fn has_cancelled(timeline: &Timeline<'_>) -> bool {
    let (mut made, mut gone, mut cancelled) = (BTreeSet::new(), BTreeSet::new(), false);
    for event in timeline.events.iter().filter(|event| !timeline.is_muted(event.at)) {
        let EventKind::Booking { status, uid, replaces, is_verified: true, .. } = &event.kind else {
            continue;
        };
        gone.extend(replaces.as_deref());
        if *status == BookingStatus::Cancelled {
            cancelled = true;
            gone.insert(uid);
        } else {
            made.insert(uid.as_str());
        }
    }
    cancelled && made.is_subset(&gone)
}
