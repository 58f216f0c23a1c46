//! Records joined to companies: the surest pairs first, never across two numbers of the company register, never across
//! two names, and never across two records of which a rule says that a person decides.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::num::NonZeroU64;

use super::name::{NameAgreement, compare_names};
use super::profile::{Key, Profile, key};
use super::weigh::{Frequencies, compare};
use super::{Form, Pair, Rule, Verdict};

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
    /// Its legal form, when one of its records says it.
    form: Option<Form>,
    /// The record with the fullest name.
    named_by: u32,
}

/// Companies while they grow.
struct Growing<'a> {
    profiles: &'a [Profile],
    f: &'a Frequencies,
    clusters: Clusters,
    companies: Vec<Company>,
    /// Of the first record of a company: records that must not join it without a person.
    held_apart: HashMap<u32, Vec<u32>>,
}

/// Joins the pairs whose verdict is that they are one company, the surest first. A pair is left out when it would bring
/// a second number of the register into a company, a second legal form, or a second name: a record that says only
/// "Siforce" must not join "Siforce Landmeetkunde" and "Siforce Groenvoorziening".
pub fn join(profiles: &[Profile], pairs: &mut Vec<Pair>, f: &Frequencies) -> Clusters {
    pairs.sort_by_cached_key(|pair| (Surest(pair.comparison.bits), content(pair, profiles), pair.a, pair.b));
    // Two blocks may have found the same pair.
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
    let mut held_apart: HashMap<u32, Vec<u32>> = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.comparison.rule.is_some_and(Rule::holds_apart)) {
        held_apart.entry(pair.a).or_default().push(pair.b);
        held_apart.entry(pair.b).or_default().push(pair.a);
    }
    let mut growing = Growing {
        profiles,
        f,
        clusters: Clusters { parent: (0..).take(profiles.len()).collect() },
        companies: (0..)
            .zip(profiles)
            .map(|(n, p)| Company { register: p.kvk, form: p.form, named_by: n })
            .collect(),
        held_apart,
    };
    for pair in pairs.iter().filter(|pair| pair.comparison.verdict() == Verdict::Same) {
        growing.join(pair);
    }
    growing.clusters
}

/// Bits in the order in which pairs are joined.
struct Surest(f32);

impl Ord for Surest {
    fn cmp(&self, other: &Surest) -> Ordering {
        other.0.total_cmp(&self.0)
    }
}

impl PartialOrd for Surest {
    fn partial_cmp(&self, other: &Surest) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Surest {
    fn eq(&self, other: &Surest) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Surest {}

/// What two records say, as a number: of two pairs that are as sure the first one must not depend on the order of the
/// rows.
fn content(pair: &Pair, profiles: &[Profile]) -> u64 {
    let of = |record: u32| {
        let profile = profiles.get(record as usize)?;
        Some(profile.content() ^ key(&[&profile.name]).map_or(0, NonZeroU64::get))
    };
    of(pair.a).unwrap_or(0).wrapping_add(of(pair.b).unwrap_or(0))
}

impl Growing<'_> {
    fn join(&mut self, pair: &Pair) {
        let (a, b) = (self.clusters.root(pair.a), self.clusters.root(pair.b));
        let (low, high) = (a.min(b), a.max(b));
        let (Some(one), Some(other)) = (self.companies.get(low as usize), self.companies.get(high as usize))
        else {
            return;
        };
        if low == high || self.contradict(one, other, pair) || self.are_held_apart(low, high) {
            return;
        }
        let fullness = |c: &Company| self.name(c).map(|name| (name.len(), name));
        let named_by = if fullness(other) > fullness(one) { other.named_by } else { one.named_by };
        let joined =
            Company { register: one.register.or(other.register), form: one.form.or(other.form), named_by };
        if let (Some(parent), Some(kept)) =
            (self.clusters.parent.get_mut(high as usize), self.companies.get_mut(low as usize))
        {
            *parent = low;
            *kept = joined;
        }
        if let Some(moved) = self.held_apart.remove(&high) {
            self.held_apart.entry(low).or_default().extend(moved);
        }
    }

    fn name(&self, company: &Company) -> Option<&str> {
        self.profiles.get(company.named_by as usize).map(|p| &*p.name)
    }

    fn contradict(&self, one: &Company, other: &Company, pair: &Pair) -> bool {
        match one.register.zip(other.register) {
            Some((x, y)) if x == y => return false,
            Some(_) => return true,
            None => {}
        }
        let forms_differ = one.form.zip(other.form).is_some_and(|(x, y)| x != y);
        forms_differ && pair.comparison.register != Some(true) || self.have_two_names(one, other)
    }

    /// Whether the fullest names are two names. What is written otherwise at one address under one domain is not.
    fn have_two_names(&self, one: &Company, other: &Company) -> bool {
        let record = |c: &Company| self.profiles.get(c.named_by as usize);
        let (Some(x), Some(y)) = (record(one), record(other)) else { return false };
        compare_names(&x.name, &y.name, &|word| self.f.is_common(word)) == NameAgreement::Different
            && compare(x, y, self.f).is_none_or(|found| found.name == NameAgreement::Different)
    }

    fn are_held_apart(&self, low: u32, high: u32) -> bool {
        // Each side knows the other, so one of them is asked.
        let records = self.held_apart.get(&low).map(Vec::as_slice).unwrap_or_default();
        records.iter().any(|record| self.clusters.root(*record) == high)
    }
}
