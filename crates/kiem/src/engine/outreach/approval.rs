//! The approval queue: what a person approved is byte for byte what is sent.

use kiem_domain::id::{CampaignId, MessageId, UserId};
use kiem_domain::sequence::zone_of;
use kiem_store::event::Actor;
use kiem_store::job::{self, Queue};
use kiem_store::message::{self, Message, MessageFilter, MessageState};
use kiem_store::{Tx, campaign};

use super::window_of;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Drafts that "approve all seen" takes at once.
const APPROVE_MAX: usize = 500;
/// Longest text of a mail.
const TEXT_CHARS_MAX: usize = 20_000;

/// A draft as its approver saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: MessageId,
    /// Subject on the screen.
    pub subject: String,
    /// Text on the screen.
    pub body: String,
}

impl Engine {
    /// Messages of a campaign, or of all.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn messages(&self, caller: &Caller, filter: MessageFilter) -> Result<Vec<Message>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(message::list(&mut tx, filter).await?)
    }

    /// One message.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn message(&self, caller: &Caller, id: MessageId) -> Result<Message> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        message::find(&mut tx, id).await?.ok_or(EngineError::NotFound)
    }

    /// Approves drafts exactly as they were seen; who changed meanwhile is left out, and a draft to somebody who may not
    /// be mailed any more stops with the reason. Returns the ids that were approved.
    ///
    /// # Errors
    /// When the role does not allow it, too many are given, or the database fails.
    pub async fn approve(&self, caller: &Caller, seen: &[Seen]) -> Result<Vec<MessageId>> {
        caller.may(Permission::WorkCampaigns)?;
        let Actor::User(user) = caller.actor else { return Err(EngineError::refused("approval_by_person")) };
        if seen.len() > APPROVE_MAX {
            return Err(EngineError::field("messages", "too_many"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut approved = Vec::new();
        for one in seen {
            if self.approve_one(&mut tx, one, UserId(user)).await? {
                approved.push(one.id);
            }
        }
        if !approved.is_empty() {
            let detail = serde_json::json!({ "n": approved.len() });
            self.audit(&mut tx, caller, "mails.approved", "message", None, &detail).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(approved)
    }

    async fn approve_one(&self, tx: &mut Tx, seen: &Seen, by: UserId) -> Result<bool> {
        let now = self.now();
        let Some(draft) = message::find(tx, seen.id).await? else { return Ok(false) };
        let (Some(campaign_id), Some(lead)) = (draft.new.campaign_id, draft.new.lead_id) else {
            return Ok(false);
        };
        let Some(campaign) = campaign::find(tx, campaign_id).await? else { return Ok(false) };
        let Some(person) = campaign::recipient(tx, lead).await? else { return Ok(false) };
        if draft.new.state == MessageState::Draft && self.stop_if_blocked(tx, &person, &draft.new).await? {
            return Ok(false);
        }
        let (workspace, _) = self.workspace(tx.workspace()).await?;
        let own = jiff::tz::TimeZone::get(&workspace.time_zone)
            .map_err(|e| EngineError::Outside(format!("the workspace's time zone is unknown: {e}")))?;
        let zone = zone_of(person.time_zone.as_deref(), person.country.as_deref(), &own);
        let due_at = window_of(&campaign).next(&zone, draft.new.due_at.unwrap_or(now).max(now));
        let done = message::approve(tx, seen.id, (&seen.subject, &seen.body), by, due_at, now).await?;
        if done {
            job::wake(tx, Queue::Send, due_at).await?;
        }
        Ok(done)
    }

    /// Changes a draft's words. An edited text has no open places, so a template problem is gone.
    ///
    /// # Errors
    /// When the words are not acceptable, or the draft is not a draft any more.
    pub async fn edit_draft(&self, caller: &Caller, id: MessageId, subject: &str, body: &str) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        if kiem_domain::message::HeaderText::new(subject).is_err() || subject.trim().is_empty() {
            return Err(EngineError::field("subject", "subject"));
        }
        if body.trim().is_empty()
            || body.chars().count() > TEXT_CHARS_MAX
            || body.contains("{{")
            || body.contains("{%")
        {
            return Err(EngineError::field("body", "mail_text"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let draft = message::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if let Some(line) = self.lost_line(&mut tx, &draft.new, body).await? {
            return Err(EngineError::field("body", line.error()));
        }
        if !message::edit_draft(&mut tx, id, subject.trim(), body, None).await? {
            return Err(EngineError::Conflict);
        }
        self.audit(&mut tx, caller, "mail.changed", "message", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Takes a mail out that was not handed over yet; the sequence goes on without it.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it is too late.
    pub async fn stop_message(&self, caller: &Caller, id: MessageId) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = message::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if !message::stop(&mut tx, id, "stopped_by_person", now).await? {
            return Err(EngineError::Conflict);
        }
        let mut happened = self.event(caller.actor, "message.stopped", "message", Some(id.0));
        happened.company_id = found.new.company_id;
        happened.contact_id = found.new.contact_id;
        happened.data = serde_json::json!({ "subject": found.new.subject }).to_string();
        self.announce(&mut tx, &happened).await?;
        if let Some(enrolment) = found.new.enrolment_id {
            self.enqueue(&mut tx, JobKind::AdvanceEnrolment, &enrolment.to_string(), "{}", now).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// A person decides about an uncertain mail: it is treated as sent. It is never sent again by the machine.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it is not uncertain.
    pub async fn accept_uncertain(&self, caller: &Caller, id: MessageId) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let found = self.message(caller, id).await?;
        if found.new.state != MessageState::Uncertain {
            return Err(EngineError::Conflict);
        }
        self.settle_as_sent(caller, &found, "person").await
    }

    /// Counts of a campaign's messages by state.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn message_counts(
        &self,
        caller: &Caller,
        campaign: Option<CampaignId>,
    ) -> Result<Vec<(MessageState, i64)>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(message::counts(&mut tx, campaign).await?)
    }
}
