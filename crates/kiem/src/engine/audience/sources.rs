//! Where each fact comes from: a person typed it in, a list changed it, the company's website or the register gave it, and
//! when. What nobody changed since the record was made comes from where the record comes from. Kept as events that name
//! fields, never values, so that nothing of a person stays behind after an erasure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, UserId};
use kiem_store::company::Company;
use kiem_store::contact::{self, Contact};
use kiem_store::event::{self, Actor};
use kiem_store::import_trace::{self, ChangedKind};
use kiem_store::{Tx, promotion};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::bring_in::Arrival;

use crate::engine::{Caller, Engine, EngineError, Result};

/// Changes of one company that are looked through.
const CHANGES_MAX: i64 = 200;
/// People of one company whose facts are looked up.
const PEOPLE_MAX: i64 = 500;

/// Where a fact comes from that changed after its record was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedFact {
    /// The person whom it is about; none for the company itself.
    pub contact: Option<ContactId>,
    /// Name of the field as in the API.
    pub field: String,
    /// When it last changed.
    pub at: Timestamp,
    /// Name of who typed it in.
    pub by: Option<String>,
    /// Who gave it.
    pub source: FactSource,
    /// The page of the company's website that said it.
    pub page: Option<String>,
    /// The list that said it, in words.
    pub list: Option<String>,
}

kiem_domain::text_enum! {
    /// Who gave a fact.
    pub enum FactSource {
        /// A person typed it in.
        Person = "person",
        /// A list that was brought in, or a door through which leads come in by themselves.
        List = "list",
        /// The company's website.
        Website = "website",
        /// The company register.
        Register = "register",
    }
}

/// What the event of a change holds; nothing when the person was erased.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Change {
    fields: Vec<String>,
    source: String,
    /// Where leads come in by themselves: the words of the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    /// Per field the page that said it, when it came from the website.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
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
        let street = |c: &Company| (c.details.street.clone(), c.details.house_number.clone());
        // Who looked the form up again vouches for it, also when it is the same.
        let form = |c: &Company| (c.details.legal_form.clone(), c.details.legal_form_source.clone());
        let pairs = [
            ("name", before.name != after.name),
            ("kvk_number", before.kvk_number != after.kvk_number),
            ("website", before.website != after.website),
            ("country", before.country != after.country),
            ("region", before.region != after.region),
            ("city", before.city != after.city),
            ("street", street(before) != street(after)),
            ("postcode", before.details.postcode != after.details.postcode),
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
            change_json(&Change { fields, source: FactSource::Person.to_string(), ..Change::default() })?;
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
            ..Change::default()
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
            ..Change::default()
        })?;
        event::append(tx, &happened).await?;
        Ok(())
    }

    /// Writes down which facts of records that were there came in with somebody. What an upload changes is kept by the
    /// upload itself.
    pub(super) async fn note_arrival(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        changes: &[RecordChange],
    ) -> Result<()> {
        let mut events = Vec::new();
        for change in changes.iter().filter(|change| !change.facts.is_empty()) {
            let (kind, subject, id) = match change.contact {
                Some(contact) => ("contact.changed", "contact", contact.0),
                None => ("company.changed", "company", change.company.0),
            };
            let mut happened = self.event(arrival.actor, kind, subject, Some(id));
            happened.company_id = Some(change.company);
            happened.contact_id = change.contact;
            happened.data = change_json(&Change {
                fields: noted_fields(&change.facts),
                source: FactSource::List.to_string(),
                list: Some(arrival.source.to_owned()),
                ..Change::default()
            })?;
            events.push(happened);
        }
        event::append_many(tx, &events).await?;
        Ok(())
    }

    /// Who gave which facts of a company and its people last, newest first.
    pub(in crate::engine) async fn fact_sources(
        &self,
        tx: &mut Tx,
        company: CompanyId,
    ) -> Result<Vec<SourcedFact>> {
        let mut changes = event::of_company(tx, company, "company.changed", CHANGES_MAX).await?;
        changes.extend(event::of_company(tx, company, "contact.changed", CHANGES_MAX).await?);
        let mut facts = lists_gave(tx, company).await?;
        for change in changes {
            let said: Change = serde_json::from_str(&change.data)
                .map_err(|e| EngineError::Outside(format!("a change of facts cannot be read: {e}")))?;
            if said.fields.is_empty() {
                continue;
            }
            let by = name_of(tx, change.actor_id).await?;
            let source = said.source.parse().map_err(|e| EngineError::Outside(format!("{e}")))?;
            facts.extend(said.fields.into_iter().map(|field| SourcedFact {
                contact: change.contact_id,
                page: said.pages.get(&field).cloned(),
                field,
                at: change.occurred_at,
                by: by.clone(),
                source,
                list: said.list.clone(),
            }));
        }
        facts.sort_by_key(|fact| std::cmp::Reverse(fact.at));
        let mut seen: HashSet<(Option<ContactId>, String)> = HashSet::new();
        facts.retain(|fact| seen.insert((fact.contact, fact.field.clone())));
        Ok(facts)
    }
}

/// What lists gave to a company and its people after their records were made.
async fn lists_gave(tx: &mut Tx, company: CompanyId) -> Result<Vec<SourcedFact>> {
    let people: Vec<Uuid> =
        contact::of_company(tx, company, PEOPLE_MAX).await?.into_iter().map(|person| person.id.0).collect();
    let mut gave = import_trace::given_to(tx, ChangedKind::Company, &[company.0]).await?;
    gave.extend(import_trace::given_to(tx, ChangedKind::Contact, &people).await?);
    let facts = gave.into_iter().flat_map(|gave| {
        let contact = (gave.subject != company.0).then_some(ContactId(gave.subject));
        let fields: Vec<String> = gave.fields.split(',').map(str::to_owned).collect();
        fields.into_iter().filter(|field| !field.is_empty()).map(move |field| SourcedFact {
            contact,
            field,
            at: gave.at,
            by: None,
            source: FactSource::List,
            page: None,
            list: Some(gave.list.clone()),
        })
    });
    Ok(facts.collect())
}

fn change_json(change: &Change) -> Result<String> {
    serde_json::to_string(change).map_err(|e| EngineError::Outside(e.to_string()))
}

/// Facts of a record that a list changed: before and after, by the names under which uploads compare them.
pub(super) struct RecordChange {
    pub(super) company: CompanyId,
    /// The person; none for the company itself.
    pub(super) contact: Option<ContactId>,
    pub(super) facts: Map<String, Value>,
}

/// The fields that facts of an upload fill, named as in the API.
pub(super) fn noted_fields(facts: &Map<String, Value>) -> Vec<String> {
    let named = facts.keys().map(|fact| match fact.as_str() {
        "company_name" | "given_name" | "infix" | "family_name" => "name",
        "company_phone" => "phone",
        "domain" => "website",
        "house_number" => "street",
        "employees" => "employees_n",
        "revenue" | "revenue_currency" => "revenue",
        "sbi_version" => "sbi_code",
        "legal_form_source" | "legal_form_on" => "legal_form",
        "email_origin" => "email",
        "person_linkedin_url" => "linkedin_url",
        same => same,
    });
    named.collect::<BTreeSet<&str>>().into_iter().map(str::to_owned).collect()
}

async fn name_of(tx: &mut Tx, user: Option<Uuid>) -> Result<Option<String>> {
    match user {
        Some(user) => Ok(promotion::member(tx, UserId(user)).await?.map(|(name, ..)| name)),
        None => Ok(None),
    }
}
