//! The marketing list: search, filter, sort, pages, and the same filter as a selection.

use jiff::Timestamp;
use kiem_domain::id::{CampaignId, CompanyId, ContactId, ImportId, LeadId, WorkspaceId};
use kiem_domain::lead::LeadState;

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
    /// Folded "name company domain title city address", for search.
    pub search_text: String,
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
    needs_look, search_text, sort_name, sort_company, country, industry, fit_score, fit_known_percent, import_id, created_at";

/// How an unknown fit is stored, so that it sorts below every known one.
pub(crate) const FIT_UNKNOWN: i64 = -1;

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
        l.search_text.as_str(),
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

/// Writes what the list copies from company and person: search text, sort keys, country, industry, fit.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update_copies<'a, I>(tx: &mut Tx, leads: I) -> Result<()>
where
    I: IntoIterator<Item = &'a Lead>,
    I::IntoIter: Send,
{
    let tail = "ON CONFLICT (workspace_id, id) DO UPDATE SET search_text = excluded.search_text,
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

/// Which leads are meant: everything that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFilter {
    /// Words that must all occur, folded.
    pub words: Vec<String>,
    /// In this state; without one, everybody who has not become a prospect.
    pub state: Option<LeadState>,
    /// At least this fit; unknown fit does not pass.
    pub fit_min: Option<i64>,
    /// In this country.
    pub country: Option<String>,
    /// In this industry, exactly as stored.
    pub industry: Option<String>,
    /// Was or is in this campaign.
    pub campaign: Option<CampaignId>,
    /// Was never approached.
    pub never_approached: bool,
    /// A person must look.
    pub needs_look: bool,
    /// Came with this upload.
    pub import: Option<ImportId>,
}

/// Orders of the list. Each is served by an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadSort {
    /// Company, A to Z.
    Company,
    /// Family name, A to Z.
    Name,
    /// Best fit first.
    Fit,
    /// Warmest first.
    Warmth,
    /// Newest first.
    Newest,
}

impl LeadSort {
    /// What is sorted on before the id; the newest by their id alone, which grows with time.
    const fn column(self) -> Option<&'static str> {
        match self {
            LeadSort::Company => Some("sort_company"),
            LeadSort::Name => Some("sort_name"),
            LeadSort::Fit => Some("fit_score"),
            LeadSort::Warmth => Some("warmth"),
            LeadSort::Newest => None,
        }
    }

    const fn is_ascending(self) -> bool {
        matches!(self, LeadSort::Company | LeadSort::Name)
    }
}

/// Where the next page begins: the sort value and id of the last row of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadCursor {
    /// The sort value, as text; numbers in decimal; empty when only the id sorts.
    pub value: String,
    /// The id.
    pub id: LeadId,
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

impl LeadRow {
    /// Where the page after this row begins.
    pub fn cursor(&self, sort: LeadSort) -> LeadCursor {
        let l = &self.lead;
        let value = match sort {
            LeadSort::Company => l.sort_company.clone(),
            LeadSort::Name => l.sort_name.clone(),
            LeadSort::Fit => l.fit_score.unwrap_or(FIT_UNKNOWN).to_string(),
            LeadSort::Warmth => l.warmth.to_string(),
            LeadSort::Newest => String::new(),
        };
        LeadCursor { value, id: l.id }
    }
}

/// The condition of a filter on the table under the name `l`; its values are pushed on `params` (`$1` is the workspace).
fn condition(filter: &LeadFilter, params: &mut Vec<Value>) -> String {
    let mut parts = vec!["l.workspace_id = $1".to_owned()];
    let mut push = |template: &str, value: Value| {
        params.push(value);
        parts.push(template.replace("$?", &format!("${}", params.len() + 1)));
    };
    for word in &filter.words {
        push("l.search_text LIKE $? ESCAPE '\\'", Value::from(format!("%{}%", escaped(word))));
    }
    match filter.state {
        Some(state) => push("l.state = $?", Value::from(state.as_str())),
        // Who became a prospect has left the marketing list for sales; only who asks for them by name sees them here.
        None => push("l.state <> $?", Value::from(LeadState::Promoted.as_str())),
    }
    if let Some(fit) = filter.fit_min {
        push("l.fit_score >= $?", Value::from(fit));
    }
    if let Some(country) = &filter.country {
        push("l.country = $?", Value::from(country.as_str()));
    }
    if let Some(industry) = &filter.industry {
        push("l.industry = $?", Value::from(industry.as_str()));
    }
    if let Some(campaign) = filter.campaign {
        push(
            "EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.lead_id = l.id AND e.campaign_id = $?)",
            Value::from(campaign),
        );
    }
    if let Some(import) = filter.import {
        push("l.import_id = $?", Value::from(import));
    }
    if filter.never_approached {
        parts.push("l.approached_at IS NULL".to_owned());
    }
    if filter.needs_look {
        parts.push("l.needs_look = TRUE".to_owned());
    }
    parts.join(" AND ")
}

