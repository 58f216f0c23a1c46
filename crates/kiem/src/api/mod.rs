//! JSON over HTTP under `/api/v1`. Handlers are thin: read, ask the engine, answer. Conventions: `docs/api-design.md`.

pub mod archive;
pub mod audience;
pub mod caller;
pub mod client_ip;
pub mod find;
pub mod funnel;
pub mod idempotency;
pub mod inbox;
pub mod jobs;
pub mod live;
pub mod mailboxes;
pub mod me;
pub mod outreach;
pub mod people;
pub mod plan;
pub mod practice;
pub mod privacy;
pub mod problem;
pub mod promotions;
pub mod public;
pub mod rate;
pub mod sales;
mod security;
pub mod session;
pub mod setup;
pub mod surfaces;
pub mod web;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::engine::{Engine, EngineError};

/// The document's head; the operations come from the routers.
#[derive(OpenApi)]
#[openapi(info(
    title = "Kiem",
    description = "Acquisition engine: leads, prospects, opportunities, customers.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

/// Every operation under `/api/v1`.
fn operations() -> OpenApiRouter<Engine> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", parts())
}

/// One line per part of the product.
#[rustfmt::skip]
fn parts() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .merge(session::router())
        .merge(webhooks::router())
        .merge(promotions::router())
        .merge(live::router())
        .merge(inbox::router())
        .merge(jobs::router())
        .merge(setup::router())
        .merge(me::router())
        .merge(find::router())
        .merge(people::router())
        .merge(funnel::router())
        .merge(plan::router())
        .merge(audience::router())
        .merge(outreach::router())
        .merge(archive::router())
        .merge(mailboxes::router())
        .merge(sales::router())
        .merge(practice::router())
        .merge(privacy::router())
        .merge(surfaces::router())
}

/// The OpenAPI document, as `kiem openapi` prints it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = operations().split_for_parts().1;
    name_operations(&mut document);
    security::describe(&mut document);
    document
}

/// Gives every operation a name of its own, from its method and path: handlers of different parts share short names
/// such as `list`, and clients that are made from the document need unique ones.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let words: Vec<String> = path
            .trim_start_matches("/api/v1/")
            .split(['/', '-', '.'])
            .map(|word| word.trim_matches(['{', '}']).to_owned())
            .collect();
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
}

/// Largest request that is not an upload; uploads say so at their own route.
const REQUEST_BYTES_MAX: usize = 2 << 20;
/// How long an answer may take to begin. Streams begin at once and then stay open.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// The whole HTTP service.
pub fn service(engine: Engine) -> Router {
    let (router, _) = operations().split_for_parts();
    let state = engine.clone();
    let buckets = Arc::new(rate::Buckets::default());
    router
        .merge(public::router(engine.clone(), buckets.clone()))
        .route("/healthz", axum::routing::get(web::health))
        .fallback(web::serve)
        .layer(from_fn_with_state(state.clone(), idempotency::once))
        .layer(from_fn_with_state(state.clone(), caller::same_origin))
        .layer(from_fn_with_state((state.clone(), buckets), rate::limit))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WITHIN))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::name_failures))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state, web::security_headers))
        .with_state(engine)
}

/// A handler that panicked is a bug; the reader gets the number under which it stands in the log.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_default();
    problem::ApiError(EngineError::Outside(format!("a request panicked: {said}"))).into_response()
}
