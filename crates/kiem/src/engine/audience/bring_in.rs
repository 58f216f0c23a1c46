//! Bringing rows of facts into the audience: companies and people are matched or made, blanks are filled, nothing that
//! is known is overwritten, and who must not be mailed comes in blocked. All in the caller's transaction.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::audience::IdealProfile;
use kiem_domain::consent::Basis;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId, ImportId, LeadId, UserId};
use kiem_domain::lead::LeadState;
use kiem_domain::names::company_key;
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::contact::{self, Contact, ContactGround};
use kiem_store::event::{self, Actor, Event};
use kiem_store::lead::{self, Lead};
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression::{self, Suppression};

use super::facts::{CompanyFacts, PersonFacts, RowFacts};
use super::records::{copy_to_lead, new_company, new_contact, new_lead, read_contact_title, score_company};
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::hint;
use crate::engine::{Engine, Result};

/// Rows that arrive together.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// What they say.
    pub rows: &'a [RowFacts],
    /// Recorded for new people, and for people without a ground.
    pub ground: Option<&'a GroundToRecord>,
    /// Where they come from, in words: the file's name, or "by hand".
    pub source: &'a str,
    /// The upload.
    pub import: Option<ImportId>,
    /// Against which fit is scored.
    pub profile: &'a IdealProfile,
    /// Who brings them in.
    pub actor: Actor,
}

/// Why people may be approached, as a person declared it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundToRecord {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof.
    pub source_detail: String,
    /// Day on which data or consent was obtained.
    pub obtained_on: Date,
    /// Who declared it.
    pub recorded_by: UserId,
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowOutcome {
    /// The company; missing when the row was refused.
    pub company: Option<CompanyId>,
    /// The person, when the row has one.
    pub contact: Option<ContactId>,
    /// The place in the list, when it is new.
    pub new_lead: Option<LeadId>,
    /// Whether the company is new.
    pub company_is_new: bool,
    /// Whether the person was there before this row.
    pub contact_matched: bool,
    /// Whether the person must not be mailed.
    pub is_suppressed: bool,
    /// Whether the row was refused because the person asked to be erased.
    pub is_erased: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    New,
    Changed,
    Same,
}

/// The records that the rows touch, in memory: decided here, written once at the end.
struct Desk<'a> {
    arrival: &'a Arrival<'a>,
    now: Timestamp,
    companies: Vec<(Company, Change)>,
    by_id: HashMap<CompanyId, usize>,
    by_kvk: HashMap<String, usize>,
    by_domain: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    contacts: Vec<(Contact, Change)>,
    known_contacts: HashMap<ContactId, usize>,
    by_email: HashMap<String, usize>,
    by_person: HashMap<(CompanyId, String), Vec<usize>>,
    /// Addresses of rows before, with their company: the person is made only later.
    company_of_email: HashMap<String, usize>,
}

impl Engine {
    /// Brings rows in. One outcome per row, in order. Safe to do twice: the second time everything matches.
    ///
    /// # Errors
    /// When the database fails, or another transaction made one of the companies meanwhile
    /// ([`crate::engine::EngineError::Conflict`]); then the transaction must be thrown away and done again.
    pub async fn bring_in(&self, tx: &mut Tx, arrival: &Arrival<'_>) -> Result<Vec<RowOutcome>> {
        let mut outcomes = self.look_up_suppressed(tx, arrival.rows).await?;
        let mut desk = Desk::new(arrival, self.now());
        desk.load(tx, arrival.rows).await?;
        let company_of: Vec<Option<usize>> = arrival
            .rows
            .iter()
            .zip(&mut outcomes)
            .map(|(row, outcome)| (!outcome.is_erased).then(|| desk.place_company(self, row, outcome)))
            .collect();
        desk.load_namesakes(tx, arrival.rows, &company_of).await?;
        let contact_of: Vec<Option<usize>> = arrival
            .rows
            .iter()
            .zip(&company_of)
            .zip(&mut outcomes)
            .map(|((row, company), outcome)| company.and_then(|c| desk.place_contact(self, row, c, outcome)))
            .collect();
        self.block_do_not_mail(tx, arrival, &desk, &contact_of, &mut outcomes).await?;
        self.write_desk(tx, arrival, &mut desk, &contact_of, &mut outcomes).await?;
        Ok(outcomes)
    }

