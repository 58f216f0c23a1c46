//! Telling people that we have their data (GDPR article 14): by when, and what holds when nobody did.
//!
//! Who gave their data themselves (a form, a sale, consent) knows it; that is article 13, and no clock runs. Everybody else
//! must hear within a month after the data were obtained, and at the latest with the first message. Not legal advice.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::consent::Basis;

/// Days within which somebody must be told; the law says a month, and February is shorter than this.
pub const INFORM_DAYS: i32 = 30;
/// Days before the last one from which we warn: from the 21st day on.
pub const WARN_DAYS: i32 = 9;

text_enum! {
    /// How somebody came to know that we have their data.
    pub enum InformedHow {
        /// By a mail of Kiem that says so.
        Mail = "mail",
        /// By letter.
        Letter = "letter",
        /// By telephone.
        Phone = "phone",
        /// In a conversation.
        InPerson = "in_person",
        /// They knew before the data came into Kiem: told elsewhere, or by somebody else.
        Before = "before",
        /// Nobody has to tell them (article 14(5)), for a reason that is written down.
        Exempt = "exempt",
    }
}

impl InformedHow {
    /// Whether a person must say in words how it was done or why it need not be.
    pub const fn needs_note(self) -> bool {
        matches!(self, InformedHow::Before | InformedHow::Exempt)
    }
}

text_enum! {
    /// Where somebody stands.
    pub enum InformState {
        /// They gave their data themselves.
        FromThemselves = "from_themselves",
        /// They were told.
        Informed = "informed",
        /// They need not be told, for a reason that stands beside it.
        Exempt = "exempt",
        /// There is time.
        OnTime = "on_time",
        /// The last day is near.
        DueSoon = "due_soon",
        /// The time is over and nobody told them: their data are not used.
        Over = "over",
    }
}

/// What is known of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InformFacts {
    /// The last day on which they may be told; missing when they gave their data themselves.
    pub inform_by: Option<Date>,
    /// How they were told.
    pub how: Option<InformedHow>,
}

impl InformFacts {
    /// Where they stand on a day. The time is over when the last day begins, so that nothing is used after a month.
    pub fn state(self, today: Date) -> InformState {
        let Some(last) = self.inform_by else { return InformState::FromThemselves };
        match self.how {
            Some(InformedHow::Exempt) => InformState::Exempt,
            Some(_) => InformState::Informed,
            None if today >= last => InformState::Over,
            None if today >= warn_from(last) => InformState::DueSoon,
            None => InformState::OnTime,
        }
    }
}

/// The first day on which we warn of a last day.
pub fn warn_from(last: Date) -> Date {
    last.saturating_sub(WARN_DAYS.days())
}

/// The last of the days whose warning has begun.
pub fn warned_until(today: Date) -> Date {
    today.saturating_add(WARN_DAYS.days())
}

/// Whether people on this ground gave their data themselves: in a sale, or with their consent.
pub const fn gave_it_themselves(basis: Basis) -> bool {
    matches!(basis, Basis::Consent | Basis::ExistingCustomer)
}

/// The last day on which somebody may be told. An old list does not come in with its time over: who brings it in has the days
/// of a warning to do what should have been done.
pub fn inform_by(obtained_on: Date, came_in_on: Date) -> Date {
    let within = obtained_on.saturating_add(INFORM_DAYS.days()).min(obtained_on.saturating_add(1.month()));
    within.max(came_in_on.saturating_add(WARN_DAYS.days()))
}

/// The last day for somebody who comes in on a ground, or on none; none for who gave their data themselves.
pub fn clock_of(ground: Option<(Basis, Date)>, came_in_on: Date) -> Option<Date> {
    match ground {
        Some((basis, _)) if gave_it_themselves(basis) => None,
        Some((_, obtained_on)) => Some(inform_by(obtained_on, came_in_on)),
        None => Some(inform_by(came_in_on, came_in_on)),
    }
}

