//! Runs every mail of the corpus through reading, matching, verdict and stripping, and compares all that its JSON
//! expects. The format is described in `corpus/README.md`.

use jiff::Timestamp;
use kiem_adapters::mime;
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, MessageId};
use kiem_domain::inbound::machine::{Kind, Verdict, verdict_of_stripped};
use kiem_domain::inbound::matching::{Candidates, Match, SentMessage, lookup_keys, match_reply};
use kiem_domain::inbound::strip::{Stripped, strip};
use kiem_domain::inbound::{CalendarAnswer, ParsedMail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Fields that are compared after the words were read (`crates/kiem/tests/inbound_corpus.rs`), or that are for the reader.
const OTHERS: &[&str] = &["about", "language", "opt_out", "intent", "return_date"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

struct Sent {
    messages: Vec<SentMessage>,
    names: BTreeMap<MessageId, String>,
    calendar_uids: BTreeMap<String, MessageId>,
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// Our sent mails. Contacts are told apart by their address, as in the product.
fn sent() -> Sent {
    let json = std::fs::read_to_string(folder().join("sent.json")).expect("the corpus has a sent.json");
    let list: Vec<Value> = serde_json::from_str(&json).expect("sent.json is JSON");
    let mut sent = Sent { messages: Vec::new(), names: BTreeMap::new(), calendar_uids: BTreeMap::new() };
    let mut contacts: Vec<String> = Vec::new();
    for (n, mail) in list.iter().enumerate() {
        let id = MessageId(uuid::Uuid::from_u128(n as u128 + 1));
        let to = text(mail, "to").to_owned();
        let contact = contacts.iter().position(|c| *c == to).unwrap_or_else(|| {
            contacts.push(to.clone());
            contacts.len() - 1
        });
        let mut link_tickets: Vec<String> = mail["tickets"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        link_tickets.extend(mail["opt_out_ticket"].as_str().map(str::to_owned));
        sent.names.insert(id, text(mail, "id").to_owned());
        if let Some(uid) = mail["calendar_uid"].as_str() {
            sent.calendar_uids.insert(uid.to_owned(), id);
        }
        sent.messages.push(SentMessage {
            id,
            contact: ContactId(uuid::Uuid::from_u128(contact as u128 + 1)),
            header_ids: vec![text(mail, "message_id").trim_matches(['<', '>']).to_owned()],
            reply_token: text(mail, "reply_token").to_owned(),
            recipient: EmailAddress::parse(&to).expect("recipients of sent.json are addresses"),
            subject: text(mail, "subject").to_owned(),
            sent_at: text(mail, "sent_at").parse().expect("sent_at is a time"),
            company_domain: DomainName::parse(text(mail, "company_domain")).ok(),
            link_tickets,
            text: text(mail, "text").to_owned(),
        });
    }
    sent
}

/// Only what the engine would find for the keys of this mail, so that the keys are tested too.
fn candidates(mail: &ParsedMail, sent: &Sent, received_at: Timestamp) -> Candidates {
    let keys = lookup_keys(mail);
    let fits = |m: &&SentMessage| {
        let domain = m.company_domain.clone().unwrap_or_else(|| m.recipient.domain()).registrable();
        m.header_ids.iter().any(|id| keys.message_ids.contains(id))
            || keys.from_addresses.contains(&m.recipient.without_tag())
            || keys.from_domains.contains(&domain)
            || keys.reported_addresses.contains(&m.recipient)
            || keys.recipient_tokens.contains(&m.reply_token)
            || m.link_tickets.iter().any(|t| keys.link_tickets.contains(t))
    };
    let mut messages: Vec<SentMessage> = sent.messages.iter().filter(fits).cloned().collect();
    if messages.is_empty() && keys.has_quote {
        messages.clone_from(&sent.messages); // all of them are of the mailbox that received the mail
    }
    Candidates {
        messages,
        own_addresses: vec![EmailAddress::parse("jan@kiem.example").expect("our mailbox")],
        own_domains: vec![DomainName::parse("kiem.example").expect("our domain")],
        received_at,
    }
}

struct Result {
    mail: ParsedMail,
    found: Match,
    stripped: Stripped,
    verdict: Verdict,
    message: Option<MessageId>,
}

fn run(raw: &[u8], sent: &Sent) -> Result {
    let mail = mime::parse(raw, Some("mx.kiem.example")).expect("every mail of the corpus can be read");
    // The corpus has no clock: a mail comes in when it was written. Without a date it is new.
    let late = "2026-11-30T12:00:00Z".parse().expect("a time");
    let found = match_reply(&mail, &candidates(&mail, sent, mail.date.unwrap_or(late)));
    let calendar_message = mail.calendar.as_ref().and_then(|c| sent.calendar_uids.get(&c.uid)).copied();
    let message = found.message.or(calendar_message);
    let ours = sent.messages.iter().find(|m| Some(m.id) == message);
    let stripped = strip(found.text_of(&mail), ours.map(|m| m.text.as_str()));
    let matched = found.is_sure();
    let verdict = verdict_of_stripped(&mail, &stripped, ours.map(|m| m.subject.as_str()), matched);
    Result { mail, found, stripped, verdict, message }
}

fn verdict_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Human => "human",
        Kind::Bounce(_) => "bounce",
        Kind::Complaint { .. } => "complaint",
        Kind::ReadReceipt => "read_receipt",
        Kind::CalendarReply(_) => "calendar_reply",
        Kind::OutOfOffice => "out_of_office",
        // The corpus has no verdict of its own for it: an automatic text, with the intent `left_company`.
        Kind::LeftCompany | Kind::Auto => "auto",
        Kind::Challenge => "challenge",
    }
}

fn flat(text: &str) -> String {
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn calendar_field(answer: &CalendarAnswer, name: &str) -> Option<String> {
    match name {
        "method" => Some(answer.method.as_str().to_owned()),
        "partstat" => answer.participation.map(|p| p.as_str().replace('_', "-")),
        "uid" => Some(answer.uid.clone()),
        "attendee" => Some(answer.attendee.clone()),
        _ => None,
    }
}

/// What a field is, next to what it should be; `None` when the field is not ours to answer.
fn compare(name: &str, expected: &Value, result: &Result, sent: &Sent) -> Option<String> {
    let wanted = expected.as_str().unwrap_or_default();
    let say =
        |is_ok: bool, actual: &str| (!is_ok).then(|| format!("{name}: wanted {expected}, got {actual:?}"));
    let body = flat(&result.stripped.text);
    let pieces = || expected.as_array().into_iter().flatten().filter_map(Value::as_str).map(flat);
    match name {
        "verdict" => {
            let actual = verdict_name(&result.verdict.kind);
            say(
                actual == wanted,
                &format!("{actual} by {} ({})", result.verdict.reason, result.verdict.detail),
            )
        }
        "match" => {
            let actual = result.found.level.as_str().to_uppercase();
            say(actual == wanted, &format!("{actual} ({})", result.found.evidence))
        }
        "sent" => {
            let actual =
                result.message.and_then(|id| sent.names.get(&id)).map_or(Value::Null, |n| n.as_str().into());
            say(actual == *expected, &actual.to_string())
        }
        "from" => say(result.found.writer.address == wanted, &result.found.writer.address),
        "stripped" => say(body == flat(wanted), &body),
        "stripped_contains" => say(pieces().all(|p| body.contains(&p)), &body),
        "stripped_lacks" => say(pieces().all(|p| !body.contains(&p)), &body),
        "dmarc" => say(result.mail.dmarc.as_str() == wanted, result.mail.dmarc.as_str()),
        "bounce" => compare_bounce(expected, result),
        "calendar" => compare_calendar(expected, result),
        other if OTHERS.contains(&other) => None,
        other => Some(format!("unknown field {other}")),
    }
}

fn compare_bounce(expected: &Value, result: &Result) -> Option<String> {
    let Kind::Bounce(bounce) = &result.verdict.kind else {
        return (!expected.is_null()).then(|| "no bounce".to_owned());
    };
    if expected.is_null() {
        return Some("a bounce".to_owned());
    }
    let mut wrong = Vec::new();
    for (name, value) in expected.as_object().into_iter().flatten() {
        let actual = match name.as_str() {
            "hard" => Value::Bool(bounce.severity.as_str() == "hard"),
            "status" if bounce.status.is_empty() => Value::Null,
            "status" => bounce.status.as_str().into(),
            "recipient" if bounce.recipient.is_empty() => Value::Null,
            "recipient" => bounce.recipient.as_str().into(),
            _ => "unknown field".into(),
        };
        if actual != *value {
            wrong.push(format!("bounce.{name}: wanted {value}, got {actual}"));
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

fn compare_calendar(expected: &Value, result: &Result) -> Option<String> {
    let Some(answer) = &result.mail.calendar else {
        return (!expected.is_null()).then(|| "no calendar part".to_owned());
    };
    let mut wrong = Vec::new();
    for (name, value) in expected.as_object().into_iter().flatten() {
        let actual = calendar_field(answer, name);
        let wanted = value.as_str().map(str::to_owned);
        let is_equal = match (&actual, &wanted) {
            (Some(a), Some(w)) => a.eq_ignore_ascii_case(w),
            (a, w) => a.is_none() && w.is_none(),
        };
        if !is_equal {
            wrong.push(format!("calendar.{name}: wanted {value}, got {actual:?}"));
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

#[test]
fn every_mail_of_the_corpus_is_understood() {
    let sent = sent();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the corpus folder is there")
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    files.sort();
    assert!(files.len() >= 120, "the corpus has {} mails", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let raw = std::fs::read(path).expect("a mail of the corpus");
        let json = std::fs::read_to_string(path.with_extension("json")).expect("every mail has its JSON");
        let expected: Value = serde_json::from_str(&json).expect("the expectation is JSON");
        let result = run(&raw, &sent);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (field, value) in expected.as_object().expect("the expectation is an object") {
            wrong.extend(compare(field, value, &result, &sent).map(|w| format!("{name}: {w}")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} mails checked went wrong:\n{}",
        wrong.len(),
        files.len(),
        wrong.join("\n")
    );
}

/// Cut off anywhere, with any byte changed: whatever happens to a mail on its way, reading it does no harm.
#[test]
fn damaged_mails_are_read_or_refused_but_never_panic() {
    let sent = sent();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        // A fixed sequence (xorshift), so that a failure comes back.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap_or(0)
    };
    for entry in std::fs::read_dir(folder()).expect("the corpus folder is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "eml") {
            continue;
        }
        let raw = std::fs::read(&path).expect("a mail of the corpus");
        for _ in 0..6 {
            let mut damaged = raw[..random(raw.len())].to_vec();
            for _ in 0..4 {
                let (at, byte) = (random(damaged.len()), random(256));
                if let (Some(slot), Ok(byte)) = (damaged.get_mut(at), u8::try_from(byte)) {
                    *slot = byte;
                }
            }
            if mime::parse(&damaged, None).is_ok() {
                let result = run(&damaged, &sent);
                assert!(result.stripped.text.len() <= damaged.len() * 4, "{}", path.display());
            }
        }
    }
}
