//! What comes next: after each mail the sequence goes on, waits pass, tasks are handed to people, and who stays silent
//! to the end rests.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{EnrolmentId, UserId, WorkspaceId};
use kiem_domain::sequence::{Next, StepKind, StepTiming, due_after, next_step, zone_of};
use kiem_store::campaign::{self, Enrolment, Step};
use kiem_store::event::{Actor, Event};
use kiem_store::message::{self, MessageState};
use kiem_store::task::{self, Task, TaskOutcome};
use kiem_store::{Tx, member};

use super::draft::DraftContext;
use super::window_of;
use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// Enrolments that one transaction moves.
const BATCH_MAX: i64 = 100;

fn timings(steps: &[Step]) -> Vec<StepTiming> {
    steps.iter().map(|s| StepTiming { kind: s.kind, wait_days: s.wait_days.unwrap_or(0) }).collect()
}

/// How long a sequence waits for a mail that may have been sent: until the look-up or a person says so, and then it goes on
/// as if it was.
const DOUBT_MAX: SignedDuration = SignedDuration::from_hours(24);

/// How long a sequence waits for a task that nobody does, from its day on: then it goes on without it.
pub const TASK_WAIT_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Engine {
    /// Moves every enrolment on whose next step is due: makes drafts, hands out tasks. Returns how many moved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance_due(&self, workspace: WorkspaceId) -> Result<usize> {
        let now = self.now();
        let mut moved = 0;
        loop {
            let mut tx = self.store().begin(workspace).await?;
            campaign::end_pauses(&mut tx, now).await?;
            let due = campaign::due_enrolments(&mut tx, now, BATCH_MAX).await?;
            if due.is_empty() {
                self.finish_campaigns(&mut tx).await?;
                let next = campaign::next_due(&mut tx).await?;
                if let Some(next) = next {
                    self.enqueue(&mut tx, JobKind::AdvanceSequences, "all", "{}", next.max(now)).await?;
                }
                tx.commit().await?;
                break;
            }
            let mut context: Option<DraftContext> = None;
            for enrolment in &due {
                if context.as_ref().is_none_or(|c| c.campaign.id != enrolment.campaign_id) {
                    context = Some(self.draft_context(&mut tx, enrolment.campaign_id).await?);
                }
                if let Some(context) = &context {
                    self.take_step(&mut tx, context, enrolment, now).await?;
                }
                moved += 1;
            }
            tx.commit().await?;
            self.committed(workspace);
        }
        Ok(moved)
    }

    /// Does the step that is due. A mail becomes a draft, a task somebody's work, and the enrolment waits until that has
    /// its end.
    async fn take_step(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<()> {
        let from = usize::try_from(enrolment.position).unwrap_or(0);
        match next_step(&timings(&context.steps), from) {
            Next::End => self.finish(tx, enrolment).await,
            Next::Step { position, .. } => {
                let step = &context.steps[position];
                let position = i64::try_from(position).unwrap_or(0);
                if step.kind == StepKind::Task {
                    let is_handed_out = self.hand_out_task(tx, context, enrolment, step, now).await?;
                    campaign::advance(tx, enrolment.id, enrolment.position, position, None, false).await?;
                    if !is_handed_out {
                        return self.after_step(tx, context, enrolment.id, position, now).await;
                    }
                    let key = enrolment.id.to_string();
                    return self
                        .enqueue(tx, JobKind::AdvanceEnrolment, &key, "{}", now + TASK_WAIT_MAX)
                        .await;
                }
                let due_at = enrolment.due_at.unwrap_or(now).max(now);
                self.make_draft(tx, context, enrolment, step, due_at).await?;
                campaign::advance(tx, enrolment.id, enrolment.position, position, None, false).await?;
                Ok(())
            }
        }
    }

    /// Makes the task of a step, when the gate lets the person be approached by its channel; else the timeline says why
    /// not, and the sequence goes on as if it had been left. Returns whether there is a task to wait for.
    async fn hand_out_task(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        enrolment: &Enrolment,
        step: &Step,
        now: Timestamp,
    ) -> Result<bool> {
        let text = step.task_text.clone().unwrap_or_default();
        let mut details = serde_json::Map::new();
        details.insert("text".to_owned(), text.clone().into());
        if let Some(task) = step.task_channel {
            let answer = self.channel_gate(tx, enrolment.contact_id, task.channel()).await?;
            answer.put_into(&mut details);
            if !answer.is_allowed() {
                let happened =
                    self.event(Actor::System, "task.not_allowed", "enrolment", Some(enrolment.id.0));
                self.announce_task(tx, happened, enrolment, details).await?;
                return Ok(false);
            }
        }
        let new = Task {
            lead_id: Some(enrolment.lead_id),
            contact_id: Some(enrolment.contact_id),
            company_id: Some(enrolment.company_id),
            enrolment_id: Some(enrolment.id),
            channel: step.task_channel,
            assignee_id: self.task_worker(tx, context, enrolment.id).await?,
            ..Task::new(self.new_id(), "sequence", &text, now, now)
        };
        task::insert(tx, &new).await?;
        let happened = self.event(Actor::System, "task.created", "task", Some(new.id.0));
        self.announce_task(tx, happened, enrolment, details).await?;
        Ok(true)
    }

    async fn announce_task(
        &self,
        tx: &mut Tx,
        mut happened: Event,
        enrolment: &Enrolment,
        details: serde_json::Map<String, serde_json::Value>,
    ) -> Result<()> {
        happened.company_id = Some(enrolment.company_id);
        happened.contact_id = Some(enrolment.contact_id);
        happened.data = serde_json::Value::Object(details).to_string();
        self.announce(tx, &happened).await.map(drop)
    }

    /// Who does the tasks of a sequence: whoever made the campaign, else whoever approved the last mail; nobody in
    /// particular when both have left.
    async fn task_worker(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        id: EnrolmentId,
    ) -> Result<Option<UserId>> {
        let approver = message::last_of_enrolment(tx, id).await?.and_then(|mail| mail.approved_by);
        let members = member::all(tx, false).await?;
        Ok([Some(context.campaign.created_by), approver]
            .into_iter()
            .flatten()
            .find(|user| members.iter().any(|member| member.user == *user)))
    }

    /// A mail or a task of this enrolment reached its end: plan the step after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance_enrolment(&self, workspace: WorkspaceId, id: EnrolmentId) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin(workspace).await?;
        let Some(enrolment) = campaign::enrolment(&mut tx, id).await? else { return Ok(()) };
        if !matches!(enrolment.state.as_str(), "active" | "paused") || enrolment.due_at.is_some() {
            return Ok(());
        }
        let context = self.draft_context(&mut tx, enrolment.campaign_id).await?;
        let step = usize::try_from(enrolment.position).ok().and_then(|place| context.steps.get(place));
        if step.is_some_and(|step| step.kind == StepKind::Task) {
            self.after_task(&mut tx, &context, &enrolment, now).await?;
            self.finish_campaigns(&mut tx).await?;
            tx.commit().await?;
            self.committed(workspace);
            return Ok(());
        }
        let Some(last) = message::last_of_enrolment(&mut tx, id).await? else { return Ok(()) };
        let doubted_until = match (last.new.state, last.finished_at) {
            (MessageState::Uncertain, Some(at)) => at + DOUBT_MAX,
            _ => now,
        };
        if doubted_until > now {
            self.enqueue(&mut tx, JobKind::AdvanceEnrolment, &id.to_string(), "{}", doubted_until).await?;
            return Ok(tx.commit().await?);
        }
        match last.new.state {
            MessageState::Sent | MessageState::Uncertain => {
                let done_at = last.finished_at.unwrap_or(now);
                self.after_step(&mut tx, &context, id, enrolment.position, done_at).await?;
            }
            MessageState::Failed => {
                let scope = kiem_store::outreach_stop::StopScope::Lead(enrolment.lead_id);
                let is_about_us = last.reason.as_deref() == Some(message::REFUSED_AS_SENDER);
                let reason = if is_about_us { message::REFUSED_AS_SENDER } else { "not_deliverable" };
                kiem_store::outreach_stop::stop(&mut tx, scope, reason, now).await?;
                campaign::mark_resting(&mut tx, enrolment.lead_id).await?;
            }
            // A mail that a person took out: the sequence goes on without it.
            MessageState::Stopped => {
                self.after_step(&mut tx, &context, id, enrolment.position, now).await?;
            }
            _ => return Ok(()),
        }
        self.finish_campaigns(&mut tx).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// The sequence goes on when its task is done or left, and when nobody did it within [`TASK_WAIT_MAX`].
    async fn after_task(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<()> {
        let mut done_at = now;
        if let Some(task) = task::last_of_enrolment(tx, enrolment.id).await? {
            let wait_until = task.due_at.max(task.snoozed_until.unwrap_or(task.due_at)) + TASK_WAIT_MAX;
            match task.done_at {
                Some(at) => done_at = at,
                None if now < wait_until => {
                    let key = enrolment.id.to_string();
                    return self.enqueue(tx, JobKind::AdvanceEnrolment, &key, "{}", wait_until).await;
                }
                None => {
                    task::finish(tx, task.id, TaskOutcome::Overdue, None, now).await?;
                    let mut happened = self.event(Actor::System, "task.overdue", "task", Some(task.id.0));
                    happened.company_id = task.company_id;
                    happened.contact_id = task.contact_id;
                    happened.data = serde_json::json!({ "text": task.text }).to_string();
                    self.announce(tx, &happened).await?;
                }
            }
        }
        self.after_step(tx, context, enrolment.id, enrolment.position, done_at).await
    }

    async fn after_step(
        &self,
        tx: &mut Tx,
        context: &DraftContext,
        id: EnrolmentId,
        done: i64,
        done_at: Timestamp,
    ) -> Result<()> {
        let from = usize::try_from(done).unwrap_or(0) + 1;
        let Some(enrolment) = campaign::enrolment(tx, id).await? else { return Ok(()) };
        let Next::Step { position, wait_days } = next_step(&timings(&context.steps), from) else {
            if enrolment.state == "paused" {
                // Whoever is held is not at the end yet: that is looked at when the pause ends.
                let end = i64::try_from(context.steps.len()).unwrap_or(i64::MAX);
                campaign::advance(tx, id, enrolment.position, end, Some(done_at), false).await?;
                return Ok(());
            }
            return self.finish(tx, &enrolment).await;
        };
        let person = campaign::recipient(tx, enrolment.lead_id).await?;
        let own = jiff::tz::TimeZone::get(&context.workspace.time_zone)
            .map_err(|e| EngineError::Outside(format!("the workspace's time zone is unknown: {e}")))?;
        let zone = zone_of(
            person.as_ref().and_then(|p| p.time_zone.as_deref()),
            person.as_ref().and_then(|p| p.country.as_deref()),
            &own,
        );
        let due_at = due_after(done_at, wait_days, &window_of(&context.campaign), &zone);
        let position = i64::try_from(position).unwrap_or(0);
        campaign::advance(tx, id, enrolment.position, position, Some(due_at), false).await?;
        self.enqueue(tx, JobKind::AdvanceSequences, "all", "{}", due_at).await
    }

    async fn finish(&self, tx: &mut Tx, enrolment: &Enrolment) -> Result<()> {
        campaign::advance(tx, enrolment.id, enrolment.position, enrolment.position, None, true).await?;
        campaign::mark_resting(tx, enrolment.lead_id).await?;
        Ok(())
    }
}
