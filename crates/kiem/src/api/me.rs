//! One's own settings, password and sessions; and another workspace.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Person;
use super::client_ip::ClientIp;
use super::problem::{ApiResult, Problem};
use super::session::UserView;
use crate::engine::Engine;
use crate::engine::people::profile;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(change))
        .routes(routes!(change_password))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(create_workspace))
}

/// A change of one's own settings; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// Full name.
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// `nl` or `en`.
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// `auto`, `light` or `dark`.
    #[schema(nullable = false)]
    pub theme: Option<String>,
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub old_password: String,
    /// The new one, at least 12 characters.
    pub new_password: String,
}

/// A place where one is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginSession {
    /// Id.
    pub id: Uuid,
    /// The browser's name for itself.
    pub user_agent: String,
    /// When it began.
    pub created_at: String,
    /// When it ends.
    pub expires_at: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// All places where one is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginSessions {
    /// Newest first.
    pub items: Vec<LoginSession>,
}

/// A new workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Name.
    pub name: String,
    /// Whether it is for practice: mail never leaves the machine.
    pub practice: bool,
}

/// A workspace that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedWorkspace {
    /// Id, for the header `Kiem-Workspace`.
    pub id: Uuid,
}

/// Changes one's own name, language or colours.
#[utoipa::path(patch, path = "/me", tag = "me", request_body = MeChange,
    responses((status = 200, body = UserView), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(engine): State<Engine>,
    person: Person,
    Json(body): Json<MeChange>,
) -> ApiResult<Json<UserView>> {
    let change = profile::MeChange {
        name: body.name.as_deref(),
        language: body.language.as_deref(),
        theme: body.theme.as_deref(),
    };
    Ok(Json(engine.change_me(person.user, change).await?.into()))
}

/// Changes one's own password; all other sessions end.
#[utoipa::path(put, path = "/me/password", tag = "me", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn change_password(
    State(engine): State<Engine>,
    person: Person,
    ClientIp(ip): ClientIp,
    Json(body): Json<PasswordChange>,
) -> ApiResult<StatusCode> {
    engine.change_password(person.user, person.session, &body.old_password, &body.new_password, ip).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is logged in.
#[utoipa::path(get, path = "/me/sessions", tag = "me",
    responses((status = 200, body = LoginSessions), (status = 401, body = Problem)))]
async fn sessions(State(engine): State<Engine>, person: Person) -> ApiResult<Json<LoginSessions>> {
    let items = engine.my_sessions(person.user).await?;
    let items = items
        .into_iter()
        .map(|s| LoginSession {
            id: s.id,
            user_agent: s.user_agent,
            created_at: s.created_at.to_string(),
            expires_at: s.expires_at.to_string(),
            is_this: s.id == person.session,
        })
        .collect();
    Ok(Json(LoginSessions { items }))
}

/// Logs out elsewhere.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "me", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn end_session(
    State(engine): State<Engine>,
    person: Person,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.end_my_session(person.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes another workspace; only for who owns one already.
#[utoipa::path(post, path = "/workspaces", tag = "workspace", request_body = NewWorkspace,
    responses((status = 201, body = CreatedWorkspace), (status = 403, body = Problem)))]
async fn create_workspace(
    State(engine): State<Engine>,
    person: Person,
    Json(body): Json<NewWorkspace>,
) -> ApiResult<(StatusCode, Json<CreatedWorkspace>)> {
    let id = engine.create_workspace(person.user, &body.name, body.practice).await?;
    Ok((StatusCode::CREATED, Json(CreatedWorkspace { id: id.0 })))
}
