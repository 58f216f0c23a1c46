//! Which facts a person typed in, or the company's website or the register gave, and when: the source of a fact that no
//! list gave. Kept
//! as events that name fields, never values, so that nothing of a person stays behind after an erasure.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, UserId};
use kiem_store::company::Company;
use kiem_store::contact::Contact;
use kiem_store::event::{self, Actor};
use kiem_store::{Tx, promotion};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::{Caller, Engine, EngineError, Result};

/// Changes of one company that are looked through.
const CHANGES_MAX: i64 = 200;

/// A fact that a person typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedFact {
    /// The person whom it is about; none for the company itself.
    pub contact: Option<ContactId>,
    /// Name of the field as in the API.
    pub field: String,
    /// When it was last typed in.
    pub at: Timestamp,
    /// Name of who did.
    pub by: Option<String>,
    /// Who gave it.
    pub source: FactSource,
    /// The page of the company's website that said it, when nobody typed it in.
    pub page: Option<String>,
}

kiem_domain::text_enum! {
    /// Who gave a fact that no list gave.
    pub enum FactSource {
        /// A person typed it in.
        Person = "person",
        /// The company's website.
        Website = "website",
        /// The company register.
        Register = "register",
    }
}

/// What the event of a change holds.
#[derive(Debug, Serialize, Deserialize)]
struct Change {
    fields: Vec<String>,
    source: String,
    /// Per field the page that said it, when it came from the website.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pages: BTreeMap<String, String>,
}

impl Engine {
    /// Writes down which facts of a company a person changed.
    pub(in crate::engine) async fn note_company_change(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        before: &Company,
        after: &Company,
    ) -> Result<()> {
        let activity = |c: &Company| (c.details.sbi_code.clone(), c.details.sbi_version);
        // Who looked the form up again vouches for it, also when it is the same.
        let form = |c: &Company| (c.details.legal_form.clone(), c.details.legal_form_source.clone());
        let pairs = [
            ("name", before.name != after.name),
            ("kvk_number", before.kvk_number != after.kvk_number),
            ("website", before.website != after.website),
            ("country", before.country != after.country),
            ("region", before.region != after.region),
            ("city", before.city != after.city),
            ("industry", before.industry != after.industry),
            ("employees_n", before.employees_n != after.employees_n),
            ("phone", before.phone != after.phone),
            ("sbi_code", activity(before) != activity(after)),
            ("legal_form", form(before) != form(after)),
            ("is_non_mailing", before.details.is_non_mailing != after.details.is_non_mailing),
        ];
        self.note_change(tx, caller, after.id, None, &pairs).await
    }

    /// Writes down which facts of a person somebody changed.
    pub(super) async fn note_contact_change(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        before: &Contact,
        after: &Contact,
    ) -> Result<()> {
        let name = |c: &Contact| (c.given_name.clone(), c.infix.clone(), c.family_name.clone());
        let pairs = [
            ("name", name(before) != name(after)),
            ("email", before.email != after.email),
            ("phone", before.phone != after.phone),
            ("title", before.title != after.title),
            ("language", before.language != after.language),
            ("time_zone", before.time_zone != after.time_zone),
        ];
        self.note_change(tx, caller, after.company_id, Some(after.id), &pairs).await
    }

    async fn note_change(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        company: CompanyId,
        contact: Option<ContactId>,
        pairs: &[(&str, bool)],
    ) -> Result<()> {
        let fields: Vec<String> =
            pairs.iter().filter(|(_, changed)| *changed).map(|(field, _)| (*field).to_owned()).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let (kind, subject, id) = match contact {
            Some(contact) => ("contact.changed", "contact", contact.0),
            None => ("company.changed", "company", company.0),
        };
        let mut happened = self.event(caller.actor, kind, subject, Some(id));
        happened.company_id = Some(company);
        happened.contact_id = contact;
        happened.data =
            change_json(&Change { fields, source: FactSource::Person.to_string(), pages: BTreeMap::new() })?;
        event::append(tx, &happened).await?;
        Ok(())
    }

    /// Writes down which blanks of a company its website filled, each with its page.
    pub(in crate::engine) async fn note_website_fill(
        &self,
        tx: &mut Tx,
        company: CompanyId,
        pages: &BTreeMap<&'static str, String>,
    ) -> Result<()> {
        let mut happened = self.event(Actor::System, "company.changed", "company", Some(company.0));
        happened.company_id = Some(company);
        let change = Change {
            fields: pages.keys().map(|field| (*field).to_owned()).collect(),
            source: FactSource::Website.to_string(),
            pages: pages.iter().map(|(field, page)| ((*field).to_owned(), page.clone())).collect(),
        };
        happened.data = change_json(&change)?;
        event::append(tx, &happened).await?;
        Ok(())
    }

    /// Writes down which facts of a company were taken from the register.
    pub(in crate::engine) async fn note_register_facts(
        &self,
        tx: &mut Tx,
        company: CompanyId,
        fields: &[&'static str],
    ) -> Result<()> {
        let mut happened = self.event(Actor::System, "company.changed", "company", Some(company.0));
        happened.company_id = Some(company);
        happened.data = change_json(&Change {
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            source: FactSource::Register.to_string(),
            pages: BTreeMap::new(),
        })?;
        event::append(tx, &happened).await?;
        Ok(())
    }

    /// Who gave which facts of a company and its people last, newest first.
    pub(in crate::engine) async fn typed_facts(
        &self,
        tx: &mut Tx,
        company: CompanyId,
    ) -> Result<Vec<TypedFact>> {
        let mut changes = event::of_company(tx, company, "company.changed", CHANGES_MAX).await?;
        changes.extend(event::of_company(tx, company, "contact.changed", CHANGES_MAX).await?);
        let mut seen: HashSet<(Option<ContactId>, String)> = HashSet::new();
        let mut facts = Vec::new();
        for change in changes {
            let said: Change = serde_json::from_str(&change.data)
                .map_err(|e| EngineError::Outside(format!("a change of facts cannot be read: {e}")))?;
            let by = name_of(tx, change.actor_id).await?;
            let source = said.source.parse().map_err(|e| EngineError::Outside(format!("{e}")))?;
            for field in said.fields {
                let page = said.pages.get(&field).cloned();
                if seen.insert((change.contact_id, field.clone())) {
                    facts.push(TypedFact {
                        contact: change.contact_id,
                        field,
                        at: change.occurred_at,
                        by: by.clone(),
                        source,
                        page,
                    });
                }
            }
        }
        Ok(facts)
    }
}

fn change_json(change: &Change) -> Result<String> {
    serde_json::to_string(change).map_err(|e| EngineError::Outside(e.to_string()))
}

async fn name_of(tx: &mut Tx, user: Option<Uuid>) -> Result<Option<String>> {
    match user {
        Some(user) => Ok(promotion::member(tx, UserId(user)).await?.map(|(name, ..)| name)),
        None => Ok(None),
    }
}
