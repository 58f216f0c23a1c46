//! The first start.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{ApiResult, Problem};
use super::session::{user_agent, with_cookie};
use crate::engine::Engine;
use crate::engine::people::setup;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show, set_up))
}

/// Whether the first start was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setup {
    /// Nobody has an account yet: the next visitor becomes the owner.
    pub needs_owner: bool,
}

/// What the first person enters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Full name.
    pub name: String,
    /// Log-in address.
    pub email: String,
    /// Password, at least 12 characters.
    pub password: String,
    /// Name of the first workspace.
    pub workspace_name: String,
    /// `nl` or `en`.
    pub language: String,
    /// Whether the workspace is for practice.
    pub practice: bool,
}

/// Whether the first start was done.
#[utoipa::path(get, path = "/setup", tag = "setup", responses((status = 200, body = Setup)))]
async fn show(State(engine): State<Engine>) -> ApiResult<Json<Setup>> {
    Ok(Json(Setup { needs_owner: engine.needs_owner().await? }))
}

/// Makes the owner and the first workspace, and logs the owner in.
#[utoipa::path(post, path = "/setup", tag = "setup", request_body = SetUp,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_up(
    State(engine): State<Engine>,
    headers: HeaderMap,
    Json(body): Json<SetUp>,
) -> ApiResult<Response> {
    let wanted = setup::SetUp {
        name: &body.name,
        email: &body.email,
        password: &body.password,
        workspace_name: &body.workspace_name,
        language: &body.language,
        practice: body.practice,
    };
    let (user, _) = engine.set_up(wanted).await?;
    let token = engine.open_session(user, user_agent(&headers)).await?;
    Ok(with_cookie(&token))
}
