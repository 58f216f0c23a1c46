//! Who must be told that we have their data (GDPR article 14): the list with its clock, told by hand, and told by a mail that
//! says so and nothing else.

use jiff::civil::Date;
use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{ContactId, MailboxId};
use kiem_domain::informing::{InformFacts, InformState, InformedHow, warned_until};
use kiem_domain::retention::RetentionKind;
use kiem_store::informing::{self, After, Told, Uninformed, UninformedCounts};
use kiem_store::{Tx, account, mailbox};
use serde_json::json;

use crate::engine::audience::BatchOutcome;
use crate::engine::outreach::compose::DirectMail;
use crate::engine::settings::{Settings, language_of, settings_of};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, say};

/// People of one page.
const PAGE_MAX: i64 = 200;
/// People of whom one request says that they were told.
const TOLD_MAX: usize = 500;
/// Mails that one request sends: they all leave within minutes.
const MAILS_MAX: usize = 50;
/// Characters of what somebody says about it.
const NOTE_CHARS_MAX: usize = 300;

/// Somebody whose time runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UninformedPerson {
    /// Who.
    pub person: Uninformed,
    /// Where they stand today.
    pub state: InformState,
    /// Whether a mail that only tells them may go: there is an address that somebody gave, and it is not suppressed.
    pub may_be_mailed: bool,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UninformedPage {
    /// The people, the most urgent first.
    pub people: Vec<UninformedPerson>,
    /// Where the next page begins.
    pub next: After,
    /// How many there are.
    pub counts: UninformedCounts,
}

