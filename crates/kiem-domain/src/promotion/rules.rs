//! The rules R1 to R6 and the moment at which one of them fires.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::decision::{Block, Evidence, Rule, What};
use super::replies::Replies;
use super::signals::{CountedClick, HardSignal, SoftEvidence, Visit};
use super::timeline::{Span, Timeline};
use super::warmth::{Contribution, full_by_kind};
use crate::engagement::Actor;
use crate::engagement::page::PageKind;
use crate::id::MessageId;

/// A rule whose condition is met, and when it fires.
#[derive(Debug)]
pub(super) struct Met {
    pub rule: Rule,
    pub fires_at: Timestamp,
    pub evidence: Vec<Evidence>,
    /// The mail that the evidence points to.
    pub answers: Option<MessageId>,
}

/// What keeps rules from firing.
#[derive(Debug)]
pub(super) struct Waits<'a> {
    /// A person keeps the lead a lead: nothing fires.
    pub holds: &'a [Span],
    /// Questions to a person: soft rules wait for the answer.
    pub questions: Vec<Span>,
    /// Spans after a no: soft evidence in them does not count, and none from before counts after.
    pub blocks: Vec<Span>,
}

impl<'a> Waits<'a> {
    pub fn new(holds: &'a [Span], replies: &Replies<'_>, blocks: &[Block]) -> Self {
        let questions = replies.questions.iter().map(|question| question.span).collect();
        let mut blocks: Vec<Span> = blocks.iter().filter_map(|block| replies.block_span(block)).collect();
        blocks.sort_by_key(|span| (span.from, span.until));
        Self { holds, questions, blocks }
    }

    /// The first moment from `at` on that is in none of the spans; none when the wait has no end.
    fn release<'s>(at: Timestamp, spans: impl Iterator<Item = &'s Span> + Clone) -> Option<Timestamp> {
        let mut free_at = at;
        // Every round ends at the end of another span, later than the one before.
        while let Some(span) = spans.clone().find(|span| span.contains(free_at)) {
            free_at = span.until?;
        }
        Some(free_at)
    }

    /// The spans between the blocks.
    fn free_spans(&self) -> Vec<Span> {
        let mut free = Vec::with_capacity(self.blocks.len() + 1);
        let mut from = Timestamp::MIN;
        for block in &self.blocks {
            if from < block.from {
                free.push(Span { from, until: Some(block.from) });
            }
            from = from.max(block.until.unwrap_or(Timestamp::MAX));
        }
        free.push(Span { from, until: None });
        free
    }
}

/// All rules that are met, soonest first.
pub(super) fn met_rules(
    timeline: &Timeline<'_>,
    hard: Vec<HardSignal>,
    soft: &SoftEvidence,
    warmth: &[Contribution],
    waits: &Waits<'_>,
) -> Vec<Met> {
    let mut met: Vec<Met> = hard.into_iter().filter_map(|signal| met_by(signal, timeline, waits)).collect();
    for span in waits.free_spans() {
        met.extend(met_in_span(timeline, soft, warmth, waits, &span));
    }
    met.sort_by_key(|met| {
        (met.fires_at, met.rule.precedence(), met.evidence.first().map(|e| (e.at, e.event)))
    });
    met
}

fn met_by(signal: HardSignal, timeline: &Timeline<'_>, waits: &Waits<'_>) -> Option<Met> {
    let fires_at = Waits::release(signal.known_at, waits.holds.iter())?;
    let on = timeline.date(signal.at);
    let evidence = vec![Evidence { event: signal.event, at: signal.at, on, what: signal.what }];
    Some(Met { rule: signal.rule, fires_at, evidence, answers: signal.answers })
}

fn met_in_span(
    timeline: &Timeline<'_>,
    soft: &SoftEvidence,
    warmth: &[Contribution],
    waits: &Waits<'_>,
    span: &Span,
) -> Vec<Met> {
    let is_ours = |actor: Actor, at: Timestamp| actor == Actor::Lead && span.contains(at);
    let visits: Vec<&Visit> =
        soft.visits.iter().filter(|v| is_ours(v.actor, v.at) && v.is_near_touch).collect();
    let clicks: Vec<&CountedClick> =
        soft.clicks.iter().filter(|c| is_ours(c.actor, c.at) && c.is_near_touch).collect();
    let parts: Vec<&Contribution> = warmth.iter().filter(|part| is_ours(part.actor, part.at)).collect();
    let config = timeline.config;
    let mut found = Vec::new();
    if config.r4_enabled {
        found.extend(case_pages_read(&visits, timeline));
        found.extend(case_links_opened(&clicks, timeline));
    }
    if config.r3_enabled {
        found.extend(repeated_visits(&visits, timeline));
    }
    if config.r6_enabled {
        found.extend(enough_warmth(&parts, timeline));
    }
    let settle = SignedDuration::from_secs(i64::from(config.settle_seconds));
    found
        .into_iter()
        .filter_map(|Found { rule, evidence, answers }| {
            let newest_at = evidence.iter().map(|e| e.at).max()?;
            let settled_at = newest_at.saturating_add(settle).ok()?;
            let fires_at = Waits::release(settled_at, waits.holds.iter().chain(&waits.questions))?;
            span.contains(fires_at).then_some(Met { rule, fires_at, evidence, answers })
        })
        .collect()
}

