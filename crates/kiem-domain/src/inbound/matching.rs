//! To which message of ours does a received mail belong? Levels M1 to M7, the surest first.
//!
//! Two steps, because rules hold no data: [`lookup_keys`] says what to look up, [`match_reply`] decides on what was
//! found. Ids that the caller did not find in its own records cannot match, so a forged In-Reply-To matches nothing.

mod keys;

pub use keys::{LookupKeys, lookup_keys};

use super::machine::{bounce_in_text, returned_mail};
use super::mail::{Dmarc, ParsedMail, Party};
use super::outcome::Outcome;
use super::subject::{base_subject, same_subject};
use super::tokens::{Token, tokens};
use crate::company::DomainName;
use crate::contact::EmailAddress;
use crate::id::{ContactId, MessageId};
use jiff::{SignedDuration, Timestamp};
use keys::{is_rewritten, recipient_token, reported_addresses, reported_ids, writers};

/// An address alone proves a connection for this long after our last message.
pub const ADDRESS_WINDOW_DAYS: i64 = 60;
/// So many sentences of ours in a quote are no coincidence.
const SENTENCES_MIN: usize = 3;
/// A sentence with fewer words than this says nothing.
const SENTENCE_WORDS_MIN: usize = 4;
/// So many words of a mail are searched for sentences of ours.
const QUOTE_WORDS_MAX: usize = 5_000;
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
        /// Nothing fitted, and a person said whose it is.
        Person = "person",
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

    /// The text to read: of a forward by one of us only what the person outside wrote.
    pub fn text_of<'m>(&self, mail: &'m ParsedMail) -> &'m str {
        match &mail.forwarded {
            Some(inner) if self.level == MatchLevel::EmployeeForward => &inner.text,
            _ => &mail.text,
        }
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

fn by_token<'c>(mail: &ParsedMail, candidates: &'c Candidates) -> Option<(&'c SentMessage, String)> {
    mail.recipients().filter_map(|p| recipient_token(&p.address)).find_map(|token| {
        let hit = candidates
            .messages
            .iter()
            .find(|m| !m.reply_token.is_empty() && m.reply_token.eq_ignore_ascii_case(&token));
        hit.map(|m| (m, token))
    })
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

#[cfg(test)]
mod tests;
