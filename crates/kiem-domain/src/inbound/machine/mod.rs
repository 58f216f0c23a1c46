//! Machine mail before anything else: tests A1 to A13, in this order, the first hit wins.
//!
//! Headers decide before words do, and words count only where the other side added them: a subject is compared with
//! our own base subject, a body is read after quotes are gone.

mod bounce;
mod words;

pub use bounce::{Bounce, BounceCause, Severity, of_smtp_reply};

use super::mail::{CalendarAnswer, CalendarMethod, ParsedMail, Report, Returned};
use super::outcome::Outcome;
use super::strip::{Stripped, strip};
use super::subject::added_prefix;

text_enum! {
    /// Which test decided.
    pub enum Reason {
        /// A1: a delivery report, or a text that only mail servers write.
        DeliveryReport = "a1_delivery_report",
        /// A2: a complaint report.
        FeedbackReport = "a2_feedback_report",
        /// A3: a read receipt.
        DispositionReport = "a3_disposition_report",
        /// A4: an answer to an invitation.
        CalendarPart = "a4_calendar_part",
        /// A5: header Auto-Submitted.
        AutoSubmitted = "a5_auto_submitted",
        /// A6: the null envelope sender.
        NullReturnPath = "a6_null_return_path",
        /// A7: another header that only automatic answers have.
        AutomaticHeader = "a7_automatic_header",
        /// A8: the pair of headers that Exchange adds to automatic answers.
        ExchangeRule = "a8_exchange_rule",
        /// A9: Precedence bulk, list or junk on a mail that matches nothing.
        BulkPrecedence = "a9_bulk_precedence",
        /// A10: a sender nobody reads.
        MachineSender = "a10_machine_sender",
        /// A11: what was put before our subject.
        SubjectPrefix = "a11_subject_prefix",
        /// A12: a request to prove that we are human.
        Challenge = "a12_challenge",
        /// A13: the words of the body.
        BodyWords = "a13_body_words",
        /// No test hit: a person wrote it.
        NoTestHit = "no_test_hit",
    }
}

/// What a received mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Written by a person.
    Human,
    /// A mail of ours was not delivered.
    Bounce(Bounce),
    /// The recipient called our mail spam.
    Complaint {
        /// Whom we had mailed; empty when the provider hides it.
        recipient: String,
    },
    /// Read, which proves nothing.
    ReadReceipt,
    /// An answer to an invitation.
    CalendarReply(CalendarAnswer),
    /// Away; comes back.
    OutOfOffice,
    /// An automatic answer that says the person has left.
    LeftCompany,
    /// A request to prove that we are human.
    Challenge,
    /// Another automatic text.
    Auto,
}

/// What a mail is and which test said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it is.
    pub kind: Kind,
    /// Which test decided.
    pub reason: Reason,
    /// What the test saw, such as `auto-submitted: auto-replied`; ids and header values only, no body text.
    pub detail: String,
}

impl Verdict {
    fn new(kind: Kind, reason: Reason, detail: impl Into<String>) -> Self {
        Self { kind, reason, detail: detail.into() }
    }

    /// Whether a person wrote it.
    pub fn is_human(&self) -> bool {
        self.kind == Kind::Human
    }

    /// The exit that the verdict decides; `None` for what a person wrote.
    pub fn exit(&self) -> Option<Outcome> {
        match self.kind {
            Kind::Human => None,
            Kind::Bounce(_) => Some(Outcome::Bounce),
            Kind::Complaint { .. } => Some(Outcome::Complaint),
            Kind::ReadReceipt => Some(Outcome::ReadReceipt),
            Kind::CalendarReply(_) => Some(Outcome::CalendarReply),
            Kind::OutOfOffice => Some(Outcome::OutOfOffice),
            Kind::LeftCompany => Some(Outcome::LeftCompany),
            Kind::Challenge => Some(Outcome::Challenge),
            Kind::Auto => Some(Outcome::AutoReply),
        }
    }
}

/// Decides whether a person wrote the mail. `our_base_subject` is the subject of the message it answers, when that is
/// known; `matched` says whether it belongs to a message of ours by levels M1 to M4.
pub fn verdict(mail: &ParsedMail, our_base_subject: Option<&str>, matched: bool) -> Verdict {
    verdict_of_stripped(mail, &strip(&mail.text, None), our_base_subject, matched)
}

