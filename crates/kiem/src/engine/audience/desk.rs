//! The records that the rows of a list touch, in memory: which company and which person each row means is decided here,
//! without a database in the way.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::names::company_key;
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyDetails, CompanyKey};
use kiem_store::contact::{self, Contact};

use super::bring_in::{Arrival, RowOutcome};
use super::facts::{CompanyFacts, PersonFacts, RowFacts};
use super::memory::Memory;
use super::records::{new_company, new_contact, read_contact_title, sourced};
use crate::engine::{Engine, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Changed,
    Same,
}

/// The records that the rows touch, in memory: decided here, written once at the end.
pub(super) struct Desk<'a> {
    arrival: &'a Arrival<'a>,
    pub(super) now: Timestamp,
    pub(super) companies: Vec<(Company, Change)>,
    pub(super) by_id: HashMap<CompanyId, usize>,
    by_kvk: HashMap<String, usize>,
    by_register: HashMap<String, usize>,
    by_domain: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    pub(super) contacts: Vec<(Contact, Change)>,
    known_contacts: HashMap<ContactId, usize>,
    by_email: HashMap<String, usize>,
    by_person: HashMap<(CompanyId, String), Vec<usize>>,
    /// Addresses of rows before, with their company: the person is made only later.
    company_of_email: HashMap<String, usize>,
}

pub(super) fn chosen<T: Clone>(records: &[(T, Change)], wanted: Change) -> Vec<T> {
    records.iter().filter(|(_, change)| *change == wanted).map(|(record, _)| record.clone()).collect()
}

/// Fills a blank; returns whether something was filled.
fn fill<T: Clone>(known: &mut Option<T>, new: &Option<T>) -> bool {
    let fills = known.is_none() && new.is_some();
    if fills {
        known.clone_from(new);
    }
    fills
}

/// What is known about the company of a row.
enum Found {
    One(usize),
    Several,
    None,
}

fn fill_details(known: &mut CompanyDetails, new: &CompanyDetails) -> bool {
    // An address is one fact: a street of one list beside the postcode of another is nowhere.
    let has_address = known.street.is_some() || known.postcode.is_some();
    let mut filled = false;
    if !has_address {
        filled |= fill(&mut known.street, &new.street);
        filled |= fill(&mut known.house_number, &new.house_number);
        filled |= fill(&mut known.postcode, &new.postcode);
    }
    if known.revenue_cents.is_none() {
        filled |= fill(&mut known.revenue_cents, &new.revenue_cents);
        filled |= fill(&mut known.revenue_currency, &new.revenue_currency);
    }
    if fill(&mut known.legal_form, &new.legal_form) {
        known.legal_form_source.clone_from(&new.legal_form_source);
        known.legal_form_on = new.legal_form_on;
        filled = true;
    }
    // An indicator that one list shows stands, whatever the next one leaves out.
    if new.is_non_mailing && !known.is_non_mailing {
        known.is_non_mailing = true;
        filled = true;
    }
    for (known, new) in [
        (&mut known.register_number, &new.register_number),
        (&mut known.vat_id, &new.vat_id),
        (&mut known.lei, &new.lei),
        (&mut known.linkedin_url, &new.linkedin_url),
        (&mut known.sbi_code, &new.sbi_code),
        (&mut known.founded_on, &new.founded_on),
    ] {
        filled |= fill(known, new);
    }
    filled
}

