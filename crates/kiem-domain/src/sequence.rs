//! When the next step of a sequence is due: waits, sending windows in the recipient's own time, daily caps and gaps.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::gate::Channel;

text_enum! {
    /// What a step does.
    pub enum StepKind {
        /// Sends a mail.
        Mail = "mail",
        /// Waits a number of days.
        Wait = "wait",
        /// Asks a person to do something: call, send a letter, connect.
        Task = "task",
    }
}

text_enum! {
    /// How a task of a sequence reaches somebody. A task without one reaches nobody: looking something up, connecting.
    pub enum TaskChannel {
        /// Somebody is called.
        Phone = "phone",
        /// Somebody is written to by letter or card.
        Post = "post",
    }
}

impl TaskChannel {
    /// What the gate is asked about.
    pub const fn channel(self) -> Channel {
        match self {
            TaskChannel::Phone => Channel::Phone,
            TaskChannel::Post => Channel::Post,
        }
    }
}

/// Days and hours in which mail may go out, counted where the recipient is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingWindow {
    /// Days of the week; at least one.
    days: Vec<Weekday>,
    from: Time,
    to: Time,
}

/// A window in which nothing could ever be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sending window needs at least one day, and an end after its beginning")]
pub struct EmptyWindow;

impl SendingWindow {
    /// Days 1 (Monday) to 7 (Sunday) and hours from (inclusive) to (exclusive). An end at 00:00 is the end of the day.
    ///
    /// # Errors
    /// [`EmptyWindow`] when no moment is inside.
    pub fn new(days: &[i8], from: Time, to: Time) -> Result<SendingWindow, EmptyWindow> {
        let days: Vec<Weekday> =
            days.iter().filter_map(|d| Weekday::from_monday_one_offset(*d).ok()).collect();
        let to = if to == Time::midnight() { Time::MAX } else { to };
        if days.is_empty() || from >= to {
            return Err(EmptyWindow);
        }
        Ok(SendingWindow { days, from, to })
    }

    /// Monday to Friday, nine to five.
    pub fn working_hours() -> SendingWindow {
        SendingWindow {
            days: vec![
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
            ],
            from: jiff::civil::time(9, 0, 0, 0),
            to: jiff::civil::time(17, 0, 0, 0),
        }
    }

    /// The days as 1 (Monday) to 7 (Sunday).
    pub fn days(&self) -> Vec<i8> {
        self.days.iter().map(|d| d.to_monday_one_offset()).collect()
    }

    /// First moment of a day.
    pub fn from(&self) -> Time {
        self.from
    }

    /// End of a day.
    pub fn to(&self) -> Time {
        self.to
    }

    /// Whether a mail may go out at this moment, seen from `zone`.
    pub fn contains(&self, zone: &TimeZone, at: Timestamp) -> bool {
        let local = at.to_zoned_datetime(zone.clone());
        self.days.contains(&local.weekday()) && (self.from..self.to).contains(&local.time())
    }

    /// The first moment at or after `at` that is inside the window. Survives the change to and from summer time: the
    /// hours are wall-clock hours.
    pub fn next(&self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        if self.contains(zone, at) {
            return at;
        }
        let mut day = at.to_zoned_datetime(zone.clone()).date();
        // A window holds at least one weekday, so eight days always reach the next one.
        for _ in 0..=8 {
            if self.days.contains(&day.weekday()) {
                let start = day.to_datetime(self.from).to_zoned_datetime(zone.clone()).map(|z| z.timestamp());
                if let Ok(start) = start
                    && start >= at
                {
                    return start;
                }
            }
            day = day.saturating_add(1.days());
        }
        at
    }
}

/// When a step that waits `wait_days` after `done_at` may happen: the same wall-clock time days later, moved into the
/// window.
pub fn due_after(done_at: Timestamp, wait_days: i64, window: &SendingWindow, zone: &TimeZone) -> Timestamp {
    let local = done_at.to_zoned_datetime(zone.clone());
    let later = local
        .checked_add(wait_days.clamp(0, 365).days())
        .map_or(done_at + SignedDuration::from_hours(24 * wait_days.clamp(0, 365)), |z| z.timestamp());
    window.next(zone, later)
}

/// The time zone of a contact: their own when known, else that of a country with one zone, else the workspace's.
pub fn zone_of(contact: Option<&str>, country: Option<&str>, workspace: &TimeZone) -> TimeZone {
    contact
        .or_else(|| country.and_then(single_zone))
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or_else(|| workspace.clone())
}

/// The zone of European countries that have just one on their mainland.
fn single_zone(country: &str) -> Option<&'static str> {
    Some(match country {
        "AT" => "Europe/Vienna",
        "BE" => "Europe/Brussels",
        "CH" => "Europe/Zurich",
        "CZ" => "Europe/Prague",
        "DE" => "Europe/Berlin",
        "DK" => "Europe/Copenhagen",
        "ES" => "Europe/Madrid",
        "FI" => "Europe/Helsinki",
        "FR" => "Europe/Paris",
        "GB" => "Europe/London",
        "IE" => "Europe/Dublin",
        "IT" => "Europe/Rome",
        "LU" => "Europe/Luxembourg",
        "NL" => "Europe/Amsterdam",
        "NO" => "Europe/Oslo",
        "PL" => "Europe/Warsaw",
        "PT" => "Europe/Lisbon",
        "SE" => "Europe/Stockholm",
        _ => return None,
    })
}

