//! Every new and every changed company is checked against all that are there: what is beyond doubt is made one, what may be
//! one waits for a person, and companies that share a domain under other names are linked as a group.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kiem_domain::dedupe::{
    Comparison, Frequencies, NameAgreement, Profile, TermCounts, Verdict, block_keys, compare_names,
    name_words,
};
use kiem_domain::id::{CompanyId, WorkspaceId};
use kiem_domain::merge::{Stake, rank};
use kiem_store::duplicate::{self, DuplicatePair, PairState};
use kiem_store::listing::terms as list_terms;
use kiem_store::matching;
use kiem_store::merge::{self as merges, MergeCause};
use kiem_store::{StoreError, Tx};

use super::matching::{Sharing, compared, profile_of, sharing};
use super::merge::MergeOrder;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Companies that are checked together.
const COMPANIES_PER_STEP: i64 = 500;
/// Steps of one run of the job, before other work gets its turn; well within the lease of a job.
const STEPS_PER_RUN: usize = 10;
/// One waiting job per workspace is enough.
const JOB_KEY: &str = "";

/// Two companies, and what was found when they were compared.
struct Found {
    first: CompanyId,
    second: CompanyId,
    comparison: Comparison,
    verdict: Verdict,
}

impl Engine {
    /// Asks for the companies that wait to be checked.
    pub(crate) async fn ask_matching(&self, tx: &mut Tx) -> Result<()> {
        self.enqueue(tx, JobKind::MatchCompanies, JOB_KEY, "{}", self.now()).await
    }

    /// The same, when any wait.
    pub(crate) async fn ask_matching_if_any(&self, tx: &mut Tx) -> Result<()> {
        let waits = !matching::waiting(tx, 1).await?.is_empty() || list_terms::waits(tx).await?;
        if waits { self.ask_matching(tx).await } else { Ok(()) }
    }

    /// Checks the companies that wait, some at a time, and asks for the rest.
    pub(in crate::engine) async fn run_matching(&self, workspace: WorkspaceId) -> Result<()> {
        let mut tx = self.store().read(workspace).await?;
        let mut terms = self.read_terms(&mut tx).await?;
        drop(tx);
        for _ in 0..STEPS_PER_RUN {
            match self.match_step(workspace, &mut terms).await {
                Ok(true) => {}
                Ok(false) => break,
                // A company went while it was looked at: what still waits is looked at again.
                Err(EngineError::Conflict | EngineError::Store(StoreError::MissingReference(_))) => {
                    return Err(EngineError::Outside("the audience changed meanwhile".to_owned()));
                }
                Err(other) => return Err(other),
            }
        }
        self.write_terms(workspace).await?;
        let mut tx = self.store().begin(workspace).await?;
        self.put_terms(&mut tx, terms).await?;
        self.ask_matching_if_any(&mut tx).await?;
        self.ask_to_count_many(&mut tx).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// Writes the terms of companies whose people changed, while they themselves need no check, and compares those people.
    async fn write_terms(&self, workspace: WorkspaceId) -> Result<()> {
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let waiting = list_terms::waiting(&mut tx, COMPANIES_PER_STEP).await?;
            if waiting.is_empty() {
                break;
            }
            list_terms::write(&mut tx, &waiting).await?;
            tx.commit().await?;
            self.match_people(workspace, &waiting).await?;
        }
        Ok(())
    }

