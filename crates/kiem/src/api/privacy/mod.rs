//! The law on personal data over HTTP.

mod informing;
mod register;
mod requests;
mod retention;

use utoipa_axum::router::OpenApiRouter;

use crate::engine::Engine;

/// The operations of this folder.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .merge(informing::router())
        .merge(register::router())
        .merge(requests::router())
        .merge(retention::router())
}
