//! Opportunities: when a deal is concrete, its chance, and how it ends; and what is most urgent today.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::conversation::{Cooling, Step, Turn};

text_enum! {
    /// How an opportunity stands.
    pub enum OpportunityState {
        /// Being worked on.
        Open = "open",
        /// The quote was accepted, or the fact was told.
        Won = "won",
        /// Not bought, with a reason.
        Lost = "lost",
    }
}

text_enum! {
    /// What made it an opportunity.
    pub enum OpenedBy {
        /// A quote went out.
        Quote = "quote",
        /// Purchase intent was expressed, with its evidence.
        Intent = "intent",
    }
}

text_enum! {
    /// How a quote stands.
    pub enum QuoteState {
        /// Being written.
        Draft = "draft",
        /// With the prospect; frozen.
        Sent = "sent",
        /// Accepted by the prospect.
        Accepted = "accepted",
        /// Declined by the prospect.
        Declined = "declined",
        /// Its date has passed.
        Expired = "expired",
        /// A newer quote took its place.
        Replaced = "replaced",
    }
}

text_enum! {
    /// Why a prospect chose not to buy.
    pub enum LostReason {
        /// Too expensive.
        Price = "price",
        /// Somebody else got it.
        Competitor = "competitor",
        /// There was no money for it.
        NoBudget = "no_budget",
        /// Not now, and no date.
        Timing = "timing",
        /// They decided to do nothing.
        NoDecision = "no_decision",
        /// They stopped answering.
        NoResponse = "no_response",
        /// What we offer does not do it.
        Product = "product",
        /// Something else: needs words.
        Other = "other",
    }
}

text_enum! {
    /// Why somebody who replied is not a good prospect.
    pub enum DisqualifyReason {
        /// Outside the ideal customer profile.
        NoFit = "no_fit",
        /// No problem that we solve.
        NoNeed = "no_need",
        /// Nobody there who may decide will talk.
        NoAuthority = "no_authority",
        /// No money, now or later.
        NoBudget = "no_budget",
        /// Just looking around.
        JustLooking = "just_looking",
        /// A competitor, student, supplier or job seeker.
        NotABuyer = "not_a_buyer",
        /// Something else: needs words.
        Other = "other",
    }
}

/// Chance of winning that a step stands for as long as nobody estimates it and there is no history, in percent.
/// Never 0 or 100: an open deal is neither lost nor won.
pub const fn chance_default(step: Step) -> i64 {
    match step {
        Step::ToQualify => 5,
        Step::FirstMeeting => 10,
        Step::DemoProposal => 25,
        Step::Negotiation => 50,
        Step::Closing => 75,
    }
}

/// The chance that counts: a person's own estimate when there is one, else the default of the step.
pub fn chance(step: Step, own_percent: Option<i64>) -> i64 {
    own_percent.map_or(chance_default(step), |own| own.clamp(1, 99))
}

/// Whether a quote may still be decided on that day.
///
/// # Errors
/// Why not.
pub fn may_decide(
    state: QuoteState,
    valid_until: jiff::civil::Date,
    today: jiff::civil::Date,
) -> Result<(), QuoteClosed> {
    match state {
        QuoteState::Sent if today <= valid_until => Ok(()),
        QuoteState::Sent | QuoteState::Expired => Err(QuoteClosed::Expired),
        QuoteState::Accepted => Err(QuoteClosed::Accepted),
        QuoteState::Declined => Err(QuoteClosed::Declined),
        QuoteState::Replaced => Err(QuoteClosed::Replaced),
        QuoteState::Draft => Err(QuoteClosed::NotSent),
    }
}

text_enum! {
    /// Why a quote cannot be decided (any more).
    pub enum QuoteClosed {
        /// Its date has passed.
        Expired = "expired",
        /// It was accepted already.
        Accepted = "accepted",
        /// It was declined already.
        Declined = "declined",
        /// A newer quote took its place.
        Replaced = "replaced",
        /// It never went out.
        NotSent = "not_sent",
    }
}

