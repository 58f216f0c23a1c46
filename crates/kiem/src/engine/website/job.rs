//! Reading the sites of a round in the background: several hosts at a time, one round at a time per host (also in other
//! processes), each result in its own transaction. A round that broke off goes on with the companies that still wait.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::website::{Errand, SiteReading};
use kiem_domain::country::country_code;
use kiem_domain::id::{WebsiteRunId, WorkspaceId};
use kiem_domain::website::{ReadingOutcome, Wanted};
use kiem_store::job::{self, Job};
use kiem_store::website_run::{self, RunState, WaitingSite};
use kiem_store::{company, host_turn, website};
use tokio::task::{Id, JoinSet};

use super::keep::Kept;
use super::source::site_of;
use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// How long a worker holds a round without a sign of life.
const HOLD: SignedDuration = SignedDuration::from_secs(120);
/// A worker that lives holds its round anew this often.
const HOLD_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// How soon a round notices that it was stopped.
const LOOK: Duration = Duration::from_secs(1);
/// Sites that one job reads before it makes room: so its count of failures begins anew, and another node may go on.
const SITES_PER_JOB: usize = 200;
/// Places that one round takes at most, so that a round of another workspace finds some.
const PLACES_PER_ROUND: usize = 8;
/// After so many sites a round waits longer than one that looks for a place: then whoever waited has it.
const ROOM_WAIT: SignedDuration = SignedDuration::from_secs(6);
/// When other rounds have all places.
const NO_PLACE_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// A round at work in this process.
struct Round<'a> {
    engine: &'a Engine,
    workspace: WorkspaceId,
    job: &'a Job,
    id: WebsiteRunId,
    n_companies: i64,
    is_practice: bool,
    readings: JoinSet<SiteReading>,
    on_the_way: HashMap<Id, Begun>,
    /// Hosts that another round is at, here or in another process.
    taken: Vec<String>,
    n_begun: usize,
    held_at: Timestamp,
}

/// A company whose site is being read.
struct Begun {
    waiting: WaitingSite,
    site: String,
}

impl Engine {
    /// Reads the next sites of a round and asks for the rest.
    pub(in crate::engine) async fn run_websites(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let id: WebsiteRunId =
            job.dedup_key.parse().map_err(|_| EngineError::Outside("the job names no round".to_owned()))?;
        match self.read_some(workspace, id, job).await {
            Err(error) if !error.is_transient() || job.attempt >= job.attempts_max => {
                tracing::error!(round = %id, error = %error, "a round of websites cannot go on");
                let mut tx = self.store().begin(workspace).await?;
                website_run::end(&mut tx, id, RunState::Failed, self.now()).await?;
                Ok(tx.commit().await?)
            }
            other => other,
        }
    }

    async fn read_some(&self, workspace: WorkspaceId, id: WebsiteRunId, job: &Job) -> Result<()> {
        let (place, _) = self.workspace(workspace).await?;
        let mut tx = self.store().read(workspace).await?;
        let run = website_run::get(&mut tx, id).await?.filter(|run| run.state == RunState::Running);
        drop(tx);
        let Some(run) = run else { return Ok(()) };
        let mut round = Round {
            engine: self,
            workspace,
            job,
            id,
            n_companies: run.n_companies,
            is_practice: place.mode == "practice",
            readings: JoinSet::new(),
            on_the_way: HashMap::new(),
            taken: Vec::new(),
            n_begun: 0,
            held_at: self.now(),
        };
        loop {
            if !round.take_places().await? {
                return round.break_off().await;
            }
            if round.readings.is_empty() {
                return round.leave().await;
            }
            let is_ours = tokio::select! {
                ended = round.readings.join_next_with_id() => match ended {
                    Some(Ok((task, reading))) => round.keep(task, &reading).await?,
                    Some(Err(broken)) => {
                        tracing::error!(round = %id, error = %broken, "the reading of a site broke off");
                        round.keep(broken.id(), &SiteReading::default()).await?
                    }
                    None => true,
                },
                () = tokio::time::sleep(LOOK) => true,
            };
            // Stopped, paused, or somebody else's: what is on its way is broken off with the round.
            if !is_ours || !round.goes_on().await? {
                return round.break_off().await;
            }
        }
    }
}