    async fn look_up_suppressed(&self, tx: &mut Tx, rows: &[RowFacts]) -> Result<Vec<RowOutcome>> {
        let mut of_domain: HashMap<String, [Vec<u8>; 2]> = HashMap::new();
        let mut of_row: Vec<Option<(Vec<u8>, String)>> = Vec::with_capacity(rows.len());
        for row in rows {
            of_row.push(row.person.email.as_ref().map(|email| {
                let domain = email.domain();
                of_domain.entry(domain.as_str().to_owned()).or_insert_with(|| {
                    let hash = |d: &str| self.keys().suppression_hash("domain", d);
                    [hash(domain.as_str()), hash(domain.registrable().as_str())]
                });
                (self.keys().address_hash(email), domain.as_str().to_owned())
            }));
        }
        let mut hashes: HashSet<Vec<u8>> = of_domain.values().flatten().cloned().collect();
        hashes.extend(of_row.iter().flatten().map(|(hash, _)| hash.clone()));
        let hashes: Vec<Vec<u8>> = hashes.into_iter().collect();
        let found: HashMap<Vec<u8>, String> = suppression::reasons(tx, &hashes).await?.into_iter().collect();
        Ok(of_row
            .iter()
            .map(|row| {
                let Some((hash, domain)) = row else { return RowOutcome::default() };
                let by_domain =
                    of_domain.get(domain).is_some_and(|both| both.iter().any(|h| found.contains_key(h)));
                RowOutcome {
                    is_suppressed: by_domain || found.contains_key(hash),
                    is_erased: found.get(hash).is_some_and(|reason| reason == "erased"),
                    ..RowOutcome::default()
                }
            })
            .collect())
    }

