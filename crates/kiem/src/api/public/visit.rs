//! `/s.js` and `/v`: the script for the workspace's own site, and what it reports.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::{BODY_BYTES_MAX, Public, visitor_of};
use crate::engine::public::site::host_of;
use crate::engine::public::visit::{VisitAnswer, VisitReport};

/// The script itself, by hand below 2 KB.
pub const SNIPPET: &str = include_str!("../../../../../web/public-site/snippet.js");

/// One report, with short names because it travels often.
#[derive(Debug, Deserialize)]
struct Report {
    /// Token.
    k: String,
    /// Page view.
    p: Uuid,
    /// Path.
    u: String,
    /// What the page calls itself.
    #[serde(default)]
    m: Option<String>,
    /// Visible, in milliseconds.
    #[serde(default)]
    v: i64,
    /// Trusted events.
    #[serde(default)]
    t: i64,
    /// Scroll depth in percent.
    #[serde(default)]
    d: i64,
    /// Agreed to be recognised later.
    #[serde(default)]
    c: bool,
}

/// The script. It changes seldom, so browsers keep it for a day.
pub async fn snippet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, SNIPPET).into_response()
}

/// Answers the browser's question beforehand; the snippet's own requests need none.
pub async fn preflight(headers: HeaderMap) -> Response {
    with_origin(StatusCode::NO_CONTENT.into_response(), &headers)
}

/// Takes a report. 200 with the next token, 204 when nothing is recorded, 503 when busy.
pub async fn take(State(public): State<Public>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = match axum::body::to_bytes(body, BODY_BYTES_MAX).await {
        Ok(bytes) => answer(&public, &parts, &bytes).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    with_origin(answer, &parts.headers)
}

async fn answer(public: &Public, parts: &axum::http::request::Parts, bytes: &Bytes) -> Response {
    let nothing = || StatusCode::NO_CONTENT.into_response();
    let says = |name: &str| parts.headers.get(name).is_some_and(|v| v.as_bytes() == b"1");
    // Who asks not to be followed is not followed, whatever the script does.
    if says("sec-gpc") || says("dnt") {
        return nothing();
    }
    let Ok(report) = serde_json::from_slice::<Report>(bytes) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let origin = parts.headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
    let Some(host) = origin.and_then(host_of) else { return nothing() };
    let Some((number, key)) = public.engine.read_visit_token(&report.k) else { return nothing() };
    let workspace = match public.visits.workspace(number).await {
        Ok(Some(workspace)) => workspace,
        Ok(None) => return nothing(),
        Err(error) => {
            tracing::warn!(error = %error, "a visit could not be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let (host, path) = match public.engine.played_page(workspace, &report.u).await {
        Ok(Some(played)) => played,
        Ok(None) => (host, report.u),
        Err(error) => {
            tracing::warn!(error = %error, "a page of the practice website could not be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let report = VisitReport {
        key,
        workspace,
        workspace_number: number,
        host,
        page: report.p,
        path,
        meta: report.m,
        visible_ms: report.v,
        trusted_events_n: report.t,
        scroll_percent: report.d,
        consents: report.c,
        visitor: visitor_of(&public.engine, parts),
        at: public.engine.now(),
    };
    match public.visits.take(report).await {
        VisitAnswer::Kept { token } => axum::Json(serde_json::json!({ "k": token })).into_response(),
        VisitAnswer::Refused => nothing(),
        VisitAnswer::Busy => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Any site may read the answer: it holds nothing but its own visit's token, and no cookie goes along.
fn with_origin(mut response: Response, headers: &HeaderMap) -> Response {
    let out = response.headers_mut();
    if let Some(origin) = headers.get(header::ORIGIN) {
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    out.insert(header::VARY, HeaderValue::from_static("Origin"));
    out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