/// As [`verdict`], for a caller that has stripped the body already (and knew what we had sent).
pub fn verdict_of_stripped(
    mail: &ParsedMail,
    stripped: &Stripped,
    our_base_subject: Option<&str>,
    matched: bool,
) -> Verdict {
    let facts = Facts::new(mail, stripped, our_base_subject);
    reported(mail)
        .or_else(|| facts.automatic_headers())
        .or_else(|| facts.senders(matched))
        .or_else(|| facts.words())
        .unwrap_or_else(|| Verdict::new(Kind::Human, Reason::NoTestHit, ""))
}

/// The mail of ours that a bounce gives back: from its parts, or from the copy that old servers put into the text.
pub fn returned_mail(mail: &ParsedMail) -> Option<Returned> {
    mail.returned.clone().or_else(|| bounce::returned_in_text(&mail.text))
}

/// The bounce that a server without report parts describes in its text.
pub(super) fn bounce_in_text(mail: &ParsedMail) -> Option<Bounce> {
    if mail.report.is_some() { None } else { bounce::from_text(mail) }
}

/// A1 to A4: parts and texts that say what they are.
fn reported(mail: &ParsedMail) -> Option<Verdict> {
    match &mail.report {
        Some(Report::Delivery { recipients }) => {
            return Some(match bounce::from_report(recipients) {
                Some(bounce) => {
                    let detail = format!("status {}", bounce.status);
                    Verdict::new(Kind::Bounce(bounce), Reason::DeliveryReport, detail)
                }
                // "Delivered" and "relayed" reports are news about nothing.
                None => Verdict::new(Kind::Auto, Reason::DeliveryReport, "no failure"),
            });
        }
        Some(Report::Feedback { kind, original_recipient }) => {
            // RFC 5965 has "not-spam" too: somebody takes a complaint back.
            let complaint = Kind::Complaint { recipient: original_recipient.clone() };
            let what = if kind == "not-spam" { Kind::Auto } else { complaint };
            return Some(Verdict::new(what, Reason::FeedbackReport, kind.clone()));
        }
        Some(Report::Disposition { disposition, .. }) => {
            return Some(Verdict::new(Kind::ReadReceipt, Reason::DispositionReport, disposition.clone()));
        }
        None => {}
    }
    if let Some(bounce) = bounce::from_text(mail) {
        let detail = format!("text, status {}", bounce.status);
        return Some(Verdict::new(Kind::Bounce(bounce), Reason::DeliveryReport, detail));
    }
    let calendar = mail.calendar.as_ref()?;
    matches!(calendar.method, CalendarMethod::Reply | CalendarMethod::Counter).then(|| {
        Verdict::new(Kind::CalendarReply(calendar.clone()), Reason::CalendarPart, calendar.method.as_str())
    })
}

/// So much of a text is searched for words of automatic answers; they come first.
const SPEECH_CHARS_MAX: usize = 6_000;

/// What the tests look at, prepared once.
struct Facts<'m> {
    mail: &'m ParsedMail,
    stripped: &'m Stripped,
    /// The text that says what kind of automatic mail it is: subject and added words, lower case.
    speech: String,
    /// What was put before our subject.
    prefix: String,
    knows_our_subject: bool,
}

impl<'m> Facts<'m> {
    fn new(mail: &'m ParsedMail, stripped: &'m Stripped, our_base_subject: Option<&str>) -> Self {
        let prefix = match our_base_subject {
            Some(ours) => added_prefix(&mail.subject, ours),
            None => added_prefix(&mail.subject, ""),
        };
        let said: String = stripped.text.chars().take(SPEECH_CHARS_MAX).collect();
        let speech = words::flat(&format!("{prefix} . {said}"));
        Self { mail, stripped, speech, prefix, knows_our_subject: our_base_subject.is_some() }
    }

    /// Out of office, left, or just automatic: once a test has shown that no person wrote it.
    fn automatic(&self, is_absence: bool) -> Kind {
        if words::says_left(&self.speech) {
            Kind::LeftCompany
        } else if words::says_absent(&self.speech) {
            Kind::OutOfOffice
        } else if words::says_received(&self.speech)
            || !(is_absence || words::is_absence_prefix(&self.prefix, true))
        {
            Kind::Auto
        } else {
            Kind::OutOfOffice
        }
    }

