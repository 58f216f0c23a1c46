//! Undelivered mail: delivery reports (RFC 3464) and the texts of servers that send none (qmail, old Exim and
//! sendmail, appliances), and refusals in the SMTP conversation itself. Hard means: this address will not work; soft
//! means: it may work later; refused means: the address may be fine, but the server does not want mail from us.

use crate::inbound::mail::{DeliveryAction, DeliveryRecipient, ParsedMail, Returned};

text_enum! {
    /// Whether trying again makes sense.
    pub enum Severity {
        /// The address does not work: stop.
        Hard = "hard",
        /// A passing fault, or the server still tries.
        Soft = "soft",
        /// Refused for what we are or what we wrote (reputation, policy, protocol, size): says nothing about the address.
        Refused = "refused",
    }
}

text_enum! {
    /// Why a mail was not delivered, as far as the report tells.
    pub enum BounceCause {
        /// No such mailbox.
        UnknownAddress = "unknown_address",
        /// No such domain, or no server for it.
        UnknownDomain = "unknown_domain",
        /// The mailbox exists but is closed.
        Disabled = "disabled",
        /// No room.
        MailboxFull = "mailbox_full",
        /// Refused because of what we are or what we wrote, not because of the address.
        Blocked = "blocked",
        /// Too big.
        TooLarge = "too_large",
        /// Still being tried.
        Delayed = "delayed",
        /// A fault on the way.
        Transport = "transport",
        /// Not said.
        Other = "other",
    }
}

impl BounceCause {
    /// Whether the cause lies in the address itself.
    pub const fn is_dead_address(self) -> bool {
        matches!(self, Self::UnknownAddress | Self::UnknownDomain | Self::Disabled | Self::MailboxFull)
    }
}

/// A mail of ours that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Whether trying again makes sense.
    pub severity: Severity,
    /// Why, as far as the report tells.
    pub cause: BounceCause,
    /// The enhanced status code (RFC 3463) such as `5.1.1`; empty when the report has none.
    pub status: String,
    /// The address we had mailed, lower case; empty when the report does not say.
    pub recipient: String,
    /// What the refusing server said, at most 500 characters.
    pub diagnostic: String,
}

const DIAGNOSTIC_CHARS_MAX: usize = 500;

/// The first failed (or else delayed) recipient of a report; `None` when nothing failed.
pub(super) fn from_report(recipients: &[DeliveryRecipient]) -> Option<Bounce> {
    let failed = recipients.iter().find(|r| action(r) == DeliveryAction::Failed);
    let delayed = || recipients.iter().find(|r| action(r) == DeliveryAction::Delayed);
    let recipient = failed.or_else(delayed)?;
    let is_delayed = action(recipient) == DeliveryAction::Delayed;
    let status =
        if recipient.status.is_empty() { status_in(&recipient.diagnostic) } else { recipient.status.clone() };
    let address = if recipient.original_recipient.is_empty() {
        &recipient.final_recipient
    } else {
        &recipient.original_recipient
    };
    Some(bounce(is_delayed, status, address, &recipient.diagnostic))
}

/// The action, or what the status class says when a server leaves it out.
fn action(recipient: &DeliveryRecipient) -> DeliveryAction {
    recipient.action.unwrap_or(match recipient.status.as_bytes().first() {
        Some(b'2') => DeliveryAction::Delivered,
        Some(b'4') => DeliveryAction::Delayed,
        _ => DeliveryAction::Failed,
    })
}

fn bounce(is_delayed: bool, status: String, recipient: &str, diagnostic: &str) -> Bounce {
    let cause = if is_delayed { BounceCause::Delayed } else { cause(&status, diagnostic) };
    Bounce {
        severity: severity(is_delayed, &status, cause),
        cause,
        status,
        recipient: recipient.trim().trim_matches(['<', '>']).to_lowercase(),
        diagnostic: diagnostic.chars().take(DIAGNOSTIC_CHARS_MAX).collect(),
    }
}

