//! What a trial of a list would have made so far, packed: a trial writes nothing, and yet the second row about a new company
//! must find it. A million rows take about as many hundreds of bytes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::company::{Company, CompanyKey};
use kiem_store::contact::Contact;

use super::desk::{Change, Desk};
use super::facts::{CompanyFacts, PersonFacts, RowFacts};
use super::records::{new_company, new_contact};

/// Companies and people that would be new or changed.
#[derive(Default)]
pub(super) struct Memory {
    companies: Vec<(CompanyId, Box<str>)>,
    people: Vec<(ContactId, CompanyId, Box<str>)>,
    /// The newest record per key, and for each the one before.
    of_key: HashMap<u64, u32>,
    before: Vec<(u32, Option<u32>)>,
}

/// By what a record is found.
#[derive(Hash)]
pub(super) enum Key<'a> {
    /// A company by a key.
    Company(CompanyKey, &'a str),
    /// A company by its id.
    CompanyId(CompanyId),
    /// A person by id.
    ContactId(ContactId),
    /// A person by address.
    Email(&'a str),
    /// A person by name at a company.
    Named(CompanyId, &'a str),
}

/// By what a company is found, and told from its namesakes.
pub(super) struct FoundBy<'a> {
    pub(super) kvk_number: Option<&'a str>,
    pub(super) domain: Option<&'a str>,
    pub(super) register_number: Option<&'a str>,
    /// Empty when no name is known.
    pub(super) name_key: &'a str,
    pub(super) city: Option<&'a str>,
    pub(super) country: Option<&'a str>,
}

impl<'a> FoundBy<'a> {
    pub(super) fn company(company: &'a Company) -> FoundBy<'a> {
        FoundBy {
            kvk_number: company.kvk_number.as_deref(),
            domain: company.domain.as_deref(),
            register_number: company.details.register_number.as_deref(),
            name_key: &company.name_key,
            city: company.city.as_deref(),
            country: company.country.as_deref(),
        }
    }

    pub(super) fn row(row: &'a RowFacts) -> FoundBy<'a> {
        let facts = &row.company;
        FoundBy {
            kvk_number: facts.kvk_number.as_deref(),
            domain: facts.domain.as_deref(),
            register_number: facts.details.register_number.as_deref(),
            name_key: &row.company_key,
            city: facts.city.as_deref(),
            country: facts.country.as_deref(),
        }
    }

    /// The keys that it has.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key<'a>> + use<'a> {
        [
            (CompanyKey::KvkNumber, self.kvk_number),
            (CompanyKey::Domain, self.domain),
            (CompanyKey::RegisterNumber, self.register_number),
            (CompanyKey::NameKey, Some(self.name_key).filter(|name| !name.is_empty())),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some(Key::Company(kind, value?)))
    }
}

/// Stands between packed facts; no cell holds it, because control characters were taken out.
const BETWEEN: char = '\u{1f}';

pub(super) fn hashed(key: &Key<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Memory {
    /// Keeps what is new or changed on a desk.
    pub(super) fn keep(&mut self, desk: &Desk) {
        for (company, _) in desk.companies.iter().filter(|(_, change)| *change != Change::Same) {
            let Ok(index) = u32::try_from(self.companies.len()) else { return };
            self.companies.push((company.id, packed(company)));
            self.point(&Key::CompanyId(company.id), index);
            for key in FoundBy::company(company).keys() {
                self.point(&key, index);
            }
        }
        for (person, _) in desk.contacts.iter().filter(|(_, change)| *change != Change::Same) {
            let Ok(index) = u32::try_from(self.people.len()) else { return };
            let email = person.email.as_deref().unwrap_or_default();
            let text = format!("{email}{BETWEEN}{}", person.name_key);
            self.people.push((person.id, person.company_id, text.into_boxed_str()));
            self.point(&Key::ContactId(person.id), index);
            if !email.is_empty() {
                self.point(&Key::Email(email), index);
            }
            if !person.name_key.is_empty() {
                self.point(&Key::Named(person.company_id, &person.name_key), index);
            }
        }
    }

    fn point(&mut self, key: &Key<'_>, record: u32) {
        let Ok(entry) = u32::try_from(self.before.len()) else { return };
        let before = self.of_key.insert(hashed(key), entry);
        self.before.push((record, before));
    }

    /// Records under a key, the newest first.
    fn under<'m>(&'m self, key: &Key<'_>) -> impl Iterator<Item = usize> + use<'m> {
        let mut entry = self.of_key.get(&hashed(key)).copied();
        std::iter::from_fn(move || {
            let (record, before) = *self.before.get(entry? as usize)?;
            entry = before;
            Some(record as usize)
        })
    }

    /// Companies that rows may mean, and those of people, as they would be by now: a row that changes a key leaves the company
    /// under the old one as well.
    pub(super) fn companies_of(&self, rows: &[RowFacts], people: &[Contact]) -> Vec<Company> {
        let keys = rows.iter().flat_map(|row| FoundBy::row(row).keys());
        let named = keys.flat_map(|key| self.under(&key)).filter_map(|at| Some(self.companies.get(at)?.0));
        let ids: BTreeSet<CompanyId> = named.chain(people.iter().map(|person| person.company_id)).collect();
        ids.into_iter().filter_map(|id| self.company(id)).collect()
    }

    /// A company as it would be by now; none when no row spoke of it.
    pub(super) fn company(&self, id: CompanyId) -> Option<Company> {
        let at = self.under(&Key::CompanyId(id)).next()?;
        self.companies.get(at).map(|(id, text)| company(*id, text))
    }

    /// A person as they would be by now; none when no row spoke of them.
    pub(super) fn contact(&self, id: ContactId) -> Option<Contact> {
        let at = self.under(&Key::ContactId(id)).next()?;
        self.people.get(at).map(person)
    }

    /// People with one of the addresses.
    pub(super) fn people_of(&self, emails: &[String]) -> Vec<Contact> {
        let keys = emails.iter().map(|email| Key::Email(email));
        keys.flat_map(|key| self.people_under(&key).take(1).collect::<Vec<_>>()).collect()
    }

    /// People at a company with a name.
    pub(super) fn named_at(&self, pairs: &HashSet<(CompanyId, String)>) -> Vec<Contact> {
        let keys = pairs.iter().map(|(company, name)| Key::Named(*company, name));
        keys.flat_map(|key| self.people_under(&key).collect::<Vec<_>>()).collect()
    }

    fn people_under<'m>(&'m self, key: &Key<'_>) -> impl Iterator<Item = Contact> + use<'m> {
        self.under(key).filter_map(|at| self.contact(self.people.get(at)?.0))
    }
}

/// The facts by which a company is told apart.
fn packed(company: &Company) -> Box<str> {
    let details = &company.details;
    let facts = [
        Some(company.name.as_str()),
        company.kvk_number.as_deref(),
        company.domain.as_deref(),
        company.country.as_deref(),
        company.city.as_deref(),
        company.phone.as_deref(),
        details.register_number.as_deref(),
        details.lei.as_deref(),
        details.street.as_deref(),
        details.postcode.as_deref(),
        details.sbi_code.as_deref(),
        company.employees_n.map(|n| n.to_string()).as_deref(),
    ]
    .map(Option::unwrap_or_default)
    .join(&BETWEEN.to_string());
    facts.into_boxed_str()
}

fn company(id: CompanyId, text: &str) -> Company {
    let mut parts = text.split(BETWEEN).map(|t| (!t.is_empty()).then(|| t.to_owned()));
    let mut next = || parts.next().flatten();
    let mut facts = CompanyFacts {
        name: next().unwrap_or_default(),
        kvk_number: next(),
        domain: next(),
        country: next(),
        city: next(),
        phone: next(),
        ..CompanyFacts::default()
    };
    facts.details.register_number = next();
    facts.details.lei = next();
    facts.details.street = next();
    facts.details.postcode = next();
    facts.details.sbi_code = next();
    facts.employees_n = next().and_then(|n| n.parse().ok());
    new_company(id, &facts, "", Timestamp::UNIX_EPOCH)
}

fn person((id, at, text): &(ContactId, CompanyId, Box<str>)) -> Contact {
    let firm = company(*at, "");
    let mut person = new_contact(*id, &firm, &PersonFacts::default(), "", Timestamp::UNIX_EPOCH);
    let (email, name_key) = text.split_once(BETWEEN).unwrap_or((text, ""));
    person.email = (!email.is_empty()).then(|| email.to_owned());
    person.name_key = name_key.to_owned();
    person
}
