//! One lane: a conversation with a mail server through which claimed messages go one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use kiem_adapters::net::Server;
use kiem_adapters::smtp::{Answer, Credentials, Session, SmtpError, Stage, Timeouts};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MailboxId;
use kiem_store::dispatch::{Commit, End};
use kiem_store::sandbox::{self, Direction, SandboxMail};
use tokio::sync::Mutex;

use super::gate::{Gate, Ticket};
use crate::engine::{Engine, Result};

/// Tries before a mail that the server keeps putting off is given up.
const ATTEMPTS_MAX: i64 = 8;

/// A message ready to be handed over: its ticket and its frozen bytes.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// For the gate.
    pub ticket: Arc<Ticket>,
    /// Envelope recipient.
    pub to: EmailAddress,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Frozen bytes.
    pub raw: Vec<u8>,
    /// Tries so far.
    pub attempt: i64,
}

/// How mail leaves a mailbox.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// By a submission server.
    Smtp {
        /// Where it is.
        server: Server,
        /// Log-in, if it wants one.
        credentials: Option<Credentials>,
        /// Envelope sender.
        from: EmailAddress,
        /// Limits.
        timeouts: Timeouts,
    },
    /// Into the practice mailbox; nothing leaves the machine.
    Sandbox {
        /// Which.
        mailbox: MailboxId,
    },
}

/// Works through the parcels until none is left. A lane that gets no conversation with the server leaves the rest to the
/// other lanes and says why.
///
/// # Errors
/// The problem with opening a conversation; the parcel in hand is back in the queue.
pub async fn run(
    engine: Engine,
    gate: Gate,
    mailer: Mailer,
    parcels: Arc<Mutex<VecDeque<Parcel>>>,
) -> std::result::Result<(), SmtpError> {
    match &mailer {
        Mailer::Sandbox { mailbox } => {
            while let Some(parcel) = next(&parcels).await {
                sandbox_one(&engine, &gate, *mailbox, &parcel).await;
            }
        }
        Mailer::Smtp { server, credentials, from, timeouts } => {
            let mut session: Option<Session> = None;
            while let Some(parcel) = next(&parcels).await {
                let mut open = match session.take() {
                    Some(open) => open,
                    None => match Session::open(server, credentials.as_ref(), &helo(from), *timeouts).await {
                        Ok(open) => open,
                        Err(error) => {
                            parcels.lock().await.push_front(parcel);
                            return Err(error);
                        }
                    },
                };
                if smtp_one(&engine, &gate, &mut open, from, &parcel).await {
                    session = Some(open);
                }
            }
            if let Some(session) = session {
                session.quit().await;
            }
        }
    }
    Ok(())
}

async fn next(parcels: &Mutex<VecDeque<Parcel>>) -> Option<Parcel> {
    parcels.lock().await.pop_front()
}

fn helo(from: &EmailAddress) -> String {
    from.domain().as_str().to_owned()
}

/// Hands one mail over. Returns whether the session can take another.
async fn smtp_one(
    engine: &Engine,
    gate: &Gate,
    session: &mut Session,
    from: &EmailAddress,
    parcel: &Parcel,
) -> bool {
    if let Err(error) = session.offer(from, &parcel.to, &parcel.raw).await {
        let usable = !error.ends_session();
        not_handed_over(engine, gate, parcel, &error).await;
        return usable;
    }
    match gate.commit(&parcel.ticket).await {
        Some(Commit::Go) => {}
        Some(Commit::Stop(reason)) => {
            tracing::info!(message = %parcel.ticket.id, reason, "stopped before the dot");
            // The body was sent without its end: only closing the line takes it back.
            return false;
        }
        None => return false,
    }
    let answer = session.commit().await;
    let usable = !matches!(answer, Answer::Unknown(_));
    let end = match answer {
        Answer::Accepted(reply) => End::Sent { reply: format!("{} {}", reply.code, reply.text) },
        Answer::Deferred(reply) => later(engine, parcel, format!("{} {}", reply.code, reply.text)),
        Answer::Refused(reply) => End::Failed { reply: format!("{} {}", reply.code, reply.text) },
        Answer::Unknown(problem) => End::Uncertain { problem },
    };
    tell(gate, parcel, end).await;
    usable
}

/// Writes an end down, with a few tries: after the dot this is the only record of an explicit answer.
async fn tell(gate: &Gate, parcel: &Parcel, end: End) {
    for wait_millis in [0, 50, 500, 2_000] {
        tokio::time::sleep(Duration::from_millis(wait_millis)).await;
        if gate.end(&parcel.ticket, end.clone()).await {
            return;
        }
    }
    tracing::error!(message = %parcel.ticket.id, "the end of a hand-over could not be written down; it will be looked up");
}

fn later(engine: &Engine, parcel: &Parcel, reply: String) -> End {
    if parcel.attempt + 1 >= ATTEMPTS_MAX {
        return End::Failed { reply: format!("{reply} (given up after {ATTEMPTS_MAX} tries)") };
    }
    // 5 min, 10, 20, ... as mail servers do: greylisting passes, an outage is sat out.
    let exponent = u32::try_from(parcel.attempt.clamp(0, 6)).unwrap_or(0);
    let retry_at = engine.now() + SignedDuration::from_mins(5 * 2_i64.pow(exponent));
    End::Deferred { reply, retry_at }
}

async fn not_handed_over(engine: &Engine, gate: &Gate, parcel: &Parcel, error: &SmtpError) {
    let end = match error {
        SmtpError::Permanent { stage: Stage::Recipient | Stage::Data, .. } | SmtpError::Message(_) => {
            End::Failed { reply: error.to_string() }
        }
        _ => later(engine, parcel, error.to_string()),
    };
    tell(gate, parcel, end).await;
}

/// The practice mailbox: the same gate, then the mail lies in the practice inbox.
async fn sandbox_one(engine: &Engine, gate: &Gate, mailbox: MailboxId, parcel: &Parcel) {
    if gate.commit(&parcel.ticket).await != Some(Commit::Go) {
        return;
    }
    let end = match deliver(engine, mailbox, parcel).await {
        Ok(()) => End::Sent { reply: "250 practice mailbox".to_owned() },
        Err(error) => End::Uncertain { problem: error.to_string() },
    };
    tell(gate, parcel, end).await;
}

async fn deliver(engine: &Engine, mailbox: MailboxId, parcel: &Parcel) -> Result<()> {
    let mut tx = engine.store().begin(parcel.ticket.workspace).await?;
    let mail = SandboxMail {
        id: engine.new_id(),
        mailbox_id: mailbox,
        direction: Direction::ToLead,
        address: parcel.to.to_string(),
        message_id: parcel.message_id.clone(),
        subject: parcel.ticket.subject.clone(),
        raw: parcel.raw.clone(),
        uid: 0,
        created_at: engine.now(),
    };
    sandbox::insert(&mut tx, &mail).await?;
    Ok(tx.commit().await?)
}
