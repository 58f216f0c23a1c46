//! Promotion: when a lead becomes a prospect, decided from everything that happened and nothing else.
//!
//! [`decide`] is a pure function over the set of events: order and repetition do not matter, and the same events with
//! the same thresholds give the same answer in a year. Precedence: suppression, a person's decision, a question that
//! waits for a person (soft rules only), an earlier no (soft rules only), the rules R1 to R6. The rule that was met
//! first in time is the one that is named; a promotion stays until a person undoes it or the lead is suppressed.

mod decision;
mod explain;
mod history;
#[cfg(test)]
mod properties;
mod replies;
mod rules;
mod sequence;
mod signals;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
mod timeline;
mod warmth;

pub use decision::{
    Attribution, Block, Decision, Evidence, Look, Overridden, PauseReason, Rule, Sequence, State, StopReason,
    Suppression, SuppressionCause, Touch, Undone, What,
};
pub use explain::explain;
pub use history::{
    BookingStatus, BounceKind, CalendarAnswer, Event, EventKind, History, InboundRequest, OverrideValue,
};
pub use warmth::WarmthKind;

pub use crate::engagement::config::{Config, ConfigError, ConfigValue};

use jiff::Timestamp;
use uuid::Uuid;

use crate::engagement::Actor;
use crate::engagement::reply::ReplyLabel;
use replies::Replies;
use rules::{Met, Waits};
use timeline::{Span, Timeline};

/// Decides about one lead. `now` is the moment of the question: later events have not happened yet.
pub fn decide(history: &History, config: &Config, now: Timestamp) -> Decision {
    let timeline = Timeline::new(history, config, now);
    let sessions = timeline.sessions();
    let replies = replies::resolve(&timeline);
    let soft = signals::soft_evidence(&timeline, &sessions, &history.gateways);
    let hard = signals::hard_signals(&timeline, &replies);
    let signs: Vec<Timestamp> = hard.iter().map(|signal| signal.at).collect();
    let blocks = replies.blocks(&signs, &timeline);
    let overrides = overrides(&timeline);
    let warmth = warmth::contributions(&timeline, &soft, &replies);
    let waits = Waits::new(&overrides.holds, &replies, &blocks);
    let met = rules::met_rules(&timeline, hard, &soft, &warmth, &waits);

    let mut decision = Decision {
        state: State::Lead,
        rule: None,
        promoted_at: None,
        promoted_on: None,
        evidence: Vec::new(),
        attribution: Attribution::default(),
        blocked_by: blocks
            .iter()
            .rev()
            .find(|block| replies.block_span(block).is_some_and(|span| span.contains(now)))
            .cloned(),
        suppressed: suppression(&timeline, &replies),
        overridden: overrides.current(&timeline),
        undone: timeline.undone.clone(),
        sequence: Sequence::Running,
        needs_look: replies.open_question(now).map(|question| Look {
            event: question.event,
            reason: question.reason,
            since: question.span.from,
            on: timeline.date(question.span.from),
        }),
        nurture_until: None,
        warmth: warmth::warmth_now(&warmth, Actor::Lead, &timeline),
        company_warmth: warmth::warmth_now(&warmth, Actor::Colleague, &timeline),
        settle_at: None,
        grades: soft.grades,
        decided_at: now,
        decided_on: timeline.date(now),
        config_version: config.version,
    };
    promote(&mut decision, met, &timeline);
    if decision.state == State::Prospect {
        decision.nurture_until = sequence::nurture_until(&timeline, &replies);
    }
    if decision.suppressed.is_some() {
        decision.warmth = 0;
    }
    decision.sequence = sequence::sequence(&decision, signs.iter().min().copied(), &timeline, &replies);
    decision
}

/// Fills in the promotion, if nothing that comes before the rules forbids it.
fn promote(decision: &mut Decision, met: Vec<Met>, timeline: &Timeline<'_>) {
    if decision.suppressed.is_some() {
        return;
    }
    let (forced, kept) = match decision.overridden.clone() {
        Some(overridden) if overridden.value == OverrideValue::ForceProspect => (Some(overridden), None),
        kept => (None, kept),
    };
    let Some(met) = met.into_iter().next().filter(|met| met.fires_at <= timeline.now || forced.is_none())
    else {
        forced.into_iter().for_each(|forced| force(decision, forced));
        return;
    };
    match (forced, kept) {
        (Some(forced), _) if forced.at < met.fires_at => force(decision, forced),
        (_, Some(kept)) => decision.settle_at = kept.until.map(|until| until.max(met.fires_at)),
        _ if met.fires_at > timeline.now => decision.settle_at = Some(met.fires_at),
        _ => {
            decision.state = State::Prospect;
            decision.rule = Some(met.rule);
            decision.promoted_at = Some(met.fires_at);
            decision.promoted_on = Some(timeline.date(met.fires_at));
            decision.attribution = attribution(&met, timeline);
            decision.evidence = met.evidence;
        }
    }
}

