//! One received mail, from bytes to transaction 1.

use jiff::Timestamp;
use kiem_adapters::mime;
use kiem_domain::id::{InboundId, MailboxId, WorkspaceId};
use kiem_domain::inbound::machine::{Kind, Verdict, verdict_of_stripped};
use kiem_domain::inbound::matching::{Match, MatchLevel, match_reply};
use kiem_domain::inbound::strip::{Stripped, strip};
use kiem_domain::inbound::subject::base_subject;
use kiem_domain::inbound::{Outcome, ParsedMail, Unreadable};
use kiem_domain::intent::{self, DecidedBy, Label};
use kiem_store::event::Actor;
use kiem_store::inbound::Inbound;
use kiem_store::message::Message;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::promotion::{self, LeadFacts};
use kiem_store::{Tx, inbound, message};

use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// So much text of a mail is kept beside its bytes.
const TEXT_CHARS_MAX: usize = 20_000;

/// A mail as a mailbox gave it.
#[derive(Debug, Clone)]
pub struct RawMail {
    /// Its number in the mailbox.
    pub uid: i64,
    /// When the server took it in.
    pub received_at: Timestamp,
    /// The bytes; only some header lines when [`RawMail::is_too_large`].
    pub raw: Vec<u8>,
    /// Whether its body was left on the server.
    pub is_too_large: bool,
}

/// Where and when a mail lay, for its row.
#[derive(Debug, Clone, Copy)]
struct Place {
    workspace: WorkspaceId,
    mailbox: MailboxId,
    uid: i64,
    received_at: Timestamp,
    is_too_large: bool,
}

/// A mail that was read and matched, before anything is written.
pub(super) struct Sighted {
    pub mail: ParsedMail,
    pub found: Match,
    pub stripped: Stripped,
    pub verdict: Verdict,
    pub lead: Option<LeadFacts>,
    pub answered: Option<Message>,
}

impl Engine {
    /// Takes a mail in: parse, match, first transaction. Taking the same mail in twice changes nothing.
    ///
    /// # Errors
    /// When the database fails; whatever the mail is, it has a named end.
    pub async fn take_in(&self, workspace: WorkspaceId, mailbox: MailboxId, raw: RawMail) -> Result<Outcome> {
        let RawMail { uid, received_at, raw, is_too_large } = raw;
        let place = Place { workspace, mailbox, uid, received_at, is_too_large };
        // Parsing hostile bytes can take a while: not on the threads that serve pages.
        let parsed = tokio::task::spawn_blocking(move || {
            let parsed = mime::parse(&raw, None);
            (parsed, raw)
        });
        let (parsed, raw) =
            parsed.await.map_err(|e| EngineError::Outside(format!("reading a mail failed: {e}")))?;
        let mail = match parsed {
            Ok(mail) => mail,
            Err(why) => return self.note_unreadable(place, why, raw).await,
        };
        let mut tx = self.store().read(workspace).await?;
        if inbound::is_known(&mut tx, mailbox, &mail.external_key).await? {
            drop(tx);
            return self.note_duplicate(place).await;
        }
        let sighted = self.sight(&mut tx, mail, received_at).await?;
        drop(tx);
        self.write_down(place, sighted, &raw).await
    }

    async fn note_duplicate(&self, place: Place) -> Result<Outcome> {
        let mut tx = self.store().begin(place.workspace).await?;
        inbound::note_uid(&mut tx, place.mailbox, place.uid).await?;
        tx.commit().await?;
        Ok(Outcome::Duplicate)
    }

    async fn note_unreadable(&self, place: Place, why: Unreadable, raw: Vec<u8>) -> Result<Outcome> {
        let why = if place.is_too_large { Unreadable::TooLarge } else { why };
        let mut row = blank(self.new_id(), place);
        row.external_key = format!("sha256:{}", hex(&crate::engine::keys::sha256(&raw)));
        row.outcome = Outcome::Unreadable.as_str().to_owned();
        row.outcome_reason = why.as_str().to_owned();
        let raw = (raw.len() <= mime::MAIL_BYTES_MAX).then_some(raw);
        let mut tx = self.store().begin(place.workspace).await?;
        let new = inbound::insert(&mut tx, &row, raw.as_deref()).await?;
        inbound::note_uid(&mut tx, place.mailbox, place.uid).await?;
        tx.commit().await?;
        Ok(if new { Outcome::Unreadable } else { Outcome::Duplicate })
    }

