//! What to look up in our records for a received mail, and who really wrote it.

use super::TOKEN_CHARS_MIN;
use crate::company::DomainName;
use crate::contact::EmailAddress;
use crate::inbound::machine::{bounce_in_text, returned_mail};
use crate::inbound::mail::{ParsedMail, Report};
use crate::inbound::strip::strip;

/// As many keys of one kind as are looked up.
const KEYS_MAX: usize = 100;

/// What to look up for a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupKeys {
    /// Message-IDs it answers or gives back, newest first.
    pub message_ids: Vec<String>,
    /// Who wrote it, without plus tag; the embedded writer of a forward too.
    pub from_addresses: Vec<EmailAddress>,
    /// The registrable domains of those, without free-mail domains.
    pub from_domains: Vec<DomainName>,
    /// Recipients that a delivery report, complaint or receipt speaks of.
    pub reported_addresses: Vec<EmailAddress>,
    /// Tokens in the addresses it arrived at (`user+k.<token>@`); the caller verifies them.
    pub recipient_tokens: Vec<String>,
    /// Parts of links that may be tickets of ours.
    pub link_tickets: Vec<String>,
    /// Whether the mail quotes something: when the keys find no message, only the words of the quote can tell, and the
    /// newest messages of the receiving mailbox (say 2,000) are worth comparing.
    pub has_quote: bool,
}

/// What to look up in our records before [`match_reply`] can decide.
pub fn lookup_keys(mail: &ParsedMail) -> LookupKeys {
    let mut message_ids: Vec<String> = reported_ids(mail);
    message_ids.extend(mail.answered_ids().into_iter().map(str::to_owned));
    message_ids.extend(mail.message_id.clone());
    if let Some(inner) = &mail.forwarded {
        message_ids.extend(inner.answers.iter().cloned());
        message_ids.extend(Some(inner.message_id.clone()).filter(|id| !id.is_empty()));
    }
    message_ids.extend(ids_in_text(&mail.text));
    let mut from_addresses = writers(mail);
    from_addresses.extend(mail.forwarded.as_ref().and_then(|f| f.from.email()).map(|a| a.without_tag()));
    let mut from_domains: Vec<DomainName> = from_addresses
        .iter()
        .map(|a| a.domain())
        .filter(|d| !d.is_free_mail())
        .map(|d| d.registrable())
        .collect();
    let mut tokens: Vec<String> = mail.recipients().filter_map(|p| recipient_token(&p.address)).collect();
    let mut tickets = link_tickets(mail);
    dedup(&mut message_ids);
    dedup(&mut from_addresses);
    dedup(&mut from_domains);
    dedup(&mut tokens);
    dedup(&mut tickets);
    LookupKeys {
        message_ids,
        from_addresses,
        from_domains,
        reported_addresses: reported_addresses(mail),
        recipient_tokens: tokens,
        link_tickets: tickets,
        has_quote: !strip(&mail.text, None).quoted.is_empty() || mail.forwarded.is_some(),
    }
}

fn dedup<T: PartialEq + Clone>(list: &mut Vec<T>) {
    let mut seen: Vec<T> = Vec::new();
    for item in list.drain(..) {
        if seen.len() < KEYS_MAX && !seen.contains(&item) {
            seen.push(item);
        }
    }
    *list = seen;
}

/// Whether a list or a Google group put its own address into From.
pub(super) fn is_rewritten(mail: &ParsedMail) -> bool {
    mail.x_original_from.is_some()
        || mail.header("list-id").is_some()
        || mail.from.name.to_lowercase().contains(" via ")
}

/// Who may have written the mail: From, or the writer a list or Google group put elsewhere.
pub(super) fn writers(mail: &ParsedMail) -> Vec<EmailAddress> {
    let is_rewritten = is_rewritten(mail);
    let behind = mail.x_original_from.iter();
    let answers_to = mail.reply_to.iter().filter(|_| is_rewritten);
    let mut found: Vec<EmailAddress> = behind
        .chain([&mail.from])
        .chain(answers_to)
        .filter_map(|p| p.email())
        .map(|a| a.without_tag())
        .collect();
    dedup(&mut found);
    found
}

/// The token of `user+k.<token>@` (answers) or `user+b.<token>@` (bounces). Addresses lose their case on the way, so
/// tokens in addresses are written in lower case only.
pub(super) fn recipient_token(address: &str) -> Option<String> {
    let (local, _) = address.split_once('@')?;
    let (_, tag) = local.split_once('+')?;
    let token = tag.strip_prefix("k.").or_else(|| tag.strip_prefix("b."))?;
    (token.len() >= TOKEN_CHARS_MIN
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
    .then(|| token.to_owned())
}

pub(super) fn reported_ids(mail: &ParsedMail) -> Vec<String> {
    let mut ids: Vec<String> = returned_mail(mail).map(|r| r.message_id).into_iter().collect();
    if let Some(Report::Disposition { original_message_id, .. }) = &mail.report {
        ids.push(original_message_id.clone());
    }
    ids.retain(|id| !id.is_empty());
    ids
}

pub(super) fn reported_addresses(mail: &ParsedMail) -> Vec<EmailAddress> {
    let mut texts: Vec<String> = Vec::new();
    match &mail.report {
        Some(Report::Delivery { recipients }) => {
            for r in recipients {
                texts.push(r.original_recipient.clone());
                texts.push(r.final_recipient.clone());
            }
        }
        Some(Report::Feedback { original_recipient, .. }) => texts.push(original_recipient.clone()),
        Some(Report::Disposition { final_recipient, .. }) => texts.push(final_recipient.clone()),
        None => {}
    }
    texts.extend(returned_mail(mail).map(|r| r.to));
    texts.extend(bounce_in_text(mail).map(|b| b.recipient));
    let mut found: Vec<EmailAddress> =
        texts.iter().filter_map(|t| EmailAddress::parse(t).ok()).map(|a| a.without_tag()).collect();
    dedup(&mut found);
    found
}

/// Message-IDs that a copy of our headers in the text names.
fn ids_in_text(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().take(2_000).filter_map(|line| {
        let (name, value) = line.trim_start_matches(['>', ' ']).split_once(':')?;
        let id = value.trim().trim_matches(['<', '>']);
        (name.trim().eq_ignore_ascii_case("message-id") && id.contains('@')).then(|| id.to_owned())
    })
}

/// Words inside links that are long and mixed enough to be tickets. Gateways wrap links into their own, percent-encoded,
/// so a link is decoded before it is cut.
fn link_tickets(mail: &ParsedMail) -> Vec<String> {
    let inner = mail.forwarded.as_ref().map_or("", |f| f.text.as_str());
    let in_text = mail
        .text
        .split(char::is_whitespace)
        .chain(inner.split(char::is_whitespace))
        .flat_map(|w| {
            w.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']'))
        })
        .filter(|w| w.contains("://"));
    let mut found = Vec::new();
    for link in mail.links.iter().map(String::as_str).chain(in_text).take(1_000) {
        let path = percent_decoded(link);
        for word in path.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
            if found.len() >= KEYS_MAX {
                return found;
            }
            let mixed = word.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
            if (TOKEN_CHARS_MIN..=200).contains(&word.len()) && mixed && !found.iter().any(|f| f == word) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex =
            text.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}
