//! What a list says against being approached: it goes on the suppression list, also of who does not come in, and stops what
//! runs. A list never takes anybody off.

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::UserId;
use kiem_domain::lead::LeadState;
use kiem_store::Tx;
use kiem_store::company::Company;
use kiem_store::contact::Contact;
use kiem_store::event::Actor;
use kiem_store::lead;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression::{self, Suppression};

use super::bring_in::{Arrival, RowOutcome};
use super::desk::{Change, Desk};
use super::facts::RowFacts;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::{hint, phone_hint};
use crate::engine::{Engine, Result};

impl Engine {
    /// "Do not mail" and "do not call" in a row go on the suppression list, and what runs for people who are already there
    /// stops. A row without a person speaks of the whole company.
    pub(super) async fn heed_objections(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &Desk,
        outcomes: &[RowOutcome],
        contact_of: &[Option<usize>],
    ) -> Result<()> {
        let mut entries = Vec::new();
        let objecting = |row: &RowFacts| row.do_not_mail || row.do_not_call;
        let rows = arrival.rows.iter().zip(outcomes).zip(contact_of);
        for ((row, outcome), contact) in rows.filter(|((row, _), _)| objecting(row)) {
            let person = contact.map(|index| &desk.contacts[index]);
            let firm = outcome.company.and_then(|id| desk.companies.iter().find(|(firm, _)| firm.id == id));
            let firm = firm.map(|(firm, _)| firm);
            if row.do_not_mail {
                entries.extend(self.must_not_be_mailed(row, person, firm, arrival));
            }
            if row.do_not_call {
                entries.extend(self.must_not_be_called(row, person, firm, arrival));
            }
            if let (true, Some((person, Change::Changed | Change::Same))) = (row.do_not_mail, person)
                && let Some(lead) = lead::of_contact(tx, person.id).await?
            {
                outreach_stop::stop(tx, StopScope::Lead(lead.id), "imported", desk.now).await?;
                let from = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];
                lead::set_state(tx, lead.id, &from, LeadState::Blocked, None).await?;
            }
        }
        self.list_objections(tx, entries).await
    }

    /// Who objected in rows that bring nobody in.
    pub(super) async fn heed_strangers(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        addresses: &[EmailAddress],
        numbers: &[String],
    ) -> Result<()> {
        let mailed = addresses.iter().map(|email| self.imported_address(email, arrival));
        let called = numbers.iter().map(|number| self.imported_number(number, arrival));
        self.list_objections(tx, mailed.chain(called).collect()).await
    }

    /// The addresses of the person, by the row and by the record: whose row could not be placed objects as well. Of a row
    /// about nobody the domain of the company.
    fn must_not_be_mailed(
        &self,
        row: &RowFacts,
        person: Option<&(Contact, Change)>,
        firm: Option<&Company>,
        arrival: &Arrival<'_>,
    ) -> Vec<Suppression> {
        if !row.person.is_somebody() {
            let domain = row.company.domain.as_deref().or_else(|| firm?.domain.as_deref());
            return domain.map(|domain| self.imported_domain(domain, arrival)).into_iter().collect();
        }
        let known = person.and_then(|(person, _)| EmailAddress::parse(person.email.as_deref()?).ok());
        let both = [known, row.person.email.clone()];
        let all = both.iter().flatten().chain(&row.do_not_mail_either);
        all.map(|email| self.imported_address(email, arrival)).collect()
    }

    /// The numbers of the person. Without one of their own they would be called at the company's, so then that is closed.
    fn must_not_be_called(
        &self,
        row: &RowFacts,
        person: Option<&(Contact, Change)>,
        firm: Option<&Company>,
        arrival: &Arrival<'_>,
    ) -> Vec<Suppression> {
        let theirs = [person.and_then(|(person, _)| person.phone.as_deref()), row.person.phone.as_deref()];
        let general = [firm.and_then(|firm| firm.phone.as_deref()), row.company.phone.as_deref()];
        let numbers = if theirs.iter().any(Option::is_some) { theirs } else { general };
        numbers.into_iter().flatten().map(|number| self.imported_number(number, arrival)).collect()
    }

    async fn list_objections(&self, tx: &mut Tx, entries: Vec<Suppression>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let keys = entries.iter().map(|entry| entry.key_hash.clone()).collect();
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, keys).await;
        suppression::insert_many(tx, &entries).await?;
        Ok(())
    }

    fn imported_address(&self, email: &EmailAddress, arrival: &Arrival<'_>) -> Suppression {
        self.imported_entry("email", self.keys().address_hash(email), hint(email), arrival)
    }

    fn imported_domain(&self, domain: &str, arrival: &Arrival<'_>) -> Suppression {
        let registrable = DomainName::parse(domain).map(|d| d.registrable().as_str().to_owned());
        let hash = self.keys().suppression_hash("domain", registrable.as_deref().unwrap_or(domain));
        self.imported_entry("domain", hash, domain.to_owned(), arrival)
    }

    fn imported_number(&self, number: &str, arrival: &Arrival<'_>) -> Suppression {
        let hash = self.keys().suppression_hash("phone", number);
        self.imported_entry("phone", hash, phone_hint(number), arrival)
    }

    fn imported_entry(
        &self,
        kind: &str,
        key_hash: Vec<u8>,
        hint: String,
        arrival: &Arrival<'_>,
    ) -> Suppression {
        Suppression {
            key_hash,
            kind: kind.to_owned(),
            hint,
            reason: "imported".to_owned(),
            source: arrival.source.to_owned(),
            created_by: match arrival.actor {
                Actor::User(id) => Some(UserId(id)),
                _ => None,
            },
            created_at: self.now(),
        }
    }
}
