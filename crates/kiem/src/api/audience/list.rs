//! The marketing list: search, filter, sort, pages.

use axum::Json;
use axum::extract::{Query, State};
use kiem_domain::id::{CampaignId, ImportId};
use kiem_store::lead::{LeadFilter, LeadRow, LeadSort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::LeadQuery;
use crate::engine::audience::leads::COUNTED_MAX;
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(facets))
}

/// What of the list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ListQuery {
    /// Words that must all occur in name, company, address, title or town.
    pub search: String,
    /// `new`, `approached`, `paused`, `resting`, `promoted` or `blocked`.
    pub state: Option<String>,
    /// At least this fit.
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
    /// The filter without its words.
    pub fn filter(&self) -> Result<LeadFilter, EngineError> {
        let text = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
        Ok(LeadFilter {
            words: Vec::new(),
            state: text(&self.state)
                .map(|s| s.parse().map_err(|_| EngineError::field("state", "unknown_choice")))
                .transpose()?,
            fit_min: self.fit_min,
            country: text(&self.country),
            industry: text(&self.industry),
            campaign: self.campaign_id.map(CampaignId),
            never_approached: self.never_approached,
            needs_look: self.needs_look,
            import: self.import_id.map(ImportId),
        })
    }

    fn sort(&self) -> Result<LeadSort, EngineError> {
        Ok(match self.sort.as_deref() {
            None | Some("company") => LeadSort::Company,
            Some("name") => LeadSort::Name,
            Some("fit") => LeadSort::Fit,
            Some("warmth") => LeadSort::Warmth,
            Some("newest") => LeadSort::Newest,
            Some(_) => return Err(EngineError::field("sort", "unknown_choice")),
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
    /// The rows.
    pub items: Vec<LeadRowView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// How many match; only with the first page.
    pub total: Option<i64>,
    /// Whether there are more than `total`, because counting stopped there.
    pub total_is_capped: bool,
}

/// A value that a filter can be set to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetView {
    /// The value.
    pub value: String,
    /// How many leads have it.
    pub leads_n: i64,
}

/// What the filters can be set to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetsView {
    /// States.
    pub states: Vec<FacetView>,
    /// Countries, most common first.
    pub countries: Vec<FacetView>,
    /// Industries, most common first.
    pub industries: Vec<FacetView>,
}

/// A page of the marketing list.
#[utoipa::path(get, path = "/leads", tag = "audience", params(ListQuery),
    responses((status = 200, body = LeadListView), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<LeadListView>> {
    let wanted = LeadQuery {
        filter: query.filter()?,
        sort: query.sort()?,
        search: query.search,
        cursor: query.cursor,
        limit: query.limit.unwrap_or(50),
    };
    let page = engine.leads_list(&caller, wanted).await?;
    Ok(Json(LeadListView {
        items: page.rows.into_iter().map(LeadRowView::from).collect(),
        next_cursor: page.next_cursor,
        total_is_capped: page.total.is_some_and(|n| n >= COUNTED_MAX),
        total: page.total,
    }))
}

/// What the filters of the list can be set to.
#[utoipa::path(get, path = "/leads/facets", tag = "audience", responses((status = 200, body = FacetsView)))]
async fn facets(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<FacetsView>> {
    let facets = engine.lead_facets(&caller).await?;
    let view = |values: Vec<(String, i64)>| {
        values.into_iter().map(|(value, leads_n)| FacetView { value, leads_n }).collect()
    };
    Ok(Json(FacetsView {
        states: view(facets.states),
        countries: view(facets.countries),
        industries: view(facets.industries),
    }))
}
