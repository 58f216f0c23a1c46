//! `/f/{token}`: the quote-request form, on our own page or on the workspace's site.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde::Deserialize;

use super::page::{failed, message, not_found, page, reader_lang, too_fast};
use super::{BODY_BYTES_MAX, Public, client_ip, read_form};
use crate::engine::EngineError;
use crate::engine::public::form::{FilledForm, OpenForm};
use crate::messages::{Lang, say};

/// The fields, as a form or as JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    token: String,
    name: String,
    email: String,
    company: String,
    phone: String,
    text: String,
    website: String,
    visit: Option<String>,
}

/// What a link of the site to the hosted form carries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    /// Token of the visit.
    k: Option<String>,
}

/// The hosted form; for a page that has its own form (`Accept: application/json`) only the token to send along.
pub async fn show(
    State(public): State<Public>,
    Path(token): Path<String>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let lang = reader_lang(&headers);
    let form = match public.engine.quote_form(&token).await {
        Ok(Some(form)) => form,
        Ok(None) => return not_found(lang),
        Err(error) => return failed(lang, &error),
    };
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accept.starts_with("application/json") {
        let origin = origin_of(&headers).filter(|o| public.engine.may_post_from(&form.inlet, Some(o)));
        let answer = Json(serde_json::json!({ "token": form.token })).into_response();
        return with_origin(answer, origin.as_deref());
    }
    filled_page(StatusCode::OK, &form, &Fields { visit: link.k, ..Fields::default() }, None)
}

/// Takes a filled form from an allowed page.
pub async fn send(State(public): State<Public>, Path(token): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let lang = reader_lang(&parts.headers);
    let form = match public.engine.quote_form(&token).await {
        Ok(Some(form)) => form,
        Ok(None) => return not_found(lang),
        Err(error) => return failed(lang, &error),
    };
    let origin = origin_of(&parts.headers);
    if !public.engine.may_post_from(&form.inlet, origin.as_deref()) {
        return message(StatusCode::FORBIDDEN, form.lang, "other_site", &form.sender);
    }
    let is_json = is_json(&parts);
    let answer = match public.buckets.may_post(&public.engine, client_ip(&public.engine, &parts)) {
        Ok(()) => match axum::body::to_bytes(body, BODY_BYTES_MAX).await {
            Ok(bytes) => take(&public, &form, bytes, is_json).await,
            Err(_) => message(StatusCode::PAYLOAD_TOO_LARGE, form.lang, "too_large", &form.sender),
        },
        Err(seconds) => too_fast(form.lang, &form.sender, seconds),
    };
    with_origin(answer, origin.as_deref())
}

async fn take(public: &Public, form: &OpenForm, bytes: Bytes, is_json: bool) -> Response {
    let fields: Option<Fields> =
        if is_json { serde_json::from_slice(&bytes).ok() } else { read_form(bytes).await };
    let Some(fields) = fields else {
        return message(StatusCode::BAD_REQUEST, form.lang, "unreadable", &form.sender);
    };
    let filled = FilledForm {
        token: fields.token.clone(),
        name: fields.name.clone(),
        email: fields.email.clone(),
        company: fields.company.clone(),
        phone: fields.phone.clone(),
        text: fields.text.clone(),
        trap: fields.website.clone(),
        visit_token: fields.visit.clone(),
    };
    let outcome = public.engine.take_quote_request(form, &filled).await;
    if is_json {
        return match outcome {
            Ok(()) => Json(serde_json::json!({ "taken": true })).into_response(),
            Err(error) => crate::api::problem::ApiError(error).into_response(),
        };
    }
    match outcome {
        // Spam is thanked like everybody: it must not learn what gave it away.
        Ok(()) => message(StatusCode::OK, form.lang, "form_done", &form.sender),
        Err(EngineError::Invalid(errors)) => {
            let problem = errors.first().map(|e| problem_of(form.lang, e)).unwrap_or_default();
            filled_page(StatusCode::UNPROCESSABLE_ENTITY, form, &fields, Some(problem))
        }
        Err(EngineError::Refused { .. }) => {
            let problem = say(form.lang, "public.form_expired", &[]);
            filled_page(StatusCode::CONFLICT, form, &fields, Some(problem))
        }
        Err(error) => failed(form.lang, &error),
    }
}

/// The first problem of a field, with the field's name.
pub(super) fn problem_of(lang: Lang, error: &crate::engine::FieldError) -> String {
    let field = match error.field.as_str() {
        "text" => "question",
        other => other,
    };
    let name = say(lang, &format!("public.{field}"), &[]);
    format!("{name}: {}", say(lang, &format!("error.field.{}", error.code), &error.params))
}

fn filled_page(status: StatusCode, form: &OpenForm, fields: &Fields, problem: Option<String>) -> Response {
    let title = say(form.lang, "public.form_title", &[]);
    let values = context! {
        token => form.token.clone(),
        problem => problem,
        name => fields.name.clone(),
        email => fields.email.clone(),
        company => fields.company.clone(),
        phone => fields.phone.clone(),
        text => fields.text.clone(),
        visit => fields.visit.clone(),
    };
    page(status, "form", form.lang, &title, &form.sender, values)
}

fn is_json(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/json") || kind.starts_with("text/plain")
}

fn origin_of(headers: &HeaderMap) -> Option<String> {
    headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()).map(str::to_lowercase)
}

fn with_origin(mut response: Response, origin: Option<&str>) -> Response {
    if let Some(origin) = origin.and_then(|o| HeaderValue::from_str(o).ok()) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    response
}