    /// The next companies; whether there were any.
    async fn match_step(&self, workspace: WorkspaceId, terms: &mut Arc<TermCounts>) -> Result<bool> {
        let read_at = self.now();
        let mut tx = self.store().begin(workspace).await?;
        let waiting = matching::waiting(&mut tx, COMPANIES_PER_STEP).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let profiles: HashMap<CompanyId, Profile> = matching::records(&mut tx, &waiting)
            .await?
            .iter()
            .map(|record| (CompanyId(record.id), profile_of(record)))
            .collect();
        let counted: HashSet<CompanyId> = matching::findable(&mut tx, &waiting).await?.into_iter().collect();
        let in_order: Vec<CompanyId> =
            waiting.iter().filter(|id| profiles.contains_key(id)).copied().collect();
        let mut more = (**terms).clone();
        for id in in_order.iter().filter(|id| !counted.contains(id)) {
            profiles.get(id).into_iter().for_each(|profile| more.add(profile));
        }
        *terms = Arc::new(more);
        // Findable first, so that two new companies that are one find each other.
        let blocks: Vec<_> =
            in_order.iter().filter_map(|id| Some((*id, block_keys(profiles.get(id)?)))).collect();
        matching::put_blocks(&mut tx, &blocks).await?;
        list_terms::write(&mut tx, &in_order).await?;
        tx.commit().await?;
        let found = self.compare_all(workspace, &in_order, profiles, terms).await?;
        let to_join = self.keep_found(workspace, &waiting, &found, read_at).await?;
        for one in to_join {
            self.join_sure(workspace, one).await?;
        }
        self.match_people(workspace, &in_order).await?;
        Ok(true)
    }

    /// Compares companies with all that share something with them.
    async fn compare_all(
        &self,
        workspace: WorkspaceId,
        companies: &[CompanyId],
        mut profiles: HashMap<CompanyId, Profile>,
        terms: &Arc<TermCounts>,
    ) -> Result<Vec<Found>> {
        let mut tx = self.store().read(workspace).await?;
        let mut around: Vec<(CompanyId, Sharing)> = Vec::with_capacity(companies.len());
        for id in companies {
            let Some(profile) = profiles.get(id) else { continue };
            around.push((*id, sharing(&mut tx, profile, Some(*id)).await?));
        }
        let others: HashSet<CompanyId> = around
            .iter()
            .flat_map(|(_, sharing)| sharing.companies.iter().copied())
            .filter(|id| !profiles.contains_key(id))
            .collect();
        let others: Vec<CompanyId> = others.into_iter().collect();
        for record in matching::records(&mut tx, &others).await? {
            profiles.insert(CompanyId(record.id), profile_of(&record));
        }
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for (id, sharing) in around {
            let Some(profile) = profiles.get(&id) else { continue };
            let others: Vec<(CompanyId, &Profile)> = sharing
                .companies
                .iter()
                .filter(|other| seen.insert(duplicate::in_order(id, **other)))
                .filter_map(|other| Some((*other, profiles.get(other)?)))
                .collect();
            let frequencies = Frequencies::of_database(terms.clone(), sharing.counts);
            for (other, comparison, verdict) in compared(profile, &others, &frequencies) {
                let (first, second) = duplicate::in_order(id, other);
                found.push(Found { first, second, comparison, verdict });
            }
        }
        Ok(found)
    }

