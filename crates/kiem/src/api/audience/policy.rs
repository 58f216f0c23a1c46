//! Who must not be approached.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::imports::PageQuery;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(suppressions, suppress)).routes(routes!(unsuppress))
}

/// One entry of the suppression list. The address itself is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionView {
    /// Under which it is taken off.
    pub key: String,
    /// `email`, `domain` or `phone`.
    pub kind: String,
    /// What may be shown of it.
    pub hint: String,
    /// `unsubscribed`, `replied_stop`, `complaint`, `hard_bounce`, `objection`, `erased`, `manual` or `imported`.
    pub reason: String,
    /// Where it came from, in words.
    pub source: String,
    /// Since when.
    pub created_at: String,
}

/// A page of the suppression list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionList {
    /// The entries, newest first.
    pub items: Vec<SuppressionView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// How many entries there are.
    pub total: i64,
}

/// Whom to suppress.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressInput {
    /// An address, a domain for everybody there, or a telephone number with its country code.
    pub address: String,
    /// Why, in words.
    pub reason: String,
}

/// Why an entry is taken off.
#[derive(Debug, Deserialize, IntoParams)]
struct WhyQuery {
    reason: String,
}

/// The suppression list.
#[utoipa::path(get, path = "/suppressions", tag = "audience", params(PageQuery),
    responses((status = 200, body = SuppressionList)))]
async fn suppressions(
    State(engine): State<Engine>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<SuppressionList>> {
    let (before, limit) = page.moment()?;
    let (entries, total) = engine.suppressions(&caller, before, limit).await?;
    let full = i64::try_from(entries.len()).unwrap_or(0) == limit;
    let next_cursor = entries.last().filter(|_| full).map(|e| e.created_at.to_string());
    let items = entries
        .into_iter()
        .map(|e| SuppressionView {
            key: e.key_hash.iter().map(|b| format!("{b:02x}")).collect(),
            kind: e.kind,
            hint: e.hint,
            reason: e.reason,
            source: e.source,
            created_at: e.created_at.to_string(),
        })
        .collect();
    Ok(Json(SuppressionList { items, next_cursor, total }))
}

/// Puts an address, a domain or a telephone number on the list; what runs for that person stops at once.
#[utoipa::path(post, path = "/suppressions", tag = "audience", request_body = SuppressInput,
    responses((status = 201), (status = 204, description = "was there already"), (status = 422, body = Problem)))]
async fn suppress(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<SuppressInput>,
) -> ApiResult<Response> {
    let new = engine.suppress_by_hand(&caller, &input.address, &input.reason).await?;
    Ok(if new { StatusCode::CREATED } else { StatusCode::NO_CONTENT }.into_response())
}

/// Takes an entry off the list; only with a reason.
#[utoipa::path(delete, path = "/suppressions/{key}", tag = "audience",
    params(("key" = String, Path), ("reason" = String, Query)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn unsuppress(
    State(engine): State<Engine>,
    caller: Caller,
    Path(key): Path<String>,
    Query(why): Query<WhyQuery>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkAudience)?;
    let hash = from_hex(&key).ok_or(EngineError::NotFound)?;
    engine.unsuppress(&caller, &hash, &why.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() != 64 {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}
