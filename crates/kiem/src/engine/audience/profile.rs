//! The ideal customer profile: reading it, changing it, and scoring the whole audience again afterwards.

use kiem_domain::audience::IdealProfile;
use kiem_domain::country::country_code;
use kiem_domain::id::{CompanyId, UserId, WorkspaceId};
use kiem_domain::titles::Seniority;
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::event::Actor;
use kiem_store::ideal_profile::{self, StoredProfile};
use kiem_store::job::Job;
use serde::{Deserialize, Serialize};

use super::records::score_company;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// Words per list of the profile.
const WORDS_MAX: usize = 50;
/// Characters per word.
const WORD_CHARS_MAX: usize = 80;
/// Companies that are scored in one transaction.
const COMPANIES_PER_STEP: i64 = 200;
/// Transactions that one job run makes before it lets others go first.
const STEPS_PER_RUN: usize = 25;

/// The stored form, version 1.
#[derive(Debug, Serialize, Deserialize)]
struct ProfileV1 {
    industries: Vec<String>,
    employees_min: Option<u32>,
    employees_max: Option<u32>,
    countries: Vec<String>,
    regions: Vec<String>,
    title_words: Vec<String>,
    seniorities: Vec<String>,
}

/// Where a scoring run is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct RescoreV1 {
    after: Option<uuid::Uuid>,
}

fn to_stored(profile: &IdealProfile) -> ProfileV1 {
    ProfileV1 {
        industries: profile.industries.clone(),
        employees_min: profile.employees_min,
        employees_max: profile.employees_max,
        countries: profile.countries.clone(),
        regions: profile.regions.clone(),
        title_words: profile.title_words.clone(),
        seniorities: profile.seniorities.iter().map(|s| s.as_str().to_owned()).collect(),
    }
}

fn from_stored(stored: &StoredProfile) -> Result<IdealProfile> {
    let unreadable =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("stored profile is unreadable: {e}"));
    let v1: ProfileV1 = serde_json::from_str(&stored.definition).map_err(|e| unreadable(&e))?;
    let seniorities: std::result::Result<Vec<Seniority>, _> =
        v1.seniorities.iter().map(|s| s.parse()).collect();
    Ok(IdealProfile {
        industries: v1.industries,
        employees_min: v1.employees_min,
        employees_max: v1.employees_max,
        countries: v1.countries,
        regions: v1.regions,
        title_words: v1.title_words,
        seniorities: seniorities.map_err(|e| unreadable(&e))?,
    })
}

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
            Some(stored) => Ok((from_stored(&stored)?, stored.version)),
            None => Ok((IdealProfile::default(), 0)),
        }
    }

    /// Writes a new version of the profile and asks for everything to be scored again. Returns the new version.
    ///
    /// # Errors
    /// When the caller may not, a list is too long or a range is upside down.
    pub async fn put_ideal_profile(&self, caller: &Caller, mut profile: IdealProfile) -> Result<i64> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        checked(&mut profile)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let version = ideal_profile::latest(&mut tx).await?.map_or(1, |p| p.version + 1);
        let definition =
            serde_json::to_string(&to_stored(&profile)).map_err(|e| EngineError::Outside(e.to_string()))?;
        let stored = StoredProfile { version, definition, created_by: by, created_at: self.now() };
        ideal_profile::insert(&mut tx, &stored).await?;
        self.enqueue(&mut tx, JobKind::Rescore, &version.to_string(), "{}", self.now()).await?;
        let detail = serde_json::json!({ "version": version });
        self.audit(&mut tx, caller, "ideal_profile.changed", "ideal_profile", None, &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(version)
    }

    /// Scores companies and leads against the profile in use, some at a time, and asks for the rest.
    pub(in crate::engine) async fn run_rescore(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let place: RescoreV1 = serde_json::from_str(&job.payload).unwrap_or_default();
        let mut after = place.after.map(CompanyId);
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let (profile, _) = self.profile_in_use(&mut tx).await?;
            let companies = company::page(&mut tx, after, COMPANIES_PER_STEP).await?;
            let Some(last) = companies.last().map(|c| c.id) else { return Ok(()) };
            for mut company in companies {
                if score_company(&mut company, &profile) {
                    company::update(&mut tx, &company).await?;
                }
                self.refresh_leads(&mut tx, &company, &profile).await?;
            }
            after = Some(last);
            tx.commit().await?;
        }
        let mut tx = self.store().begin(workspace).await?;
        let payload = serde_json::json!({ "after": after.map(|id| id.0) }).to_string();
        self.enqueue(&mut tx, JobKind::Rescore, &job.dedup_key, &payload, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// The person behind the caller: some records must name one.
pub(in crate::engine) fn user_of(caller: &Caller) -> Result<UserId> {
    match caller.actor {
        Actor::User(id) | Actor::Token(id) => Ok(UserId(id)),
        Actor::System | Actor::Lead => Err(EngineError::Forbidden),
    }
}

fn checked(profile: &mut IdealProfile) -> Result<()> {
    let mut errors = Vec::new();
    for (field, words) in [
        ("industries", &mut profile.industries),
        ("countries", &mut profile.countries),
        ("regions", &mut profile.regions),
        ("title_words", &mut profile.title_words),
    ] {
        for word in words.iter_mut() {
            *word = word.trim().to_owned();
        }
        words.retain(|w| !w.is_empty());
        words.dedup();
        if words.len() > WORDS_MAX || words.iter().any(|w| w.chars().count() > WORD_CHARS_MAX) {
            errors.push(FieldError::new(field, "too_long"));
        }
    }
    for country in &mut profile.countries {
        match country_code(country) {
            Some(code) => *country = code.to_owned(),
            None => errors.push(FieldError::new("countries", "country")),
        }
    }
    if let (Some(min), Some(max)) = (profile.employees_min, profile.employees_max)
        && min > max
    {
        errors.push(FieldError::new("employees_max", "range"));
    }
    if errors.is_empty() { Ok(()) } else { Err(EngineError::Invalid(errors)) }
}
