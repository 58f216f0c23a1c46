//! Companies that nobody wants to approach: their domains go on the suppression list, and what runs there stops. Some
//! companies are one transaction each time, so that none is ever half done; many go on in the background.

use std::collections::HashSet;

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, SuppressionRunId, WorkspaceId};
use kiem_domain::lead::LeadState;
use kiem_store::company::{self, Company};
use kiem_store::event::Actor;
use kiem_store::job::Job;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression_run::{self, PersonThere, SuppressionCounts, SuppressionRun};
use kiem_store::{Tx, lead, prospect, suppression};

use super::profile::user_of;
use super::suppressions::checked_reason;
use crate::engine::jobs::JobKind;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::{DomainStop, StopOrder};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Companies of one request.
pub const SUPPRESSED_COMPANIES_MAX: usize = 5_000;
/// Companies of one transaction; no more are done at once, the rest goes on in the background.
const COMPANIES_AT_ONCE: i64 = 50;
/// Transactions of one job; then it makes room and another goes on.
const CHUNKS_PER_JOB: usize = 20;
/// People that are read at a time.
const PEOPLE_PER_READ: usize = 1_000;
/// Lists that are shown.
const SHOWN_MAX: i64 = 20;
/// As it is stored: a person decided it.
const REASON: &str = "manual";

/// What it comes to when companies are put on the suppression list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SuppressionEstimate {
    /// Companies, people, and what runs there.
    pub counts: SuppressionCounts,
    /// Companies whose domain is on the list already.
    pub n_already: i64,
}

/// A company with its people as far as they have an address.
struct Target {
    company: CompanyId,
    /// Its domain, when mail to it is mail to the company.
    domain: Option<DomainName>,
    people: Vec<(PersonThere, EmailAddress)>,
}

impl Target {
    /// Whether the domain of the company covers an address.
    fn covers(&self, address: &EmailAddress) -> bool {
        let of = address.domain();
        self.domain.as_ref().is_some_and(|own| *own == of || *own == of.registrable())
    }
}

impl Engine {
    /// What it comes to when companies are put on the suppression list.
    ///
    /// # Errors
    /// When the caller may not, or there are none or too many.
    pub async fn suppression_estimate(
        &self,
        caller: &Caller,
        companies: &[CompanyId],
    ) -> Result<SuppressionEstimate> {
        caller.may(Permission::Suppress)?;
        let companies = bounded(companies, SUPPRESSED_COMPANIES_MAX)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mut counts = suppression_run::counts(&mut tx, &companies).await?;
        let firms = company::by_ids(&mut tx, &companies).await?;
        counts.n_with_domain = i64::try_from(firms.iter().filter_map(domain_of).count()).unwrap_or(i64::MAX);
        let keys: Vec<Vec<u8>> =
            firms.iter().filter_map(domain_of).map(|domain| self.domain_key(&domain)).collect();
        let found = suppression::found(&mut tx, &keys).await?;
        Ok(SuppressionEstimate { counts, n_already: i64::try_from(found.len()).unwrap_or(i64::MAX) })
    }

    /// Puts companies on the suppression list and stops what runs there. A few are done when this returns, many go on in
    /// the background.
    ///
    /// # Errors
    /// When the caller may not, the reason is missing, or there are none or too many companies; then nothing was done.
    pub async fn suppress_companies(
        &self,
        caller: &Caller,
        companies: &[CompanyId],
        why: &str,
    ) -> Result<SuppressionRun> {
        caller.may(Permission::Suppress)?;
        let reason = checked_reason(why)?;
        let companies = bounded(companies, SUPPRESSED_COMPANIES_MAX)?;
        let created_by = user_of(caller)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let there: Vec<CompanyId> =
            company::by_ids(&mut tx, &companies).await?.into_iter().map(|firm| firm.id).collect();
        if there.is_empty() {
            return Err(EngineError::NotFound);
        }
        let n_companies = i64::try_from(there.len()).unwrap_or(i64::MAX);
        let run = SuppressionRun {
            id: self.new_id(),
            reason,
            n_companies,
            n_done: 0,
            n_people: 0,
            n_stopped: 0,
            created_by,
            created_at: self.now(),
            finished_at: None,
        };
        suppression_run::insert(&mut tx, &run, &there).await?;
        let detail = serde_json::json!({ "companies": n_companies, "reason": run.reason });
        self.audit(&mut tx, caller, "companies.suppressed", "suppression_run", Some(run.id.0), &detail)
            .await?;
        if n_companies <= COMPANIES_AT_ONCE {
            self.suppress_next(&mut tx, &run, caller.actor).await?;
        } else {
            self.ask_suppression(&mut tx, run.id, caller.actor).await?;
        }
        let run = suppression_run::get(&mut tx, run.id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// How far one is.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn suppression_run(&self, caller: &Caller, id: SuppressionRunId) -> Result<SuppressionRun> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        suppression_run::get(&mut tx, id).await?.ok_or(EngineError::NotFound)
    }

    /// The newest of them.
    ///
    /// # Errors
    /// When the caller may not look.
    pub async fn suppression_runs(&self, caller: &Caller) -> Result<Vec<SuppressionRun>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(suppression_run::newest(&mut tx, SHOWN_MAX).await?)
    }

