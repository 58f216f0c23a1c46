//! The hand-over, step by step, as conditional updates: claim, freeze, commit, end. Zero rows always means that
//! somebody else (an opt-out, a reply, another worker) was first.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{MailboxId, MessageId};

use crate::connection::Tx;
use crate::error::Result;
use crate::message::{self, Message};
use crate::value::Value;
use crate::{args, dialect, mailbox};

/// A message that this worker may hand over, until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The message.
    pub message: Message,
    /// Fences workers that lost their lease.
    pub epoch: i64,
    /// Frozen bytes of an earlier try.
    pub raw: Option<Vec<u8>>,
}

/// A mailbox with messages due.
#[derive(Debug, Clone, Copy)]
pub struct DueMailbox {
    /// Which.
    pub id: MailboxId,
    /// Outreach messages due.
    pub n_outreach: i64,
    /// Other messages due (replies, bookings, quotes): these keep no rhythm.
    pub n_other: i64,
}

/// Mailboxes that have messages due and may send.
///
/// # Errors
/// Whatever the database refuses.
pub async fn due_mailboxes(tx: &mut Tx, now: Timestamp) -> Result<Vec<DueMailbox>> {
    let rows = tx
        .fetch_all(
            "SELECT m.mailbox_id,
                    CAST(SUM(CASE WHEN m.kind = 'outreach' THEN 1 ELSE 0 END) AS BIGINT) AS n_outreach,
                    CAST(SUM(CASE WHEN m.kind = 'outreach' THEN 0 ELSE 1 END) AS BIGINT) AS n_other
             FROM message m JOIN mailbox b ON b.workspace_id = $1 AND b.id = m.mailbox_id
             JOIN workspace w ON w.id = $1
             WHERE m.workspace_id = $1 AND m.state IN ('queued', 'deferred') AND m.due_at <= $2 AND b.state <> 'paused'
               AND w.sending_paused_reason IS NULL
             GROUP BY m.mailbox_id",
            args![now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DueMailbox {
                id: row.id("mailbox_id")?,
                n_outreach: row.get("n_outreach")?,
                n_other: row.get("n_other")?,
            })
        })
        .collect()
}

/// Claims at most `limit` due messages of a mailbox, longest waiting first: the caller has `lease` to hand them over
/// or renew.
///
/// # Errors
/// Whatever the database refuses.
pub async fn claim(
    tx: &mut Tx,
    mailbox: MailboxId,
    outreach: bool,
    worker: &str,
    now: Timestamp,
    lease: SignedDuration,
    limit: i64,
) -> Result<Vec<Claimed>> {
    let skip = dialect::skip_locked(tx.conn());
    let kind = if outreach { "= 'outreach'" } else { "<> 'outreach'" };
    let columns = message::COLUMNS;
    // MATERIALIZED: PostgreSQL may run a plain subquery again for every row, and would then go beyond the limit.
    let rows = tx
        .fetch_all(
            format!(
                "WITH due AS MATERIALIZED (
                     SELECT id FROM message WHERE workspace_id = $1 AND state IN ('queued', 'deferred') AND due_at <= $4
                       AND mailbox_id = $2 AND kind {kind}
                     ORDER BY due_at, id LIMIT $6{skip})
                 UPDATE message SET state = 'claimed', epoch = epoch + 1, worker = $3, lease_until = $5
                 WHERE workspace_id = $1 AND id IN (SELECT id FROM due)
                 RETURNING {columns}, epoch, raw"
            ),
            args![mailbox, worker, now, now + lease, limit],
        )
        .await?;
    let mut claimed: Vec<Claimed> = rows
        .iter()
        .map(|row| {
            Ok(Claimed { message: message::from_row(row)?, epoch: row.get("epoch")?, raw: row.get("raw")? })
        })
        .collect::<Result<_>>()?;
    // What an UPDATE returns has no order.
    claimed.sort_by_key(|c| (c.message.new.due_at, c.message.new.id.0));
    Ok(claimed)
}

