//! The policy packs as a workspace applies them, and the risks that it takes against them: always by a named person with a
//! reason, always in the audit trail.

use kiem_domain::consent::Basis;
use kiem_domain::gate::{Cell, EndedLoosening, Loosening, may_loosen};
use kiem_store::{StoreError, loosening};
use uuid::Uuid;

use super::profile::user_of;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// A risk that somebody wants to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLoosening {
    /// ISO 3166 alpha-2 code.
    pub country: String,
    /// The case of the pack.
    pub cell: Cell,
    /// The ground that is to suffice there.
    pub basis: Basis,
    /// Why.
    pub reason: String,
}

/// What a workspace loosened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loosenings {
    /// What holds, oldest first.
    pub in_force: Vec<Loosening>,
    /// What was ended, the last first.
    pub ended: Vec<EndedLoosening>,
}

/// Characters of a reason: a word is none.
const REASON_CHARS_MIN: usize = 10;
/// Characters of a reason.
const REASON_CHARS_MAX: usize = 1_000;

impl Engine {
    /// What the workspace loosened: what holds and what was ended.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn loosenings(&self, caller: &Caller) -> Result<Loosenings> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let in_force = loosening::in_force(&mut tx).await?;
        Ok(Loosenings { in_force, ended: loosening::ended(&mut tx).await? })
    }

    /// Lets a ground suffice that the pack does not accept. Only an owner, in person, with a reason.
    ///
    /// # Errors
    /// When the caller may not, the reason says nothing, or it is nothing that may be loosened.
    pub async fn loosen(&self, caller: &Caller, new: NewLoosening) -> Result<Uuid> {
        caller.may(Permission::ManageWorkspace)?;
        let by = user_of(caller)?;
        let reason = checked_reason(&new.reason)?;
        let wanted = Loosening {
            id: self.new_id::<Uuid>(),
            country: new.country.trim().to_uppercase(),
            cell: new.cell,
            basis: new.basis,
            reason,
            decided_by: String::new(),
            decided_at: self.now(),
        };
        may_loosen(&wanted).map_err(|why| EngineError::refused(why.as_str()))?;
        let mut tx = self.store().begin(caller.workspace).await?;
        match loosening::insert(&mut tx, &wanted, by).await {
            Err(StoreError::Duplicate(_)) => return Err(EngineError::refused("loosening_allowed_already")),
            other => other?,
        }
        let detail = serde_json::json!({
            "country": wanted.country,
            "channel": wanted.cell.channel.as_str(),
            "person": wanted.cell.person.as_str(),
            "address": wanted.cell.class.map(|class| class.as_str()),
            "basis": wanted.basis.as_str(),
            "reason": wanted.reason,
        });
        self.audit(&mut tx, caller, "policy.loosened", "loosening", Some(wanted.id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(wanted.id)
    }

    /// Ends a loosening: the pack holds again, also for what waits to be sent.
    ///
    /// # Errors
    /// When the caller may not or none of the id is in force.
    pub async fn end_loosening(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::ManageWorkspace)?;
        let by = user_of(caller)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !loosening::end(&mut tx, id, by, self.now()).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "policy.restored", "loosening", Some(id), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

fn checked_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    match reason.chars().count() {
        0 => Err(EngineError::field("reason", "required")),
        n if n < REASON_CHARS_MIN => Err(EngineError::field("reason", "too_short")),
        n if n > REASON_CHARS_MAX => Err(EngineError::field("reason", "too_long")),
        _ => Ok(reason.to_owned()),
    }
}
