//! Promotion: recording what the other side did, deciding about the lead, and carrying the decision out.

mod apply;
pub mod facts;
mod history;
mod inbound_request;
mod judge;
mod promote;
mod receipt;
mod replay;
mod rules;
mod undo;

pub(crate) use apply::start_of;
pub(crate) use inbound_request::keeps_lead;
pub(crate) use judge::override_in_force;
pub use judge::{OverrideInput, ReplyJudgement};
pub use receipt::{ReceiptEvidence, ReceiptView};
pub use replay::{Replay, ReplayedLead};
pub use rules::{Rules, Threshold, ThresholdView};

use std::collections::BTreeSet;

use jiff::Timestamp;
use kiem_domain::id::{
    CompanyId, ContactId, EngagementId, InboundId, LeadId, LinkId, MessageId, WorkspaceId,
};
use kiem_domain::promotion::{Decision, EventKind, decide};
use kiem_store::engagement::{self, Engagement};
use kiem_store::{Tx, merge, promotion};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::jobs::JobKind;
use super::{Engine, EngineError, Result};

/// One thing that the other side did, to be recorded.
#[derive(Debug, Clone)]
pub struct NewEngagement {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What happened. Deliveries, opens and decisions of persons are refused: they are kept elsewhere.
    pub what: EventKind,
    /// The lead that it counts for.
    pub lead: Option<LeadId>,
    /// The person.
    pub contact: Option<ContactId>,
    /// The company.
    pub company: Option<CompanyId>,
    /// The mail of ours that it follows.
    pub message: Option<MessageId>,
    /// The link.
    pub link: Option<LinkId>,
    /// The received mail.
    pub inbound: Option<InboundId>,
    /// The visit.
    pub web_session: Option<Uuid>,
    /// Where it came from (`mail`, `smtp`, `click`, `site`, `booking`, `cal_com`, `calendly`, `form`, `opt_out`).
    pub source: &'static str,
    /// Identity at the source: the same act is taken once.
    pub external_id: String,
}

/// Payload of the job that decides.
#[derive(Debug, Serialize, Deserialize)]
struct DecideJob {
    lead: Uuid,
}

impl Engine {
    /// Records an act of the other side and asks for a decision about the lead, in the given transaction. The same act
    /// is taken once; a visit that goes on replaces its earlier report. Returns whether anything was new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_engagement(&self, tx: &mut Tx, new: &NewEngagement) -> Result<bool> {
        let rules = self.rules(tx).await?;
        let new_row = self.store_engagement(tx, new, &rules).await?;
        if let (true, Some(lead)) = (new_row, new.lead) {
            self.ask_decision(tx, lead, self.now()).await?;
        }
        Ok(new_row)
    }

    /// As [`Engine::record_engagement`], for a caller that decides in the same transaction.
    pub(crate) async fn store_engagement(
        &self,
        tx: &mut Tx,
        new: &NewEngagement,
        rules: &Rules,
    ) -> Result<bool> {
        let kind = facts::kind_of(&new.what);
        let (Some(kind), Some(data)) = (kind, facts::to_json(&new.what)?) else {
            return Err(EngineError::Outside("not an act of the other side".to_owned()));
        };
        let (grade, rule) = facts::first_grade(&new.what, &rules.config);
        let row = Engagement {
            id: self.new_id::<EngagementId>(),
            kind: kind.to_owned(),
            occurred_at: new.occurred_at,
            recorded_at: self.now(),
            lead_id: new.lead,
            contact_id: new.contact,
            company_id: new.company,
            message_id: new.message,
            link_id: new.link,
            inbound_id: new.inbound,
            web_session_id: new.web_session,
            grade,
            rule: rule.to_owned(),
            data,
            source: new.source.to_owned(),
            external_id: new.external_id.clone(),
        };
        Ok(engagement::insert(tx, &row, kind == "session").await?)
    }

    /// Asks for a decision about a lead at `at`. At most one waits per lead; asking for an earlier moment brings it
    /// forward.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_decision(&self, tx: &mut Tx, lead: LeadId, at: Timestamp) -> Result<()> {
        self.ask_decisions(tx, &BTreeSet::from([lead]), at).await
    }

    /// The same about several leads at once.
    pub(crate) async fn ask_decisions(
        &self,
        tx: &mut Tx,
        leads: &BTreeSet<LeadId>,
        at: Timestamp,
    ) -> Result<()> {
        let mut jobs = Vec::with_capacity(leads.len());
        for lead in leads {
            let payload = serde_json::to_string(&DecideJob { lead: lead.0 })
                .map_err(|e| EngineError::Outside(e.to_string()))?;
            jobs.push((lead.to_string(), payload));
        }
        self.enqueue_all(tx, JobKind::Decide, &jobs, at).await
    }

    /// The job: decides about one lead and carries the decision out, in one transaction. Safe to run twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_decision(&self, workspace: WorkspaceId, payload: &str) -> Result<()> {
        let job: DecideJob = serde_json::from_str(payload)
            .map_err(|e| EngineError::Outside(format!("a job cannot be read: {e}")))?;
        let mut tx = self.store().begin(workspace).await?;
        let mut decided = self.decide(&mut tx, LeadId(job.lead)).await;
        // Two records of the person became one meanwhile: the signal is about the one that stayed.
        if matches!(decided, Err(EngineError::NotFound))
            && let Some(lead) = merge::new_id_of(&mut tx, job.lead).await?
        {
            decided = self.decide(&mut tx, LeadId(lead)).await;
        }
        match decided {
            Ok(_) => {}
            // The lead was removed meanwhile: there is nothing to decide.
            Err(EngineError::NotFound) => return Ok(()),
            Err(error) => return Err(error),
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// Decides about one lead and carries the decision out, in the given transaction. Workers that decide about the same
    /// company wait for each other, so a lead is promoted once.
    ///
    /// # Errors
    /// When there is no such lead or the database fails.
    pub async fn decide(&self, tx: &mut Tx, lead: LeadId) -> Result<Decision> {
        let lead = promotion::lock_for_decision(tx, lead).await?;
        let rules = self.rules(tx).await?;
        let now = self.now();
        let history = self.history(tx, &lead, &rules).await?;
        let decision = decide(&history, &rules.config, now);
        self.apply(tx, &lead, &rules, &history, &decision).await?;
        Ok(decision)
    }
}
