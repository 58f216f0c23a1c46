//! A tracked link: answered at once, written down afterwards.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kiem_domain::engagement::click::Click;
use kiem_domain::engagement::page::PageKind;
use kiem_domain::engagement::{Actor, Ticket};
use kiem_domain::id::{LinkId, WorkspaceId};
use kiem_domain::promotion::EventKind;
use kiem_store::event::Actor as EventActor;
use kiem_store::site::{self, VisitMode};
use kiem_store::{Tx, account, link, message};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::site::host_of;
use super::staff::OwnNetworks;
use super::visitor::Visitor;
use crate::engine::keys::TokenKind;
use crate::engine::promotion::NewEngagement;
use crate::engine::{Engine, Result};

/// Clicks that wait to be written down; more are counted and dropped, the redirect never waits.
const QUEUE_MAX: usize = 10_000;
/// Clicks that one transaction writes down.
const GROUP_MAX: usize = 200;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The link.
    pub link: LinkId,
    /// The address, with the visit token when the site measures visits.
    pub location: String,
    /// Who opened it: the lead, or one of ourselves.
    pub actor: Actor,
}

/// One request for a link.
#[derive(Debug, Clone)]
pub struct ClickReport {
    /// Identity of this request.
    pub id: Uuid,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The link.
    pub link: LinkId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub visitor: Visitor,
    /// The lead, or one of ourselves.
    pub actor: Actor,
}

impl Engine {
    /// Where a link leads and who opens it; `None` for a token that this installation did not make, or whose target is no
    /// web address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirect_of(&self, token: &str, visitor: &Visitor) -> Result<Option<Redirect>> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Click, token).await? else {
            return Ok(None);
        };
        let mut tx = self.store().read(workspace).await?;
        let Some(link) = link::find(&mut tx, LinkId(claim.id)).await? else { return Ok(None) };
        let target = link.target_url;
        let Some(host) = host_of(&target) else { return Ok(None) };
        let sites = site::all(&mut tx).await?;
        let is_measured = sites.iter().any(|s| s.host == host && s.visit_mode != VisitMode::Off);
        let owner = account::workspace_in(&mut tx).await?;
        drop(tx);
        let is_logged_in = self.is_logged_in(&owner, visitor).await?;
        let actor = if is_logged_in { Actor::Staff } else { OwnNetworks::of(&owner)?.actor(visitor.ip) };
        let target = self.practice_target(&owner, &sites, &target).unwrap_or(target);
        // A log-in does not travel to the site, so a visit of ours could not be told from the lead's there: none begins.
        let location = if is_measured && !is_logged_in && !target.contains('#') {
            format!("{target}#k={}", self.entry_token(claim.workspace_number, link.id, self.now()))
        } else {
            target
        };
        Ok(Some(Redirect { workspace, link: link.id, location, actor }))
    }

    /// Writes clicks of one workspace down, in one transaction.
    ///
    /// # Errors
    /// When the database fails; then none is written.
    pub async fn record_clicks(&self, workspace: WorkspaceId, clicks: &[ClickReport]) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        for click in clicks {
            self.record_click(&mut tx, click).await?;
        }
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    async fn record_click(&self, tx: &mut Tx, report: &ClickReport) -> Result<()> {
        let Some(link) = link::find(tx, report.link).await? else { return Ok(()) };
        let Some(mail) = message::find(tx, link.message_id).await? else { return Ok(()) };
        // Whoever opened it, the mail arrived; one of ourselves has it from elsewhere.
        if report.actor != Actor::Staff {
            self.settle_in(tx, EventActor::System, &mail, "click").await?;
        }
        let visitor = &report.visitor;
        let click = Click {
            ticket: Ticket { message: link.message_id, link: link.id },
            page_kind: link.page_kind.parse().unwrap_or(PageKind::Page),
            source: self.source_of(visitor, report.at),
            network: self.network_of(visitor),
            user_agent: visitor.user_agent.clone(),
            method: visitor.method.clone(),
            purpose: visitor.purpose.clone(),
            actor: report.actor,
        };
        let new = NewEngagement {
            occurred_at: report.at,
            what: EventKind::Click(click),
            lead: mail.new.lead_id,
            contact: link.contact_id.or(mail.new.contact_id),
            company: link.company_id.or(mail.new.company_id),
            message: Some(link.message_id),
            link: Some(link.id),
            inbound: None,
            web_session: None,
            source: "click",
            external_id: report.id.to_string(),
        };
        // The decision now sees a provisional grade and comes back by itself when the grade has settled.
        if self.record_engagement(tx, &new).await? && report.actor == Actor::Lead {
            let mut happened = self.event(EventActor::Lead, "click.recorded", "link", Some(link.id.0));
            happened.occurred_at = report.at;
            happened.company_id = new.company;
            happened.contact_id = new.contact;
            happened.data = serde_json::json!({
                "lead_id": mail.new.lead_id.map(|l| l.0),
                "message_id": link.message_id.0,
                "url": link.target_url,
                "method": visitor.method,
            })
            .to_string();
            self.announce(tx, &happened).await?;
        }
        Ok(())
    }
}

/// The way of clicks into the database, behind the answer. Cheap to clone.
#[derive(Clone)]
pub struct ClickQueue {
    reports: mpsc::Sender<ClickReport>,
    dropped: Arc<AtomicU64>,
}

impl ClickQueue {
    /// Starts the writer; it ends when the last queue is dropped.
    pub fn start(engine: Engine) -> ClickQueue {
        let (reports, receiver) = mpsc::channel(QUEUE_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        tokio::spawn(write(engine, receiver, dropped.clone()));
        ClickQueue { reports, dropped }
    }

    /// Hands a click over without waiting.
    pub fn push(&self, report: ClickReport) {
        if self.reports.try_send(report).is_err() {
            let n = self.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::warn!(n, "a click could not be kept: the queue is full");
        }
    }

    /// Clicks that were answered and could not be kept since the start.
    pub fn n_dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

async fn write(engine: Engine, mut receiver: mpsc::Receiver<ClickReport>, dropped: Arc<AtomicU64>) {
    let mut batch = Vec::with_capacity(GROUP_MAX);
    while receiver.recv_many(&mut batch, GROUP_MAX).await > 0 {
        let mut groups: HashMap<WorkspaceId, Vec<ClickReport>> = HashMap::new();
        for report in batch.drain(..) {
            groups.entry(report.workspace).or_default().push(report);
        }
        for (workspace, group) in groups {
            let mut outcome = engine.record_clicks(workspace, &group).await;
            if outcome.is_err() {
                // A busy database is no reason to lose what somebody did.
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                outcome = engine.record_clicks(workspace, &group).await;
            }
            if let Err(error) = outcome {
                let n = u64::try_from(group.len()).unwrap_or(u64::MAX);
                let total = dropped.fetch_add(n, Ordering::Relaxed) + n;
                tracing::warn!(error = %error, n, total, "clicks could not be written down");
            }
        }
    }
}