    /// "Do not mail" in a row goes on the suppression list, and stops what runs for people who are already there.
    async fn block_do_not_mail(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &Desk<'_>,
        contact_of: &[Option<usize>],
        outcomes: &mut [RowOutcome],
    ) -> Result<()> {
        let mut entries = Vec::new();
        for ((row, contact), outcome) in arrival.rows.iter().zip(contact_of).zip(outcomes) {
            let (true, Some(index)) = (row.do_not_mail, contact) else { continue };
            let (person, change) = &desk.contacts[*index];
            let Some(email) = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) else {
                continue;
            };
            outcome.is_suppressed = true;
            entries.push(self.imported_entry(&email, arrival));
            if *change != Change::New
                && let Some(lead) = lead::of_contact(tx, person.id).await?
            {
                outreach_stop::stop(tx, StopScope::Lead(lead.id), "imported", desk.now).await?;
                let from = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];
                lead::set_state(tx, lead.id, &from, LeadState::Blocked, None).await?;
            }
        }
        let keys = entries.iter().map(|entry| entry.key_hash.clone()).collect();
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, keys).await;
        suppression::insert_many(tx, &entries).await?;
        Ok(())
    }

    fn imported_entry(&self, email: &EmailAddress, arrival: &Arrival<'_>) -> Suppression {
        Suppression {
            key_hash: self.keys().address_hash(email),
            kind: "email".to_owned(),
            hint: hint(email),
            reason: "imported".to_owned(),
            source: arrival.source.to_owned(),
            created_by: match arrival.actor {
                Actor::User(id) => Some(UserId(id)),
                _ => None,
            },
            created_at: self.now(),
        }
    }

    async fn write_desk(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &mut Desk<'_>,
        contact_of: &[Option<usize>],
        outcomes: &mut [RowOutcome],
    ) -> Result<()> {
        for (company, change) in &mut desk.companies {
            if *change != Change::Same {
                score_company(company, arrival.profile);
            }
        }
        company::insert_many(tx, &chosen(&desk.companies, Change::New)).await?;
        for changed in chosen(&desk.companies, Change::Changed) {
            company::update(tx, &changed).await?;
        }
        contact::insert_many(tx, &chosen(&desk.contacts, Change::New)).await?;
        for changed in chosen(&desk.contacts, Change::Changed) {
            contact::update(tx, &changed).await?;
        }
        let said = serde_json::json!({ "source": arrival.source, "import": arrival.import.map(|i| i.0) })
            .to_string();
        let (mut leads, mut events, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, outcome) in contact_of.iter().zip(outcomes.iter_mut()) {
            let Some(index) = index else { continue };
            let (person, change) = &desk.contacts[*index];
            if *change != Change::New || !seen.insert(*index) {
                continue;
            }
            let lead = self.lead_for(desk, person, arrival, outcome.is_suppressed);
            outcome.new_lead = Some(lead.id);
            events.push(self.arrived(&lead, arrival, &said));
            leads.push(lead);
        }
        lead::insert_many(tx, &leads).await?;
        event::append_many(tx, &events).await?;
        self.write_grounds(tx, arrival, desk, contact_of).await?;
        self.refresh_changed(tx, arrival, desk).await
    }

    fn lead_for(
        &self,
        desk: &Desk<'_>,
        person: &Contact,
        arrival: &Arrival<'_>,
        is_suppressed: bool,
    ) -> Lead {
        let mut lead = new_lead(self.new_id(), person, arrival.import, desk.now);
        if is_suppressed {
            lead.state = LeadState::Blocked;
        }
        if let Some(index) = desk.by_id.get(&person.company_id) {
            copy_to_lead(&mut lead, &desk.companies[*index].0, person, arrival.profile);
        }
        lead
    }

    fn arrived(&self, lead: &Lead, arrival: &Arrival<'_>, said: &str) -> Event {
        let mut event = self.event(arrival.actor, "lead.imported", "lead", Some(lead.id.0));
        event.company_id = Some(lead.company_id);
        event.contact_id = Some(lead.contact_id);
        event.data = said.to_owned();
        event
    }

    async fn write_grounds(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &Desk<'_>,
        contact_of: &[Option<usize>],
    ) -> Result<()> {
        let Some(ground) = arrival.ground else { return Ok(()) };
        let people: HashSet<usize> = contact_of.iter().flatten().copied().collect();
        let grounds: Vec<ContactGround> = people
            .into_iter()
            .map(|index| ContactGround {
                contact_id: desk.contacts[index].0.id,
                basis: ground.basis,
                source: ground.source.clone(),
                source_detail: ground.source_detail.clone(),
                obtained_on: ground.obtained_on,
                recorded_by: ground.recorded_by,
                recorded_at: desk.now,
            })
            .collect();
        contact::insert_grounds(tx, &grounds).await?;
        Ok(())
    }

    /// Records that were filled up show in the list as they are now.
    async fn refresh_changed(&self, tx: &mut Tx, arrival: &Arrival<'_>, desk: &Desk<'_>) -> Result<()> {
        for company in chosen(&desk.companies, Change::Changed) {
            self.refresh_leads(tx, &company, arrival.profile).await?;
        }
        for person in chosen(&desk.contacts, Change::Changed) {
            let company = desk.by_id.get(&person.company_id).map(|index| &desk.companies[*index]);
            if let (Some((company, _)), Some(mut lead)) = (company, lead::of_contact(tx, person.id).await?) {
                copy_to_lead(&mut lead, company, &person, arrival.profile);
                lead::update_copies(tx, &lead).await?;
                self.refresh_pursuits(tx, company, arrival.profile).await?;
            }
        }
        Ok(())
    }

    /// Copies a company's facts to the leads and pursuits there. Returns how many leads were written.
    pub(super) async fn refresh_leads(
        &self,
        tx: &mut Tx,
        company: &Company,
        profile: &IdealProfile,
    ) -> Result<usize> {
        let people: HashMap<ContactId, Contact> = contact::of_company(tx, company.id, LEADS_PER_COMPANY_MAX)
            .await?
            .into_iter()
            .map(|c| (c.id, c))
            .collect();
        let mut n = 0;
        for mut lead in lead::of_company(tx, company.id, LEADS_PER_COMPANY_MAX).await? {
            let Some(person) = people.get(&lead.contact_id) else { continue };
            let before = lead.clone();
            copy_to_lead(&mut lead, company, person, profile);
            if lead != before {
                lead::update_copies(tx, &lead).await?;
                n += 1;
            }
        }
        self.refresh_pursuits(tx, company, profile).await?;
        Ok(n)
    }
}

/// People of one company whose list entries are refreshed together.
const LEADS_PER_COMPANY_MAX: i64 = 10_000;

