//! Everybody who is new or changed is compared with their colleagues: who is one person beyond doubt becomes one, who may be
//! one waits for somebody to say so.

use std::collections::{HashMap, HashSet};

use kiem_domain::dedupe::{PersonLikeness, PersonProfile, likely_pairs};
use kiem_domain::id::{CompanyId, ContactId, WorkspaceId};
use kiem_domain::merge::{Stake, rank};
use kiem_store::contact::{self, Contact};
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::PairState;
use kiem_store::matching;
use kiem_store::merge::MergeCause;

use super::joined_person::profile_of_person;
use super::merge_person::PeopleOrder;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Colleagues of one company who are compared with each other; a company with more is a directory.
const COLLEAGUES_MAX: usize = 2_000;

/// Two colleagues, and why they may be one person.
struct Found {
    pair: (ContactId, ContactId),
    likeness: PersonLikeness,
    stake: Stake,
}

impl Engine {
    /// Compares the people of companies with their colleagues.
    pub(super) async fn match_people(&self, workspace: WorkspaceId, companies: &[CompanyId]) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        let people = contact::colleagues(&mut tx, companies).await?;
        if people.is_empty() {
            return Ok(());
        }
        let ids: Vec<ContactId> = people.iter().map(|person| person.id).collect();
        let known: HashMap<(ContactId, ContactId), ContactPair> = contact_pair::of_contacts(&mut tx, &ids)
            .await?
            .into_iter()
            .map(|pair| ((pair.first, pair.second), pair))
            .collect();
        let with_colleagues: Vec<CompanyId> =
            people.iter().map(|person| person.company_id).collect::<HashSet<_>>().into_iter().collect();
        let stakes: HashMap<CompanyId, Stake> =
            matching::stakes(&mut tx, &with_colleagues).await?.into_iter().collect();
        let (mut to_join, mut asked) = (Vec::new(), HashSet::new());
        for of_one in people.chunk_by(|a, b| a.company_id == b.company_id) {
            for one in found_among(of_one, &stakes) {
                if one.likeness.is_sure && !known.contains_key(&one.pair) {
                    to_join.push(one);
                } else {
                    asked.insert(one.pair);
                    contact_pair::put(&mut tx, &self.new_contact_pair(&one)).await?;
                }
            }
        }
        for (key, pair) in &known {
            if pair.state != PairState::Different && !pair.is_by_hand() && !asked.contains(key) {
                contact_pair::remove_open(&mut tx, pair.id).await?;
            }
        }
        tx.commit().await?;
        for one in to_join {
            self.join_sure_people(workspace, &one).await?;
        }
        Ok(())
    }

    fn new_contact_pair(&self, found: &Found) -> ContactPair {
        ContactPair {
            id: self.new_id(),
            first: found.pair.0,
            second: found.pair.1,
            state: PairState::Open,
            sign: found.likeness.sign,
            place: rank(found.stake, found.likeness.sign.bits()),
            found_at: self.now(),
            decided_at: None,
            decided_by: None,
        }
    }

    /// Makes two people one about whom there is no doubt; what stands in the way is for a person.
    async fn join_sure_people(&self, workspace: WorkspaceId, found: &Found) -> Result<()> {
        let caller = Caller::system(workspace);
        let order = PeopleOrder {
            pair: found.pair,
            chosen: None,
            cause: MergeCause::Evidence,
            sign: found.likeness.sign,
        };
        let mut tx = self.store().begin(workspace).await?;
        match self.merge_people_in(&mut tx, &caller, order).await {
            Ok(_) => {
                tx.commit().await?;
                self.committed(workspace);
            }
            // An earlier pair took one of them along; what is left is compared again.
            Err(EngineError::NotFound) => {}
            Err(EngineError::Refused { .. } | EngineError::Conflict) => {
                drop(tx);
                let mut tx = self.store().begin(workspace).await?;
                contact_pair::put(&mut tx, &self.new_contact_pair(found)).await?;
                tx.commit().await?;
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

/// Which of these colleagues may be one person.
fn found_among(people: &[Contact], stakes: &HashMap<CompanyId, Stake>) -> Vec<Found> {
    let people = people.get(..COLLEAGUES_MAX).unwrap_or(people);
    let profiles: Vec<PersonProfile> = people.iter().map(profile_of_person).collect();
    let found = likely_pairs(&profiles).into_iter().filter_map(|(i, j, likeness)| {
        let (one, other) = (people.get(i)?, people.get(j)?);
        let stake = stakes.get(&one.company_id).copied().unwrap_or_default();
        Some(Found { pair: contact_pair::in_order(one.id, other.id), likeness, stake })
    });
    found.collect()
}