fn severity(is_delayed: bool, status: &str, cause: BounceCause) -> Severity {
    let is_soft = match status.as_bytes().first() {
        Some(b'4') => true,
        Some(b'5') => is_delayed,
        _ => is_delayed || matches!(cause, BounceCause::MailboxFull | BounceCause::Transport),
    };
    if is_soft {
        return Severity::Soft;
    }
    // RFC 3463: the second number names whose fault it is: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol,
    // 6 content, 7 policy. Words that name an unknown address outweigh the number.
    let is_about_us = match cause {
        BounceCause::Blocked | BounceCause::TooLarge => true,
        BounceCause::Other | BounceCause::Transport => {
            matches!(status.as_bytes().get(2), Some(b'3' | b'5' | b'6' | b'7'))
        }
        _ => false,
    };
    if is_about_us { Severity::Refused } else { Severity::Hard }
}

/// What a server's refusal in the SMTP conversation ("550 5.1.1 no such user") says about the address. Here only a
/// cause that names the address is hard: a bare "550" may mean anything.
pub fn of_smtp_reply(reply: &str, recipient: &str) -> Bounce {
    let mut found = bounce(false, status_in(reply), recipient, reply);
    if found.severity == Severity::Hard && !found.cause.is_dead_address() {
        found.severity = Severity::Refused;
    }
    found
}

/// The cause by status code (RFC 3463) first, then by what servers say.
fn cause(status: &str, diagnostic: &str) -> BounceCause {
    let detail = status.get(1..).unwrap_or_default();
    let by_status = match detail {
        // Microsoft answers 5.4.1 "Recipient address rejected: Access denied" for an address that does not exist.
        ".4.1" if status.starts_with('5') => Some(BounceCause::UnknownAddress),
        ".1.1" | ".1.0" | ".1.3" | ".1.6" | ".1.10" => Some(BounceCause::UnknownAddress),
        // 5.1.7 and 5.1.8 speak of the sender's address: ours.
        ".1.7" | ".1.8" => Some(BounceCause::Blocked),
        ".1.2" | ".4.4" | ".4.3" => Some(BounceCause::UnknownDomain),
        ".2.1" => Some(BounceCause::Disabled),
        ".2.2" => Some(BounceCause::MailboxFull),
        ".2.3" | ".3.4" => Some(BounceCause::TooLarge),
        ".4.1" | ".4.2" | ".4.7" => Some(BounceCause::Transport),
        d if d.starts_with(".7.") => Some(BounceCause::Blocked),
        _ => None,
    };
    let lower = diagnostic.to_lowercase();
    let by_words =
        CAUSES.iter().find(|(_, words)| words.iter().any(|w| lower.contains(w))).map(|(cause, _)| *cause);
    let is_about_sender = SENDER_WORDS.iter().any(|words| lower.contains(words));
    // Servers that refuse an unknown address with 5.7.x or 5.0.0 say so in words.
    match (by_status, by_words) {
        (Some(BounceCause::Blocked) | None, Some(_)) if is_about_sender => BounceCause::Blocked,
        (Some(BounceCause::Blocked) | None, Some(said)) => said,
        (Some(cause), _) => cause,
        (None, None) => BounceCause::Other,
    }
}

/// Words of a refusal that speaks of our address or server, though it sounds like the recipient's.
const SENDER_WORDS: &[&str] = &[
    "sender address rejected",
    "client host rejected",
    "helo command rejected",
    "sender domain",
    "sender verify",
];

