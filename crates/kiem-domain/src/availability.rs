//! When somebody can be booked: weekly hours in the host's zone, length, buffers, notice, horizon, limit per day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Length of a cell, the grain of being busy.
pub const CELL_MINUTES: i64 = 5;
/// Two moments that are offered are at most this far apart.
const STEP_MINUTES_MAX: u32 = 30;

/// A stretch of a weekday, in the host's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// 0 is Monday.
    pub weekday: u8,
    /// From.
    pub from: Time,
    /// Until; later than `from`.
    pub until: Time,
}

/// The rules of a booking page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Weekly hours.
    pub weekly: Vec<Hours>,
    /// Length of the appointment.
    pub length_minutes: u32,
    /// Kept free before it.
    pub buffer_before_minutes: u32,
    /// Kept free after it.
    pub buffer_after_minutes: u32,
    /// How long beforehand it must be booked.
    pub notice_minutes: u32,
    /// How many days ahead it can be booked.
    pub horizon_days: u32,
    /// Most appointments on one day of the host; 0 means no limit.
    pub per_day_max: u32,
}

/// Why rules make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AvailabilityError {
    /// 5 to 480 minutes, in steps of 5.
    #[error("the length is 5 to 480 minutes, in steps of 5")]
    Length,
    /// A buffer above four hours.
    #[error("a buffer is at most 240 minutes")]
    Buffer,
    /// A weekday above 6, or hours that end before they begin.
    #[error("hours are on a weekday and end after they begin")]
    Hours,
    /// 1 to 90 days.
    #[error("the horizon is 1 to 90 days")]
    Horizon,
    /// More than a month.
    #[error("the notice is at most 30 days")]
    Notice,
}

/// What is taken already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// Cells in which the host is busy.
    pub cells: BTreeSet<Timestamp>,
    /// Appointments of this page, by day of the host.
    pub n_by_day: BTreeMap<Date, u32>,
}

impl Availability {
    /// Checks the rules.
    ///
    /// # Errors
    /// Names the first that makes no sense.
    pub fn check(&self) -> Result<(), AvailabilityError> {
        if !(5..=480).contains(&self.length_minutes) || self.length_minutes % 5 != 0 {
            return Err(AvailabilityError::Length);
        }
        if self.buffer_before_minutes > 240 || self.buffer_after_minutes > 240 {
            return Err(AvailabilityError::Buffer);
        }
        if self.weekly.len() > 70 || self.weekly.iter().any(|h| h.weekday > 6 || h.from >= h.until) {
            return Err(AvailabilityError::Hours);
        }
        if !(1..=90).contains(&self.horizon_days) {
            return Err(AvailabilityError::Horizon);
        }
        if self.notice_minutes > 30 * 24 * 60 {
            return Err(AvailabilityError::Notice);
        }
        Ok(())
    }

    /// How long the appointment lasts.
    pub fn length(&self) -> SignedDuration {
        minutes(self.length_minutes)
    }

    /// The cells that an appointment at `start` keeps busy, buffers included.
    pub fn cells(&self, start: Timestamp) -> Vec<Timestamp> {
        let from = shifted(start, -minutes(self.buffer_before_minutes));
        let until = shifted(shifted(start, self.length()), minutes(self.buffer_after_minutes));
        let cell = CELL_MINUTES * 60;
        let mut at = from.as_second().div_euclid(cell) * cell;
        let mut cells = Vec::new();
        while at < until.as_second() {
            if let Ok(moment) = Timestamp::from_second(at) {
                cells.push(moment);
            }
            at += cell;
        }
        cells
    }

