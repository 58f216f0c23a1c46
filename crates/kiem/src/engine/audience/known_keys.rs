//! By what every company and person is found, in memory, while a list comes in: most of its rows are about companies that
//! nobody knows, and each would be looked for five times in vain. So the database is asked for records by their id only, and
//! needs no index of names, numbers, domains and addresses meanwhile. A million companies with a person take 65 MB.

use kiem_domain::id::{CompanyId, ContactId, WorkspaceId};
use kiem_store::company::{self, CompanyKey};
use kiem_store::{company_alias, contact, contact_alias};

use super::aliases::as_it_was;
use super::desk::{Change, Desk};
use super::facts::RowFacts;
use super::memory::{FoundBy, Key, hashed};
use crate::engine::{Engine, Result};

/// Records that are read together.
const PAGE: i64 = 10_000;
/// Keys of one company with its person, of those that most rows have.
const KEYS_PER_ROW: usize = 4;
/// Looking a row up takes about as long as reading the keys of so many companies.
const COMPANIES_PER_ROW: u64 = 8;
/// Records with one name that are kept.
const SAME_KEY_MAX: usize = 1_000;

/// The keys. Of each only a print is kept: now and then a record is found that has another key, never the other way round.
#[derive(Default)]
pub(super) struct KnownKeys {
    /// The first for as many keys as were expected; when one is full the next is begun, because prints cannot be spread anew.
    tables: Vec<Table>,
    companies: Vec<(CompanyId, Marks)>,
    people: Vec<ContactId>,
    has_aliases: bool,
}

/// Open addressing with linear probing. Where a key is looked for first says most of its hash; sixteen bits more tell it from
/// its neighbours.
struct Table {
    prints: Vec<u16>,
    /// Numbers of records from 1; 0 is free.
    records: Vec<u32>,
    taken_n: usize,
}

impl Table {
    fn of(slots_n: usize) -> Table {
        Table { prints: vec![0; slots_n], records: vec![0; slots_n], taken_n: 0 }
    }

    fn slots_n(&self) -> usize {
        self.records.len()
    }

    /// With fewer free places looking for one takes long.
    fn is_full(&self) -> bool {
        (self.taken_n + 1) * 8 > self.slots_n() * 7
    }

    /// The place at which a key is looked for first, and its print: two halves of its hash.
    fn home(&self, hash: u64) -> (usize, u16) {
        let place = usize::try_from(((hash >> 32) * self.slots_n() as u64) >> 32).unwrap_or(0);
        (place, (hash & u64::from(u16::MAX)) as u16)
    }

    /// Puts a record down, unless `most` with its print are there.
    fn put(&mut self, hash: u64, record: u32, most: usize) {
        let ((mut place, print), mut same_n) = (self.home(hash), 0);
        while self.records[place] != 0 {
            if self.prints[place] == print {
                same_n += 1;
                if self.records[place] == record || same_n == most {
                    return;
                }
            }
            place = (place + 1) % self.slots_n();
        }
        (self.prints[place], self.records[place]) = (print, record);
        self.taken_n += 1;
    }

    fn under(&self, hash: u64) -> impl Iterator<Item = usize> + use<'_> {
        let (home, print) = self.home(hash);
        let places = (home..self.slots_n()).chain(0..home).take_while(|place| self.records[*place] != 0);
        places
            .filter(move |place| self.prints[*place] == print)
            .filter_map(|place| usize::try_from(self.records[place]).ok()?.checked_sub(1))
    }
}

/// Prints of number, domain, town and country of a company; 0 is unknown. Most namesakes differ in one of them, and are not
/// read at all: of "Jansen Transport" there are a hundred.
type Marks = [u16; 4];

fn marks(by: &FoundBy<'_>) -> Marks {
    [by.kvk_number, by.domain, by.city, by.country].map(|value| {
        // Compared as namesakes are: without looking at capitals.
        let print = |value: &str| hashed(&Key::Email(&value.to_ascii_lowercase())) >> 48;
        value.map_or(0, |value| u16::try_from(print(value)).unwrap_or_default().max(1))
    })
}

/// Whether companies of one name may be the same one.
fn may_be_one(a: &Marks, b: &Marks) -> bool {
    a.iter().zip(b).all(|(a, b)| *a == 0 || *b == 0 || a == b)
}

impl KnownKeys {
    fn for_records(n: u64) -> KnownKeys {
        let n = usize::try_from(n).unwrap_or(usize::MAX).max(1_000);
        KnownKeys {
            tables: vec![Table::of(n.saturating_mul(KEYS_PER_ROW))],
            companies: Vec::with_capacity(n),
            people: Vec::with_capacity(n),
            ..KnownKeys::default()
        }
    }