/// Freezes the bytes before the first try. False when the claim was lost.
///
/// # Errors
/// Whatever the database refuses.
pub async fn freeze(tx: &mut Tx, id: MessageId, epoch: i64, raw: &[u8]) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET raw = $4 WHERE workspace_id = $1 AND id = $2 AND epoch = $3 AND state = 'claimed'
               AND raw IS NULL",
            args![id, epoch, raw],
        )
        .await?;
    Ok(n > 0)
}

/// Keeps the claims of a worker alive, also those waiting for the server's answer. Left out is what is being written this
/// moment, by the gate or by who takes it over: waiting for it, rows in hand, is how two wait for each other for ever.
///
/// # Errors
/// Whatever the database refuses.
pub async fn renew(tx: &mut Tx, worker: &str, lease_until: Timestamp) -> Result<u64> {
    let skip = dialect::skip_locked(tx.conn());
    tx.execute(
        format!(
            "WITH mine AS MATERIALIZED (
                 SELECT id FROM message WHERE workspace_id = $1 AND state IN ('claimed', 'committing') AND worker = $2{skip})
             UPDATE message SET lease_until = $3
             WHERE workspace_id = $1 AND id IN (SELECT id FROM mine)"
        ),
        args![worker, lease_until],
    )
    .await
}

/// What the last check before the dot said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// The row is `committing`: send the dot.
    Go,
    /// Do not send the dot; the row stands as the reason says.
    Stop(&'static str),
}

/// What the last check needs to know beside the row.
#[derive(Debug, Clone)]
pub struct CommitOrder<'a> {
    /// The message.
    pub id: MessageId,
    /// This worker's epoch.
    pub epoch: i64,
    /// Whether the person's consent, replies and the campaign's state are looked at (outreach), or only suppression.
    pub is_outreach: bool,
    /// Hashes under which the recipient may be suppressed; empty for mail that answers a person's own act.
    pub suppression_hashes: &'a [Vec<u8>],
    /// Key of this step in the send journal.
    pub step_key: &'a [u8],
    /// Mailbox, day in the workspace's zone and cap, for outreach.
    pub mailbox: MailboxId,
    /// See `mailbox`.
    pub day: Date,
    /// See `mailbox`.
    pub cap: i64,
    /// When to try again if the cap is reached.
    pub tomorrow: Timestamp,
}

/// The last check, and in the same transaction the mark that the dot is being sent. An opt-out, a reply, a pause or a
/// cap that was committed before wins.
///
/// # Errors
/// Whatever the database refuses.
pub async fn commit(tx: &mut Tx, order: &CommitOrder<'_>, now: Timestamp) -> Result<Commit> {
    let mut params: Vec<Value> = args![order.id, order.epoch, now, order.step_key, order.mailbox];
    let mut suppressed = String::new();
    for hash in order.suppression_hashes {
        params.push(hash.as_slice().into());
        let comma = if suppressed.is_empty() { "" } else { ", " };
        // $1 is the workspace, so the parameter just pushed has this number.
        suppressed.push_str(&format!("{comma}${}", params.len() + 1));
    }
    let suppressed = if suppressed.is_empty() {
        String::new()
    } else {
        format!(
            "AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.workspace_id = $1 AND s.key_hash IN ({suppressed}))"
        )
    };
    let running = if order.is_outreach {
        "AND EXISTS (SELECT 1 FROM enrolment e JOIN campaign c ON c.workspace_id = $1 AND c.id = e.campaign_id
                     WHERE e.workspace_id = $1 AND e.id = message.enrolment_id AND e.state = 'active'
                       AND c.state = 'running')"
    } else {
        ""
    };
    let n = tx
        .execute(
            format!(
                "UPDATE message SET state = 'committing', committed_at = $4, attempt = attempt + 1
                 WHERE workspace_id = $1 AND id = $2 AND epoch = $3 AND state = 'claimed' {suppressed} {running}
                   AND EXISTS (SELECT 1 FROM mailbox b WHERE b.workspace_id = $1 AND b.id = $6 AND b.state <> 'paused')
                   AND EXISTS (SELECT 1 FROM workspace w WHERE w.id = $1 AND w.sending_paused_reason IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM journal_step j WHERE j.workspace_id = $1 AND j.step_key = $5)"
            ),
            params,
        )
        .await?;
    if n == 0 {
        return why_not(tx, order, now).await;
    }
    if order.is_outreach && !mailbox::count_against_cap(tx, order.mailbox, order.day, order.cap).await? {
        release(tx, order.id, "daily_cap", order.tomorrow).await?;
        return Ok(Commit::Stop("daily_cap"));
    }
    Ok(Commit::Go)
}

