//! Visits to a workspace's own site, as its snippet reported them.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, LeadId, LinkId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

/// Ids that one IN list asks for.
const IDS_PER_QUERY: usize = 500;
/// Pages of one visit that are looked at: nobody reads more in one sitting.
const PAGES_MAX: i64 = 200;

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSession {
    /// Id.
    pub id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// When it began.
    pub started_at: Timestamp,
    /// Its last sign of life.
    pub seen_at: Timestamp,
    /// The link of ours that it began with.
    pub entry_link_id: Option<LinkId>,
    /// The lead that the link was made for.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// Keyed hash of day, address and browser.
    pub source_hash: Vec<u8>,
    /// Whether the visitor agreed to be recognised on later days.
    pub consented: bool,
}

/// One page of a visit. Reports of the same page are merged: the longest and the most count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageViewRow {
    /// The visit.
    pub session_id: Uuid,
    /// Id that the snippet made.
    pub id: Uuid,
    /// Path without query.
    pub path: String,
    /// What kind of page it is.
    pub page_kind: String,
    /// When it was opened.
    pub at: Timestamp,
    /// How long it was visible.
    pub visible_ms: i64,
    /// Input events that the browser vouched for.
    pub trusted_events_n: i64,
    /// How far it was scrolled.
    pub scroll_percent: i64,
}

fn from_row(row: &Row) -> Result<WebSession> {
    Ok(WebSession {
        id: row.get("id")?,
        site_id: row.get("site_id")?,
        started_at: row.instant("started_at")?,
        seen_at: row.instant("seen_at")?,
        entry_link_id: row.opt_id("entry_link_id")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        source_hash: row.get("source_hash")?,
        consented: row.get("consented")?,
    })
}

fn page_from_row(row: &Row) -> Result<PageViewRow> {
    Ok(PageViewRow {
        session_id: row.get("session_id")?,
        id: row.get("id")?,
        path: row.get("path")?,
        page_kind: row.get("page_kind")?,
        at: row.instant("at")?,
        visible_ms: row.get("visible_ms")?,
        trusted_events_n: row.get("trusted_events_n")?,
        scroll_percent: row.get("scroll_percent")?,
    })
}

/// Writes a new visit down; one that is there already stays as it is.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, s: &WebSession) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO web_session (workspace_id, id, site_id, started_at, seen_at, entry_link_id, lead_id, contact_id,
                 company_id, source_hash, consented) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (workspace_id, id) DO NOTHING",
            args![
                s.id,
                s.site_id,
                s.started_at,
                s.seen_at,
                s.entry_link_id,
                s.lead_id,
                s.contact_id,
                s.company_id,
                s.source_hash.as_slice(),
                s.consented
            ],
        )
        .await?;
    Ok(n > 0)
}

/// The visits with these ids.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<WebSession>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let sql = format!(
            "SELECT * FROM web_session WHERE workspace_id = $1 AND id IN {} LIMIT {IDS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().copied())]).await? {
            found.push(from_row(&row)?);
        }
    }
    Ok(found)
}

/// A sign of life of several visits at once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn touch(tx: &mut Tx, ids: &[Uuid], now: Timestamp) -> Result<()> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let sql = format!(
            "UPDATE web_session SET seen_at = $3 WHERE workspace_id = $1 AND id IN {}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        tx.execute(sql, vec![keys::ids(chunk.iter().copied()), Value::from(now)]).await?;
    }
    Ok(())
}

/// The visitor agreed to be recognised.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_consented(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute("UPDATE web_session SET consented = TRUE WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    Ok(())
}

/// Merges reports of pages into what is known. No page may stand in `pages` twice.
///
/// # Errors
/// Whatever the database refuses.
pub async fn merge_pages(tx: &mut Tx, pages: &[PageViewRow]) -> Result<()> {
    let rows = pages.iter().map(|p| {
        args![
            p.session_id,
            p.id,
            p.path.as_str(),
            p.page_kind.as_str(),
            p.at,
            p.visible_ms,
            p.trusted_events_n,
            p.scroll_percent
        ]
    });
    tx.insert_many(
        "INSERT INTO page_view (workspace_id, session_id, id, path, page_kind, at, visible_ms, trusted_events_n, scroll_percent)",
        rows,
        "ON CONFLICT (workspace_id, session_id, id) DO UPDATE SET
            visible_ms = CASE WHEN excluded.visible_ms > page_view.visible_ms THEN excluded.visible_ms ELSE page_view.visible_ms END,
            trusted_events_n = CASE WHEN excluded.trusted_events_n > page_view.trusted_events_n
                THEN excluded.trusted_events_n ELSE page_view.trusted_events_n END,
            scroll_percent = CASE WHEN excluded.scroll_percent > page_view.scroll_percent
                THEN excluded.scroll_percent ELSE page_view.scroll_percent END",
    )
    .await?;
    Ok(())
}

/// The pages of visits, oldest first; of each visit at most the first [`PAGES_MAX`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn pages(tx: &mut Tx, sessions: &[Uuid]) -> Result<Vec<PageViewRow>> {
    let mut found = Vec::new();
    for chunk in sessions.chunks(IDS_PER_QUERY) {
        let sql = format!(
            "SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY session_id ORDER BY at, id) AS n FROM page_view
                            WHERE workspace_id = $1 AND session_id IN {}) AS numbered
             WHERE n <= {PAGES_MAX} ORDER BY at, id",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().copied())]).await? {
            found.push(page_from_row(&row)?);
        }
    }
    Ok(found)
}
