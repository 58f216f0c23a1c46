//! Stop means stop: putting an address on the suppression list and ending everything that was planned for it.

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId, ProspectId, UserId, WorkspaceId};
use kiem_domain::phone::PhoneNumber;
use kiem_store::event::Actor;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression::{self, Suppression};
use kiem_store::{Tx, contact, contact_alias, promotion, prospect, thread};

use super::send::journal::{Journal, JournalEntry, JournalOutcome};
use super::{Caller, Engine, EngineError, Result};
use crate::engine::audience::people_at;
use crate::messages::say;

/// Longest reason for a mail against the list.
const DESPITE_CHARS_MAX: usize = 300;

/// Why somebody is put on the list, and where that came from.
#[derive(Debug, Clone, Copy)]
pub struct StopOrder<'a> {
    /// The address.
    pub address: &'a EmailAddress,
    /// Reason as stored (`unsubscribed`, `replied_stop`, `complaint`, `hard_bounce`, `objection`, `manual`, ...).
    pub reason: &'a str,
    /// Where it came from, in words.
    pub source: &'a str,
    /// The lead whose outreach ends, when known.
    pub lead: Option<kiem_domain::id::LeadId>,
    /// Who did it.
    pub actor: Actor,
}

/// A whole domain that goes on the list.
#[derive(Debug, Clone, Copy)]
pub struct DomainStop<'a> {
    /// The domain.
    pub domain: &'a DomainName,
    /// Where it came from, in words.
    pub source: &'a str,
    /// The company whose domain it is, when known.
    pub company: Option<CompanyId>,
    /// Who did it.
    pub actor: Actor,
}

/// A telephone number that goes on the list: nobody is called there, mail is not touched.
#[derive(Debug, Clone, Copy)]
pub struct PhoneStop<'a> {
    /// The number.
    pub number: &'a PhoneNumber,
    /// Reason as stored (`objection`, `manual`).
    pub reason: &'a str,
    /// Where it came from, in words.
    pub source: &'a str,
    /// Who did it.
    pub actor: Actor,
}

/// An address as it may be shown: first letter and domain.
pub fn hint(address: &EmailAddress) -> String {
    let first = address.local().chars().next().unwrap_or('…');
    format!("{first}…@{}", address.domain())
}

/// A telephone number as it may be shown: where it begins and how it ends.
pub fn phone_hint(number: &str) -> String {
    let ends = number.get(..3).zip(number.len().checked_sub(2).and_then(|at| number.get(at..)));
    ends.map_or_else(|| "…".to_owned(), |(first, last)| format!("{first}…{last}"))
}

fn created_by(actor: Actor) -> Option<UserId> {
    match actor {
        Actor::User(id) => Some(UserId(id)),
        _ => None,
    }
}