    /// Puts the companies that wait on the list, some in each transaction. What broke off goes on with those that still wait.
    pub(in crate::engine) async fn run_suppression(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let id: SuppressionRunId =
            job.dedup_key.parse().map_err(|_| EngineError::Outside("the job names no list".to_owned()))?;
        for n in 1..=CHUNKS_PER_JOB {
            let mut tx = self.store().begin(workspace).await?;
            let Some(run) = suppression_run::lock(&mut tx, id).await? else { return Ok(()) };
            let actor = actor_of(&run, &job.payload);
            let is_more = self.suppress_next(&mut tx, &run, actor).await?;
            if is_more && n == CHUNKS_PER_JOB {
                self.ask_suppression(&mut tx, id, actor).await?;
            }
            tx.commit().await?;
            self.committed(workspace);
            if !is_more {
                break;
            }
        }
        Ok(())
    }

    async fn ask_suppression(&self, tx: &mut Tx, id: SuppressionRunId, actor: Actor) -> Result<()> {
        let payload = serde_json::json!({ "actor": actor.kind() }).to_string();
        self.enqueue(tx, JobKind::SuppressCompanies, &id.to_string(), &payload, self.now()).await
    }

    /// A company that is back waits again where it waited, also when the others are done.
    pub(super) async fn ask_suppression_of(&self, tx: &mut Tx, company: CompanyId) -> Result<()> {
        for id in suppression_run::waits_in(tx, company).await? {
            if let Some(run) = suppression_run::get(tx, id).await? {
                self.ask_suppression(tx, id, Actor::User(run.created_by.0)).await?;
            }
        }
        Ok(())
    }

