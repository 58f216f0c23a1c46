//! The register of processing.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine, EngineError};
use crate::messages::Lang;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(register))
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RegisterQuery {
    /// `nl` or `en`; the workspace's own without it.
    language: Option<String>,
}

/// The register of processing (GDPR article 30) as a page to keep or print, from what is set up.
#[utoipa::path(get, path = "/processing-register", tag = "privacy", params(RegisterQuery),
    responses((status = 200, content_type = "text/html", body = String), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn register(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<RegisterQuery>,
) -> ApiResult<Response> {
    let unknown = |_| EngineError::field("language", "unknown_choice");
    let lang: Option<Lang> = query.language.map(|l| l.parse().map_err(unknown)).transpose()?;
    let page = engine.processing_register(&caller, lang).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"kiem-register.html\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, page).into_response())
}
