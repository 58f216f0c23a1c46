//! Which records are one company: candidates that share something, weighed, and joined where nothing contradicts.
//!
//! The policy: two numbers of the company register that differ are never one company; the same domain with another
//! name is a sibling in one group; records are joined by themselves only on the same number, or when two independent
//! things agree, the evidence outweighs the odds and no [`Rule`] is against it. What stays in between is for a person.

mod candidates;
mod cluster;
mod common;
mod form;
mod name;
mod person;
mod profile;
mod rule;
mod signs;
mod terms;
mod weigh;

#[cfg(test)]
mod tests;

pub use candidates::{BLOCK_KEYS_MAX, Block, N_BLOCKS, Pair, block_keys};
pub use cluster::{Clusters, join};
pub use form::Form;
pub use name::{NameAgreement, compare_names, name_words};
pub use person::{
    PersonLikeness, PersonProfile, PersonSign, RawPerson, compare_people, is_fuller_name, likely_pairs,
};
pub use profile::{Key, Profile, RawRecord};
pub use rule::Rule;
pub use signs::{Sign, SignField, signs};
pub use terms::TermCounts;
pub use weigh::{Comparison, Frequencies, compare};

/// Bits from which on two records are joined by themselves. Chosen on generated files, see DECISIONS.md.
pub const JOIN_BITS: f32 = 3.0;
/// Bits from which on a person is asked.
pub const REVIEW_BITS: f32 = -3.0;

/// What is done with two records that were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One company.
    Same,
    /// Perhaps: a person decides.
    Review,
    /// The same group, another company: they share domain, telephone or address under other names.
    Sibling,
    /// Two companies.
    Different,
}

impl Comparison {
    /// The policy on what was found.
    pub fn verdict(&self) -> Verdict {
        match (self.register, self.rule) {
            // A number that nothing else confirms is a slip of the finger in one of them.
            (Some(true), _) if self.n_agreeing > 0 => Verdict::Same,
            (Some(true), _) => Verdict::Review,
            (Some(false), Some(Rule::MistypedNumber)) if self.name >= NameAgreement::Spelling => {
                Verdict::Review
            }
            (Some(false), _) if self.shares_domain => Verdict::Sibling,
            (Some(false), _) => Verdict::Different,
            (None, _) if self.name == NameAgreement::Different => {
                if self.n_agreeing > 0 {
                    Verdict::Sibling
                } else {
                    Verdict::Different
                }
            }
            (None, Some(Rule::Identical)) => Verdict::Same,
            (None, None) if self.bits >= JOIN_BITS && self.n_agreeing >= 2 => Verdict::Same,
            _ if self.bits >= REVIEW_BITS => Verdict::Review,
            _ => Verdict::Different,
        }
    }
}
