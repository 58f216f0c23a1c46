//! Places on the marketing list. Which of them a list shows, and in which order, says `listing`.

use std::collections::HashMap;

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, ImportId, LeadId, WorkspaceId};
use kiem_domain::lead::LeadState;
use uuid::Uuid;

use crate::args;
use crate::batch::Batch;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

/// A contact's place in the marketing list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// The person; one lead each.
    pub contact_id: ContactId,
    /// Where they work.
    pub company_id: CompanyId,
    /// Where it stands.
    pub state: LeadState,
    /// Until when it waits.
    pub paused_until: Option<Timestamp>,
    /// When it was first approached.
    pub approached_at: Option<Timestamp>,
    /// When we last did something.
    pub touched_at: Option<Timestamp>,
    /// When the other side last did something.
    pub engaged_at: Option<Timestamp>,
    /// What the other side did, 0 to 100.
    pub warmth: i64,
    /// Times promoted.
    pub cycle: i64,
    /// Whether a person must look.
    pub needs_look: bool,
    /// Sorts on the family name.
    pub sort_name: String,
    /// Sorts on the company.
    pub sort_company: String,
    /// Copy of the company's country.
    pub country: Option<String>,
    /// Copy of the company's industry.
    pub industry: Option<String>,
    /// Fit of company and person, 0 to 100; missing when nothing that is asked is known.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// The upload that brought it.
    pub import_id: Option<ImportId>,
    /// When it was made.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "id, contact_id, company_id, state, paused_until, approached_at, touched_at, engaged_at, warmth, cycle,
    needs_look, sort_name, sort_company, country, industry, fit_score, fit_known_percent, import_id, created_at";

/// How an unknown fit is stored, so that it sorts below every known one.
pub(crate) const FIT_UNKNOWN: i64 = -1;
/// Leads whose country and industry a filter offers: reading all of a large workspace for it would take a second.
const LOOKED_AT_FOR_VALUES: i64 = 5_000;

/// Makes leads ready to be added.
pub fn batch(workspace: WorkspaceId, leads: &[Lead]) -> Batch {
    Batch::of(workspace, "lead", COLUMNS, leads.iter().map(values).collect())
}

/// Adds leads.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when a person is already on the list.
pub async fn insert_many(tx: &mut Tx, leads: &[Lead]) -> Result<u64> {
    batch(tx.workspace(), leads).insert(tx, "").await
}

fn values(l: &Lead) -> Vec<Value> {
    args![
        l.id,
        l.contact_id,
        l.company_id,
        l.state.as_str(),
        l.paused_until,
        l.approached_at,
        l.touched_at,
        l.engaged_at,
        l.warmth,
        l.cycle,
        l.needs_look,
        l.sort_name.as_str(),
        l.sort_company.as_str(),
        l.country.as_deref(),
        l.industry.as_deref(),
        l.fit_score.unwrap_or(FIT_UNKNOWN),
        l.fit_known_percent,
        l.import_id,
        l.created_at,
    ]
}

/// One lead.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: LeadId) -> Result<Option<Lead>> {
    let sql = format!("SELECT {COLUMNS} FROM lead WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The lead of a person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<Lead>> {
    let sql = format!("SELECT {COLUMNS} FROM lead WHERE workspace_id = $1 AND contact_id = $2");
    tx.fetch_optional(sql, args![contact]).await?.as_ref().map(from_row).transpose()
}

/// The leads at a company, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_company(tx: &mut Tx, company: CompanyId, limit: i64) -> Result<Vec<Lead>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM lead WHERE workspace_id = $1 AND company_id = $2 ORDER BY id LIMIT $3"
    );
    tx.fetch_all(sql, args![company, limit]).await?.iter().map(from_row).collect()
}

/// The leads at some companies and of some people, each once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn touched_by(tx: &mut Tx, companies: &[CompanyId], people: &[ContactId]) -> Result<Vec<Lead>> {
    let mut found = std::collections::BTreeMap::new();
    let lists = [
        ("company_id", companies.iter().map(|id| id.0).collect::<Vec<_>>()),
        ("contact_id", people.iter().map(|id| id.0).collect()),
    ];
    for (column, ids) in lists {
        let sql = format!(
            "SELECT {COLUMNS} FROM lead WHERE workspace_id = $1 AND {column} IN {} LIMIT 100000",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for chunk in ids.chunks(KEYS_PER_QUERY) {
            for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().copied())]).await? {
                let lead = from_row(&row)?;
                found.insert(lead.id, lead);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Moves a lead to another state. False when it is not in one of the states `from`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_state(
    tx: &mut Tx,
    id: LeadId,
    from: &[LeadState],
    to: LeadState,
    paused_until: Option<Timestamp>,
) -> Result<bool> {
    let names: Vec<String> = from.iter().map(|s| format!("'{s}'")).collect();
    let sql = format!(
        "UPDATE lead SET state = $3, paused_until = $4 WHERE workspace_id = $1 AND id = $2 AND state IN ({})",
        names.join(", ")
    );
    Ok(tx.execute(sql, args![id, to.as_str(), paused_until]).await? > 0)
}

/// Moves everybody at a company who is in one of the states `from` to another. Returns how many they were.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_state_at(tx: &mut Tx, company: CompanyId, from: &[LeadState], to: LeadState) -> Result<u64> {
    let names: Vec<String> = from.iter().map(|s| format!("'{s}'")).collect();
    let sql = format!(
        "UPDATE lead SET state = $3, paused_until = NULL WHERE workspace_id = $1 AND company_id = $2 AND state IN ({})",
        names.join(", ")
    );
    tx.execute(sql, args![company, to.as_str()]).await
}