    /// The moments that can be booked now, in order. Every one is inside the weekly hours, after the notice, before the
    /// horizon, free with its buffers, and on a day that is not full.
    pub fn slots(&self, zone: &TimeZone, now: Timestamp, busy: &Busy) -> Vec<Timestamp> {
        let earliest = shifted(now, minutes(self.notice_minutes));
        let today = now.to_zoned_datetime(zone.clone()).date();
        let step = minutes(self.length_minutes.min(STEP_MINUTES_MAX));
        let mut slots = BTreeSet::new();
        let mut day = today;
        for _ in 0..=self.horizon_days {
            let is_full =
                self.per_day_max > 0 && busy.n_by_day.get(&day).copied().unwrap_or(0) >= self.per_day_max;
            if !is_full {
                let weekday = day.weekday().to_monday_zero_offset();
                for hours in self.weekly.iter().filter(|h| i8::try_from(h.weekday) == Ok(weekday)) {
                    let (Some(from), Some(until)) =
                        (moment(day, hours.from, zone), moment(day, hours.until, zone))
                    else {
                        continue;
                    };
                    let mut at = from;
                    while shifted(at, self.length()) <= until {
                        if at >= earliest && self.cells(at).iter().all(|cell| !busy.cells.contains(cell)) {
                            slots.insert(at);
                        }
                        let next = shifted(at, step);
                        if next <= at {
                            break;
                        }
                        at = next;
                    }
                }
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        slots.into_iter().collect()
    }
}

fn minutes(n: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(n) * 60)
}

fn shifted(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    day.to_datetime(time).to_zoned_datetime(zone.clone()).ok().map(|z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn rules() -> Availability {
        Availability {
            weekly: vec![Hours { weekday: 1, from: time(9, 0, 0, 0), until: time(12, 0, 0, 0) }],
            length_minutes: 30,
            buffer_before_minutes: 0,
            buffer_after_minutes: 10,
            notice_minutes: 60,
            horizon_days: 7,
            per_day_max: 4,
        }
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn offers_the_hours_of_the_weekday_after_the_notice() {
        // Tuesday 24 November 2026, 09:10 in Amsterdam: with an hour of notice the first is 10:30.
        let slots = rules().slots(&zone(), at("2026-11-24T08:10:00Z"), &Busy::default());
        let first: Vec<String> = slots.iter().take(4).map(Timestamp::to_string).collect();
        assert_eq!(
            first,
            ["2026-11-24T09:30:00Z", "2026-11-24T10:00:00Z", "2026-11-24T10:30:00Z", "2026-12-01T08:00:00Z"]
        );
    }

    #[test]
    fn a_busy_cell_takes_every_moment_that_touches_it() {
        let busy = Busy {
            cells: rules().cells(at("2026-11-24T09:30:00Z")).into_iter().collect(),
            ..Busy::default()
        };
        let slots = rules().slots(&zone(), at("2026-11-24T06:00:00Z"), &busy);
        for taken in ["2026-11-24T09:00:00Z", "2026-11-24T09:30:00Z", "2026-11-24T10:00:00Z"] {
            assert!(!slots.contains(&at(taken)), "{taken} is too near");
        }
        assert!(slots.contains(&at("2026-11-24T10:30:00Z")));
    }

    #[test]
    fn a_full_day_offers_nothing() {
        let busy = Busy { n_by_day: [(date(2026, 11, 24), 4)].into(), ..Busy::default() };
        let slots = rules().slots(&zone(), at("2026-11-24T06:00:00Z"), &busy);
        assert!(slots.iter().all(|s| *s >= at("2026-12-01T00:00:00Z")), "{slots:?}");
    }

    #[test]
    fn the_hours_stay_local_when_the_clock_changes() {
        // 25 October 2026 is the end of summer time: nine o'clock is 07:00 UTC before and 08:00 UTC after.
        let slots = rules().slots(&zone(), at("2026-10-20T00:00:00Z"), &Busy::default());
        assert_eq!(slots.first(), Some(&at("2026-10-20T07:00:00Z")));
        assert!(slots.contains(&at("2026-10-27T08:00:00Z")), "{slots:?}");
    }

    #[test]
    fn cells_cover_the_buffers_and_nothing_more() {
        let rules = Availability { buffer_before_minutes: 5, ..rules() };
        let cells = rules.cells(at("2026-11-24T09:00:00Z"));
        assert_eq!(cells.first(), Some(&at("2026-11-24T08:55:00Z")));
        assert_eq!(cells.last(), Some(&at("2026-11-24T09:35:00Z")));
        assert_eq!(cells.len(), 9);
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        assert_eq!(rules().check(), Ok(()));
        let wrong = [
            (Availability { length_minutes: 7, ..rules() }, AvailabilityError::Length),
            (Availability { length_minutes: 0, ..rules() }, AvailabilityError::Length),
            (Availability { buffer_after_minutes: 241, ..rules() }, AvailabilityError::Buffer),
            (Availability { horizon_days: 0, ..rules() }, AvailabilityError::Horizon),
            (
                Availability {
                    weekly: vec![Hours { weekday: 7, from: time(9, 0, 0, 0), until: time(10, 0, 0, 0) }],
                    ..rules()
                },
                AvailabilityError::Hours,
            ),
        ];
        for (rules, error) in wrong {
            assert_eq!(rules.check(), Err(error));
        }
    }
}