const CAUSES: &[(BounceCause, &[&str])] = &[
    (
        BounceCause::MailboxFull,
        &[
            "mailbox full",
            "mailbox is full",
            "over quota",
            "quota exceeded",
            "out of storage",
            "postvak vol",
            "postfach voll",
            "insufficient storage",
            "mailbox has exceeded",
        ],
    ),
    (
        BounceCause::UnknownAddress,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such mailbox",
            "does not exist",
            "user not found",
            "recipient not found",
            "unknown recipient",
            "unrouteable address",
            "address rejected",
            "no mailbox here",
            "mailbox unavailable",
            "invalid recipient",
            "unknown local part",
            "no such recipient",
            "recipientnotfound",
            "wasn't found at",
            "couldn't be found",
            "niet gevonden",
            "nicht gefunden",
            "unbekannt",
            "onbekend",
            "no mailbox by that name",
        ],
    ),
    (
        BounceCause::UnknownDomain,
        &[
            "host not found",
            "domain not found",
            "name or service not known",
            "nxdomain",
            "couldn't find any host",
            "no mx",
            "host or domain name not found",
        ],
    ),
    (BounceCause::Disabled, &["disabled", "account is closed", "inactive", "deactivated", "suspended"]),
    (BounceCause::TooLarge, &["too large", "size limit", "message size exceeds"]),
    (
        BounceCause::Blocked,
        &[
            "spam",
            "blocked",
            "blacklist",
            "blocklist",
            "policy",
            "reputation",
            "dmarc",
            "spf",
            "access denied",
            "not authorized",
            "denied",
        ],
    ),
    (
        BounceCause::Transport,
        &[
            "timed out",
            "timeout",
            "connection refused",
            "try again later",
            "greylist",
            "temporar",
            "retry",
            "unable to connect",
            "wasn't able to establish",
        ],
    ),
];

/// Sentences that only mail servers write, with whether they speak of a final failure.
const SERVER_TEXTS: &[(&str, bool)] = &[
    ("this message was created automatically by mail delivery software", true),
    ("this is a permanent error", true),
    ("i wasn't able to deliver your message", true),
    ("could not be delivered to one or more of its recipients", true),
    ("could not be delivered to one or more recipients", true),
    ("delivery to the following recipient failed permanently", true),
    ("delivery to the following recipients failed", true),
    ("delivery has failed to these recipients", true),
    ("your message wasn't delivered to", true),
    ("your message couldn't be delivered", true),
    ("the following message to", true),
    ("undeliverable:", true),
    ("the following addresses had permanent fatal errors", true),
    ("the following addresses had permanent delivery errors", true),
    ("unable to deliver message to the following address", true),
    ("sorry, we were unable to deliver your message", true),
    ("sorry, we have been unable to deliver your message", true),
    ("your message did not reach some or all of the intended recipients", true),
    ("this is the qmail-send program", true),
    ("this is the mail system at host", true),
    ("kan niet worden bezorgd", true),
    ("kon niet worden bezorgd", true),
    ("kon niet worden afgeleverd", true),
    ("is niet bezorgd", true),
    ("de bezorging bij deze geadresseerden", true),
    ("bezorging is mislukt", true),
    ("onbestelbaar", true),
    ("nicht zugestellt werden", true),
    ("nicht zustellbar", true),
    ("mail delivery failed", true),
    ("returned mail:", true),
    ("undelivered mail returned", true),
    ("fehler bei der nachrichtenzustellung", true),
    ("unzustellbar", true),
    ("n'a pas pu être remis", true),
    ("échec de la remise", true),
    ("non remis", true),
    ("the following addresses had transient non-fatal errors", false),
    ("has been delayed", false),
    ("has not yet been delivered", false),
    ("delivery is delayed", false),
    ("this is a warning message only", false),
    ("you do not need to resend your message", false),
];

