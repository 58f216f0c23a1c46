//! What promotion decided, with everything that is needed to say why.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::history::{CalendarAnswer, InboundRequest, OverrideValue};
use super::warmth::WarmthKind;
use crate::engagement::Grade;
use crate::engagement::click::GradedClick;
use crate::engagement::reply::{LabelSource, LookReason, ReplyLabel};
use crate::id::MessageId;

text_enum! {
    /// What somebody is to us.
    pub enum State {
        /// A cold contact: nothing that counts has come back.
        Lead = "lead",
        /// Acted after we approached it: sales owns it.
        Prospect = "prospect",
    }
}

text_enum! {
    /// The rule that made a prospect.
    pub enum Rule {
        /// A reply with a question or with interest.
        R1 = "R1",
        /// An appointment.
        R2 = "R2",
        /// Several visits on several days.
        R3 = "R3",
        /// A case study was read.
        R4 = "R4",
        /// A quote was asked for.
        R5 = "R5",
        /// Enough warmth of several kinds.
        R6 = "R6",
    }
}

impl Rule {
    /// Soft rules wait 90 seconds, and stop at a no or an unread reply; hard ones do not.
    pub const fn is_soft(self) -> bool {
        matches!(self, Self::R3 | Self::R4 | Self::R6)
    }

    /// Which rule is named when two are met in the same instant: asked-for contact before reading.
    pub(super) const fn precedence(self) -> u8 {
        match self {
            Self::R1 => 1,
            Self::R2 => 2,
            Self::R5 => 3,
            Self::R4 => 4,
            Self::R3 => 5,
            Self::R6 => 6,
        }
    }
}

/// One piece of evidence: which event, when, and what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The event.
    pub event: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
    /// What it was.
    pub what: What,
}

/// What a piece of evidence was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A reply and how it was understood.
    Reply {
        /// The label.
        label: ReplyLabel,
        /// Who gave it.
        by: LabelSource,
    },
    /// An answer to our invitation.
    Invitation(CalendarAnswer),
    /// An appointment.
    Booking,
    /// The quote or contact form.
    QuoteForm,
    /// A case study that was read.
    CasePage {
        /// Its path.
        path: String,
    },
    /// A link to a case study that was opened, on a site that cannot tell whether it was read.
    CaseClick,
    /// A visit.
    Visit,
    /// A part of the warmth (R6).
    Warmth(WarmthKind),
    /// A person's decision.
    Override {
        /// Who decided.
        by: String,
    },
}

impl What {
    /// How sure it is that a person did it.
    pub const fn grade(&self) -> Grade {
        match self {
            Self::CaseClick | Self::Warmth(WarmthKind::LikelyClick) => Grade::HumanLikely,
            _ => Grade::HumanCertain,
        }
    }
}

/// A mail of ours that was delivered to the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The event.
    pub event: Uuid,
    /// The mail.
    pub message: MessageId,
    /// When it was accepted.
    pub at: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
}

/// Which mails led here. All three are kept: none alone tells the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attribution {
    /// The first mail ever.
    pub first: Option<Touch>,
    /// The newest mail before the first evidence.
    pub last: Option<Touch>,
    /// The mail that the thread or the link of the evidence points to.
    pub cause: Option<Touch>,
}

/// Why the lead must not be approached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The event.
    pub event: Uuid,
    /// Since when.
    pub at: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
    /// How.
    pub cause: SuppressionCause,
}

text_enum! {
    /// How somebody came to be suppressed.
    pub enum SuppressionCause {
        /// Pressed the unsubscribe button.
        UnsubscribeLink = "unsubscribe_link",
        /// Asked for it in a reply.
        UnsubscribeReply = "unsubscribe_reply",
        /// Called our mail spam.
        Complaint = "complaint",
        /// Objected in another way, or stands on the suppression list.
        Objection = "objection",
    }
}

/// An earlier no that keeps the soft rules silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The reply.
    pub event: Uuid,
    /// What it said.
    pub label: ReplyLabel,
    /// Its day in the workspace's zone.
    pub on: Date,
    /// When the soft rules may speak again.
    pub until: Timestamp,
    /// That day in the workspace's zone.
    pub until_on: Date,
}

/// A person is asked to look at something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// At this event.
    pub event: Uuid,
    /// Why.
    pub reason: LookReason,
    /// Since when.
    pub since: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
}

