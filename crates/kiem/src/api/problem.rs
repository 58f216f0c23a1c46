//! Errors as problem documents (RFC 9457), in the language of the reader.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::{EngineError, FieldError};
use crate::messages::{Lang, has, say};

/// What the API answers instead of a result.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable code, a catalogue key: `not_found`, `invalid`, ...
    pub code: String,
    /// What happened, in one or two words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What it means and what to do.
    pub detail: String,
    /// Fields that are not right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One field that is not right.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Path of the field in what was sent.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// The sentence.
    pub detail: String,
}

/// The error type of handlers: an engine error on its way out.
#[derive(Debug)]
pub struct ApiError(pub EngineError);

impl<E: Into<EngineError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        ApiError(error.into())
    }
}

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// Carries the error to [`name_failures`], which knows the reader's language.
#[derive(Clone)]
struct Failure(std::sync::Arc<EngineError>);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(Failure(std::sync::Arc::new(self.0)));
        response
    }
}

fn status(error: &EngineError) -> StatusCode {
    match error {
        EngineError::NotFound => StatusCode::NOT_FOUND,
        EngineError::NotLoggedIn => StatusCode::UNAUTHORIZED,
        EngineError::Forbidden => StatusCode::FORBIDDEN,
        EngineError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        EngineError::Refused { .. } | EngineError::Conflict => StatusCode::CONFLICT,
        EngineError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        EngineError::Store(e) if e.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
        EngineError::Store(_) | EngineError::Outside(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Turns failures into problem documents in the language of the request. Internal errors are logged once, here, with
/// a number that the reader can pass on; the reader sees no internals.
pub async fn name_failures(request: Request, next: Next) -> Response {
    let lang = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .map_or(Lang::En, Lang::from_accept_language);
    let is_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let Some(Failure(error)) = response.extensions().get::<Failure>().cloned() else {
        return if is_api { name_refusal(response, lang).await } else { response };
    };
    let problem = describe(&error, lang);
    let mut response = with_headers_of(response, problem);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let EngineError::TooMany { retry_after_seconds } = &*error {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
    response
}

/// The problem document in the place of a failure, with the headers that were set on it: without the one that names the
/// origin a page on another site could not read what is wrong.
fn with_headers_of(failed: Response, problem: Problem) -> Response {
    let mut response = (failed.status(), Json(problem)).into_response();
    keep_headers(&mut response, failed.headers().clone());
    response
}

fn keep_headers(response: &mut Response, kept: HeaderMap) {
    for (name, value) in &kept {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
}

/// Refusals of the framework (a body that is no JSON, a method that does not exist) are plain text: they become
/// problem documents too.
async fn name_refusal(response: Response, lang: Lang) -> Response {
    let (mut status, kept) = (response.status(), response.headers().clone());
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/plain")));
    if !(status.is_client_error() || status.is_server_error()) || !is_text {
        return response;
    }
    let said = axum::body::to_bytes(response.into_body(), 4096).await.unwrap_or_default();
    // An address with something else in the place of an id leads nowhere, whatever the reader of ids says about it.
    if status == StatusCode::BAD_REQUEST && said.starts_with(b"Invalid URL") {
        status = StatusCode::NOT_FOUND;
    }
    let problem = match status {
        StatusCode::SERVICE_UNAVAILABLE => ("busy", String::new()),
        StatusCode::NOT_FOUND => ("not_found", String::new()),
        _ => ("unreadable", String::from_utf8_lossy(&said).into_owned()),
    };
    let params = [("problem", problem.1)];
    let text = |part: &str| say(lang, &format!("error.{}.{part}", problem.0), &params);
    let body = Problem {
        code: problem.0.to_owned(),
        title: text("title"),
        status: status.as_u16(),
        detail: text("detail"),
        errors: Vec::new(),
    };
    let mut response = (status, Json(body)).into_response();
    keep_headers(&mut response, kept);
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The values of a refusal in the reader's language: `because` names a sentence of the catalogue, all others stand for
/// themselves.
fn spoken(params: &[(&'static str, String)], lang: Lang) -> Vec<(&'static str, String)> {
    let said =
        |name: &str, value: &String| if name == "because" { say(lang, value, &[]) } else { value.clone() };
    params.iter().map(|(name, value)| (*name, said(name, value))).collect()
}

/// The problem document of an error.
pub fn describe(error: &EngineError, lang: Lang) -> Problem {
    let (code, params, errors): (&str, Vec<(&str, String)>, &[FieldError]) = match error {
        EngineError::NotFound => ("not_found", vec![], &[]),
        EngineError::NotLoggedIn => ("not_logged_in", vec![], &[]),
        EngineError::Forbidden => ("forbidden", vec![], &[]),
        EngineError::Invalid(fields) => ("invalid", vec![], fields),
        EngineError::Refused { code, params } => (code, spoken(params, lang), &[]),
        EngineError::Conflict => ("conflict", vec![], &[]),
        EngineError::TooMany { retry_after_seconds } => {
            ("too_many_requests", vec![("seconds", retry_after_seconds.to_string())], &[])
        }
        EngineError::Store(e) if e.is_transient() => ("busy", vec![], &[]),
        EngineError::Store(_) | EngineError::Outside(_) => {
            let id = uuid::Uuid::from_bytes(crate::engine::keys::random_bytes::<16>());
            let number = id.simple().to_string()[..12].to_owned();
            tracing::error!(number, error = %error, "request failed");
            ("internal", vec![("id", number)], &[])
        }
    };
    let text = |part: &str| say(lang, &format!("error.{code}.{part}"), &params);
    Problem {
        code: code.to_owned(),
        title: text("title"),
        status: status(error).as_u16(),
        detail: text("detail"),
        errors: errors
            .iter()
            .map(|field| {
                let key = format!("error.field.{}", field.code);
                debug_assert!(has(lang, &key), "no sentence for {key}");
                FieldProblem {
                    field: field.field.clone(),
                    code: field.code.to_owned(),
                    detail: say(lang, &key, &field.params),
                }
            })
            .collect(),
    }
}
