//! The planner and the funnel: what should happen, and what did.

pub mod definition;
pub mod funnel;
pub mod plan;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{EngineError, Result};

/// The zone of a workspace; UTC when its name is not known to this program's zone data.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The first moment of a day in a zone.
fn start_of(date: Date, zone: &TimeZone) -> Result<Timestamp> {
    let zoned = date.to_zoned_datetime(zone.clone());
    zoned.map(|z| z.timestamp()).map_err(|_| EngineError::field("from", "date"))
}
