//! The ideal customer profile: reading it, changing it, its versions, and going back to one of them.

use kiem_domain::audience::IdealProfile;
use kiem_domain::id::UserId;
use kiem_store::event::Actor;
use kiem_store::ideal_profile::{self, ListedProfile, StoredProfile};
use kiem_store::{Tx, company, fit};

use super::profile_form::{from_stored, to_stored};
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Versions that are listed.
const VERSIONS_MAX: i64 = 100;
/// There is one scoring at a time: a newer profile takes it over.
pub(super) const RESCORE_KEY: &str = "profile";

impl Engine {
    /// The profile in use and its version; an empty one with version 0 when none was written.
    ///
    /// # Errors
    /// When the caller may not look, or the database fails.
    pub async fn ideal_profile(&self, caller: &Caller) -> Result<(IdealProfile, i64)> {
        caller.may(Permission::View)?;
        self.profile_in_use(&mut self.store().read(caller.workspace).await?).await
    }

    pub(crate) async fn profile_in_use(&self, tx: &mut Tx) -> Result<(IdealProfile, i64)> {
        match ideal_profile::latest(tx).await? {
            Some(stored) => Ok((from_stored(&stored.definition)?, stored.version)),
            None => Ok((IdealProfile::default(), 0)),
        }
    }

    /// Writes a new version of the profile and asks for everything to be scored again. `seen` is the version that was
    /// changed, 0 when there was none; without it the last one who writes wins. Returns the new version.
    ///
    /// # Errors
    /// When the caller may not, or another version came since the one that was seen (`changed_meanwhile`).
    pub async fn put_ideal_profile(
        &self,
        caller: &Caller,
        profile: &IdealProfile,
        seen: Option<i64>,
    ) -> Result<i64> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let in_use = ideal_profile::latest(&mut tx).await?.map_or(0, |stored| stored.version);
        if seen.is_some_and(|seen| seen != in_use) {
            return Err(EngineError::refused("changed_meanwhile"));
        }
        let definition = to_stored(profile)?;
        let version = self.write_profile(&mut tx, caller, definition, None).await?;
        let detail = serde_json::json!({ "version": version });
        self.audit(&mut tx, caller, "ideal_profile.changed", "ideal_profile", None, &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(version)
    }

    /// The newest versions of the profile, newest first.
    ///
    /// # Errors
    /// When the caller may not look, or the database fails.
    pub async fn ideal_profiles(&self, caller: &Caller) -> Result<Vec<(ListedProfile, IdealProfile)>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let versions = ideal_profile::list(&mut tx, VERSIONS_MAX).await?;
        versions
            .into_iter()
            .map(|listed| {
                let profile = from_stored(&listed.profile.definition)?;
                Ok((listed, profile))
            })
            .collect()
    }

    /// Goes back to an earlier version: a new one with the same wishes. Returns its number.
    ///
    /// # Errors
    /// When the caller may not, or there is no such version.
    pub async fn restore_ideal_profile(&self, caller: &Caller, version: i64) -> Result<i64> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let earlier = ideal_profile::get(&mut tx, version).await?.ok_or(EngineError::NotFound)?;
        let definition = to_stored(&from_stored(&earlier.definition)?)?;
        let new = self.write_profile(&mut tx, caller, definition, Some(version)).await?;
        let detail = serde_json::json!({ "version": new, "restored_from": version });
        self.audit(&mut tx, caller, "ideal_profile.restored", "ideal_profile", None, &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(new)
    }

    async fn write_profile(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        definition: String,
        restored_from: Option<i64>,
    ) -> Result<i64> {
        let version = ideal_profile::latest(tx).await?.map_or(1, |p| p.version + 1);
        let (created_by, created_at) = (user_of(caller)?, self.now());
        let stored = StoredProfile { version, definition, created_by, created_at, restored_from };
        ideal_profile::insert(tx, &stored).await?;
        self.score_anew(tx, version).await?;
        Ok(version)
    }

    /// Scores everybody against a version of the profile.
    pub(super) async fn score_anew(&self, tx: &mut Tx, version: i64) -> Result<()> {
        let n_total = company::count(tx).await?;
        fit::begin_run(tx, version, n_total, self.now()).await?;
        self.enqueue(tx, JobKind::Rescore, RESCORE_KEY, "{}", self.now()).await
    }
}

/// The person behind the caller: some records must name one.
pub(in crate::engine) fn user_of(caller: &Caller) -> Result<UserId> {
    match caller.actor {
        Actor::User(id) | Actor::Token(id) => Ok(UserId(id)),
        Actor::System | Actor::Lead => Err(EngineError::Forbidden),
    }
}
