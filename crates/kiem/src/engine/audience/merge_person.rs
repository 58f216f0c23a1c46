//! Making two people of one company one, by itself or because somebody says so, in a way that can be taken back.

use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::ContactId;
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::contact::{self, Contact};
use kiem_store::event::Actor;
use kiem_store::merge::{self as merges, Merge, MergeCause, Recorder};

use super::match_job::centibits;
use super::merge::{JoinedPeople, user_id};
use crate::engine::{Caller, Engine, EngineError, Result};

/// Two people who are to be one.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeopleOrder {
    /// Who.
    pub(super) pair: (ContactId, ContactId),
    /// Whose facts stay where they contradict each other; none: by source and date.
    pub(super) chosen: Option<ContactId>,
    /// Why.
    pub(super) cause: MergeCause,
    /// The evidence.
    pub(super) sign: PersonSign,
}

/// Two people who are there and work at one company.
pub(super) async fn colleagues(tx: &mut Tx, (a, b): (ContactId, ContactId)) -> Result<(Contact, Contact)> {
    let there = async |tx: &mut Tx, id: ContactId| -> Result<Contact> {
        let found = contact::get(tx, id).await?.filter(|person| person.erased_at.is_none());
        found.ok_or(EngineError::NotFound)
    };
    let (one, other) = (there(tx, a).await?, there(tx, b).await?);
    if one.company_id != other.company_id || a == b {
        return Err(EngineError::NotFound);
    }
    Ok((one, other))
}

impl Engine {
    /// Makes two people one, in the caller's transaction.
    pub(super) async fn merge_people_in(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        order: PeopleOrder,
    ) -> Result<Merge> {
        let (one, _) = colleagues(tx, order.pair).await?;
        company::lock(tx, &[one.company_id]).await?;
        let people = colleagues(tx, order.pair).await?;
        let (mut recorder, mut found) = (Recorder::default(), JoinedPeople::default());
        let joined = self.join_person(tx, &mut recorder, people, order.chosen, &mut found).await?;
        let joined = joined.ok_or_else(|| EngineError::refused("merge_two_campaigns"))?;
        let lost = if joined.id == order.pair.0 { order.pair.1 } else { order.pair.0 };
        let merge = Merge {
            id: self.new_id(),
            kept: joined.company_id,
            lost: joined.company_id,
            people: Some((joined.id, lost)),
            lost_name: String::new(),
            cause: order.cause,
            centibits: centibits(order.sign.bits()),
            people_joined_n: 0,
            people_apart_n: 0,
            merged_at: self.now(),
            merged_by: user_id(caller),
            undone_at: None,
            undone_by: None,
            undo_report: None,
        };
        merges::put(tx, &merge, &found.gone).await?;
        merges::put_pieces(tx, merge.id, &recorder.into_pieces()).await?;
        self.after_people_merge(tx, caller, &merge, "contact.merged").await?;
        Ok(merge)
    }

    /// Lists, timeline and audit trail follow a merge of people, and its undoing.
    pub(super) async fn after_people_merge(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        merge: &Merge,
        what: &str,
    ) -> Result<()> {
        let Some((kept, lost)) = merge.people else { return Ok(()) };
        let (profile, _) = self.profile_in_use(tx).await?;
        if let Some(firm) = company::get(tx, merge.kept).await? {
            self.refresh_lead_copies(tx, &firm, &profile).await?;
            self.refresh_pursuit_words(tx, &firm).await?;
        }
        let mut happened = self.event(caller.actor, what, "company_merge", Some(merge.id));
        happened.company_id = Some(merge.kept);
        happened.contact_id = Some(kept);
        happened.data = serde_json::json!({ "cause": merge.cause.as_str() }).to_string();
        self.announce(tx, &happened).await?;
        if caller.actor != Actor::System {
            let detail = serde_json::json!({ "kept": kept.0, "lost": lost.0 });
            self.audit(tx, caller, what, "contact", Some(kept.0), &detail).await?;
        }
        // The terms of both are written anew, and who is left is compared again.
        kiem_store::listing::terms::ask(tx, &[merge.kept]).await?;
        self.ask_matching(tx).await
    }
}