/// A person made it a prospect before any rule did.
fn force(decision: &mut Decision, forced: Overridden) {
    decision.state = State::Prospect;
    decision.promoted_at = Some(forced.at);
    decision.promoted_on = Some(forced.on);
    let what = match forced.inbound() {
        Some(InboundRequest::Quote) => What::QuoteForm,
        Some(InboundRequest::Booking) => What::Booking,
        None => What::Override { by: forced.by },
    };
    decision.evidence = vec![Evidence { event: forced.event, at: forced.at, on: forced.on, what }];
}

fn attribution(met: &Met, timeline: &Timeline<'_>) -> Attribution {
    let began_at = met.evidence.iter().map(|evidence| evidence.at).min();
    Attribution {
        first: timeline.touches.first().copied(),
        last: began_at.and_then(|at| timeline.touch_before(at)).copied(),
        cause: met.answers.and_then(|message| timeline.touch_of(message)).copied(),
    }
}

/// The first act after which the lead must never be approached again.
fn suppression(timeline: &Timeline<'_>, replies: &Replies<'_>) -> Option<Suppression> {
    let acts = timeline.events.iter().filter_map(|event| {
        let cause = match event.kind {
            EventKind::Unsubscribe => SuppressionCause::UnsubscribeLink,
            EventKind::Complaint => SuppressionCause::Complaint,
            EventKind::Objection => SuppressionCause::Objection,
            _ => return None,
        };
        Some((event.at, event.id, cause))
    });
    let answers =
        replies.answers.iter().filter(|a| a.is_certain() && a.reply.label.suppresses()).map(|answer| {
            let is_complaint = answer.reply.label == ReplyLabel::Complaint;
            let cause =
                if is_complaint { SuppressionCause::Complaint } else { SuppressionCause::UnsubscribeReply };
            (answer.at, answer.event, cause)
        });
    let (at, event, cause) = acts.chain(answers).min()?;
    Some(Suppression { event, at, on: timeline.date(at), cause })
}

/// What persons decided, in order of time: a later decision takes the place of an earlier one.
struct Overrides {
    decisions: Vec<(Span, Overridden)>,
    /// Spans in which a person keeps the lead a lead.
    holds: Vec<Span>,
}

impl Overrides {
    /// The decision in force now. A forced promotion that was undone later is none.
    fn current(&self, timeline: &Timeline<'_>) -> Option<Overridden> {
        let (_, overridden) = self.decisions.iter().rev().find(|(span, _)| span.contains(timeline.now))?;
        let is_undone = overridden.value == OverrideValue::ForceProspect && timeline.is_muted(overridden.at);
        (!is_undone).then(|| overridden.clone())
    }
}

fn overrides(timeline: &Timeline<'_>) -> Overrides {
    let made: Vec<(Uuid, Timestamp, &EventKind)> = timeline
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Override { .. }))
        .map(|event| (event.id, event.at, &event.kind))
        .collect();
    let mut decisions = Vec::new();
    for (place, (event, at, kind)) in made.iter().enumerate() {
        let EventKind::Override { value, until, by, reason } = kind else { continue };
        // Nobody becomes a lead again because a date has passed: a forced promotion has no end.
        let until = until.filter(|_| *value != OverrideValue::ForceProspect);
        let next = made.get(place + 1).map(|(_, at, _)| *at);
        let end = [until, next].into_iter().flatten().min();
        let overridden = Overridden {
            event: *event,
            value: *value,
            at: *at,
            on: timeline.date(*at),
            until,
            until_on: until.map(|until| timeline.date(until)),
            by: by.clone(),
            reason: reason.clone(),
        };
        decisions.push((Span { from: *at, until: end }, overridden));
    }
    let holds = decisions
        .iter()
        .filter(|(_, overridden)| overridden.value != OverrideValue::ForceProspect)
        .map(|(span, _)| *span)
        .collect();
    Overrides { decisions, holds }
}