/// One step of a sequence, as far as time is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTiming {
    /// What it does.
    pub kind: StepKind,
    /// Days to wait, for [`StepKind::Wait`].
    pub wait_days: i64,
}

/// What comes next in a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The step at this position, this many days after the step before it was done.
    Step {
        /// Index into the steps.
        position: usize,
        /// Sum of the waits in between.
        wait_days: i64,
    },
    /// Nothing is left: the lead rests.
    End,
}

/// The first step from `position` on that does something; waits are added up on the way.
pub fn next_step(steps: &[StepTiming], position: usize) -> Next {
    let mut wait_days = 0;
    for (index, step) in steps.iter().enumerate().skip(position) {
        match step.kind {
            StepKind::Wait => wait_days += step.wait_days.max(0),
            StepKind::Mail | StepKind::Task => return Next::Step { position: index, wait_days },
        }
    }
    Next::End
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amsterdam() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn mail_goes_out_in_the_recipients_working_hours() {
        let window = SendingWindow::working_hours();
        for (asked, expected) in [
            // Tuesday inside, before, after; Friday evening to Monday; Saturday to Monday.
            ("2026-11-24T10:00:00+01:00", "2026-11-24T10:00:00+01:00"),
            ("2026-11-24T06:00:00+01:00", "2026-11-24T09:00:00+01:00"),
            ("2026-11-24T17:00:00+01:00", "2026-11-25T09:00:00+01:00"),
            ("2026-11-27T18:00:00+01:00", "2026-11-30T09:00:00+01:00"),
            ("2026-11-28T12:00:00+01:00", "2026-11-30T09:00:00+01:00"),
            // Over the end of summer time (25 October 2026) nine stays nine.
            ("2026-10-23T17:30:00+02:00", "2026-10-26T09:00:00+01:00"),
        ] {
            assert_eq!(window.next(&amsterdam(), at(asked)), at(expected), "{asked}");
        }
    }

    #[test]
    fn the_same_moment_is_inside_here_and_outside_there() {
        let window = SendingWindow::working_hours();
        let moment = at("2026-11-24T08:30:00Z");
        assert!(window.contains(&amsterdam(), moment));
        assert!(!window.contains(&TimeZone::get("Europe/London").unwrap(), moment));
    }

    #[test]
    fn a_window_without_a_moment_is_refused() {
        let (nine, ten) = (jiff::civil::time(9, 0, 0, 0), jiff::civil::time(10, 0, 0, 0));
        assert_eq!(SendingWindow::new(&[], nine, ten), Err(EmptyWindow));
        assert_eq!(SendingWindow::new(&[1], ten, nine), Err(EmptyWindow));
        assert!(SendingWindow::new(&[1, 7], nine, ten).is_ok());
    }

    #[test]
    fn a_window_until_midnight_holds_the_whole_evening() {
        let midnight = Time::midnight();
        let window = SendingWindow::new(&[1, 2, 3, 4, 5, 6, 7], midnight, midnight).unwrap();
        for moment in ["2026-11-28T23:59:59+01:00", "2026-11-29T00:00:00+01:00", "2026-11-29T12:00:00+01:00"]
        {
            assert!(window.contains(&amsterdam(), at(moment)), "{moment}");
        }
    }

    #[test]
    fn waits_are_days_on_the_wall_clock() {
        let window = SendingWindow::working_hours();
        let due = due_after(at("2026-10-22T10:00:00+02:00"), 4, &window, &amsterdam());
        assert_eq!(due, at("2026-10-26T10:00:00+01:00"), "four days later, still at ten");
    }

    #[test]
    fn the_gate_is_asked_about_the_channel_of_a_task_under_the_same_name() {
        for channel in TaskChannel::ALL {
            assert_eq!(channel.channel().as_str(), channel.as_str());
        }
    }

    #[test]
    fn waits_add_up_to_the_next_step_that_does_something() {
        let (mail, wait) = (
            StepTiming { kind: StepKind::Mail, wait_days: 0 },
            StepTiming { kind: StepKind::Wait, wait_days: 3 },
        );
        let steps = [mail, wait, wait, mail, wait];
        assert_eq!(next_step(&steps, 0), Next::Step { position: 0, wait_days: 0 });
        assert_eq!(next_step(&steps, 1), Next::Step { position: 3, wait_days: 6 });
        assert_eq!(next_step(&steps, 4), Next::End);
    }

    proptest::proptest! {
        #[test]
        fn the_next_moment_is_inside_and_never_earlier(seconds in 1_700_000_000_i64..1_900_000_000, from in 0_i8..22, length in 1_i8..3, days in 1_u8..128) {
            let days: Vec<i8> = (0..7).filter(|d| days & (1 << d) != 0).map(|d| d + 1).collect();
            let window = SendingWindow::new(
                &days,
                jiff::civil::time(from, 0, 0, 0),
                jiff::civil::time((from + length).min(23), 0, 0, 0),
            ).unwrap();
            let asked = Timestamp::from_second(seconds).unwrap();
            let next = window.next(&amsterdam(), asked);
            proptest::prop_assert!(next >= asked);
            // An hour that the change to summer time skips does not exist on that day; every other moment is inside.
            let skipped = asked.to_zoned_datetime(amsterdam()).month() == 3 && from == 2;
            proptest::prop_assert!(skipped || window.contains(&amsterdam(), next), "{next}");
        }
    }
}