/// A word for LIKE, taken as it is.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A page of the list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    tx: &mut Tx,
    filter: &LeadFilter,
    sort: LeadSort,
    after: Option<&LeadCursor>,
    limit: i64,
) -> Result<Vec<LeadRow>> {
    let mut params = Vec::new();
    let mut wanted = condition(filter, &mut params);
    let (direction, compare) = if sort.is_ascending() { ("ASC", ">") } else { ("DESC", "<") };
    if let Some(after) = after {
        wanted.push_str(" AND ");
        wanted.push_str(&beyond(sort, after, compare, &mut params));
    }
    params.push(Value::from(limit));
    let order = match sort.column() {
        Some(column) => format!("l.{column} {direction}, l.id {direction}"),
        None => format!("l.id {direction}"),
    };
    let columns: Vec<String> = COLUMNS.split(',').map(|c| format!("l.{}", c.trim())).collect();
    let sql = format!(
        "SELECT {}, c.given_name, c.infix, c.family_name, c.title, c.email, c.erased_at, o.name AS company_name, o.city
         FROM (SELECT * FROM lead l WHERE {wanted} ORDER BY {order} LIMIT ${}) l
         JOIN contact c ON c.workspace_id = l.workspace_id AND c.id = l.contact_id
         JOIN company o ON o.workspace_id = l.workspace_id AND o.id = l.company_id
         ORDER BY {order}",
        columns.join(", "),
        params.len() + 1,
    );
    tx.fetch_all(sql, params).await?.iter().map(list_row).collect()
}

/// The condition that a row lies after the cursor; its values are pushed on `params`.
fn beyond(sort: LeadSort, after: &LeadCursor, compare: &str, params: &mut Vec<Value>) -> String {
    let Some(column) = sort.column() else {
        params.push(Value::from(after.id));
        return format!("l.id {compare} ${}", params.len() + 1);
    };
    params.push(if sort.is_ascending() {
        Value::from(after.value.as_str())
    } else {
        // A cursor that was changed by hand begins at the top or the end; it cannot do harm.
        Value::from(after.value.parse::<i64>().unwrap_or(i64::MAX))
    });
    params.push(Value::from(after.id));
    format!("(l.{column}, l.id) {compare} (${}, ${})", params.len(), params.len() + 1)
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

/// How many leads the filter means, counted up to `most`: an exact number below it, `most` when there are more.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(tx: &mut Tx, filter: &LeadFilter, most: i64) -> Result<i64> {
    let mut params = Vec::new();
    let wanted = condition(filter, &mut params);
    params.push(Value::from(most));
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM lead l WHERE {wanted} LIMIT ${}) few",
        params.len() + 1
    );
    tx.fetch_one(sql, params).await?.get("n")
}

/// The ids that a filter means, in the order of their ids, after `after`: how "all that match" is worked through.
///
/// # Errors
/// Whatever the database refuses.
pub async fn matching_ids(
    tx: &mut Tx,
    filter: &LeadFilter,
    after: Option<LeadId>,
    limit: i64,
) -> Result<Vec<LeadId>> {
    let mut params = Vec::new();
    let wanted = condition(filter, &mut params);
    params.push(Value::from(after.map_or_else(uuid::Uuid::nil, |id| id.0)));
    params.push(Value::from(limit));
    let sql = format!(
        "SELECT l.id FROM lead l WHERE {wanted} AND l.id > ${} ORDER BY l.id LIMIT ${}",
        params.len(),
        params.len() + 1
    );
    tx.fetch_all(sql, params).await?.iter().map(|row| row.id("id")).collect()
}

/// What a filter can be set to, with how many leads have it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn countries(tx: &mut Tx, limit: i64) -> Result<Vec<(String, i64)>> {
    facet(tx, "country", limit).await
}

/// Industries with how many leads have them, most common first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn industries(tx: &mut Tx, limit: i64) -> Result<Vec<(String, i64)>> {
    facet(tx, "industry", limit).await
}

/// States with how many leads are in them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn states(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    facet(tx, "state", 20).await
}

async fn facet(tx: &mut Tx, column: &str, limit: i64) -> Result<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT {column} AS value, COUNT(*) AS n FROM lead WHERE workspace_id = $1 AND {column} IS NOT NULL
         GROUP BY {column} ORDER BY n DESC, {column} LIMIT $2"
    );
    tx.fetch_all(sql, args![limit]).await?.iter().map(|row| Ok((row.get("value")?, row.get("n")?))).collect()
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
        search_text: row.get("search_text")?,
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
