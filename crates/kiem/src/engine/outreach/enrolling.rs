//! Who comes into a campaign, who stays out, and whom its tasks could not reach: counted before anybody is put in, with the
//! gate that is asked again before each mail and each task.

use jiff::Timestamp;
use kiem_domain::gate::{Channel, ChannelReach};
use kiem_domain::id::{CampaignId, LeadId};
use kiem_store::campaign::{self, Campaign, Enrolment, Step};
use kiem_store::{Tx, prospect};

use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Leads that one call enrols at most; larger selections come in pieces.
const ENROL_MAX: usize = 10_000;

/// What became of an enrolment, or would become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolResult {
    /// New in the campaign.
    pub added: u64,
    /// Were in it already.
    pub already: u64,
    /// May not be mailed, or are with sales.
    pub blocked: u64,
    /// Mail, among everybody who was given; then each channel of a task of the sequence, among who comes in.
    pub channels: Vec<ChannelReach>,
}

/// Leads by what becomes of them.
struct Sorted {
    enrolments: Vec<Enrolment>,
    already: u64,
    blocked: u64,
    channels: Vec<ChannelReach>,
}

impl Engine {
    /// Adds leads to a campaign. Who is in it already, is a prospect, or must not be mailed is left out, with the count; so
    /// are colleagues of a prospect or customer, unless the workspace wants a promotion to stop one person only. A campaign
    /// that was finished runs again.
    ///
    /// # Errors
    /// When too many are given, the campaign is not there or was put away, or the database fails.
    pub async fn enrol(&self, caller: &Caller, id: CampaignId, leads: &[LeadId]) -> Result<EnrolResult> {
        caller.may(Permission::WorkCampaigns)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = open_campaign(&mut tx, id, leads).await?;
        let sorted = self.sort_leads(&mut tx, id, leads, now).await?;
        let asked = sorted.enrolments.len() as u64;
        let added = campaign::enrol(&mut tx, &sorted.enrolments, now).await?;
        if added > 0 && found.state == "finished" {
            campaign::move_state(&mut tx, id, ["finished", "finished"], "running", now).await?;
            let mut happened = self.event(caller.actor, "campaign.started", "campaign", Some(id.0));
            happened.data = serde_json::json!({ "name": found.name }).to_string();
            self.announce(&mut tx, &happened).await?;
        }
        if matches!(found.state.as_str(), "running" | "finished") {
            self.enqueue(&mut tx, JobKind::AdvanceSequences, "all", "{}", now).await?;
        }
        let detail = serde_json::json!({ "n": added });
        self.audit(&mut tx, caller, "campaign.enrolled", "campaign", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(EnrolResult {
            added,
            already: sorted.already + (asked - added),
            blocked: sorted.blocked,
            channels: sorted.channels,
        })
    }

    /// What would become of these leads in a campaign; nobody is put in.
    ///
    /// # Errors
    /// As [`Engine::enrol`].
    pub async fn enrolment_reach(
        &self,
        caller: &Caller,
        id: CampaignId,
        leads: &[LeadId],
    ) -> Result<EnrolResult> {
        caller.may(Permission::WorkCampaigns)?;
        let mut tx = self.store().read(caller.workspace).await?;
        open_campaign(&mut tx, id, leads).await?;
        let sorted = self.sort_leads(&mut tx, id, leads, self.now()).await?;
        Ok(EnrolResult {
            added: sorted.enrolments.len() as u64,
            already: sorted.already,
            blocked: sorted.blocked,
            channels: sorted.channels,
        })
    }

    async fn sort_leads(
        &self,
        tx: &mut Tx,
        id: CampaignId,
        leads: &[LeadId],
        now: Timestamp,
    ) -> Result<Sorted> {
        let spares_companies = self.rules(tx).await?.stops_company;
        let mut people = Vec::new();
        for lead in leads {
            people.extend(campaign::recipient(tx, *lead).await?);
        }
        let contacts: Vec<_> = people.iter().map(|person| person.contact_id).collect();
        let at_gate = self.at_gate(tx, &contacts).await?;
        let mut mail = ChannelReach::new(Channel::Mail);
        let mut by_hand = channels_by_hand(&campaign::steps(tx, id).await?);
        let mut sorted = Sorted { enrolments: Vec::new(), already: 0, blocked: 0, channels: Vec::new() };
        for person in &people {
            let verdict = at_gate.verdict(person.contact_id, Channel::Mail);
            mail.add(&verdict);
            if !verdict.is_allowed()
                || !campaign::may_enrol(tx, person.lead_id).await?
                || (spares_companies && prospect::is_with_sales(tx, person.company_id).await?)
            {
                sorted.blocked += 1;
                continue;
            }
            if campaign::enrolment_of(tx, id, person.lead_id).await?.is_some() {
                sorted.already += 1;
                continue;
            }
            for reach in &mut by_hand {
                reach.add(&at_gate.verdict(person.contact_id, reach.channel));
            }
            sorted.enrolments.push(Enrolment {
                id: self.new_id(),
                campaign_id: id,
                lead_id: person.lead_id,
                contact_id: person.contact_id,
                company_id: person.company_id,
                state: "active".to_owned(),
                reason: None,
                position: 0,
                due_at: Some(now),
                paused_until: None,
            });
        }
        sorted.channels = std::iter::once(mail).chain(by_hand).map(ChannelReach::done).collect();
        Ok(sorted)
    }
}

/// A campaign to which these leads can be added.
async fn open_campaign(tx: &mut Tx, id: CampaignId, leads: &[LeadId]) -> Result<Campaign> {
    if leads.len() > ENROL_MAX {
        return Err(EngineError::field("leads", "too_many"));
    }
    let found = campaign::find(tx, id).await?.ok_or(EngineError::NotFound)?;
    if found.archived_at.is_some() {
        return Err(EngineError::refused("archived"));
    }
    Ok(found)
}

/// Each channel that a task of the sequence takes, once, with nobody counted yet.
fn channels_by_hand(steps: &[Step]) -> Vec<ChannelReach> {
    let has = |channel: &Channel| {
        steps.iter().any(|step| step.task_channel.is_some_and(|task| task.channel() == *channel))
    };
    Channel::ALL.iter().filter(|channel| has(channel)).map(|channel| ChannelReach::new(*channel)).collect()
}