struct Found {
    rule: Rule,
    evidence: Vec<Evidence>,
    answers: Option<MessageId>,
}

/// R3: enough visits on enough calendar days within the window.
fn repeated_visits(visits: &[&Visit], timeline: &Timeline<'_>) -> Option<Found> {
    let config = timeline.config;
    let mut days: BTreeMap<jiff::civil::Date, usize> = BTreeMap::new();
    let mut first = 0;
    for (last, visit) in visits.iter().enumerate() {
        *days.entry(visit.on).or_default() += 1;
        while !timeline.is_in_window(visits[first].at, visit.at) {
            if let Some(count) = days.get_mut(&visits[first].on) {
                *count -= 1;
                if *count == 0 {
                    days.remove(&visits[first].on);
                }
            }
            first += 1;
        }
        let counted = &visits[first..=last];
        if counted.len() >= config.visits_min as usize && days.len() >= config.visit_days_min as usize {
            let evidence = counted
                .iter()
                .map(|v| Evidence { event: v.event, at: v.at, on: v.on, what: What::Visit })
                .collect();
            let answers = counted.iter().find_map(|v| v.ticket).map(|ticket| ticket.message);
            return Some(Found { rule: Rule::R3, evidence, answers });
        }
    }
    None
}

/// R4: enough case studies read within the window; the same one on the same day is one.
fn case_pages_read(visits: &[&Visit], timeline: &Timeline<'_>) -> Option<Found> {
    let mut known = BTreeSet::new();
    let mut read: Vec<(&Visit, &String)> = Vec::new();
    let needed = timeline.config.case_pages_min as usize;
    for (visit, path) in visits.iter().flat_map(|v| v.case_paths.iter().map(move |path| (*v, path))) {
        if !known.insert((path, visit.on)) {
            continue;
        }
        read.push((visit, path));
        let Some(first) = read.len().checked_sub(needed) else { continue };
        let counted = &read[first..];
        if timeline.is_in_window(counted[0].0.at, visit.at) {
            let evidence = counted.iter().map(|(v, path)| {
                let what = What::CasePage { path: (*path).clone() };
                Evidence { event: v.event, at: v.at, on: v.on, what }
            });
            let answers = counted.iter().find_map(|(v, _)| v.ticket).map(|ticket| ticket.message);
            return Some(Found { rule: Rule::R4, evidence: evidence.collect(), answers });
        }
    }
    None
}

/// R4 where the site cannot tell who read: likely clicks on case links in enough different hours.
fn case_links_opened(clicks: &[&CountedClick], timeline: &Timeline<'_>) -> Option<Found> {
    let needed = timeline.config.case_clicks_min as usize;
    // A certain click has a beacon: there the page itself says whether the case study was read.
    let likely: Vec<&&CountedClick> =
        clicks.iter().filter(|c| c.is_likely && c.page_kind == PageKind::CaseStudyDetail).collect();
    for (last, click) in likely.iter().enumerate() {
        let mut hours = BTreeSet::new();
        let in_window = likely[..=last].iter().rev().take_while(|c| timeline.is_in_window(c.at, click.at));
        let mut counted: Vec<&CountedClick> =
            in_window.filter(|c| hours.insert(timeline.hour(c.at))).take(needed).map(|c| **c).collect();
        if counted.len() == needed {
            counted.reverse();
            let evidence = counted
                .iter()
                .map(|c| Evidence { event: c.event, at: c.at, on: c.on, what: What::CaseClick })
                .collect();
            return Some(Found { rule: Rule::R4, evidence, answers: Some(counted[0].ticket.message) });
        }
    }
    None
}

/// R6: enough warmth of enough kinds within the window, at least once for certain a person.
fn enough_warmth(parts: &[&Contribution], timeline: &Timeline<'_>) -> Option<Found> {
    let config = timeline.config;
    for (last, newest) in parts.iter().enumerate() {
        let first = parts[..last].partition_point(|part| !timeline.is_in_window(part.at, newest.at));
        let counted = &parts[first..=last];
        let kinds = full_by_kind(counted.iter().copied(), config);
        let is_warm = kinds.values().sum::<u32>() >= config.r6_warmth_min
            && kinds.len() >= config.r6_kinds_min as usize
            && counted.iter().any(|part| part.is_certain);
        if is_warm {
            let evidence = counted
                .iter()
                .map(|part| {
                    let what = What::Warmth(part.kind);
                    Evidence { event: part.event, at: part.at, on: part.on, what }
                })
                .collect();
            return Some(Found { rule: Rule::R6, evidence, answers: None });
        }
    }
    None
}
