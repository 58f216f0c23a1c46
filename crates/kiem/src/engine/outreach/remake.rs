//! Filling drafts again that could not be filled, after somebody mended the sequence. Drafts without a problem stay: what a
//! person may have seen or edited does not change under their eyes.

use jiff::Timestamp;
use kiem_domain::id::{CampaignId, MessageId, WorkspaceId};
use kiem_store::job::Job;
use kiem_store::message::{self, MessageFilter, MessageState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// Drafts that one transaction looks at.
const DRAFTS_PER_RUN: i64 = 200;

/// Payload of the job: the last draft that was looked at, when it was made (RFC 3339) and which.
#[derive(Debug, Default, Serialize, Deserialize)]
struct RemakeJob {
    after: Option<(String, Uuid)>,
}

impl Engine {
    /// The job: fills the next drafts of the campaign that have a problem again, and asks for itself until all were seen.
    ///
    /// # Errors
    /// When the database fails; then nothing changed and it is done again.
    pub(crate) async fn remake_drafts(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let broken = |e: &dyn std::fmt::Display| EngineError::Outside(format!("a job cannot be read: {e}"));
        let campaign: CampaignId = job.dedup_key.parse().map_err(|e| broken(&e))?;
        let so_far: RemakeJob = serde_json::from_str(&job.payload).map_err(|e| broken(&e))?;
        let mut tx = self.store().begin(workspace).await?;
        let context = match self.draft_context(&mut tx, campaign).await {
            Err(EngineError::NotFound) => return Ok(()),
            other => other?,
        };
        let after = match so_far.after {
            Some((at, id)) => Some((at.parse::<Timestamp>().map_err(|e| broken(&e))?, MessageId(id))),
            None => None,
        };
        let filter = MessageFilter {
            campaign: Some(campaign),
            state: Some(MessageState::Draft),
            after,
            limit: DRAFTS_PER_RUN,
        };
        let drafts = message::list(&mut tx, filter).await?;
        for draft in drafts.iter().filter(|draft| draft.new.problem.is_some()) {
            self.remake_draft(&mut tx, &context, &draft.new).await?;
        }
        if let Some(last) = drafts.last().filter(|_| drafts.len() as i64 == DRAFTS_PER_RUN) {
            let next = RemakeJob { after: Some((last.created_at.to_string(), last.new.id.0)) };
            let payload = serde_json::to_string(&next).map_err(|e| broken(&e))?;
            self.enqueue(&mut tx, JobKind::RemakeDrafts, &job.dedup_key, &payload, self.now()).await?;
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }
}
