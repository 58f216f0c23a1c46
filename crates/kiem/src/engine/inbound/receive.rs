//! Reading a mailbox: in batches by number, without leaving a trace, until it is complete.
//!
//! Complete is meant literally: now and then the numbers that the server has are laid beside the numbers that were dealt
//! with, and what is missing is fetched, wherever it lies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kiem_adapters::imap::{Fetched, FolderState, Imap, ImapError};
use kiem_adapters::smtp::Credentials;
use kiem_domain::id::{MailboxId, WorkspaceId};
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::sandbox::{self, Direction};
use kiem_store::{account, inbound};

use super::take_in::RawMail;
use crate::engine::keys::sha256;
use crate::engine::send::MailServers;
use crate::engine::{Engine, EngineError, Result};

/// Mails that are asked for at a time.
const BATCH_MAX: usize = 50;
/// Mails of a new mailbox that are looked at: older ones cannot answer anything of ours.
const FIRST_LOOK_MAX: usize = 1_000;
/// The folder that is read.
const INBOX: &str = "INBOX";
/// Between two looks at a server that cannot tell by itself.
const POLL: Duration = Duration::from_secs(30);
/// Longest wait for news: providers drop silent lines after ten minutes or more.
const IDLE: Duration = Duration::from_secs(9 * 60);
/// So long a mail that breaks the line is not asked for again.
const LEFT_ALONE_MINUTES: i64 = 10;
/// A server that gave nothing since its line broke may be out of order for a moment: so long no mail is blamed for it.
const OUT_OF_ORDER_SECONDS: i64 = 5;
/// After so long the numbers of both sides are compared, also when the counts agree.
const COMPARE_MINUTES: i64 = 10;

/// What a look into a mailbox brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Mails that were looked at.
    pub n_mails: usize,
    /// Mails that the server has, from the first one that Kiem looked at on; unknown for the practice mailbox.
    pub n_server: Option<i64>,
    /// Of these, how many Kiem dealt with.
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

/// Mails at which the line broke. Some servers hang up on a mail that they cannot read themselves: then mails are fetched
/// one by one, and the one that breaks the line twice is left alone for a while, so that the others come in.
#[derive(Debug, Clone, Default)]
pub struct Trouble {
    /// Numbers at which the line broke.
    broken: BTreeMap<u32, Broken>,
    is_careful: bool,
    /// Whether the server gave another mail since.
    has_given: bool,
}

/// How often the line broke at a number, when first and when last.
#[derive(Debug, Clone, Copy)]
struct Broken {
    n: u32,
    first: Timestamp,
    last: Timestamp,
}

impl Trouble {
    fn is_left_alone(&self, uid: u32, now: Timestamp) -> bool {
        self.broken.get(&uid).is_some_and(|broken| {
            let long_enough = broken.last >= broken.first + SignedDuration::from_secs(OUT_OF_ORDER_SECONDS);
            broken.n >= 2
                && (self.has_given || long_enough)
                && now < broken.last + SignedDuration::from_mins(LEFT_ALONE_MINUTES)
        })
    }

    fn note(&mut self, batch: &[u32], now: Timestamp) {
        self.is_careful = true;
        if let [uid] = batch {
            let entry = self.broken.entry(*uid).or_insert(Broken { n: 0, first: now, last: now });
            (entry.n, entry.last) = (entry.n + 1, now);
        }
    }

    fn gave(&mut self, n_mails: usize) {
        self.has_given |= self.is_careful && n_mails > 0;
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
    /// Changes with servers and password: then the line is opened anew.
    pub settings: u64,
}

/// An inbox that is open for reading only.
#[derive(Debug)]
pub struct OpenInbox {
    imap: Imap,
    state: FolderState,
    can_idle: bool,
    /// What is known when nothing was missing at the last look.
    complete: Option<Complete>,
}

/// How a complete inbox stood.
#[derive(Debug, Clone, Copy)]
struct Complete {
    /// When the numbers were compared.
    compared_at: Timestamp,
    /// Mails in the folder.
    exists: usize,
    /// Mails from the first one on that Kiem looks at.
    n_mails: i64,
}

impl OpenInbox {
    /// Waits until there is something to look at.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn wait(self) -> Result<OpenInbox> {
        let OpenInbox { mut imap, can_idle, complete, .. } = self;
        if can_idle {
            imap = imap.idle(IDLE).await.map_err(outside)?;
        } else {
            tokio::time::sleep(POLL).await;
        }
        let state = imap.examine(INBOX).await.map_err(outside)?;
        Ok(OpenInbox { imap, state, can_idle, complete })
    }
}

