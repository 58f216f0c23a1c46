//! Moves on the board: another step, nurture, waking up, another owner.

use jiff::Timestamp;
use jiff::civil::{Date, time};
use kiem_domain::conversation::{Move, MoveRefused, Step, apply};
use kiem_domain::id::{ProspectId, UserId};
use kiem_domain::opportunity::chance;
use kiem_store::prospect::Prospect;
use kiem_store::{opportunity, prospect};
use serde_json::json;

use super::{NextAction, bounded, plan};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// What the table of moves refuses, as an answer to a person.
pub(crate) fn refused(error: MoveRefused) -> EngineError {
    EngineError::Refused { code: "move_not_possible", params: vec![("from", error.from.to_string())] }
}

impl Engine {
    /// Puts a prospect into another step of the board, with a new next action when the caller gives one.
    ///
    /// # Errors
    /// Refused when it is closed; [`EngineError::Conflict`] when somebody else was first.
    pub async fn move_prospect(
        &self,
        caller: &Caller,
        id: ProspectId,
        to: Step,
        version: Option<i64>,
        next: Option<NextAction>,
    ) -> Result<Prospect> {
        caller.may(Permission::WorkProspects)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, version).await?;
        let (from_state, from) = (pursuit.state, pursuit.step);
        let (state, step) = apply(from_state, from, Move::To(to)).map_err(refused)?;
        if let Some(next) = &next {
            plan(&mut pursuit, next, now)?;
        } else if (state, step) == (from_state, from) {
            return Ok(pursuit);
        }
        let own = opportunity::open_of_prospect(&mut tx, id).await?.and_then(|o| o.chance_own_percent);
        pursuit.chance_percent = chance(step, own);
        if step != from || state != from_state {
            pursuit.step_since = now;
        }
        pursuit.state = state;
        pursuit.step = step;
        pursuit.nurture_until = None;
        prospect::save(&mut tx, &pursuit).await?;
        let data = json!({ "from": from.as_str(), "to": step.as_str(), "from_state": from_state.as_str() });
        self.announce(&mut tx, &self.prospect_event(caller.actor, "prospect.moved", &pursuit, &data)).await?;
        let pursuit = prospect::get(&mut tx, id).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(pursuit)
    }

    /// Lets a prospect rest until a date: it leaves the board and comes back by itself with a task.
    ///
    /// # Errors
    /// Refused when it is closed; a date that is not in the future is a field error.
    pub async fn nurture_prospect(
        &self,
        caller: &Caller,
        id: ProspectId,
        until: Date,
        reason: &str,
    ) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let scene = self.scene(caller.workspace).await?;
        let reason = bounded("reason", reason)?;
        if until <= scene.today() {
            return Err(EngineError::field("until", "past_moment"));
        }
        let wakes_at: Timestamp = until
            .to_datetime(time(8, 0, 0, 0))
            .to_zoned_datetime(scene.zone.clone())
            .map_err(|_| EngineError::field("until", "past_moment"))?
            .timestamp();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        (pursuit.state, pursuit.step) = apply(pursuit.state, pursuit.step, Move::Nurture).map_err(refused)?;
        pursuit.nurture_until = Some(wakes_at);
        // Answering with a date is an answer; the next action is to come back.
        pursuit.responded_at.get_or_insert(scene.now);
        pursuit.next_action = None;
        pursuit.next_action_kind = None;
        pursuit.next_action_at = None;
        prospect::save(&mut tx, &pursuit).await?;
        let data = json!({ "until": until.to_string(), "reason": reason });
        self.announce(&mut tx, &self.prospect_event(caller.actor, "prospect.nurtured", &pursuit, &data))
            .await?;
        self.ask_daily(&mut tx, wakes_at).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Gives a prospect to another member.
    ///
    /// # Errors
    /// A field error when the person is no member who may work prospects.
    pub async fn assign_prospect(&self, caller: &Caller, id: ProspectId, owner: UserId) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !self.may_own(&mut tx, owner).await? {
            return Err(EngineError::field("owner_id", "may_not_sell"));
        }
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        let data = json!({ "owner_from": pursuit.owner_id.to_string(), "owner_to": owner.to_string() });
        let is_news = pursuit.owner_id != owner && caller.user() != Some(owner);
        pursuit.owner_id = owner;
        prospect::save(&mut tx, &pursuit).await?;
        if is_news {
            self.notify_owner(&mut tx, &pursuit, "prospect.assigned", &json!({})).await?;
        }
        self.announce(&mut tx, &self.prospect_event(caller.actor, "prospect.moved", &pursuit, &data)).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
