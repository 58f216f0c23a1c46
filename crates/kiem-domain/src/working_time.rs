//! Working hours: response deadlines and cooling are counted in the time in which people work, never over a weekend.

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Days that are looked at before a search gives up: nobody plans further ahead than four years.
const DAYS_MAX: usize = 4 * 366;

/// When a team works, in the zone of its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingHours {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    to: Time,
}

/// Hours in which nobody ever works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no working hour in the week")]
pub struct NeverWorking;

impl WorkingHours {
    /// Hours between `from` and `to` on the given days.
    ///
    /// # Errors
    /// [`NeverWorking`] without a day, or when `to` is not after `from`.
    pub fn new(days: &[Weekday], from: Time, to: Time) -> Result<WorkingHours, NeverWorking> {
        let mut week = [false; 7];
        for day in days {
            // A weekday's offset is 0..=6, so the place exists.
            week[usize::from(day.to_monday_zero_offset().unsigned_abs())] = true;
        }
        if days.is_empty() || to <= from {
            return Err(NeverWorking);
        }
        Ok(WorkingHours { days: week, from, to })
    }

    /// Monday to Friday, nine to half past five: the usual office day in the Netherlands and Belgium.
    pub const fn office() -> WorkingHours {
        WorkingHours {
            days: [true, true, true, true, true, false, false],
            from: time(9, 0, 0, 0),
            to: time(17, 30, 0, 0),
        }
    }

    /// Minutes in one working day.
    pub fn day_minutes(&self) -> i64 {
        self.to.duration_since(self.from).as_mins()
    }

    fn works_on(&self, date: Date) -> bool {
        self.days[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
    }

    /// The working stretch of a day as instants; none on a free day.
    fn stretch(&self, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.works_on(date) {
            return None;
        }
        let at =
            |time: Time| date.to_datetime(time).to_zoned_datetime(zone.clone()).ok().map(|z| z.timestamp());
        Some((at(self.from)?, at(self.to)?))
    }
}

fn days_from(start: Date) -> impl Iterator<Item = Date> {
    (0..DAYS_MAX).filter_map(move |n| start.checked_add((i64::try_from(n).ok()?).days()).ok())
}

/// The moment at which `minutes` of working time have passed since `now`. What comes in outside working hours counts
/// from the next working hour on.
pub fn working_deadline(now: Timestamp, minutes: i64, hours: &WorkingHours, zone: &TimeZone) -> Timestamp {
    let mut left = SignedDuration::from_mins(minutes.max(0));
    for date in days_from(now.to_zoned_datetime(zone.clone()).date()) {
        let Some((from, to)) = hours.stretch(date, zone) else { continue };
        let from = from.max(now);
        if from >= to {
            continue;
        }
        let here = to.duration_since(from);
        if left <= here {
            return from + left;
        }
        left -= here;
    }
    now.saturating_add(left).unwrap_or(Timestamp::MAX)
}

/// Minutes of working time between two instants; zero when `to` is not after `from`.
pub fn working_minutes(from: Timestamp, to: Timestamp, hours: &WorkingHours, zone: &TimeZone) -> i64 {
    let mut sum = SignedDuration::ZERO;
    for date in days_from(from.to_zoned_datetime(zone.clone()).date()) {
        let Some((open, close)) = hours.stretch(date, zone) else { continue };
        if open >= to {
            break;
        }
        let (open, close) = (open.max(from), close.min(to));
        if close > open {
            sum += close.duration_since(open);
        }
    }
    sum.as_mins()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_deadline_counts_working_time_only() {
        let hours = WorkingHours::office();
        for (now, minutes, expected) in [
            // Tuesday 10:00 in Amsterdam: four hours later.
            ("2026-11-24T09:00:00Z", 240, "2026-11-24T13:00:00Z"),
            // Tuesday 16:30: one hour today, three tomorrow.
            ("2026-11-24T15:30:00Z", 240, "2026-11-25T11:00:00Z"),
            // Friday evening: from Monday nine o'clock on.
            ("2026-11-27T20:00:00Z", 240, "2026-11-30T12:00:00Z"),
            // Sunday: the same.
            ("2026-11-29T12:00:00Z", 60, "2026-11-30T09:00:00Z"),
            // Over the change to summer time the wall clock counts (29 March 2026).
            ("2026-03-27T16:00:00Z", 60, "2026-03-30T07:30:00Z"),
        ] {
            assert_eq!(
                working_deadline(at(now), minutes, &hours, &zone()),
                at(expected),
                "{now} + {minutes}"
            );
        }
    }

    #[test]
    fn working_minutes_are_the_inverse_of_the_deadline() {
        let hours = WorkingHours::office();
        let now = at("2026-11-24T15:30:00Z");
        for minutes in [0, 1, 59, 60, 61, 510, 5_000] {
            let end = working_deadline(now, minutes, &hours, &zone());
            assert_eq!(working_minutes(now, end, &hours, &zone()), minutes);
        }
        assert_eq!(working_minutes(now, at("2026-11-20T09:00:00Z"), &hours, &zone()), 0, "never negative");
    }

    #[test]
    fn a_weekend_is_no_time() {
        let hours = WorkingHours::office();
        let (friday, monday) = (at("2026-11-27T16:30:00Z"), at("2026-11-30T08:00:00Z"));
        assert_eq!(working_minutes(friday, monday, &hours, &zone()), 0);
    }

    #[test]
    fn hours_without_work_are_refused() {
        assert_eq!(WorkingHours::new(&[], time(9, 0, 0, 0), time(17, 0, 0, 0)), Err(NeverWorking));
        assert_eq!(
            WorkingHours::new(&[Weekday::Monday], time(17, 0, 0, 0), time(9, 0, 0, 0)),
            Err(NeverWorking)
        );
    }
}