fn chosen<T: Clone>(records: &[(T, Change)], wanted: Change) -> Vec<T> {
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

impl<'a> Desk<'a> {
    fn new(arrival: &'a Arrival<'a>, now: Timestamp) -> Desk<'a> {
        Desk {
            arrival,
            now,
            companies: Vec::new(),
            by_id: HashMap::new(),
            by_kvk: HashMap::new(),
            by_domain: HashMap::new(),
            by_name: HashMap::new(),
            contacts: Vec::new(),
            known_contacts: HashMap::new(),
            by_email: HashMap::new(),
            by_person: HashMap::new(),
            company_of_email: HashMap::new(),
        }
    }

    /// Loads every company and person that a row may mean.
    async fn load(&mut self, tx: &mut Tx, rows: &[RowFacts]) -> Result<()> {
        let keys = |of: &dyn Fn(&RowFacts) -> Option<String>| -> Vec<String> {
            rows.iter().filter_map(of).collect::<HashSet<_>>().into_iter().collect()
        };
        let emails = keys(&|r| r.person.email.as_ref().map(|e| e.as_str().to_owned()));
        let people = contact::by_emails(tx, &emails).await?;
        let mut companies =
            company::by_keys(tx, CompanyKey::KvkNumber, &keys(&|r| r.company.kvk_number.clone())).await?;
        companies
            .extend(company::by_keys(tx, CompanyKey::Domain, &keys(&|r| r.company.domain.clone())).await?);
        companies.extend(
            company::by_keys(tx, CompanyKey::NameKey, &keys(&|r| Some(company_key(&r.company.name)))).await?,
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
    async fn load_namesakes(
        &mut self,
        tx: &mut Tx,
        rows: &[RowFacts],
        company_of: &[Option<usize>],
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
        for person in contact::named_at(tx, &companies, &names).await? {
            self.add_contact(person, Change::Same);
        }
        Ok(())
    }

    fn add_company(&mut self, company: Company, change: Change) -> usize {
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
        self.by_name.entry(company.name_key.clone()).or_default().push(index);
        self.companies.push((company, change));
        index
    }

    fn add_contact(&mut self, person: Contact, change: Change) -> usize {
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

    /// The company of a row: by KvK number, then domain, then the person's address, then name; else a new one.
    fn place_company(&mut self, engine: &Engine, row: &RowFacts, outcome: &mut RowOutcome) -> usize {
        let facts = &row.company;
        let email = row.person.email.as_ref().map(EmailAddress::as_str);
        let found = self.find_company(facts, email);
        let index = match found {
            Some(index) => {
                self.fill_company(index, facts);
                index
            }
            None => {
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
        index
    }

    fn find_company(&self, facts: &CompanyFacts, email: Option<&str>) -> Option<usize> {
        let agrees = |index: &usize| {
            let known = &self.companies[*index].0;
            let same = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
            same(&known.kvk_number, &facts.kvk_number)
        };
        if let Some(index) = facts.kvk_number.as_ref().and_then(|k| self.by_kvk.get(k)) {
            return Some(*index);
        }
        if let Some(index) = facts.domain.as_ref().and_then(|d| self.by_domain.get(d)).filter(|i| agrees(i)) {
            return Some(*index);
        }
        let by_person = email.and_then(|e| {
            let known = self.by_email.get(e).and_then(|i| self.by_id.get(&self.contacts[*i].0.company_id));
            known.or_else(|| self.company_of_email.get(e))
        });
        if let Some(index) = by_person.filter(|i| agrees(i)) {
            return Some(*index);
        }
        let namesakes = self.by_name.get(&company_key(&facts.name))?;
        namesakes.iter().find(|index| self.is_namesake(**index, facts)).copied()
    }

    /// The same name is the same company only when nothing that is known about both differs.
    fn is_namesake(&self, index: usize, facts: &CompanyFacts) -> bool {
        let known = &self.companies[index].0;
        let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b));
        !differs(&known.kvk_number, &facts.kvk_number)
            && !differs(&known.domain, &facts.domain)
            && !differs(&known.country, &facts.country)
            && !differs(&known.city, &facts.city)
    }

    fn fill_company(&mut self, index: usize, facts: &CompanyFacts) {
        let kvk_is_free = facts.kvk_number.as_ref().is_some_and(|k| !self.by_kvk.contains_key(k));
        let domain_is_free = facts.domain.as_ref().is_some_and(|d| !self.by_domain.contains_key(d));
        let (company, change) = &mut self.companies[index];
        let mut filled = false;
        // Named after its domain, because a list of addresses had no name: the first real name takes its place.
        if company.domain.as_ref() == Some(&company.name) && facts.name != company.name {
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
    fn place_contact(
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
            self.by_email.extend(email.map(|e| (e, index)));
        }
        filled |= fill(&mut person.phone, &facts.phone);
        filled |= fill(&mut person.language, &facts.language);
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