/// A bounce without a report part. Somebody who quotes or forwards a bounce is a person, so the sender must be a
/// server's: a null envelope sender, a daemon address or the header `X-Failed-Recipients`.
pub(super) fn from_text(mail: &ParsedMail) -> Option<Bounce> {
    let failed_header = mail.header("x-failed-recipients");
    let local = mail.from.address.split('@').next().unwrap_or_default();
    let is_daemon =
        matches!(local, "mailer-daemon" | "postmaster" | "mailerdaemon" | "mail-daemon" | "mdaemon");
    if failed_header.is_none() && !is_daemon && mail.return_path.as_deref() != Some("") {
        return None;
    }
    let head: String = mail.text.chars().take(6_000).collect();
    let lower = format!("{}\n{}", mail.subject, head).to_lowercase().replace('’', "'");
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = SERVER_TEXTS.iter().filter(|(text, _)| lower.contains(text));
    let finals: Vec<bool> = said.map(|(_, is_final)| *is_final).collect();
    if failed_header.is_none() && finals.is_empty() {
        return None;
    }
    let is_delayed = !finals.is_empty() && finals.contains(&false);
    let ours = returned_in_text(&mail.text);
    let own_words = before_copy(&head);
    let recipient = failed_header
        .and_then(|h| h.split(',').next())
        .map(str::to_owned)
        .or_else(|| failed_address(own_words, mail))
        .or_else(|| ours.map(|r| r.to))
        .unwrap_or_default();
    Some(bounce(is_delayed, status_in(own_words), &recipient, &diagnostic_in(own_words)))
}

/// Marks above the copy of our mail in old-style bounces.
const COPY_MARKS: &[&str] = &[
    "--- below this line is a copy of the message",
    "this is a copy of the message",
    "this is a copy of your message",
    "the body of the message is",
    "----- original message -----",
    "----- message header follows -----",
    "--- original message follows",
    "original message headers:",
    "----- original message follows -----",
    "--- the header of the original message is following",
    "kopfzeilen der original",
    "--- originalnachricht",
    "kopie ihrer nachricht",
    "kopie van het oorspronkelijke bericht",
    "kop van het oorspronkelijke bericht",
    "headers van het oorspronkelijke bericht",
    "--- oorspronkelijk bericht",
];

fn copy_start(text: &str) -> Option<usize> {
    // ASCII lower-casing keeps byte positions.
    let lower = text.to_ascii_lowercase();
    COPY_MARKS.iter().filter_map(|mark| lower.find(mark)).min()
}

fn before_copy(text: &str) -> &str {
    copy_start(text).map_or(text, |at| &text[..at])
}

/// The headers of our mail that servers without report parts copy into the text.
pub(super) fn returned_in_text(text: &str) -> Option<Returned> {
    let copy = &text[copy_start(text)?..];
    let value = |name: &str| {
        copy.lines().take(200).find_map(|line| {
            let (key, value) = line.trim_start_matches(['>', ' ']).split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let message_id = value("message-id")?.trim_matches(['<', '>', ' ']).to_owned();
    let to = value("to").unwrap_or_default();
    let to = to.rsplit('<').next().unwrap_or_default().trim_matches(['<', '>', ' ']).to_lowercase();
    Some(Returned { message_id, to, subject: value("subject").unwrap_or_default() })
}

/// An enhanced status code (RFC 3463) in a text, preferring the first after an SMTP reply code.
fn status_in(text: &str) -> String {
    let enhanced = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find(|w| is_status(w));
    if let Some(status) = enhanced {
        return status.to_owned();
    }
    let code = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|w| {
        w.len() == 3
            && matches!(w.as_bytes()[0], b'4' | b'5')
            && w.bytes().all(|b| b.is_ascii_digit())
            && is_reply_code(w)
    });
    match code.and_then(|c| c.chars().next()) {
        Some('4') => "4.0.0".to_owned(),
        Some(_) => "5.0.0".to_owned(),
        None => String::new(),
    }
}

fn is_reply_code(word: &str) -> bool {
    matches!(
        word,
        "421"
            | "450"
            | "451"
            | "452"
            | "500"
            | "501"
            | "503"
            | "521"
            | "550"
            | "551"
            | "552"
            | "553"
            | "554"
            | "556"
    )
}

fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && matches!(parts[0], "4" | "5")
        && parts[1].len() == 1
        && parts.iter().all(|p| (1..=3).contains(&p.len()))
}

/// The first address in the server's own words that is neither the server's nor ours.
fn failed_address(text: &str, mail: &ParsedMail) -> Option<String> {
    let is_known = |a: &str| {
        a == mail.from.address || mail.recipients().any(|p| p.address == a) || a.starts_with("postmaster@")
    };
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';' | '[' | ']')
    })
    .map(|w| w.trim_matches([':', '.', '\'', '*']).to_lowercase())
    .map(|w| w.strip_prefix("mailto:").map(str::to_owned).unwrap_or(w))
    .filter(|w| crate::contact::EmailAddress::parse(w).is_ok())
    .find(|w| !is_known(w))
}

