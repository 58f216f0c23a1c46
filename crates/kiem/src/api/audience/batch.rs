//! One decision about many leads, and the ids that a filter means.

use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;
use kiem_domain::id::LeadId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::imports::GroundInput;
use super::list::ListQuery;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::{BatchOutcome, LeadsAction};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(ids))
        .routes(routes!(suppression))
        .routes(routes!(ground))
        .routes(routes!(keeping))
}

/// Ids of leads.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadIdPage {
    /// The ids.
    pub items: Vec<Uuid>,
    /// Where the next page begins; missing at the end.
    pub next_cursor: Option<String>,
}

/// Leads that must not be mailed any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressLeadsBody {
    /// Lead ids, 200 at most.
    pub leads: Vec<Uuid>,
    /// Why.
    pub reason: String,
}

/// Leads with the ground on which they may be approached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroundLeadsBody {
    /// Lead ids, 200 at most.
    pub leads: Vec<Uuid>,
    /// The ground.
    pub ground: GroundInput,
}

/// Leads that stay leads until a date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepLeadsBody {
    /// Lead ids, 200 at most.
    pub leads: Vec<Uuid>,
    /// Until when (RFC 3339).
    pub until: String,
    /// Why.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView {
    /// Done.
    pub done: u64,
    /// It did not fit them: no address, erased, a prospect already, or not there any more.
    pub skipped: u64,
}

impl From<BatchOutcome> for BatchView {
    fn from(outcome: BatchOutcome) -> BatchView {
        BatchView { done: outcome.done, skipped: outcome.skipped }
    }
}

fn lead_ids(leads: Vec<Uuid>) -> Vec<LeadId> {
    leads.into_iter().map(LeadId).collect()
}

/// The ids that a filter means, 1,000 at most on a page: how "all that match" is worked through. There may be none and still
/// a next page: many were looked at and did not match.
#[utoipa::path(get, path = "/leads/ids", tag = "audience", params(ListQuery),
    responses((status = 200, body = LeadIdPage), (status = 422, body = Problem)))]
async fn ids(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<LeadIdPage>> {
    let (ids, next_cursor) = engine.lead_ids(&caller, &query.read(1_000)?).await?;
    Ok(Json(LeadIdPage { items: ids.into_iter().map(|id| id.0).collect(), next_cursor }))
}

/// Puts leads on the suppression list: no mail goes to them any more.
#[utoipa::path(post, path = "/leads/batch/suppression", tag = "audience", request_body = SuppressLeadsBody,
    responses((status = 200, body = BatchView), (status = 422, body = Problem)))]
async fn suppression(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<SuppressLeadsBody>,
) -> ApiResult<Json<BatchView>> {
    let action = LeadsAction::Suppress { reason: body.reason };
    Ok(Json(engine.act_on_leads(&caller, &lead_ids(body.leads), &action).await?.into()))
}

/// Records on what ground leads may be approached.
#[utoipa::path(post, path = "/leads/batch/ground", tag = "audience", request_body = GroundLeadsBody,
    responses((status = 200, body = BatchView), (status = 422, body = Problem)))]
async fn ground(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<GroundLeadsBody>,
) -> ApiResult<Json<BatchView>> {
    caller.may(Permission::WorkAudience)?;
    let action = LeadsAction::Ground(body.ground.read()?);
    Ok(Json(engine.act_on_leads(&caller, &lead_ids(body.leads), &action).await?.into()))
}

/// Keeps leads leads until a date, whatever they do.
#[utoipa::path(post, path = "/leads/batch/keeping", tag = "audience", request_body = KeepLeadsBody,
    responses((status = 200, body = BatchView), (status = 422, body = Problem)))]
async fn keeping(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<KeepLeadsBody>,
) -> ApiResult<Json<BatchView>> {
    caller.may(Permission::JudgeEngagement)?;
    let until: Timestamp = body.until.parse().map_err(|_| EngineError::field("until", "unknown_choice"))?;
    let action = LeadsAction::KeepLead { until, reason: body.reason };
    Ok(Json(engine.act_on_leads(&caller, &lead_ids(body.leads), &action).await?.into()))
}
