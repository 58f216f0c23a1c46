//! Who must not be approached stays so in a merge: when an address, a domain or a number that is given up was on the
//! suppression list, whichever of the two had it, the record that stays goes on it.

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::lead::LeadState;
use kiem_store::company::Company;
use kiem_store::contact::Contact;
use kiem_store::lead;
use kiem_store::merge::Recorder;
use kiem_store::suppression::{self, Suppression};
use kiem_store::{Tx, Value as StoreValue};

use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::{hint, phone_hint};
use crate::engine::{Engine, Result};

/// A mail server's word about an address, not a person's about themselves.
const BOUNCED: &str = "hard_bounce";

/// What goes on the list.
struct Stays {
    kind: &'static str,
    hint: String,
    key_hash: Vec<u8>,
}

impl Engine {
    /// The same for two companies that are one now.
    pub(super) async fn carry_suppression(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        before: [&Company; 2],
        firm: &Company,
    ) -> Result<()> {
        let registrable = |domain: &String| {
            let registrable = DomainName::parse(domain).map(|d| d.registrable().as_str().to_owned());
            registrable.unwrap_or_else(|_| domain.clone())
        };
        if let Some(domain) = firm.domain.as_ref().map(registrable) {
            let had = before.iter().filter_map(|company| company.domain.as_ref().map(registrable));
            let given_up: Vec<String> = had.filter(|d| *d != domain).collect();
            let hash = |domain: &String| self.keys().suppression_hash("domain", domain);
            let hashes: Vec<Vec<u8>> = given_up.iter().map(hash).collect();
            let stays = Stays { kind: "domain", key_hash: hash(&domain), hint: domain };
            self.carry(tx, recorder, &hashes, stays).await?;
        }
        self.carry_number(tx, recorder, before.map(|company| &company.phone), &firm.phone).await
    }

    /// The same for two people who are one now. An address that is dead says nothing about the other.
    pub(super) async fn carry_person_suppression(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        before: [&Contact; 2],
        joined: &Contact,
    ) -> Result<()> {
        self.carry_number(tx, recorder, before.map(|person| &person.phone), &joined.phone).await?;
        let address = |person: &Contact| EmailAddress::parse(person.email.as_deref()?).ok();
        let Some(stays) = address(joined) else { return Ok(()) };
        let given_up = before.into_iter().filter_map(address).filter(|had| *had != stays);
        let hashes: Vec<Vec<u8>> = given_up.flat_map(|had| self.suppression_hashes(&had)).collect();
        let entry = Stays { kind: "email", key_hash: self.keys().address_hash(&stays), hint: hint(&stays) };
        if !self.carry(tx, recorder, &hashes, entry).await? {
            return Ok(());
        }
        let Some(on_list) = lead::of_contact(tx, joined.id).await? else { return Ok(()) };
        let watched = Recorder::watch(tx, "lead", on_list.id.0).await?;
        let from = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];
        lead::set_state(tx, on_list.id, &from, LeadState::Blocked, None).await?;
        Ok(recorder.changed(tx, watched).await?)
    }

    async fn carry_number(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        before: [&Option<String>; 2],
        stays: &Option<String>,
    ) -> Result<()> {
        let Some(number) = stays else { return Ok(()) };
        let hash = |number: &String| self.keys().suppression_hash("phone", number);
        let given_up: Vec<Vec<u8>> =
            before.into_iter().flatten().filter(|had| *had != number).map(hash).collect();
        let entry = Stays { kind: "phone", key_hash: hash(number), hint: phone_hint(number) };
        self.carry(tx, recorder, &given_up, entry).await?;
        Ok(())
    }

    /// Puts what stays on the list when something that is given up was. Whether it did.
    async fn carry(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        given_up: &[Vec<u8>],
        stays: Stays,
    ) -> Result<bool> {
        let found = suppression::reasons(tx, given_up).await?;
        let Some((_, reason)) = found.into_iter().find(|(_, reason)| reason != BOUNCED) else {
            return Ok(false);
        };
        let entry = Suppression {
            key_hash: stays.key_hash,
            kind: stays.kind.to_owned(),
            hint: stays.hint,
            reason,
            source: "merge".to_owned(),
            created_by: None,
            created_at: self.now(),
        };
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![entry.key_hash.clone()]).await;
        let is_new = suppression::insert(tx, &entry).await?;
        if is_new {
            let key = StoreValue::from(entry.key_hash.as_slice());
            recorder.added("suppression", vec![("key_hash".to_owned(), key)]);
        }
        Ok(is_new)
    }

    /// Of two addresses the one to which no mail can be delivered, when it is only one.
    pub(super) async fn dead_one<'a>(
        &self,
        tx: &mut Tx,
        one: &'a Contact,
        other: &'a Contact,
    ) -> Result<Option<&'a Contact>> {
        let hash = |person: &Contact| {
            let address = EmailAddress::parse(person.email.as_deref()?).ok()?;
            Some(self.keys().address_hash(&address))
        };
        let (Some(a), Some(b)) = (hash(one), hash(other)) else { return Ok(None) };
        let reasons = suppression::reasons(tx, &[a.clone(), b.clone()]).await?;
        let is_dead = |key: &Vec<u8>| reasons.iter().any(|(found, why)| found == key && why == BOUNCED);
        Ok(match (is_dead(&a), is_dead(&b)) {
            (true, false) => Some(one),
            (false, true) => Some(other),
            _ => None,
        })
    }
}
