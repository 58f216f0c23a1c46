//! Tasks: made, put off, done.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{ProspectId, TaskId, UserId};
use kiem_store::task::{self, Task, TaskCard, TaskOutcome};
use kiem_store::{Tx, member, prospect};
use serde_json::json;

use super::typed;
use crate::engine::inbound::PRIVACY;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Rows on one page of a list at most.
const PAGE_MAX: i64 = 200;

/// Whether the caller works tasks at all; which ones depends on the task.
///
/// # Errors
/// For who sells nothing and runs no campaigns.
pub fn may_work_tasks(caller: &Caller) -> Result<()> {
    caller.may(Permission::WorkProspects).or_else(|_| caller.may(Permission::WorkCampaigns))
}

/// A task as a person makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// `call`, `mail`, `letter`, `meeting` or `other`.
    pub kind: String,
    /// What to do.
    pub text: String,
    /// When.
    pub due_at: Timestamp,
    /// For which prospect.
    pub prospect: Option<ProspectId>,
    /// Who does it; whoever makes it when nobody is named.
    pub assignee: Option<UserId>,
}

impl Engine {
    /// Makes a task.
    ///
    /// # Errors
    /// Without text, with an unknown kind, or for a prospect that is not there.
    pub async fn create_task(&self, caller: &Caller, new: NewTask) -> Result<TaskId> {
        caller.may(Permission::WorkProspects)?;
        if !["call", "mail", "letter", "meeting", "other"].contains(&new.kind.as_str()) {
            return Err(EngineError::field("kind", "unknown_choice"));
        }
        let text = typed("text", &new.text)?;
        let mut made = Task::new(self.new_id(), &new.kind, &text, new.due_at, self.now());
        made.assignee_id = new.assignee.or(caller.user());
        let mut tx = self.store().begin(caller.workspace).await?;
        if let Some(user) = new.assignee
            && !member::all(&mut tx, false).await?.iter().any(|member| member.user == user)
        {
            return Err(EngineError::field("assignee_id", "unknown_choice"));
        }
        let mut happened = self.event(caller.actor, "task.created", "task", Some(made.id.0));
        if let Some(id) = new.prospect {
            let pursuit = prospect::get(&mut tx, id).await?;
            made.prospect_id = Some(id);
            made.company_id = Some(pursuit.company_id);
            made.contact_id = Some(pursuit.contact_id);
            happened.company_id = made.company_id;
            happened.contact_id = made.contact_id;
            happened.prospect_id = made.prospect_id;
        }
        happened.data = json!({ "text": text, "at": new.due_at.to_string() }).to_string();
        task::insert(&mut tx, &made).await?;
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(made.id)
    }

    /// A task that the caller may work: of a prospect by those who sell, of a lead also by marketing, about somebody's
    /// data by those who lead.
    async fn workable(&self, tx: &mut Tx, caller: &Caller, id: TaskId) -> Result<Task> {
        may_work_tasks(caller)?;
        let found = task::get(tx, id).await?;
        if found.kind == PRIVACY {
            caller.may(Permission::Configure)?;
        } else if found.prospect_id.is_some() || found.lead_id.is_none() {
            caller.may(Permission::WorkProspects)?;
        }
        Ok(found)
    }

    /// Marks a task as done. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn finish_task(&self, caller: &Caller, id: TaskId) -> Result<()> {
        self.end_task(caller, id, TaskOutcome::Done).await
    }

    /// Leaves a task: it is not done, and its sequence goes on. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn skip_task(&self, caller: &Caller, id: TaskId) -> Result<()> {
        self.end_task(caller, id, TaskOutcome::Skipped).await
    }

    async fn end_task(&self, caller: &Caller, id: TaskId, outcome: TaskOutcome) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let done = self.workable(&mut tx, caller, id).await?;
        if task::finish(&mut tx, id, outcome, caller.user(), now).await? {
            if let Some(enrolment) = done.enrolment_id {
                self.enqueue(&mut tx, JobKind::AdvanceEnrolment, &enrolment.to_string(), "{}", now).await?;
            }
            let kind = if outcome == TaskOutcome::Skipped { "task.skipped" } else { "task.done" };
            let mut happened = self.event(caller.actor, kind, "task", Some(id.0));
            happened.company_id = done.company_id;
            happened.contact_id = done.contact_id;
            happened.prospect_id = done.prospect_id;
            happened.data = json!({ "text": done.text }).to_string();
            self.announce(&mut tx, &happened).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Hides a task until a moment in the future.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused when it is done.
    pub async fn snooze_task(&self, caller: &Caller, id: TaskId, until: Timestamp) -> Result<()> {
        may_work_tasks(caller)?;
        if until <= self.now() {
            return Err(EngineError::field("until", "past_moment"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        self.workable(&mut tx, caller, id).await?;
        if !task::snooze(&mut tx, id, until).await? {
            return Err(EngineError::refused("task_done"));
        }
        let detail = serde_json::json!({ "until": until.to_string() });
        self.audit(&mut tx, caller, "task.snoozed", "task", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Open tasks that are not put off, first due first: one person's with those of nobody, or everybody's.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn open_tasks(
        &self,
        caller: &Caller,
        assignee: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<TaskCard>> {
        caller.may(Permission::View)?;
        let now = self.now();
        let far = now + SignedDuration::from_hours(24 * 3660);
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(task::open(&mut tx, assignee, now, far, limit.clamp(1, PAGE_MAX)).await?)
    }
}
