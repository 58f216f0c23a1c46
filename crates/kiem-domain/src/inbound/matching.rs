//! To which message of ours does a received mail belong? Levels M1 to M7, the surest first.
//!
//! Two steps, because rules hold no data: [`lookup_keys`] says what to look up, [`match_reply`] decides on what was
//! found. Ids that the caller did not find in its own records cannot match, so a forged In-Reply-To matches nothing.

use super::machine::{bounce_in_text, returned_mail};
use super::mail::{Dmarc, ParsedMail, Party, Report};
use super::outcome::Outcome;
use super::strip::strip;
use super::subject::{base_subject, same_subject};
use super::tokens::{Token, tokens};
use crate::company::DomainName;
use crate::contact::EmailAddress;
use crate::id::{ContactId, MessageId};
use jiff::{SignedDuration, Timestamp};

/// An address alone proves a connection for this long after our last message.
pub const ADDRESS_WINDOW_DAYS: i64 = 60;
/// So many sentences of ours in a quote are no coincidence.
const SENTENCES_MIN: usize = 3;
/// A sentence with fewer words than this says nothing.
const SENTENCE_WORDS_MIN: usize = 4;
/// So many words of a mail are searched for sentences of ours.
const QUOTE_WORDS_MAX: usize = 5_000;
/// As many keys of one kind as are looked up.
const KEYS_MAX: usize = 100;
/// Link tickets and id tokens are at least this long; shorter words occur by chance.
const TOKEN_CHARS_MIN: usize = 12;

text_enum! {
    /// How sure the connection is, the surest first.
    pub enum MatchLevel {
        /// Exact: the recipient address carries our token.
        RecipientToken = "m1",
        /// Exact: it answers an id of ours.
        MessageIds = "m2",
        /// Strong: it comes from the address we mailed at most 60 days ago.
        Address = "m3",
        /// Strong: it quotes us, from another address: a colleague, or a forward.
        Quote = "m4",
        /// Likely: same company, same subject. A person has to look.
        CompanySubject = "m5",
        /// Strong: one of us passed on what the lead wrote.
        EmployeeForward = "m6",
        /// Nothing fits.
        Unmatched = "m7",
    }
}

/// A message of ours that might be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Our id.
    pub id: MessageId,
    /// The person it was sent to.
    pub contact: ContactId,
    /// Its Message-ID and the one the provider put in its place, without angle brackets.
    pub header_ids: Vec<String>,
    /// The verified token of its reply and bounce addresses (`user+k.<token>@`); empty when the mailbox has none.
    pub reply_token: String,
    /// Where it went.
    pub recipient: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// When the server took it.
    pub sent_at: Timestamp,
    /// The domain of the contact's company.
    pub company_domain: Option<DomainName>,
    /// The tickets of its tracked links.
    pub link_tickets: Vec<String>,
    /// Its text, exactly as sent.
    pub text: String,
}

/// What the caller found for the [`LookupKeys`] of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Messages of this workspace, in any order.
    pub messages: Vec<SentMessage>,
    /// The addresses of our mailboxes.
    pub own_addresses: Vec<EmailAddress>,
    /// The domains of our own people; free-mail domains in it are ignored.
    pub own_domains: Vec<DomainName>,
    /// When the mail arrived (not what its Date header says).
    pub received_at: Timestamp,
}

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

/// How a mail belongs to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// How sure.
    pub level: MatchLevel,
    /// The message that is answered; at level M3 the newest one to that address.
    pub message: Option<MessageId>,
    /// The person whom that message was sent to.
    pub contact: Option<ContactId>,
    /// Who really wrote: the embedded writer of a forward, the writer behind a list.
    pub writer: Party,
    /// Whether the writer is the person we had mailed; if not, a colleague answers.
    pub is_same_person: bool,
    /// What was seen, for the page: "In-Reply-To", "link ticket", "3 sentences of ours".
    pub evidence: String,
    /// Whether several contacts fit equally well.
    pub ambiguous: bool,
    /// Whether it is our own mail or a loop; then nothing else counts.
    pub is_own_mail: bool,
    /// Whether the sender's domain disowns the mail: then it must never promote on its own.
    pub is_spoof_suspected: bool,
}

impl Match {
    fn unmatched(mail: &ParsedMail) -> Self {
        Self {
            level: MatchLevel::Unmatched,
            message: None,
            contact: None,
            writer: mail.x_original_from.clone().unwrap_or_else(|| mail.from.clone()),
            is_same_person: false,
            evidence: String::new(),
            ambiguous: false,
            is_own_mail: false,
            is_spoof_suspected: mail.dmarc == Dmarc::Fail,
        }
    }

