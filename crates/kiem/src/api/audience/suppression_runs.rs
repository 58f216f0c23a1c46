//! Companies that are put on the suppression list together: what it comes to, begin, and how far it is.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kiem_domain::id::{CompanyId, SuppressionRunId};
use kiem_store::suppression_run::SuppressionRun;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::SuppressionEstimate;
use crate::engine::{Caller, Engine, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(runs, begin)).routes(routes!(estimate)).routes(routes!(run))
}

/// Companies that may not be approached any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressCompaniesInput {
    /// Company ids, 5,000 at most.
    pub companies: Vec<Uuid>,
    /// Why, in words.
    pub reason: String,
}

/// Companies that are asked about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionEstimateInput {
    /// Company ids, 5,000 at most.
    pub companies: Vec<Uuid>,
}

/// What it comes to when companies are put on the suppression list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionEstimateView {
    /// Companies that are there.
    pub companies_n: i64,
    /// Those whose domain is known: it goes on the list; of the others the addresses of their people.
    pub with_domain_n: i64,
    /// Those without domain and without any address: nothing of theirs can go on the list.
    pub without_address_n: i64,
    /// Those whose domain is on the list already.
    pub already_n: i64,
    /// People there.
    pub people_n: i64,
    /// Those of them whose sequence runs: it stops.
    pub people_running_n: i64,
    /// Companies at which somebody's sequence runs.
    pub companies_running_n: i64,
    /// Companies that sales is talking with; the conversation stays, its owner hears it.
    pub pursued_n: i64,
    /// Other companies that share a domain with one of these: their addresses are covered too.
    pub siblings_n: i64,
}

impl From<SuppressionEstimate> for SuppressionEstimateView {
    fn from(found: SuppressionEstimate) -> SuppressionEstimateView {
        let c = found.counts;
        SuppressionEstimateView {
            companies_n: c.n_companies,
            with_domain_n: c.n_with_domain,
            without_address_n: c.n_without_address,
            already_n: found.n_already,
            people_n: c.n_people,
            people_running_n: c.n_people_running,
            companies_running_n: c.n_companies_running,
            pursued_n: c.n_pursued,
            siblings_n: c.n_siblings,
        }
    }
}

/// Companies that are put on the suppression list together, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionRunView {
    /// Id.
    pub id: Uuid,
    /// Why, in words.
    pub reason: String,
    /// Companies in it.
    pub companies_n: i64,
    /// Companies that are done.
    pub done_n: i64,
    /// People at those.
    pub people_n: i64,
    /// Sequences of theirs that were stopped.
    pub stopped_n: i64,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When the last company was done.
    pub finished_at: Option<String>,
}

impl From<SuppressionRun> for SuppressionRunView {
    fn from(run: SuppressionRun) -> SuppressionRunView {
        SuppressionRunView {
            id: run.id.0,
            reason: run.reason,
            companies_n: run.n_companies,
            done_n: run.n_done,
            people_n: run.n_people,
            stopped_n: run.n_stopped,
            created_at: run.created_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
        }
    }
}

/// The newest of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionRunList {
    /// Newest first.
    pub items: Vec<SuppressionRunView>,
}

fn company_ids(all: Vec<Uuid>) -> Vec<CompanyId> {
    all.into_iter().map(CompanyId).collect()
}

/// The newest times that companies were put on the suppression list together.
#[utoipa::path(get, path = "/suppression-runs", tag = "audience",
    responses((status = 200, body = SuppressionRunList)))]
async fn runs(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<SuppressionRunList>> {
    let found = engine.suppression_runs(&caller).await?;
    Ok(Json(SuppressionRunList { items: found.into_iter().map(SuppressionRunView::from).collect() }))
}

/// What it comes to when companies are put on the suppression list: companies, people, and what runs there.
#[utoipa::path(post, path = "/suppression-runs/estimate", tag = "audience", request_body = SuppressionEstimateInput,
    responses((status = 200, body = SuppressionEstimateView), (status = 422, body = Problem)))]
async fn estimate(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<SuppressionEstimateInput>,
) -> ApiResult<Json<SuppressionEstimateView>> {
    caller.may(Permission::Suppress)?;
    Ok(Json(engine.suppression_estimate(&caller, &company_ids(input.companies)).await?.into()))
}

/// Puts companies on the suppression list and stops what runs there: a few at once, many in the background.
#[utoipa::path(post, path = "/suppression-runs", tag = "audience", request_body = SuppressCompaniesInput,
    responses((status = 202, body = SuppressionRunView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn begin(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<SuppressCompaniesInput>,
) -> ApiResult<(StatusCode, Json<SuppressionRunView>)> {
    caller.may(Permission::Suppress)?;
    let companies = company_ids(input.companies);
    let run = engine.suppress_companies(&caller, &companies, &input.reason).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// How far one is.
#[utoipa::path(get, path = "/suppression-runs/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = SuppressionRunView), (status = 404, body = Problem)))]
async fn run(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<SuppressionRunView>> {
    Ok(Json(engine.suppression_run(&caller, SuppressionRunId(id)).await?.into()))
}
