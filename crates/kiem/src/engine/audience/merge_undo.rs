//! Taking a merge back: what was moved, removed and changed is as before; what changed since stays, and is said.

use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::company;
use kiem_store::contact;
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::{self, DuplicatePair, PairState};
use kiem_store::event::Actor;
use kiem_store::matching;
use kiem_store::merge::{self as merges, Merge, MergeCause, Piece, Undone};
use kiem_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::merge::user_id;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// What taking a merge back found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct MergeUndoReport {
    /// Mails, appointments, tasks and the like that are where they were.
    pub moved_n: u64,
    /// Records that are back: the company, and people who had become one.
    pub restored_n: u64,
    /// Facts that are as before.
    pub facts_n: u64,
    /// Facts that stay, because somebody changed them since.
    pub facts_kept_n: u64,
    /// Things that are gone since, or went elsewhere.
    pub gone_n: u64,
}

impl From<Undone> for MergeUndoReport {
    fn from(found: Undone) -> MergeUndoReport {
        MergeUndoReport {
            moved_n: found.moved_n,
            restored_n: found.restored_n,
            facts_n: found.facts_n,
            facts_kept_n: found.facts_kept_n,
            gone_n: found.gone_n,
        }
    }
}

impl Engine {
    /// Takes a merge back. Two companies that Kiem made one are never asked about again; a person's own decision is open
    /// again.
    ///
    /// # Errors
    /// When the caller may not, it is not there, was taken back before (`merge_undone`), the record that stayed went up in
    /// another one since (`merge_went_on`), or somebody of whom it tells was erased (`merge_erased`).
    pub async fn undo_merge(&self, caller: &Caller, id: Uuid) -> Result<Merge> {
        caller.may(Permission::WorkAudience)?;
        self.take_merge_back(caller, id).await
    }

    /// The same for a person, and for Kiem itself, which takes back what it made of an upload that is taken back.
    pub(super) async fn take_merge_back(&self, caller: &Caller, id: Uuid) -> Result<Merge> {
        let mut tx = self.store().begin(caller.workspace).await?;
        let merge = merges::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if merge.undone_at.is_some() {
            return Err(EngineError::refused("merge_undone"));
        }
        company::lock(&mut tx, &[merge.kept]).await?;
        let is_there = match merge.people {
            Some((kept, _)) => contact::get(&mut tx, kept).await?.is_some(),
            None => company::get(&mut tx, merge.kept).await?.is_some(),
        };
        if !is_there {
            return Err(EngineError::refused("merge_went_on"));
        }
        let pieces = merges::pieces(&mut tx, id).await?;
        if !holds(&pieces, if merge.people.is_some() { "contact" } else { "company" }) {
            return Err(EngineError::refused("merge_erased"));
        }
        let found: MergeUndoReport = match merges::undo(&mut tx, &pieces).await {
            Ok(found) => found.into(),
            // A unique key or a record that is needed is gone: somebody has built on it.
            Err(StoreError::Duplicate(_) | StoreError::MissingReference(_)) => {
                return Err(EngineError::refused("merge_went_on"));
            }
            Err(other) => return Err(other.into()),
        };
        let report = serde_json::to_string(&found).map_err(|e| EngineError::Outside(e.to_string()))?;
        if !merges::put_undone(&mut tx, id, user_id(caller), &report, self.now()).await? {
            return Err(EngineError::refused("merge_undone"));
        }
        match merge.people {
            Some(people) => self.after_people_undo(&mut tx, caller, &merge, people).await?,
            None => self.after_undo(&mut tx, caller, &merge).await?,
        }
        let merge = merges::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        // After the commit: an entry that is not taken off after all must not be lifted by a restore.
        self.keep_in_journal(caller.workspace, JournalOutcome::OptedIn, added_suppressions(&pieces)).await;
        self.committed(caller.workspace);
        Ok(merge)
    }

