//! How much of the audience may lawfully be reached today, by which channel, and why the rest may not: the waterfall before
//! any volume is planned.

use std::collections::{HashMap, HashSet};

use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::{Loosening, Reach, fit_group};
use kiem_store::gate::GateRow;
use kiem_store::{Tx, company, gate, loosening, suppression};

use super::counted::Counted;
use super::gate::{OnList, address_of, facts_of};
use crate::engine::{Caller, Engine, Permission, Result};

/// People that are looked at in one query.
const PEOPLE_PER_PAGE: i64 = 5_000;

/// Counts of the audience, and what the workspace loosened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceReach {
    /// The counts.
    pub counted: Counted,
    /// What the workspace loosened.
    pub loosenings: Vec<Loosening>,
}

impl Engine {
    /// How many may be approached today, with the same gate that every send passes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience_reach(&self, caller: &Caller) -> Result<AudienceReach> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let loosenings = loosening::in_force(&mut tx).await?;
        Ok(AudienceReach { counted: self.counted(&mut tx).await?, loosenings })
    }

    /// Counts companies, and everybody who may be approached today.
    pub(super) async fn count_reach(&self, tx: &mut Tx) -> Result<(i64, Reach)> {
        let companies_n = company::count(tx).await?;
        let loosenings = loosening::in_force(tx).await?;
        let has_suppressions = suppression::count(tx).await? > 0;
        let mut reach = Reach::default();
        let mut after = None;
        loop {
            let people = gate::page(tx, after, PEOPLE_PER_PAGE).await?;
            let Some(last) = people.last() else { break };
            after = Some(last.contact_id);
            let addresses: Vec<Option<EmailAddress>> = people.iter().map(address_of).collect();
            let suppressed = if has_suppressions {
                self.suppressed_people(tx, &people, &addresses).await?
            } else {
                vec![OnList::default(); people.len()]
            };
            for ((person, address), on_list) in people.iter().zip(&addresses).zip(suppressed) {
                let facts = facts_of(person, address.as_ref(), on_list, self.utc_day());
                let score = person.fit_score.and_then(|score| u8::try_from(score).ok());
                reach.add(&facts, fit_group(score), &loosenings);
            }
        }
        Ok((companies_n, reach.done()))
    }

    /// Which of these addresses are on the suppression list, by their place in the page.
    pub(in crate::engine) async fn suppressed_of(
        &self,
        tx: &mut Tx,
        addresses: &[Option<EmailAddress>],
    ) -> Result<HashSet<usize>> {
        let hashes = addresses
            .iter()
            .map(|address| address.as_ref().map_or_else(Vec::new, |a| self.suppression_hashes(a)));
        on_list(tx, hashes).await
    }

    /// What of each of these people is on the suppression list.
    pub(super) async fn suppressed_people(
        &self,
        tx: &mut Tx,
        people: &[GateRow],
        addresses: &[Option<EmailAddress>],
    ) -> Result<Vec<OnList>> {
        // Two places for each person: what closes every channel, and what closes the telephone.
        let keys = people
            .iter()
            .zip(addresses)
            .flat_map(|(row, address)| [self.gate_keys(row, address.as_ref()), self.phone_keys(row)]);
        let found = on_list(tx, keys).await?;
        let of = |place: usize| OnList {
            person: found.contains(&(2 * place)),
            phone: found.contains(&(2 * place + 1)),
        };
        Ok((0..people.len()).map(of).collect())
    }
}

/// Which places have a key that is on the suppression list.
async fn on_list(tx: &mut Tx, keys: impl Iterator<Item = Vec<Vec<u8>>>) -> Result<HashSet<usize>> {
    let mut of_hash: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (index, hashes) in keys.enumerate() {
        for hash in hashes {
            of_hash.entry(hash).or_default().push(index);
        }
    }
    let hashes: Vec<Vec<u8>> = of_hash.keys().cloned().collect();
    let found = suppression::found(tx, &hashes).await?;
    Ok(found.iter().filter_map(|hash| of_hash.get(hash)).flatten().copied().collect())
}
