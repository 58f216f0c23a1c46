//! Sales: the board, the record of a prospect, next actions, deals, quotes, Today.

pub mod acceptance;
pub mod actions;
pub mod board;
pub mod close;
pub mod daily;
pub mod deadline;
pub mod deal;
pub(crate) mod known;
pub mod quotes;
pub mod record;
pub mod reply;
pub mod send_quote;
pub mod steps;
pub mod tasks;
pub(crate) mod their_turn;
pub mod today;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::conversation::{Cooling, CoolingFacts, Turn, cooling, turn};
use kiem_domain::id::{ProspectId, UserId, WorkspaceId};
use kiem_domain::opportunity::{Urgency, UrgencyFacts, urgency};
use kiem_domain::qualification::{Aspect, Level};
use kiem_domain::working_time::{WorkingHours, working_deadline};
use kiem_store::account::Workspace;
use kiem_store::event::{Actor, Event};
use kiem_store::prospect::{self, Prospect, ProspectCard};
use kiem_store::{Tx, opportunity};
use serde_json::Value as Json;

use super::settings::Settings;
use super::{Caller, Engine, EngineError, Result};

/// What a deal is taken for while nothing was ever sold or estimated, in cents: only an order of magnitude, so that
/// pursuits without a value are not forgotten.
const VALUE_USUAL_CENTS: i64 = 5_000_00;
/// Longest text that a person may type into a note, an answer or a reason.
pub(crate) const TEXT_MAX: usize = 20_000;

/// The workspace's side of a decision: its clock, zone and hours.
pub(crate) struct Scene {
    pub workspace: Workspace,
    pub settings: Settings,
    pub zone: TimeZone,
    pub hours: WorkingHours,
    pub now: Timestamp,
}

impl Scene {
    /// Today's date in the workspace.
    pub fn today(&self) -> jiff::civil::Date {
        self.now.to_zoned_datetime(self.zone.clone()).date()
    }

    /// When an answer that is owed from now on is due.
    pub fn response_due_at(&self) -> Timestamp {
        let minutes = i64::from(self.settings.response_hours) * 60;
        working_deadline(self.now, minutes, &self.hours, &self.zone)
    }

    /// So many working days from now.
    pub fn in_working_days(&self, days: i64) -> Timestamp {
        working_deadline(self.now, days * self.hours.day_minutes(), &self.hours, &self.zone)
    }
}

/// The one next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextAction {
    /// What.
    pub text: String,
    /// `reply`, `call`, `mail`, `meeting`, `quote` or `other`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

/// A pursuit with everything that a list says about it.
#[derive(Debug, Clone)]
pub struct Card {
    /// The pursuit, its company and person.
    pub card: ProspectCard,
    /// The five aspects.
    pub levels: [(Aspect, Level); 5],
    /// How warm it is.
    pub cooling: Cooling,
    /// Whose turn it is.
    pub turn: Turn,
    /// How urgent it is, and why.
    pub urgency: Urgency,
}

/// Says how warm and how urgent a pursuit is.
pub(crate) fn judge(prospect: &Prospect, usual_cents: i64, scene: &Scene) -> (Cooling, Turn, Urgency) {
    let whose = turn(prospect.theirs_at, prospect.ours_at);
    let touched_at =
        [Some(prospect.promoted_at), Some(prospect.step_since), prospect.theirs_at, prospect.ours_at]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(prospect.promoted_at);
    let facts = CoolingFacts {
        step: prospect.step,
        touched_at,
        next_action_at: prospect.next_action_at,
        turn: whose,
    };
    let warmth = cooling(&facts, scene.now, &scene.hours, &scene.zone);
    let facts = UrgencyFacts {
        value_cents: prospect.value_cents,
        value_usual_cents: usual_cents,
        chance_percent: prospect.chance_percent,
        response_due_at: prospect.responded_at.is_none().then_some(prospect.response_due_at),
        next_action_at: prospect.next_action_at,
        cooling: warmth,
        turn: whose,
    };
    (warmth, whose, urgency(&facts, scene.now, &scene.zone))
}