impl Engine {
    /// Suppresses an address and stops the person's outreach, in the given transaction. Safe to do twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress(&self, tx: &mut Tx, order: StopOrder<'_>) -> Result<bool> {
        let key = self.keys().address_hash(order.address);
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![key]).await;
        self.suppress_noted(tx, order).await
    }

    /// The same for an address whose key the journal holds already: of many at once it is written once.
    pub(super) async fn suppress_noted(&self, tx: &mut Tx, order: StopOrder<'_>) -> Result<bool> {
        let now = self.now();
        let entry = Suppression {
            key_hash: self.keys().address_hash(order.address),
            kind: "email".to_owned(),
            hint: hint(order.address),
            reason: order.reason.to_owned(),
            source: order.source.to_owned(),
            created_by: created_by(order.actor),
            created_at: now,
        };
        let new = suppression::insert(tx, &entry).await?;
        if let Some(lead) = order.lead {
            outreach_stop::stop(tx, StopScope::Lead(lead), order.reason, now).await?;
            self.ask_finish(tx).await?;
        }
        if new {
            self.suppress_present_address(tx, &order, &entry).await?;
            self.say_suppressed(tx, &order, &entry).await?;
            self.tell_pursuits(tx, &order).await?;
        }
        Ok(new)
    }

    /// Who says no under an address that they had before a merge is not written to under the present one either. That no mail
    /// can be delivered to an old address says nothing.
    async fn suppress_present_address(
        &self,
        tx: &mut Tx,
        order: &StopOrder<'_>,
        entry: &Suppression,
    ) -> Result<()> {
        if order.reason == "hard_bounce" {
            return Ok(());
        }
        let addresses = [order.address.to_string(), order.address.without_tag().to_string()];
        let former = contact_alias::at_addresses(tx, &addresses).await?;
        let ids: Vec<ContactId> = former.into_iter().map(|alias| alias.contact_id).collect();
        for person in contact::by_ids(tx, &ids).await? {
            let Some(present) = person.email.as_deref().and_then(|email| EmailAddress::parse(email).ok())
            else {
                continue;
            };
            let key_hash = self.keys().address_hash(&present);
            self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![key_hash.clone()]).await;
            suppression::insert(tx, &Suppression { key_hash, hint: hint(&present), ..entry.clone() }).await?;
        }
        Ok(())
    }

    /// The key of a domain, as the list and the journal know it.
    pub(super) fn domain_key(&self, domain: &DomainName) -> Vec<u8> {
        self.keys().suppression_hash("domain", domain.as_str())
    }

    /// Puts a whole domain on the list, in the given transaction; the journal holds its key already. Returns whether it was
    /// new.
    pub(super) async fn suppress_domain_noted(&self, tx: &mut Tx, stop: DomainStop<'_>) -> Result<bool> {
        let entry = Suppression {
            key_hash: self.domain_key(stop.domain),
            kind: "domain".to_owned(),
            hint: stop.domain.as_str().to_owned(),
            reason: "manual".to_owned(),
            source: stop.source.to_owned(),
            created_by: created_by(stop.actor),
            created_at: self.now(),
        };
        self.suppress_entry(tx, &entry, stop.actor, stop.company).await
    }

    /// Puts a telephone number on the list, in the given transaction. Returns whether it was new.
    pub(super) async fn suppress_phone(&self, tx: &mut Tx, stop: PhoneStop<'_>) -> Result<bool> {
        let number = stop.number.as_str();
        let key_hash = self.keys().suppression_hash("phone", number);
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![key_hash.clone()]).await;
        let entry = Suppression {
            key_hash,
            kind: "phone".to_owned(),
            hint: phone_hint(number),
            reason: stop.reason.to_owned(),
            source: stop.source.to_owned(),
            created_by: created_by(stop.actor),
            created_at: self.now(),
        };
        self.suppress_entry(tx, &entry, stop.actor, None).await
    }

    /// Adds an entry and says so, when it is new.
    async fn suppress_entry(
        &self,
        tx: &mut Tx,
        entry: &Suppression,
        actor: Actor,
        company: Option<CompanyId>,
    ) -> Result<bool> {
        let new = suppression::insert(tx, entry).await?;
        if new {
            let mut happened = self.event(actor, "suppression.added", "suppression", None);
            happened.company_id = company;
            happened.data = serde_json::json!({ "reason": entry.reason, "hint": entry.hint }).to_string();
            self.announce(tx, &happened).await?;
        }
        Ok(new)
    }

    /// A person in conversation wants no more mail: whoever owns the pursuit hears it at once, and what was planned makes
    /// room for deciding what to do. The pursuit itself stays: nobody but its owner knows what was agreed by telephone.
    async fn tell_pursuits(&self, tx: &mut Tx, order: &StopOrder<'_>) -> Result<()> {
        let addresses = [order.address.to_string(), order.address.without_tag().to_string()];
        let mut people: Vec<ContactId> =
            people_at(tx, &addresses).await?.into_iter().map(|person| person.id).collect();
        if let Some(lead) = order.lead
            && let Some(facts) = promotion::lead_facts(tx, lead).await?
        {
            people.push(facts.contact_id);
        }
        people.sort_unstable_by_key(|id| id.0);
        people.dedup();
        for person in people {
            for found in prospect::open_with_contact(tx, person).await? {
                self.tell_pursuit(tx, (order.reason, order.actor), found.id, person).await?;
            }
        }
        Ok(())
    }

    /// Tells the owner of one pursuit: why, by whom, and of which of its people.
    pub(super) async fn tell_pursuit(
        &self,
        tx: &mut Tx,
        (why, actor): (&str, Actor),
        id: ProspectId,
        person: ContactId,
    ) -> Result<()> {
        let rules = self.rules(tx).await?;
        let mut pursuit = prospect::lock(tx, id).await?;
        let told = thread::people(tx, id).await?.into_iter().find(|one| one.contact_id == person);
        let name = told.map(|one| one.name).unwrap_or_default();
        let is_dead = why == "hard_bounce";
        if pursuit.state.is_active() && pursuit.contact_id == person {
            let key = if is_dead { "next_action.other_address" } else { "next_action.respect_stop" };
            pursuit.next_action = Some(say(rules.lang, key, &[("name", name.clone())]));
            pursuit.next_action_kind = Some("other".to_owned());
            pursuit.next_action_at = Some(self.now());
            prospect::save(tx, &pursuit).await?;
        }
        if actor == Actor::User(pursuit.owner_id.0) {
            return Ok(());
        }
        let data = serde_json::json!({ "reason": why, "contact": name, "contact_id": person.0 });
        let kind = if is_dead { "prospect.bounced" } else { "prospect.suppressed" };
        self.notify_owner(tx, &pursuit, kind, &data).await
    }

    /// Whether a mail of a conversation may go to an address. On the suppression list is no unless a person says why it
    /// goes nevertheless (the answer to a question that was asked after the opt-out, say); that stands in the audit
    /// trail. Returns whether it goes against the list.
    ///
    /// # Errors
    /// `recipient_suppressed` without a reason; never with one for somebody who was erased.
    pub(crate) async fn may_write(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        address: &EmailAddress,
        despite: Option<&str>,
        prospect: ProspectId,
    ) -> Result<bool> {
        let hashes = self.suppression_hashes(address);
        let found = suppression::reasons(tx, &hashes).await?;
        if found.is_empty() {
            return Ok(false);
        }
        let despite = despite.map(str::trim).filter(|reason| !reason.is_empty());
        let Some(reason) = despite.filter(|_| found.iter().all(|(_, why)| why != "erased")) else {
            return Err(EngineError::refused("recipient_suppressed"));
        };
        if reason.chars().count() > DESPITE_CHARS_MAX {
            return Err(EngineError::field("despite_reason", "too_long"));
        }
        let detail =
            serde_json::json!({ "reason": reason, "suppressed_by": found.first().map(|(_, why)| why) });
        self.audit(tx, caller, "suppression.overridden", "prospect", Some(prospect.0), &detail).await?;
        Ok(true)
    }

    /// Writes beside the database what a restored backup must not undo. A journal that cannot be written is no reason to
    /// refuse an opt-out: it is logged, and the doctor says it. (Nothing is sent then either.)
    pub(crate) async fn keep_in_journal(
        &self,
        workspace: WorkspaceId,
        outcome: JournalOutcome,
        keys: Vec<Vec<u8>>,
    ) {
        if keys.is_empty() {
            return;
        }
        let (path, at) = (self.config().journal_file(), self.now());
        let entries: Vec<JournalEntry> =
            keys.into_iter().map(|key| JournalEntry { at, workspace, outcome, key }).collect();
        let write = move || Journal::open(&path)?.append(&entries, true);
        match tokio::task::spawn_blocking(write).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error = %error, "the send journal cannot be written"),
            Err(error) => tracing::error!(error = %error, "writing the send journal broke off"),
        }
    }

    async fn say_suppressed(&self, tx: &mut Tx, order: &StopOrder<'_>, entry: &Suppression) -> Result<()> {
        let facts = match order.lead {
            Some(lead) => promotion::lead_facts(tx, lead).await?,
            None => None,
        };
        let mut happened = match &facts {
            Some(lead) => self.event(order.actor, "lead.suppressed", "lead", Some(lead.lead_id.0)),
            None => self.event(order.actor, "suppression.added", "suppression", None),
        };
        happened.company_id = facts.as_ref().map(|lead| lead.company_id);
        happened.contact_id = facts.as_ref().map(|lead| lead.contact_id);
        happened.data = serde_json::json!({ "reason": order.reason, "hint": entry.hint }).to_string();
        self.announce(tx, &happened).await.map(drop)
    }

    /// Whether an address, or its whole domain, is on the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_suppressed(&self, tx: &mut Tx, address: &EmailAddress) -> Result<bool> {
        let hashes = self.suppression_hashes(address);
        Ok(!suppression::found(tx, &hashes).await?.is_empty())
    }

    /// The hashes under which an address may be on the list: itself and its domain.
    pub fn suppression_hashes(&self, address: &EmailAddress) -> Vec<Vec<u8>> {
        let mut hashes = vec![self.keys().address_hash(address)];
        hashes.extend(self.domain_hashes(&address.domain()));
        hashes
    }

    /// The hashes under which a domain may be on the list: itself and what of it is registered.
    pub(crate) fn domain_hashes(&self, domain: &DomainName) -> [Vec<u8>; 2] {
        let hash = |name: &DomainName| self.keys().suppression_hash("domain", name.as_str());
        [hash(domain), hash(&domain.registrable())]
    }
}