    /// Whether it belongs to a message of ours by a level that needs no look (M1 to M4 and M6).
    pub fn is_sure(&self) -> bool {
        !self.ambiguous && !matches!(self.level, MatchLevel::CompanySubject | MatchLevel::Unmatched)
    }

    /// The exit that matching alone decides, if it does.
    pub fn exit(&self) -> Option<Outcome> {
        if self.is_own_mail {
            Some(Outcome::OwnMail)
        } else if self.level == MatchLevel::Unmatched {
            Some(Outcome::NoMatch)
        } else if self.ambiguous || self.level == MatchLevel::CompanySubject {
            Some(Outcome::Ambiguous)
        } else if self.is_spoof_suspected {
            Some(Outcome::SpoofSuspected)
        } else {
            None
        }
    }
}

/// The part of a mail that the ladder looks at: the mail itself, or the one it passes on.
struct Letter<'m> {
    writers: Vec<EmailAddress>,
    ids: Vec<String>,
    subject: &'m str,
    /// Its text and that of a mail inside it.
    texts: Vec<&'m str>,
    links: &'m [String],
    /// The id of a mail inside it.
    inner_id: &'m str,
}

/// Finds the message that a mail belongs to.
pub fn match_reply(mail: &ParsedMail, candidates: &Candidates) -> Match {
    let mut found = Match::unmatched(mail);
    if mail.report.is_some() || returned_mail(mail).is_some() || bounce_in_text(mail).is_some() {
        return match_report(mail, candidates, found);
    }
    let own_id = mail
        .message_id
        .as_ref()
        .is_some_and(|id| candidates.messages.iter().any(|m| m.header_ids.contains(id)));
    if own_id || (is_ours(&mail.from, candidates) && !has_outside_writer(mail, candidates)) {
        return match_own(mail, candidates, found, own_id);
    }
    if let Some((message, token)) = by_token(mail, candidates) {
        return found.with(
            MatchLevel::RecipientToken,
            message,
            &writers(mail),
            format!("address token {token}"),
        );
    }
    let letter = Letter {
        writers: writers(mail),
        ids: mail.answered_ids().into_iter().map(str::to_owned).collect(),
        subject: &mail.subject,
        texts: [Some(mail.text.as_str()), mail.forwarded.as_ref().map(|f| f.text.as_str())]
            .into_iter()
            .flatten()
            .collect(),
        links: &mail.links,
        inner_id: mail.forwarded.as_ref().map_or("", |f| f.message_id.as_str()),
    };
    ladder(&letter, candidates, &mut found);
    found
}

impl Match {
    fn with(
        mut self,
        level: MatchLevel,
        message: &SentMessage,
        writers: &[EmailAddress],
        evidence: impl Into<String>,
    ) -> Self {
        self.level = level;
        self.message = Some(message.id);
        self.contact = Some(message.contact);
        self.is_same_person = writers.contains(&message.recipient.without_tag());
        self.evidence = evidence.into();
        self
    }
}

/// M2 to M5.
fn ladder(letter: &Letter<'_>, candidates: &Candidates, found: &mut Match) {
    let hit = by_ids(&letter.ids, candidates)
        .map(|m| (MatchLevel::MessageIds, m, "answers our id".to_owned(), false))
        .or_else(|| {
            by_address(letter, candidates)
                .map(|(m, several)| (MatchLevel::Address, m, "address".to_owned(), several))
        })
        .or_else(|| {
            by_quote(letter, candidates).map(|(m, what, several)| (MatchLevel::Quote, m, what, several))
        })
        .or_else(|| {
            by_company(letter, candidates).map(|(m, several)| {
                (MatchLevel::CompanySubject, m, "company and subject".to_owned(), several)
            })
        });
    if let Some((level, message, evidence, several)) = hit {
        *found = found.clone().with(level, message, &letter.writers, evidence);
        found.ambiguous = several;
    }
}

/// Our own mail, unless one of us passes on what a lead wrote (M6).
fn match_own(mail: &ParsedMail, candidates: &Candidates, mut found: Match, own_id: bool) -> Match {
    let inner = mail.forwarded.as_ref().filter(|f| !own_id && !is_ours(&f.from, candidates));
    let Some(inner) = inner else {
        found.is_own_mail = true;
        return found;
    };
    found.writer = inner.from.clone();
    let letter = Letter {
        writers: inner.from.email().map(|a| a.without_tag()).into_iter().collect(),
        ids: inner.answers.clone(),
        subject: &inner.subject,
        texts: vec![&inner.text],
        links: &mail.links,
        inner_id: "",
    };
    // The forward may be late; what counts is when the lead wrote.
    let written_at = inner.date.unwrap_or(candidates.received_at).min(candidates.received_at);
    let then = Candidates { received_at: written_at, ..candidates.clone() };
    ladder(&letter, &then, &mut found);
    if !matches!(found.level, MatchLevel::Unmatched | MatchLevel::CompanySubject) {
        found.evidence = format!("forwarded by one of us; {}", found.evidence);
        found.level = MatchLevel::EmployeeForward;
    }
    found
}

