//! What happens by itself: quotes that are over, prospects that wake up from nurture.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::conversation::{Move, apply};
use kiem_domain::id::WorkspaceId;
use kiem_store::event::Actor;
use kiem_store::task::{self, Task};
use kiem_store::{Tx, prospect, quote};
use serde_json::json;

use super::Scene;
use super::steps::refused;
use crate::engine::jobs::JobKind;
use crate::engine::settings::language_of;
use crate::engine::{Engine, Result};
use crate::messages::say;

/// Prospects that wake up in one transaction.
const BATCH_MAX: i64 = 200;

impl Engine {
    /// Asks for the daily round at `at` or before.
    pub(crate) async fn ask_daily(&self, tx: &mut Tx, at: Timestamp) -> Result<()> {
        self.enqueue(tx, JobKind::SalesDaily, "daily", "{}", at).await
    }

    /// The daily round: marks quotes whose last day has passed, wakes prospects whose date has come, and asks for
    /// tomorrow's. Safe to run at any time and twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sales_daily(&self, workspace: WorkspaceId) -> Result<()> {
        let scene = self.scene(workspace).await?;
        let mut tx = self.store().begin(workspace).await?;
        quote::expire(&mut tx, scene.today()).await?;
        loop {
            let due = prospect::nurture_due(&mut tx, scene.now, BATCH_MAX).await?;
            if due.is_empty() {
                break;
            }
            for pursuit in due {
                self.wake(&mut tx, &scene, pursuit).await?;
            }
        }
        // An hour after midnight would be skipped or doubled when the clock changes; five in the morning never is.
        let tomorrow = self.day_after(&scene, scene.today()) + SignedDuration::from_hours(5);
        self.ask_daily(&mut tx, tomorrow).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    async fn wake(&self, tx: &mut Tx, scene: &Scene, mut pursuit: prospect::Prospect) -> Result<()> {
        let text = say(language_of(&scene.workspace), "sales.wake_up", &[]);
        let (state, step) = apply(pursuit.state, pursuit.step, Move::Wake).map_err(refused)?;
        pursuit.state = state;
        pursuit.step_since = scene.now;
        pursuit.nurture_until = None;
        pursuit.next_action = Some(text.clone());
        pursuit.next_action_kind = Some("mail".to_owned());
        pursuit.next_action_at = Some(scene.now);
        // What rested from its first day on was never answered: the agreed time begins now.
        if pursuit.responded_at.is_none() {
            pursuit.response_due_at = scene.response_due_at();
        }
        prospect::save(tx, &pursuit).await?;
        self.watch_response(tx, &pursuit).await?;
        let mut reminder = Task::new(self.new_id(), "wake_up", &text, scene.now, scene.now);
        reminder.prospect_id = Some(pursuit.id);
        reminder.company_id = Some(pursuit.company_id);
        reminder.contact_id = Some(pursuit.contact_id);
        reminder.assignee_id = Some(pursuit.owner_id);
        task::insert(tx, &reminder).await?;
        let data = json!({ "from_state": "nurture", "to": step.as_str() });
        self.announce(tx, &self.prospect_event(Actor::System, "prospect.moved", &pursuit, &data)).await?;
        Ok(())
    }
}
