//! How often words, towns and activities occur in a whole database, in at most a megabyte: two rows of counters, of which
//! the smaller one counts (a count-min sketch). Values that share a counter make each other look more common, so that an
//! agreement is believed a little less, never more.

use std::num::NonZeroU64;

use super::profile::Profile;
use super::weigh::sbi_key;

/// Counters of one row.
const SLOTS: usize = 1 << 17;
/// Tells words from towns: "Delft" may be both.
const WORD_SALT: u64 = 0x9e37_79b9_7f4a_7c15;
/// Bytes of the number of records.
const HEAD_BYTES: usize = 8;
/// Bytes of one counter that is not zero: its slot and what it counts.
const COUNTER_BYTES: usize = 8;

/// The counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermCounts {
    n_records: u64,
    rows: [Vec<u32>; 2],
}

impl Default for TermCounts {
    fn default() -> TermCounts {
        TermCounts { n_records: 0, rows: [vec![0; SLOTS], vec![0; SLOTS]] }
    }
}

/// The two counters of a value.
fn slots(value: u64) -> [usize; 2] {
    let mask = SLOTS as u64 - 1;
    [value & mask, (value >> 32) & mask].map(|slot| usize::try_from(slot).unwrap_or(0))
}

fn word_value(word: NonZeroU64) -> u64 {
    (word.get() ^ WORD_SALT).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

impl TermCounts {
    /// How many companies were counted.
    pub fn n_records(&self) -> u64 {
        self.n_records
    }

    /// Counts a company that was not counted before.
    pub fn add(&mut self, p: &Profile) {
        self.n_records += 1;
        for word in p.name.split(' ').filter_map(|word| super::profile::key(&[word])) {
            self.raise(word_value(word));
        }
        for value in [p.town, sbi_key(p)].into_iter().flatten() {
            self.raise(value.get());
        }
    }

    fn raise(&mut self, value: u64) {
        for (row, slot) in self.rows.iter_mut().zip(slots(value)) {
            if let Some(counter) = row.get_mut(slot) {
                *counter = counter.saturating_add(1);
            }
        }
    }

    fn lookup(&self, value: u64) -> u32 {
        let counts = self.rows.iter().zip(slots(value)).filter_map(|(row, slot)| row.get(slot));
        counts.copied().min().unwrap_or(0)
    }

    /// How many companies have this word in their name, at most.
    pub(super) fn word(&self, word: NonZeroU64) -> u32 {
        self.lookup(word_value(word))
    }

    /// How many companies have this town or activity, at most.
    pub(super) fn value(&self, value: NonZeroU64) -> u32 {
        self.lookup(value.get())
    }

    /// As bytes for the database: the counters that are not zero.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.n_records.to_le_bytes().to_vec();
        for (slot, count) in (0_u32..).zip(self.rows.iter().flatten()).filter(|(_, count)| **count > 0) {
            bytes.extend_from_slice(&slot.to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        bytes
    }

    /// From bytes of [`TermCounts::to_bytes`]; `None` when they are not.
    pub fn from_bytes(bytes: &[u8]) -> Option<TermCounts> {
        let (head, counters) = bytes.split_at_checked(HEAD_BYTES)?;
        let mut found =
            TermCounts { n_records: u64::from_le_bytes(head.try_into().ok()?), ..TermCounts::default() };
        if !counters.len().is_multiple_of(COUNTER_BYTES) {
            return None;
        }
        for counter in counters.chunks_exact(COUNTER_BYTES) {
            let (slot, count) = counter.split_at(COUNTER_BYTES / 2);
            let slot = usize::try_from(u32::from_le_bytes(slot.try_into().ok()?)).ok()?;
            let row = found.rows.get_mut(slot / SLOTS)?;
            *row.get_mut(slot % SLOTS)? = u32::from_le_bytes(count.try_into().ok()?);
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Frequencies, RawRecord};
    use super::*;
    use std::sync::Arc;

    fn company(name: &str, city: &str) -> Profile {
        Profile::of(&RawRecord { company: name, city, country: "NL", ..RawRecord::default() })
    }

    #[test]
    fn a_database_counts_what_a_file_would_and_never_less() {
        let trades = ["Bouw", "Techniek", "Advies", "Zorg"];
        let all: Vec<Profile> = (0..2_000)
            .map(|n| {
                company(&format!("Firma{n} {}", trades[n % 4]), if n % 3 == 0 { "Delft" } else { "Ede" })
            })
            .collect();
        let mut terms = TermCounts::default();
        all.iter().for_each(|p| terms.add(p));
        let exact = Frequencies::of(&all);
        let counted = Frequencies::of_database(Arc::new(terms.clone()), []);
        assert!(counted.is_common("bouw") && exact.is_common("bouw"));
        assert!(!counted.is_common("firma7"));
        let delft = all[0].town.unwrap();
        assert_eq!(counted.count(delft), exact.count(delft), "few values: no counter is shared");
        for n in 0..200 {
            let word = super::super::profile::key(&[&format!("firma{n}")]).unwrap();
            assert!(terms.word(word) >= 1);
        }
        assert_eq!(terms.n_records(), 2_000);
        assert_eq!(TermCounts::from_bytes(&terms.to_bytes()), Some(terms));
    }

    #[test]
    fn bytes_that_are_none_of_ours_are_refused() {
        assert_eq!(TermCounts::from_bytes(&[1, 2, 3]), None);
        let mut bytes = TermCounts::default().to_bytes();
        bytes.extend_from_slice(&[255; 8]);
        assert_eq!(TermCounts::from_bytes(&bytes), None, "there is no such counter");
    }

    #[test]
    fn a_word_is_no_town() {
        let mut terms = TermCounts::default();
        terms.add(&company("Delft Techniek", ""));
        let delft = super::super::profile::key(&["delft"]).unwrap();
        assert_eq!((terms.word(delft), terms.value(delft)), (1, 0));
    }
}
