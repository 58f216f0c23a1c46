//! Reading a mailbox: in batches by number, without leaving a trace, until it is complete.

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::imap::{FolderState, Imap};
use kiem_adapters::smtp::Credentials;
use kiem_domain::id::{MailboxId, WorkspaceId};
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::sandbox::{self, Direction};
use kiem_store::{account, inbound};

use super::take_in::RawMail;
use crate::engine::send::MailServers;
use crate::engine::{Engine, EngineError, Result};

/// Mails that are fetched at a time.
const BATCH_MAX: usize = 50;
/// Mails of a new mailbox that are looked at: older ones cannot answer anything of ours.
const FIRST_LOOK_MAX: u32 = 1_000;

/// What a look into a mailbox brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Mails that were looked at.
    pub n_mails: usize,
    /// Mails that the server has, from the first one that Kiem took in on; unknown for the practice mailbox.
    pub n_server: Option<i64>,
    /// Of these, how many Kiem has.
    pub n_seen: Option<i64>,
}

impl Received {
    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        match (self.n_server, self.n_seen) {
            (Some(server), Some(seen)) => seen >= server,
            _ => true,
        }
    }
}

/// A mailbox that has to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceivingMailbox {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The mailbox.
    pub mailbox: MailboxId,
    /// Whether it is the practice mailbox.
    pub is_sandbox: bool,
}

