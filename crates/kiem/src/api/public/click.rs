//! `/k/{token}`: always a redirect to the address that was fixed when the mail was made.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::page::{failed, not_found, reader_lang};
use super::{Public, visitor_of};
use crate::api::caller::{SESSION_COOKIE, cookie};
use crate::engine::public::click::ClickReport;

/// Redirects people and machines alike: a scanner that is refused reports the link as dead.
pub async fn follow(State(public): State<Public>, Path(token): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let lang = reader_lang(&parts.headers);
    let mut visitor = visitor_of(&public.engine, &parts);
    visitor.log_in = cookie(&parts.headers, SESSION_COOKIE).map(str::to_owned);
    let redirect = match public.engine.redirect_of(&token, &visitor).await {
        Ok(Some(redirect)) => redirect,
        Ok(None) => return not_found(lang),
        Err(error) => return failed(lang, &error),
    };
    let Ok(location) = HeaderValue::from_str(&redirect.location) else { return not_found(lang) };
    public.clicks.push(ClickReport {
        id: public.engine.new_id(),
        workspace: redirect.workspace,
        link: redirect.link,
        at: public.engine.now(),
        visitor,
        actor: redirect.actor,
    });
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
