//! The records that the rows of a list touch, in memory: which company and which person each row means is decided here,
//! without a database in the way.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::contact::EmailAddress;
use kiem_domain::dedupe::{NameAgreement, compare_names, name_words};
use kiem_domain::gate::{AddressClass, AddressOrigin};
use kiem_domain::id::{CompanyId, ContactId, ImportId};
use kiem_domain::informing::clock_of;
use kiem_domain::names::{PersonName, fold};
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::company_alias::{self, AliasKey};
use kiem_store::contact::{self, Contact};
use kiem_store::{contact_alias, erasure};

use super::aliases::{Aliases, as_it_was};
use super::bring_in::{Arrival, RowOutcome};
use super::conflicts::{Conflict, ConflictPolicy, RowDecision};
use super::facts::{CompanyFacts, PersonFacts, RowFacts};
use super::known_keys::KnownKeys;
use super::memory::Memory;
use super::person_aliases::{PersonAliases, people_at};
use super::records::{new_company, new_contact};
use super::related::related;
use super::trace::MatchedBy;
use crate::engine::{Engine, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Changed,
    Same,
}

/// The records that the rows touch, in memory: decided here, written once at the end.
pub(super) struct Desk {
    pub(super) now: Timestamp,
    /// Where the rows come from, in words.
    pub(super) source: String,
    /// The upload.
    import: Option<ImportId>,
    /// What wins where a row and a record differ, unless it was decided about the row.
    pub(super) policy: ConflictPolicy,
    /// Whether a row may change a fact that is there.
    rows_win: bool,
    /// By when who comes in must have been told that we have their data.
    inform_by: Option<Date>,
    pub(super) companies: Vec<(Company, Change)>,
    pub(super) by_id: HashMap<CompanyId, usize>,
    pub(super) by_kvk: HashMap<String, usize>,
    pub(super) by_register: HashMap<String, usize>,
    pub(super) by_domain: HashMap<String, usize>,
    pub(super) by_name: HashMap<String, Vec<usize>>,
    /// What they were before a merge.
    pub(super) aliases: Aliases,
    pub(super) contacts: Vec<(Contact, Change)>,
    known_contacts: HashMap<ContactId, usize>,
    /// What they were before a merge.
    pub(super) former_people: PersonAliases,
    pub(super) by_email: HashMap<String, usize>,
    by_person: HashMap<(CompanyId, String), Vec<usize>>,
    /// Names of erased people, hashed, at companies that were there.
    erased_names: HashSet<(CompanyId, Vec<u8>)>,
    /// Addresses of rows before, with their company: the person is made only later.
    company_of_email: HashMap<String, usize>,
    /// Records that were there, as they were before the first row that changed them.
    pub(super) companies_before: Vec<Company>,
    pub(super) contacts_before: Vec<Contact>,
    /// Where rows and records differ; only noted when somebody asks.
    pub(super) conflicts: Option<Vec<Conflict>>,
}

pub(super) fn chosen<T>(records: &[(T, Change)], wanted: Change) -> impl Iterator<Item = &T> {
    records.iter().filter(move |(_, change)| *change == wanted).map(|(record, _)| record)
}

/// What stands beside the database.
#[derive(Clone, Copy, Default)]
pub(super) struct Before<'a> {
    /// What a trial would have made so far.
    pub(super) memory: Option<&'a Memory>,
    /// By what all records are found; none when the database is asked for each.
    pub(super) known: Option<&'a KnownKeys>,
    /// The rows before, which are decided about and perhaps not written yet: newer than what the database knows.
    pub(super) previous: Option<&'a Desk>,
}

/// What rows have of one kind, each once.
fn keys(rows: &[RowFacts], of: impl Fn(&RowFacts) -> Option<String>) -> Vec<String> {
    rows.iter().filter_map(of).collect::<HashSet<_>>().into_iter().collect()
}