/// Finds out what stood in the way, and leaves the row where that reason wants it.
async fn why_not(tx: &mut Tx, order: &CommitOrder<'_>, now: Timestamp) -> Result<Commit> {
    let row = tx
        .fetch_optional(
            "SELECT state, epoch FROM message WHERE workspace_id = $1 AND id = $2",
            args![order.id],
        )
        .await?;
    let mine = match row {
        Some(row) => row.get::<String>("state")? == "claimed" && row.get::<i64>("epoch")? == order.epoch,
        None => false,
    };
    if !mine {
        return Ok(Commit::Stop("claim_lost"));
    }
    if !order.suppression_hashes.is_empty()
        && !crate::suppression::found(tx, order.suppression_hashes).await?.is_empty()
    {
        message::stop(tx, order.id, "suppressed", now).await?;
        return Ok(Commit::Stop("suppressed"));
    }
    let known = tx
        .fetch_optional(
            "SELECT 1 AS one FROM journal_step WHERE workspace_id = $1 AND step_key = $2",
            args![order.step_key],
        )
        .await?;
    if known.is_some() {
        message::stop(tx, order.id, "sent_before_restore", now).await?;
        return Ok(Commit::Stop("sent_before_restore"));
    }
    // Paused (person, campaign, mailbox or workspace): it waits, and is looked at again in a while.
    release(tx, order.id, "paused", now + SignedDuration::from_mins(5)).await?;
    Ok(Commit::Stop("paused"))
}

async fn release(tx: &mut Tx, id: MessageId, reason: &str, due_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE message SET state = 'queued', reason = $3, due_at = $4, committed_at = NULL,
             attempt = CASE WHEN state = 'committing' THEN attempt - 1 ELSE attempt END
         WHERE workspace_id = $1 AND id = $2 AND state IN ('claimed', 'committing')",
        args![id, reason, due_at],
    )
    .await?;
    Ok(())
}

/// How a try ended.
#[derive(Debug, Clone)]
pub enum End {
    /// The server took it.
    Sent {
        /// Its words.
        reply: String,
    },
    /// The server wants it later, or it could not be reached.
    Deferred {
        /// Its words.
        reply: String,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// The server does not want it.
    Failed {
        /// Its words.
        reply: String,
    },
    /// No explicit answer after the dot.
    Uncertain {
        /// What happened.
        problem: String,
    },
}

/// Writes down how a try ended; one that was put off before the dot counts as a try as well, so that tries are bounded.
/// After the dot (`committing`, or `uncertain` when the lease ran out meanwhile) an explicit answer is always taken; before
/// it only while the claim holds. False when the row was not this worker's.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end(tx: &mut Tx, id: MessageId, epoch: i64, end: &End, now: Timestamp) -> Result<bool> {
    let (state, text, due_at, finished_at) = match end {
        End::Sent { reply } => ("sent", reply, None, Some(now)),
        End::Deferred { reply, retry_at } => ("deferred", reply, Some(*retry_at), None),
        End::Failed { reply } => ("failed", reply, None, Some(now)),
        End::Uncertain { problem } => ("uncertain", problem, None, Some(now)),
    };
    let n = tx
        .execute(
            "UPDATE message SET state = $4, server_reply = $5, due_at = COALESCE($6, due_at), finished_at = $7,
                 reason = CASE WHEN $4 IN ('failed', 'uncertain', 'deferred') THEN $5 ELSE NULL END,
                 committed_at = CASE WHEN $4 = 'deferred' THEN NULL ELSE committed_at END,
                 attempt = CASE WHEN $4 = 'deferred' AND state = 'claimed' THEN attempt + 1 ELSE attempt END
             WHERE workspace_id = $1 AND id = $2 AND epoch = $3 AND state IN ('claimed', 'committing', 'uncertain')",
            args![id, epoch, state, text.as_str(), due_at, finished_at],
        )
        .await?;
    Ok(n > 0)
}

