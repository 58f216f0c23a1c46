//! JSON over HTTP under `/api/v1`. Handlers are thin: read, ask the engine, answer. Conventions: `docs/api-design.md`.

pub mod audience;
pub mod caller;
pub mod mailboxes;
pub mod outreach;
pub mod practice;
pub mod problem;
pub mod session;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::engine::Engine;

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
        .merge(audience::router())
        .merge(outreach::router())
        .merge(mailboxes::router())
}

/// The OpenAPI document, as `kiem openapi` prints it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    operations().split_for_parts().1
}

/// The whole HTTP service.
pub fn service(engine: Engine) -> Router {
    let (router, _) = operations().split_for_parts();
    router
        .layer(axum::middleware::from_fn_with_state(engine.clone(), caller::same_origin))
        .layer(axum::middleware::from_fn(problem::name_failures))
        .with_state(engine)
}
