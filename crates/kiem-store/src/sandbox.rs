//! The practice mailbox: what Kiem "sent" to leads, and what the user answered in their place.

use jiff::Timestamp;
use kiem_domain::id::MailboxId;
use uuid::Uuid;

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::value::Value;
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

/// A mail of ours in the practice inbox, with who reads it.
#[derive(Debug, Clone)]
pub struct PracticeLine {
    /// Id.
    pub id: Uuid,
    /// The lead's address.
    pub address: String,
    /// "Eva van der Berg", when the mail went to somebody we know.
    pub name: Option<String>,
    /// Their company.
    pub company_name: Option<String>,
    /// Subject.
    pub subject: String,
    /// When it "arrived".
    pub created_at: Timestamp,
    /// Whether something came back from this address since.
    pub is_answered: bool,
}

/// Which mails of the practice inbox.
#[derive(Debug, Clone, Default)]
pub struct PracticeFilter {
    /// Only with this text in address, name, company or subject.
    pub text: Option<String>,
    /// Only before this mail (when it came and its id), for paging.
    pub before: Option<(Timestamp, Uuid)>,
}

/// What went to leads, newest first. Notices to our own people are no mails to leads.
///
/// # Errors
/// Whatever the database refuses.
pub async fn practice_inbox(tx: &mut Tx, filter: &PracticeFilter, limit: i64) -> Result<Vec<PracticeLine>> {
    let mut params: Vec<Value> = Vec::new();
    let mut bind = |value: Value| {
        params.push(value);
        format!("${}", params.len() + 1)
    };
    let mut only = String::new();
    if let Some(text) = &filter.text {
        let like = bind(format!("%{}%", crate::prospect::escape_like(&text.to_lowercase())).into());
        let columns = ["s.address", "s.subject", "k.given_name", "k.family_name", "c.name"];
        let any: Vec<String> =
            columns.iter().map(|column| format!("LOWER({column}) LIKE {like} ESCAPE '\\'")).collect();
        only.push_str(&format!(" AND ({})", any.join(" OR ")));
    }
    if let Some((at, id)) = filter.before {
        let (at, id) = (bind(at.into()), bind(id.into()));
        only.push_str(&format!(" AND (s.created_at < {at} OR (s.created_at = {at} AND s.id < {id}))"));
    }
    let limit = bind(limit.into());
    let sql = format!(
        "SELECT s.id, s.address, s.subject, s.created_at, k.given_name, k.infix, k.family_name, c.name AS company_name,
             EXISTS (SELECT 1 FROM sandbox_mail a WHERE a.workspace_id = s.workspace_id
                 AND a.mailbox_id = s.mailbox_id AND a.direction = 'from_lead' AND a.address = s.address
                 AND a.created_at >= s.created_at) AS is_answered
         FROM sandbox_mail s
         LEFT JOIN message m ON m.workspace_id = s.workspace_id AND m.message_id = s.message_id
         LEFT JOIN contact k ON k.workspace_id = m.workspace_id AND k.id = m.contact_id
         LEFT JOIN company c ON c.workspace_id = m.workspace_id AND c.id = m.company_id
         WHERE s.workspace_id = $1 AND s.direction = 'to_lead'
             AND (m.kind IS NULL OR m.kind <> 'notice'){only}
         ORDER BY s.created_at DESC, s.id DESC LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, params).await?;
    rows.iter()
        .map(|row| {
            Ok(PracticeLine {
                id: row.get("id")?,
                address: row.get("address")?,
                name: crate::promotion::person_name(row)?,
                company_name: row.get("company_name")?,
                subject: row.get("subject")?,
                created_at: row.instant("created_at")?,
                is_answered: row.get("is_answered")?,
            })
        })
        .collect()
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