    /// Does the next companies that wait, in the given transaction. Returns whether others may wait yet.
    async fn suppress_next(&self, tx: &mut Tx, run: &SuppressionRun, actor: Actor) -> Result<bool> {
        let ids = suppression_run::next(tx, run.id, COMPANIES_AT_ONCE).await?;
        if ids.is_empty() {
            suppression_run::finish(tx, run.id, self.now()).await?;
            return Ok(false);
        }
        company::lock(tx, &ids).await?;
        let (firms, n_people) = self.firms_to_stop(tx, &ids).await?;
        // Written down before anything else: what a restore must not undo.
        let keys = firms.iter().flat_map(|firm| self.keys_of(firm)).collect();
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, keys).await;
        let mut n_stopped = 0;
        for firm in &firms {
            n_stopped += self.stop_firm(tx, firm, &run.reason, actor).await?;
        }
        if n_stopped > 0 {
            self.ask_finish(tx).await?;
        }
        suppression_run::done(tx, run.id, &ids, (n_people, n_stopped)).await?;
        let is_more = !suppression_run::next(tx, run.id, 1).await?.is_empty();
        if !is_more {
            suppression_run::finish(tx, run.id, self.now()).await?;
        }
        Ok(is_more)
    }

    async fn firms_to_stop(&self, tx: &mut Tx, ids: &[CompanyId]) -> Result<(Vec<Target>, i64)> {
        let mut firms: Vec<Target> = company::by_ids(tx, ids)
            .await?
            .into_iter()
            .map(|firm| Target { company: firm.id, domain: domain_of(&firm), people: Vec::new() })
            .collect();
        let (mut n_people, mut after) = (0, None);
        loop {
            let limit = i64::try_from(PEOPLE_PER_READ).unwrap_or(i64::MAX);
            let page = suppression_run::people_at(tx, ids, after, limit).await?;
            let is_last = page.len() < PEOPLE_PER_READ;
            after = page.last().map(|person| person.contact_id);
            n_people += i64::try_from(page.len()).unwrap_or(i64::MAX);
            for person in page {
                let address = person.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
                let firm = firms.iter_mut().find(|firm| firm.company == person.company_id);
                if let (Some(firm), Some(address)) = (firm, address) {
                    firm.people.push((person, address));
                }
            }
            if is_last {
                return Ok((firms, n_people));
            }
        }
    }

    fn keys_of(&self, firm: &Target) -> Vec<Vec<u8>> {
        let domain = firm.domain.iter().map(|domain| self.domain_key(domain));
        let outside = firm.people.iter().filter(|(_, address)| !firm.covers(address));
        domain.chain(outside.map(|(_, address)| self.keys().address_hash(address))).collect()
    }

    /// Puts one company on the list and stops what runs there. Returns how many sequences were stopped.
    async fn stop_firm(&self, tx: &mut Tx, firm: &Target, source: &str, actor: Actor) -> Result<i64> {
        let stopped =
            outreach_stop::stop(tx, StopScope::Company(firm.company), REASON, self.now()).await?.len();
        if let Some(domain) = &firm.domain {
            let stop = DomainStop { domain, source, company: Some(firm.company), actor };
            if self.suppress_domain_noted(tx, stop).await? {
                self.tell_sales(tx, firm, actor).await?;
            }
        }
        // Whom the domain does not cover is put there by themselves.
        for (person, address) in firm.people.iter().filter(|(_, address)| !firm.covers(address)) {
            let lead = person.lead_id;
            let order = StopOrder { address, reason: REASON, source, lead, actor };
            self.suppress_noted(tx, order).await?;
        }
        lead::set_state_at(tx, firm.company, &OPEN, LeadState::Blocked).await?;
        Ok(i64::try_from(stopped).unwrap_or(i64::MAX))
    }

    /// Who talks with somebody there hears it at once; the pursuit itself stays theirs.
    async fn tell_sales(&self, tx: &mut Tx, firm: &Target, actor: Actor) -> Result<()> {
        let Some(pursuit) = prospect::open_for_company(tx, firm.company).await? else { return Ok(()) };
        let person = pursuit.contact_id;
        let is_covered =
            firm.people.iter().any(|(one, address)| one.contact_id == person && firm.covers(address));
        if is_covered { self.tell_pursuit(tx, (REASON, actor), pursuit.id, person).await } else { Ok(()) }
    }
}

/// Who asked for it, as the job was told: a person, or a program with a token.
fn actor_of(run: &SuppressionRun, payload: &str) -> Actor {
    let told: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    let by = run.created_by.0;
    if told["actor"] == Actor::Token(by).kind() { Actor::Token(by) } else { Actor::User(by) }
}

/// States that end when nobody may be approached; who became a prospect stays one.
const OPEN: [LeadState; 4] = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];

/// The domain of a company, or of its website when a sister has the domain.
fn domain_of(firm: &Company) -> Option<DomainName> {
    let site = || DomainName::parse(firm.website.as_deref()?).ok().map(|site| site.registrable());
    let domain = firm.domain.as_deref().and_then(|domain| DomainName::parse(domain).ok()).or_else(site)?;
    (!domain.is_free_mail() && !domain.is_platform()).then_some(domain)
}

/// Companies that somebody chose, each once.
///
/// # Errors
/// When there are none, or more than `most`.
pub(in crate::engine) fn bounded(companies: &[CompanyId], most: usize) -> Result<Vec<CompanyId>> {
    let mut seen = HashSet::with_capacity(companies.len());
    let each: Vec<CompanyId> = companies.iter().copied().filter(|id| seen.insert(*id)).collect();
    match each.len() {
        0 => Err(EngineError::field("companies", "required")),
        n if n > most => Err(EngineError::field("companies", "too_many")),
        _ => Ok(each),
    }
}