impl<'a> Desk<'a> {
    pub(super) fn new(arrival: &'a Arrival<'a>, now: Timestamp) -> Desk<'a> {
        Desk {
            arrival,
            now,
            companies: Vec::new(),
            by_id: HashMap::new(),
            by_kvk: HashMap::new(),
            by_register: HashMap::new(),
            by_domain: HashMap::new(),
            by_name: HashMap::new(),
            contacts: Vec::new(),
            known_contacts: HashMap::new(),
            by_email: HashMap::new(),
            by_person: HashMap::new(),
            company_of_email: HashMap::new(),
        }
    }

    /// The rows that are decided about.
    pub(super) fn rows(&self) -> &'a [RowFacts] {
        self.arrival.rows
    }

    /// Loads every company and person that a row may mean.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        rows: &[RowFacts],
        memory: Option<&Memory>,
    ) -> Result<()> {
        let keys = |of: &dyn Fn(&RowFacts) -> Option<String>| -> Vec<String> {
            rows.iter().filter_map(of).collect::<HashSet<_>>().into_iter().collect()
        };
        let emails = keys(&|r| r.person.email.as_ref().map(|e| e.as_str().to_owned()));
        let mut people = Vec::new();
        // What was only judged so far is newer than what the database knows.
        if let Some(memory) = memory {
            people = memory.people_of(&emails);
            for company in memory.companies_of(rows, &people) {
                self.add_company(company, Change::Same);
            }
        }
        people.extend(contact::by_emails(tx, &emails).await?);
        let mut companies =
            company::by_keys(tx, CompanyKey::KvkNumber, &keys(&|r| r.company.kvk_number.clone())).await?;
        companies
            .extend(company::by_keys(tx, CompanyKey::Domain, &keys(&|r| r.company.domain.clone())).await?);
        let registered = keys(&|r| r.company.details.register_number.clone());
        companies.extend(company::by_keys(tx, CompanyKey::RegisterNumber, &registered).await?);
        companies.extend(
            company::by_keys(
                tx,
                CompanyKey::NameKey,
                &keys(&|r| Some(company_key(&r.company.name)).filter(|k| !k.is_empty())),
            )
            .await?,
        );
        for company in companies {
            self.add_company(company, Change::Same);
        }
        let missing: HashSet<CompanyId> =
            people.iter().map(|p| p.company_id).filter(|id| !self.by_id.contains_key(id)).collect();
        for company in company::by_ids(tx, &missing.into_iter().collect::<Vec<_>>()).await? {
            self.add_company(company, Change::Same);
        }
        for person in people {
            self.add_contact(person, Change::Same);
        }
        Ok(())
    }

    /// Loads people at the companies of the rows who have a name of a row.
    pub(super) async fn load_namesakes(
        &mut self,
        tx: &mut Tx,
        rows: &[RowFacts],
        company_of: &[Option<usize>],
        memory: Option<&Memory>,
    ) -> Result<()> {
        let (mut companies, mut names) = (HashSet::new(), HashSet::new());
        for (row, company) in rows.iter().zip(company_of) {
            let (Some(index), Some(name)) = (company, &row.person.name) else { continue };
            let (company, change) = &self.companies[*index];
            if *change != Change::New {
                companies.insert(company.id);
                names.insert(name.key());
            }
        }
        let (companies, names) =
            (companies.into_iter().collect::<Vec<_>>(), names.into_iter().collect::<Vec<_>>());
        for person in memory.into_iter().flat_map(|m| m.named_at(&companies, &names)) {
            self.add_contact(person, Change::Same);
        }
        for person in contact::named_at(tx, &companies, &names).await? {
            self.add_contact(person, Change::Same);
        }
        Ok(())
    }

    pub(super) fn add_company(&mut self, company: Company, change: Change) -> usize {
        if let Some(index) = self.by_id.get(&company.id) {
            return *index;
        }
        let index = self.companies.len();
        self.by_id.insert(company.id, index);
        if let Some(kvk) = &company.kvk_number {
            self.by_kvk.insert(kvk.clone(), index);
        }
        if let Some(domain) = &company.domain {
            self.by_domain.insert(domain.clone(), index);
        }
        if let Some(number) = &company.details.register_number {
            self.by_register.entry(number.clone()).or_insert(index);
        }
        self.by_name.entry(company.name_key.clone()).or_default().push(index);
        self.companies.push((company, change));
        index
    }

    pub(super) fn add_contact(&mut self, person: Contact, change: Change) -> usize {
        if let Some(index) = self.known_contacts.get(&person.id) {
            return *index;
        }
        let index = self.contacts.len();
        self.known_contacts.insert(person.id, index);
        if let Some(email) = &person.email {
            self.by_email.insert(email.clone(), index);
        }
        if !person.name_key.is_empty() {
            self.by_person.entry((person.company_id, person.name_key.clone())).or_default().push(index);
        }
        self.contacts.push((person, change));
        index
    }

    /// The company of a row: by its number in a register, then domain, then the person's address, then name; else a new one.
    /// None when it may be several, or is named by an unknown number only.
    pub(super) fn place_company(
        &mut self,
        engine: &Engine,
        row: &RowFacts,
        outcome: &mut RowOutcome,
    ) -> Option<usize> {
        let facts = &row.company;
        let email = row.person.email.as_ref().map(EmailAddress::as_str);
        let index = match self.find_company(facts, email) {
            Found::One(index) => {
                self.fill_company(index, facts);
                index
            }
            Found::Several => {
                outcome.is_ambiguous = true;
                return None;
            }
            Found::None if facts.name.is_empty() => {
                outcome.is_unknown = true;
                return None;
            }
            Found::None => {
                let mut company = new_company(engine.new_id(), facts, self.arrival.source, self.now);
                // The domain stands for another company already (a group, a franchise): it stays there.
                if company.domain.as_ref().is_some_and(|d| self.by_domain.contains_key(d)) {
                    company.domain = None;
                }
                outcome.company_is_new = true;
                self.add_company(company, Change::New)
            }
        };
        if let Some(email) = email {
            self.company_of_email.entry(email.to_owned()).or_insert(index);
        }
        outcome.company = Some(self.companies[index].0.id);
        Some(index)
    }

    fn find_company(&self, facts: &CompanyFacts, email: Option<&str>) -> Found {
        let same = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        let agrees = |index: &usize| {
            let known = &self.companies[*index].0;
            same(&known.kvk_number, &facts.kvk_number)
                && same(&known.details.register_number, &facts.details.register_number)
        };
        if let Some(index) = facts.kvk_number.as_ref().and_then(|k| self.by_kvk.get(k)) {
            return Found::One(*index);
        }
        let registered = facts.details.register_number.as_ref().and_then(|n| self.by_register.get(n));
        // Two countries may have given the same number.
        if let Some(index) = registered.filter(|i| same(&self.companies[**i].0.country, &facts.country)) {
            return Found::One(*index);
        }
        if let Some(index) = facts.domain.as_ref().and_then(|d| self.by_domain.get(d)).filter(|i| agrees(i)) {
            return Found::One(*index);
        }
        let by_person = email.and_then(|e| {
            let known = self.by_email.get(e).and_then(|i| self.by_id.get(&self.contacts[*i].0.company_id));
            known.or_else(|| self.company_of_email.get(e))
        });
        if let Some(index) = by_person.filter(|i| agrees(i)) {
            return Found::One(*index);
        }
        if facts.name.is_empty() {
            return Found::None;
        }
        let namesakes = self.by_name.get(&company_key(&facts.name)).map(Vec::as_slice).unwrap_or_default();
        self.best_namesake(namesakes, facts)
    }

    /// Of several companies of the name the one about which most agrees; when two agree as much, nobody can say which.
    fn best_namesake(&self, namesakes: &[usize], facts: &CompanyFacts) -> Found {
        let mut best: Option<(usize, usize)> = None;
        let mut is_tied = false;
        for index in namesakes.iter().filter(|index| self.is_namesake(**index, facts)) {
            let agreeing = self.agreeing(*index, facts);
            match best {
                Some((n, _)) if n > agreeing => {}
                Some((n, _)) if n == agreeing => is_tied = true,
                _ => {
                    best = Some((agreeing, *index));
                    is_tied = false;
                }
            }
        }
        match best {
            None => Found::None,
            Some(_) if is_tied => Found::Several,
            Some((_, index)) => Found::One(index),
        }
    }

    /// How many facts a known company and a row share.
    fn agreeing(&self, index: usize, facts: &CompanyFacts) -> usize {
        let known = &self.companies[index].0;
        let same = |a: &Option<String>, b: &Option<String>| {
            usize::from(matches!((a, b), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b)))
        };
        same(&known.country, &facts.country)
            + same(&known.city, &facts.city)
            + same(&known.phone, &facts.phone)
            + same(&known.details.street, &facts.details.street)
            + same(&known.details.postcode, &facts.details.postcode)
            + same(&known.details.sbi_code, &facts.details.sbi_code)
            + usize::from(known.employees_n.is_some() && known.employees_n == facts.employees_n)
    }

    /// The same name is the same company only when nothing that is known about both differs.
    fn is_namesake(&self, index: usize, facts: &CompanyFacts) -> bool {
        let known = &self.companies[index].0;
        let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b));
        !differs(&known.kvk_number, &facts.kvk_number)
            && !differs(&known.domain, &facts.domain)
            && !differs(&known.country, &facts.country)
            && !differs(&known.city, &facts.city)
            && !differs(&known.details.register_number, &facts.details.register_number)
            && !differs(&known.details.lei, &facts.details.lei)
    }

    fn fill_company(&mut self, index: usize, facts: &CompanyFacts) {
        let kvk_is_free = facts.kvk_number.as_ref().is_some_and(|k| !self.by_kvk.contains_key(k));
        let domain_is_free = facts.domain.as_ref().is_some_and(|d| !self.by_domain.contains_key(d));
        let (company, change) = &mut self.companies[index];
        let mut filled =
            fill_details(&mut company.details, &sourced(&facts.details, self.arrival.source, self.now));
        if let Some(number) = company.details.register_number.clone() {
            self.by_register.entry(number).or_insert(index);
        }
        // Named after its domain, because a list of addresses had no name: the first real name takes its place.
        if company.domain.as_ref() == Some(&company.name)
            && facts.name != company.name
            && !facts.name.is_empty()
        {
            company.name = facts.name.clone();
            company.name_key = company_key(&company.name);
            filled = true;
        }
        if kvk_is_free && fill(&mut company.kvk_number, &facts.kvk_number) {
            filled = true;
            self.by_kvk.extend(facts.kvk_number.clone().map(|k| (k, index)));
        }
        if domain_is_free && fill(&mut company.domain, &facts.domain) {
            filled = true;
            self.by_domain.extend(facts.domain.clone().map(|d| (d, index)));
        }
        for (known, new) in [
            (&mut company.country, &facts.country),
            (&mut company.region, &facts.region),
            (&mut company.city, &facts.city),
            (&mut company.industry, &facts.industry),
            (&mut company.website, &facts.website),
            (&mut company.phone, &facts.phone),
        ] {
            filled |= fill(known, new);
        }
        filled |= fill(&mut company.employees_n, &facts.employees_n);
        if filled {
            company.updated_at = self.now;
            if *change == Change::Same {
                *change = Change::Changed;
            }
        }
    }

    /// The person of a row: by address, else by name at the company; else a new one. None when the row has nobody.
    pub(super) fn place_contact(
        &mut self,
        engine: &Engine,
        row: &RowFacts,
        company: usize,
        outcome: &mut RowOutcome,
    ) -> Option<usize> {
        let facts = &row.person;
        if !facts.is_somebody() {
            return None;
        }
        let index = match self.find_contact(facts, self.companies[company].0.id) {
            Some(index) => {
                outcome.contact_matched = true;
                self.fill_contact(index, company, facts);
                index
            }
            None => {
                let person = new_contact(
                    engine.new_id(),
                    &self.companies[company].0,
                    facts,
                    self.arrival.source,
                    self.now,
                );
                self.add_contact(person, Change::New)
            }
        };
        outcome.contact = Some(self.contacts[index].0.id);
        Some(index)
    }

    fn find_contact(&self, facts: &PersonFacts, company: CompanyId) -> Option<usize> {
        if let Some(index) = facts.email.as_ref().and_then(|e| self.by_email.get(e.as_str())) {
            return Some(*index);
        }
        let name = facts.name.as_ref()?.key();
        let namesakes = self.by_person.get(&(company, name))?;
        // Two people of one name at one company have two addresses; with one address or none it is one person.
        namesakes.iter().find(|i| facts.email.is_none() || self.contacts[**i].0.email.is_none()).copied()
    }

    fn fill_contact(&mut self, index: usize, company: usize, facts: &PersonFacts) {
        let (person, change) = &mut self.contacts[index];
        let mut filled = false;
        if let (true, Some(name)) = (person.name_key.is_empty(), &facts.name) {
            person.name_key = name.key();
            (person.given_name, person.infix, person.family_name) =
                (name.given.clone(), name.infix.clone(), name.family.clone());
            filled = true;
        }
        let email = facts.email.as_ref().map(|e| e.as_str().to_owned());
        if fill(&mut person.email, &email) {
            filled = true;
            person.email_origin = facts.email_origin;
            self.by_email.extend(email.map(|e| (e, index)));
        }
        filled |= fill(&mut person.phone, &facts.phone);
        filled |= fill(&mut person.language, &facts.language);
        filled |= fill(&mut person.linkedin_url, &facts.linkedin_url);
        if fill(&mut person.title, &facts.title) {
            filled = true;
            read_contact_title(person, &self.companies[company].0);
        }
        if filled {
            person.updated_at = self.now;
            if *change == Change::Same {
                *change = Change::Changed;
            }
        }
    }
}