/// A person's decision that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// The event.
    pub event: Uuid,
    /// What was decided.
    pub value: OverrideValue,
    /// When.
    pub at: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
    /// Until when, if not for ever.
    pub until: Option<Timestamp>,
    /// That day in the workspace's zone.
    pub until_on: Option<Date>,
    /// Who decided.
    pub by: String,
    /// Why, if that was said.
    pub reason: Option<String>,
}

impl Overridden {
    /// The request by which the person came in, when no person of ours decided but Kiem itself did.
    pub fn inbound(&self) -> Option<InboundRequest> {
        if self.by.is_empty() { self.reason.as_deref()?.parse().ok() } else { None }
    }
}

/// The newest undo: all evidence up to it is muted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The event.
    pub event: Uuid,
    /// When.
    pub at: Timestamp,
    /// The day in the workspace's zone.
    pub on: Date,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What automatic outreach to the lead does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// Goes on.
    Running,
    /// Waits.
    Paused {
        /// The first day on which it may go on; without one it waits for a person.
        until: Option<Date>,
        /// Why.
        reason: PauseReason,
        /// Since when.
        since: Timestamp,
    },
    /// Has ended. A later sequence that a person starts is another one: compare its start with `since`.
    Stopped {
        /// Why.
        reason: StopReason,
        /// Since when.
        since: Timestamp,
    },
}

impl Sequence {
    /// `running`, `paused` or `stopped`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused { .. } => "paused",
            Self::Stopped { .. } => "stopped",
        }
    }

    /// Whether a mail may go out on a day. A pause whose day has come no longer holds a mail back; it stays visible
    /// as the reason of the delay until the next mail was delivered.
    pub fn may_send_on(&self, today: Date) -> bool {
        match self {
            Self::Running => true,
            Self::Paused { until, .. } => until.is_some_and(|until| until <= today),
            Self::Stopped { .. } => false,
        }
    }
}

text_enum! {
    /// Why a sequence waits.
    pub enum PauseReason {
        /// A person has to look at a reply.
        NeedsLook = "needs_look",
        /// The lead is away.
        OutOfOffice = "out_of_office",
        /// The lead asked to wait.
        NotNow = "not_now",
        /// A person read the reply and gave it no meaning.
        Other = "other",
    }
}

/// Why a sequence ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The lead must not be approached.
    Suppressed,
    /// The lead is a prospect now.
    Promoted,
    /// What the lead answered.
    Reply(ReplyLabel),
    /// The address does not exist.
    Bounced,
    /// The lead booked or asked for a quote although a person keeps it a lead.
    SignOfLife,
}

/// The decision about one lead at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Lead or prospect.
    pub state: State,
    /// The rule that promoted; none for a lead, and none when a person decided.
    pub rule: Option<Rule>,
    /// Since when it is a prospect.
    pub promoted_at: Option<Timestamp>,
    /// That day in the workspace's zone.
    pub promoted_on: Option<Date>,
    /// The evidence of the promotion in order of time; empty for a lead.
    pub evidence: Vec<Evidence>,
    /// The mails that led to it.
    pub attribution: Attribution,
    /// A no that blocks the soft rules now.
    pub blocked_by: Option<Block>,
    /// Must not be approached.
    pub suppressed: Option<Suppression>,
    /// A person's decision that is in force now.
    pub overridden: Option<Overridden>,
    /// The newest undo.
    pub undone: Option<Undone>,
    /// What automatic outreach does.
    pub sequence: Sequence,
    /// The oldest question that waits for a person.
    pub needs_look: Option<Look>,
    /// A prospect that asked to wait: contact again on this day.
    pub nurture_until: Option<Date>,
    /// How warm, 0 to 100. Ranks only; unknown to every rule but R6.
    pub warmth: u8,
    /// Warmth that colleagues and passed-on links bring to the company, 0 to 100.
    pub company_warmth: u8,
    /// When a rule will fire on what is known already: decide again then.
    pub settle_at: Option<Timestamp>,
    /// The grade of every click in order of time.
    pub grades: Vec<GradedClick>,
    /// The moment of the decision.
    pub decided_at: Timestamp,
    /// That day in the workspace's zone.
    pub decided_on: Date,
    /// The version of the thresholds that were used.
    pub config_version: u32,
}
