//! The review of people who may be one: the queue, one pair side by side, and what somebody says about it.

use kiem_domain::dedupe::{PersonSign, compare_people};
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::contact::{self, Contact};
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::{PairCounts, PairState};
use kiem_store::lead::{self, Lead};
use kiem_store::matching;
use kiem_store::merge::{Merge, MergeCause};
use kiem_store::prospect;
use uuid::Uuid;

use super::conflicts::contact_map;
use super::duplicates::{DuplicateDecision, FactPair, PAIRS_MAX, side_by_side};
use super::joined_person::profile_of_person;
use super::merge::user_id;
use super::merge_people::people_preview;
use super::merge_person::{PeopleOrder, colleagues};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Two people in the queue.
#[derive(Debug, Clone)]
pub struct ListedPeople {
    /// The pair.
    pub pair: ContactPair,
    /// Both.
    pub people: [Contact; 2],
    /// Where they work.
    pub company: (CompanyId, String),
}

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct PeoplePage {
    /// The pairs, the one with the most at stake first.
    pub pairs: Vec<ListedPeople>,
    /// Place and id of the last, when there are more.
    pub next: Option<(i64, Uuid)>,
    /// How many wait and how many were looked at.
    pub counts: PairCounts,
    /// Companies whose people were not compared yet.
    pub waiting_n: i64,
}

/// One of the two.
#[derive(Debug, Clone)]
pub struct PersonSide {
    /// The person.
    pub person: Contact,
    /// Their place in the marketing list.
    pub on_list: Option<Lead>,
    /// Whether they have part in a pursuit.
    pub is_pursued: bool,
}

/// Two people side by side.
#[derive(Debug, Clone)]
pub struct PeopleView {
    /// The pair.
    pub pair: ContactPair,
    /// Both.
    pub sides: [PersonSide; 2],
    /// Where they work.
    pub company: (CompanyId, String),
    /// What they say, where one of them says something.
    pub facts: Vec<FactPair>,
    /// Why they may be one, by what is known today.
    pub sign: PersonSign,
    /// Why they cannot be made one now: a catalogue key below `error`.
    pub obstacle: Option<&'static str>,
}

/// Facts that are shown side by side, in this order.
const SHOWN: &[&str] =
    &["given_name", "infix", "family_name", "email", "phone", "title", "language", "person_linkedin_url"];

impl Engine {
    /// A page of the people who may be one and wait for somebody to say so, or were put off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_duplicates(
        &self,
        caller: &Caller,
        state: PairState,
        after: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<PeoplePage> {
        caller.may(Permission::View)?;
        let limit = limit.clamp(1, PAIRS_MAX);
        let mut tx = self.store().read(caller.workspace).await?;
        let mut pairs = contact_pair::list(&mut tx, state, after, limit + 1).await?;
        let more = i64::try_from(pairs.len()).unwrap_or(0) > limit;
        if more {
            pairs.pop();
        }
        let next = pairs.last().filter(|_| more).map(|last| (last.place, last.id));
        let ids: Vec<ContactId> = pairs.iter().flat_map(|pair| [pair.first, pair.second]).collect();
        let people = contact::by_ids(&mut tx, &ids).await?;
        let companies: Vec<CompanyId> = people.iter().map(|person| person.company_id).collect();
        let companies = company::by_ids(&mut tx, &companies).await?;
        let person = |id: ContactId| people.iter().find(|person| person.id == id).cloned();
        let listed = pairs.into_iter().filter_map(|pair| {
            let (first, second) = (person(pair.first)?, person(pair.second)?);
            let firm = companies.iter().find(|firm| firm.id == first.company_id)?;
            Some(ListedPeople { pair, people: [first, second], company: (firm.id, firm.name.clone()) })
        });
        Ok(PeoplePage {
            pairs: listed.collect(),
            next,
            counts: contact_pair::counts(&mut tx).await?,
            waiting_n: matching::waiting_n(&mut tx).await?,
        })
    }