impl Round<'_> {
    /// Begins readings as long as there are places and companies whose host is not being read. False when the round is
    /// not this worker's any more.
    async fn take_places(&mut self) -> Result<bool> {
        let places = self.engine.websites.places(self.n_companies).clone();
        while self.n_begun < SITES_PER_JOB && self.on_the_way.len() < PLACES_PER_ROUND {
            let Ok(place) = places.clone().try_acquire_owned() else { return Ok(true) };
            let mut busy = self.taken.clone();
            busy.extend(self.on_the_way.values().map(|begun| begun.waiting.host.clone()));
            let mut tx = self.engine.store().read(self.workspace).await?;
            let Some(waiting) = website_run::next(&mut tx, self.id, &busy, 1).await?.pop() else {
                return Ok(true);
            };
            let Some(firm) = company::get(&mut tx, waiting.company_id).await? else { return Ok(true) };
            let before = website::reading(&mut tx, firm.id).await?;
            drop(tx);
            let site = site_of(firm.website.as_deref(), firm.domain.as_deref());
            let until = before.and_then(|b| b.retry_at).filter(|at| *at > self.engine.now());
            let not_asked = match (&site, until) {
                (None, _) => Some(ReadingOutcome::NoSite),
                (Some(_), _) if self.is_practice => Some(ReadingOutcome::Practice),
                (Some(_), Some(_)) => Some(ReadingOutcome::Later),
                (Some(_), None) => None,
            };
            let site = site.map(|(site, _)| site).unwrap_or_default();
            if let Some(outcome) = not_asked {
                let kept = Kept {
                    round: self.id,
                    job: self.job,
                    company: firm.id,
                    site: &site,
                    hold_until: self.hold_until(),
                };
                let reading = SiteReading::default();
                self.n_begun += 1;
                if !self.engine.keep_reading(self.workspace, &kept, &reading, (outcome, None), until).await? {
                    return Ok(false);
                }
                continue;
            }
            if !self.take_turn(&waiting.host).await? {
                self.taken.push(waiting.host);
                continue;
            }
            let (_, settings) = self.engine.workspace(self.workspace).await?;
            let reader = self.engine.websites.reader(self.engine.config())?;
            let country = firm.country.as_deref().and_then(country_code);
            let (clock, address) = (self.engine.clock().clone(), site.clone());
            let wanted = Wanted { people: settings.website_people };
            let task = self.readings.spawn(async move {
                let now = || clock.now();
                let reading = reader.read(Errand { site: &address, country, wanted, now: &now }).await;
                drop(place);
                reading
            });
            self.on_the_way.insert(task.id(), Begun { waiting, site });
            self.n_begun += 1;
        }
        Ok(true)
    }

    async fn take_turn(&self, host: &str) -> Result<bool> {
        let mut global = self.engine.store().global().await?;
        let now = self.engine.now();
        let is_taken = host_turn::take(&mut global, host, self.id, now, self.hold_until()).await?;
        global.commit().await?;
        Ok(is_taken)
    }

    async fn give_turn_back(&self, host: &str) -> Result<()> {
        let gap = SignedDuration::try_from(self.engine.websites.limits.gap).unwrap_or_default();
        let mut global = self.engine.store().global().await?;
        host_turn::give_back(&mut global, host, self.id, self.engine.now() + gap).await?;
        Ok(global.commit().await?)
    }

    async fn keep(&mut self, task: Id, reading: &SiteReading) -> Result<bool> {
        let Some(begun) = self.on_the_way.remove(&task) else { return Ok(true) };
        self.give_turn_back(&begun.waiting.host).await?;
        let hold_until = self.hold_until();
        let kept = Kept {
            round: self.id,
            job: self.job,
            company: begun.waiting.company_id,
            site: &begun.site,
            hold_until,
        };
        let retry_at = reading
            .retry_in
            .and_then(|wait| SignedDuration::try_from(wait).ok())
            .map(|wait| self.engine.now() + wait);
        self.engine.keep_reading(self.workspace, &kept, reading, reading.outcome(), retry_at).await
    }

    fn hold_until(&self) -> Timestamp {
        self.engine.now() + HOLD
    }

    /// Whether the round still runs and is this worker's; holds it anew when it is time.
    async fn goes_on(&mut self) -> Result<bool> {
        let mut tx = self.engine.store().read(self.workspace).await?;
        let run = website_run::get(&mut tx, self.id).await?;
        drop(tx);
        // A round that is over with its last site is left by itself.
        if run.is_none_or(|run| ![RunState::Running, RunState::Finished].contains(&run.state)) {
            return Ok(false);
        }
        let now = self.engine.now();
        if now < self.held_at + HOLD_AGAIN {
            return Ok(true);
        }
        self.held_at = now;
        let mut tx = self.engine.store().begin(self.workspace).await?;
        let is_ours = job::hold(&mut tx, self.job, now + HOLD).await?;
        tx.commit().await?;
        let mut global = self.engine.store().global().await?;
        host_turn::hold(&mut global, self.id, now + HOLD).await?;
        global.commit().await?;
        Ok(is_ours)
    }

    /// Breaks off what is on its way; others need not wait for it.
    async fn break_off(mut self) -> Result<()> {
        self.readings.shutdown().await;
        for begun in self.on_the_way.values() {
            self.give_turn_back(&begun.waiting.host).await?;
        }
        Ok(())
    }

    /// Nothing is on its way: asks for the rest, or ends the round.
    async fn leave(self) -> Result<()> {
        let engine = self.engine;
        let mut tx = engine.store().begin(self.workspace).await?;
        let run = website_run::get(&mut tx, self.id).await?;
        let goes_on = run.is_some_and(|run| run.state == RunState::Running);
        if !goes_on || !job::hold(&mut tx, self.job, self.hold_until()).await? {
            return Ok(());
        }
        if website_run::next(&mut tx, self.id, &[], 1).await?.is_empty() {
            // Companies that were removed meanwhile are never counted.
            website_run::end(&mut tx, self.id, RunState::Finished, engine.now()).await?;
        } else {
            let wait = if self.n_begun > 0 { ROOM_WAIT } else { NO_PLACE_WAIT };
            let at = engine.now() + wait;
            engine.enqueue(&mut tx, JobKind::ReadWebsites, &self.id.to_string(), "{}", at).await?;
        }
        tx.commit().await?;
        engine.committed(self.workspace);
        Ok(())
    }
}
