//! What people were before they went up in another: their other addresses, and the names under which lists know them.

use kiem_domain::id::{CompanyId, ContactId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

/// What a person was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAlias {
    /// Its id.
    pub id: Uuid,
    /// The person who it is now.
    pub contact_id: ContactId,
    /// Where that one works; only read.
    pub company_id: CompanyId,
    /// Address that they had, in small letters.
    pub email: Option<String>,
    /// Folded name that they had.
    pub name_key: String,
    /// All facts that they had, JSON.
    pub facts: String,
}

const COLUMNS: &str = "a.id, a.contact_id, c.company_id, a.email, a.name_key, a.facts";
const FROM: &str =
    "FROM contact_alias a JOIN contact c ON c.workspace_id = a.workspace_id AND c.id = a.contact_id
    WHERE a.workspace_id = $1";

/// Keeps what a person was.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, alias: &ContactAlias) -> Result<()> {
    let params = args![
        alias.id,
        alias.contact_id,
        alias.email.as_deref(),
        alias.name_key.as_str(),
        alias.facts.as_str()
    ];
    tx.execute(
        "INSERT INTO contact_alias (workspace_id, id, contact_id, email, name_key, facts)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params,
    )
    .await?;
    Ok(())
}

/// Whether anybody ever was somebody else.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_any(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM contact_alias WHERE workspace_id = $1 LIMIT 1";
    Ok(tx.fetch_optional(sql, vec![]).await?.is_some())
}

/// What these people were, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contacts(tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<ContactAlias>> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND a.contact_id IN {}", among(tx.conn(), KeyKind::Id, 2));
    let mut found = Vec::new();
    for chunk in contacts.chunks(KEYS_PER_QUERY) {
        let list = keys::ids(chunk.iter().map(|id| id.0));
        for row in tx.fetch_all(sql.clone(), vec![list]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|alias| alias.id);
    Ok(found)
}

/// What people were who had one of these addresses, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn at_addresses(tx: &mut Tx, emails: &[String]) -> Result<Vec<ContactAlias>> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND a.email IN {}", among(tx.conn(), KeyKind::Text, 2));
    let mut found = Vec::new();
    for chunk in emails.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::texts(chunk)]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|alias| alias.id);
    Ok(found)
}

/// What people of these companies were, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn at_companies(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<ContactAlias>> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND c.company_id IN {}", among(tx.conn(), KeyKind::Id, 2));
    let mut found = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let list = keys::ids(chunk.iter().map(|id| id.0));
        for row in tx.fetch_all(sql.clone(), vec![list]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|alias| alias.id);
    Ok(found)
}

/// The next aliases after `after` in the order of their ids: how all are walked through.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(tx: &mut Tx, after: Option<Uuid>, limit: i64) -> Result<Vec<ContactAlias>> {
    let sql = format!("SELECT {COLUMNS} {FROM} AND a.id > $2 ORDER BY a.id LIMIT $3");
    tx.fetch_all(sql, args![after.unwrap_or_default(), limit]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<ContactAlias> {
    Ok(ContactAlias {
        id: row.get("id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        email: row.get("email")?,
        name_key: row.get("name_key")?,
        facts: row.get("facts")?,
    })
}
