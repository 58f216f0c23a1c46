//! The response deadline: the owner hears of it an hour before it passes, and owner and leaders when it has passed.

use jiff::SignedDuration;
use kiem_domain::id::{ProspectId, WorkspaceId};
use kiem_store::prospect::{self, Prospect};
use kiem_store::{StoreError, Tx, notification};
use serde_json::json;

use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result, Role};

/// How long before the deadline the owner is warned.
const WARN_BEFORE: SignedDuration = SignedDuration::from_hours(1);

impl Engine {
    /// Asks for the watch over a pursuit that waits for an answer of ours.
    pub(crate) async fn watch_response(&self, tx: &mut Tx, pursuit: &Prospect) -> Result<()> {
        if pursuit.responded_at.is_some() || !pursuit.state.is_active() {
            return Ok(());
        }
        let at = (pursuit.response_due_at - WARN_BEFORE).max(self.now());
        self.enqueue(tx, JobKind::WatchResponse, &pursuit.id.to_string(), "{}", at).await
    }

    /// The job: warns before the deadline, says when it passed, each once, and waits for what is next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn response_watch(&self, workspace: WorkspaceId, id: ProspectId) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin(workspace).await?;
        let pursuit = match prospect::lock(&mut tx, id).await {
            Err(StoreError::NotFound) => return Ok(()),
            found => found?,
        };
        if pursuit.responded_at.is_some() || !pursuit.state.is_active() {
            return Ok(());
        }
        let due = pursuit.response_due_at;
        let warn_at = due - WARN_BEFORE;
        let data = json!({ "at": due.to_string() });
        if now >= due {
            if !notification::was_told(&mut tx, "response.missed", Some(id.0), due).await? {
                self.notify_owner(&mut tx, &pursuit, "response.missed", &data).await?;
                self.escalate(&mut tx, &pursuit, &data).await?;
            }
        } else {
            let next = if now < warn_at { warn_at } else { due };
            if now >= warn_at
                && !notification::was_told(&mut tx, "response.due_soon", Some(id.0), warn_at).await?
            {
                self.notify_owner(&mut tx, &pursuit, "response.due_soon", &data).await?;
            }
            self.enqueue(&mut tx, JobKind::WatchResponse, &id.to_string(), "{}", next).await?;
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// A missed deadline is also told to those who lead, in the page.
    async fn escalate(&self, tx: &mut Tx, pursuit: &Prospect, data: &serde_json::Value) -> Result<()> {
        let card = prospect::card(tx, pursuit.id).await?;
        let mut data = data.clone();
        if let Some(data) = data.as_object_mut() {
            data.insert("contact".to_owned(), card.contact_name.into());
            data.insert("contact_id".to_owned(), pursuit.contact_id.0.to_string().into());
            data.insert("company".to_owned(), card.company_name.into());
        }
        let owner_sells = self.may_own(tx, pursuit.owner_id).await?;
        if !owner_sells {
            return Ok(());
        }
        for user in self.members_with(tx, &[Role::Owner, Role::Manager]).await? {
            if user != pursuit.owner_id {
                self.tell(tx, user, "response.missed", "prospect", Some(pursuit.id.0), &data).await?;
            }
        }
        Ok(())
    }
}

/// The pursuit that a job is about.
pub(crate) fn pursuit_of(key: &str) -> Result<ProspectId> {
    key.parse().map_err(|_| EngineError::Outside("a job without its id".to_owned()))
}
