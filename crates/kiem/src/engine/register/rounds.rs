//! Checks as people work with them: what it would cost, begin, look, let wait, let go on, stop.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, RegisterRunId};
use kiem_store::Tx;
use kiem_store::company::{self, Company};
use kiem_store::register::{self, RegisterReading};
use kiem_store::register_run::{
    self, ChosenCompany, PauseReason, RegisterCandidates, RegisterCounts, RegisterRun, Standing,
};
use kiem_store::website_run::RunState;

use super::access::month_of;
use crate::engine::audience::do_not_approach::bounded;
use crate::engine::audience::profile::user_of;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Companies of one round; those that fit best come first, and a next round takes the rest.
const COMPANIES_MAX: i64 = 5_000;
/// Companies that somebody chose one by one.
const CHOSEN_MAX: usize = 500;

/// Which companies are to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterOrder<'a> {
    /// This one.
    Company {
        /// Which.
        id: CompanyId,
        /// Also when it was paid for not long ago.
        is_again: bool,
    },
    /// Every Dutch company that lacks number, form or activity and was not asked about lately.
    Lacking {
        /// At least this fit; without it also those whose fit is not known.
        fit_min: Option<i64>,
    },
    /// These, as far as they are Dutch, wait nowhere, and nobody asked about them lately.
    Chosen(&'a [CompanyId]),
}

/// What a round of companies that somebody chose would come to, and why some are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChosenEstimate {
    /// Of those that would be asked about.
    pub estimate: RegisterEstimate,
    /// Asked about, or paid for, not long ago.
    pub n_recent: i64,
    /// Of which somebody said that it is none of those that the register offered.
    pub n_refused: i64,
    /// That wait in a round already.
    pub n_waiting: i64,
    /// No Dutch company.
    pub n_abroad: i64,
}

/// What a round would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterEstimate {
    /// Companies; each is one profile at most.
    pub n_companies: i64,
    /// Those whose number is known; for the others it is searched first, which is free.
    pub n_with_number: i64,
    /// Price of one profile in thousandths of a euro.
    pub price_mills: i64,
    /// What it costs at most.
    pub cost_mills: i64,
    /// What was spent this month.
    pub spent_mills: i64,
    /// What may be spent in a month.
    pub ceiling_mills: i64,
}

/// What the register said about a company, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRegister {
    /// The last answer.
    pub reading: Option<RegisterReading>,
    /// The round in which it waits.
    pub waits_in: Option<RegisterRunId>,
    /// Since when it is free of charge to ask no more: paid for, and fresh until then.
    pub fresh_until: Option<Timestamp>,
}

