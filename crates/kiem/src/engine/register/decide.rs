//! What a person decides about an answer: none of those that were offered is the company, or the register is right after
//! all about a fact that somebody typed in.

use kiem_domain::id::CompanyId;
use kiem_domain::register::{RegisterField, RegisterOutcome, RegisterProfile, Taken, Taking};
use kiem_store::company;
use kiem_store::register;
use serde_json::json;

use super::stored::{StoredProfile, StoredTaking};
use super::take::compared;
use crate::engine::audience::profile::user_of;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

impl Engine {
    /// Says that none of the companies that the register offered is the one. It is not asked about again in rounds until its
    /// name, place or number changes, or until somebody asks about it on its page.
    ///
    /// # Errors
    /// When the caller may not, or nothing was offered (`register_no_choice`).
    pub async fn refuse_in_register(&self, caller: &Caller, id: CompanyId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        company::lock(&mut tx, &[id]).await?;
        company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let reading = register::reading(&mut tx, id).await?;
        let is_offered =
            |r: &register::RegisterReading| r.outcome == RegisterOutcome::Candidates && r.candidates != "[]";
        let offered = reading.filter(is_offered).ok_or_else(|| EngineError::refused("register_no_choice"))?;
        if offered.refused.is_none() {
            register::refuse(&mut tx, id, by, self.now()).await?;
            self.audit(&mut tx, caller, "register.refused", "company", Some(id.0), &json!({})).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Takes the register's value of one fact over, although a person typed in something else; from now on the fact is the
    /// register's.
    ///
    /// # Errors
    /// When the caller may not, the fact does not differ (`register_no_difference`), or the website in the register is that of
    /// another company here or one that many share (`register_website`).
    pub async fn take_from_register(
        &self,
        caller: &Caller,
        id: CompanyId,
        field: RegisterField,
    ) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        company::lock(&mut tx, &[id]).await?;
        let firm = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let no_difference = || EngineError::refused("register_no_difference");
        let mut reading = register::reading(&mut tx, id)
            .await?
            .filter(|r| [RegisterOutcome::Checked, RegisterOutcome::Ended].contains(&r.outcome))
            .ok_or_else(no_difference)?;
        let stored: StoredProfile = reading
            .profile
            .as_deref()
            .and_then(|p| serde_json::from_str(p).ok())
            .ok_or_else(no_difference)?;
        let profile = RegisterProfile::from(stored);
        let sources = self.fact_sources(&mut tx, id).await?;
        let wanted = compared(&firm, &profile, &sources)
            .into_iter()
            .find(|taking| taking.field == field && taking.taken == Taken::Kept)
            .ok_or_else(no_difference)?;
        let wanted = [Taking { taken: Taken::Replaced, ..wanted }];
        if self.take_over(&mut tx, firm, &profile, &wanted, None).await? == 0 {
            return Err(EngineError::refused("register_website"));
        }
        let mut told: Vec<StoredTaking> = serde_json::from_str(&reading.takings).unwrap_or_default();
        told.retain(|taking| taking.field != field.as_str());
        told.extend(wanted.iter().map(StoredTaking::from));
        reading.takings = serde_json::to_string(&told).map_err(|e| EngineError::Outside(e.to_string()))?;
        register::put_reading(&mut tx, &reading).await?;
        let detail = json!({ "field": field.as_str() });
        self.audit(&mut tx, caller, "register.taken", "company", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