    /// Adds a key of the record that was added last of its kind, which is number `record` from 1.
    fn add(&mut self, key: &Key<'_>, record: usize) {
        // 4 billion records fit no file that is taken.
        let record = u32::try_from(record).unwrap_or(u32::MAX);
        // What is unique is never left out: a name that a thousand have may share its print.
        let is_name = matches!(key, Key::Company(CompanyKey::NameKey, _) | Key::Named(..));
        let most = if is_name { SAME_KEY_MAX } else { usize::MAX };
        if self.tables.last().is_none_or(Table::is_full) {
            let slots_n: usize = self.tables.iter().map(Table::slots_n).sum();
            self.tables.push(Table::of(slots_n / 4 + 1_000));
        }
        if let Some(table) = self.tables.last_mut() {
            table.put(hashed(key), record, most);
        }
    }

    /// Numbers of the records that may have the key, from 0.
    fn under(&self, key: &Key<'_>) -> impl Iterator<Item = usize> + use<'_> {
        let hash = hashed(key);
        self.tables.iter().flat_map(move |table| table.under(hash))
    }

    /// Companies that may be the one of a row: by its numbers, domain and name. Namesakes in another town, or with another
    /// number or domain, are not.
    pub(super) fn companies_of(&self, row: &RowFacts) -> Vec<CompanyId> {
        let by = FoundBy::row(row);
        let wanted = marks(&by);
        let mut found = Vec::new();
        for key in by.keys() {
            let is_name = matches!(key, Key::Company(CompanyKey::NameKey, _));
            let them = self.under(&key).filter_map(|number| self.companies.get(number));
            found.extend(them.filter(|(_, marks)| !is_name || may_be_one(marks, &wanted)).map(|(id, _)| *id));
        }
        found
    }

    /// Whether any company or person was another before a merge; they are found by what they were as well.
    pub(super) fn has_aliases(&self) -> bool {
        self.has_aliases
    }

    /// People who may have the address.
    pub(super) fn people_at(&self, email: &str) -> impl Iterator<Item = ContactId> + use<'_> {
        self.under(&Key::Email(email)).filter_map(|number| self.people.get(number).copied())
    }

    /// People who may have the folded name at the company.
    pub(super) fn people_named(
        &self,
        company: CompanyId,
        name: &str,
    ) -> impl Iterator<Item = ContactId> + use<'_> {
        self.under(&Key::Named(company, name)).filter_map(|number| self.people.get(number).copied())
    }

    fn add_company(&mut self, id: CompanyId, by: &FoundBy<'_>) {
        self.companies.push((id, marks(by)));
        let number = self.companies.len();
        for key in by.keys() {
            self.add(&key, number);
        }
    }

    fn add_person(&mut self, id: ContactId, email: Option<&str>, at: CompanyId, name_key: &str) {
        self.people.push(id);
        let number = self.people.len();
        if let Some(email) = email {
            self.add(&Key::Email(email), number);
        }
        if !name_key.is_empty() {
            self.add(&Key::Named(at, name_key), number);
        }
    }

    /// What is new or changed on a desk is there from now on.
    pub(super) fn add_desk(&mut self, desk: &Desk) {
        for (company, _) in desk.companies.iter().filter(|(_, change)| *change != Change::Same) {
            self.add_company(company.id, &FoundBy::company(company));
        }
        for (person, _) in desk.contacts.iter().filter(|(_, change)| *change != Change::Same) {
            self.add_person(person.id, person.email.as_deref(), person.company_id, &person.name_key);
        }
    }
}