fn outside(error: ImapError) -> EngineError {
    EngineError::Outside(error.to_string())
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
                    let mut settings = one.servers.clone().into_bytes();
                    settings.extend(one.secret.unwrap_or_default());
                    let settings =
                        sha256(&settings).iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                    found.push(ReceivingMailbox { workspace, mailbox: one.id, is_sandbox, settings });
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
                let raw = RawMail {
                    uid: mail.uid,
                    received_at: mail.created_at,
                    raw: mail.raw,
                    is_too_large: false,
                };
                self.take_in(workspace, id, raw).await?;
            }
            let last = u32::try_from(last).unwrap_or(u32::MAX);
            self.set_mark((workspace, id), 1, last, None).await?;
        }
        Ok(Received { n_mails, ..Received::default() })
    }

    /// Opens the IMAP inbox of a mailbox for reading only.
    ///
    /// # Errors
    /// With the server's own words when it cannot be read.
    pub async fn open_inbox(&self, workspace: WorkspaceId, id: MailboxId) -> Result<OpenInbox> {
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
        let mut imap = Imap::open(&server.server()?, &credentials).await.map_err(outside)?;
        let can_idle = imap.can_idle().await.map_err(outside)?;
        let state = imap.examine(INBOX).await.map_err(outside)?;
        Ok(OpenInbox { imap, state, can_idle, complete: None })
    }

    /// Notes that a mailbox cannot be read, for the page and the doctor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_read_problem(
        &self,
        workspace: WorkspaceId,
        id: MailboxId,
        problem: &str,
    ) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        let is_news = mailbox::set_read_problem(&mut tx, id, problem).await?;
        tx.commit().await?;
        if is_news {
            self.committed(workspace);
        }
        Ok(())
    }

    /// Takes in what is new in an open inbox. On a new connection, when the counts do not agree, and now and then anyway,
    /// all numbers are compared and what is missing is taken in too.
    ///
    /// # Errors
    /// When the line breaks or the database fails; what was taken in stays, and the next look goes on there, with what
    /// `trouble` remembers.
    pub async fn receive_imap(
        &self,
        workspace: WorkspaceId,
        id: MailboxId,
        inbox: &mut OpenInbox,
        trouble: &mut Trouble,
    ) -> Result<Received> {
        let place = (workspace, id);
        let last = self.first_uid(place, inbox).await?;
        let new: Vec<u32> = inbox.imap.uids_after(last).await.map_err(outside)?.into_iter().collect();
        let n_new = self.take_in_numbers(place, inbox, &new, trouble, true).await?;
        let exists = inbox.state.exists as usize;
        if let Some(before) = inbox.complete
            && n_new == new.len()
            && before.exists + n_new == exists
            && self.now() < before.compared_at + SignedDuration::from_mins(COMPARE_MINUTES)
        {
            let n_mails = before.n_mails + i64::try_from(n_new).unwrap_or(0);
            inbox.complete = Some(Complete { exists, n_mails, ..before });
            let last = new.last().copied().unwrap_or(last);
            self.set_mark(place, inbox.state.uid_validity, last, Some((n_mails, n_mails))).await?;
            return Ok(Received { n_mails: n_new, n_server: Some(n_mails), n_seen: Some(n_mails) });
        }
        let (on_server, known) = self.both_sides(place, inbox).await?;
        let missing: Vec<u32> = on_server.difference(&known).copied().collect();
        let n_mails = n_new + self.take_in_numbers(place, inbox, &missing, trouble, false).await?;
        let (on_server, known) = self.both_sides(place, inbox).await?;
        let n_server = i64::try_from(on_server.len()).unwrap_or(i64::MAX);
        let n_seen = i64::try_from(on_server.intersection(&known).count()).unwrap_or(i64::MAX);
        let last = known.last().copied().unwrap_or(0).max(last);
        self.set_mark(place, inbox.state.uid_validity, last, Some((n_server, n_seen))).await?;
        let now = Complete { compared_at: self.now(), exists, n_mails: n_server };
        inbox.complete = (n_seen == n_server).then_some(now);
        Ok(Received { n_mails, n_server: Some(n_server), n_seen: Some(n_seen) })
    }

    /// The numbers that the server has from the first one on that was dealt with, and those that were dealt with.
    async fn both_sides(
        &self,
        (workspace, id): (WorkspaceId, MailboxId),
        inbox: &mut OpenInbox,
    ) -> Result<(BTreeSet<u32>, BTreeSet<u32>)> {
        let mut tx = self.store().read(workspace).await?;
        let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let known = inbound::uids(&mut tx, id).await?;
        drop(tx);
        let known: BTreeSet<u32> = known.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect();
        let mark = u32::try_from(mailbox.imap_last_uid).unwrap_or(0);
        let before = known.first().map_or(mark, |first| first.saturating_sub(1).min(mark));
        let on_server = inbox.imap.uids_after(before).await.map_err(outside)?;
        Ok((on_server, known))
    }

    /// Fetches mails by number and takes them in; with `is_new` the mark moves along. A mail that the server does not give
    /// stays missing, and the others go on.
    async fn take_in_numbers(
        &self,
        (workspace, id): (WorkspaceId, MailboxId),
        inbox: &mut OpenInbox,
        uids: &[u32],
        trouble: &mut Trouble,
        is_new: bool,
    ) -> Result<usize> {
        let now = self.now();
        let (mut n_mails, mut rest) = (0, uids);
        while let Some(first) = rest.first() {
            if trouble.is_left_alone(*first, now) {
                rest = &rest[1..];
                continue;
            }
            let batch = &rest[..rest.len().min(if trouble.is_careful { 1 } else { BATCH_MAX })];
            let fetched = inbox.imap.fetch(batch).await;
            if fetched.is_err() {
                trouble.note(batch, now);
            }
            let (mails, n_done) = fetched.map_err(outside)?;
            trouble.gave(mails.len());
            for mail in mails {
                n_mails += 1;
                self.take_in(workspace, id, self.raw_mail(mail)).await?;
            }
            let done = &batch[..n_done.clamp(1, batch.len())];
            if let (true, Some(last)) = (is_new, done.last()) {
                self.set_mark((workspace, id), inbox.state.uid_validity, *last, None).await?;
            }
            rest = &rest[done.len()..];
        }
        Ok(n_mails)
    }

    fn raw_mail(&self, mail: Fetched) -> RawMail {
        let at = mail.received_at_seconds.and_then(|s| Timestamp::from_second(s).ok());
        // A server clock that runs ahead must not date mail into the future.
        // IMAP tells whole seconds, cut off: an answer within the second of our mail would lie before it.
        let received_at =
            at.map_or_else(|| self.now(), |at| (at + SignedDuration::from_millis(999)).min(self.now()));
        RawMail { uid: i64::from(mail.uid), received_at, raw: mail.raw, is_too_large: mail.is_too_large }
    }

    /// Where to go on. When the server renumbered the mailbox, what came since the last
    /// look (and the newest mails anyway) is looked at again: known mails are told by their keys.
    async fn first_uid(
        &self,
        (workspace, id): (WorkspaceId, MailboxId),
        inbox: &mut OpenInbox,
    ) -> Result<u32> {
        let mut tx = self.store().read(workspace).await?;
        let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        drop(tx);
        let validity = i64::from(inbox.state.uid_validity);
        if mailbox.imap_uid_validity == validity {
            return Ok(u32::try_from(mailbox.imap_last_uid).unwrap_or(0));
        }
        let all: Vec<u32> = inbox.imap.uids_after(0).await.map_err(outside)?.into_iter().collect();
        let skipped = all.len().saturating_sub(FIRST_LOOK_MAX);
        let mut before = skipped.checked_sub(1).and_then(|place| all.get(place)).copied().unwrap_or(0);
        if let Some(at) = mailbox.imap_checked_at {
            // The server's days may be another zone's.
            let day = at.to_zoned_datetime(TimeZone::UTC).date().saturating_sub(1.days());
            let first =
                inbox.imap.first_since(&day.strftime("%d-%b-%Y").to_string()).await.map_err(outside)?;
            before = first.map_or(before, |first| before.min(first.saturating_sub(1)));
        }
        let n_server = all.iter().filter(|uid| **uid > before).count();
        let mut tx = self.store().begin(workspace).await?;
        inbound::forget_uids(&mut tx, id).await?;
        let counts = Some((i64::try_from(n_server).unwrap_or(i64::MAX), 0));
        mailbox::set_read_mark(&mut tx, id, validity, i64::from(before), counts, self.now()).await?;
        tx.commit().await?;
        inbox.complete = None;
        Ok(before)
    }

    async fn set_mark(
        &self,
        (workspace, id): (WorkspaceId, MailboxId),
        validity: u32,
        last: u32,
        counts: Option<(i64, i64)>,
    ) -> Result<()> {
        let mut tx = self.store().begin(workspace).await?;
        let (validity, last) = (i64::from(validity), i64::from(last));
        mailbox::set_read_mark(&mut tx, id, validity, last, counts, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn servers(mailbox: &Mailbox) -> Result<MailServers> {
    serde_json::from_str(&mailbox.servers)
        .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_mail_is_left_alone_only_when_the_server_gave_another_or_was_out_of_order_for_long() {
        let mut trouble = Trouble::default();
        trouble.note(&[1, 2, 3], at(0));
        assert!(trouble.is_careful && !trouble.is_left_alone(1, at(0)));
        trouble.note(&[1], at(0));
        trouble.note(&[1], at(1));
        assert!(!trouble.is_left_alone(1, at(1)), "the server may be out of order for a moment");
        let mut given = trouble.clone();
        given.gave(1);
        assert!(given.is_left_alone(1, at(1)), "others come: it is this mail");
        assert!(!given.is_left_alone(1, at(1 + LEFT_ALONE_MINUTES * 60)), "then it is asked for again");
        trouble.note(&[1], at(6));
        assert!(trouble.is_left_alone(1, at(6)), "what lies behind it is not held up for ever");
        assert!(!trouble.is_left_alone(2, at(6)));
    }
}
