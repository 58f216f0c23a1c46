//! A person says which company of the register it is.

use kiem_domain::company::KvkNumber;
use kiem_domain::id::CompanyId;
use kiem_domain::register::{RegisterOutcome, RegisterProfile};
use kiem_store::company;
use kiem_store::register;
use kiem_store::register_run::RegisterRun;
use serde_json::json;

use super::rounds::RegisterOrder;
use super::stored::{StoredHit, StoredProfile};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// What a choice led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// The profile was there already: its facts are taken over.
    Taken,
    /// The number is the company's now, and its profile is being asked for.
    Asked(RegisterRun),
}

impl Engine {
    /// Takes a number that was offered: one that a search found, or the one whose profile goes by another name. A profile
    /// that was paid for is not paid for again.
    ///
    /// # Errors
    /// When the caller may not, the number is not among those offered (`register_no_choice`), another company has it
    /// (`company_exists`), or as [`Engine::begin_register_round`].
    pub async fn choose_in_register(
        &self,
        caller: &Caller,
        id: CompanyId,
        number: &str,
        agreed_mills: i64,
    ) -> Result<Chosen> {
        caller.may(Permission::WorkAudience)?;
        let number =
            KvkNumber::parse(number).ok_or_else(|| EngineError::field("kvk_number", "kvk_number"))?;
        let mut tx = self.store().begin(caller.workspace).await?;
        company::lock(&mut tx, &[id]).await?;
        let firm = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let no_choice = || EngineError::refused("register_no_choice");
        let mut reading = register::reading(&mut tx, id).await?.ok_or_else(no_choice)?;
        let detail = json!({ "kvk_number": number.as_str() });
        let profile = reading.profile.as_deref().map(serde_json::from_str::<StoredProfile>).transpose();
        let profile = profile.map_err(|e| EngineError::Outside(e.to_string()))?;
        if let Some(profile) = profile.filter(|profile| profile.number == number.as_str()) {
            if ![RegisterOutcome::OtherCompany, RegisterOutcome::NumberTaken].contains(&reading.outcome) {
                return Err(no_choice());
            }
            if self.holds_number(&mut tx, &firm, number.as_str()).await? {
                return Err(EngineError::refused("company_exists"));
            }
            let is_found = firm.kvk_number.is_none();
            let profile = RegisterProfile::from(profile);
            reading.refused = None;
            self.take_profile(&mut tx, firm, &profile, is_found, &mut reading).await?;
            register::put_reading(&mut tx, &reading).await?;
            self.audit(&mut tx, caller, "register.chosen", "company", Some(id.0), &detail).await?;
            tx.commit().await?;
            self.committed(caller.workspace);
            return Ok(Chosen::Taken);
        }
        let offered: Vec<StoredHit> =
            serde_json::from_str(&reading.candidates).map_err(|e| EngineError::Outside(e.to_string()))?;
        if firm.kvk_number.is_some() || !offered.iter().any(|hit| hit.number == number.as_str()) {
            return Err(no_choice());
        }
        if self.holds_number(&mut tx, &firm, number.as_str()).await? {
            return Err(EngineError::refused("company_exists"));
        }
        let mut named = firm.clone();
        named.kvk_number = Some(number.as_str().to_owned());
        named.updated_at = self.now();
        company::update(&mut tx, &named).await?;
        self.ask_matching(&mut tx).await?;
        self.note_company_change(&mut tx, caller, &firm, &named).await?;
        // What was offered is answered.
        reading.candidates = "[]".to_owned();
        reading.refused = None;
        register::put_reading(&mut tx, &reading).await?;
        self.audit(&mut tx, caller, "register.chosen", "company", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        let order = RegisterOrder::Company { id, is_again: false };
        Ok(Chosen::Asked(self.begin_register_round(caller, order, agreed_mills).await?))
    }
}
