//! What people ask about their data, and what is held about them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kiem_domain::id::ContactId;
use kiem_store::privacy_request::{PrivacyKind, PrivacyOutcome, PrivacyRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::privacy::{NewPrivacyRequest, PrivacyCase, table_name};
use crate::engine::{Caller, Engine, EngineError};
use crate::messages::Lang;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(read))
        .routes(routes!(handle))
        .routes(routes!(export_request))
        .routes(routes!(export_contact))
}

/// A request of somebody about their data.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrivacyRequestView {
    /// Id.
    pub id: Uuid,
    /// `access`, `correction`, `erasure` or `objection`.
    pub kind: String,
    /// The address that they wrote from or named; empty once they were erased.
    pub address: String,
    /// The day on which it came.
    pub received_on: String,
    /// The last day for an answer.
    pub due_on: String,
    /// In words.
    pub note: String,
    /// `answered`, `erased`, `suppressed`, `nothing_held` or `refused`; missing while it is open.
    pub outcome: Option<String>,
    /// How it was answered, in words.
    pub outcome_note: String,
    /// When it was closed.
    pub handled_at: Option<String>,
}

impl From<PrivacyRequest> for PrivacyRequestView {
    fn from(one: PrivacyRequest) -> PrivacyRequestView {
        PrivacyRequestView {
            id: one.id,
            kind: one.kind.as_str().to_owned(),
            address: one.address,
            received_on: one.received_on.to_string(),
            due_on: one.due_on.to_string(),
            note: one.note,
            outcome: one.outcome.map(|outcome| outcome.as_str().to_owned()),
            outcome_note: one.outcome_note,
            handled_at: one.handled_at.map(|at| at.to_string()),
        }
    }
}

/// Requests, those that are open first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrivacyRequestList {
    /// The requests.
    pub items: Vec<PrivacyRequestView>,
}

/// How many records of one kind are held.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldView {
    /// What they are, in Dutch.
    pub nl: String,
    /// What they are, in English.
    pub en: String,
    /// How many.
    pub n: usize,
}

/// A request with what is held now about whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrivacyCaseView {
    /// The request.
    pub request: PrivacyRequestView,
    /// The person, when somebody is known under the address.
    pub contact_id: Option<Uuid>,
    /// Their name; empty when unknown.
    pub name: String,
    /// What is held.
    pub held: Vec<HeldView>,
}

impl From<PrivacyCase> for PrivacyCaseView {
    fn from(case: PrivacyCase) -> PrivacyCaseView {
        PrivacyCaseView {
            contact_id: case.person.as_ref().map(|person| person.id.0),
            name: case.person.as_ref().map(kiem_store::contact::Contact::full_name).unwrap_or_default(),
            request: case.request.into(),
            held: case
                .held
                .into_iter()
                .map(|(table, n)| HeldView {
                    nl: table_name(table, Lang::Nl),
                    en: table_name(table, Lang::En),
                    n,
                })
                .collect(),
        }
    }
}

/// What people asked about their data.
#[utoipa::path(get, path = "/privacy-requests", tag = "privacy",
    responses((status = 200, body = PrivacyRequestList), (status = 403, body = Problem)))]
async fn list(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<PrivacyRequestList>> {
    let items = engine.privacy_requests(&caller).await?.into_iter().map(PrivacyRequestView::from).collect();
    Ok(Json(PrivacyRequestList { items }))
}

/// A request as it is typed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyRequestInput {
    /// `access`, `correction`, `erasure` or `objection`.
    pub kind: String,
    /// The address that they wrote from or named.
    pub address: String,
    /// The day on which it came.
    pub received_on: String,
    /// In words.
    #[serde(default)]
    pub note: String,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPrivacyRequest {
    /// Id.
    pub id: Uuid,
}

/// Writes down what somebody asks about their data; it must be answered within a month.
#[utoipa::path(post, path = "/privacy-requests", tag = "privacy", request_body = PrivacyRequestInput,
    responses((status = 201, body = CreatedPrivacyRequest), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<PrivacyRequestInput>,
) -> ApiResult<Response> {
    let kind: PrivacyKind = input.kind.parse().map_err(|_| EngineError::field("kind", "unknown_choice"))?;
    let received_on: Date =
        input.received_on.parse().map_err(|_| EngineError::field("received_on", "unknown_choice"))?;
    let new = NewPrivacyRequest { kind, address: input.address, received_on, note: input.note };
    let id = engine.add_privacy_request(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(CreatedPrivacyRequest { id })).into_response())
}

/// One request with what is held now about whoever asks.
#[utoipa::path(get, path = "/privacy-requests/{id}", tag = "privacy", params(("id" = Uuid, Path)),
    responses((status = 200, body = PrivacyCaseView), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<PrivacyCaseView>> {
    Ok(Json(engine.privacy_case(&caller, id).await?.into()))
}

/// What is done about a request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyHandling {
    /// `answered`, `erased`, `suppressed`, `nothing_held` or `refused`.
    pub outcome: String,
    /// How it was answered; a refusal needs its reason.
    #[serde(default)]
    pub note: String,
}

/// Does what was asked and closes the request: erases the person, puts them on the suppression list, or only writes down
/// how they were answered.
#[utoipa::path(post, path = "/privacy-requests/{id}/handling", tag = "privacy", params(("id" = Uuid, Path)),
    request_body = PrivacyHandling,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn handle(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<PrivacyHandling>,
) -> ApiResult<StatusCode> {
    let outcome: PrivacyOutcome =
        body.outcome.parse().map_err(|_| EngineError::field("outcome", "unknown_choice"))?;
    engine.handle_privacy_request(&caller, id, outcome, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn archive(packed: Vec<u8>) -> Response {
    let disposition = "attachment; filename=\"kiem.zip\"";
    ([(header::CONTENT_TYPE, "application/zip"), (header::CONTENT_DISPOSITION, disposition)], packed)
        .into_response()
}

/// Everything that is held about whoever made a request: a page to read and the same as data, packed.
#[utoipa::path(get, path = "/privacy-requests/{id}/export.zip", tag = "privacy", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 404, body = Problem)))]
async fn export_request(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    Ok(archive(engine.export_for_request(&caller, id).await?))
}

/// Everything that is held about a person: a page to read and the same as data, packed.
#[utoipa::path(get, path = "/contacts/{id}/export.zip", tag = "privacy", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 404, body = Problem)))]
async fn export_contact(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    Ok(archive(engine.export_person(&caller, ContactId(id)).await?))
}
