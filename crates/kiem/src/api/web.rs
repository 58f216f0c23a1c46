//! The web page inside the program: `web/dist` is built in (a debug build reads it from the disk), with security
//! headers on everything that goes out.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use super::problem::ApiError;
use crate::engine::{Engine, EngineError};

#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// First parts of addresses that are never pages of the web page.
const NOT_PAGES: &[&str] = &["api", "healthz"];
/// First parts of addresses that strangers open: links in mails, forms, hooks.
const PUBLIC: &[&str] = &["k", "u", "b", "f", "q", "v", "hooks", "s.js", "practice-site"];

/// Scripts and connections of this server only; inline styles because the component library places popovers with them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Kiem</title>\
     <h1>The web page is not built in</h1><p>The program works, but this build has no web page. \
     Run <code>npm ci</code> and <code>npm run build</code> in the folder <code>web</code>, then build Kiem again.</p>\
     <p lang=nl>Het programma werkt, maar in deze versie zit geen webpagina. Voer <code>npm ci</code> en \
     <code>npm run build</code> uit in de map <code>web</code> en bouw Kiem opnieuw.</p></html>";

/// The first part of an address: `k` of `/k/abc`.
pub fn first_part(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// Whether strangers open this address.
pub fn is_public(path: &str) -> bool {
    PUBLIC.contains(&first_part(path))
}

/// Files of the web page; any other address of a page gets the page itself, which knows its own addresses.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || is_public(path) || NOT_PAGES.contains(&first_part(path)) {
        return ApiError(EngineError::NotFound).into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(response) = file(name, request.headers()) {
        return response;
    }
    // A file that is not there is missing, not a page: an old page asks for a part of an older release.
    if name.starts_with("assets/") || name.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return ApiError(EngineError::NotFound).into_response();
    }
    file("index.html", request.headers()).unwrap_or_else(|| {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, html)], NOT_BUILT).into_response()
    })
}

fn file(name: &str, asked: &HeaderMap) -> Option<Response> {
    if name.is_empty() || name.ends_with(".gz") {
        return None;
    }
    let plain = Files::get(name)?;
    let kind = plain.metadata.mimetype().to_owned();
    let takes_gzip = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.split(';').next().is_some_and(|e| e.trim() == "gzip")));
    let zipped = if takes_gzip { Files::get(&format!("{name}.gz")) } else { None };
    let is_zipped = zipped.is_some();
    let chosen = zipped.unwrap_or(plain);
    let tag = tag(&chosen);
    let mut headers = HeaderMap::new();
    // The build puts a hash into every name under assets/: what has that name never changes.
    let keeping =
        if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeping));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if is_zipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|k| k.trim().trim_start_matches("W/") == tag)) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Some((headers, chosen.data.into_owned()).into_response())
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let text: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{text}\"")
}

/// `/healthz`: whether the program and its database answer.
pub async fn health(State(engine): State<Engine>) -> Response {
    let answers = async {
        let mut global = engine.store().global_read().await?;
        kiem_store::account::count_users(&mut global).await
    };
    match answers.await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "the health check failed");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Security headers on every answer; a page that needs other rules sets its own before.
pub async fn security_headers(State(engine): State<Engine>, request: Request, next: Next) -> Response {
    let is_api = first_part(request.uri().path()) == "api";
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    if is_api {
        set(header::CACHE_CONTROL, "no-store");
    }
    if engine.config().public_url.starts_with("https://") {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
