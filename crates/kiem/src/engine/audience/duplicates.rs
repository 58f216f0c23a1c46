//! The review of duplicates: the queue, one pair side by side, what a person says about it, and the check of a company that
//! is being typed in.

use jiff::Timestamp;
use kiem_domain::dedupe::{Frequencies, Profile, Sign, SignField, compare, signs};
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::merge::Stake;
use kiem_store::Tx;
use kiem_store::company::{self, Company};
use kiem_store::contact;
use kiem_store::duplicate::{self, DuplicatePair, PairCounts, PairState};
use kiem_store::matching::{self, MatchRecord};
use kiem_store::merge::{self as merges, Merge, MergeCause};
use kiem_store::promotion;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::conflicts::company_map;
use super::edit::{CompanyEdit, company_facts};
use super::facts::CompanyFacts;
use super::matching::{PossibleDuplicate, profile_of};
use super::merge::{MergeOrder, user_id};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Pairs or merges of one page.
pub const PAIRS_MAX: i64 = 100;

kiem_domain::text_enum! {
    /// What a person says about a pair.
    pub enum DuplicateDecision {
        /// One company.
        Same = "same",
        /// Two companies; never asked again.
        Different = "different",
        /// Cannot say now.
        Later = "later",
    }
}

/// A pair in the queue.
#[derive(Debug, Clone)]
pub struct ListedPair {
    /// The pair.
    pub pair: DuplicatePair,
    /// Names and towns of both.
    pub companies: [(String, Option<String>); 2],
    /// Why they may be one.
    pub signs: Vec<(SignField, Sign)>,
}

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct DuplicatePage {
    /// The pairs, the one with the most at stake first.
    pub pairs: Vec<ListedPair>,
    /// Place and id of the last, when there are more.
    pub next: Option<(i64, Uuid)>,
    /// How many wait and how many were looked at.
    pub counts: PairCounts,
    /// Companies that were not checked yet.
    pub waiting_n: i64,
}

/// One fact of both companies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactPair {
    /// Which: a name of a field.
    pub field: String,
    /// What the one says.
    pub first: Option<String>,
    /// What the other says.
    pub second: Option<String>,
    /// What would stay.
    pub survives: Option<String>,
}

/// One of the two companies.
#[derive(Debug, Clone)]
pub struct PairSide {
    /// The company.
    pub company: Company,
    /// What hangs on it.
    pub stake: Stake,
    /// People there.
    pub people_n: i64,
}

/// A pair side by side.
#[derive(Debug, Clone)]
pub struct PairView {
    /// The pair.
    pub pair: DuplicatePair,
    /// Both.
    pub sides: [PairSide; 2],
    /// What they say, where one of them says something.
    pub facts: Vec<FactPair>,
    /// Why they may be one.
    pub signs: Vec<(SignField, Sign)>,
    /// The one that would stay.
    pub stays: CompanyId,
    /// Why they cannot be made one now: a catalogue key below `error`.
    pub obstacle: Option<&'static str>,
}

/// A merge with names.
#[derive(Debug, Clone)]
pub struct NamedMerge {
    /// The merge.
    pub merge: Merge,
    /// The company that stayed, or in which that went up since.
    pub kept_now: CompanyId,
    /// Its name; none when it is gone.
    pub kept_name: Option<String>,
    /// Of two people: what the one is called who stayed; none when they are gone.
    pub person_name: Option<String>,
    /// Who made them one; none when Kiem did, or who did is gone.
    pub by: Option<String>,
}

/// What was found about a company that is being typed in.
#[derive(Debug, Clone)]
pub struct CheckedCompany {
    /// Companies that may be the same, or are of its group, the likeliest first.
    pub found: Vec<PossibleDuplicate>,
    /// Companies that are there but were not made findable yet.
    pub waiting_n: i64,
}

/// Facts that are shown side by side, in this order. The legal form's source is no fact of the company.
const SHOWN: &[&str] = &[
    "company_name",
    "kvk_number",
    "register_number",
    "vat_id",
    "lei",
    "legal_form",
    "website",
    "domain",
    "company_phone",
    "street",
    "house_number",
    "postcode",
    "city",
    "region",
    "country",
    "industry",
    "sbi_code",
    "employees",
    "founded_on",
    "linkedin_url",
];