impl Engine {
    /// All mailboxes of all workspaces that can be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receiving_mailboxes(&self) -> Result<Vec<ReceivingMailbox>> {
        let mut global = self.store().global_read().await?;
        let workspaces = account::all_workspaces(&mut global).await?;
        drop(global);
        let mut found = Vec::new();
        for workspace in workspaces {
            let mut tx = self.store().read(workspace).await?;
            for one in mailbox::all(&mut tx).await? {
                if one.archived_at.is_some() {
                    continue;
                }
                let is_sandbox = one.kind == "sandbox";
                if is_sandbox || servers(&one)?.imap.is_some() {
                    found.push(ReceivingMailbox { workspace, mailbox: one.id, is_sandbox });
                }
            }
        }
        Ok(found)
    }

    /// Takes in what is new in a practice mailbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receive_sandbox(&self, workspace: WorkspaceId, id: MailboxId) -> Result<Received> {
        let mut n_mails = 0;
        loop {
            let mut tx = self.store().read(workspace).await?;
            let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
            let limit = BATCH_MAX as i64;
            let batch =
                sandbox::after_uid(&mut tx, id, Direction::FromLead, mailbox.imap_last_uid, limit).await?;
            drop(tx);
            let Some(last) = batch.last().map(|mail| mail.uid) else { break };
            for mail in batch {
                n_mails += 1;
                let raw = RawMail { uid: mail.uid, received_at: mail.created_at, raw: Some(mail.raw) };
                self.take_in(workspace, id, raw).await?;
            }
            self.set_mark(workspace, id, 1, last, None).await?;
        }
        Ok(Received { n_mails, ..Received::default() })
    }

    /// Opens the IMAP inbox of a mailbox for reading only.
    ///
    /// # Errors
    /// With the server's own words when it cannot be read.
    pub async fn open_inbox(&self, workspace: WorkspaceId, id: MailboxId) -> Result<(Imap, FolderState)> {
        let mut tx = self.store().read(workspace).await?;
        let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        drop(tx);
        let servers = servers(&mailbox)?;
        let (Some(server), Some(secret)) = (&servers.imap, &mailbox.secret) else {
            return Err(EngineError::refused("mailbox_without_imap"));
        };
        let credentials = Credentials {
            username: server.username.clone(),
            password: self.open_mailbox_secret(id, secret)?,
        };
        let outside = |e: kiem_adapters::imap::ImapError| EngineError::Outside(e.to_string());
        let mut imap = Imap::open(&server.server()?, &credentials).await.map_err(outside)?;
        let state = imap.examine("INBOX").await.map_err(outside)?;
        Ok((imap, state))
    }

    /// Takes in what is new in an open inbox, and compares the counts of both sides.
    ///
    /// # Errors
    /// When the line breaks or the database fails; what was taken in stays, and the next look goes on there.
    pub async fn receive_imap(
        &self,
        workspace: WorkspaceId,
        id: MailboxId,
        imap: &mut Imap,
        state: FolderState,
    ) -> Result<Received> {
        let outside = |e: kiem_adapters::imap::ImapError| EngineError::Outside(e.to_string());
        let validity = i64::from(state.uid_validity);
        let mut last = self.first_uid(workspace, id, validity, imap, state).await?;
        let mut n_mails = 0;
        loop {
            let uids = imap.uids_after(last, BATCH_MAX).await.map_err(outside)?;
            let Some(highest) = uids.last().copied() else { break };
            for mail in imap.fetch(&uids).await.map_err(outside)? {
                n_mails += 1;
                let at = mail.received_at_seconds.and_then(|s| Timestamp::from_second(s).ok());
                // A server clock that runs ahead must not date mail into the future.
                // IMAP tells whole seconds, cut off: an answer within the second of our mail would lie before it.
                let received_at = at
                    .map_or_else(|| self.now(), |at| (at + SignedDuration::from_millis(999)).min(self.now()));
                let raw = RawMail { uid: i64::from(mail.uid), received_at, raw: mail.raw };
                self.take_in(workspace, id, raw).await?;
            }
            last = highest;
            self.set_mark(workspace, id, validity, i64::from(last), None).await?;
        }
        let mut tx = self.store().read(workspace).await?;
        let (n_seen, first) = inbound::count_in_mailbox(&mut tx, id, i64::from(last)).await?;
        drop(tx);
        let before = first.and_then(|uid| u32::try_from(uid - 1).ok()).unwrap_or(last);
        let n_server = imap.count_up_to(last).await.map_err(outside)? as i64
            - imap.count_up_to(before).await.map_err(outside)? as i64;
        self.set_mark(workspace, id, validity, i64::from(last), Some((n_server, n_seen))).await?;
        Ok(Received { n_mails, n_server: Some(n_server), n_seen: Some(n_seen) })
    }

    /// Where to go on. When the server renumbered the mailbox everything is looked at again: known mails are told by
    /// their keys. When mails are missing, too.
    async fn first_uid(
        &self,
        workspace: WorkspaceId,
        id: MailboxId,
        validity: i64,
        imap: &mut Imap,
        state: FolderState,
    ) -> Result<u32> {
        let mut tx = self.store().begin(workspace).await?;
        let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let is_same = mailbox.imap_uid_validity == validity;
        let is_incomplete =
            mailbox.imap_n_server.zip(mailbox.imap_n_seen).is_some_and(|(server, seen)| seen < server);
        if is_same && !is_incomplete {
            return Ok(u32::try_from(mailbox.imap_last_uid).unwrap_or(0));
        }
        if !is_same {
            inbound::clear_uids(&mut tx, id).await?;
            mailbox::set_read_mark(&mut tx, id, validity, 0, None, self.now()).await?;
        }
        tx.commit().await?;
        if mailbox.imap_uid_validity != 0 || state.exists <= FIRST_LOOK_MAX {
            return Ok(0);
        }
        let all = imap
            .uids_after(0, usize::try_from(state.exists).unwrap_or(usize::MAX))
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))?;
        let skip = all.len().saturating_sub(FIRST_LOOK_MAX as usize);
        Ok(skip.checked_sub(1).and_then(|place| all.get(place)).copied().unwrap_or(0))
    }

    async fn set_mark(
        &self,
        workspace: WorkspaceId,
        id: MailboxId,
        validity: i64,
        last: i64,
        counts: Option<(i64, i64)>,
    ) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        mailbox::set_read_mark(&mut tx, id, validity, last, counts, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn servers(mailbox: &Mailbox) -> Result<MailServers> {
    serde_json::from_str(&mailbox.servers)
        .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))
}
