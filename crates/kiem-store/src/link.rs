//! Tracked links: which address a link in which mail leads to.

use kiem_domain::id::{CompanyId, ContactId, LinkId, MessageId};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// A link in a mail.
#[derive(Debug, Clone)]
pub struct Link {
    /// Id, the secret part of the public address.
    pub id: LinkId,
    /// Mail that it stands in.
    pub message_id: MessageId,
    /// Person that it was made for.
    pub contact_id: Option<ContactId>,
    /// Company.
    pub company_id: Option<CompanyId>,
    /// Where it leads: fixed when the mail was made.
    pub target_url: String,
    /// Kind of page, by the site's patterns.
    pub page_kind: String,
}

/// Writes the links of a mail down.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, links: &[Link]) -> Result<u64> {
    let rows = links
        .iter()
        .map(|link| {
            args![
                link.id,
                link.message_id,
                link.contact_id,
                link.company_id,
                link.target_url.as_str(),
                link.page_kind.as_str()
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO link (workspace_id, id, message_id, contact_id, company_id, target_url, page_kind)",
        rows,
        "",
    )
    .await
}

/// A link by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: LinkId) -> Result<Option<Link>> {
    let row = tx.fetch_optional("SELECT * FROM link WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.map(|row| {
        Ok(Link {
            id: row.id("id")?,
            message_id: row.id("message_id")?,
            contact_id: row.opt_id("contact_id")?,
            company_id: row.opt_id("company_id")?,
            target_url: row.get("target_url")?,
            page_kind: row.get("page_kind")?,
        })
    })
    .transpose()
}
