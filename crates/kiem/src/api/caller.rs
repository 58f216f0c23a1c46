//! Who is asking: the session cookie of a person or the bearer token of a program, and the workspace.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kiem_domain::id::{UserId, WorkspaceId};

use super::problem::ApiError;
use crate::engine::{Caller, Engine, EngineError};

/// Name of the session cookie; the `__Host-` prefix makes the browser insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-kiem";
/// Header (or query parameter `workspace`, for event streams) that chooses the workspace.
pub const WORKSPACE_HEADER: &str = "kiem-workspace";

/// A logged-in person, before a workspace is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// The person.
    pub user: UserId,
    /// The session's own id, for log-out and listing.
    pub session: uuid::Uuid,
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

fn wanted_workspace(parts: &Parts) -> Result<Option<WorkspaceId>, ApiError> {
    let from_header = parts.headers.get(WORKSPACE_HEADER).and_then(|v| v.to_str().ok());
    let from_query =
        parts.uri.query().into_iter().flat_map(|q| q.split('&')).find_map(|p| p.strip_prefix("workspace="));
    from_header
        .or(from_query)
        .map(|text| text.parse::<WorkspaceId>().map_err(|_| ApiError(EngineError::NotFound)))
        .transpose()
}

impl FromRequestParts<Engine> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, engine: &Engine) -> Result<Self, ApiError> {
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or(EngineError::NotLoggedIn)?;
        let session = engine.session(token).await?;
        Ok(Person { user: session.user, session: session.id })
    }
}

impl FromRequestParts<Engine> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, engine: &Engine) -> Result<Self, ApiError> {
        if let Some(token) = bearer(&parts.headers) {
            return Ok(engine.token_caller(token).await?);
        }
        let wanted = wanted_workspace(parts)?;
        let person = Person::from_request_parts(parts, engine).await?;
        Ok(engine.member_caller(person.user, wanted).await?)
    }
}

/// Refuses unsafe requests that come from another website (cross-site request forgery). Browsers say where a request
/// comes from in `Sec-Fetch-Site` or `Origin`; programs with a bearer token carry no cookie and need no check.
pub async fn same_origin(State(engine): State<Engine>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    if !safe && cookie(headers, SESSION_COOKIE).is_some() && bearer(headers).is_none() {
        let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
        let origin = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
        let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let own = |origin: &str| {
            origin == engine.config().public_url
                || origin.split_once("://").is_some_and(|(_, rest)| rest == host)
        };
        let allowed = match (site, origin) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => own(origin),
            (None, None) => true,
        };
        if !allowed {
            return ApiError(EngineError::refused("cross_site")).into_response();
        }
    }
    next.run(request).await
}
