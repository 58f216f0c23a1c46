//! Sales over HTTP: prospects, their deals and quotes, tasks, Today.

mod deals;
mod prospects;
mod view;
mod work;

use jiff::Timestamp;
use jiff::civil::Date;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::engine::{Engine, EngineError, Result};

/// The operations of this folder.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().merge(prospects::router()).merge(deals::router()).merge(work::router())
}

/// A moment in RFC 3339.
fn moment(field: &str, text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| EngineError::field(field, "not_a_moment"))
}

/// A date `2026-12-24`.
fn date(field: &str, text: &str) -> Result<Date> {
    text.parse().map_err(|_| EngineError::field(field, "not_a_moment"))
}

/// One of the names of an enumeration.
fn choice<T: std::str::FromStr>(field: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| EngineError::field(field, "unknown_choice"))
}

/// A place in a list, for the next page: opaque to the reader.
fn cursor(at: i64, id: Uuid) -> String {
    format!("{at}.{}", id.simple())
}

/// Reads [`cursor`].
fn place(text: Option<&str>) -> Result<Option<(i64, Uuid)>> {
    let wrong = || EngineError::field("cursor", "unknown_choice");
    let Some(text) = text else { return Ok(None) };
    let (at, id) = text.split_once('.').ok_or_else(wrong)?;
    Ok(Some((at.parse().map_err(|_| wrong())?, id.parse().map_err(|_| wrong())?)))
}

/// The same for lists that are ordered by a moment.
fn place_at(text: Option<&str>) -> Result<Option<(Timestamp, Uuid)>> {
    place(text)?
        .map(|(at, id)| {
            let at = Timestamp::from_microsecond(at)
                .map_err(|_| EngineError::field("cursor", "unknown_choice"))?;
            Ok((at, id))
        })
        .transpose()
}