impl Caller {
    /// The person behind the caller, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(UserId(id)),
            _ => None,
        }
    }
}

impl Engine {
    /// Clock, zone and hours of a workspace.
    pub(crate) async fn scene(&self, id: WorkspaceId) -> Result<Scene> {
        let (workspace, settings) = self.workspace(id).await?;
        let zone = TimeZone::get(&workspace.time_zone)
            .map_err(|e| EngineError::Outside(format!("the zone of a workspace is not known: {e}")))?;
        Ok(Scene { workspace, settings, zone, hours: WorkingHours::office(), now: self.now() })
    }

    /// When the first answer to a new prospect is due: working hours of the workspace, from now on.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub async fn response_due_at(&self, workspace: WorkspaceId) -> Result<Timestamp> {
        Ok(self.scene(workspace).await?.response_due_at())
    }

    /// An event on the timeline of a pursuit.
    pub(crate) fn prospect_event(&self, actor: Actor, kind: &str, prospect: &Prospect, data: &Json) -> Event {
        let mut event = self.event(actor, kind, "prospect", Some(prospect.id.0));
        event.company_id = Some(prospect.company_id);
        event.contact_id = Some(prospect.contact_id);
        event.prospect_id = Some(prospect.id);
        event.data = data.to_string();
        event
    }

    /// Cards for pursuits: their aspects, warmth and urgency.
    pub(crate) async fn cards(
        &self,
        tx: &mut Tx,
        scene: &Scene,
        cards: Vec<ProspectCard>,
    ) -> Result<Vec<Card>> {
        let usual = opportunity::usual_value_cents(tx).await?.unwrap_or(VALUE_USUAL_CENTS);
        let ids: Vec<ProspectId> = cards.iter().map(|card| card.prospect.id).collect();
        let found = kiem_store::finding::of_prospects(tx, &ids).await?;
        Ok(cards
            .into_iter()
            .map(|card| {
                let own: Vec<_> = found
                    .iter()
                    .filter(|f| f.prospect_id == card.prospect.id)
                    .map(|f| f.finding.clone())
                    .collect();
                let (cooling, turn, urgency) = judge(&card.prospect, usual, scene);
                Card { levels: kiem_domain::qualification::levels(&own), card, cooling, turn, urgency }
            })
            .collect())
    }

    /// A pursuit that is about to be changed. `version` is the one that the caller saw, when it says so.
    pub(crate) async fn pursuit(
        &self,
        tx: &mut Tx,
        id: ProspectId,
        version: Option<i64>,
    ) -> Result<Prospect> {
        let prospect = prospect::get(tx, id).await?;
        if version.is_some_and(|seen| seen != prospect.version) {
            return Err(EngineError::Conflict);
        }
        Ok(prospect)
    }
}

/// Text that a person typed: trimmed, not empty, not endless.
pub(crate) fn typed(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(EngineError::field(field, "required"));
    }
    bounded(field, text)
}

/// Text that may be empty, but not endless.
pub(crate) fn bounded(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > TEXT_MAX || text.contains('\0') {
        return Err(EngineError::field(field, "text_too_long"));
    }
    Ok(text.to_owned())
}

/// Puts the next action on a pursuit.
pub(crate) fn plan(prospect: &mut Prospect, next: &NextAction, now: Timestamp) -> Result<()> {
    const KINDS: [&str; 6] = ["reply", "call", "mail", "meeting", "quote", "other"];
    if !KINDS.contains(&next.kind.as_str()) {
        return Err(EngineError::field("next_action.kind", "unknown_choice"));
    }
    // A minute of grace: "now" is typed slowly.
    if next.at < now - SignedDuration::from_mins(1) {
        return Err(EngineError::field("next_action.at", "past_moment"));
    }
    prospect.next_action = Some(typed("next_action.text", &next.text)?);
    prospect.next_action_kind = Some(next.kind.clone());
    prospect.next_action_at = Some(next.at);
    Ok(())
}
