//! Tracked links: which address a link in which mail leads to.

use kiem_domain::id::{CompanyId, ContactId, LeadId, LinkId, MessageId};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};

/// Ids that one IN list asks for.
const IDS_PER_QUERY: usize = 500;

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
    let rows = links.iter().map(|link| {
        args![
            link.id,
            link.message_id,
            link.contact_id,
            link.company_id,
            link.target_url.as_str(),
            link.page_kind.as_str()
        ]
    });
    tx.insert_many(
        "INSERT INTO link (workspace_id, id, message_id, contact_id, company_id, target_url, page_kind)",
        rows,
        "",
    )
    .await
}

/// A link with the lead that its mail went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The link.
    pub id: LinkId,
    /// Mail that it stands in.
    pub message_id: MessageId,
    /// Lead that the mail went to.
    pub lead_id: Option<LeadId>,
    /// Person: of the link, else of the mail.
    pub contact_id: Option<ContactId>,
    /// Company: of the link, else of the mail.
    pub company_id: Option<CompanyId>,
}

/// Links by id, each with whom it was sent to, in no order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn addressed(tx: &mut Tx, ids: &[LinkId]) -> Result<Vec<Addressed>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let them = among(tx.conn(), KeyKind::Id, 2);
        let sql = format!(
            "SELECT l.id, l.message_id, m.lead_id, COALESCE(l.contact_id, m.contact_id) AS contact_id,
                    COALESCE(l.company_id, m.company_id) AS company_id
             FROM link l JOIN message m ON m.workspace_id = l.workspace_id AND m.id = l.message_id
             WHERE l.workspace_id = $1 AND l.id IN {them}"
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(Addressed {
                id: row.id("id")?,
                message_id: row.id("message_id")?,
                lead_id: row.opt_id("lead_id")?,
                contact_id: row.opt_id("contact_id")?,
                company_id: row.opt_id("company_id")?,
            });
        }
    }
    Ok(found)
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