impl Engine {
    /// Checks a company against all that are there, before it is one.
    ///
    /// # Errors
    /// When the caller may not, or a field is not right.
    pub async fn check_company(&self, caller: &Caller, edit: &CompanyEdit) -> Result<CheckedCompany> {
        caller.may(Permission::View)?;
        self.check_facts(caller, &company_facts(edit, "")?).await
    }

    /// The same for facts that were read already.
    pub(super) async fn check_facts(&self, caller: &Caller, facts: &CompanyFacts) -> Result<CheckedCompany> {
        let mut tx = self.store().read(caller.workspace).await?;
        let found = self.possible_duplicates(&mut tx, facts, None).await?;
        Ok(CheckedCompany { found, waiting_n: matching::waiting_n(&mut tx).await? })
    }

    /// A page of the pairs that wait, or were put off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicates(
        &self,
        caller: &Caller,
        state: PairState,
        after: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<DuplicatePage> {
        caller.may(Permission::View)?;
        let limit = limit.clamp(1, PAIRS_MAX);
        let mut tx = self.store().read(caller.workspace).await?;
        let mut pairs = duplicate::list(&mut tx, state, after, limit + 1).await?;
        let more = i64::try_from(pairs.len()).unwrap_or(0) > limit;
        if more {
            pairs.pop();
        }
        let ids: Vec<CompanyId> = pairs.iter().flat_map(|pair| [pair.first, pair.second]).collect();
        let records = matching::records(&mut tx, &ids).await?;
        let record = |id: CompanyId| records.iter().find(|record| record.id == id.0);
        let mut listed = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let (Some(first), Some(second)) = (record(pair.first), record(pair.second)) else { continue };
            let signs = self.signs_of(&mut tx, first, second).await?;
            let name = |record: &MatchRecord| (record.name.clone(), record.city.clone());
            listed.push(ListedPair { companies: [name(first), name(second)], pair, signs });
        }
        Ok(DuplicatePage {
            next: listed.last().filter(|_| more).map(|last| (last.pair.place, last.pair.id)),
            pairs: listed,
            counts: duplicate::counts(&mut tx).await?,
            waiting_n: matching::waiting_n(&mut tx).await?,
        })
    }

    async fn signs_of(
        &self,
        tx: &mut Tx,
        first: &MatchRecord,
        second: &MatchRecord,
    ) -> Result<Vec<(SignField, Sign)>> {
        let (one, other): (Profile, Profile) = (profile_of(first), profile_of(second));
        let frequencies = Frequencies::of_database(self.terms_of(tx).await?, []);
        Ok(compare(&one, &other, &frequencies).map(|found| signs(&one, &other, &found)).unwrap_or_default())
    }

    /// One pair side by side, and what would stay; `keep` is the one that a person wants to stay.
    ///
    /// # Errors
    /// When it is not there, or `keep` is neither.
    pub async fn duplicate(&self, caller: &Caller, id: Uuid, keep: Option<CompanyId>) -> Result<PairView> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let pair = duplicate::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let keep = one_of(&pair, keep)?;
        let preview = self.merge_preview(&mut tx, (pair.first, pair.second), keep).await?;
        let records = matching::records(&mut tx, &[pair.first, pair.second]).await?;
        let signs = match records.as_slice() {
            [first, second] => self.signs_of(&mut tx, first, second).await?,
            _ => Vec::new(),
        };
        let [(first, first_stake), (second, second_stake)] = preview.sides;
        let facts = side_by_side(SHOWN, &company_map(&first), &company_map(&second), &preview.facts);
        let people_n = matching::people_n(&mut tx, &[pair.first, pair.second]).await?;
        let n_of = |id: CompanyId| people_n.iter().find(|(company, _)| *company == id).map_or(0, |(_, n)| *n);
        Ok(PairView {
            sides: [
                PairSide { people_n: n_of(first.id), company: first, stake: first_stake },
                PairSide { people_n: n_of(second.id), company: second, stake: second_stake },
            ],
            facts,
            signs,
            stays: preview.stays,
            obstacle: preview.obstacle,
            pair,
        })
    }

    /// Writes down what a person says about a pair. Returns the merge when it is one company.
    ///
    /// # Errors
    /// When the caller may not, the pair is gone (somebody was first), or the two cannot be made one (`merge_two_numbers`,
    /// `merge_two_pursuits`, `merge_too_large`).
    pub async fn decide_duplicate(
        &self,
        caller: &Caller,
        id: Uuid,
        decision: DuplicateDecision,
        keep: Option<CompanyId>,
    ) -> Result<Option<Merge>> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let pair = duplicate::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let merge = match decision {
            DuplicateDecision::Same => {
                let keep = one_of(&pair, keep)?;
                let pair = (pair.first, pair.second);
                let centibits =
                    duplicate::of(&mut tx, pair.0, pair.1).await?.map_or(0, |pair| pair.centibits);
                let order = MergeOrder { pair, keep, cause: MergeCause::Person, centibits };
                Some(self.merge_in(&mut tx, caller, order).await?)
            }
            DuplicateDecision::Different | DuplicateDecision::Later => {
                let state = if decision == DuplicateDecision::Later {
                    PairState::Later
                } else {
                    PairState::Different
                };
                duplicate::decide(&mut tx, id, state, Some((self.now(), user_id(caller)))).await?;
                let detail = serde_json::json!({ "decision": decision.as_str() });
                self.audit(&mut tx, caller, "duplicate.decided", "duplicate", Some(id), &detail).await?;
                None
            }
        };
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(merge)
    }

    /// Opens a pair again that was called different or put off.
    ///
    /// # Errors
    /// When the caller may not, or the pair is gone.
    pub async fn reopen_duplicate(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !duplicate::decide(&mut tx, id, PairState::Open, None).await? {
            return Err(EngineError::NotFound);
        }
        let detail = serde_json::json!({ "decision": "open" });
        self.audit(&mut tx, caller, "duplicate.decided", "duplicate", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// What was made one, newest first, from before `before` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merges(
        &self,
        caller: &Caller,
        before: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<NamedMerge>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mut named = Vec::new();
        for merge in merges::list(&mut tx, before, limit.clamp(1, PAIRS_MAX)).await? {
            named.push(named_merge(&mut tx, merge).await?);
        }
        Ok(named)
    }

    /// One merge.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn merge(&self, caller: &Caller, id: Uuid) -> Result<NamedMerge> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let merge = merges::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        named_merge(&mut tx, merge).await
    }
}

