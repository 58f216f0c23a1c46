//! `/u/{token}`: a page with one button, and the mail program's own button (RFC 8058).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use minijinja::context;

use super::Public;
use super::page::{failed, message, not_found, page, reader_lang};
use crate::messages::say;

/// The page. Looking changes nothing: scanners look too.
pub async fn show(State(public): State<Public>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let lang = reader_lang(&headers);
    match public.engine.opt_out_page(&token).await {
        Ok(Some(found)) if found.is_done => {
            message(StatusCode::OK, found.lang, "opt_out_done", &found.sender)
        }
        Ok(Some(found)) => {
            let title = say(found.lang, "public.opt_out_title", &[]);
            let text = say(found.lang, "public.opt_out", &[("sender", found.sender.clone())]);
            page(StatusCode::OK, "opt_out", found.lang, &title, &found.sender, context! { text => text })
        }
        Ok(None) => not_found(lang),
        Err(error) => failed(lang, &error),
    }
}

/// Stops everything, whatever the body says: the address alone is the order. No cookie, no redirect.
pub async fn confirm(
    State(public): State<Public>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let lang = reader_lang(&headers);
    match public.engine.opt_out(&token).await {
        Ok(Some(found)) => message(StatusCode::OK, found.lang, "opt_out_done", &found.sender),
        Ok(None) => not_found(lang),
        Err(error) => failed(lang, &error),
    }
}
