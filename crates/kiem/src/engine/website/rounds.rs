//! Rounds as people work with them: begin, look, let wait, let go on, stop.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, WebsiteRunId};
use kiem_domain::website::ReadingOutcome;
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::website_run::{self, Candidates, RefusedSite, RunCounts, RunState, WaitingSite, WebsiteRun};

use super::source::{site_of, waiting};
use crate::engine::audience::profile::user_of;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Companies of one round; those that fit best come first, and a next round takes the rest.
const COMPANIES_MAX: i64 = 20_000;
/// Companies that were not read and are named; how many there are is counted for each reason.
const REFUSED_MAX: i64 = 500;
/// Companies that one request names.
const CHOSEN_MAX: usize = 500;
/// Days after which a site may be read again, as far as a round may ask.
const DAYS_MAX: i64 = 3_650;

/// Who of a round was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSites {
    /// Each reason with its companies counted, the most frequent first.
    pub reasons: Vec<(ReadingOutcome, i64)>,
    /// The companies, at most 500.
    pub sites: Vec<RefusedSite>,
}

/// Whose websites are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundOrder {
    /// Those of these companies.
    Companies(Vec<CompanyId>),
    /// Those of everybody with a website whose turn it is.
    Due {
        /// At least this fit; without it also those whose fit is not known.
        fit_min: Option<i64>,
        /// Not read within so many days.
        not_read_days: i64,
    },
}

impl Engine {
    /// Begins a round. A single company that waits in one already is not asked for twice: that round is the answer.
    ///
    /// # Errors
    /// When the caller may not, there are too many, a company is not there, or nobody's turn it is (`website_nobody`).
    pub async fn begin_website_round(&self, caller: &Caller, order: &RoundOrder) -> Result<WebsiteRun> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if let RoundOrder::Companies(companies) = order
            && let [only] = companies.as_slice()
            && let Some(running) = website_run::waiting_in(&mut tx, *only).await?
            && let Some(run) = website_run::get(&mut tx, running).await?
            && run.n_companies == 1
        {
            return Ok(run);
        }
        let sites = self.sites_for(&mut tx, order).await?;
        if sites.is_empty() {
            return Err(EngineError::refused("website_nobody"));
        }
        let run = WebsiteRun {
            id: self.new_id(),
            state: RunState::Running,
            n_companies: i64::try_from(sites.len()).unwrap_or(i64::MAX),
            counts: RunCounts::default(),
            created_by: by,
            created_at: self.now(),
            finished_at: None,
        };
        website_run::insert(&mut tx, &run, &sites).await?;
        self.enqueue(&mut tx, JobKind::ReadWebsites, &run.id.to_string(), "{}", self.now()).await?;
        let detail = serde_json::json!({ "companies": run.n_companies });
        self.audit(&mut tx, caller, "website.started", "website_run", Some(run.id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    async fn sites_for(&self, tx: &mut Tx, order: &RoundOrder) -> Result<Vec<WaitingSite>> {
        match order {
            RoundOrder::Companies(ids) => {
                if ids.is_empty() || ids.len() > CHOSEN_MAX {
                    let code = if ids.is_empty() { "required" } else { "too_many" };
                    return Err(EngineError::field("companies", code));
                }
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                let found = company::by_ids(tx, &ids).await?;
                if found.len() < ids.len() {
                    return Err(EngineError::NotFound);
                }
                Ok(found.iter().map(waiting).collect())
            }
            RoundOrder::Due { fit_min, not_read_days } => {
                let wanted = self.whose_turn(*fit_min, *not_read_days)?;
                let found = website_run::candidates(tx, wanted, COMPANIES_MAX).await?;
                let site = |(id, website, domain): (CompanyId, Option<String>, Option<String>)| {
                    let (_, host) = site_of(website.as_deref(), domain.as_deref())?;
                    Some(WaitingSite { company_id: id, host })
                };
                Ok(found.into_iter().filter_map(site).collect())
            }
        }
    }

    fn whose_turn(&self, fit_min: Option<i64>, not_read_days: i64) -> Result<Candidates> {
        if fit_min.is_some_and(|fit| !(0..=100).contains(&fit)) {
            return Err(EngineError::field("fit_min", "range"));
        }
        if !(0..=DAYS_MAX).contains(&not_read_days) {
            return Err(EngineError::field("not_read_days", "range"));
        }
        let now = self.now();
        Ok(Candidates { fit_min, not_read_since: now - SignedDuration::from_hours(24 * not_read_days), now })
    }

    /// How many companies a round over everybody whose turn it is would read.
    ///
    /// # Errors
    /// When the caller may not look, or a bound is none.
    pub async fn website_candidates(
        &self,
        caller: &Caller,
        fit_min: Option<i64>,
        not_read_days: i64,
    ) -> Result<i64> {
        caller.may(Permission::View)?;
        let wanted = self.whose_turn(fit_min, not_read_days)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(website_run::count_candidates(&mut tx, wanted).await?.min(COMPANIES_MAX))
    }

    /// One round with its counts.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn website_round(&self, caller: &Caller, id: WebsiteRunId) -> Result<WebsiteRun> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        website_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)
    }

    /// Who of a round was not read so far, and why.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn website_refused(&self, caller: &Caller, id: WebsiteRunId) -> Result<RefusedSites> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        website_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let reasons = website_run::refused_counts(&mut tx, id).await?;
        Ok(RefusedSites { reasons, sites: website_run::refused(&mut tx, id, REFUSED_MAX).await? })
    }

    /// Rounds, newest first, from before `before` on.
    ///
    /// # Errors
    /// When the caller may not look.
    pub async fn website_rounds(
        &self,
        caller: &Caller,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<WebsiteRun>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(website_run::list(&mut tx, before.unwrap_or(Timestamp::MAX), limit).await?)
    }

    /// Lets a round that runs wait, or one that waits go on; what was read is there either way.
    ///
    /// # Errors
    /// When the caller may not, or it is over (`website_over`).
    pub async fn pause_website_round(
        &self,
        caller: &Caller,
        id: WebsiteRunId,
        is_paused: bool,
    ) -> Result<WebsiteRun> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let run = website_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if ![RunState::Running, RunState::Paused].contains(&run.state) {
            return Err(EngineError::refused("website_over"));
        }
        let (changed, said) = if is_paused {
            (website_run::pause(&mut tx, id, self.now()).await?, "website.paused")
        } else {
            (website_run::resume(&mut tx, id).await?, "website.resumed")
        };
        if changed {
            if !is_paused {
                self.enqueue(&mut tx, JobKind::ReadWebsites, &id.to_string(), "{}", self.now()).await?;
            }
            self.audit(&mut tx, caller, said, "website_run", Some(id.0), &serde_json::json!({})).await?;
        }
        let run = website_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// Stops a round; what was read stays.
    ///
    /// # Errors
    /// When the caller may not, or it is over (`website_over`).
    pub async fn stop_website_round(&self, caller: &Caller, id: WebsiteRunId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        website_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if !website_run::end(&mut tx, id, RunState::Stopped, self.now()).await? {
            return Err(EngineError::refused("website_over"));
        }
        self.audit(&mut tx, caller, "website.stopped", "website_run", Some(id.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
