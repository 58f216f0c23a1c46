//! The gate before the dot. Lanes ask it for the last check and tell it how a try ended; it groups what comes in within
//! a moment into one durable transaction, so that durability does not cost the rate.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{CompanyId, ContactId, EnrolmentId, LeadId, MailboxId, MessageId, WorkspaceId};
use kiem_domain::informing::InformedHow;
use kiem_store::dispatch::{self, Commit, CommitOrder, End};
use kiem_store::event::Actor;
use kiem_store::informing::{self, Told};
use kiem_store::{Tx, campaign, mailbox};
use tokio::sync::{mpsc, oneshot};

use super::journal::{Journal, JournalEntry, JournalOutcome};
use crate::engine::jobs::JobKind;
use crate::engine::{Engine, Result};

/// Requests that one transaction carries at most.
const GROUP_MAX: usize = 128;
/// Requests that may wait.
const QUEUE_MAX: usize = 1024;

/// One message on its way through the gate.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Message.
    pub id: MessageId,
    /// This worker's claim.
    pub epoch: i64,
    /// Whether it is outreach.
    pub is_outreach: bool,
    /// Under which hashes the recipient may be suppressed.
    pub suppression_hashes: Vec<Vec<u8>>,
    /// Key of the step in the journal.
    pub step_key: Vec<u8>,
    /// Mailbox.
    pub mailbox: MailboxId,
    /// Today, in the workspace's zone.
    pub day: Date,
    /// The mailbox's daily cap.
    pub cap: i64,
    /// When the next day begins.
    pub tomorrow: Timestamp,
    /// Enrolment, lead, person and company, for what follows from it.
    pub enrolment: Option<EnrolmentId>,
    /// See `enrolment`.
    pub lead: Option<LeadId>,
    /// See `enrolment`.
    pub contact: Option<ContactId>,
    /// See `enrolment`.
    pub company: Option<CompanyId>,
    /// Whether it is a mail of Kiem to a member: that is nothing that happened with a company.
    pub is_notice: bool,
    /// Subject, for the timeline.
    pub subject: String,
}

enum Request {
    Commit(Arc<Ticket>, oneshot::Sender<Option<Commit>>),
    End(Arc<Ticket>, End, oneshot::Sender<bool>),
}

impl Request {
    fn ticket(&self) -> &Ticket {
        match self {
            Request::Commit(ticket, _) | Request::End(ticket, _, _) => ticket,
        }
    }
}

/// The way into the gate. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    requests: mpsc::Sender<Request>,
}

impl Gate {
    /// Starts the gate; it ends when the last `Gate` is dropped.
    pub fn start(engine: Engine, journal: Arc<Journal>) -> Gate {
        let (requests, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(serve(engine, journal, receiver));
        Gate { requests }
    }

    /// Asks for the last check. `None` when the database or the journal failed: then no dot may be sent.
    pub async fn commit(&self, ticket: &Arc<Ticket>) -> Option<Commit> {
        let (answer, waits) = oneshot::channel();
        self.requests.send(Request::Commit(ticket.clone(), answer)).await.ok()?;
        waits.await.ok().flatten()
    }

    /// Tells how the try ended. False when it could not be written down; the row then becomes uncertain when its lease
    /// ends, which is never wrong.
    pub async fn end(&self, ticket: &Arc<Ticket>, end: End) -> bool {
        let (answer, waits) = oneshot::channel();
        if self.requests.send(Request::End(ticket.clone(), end, answer)).await.is_err() {
            return false;
        }
        waits.await.unwrap_or(false)
    }
}

async fn serve(engine: Engine, journal: Arc<Journal>, mut receiver: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(GROUP_MAX);
    while receiver.recv_many(&mut batch, GROUP_MAX).await > 0 {
        while let Some(workspace) = batch.first().map(|request| request.ticket().workspace) {
            let (group, rest) = batch.drain(..).partition(|r: &Request| r.ticket().workspace == workspace);
            batch = rest;
            settle(&engine, &journal, workspace, group).await;
        }
    }
}

/// One workspace's group: one transaction, then the journal, then the answers.
async fn settle(engine: &Engine, journal: &Arc<Journal>, workspace: WorkspaceId, group: Vec<Request>) {
    let outcome = write(engine, workspace, &group).await;
    let written = match outcome {
        Ok(outcomes) => {
            // Before a retry could succeed the dots must not go: a full disk stops sending, it loses nothing.
            let entries = journal_entries(engine.now(), &group, &outcomes);
            let durable = entries.iter().any(|e| e.outcome == JournalOutcome::Committing);
            let journal = journal.clone();
            let appended = tokio::task::spawn_blocking(move || journal.append(&entries, durable)).await;
            if matches!(appended, Ok(Ok(()))) { Some(outcomes) } else { None }
        }
        Err(error) => {
            tracing::warn!(error = %error, n = group.len(), "a group of mails could not be written down");
            None
        }
    };
    let mut outcomes = written.map(Vec::into_iter);
    for request in group {
        let outcome = outcomes.as_mut().and_then(Iterator::next);
        match (request, outcome) {
            (Request::Commit(_, answer), Some(Settled::Commit(commit))) => drop(answer.send(Some(commit))),
            (Request::Commit(_, answer), _) => drop(answer.send(None)),
            (Request::End(_, _, answer), Some(Settled::End(done))) => drop(answer.send(done)),
            (Request::End(_, _, answer), _) => drop(answer.send(false)),
        }
    }
    engine.committed(workspace);
}

enum Settled {
    Commit(Commit),
    End(bool),
}

async fn write(engine: &Engine, workspace: WorkspaceId, group: &[Request]) -> Result<Vec<Settled>> {
    let now = engine.now();
    let mut tx = engine.store().begin(workspace).await?;
    let mut outcomes = Vec::with_capacity(group.len());
    for request in group {
        outcomes.push(match request {
            Request::Commit(ticket, _) => {
                Settled::Commit(dispatch::commit(&mut tx, &order(ticket), now).await?)
            }
            Request::End(ticket, end, _) => {
                let done = dispatch::end(&mut tx, ticket.id, ticket.epoch, end, now).await?;
                if done {
                    follow_up(engine, &mut tx, ticket, end, now).await?;
                }
                Settled::End(done)
            }
        });
    }
    tx.commit().await?;
    Ok(outcomes)
}

fn order(ticket: &Ticket) -> CommitOrder<'_> {
    CommitOrder {
        id: ticket.id,
        epoch: ticket.epoch,
        is_outreach: ticket.is_outreach,
        suppression_hashes: &ticket.suppression_hashes,
        step_key: &ticket.step_key,
        mailbox: ticket.mailbox,
        day: ticket.day,
        cap: ticket.cap,
        tomorrow: ticket.tomorrow,
    }
}

