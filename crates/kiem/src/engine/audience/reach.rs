//! How much of the audience may lawfully be mailed today, and why the rest may not: the waterfall before any volume is
//! planned.

use std::collections::{HashMap, HashSet};

use kiem_domain::consent::{Block, GateFacts, Ground, gate};
use kiem_domain::contact::EmailAddress;
use kiem_store::contact::{self, ReachRow};
use kiem_store::{Tx, company, suppression};

use crate::engine::{Caller, Engine, Permission, Result};

/// People that are looked at in one query.
const PEOPLE_PER_PAGE: i64 = 5_000;

/// Counts of the audience.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Companies.
    pub companies_n: i64,
    /// People who were not erased.
    pub contacts_n: i64,
    /// Of these, people with an address.
    pub with_address_n: i64,
    /// Of these, people who may be mailed today.
    pub may_be_mailed_n: i64,
    /// Why the others may not, by the first reason that the gate gives.
    pub blocked: Vec<(Block, i64)>,
}

impl Engine {
    /// Counts who may be mailed today, with the same gate that every send passes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience_reach(&self, caller: &Caller) -> Result<Reach> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mut reach = Reach { companies_n: company::count(&mut tx).await?, ..Reach::default() };
        let has_suppressions = suppression::count(&mut tx).await? > 0;
        let mut blocked: HashMap<Block, i64> = HashMap::new();
        let mut after = None;
        loop {
            let people = contact::reach_page(&mut tx, after, PEOPLE_PER_PAGE).await?;
            let Some(last) = people.last() else { break };
            after = Some(last.id);
            let suppressed =
                if has_suppressions { self.suppressed_of(&mut tx, &people).await? } else { HashSet::new() };
            for (index, person) in people.iter().enumerate() {
                match verdict(person, suppressed.contains(&index)) {
                    Ok(()) => reach.may_be_mailed_n += 1,
                    Err(block) => *blocked.entry(block).or_default() += 1,
                }
                reach.contacts_n += i64::from(!person.is_erased);
                reach.with_address_n += i64::from(!person.is_erased && person.email.is_some());
            }
        }
        reach.blocked = Block::ALL.iter().map(|b| (*b, blocked.get(b).copied().unwrap_or(0))).collect();
        Ok(reach)
    }

    /// Which of these people are on the suppression list, by their place in the page.
    async fn suppressed_of(&self, tx: &mut Tx, people: &[ReachRow]) -> Result<HashSet<usize>> {
        let mut of_hash: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (index, person) in people.iter().enumerate() {
            if let Some(address) = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) {
                for hash in self.suppression_hashes(&address) {
                    of_hash.entry(hash).or_default().push(index);
                }
            }
        }
        let hashes: Vec<Vec<u8>> = of_hash.keys().cloned().collect();
        let found = suppression::found(tx, &hashes).await?;
        Ok(found.iter().filter_map(|hash| of_hash.get(hash)).flatten().copied().collect())
    }
}

fn verdict(person: &ReachRow, is_suppressed: bool) -> std::result::Result<(), Block> {
    let ground = person.basis.map(|basis| Ground {
        basis,
        source: String::new(),
        // The gate looks at the basis; words and day are for the mail's text.
        obtained_on: jiff::civil::Date::ZERO,
    });
    gate(&GateFacts {
        ground: ground.as_ref(),
        country: person.country.as_deref(),
        is_suppressed,
        has_address: person.email.is_some(),
        is_erased: person.is_erased,
    })
    .map(|_| ())
}
