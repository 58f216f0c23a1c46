//! Background jobs: the list of kinds, what each runs, and how a failure is answered.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{JobId, WorkspaceId};
use kiem_store::Tx;
use kiem_store::job::{self, Job, NewJob, Queue};
use tokio::task::{JoinError, JoinSet};

use super::{Engine, EngineError, Result};

kiem_domain::text_enum! {
    /// Every kind of background job. The name stands in the database, so it never changes.
    pub enum JobKind {
        /// Remove sessions, idempotency keys and log-in attempts that are over.
        CleanUp = "clean_up",
        /// Mark quotes that are over, wake prospects whose date has come.
        SalesDaily = "sales_daily",
        /// Warn of a response deadline, and say when it passed.
        WatchResponse = "watch_response",
        /// Do the steps of sequences that are due.
        AdvanceSequences = "advance_sequences",
        /// Plan what comes after a mail that reached its end.
        AdvanceEnrolment = "advance_enrolment",
        /// Fill drafts again that could not be filled, after their campaign changed.
        RemakeDrafts = "remake_drafts",
        /// Look uncertain mails up in the Sent folder.
        ResolveUncertain = "resolve_uncertain",
        /// Bring the next rows of an upload in.
        Import = "import",
        /// Say what would become of an upload.
        TryImport = "try_import",
        /// Take an upload back.
        UndoImport = "undo_import",
        /// Score companies and leads against a changed profile.
        Rescore = "rescore",
        /// Read the titles of people again, as this version reads them.
        ReadTitles = "read_titles",
        /// Read the next websites of a round.
        ReadWebsites = "read_websites",
        /// Check the next companies of a round in the register.
        CheckRegister = "check_register",
        /// Put the next companies of many on the suppression list.
        SuppressCompanies = "suppress_companies",
        /// Check new and changed companies against all that is there.
        MatchCompanies = "match_companies",
        /// Count the audience the way the register counts.
        CountMarket = "count_market",
        /// Count everybody in a large audience.
        CountAudience = "count_audience",
        /// Warn of people who must be told, and remove what is over.
        PrivacyNightly = "privacy_nightly",
        /// Decide about a lead.
        Decide = "decide",
        /// Read the words of a received mail.
        ClassifyReply = "classify_reply",
        /// Mail a notification to a member.
        MailNotification = "mail_notification",
        /// Try to deliver a webhook.
        DeliverWebhook = "deliver_webhook",
    }
}

/// How long a worker may hold a job before another takes it over.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// Jobs that one worker takes from a workspace at a time.
const BATCH_MAX: i64 = 20;
/// Jobs that wait for others' servers at the same time in one process; with [`BATCH_MAX`] and the servers' own limits
/// of seconds their leases hold. What takes longer (websites) holds its lease anew while it works.
const OUTSIDE_MAX: usize = 32;
/// Tries of a job before it is dead and shown to a person.
pub const ATTEMPTS_MAX: i64 = 8;

/// When to try again after the `attempt`th failure: 5 s, 20 s, 80 s, ... at most an hour.
fn retry_at(now: Timestamp, attempt: i64) -> Timestamp {
    let exponent = u32::try_from(attempt.clamp(1, 6) - 1).unwrap_or(0);
    now + SignedDuration::from_secs((5 * 4_i64.pow(exponent)).min(3600))
}

/// Whether a job waits for a server that is not ours, or only reads and that for seconds.
fn runs_beside(job: &Job) -> bool {
    matches!(
        job.kind.parse(),
        Ok(JobKind::DeliverWebhook
            | JobKind::ResolveUncertain
            | JobKind::ReadWebsites
            | JobKind::CheckRegister
            | JobKind::CountAudience)
    )
}

/// Says what a job in `outside` could not write down; its lease ends and it is run again.
pub fn job_ended(ended: std::result::Result<Result<()>, JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = %error, "the end of a job could not be written down"),
        Err(stopped) => tracing::error!(error = %stopped, "a job broke off"),
    }
}

