//! Records joined to companies: the surest pairs first, never across two numbers of the company register and never
//! across two names.

use super::name::{NameAgreement, compare_names};
use super::profile::{Key, Profile};
use super::weigh::Frequencies;
use super::{Pair, Verdict};

/// Which records are one company.
#[derive(Debug, Clone)]
pub struct Clusters {
    parent: Vec<u32>,
}

impl Clusters {
    /// The record that stands for the company of this one: the first of its records.
    pub fn root(&self, mut record: u32) -> u32 {
        while let Some(up) = self.parent.get(record as usize).filter(|up| **up != record) {
            record = *up;
        }
        record
    }

    /// The companies that have more than one record, each with the numbers of its records in order.
    pub fn groups(&self) -> Vec<Vec<u32>> {
        let mut of_root: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
        for (record, parent) in (0..).zip(&self.parent) {
            let root = self.root(*parent);
            if root != record {
                of_root.entry(root).or_insert_with(|| vec![root]).push(record);
            }
        }
        of_root.into_values().collect()
    }
}

/// What a company that grows keeps of its records.
struct Company {
    /// Its number in the register, when one of its records says it.
    register: Key,
    /// The record with the fullest name.
    named_by: u32,
}

/// Joins the pairs whose verdict is that they are one company, the surest first. A pair is left out when it would bring
/// a second number of the register into a company, or a second name: a record that says only "Siforce" must not join
/// "Siforce Landmeetkunde" and "Siforce Groenvoorziening".
pub fn join(profiles: &[Profile], pairs: &mut Vec<Pair>, f: &Frequencies) -> Clusters {
    pairs.sort_by(|x, y| y.comparison.bits.total_cmp(&x.comparison.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    // Two blocks may have found the same pair.
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
    let mut clusters = Clusters { parent: (0..).take(profiles.len()).collect() };
    let mut companies: Vec<Company> =
        (0..).zip(profiles).map(|(n, p)| Company { register: p.kvk, named_by: n }).collect();
    for pair in pairs.iter().filter(|pair| pair.comparison.verdict() == Verdict::Same) {
        let (a, b) = (clusters.root(pair.a), clusters.root(pair.b));
        let (low, high) = (a.min(b) as usize, a.max(b) as usize);
        let (Some(one), Some(other)) = (companies.get(low), companies.get(high)) else { continue };
        if low == high || contradict(one, other, profiles, f) {
            continue;
        }
        let name_len = |c: &Company| profiles.get(c.named_by as usize).map_or(0, |p| p.name.len());
        let named_by = if name_len(other) > name_len(one) { other.named_by } else { one.named_by };
        let register = one.register.or(other.register);
        if let (Some(parent), Some(kept)) = (clusters.parent.get_mut(high), companies.get_mut(low)) {
            *parent = a.min(b);
            *kept = Company { register, named_by };
        }
    }
    clusters
}

fn contradict(one: &Company, other: &Company, profiles: &[Profile], f: &Frequencies) -> bool {
    match one.register.zip(other.register) {
        Some((x, y)) if x == y => return false,
        Some(_) => return true,
        None => {}
    }
    let name = |c: &Company| profiles.get(c.named_by as usize).map_or("", |p| &*p.name);
    compare_names(name(one), name(other), &|word| f.is_common(word)) == NameAgreement::Different
}
