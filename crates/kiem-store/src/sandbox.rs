//! The practice mailbox: what Kiem "sent" to leads, and what the user answered in their place.

use jiff::Timestamp;
use kiem_domain::id::MailboxId;
use uuid::Uuid;

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, dialect};

kiem_domain::text_enum! {
    /// Which way a practice mail went.
    pub enum Direction {
        /// From Kiem to the lead.
        ToLead = "to_lead",
        /// From the lead to Kiem's mailbox.
        FromLead = "from_lead",
    }
}

/// A mail in the practice mailbox.
#[derive(Debug, Clone)]
pub struct SandboxMail {
    /// Id.
    pub id: Uuid,
    /// Kiem's mailbox.
    pub mailbox_id: MailboxId,
    /// Which way.
    pub direction: Direction,
    /// The lead's address.
    pub address: String,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Subject.
    pub subject: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// Number within the mailbox and direction, rising by one, as an IMAP UID.
    pub uid: i64,
    /// When.
    pub created_at: Timestamp,
}

fn from_row(row: &Row) -> Result<SandboxMail> {
    Ok(SandboxMail {
        id: row.get("id")?,
        mailbox_id: row.id("mailbox_id")?,
        direction: row.parsed("direction")?,
        address: row.get("address")?,
        message_id: row.get("message_id")?,
        subject: row.get("subject")?,
        raw: row.get("raw")?,
        uid: row.get("uid")?,
        created_at: row.instant("created_at")?,
    })
}

/// Puts a mail in; its number is the next one (the `uid` given is ignored). Returns the number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, mail: &SandboxMail) -> Result<i64> {
    // Who takes the next number waits for who took the one before.
    let lock = dialect::for_no_key_update(tx.conn());
    tx.fetch_all(
        format!("SELECT id FROM mailbox WHERE workspace_id = $1 AND id = $2{lock}"),
        args![mail.mailbox_id],
    )
    .await?;
    let row = tx
        .fetch_one(
            "SELECT COALESCE(MAX(uid), 0) + 1 AS uid FROM sandbox_mail
             WHERE workspace_id = $1 AND mailbox_id = $2 AND direction = $3",
            args![mail.mailbox_id, mail.direction.as_str()],
        )
        .await?;
    let uid: i64 = row.get("uid")?;
    tx.execute(
        "INSERT INTO sandbox_mail (workspace_id, id, mailbox_id, direction, address, message_id, subject, raw, uid,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            mail.id,
            mail.mailbox_id,
            mail.direction.as_str(),
            mail.address.as_str(),
            mail.message_id.as_str(),
            mail.subject.as_str(),
            mail.raw.as_slice(),
            uid,
            mail.created_at
        ],
    )
    .await?;
    Ok(uid)
}

/// Mails after a number, oldest first: how the practice mailbox is read like an IMAP inbox.
///
/// # Errors
/// Whatever the database refuses.
pub async fn after_uid(
    tx: &mut Tx,
    mailbox: MailboxId,
    direction: Direction,
    uid: i64,
    limit: i64,
) -> Result<Vec<SandboxMail>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM sandbox_mail WHERE workspace_id = $1 AND mailbox_id = $2 AND direction = $3 AND uid > $4
             ORDER BY uid LIMIT $5",
            args![mailbox, direction.as_str(), uid, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// The newest practice mails of a direction, before a moment.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest(
    tx: &mut Tx,
    direction: Direction,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<SandboxMail>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM sandbox_mail WHERE workspace_id = $1 AND direction = $2 AND created_at < $3
             ORDER BY created_at DESC, id DESC LIMIT $4",
            args![direction.as_str(), before, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// A practice mail by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<SandboxMail>> {
    let row = tx
        .fetch_optional("SELECT * FROM sandbox_mail WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Whether a mail with this Message-ID was handed over to the practice mailbox: its "Sent folder".
///
/// # Errors
/// Whatever the database refuses.
pub async fn has_sent(tx: &mut Tx, message_id: &str) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM sandbox_mail WHERE workspace_id = $1 AND message_id = $2 AND direction = 'to_lead' LIMIT 1",
            args![message_id],
        )
        .await?;
    Ok(row.is_some())
}