impl Engine {
    /// What a round would come to. In practice mode nothing is asked and nothing costs.
    ///
    /// # Errors
    /// When the caller may not look, or a bound is none.
    pub async fn register_estimate(&self, caller: &Caller, fit_min: Option<i64>) -> Result<RegisterEstimate> {
        caller.may(Permission::View)?;
        let is_practice = self.is_practice(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let wanted = self.lacking(&mut tx, fit_min).await?;
        let counts = register_run::count_candidates(&mut tx, wanted, COMPANIES_MAX).await?;
        self.estimate_of(&mut tx, (counts.n, counts.n_with_number), is_practice).await
    }

    /// What a round of companies that somebody chose would come to.
    ///
    /// # Errors
    /// When the caller may not, or there are none or too many.
    pub async fn chosen_register_estimate(
        &self,
        caller: &Caller,
        companies: &[CompanyId],
    ) -> Result<ChosenEstimate> {
        caller.may(Permission::WorkAudience)?;
        let is_practice = self.is_practice(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let chosen = self.chosen(&mut tx, companies).await?;
        let count = |standing: Standing| {
            let n = chosen.iter().filter(|one| one.standing == standing).count();
            i64::try_from(n).unwrap_or(i64::MAX)
        };
        let with_number = chosen.iter().filter(|one| one.standing == Standing::Ask && one.has_number).count();
        let n = (count(Standing::Ask), i64::try_from(with_number).unwrap_or(i64::MAX));
        Ok(ChosenEstimate {
            estimate: self.estimate_of(&mut tx, n, is_practice).await?,
            n_recent: count(Standing::Recent),
            n_refused: count(Standing::Refused),
            n_waiting: count(Standing::Waits),
            n_abroad: count(Standing::Abroad),
        })
    }

    async fn chosen(&self, tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<ChosenCompany>> {
        let companies = bounded(companies, CHOSEN_MAX)?;
        let since = self.lacking(tx, None).await?.not_asked_since;
        Ok(register_run::standings(tx, &companies, since).await?)
    }

    async fn estimate_of(&self, tx: &mut Tx, n: (i64, i64), is_practice: bool) -> Result<RegisterEstimate> {
        let access = self.access_in(tx).await?;
        let price_mills = if is_practice { 0 } else { access.price_mills };
        Ok(RegisterEstimate {
            n_companies: n.0,
            n_with_number: n.1,
            price_mills,
            cost_mills: price_mills * n.0,
            spent_mills: register::spent_since(tx, month_of(self.now())).await?,
            ceiling_mills: access.ceiling_mills,
        })
    }

    async fn lacking(&self, tx: &mut Tx, fit_min: Option<i64>) -> Result<RegisterCandidates> {
        if fit_min.is_some_and(|fit| !(0..=100).contains(&fit)) {
            return Err(EngineError::field("fit_min", "range"));
        }
        let days = self.access_in(tx).await?.fresh_days;
        Ok(RegisterCandidates {
            fit_min,
            not_asked_since: self.now() - SignedDuration::from_hours(24 * days),
        })
    }

    /// Begins a round. `agreed_mills` is the cost that the caller saw and agreed to: more is never begun. A company that
    /// waits already is not asked for twice: that round is the answer.
    ///
    /// # Errors
    /// When the caller may not, there is no key, it would cost more than was agreed to or than the month leaves, nobody's
    /// turn it is, or the company is not Dutch or was paid for not long ago.
    pub async fn begin_register_round(
        &self,
        caller: &Caller,
        order: RegisterOrder<'_>,
        agreed_mills: i64,
    ) -> Result<RegisterRun> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        let is_practice = self.is_practice(caller.workspace).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if let RegisterOrder::Company { id, .. } = order
            && let Some(running) = register_run::waiting_in(&mut tx, id).await?
            && let Some(run) = register_run::get(&mut tx, running).await?
        {
            return Ok(run);
        }
        let companies = self.companies_of(&mut tx, order).await?;
        let n = i64::try_from(companies.len()).unwrap_or(i64::MAX);
        let estimate = self.estimate_of(&mut tx, (n, 0), is_practice).await?;
        if !is_practice {
            self.may_spend(&mut tx, &estimate, agreed_mills).await?;
        }
        let run = RegisterRun {
            id: self.new_id(),
            state: RunState::Running,
            paused_why: None,
            is_again: matches!(order, RegisterOrder::Company { is_again: true, .. }),
            n_companies: n,
            counts: RegisterCounts::default(),
            n_waits: 0,
            created_by: by,
            created_at: self.now(),
            finished_at: None,
        };
        register_run::insert(&mut tx, &run, &companies).await?;
        self.enqueue(&mut tx, JobKind::CheckRegister, &run.id.to_string(), "{}", self.now()).await?;
        let detail = serde_json::json!({ "companies": n, "cost_mills": estimate.cost_mills });
        self.audit(&mut tx, caller, "register.started", "register_run", Some(run.id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    async fn may_spend(&self, tx: &mut Tx, estimate: &RegisterEstimate, agreed_mills: i64) -> Result<()> {
        if self.access_in(tx).await?.secret.is_none() {
            return Err(EngineError::refused("register_no_key"));
        }
        if estimate.cost_mills > agreed_mills {
            return Err(EngineError::refused("register_price"));
        }
        // A round that the month does not leave enough for begins, and waits where the amount is used up.
        if estimate.spent_mills + estimate.price_mills > estimate.ceiling_mills {
            return Err(EngineError::refused("register_ceiling"));
        }
        Ok(())
    }

    async fn companies_of(&self, tx: &mut Tx, order: RegisterOrder<'_>) -> Result<Vec<CompanyId>> {
        match order {
            RegisterOrder::Company { id, is_again } => {
                let firm = company::get(tx, id).await?.ok_or(EngineError::NotFound)?;
                if !may_be_dutch(&firm) {
                    return Err(EngineError::refused("register_not_dutch"));
                }
                let fresh = self.fresh_until(tx, id).await?;
                if !is_again && fresh.is_some() {
                    return Err(EngineError::refused("register_fresh"));
                }
                Ok(vec![id])
            }
            RegisterOrder::Lacking { fit_min } => {
                let wanted = self.lacking(tx, fit_min).await?;
                let found = register_run::candidates(tx, wanted, COMPANIES_MAX).await?;
                if found.is_empty() {
                    return Err(EngineError::refused("register_nobody"));
                }
                Ok(found)
            }
            RegisterOrder::Chosen(companies) => {
                let mut found = self.chosen(tx, companies).await?;
                found.retain(|one| one.standing == Standing::Ask);
                if found.is_empty() {
                    return Err(EngineError::refused("register_none_chosen"));
                }
                Ok(found.into_iter().map(|one| one.id).collect())
            }
        }
    }

    /// Until when a company is not paid for again by itself; `None` when it may be asked about.
    pub(super) async fn fresh_until(&self, tx: &mut Tx, company: CompanyId) -> Result<Option<Timestamp>> {
        let days = self.access_in(tx).await?.fresh_days;
        let last = register::last_payment(tx, company).await?;
        let until = last.map(|paid| paid.asked_at + SignedDuration::from_hours(24 * days));
        Ok(until.filter(|until| *until > self.now()))
    }

    /// What the register said about a company when it was last asked.
    ///
    /// # Errors
    /// When the company is not there.
    pub async fn company_register(&self, caller: &Caller, id: CompanyId) -> Result<CompanyRegister> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        Ok(CompanyRegister {
            reading: register::reading(&mut tx, id).await?,
            waits_in: register_run::waiting_in(&mut tx, id).await?,
            fresh_until: self.fresh_until(&mut tx, id).await?,
        })
    }

    /// One round with its counts.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn register_round(&self, caller: &Caller, id: RegisterRunId) -> Result<RegisterRun> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        register_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)
    }

    /// Rounds, newest first, from before `before` on.
    ///
    /// # Errors
    /// When the caller may not look.
    pub async fn register_rounds(
        &self,
        caller: &Caller,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<RegisterRun>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(register_run::list(&mut tx, before.unwrap_or(Timestamp::MAX), limit).await?)
    }

    /// Lets a round that runs wait, or one that waits go on; what was answered is there either way.
    ///
    /// # Errors
    /// When the caller may not, or it is over (`register_over`).
    pub async fn pause_register_round(
        &self,
        caller: &Caller,
        id: RegisterRunId,
        is_paused: bool,
    ) -> Result<RegisterRun> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let run = register_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if ![RunState::Running, RunState::Paused].contains(&run.state) {
            return Err(EngineError::refused("register_over"));
        }
        let (changed, said) = if is_paused {
            let paused = register_run::pause(&mut tx, id, PauseReason::Person, self.now()).await?;
            (paused, "register.paused")
        } else {
            (register_run::resume(&mut tx, id).await?, "register.resumed")
        };
        if changed {
            if !is_paused {
                self.enqueue(&mut tx, JobKind::CheckRegister, &id.to_string(), "{}", self.now()).await?;
            }
            self.audit(&mut tx, caller, said, "register_run", Some(id.0), &serde_json::json!({})).await?;
        }
        let run = register_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// Stops a round; what was answered stays.
    ///
    /// # Errors
    /// When the caller may not, or it is over (`register_over`).
    pub async fn stop_register_round(&self, caller: &Caller, id: RegisterRunId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        register_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if !register_run::end(&mut tx, id, RunState::Stopped, self.now()).await? {
            return Err(EngineError::refused("register_over"));
        }
        self.audit(&mut tx, caller, "register.stopped", "register_run", Some(id.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// Whether a company may be in the Dutch register.
fn may_be_dutch(firm: &Company) -> bool {
    firm.kvk_number.is_some() || firm.country.as_deref().is_none_or(|country| country == "NL")
}
