//! Access to the Dutch company register: the key, which is never shown, its price and its bounds.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::register::{AccessChange, AccessView};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show, put)).routes(routes!(check))
}

/// Access to the register. Amounts are in thousandths of a euro.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterAccessView {
    /// Whether there is a key. It is never shown.
    pub has_key: bool,
    /// Price of one profile.
    pub price_mills: i64,
    /// What may be spent in a calendar month (UTC).
    pub ceiling_mills: i64,
    /// What was spent in this one.
    pub spent_mills: i64,
    /// Days within which a company is not paid for again by itself.
    pub fresh_days: i64,
    /// The address that is asked.
    pub url: String,
}

impl From<AccessView> for RegisterAccessView {
    fn from(access: AccessView) -> RegisterAccessView {
        RegisterAccessView {
            has_key: access.has_key,
            price_mills: access.price_mills,
            ceiling_mills: access.ceiling_mills,
            spent_mills: access.spent_mills,
            fresh_days: access.fresh_days,
            url: access.url,
        }
    }
}

/// What is to be changed. Amounts are in thousandths of a euro.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterAccessInput {
    /// A new key; empty takes the key away, left out leaves it.
    #[schema(nullable = false)]
    pub key: Option<String>,
    /// Price of one profile.
    pub price_mills: i64,
    /// What may be spent in a calendar month.
    pub ceiling_mills: i64,
    /// Days within which a company is not paid for again by itself.
    pub fresh_days: i64,
}

/// What trying the key came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterKeyTestView {
    /// `works`, `refused`, `later` or `no_answer`.
    pub outcome: String,
}

/// Access to the register.
#[utoipa::path(get, path = "/register-access", tag = "audience", responses((status = 200, body = RegisterAccessView)))]
async fn show(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<RegisterAccessView>> {
    Ok(Json(engine.register_access(&caller).await?.into()))
}

/// Changes key, price and bounds.
#[utoipa::path(put, path = "/register-access", tag = "audience", request_body = RegisterAccessInput,
    responses((status = 204), (status = 422, body = Problem)))]
async fn put(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<RegisterAccessInput>,
) -> ApiResult<StatusCode> {
    let change = AccessChange {
        key: input.key,
        price_mills: input.price_mills,
        ceiling_mills: input.ceiling_mills,
        fresh_days: input.fresh_days,
    };
    engine.put_register_access(&caller, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries the key with a search, which is free.
#[utoipa::path(post, path = "/register-access/check", tag = "audience",
    responses((status = 200, body = RegisterKeyTestView), (status = 409, body = Problem)))]
async fn check(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<RegisterKeyTestView>> {
    let outcome = engine.try_register(&caller).await?.as_str().to_owned();
    Ok(Json(RegisterKeyTestView { outcome }))
}
