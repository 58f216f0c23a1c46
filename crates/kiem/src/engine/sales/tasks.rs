//! Tasks: made, put off, done; and whether the gate still lets them be done.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::gate::Channel;
use kiem_domain::id::{ContactId, ProspectId, TaskId, UserId};
use kiem_store::task::{self, Task, TaskCard, TaskOutcome};
use kiem_store::{Tx, member, prospect};
use serde_json::json;
use uuid::Uuid;

use super::typed;
use crate::engine::audience::{AtGate, ChannelAnswer};
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

/// An open task as a list of work shows it.
#[derive(Debug, Clone)]
pub struct OpenTask {
    /// The task.
    pub card: TaskCard,
    /// Whether the person may be approached by the task's channel now; nothing when it reaches nobody. When not, it can only
    /// be left.
    pub gate: Option<ChannelAnswer>,
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
    /// [`EngineError::NotFound`]; refused when the gate has closed the channel of the task meanwhile.
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
        let mut details = serde_json::Map::new();
        details.insert("text".to_owned(), done.text.clone().into());
        if outcome == TaskOutcome::Done
            && done.done_at.is_none()
            && let Some(answer) = self.task_gates(&mut tx, &[&done]).await?.of(&done)
        {
            if !answer.is_allowed() {
                let params = vec![("because", answer.sentence()), ("rule", answer.rule.to_string())];
                return Err(EngineError::Refused { code: "task_closed", params });
            }
            answer.put_into(&mut details);
        }
        if task::finish(&mut tx, id, outcome, caller.user(), now).await? {
            if let Some(enrolment) = done.enrolment_id {
                self.enqueue(&mut tx, JobKind::AdvanceEnrolment, &enrolment.to_string(), "{}", now).await?;
            }
            let kind = if outcome == TaskOutcome::Skipped { "task.skipped" } else { "task.done" };
            let mut happened = self.event(caller.actor, kind, "task", Some(id.0));
            happened.company_id = done.company_id;
            happened.contact_id = done.contact_id;
            happened.prospect_id = done.prospect_id;
            happened.data = serde_json::Value::Object(details).to_string();
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
    ) -> Result<Vec<OpenTask>> {
        caller.may(Permission::View)?;
        let now = self.now();
        let far = now + SignedDuration::from_hours(24 * 3660);
        let mut tx = self.store().read(caller.workspace).await?;
        let cards = task::open(&mut tx, assignee, now, far, limit.clamp(1, PAGE_MAX)).await?;
        self.with_gate(&mut tx, cards).await
    }

    /// Open tasks with what the gate says about each of them now.
    pub(super) async fn with_gate(&self, tx: &mut Tx, cards: Vec<TaskCard>) -> Result<Vec<OpenTask>> {
        let tasks: Vec<&Task> = cards.iter().map(|card| &card.task).collect();
        let gates = self.task_gates(tx, &tasks).await?;
        let with = |mut card: TaskCard| {
            let gate = gates.of(&card.task);
            let may_call =
                gate.as_ref().is_some_and(|gate| gate.channel == Channel::Phone && gate.is_allowed());
            // A number on a card is an invitation to call. On a step of a sequence it stands only when the gate was asked.
            if card.task.enrolment_id.is_some() && !may_call {
                card.phone = None;
            }
            OpenTask { card, gate }
        };
        Ok(cards.into_iter().map(with).collect())
    }

    /// What the gate knows of the people of these tasks, as far as a task has a channel.
    async fn task_gates(&self, tx: &mut Tx, tasks: &[&Task]) -> Result<TaskGates> {
        let contacts: Vec<ContactId> =
            tasks.iter().filter(|task| task.channel.is_some()).filter_map(|task| task.contact_id).collect();
        Ok(TaskGates(self.at_gate(tx, &contacts).await?))
    }
}

/// What the gate knows of the people of some tasks.
struct TaskGates(AtGate);

impl TaskGates {
    /// The answer for a task; nothing when it reaches nobody. A task about nobody any more is closed, as one about a person
    /// who is not there.
    fn of(&self, task: &Task) -> Option<ChannelAnswer> {
        let contact = task.contact_id.unwrap_or(ContactId(Uuid::nil()));
        task.channel.map(|channel| self.0.answer(contact, channel.channel()))
    }
}
