//! What automatic outreach to the lead does, and when a prospect that asked to wait is contacted again.

use jiff::Timestamp;
use jiff::civil::Date;

use super::decision::{Decision, PauseReason, Sequence, State, StopReason};
use super::history::{BounceKind, EventKind};
use super::replies::{Answer, Replies};
use super::timeline::{Timeline, days_after};
use crate::engagement::reply::{LabelSource, ReplyLabel};

/// The sequence of a decision whose other parts are filled in. A stop beats a pause, and the earliest stop is named.
pub(super) fn sequence(
    decision: &Decision,
    first_sign_at: Option<Timestamp>,
    timeline: &Timeline<'_>,
    replies: &Replies<'_>,
) -> Sequence {
    let suppressed = decision.suppressed.as_ref().map(|s| (s.at, StopReason::Suppressed));
    let promoted = decision
        .promoted_at
        .filter(|_| decision.state == State::Prospect)
        .map(|at| (at, StopReason::Promoted));
    let bounced = timeline.events.iter().find_map(|event| match event.kind {
        EventKind::Bounce(BounceKind::Hard) => Some((event.at, StopReason::Bounced)),
        _ => None,
    });
    let answered = replies
        .answers
        .iter()
        .find(|answer| stops(answer, timeline))
        .map(|answer| (answer.at, StopReason::Reply(answer.reply.label)));
    let acted = first_sign_at.map(|at| (at, StopReason::SignOfLife));
    let named = suppressed.or(promoted);
    let other = || [bounced, answered, acted].into_iter().flatten().min_by_key(|(at, _)| *at);
    match named.or_else(other) {
        Some((since, reason)) => Sequence::Stopped { reason, since },
        None => pause(decision, timeline, replies).unwrap_or(Sequence::Running),
    }
}

fn stops(answer: &Answer<'_>, timeline: &Timeline<'_>) -> bool {
    // Who undoes a promotion puts the lead back in its sequence; a no stays a no.
    let is_undone = answer.reply.label.promotes() && timeline.is_muted(answer.said_at());
    answer.is_certain() && answer.reply.label.stops() && !is_undone
}

fn pause(decision: &Decision, timeline: &Timeline<'_>, replies: &Replies<'_>) -> Option<Sequence> {
    if let Some(look) = &decision.needs_look {
        return Some(Sequence::Paused { until: None, reason: PauseReason::NeedsLook, since: look.since });
    }
    // The newest answer of each kind holds: a second absence replaces the first.
    let newest = |label| replies.answers.iter().rev().find(|a| a.is_certain() && a.reply.label == label);
    let dated = [
        (newest(ReplyLabel::NotNow), PauseReason::NotNow),
        (newest(ReplyLabel::OutOfOffice), PauseReason::OutOfOffice),
    ];
    let longest = dated
        .into_iter()
        .filter_map(|(answer, reason)| Some((answer?, reason)))
        .map(|(answer, reason)| (pause_end(answer, timeline), reason, answer.at))
        .filter(|(until, _, since)| !resumed(*until, *since, timeline))
        .max_by_key(|(until, _, since)| (*until, *since));
    if let Some((until, reason, since)) = longest {
        return Some(Sequence::Paused { until: Some(until), reason, since });
    }
    let read = newest(ReplyLabel::Other)
        .filter(|answer| answer.reply.by == LabelSource::Human)
        .filter(|answer| !timeline.touches.iter().any(|touch| touch.at > answer.known_at))?;
    Some(Sequence::Paused { until: None, reason: PauseReason::Other, since: read.at })
}

/// The first day on which a mail may go out again.
fn pause_end(answer: &Answer<'_>, timeline: &Timeline<'_>) -> Date {
    let said_on = timeline.date(answer.at);
    let is_absence = answer.reply.label == ReplyLabel::OutOfOffice;
    match answer.reply.date.filter(|date| *date > said_on) {
        // On the day of return nobody reads our mail among the hundred others.
        Some(date) if is_absence => date.tomorrow().unwrap_or(date),
        Some(date) => date,
        None => {
            let config = timeline.config;
            let days = if is_absence { config.out_of_office_pause_days } else { config.not_now_pause_days };
            timeline.date(days_after(answer.at, days))
        }
    }
}

/// Whether a mail was delivered after the pause was over: then it is history.
fn resumed(until: Date, since: Timestamp, timeline: &Timeline<'_>) -> bool {
    timeline.touches.iter().any(|touch| touch.at > since && touch.on >= until)
}

/// The day on which a prospect that asked to wait is contacted again: what it said last holds.
pub(super) fn nurture_until(timeline: &Timeline<'_>, replies: &Replies<'_>) -> Option<Date> {
    let newest = replies.answers.iter().rev().find(|answer| {
        let label = answer.reply.label;
        answer.is_certain()
            && (label == ReplyLabel::NotNow || (label.promotes() && !timeline.is_muted(answer.said_at())))
    })?;
    let asks_to_wait = newest.reply.is_postponed || newest.reply.label == ReplyLabel::NotNow;
    newest.reply.date.filter(|date| asks_to_wait && *date > timeline.date(newest.at))
}