text_enum! {
    /// Why something stands in Today.
    pub enum Why {
        /// The first answer is late.
        ResponseOverdue = "response_overdue",
        /// The first answer is due.
        ResponseDue = "response_due",
        /// They wrote and nothing is planned.
        TheyWait = "they_wait",
        /// The planned action is late.
        ActionOverdue = "action_overdue",
        /// The planned action is for today.
        ActionToday = "action_today",
        /// Nothing is planned.
        NoNextAction = "no_next_action",
        /// Longer without a touch than the norm of its step.
        Cold = "cold",
        /// On its way to cold.
        Cooling = "cooling",
        /// Planned for later: shown so that nothing is forgotten.
        Planned = "planned",
    }
}

text_enum! {
    /// The sections of Today.
    pub enum Section {
        /// Suffers from every hour.
        Now = "now",
        /// Before the day ends.
        Today = "today",
        /// In the next seven days.
        ThisWeek = "this_week",
        /// Their turn, or later.
        Waiting = "waiting",
    }
}

/// What the urgency of a pursuit follows from.
#[derive(Debug, Clone, Copy)]
pub struct UrgencyFacts {
    /// What it is worth in cents; unknown counts as `value_usual_cents`.
    pub value_cents: Option<i64>,
    /// Usual value of a deal here, for pursuits whose own is unknown.
    pub value_usual_cents: i64,
    /// Chance of winning in percent.
    pub chance_percent: i64,
    /// When the first answer is due, as long as it was not given.
    pub response_due_at: Option<Timestamp>,
    /// When the next action is due.
    pub next_action_at: Option<Timestamp>,
    /// How warm it is.
    pub cooling: Cooling,
    /// Whose turn it is.
    pub turn: Turn,
}

/// How urgent a pursuit is, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Urgency {
    /// Euros (whole units of money) at stake in waiting: value x chance x suffering. What the list is ordered by.
    pub score: i64,
    /// How much it suffers from waiting, in thousandths.
    pub suffers_permille: i64,
    /// The strongest reason.
    pub why: Why,
    /// Where it stands in Today.
    pub section: Section,
}

/// No score is higher: the largest whole number that JavaScript keeps exactly.
pub const SCORE_MAX: i64 = (1 << 53) - 1;

/// Says how urgent a pursuit is: value x chance x how much it suffers from waiting.
pub fn urgency(facts: &UrgencyFacts, now: Timestamp, zone: &TimeZone) -> Urgency {
    let (why, suffers_permille, section) = strongest(facts, now, zone);
    let value = facts.value_cents.filter(|v| *v > 0).unwrap_or(facts.value_usual_cents).max(100) / 100;
    let exact =
        i128::from(value) * i128::from(facts.chance_percent.clamp(1, 99)) * i128::from(suffers_permille);
    let score = i64::try_from(exact / 100_000).unwrap_or(SCORE_MAX).clamp(1, SCORE_MAX);
    Urgency { score, suffers_permille, why, section }
}

