//! A person says whose a mail is that matched nobody. From there on it is a reply like any other: the outreach is held,
//! the words are read, and the rules decide.

use kiem_domain::id::{InboundId, LeadId};
use kiem_domain::inbound::Outcome;
use kiem_store::event::{self, Actor};
use kiem_store::inbound;
use kiem_store::outreach_stop::{self, StopScope};

use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

impl Engine {
    /// Files a mail that matched nobody under a lead.
    ///
    /// # Errors
    /// When the mail or the lead is not there; refused when the mail belongs to somebody already, is no mail of a
    /// person, or the lead was erased.
    pub async fn file_reply(&self, caller: &Caller, id: InboundId, lead: LeadId) -> Result<()> {
        caller.may(Permission::JudgeEngagement)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut mail = inbound::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if mail.lead_id.is_some() {
            return Err(EngineError::refused("reply_has_lead"));
        }
        if mail.outcome != Outcome::NoMatch.as_str() {
            return Err(EngineError::refused("reply_not_of_person"));
        }
        self.attach_reply(&mut tx, &mut mail, lead).await?;
        inbound::mark_read(&mut tx, id, now).await?;
        outreach_stop::pause(&mut tx, StopScope::Lead(lead), "reply", None).await?;
        let mut received = self.event(Actor::Lead, "reply.received", "inbound", Some(id.0));
        received.occurred_at = mail.received_at;
        let mut filed = self.event(caller.actor, "reply.filed", "inbound", Some(id.0));
        for happened in [&mut received, &mut filed] {
            happened.company_id = mail.company_id;
            happened.contact_id = mail.contact_id;
        }
        let snippet: String = mail.text.chars().take(200).collect();
        received.data = serde_json::json!({
            "subject": mail.subject,
            "snippet": snippet,
            "from_name": mail.from_name,
            "is_same_person": false,
        })
        .to_string();
        self.announce(&mut tx, &received).await?;
        event::append(&mut tx, &filed).await?;
        let payload = serde_json::json!({ "inbound": id.0 }).to_string();
        self.enqueue(&mut tx, JobKind::ClassifyReply, &id.to_string(), &payload, now).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