/// Writes what the list copies from company and person: sort keys, country, industry, fit.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update_copies<'a, I>(tx: &mut Tx, leads: I) -> Result<()>
where
    I: IntoIterator<Item = &'a Lead>,
    I::IntoIter: Send,
{
    let tail = "ON CONFLICT (workspace_id, id) DO UPDATE SET
        sort_name = excluded.sort_name, sort_company = excluded.sort_company, country = excluded.country,
        industry = excluded.industry, fit_score = excluded.fit_score, fit_known_percent = excluded.fit_known_percent";
    let rows = leads.into_iter().map(values);
    tx.insert_many(&format!("INSERT INTO lead (workspace_id, {COLUMNS})"), rows, tail).await?;
    Ok(())
}

/// Writes how far a lead is that was two.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_joined(tx: &mut Tx, l: &Lead) -> Result<()> {
    tx.execute(
        "UPDATE lead SET state = $3, paused_until = $4, approached_at = $5, touched_at = $6, engaged_at = $7, warmth = $8,
             cycle = $9, needs_look = $10
         WHERE workspace_id = $1 AND id = $2",
        args![
            l.id,
            l.state.as_str(),
            l.paused_until,
            l.approached_at,
            l.touched_at,
            l.engaged_at,
            l.warmth,
            l.cycle,
            l.needs_look,
        ],
    )
    .await?;
    Ok(())
}

/// Whether two leads have something of which one lead can have only one: a place in the same campaign, a running sequence,
/// a promotion of the same cycle.
///
/// # Errors
/// Whatever the database refuses.
pub async fn cannot_join(tx: &mut Tx, a: LeadId, b: LeadId) -> Result<bool> {
    let sql = "SELECT
        EXISTS (SELECT 1 FROM enrolment x JOIN enrolment y ON y.workspace_id = x.workspace_id AND y.lead_id = $3
            WHERE x.workspace_id = $1 AND x.lead_id = $2
              AND (x.campaign_id = y.campaign_id
                   OR (x.state IN ('active', 'paused') AND y.state IN ('active', 'paused'))))
        OR EXISTS (SELECT 1 FROM promotion x JOIN promotion y ON y.workspace_id = x.workspace_id AND y.lead_id = $3
            WHERE x.workspace_id = $1 AND x.lead_id = $2 AND x.cycle = y.cycle) AS cannot";
    tx.fetch_one(sql, args![a, b]).await?.get("cannot")
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRow {
    /// The lead.
    pub lead: Lead,
    /// Whole name; empty when unknown or erased.
    pub person_name: String,
    /// Job title.
    pub title: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Name of the company.
    pub company_name: String,
    /// Town of the company.
    pub city: Option<String>,
    /// Whether the person was erased.
    pub is_erased: bool,
}

/// The rows of a page, in its order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn rows(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<LeadRow>> {
    let columns: Vec<String> = COLUMNS.split(',').map(|c| format!("l.{}", c.trim())).collect();
    let sql = format!(
        "SELECT {}, c.given_name, c.infix, c.family_name, c.title, c.email, c.erased_at, o.name AS company_name, o.city
         FROM lead l JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id
         JOIN company o ON o.workspace_id = $1 AND o.id = l.company_id
         WHERE l.workspace_id = $1 AND l.id IN {} LIMIT {KEYS_PER_QUERY}",
        columns.join(", "),
        among(tx.conn(), KeyKind::Id, 2)
    );
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().copied())]).await? {
            let row = list_row(&row)?;
            found.insert(row.lead.id.0, row);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn list_row(row: &Row) -> Result<LeadRow> {
    let parts: [Option<String>; 3] = [row.get("given_name")?, row.get("infix")?, row.get("family_name")?];
    Ok(LeadRow {
        lead: from_row(row)?,
        person_name: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        title: row.get("title")?,
        email: row.get("email")?,
        company_name: row.get("company_name")?,
        city: row.get("city")?,
        is_erased: row.opt_instant("erased_at")?.is_some(),
    })
}

/// Countries of the newest leads, most common first: what a filter can be set to.
///
/// # Errors
/// Whatever the database refuses.
pub async fn countries(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    values_of(tx, "country", limit).await
}

/// Industries of the newest leads, most common first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn industries(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    values_of(tx, "industry", limit).await
}

async fn values_of(tx: &mut Tx, column: &str, limit: i64) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT w.value FROM (SELECT l.{column} AS value FROM lead l WHERE l.workspace_id = $1
             ORDER BY l.id DESC LIMIT {LOOKED_AT_FOR_VALUES}) w
         WHERE w.value IS NOT NULL GROUP BY w.value ORDER BY COUNT(*) DESC, w.value LIMIT $2"
    );
    tx.fetch_all(sql, args![limit]).await?.iter().map(|row| row.get("value")).collect()
}

fn from_row(row: &Row) -> Result<Lead> {
    let fit: i64 = row.get("fit_score")?;
    Ok(Lead {
        id: row.id("id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        state: row.parsed("state")?,
        paused_until: row.opt_instant("paused_until")?,
        approached_at: row.opt_instant("approached_at")?,
        touched_at: row.opt_instant("touched_at")?,
        engaged_at: row.opt_instant("engaged_at")?,
        warmth: row.get("warmth")?,
        cycle: row.get("cycle")?,
        needs_look: row.get("needs_look")?,
        sort_name: row.get("sort_name")?,
        sort_company: row.get("sort_company")?,
        country: row.get("country")?,
        industry: row.get("industry")?,
        fit_score: (fit != FIT_UNKNOWN).then_some(fit),
        fit_known_percent: row.get("fit_known_percent")?,
        import_id: row.opt_id("import_id")?,
        created_at: row.instant("created_at")?,
    })
}
