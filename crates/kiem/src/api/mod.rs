//! JSON over HTTP under `/api/v1`. Handlers are thin: read, ask the engine, answer. Conventions: `docs/api-design.md`.

pub mod audience;
pub mod caller;
pub mod funnel;
pub mod mailboxes;
pub mod outreach;
pub mod plan;
pub mod practice;
pub mod problem;
pub mod public;
pub mod sales;
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
        .merge(funnel::router())
        .merge(plan::router())
        .merge(audience::router())
        .merge(outreach::router())
        .merge(mailboxes::router())
        .merge(sales::router())
}

/// The OpenAPI document, as `kiem openapi` prints it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = operations().split_for_parts().1;
    name_operations(&mut document);
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

/// The whole HTTP service.
pub fn service(engine: Engine) -> Router {
    let (router, _) = operations().split_for_parts();
    router
        .merge(public::router())
        .layer(axum::middleware::from_fn_with_state(engine.clone(), caller::same_origin))
        .layer(axum::middleware::from_fn(problem::name_failures))
        .with_state(engine)
}