/// A report belongs to the mail it gives back, else to the newest one to the recipient it names.
fn match_report(mail: &ParsedMail, candidates: &Candidates, found: Match) -> Match {
    if let Some((message, token)) = by_token(mail, candidates) {
        return found.with(MatchLevel::RecipientToken, message, &[], format!("address token {token}"));
    }
    let mut ids = reported_ids(mail);
    ids.extend(mail.answered_ids().into_iter().map(str::to_owned));
    if let Some(message) = by_ids(&ids, candidates) {
        return found.with(MatchLevel::MessageIds, message, &[], "returned id");
    }
    let addresses = reported_addresses(mail);
    let newest = newest_to(&addresses, candidates, None);
    match newest {
        Some((message, several)) => {
            let mut found = found.with(MatchLevel::Address, message, &[], "reported recipient");
            found.ambiguous = several;
            found
        }
        None => found,
    }
}

fn is_ours(from: &Party, candidates: &Candidates) -> bool {
    let Some(address) = from.email() else { return false };
    let plain = address.without_tag();
    let domain = plain.domain();
    candidates.own_addresses.iter().any(|own| own.without_tag() == plain)
        || candidates.own_domains.iter().any(|own| !own.is_free_mail() && *own == domain)
}

/// Whether our own group address only passed on what somebody outside wrote.
fn has_outside_writer(mail: &ParsedMail, candidates: &Candidates) -> bool {
    is_rewritten(mail)
        && mail
            .x_original_from
            .iter()
            .chain(&mail.reply_to)
            .any(|p| p.email().is_some() && !is_ours(p, candidates))
}

/// Whether a list or a Google group put its own address into From.
fn is_rewritten(mail: &ParsedMail) -> bool {
    mail.x_original_from.is_some()
        || mail.header("list-id").is_some()
        || mail.from.name.to_lowercase().contains(" via ")
}

/// Who may have written the mail: From, or the writer a list or Google group put elsewhere.
fn writers(mail: &ParsedMail) -> Vec<EmailAddress> {
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

fn by_token<'c>(mail: &ParsedMail, candidates: &'c Candidates) -> Option<(&'c SentMessage, String)> {
    mail.recipients().filter_map(|p| recipient_token(&p.address)).find_map(|token| {
        let hit = candidates
            .messages
            .iter()
            .find(|m| !m.reply_token.is_empty() && m.reply_token.eq_ignore_ascii_case(&token));
        hit.map(|m| (m, token))
    })
}

/// The token of `user+k.<token>@` (answers) or `user+b.<token>@` (bounces). Addresses lose their case on the way, so
/// tokens in addresses are written in lower case only.
fn recipient_token(address: &str) -> Option<String> {
    let (local, _) = address.split_once('@')?;
    let (_, tag) = local.split_once('+')?;
    let token = tag.strip_prefix("k.").or_else(|| tag.strip_prefix("b."))?;
    (token.len() >= TOKEN_CHARS_MIN
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
    .then(|| token.to_owned())
}

fn by_ids<'c>(ids: &[String], candidates: &'c Candidates) -> Option<&'c SentMessage> {
    ids.iter().find_map(|id| candidates.messages.iter().find(|m| m.header_ids.contains(id)))
}

fn by_address<'c>(letter: &Letter<'_>, candidates: &'c Candidates) -> Option<(&'c SentMessage, bool)> {
    newest_to(&letter.writers, candidates, Some(letter.subject))
}

/// The newest message to one of these addresses within the window, one with the same subject first; and whether
/// several contacts share the address.
fn newest_to<'c>(
    addresses: &[EmailAddress],
    candidates: &'c Candidates,
    subject: Option<&str>,
) -> Option<(&'c SentMessage, bool)> {
    let window = SignedDuration::from_hours(24 * ADDRESS_WINDOW_DAYS);
    let fits = |m: &&SentMessage| {
        addresses.contains(&m.recipient.without_tag())
            && m.sent_at <= candidates.received_at
            && candidates.received_at.duration_since(m.sent_at) <= window
    };
    let fitting: Vec<&SentMessage> = candidates.messages.iter().filter(fits).collect();
    let same = |m: &SentMessage| subject.is_some_and(|s| same_subject(s, &m.subject));
    let best = fitting.iter().copied().max_by_key(|m| (same(m), m.sent_at, m.id))?;
    // With the same subject as only one of them, an address that two contacts share is no riddle.
    let several = fitting.iter().any(|m| m.contact != best.contact && same(m) == same(best));
    Some((best, several))
}

