//! A received mail as plain facts. The adapter fills it; nothing here looks at bytes.

use crate::contact::EmailAddress;
use jiff::{SignedDuration, Timestamp};

/// An address as a header shows it. The address is text, not an [`EmailAddress`], because machines write from
/// addresses that nobody could mail (`MAILER-DAEMON`, `postmaster@localhost`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The address in lower case, without angle brackets; may be empty.
    pub address: String,
    /// The display name; may be empty.
    pub name: String,
}

impl Party {
    /// A party with an address only.
    pub fn new(address: &str) -> Self {
        Self { address: address.trim().to_lowercase(), name: String::new() }
    }

    /// The address, when it is one that can be mailed.
    pub fn email(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.address).ok()
    }
}

text_enum! {
    /// What the server that received the mail said about the sender's domain (RFC 8601, method `dmarc`).
    pub enum Dmarc {
        /// The domain in From really sent this.
        Pass = "pass",
        /// The domain in From did not send this, or cannot prove it although it promises to.
        Fail = "fail",
        /// No verdict: no policy, no header, or a temporary fault.
        None = "none",
    }
}

text_enum! {
    /// Where the text of a mail came from.
    pub enum TextSource {
        /// A `text/plain` part.
        Plain = "plain",
        /// Converted from `text/html`; quoted parts are marked with `> ` lines.
        Html = "html",
        /// The mail has no text.
        Empty = "empty",
    }
}

text_enum! {
    /// Why bytes were refused. Limits: 25 MiB in all, 1,000 parts, depth 20, 1 MiB of headers.
    pub enum Unreadable {
        /// No header line at all: this is not a mail.
        NotAMail = "not_a_mail",
        /// More than 25 MiB.
        TooLarge = "too_large",
        /// More than 1,000 parts.
        TooManyParts = "too_many_parts",
        /// Parts nested more than 20 deep.
        TooDeep = "too_deep",
        /// More than 1 MiB of headers.
        HeadersTooLarge = "headers_too_large",
    }
}

impl std::error::Error for Unreadable {}

text_enum! {
    /// What happened to one recipient (RFC 3464, field `Action`).
    pub enum DeliveryAction {
        /// Not delivered, and nobody tries again.
        Failed = "failed",
        /// Not delivered yet; the server keeps trying.
        Delayed = "delayed",
        /// Delivered.
        Delivered = "delivered",
        /// Handed to a system that does not report.
        Relayed = "relayed",
        /// Delivered and sent on to several others.
        Expanded = "expanded",
    }
}

/// One recipient of a delivery report (RFC 3464, section 2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecipient {
    /// What happened, when the report says so.
    pub action: Option<DeliveryAction>,
    /// The enhanced status code (RFC 3463), such as `5.1.1`; empty when missing.
    pub status: String,
    /// The address the reporting server tried.
    pub final_recipient: String,
    /// The address we sent to, before forwarding; empty when the report does not say.
    pub original_recipient: String,
    /// What the refusing server said.
    pub diagnostic: String,
}

/// A machine-readable report that came as a part of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// What became of a mail we sent (RFC 3464).
    Delivery {
        /// Per recipient, in the order of the report.
        recipients: Vec<DeliveryRecipient>,
    },
    /// A recipient pressed "this is spam" (RFC 5965).
    Feedback {
        /// `abuse`, `fraud`, `not-spam`, ...
        kind: String,
        /// Whom we had mailed; empty when the provider hides it.
        original_recipient: String,
    },
    /// A read receipt (RFC 8098).
    Disposition {
        /// The part after the semicolon: `displayed`, `deleted`, ...
        disposition: String,
        /// The Message-ID that was read, without angle brackets; empty when missing.
        original_message_id: String,
        /// Who read it; empty when missing.
        final_recipient: String,
    },
}

/// What a bounce or complaint gave back of the mail it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Its recipient.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

text_enum! {
    /// The iTIP method of a calendar part (RFC 5546).
    pub enum CalendarMethod {
        /// An invitation or a change of one.
        Request = "request",
        /// An answer to our invitation.
        Reply = "reply",
        /// A proposal for another time.
        Counter = "counter",
        /// The organiser calls it off.
        Cancel = "cancel",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// What an attendee answered (RFC 5545, `PARTSTAT`).
    pub enum Participation {
        /// Comes.
        Accepted = "accepted",
        /// Does not come.
        Declined = "declined",
        /// Perhaps.
        Tentative = "tentative",
        /// Sends somebody else.
        Delegated = "delegated",
        /// Has not answered.
        NeedsAction = "needs_action",
    }
}

/// The calendar part of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarAnswer {
    /// What it asks or answers.
    pub method: CalendarMethod,
    /// Which event; the same text as in our invitation.
    pub uid: String,
    /// Which version of the event; 0 when missing.
    pub sequence: u32,
    /// The answer; `None` when the part holds no attendee.
    pub participation: Option<Participation>,
    /// Who answers, lower case; empty when missing.
    pub attendee: String,
    /// Whether a room or a device answers, which is no sign of life.
    pub is_resource: bool,
    /// What the person wrote with it.
    pub comment: String,
    /// The start of the event: for a counter-proposal the time that is proposed. `None` when missing or given
    /// in no known zone.
    pub starts_at: Option<Timestamp>,
    /// The end of the event, under the same conditions.
    pub ends_at: Option<Timestamp>,
}

/// A calendar program that accepts by itself does so faster than any person.
const AUTOMATIC_ANSWER_SECONDS_MAX: i64 = 60;

