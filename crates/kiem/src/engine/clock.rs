//! Where time comes from. The one place that reads the wall clock.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far the clocks of Kiribati, where each day begins first, are ahead of UTC.
const EARLIEST_CLOCK: SignedDuration = SignedDuration::from_hours(14);

/// The last day that is today for anybody at `now`: late in the evening of Greenwich it is tomorrow in Amsterdam, and who
/// enters that day there enters no future.
pub(crate) fn latest_today(now: Timestamp) -> Date {
    now.saturating_add(EARLIEST_CLOCK).unwrap_or(now).to_zoned_datetime(TimeZone::UTC).date()
}

/// A source of `now`; tests and the demo script hold the hands themselves.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The wall clock.
    System,
    /// Stands still until it is moved.
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn manual(now: Timestamp) -> Clock {
        Clock::Manual(Arc::new(Mutex::new(now)))
    }

    /// The current moment.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
            Clock::System => Timestamp::now(),
            Clock::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a manual clock forward; the wall clock cannot be moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Clock::Manual(now) = self {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = now.saturating_add(by).unwrap_or(Timestamp::MAX);
        }
    }

    /// Sets a manual clock.
    pub fn set(&self, to: Timestamp) {
        if let Clock::Manual(now) = self {
            *now.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }
}
