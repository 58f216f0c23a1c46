//! By what some company or person may be found: "no" is certain, "perhaps" is not (a Bloom filter). Most rows of a new list
//! are about companies that nobody knows; without this each would be looked for five times in vain.

use kiem_domain::id::WorkspaceId;
use kiem_domain::names::company_key;
use kiem_store::company::{self, CompanyKey};
use kiem_store::contact;

use super::facts::RowFacts;
use super::memory::{Key, hashed};
use crate::engine::{Engine, Result};

/// Records that are read together.
const PAGE: i64 = 10_000;
/// Keys of one company with its person.
const KEYS_PER_ROW: u64 = 5;
/// With twelve bits a key and four places each, one "no" in three hundred is missed.
const BITS_PER_KEY: u64 = 12;
const PLACES: u64 = 4;
/// 8 kB to 16 MB.
const BITS: std::ops::RangeInclusive<u64> = 1 << 16..=1 << 27;
/// Looking a row up takes about as long as reading the keys of so many companies.
const COMPANIES_PER_ROW: u64 = 8;

/// The keys.
pub(super) struct KnownKeys {
    /// How many companies were there when the keys were read.
    pub(super) companies_n: u64,
    bits: Vec<u64>,
}

impl KnownKeys {
    fn for_keys(n: u64) -> KnownKeys {
        let bits = (n * BITS_PER_KEY).next_power_of_two().clamp(*BITS.start(), *BITS.end());
        KnownKeys { companies_n: 0, bits: vec![0; usize::try_from(bits / 64).unwrap_or(0)] }
    }

    /// The places of a key: word and bit.
    fn places(&self, key: &Key<'_>) -> impl Iterator<Item = (usize, u64)> + use<> {
        let (hash, mask) = (hashed(key), self.bits.len() as u64 * 64 - 1);
        // Two halves of one hash stand for as many hashes as are wanted (Kirsch and Mitzenmacher, 2006).
        let step = (hash >> 32) | 1;
        (0..PLACES).map(move |i| {
            let place = hash.wrapping_add(i.wrapping_mul(step)) & mask;
            (usize::try_from(place / 64).unwrap_or(0), 1 << (place % 64))
        })
    }

    fn add(&mut self, key: &Key<'_>) {
        for (word, bit) in self.places(key) {
            self.bits[word] |= bit;
        }
    }

    /// Whether some record may have the key.
    pub(super) fn may_have(&self, key: &Key<'_>) -> bool {
        self.places(key).all(|(word, bit)| self.bits[word] & bit != 0)
    }

    /// The records of these rows are there from now on.
    pub(super) fn add_rows(&mut self, rows: &[RowFacts]) {
        for row in rows {
            let facts = &row.company;
            self.add_company(
                facts.kvk_number.as_deref(),
                facts.domain.as_deref(),
                facts.details.register_number.as_deref(),
                &company_key(&facts.name),
            );
            if let Some(email) = &row.person.email {
                self.add(&Key::Email(email.as_str()));
            }
        }
    }

    fn add_company(&mut self, kvk: Option<&str>, domain: Option<&str>, register: Option<&str>, name: &str) {
        let keys = [
            (CompanyKey::KvkNumber, kvk),
            (CompanyKey::Domain, domain),
            (CompanyKey::RegisterNumber, register),
            (CompanyKey::NameKey, Some(name)),
        ];
        for (key, value) in keys.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            self.add(&Key::Company(key, value));
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
        let mut known = KnownKeys::for_keys(there.saturating_add(rows_n).saturating_mul(KEYS_PER_ROW));
        known.companies_n = there;
        let mut after = None;
        loop {
            let page = company::keys(&mut tx, after, PAGE).await?;
            for c in &page {
                let (kvk, domain) = (c.kvk_number.as_deref(), c.domain.as_deref());
                known.add_company(kvk, domain, c.register_number.as_deref(), &c.name_key);
            }
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
        let mut after = None;
        loop {
            let page = contact::addresses(&mut tx, after, PAGE).await?;
            for email in page.iter().filter_map(|(_, email)| email.as_deref()) {
                known.add(&Key::Email(email));
            }
            let Some((last, _)) = page.last() else { return Ok(Some(known)) };
            after = Some(*last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_never_denied_and_little_else_is_not() {
        let mut known = KnownKeys::for_keys(10_000);
        for i in 0..10_000 {
            known.add(&Key::Email(&format!("p{i}@klant.example")));
        }
        let says = |key: &str| known.may_have(&Key::Email(key));
        assert!((0..10_000).all(|i| says(&format!("p{i}@klant.example"))));
        let wrong = (0..10_000).filter(|i| says(&format!("q{i}@klant.example"))).count();
        assert!(wrong < 200, "{wrong} of 10,000 that are not there");
        assert!(
            !known.may_have(&Key::Company(CompanyKey::Domain, "p1@klant.example")),
            "another kind of key"
        );
    }
}