impl Engine {
    /// People of whom we must warn or whose time is over: with `state` only those.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uninformed(
        &self,
        caller: &Caller,
        state: Option<InformState>,
        after: After,
        limit: i64,
    ) -> Result<UninformedPage> {
        caller.may(Permission::View)?;
        let today = self.utc_day();
        let (from, until) = match state {
            Some(InformState::Over) => (None, today),
            Some(InformState::DueSoon) => (Some(today), warned_until(today)),
            Some(InformState::OnTime) => (Some(warned_until(today)), Date::MAX),
            _ => (None, warned_until(today)),
        };
        let limit = limit.clamp(1, PAGE_MAX);
        let mut tx = self.store().read(caller.workspace).await?;
        let counts = informing::counts(&mut tx, today, warned_until(today)).await?;
        let mut found = informing::page(&mut tx, from, until, after, limit + 1).await?;
        let more = i64::try_from(found.len()).unwrap_or(0) > limit;
        if more {
            found.pop();
        }
        let next = found.last().filter(|_| more).map(|last| (last.inform_by, last.contact_id));
        let mailable = self.may_be_mailed(&mut tx, &found).await?;
        let people = found
            .into_iter()
            .zip(mailable)
            .map(|(person, may_be_mailed)| UninformedPerson {
                state: InformFacts { inform_by: Some(person.inform_by), how: None }.state(today),
                person,
                may_be_mailed,
            })
            .collect();
        Ok(UninformedPage { people, next, counts })
    }

    /// Which of these people may get a mail that only tells them. It offers nothing, so no ground is asked; an address that
    /// somebody guessed may be another's, and who is on the suppression list is left alone.
    async fn may_be_mailed(&self, tx: &mut Tx, people: &[Uninformed]) -> Result<Vec<bool>> {
        let addresses: Vec<Option<EmailAddress>> = people.iter().map(address_of).collect();
        let suppressed = self.suppressed_of(tx, &addresses).await?;
        Ok(addresses
            .iter()
            .enumerate()
            .map(|(index, address)| address.is_some() && !suppressed.contains(&index))
            .collect())
    }

    /// Writes down that people were told by hand, or need not be told. Who needs nothing is left out and counted.
    ///
    /// # Errors
    /// When the caller may not, there are too many, or the words that belong to it are missing.
    pub async fn mark_informed(
        &self,
        caller: &Caller,
        people: &[ContactId],
        how: InformedHow,
        note: &str,
    ) -> Result<BatchOutcome> {
        caller.may(Permission::WorkAudience)?;
        check_number(people, TOLD_MAX)?;
        let note = note.trim();
        if how == InformedHow::Mail {
            // Only a mail that Kiem sent is proof of itself.
            return Err(EngineError::field("how", "unknown_choice"));
        }
        if note.is_empty() && how.needs_note() {
            return Err(EngineError::field("note", "required"));
        }
        if note.chars().count() > NOTE_CHARS_MAX {
            return Err(EngineError::field("note", "too_long"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let told = Told { how, at: self.now(), note: note.to_owned() };
        let done = informing::tell(&mut tx, people, &told).await?;
        let detail = json!({ "how": how.as_str(), "people_n": done });
        self.audit(&mut tx, caller, "people.informed", "contact", None, &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(BatchOutcome { done, skipped: (people.len() as u64).saturating_sub(done) })
    }

    /// Mails people that we have their data: what, from where, what for, and their rights; no offer. Who cannot be mailed
    /// like this is left out and counted.
    ///
    /// # Errors
    /// When the caller may not, there are too many, no mailbox sends, or the workspace does not say who it is.
    pub async fn mail_information(&self, caller: &Caller, people: &[ContactId]) -> Result<BatchOutcome> {
        caller.may(Permission::WorkAudience)?;
        check_number(people, MAILS_MAX)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        let settings = settings_of(&workspace)?;
        if settings.sender_company.trim().is_empty() || settings.postal_address.trim().is_empty() {
            return Err(EngineError::refused("sender_identity"));
        }
        let from = mailbox::for_notices(&mut tx).await?.ok_or_else(|| EngineError::refused("no_mailbox"))?;
        let found = informing::among_people(&mut tx, people).await?;
        let mailable = self.may_be_mailed(&mut tx, &found).await?;
        let mut done = Vec::new();
        for person in found.iter().zip(mailable).filter(|(_, may)| *may).map(|(person, _)| person) {
            if let Some(mail) = information(from, person, &settings, language_of(&workspace)) {
                self.queue_mail(&mut tx, mail).await?;
                done.push(person.contact_id);
            }
        }
        let told = Told { how: InformedHow::Mail, at: self.now(), note: String::new() };
        informing::tell(&mut tx, &done, &told).await?;
        let detail = json!({ "how": InformedHow::Mail.as_str(), "people_n": done.len() });
        self.audit(&mut tx, caller, "people.informed", "contact", None, &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        let n = done.len() as u64;
        Ok(BatchOutcome { done: n, skipped: (people.len() as u64).saturating_sub(n) })
    }
}

fn check_number(people: &[ContactId], most: usize) -> Result<()> {
    if people.is_empty() || people.len() > most {
        return Err(EngineError::field("contacts", if people.is_empty() { "required" } else { "too_many" }));
    }
    Ok(())
}

fn address_of(person: &Uninformed) -> Option<EmailAddress> {
    let address = person.email.as_deref().filter(|_| person.email_origin == AddressOrigin::Stated)?;
    EmailAddress::parse(address).ok()
}

/// The mail that tells somebody, in their language.
fn information(from: MailboxId, person: &Uninformed, settings: &Settings, lang: Lang) -> Option<DirectMail> {
    let lang = person.language.as_deref().and_then(|l| l.parse().ok()).unwrap_or(lang);
    let company = settings.sender_company.trim();
    let known_since =
        person.obtained_on.map(|day| day.strftime(" (%d-%m-%Y)").to_string()).unwrap_or_default();
    let more = match settings.privacy_url.trim() {
        "" => String::new(),
        url => say(lang, "inform.more", &[("url", url.to_owned())]),
    };
    let kept = [RetentionKind::LeadUnanswered, RetentionKind::LeadUntouched];
    let days = kept.into_iter().map(|kind| settings.retention_days(kind)).max().unwrap_or_default();
    let params = [
        ("days", days.to_string()),
        ("company", company.to_owned()),
        ("address", settings.postal_address.trim().to_owned()),
        ("source", format!("{}{known_since}", person.source)),
        ("more", more),
    ];
    Some(DirectMail {
        // Whoever answers it is answered: it is no notice of the program.
        kind: "reply",
        mailbox: from,
        to: address_of(person)?,
        to_name: person.name.clone(),
        subject: say(lang, "inform.subject", &params),
        text: say(lang, "inform.text", &params),
        in_reply_to: None,
        references: Vec::new(),
        contact: Some(person.contact_id),
        company: Some(person.company_id),
        prospect: None,
        lead: person.lead_id,
        invitation: None,
        attachments: Vec::new(),
        despite_suppression: false,
    })
}
