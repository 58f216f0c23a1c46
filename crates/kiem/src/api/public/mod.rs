//! Pages and addresses for people without a log-in: their own router, their own limits, nothing of the page inside.

pub mod quote;

use axum::Router;

use crate::engine::Engine;

/// All public routes. One line per surface.
pub fn router() -> Router<Engine> {
    Router::new().merge(quote::router())
}
