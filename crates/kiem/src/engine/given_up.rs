//! Jobs that gave up: told to those who lead, listed, and tried again by hand. Nothing that failed disappears.

use jiff::SignedDuration;
use kiem_domain::id::{InboundId, JobId};
use kiem_store::job::{self, Job};
use kiem_store::{Tx, inbound, notification};
use serde_json::json;

use super::jobs::JobKind;
use super::notify::whom::Notice;
use super::{Caller, Engine, EngineError, Permission, Result, Role};

/// Jobs that a page lists.
const LIST_MAX: i64 = 200;
/// A server that is down makes many jobs give up: one notice within this time.
const NOTICE_EVERY: SignedDuration = SignedDuration::from_hours(1);

impl Engine {
    /// What follows when a job is given up, in the transaction that gives it up: a reply that could not be read waits for
    /// a person, and owners and managers hear of it.
    pub(super) async fn job_given_up(&self, tx: &mut Tx, job: &Job) -> Result<()> {
        let kind = job.kind.parse::<JobKind>().ok();
        if kind == Some(JobKind::ClassifyReply)
            && let Ok(id) = job.dedup_key.parse::<InboundId>()
        {
            inbound::ask_look(tx, id).await?;
        }
        if notification::was_told(tx, notice_kind(kind), None, self.now() - NOTICE_EVERY).await? {
            return Ok(());
        }
        let data = json!({ "job": job.kind });
        let notice = Notice { kind: notice_kind(kind), subject_kind: "job", subject_id: None, data: &data };
        if kind == Some(JobKind::MailNotification) {
            // Mail is what does not work: the page alone tells it.
            for user in self.members_with(tx, &[Role::Owner, Role::Manager]).await? {
                self.tell(tx, user, notice.kind, notice.subject_kind, None, &data).await?;
            }
            return Ok(());
        }
        self.notify_leaders(tx, notice).await
    }

    /// Jobs that gave up, newest first.
    ///
    /// # Errors
    /// When the caller may not configure, or the database fails.
    pub async fn given_up_jobs(&self, caller: &Caller) -> Result<Vec<Job>> {
        caller.may(Permission::Configure)?;
        Ok(job::dead(&mut self.store().read(caller.workspace).await?, LIST_MAX).await?)
    }

    /// Lets a job that gave up try again from the beginning.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when no such job gave up.
    pub async fn retry_job(&self, caller: &Caller, id: JobId) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !job::revive(&mut tx, id, self.now()).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "job.retried", "job", Some(id.0), &json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// A reply that nobody read is more than a job.
fn notice_kind(kind: Option<JobKind>) -> &'static str {
    match kind {
        Some(JobKind::ClassifyReply) => "reply.unread",
        _ => "job.given_up",
    }
}
