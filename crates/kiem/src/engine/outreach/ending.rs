//! How campaigns and what they need come to an end: finished by themselves, put away by a person, people taken out.

use kiem_domain::id::{CampaignId, LeadId, MailboxId};
use kiem_store::event::Actor;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{Tx, archive, booking, campaign, mailbox};
use serde_json::json;
use uuid::Uuid;

use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

impl Engine {
    /// Ends the campaigns in which nobody is left to mail, and says so on the timeline. Asked after everything that ends
    /// somebody's sequence.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn finish_campaigns(&self, tx: &mut Tx) -> Result<()> {
        for id in archive::finish_campaigns(tx).await? {
            let name = campaign::find(tx, id).await?.map(|c| c.name).unwrap_or_default();
            let mut happened = self.event(Actor::System, "campaign.finished", "campaign", Some(id.0));
            happened.data = json!({ "name": name }).to_string();
            self.announce(tx, &happened).await?;
        }
        Ok(())
    }

    /// Asks for a look at whether campaigns are over, after somebody's sequence was stopped.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn ask_finish(&self, tx: &mut Tx) -> Result<()> {
        self.enqueue(tx, JobKind::AdvanceSequences, "all", "{}", self.now()).await
    }

    /// Takes a lead out of a campaign: nothing more of it goes to them. What was sent stays.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the lead is not in it; [`EngineError::Conflict`] when it is over for them already.
    pub async fn take_out(&self, caller: &Caller, id: CampaignId, lead: LeadId) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = campaign::enrolment_of(&mut tx, id, lead).await?.ok_or(EngineError::NotFound)?;
        if !matches!(found.state.as_str(), "active" | "paused") {
            return Err(EngineError::Conflict);
        }
        outreach_stop::stop(&mut tx, StopScope::Enrolment(found.id), "taken_out", self.now()).await?;
        campaign::mark_resting(&mut tx, lead).await?;
        let detail = json!({ "campaign": id.0 });
        self.audit(&mut tx, caller, "campaign.lead_taken_out", "lead", Some(lead.0), &detail).await?;
        let mut happened = self.event(caller.actor, "lead.taken_out", "lead", Some(lead.0));
        happened.company_id = Some(found.company_id);
        happened.contact_id = Some(found.contact_id);
        happened.data = detail.to_string();
        self.announce(&mut tx, &happened).await?;
        self.finish_campaigns(&mut tx).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Puts a campaign away, or takes it out again. Who is still in it gets nothing more.
    ///
    /// # Errors
    /// Refused while it runs: pause it first, so that everybody sees that it stops.
    pub async fn archive_campaign(&self, caller: &Caller, id: CampaignId, away: bool) -> Result<()> {
        caller.may(Permission::WorkCampaigns)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = campaign::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if found.state == "running" {
            return Err(EngineError::refused("campaign_runs"));
        }
        if away {
            outreach_stop::stop(&mut tx, StopScope::Campaign(id), "archived", now).await?;
        }
        if !archive::campaign(&mut tx, id, away.then_some(now)).await? {
            return Err(EngineError::Conflict);
        }
        self.put_away(&mut tx, caller, "campaign", id.0, away, &found.name).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Puts a mailbox away, or takes it out again, paused. Its mails stay readable.
    ///
    /// # Errors
    /// Refused while a campaign or a booking page needs it.
    pub async fn archive_mailbox(&self, caller: &Caller, id: MailboxId, away: bool) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if away && archive::mailbox_is_needed(&mut tx, id).await? {
            return Err(EngineError::refused("mailbox_in_use"));
        }
        archive::mailbox(&mut tx, id, away.then_some(self.now())).await?;
        self.put_away(&mut tx, caller, "mailbox", id.0, away, &found.address).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Puts a booking page away, or takes it out again, closed. Appointments stand.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn archive_booking_page(&self, caller: &Caller, id: Uuid, away: bool) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = booking::page(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        archive::booking_page(&mut tx, id, away.then_some(self.now())).await?;
        self.put_away(&mut tx, caller, "booking_page", id, away, &found.slug).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    async fn put_away(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        what: &str,
        id: Uuid,
        away: bool,
        name: &str,
    ) -> Result<()> {
        let action = format!("{what}.{}", if away { "archived" } else { "unarchived" });
        self.audit(tx, caller, &action, what, Some(id), &json!({ "name": name })).await
    }
}
