//! Sending and receiving accounts.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::MailboxId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// A sending and receiving account.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Id.
    pub id: MailboxId,
    /// `smtp_imap` or `sandbox`.
    pub kind: String,
    /// Address that mail is sent from and answered to.
    pub address: String,
    /// Name beside it.
    pub display_name: String,
    /// Both servers, as JSON.
    pub servers: String,
    /// Password, sealed and bound to this row.
    pub secret: Option<Vec<u8>>,
    /// Text under every mail.
    pub signature: String,
    /// Outreach mails a day at most.
    pub daily_cap: i64,
    /// Seconds between two outreach mails at least.
    pub gap_seconds_min: i64,
    /// `active`, `paused` or `failing`.
    pub state: String,
    /// Why it is not active.
    pub state_reason: Option<String>,
    /// Earliest moment for the next outreach mail.
    pub next_send_at: Timestamp,
    /// IMAP UIDVALIDITY of the inbox; 0 before the first look.
    pub imap_uid_validity: i64,
    /// Highest UID taken in.
    pub imap_last_uid: i64,
    /// Messages that the server counts, and that Kiem knows: equal when the mailbox is complete.
    pub imap_n_server: Option<i64>,
    /// See `imap_n_server`.
    pub imap_n_seen: Option<i64>,
    /// Last successful look.
    pub imap_checked_at: Option<Timestamp>,
    /// Why the last look failed, in the server's words; none when it went well.
    pub imap_problem: Option<String>,
}

fn from_row(row: &Row) -> Result<Mailbox> {
    Ok(Mailbox {
        id: row.id("id")?,
        kind: row.get("kind")?,
        address: row.get("address")?,
        display_name: row.get("display_name")?,
        servers: row.get("servers")?,
        secret: row.get("secret")?,
        signature: row.get("signature")?,
        daily_cap: row.get("daily_cap")?,
        gap_seconds_min: row.get("gap_seconds_min")?,
        state: row.get("state")?,
        state_reason: row.get("state_reason")?,
        next_send_at: row.instant("next_send_at")?,
        imap_uid_validity: row.get("imap_uid_validity")?,
        imap_last_uid: row.get("imap_last_uid")?,
        imap_n_server: row.get("imap_n_server")?,
        imap_n_seen: row.get("imap_n_seen")?,
        imap_checked_at: row.opt_instant("imap_checked_at")?,
        imap_problem: row.get("imap_problem")?,
    })
}

/// Adds a mailbox.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the address is there already.
pub async fn insert(tx: &mut Tx, mailbox: &Mailbox, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, secret, signature, daily_cap,
             gap_seconds_min, state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13)",
        args![
            mailbox.id,
            mailbox.kind.as_str(),
            mailbox.address.as_str(),
            mailbox.display_name.as_str(),
            mailbox.servers.as_str(),
            mailbox.secret.clone(),
            mailbox.signature.as_str(),
            mailbox.daily_cap,
            mailbox.gap_seconds_min,
            mailbox.state.as_str(),
            mailbox.next_send_at,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Changes what a person may change. The secret stays when none is given.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update(tx: &mut Tx, mailbox: &Mailbox) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE mailbox SET display_name = $3, servers = $4, secret = COALESCE($5, secret), signature = $6,
                 daily_cap = $7, gap_seconds_min = $8
             WHERE workspace_id = $1 AND id = $2",
            args![
                mailbox.id,
                mailbox.display_name.as_str(),
                mailbox.servers.as_str(),
                mailbox.secret.clone(),
                mailbox.signature.as_str(),
                mailbox.daily_cap,
                mailbox.gap_seconds_min
            ],
        )
        .await?;
    Ok(n > 0)
}