/// Companies that the database has under one of the keys of the rows.
async fn companies_of(
    tx: &mut Tx,
    rows: &[RowFacts],
    before: Before<'_>,
    has_aliases: bool,
) -> Result<Vec<Company>> {
    if let Some(known) = before.known {
        let ids: HashSet<CompanyId> = rows.iter().flat_map(|row| known.companies_of(row)).collect();
        return Ok(company::by_ids(tx, &ids.into_iter().collect::<Vec<_>>()).await?);
    }
    let mut found = Vec::new();
    for key in [CompanyKey::KvkNumber, CompanyKey::Domain, CompanyKey::RegisterNumber, CompanyKey::NameKey] {
        let wanted = keys(rows, |row| {
            let facts = &row.company;
            match key {
                CompanyKey::KvkNumber => facts.kvk_number.clone(),
                CompanyKey::Domain => facts.domain.clone(),
                CompanyKey::RegisterNumber => facts.details.register_number.clone(),
                CompanyKey::NameKey => Some(row.company_key.clone()).filter(|name| !name.is_empty()),
                CompanyKey::Id => None,
            }
        });
        found.extend(company::by_keys(tx, key, &wanted).await?);
        let former = match key {
            CompanyKey::Domain => AliasKey::Domain,
            CompanyKey::NameKey => AliasKey::NameKey,
            _ => continue,
        };
        if has_aliases {
            let ids = company_alias::known_as(tx, former, &wanted).await?;
            found.extend(company::by_ids(tx, &ids).await?);
        }
    }
    Ok(found)
}

/// What is known about the company of a row.
enum Found {
    One(usize, MatchedBy),
    Several,
    None,
}

impl Desk {
    pub(super) fn new(arrival: &Arrival<'_>, now: Timestamp) -> Desk {
        Desk {
            now,
            source: arrival.source.to_owned(),
            import: arrival.import,
            policy: arrival.policy,
            rows_win: arrival.policy == ConflictPolicy::Overwrite
                || arrival.rows.iter().any(|row| {
                    matches!(
                        row.decision,
                        Some(
                            RowDecision::Conflict(ConflictPolicy::Overwrite)
                                | RowDecision::Company(_, Some(ConflictPolicy::Overwrite))
                        )
                    )
                }),
            inform_by: clock_of(
                arrival.ground.map(|ground| (ground.basis, ground.obtained_on)),
                now.to_zoned_datetime(TimeZone::UTC).date(),
            ),
            companies: Vec::new(),
            by_id: HashMap::new(),
            by_kvk: HashMap::new(),
            by_register: HashMap::new(),
            by_domain: HashMap::new(),
            by_name: HashMap::new(),
            aliases: Aliases::default(),
            contacts: Vec::new(),
            known_contacts: HashMap::new(),
            former_people: PersonAliases::default(),
            by_email: HashMap::new(),
            by_person: HashMap::new(),
            erased_names: HashSet::new(),
            company_of_email: HashMap::new(),
            companies_before: Vec::new(),
            contacts_before: Vec::new(),
            conflicts: None,
        }
    }

    /// Where a person stands on the desk.
    pub(super) fn place_of(&self, contact: ContactId) -> Option<usize> {
        self.known_contacts.get(&contact).copied()
    }

