//! What a list says against being approached: it goes on the suppression list, also of who does not come in, and stops what
//! runs. A list never takes anybody off.

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::UserId;
use kiem_domain::lead::LeadState;
use kiem_store::Tx;
use kiem_store::event::Actor;
use kiem_store::lead;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression::{self, Suppression};

use super::bring_in::Arrival;
use super::desk::{Change, Desk};
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::hint;
use crate::engine::{Engine, Result};

impl Engine {
    /// "Do not mail" in a row goes on the suppression list, and stops what runs for people who are already there. A row
    /// without a person speaks of the whole company.
    pub(super) async fn block_do_not_mail(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &Desk,
        contact_of: &[Option<usize>],
    ) -> Result<()> {
        let mut entries = Vec::new();
        for (row, contact) in arrival.rows.iter().zip(contact_of).filter(|(row, _)| row.do_not_mail) {
            let Some(index) = contact else {
                let named = row.company.domain.as_deref().filter(|_| !row.person.is_somebody());
                entries.extend(named.map(|domain| self.imported_domain(domain, arrival)));
                continue;
            };
            let (person, change) = &desk.contacts[*index];
            let email = person.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
            entries.extend(email.map(|email| self.imported_address(&email, arrival)));
            if *change != Change::New
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
    pub(super) async fn block_addresses(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        objected: &[EmailAddress],
    ) -> Result<()> {
        let entries = objected.iter().map(|email| self.imported_address(email, arrival)).collect();
        self.list_objections(tx, entries).await
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
