//! Uncertain mails: looked up where the provider files sent mail, never sent again by themselves.

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::imap::Imap;
use kiem_adapters::smtp::Credentials;
use kiem_domain::id::WorkspaceId;
use kiem_store::mailbox::Mailbox;
use kiem_store::message::Message;
use kiem_store::{Tx, dispatch, mailbox, message, sandbox};

use super::MailServers;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Uncertain mails that one run looks up.
const BATCH_MAX: i64 = 200;

/// What the look-up says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is among the sent mail: it was handed over.
    Sent,
    /// It is not there, which proves nothing.
    NotThere,
    /// There is no place to look.
    NoPlace,
}

impl Engine {
    /// Asks for the look-up of uncertain mails once the server had its time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_resolution(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let wait = SignedDuration::from_secs(self.config().uncertain_after_seconds.max(0));
        self.enqueue(tx, JobKind::ResolveUncertain, "all", "{}", now + wait).await
    }

    /// Looks up all uncertain mails of a workspace that are old enough. Returns how many were settled.
    ///
    /// # Errors
    /// When the database fails. A mailbox that cannot be read is tried again later.
    pub async fn resolve_uncertain(&self, workspace: WorkspaceId) -> Result<usize> {
        let now = self.now();
        let wait = SignedDuration::from_secs(self.config().uncertain_after_seconds.max(0));
        let mut tx = self.store().read(workspace).await?;
        let open = dispatch::uncertain(&mut tx, now - wait, BATCH_MAX).await?;
        let mailboxes = mailbox::all(&mut tx).await?;
        drop(tx);
        let mut settled = 0;
        for one in open {
            let Some(mailbox) = mailboxes.iter().find(|m| m.id == one.new.mailbox_id) else { continue };
            if self.look_up(workspace, mailbox, &one).await? == Found::Sent {
                self.settle_as_sent(&Caller::system(workspace), &one, "sent_folder").await?;
                settled += 1;
            }
        }
        Ok(settled)
    }

    async fn look_up(&self, workspace: WorkspaceId, mailbox: &Mailbox, message: &Message) -> Result<Found> {
        if mailbox.kind == "sandbox" {
            let mut tx = self.store().read(workspace).await?;
            let there = sandbox::has_sent(&mut tx, &message.new.message_id).await?;
            return Ok(if there { Found::Sent } else { Found::NotThere });
        }
        let servers: MailServers = serde_json::from_str(&mailbox.servers)
            .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))?;
        if servers.imap.is_none() {
            return Ok(Found::NoPlace);
        }
        self.look_up_sent_folder(mailbox, &servers, &message.new.message_id).await
    }

    /// Looks into the mailbox's Sent folder, where providers file what was submitted.
    async fn look_up_sent_folder(
        &self,
        mailbox: &Mailbox,
        servers: &MailServers,
        message_id: &str,
    ) -> Result<Found> {
        let (Some(imap), Some(secret)) = (&servers.imap, &mailbox.secret) else { return Ok(Found::NoPlace) };
        let credentials = Credentials {
            username: imap.username.clone(),
            password: self.open_mailbox_secret(mailbox.id, secret)?,
        };
        let look = async {
            let mut open = Imap::open(&imap.server().map_err(|e| e.to_string())?, &credentials)
                .await
                .map_err(|e| e.to_string())?;
            let folder = match servers.sent_folder.as_str() {
                "" => open.sent_folder().await.map_err(|e| e.to_string())?,
                name => Some(name.to_owned()),
            };
            let found = match folder {
                Some(folder) => open.holds(&folder, message_id).await.map_err(|e| e.to_string())?,
                None => return Ok(Found::NoPlace),
            };
            open.log_out().await;
            Ok(if found { Found::Sent } else { Found::NotThere })
        };
        look.await.map_err(|problem: String| {
            EngineError::Outside(format!("the Sent folder cannot be read: {problem}"))
        })
    }

    /// Settles an uncertain mail as sent, by evidence: the Sent folder, a reply, a click, a bounce.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_as_sent(&self, caller: &Caller, message: &Message, by: &str) -> Result<()> {
        let mut tx = self.store().begin(caller.workspace).await?;
        if message::settle_as_sent(&mut tx, message.new.id, by, self.now()).await? {
            let mut happened = self.event(caller.actor, "message.sent", "message", Some(message.new.id.0));
            happened.company_id = message.new.company_id;
            happened.contact_id = message.new.contact_id;
            happened.data =
                serde_json::json!({ "subject": message.new.subject, "resolved_by": by }).to_string();
            self.announce(&mut tx, &happened).await?;
        }
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
