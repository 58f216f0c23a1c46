//! Who must not be approached, and who the ideal customer is.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kiem_domain::audience::IdealProfile;
use kiem_domain::titles::Seniority;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::imports::PageQuery;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(suppressions, suppress))
        .routes(routes!(unsuppress))
        .routes(routes!(profile, put_profile))
}

/// One entry of the suppression list. The address itself is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuppressionView {
    /// Under which it is taken off.
    pub key: String,
    /// `email` or `domain`.
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
    /// An address, or a domain for everybody there.
    pub address: String,
    /// Why, in words.
    pub reason: String,
}

/// Why an entry is taken off.
#[derive(Debug, Deserialize, IntoParams)]
struct WhyQuery {
    reason: String,
}

/// Who the ideal customer is. An empty list means that it is not asked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileView {
    /// 0 when none was written yet; ignored when it is sent.
    #[serde(default)]
    pub version: i64,
    /// Words of an industry, or the first digits of an activity code.
    pub industries: Vec<String>,
    /// Fewest people working there.
    pub employees_min: Option<u32>,
    /// Most people working there.
    pub employees_max: Option<u32>,
    /// Names or codes of countries.
    pub countries: Vec<String>,
    /// Provinces, regions or towns.
    pub regions: Vec<String>,
    /// Words of a job title.
    pub title_words: Vec<String>,
    /// `owner`, `c_level`, `director`, `head`, `manager`, `ic`, `assistant`, `intern`, `past`, `unknown`.
    pub seniorities: Vec<String>,
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

/// Puts an address or a domain on the list; what runs for that person stops at once.
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

/// The ideal customer profile in use.
#[utoipa::path(get, path = "/ideal-profile", tag = "audience", responses((status = 200, body = ProfileView)))]
async fn profile(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<ProfileView>> {
    let (profile, version) = engine.ideal_profile(&caller).await?;
    Ok(Json(ProfileView {
        version,
        industries: profile.industries,
        employees_min: profile.employees_min,
        employees_max: profile.employees_max,
        countries: profile.countries,
        regions: profile.regions,
        title_words: profile.title_words,
        seniorities: profile.seniorities.iter().map(|s| s.as_str().to_owned()).collect(),
    }))
}

/// Writes a new version of the profile; the audience is scored again in the background.
#[utoipa::path(put, path = "/ideal-profile", tag = "audience", request_body = ProfileView,
    responses((status = 200, body = ProfileView), (status = 422, body = Problem)))]
async fn put_profile(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<ProfileView>,
) -> ApiResult<Json<ProfileView>> {
    caller.may(Permission::WorkAudience)?;
    let seniorities: Result<Vec<Seniority>, _> = input.seniorities.iter().map(|s| s.parse()).collect();
    let new = IdealProfile {
        industries: input.industries,
        employees_min: input.employees_min,
        employees_max: input.employees_max,
        countries: input.countries,
        regions: input.regions,
        title_words: input.title_words,
        seniorities: seniorities.map_err(|_| EngineError::field("seniorities", "unknown_choice"))?,
    };
    engine.put_ideal_profile(&caller, new).await?;
    profile(State(engine), caller).await
}