/// M4: the quote holds a ticket or id of ours, or three sentences that we sent.
fn by_quote<'c>(letter: &Letter<'_>, candidates: &'c Candidates) -> Option<(&'c SentMessage, String, bool)> {
    let exact = candidates.messages.iter().find_map(|m| {
        let holds = |needle: &str| {
            letter.texts.iter().any(|t| t.contains(needle)) || letter.links.iter().any(|l| l.contains(needle))
        };
        let ticket = m.link_tickets.iter().any(|t| t.len() >= TOKEN_CHARS_MIN && holds(t));
        let id = m.header_ids.iter().any(|i| {
            i == letter.inner_id
                || i.split('@').next().is_some_and(|l| l.len() >= TOKEN_CHARS_MIN && holds(l))
        });
        (ticket || id).then(|| (m, if ticket { "link ticket" } else { "id in the quote" }.to_owned(), false))
    });
    exact.or_else(|| {
        let mut body: Vec<Token> = letter.texts.iter().flat_map(|t| tokens(t)).collect();
        body.truncate(QUOTE_WORDS_MAX);
        let scored = candidates.messages.iter().map(|m| (quoted_sentences(&m.text, &body), m));
        let mut scored: Vec<(Sentences, &SentMessage)> = scored.filter(|(s, _)| s.is_enough()).collect();
        scored.sort_by_key(|(s, m)| (s.n_found, m.sent_at, m.id));
        let (best, message) = scored.pop()?;
        let several = scored.iter().any(|(s, m)| s.n_found == best.n_found && m.contact != message.contact);
        Some((message, format!("{} sentences of ours", best.n_found), several))
    })
}

#[derive(Debug, Clone, Copy)]
struct Sentences {
    n_found: usize,
    n_all: usize,
    n_words_found: usize,
}

impl Sentences {
    /// Three sentences, or all of a short message with enough words to be no coincidence.
    fn is_enough(self) -> bool {
        self.n_found >= SENTENCES_MIN || (self.n_found == self.n_all && self.n_words_found >= 12)
    }
}

/// How many sentences of `sent` stand word for word in `body`.
fn quoted_sentences(sent: &str, body: &[Token]) -> Sentences {
    let mut count = Sentences { n_found: 0, n_all: 0, n_words_found: 0 };
    for sentence in sent.split(['\n', '.', '?', '!']) {
        let words = tokens(sentence);
        if words.len() < SENTENCE_WORDS_MIN {
            continue;
        }
        count.n_all += 1;
        if body.windows(words.len()).any(|w| w.iter().zip(&words).all(|(a, b)| a.word == b.word)) {
            count.n_found += 1;
            count.n_words_found += words.len();
        }
    }
    count
}

/// M5: the same company by domain, the same subject.
fn by_company<'c>(letter: &Letter<'_>, candidates: &'c Candidates) -> Option<(&'c SentMessage, bool)> {
    let domains: Vec<DomainName> = letter
        .writers
        .iter()
        .map(|a| a.domain())
        .filter(|d| !d.is_free_mail())
        .map(|d| d.registrable())
        .collect();
    let subject = base_subject(letter.subject);
    let fits = |m: &&SentMessage| {
        let domain = m.company_domain.clone().unwrap_or_else(|| m.recipient.domain()).registrable();
        !domain.is_free_mail() && domains.contains(&domain) && same_subject(&subject, &m.subject)
    };
    let fitting: Vec<&SentMessage> = candidates.messages.iter().filter(fits).collect();
    let best = fitting.iter().copied().max_by_key(|m| (m.sent_at, m.id))?;
    Some((best, fitting.iter().any(|m| m.contact != best.contact)))
}

fn reported_ids(mail: &ParsedMail) -> Vec<String> {
    let mut ids: Vec<String> = returned_mail(mail).map(|r| r.message_id).into_iter().collect();
    if let Some(Report::Disposition { original_message_id, .. }) = &mail.report {
        ids.push(original_message_id.clone());
    }
    ids.retain(|id| !id.is_empty());
    ids
}

fn reported_addresses(mail: &ParsedMail) -> Vec<EmailAddress> {
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

#[cfg(test)]
mod tests;