/// The line of the server that says why: with a reply code, or the one after the failed address.
fn diagnostic_in(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let coded = lines.iter().position(|l| l.split(|c: char| !c.is_ascii_alphanumeric()).any(is_reply_code));
    let addressed = || {
        lines
            .iter()
            .position(|l| l.contains('@') && (l.starts_with('<') || l.ends_with([':', '>'])))
            .map(|i| i + 1)
    };
    let Some(at) = coded.or_else(addressed) else { return String::new() };
    lines.iter().skip(at).take(3).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound::mail::Party;

    fn recipient(action: Option<DeliveryAction>, status: &str, diagnostic: &str) -> DeliveryRecipient {
        DeliveryRecipient {
            action,
            status: status.to_owned(),
            final_recipient: "Eva@Klant.Example".to_owned(),
            original_recipient: String::new(),
            diagnostic: diagnostic.to_owned(),
        }
    }

    #[test]
    fn reports_are_hard_or_soft_by_their_status() {
        use BounceCause as C;
        use DeliveryAction as A;
        for (action, status, said, severity, cause) in [
            (Some(A::Failed), "5.1.1", "550 5.1.1 user unknown", Severity::Hard, C::UnknownAddress),
            (Some(A::Failed), "5.2.2", "552 5.2.2 mailbox full", Severity::Hard, C::MailboxFull),
            (Some(A::Failed), "4.2.2", "452 4.2.2 over quota", Severity::Soft, C::MailboxFull),
            (Some(A::Failed), "4.4.7", "message expired", Severity::Soft, C::Transport),
            (Some(A::Failed), "5.7.1", "550 5.7.1 blocked by policy", Severity::Refused, C::Blocked),
            (Some(A::Failed), "5.7.1", "550 5.7.1 unknown user", Severity::Hard, C::UnknownAddress),
            (Some(A::Failed), "5.7.26", "unauthenticated mail", Severity::Refused, C::Blocked),
            (Some(A::Failed), "5.7.1", "Sender address rejected: denied", Severity::Refused, C::Blocked),
            (Some(A::Failed), "5.3.0", "", Severity::Refused, C::Other),
            (Some(A::Failed), "5.3.4", "message too big", Severity::Refused, C::TooLarge),
            (Some(A::Failed), "5.5.2", "syntax error", Severity::Refused, C::Other),
            (Some(A::Failed), "5.6.0", "", Severity::Refused, C::Other),
            (Some(A::Failed), "5.2.1", "", Severity::Hard, C::Disabled),
            (Some(A::Failed), "5.1.8", "", Severity::Refused, C::Blocked),
            (
                Some(A::Failed),
                "5.4.1",
                "Recipient address rejected: Access denied",
                Severity::Hard,
                C::UnknownAddress,
            ),
            (Some(A::Failed), "5.0.0", "no reason given", Severity::Hard, C::Other),
            (Some(A::Failed), "5.0.0", "550 no such user here", Severity::Hard, C::UnknownAddress),
            (Some(A::Failed), "5.4.4", "host not found", Severity::Hard, C::UnknownDomain),
            (Some(A::Delayed), "4.4.1", "connection timed out", Severity::Soft, C::Delayed),
            (None, "5.1.1", "", Severity::Hard, C::UnknownAddress),
            (Some(A::Failed), "", "550 5.1.1 unknown", Severity::Hard, C::UnknownAddress),
        ] {
            let found = from_report(&[recipient(action, status, said)]).unwrap();
            assert_eq!((found.severity, found.cause), (severity, cause), "{status} {said}");
            assert_eq!(found.recipient, "eva@klant.example");
        }
        assert_eq!(from_report(&[recipient(Some(A::Delivered), "2.0.0", "")]), None);
        assert_eq!(from_report(&[]), None);
    }

    #[test]
    fn a_refusal_in_the_conversation_is_hard_only_when_it_names_the_address() {
        for (reply, severity) in [
            ("550 5.1.1 <eva@klant.example>: Recipient address rejected: User unknown", Severity::Hard),
            ("550 No such user here", Severity::Hard),
            ("550 5.4.1 Recipient address rejected: Access denied", Severity::Hard),
            ("550 5.2.1 The account is disabled", Severity::Hard),
            ("552 5.2.2 over quota", Severity::Hard),
            ("550 5.7.1 Service unavailable, client host blocked using a list", Severity::Refused),
            ("554 5.7.1 <jan@kiem.example>: Sender address rejected: Access denied", Severity::Refused),
            ("550 no", Severity::Refused),
            ("554 Transaction failed", Severity::Refused),
            ("552 5.3.4 Message size exceeds fixed limit", Severity::Refused),
        ] {
            assert_eq!(of_smtp_reply(reply, "eva@klant.example").severity, severity, "{reply}");
        }
    }

    fn daemon(text: &str) -> ParsedMail {
        ParsedMail {
            from: Party::new("MAILER-DAEMON@mx.example"),
            text: text.to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn servers_without_reports_are_understood() {
        let qmail = "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\
This is a permanent error; I've given up. Sorry it didn't work out.\n\n<eva@klant.example>:\n192.0.2.7 does not like recipient.\n\
Remote host said: 550 5.1.1 <eva@klant.example>: Recipient address rejected: User unknown\nGiving up on 192.0.2.7.\n\n\
--- Below this line is a copy of the message.\n\nReturn-Path: <jan@agency.example>\nMessage-ID: <k1.abc@agency.example>\nTo: Eva <eva@klant.example>\nSubject: Offertes\n\nHoi";
        let found = from_text(&daemon(qmail)).unwrap();
        assert_eq!(
            (found.severity, found.status.as_str(), found.recipient.as_str()),
            (Severity::Hard, "5.1.1", "eva@klant.example")
        );
        let returned = returned_in_text(qmail).unwrap();
        assert_eq!(
            (returned.message_id.as_str(), returned.to.as_str()),
            ("k1.abc@agency.example", "eva@klant.example")
        );

        let exim = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n\
recipients. This is a permanent error. The following address(es) failed:\n\n  eva@klant.example\n    host mx.klant.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<eva@klant.example>:\n    550 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <k1.abc@agency.example>\nTo: eva@klant.example\n";
        let found = from_text(&daemon(exim)).unwrap();
        assert_eq!(
            (found.severity, found.recipient.as_str(), found.cause),
            (Severity::Hard, "eva@klant.example", BounceCause::UnknownAddress)
        );

        let warning = "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its recipients\n  eva@klant.example\nNo action is required on your part.";
        assert_eq!(from_text(&daemon(warning)).unwrap().severity, Severity::Soft);
    }

    #[test]
    fn a_person_who_writes_about_a_bounce_is_no_server() {
        let mut mail = daemon(
            "Ik kreeg: your message couldn't be delivered. This is a permanent error. Kun je het opnieuw sturen?",
        );
        mail.from = Party::new("eva@klant.example");
        assert_eq!(from_text(&mail), None);
        assert_eq!(from_text(&daemon("Onderhoud aan de mailserver op zaterdag.")), None);
    }
}
