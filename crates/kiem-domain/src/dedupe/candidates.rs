//! Candidates: pairs of records that share a value worth looking at, each pair compared once.

use std::num::NonZeroU64;
use std::ops::Range;

use super::Verdict;
use super::profile::{Key, Profile, key};
use super::weigh::{Comparison, Frequencies, compare};

/// Two records that may be one company.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Number of the one record, the smaller.
    pub a: u32,
    /// Number of the other.
    pub b: u32,
    /// What was found.
    pub comparison: Comparison,
}

/// What candidates share: the records of one block are compared with each other. The first ones are the surest.
const BLOCKS: [fn(&Profile) -> Key; 9] = [
    |p| p.kvk,
    |p| p.lei,
    |p| p.vat,
    |p| p.domain,
    |p| p.phone,
    |p| p.address,
    |p| p.street,
    front_and_town,
    back_and_town,
];

/// How many of the first blocks go by a key that the profile holds.
const N_STORED_KEYS: usize = 7;

/// Letters of the name's front or back that make a block with the town.
const NAME_LETTERS: usize = 7;
/// Records of one block that are compared with each other; in a larger one each is only compared with its neighbours by
/// name.
const BLOCK_RECORDS_MAX: usize = 120;
/// Neighbours in a larger block.
const NEIGHBOURS: usize = 12;

/// Most values under which one company is found.
pub const BLOCK_KEYS_MAX: usize = BLOCKS.len() + 1;

/// The values under which a stored company is found when another one is checked. A value that very many share finds
/// nobody (the caller stops counting); the whole name, which is the last of them, finds the namesakes even then.
pub fn block_keys(p: &Profile) -> Vec<NonZeroU64> {
    let mut keys: Vec<NonZeroU64> = BLOCKS.iter().filter_map(|of| of(p)).chain(whole_name(p)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn whole_name(p: &Profile) -> Key {
    let letters: String = p.name.chars().filter(|c| *c != ' ').collect();
    (letters.len() >= 3).then(|| key(&["whole", &letters, &p.town.map_or(0, NonZeroU64::get).to_string()]))?
}

fn front_and_town(p: &Profile) -> Key {
    let letters: String = p.name.chars().filter(|c| *c != ' ').take(NAME_LETTERS).collect();
    with_town(p, 'f', &letters)
}

fn back_and_town(p: &Profile) -> Key {
    let letters: String = p.name.chars().rev().filter(|c| *c != ' ').take(NAME_LETTERS + 2).collect();
    with_town(p, 'b', &letters)
}

fn with_town(p: &Profile, side: char, letters: &str) -> Key {
    let town = p.town?;
    if letters.len() < 3 {
        return None;
    }
    key(&[&side.to_string(), letters, &town.to_string()])
}

/// Records that share one kind of value, in groups.
#[derive(Debug)]
pub struct Block {
    number: usize,
    members: Vec<u32>,
    /// Where each group of two or more ends in `members`.
    ends: Vec<usize>,
}

/// How many kinds of values are looked at.
pub const N_BLOCKS: usize = BLOCKS.len();

impl Block {
    /// Brings the records that share the value of this kind (below [`N_BLOCKS`]) together.
    pub fn of(profiles: &[Profile], number: usize) -> Block {
        let mut keyed: Vec<(NonZeroU64, u32)> = match BLOCKS.get(number) {
            Some(of) => profiles.iter().zip(0..).filter_map(|(p, n)| Some((of(p)?, n))).collect(),
            None => Vec::new(),
        };
        keyed.sort_unstable();
        let mut block = Block { number, members: Vec::new(), ends: Vec::new() };
        for group in keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            block.members.extend(group.iter().map(|(_, record)| *record));
            block.ends.push(block.members.len());
        }
        block
    }

    /// How many groups there are.
    pub fn n_groups(&self) -> usize {
        self.ends.len()
    }

    /// Compares the records of these groups with each other; those that are one company or worth a look, and how many
    /// pairs were compared. A pair that an earlier block holds was compared there.
    pub fn compare(&self, profiles: &[Profile], f: &Frequencies, groups: Range<usize>) -> (Vec<Pair>, u64) {
        let (mut found, mut n_compared) = (Vec::new(), 0);
        let mut start = groups.start.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        for end in self.ends.get(groups).unwrap_or_default() {
            let group = self.members.get(start..*end).unwrap_or_default();
            start = *end;
            if group.len() > BLOCK_RECORDS_MAX {
                let mut by_name = group.to_vec();
                by_name.sort_by(|x, y| {
                    let (x, y) = (profiles.get(*x as usize), profiles.get(*y as usize));
                    let by_name = x.map(|p| &p.name).cmp(&y.map(|p| &p.name));
                    by_name.then_with(|| x.map(Profile::content).cmp(&y.map(Profile::content)))
                });
                n_compared += self.compare_group(profiles, f, &by_name, NEIGHBOURS, &mut found);
            } else {
                n_compared += self.compare_group(profiles, f, group, group.len(), &mut found);
            }
        }
        (found, n_compared)
    }

    fn compare_group(
        &self,
        profiles: &[Profile],
        f: &Frequencies,
        group: &[u32],
        reach: usize,
        found: &mut Vec<Pair>,
    ) -> u64 {
        let mut n_compared = 0;
        for (i, one) in group.iter().enumerate() {
            for other in group.iter().skip(i + 1).take(reach) {
                let (a, b) = (*one.min(other), *one.max(other));
                let (Some(pa), Some(pb)) = (profiles.get(a as usize), profiles.get(b as usize)) else {
                    continue;
                };
                if met_before(pa, pb, f, self.number) {
                    continue;
                }
                n_compared += 1;
                let Some(comparison) = compare(pa, pb, f) else { continue };
                if matches!(comparison.verdict(), Verdict::Same | Verdict::Review) {
                    found.push(Pair { a, b, comparison });
                }
            }
        }
        n_compared
    }
}

/// Whether an earlier block compared both: it holds both, and is not so large that it compared neighbours only. The keys
/// of names are made anew each time, so who met there is compared twice rather than looked up.
fn met_before(a: &Profile, b: &Profile, f: &Frequencies, block: usize) -> bool {
    BLOCKS.iter().take(block.min(N_STORED_KEYS)).any(|of| {
        of(a).is_some_and(|value| of(b) == Some(value) && f.count(value) as usize <= BLOCK_RECORDS_MAX)
    })
}