/// With the names that a person wants to read.
async fn named_merge(tx: &mut Tx, merge: Merge) -> Result<NamedMerge> {
    let now = merges::new_id_of(tx, merge.kept.0).await?.map_or(merge.kept, CompanyId);
    let kept_name = company::get(tx, now).await?.map(|company| company.name);
    let person = match merge.people {
        Some((kept, _)) => {
            let now = merges::new_id_of(tx, kept.0).await?.map_or(kept, ContactId);
            contact::get(tx, now).await?
        }
        None => None,
    };
    let person_name = person.map(|person| person.full_name()).filter(|name| !name.is_empty());
    let by = match merge.merged_by {
        Some(user) => promotion::member(tx, user).await?.map(|(name, ..)| name),
        None => None,
    };
    Ok(NamedMerge { kept_now: now, kept_name, person_name, by, merge })
}

/// What both say, where one of them says something, in the order of `shown`.
pub(super) fn side_by_side(
    shown: &[&str],
    first: &Map<String, Value>,
    second: &Map<String, Value>,
    survives: &Map<String, Value>,
) -> Vec<FactPair> {
    let text = |map: &Map<String, Value>, field: &str| match map.get(field) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(other) => Some(other.to_string()),
    };
    shown
        .iter()
        .map(|field| FactPair {
            field: (*field).to_owned(),
            first: text(first, field),
            second: text(second, field),
            survives: text(survives, field),
        })
        .filter(|fact| fact.first.is_some() || fact.second.is_some())
        .collect()
}

/// Who stays, when a person said so: one of the two.
fn one_of(pair: &DuplicatePair, keep: Option<CompanyId>) -> Result<Option<CompanyId>> {
    match keep {
        Some(id) if id != pair.first && id != pair.second => {
            Err(EngineError::field("keep", "unknown_choice"))
        }
        keep => Ok(keep),
    }
}
