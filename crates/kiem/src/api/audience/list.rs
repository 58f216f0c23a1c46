//! The marketing list: search, filter, sort, pages.

use axum::Json;
use axum::extract::{Query, State};
use kiem_domain::listing::{Condition, FilterField, FilterOp, ListKind};
use kiem_store::lead::LeadRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience as engine;
use crate::engine::audience::list_form::read_sort;
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(facets))
}

/// What of the list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ListQuery {
    /// Words; of each a word of the person or the company begins with it: name, title, address, town, number.
    pub search: String,
    /// `new`, `approached`, `paused`, `resting`, `promoted` or `blocked`.
    pub state: Option<String>,
    /// At least this fit, 0 to 100.
    pub fit_min: Option<i64>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Industry, exactly.
    pub industry: Option<String>,
    /// Was or is in this campaign.
    pub campaign_id: Option<Uuid>,
    /// Came with this upload.
    pub import_id: Option<Uuid>,
    /// Was never approached.
    pub never_approached: bool,
    /// A person must look.
    pub needs_look: bool,
    /// `company`, `name`, `fit`, `warmth` or `newest`.
    pub sort: Option<String>,
    /// From the page before.
    pub cursor: Option<String>,
    /// Rows, at most 200.
    pub limit: Option<i64>,
}

impl ListQuery {
    /// The same as conditions on the list of people; `limit` when nobody says how many.
    pub fn read(self, limit: i64) -> Result<engine::ListQuery, EngineError> {
        use FilterField as F;
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let yes = |is: bool, value: &str| is.then(|| value.to_owned());
        let asked = [
            ("state", F::State, text(&self.state)),
            ("fit_min", F::Fit, self.fit_min.map(|fit| fit.to_string())),
            ("country", F::Country, text(&self.country)),
            ("industry", F::Industry, text(&self.industry)),
            ("campaign_id", F::Campaign, self.campaign_id.map(|id| id.to_string())),
            ("import_id", F::Import, self.import_id.map(|id| id.to_string())),
            ("never_approached", F::Approached, yes(self.never_approached, "no")),
            ("needs_look", F::NeedsLook, yes(self.needs_look, "yes")),
        ];
        let mut conditions = Vec::new();
        for (name, field, value) in asked {
            let Some(value) = value else { continue };
            let op = if field == F::Fit { FilterOp::AtLeast } else { FilterOp::Is };
            let condition = Condition::new(ListKind::People, field, op, [value]);
            conditions.push(condition.map_err(|_| EngineError::field(name, "unknown_choice"))?);
        }
        Ok(engine::ListQuery {
            list: ListKind::People,
            conditions,
            sort: read_sort(ListKind::People, self.sort.as_deref())?,
            search: self.search,
            cursor: self.cursor,
            limit: self.limit.unwrap_or(limit),
        })
    }
}

/// One row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadRowView {
    /// Id of the lead.
    pub id: Uuid,
    /// Id of the person.
    pub contact_id: Uuid,
    /// Id of the company.
    pub company_id: Uuid,
    /// Whole name; empty when unknown or erased.
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Name of the company.
    pub company: String,
    /// Town of the company.
    pub city: Option<String>,
    /// Country of the company.
    pub country: Option<String>,
    /// Industry of the company.
    pub industry: Option<String>,
    /// Where the lead stands.
    pub state: String,
    /// 0 to 100; missing when nothing that the profile asks is known.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// What the other side did, 0 to 100.
    pub warmth: i64,
    /// Whether a person must look.
    pub needs_look: bool,
    /// Whether the person was erased.
    pub is_erased: bool,
    /// When we last did something.
    pub touched_at: Option<String>,
    /// When the other side last did something.
    pub engaged_at: Option<String>,
    /// When the lead was made.
    pub created_at: String,
}

impl From<LeadRow> for LeadRowView {
    fn from(row: LeadRow) -> LeadRowView {
        let l = row.lead;
        LeadRowView {
            id: l.id.0,
            contact_id: l.contact_id.0,
            company_id: l.company_id.0,
            name: row.person_name,
            title: row.title,
            email: row.email,
            company: row.company_name,
            city: row.city,
            country: l.country,
            industry: l.industry,
            state: l.state.as_str().to_owned(),
            fit_score: l.fit_score,
            fit_known_percent: l.fit_known_percent,
            warmth: l.warmth,
            needs_look: l.needs_look,
            is_erased: row.is_erased,
            touched_at: l.touched_at.map(|at| at.to_string()),
            engaged_at: l.engaged_at.map(|at| at.to_string()),
            created_at: l.created_at.to_string(),
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadListView {
    /// The rows. There may be none and still a next page: many were looked at and did not match.
    pub items: Vec<LeadRowView>,
    /// Where the next page begins; missing at the end.
    pub next_cursor: Option<String>,
    /// How many match; only with the first page.
    pub total: Option<i64>,
    /// Whether there may be more than `total`.
    pub total_is_capped: bool,
    /// Whether what came in lately can be found by its words already.
    pub is_searchable: bool,
}

/// What the filters can be set to, as the newest 5,000 leads have it, most common first.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetsView {
    /// Countries.
    pub countries: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
}

/// A page of the marketing list.
#[utoipa::path(get, path = "/leads", tag = "audience", params(ListQuery),
    responses((status = 200, body = LeadListView), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<LeadListView>> {
    let page = engine.leads_list(&caller, &query.read(50)?).await?;
    Ok(Json(LeadListView {
        total: page.count.map(|count| count.n),
        total_is_capped: page.count.is_some_and(|count| !count.is_exact),
        is_searchable: page.is_searchable,
        next_cursor: page.next_cursor,
        items: page.rows.into_iter().map(LeadRowView::from).collect(),
    }))
}

/// What the filters of the list can be set to.
#[utoipa::path(get, path = "/leads/facets", tag = "audience", responses((status = 200, body = FacetsView)))]
async fn facets(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<FacetsView>> {
    let facets = engine.lead_facets(&caller).await?;
    Ok(Json(FacetsView { countries: facets.countries, industries: facets.industries }))
}