    /// A5 to A8.
    fn automatic_headers(&self) -> Option<Verdict> {
        let mail = self.mail;
        if let Some(value) = mail.header("auto-submitted") {
            let lower = value.to_lowercase();
            if !lower.trim_start().starts_with("no") {
                // Zimbra says "(vacation)"; others name the owner of the vacation rule.
                let is_absence =
                    lower.contains("vacation") || lower.contains("owner-email") || self.has_exchange_pair();
                let kind = self.automatic(is_absence);
                return Some(Verdict::new(kind, Reason::AutoSubmitted, format!("auto-submitted: {lower}")));
            }
        }
        if mail.return_path.as_deref() == Some("") {
            return Some(Verdict::new(self.automatic(false), Reason::NullReturnPath, "return-path: <>"));
        }
        if let Some((name, value)) = mail.headers.iter().find(|(n, v)| is_automatic_header(n, v)) {
            let is_absence = name.contains("holiday") || value.to_lowercase().contains("vacation");
            let kind = self.automatic(is_absence);
            return Some(Verdict::new(kind, Reason::AutomaticHeader, format!("{name}: {value}")));
        }
        self.has_exchange_pair().then(|| {
            Verdict::new(self.automatic(true), Reason::ExchangeRule, "x-ms-exchange-inbox-rules-loop")
        })
    }

    /// X-Auto-Response-Suppress alone only asks *us* not to answer automatically; with the rules-loop header it is
    /// Exchange answering.
    fn has_exchange_pair(&self) -> bool {
        let suppress = self.mail.header("x-auto-response-suppress");
        suppress.is_some_and(|v| v.to_lowercase().contains("all"))
            && self.mail.header("x-ms-exchange-inbox-rules-loop").is_some()
    }

    /// A9 and A10.
    fn senders(&self, matched: bool) -> Option<Verdict> {
        if let Some(value) = self.mail.header("precedence") {
            let lower = value.trim().to_lowercase();
            if matches!(lower.as_str(), "bulk" | "list" | "junk") && !matched {
                return Some(Verdict::new(
                    self.automatic(false),
                    Reason::BulkPrecedence,
                    format!("precedence: {lower}"),
                ));
            }
        }
        let local = self.mail.from.address.split('@').next().unwrap_or_default();
        is_machine_local(local)
            .then(|| Verdict::new(self.automatic(false), Reason::MachineSender, format!("from: {local}@")))
    }

    /// A11 to A13.
    fn words(&self) -> Option<Verdict> {
        if words::is_absence_prefix(&self.prefix, self.knows_our_subject) {
            return Some(Verdict::new(self.automatic(true), Reason::SubjectPrefix, "subject"));
        }
        let has_link = self.mail.text.contains("http") || !self.mail.links.is_empty();
        if has_link && self.stripped.quoted.is_empty() && words::says_prove_human(&self.speech) {
            return Some(Verdict::new(Kind::Challenge, Reason::Challenge, "body"));
        }
        let body = words::flat(&self.stripped.text);
        words::is_absence_text(&body).then(|| Verdict::new(Kind::OutOfOffice, Reason::BodyWords, "body"))
    }
}

/// A7: headers that only automatic answers carry.
fn is_automatic_header(name: &str, value: &str) -> bool {
    let value = value.trim().to_lowercase();
    if name == "precedence" {
        return value.replace('-', "_") == "auto_reply";
    }
    if name == "x-auto-response-suppress"
        || name == "auto-submitted"
        || matches!(value.as_str(), "no" | "false" | "0")
    {
        return false;
    }
    if name.contains("holidayreply") || name.contains("machinegenerated") || name == "x-autoreply" {
        return true;
    }
    let Some((_, after)) = name.split_once("auto") else { return false };
    let after = after.trim_start_matches(['-', '_']);
    ["response", "submitted", "replied", "reply", "generated", "respond"].iter().any(|w| after.starts_with(w))
}

/// A10: `mailer-daemon`, `postmaster`, `noreply`, `no-reply`, `donotreply`.
fn is_machine_local(local: &str) -> bool {
    let plain: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    matches!(plain.as_str(), "mailerdaemon" | "postmaster" | "noreply" | "donotreply" | "nietbeantwoorden")
        || plain.starts_with("noreply+")
}

#[cfg(test)]
mod tests;