fn strongest(facts: &UrgencyFacts, now: Timestamp, zone: &TimeZone) -> (Why, i64, Section) {
    let day = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let today = day(now);
    if let Some(due) = facts.response_due_at {
        return if due <= now {
            (Why::ResponseOverdue, 1_000, Section::Now)
        } else if day(due) <= today {
            (Why::ResponseDue, 900, Section::Now)
        } else {
            (Why::ResponseDue, 700, Section::Today)
        };
    }
    match facts.next_action_at {
        Some(at) if at <= now && day(at) < today => (Why::ActionOverdue, 800, Section::Now),
        Some(at) if at <= now => (Why::ActionToday, 750, Section::Now),
        Some(at) if day(at) == today => (Why::ActionToday, 600, Section::Today),
        Some(at) if at.duration_since(now).as_hours() < 7 * 24 => (Why::Planned, 150, Section::ThisWeek),
        Some(_) => (Why::Planned, 50, Section::Waiting),
        None => match (facts.turn, facts.cooling) {
            (_, Cooling::Cold) => (Why::Cold, 700, Section::Now),
            (_, Cooling::Cooling(percent)) => (Why::Cooling, 300 + i64::from(percent) * 3, Section::Today),
            (Turn::Ours, Cooling::Fresh) => (Why::TheyWait, 400, Section::Today),
            (Turn::Theirs, Cooling::Fresh) => (Why::NoNextAction, 200, Section::ThisWeek),
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    fn facts() -> UrgencyFacts {
        UrgencyFacts {
            value_cents: Some(10_000_00),
            value_usual_cents: 5_000_00,
            chance_percent: 50,
            response_due_at: None,
            next_action_at: None,
            cooling: Cooling::Fresh,
            turn: Turn::Theirs,
        }
    }

    #[test]
    fn an_open_deal_is_never_certain_and_grows_with_every_step() {
        let mut before = 0;
        for step in Step::ALL {
            let chance = chance_default(*step);
            assert!(chance > before && chance < 100, "{step}");
            before = chance;
        }
        assert_eq!(chance(Step::Closing, Some(0)), 1);
        assert_eq!(chance(Step::Closing, Some(100)), 99);
        assert_eq!(chance(Step::Closing, Some(30)), 30, "a person's estimate stands");
    }

    #[test]
    fn a_quote_is_decided_once_and_in_time() {
        let (last, after) = (date(2026, 12, 24), date(2026, 12, 25));
        for (state, today, expected) in [
            (QuoteState::Sent, last, Ok(())),
            (QuoteState::Sent, after, Err(QuoteClosed::Expired)),
            (QuoteState::Accepted, last, Err(QuoteClosed::Accepted)),
            (QuoteState::Declined, last, Err(QuoteClosed::Declined)),
            (QuoteState::Replaced, last, Err(QuoteClosed::Replaced)),
            (QuoteState::Draft, last, Err(QuoteClosed::NotSent)),
            (QuoteState::Expired, last, Err(QuoteClosed::Expired)),
        ] {
            assert_eq!(may_decide(state, last, today), expected, "{state}");
        }
    }

    #[test]
    fn what_suffers_most_comes_first() {
        let now = at("2026-11-24T09:00:00Z");
        let says = |facts: UrgencyFacts| {
            let urgency = urgency(&facts, now, &zone());
            (urgency.why, urgency.section, urgency.score)
        };
        let base = facts();
        for (given, expected) in [
            (
                UrgencyFacts { response_due_at: Some(at("2026-11-24T08:00:00Z")), ..base },
                (Why::ResponseOverdue, Section::Now, 5_000),
            ),
            (
                UrgencyFacts { response_due_at: Some(at("2026-11-24T13:00:00Z")), ..base },
                (Why::ResponseDue, Section::Now, 4_500),
            ),
            (
                UrgencyFacts { next_action_at: Some(at("2026-11-23T09:00:00Z")), ..base },
                (Why::ActionOverdue, Section::Now, 4_000),
            ),
            (
                UrgencyFacts { next_action_at: Some(at("2026-11-24T15:00:00Z")), ..base },
                (Why::ActionToday, Section::Today, 3_000),
            ),
            (
                UrgencyFacts { next_action_at: Some(at("2026-11-27T09:00:00Z")), ..base },
                (Why::Planned, Section::ThisWeek, 750),
            ),
            (UrgencyFacts { cooling: Cooling::Cold, ..base }, (Why::Cold, Section::Now, 3_500)),
            (UrgencyFacts { cooling: Cooling::Cooling(60), ..base }, (Why::Cooling, Section::Today, 2_400)),
            (UrgencyFacts { turn: Turn::Ours, ..base }, (Why::TheyWait, Section::Today, 2_000)),
            (base, (Why::NoNextAction, Section::ThisWeek, 1_000)),
            (UrgencyFacts { value_cents: None, ..base }, (Why::NoNextAction, Section::ThisWeek, 500)),
        ] {
            assert_eq!(says(given), expected, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn worth_more_or_likelier_is_never_less_urgent(
            value in 0_i64..10_000_000_00, more in 0_i64..1_000_000_00, chance in 1_i64..99, likelier in 0_i64..50,
        ) {
            let now = at("2026-11-24T09:00:00Z");
            let one = UrgencyFacts { value_cents: Some(value + 100), chance_percent: chance, ..facts() };
            let two = UrgencyFacts {
                value_cents: Some(value + 100 + more),
                chance_percent: chance + likelier,
                ..facts()
            };
            prop_assert!(urgency(&two, now, &zone()).score >= urgency(&one, now, &zone()).score);
        }
    }
}
