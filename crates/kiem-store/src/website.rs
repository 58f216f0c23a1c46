//! What companies say about themselves on their own websites: the last reading of each site, and its facts.

use jiff::Timestamp;
use kiem_domain::id::CompanyId;
use kiem_domain::website::{FactKind, ReadingOutcome};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// Most facts of one company that are listed; a reading brings at most so many of each kind.
const FACTS_MAX: i64 = 1_000;

/// The last reading of a company's site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteReading {
    /// The company.
    pub company_id: CompanyId,
    /// The address that was read.
    pub site: String,
    /// When.
    pub read_at: Timestamp,
    /// How it ended.
    pub outcome: ReadingOutcome,
    /// What else is known of that: a status, another site, a sign.
    pub outcome_detail: Option<String>,
    /// Pages that were read.
    pub n_pages: i64,
    /// Pages that were not read, and why, JSON.
    pub refused: String,
    /// Of all pages together, hexadecimal.
    pub content_hash: String,
    /// The site asked not to be asked before.
    pub retry_at: Option<Timestamp>,
}

/// One thing that a company's site says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsiteFact {
    /// Its id.
    pub id: Uuid,
    /// The company.
    pub company_id: CompanyId,
    /// What it is about.
    pub kind: FactKind,
    /// Its value in one text.
    pub value: String,
    /// What else it says, JSON.
    pub details: String,
    /// The page.
    pub url: String,
    /// The words that it was read from.
    pub snippet: String,
    /// When the page was read.
    pub read_at: Timestamp,
    /// SHA-256 of the page, hexadecimal.
    pub content_hash: String,
    /// Whether it says who somebody is.
    pub is_personal: bool,
}

/// Writes the reading of a site in the place of the one before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_reading(tx: &mut Tx, r: &WebsiteReading) -> Result<()> {
    tx.execute(
        "INSERT INTO website_reading (workspace_id, company_id, site, read_at, outcome, outcome_detail, n_pages, refused,
             content_hash, retry_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace_id, company_id) DO UPDATE SET site = excluded.site, read_at = excluded.read_at,
             outcome = excluded.outcome, outcome_detail = excluded.outcome_detail, n_pages = excluded.n_pages,
             refused = excluded.refused, content_hash = excluded.content_hash, retry_at = excluded.retry_at",
        args![
            r.company_id,
            r.site.as_str(),
            r.read_at,
            r.outcome.as_str(),
            r.outcome_detail.as_deref(),
            r.n_pages,
            r.refused.as_str(),
            r.content_hash.as_str(),
            r.retry_at
        ],
    )
    .await?;
    Ok(())
}

/// The last reading of a company's site.
///
/// # Errors
/// Whatever the database refuses.
pub async fn reading(tx: &mut Tx, company: CompanyId) -> Result<Option<WebsiteReading>> {
    let row = tx
        .fetch_optional(
            "SELECT company_id, site, read_at, outcome, outcome_detail, n_pages, refused, content_hash, retry_at
             FROM website_reading WHERE workspace_id = $1 AND company_id = $2",
            args![company],
        )
        .await?;
    row.as_ref().map(reading_from).transpose()
}

/// Writes the facts of a company in the place of those before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn replace_facts(tx: &mut Tx, company: CompanyId, facts: &[WebsiteFact]) -> Result<()> {
    tx.execute("DELETE FROM website_fact WHERE workspace_id = $1 AND company_id = $2", args![company])
        .await?;
    let rows = facts.iter().map(|f| {
        args![
            f.id,
            company,
            f.kind.as_str(),
            f.value.as_str(),
            f.details.as_str(),
            f.url.as_str(),
            f.snippet.as_str(),
            f.read_at,
            f.content_hash.as_str(),
            f.is_personal
        ]
    });
    tx.insert_many(
        "INSERT INTO website_fact (workspace_id, id, company_id, kind, value, details, url, snippet, read_at, content_hash,
                                   is_personal)",
        rows,
        "",
    )
    .await?;
    Ok(())
}

const FACT: &str = "id, company_id, kind, value, details, url, snippet, read_at, content_hash, is_personal FROM website_fact";

/// The facts of a company, in the order in which they were found.
///
/// # Errors
/// Whatever the database refuses.
pub async fn facts(tx: &mut Tx, company: CompanyId) -> Result<Vec<WebsiteFact>> {
    let sql = format!("SELECT {FACT} WHERE workspace_id = $1 AND company_id = $2 ORDER BY id LIMIT $3");
    tx.fetch_all(sql, args![company, FACTS_MAX]).await?.iter().map(fact_from).collect()
}

/// One fact.
///
/// # Errors
/// Whatever the database refuses.
pub async fn fact(tx: &mut Tx, id: Uuid) -> Result<Option<WebsiteFact>> {
    let sql = format!("SELECT {FACT} WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(fact_from).transpose()
}

/// Lets go of everything that says who somebody is and was read before `before`. Returns how many facts went.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_people(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM website_fact WHERE workspace_id = $1 AND is_personal = TRUE AND read_at < $2",
        args![before],
    )
    .await
}

fn reading_from(row: &Row) -> Result<WebsiteReading> {
    Ok(WebsiteReading {
        company_id: row.id("company_id")?,
        site: row.get("site")?,
        read_at: row.instant("read_at")?,
        outcome: row.parsed("outcome")?,
        outcome_detail: row.get("outcome_detail")?,
        n_pages: row.get("n_pages")?,
        refused: row.get("refused")?,
        content_hash: row.get("content_hash")?,
        retry_at: row.opt_instant("retry_at")?,
    })
}

fn fact_from(row: &Row) -> Result<WebsiteFact> {
    Ok(WebsiteFact {
        id: row.get("id")?,
        company_id: row.id("company_id")?,
        kind: row.parsed("kind")?,
        value: row.get("value")?,
        details: row.get("details")?,
        url: row.get("url")?,
        snippet: row.get("snippet")?,
        read_at: row.instant("read_at")?,
        content_hash: row.get("content_hash")?,
        is_personal: row.get("is_personal")?,
    })
}