/// The last day after the ground of one person was replaced. Somebody who came in by themselves stays so, whatever is
/// recorded; a claim that they did, taken back, begins the time anew.
pub fn clock_after(
    before: Option<Basis>,
    clock: Option<Date>,
    ground: (Basis, Date),
    today: Date,
) -> Option<Date> {
    let new = clock_of(Some(ground), today)?;
    match clock {
        Some(clock) => Some(clock.min(new)),
        None => before.filter(|basis| gave_it_themselves(*basis)).map(|_| new),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_day_is_a_month_after_the_data_were_obtained() {
        let came_in = date(2026, 1, 1);
        for (obtained, expected) in [
            (date(2026, 11, 1), date(2026, 12, 1)),
            (date(2026, 12, 5), date(2027, 1, 4)),
            // February is shorter than thirty days, and the law says a month.
            (date(2026, 1, 30), date(2026, 2, 28)),
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2026, 2, 10), date(2026, 3, 10)),
        ] {
            assert_eq!(inform_by(obtained, came_in), expected, "{obtained}");
        }
    }

    #[test]
    fn an_old_list_gives_the_days_of_a_warning() {
        assert_eq!(inform_by(date(2024, 3, 1), date(2026, 11, 24)), date(2026, 12, 3));
        let facts = InformFacts { inform_by: Some(date(2026, 12, 3)), how: None };
        assert_eq!(facts.state(date(2026, 11, 24)), InformState::DueSoon);
    }

    #[test]
    fn somebody_is_warned_of_from_the_21st_day_and_not_used_from_the_30th() {
        let facts =
            InformFacts { inform_by: Some(inform_by(date(2026, 11, 1), date(2026, 11, 1))), how: None };
        for (days, expected) in [
            (0, InformState::OnTime),
            (20, InformState::OnTime),
            (21, InformState::DueSoon),
            (29, InformState::DueSoon),
            (30, InformState::Over),
            (400, InformState::Over),
        ] {
            assert_eq!(facts.state(date(2026, 11, 1).saturating_add(days.days())), expected, "day {days}");
        }
    }

    #[test]
    fn who_was_told_needs_nothing_and_who_gave_it_themselves_neither() {
        let late = date(2030, 1, 1);
        for (how, expected) in [
            (InformedHow::Mail, InformState::Informed),
            (InformedHow::Before, InformState::Informed),
            (InformedHow::Exempt, InformState::Exempt),
        ] {
            let facts = InformFacts { inform_by: Some(date(2026, 12, 1)), how: Some(how) };
            assert_eq!(facts.state(late), expected, "{how}");
        }
        assert_eq!(InformFacts::default().state(late), InformState::FromThemselves);
    }

    #[test]
    fn a_clock_runs_unless_the_person_gave_the_data() {
        let (today, obtained) = (date(2026, 11, 24), date(2026, 11, 10));
        for basis in Basis::ALL {
            let runs = clock_of(Some((*basis, obtained)), today).is_some();
            assert_eq!(runs, !gave_it_themselves(*basis), "{basis}");
        }
        assert_eq!(
            clock_of(None, today),
            Some(date(2026, 12, 24)),
            "without a ground from the day they came in"
        );
    }

    #[test]
    fn a_replaced_ground_stops_starts_or_keeps_the_clock() {
        let (today, first) = (date(2026, 11, 24), date(2026, 12, 1));
        let (interest, consent) = (Basis::LegitimateInterest, Basis::Consent);
        let new = inform_by(today, today);
        for (before, clock, basis, expected) in [
            (Some(interest), Some(first), consent, None),
            (Some(consent), None, interest, Some(new)),
            (Some(interest), Some(first), interest, Some(first)),
            // Came in by a form: what somebody records later changes nothing about that.
            (None, None, interest, None),
            (Some(interest), None, interest, None),
        ] {
            let found = clock_after(before, clock, (basis, today), today);
            assert_eq!(found, expected, "{before:?} {clock:?} {basis}");
        }
    }

    proptest! {
        /// A clock that has run out never runs again by waiting, and a warning always comes before the end.
        #[test]
        fn states_only_go_on(obtained in 0..4_000_i32, later in 0..4_000_i32, days in 0..4_000_i32) {
            let start = date(2020, 1, 1);
            let obtained = start.saturating_add(obtained.days());
            let came_in = obtained.saturating_add(later.days());
            let last = inform_by(obtained, came_in);
            let facts = InformFacts { inform_by: Some(last), how: None };
            let day = came_in.saturating_add(days.days());
            let place = |state| [InformState::OnTime, InformState::DueSoon, InformState::Over]
                .iter()
                .position(|s| *s == state);
            prop_assert!(place(facts.state(day)) <= place(facts.state(day.saturating_add(1.day()))));
            prop_assert!(facts.state(came_in) != InformState::Over, "nobody comes in with the time over");
            prop_assert!(last <= came_in.saturating_add(INFORM_DAYS.days()));
            prop_assert_eq!(warned_until(warn_from(last)), last);
        }
    }
}