impl Engine {
    /// Asks for a job in the transaction of the change that causes it. At most one job per kind and key waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(
        &self,
        tx: &mut Tx,
        kind: JobKind,
        key: &str,
        payload: &str,
        run_at: Timestamp,
    ) -> Result<()> {
        self.enqueue_all(tx, kind, &[(key.to_owned(), payload.to_owned())], run_at).await
    }

    /// Asks for jobs of one kind at once, each with its key and payload; no key may stand in `jobs` twice.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn enqueue_all(
        &self,
        tx: &mut Tx,
        kind: JobKind,
        jobs: &[(String, String)],
        run_at: Timestamp,
    ) -> Result<()> {
        let new: Vec<NewJob<'_>> = jobs
            .iter()
            .map(|(dedup_key, payload)| NewJob {
                id: self.new_id::<JobId>(),
                kind: kind.as_str(),
                dedup_key,
                payload,
                run_at,
                attempts_max: ATTEMPTS_MAX,
            })
            .collect();
        Ok(job::enqueue(tx, &new, self.now()).await?)
    }

    /// Runs everything that is due now, in all workspaces, and waits for it. Returns how many jobs ran.
    ///
    /// # Errors
    /// When the database fails; a failing job is no error here, it is put back or given up.
    pub async fn run_due_jobs(&self) -> Result<usize> {
        let mut outside = JoinSet::new();
        let n = self.begin_due_jobs(&mut outside).await?;
        while let Some(ended) = outside.join_next().await {
            job_ended(ended);
        }
        Ok(n)
    }

    /// Runs everything that is due now, in all workspaces. Jobs that wait for somebody else's server, or read everything, go
    /// to `outside`, so that they keep no replies and decisions waiting. Returns how many jobs ran or were begun.
    ///
    /// # Errors
    /// When the database fails; a failing job is no error here, it is put back or given up.
    pub async fn begin_due_jobs(&self, outside: &mut JoinSet<Result<()>>) -> Result<usize> {
        let mut global = self.store().global_read().await?;
        let due = job::due(&mut global, Queue::Job, self.now(), 100).await?;
        drop(global);
        let mut n = 0;
        for wakeup in due {
            let workspace = wakeup.workspace;
            loop {
                let mut tx = self.store().begin(workspace).await?;
                let jobs = job::claim(&mut tx, self.now(), LEASE, BATCH_MAX).await?;
                if jobs.is_empty() {
                    let next = job::next_run_at(&mut tx).await?;
                    job::settle(&mut tx, Queue::Job, wakeup, next).await?;
                    tx.commit().await?;
                    break;
                }
                tx.commit().await?;
                n += jobs.len();
                for job in jobs {
                    if !runs_beside(&job) {
                        self.run_job(workspace, &job).await?;
                        continue;
                    }
                    while outside.len() >= OUTSIDE_MAX {
                        if let Some(ended) = outside.join_next().await {
                            job_ended(ended);
                        }
                    }
                    let engine = self.clone();
                    outside.spawn(async move { engine.run_job(workspace, &job).await });
                }
            }
        }
        Ok(n)
    }

    async fn run_job(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let outcome = match job.kind.parse::<JobKind>() {
            Ok(kind) => self.perform(workspace, kind, job).await,
            Err(unknown) => Err(EngineError::Outside(unknown.to_string())),
        };
        let mut tx = self.store().begin(workspace).await?;
        match outcome {
            Ok(()) => {
                job::finish(&mut tx, job).await?;
            }
            Err(error) => {
                let again = error.is_transient() && job.attempt < job.attempts_max;
                tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, again, error = %error, "job failed");
                let retry = again.then(|| retry_at(self.now(), job.attempt));
                let is_ours = job::fail(&mut tx, job, &error.to_string(), retry).await?;
                if is_ours && !again {
                    self.job_given_up(&mut tx, job).await?;
                }
            }
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// What each kind of job does. Every one is safe to run twice.
    async fn perform(&self, workspace: WorkspaceId, kind: JobKind, job: &Job) -> Result<()> {
        match kind {
            JobKind::Decide => self.run_decision(workspace, &job.payload).await,
            JobKind::ClassifyReply => self.classify_reply(workspace, &job.payload).await,
            JobKind::MailNotification => self.mail_notification(workspace, &job.payload).await,
            JobKind::DeliverWebhook => self.deliver_webhook(workspace, &job.payload).await,
            JobKind::CleanUp => self.clean_up(workspace).await,
            JobKind::SalesDaily => self.sales_daily(workspace).await,
            JobKind::WatchResponse => {
                self.response_watch(workspace, super::sales::deadline::pursuit_of(&job.dedup_key)?).await
            }
            JobKind::AdvanceSequences => self.advance_due(workspace).await.map(drop),
            JobKind::AdvanceEnrolment => {
                let id = job
                    .dedup_key
                    .parse()
                    .map_err(|_| EngineError::Outside("a job without its id".to_owned()))?;
                self.advance_enrolment(workspace, id).await
            }
            JobKind::RemakeDrafts => self.remake_drafts(workspace, job).await,
            JobKind::ResolveUncertain => self.resolve_uncertain(workspace).await.map(drop),
            JobKind::Import => self.run_import(workspace, job).await,
            JobKind::TryImport => self.run_trial(workspace, job).await,
            JobKind::UndoImport => self.run_undo(workspace, job).await,
            JobKind::MatchCompanies => self.run_matching(workspace).await,
            JobKind::CountMarket => self.run_market_count(workspace).await,
            JobKind::CountAudience => self.run_audience_count(workspace).await,
            JobKind::ReadWebsites => self.run_websites(workspace, job).await,
            JobKind::CheckRegister => self.run_register(workspace, job).await,
            JobKind::SuppressCompanies => self.run_suppression(workspace, job).await,
            JobKind::PrivacyNightly => self.privacy_nightly(workspace).await,
            JobKind::Rescore => self.run_rescore(workspace).await,
            JobKind::ReadTitles => self.run_titles(workspace, job).await,
        }
    }
}
