//! What people were before they went up in another: who writes from an old address is known, and a list that still has two
//! records of one person brings nothing back.

use std::collections::HashMap;

use kiem_domain::contact::EmailAddress;
use kiem_domain::id::ContactId;
use kiem_domain::names::PersonName;
use kiem_store::Tx;
use kiem_store::contact::{self, Contact};
use kiem_store::contact_alias::{self, ContactAlias};
use kiem_store::merge::Recorder;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::conflicts::contact_map;
use super::facts::PersonFacts;
use crate::engine::{Engine, EngineError, Result};

/// What the people on a desk were, by their places.
#[derive(Default)]
pub(super) struct PersonAliases(HashMap<usize, Vec<FormerPerson>>);

/// What a person was.
struct FormerPerson {
    email: Option<String>,
    name_key: String,
    facts: Map<String, Value>,
}

impl PersonAliases {
    /// Adds what the person at a place was.
    ///
    /// # Errors
    /// When the stored facts cannot be read.
    pub(super) fn add(&mut self, place: usize, alias: ContactAlias) -> Result<()> {
        let facts = serde_json::from_str(&alias.facts).map_err(|e| EngineError::Outside(e.to_string()))?;
        let was = FormerPerson { email: alias.email, name_key: alias.name_key, facts };
        self.0.entry(place).or_default().push(was);
        Ok(())
    }

    /// What a row says of the person at a place beyond what was weighed when they became one. A name or an address that was
    /// given up then never comes back; with `all`, nothing else does either.
    pub(super) fn unsaid(&self, place: usize, said: &PersonFacts, all: bool) -> PersonFacts {
        let mut facts = said.clone();
        for was in self.0.get(&place).into_iter().flatten() {
            if facts.email.as_ref().map(EmailAddress::as_str) == was.email.as_deref() {
                facts.email = None;
            }
            if facts.name.as_ref().map(PersonName::key).as_ref() == Some(&was.name_key) {
                facts.name = None;
            }
            let text = |name: &str| was.facts.get(name).and_then(Value::as_str);
            for (fact, name) in [
                (&mut facts.phone, "phone"),
                (&mut facts.title, "title"),
                (&mut facts.language, "language"),
                (&mut facts.linkedin_url, "person_linkedin_url"),
            ] {
                if all && fact.as_deref() == text(name) {
                    *fact = None;
                }
            }
        }
        facts
    }
}

impl Engine {
    /// Keeps what two people were who are one now, where a list would not find them any more.
    pub(super) async fn keep_person_aliases(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        were: [&Contact; 2],
        is: &Contact,
    ) -> Result<()> {
        let is_lost = |was: &&Contact| {
            was.email.is_some() && was.email != is.email
                || !was.name_key.is_empty() && was.name_key != is.name_key
        };
        for was in were.into_iter().filter(is_lost) {
            let alias = ContactAlias {
                id: self.new_id::<Uuid>(),
                contact_id: is.id,
                company_id: is.company_id,
                email: was.email.clone(),
                name_key: was.name_key.clone(),
                facts: Value::Object(contact_map(was)).to_string(),
            };
            contact_alias::put(tx, &alias).await?;
            recorder.added("contact_alias", vec![("id".to_owned(), alias.id.into())]);
        }
        Ok(())
    }
}

/// People who have one of the addresses, and then those who had it before they went up in another.
pub(in crate::engine) async fn people_at(tx: &mut Tx, addresses: &[String]) -> Result<Vec<Contact>> {
    let mut found = contact::by_emails(tx, addresses).await?;
    let former = contact_alias::at_addresses(tx, addresses).await?;
    let ids: Vec<ContactId> = former
        .into_iter()
        .map(|alias| alias.contact_id)
        .filter(|id| found.iter().all(|person| person.id != *id))
        .collect();
    found.extend(contact::by_ids(tx, &ids).await?);
    Ok(found)
}
