//! What a sales person writes down: the next action, notes, findings.

use kiem_domain::id::ProspectId;
use kiem_domain::qualification::{Aspect, Finding, FindingSource, Level};
use kiem_store::finding::{self, StoredFinding};
use kiem_store::note::{self, Note, NoteKind};
use kiem_store::prospect::{self, Prospect};
use serde_json::json;
use uuid::Uuid;

use super::{NextAction, bounded, plan, typed};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// A finding as a person records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFinding {
    /// About what.
    pub aspect: Aspect,
    /// How sure.
    pub level: Level,
    /// The words: what was said or seen.
    pub note: String,
    /// Where it comes from.
    pub source: FindingSource,
    /// The reply, booking or form it comes from.
    pub source_id: Option<Uuid>,
}

impl Engine {
    /// Sets the one next action. `finished` says that the one before was done: it goes onto the timeline.
    ///
    /// # Errors
    /// Refused when the prospect is closed; text and a moment in the future are needed.
    pub async fn set_next_action(
        &self,
        caller: &Caller,
        id: ProspectId,
        next: NextAction,
        finished: bool,
        version: Option<i64>,
    ) -> Result<Prospect> {
        caller.may(Permission::WorkProspects)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, version).await?;
        if !pursuit.state.is_active() {
            return Err(EngineError::refused("prospect_not_active"));
        }
        let before = pursuit.next_action.clone();
        plan(&mut pursuit, &next, now)?;
        if finished {
            pursuit.ours_at = Some(now);
            pursuit.responded_at.get_or_insert(now);
            let data = json!({ "text": before.unwrap_or_default() });
            self.announce(&mut tx, &self.prospect_event(caller.actor, "task.done", &pursuit, &data)).await?;
        }
        let data = json!({ "text": next.text, "at": next.at.to_string(), "next_action": true });
        self.announce(&mut tx, &self.prospect_event(caller.actor, "task.created", &pursuit, &data)).await?;
        prospect::save(&mut tx, &pursuit).await?;
        let pursuit = prospect::get(&mut tx, id).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(pursuit)
    }

    /// Writes down a note, a call or a meeting. A call or meeting is a touch of ours, and the first one an answer.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or without text.
    pub async fn add_note(
        &self,
        caller: &Caller,
        id: ProspectId,
        kind: NoteKind,
        text: &str,
    ) -> Result<Uuid> {
        caller.may(Permission::WorkProspects)?;
        let text = typed("text", text)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        let written = Note {
            id: self.new_id(),
            prospect_id: Some(id),
            company_id: pursuit.company_id,
            kind,
            text,
            created_by: caller.user().unwrap_or(Uuid::nil().into()),
            created_at: now,
        };
        note::insert(&mut tx, &written).await?;
        if kind != NoteKind::Note {
            pursuit.ours_at = Some(now);
            pursuit.responded_at.get_or_insert(now);
            prospect::save(&mut tx, &pursuit).await?;
        }
        let mut happened = self.prospect_event(
            caller.actor,
            "note.added",
            &pursuit,
            &json!({ "kind": kind.as_str(), "text": written.text.chars().take(200).collect::<String>() }),
        );
        happened.subject_kind = "note".to_owned();
        happened.subject_id = Some(written.id);
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(written.id)
    }

    /// Records a finding about one of the five aspects.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; anything but "unknown" needs the words that were said or seen.
    pub async fn add_finding(&self, caller: &Caller, id: ProspectId, new: NewFinding) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let note = match new.level {
            Level::Unknown => bounded("note", &new.note)?,
            _ => typed("note", &new.note)?,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        let pursuit = self.pursuit(&mut tx, id, None).await?;
        let stored = StoredFinding {
            id: self.new_id(),
            prospect_id: id,
            finding: Finding {
                aspect: new.aspect,
                level: new.level,
                note: note.clone(),
                source: new.source,
                found_at: self.now(),
            },
            source_id: new.source_id,
            found_by: caller.user(),
            reasons: None,
        };
        finding::insert(&mut tx, &stored).await?;
        let data = json!({ "aspect": new.aspect.as_str(), "level": new.level.as_str(), "note": note });
        self.announce(&mut tx, &self.prospect_event(caller.actor, "finding.recorded", &pursuit, &data))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