    /// Two people side by side, and what would stay; `chosen` is whose facts somebody wants to stay.
    ///
    /// # Errors
    /// When the pair is not there, or `chosen` is neither.
    pub async fn person_duplicate(
        &self,
        caller: &Caller,
        id: Uuid,
        chosen: Option<ContactId>,
    ) -> Result<PeopleView> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let pair = contact_pair::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let chosen = one_of(&pair, chosen)?;
        let people = colleagues(&mut tx, (pair.first, pair.second)).await?;
        let firm = company::get(&mut tx, people.0.company_id).await?.ok_or(EngineError::NotFound)?;
        let joined = people_preview(self, &mut tx, people.clone(), chosen).await?;
        let (first, second) = people;
        let likeness = compare_people(&profile_of_person(&first), &profile_of_person(&second));
        let survives = joined.clone().unwrap_or_default();
        Ok(PeopleView {
            facts: side_by_side(SHOWN, &contact_map(&first), &contact_map(&second), &survives),
            sign: likeness.map_or(pair.sign, |likeness| likeness.sign),
            obstacle: joined.is_none().then_some("merge_two_campaigns"),
            sides: [side(&mut tx, first).await?, side(&mut tx, second).await?],
            company: (firm.id, firm.name),
            pair,
        })
    }

    /// Writes down what somebody says about two people. Returns the merge when they are one.
    ///
    /// # Errors
    /// When the caller may not, the pair is gone (somebody was first), or the two cannot be made one
    /// (`merge_two_campaigns`, `merge_too_large`).
    pub async fn decide_person_duplicate(
        &self,
        caller: &Caller,
        id: Uuid,
        decision: DuplicateDecision,
        chosen: Option<ContactId>,
    ) -> Result<Option<Merge>> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let pair = contact_pair::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let state = match decision {
            DuplicateDecision::Same => {
                let chosen = one_of(&pair, chosen)?;
                let (people, sign) = ((pair.first, pair.second), pair.sign);
                let order = PeopleOrder { pair: people, chosen, cause: MergeCause::Person, sign };
                let merge = self.merge_people_in(&mut tx, caller, order).await?;
                tx.commit().await?;
                self.committed(caller.workspace);
                return Ok(Some(merge));
            }
            DuplicateDecision::Different => PairState::Different,
            DuplicateDecision::Later => PairState::Later,
        };
        contact_pair::decide(&mut tx, id, state, Some((self.now(), user_id(caller)))).await?;
        self.note_decision(&mut tx, caller, id, decision.as_str()).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(None)
    }

    /// Opens a pair of people again that was called different or put off.
    ///
    /// # Errors
    /// When the caller may not, or the pair is gone.
    pub async fn reopen_person_duplicate(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !contact_pair::decide(&mut tx, id, PairState::Open, None).await? {
            return Err(EngineError::NotFound);
        }
        self.note_decision(&mut tx, caller, id, "open").await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    async fn note_decision(&self, tx: &mut Tx, caller: &Caller, id: Uuid, decision: &str) -> Result<()> {
        let detail = serde_json::json!({ "decision": decision });
        self.audit(tx, caller, "person_duplicate.decided", "person_duplicate", Some(id), &detail).await
    }
}

async fn side(tx: &mut Tx, person: Contact) -> Result<PersonSide> {
    let on_list = lead::of_contact(tx, person.id).await?;
    let is_pursued = !prospect::parts_of(tx, person.id).await?.is_empty();
    Ok(PersonSide { person, on_list, is_pursued })
}

/// Whose facts stay, when somebody said so: one of the two.
fn one_of(pair: &ContactPair, chosen: Option<ContactId>) -> Result<Option<ContactId>> {
    match chosen {
        Some(id) if id != pair.first && id != pair.second => {
            Err(EngineError::field("keep", "unknown_choice"))
        }
        chosen => Ok(chosen),
    }
}