    /// Loads every company and person that a row may mean. Everything that is asked of the database is asked here.
    pub(super) async fn load(&mut self, tx: &mut Tx, rows: &[RowFacts], before: Before<'_>) -> Result<()> {
        if let Some(previous) = before.previous {
            self.carry(previous, rows);
        }
        let people = self.load_by_address(tx, rows, before).await?;
        let has_aliases = match before.known {
            Some(known) => known.has_aliases(),
            None => company_alias::is_any(tx).await? || contact_alias::is_any(tx).await?,
        };
        for company in companies_of(tx, rows, before, has_aliases).await? {
            self.add_newest(company, before);
        }
        let chosen = rows.iter().filter_map(|row| match row.decision {
            Some(RowDecision::Company(id, _)) => Some(id),
            _ => None,
        });
        let missing: HashSet<CompanyId> = people
            .iter()
            .map(|p| p.company_id)
            .chain(chosen)
            .filter(|id| !self.by_id.contains_key(id))
            .collect();
        for company in company::by_ids(tx, &missing.into_iter().collect::<Vec<_>>()).await? {
            self.add_newest(company, before);
        }
        if has_aliases {
            self.load_aliases(tx).await?;
        }
        for person in people {
            self.add_newest_contact(person, before);
        }
        for person in self.namesakes(tx, rows, before, has_aliases).await? {
            self.add_newest_contact(person, before);
        }
        if has_aliases {
            self.load_former_people(tx).await?;
        }
        let there: Vec<CompanyId> = self.companies.iter().map(|(company, _)| company.id).collect();
        self.erased_names = erasure::names_at(tx, &there).await?.into_iter().collect();
        Ok(())
    }

    /// People with the name of a row at a company that it, or a row that belongs to it, may mean.
    async fn namesakes(
        &self,
        tx: &mut Tx,
        rows: &[RowFacts],
        before: Before<'_>,
        has_aliases: bool,
    ) -> Result<Vec<Contact>> {
        let mut pairs: HashSet<(CompanyId, String)> = HashSet::new();
        for group in related(rows) {
            let places: HashSet<usize> = group.iter().flat_map(|row| self.candidates(&rows[*row])).collect();
            let names: HashSet<String> =
                group.iter().filter_map(|row| rows[*row].person.name.as_ref().map(PersonName::key)).collect();
            for place in places {
                pairs.extend(names.iter().map(|name| (self.companies[place].0.id, name.clone())));
            }
        }
        if let Some(known) = before.known {
            let mut named: HashSet<ContactId> =
                pairs.iter().flat_map(|(company, name)| known.people_named(*company, name)).collect();
            named.retain(|id| !self.known_contacts.contains_key(id));
            return Ok(contact::by_ids(tx, &named.into_iter().collect::<Vec<_>>()).await?);
        }
        let mut people = before.memory.map_or_else(Vec::new, |memory| memory.named_at(&pairs));
        let (there, names): (HashSet<CompanyId>, HashSet<String>) = pairs.into_iter().unzip();
        let (there, names): (Vec<_>, Vec<_>) = (there.into_iter().collect(), names.into_iter().collect());
        people.extend(contact::named_at(tx, &there, &names).await?);
        if has_aliases {
            let former = contact_alias::at_companies(tx, &there).await?;
            let named = former.into_iter().filter(|was| names.contains(&was.name_key));
            let ids: Vec<ContactId> = named.map(|was| was.contact_id).collect();
            people.extend(contact::by_ids(tx, &ids).await?);
        }
        Ok(people)
    }

