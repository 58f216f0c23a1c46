//! What companies were before a merge, so that a list which still knows them so means who they are now, and brings nothing
//! back.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::id::CompanyId;
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::company_alias::{self, AliasKey, CompanyAlias};
use kiem_store::merge::Recorder;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::conflicts::{company_map, write_company};
use super::facts::CompanyFacts;
use super::records::new_company;
use crate::engine::{Engine, EngineError, Result};

/// What companies on a desk were, with the place of who they are now.
#[derive(Default)]
pub(super) struct Aliases {
    known: Vec<(usize, Company)>,
    by_place: HashMap<usize, Vec<usize>>,
    by_domain: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Aliases {
    /// Adds what the company at a place was.
    pub(super) fn add(&mut self, place: usize, was: Company) {
        let number = self.known.len();
        self.by_place.entry(place).or_default().push(number);
        if let Some(domain) = was.domain.clone() {
            self.by_domain.entry(domain).or_default().push(number);
        }
        if !was.name_key.is_empty() {
            self.by_name.entry(was.name_key.clone()).or_default().push(number);
        }
        self.known.push((place, was));
    }

    /// Places of the companies that had a domain.
    pub(super) fn at_domain<'a>(&'a self, domain: &str) -> impl Iterator<Item = usize> + use<'a> {
        self.under(self.by_domain.get(domain)).map(|(place, _)| place)
    }

    /// What had a name, with the places.
    pub(super) fn named<'a>(
        &'a self,
        name_key: &str,
    ) -> impl Iterator<Item = (usize, &'a Company)> + use<'a> {
        self.under(self.by_name.get(name_key))
    }

    fn under<'a>(
        &'a self,
        numbers: Option<&'a Vec<usize>>,
    ) -> impl Iterator<Item = (usize, &'a Company)> + use<'a> {
        numbers.into_iter().flatten().map(|number| {
            let (place, was) = &self.known[*number];
            (*place, was)
        })
    }

    /// What the company at a place was.
    pub(super) fn of(&self, place: usize) -> impl Iterator<Item = &Company> {
        self.under(self.by_place.get(&place)).map(|(_, was)| was)
    }

    /// What a row says beyond what was weighed when the companies became one: that it brings back nothing that went then.
    pub(super) fn unsaid<'f>(&self, place: usize, facts: &'f CompanyFacts) -> Cow<'f, CompanyFacts> {
        let mut unsaid = Cow::Borrowed(facts);
        for was in self.of(place) {
            forget_said(unsaid.to_mut(), was);
        }
        unsaid
    }
}

/// Leaves out what a company said of itself before.
fn forget_said(facts: &mut CompanyFacts, was: &Company) {
    let (d, w) = (&mut facts.details, &was.details);
    if (&d.street, &d.house_number, &d.postcode) == (&w.street, &w.house_number, &w.postcode) {
        (d.street, d.house_number, d.postcode) = (None, None, None);
    }
    for (fact, said) in [
        (&mut facts.kvk_number, &was.kvk_number),
        (&mut facts.domain, &was.domain),
        (&mut facts.country, &was.country),
        (&mut facts.region, &was.region),
        (&mut facts.city, &was.city),
        (&mut facts.industry, &was.industry),
        (&mut facts.website, &was.website),
        (&mut facts.phone, &was.phone),
        (&mut d.register_number, &w.register_number),
        (&mut d.vat_id, &w.vat_id),
        (&mut d.lei, &w.lei),
        (&mut d.legal_form, &w.legal_form),
        (&mut d.linkedin_url, &w.linkedin_url),
        (&mut d.sbi_code, &w.sbi_code),
        (&mut d.founded_on, &w.founded_on),
    ] {
        if *fact == *said {
            *fact = None;
        }
    }
    if d.sbi_code.is_none() {
        d.sbi_version = ActivityVersion::Unknown;
    }
    if facts.name == was.name {
        facts.name.clear();
    }
    if facts.employees_n == was.employees_n {
        facts.employees_n = None;
    }
    if d.revenue_cents == w.revenue_cents {
        d.revenue_cents = None;
    }
}

/// Whether a list that knows a company as it was would not find it as it is.
fn is_lost_sight_of(was: &Company, is: &Company) -> bool {
    let gone = |was: &Option<String>, is: &Option<String>| {
        was.as_ref().is_some_and(|was| is.as_ref().is_none_or(|is| !is.eq_ignore_ascii_case(was)))
    };
    was.name_key != is.name_key
        || gone(&was.domain, &is.domain)
        || gone(&was.city, &is.city)
        || gone(&was.country, &is.country)
}

/// A company as an alias tells it.
pub(super) fn as_it_was(alias: &CompanyAlias) -> Result<Company> {
    let facts: Map<String, Value> =
        serde_json::from_str(&alias.facts).map_err(|e| EngineError::Outside(e.to_string()))?;
    let mut was = new_company(alias.company_id, &CompanyFacts::default(), "", Timestamp::UNIX_EPOCH);
    write_company(&mut was, &facts);
    was.name_key.clone_from(&alias.name_key);
    Ok(was)
}

impl Engine {
    /// Keeps what two companies were that are one now, where it differs.
    pub(super) async fn keep_aliases(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        were: [&Company; 2],
        is: &Company,
    ) -> Result<()> {
        for was in were.into_iter().filter(|was| is_lost_sight_of(was, is)) {
            let alias = CompanyAlias {
                id: self.new_id::<Uuid>(),
                company_id: is.id,
                domain: was.domain.clone(),
                name_key: was.name_key.clone(),
                facts: Value::Object(company_map(was)).to_string(),
            };
            company_alias::put(tx, &alias).await?;
            recorder.added("company_alias", vec![("id".to_owned(), alias.id.into())]);
        }
        Ok(())
    }

    /// The company that has a domain, or that had it before it went up in another.
    pub(in crate::engine) async fn company_at(&self, tx: &mut Tx, domain: &str) -> Result<Option<Company>> {
        let keys = [domain.to_owned()];
        if let Some(company) = company::by_keys(tx, CompanyKey::Domain, &keys).await?.into_iter().next() {
            return Ok(Some(company));
        }
        let ids: Vec<CompanyId> = company_alias::known_as(tx, AliasKey::Domain, &keys).await?;
        Ok(company::by_ids(tx, &ids).await?.into_iter().next())
    }
}
