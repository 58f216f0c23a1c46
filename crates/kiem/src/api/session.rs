//! Logging in and out, and who I am.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::{Person, SESSION_COOKIE};
use super::client_ip::ClientIp;
use super::problem::{ApiResult, Problem};
use crate::engine::account::Login;
use crate::engine::permission::allowed;
use crate::engine::{Engine, Permission, Role};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show, log_in, log_out))
}

/// Who is logged in, and where they may work.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The person.
    pub user: UserView,
    /// The workspaces that they belong to.
    pub workspaces: Vec<WorkspaceView>,
}

/// A person as they see themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Log-in address.
    pub email: String,
    /// `nl` or `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
}

impl From<kiem_store::account::User> for UserView {
    fn from(user: kiem_store::account::User) -> UserView {
        UserView {
            id: user.id.0,
            name: user.name,
            email: user.email,
            language: user.language,
            theme: user.theme,
        }
    }
}

/// A workspace in the switch.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceView {
    /// Id, for the header `Kiem-Workspace`.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// `live` or `practice`.
    pub mode: String,
    /// What the person is here.
    pub role: String,
    /// IANA zone.
    pub time_zone: String,
    /// What the person may do here: the cells of their role in the one matrix.
    pub permissions: Vec<String>,
    /// Why nothing is sent, when sending is held (after a restore).
    pub sending_paused_reason: Option<String>,
}

/// Log-in name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// Log-in address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// Who is logged in.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = Problem)))]
async fn show(State(engine): State<Engine>, person: Person) -> ApiResult<Json<SessionView>> {
    let me = engine.me(person.user).await?;
    Ok(Json(SessionView {
        user: me.user.into(),
        workspaces: me
            .workspaces
            .into_iter()
            .map(|w| WorkspaceView {
                permissions: permissions_of(&w.role),
                sending_paused_reason: w.sending_paused_reason,
                id: w.id.0,
                name: w.name,
                mode: w.mode,
                role: w.role,
                time_zone: w.time_zone,
            })
            .collect(),
    }))
}

/// Nothing for a role that this version does not know.
fn permissions_of(role: &str) -> Vec<String> {
    let Ok(role) = role.parse::<Role>() else { return Vec::new() };
    Permission::ALL.iter().filter(|one| allowed(role, **one)).map(ToString::to_string).collect()
}

/// Logs in and sets the session cookie.
#[utoipa::path(post, path = "/session", tag = "session", request_body = LogIn,
    responses((status = 204), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn log_in(
    State(engine): State<Engine>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    Json(body): Json<LogIn>,
) -> ApiResult<Response> {
    let login = Login { email: &body.email, password: &body.password, user_agent: user_agent(&headers), ip };
    let token = engine.log_in(login).await?;
    Ok(with_cookie(&token))
}

/// Logs out; the cookie opens nothing any more.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn log_out(State(engine): State<Engine>, person: Person) -> ApiResult<Response> {
    engine.log_out(person.session).await?;
    Ok(with_cookie(""))
}

/// The browser's name for itself.
pub(super) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

/// An empty answer that sets the session cookie, or takes it away when the token is empty. The browser keeps it for as long
/// as browsers keep any (400 days); when a session ends is decided here, not there.
pub(super) fn with_cookie(token: &str) -> Response {
    let age = if token.is_empty() { 0 } else { 400 * 24 * 3_600 };
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}");
    let mut response = StatusCode::NO_CONTENT.into_response();
    // Tokens are base64url, so the value is always a valid header.
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
