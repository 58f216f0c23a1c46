//! What people asked through the form on the website; spam is kept with its reason.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteRequest {
    /// Id.
    pub id: Uuid,
    /// Identity of the filled form: the same one is taken once.
    pub external_key: String,
    /// Name as filled in.
    pub name: String,
    /// Address as filled in.
    pub email: String,
    /// Company as filled in.
    pub company_name: String,
    /// Telephone as filled in.
    pub phone: String,
    /// The question.
    pub text: String,
    /// Why it was taken for spam; missing when it was not.
    pub spam_reason: Option<String>,
    /// The lead that it counts for.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// When it came in.
    pub created_at: Timestamp,
    /// When somebody was done with it.
    pub handled_at: Option<Timestamp>,
}

fn from_row(row: &Row) -> Result<QuoteRequest> {
    Ok(QuoteRequest {
        id: row.get("id")?,
        external_key: row.get("external_key")?,
        name: row.get("name")?,
        email: row.get("email")?,
        company_name: row.get("company_name")?,
        phone: row.get("phone")?,
        text: row.get("text")?,
        spam_reason: row.get("spam_reason")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        created_at: row.instant("created_at")?,
        handled_at: row.opt_instant("handled_at")?,
    })
}

/// Writes a request down. False when the same filled form is there already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, r: &QuoteRequest) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, spam_reason,
                 lead_id, contact_id, company_id, created_at, handled_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (workspace_id, external_key) DO NOTHING",
            args![
                r.id,
                r.external_key.as_str(),
                r.name.as_str(),
                r.email.as_str(),
                r.company_name.as_str(),
                r.phone.as_str(),
                r.text.as_str(),
                r.spam_reason.as_deref(),
                r.lead_id,
                r.contact_id,
                r.company_id,
                r.created_at,
                r.handled_at
            ],
        )
        .await?;
    Ok(n > 0)
}

/// The newest request of a person that is no spam.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest_of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<QuoteRequest>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM quote_request WHERE workspace_id = $1 AND contact_id = $2 AND spam_reason IS NULL
             ORDER BY created_at DESC, id DESC LIMIT 1",
            args![contact],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Requests, newest first, from before `before` on; spam or not spam.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, is_spam: bool, before: Timestamp, limit: i64) -> Result<Vec<QuoteRequest>> {
    let which = if is_spam { "IS NOT NULL" } else { "IS NULL" };
    let rows = tx
        .fetch_all(
            format!(
                "SELECT * FROM quote_request WHERE workspace_id = $1 AND spam_reason {which} AND created_at < $2
                 ORDER BY created_at DESC, id DESC LIMIT $3"
            ),
            args![before, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}
