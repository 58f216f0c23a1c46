//! What happened with one lead, as promotion reads it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::engagement::Actor;
use crate::engagement::click::{Click, Gateway};
use crate::engagement::reply::Reply;
use crate::engagement::visit::Session;
use crate::id::MessageId;

/// Everything that happened with one lead, and with its colleagues where a rule looks at the company. The order of
/// the events and repetitions among them do not matter.
#[derive(Debug, Clone)]
pub struct History {
    /// The workspace's zone: calendar days are counted in it.
    pub time_zone: TimeZone,
    /// The events.
    pub events: Vec<Event>,
    /// Sources that are known to open links for several recipients at the lead's mail domain (rule C10).
    pub gateways: Vec<Gateway>,
}

/// One event. The id is that of the stored record, so that evidence can be shown and replayed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// The stored record; the same id is the same event.
    pub id: Uuid,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A recipient's server accepted a mail of ours.
    Delivered {
        /// The mail.
        message: MessageId,
        /// To the lead or to a colleague.
        to: Actor,
        /// Distinct tracked links in it, when known.
        n_links: Option<u32>,
    },
    /// An image was loaded. Never counts.
    Open,
    /// A tracked link was requested.
    Click(Click),
    /// A visit to the site.
    Session(Session),
    /// A received mail, with one label of it.
    Reply(Reply),
    /// An answer to an invitation of ours (RFC 6047).
    CalendarReply {
        /// What was answered.
        answer: CalendarAnswer,
        /// The appointment.
        uid: String,
        /// Sent by a program within a minute, or by a room or another resource: says nothing.
        is_automatic: bool,
    },
    /// A booking page or booking service reported an appointment.
    Booking {
        /// What happened to it.
        status: BookingStatus,
        /// The appointment at the service.
        uid: String,
        /// The appointment that it takes the place of.
        replaces: Option<String>,
        /// Who booked.
        actor: Actor,
        /// The report proved where it came from (signature, own page, own invitation).
        is_verified: bool,
    },
    /// The quote or contact form was sent in.
    QuoteRequest {
        /// Whose address is in it.
        actor: Actor,
        /// It did not pass the spam checks.
        is_spam: bool,
    },
    /// A mail of ours came back.
    Bounce(BounceKind),
    /// A mail of ours was called spam (RFC 5965).
    Complaint,
    /// The unsubscribe page was fetched. Changes nothing: scanners do that.
    UnsubscribeView,
    /// The unsubscribe button was pressed, or the mail program did it (RFC 8058).
    Unsubscribe,
    /// The person objected in another way, or stands on the suppression list.
    Objection,
    /// A person decided about the lead.
    Override {
        /// What.
        value: OverrideValue,
        /// Until when, if not for ever.
        until: Option<Timestamp>,
        /// Who.
        by: String,
        /// Why, if that was said.
        reason: Option<String>,
    },
    /// A person took a promotion back: all evidence up to here is muted.
    UndoPromotion {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

text_enum! {
    /// An answer to an invitation.
    pub enum CalendarAnswer {
        /// Comes.
        Accepted = "accepted",
        /// Perhaps.
        Tentative = "tentative",
        /// Does not come: a person asks what is wrong.
        Declined = "declined",
        /// Proposes another time: a request for a meeting.
        Counter = "counter",
    }
}

text_enum! {
    /// What happened to an appointment.
    pub enum BookingStatus {
        /// Made.
        Confirmed = "confirmed",
        /// Moved: still one appointment.
        Rescheduled = "rescheduled",
        /// Called off.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// How a mail came back (RFC 3463).
    pub enum BounceKind {
        /// Class 5: never arrives.
        Hard = "hard",
        /// Class 4: not now.
        Soft = "soft",
        /// Class 2: a delivery report, nothing came back.
        None = "none",
    }
}

impl BounceKind {
    /// Reads an enhanced status code (`5.1.1`) or an SMTP reply code (`550`). What cannot be read is taken for hard:
    /// sending to a dead address harms every later mail.
    pub fn of_status(status: &str) -> Self {
        match status.trim().as_bytes().first() {
            Some(b'4') => Self::Soft,
            Some(b'2') => Self::None,
            _ => Self::Hard,
        }
    }
}

text_enum! {
    /// What a person decided about a lead.
    pub enum OverrideValue {
        /// Is a prospect, whatever the rules say.
        ForceProspect = "force_prospect",
        /// Stays a lead until a date.
        KeepLead = "keep_lead",
        /// Never becomes a prospect.
        Never = "never",
    }
}

text_enum! {
    /// What somebody asked for whom we had never approached. Kiem itself makes such a person a prospect: an override that
    /// nobody signed, with this as its reason. No rule is claimed, because rules speak of answers to our outreach.
    pub enum InboundRequest {
        /// A quote, through the form.
        Quote = "inbound_quote",
        /// An appointment.
        Booking = "inbound_booking",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_says_whether_a_mail_will_ever_arrive() {
        for (status, kind) in [
            ("5.1.1", BounceKind::Hard),
            ("550", BounceKind::Hard),
            ("4.2.2", BounceKind::Soft),
            ("2.0.0", BounceKind::None),
            ("", BounceKind::Hard),
            ("unknown", BounceKind::Hard),
        ] {
            assert_eq!(BounceKind::of_status(status), kind, "{status}");
        }
    }
}