    /// Matches, strips and looks whether a person wrote it. Reads only.
    async fn sight(&self, tx: &mut Tx, mail: ParsedMail, received_at: Timestamp) -> Result<Sighted> {
        let candidates = self.candidates(tx, &mail, received_at).await?;
        let found = match_reply(&mail, &candidates);
        let answered = match found.message {
            Some(id) => message::find(tx, id).await?,
            None => None,
        };
        let sent_text = match &answered {
            Some(one) => Some(self.sent_text(tx, one).await?),
            None => None,
        };
        let is_passed_on = found.level == MatchLevel::EmployeeForward;
        let inner = mail.forwarded.as_ref().filter(|_| is_passed_on);
        let body = inner.map_or(mail.text.as_str(), |inner| inner.text.as_str());
        let stripped = strip(body, sent_text.as_deref());
        let ours = answered.as_ref().map(|one| base_subject(&one.new.subject));
        let verdict = verdict_of_stripped(&mail, &stripped, ours.as_deref(), found.is_sure());
        let lead = match found.contact {
            Some(contact) => promotion::lead_of_contact(tx, contact).await?,
            None => None,
        };
        Ok(Sighted { mail, found, stripped, verdict, lead, answered })
    }

    /// The text that we really sent, footer included, so that it can be subtracted.
    async fn sent_text(&self, tx: &mut Tx, one: &Message) -> Result<String> {
        let raw = message::raw(tx, one.new.id).await?;
        let parsed = raw.and_then(|raw| mime::parse(&raw, None).ok());
        Ok(parsed.map_or_else(|| one.new.body.clone(), |mail| mail.text))
    }

