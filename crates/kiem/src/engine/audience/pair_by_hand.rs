//! Two records that a person wants side by side, because they know better than the signs that these may be one. They come
//! first in the queue, and stay there until somebody decides.

use kiem_domain::dedupe::{PersonSign, compare_people};
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::company;
use kiem_store::contact;
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::{self, DuplicatePair, PairState};
use serde_json::json;
use uuid::Uuid;

use super::joined_person::profile_of_person;
use super::merge::user_id;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Before everything that Kiem found.
const FIRST_PLACE: i64 = i64::MAX;

impl Engine {
    /// Puts two companies side by side, also such as were called different. Returns the pair.
    ///
    /// # Errors
    /// When the caller may not, one of them is not there, or they are one record.
    pub async fn pair_companies(&self, caller: &Caller, a: CompanyId, b: CompanyId) -> Result<Uuid> {
        caller.may(Permission::WorkAudience)?;
        let (first, second) = duplicate::in_order(a, b);
        if first == second {
            return Err(EngineError::field("second", "unknown_choice"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        if company::by_ids(&mut tx, &[first, second]).await?.len() != 2 {
            return Err(EngineError::NotFound);
        }
        let pair = DuplicatePair {
            id: self.new_id(),
            first,
            second,
            state: PairState::Open,
            // Nobody weighed them.
            centibits: 0,
            place: FIRST_PLACE,
            found_at: self.now(),
            decided_at: None,
            decided_by: None,
        };
        duplicate::put(&mut tx, &pair).await?;
        let id = duplicate::of(&mut tx, first, second).await?.ok_or(EngineError::NotFound)?.id;
        duplicate::decide(&mut tx, id, PairState::Open, Some((self.now(), user_id(caller)))).await?;
        self.audit(&mut tx, caller, "duplicate.paired", "duplicate", Some(id), &json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(id)
    }

    /// The same for two people of one company.
    ///
    /// # Errors
    /// When the caller may not, one of them is not there or erased, they are one record, or work at two companies
    /// (`people_two_companies`).
    pub async fn pair_people(&self, caller: &Caller, a: ContactId, b: ContactId) -> Result<Uuid> {
        caller.may(Permission::WorkAudience)?;
        let (first, second) = contact_pair::in_order(a, b);
        if first == second {
            return Err(EngineError::field("second", "unknown_choice"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let people = contact::by_ids(&mut tx, &[first, second]).await?;
        let [one, other] = people.as_slice() else { return Err(EngineError::NotFound) };
        if one.erased_at.is_some() || other.erased_at.is_some() {
            return Err(EngineError::refused("person_erased"));
        }
        if one.company_id != other.company_id {
            return Err(EngineError::refused("people_two_companies"));
        }
        let likeness = compare_people(&profile_of_person(one), &profile_of_person(other));
        let pair = ContactPair {
            id: self.new_id(),
            first,
            second,
            state: PairState::Open,
            sign: likeness.map_or(PersonSign::Chosen, |likeness| likeness.sign),
            place: FIRST_PLACE,
            found_at: self.now(),
            decided_at: None,
            decided_by: None,
        };
        contact_pair::put(&mut tx, &pair).await?;
        let known = contact_pair::of_contacts(&mut tx, &[first]).await?;
        let known = known.into_iter().find(|known| known.second == second || known.first == second);
        let id = known.ok_or(EngineError::NotFound)?.id;
        contact_pair::decide(&mut tx, id, PairState::Open, Some((self.now(), user_id(caller)))).await?;
        self.audit(&mut tx, caller, "person_duplicate.paired", "person_duplicate", Some(id), &json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(id)
    }
}