impl Engine {
    /// The keys of all records, for a list of about `rows_n` rows; none when the list is so small beside the database that
    /// looking its rows up is quicker than reading all keys.
    pub(super) async fn known_keys(&self, workspace: WorkspaceId, rows_n: u64) -> Result<Option<KnownKeys>> {
        let mut tx = self.store().read(workspace).await?;
        let there = u64::try_from(company::count(&mut tx).await?).unwrap_or(0);
        if there > rows_n.saturating_mul(COMPANIES_PER_ROW) {
            return Ok(None);
        }
        let mut known = KnownKeys::for_records(there.saturating_add(rows_n));
        let mut after = None;
        loop {
            let page = company::keys(&mut tx, after, PAGE).await?;
            for c in &page {
                let by = FoundBy {
                    kvk_number: c.kvk_number.as_deref(),
                    domain: c.domain.as_deref(),
                    register_number: c.register_number.as_deref(),
                    name_key: &c.name_key,
                    city: c.city.as_deref(),
                    country: c.country.as_deref(),
                };
                known.add_company(c.id, &by);
            }
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
        let mut after = None;
        loop {
            let page = company_alias::page(&mut tx, after, PAGE).await?;
            for alias in &page {
                known.add_company(alias.company_id, &FoundBy::company(&as_it_was(alias)?));
            }
            known.has_aliases |= !page.is_empty();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
        let mut after = None;
        loop {
            let page = contact_alias::page(&mut tx, after, PAGE).await?;
            for was in &page {
                known.add_person(was.contact_id, was.email.as_deref(), was.company_id, &was.name_key);
            }
            known.has_aliases |= !page.is_empty();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
        let mut after = None;
        loop {
            let page = contact::keys(&mut tx, after, PAGE).await?;
            for c in &page {
                known.add_person(c.id, c.email.as_deref(), c.company_id, &c.name_key);
            }
            let Some(last) = page.last() else { return Ok(Some(known)) };
            after = Some(last.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::engine::audience::facts::{CompanyFacts, PersonFacts};

    const NAMED: FoundBy<'_> = FoundBy {
        kvk_number: None,
        domain: None,
        register_number: None,
        name_key: "bakker",
        city: None,
        country: None,
    };

    #[test]
    fn who_was_added_is_found_and_few_others_are() {
        let mut known = KnownKeys::for_records(1);
        let id = |i: u128| ContactId(Uuid::from_u128(i + 1));
        for i in 0..20_000_u128 {
            known.add_person(id(i), Some(&format!("p{i}@klant.example")), CompanyId(Uuid::nil()), "");
        }
        let finds = |email: &str, id| known.people_at(email).any(|found| found == id);
        assert!((0..20_000).all(|i| finds(&format!("p{i}@klant.example"), id(i))));
        let wrong = (0..20_000).filter(|i| known.people_at(&format!("q{i}@klant.example")).next().is_some());
        // Tables that are full and many are the worst case: far more came than were expected.
        assert!(wrong.count() < 200, "one in a hundred is read in vain");
    }

    #[test]
    fn a_namesake_elsewhere_is_not_read_and_one_of_whom_little_is_known_is() {
        let row = |city: Option<&str>, kvk: Option<&str>| {
            let company = CompanyFacts {
                name: "Bakker".to_owned(),
                city: city.map(str::to_owned),
                kvk_number: kvk.map(str::to_owned),
                ..CompanyFacts::default()
            };
            RowFacts::new(company, PersonFacts::default())
        };
        let mut known = KnownKeys::for_records(1);
        let by = FoundBy { kvk_number: Some("12345678"), city: Some("Urk"), ..NAMED };
        known.add_company(CompanyId(Uuid::from_u128(1)), &by);
        let finds = |row: &RowFacts| known.companies_of(row).len();
        assert_eq!(finds(&row(Some("URK"), None)), 1, "capitals say nothing");
        assert_eq!(finds(&row(None, None)), 1, "unknown is not different");
        assert_eq!(finds(&row(Some("Ede"), None)), 0);
        assert_eq!(finds(&row(Some("Urk"), Some("87654321"))), 0);
        assert_eq!(finds(&row(Some("Ede"), Some("12345678"))), 1, "the number finds it wherever it is");
    }

    #[test]
    fn of_a_name_that_everybody_has_not_all_are_kept() {
        let mut known = KnownKeys::for_records(1);
        for i in 1..=3_000_u128 {
            known.add_company(CompanyId(Uuid::from_u128(i)), &NAMED);
        }
        assert_eq!(known.under(&Key::Company(CompanyKey::NameKey, "bakker")).count(), SAME_KEY_MAX);
        // An address with the print of that name is kept all the same: two people of one would come of it.
        known.tables[0].put(hashed(&Key::Company(CompanyKey::NameKey, "bakker")), 9_000, usize::MAX);
        let numbers = known.under(&Key::Company(CompanyKey::NameKey, "bakker"));
        assert!(numbers.last() == Some(8_999));
    }

    #[test]
    fn all_companies_of_one_name_are_found_and_none_of_another_kind_of_key() {
        let mut known = KnownKeys::for_records(1);
        for i in 1..=50_u128 {
            known.add_company(CompanyId(Uuid::from_u128(i)), &NAMED);
        }
        assert_eq!(known.under(&Key::Company(CompanyKey::NameKey, "bakker")).count(), 50);
        assert_eq!(known.under(&Key::Company(CompanyKey::Domain, "bakker")).count(), 0);
    }
}