    async fn write_down(&self, place: Place, sighted: Sighted, raw: &[u8]) -> Result<Outcome> {
        let workspace = place.workspace;
        let outcome = match first_outcome(&sighted) {
            Outcome::NoMatch if place.is_too_large => Outcome::Unreadable,
            other => other,
        };
        let row = self.row_of(place, &sighted, outcome);
        let keeps_bytes = !matches!(outcome, Outcome::OwnMail | Outcome::Erased);
        let mut tx = self.store().begin(workspace).await?;
        inbound::note_uid(&mut tx, place.mailbox, place.uid).await?;
        if !inbound::insert(&mut tx, &row, keeps_bytes.then_some(raw)).await? {
            tx.commit().await?;
            return Ok(Outcome::Duplicate);
        }
        // Whatever answers, bounces or reports about a mail proves that it left.
        if let Some(answered) = &sighted.answered
            && sighted.found.is_sure()
        {
            self.settle_in(&mut tx, Actor::System, answered, "reply").await?;
        }
        if outcome.is_machine() || outcome == Outcome::CalendarReply {
            self.take_machine_mail(&mut tx, &row, &sighted, outcome).await?;
        } else {
            self.take_human_mail(&mut tx, &row, &sighted, outcome).await?;
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(outcome)
    }

    /// Holds the person's outreach at once, says that a reply came, and asks for its reading.
    async fn take_human_mail(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        outcome: Outcome,
    ) -> Result<()> {
        let is_reply = matches!(
            outcome,
            Outcome::Reply
                | Outcome::OptOut
                | Outcome::EmptyReply
                | Outcome::SpoofSuspected
                | Outcome::Ambiguous
        );
        if let (Some(lead), true) = (row.lead_id, is_reply) {
            let open = promotion::open_enrolments(tx, lead).await?;
            if open.iter().any(|e| e.state == "active") {
                outreach_stop::pause(tx, StopScope::Lead(lead), "reply", None).await?;
            }
        }
        if is_reply {
            self.announce(tx, &self.received_event(row, sighted)).await?;
        }
        match outcome {
            Outcome::OptOut => self.take_opt_out(tx, row, sighted).await,
            Outcome::Reply | Outcome::SpoofSuspected | Outcome::Ambiguous | Outcome::EmptyReply
                if row.lead_id.is_some() =>
            {
                let payload = serde_json::json!({ "inbound": row.id.0 }).to_string();
                self.enqueue(tx, JobKind::ClassifyReply, &row.id.to_string(), &payload, self.now()).await
            }
            _ => Ok(()),
        }
    }

    fn received_event(&self, row: &Inbound, sighted: &Sighted) -> kiem_store::event::Event {
        let mut happened = self.event(Actor::Lead, "reply.received", "inbound", Some(row.id.0));
        happened.occurred_at = row.received_at;
        happened.company_id = row.company_id;
        happened.contact_id = row.contact_id;
        happened.prospect_id = row.prospect_id;
        let snippet: String = row.text.chars().take(200).collect();
        happened.data = serde_json::json!({
            "subject": row.subject,
            "snippet": snippet,
            "from_name": row.from_name,
            "is_same_person": sighted.found.is_same_person,
        })
        .to_string();
        happened
    }

    fn row_of(&self, place: Place, sighted: &Sighted, outcome: Outcome) -> Inbound {
        let Sighted { mail, found, stripped, verdict, lead, .. } = sighted;
        let mut row = blank(self.new_id(), place);
        row.external_key.clone_from(&mail.external_key);
        row.outcome = outcome.as_str().to_owned();
        row.match_level = found.level.as_str().to_owned();
        if outcome == Outcome::Erased {
            return row;
        }
        row.sent_at = mail.date;
        row.from_address.clone_from(&found.writer.address);
        row.from_name.clone_from(&found.writer.name);
        row.subject.clone_from(&mail.subject);
        row.message_header_id.clone_from(&mail.message_id);
        let mut references = mail.references.clone();
        references.extend(mail.in_reply_to.iter().filter(|id| !mail.references.contains(id)).cloned());
        row.reference_ids = (!references.is_empty()).then(|| references.join(" "));
        row.auth = mail.dmarc.as_str().to_owned();
        row.needs_look = outcome.needs_look() && (lead.is_some() || outcome == Outcome::Challenge);
        row.outcome_reason = if place.is_too_large {
            Unreadable::TooLarge.as_str().to_owned()
        } else if verdict.is_human() {
            found.evidence.clone()
        } else {
            format!("{}: {}", verdict.reason, verdict.detail)
        };
        if outcome != Outcome::OwnMail {
            row.text = bounded(&stripped.text);
            row.quoted = bounded(&stripped.quoted);
        }
        row.message_id = found.message;
        if let Some(lead) = lead {
            row.lead_id = Some(lead.lead_id);
            row.contact_id = Some(lead.contact_id);
            row.company_id = Some(lead.company_id);
        }
        row
    }
}

/// The end of a mail as far as structure, headers and matching can tell; the words come second. An opt-out that no
/// reader can mistake is acted on at once.
fn first_outcome(sighted: &Sighted) -> Outcome {
    let Sighted { found, verdict, lead, stripped, .. } = sighted;
    if found.is_own_mail {
        return Outcome::OwnMail;
    }
    match &verdict.kind {
        Kind::Bounce(_) => return Outcome::Bounce,
        Kind::Complaint { .. } => return Outcome::Complaint,
        Kind::ReadReceipt => return Outcome::ReadReceipt,
        Kind::CalendarReply(_) => return Outcome::CalendarReply,
        Kind::Challenge => return Outcome::Challenge,
        Kind::OutOfOffice => return Outcome::OutOfOffice,
        Kind::LeftCompany => return Outcome::LeftCompany,
        Kind::Auto => return Outcome::AutoReply,
        Kind::Human => {}
    }
    if lead.as_ref().is_some_and(|lead| lead.is_erased) {
        return Outcome::Erased;
    }
    if found.level == MatchLevel::Unmatched {
        return Outcome::NoMatch;
    }
    if (says_stop(&stripped.text) || asks_stop_in_subject(sighted)) && !found.ambiguous {
        return Outcome::OptOut;
    }
    match found.exit() {
        Some(exit) => exit,
        None if stripped.is_empty => Outcome::EmptyReply,
        None => Outcome::Reply,
    }
}

/// The mail that a program makes of our List-Unsubscribe address, or a person who writes no more than a subject: without
/// a text the subject is the text. A subject that only repeats ours says nothing.
fn asks_stop_in_subject(sighted: &Sighted) -> bool {
    let Sighted { mail, stripped, answered, .. } = sighted;
    let words: Vec<&str> = mail.subject.split_whitespace().filter(|word| !word.contains('@')).collect();
    let said = base_subject(&words.join(" "));
    let repeats_ours =
        answered.as_ref().is_some_and(|one| base_subject(&one.new.subject).eq_ignore_ascii_case(&said));
    stripped.is_empty && !repeats_ours && says_stop(&said)
}

/// Whether the words ask to be left alone in a way that no reader can mistake.
fn says_stop(text: &str) -> bool {
    let read = intent::classify(text, jiff::civil::Date::ZERO, intent::built_in());
    read.label == Label::Unsubscribe && read.by == DecidedBy::Lexicon && !read.needs_look
}

/// A row with only what is always known.
fn blank(id: InboundId, place: Place) -> Inbound {
    Inbound {
        id,
        mailbox_id: place.mailbox,
        external_key: String::new(),
        received_at: place.received_at,
        sent_at: None,
        from_address: String::new(),
        from_name: String::new(),
        subject: String::new(),
        message_header_id: None,
        reference_ids: None,
        text: String::new(),
        quoted: String::new(),
        outcome: String::new(),
        outcome_reason: String::new(),
        match_level: MatchLevel::Unmatched.as_str().to_owned(),
        message_id: None,
        lead_id: None,
        contact_id: None,
        company_id: None,
        prospect_id: None,
        label: None,
        label_by: None,
        probability_permille: None,
        margin_permille: None,
        flags: "{}".to_owned(),
        needs_look: false,
        auth: "none".to_owned(),
        handled_at: None,
        read_at: None,
    }
}

fn bounded(text: &str) -> String {
    // PostgreSQL keeps no NUL in text.
    text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
