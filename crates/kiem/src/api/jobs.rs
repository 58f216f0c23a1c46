//! `/jobs`: background work that gave up, and trying it again.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kiem_domain::id::JobId;
use kiem_store::job::Job;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry))
}

/// A job that gave up.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenUpJob {
    /// Id.
    pub id: Uuid,
    /// Which job: `classify_reply`, `decide`, `import`, `mail_notification`, ...
    pub kind: String,
    /// The record that it is about, when it is about one: the mail of `classify_reply`, for example.
    pub subject_id: Option<Uuid>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was last due.
    pub run_at: String,
    /// What went wrong the last time.
    pub error: Option<String>,
}

impl From<Job> for GivenUpJob {
    fn from(job: Job) -> GivenUpJob {
        GivenUpJob {
            id: job.id.0,
            kind: job.kind,
            subject_id: job.dedup_key.parse().ok(),
            attempts: job.attempt,
            run_at: job.run_at.to_string(),
            error: job.last_error,
        }
    }
}

/// Jobs that gave up.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenUpJobs {
    /// Newest first, at most 200.
    pub items: Vec<GivenUpJob>,
}

/// Background work that gave up, newest first.
#[utoipa::path(get, path = "/jobs/given-up", tag = "jobs", responses((status = 200, body = GivenUpJobs)))]
async fn list(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<GivenUpJobs>> {
    let jobs = engine.given_up_jobs(&caller).await?;
    Ok(Json(GivenUpJobs { items: jobs.into_iter().map(GivenUpJob::from).collect() }))
}

/// Lets a job that gave up try again from the beginning.
#[utoipa::path(post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn retry(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.retry_job(&caller, JobId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