    /// Writes down what was found, and returns what is beyond doubt, the surest first.
    async fn keep_found<'f>(
        &self,
        workspace: WorkspaceId,
        waiting: &[CompanyId],
        found: &'f [Found],
        read_at: jiff::Timestamp,
    ) -> Result<Vec<&'f Found>> {
        let mut tx = self.store().begin(workspace).await?;
        let known: HashMap<(CompanyId, CompanyId), DuplicatePair> = duplicate::of_companies(&mut tx, waiting)
            .await?
            .into_iter()
            .map(|pair| ((pair.first, pair.second), pair))
            .collect();
        let alive: Vec<CompanyId> = found.iter().flat_map(|one| [one.first, one.second]).collect();
        let stakes: HashMap<CompanyId, Stake> =
            matching::stakes(&mut tx, &alive).await?.into_iter().collect();
        let (mut to_join, mut asked) = (Vec::new(), HashSet::new());
        for one in found {
            // Gone meanwhile: nothing to ask about.
            let (Some(a), Some(b)) = (stakes.get(&one.first), stakes.get(&one.second)) else { continue };
            let pair = known.get(&(one.first, one.second));
            match one.verdict {
                Verdict::Sibling if one.comparison.shares_domain => {
                    duplicate::link(&mut tx, one.first, one.second, self.now()).await?;
                }
                Verdict::Same if pair.is_none() => to_join.push(one),
                Verdict::Same | Verdict::Review => {
                    asked.insert((one.first, one.second));
                    duplicate::put(&mut tx, &self.new_pair(one, a.with(*b))).await?;
                }
                Verdict::Sibling | Verdict::Different => {}
            }
        }
        // What the facts of today do not make one any more, nobody has to look at.
        for (key, pair) in &known {
            if pair.state != PairState::Different && !pair.is_by_hand() && !asked.contains(key) {
                duplicate::remove_open(&mut tx, pair.id).await?;
            }
        }
        matching::checked(&mut tx, waiting, read_at).await?;
        tx.commit().await?;
        to_join.sort_by(|x, y| y.comparison.bits.total_cmp(&x.comparison.bits));
        Ok(to_join)
    }

    fn new_pair(&self, found: &Found, stake: Stake) -> DuplicatePair {
        DuplicatePair {
            id: self.new_id(),
            first: found.first,
            second: found.second,
            state: PairState::Open,
            centibits: centibits(found.comparison.bits),
            place: rank(stake, found.comparison.bits),
            found_at: self.now(),
            decided_at: None,
            decided_by: None,
        }
    }

    /// Makes two companies one about which there is no doubt; what stands in the way is for a person.
    async fn join_sure(&self, workspace: WorkspaceId, found: &Found) -> Result<()> {
        let caller = Caller::system(workspace);
        let mut tx = self.store().begin(workspace).await?;
        let order = MergeOrder {
            pair: (found.first, found.second),
            keep: None,
            cause: MergeCause::Evidence,
            centibits: centibits(found.comparison.bits),
        };
        let is_one_name = self.names_agree(&mut tx, found.first, found.second).await?;
        let joined = if is_one_name {
            self.merge_in(&mut tx, &caller, order).await
        } else {
            Err(EngineError::Conflict)
        };
        match joined {
            Ok(_) => {
                tx.commit().await?;
                self.committed(workspace);
            }
            // An earlier pair of this step took one of them along; what is left is checked again.
            Err(EngineError::NotFound) => {}
            Err(EngineError::Refused { .. } | EngineError::Conflict) => {
                drop(tx);
                let mut tx = self.store().begin(workspace).await?;
                let stakes = matching::stakes(&mut tx, &[found.first, found.second]).await?;
                if let [(_, a), (_, b)] = stakes.as_slice() {
                    duplicate::put(&mut tx, &self.new_pair(found, a.with(*b))).await?;
                    tx.commit().await?;
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A company never gets two names by a chain of records: what went up in the one must agree with the other.
    async fn names_agree(&self, tx: &mut Tx, a: CompanyId, b: CompanyId) -> Result<bool> {
        let records = matching::records(tx, &[a, b]).await?;
        let mut names: Vec<Vec<String>> = Vec::new();
        for record in &records {
            let earlier = merges::of_kept(tx, CompanyId(record.id)).await?;
            let all = std::iter::once(&record.name).chain(earlier.iter().map(|merge| &merge.lost_name));
            names.push(all.map(|name| name_words(name).0).filter(|words| !words.is_empty()).collect());
        }
        let [ours, theirs] = names.as_slice() else { return Ok(true) };
        let terms = self.terms_of(tx).await?;
        let f = Frequencies::of_database(terms, []);
        let differ = |x: &String, y: &String| {
            compare_names(x, y, &|word| f.is_common(word)) == NameAgreement::Different
        };
        Ok(!ours.iter().any(|x| theirs.iter().any(|y| differ(x, y))))
    }
}

/// Bits as they are stored.
pub(super) fn centibits(bits: f32) -> i64 {
    (bits.clamp(-1_000.0, 1_000.0) * 100.0).round() as i64
}
