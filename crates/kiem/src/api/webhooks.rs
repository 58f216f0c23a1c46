//! Webhooks out: addresses that hear of events.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::notify::webhooks::{EndpointInput, KINDS};
use crate::engine::{Caller, Engine, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(deliveries))
        .routes(routes!(test))
        .routes(routes!(rotate))
        .routes(routes!(kinds))
}

/// An address that hears of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// Id.
    pub id: Uuid,
    /// Address.
    pub url: String,
    /// Event kinds; empty means all.
    pub kinds: Vec<String>,
    /// Whether it is used.
    pub active: bool,
    /// Since when deliveries fail.
    pub failing_since: Option<String>,
    /// When it was made.
    pub created_at: String,
}

/// What a person fills in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    /// `https://...`
    pub url: String,
    /// Event kinds; empty means all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Whether it is used.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// A new address, with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookCreated {
    /// Id.
    pub id: Uuid,
    /// The signing secret; shown this once.
    pub secret: String,
}

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Id; `msg_<id>` in the header `webhook-id`.
    pub id: Uuid,
    /// Kind of event.
    pub kind: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// Tries so far.
    pub attempt: i64,
    /// HTTP status of the last answer.
    pub last_status: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When it reached its end.
    pub finished_at: Option<String>,
}

fn input(body: WebhookBody) -> EndpointInput {
    EndpointInput { url: body.url, kinds: body.kinds, active: body.active }
}

/// All addresses.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = [WebhookView])))]
async fn list(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<Vec<WebhookView>>> {
    let found = engine.webhook_endpoints(&caller).await?;
    let views = found.into_iter().map(|e| WebhookView {
        id: e.id,
        url: e.url,
        kinds: e.kinds.split(' ').filter(|k| !k.is_empty()).map(str::to_owned).collect(),
        active: e.active,
        failing_since: e.failing_since.map(|at| at.to_string()),
        created_at: e.created_at.to_string(),
    });
    Ok(Json(views.collect()))
}

/// Adds an address. The answer shows its secret once.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = WebhookBody,
    responses((status = 201, body = WebhookCreated), (status = 422, body = Problem)))]
async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<WebhookBody>,
) -> ApiResult<(StatusCode, Json<WebhookCreated>)> {
    let (id, secret) = engine.create_webhook(&caller, &input(body)).await?;
    Ok((StatusCode::CREATED, Json(WebhookCreated { id, secret })))
}

/// Changes an address.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)), request_body = WebhookBody,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<WebhookBody>,
) -> ApiResult<StatusCode> {
    engine.update_webhook(&caller, id, &input(body)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an address.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.remove_webhook(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest deliveries to an address.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 200, body = [DeliveryView]), (status = 404, body = Problem)))]
async fn deliveries(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<DeliveryView>>> {
    let found = engine.webhook_deliveries(&caller, id).await?;
    let views = found.into_iter().map(|d| DeliveryView {
        id: d.id,
        kind: d.kind,
        state: d.state.to_string(),
        attempt: d.attempt,
        last_status: d.last_status,
        last_error: d.last_error,
        created_at: d.created_at.to_string(),
        finished_at: d.finished_at.map(|at| at.to_string()),
    });
    Ok(Json(views.collect()))
}

/// Sends a test event.
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
async fn test(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.test_webhook(&caller, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A new signing secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// The signing secret; shown this once.
    pub secret: String,
}

/// Replaces the signing secret. For a day events carry two signatures, so that the receiver can change over.
#[utoipa::path(post, path = "/webhooks/{id}/secret", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 200, body = WebhookSecret), (status = 404, body = Problem)))]
async fn rotate(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebhookSecret>> {
    Ok(Json(WebhookSecret { secret: engine.rotate_webhook_secret(&caller, id).await? }))
}

/// The kinds of events that an address can hear of.
#[utoipa::path(get, path = "/webhooks/kinds", tag = "webhooks", responses((status = 200, body = [String])))]
async fn kinds(caller: Caller) -> ApiResult<Json<Vec<&'static str>>> {
    caller.may(Permission::Configure)?;
    Ok(Json(KINDS.to_vec()))
}