impl CalendarAnswer {
    /// Whether a person answered: no room or device, and no program that answers within a minute and says so.
    pub fn is_by_person(&self, is_auto_submitted: bool, since_sending: SignedDuration) -> bool {
        let is_instant = since_sending < SignedDuration::from_secs(AUTOMATIC_ANSWER_SECONDS_MAX);
        !(self.is_resource || is_auto_submitted && is_instant)
    }
}

/// A mail inside the mail: somebody passed it on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote the inner mail.
    pub from: Party,
    /// The inner subject.
    pub subject: String,
    /// The inner date, when a machine could read it.
    pub date: Option<Timestamp>,
    /// The inner Message-ID, without angle brackets; empty when it was forwarded as text.
    pub message_id: String,
    /// The ids the inner mail answers, newest first.
    pub answers: Vec<String>,
    /// The inner text.
    pub text: String,
}

/// A file that came with the mail. The content stays in the raw message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file name as given, without any path; may be empty.
    pub name: String,
    /// The media type in lower case, such as `application/pdf`.
    pub media_type: String,
    /// The decoded size.
    pub size_bytes: u64,
}

/// A received mail as plain facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedMail {
    /// One text per mail, equal whenever the same mail is seen again: the Message-ID, or `sha256:<hex>` of the
    /// raw bytes when there is none.
    pub external_key: String,
    /// The Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The ids in In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// The ids in References, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// The writer.
    pub from: Party,
    /// Where answers should go.
    pub reply_to: Vec<Party>,
    /// The real writer, where a list or a Google group rewrote From.
    pub x_original_from: Option<Party>,
    /// Header To.
    pub to: Vec<Party>,
    /// Header Cc.
    pub cc: Vec<Party>,
    /// Delivered-To, X-Original-To, X-Forwarded-To, X-Delivered-To, Envelope-To: where it really arrived.
    pub delivered_to: Vec<Party>,
    /// The envelope sender; `Some("")` is the null path of machines, `None` means the server did not note it.
    pub return_path: Option<String>,
    /// The decoded subject on one line.
    pub subject: String,
    /// The Date header.
    pub date: Option<Timestamp>,
    /// The headers that tell machines from people: name in lower case, value on one line.
    pub headers: Vec<(String, String)>,
    /// What our receiving server thinks of the sender's domain.
    pub dmarc: Dmarc,
    /// The text, quotes included.
    pub text: String,
    /// Where [`Self::text`] came from.
    pub text_source: TextSource,
    /// The signature that HTML marked as such; empty otherwise.
    pub html_signature: String,
    /// Link targets found in HTML; links in plain text are not listed again.
    pub links: Vec<String>,
    /// A machine-readable report.
    pub report: Option<Report>,
    /// The mail of ours that a report gives back.
    pub returned: Option<Returned>,
    /// A calendar part.
    pub calendar: Option<CalendarAnswer>,
    /// A mail inside this mail.
    pub forwarded: Option<Forwarded>,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// The size of the raw message.
    pub size_bytes: u64,
}

impl Default for ParsedMail {
    fn default() -> Self {
        Self {
            external_key: String::new(),
            message_id: None,
            in_reply_to: Vec::new(),
            references: Vec::new(),
            from: Party::default(),
            reply_to: Vec::new(),
            x_original_from: None,
            to: Vec::new(),
            cc: Vec::new(),
            delivered_to: Vec::new(),
            return_path: None,
            subject: String::new(),
            date: None,
            headers: Vec::new(),
            dmarc: Dmarc::None,
            text: String::new(),
            text_source: TextSource::Empty,
            html_signature: String::new(),
            links: Vec::new(),
            report: None,
            returned: None,
            calendar: None,
            forwarded: None,
            attachments: Vec::new(),
            size_bytes: 0,
        }
    }
}

impl ParsedMail {
    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All the addresses the mail was sent to or arrived at.
    pub fn recipients(&self) -> impl Iterator<Item = &Party> {
        self.to.iter().chain(&self.cc).chain(&self.delivered_to)
    }

    /// The ids this mail answers, newest first, each once. Our List-Unsubscribe address carries the id in the subject, for
    /// programs that write a new mail from whatever address their user has.
    pub fn answered_ids(&self) -> Vec<&str> {
        let in_headers = self.in_reply_to.iter().chain(self.references.iter().rev()).map(String::as_str);
        let in_subject = self.subject.split_whitespace().filter(|word| word.contains('@'));
        let mut ids: Vec<&str> = Vec::new();
        for id in in_headers.chain(in_subject.map(|word| word.trim_matches(['<', '>']))) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_and_programs_that_accept_at_once_are_no_sign_of_life() {
        let mut answer = CalendarAnswer {
            method: CalendarMethod::Reply,
            uid: "u".into(),
            sequence: 0,
            participation: Some(Participation::Accepted),
            attendee: "eva@klant.example".into(),
            is_resource: false,
            comment: String::new(),
            starts_at: None,
            ends_at: None,
        };
        for (is_auto, seconds, expected) in [(false, 5, true), (true, 59, false), (true, 60, true)] {
            assert_eq!(
                answer.is_by_person(is_auto, SignedDuration::from_secs(seconds)),
                expected,
                "{seconds}"
            );
        }
        answer.is_resource = true;
        assert!(!answer.is_by_person(false, SignedDuration::from_hours(5)));
    }

    #[test]
    fn answered_ids_come_newest_first_and_once() {
        let mail = ParsedMail {
            in_reply_to: vec!["b".into()],
            references: vec!["a".into(), "b".into(), "c".into()],
            subject: "unsubscribe <d@e.example>".into(),
            ..Default::default()
        };
        assert_eq!(mail.answered_ids(), ["b", "c", "a", "d@e.example"]);
    }
}