fn journal_entries(now: Timestamp, group: &[Request], outcomes: &[Settled]) -> Vec<JournalEntry> {
    let entry = |ticket: &Ticket, outcome| JournalEntry {
        at: now,
        workspace: ticket.workspace,
        outcome,
        key: ticket.step_key.clone(),
    };
    group
        .iter()
        .zip(outcomes)
        .filter_map(|(request, outcome)| match (request, outcome) {
            (Request::Commit(ticket, _), Settled::Commit(Commit::Go)) => {
                Some(entry(ticket, JournalOutcome::Committing))
            }
            (Request::End(ticket, End::Sent { .. }, _), Settled::End(true)) => {
                Some(entry(ticket, JournalOutcome::Sent))
            }
            (Request::End(ticket, End::Deferred { .. } | End::Failed { .. }, _), Settled::End(true)) => {
                Some(entry(ticket, JournalOutcome::Refused))
            }
            _ => None,
        })
        .collect()
}

/// What follows from an end, in the same transaction: the lead is approached, the sequence goes on, the cap's place is
/// given back, the timeline knows.
async fn follow_up(engine: &Engine, tx: &mut Tx, ticket: &Ticket, end: &End, now: Timestamp) -> Result<()> {
    let kind = match end {
        End::Sent { .. } => "message.sent",
        End::Failed { .. } => "message.failed",
        End::Uncertain { .. } => "message.uncertain",
        End::Deferred { .. } => {
            if ticket.is_outreach {
                mailbox::uncount(tx, ticket.mailbox, ticket.day).await?;
            }
            return Ok(());
        }
    };
    if !ticket.is_notice {
        let mut happened = engine.event(Actor::System, kind, "message", Some(ticket.id.0));
        happened.company_id = ticket.company;
        happened.contact_id = ticket.contact;
        happened.data =
            serde_json::json!({ "subject": ticket.subject, "lead_id": ticket.lead.map(|l| l.0) }).to_string();
        engine.announce(tx, &happened).await?;
    }
    if let End::Failed { reply } = end {
        engine.take_refusal(tx, ticket, reply, now).await?;
        if let Some(contact) = ticket.contact.filter(|_| !ticket.is_notice) {
            informing::mail_failed(tx, contact, ticket.id).await?;
        }
    }
    // The first mail of a sequence says that we have their data, and from where.
    if ticket.is_outreach
        && matches!(end, End::Sent { .. })
        && let Some(contact) = ticket.contact
    {
        let told = Told { how: InformedHow::Mail, at: now, note: String::new() };
        informing::tell(tx, &[contact], &told).await?;
    }
    // Only outreach approaches: an answer to somebody who came by themselves does not.
    if ticket.is_outreach
        && !matches!(end, End::Failed { .. })
        && let Some(lead) = ticket.lead
        && campaign::mark_approached(tx, lead, now).await?
    {
        tracing::trace!(lead = %lead, "approached");
    }
    if matches!(end, End::Uncertain { .. }) {
        engine.ask_resolution(tx, now).await?;
    }
    if let Some(enrolment) = ticket.enrolment {
        engine.enqueue(tx, JobKind::AdvanceEnrolment, &enrolment.to_string(), "{}", now).await?;
    }
    Ok(())
}