/// Puts a claimed message back untried (outside its window, no connection).
///
/// # Errors
/// Whatever the database refuses.
pub async fn unclaim(
    tx: &mut Tx,
    id: MessageId,
    epoch: i64,
    reason: &str,
    due_at: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET state = 'queued', reason = $4, due_at = $5
             WHERE workspace_id = $1 AND id = $2 AND epoch = $3 AND state = 'claimed'",
            args![id, epoch, reason, due_at],
        )
        .await?;
    Ok(n > 0)
}

/// After dead workers: what was only claimed goes back to the queue, what was at its dot becomes uncertain. Returns
/// (returned, uncertain). What somebody writes this moment is not dead; see [`renew`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn recover(tx: &mut Tx, now: Timestamp) -> Result<(u64, Vec<MessageId>)> {
    let skip = dialect::skip_locked(tx.conn());
    let dead = |state: &str| {
        format!(
            "WITH dead AS MATERIALIZED (
                 SELECT id FROM message WHERE workspace_id = $1 AND state = '{state}' AND lease_until <= $2{skip})"
        )
    };
    let sql = format!(
        "{} UPDATE message SET state = 'queued' WHERE workspace_id = $1 AND id IN (SELECT id FROM dead)",
        dead("claimed")
    );
    let returned = tx.execute(sql, args![now]).await?;
    let sql = format!(
        "{} UPDATE message SET state = 'uncertain', finished_at = $2,
             reason = 'the program stopped while the mail was being handed over'
         WHERE workspace_id = $1 AND id IN (SELECT id FROM dead) RETURNING id",
        dead("committing")
    );
    let rows = tx.fetch_all(sql, args![now]).await?;
    let uncertain = rows.iter().map(|row| row.id("id")).collect::<Result<_>>()?;
    Ok((returned, uncertain))
}

/// When the dispatcher has to look at this workspace again: the next due message, or the next lease that ends.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next_at(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = tx
        .fetch_one(
            "SELECT MIN(CASE WHEN state IN ('claimed', 'committing') THEN lease_until ELSE due_at END) AS at
             FROM message WHERE workspace_id = $1 AND state IN ('queued', 'deferred', 'claimed', 'committing')",
            vec![],
        )
        .await?;
    row.opt_instant("at")
}

/// Uncertain messages that became so before `before`, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn uncertain(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Message>> {
    let columns = message::COLUMNS;
    let rows = tx
        .fetch_all(
            format!(
                "SELECT {columns} FROM message WHERE workspace_id = $1 AND state = 'uncertain' AND committed_at <= $2
                 ORDER BY committed_at LIMIT $3"
            ),
            args![before, limit],
        )
        .await?;
    rows.iter().map(message::from_row).collect()
}

/// Notes what the journal knows about steps that left after the backup was made.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remember_journal(tx: &mut Tx, steps: Vec<(Vec<u8>, &'static str, Timestamp)>) -> Result<u64> {
    let rows = steps.into_iter().map(|(key, outcome, at)| args![key, outcome, at]);
    tx.insert_many(
        "INSERT INTO journal_step (workspace_id, step_key, outcome, at)",
        rows,
        "ON CONFLICT (workspace_id, step_key) DO NOTHING",
    )
    .await
}
