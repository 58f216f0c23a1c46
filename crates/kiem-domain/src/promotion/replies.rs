//! Replies with all their labels resolved to one, the questions that wait for a person, and the noes that block.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::decision::Block;
use super::history::{BookingStatus, CalendarAnswer, Event, EventKind};
use super::timeline::{Span, Timeline, days_after};
use crate::engagement::reply::{LabelSource, LookReason, Reply, ReplyLabel, Standing};
use crate::id::InboundId;

/// One received mail and what it stands for.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    /// Its first event.
    pub event: Uuid,
    /// When it came.
    pub at: Timestamp,
    /// When its label was given: later than `at` when a person gave it.
    pub known_at: Timestamp,
    /// The label that holds.
    pub reply: &'a Reply,
    pub standing: Standing,
}

impl Answer<'_> {
    /// Whether the label may be acted on.
    pub fn is_certain(&self) -> bool {
        self.standing == Standing::Certain
    }

    /// What an undo is compared with: a person who labels afterwards has spoken anew.
    pub fn said_at(&self) -> Timestamp {
        if self.reply.by == LabelSource::Human { self.known_at } else { self.at }
    }
}

/// A question to a person, open or answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub event: Uuid,
    pub reason: LookReason,
    pub span: Span,
}

/// All answers in order of time and all questions that they raised.
#[derive(Debug)]
pub(super) struct Replies<'a> {
    pub answers: Vec<Answer<'a>>,
    pub questions: Vec<Question>,
}

type Labelled<'a> = (&'a Event, &'a Reply);

pub(super) fn resolve<'a>(timeline: &Timeline<'a>) -> Replies<'a> {
    let mut by_mail: BTreeMap<InboundId, Vec<Labelled<'a>>> = BTreeMap::new();
    let mut alone: Vec<Labelled<'a>> = Vec::new();
    for event in &timeline.events {
        let EventKind::Reply(reply) = &event.kind else { continue };
        match reply.inbound {
            Some(inbound) => by_mail.entry(inbound).or_default().push((event, reply)),
            None => alone.push((event, reply)),
        }
    }
    let mut replies = Replies { answers: Vec::new(), questions: Vec::new() };
    for labels in by_mail.values() {
        replies.add_mail(labels, timeline);
    }
    replies.add_unnamed(&alone, timeline);
    replies.questions.extend(declined_invitations(timeline));
    if let Some(undone) = &timeline.undone {
        // Who took the promotion back had the record before them: what was open then is answered.
        for question in replies.questions.iter_mut().filter(|q| q.span.contains(undone.at)) {
            question.span.until = Some(undone.at);
        }
    }
    replies.answers.sort_by_key(|answer| (answer.at, answer.event));
    replies.questions.sort_by_key(|question| (question.span.from, question.event));
    replies
}

impl<'a> Replies<'a> {
    /// A mail with all its labels: a person's label holds, else an opt-out, else the newest.
    fn add_mail(&mut self, labels: &[Labelled<'a>], timeline: &Timeline<'a>) {
        let Some((first, _)) = labels.first() else { return };
        let by_human = labels.iter().rev().find(|(_, reply)| reply.by == LabelSource::Human);
        let by_program = || labels.iter().rev().filter(|(_, reply)| reply.by != LabelSource::Human);
        let opts_out = |(_, reply): &&Labelled<'a>| {
            reply.label.suppresses() && reply.standing(timeline.config) == Standing::Certain
        };
        let program = by_program().find(opts_out).or_else(|| by_program().next());
        let asked = program.and_then(|(_, reply)| match reply.standing(timeline.config) {
            Standing::NeedsLook(reason) => Some(reason),
            _ => None,
        });
        if let Some(reason) = asked {
            let span = Span { from: first.at, until: by_human.map(|(event, _)| event.at) };
            self.questions.push(Question { event: first.id, reason, span });
        }
        if let Some((event, reply)) = by_human.or(program) {
            let standing = reply.standing(timeline.config);
            self.answers.push(Answer { event: first.id, at: first.at, known_at: event.at, reply, standing });
        }
    }

    /// Labels whose mail is not named: each is a mail, and a person's label answers the open questions before it.
    fn add_unnamed(&mut self, labels: &[Labelled<'a>], timeline: &Timeline<'a>) {
        for (event, reply) in labels {
            let mut standing = reply.standing(timeline.config);
            if let Standing::NeedsLook(reason) = standing {
                let read_at = labels
                    .iter()
                    .filter(|(other, label)| label.by == LabelSource::Human && other.at >= event.at)
                    .map(|(other, _)| other.at)
                    .min();
                let span = Span { from: event.at, until: read_at };
                self.questions.push(Question { event: event.id, reason, span });
                if read_at.is_some() {
                    standing = Standing::Ignored;
                }
            }
            self.answers.push(Answer { event: event.id, at: event.at, known_at: event.at, reply, standing });
        }
    }

    /// The oldest question that is open now.
    pub fn open_question(&self, now: Timestamp) -> Option<&Question> {
        self.questions.iter().find(|question| question.span.contains(now))
    }

    /// Spans in which the soft rules are silent after a no, until half a year has passed, the lead says something
    /// else, or acts in a way that no rule can mistake (`hard_signals`, in any order).
    pub fn blocks(&self, hard_signals: &[Timestamp], timeline: &Timeline<'_>) -> Vec<Block> {
        let stances = || self.answers.iter().filter(|a| a.is_certain() && a.reply.label.is_stance());
        stances()
            .filter(|no| no.reply.label.is_no())
            .map(|no| {
                let is_other = |a: &&Answer<'_>| {
                    let is_muted = a.reply.label.promotes() && timeline.is_muted(a.said_at());
                    !a.reply.label.is_no() && !is_muted
                };
                let other = stances().filter(is_other).map(|a| a.at);
                let lifted = other.chain(hard_signals.iter().copied()).filter(|at| *at > no.at).min();
                let expires = days_after(no.at, timeline.config.block_days);
                let until = lifted.map_or(expires, |at| at.min(expires));
                Block {
                    event: no.event,
                    label: no.reply.label,
                    on: timeline.date(no.at),
                    until,
                    until_on: timeline.date(until),
                }
            })
            .collect()
    }

    /// When the no of a block was said.
    pub fn block_span(&self, block: &Block) -> Option<Span> {
        let no = self.answers.iter().find(|answer| answer.event == block.event)?;
        Some(Span { from: no.at, until: Some(block.until) })
    }
}

/// A declined invitation is a question until the lead answers it otherwise or books, or a person acts.
fn declined_invitations<'a>(timeline: &Timeline<'a>) -> Vec<Question> {
    let events = &timeline.events;
    let mut questions = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let EventKind::CalendarReply { answer: CalendarAnswer::Declined, uid, is_automatic: false } =
            &event.kind
        else {
            continue;
        };
        let settled = events[place + 1..].iter().find(|later| match &later.kind {
            EventKind::CalendarReply { uid: other, is_automatic: false, .. } => other == uid,
            EventKind::Booking { status, is_verified: true, .. } => *status != BookingStatus::Cancelled,
            EventKind::Reply(reply) => reply.by == LabelSource::Human && reply.label != ReplyLabel::Other,
            EventKind::Override { .. } => true,
            _ => false,
        });
        let span = Span { from: event.at, until: settled.map(|later| later.at) };
        questions.push(Question { event: event.id, reason: LookReason::Declined, span });
    }
    questions
}
