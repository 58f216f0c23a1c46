//! The reading side of a conversation: where an answer ties in, the words of its mails and notes, and what waits for a
//! person's look.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, InboundId, MailboxId, ProspectId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;

/// The newest mail with a person: what an answer refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadEnd {
    /// Mailbox that the conversation runs over.
    pub mailbox_id: MailboxId,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The ids before it, oldest first.
    pub references: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// When it came or went.
    pub at: Timestamp,
}

/// A person of a pursuit, as the record page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub contact_id: ContactId,
    /// Full name; the address when there is none.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Language, when known.
    pub language: Option<String>,
    /// Role in the decision.
    pub role: String,
}

/// What is known of a company, as the record page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyFacts {
    /// Id.
    pub id: CompanyId,
    /// Name.
    pub name: String,
    /// Domain of its website and mail.
    pub domain: Option<String>,
    /// Chamber of commerce number.
    pub kvk_number: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Employees.
    pub employees_n: Option<i64>,
    /// Website.
    pub website: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Agreement with the ideal customer profile, 0 to 100, when judged.
    pub fit_score: Option<i64>,
    /// Where it comes from.
    pub source: String,
}

/// A received mail that waits for a person's look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingReply {
    /// Which.
    pub id: InboundId,
    /// Who wrote it, as in the mail.
    pub from_name: String,
    /// Subject.
    pub subject: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Name of the company, when it was matched.
    pub company_name: Option<String>,
}

/// The newest mail with a person, received or sent; a received one is answered first, also when it came from the
/// person's address in a colleague's thread.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_with(tx: &mut Tx, contact: ContactId) -> Result<Option<ThreadEnd>> {
    let received = tx
        .fetch_optional(
            "SELECT id, mailbox_id, message_header_id AS header_id, reference_ids, subject, received_at AS at FROM inbound
             WHERE workspace_id = $1 AND contact_id = $2 AND message_header_id IS NOT NULL
             UNION ALL
             SELECT i.id, i.mailbox_id, i.message_header_id AS header_id, i.reference_ids, i.subject,
                    i.received_at AS at
             FROM inbound i JOIN contact k ON k.workspace_id = $1 AND k.id = $2 AND k.email = i.from_address
             WHERE i.workspace_id = $1 AND i.message_header_id IS NOT NULL
             ORDER BY at DESC, id DESC LIMIT 1",
            args![contact],
        )
        .await?;
    let row = match received {
        Some(row) => Some(row),
        None => {
            tx.fetch_optional(
                "SELECT mailbox_id, message_id AS header_id, reference_ids, subject, finished_at AS at FROM message
                 WHERE workspace_id = $1 AND contact_id = $2 AND state = 'sent' AND message_id IS NOT NULL
                 ORDER BY finished_at DESC, id DESC LIMIT 1",
                args![contact],
            )
            .await?
        }
    };
    row.as_ref().map(end_from).transpose()
}

fn end_from(row: &Row) -> Result<ThreadEnd> {
    let bare = |text: &str| text.trim_matches(['<', '>']).to_owned();
    Ok(ThreadEnd {
        mailbox_id: row.id("mailbox_id")?,
        message_id: bare(&row.get::<String>("header_id")?),
        references: row
            .get::<Option<String>>("reference_ids")?
            .unwrap_or_default()
            .split_whitespace()
            .map(bare)
            .collect(),
        subject: row.get("subject")?,
        at: row.instant("at")?,
    })
}

/// The people of a pursuit.
///
/// # Errors
/// Whatever the database refuses.
pub async fn people(tx: &mut Tx, prospect: ProspectId) -> Result<Vec<Person>> {
    let rows = tx
        .fetch_all(
            "SELECT k.id, k.given_name, k.infix, k.family_name, k.email AS contact_email, k.phone, k.title, k.language,
                    pc.role
             FROM prospect_contact pc JOIN contact k ON k.workspace_id = pc.workspace_id AND k.id = pc.contact_id
             WHERE pc.workspace_id = $1 AND pc.prospect_id = $2 ORDER BY k.id LIMIT 200",
            args![prospect],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Person {
                contact_id: row.id("id")?,
                name: crate::prospect::person_name(row)?,
                email: row.get("contact_email")?,
                phone: row.get("phone")?,
                title: row.get("title")?,
                language: row.get("language")?,
                role: row.get("role")?,
            })
        })
        .collect()
}

/// What is known of a company.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when there is none.
pub async fn company_facts(tx: &mut Tx, company: CompanyId) -> Result<CompanyFacts> {
    let row = tx
        .fetch_one(
            "SELECT id, name, domain, kvk_number, country, city, industry, employees_n, website, phone, fit_score, source
             FROM company WHERE workspace_id = $1 AND id = $2",
            args![company],
        )
        .await?;
    Ok(CompanyFacts {
        id: row.id("id")?,
        name: row.get("name")?,
        domain: row.get("domain")?,
        kvk_number: row.get("kvk_number")?,
        country: row.get("country")?,
        city: row.get("city")?,
        industry: row.get("industry")?,
        employees_n: row.get("employees_n")?,
        website: row.get("website")?,
        phone: row.get("phone")?,
        fit_score: row.get("fit_score")?,
        source: row.get("source")?,
    })
}

/// The words behind entries of a timeline: id of the message, received mail or note, its subject and its text.
///
/// # Errors
/// Whatever the database refuses.
pub async fn texts(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(200) {
        let (them, list) = (among(tx.conn(), KeyKind::Id, 2), keys::ids(chunk.iter().copied()));
        for from in [
            "SELECT id, subject, body AS text FROM message",
            "SELECT id, subject, text FROM inbound",
            "SELECT id, '' AS subject, text FROM note",
        ] {
            let sql = format!("{from} WHERE workspace_id = $1 AND id IN {them}");
            let rows = tx.fetch_all(sql, vec![list.clone()]).await?;
            for row in rows {
                found.push((row.get("id")?, row.get("subject")?, row.get("text")?));
            }
        }
    }
    Ok(found)
}

/// Received mails that wait for a person's look, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting_replies(tx: &mut Tx, limit: i64) -> Result<Vec<WaitingReply>> {
    let rows = tx
        .fetch_all(
            "SELECT i.id, i.from_name, i.from_address, i.subject, i.received_at, c.name AS company_name FROM inbound i
             LEFT JOIN company c ON c.workspace_id = i.workspace_id AND c.id = i.company_id
             WHERE i.workspace_id = $1 AND i.needs_look = TRUE AND i.handled_at IS NULL
             ORDER BY i.received_at DESC, i.id LIMIT $2",
            args![limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let name: String = row.get("from_name")?;
            Ok(WaitingReply {
                id: row.id("id")?,
                from_name: if name.is_empty() { row.get("from_address")? } else { name },
                subject: row.get("subject")?,
                received_at: row.instant("received_at")?,
                company_name: row.get("company_name")?,
            })
        })
        .collect()
}
