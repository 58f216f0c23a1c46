//! What the frame of the page asks: counts of waiting work, and finding anything by its name.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(work_counts)).routes(routes!(search))
}

/// How much waits behind each page.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkCounts {
    /// Tasks that are due today.
    pub today: i64,
    /// Received mails that a person must look at.
    pub inbox: i64,
    /// Leads that a person must look at.
    pub leads: i64,
    /// Prospects who wait for their first answer.
    pub prospects: i64,
    /// Open opportunities.
    pub pipeline: i64,
    /// Drafts that wait for approval.
    pub campaigns: i64,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words; all must fit.
    pub q: String,
    /// At most this many, 20 unless told.
    pub limit: Option<i64>,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResult {
    /// `prospect`, `lead`, `company` or `campaign`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// What tells it from others.
    pub detail: String,
}

/// Everything that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Prospects first, then leads, companies, campaigns.
    pub items: Vec<SearchResult>,
}

/// How much waits behind each page.
#[utoipa::path(get, path = "/work-counts", tag = "frame",
    responses((status = 200, body = WorkCounts), (status = 401, body = Problem)))]
async fn work_counts(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<WorkCounts>> {
    let n = engine.work_counts(&caller).await?;
    Ok(Json(WorkCounts {
        today: n.today,
        inbox: n.inbox,
        leads: n.leads,
        prospects: n.prospects,
        pipeline: n.pipeline,
        campaigns: n.campaigns,
    }))
}

/// Finds anything by its name.
#[utoipa::path(get, path = "/search", tag = "frame", params(SearchQuery),
    responses((status = 200, body = SearchResults), (status = 401, body = Problem)))]
async fn search(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
) -> ApiResult<Json<SearchResults>> {
    let items = engine.search(&caller, &query.q, query.limit.unwrap_or(20)).await?;
    let items = items
        .into_iter()
        .map(|f| SearchResult { kind: f.kind.to_owned(), id: f.id, title: f.title, detail: f.detail })
        .collect();
    Ok(Json(SearchResults { items }))
}