/// A mailbox by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: MailboxId) -> Result<Option<Mailbox>> {
    let row =
        tx.fetch_optional("SELECT * FROM mailbox WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// All mailboxes, oldest first; a workspace has a handful.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx) -> Result<Vec<Mailbox>> {
    let rows = tx
        .fetch_all("SELECT * FROM mailbox WHERE workspace_id = $1 ORDER BY created_at, id LIMIT 500", vec![])
        .await?;
    rows.iter().map(from_row).collect()
}

/// Sets the state with the reason that a person reads.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_state(tx: &mut Tx, id: MailboxId, state: &str, reason: Option<&str>) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE mailbox SET state = $3, state_reason = $4
             WHERE workspace_id = $1 AND id = $2 AND (state <> $3 OR COALESCE(state_reason, '') <> COALESCE($4, ''))",
            args![id, state, reason],
        )
        .await?;
    Ok(n > 0)
}

/// Notes how far a mailbox was read, and whether the counts agree; so it could be read.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_read_mark(
    tx: &mut Tx,
    id: MailboxId,
    uid_validity: i64,
    last_uid: i64,
    counts: Option<(i64, i64)>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE mailbox SET imap_uid_validity = $3, imap_last_uid = $4, imap_checked_at = $5, imap_problem = NULL,
             imap_n_server = COALESCE($6, imap_n_server), imap_n_seen = COALESCE($7, imap_n_seen)
         WHERE workspace_id = $1 AND id = $2",
        args![id, uid_validity, last_uid, now, counts.map(|c| c.0), counts.map(|c| c.1)],
    )
    .await?;
    Ok(())
}

/// Notes why a mailbox could not be read. False when that was known already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_read_problem(tx: &mut Tx, id: MailboxId, problem: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE mailbox SET imap_problem = $3
             WHERE workspace_id = $1 AND id = $2 AND COALESCE(imap_problem, '') <> $3",
            args![id, problem],
        )
        .await?;
    Ok(n > 0)
}

/// Takes the next place in the mailbox's rhythm: true when the minimum gap has passed; then the next mail waits its
/// gap. Two workers never both get the same place.
///
/// # Errors
/// Whatever the database refuses.
pub async fn take_turn(tx: &mut Tx, id: MailboxId, now: Timestamp, next: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE mailbox SET next_send_at = $4 WHERE workspace_id = $1 AND id = $2 AND next_send_at <= $3",
            args![id, now, next],
        )
        .await?;
    Ok(n > 0)
}

/// Counts one outreach mail against the day's cap. False when the cap is reached; then nothing is counted.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_against_cap(tx: &mut Tx, id: MailboxId, day: Date, cap: i64) -> Result<bool> {
    if cap <= 0 {
        return Ok(false);
    }
    let n = tx
        .execute(
            "INSERT INTO mailbox_day (workspace_id, mailbox_id, day, n_sent) VALUES ($1, $2, $3, 1)
             ON CONFLICT (workspace_id, mailbox_id, day) DO UPDATE SET n_sent = mailbox_day.n_sent + 1
             WHERE mailbox_day.n_sent < $4",
            args![id, day, cap],
        )
        .await?;
    Ok(n > 0)
}

/// Gives a place under the cap back: the server refused the mail for now.
///
/// # Errors
/// Whatever the database refuses.
pub async fn uncount(tx: &mut Tx, id: MailboxId, day: Date) -> Result<()> {
    tx.execute(
        "UPDATE mailbox_day SET n_sent = n_sent - 1 WHERE workspace_id = $1 AND mailbox_id = $2 AND day = $3
           AND n_sent > 0",
        args![id, day],
    )
    .await?;
    Ok(())
}

/// Outreach mails that left on a day.
///
/// # Errors
/// Whatever the database refuses.
pub async fn n_sent_on(tx: &mut Tx, id: MailboxId, day: Date) -> Result<i64> {
    let row = tx
        .fetch_optional(
            "SELECT n_sent FROM mailbox_day WHERE workspace_id = $1 AND mailbox_id = $2 AND day = $3",
            args![id, day],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n_sent"))
}