    /// Lists, timeline, audit trail, the pair, and the next check follow.
    async fn after_undo(&self, tx: &mut Tx, caller: &Caller, merge: &Merge) -> Result<()> {
        let (profile, _) = self.profile_in_use(tx).await?;
        for id in [merge.kept, merge.lost] {
            if let Some(firm) = company::get(tx, id).await? {
                self.refresh_lead_copies(tx, &firm, &profile).await?;
                self.refresh_pursuit_words(tx, &firm).await?;
            }
        }
        let mut happened = self.event(caller.actor, "company.merge_undone", "company_merge", Some(merge.id));
        happened.company_id = Some(merge.kept);
        happened.data = serde_json::json!({ "name": merge.lost_name }).to_string();
        self.announce(tx, &happened).await?;
        // Kiem decides nothing about the two: while they are there they may be made one again.
        if caller.actor != Actor::System {
            self.put_pair_after_undo(tx, caller, merge).await?;
            let detail = serde_json::json!({ "kept": merge.kept.0, "lost": merge.lost.0 });
            self.audit(tx, caller, "company.merge_undone", "company", Some(merge.kept.0), &detail).await?;
        }
        self.ask_suppression_of(tx, merge.lost).await?;
        matching::ask(tx, &[merge.kept, merge.lost], self.now()).await?;
        self.ask_matching(tx).await
    }

    /// The same for two people.
    async fn after_people_undo(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        merge: &Merge,
        (kept, lost): (ContactId, ContactId),
    ) -> Result<()> {
        let (first, second) = contact_pair::in_order(kept, lost);
        let known = contact_pair::of_contacts(tx, &[first]).await?;
        let is_known = known.iter().any(|pair| (pair.first, pair.second) == (first, second));
        if caller.actor != Actor::System && !is_known {
            let by_kiem = merge.cause == MergeCause::Evidence;
            let pair = ContactPair {
                id: self.new_id(),
                first,
                second,
                state: if by_kiem { PairState::Different } else { PairState::Open },
                sign: PersonSign::Name,
                place: 0,
                found_at: self.now(),
                decided_at: by_kiem.then(|| self.now()),
                decided_by: user_id(caller).filter(|_| by_kiem),
            };
            contact_pair::put(tx, &pair).await?;
        }
        self.after_people_merge(tx, caller, merge, "contact.merge_undone").await
    }

    async fn put_pair_after_undo(&self, tx: &mut Tx, caller: &Caller, merge: &Merge) -> Result<()> {
        if duplicate::of(tx, merge.kept, merge.lost).await?.is_some() {
            // It came back as it was before a person decided.
            return Ok(());
        }
        let (first, second): (CompanyId, CompanyId) = duplicate::in_order(merge.kept, merge.lost);
        let by_kiem = merge.cause == MergeCause::Evidence;
        let pair = DuplicatePair {
            id: self.new_id(),
            first,
            second,
            state: if by_kiem { PairState::Different } else { PairState::Open },
            centibits: merge.centibits,
            place: 0,
            found_at: self.now(),
            decided_at: by_kiem.then(|| self.now()),
            decided_by: match caller.actor {
                Actor::User(_) if by_kiem => user_id(caller),
                _ => None,
            },
        };
        duplicate::put(tx, &pair).await?;
        Ok(())
    }
}

/// Whether the record that went is still among what was kept.
fn holds(pieces: &[Option<Piece>], gone: &str) -> bool {
    pieces.iter().flatten().any(|piece| matches!(piece, Piece::Removed { table, .. } if table == gone))
}

/// Entries of the suppression list that went with a merge.
fn added_suppressions(pieces: &[Option<Piece>]) -> Vec<Vec<u8>> {
    let added = pieces.iter().flatten().filter_map(|piece| match piece {
        Piece::Added { table, key } if table == "suppression" => key.first(),
        _ => None,
    });
    added
        .filter_map(|(_, value)| match value {
            kiem_store::Value::Bytes(Some(hash)) => Some(hash.clone()),
            _ => None,
        })
        .collect()
}
