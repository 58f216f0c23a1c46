//! What companies were before they went up in another.

use kiem_domain::id::CompanyId;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

/// What a company was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyAlias {
    /// Its id.
    pub id: Uuid,
    /// The company that it is now.
    pub company_id: CompanyId,
    /// Registrable domain that it had.
    pub domain: Option<String>,
    /// Normalised name that it had.
    pub name_key: String,
    /// All facts that it had, JSON.
    pub facts: String,
}

const COLUMNS: &str = "id, company_id, domain, name_key, facts";

/// Keeps what a company was.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, alias: &CompanyAlias) -> Result<()> {
    let sql = format!("INSERT INTO company_alias (workspace_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)");
    let params = args![
        alias.id,
        alias.company_id,
        alias.domain.as_deref(),
        alias.name_key.as_str(),
        alias.facts.as_str()
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Whether any company ever was another.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_any(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM company_alias WHERE workspace_id = $1 LIMIT 1";
    Ok(tx.fetch_optional(sql, vec![]).await?.is_some())
}

/// What these companies were, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_companies(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<CompanyAlias>> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    let sql = format!("SELECT {COLUMNS} FROM company_alias WHERE workspace_id = $1 AND company_id IN {them}");
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

/// By what a company was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasKey {
    /// Its domain.
    Domain,
    /// Its normalised name.
    NameKey,
}

/// Companies that were known by one of the keys; of a name that many had, at most 4,000 per thousand keys.
///
/// # Errors
/// Whatever the database refuses.
pub async fn known_as(tx: &mut Tx, key: AliasKey, values: &[String]) -> Result<Vec<CompanyId>> {
    let column = match key {
        AliasKey::Domain => "domain",
        AliasKey::NameKey => "name_key",
    };
    let them = among(tx.conn(), KeyKind::Text, 2);
    let sql = format!(
        "SELECT company_id FROM company_alias WHERE workspace_id = $1 AND {column} IN {them} LIMIT 4000"
    );
    let mut found = Vec::new();
    for chunk in values.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::texts(chunk)]).await? {
            found.push(row.id("company_id")?);
        }
    }
    Ok(found)
}

/// The next aliases after `after` in the order of their ids: how all are walked through.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(tx: &mut Tx, after: Option<Uuid>, limit: i64) -> Result<Vec<CompanyAlias>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM company_alias WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    );
    tx.fetch_all(sql, args![after.unwrap_or_default(), limit]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<CompanyAlias> {
    Ok(CompanyAlias {
        id: row.get("id")?,
        company_id: row.id("company_id")?,
        domain: row.get("domain")?,
        name_key: row.get("name_key")?,
        facts: row.get("facts")?,
    })
}