    /// People with the address of a row. What was only judged so far is newer than what the database knows.
    async fn load_by_address(
        &mut self,
        tx: &mut Tx,
        rows: &[RowFacts],
        before: Before<'_>,
    ) -> Result<Vec<Contact>> {
        let emails = keys(rows, |row| Some(row.person.email.as_ref()?.as_str().to_owned()));
        let mut people = Vec::new();
        if let Some(memory) = before.memory {
            people = memory.people_of(&emails);
            for company in memory.companies_of(rows, &people) {
                self.add_company(company, Change::Same);
            }
        }
        people.extend(match before.known {
            Some(known) => {
                let ids: HashSet<ContactId> =
                    emails.iter().flat_map(|email| known.people_at(email)).collect();
                let mut found = contact::by_ids(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
                found.sort_by_key(|person| person.id);
                found
            }
            None => people_at(tx, &emails).await?,
        });
        Ok(people)
    }

    /// Places of the companies that a row may mean.
    fn candidates(&self, row: &RowFacts) -> Vec<usize> {
        let facts = &row.company;
        let of_key = |map: &HashMap<String, usize>, key: &Option<String>| map.get(key.as_ref()?).copied();
        let chosen = match row.decision {
            Some(RowDecision::Company(id, _)) => self.by_id.get(&id).copied(),
            _ => None,
        };
        let person = row.person.email.as_ref().and_then(|email| self.by_email.get(email.as_str()));
        let at = person.and_then(|index| self.by_id.get(&self.contacts[*index].0.company_id)).copied();
        let keys = [
            of_key(&self.by_kvk, &facts.kvk_number),
            of_key(&self.by_domain, &facts.domain),
            of_key(&self.by_register, &facts.details.register_number),
            chosen,
            at,
        ];
        // Facts that are there stay, unless rows win: a namesake that differs now still does when its row's turn comes.
        let may_be = |(_, known): &(usize, &Company)| self.rows_win || is_namesake(known, facts);
        let named = self.named(&row.company_key).filter(may_be).map(|(place, _)| place);
        let had = facts.domain.iter().flat_map(|domain| self.aliases.at_domain(domain));
        keys.into_iter().flatten().chain(had).chain(named).collect()
    }

    /// Companies that have a name, and what those were that had it.
    fn named<'a>(&'a self, name_key: &str) -> impl Iterator<Item = (usize, &'a Company)> + use<'a> {
        let places = self.by_name.get(name_key).into_iter().flatten();
        places.map(|place| (*place, &self.companies[*place].0)).chain(self.aliases.named(name_key))
    }

    /// What the companies on the desk were before a merge.
    async fn load_aliases(&mut self, tx: &mut Tx) -> Result<()> {
        let there: Vec<CompanyId> = self.companies.iter().map(|(company, _)| company.id).collect();
        for alias in company_alias::of_companies(tx, &there).await? {
            if let Some(place) = self.by_id.get(&alias.company_id) {
                self.aliases.add(*place, as_it_was(&alias)?);
            }
        }
        Ok(())
    }

    /// What the people on the desk were before a merge. Who has an address or a name now comes before who had it.
    async fn load_former_people(&mut self, tx: &mut Tx) -> Result<()> {
        let there: Vec<ContactId> = self.contacts.iter().map(|(person, _)| person.id).collect();
        for was in contact_alias::of_contacts(tx, &there).await? {
            let Some(place) = self.place_of(was.contact_id) else { continue };
            if let Some(email) = was.email.clone() {
                self.by_email.entry(email).or_insert(place);
            }
            if !was.name_key.is_empty() {
                let at = self.contacts[place].0.company_id;
                self.by_person.entry((at, was.name_key.clone())).or_default().push(place);
            }
            self.former_people.add(place, was)?;
        }
        Ok(())
    }

    /// Takes over from the rows before what these rows may mean.
    fn carry(&mut self, previous: &Desk, rows: &[RowFacts]) {
        for place in rows.iter().flat_map(|row| previous.candidates(row)) {
            if !self.by_id.contains_key(&previous.companies[place].0.id) {
                self.add_company(previous.companies[place].0.clone(), Change::Same);
            }
        }
        for (person, _) in &previous.contacts {
            if self.by_id.contains_key(&person.company_id) {
                self.add_contact(person.clone(), Change::Same);
            }
        }
    }

    /// Adds a company as the rows before left it, or else as the database knows it.
    fn add_newest(&mut self, company: Company, before: Before<'_>) {
        let previous =
            before.previous.and_then(|desk| Some(&desk.companies[*desk.by_id.get(&company.id)?].0));
        let judged = || before.memory?.company(company.id);
        let newer = previous.cloned().or_else(judged);
        self.add_company(newer.unwrap_or(company), Change::Same);
    }

    fn add_newest_contact(&mut self, person: Contact, before: Before<'_>) {
        let previous = before.previous.and_then(|desk| Some(&desk.contacts[desk.place_of(person.id)?].0));
        let judged = || before.memory?.contact(person.id);
        let newer = previous.cloned().or_else(judged);
        self.add_contact(newer.unwrap_or(person), Change::Same);
    }

    /// Whether the person of a row was erased at this company: they do not come back there by name, also when no address
    /// was known.
    pub(super) fn is_erased(&self, engine: &Engine, company: usize, row: &RowFacts) -> bool {
        let (false, Some(name)) = (self.erased_names.is_empty(), &row.person.name) else { return false };
        let key = (self.companies[company].0.id, engine.keys().erased_name_hash(&name.key()));
        self.erased_names.contains(&key)
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
        place: usize,
        row: &RowFacts,
        outcome: &mut RowOutcome,
    ) -> Option<usize> {
        if row.decision == Some(RowDecision::Skip) {
            outcome.is_skipped = true;
            return None;
        }
        let facts = &row.company;
        let email = row.person.email.as_ref().map(EmailAddress::as_str);
        let index = match self.find_company(row, email) {
            Found::One(index, by) => {
                outcome.matched_by = Some(by);
                self.fill_company(index, place, row);
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
                let mut company = new_company(engine.new_id(), facts, &self.source, self.now);
                company.import_id = self.import;
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

    fn find_company(&self, row: &RowFacts, email: Option<&str>) -> Found {
        let facts = &row.company;
        if let Some(RowDecision::Company(id, _)) = row.decision {
            // It went meanwhile: nobody can say any more which it is.
            return self.by_id.get(&id).map_or(Found::Several, |index| Found::One(*index, MatchedBy::Chosen));
        }
        let same = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        let agrees = |index: &usize| {
            let known = &self.companies[*index].0;
            same(&known.kvk_number, &facts.kvk_number)
                && same(&known.details.register_number, &facts.details.register_number)
        };
        if let Some(index) = facts.kvk_number.as_ref().and_then(|k| self.by_kvk.get(k)) {
            return Found::One(*index, MatchedBy::KvkNumber);
        }
        let registered = facts.details.register_number.as_ref().and_then(|n| self.by_register.get(n));
        // Two countries may have given the same number.
        if let Some(index) = registered.filter(|i| same(&self.companies[**i].0.country, &facts.country)) {
            return Found::One(*index, MatchedBy::RegisterNumber);
        }
        if row.decision == Some(RowDecision::New) {
            return Found::None;
        }
        if let Some(index) = self.at_domain(facts).find(|i| agrees(i) && !self.is_sibling(*i, facts)) {
            return Found::One(index, MatchedBy::Domain);
        }
        let by_person = email.and_then(|e| {
            let known = self.by_email.get(e).and_then(|i| self.by_id.get(&self.contacts[*i].0.company_id));
            known.or_else(|| self.company_of_email.get(e))
        });
        // One address under another name is somebody who works for two, or moved: not one company.
        if let Some(index) = by_person.filter(|i| agrees(i) && !self.is_sibling(**i, facts)) {
            return Found::One(*index, MatchedBy::Person);
        }
        if facts.name.is_empty() {
            return Found::None;
        }
        best_namesake(self.named(&row.company_key), facts)
    }

    /// The company that has the domain of a row, and those that had it.
    fn at_domain(&self, facts: &CompanyFacts) -> impl Iterator<Item = usize> + use<'_> {
        let domain = facts.domain.as_deref().unwrap_or_default();
        self.by_domain.get(domain).copied().into_iter().chain(self.aliases.at_domain(domain))
    }

    /// One domain under another name is another company of the same group, not the same company.
    fn is_sibling(&self, index: usize, facts: &CompanyFacts) -> bool {
        let named = name_words(&facts.name).0;
        let is_another = |known: &Company| {
            let known = name_words(&known.name).0;
            compare_names(&known, &named, &|_| false) == NameAgreement::Different
        };
        !named.is_empty() && is_another(&self.companies[index].0) && self.aliases.of(index).all(is_another)
    }

    /// The person of a row: by address, else by name at the company; else a new one. None when the row has nobody.
    pub(super) fn place_contact(
        &mut self,
        engine: &Engine,
        place: usize,
        row: &RowFacts,
        company: usize,
        outcome: &mut RowOutcome,
    ) -> Option<usize> {
        let facts = &row.person;
        if !facts.is_somebody() {
            return None;
        }
        let at = self.companies[company].0.id;
        outcome.address_is_anothers = self.at_address(facts).is_some_and(|i| self.is_another(i, facts, at));
        let index = match self.find_contact(facts, at) {
            Some(index) => {
                outcome.contact_matched = true;
                self.fill_contact(index, company, place, row);
                index
            }
            None => {
                let mut person =
                    new_contact(engine.new_id(), &self.companies[company].0, facts, &self.source, self.now);
                person.inform_by = self.inform_by;
                person.email = person.email.filter(|_| !outcome.address_is_anothers);
                self.add_contact(person, Change::New)
            }
        };
        outcome.contact = Some(self.contacts[index].0.id);
        Some(index)
    }

    fn find_contact(&self, facts: &PersonFacts, company: CompanyId) -> Option<usize> {
        if let Some(index) = self.at_address(facts).filter(|i| !self.is_another(*i, facts, company)) {
            return Some(index);
        }
        let name = facts.name.as_ref()?.key();
        let namesakes = self.by_person.get(&(company, name))?;
        // Two people of one name at one company have two addresses; with one address or none it is one person.
        namesakes.iter().find(|i| facts.email.is_none() || self.contacts[**i].0.email.is_none()).copied()
    }

    /// Who has the address of a row.
    fn at_address(&self, facts: &PersonFacts) -> Option<usize> {
        self.by_email.get(facts.email.as_ref()?.as_str()).copied()
    }

    /// Whether the person of a row at a company is clearly somebody else than who has the address: another family name, and
    /// another first letter, company, or an address that is nobody's own ("info@").
    fn is_another(&self, index: usize, facts: &PersonFacts, company: CompanyId) -> bool {
        let known = &self.contacts[index].0;
        let (Some(name), Some(email)) = (&facts.name, &facts.email) else { return false };
        let (Some(family), Some(known_family)) = (&name.family, &known.family_name) else { return false };
        let (family, known_family) = (name_words(family).0, name_words(known_family).0);
        if compare_names(&family, &known_family, &|_| false) != NameAgreement::Different {
            return false;
        }
        let letter = |given: &Option<String>| given.as_deref().and_then(|given| fold(given).chars().next());
        let is_other_letter =
            letter(&name.given).zip(letter(&known.given_name)).is_some_and(|(one, other)| one != other);
        is_other_letter
            || known.company_id != company
            || AddressClass::of(email, AddressOrigin::Stated) == AddressClass::Role
    }
}

/// Of several companies of the name the one about which most agrees; when two agree as much, nobody can say which.
fn best_namesake<'a>(namesakes: impl Iterator<Item = (usize, &'a Company)>, facts: &CompanyFacts) -> Found {
    let mut best: Option<(usize, usize)> = None;
    let mut is_tied = false;
    for (index, known) in namesakes.filter(|(_, known)| is_namesake(known, facts)) {
        let agreeing = agreeing(known, facts);
        match best {
            Some((n, _)) if n > agreeing => {}
            Some((n, other)) if n == agreeing => is_tied |= other != index,
            _ => {
                best = Some((agreeing, index));
                is_tied = false;
            }
        }
    }
    match best {
        None => Found::None,
        Some(_) if is_tied => Found::Several,
        Some((_, index)) => Found::One(index, MatchedBy::Name),
    }
}

/// How many facts a known company and a row share.
fn agreeing(known: &Company, facts: &CompanyFacts) -> usize {
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
pub(super) fn is_namesake(known: &Company, facts: &CompanyFacts) -> bool {
    let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b));
    !differs(&known.kvk_number, &facts.kvk_number)
        && !differs(&known.domain, &facts.domain)
        && !differs(&known.country, &facts.country)
        && !differs(&known.city, &facts.city)
        && !differs(&known.details.register_number, &facts.details.register_number)
        && !differs(&known.details.lei, &facts.details.lei)
}
