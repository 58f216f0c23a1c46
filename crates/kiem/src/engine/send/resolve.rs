//! Uncertain mails: looked up where the provider files sent mail, never sent again by themselves.

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::imap::{Imap, ImapError};
use kiem_adapters::net::Server;
use kiem_adapters::smtp::Credentials;
use kiem_domain::id::WorkspaceId;
use kiem_domain::informing::InformedHow;
use kiem_store::account::Workspace;
use kiem_store::event::Actor;
use kiem_store::informing::{self, Told};
use kiem_store::mailbox::Mailbox;
use kiem_store::message::Message;
use kiem_store::{Tx, dispatch, mailbox, message, sandbox};

use super::MailServers;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Uncertain mails that one run looks up.
const BATCH_MAX: i64 = 200;

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
        let (mut settled, mut problem) = (0, None);
        for mailbox in &mailboxes {
            let mine: Vec<&Message> = open.iter().filter(|m| m.new.mailbox_id == mailbox.id).collect();
            if mine.is_empty() {
                continue;
            }
            match self.look_up(workspace, mailbox, &mine).await {
                Ok(found) => {
                    for one in found {
                        self.settle_as_sent(&Caller::system(workspace), one, "sent_folder").await?;
                        settled += 1;
                    }
                }
                // The other mailboxes can still be asked; this one is tried again.
                Err(error) => problem = Some(error),
            }
        }
        match problem {
            Some(error) => Err(error),
            None => Ok(settled),
        }
    }

    /// Which of these mails lie among the sent mail. Not being there proves nothing.
    async fn look_up<'m>(
        &self,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        mails: &[&'m Message],
    ) -> Result<Vec<&'m Message>> {
        if mailbox.kind == "sandbox" {
            let mut tx = self.store().read(workspace).await?;
            let mut found = Vec::new();
            for one in mails {
                if sandbox::has_sent(&mut tx, &one.new.message_id).await? {
                    found.push(*one);
                }
            }
            return Ok(found);
        }
        let servers: MailServers = serde_json::from_str(&mailbox.servers)
            .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))?;
        let (Some(imap), Some(secret)) = (&servers.imap, &mailbox.secret) else { return Ok(Vec::new()) };
        let credentials = Credentials {
            username: imap.username.clone(),
            password: self.open_mailbox_secret(mailbox.id, secret)?,
        };
        let (row, _) = self.workspace(workspace).await?;
        let server = imap.server()?;
        self.look_into_sent_folder(&server, &credentials, &servers.sent_folder, &row, mails)
            .await
            .map_err(|problem| EngineError::Outside(format!("the Sent folder cannot be read: {problem}")))
    }

    /// Looks into the Sent folder, where providers file what was submitted.
    async fn look_into_sent_folder<'m>(
        &self,
        server: &Server,
        credentials: &Credentials,
        folder: &str,
        workspace: &Workspace,
        mails: &[&'m Message],
    ) -> std::result::Result<Vec<&'m Message>, ImapError> {
        let mut open = Imap::open(server, credentials).await?;
        let folder = match folder {
            "" => open.sent_folder().await?,
            name => Some(name.to_owned()),
        };
        let mut found = Vec::new();
        if let Some(folder) = folder {
            for one in mails {
                let mut is_there = open.holds(&folder, "Message-ID", &one.new.message_id).await?;
                if !is_there && one.new.kind == "outreach" {
                    // Some providers give a mail an id of their own; its opt-out address is as much its own.
                    let url = self.unsubscribe_url(workspace, one.new.id);
                    is_there = open.holds(&folder, "List-Unsubscribe", &url).await?;
                }
                if is_there {
                    found.push(*one);
                }
            }
        }
        open.log_out().await;
        Ok(found)
    }

    /// Asks for the step after a mail that has its end, or whose end is in doubt.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn go_on_after(&self, tx: &mut Tx, message: &Message) -> Result<()> {
        match message.new.enrolment_id {
            Some(id) => self.enqueue(tx, JobKind::AdvanceEnrolment, &id.to_string(), "{}", self.now()).await,
            None => Ok(()),
        }
    }

    /// Settles an uncertain mail as sent, by evidence: the Sent folder, a reply, a click, a bounce.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_as_sent(&self, caller: &Caller, message: &Message, by: &str) -> Result<()> {
        let mut tx = self.store().begin(caller.workspace).await?;
        self.settle_in(&mut tx, caller.actor, message, by).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// As [`Engine::settle_as_sent`], in the given transaction. Nothing happens to a mail that is not uncertain.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn settle_in(
        &self,
        tx: &mut Tx,
        actor: Actor,
        message: &Message,
        by: &str,
    ) -> Result<()> {
        if !message::settle_as_sent(tx, message.new.id, by, self.now()).await? {
            return Ok(());
        }
        if let Some(contact) = message.new.contact_id.filter(|_| message.new.kind == "outreach") {
            let told = Told { how: InformedHow::Mail, at: self.now(), note: String::new() };
            informing::tell(tx, &[contact], &told).await?;
        }
        let mut happened = self.event(actor, "message.sent", "message", Some(message.new.id.0));
        happened.company_id = message.new.company_id;
        happened.contact_id = message.new.contact_id;
        happened.data = serde_json::json!({ "subject": message.new.subject, "resolved_by": by }).to_string();
        self.announce(tx, &happened).await?;
        self.go_on_after(tx, message).await
    }
}
