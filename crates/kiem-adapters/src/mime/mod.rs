//! Mail as bytes: reading what others sent ([`parse`]) and freezing what we send ([`build()`]).
//!
//! Everything received is hostile. [`parse`] has a limit for every dimension (see [`Unreadable`]), never panics, and
//! answers plain facts; it decides nothing. It takes up to some hundred milliseconds of processor time on the largest
//! mail, so callers run it off the async threads.

mod build;
mod decode;
mod head;
mod html;
mod report;
mod select;
mod tree;

pub use build::{BuildError, build, html_of_text};
pub use html::{HtmlText, html_to_text};
pub use tree::{DEPTH_MAX, HEADER_BYTES_MAX, MAIL_BYTES_MAX, PARTS_MAX};

use head::{Head, bare_address};
use kiem_domain::inbound::{Dmarc, Forwarded, ParsedMail, Party, Returned, TextSource, Unreadable, forward};
use mail_parser::HeaderName;
use select::gather;
use tree::Entity;

/// Header facts longer than this say nothing more.
const FACT_CHARS_MAX: usize = 500;
/// So many header facts are kept.
const FACTS_MAX: usize = 100;
/// So much text is kept; a person does not write more.
const TEXT_BYTES_MAX: usize = 512 * 1024;

/// Reads a received mail. `authserv_id` is the name under which our receiving server writes its
/// `Authentication-Results`; without it the topmost such header is taken.
///
/// # Errors
/// When the bytes are no mail or break a limit; the error says which.
pub fn parse(raw: &[u8], authserv_id: Option<&str>) -> Result<ParsedMail, Unreadable> {
    let entity = tree::read(raw)?;
    let head = &entity.head;
    let mut gathered = gather(&entity);
    let body = std::mem::take(&mut gathered.body);
    let message_id = head.ids(HeaderName::MessageId).into_iter().next();
    let from = head.parties(HeaderName::From).into_iter().next().unwrap_or_default();
    let return_path = head.value("return-path").map(bare_address);
    let is_daemon = return_path.as_deref() == Some("") || from.address.starts_with("mailer-daemon");
    let attached = gathered.attached.take();
    let is_report = gathered.report.is_some() || is_daemon;
    let subject = head.subject();
    let mut mail = ParsedMail {
        external_key: message_id.clone().unwrap_or_else(|| digest(raw)),
        message_id,
        in_reply_to: head.ids(HeaderName::InReplyTo),
        references: head.ids(HeaderName::References),
        from,
        reply_to: head.parties(HeaderName::ReplyTo),
        x_original_from: head.plain_parties(&["x-original-from", "x-original-sender"]).into_iter().next(),
        to: head.parties(HeaderName::To),
        cc: head.parties(HeaderName::Cc),
        delivered_to: head.plain_parties(&[
            "delivered-to",
            "x-original-to",
            "x-forwarded-to",
            "x-delivered-to",
            "envelope-to",
            "x-envelope-to",
        ]),
        return_path,
        subject,
        date: head.date(),
        headers: facts(head),
        dmarc: dmarc(head, authserv_id),
        text: bounded(body.text, TEXT_BYTES_MAX),
        text_source: body.source,
        html_signature: body.signature,
        links: body.links,
        report: gathered.report,
        returned: attached.as_ref().filter(|_| is_report).map(|a| a.returned.clone()),
        calendar: gathered.calendar,
        forwarded: attached.filter(|_| !is_report).map(|a| a.forwarded),
        attachments: gathered.attachments,
        size_bytes: raw.len() as u64,
    };
    if mail.text.trim().is_empty() {
        mail.text_source = TextSource::Empty;
    }
    if mail.forwarded.is_none() && !is_report {
        mail.forwarded = forward::find(&mail.text, &mail.subject);
    }
    Ok(mail)
}

/// An attached mail, as what it is good for: a forward, or the mail that a report gives back.
struct Attached {
    forwarded: Forwarded,
    returned: Returned,
}

impl Attached {
    /// From an attached mail with its parts.
    fn of_entity(entity: &Entity<'_>) -> Self {
        let text = gather(entity).body.text;
        Self::of_head(&entity.head, bounded(text, TEXT_BYTES_MAX))
    }

    /// From headers alone (`text/rfc822-headers`).
    fn of_head(head: &Head, text: String) -> Self {
        let message_id = head.ids(HeaderName::MessageId).into_iter().next().unwrap_or_default();
        let mut answers = head.ids(HeaderName::InReplyTo);
        answers.extend(head.ids(HeaderName::References).into_iter().rev());
        let first = |name| head.parties(name).into_iter().next().unwrap_or_default();
        let to: Party = first(HeaderName::To);
        Self {
            returned: Returned { message_id: message_id.clone(), to: to.address, subject: head.subject() },
            forwarded: Forwarded {
                from: first(HeaderName::From),
                subject: head.subject(),
                date: head.date(),
                message_id,
                answers,
                text,
            },
        }
    }
}

/// The key of a mail without a Message-ID: equal bytes, equal key.
fn digest(raw: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, raw);
    let hex: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256:{hex}")
}

fn bounded(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let mut end = bytes_max;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

/// The headers that tell machines from people, lists from senders.
fn facts(head: &Head) -> Vec<(String, String)> {
    const NAMES: &[&str] = &[
        "precedence",
        "x-ms-exchange-inbox-rules-loop",
        "x-failed-recipients",
        "x-loop",
        "list-id",
        "list-unsubscribe",
        "x-mailer",
        "user-agent",
        "feedback-id",
    ];
    let tells = |name: &str| {
        NAMES.contains(&name)
            || name.contains("auto")
            || name.contains("holidayreply")
            || name.contains("machinegenerated")
    };
    head.fields
        .iter()
        .filter(|(name, _)| tells(name))
        .take(FACTS_MAX)
        .map(|(name, value)| (name.clone(), value.chars().take(FACT_CHARS_MAX).collect()))
        .collect()
}

/// What our receiving server says about DMARC: the topmost `Authentication-Results` under its name. Anything below may
/// have been written by the sender.
fn dmarc(head: &Head, authserv_id: Option<&str>) -> Dmarc {
    let ours = |value: &str| {
        let name = value.split([';', ' ', '\t']).next().unwrap_or_default();
        authserv_id.is_none_or(|wanted| name.eq_ignore_ascii_case(wanted))
    };
    let results = head.fields.iter().find(|(name, value)| name == "authentication-results" && ours(value));
    let Some((_, value)) = results else { return Dmarc::None };
    for part in result_parts(value) {
        let Some((method, result)) = part.split_once('=') else { continue };
        if method.trim().eq_ignore_ascii_case("dmarc") {
            let word: String = result.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
            return match word.to_ascii_lowercase().as_str() {
                "pass" | "bestguesspass" => Dmarc::Pass,
                "fail" => Dmarc::Fail,
                _ => Dmarc::None,
            };
        }
    }
    Dmarc::None
}

/// The results between semicolons, without comments and quoted strings, in which a sender could hide one.
fn result_parts(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut comment, mut quoted, mut escaped) = (0_usize, false, false);
    for c in value.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' if quoted || comment > 0 => escaped = true,
            '"' if comment == 0 => quoted = !quoted,
            '(' if !quoted => comment += 1,
            ')' if !quoted => comment = comment.saturating_sub(1),
            ';' if !quoted && comment == 0 => parts.push(String::new()),
            _ if quoted || comment > 0 => {}
            c => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests;
