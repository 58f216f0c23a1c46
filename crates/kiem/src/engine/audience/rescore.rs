//! Scoring all companies and leads against a changed profile: many at a time, with a record of how far it is, so that it
//! can be watched and goes on where it stopped.

use std::collections::HashMap;

use kiem_domain::audience::{FitFacts, FitScope, IdealProfile, Judge};
use kiem_domain::id::{CompanyId, LeadId, WorkspaceId};
use kiem_store::fit::{self, CompanyFit, FitRow, FitRun};
use kiem_store::{Tx, company};

use super::profile::RESCORE_KEY;
use super::profile_form::reasons_json;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, Permission, Result};

/// Companies that are scored in one transaction.
const COMPANIES_PER_STEP: i64 = 1_000;
/// Transactions that one job run makes before it lets others go first.
const STEPS_PER_RUN: usize = 20;

impl Engine {
    /// How far the newest scoring is; none when the profile was never changed.
    ///
    /// # Errors
    /// When the caller may not look, or the database fails.
    pub async fn fit_run(&self, caller: &Caller) -> Result<Option<FitRun>> {
        caller.may(Permission::View)?;
        Ok(fit::newest_run(&mut self.store().read(caller.workspace).await?).await?)
    }

    /// Scores companies and leads against the profile in use, some at a time, and asks for the rest.
    pub(in crate::engine) async fn run_rescore(&self, workspace: WorkspaceId) -> Result<()> {
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let is_done = self.rescore_step(&mut tx).await?;
            tx.commit().await?;
            if is_done {
                return Ok(());
            }
        }
        let mut tx = self.store().begin(workspace).await?;
        self.enqueue(&mut tx, JobKind::Rescore, RESCORE_KEY, "{}", self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Scores the next companies of the scoring of the profile in use. Returns whether all are done.
    async fn rescore_step(&self, tx: &mut Tx) -> Result<bool> {
        let (profile, version) = self.profile_in_use(tx).await?;
        let run = match fit::lock_run(tx, version).await? {
            Some(run) => run,
            // A profile from before scorings were recorded.
            None => {
                let n_total = company::count(tx).await?;
                fit::begin_run(tx, version, n_total, self.now()).await?;
                let (after, finished_at) = (None, None);
                FitRun {
                    profile_version: version,
                    n_total,
                    n_done: 0,
                    after,
                    started_at: self.now(),
                    finished_at,
                }
            }
        };
        if run.finished_at.is_some() {
            return Ok(true);
        }
        let rows = fit::page(tx, run.after, COMPANIES_PER_STEP, profile.asks_websites()).await?;
        let n_rows = i64::try_from(rows.len()).unwrap_or(0);
        let last = rows.last().map(|row| row.id);
        if let Some(last) = last {
            self.rescore_rows(tx, &rows, &profile, (run.after, last)).await?;
        }
        let is_done = n_rows < COMPANIES_PER_STEP;
        let finished_at = is_done.then(|| self.now());
        fit::advance_run(tx, version, n_rows, last.or(run.after), finished_at).await?;
        Ok(is_done)
    }

    async fn rescore_rows(
        &self,
        tx: &mut Tx,
        rows: &[FitRow],
        profile: &IdealProfile,
        (after, last): (Option<CompanyId>, CompanyId),
    ) -> Result<()> {
        let judge = Judge::new(profile);
        let fits: Vec<CompanyFit> = rows.iter().map(|row| company_fit_of(row, &judge)).collect();
        fit::write_companies(tx, &fits).await?;
        let by_id: HashMap<CompanyId, &FitRow> = rows.iter().map(|row| (row.id, row)).collect();
        let mut changed: Vec<(LeadId, Option<i64>, i64)> = Vec::new();
        for lead in fit::leads(tx, after, last).await? {
            let Some(row) = by_id.get(&lead.company_id) else { continue };
            let facts = FitFacts { title: lead.title.as_deref(), seniority: lead.seniority, ..row.facts() };
            let fit = judge.fit(&facts, FitScope::Person);
            let (score, known) = (fit.score.map(i64::from), i64::from(fit.known_percent));
            if (score, known) != (lead.score, lead.known_percent) {
                changed.push((lead.id, score, known));
            }
        }
        fit::write_leads(tx, &changed).await?;
        for (pursuit, of) in fit::open_pursuits(tx, after, last).await? {
            if let Some(company) = company::get(tx, of).await? {
                self.record_fit(tx, pursuit, &company, profile).await?;
            }
        }
        Ok(())
    }
}

fn company_fit_of(row: &FitRow, judge: &Judge<'_>) -> CompanyFit {
    let fit = judge.fit(&row.facts(), FitScope::Company);
    CompanyFit {
        id: row.id,
        score: fit.score.map(i64::from),
        known_percent: i64::from(fit.known_percent),
        reasons: reasons_json(&fit),
        seen_at: row.updated_at,
    }
}
