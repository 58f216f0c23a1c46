//! The conversation with a prospect: its steps, which moves are allowed, whose turn it is, and how it cools.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::working_time::{WorkingHours, working_minutes};

text_enum! {
    /// How a pursuit stands.
    pub enum ProspectState {
        /// New: the five things are not known yet.
        ToQualify = "to_qualify",
        /// We talk; the step says how far.
        InConversation = "in_conversation",
        /// Good, but not now: wakes up on a date.
        Nurture = "nurture",
        /// Not a fitting prospect after all.
        Disqualified = "disqualified",
        /// Chose not to buy from us.
        Lost = "lost",
        /// Became a customer.
        Won = "won",
        /// The promotion was undone: it is a lead again.
        Undone = "undone",
    }
}

impl ProspectState {
    /// Whether somebody works on it, or will when it wakes up. A company has at most one open pursuit.
    pub const fn is_open(self) -> bool {
        matches!(self, ProspectState::ToQualify | ProspectState::InConversation | ProspectState::Nurture)
    }

    /// Whether it stands on the board.
    pub const fn is_active(self) -> bool {
        matches!(self, ProspectState::ToQualify | ProspectState::InConversation)
    }
}

text_enum! {
    /// The columns of the board, in order.
    pub enum Step {
        /// Answer, and find out whether it is a good prospect.
        ToQualify = "to_qualify",
        /// Know each other, explore the need.
        FirstMeeting = "first_meeting",
        /// Deeper: demo or proposal.
        DemoProposal = "demo_proposal",
        /// Price and terms.
        Negotiation = "negotiation",
        /// The last yes.
        Closing = "closing",
    }
}

impl Step {
    /// The state of a pursuit that stands in this column.
    pub const fn state(self) -> ProspectState {
        match self {
            Step::ToQualify => ProspectState::ToQualify,
            _ => ProspectState::InConversation,
        }
    }

    /// What has to be true before the next step, as keys of sentences (`step.<step>.exit.<key>`).
    pub const fn exit_criteria(self) -> &'static [&'static str] {
        match self {
            Step::ToQualify => &["answered", "need_indicated", "fit_known"],
            Step::FirstMeeting => &["need_confirmed", "authority_known", "next_meeting_planned"],
            Step::DemoProposal => &["solution_agreed", "budget_indicated", "quote_sent"],
            Step::Negotiation => &["terms_agreed", "decision_date_known"],
            Step::Closing => &["quote_accepted"],
        }
    }

    /// Working days without a touch after which a conversation in this step is cold.
    ///
    /// Shortest where an answer is waited for (first days) and where a decision is near. Defaults of ours.
    pub const fn norm_days(self) -> i64 {
        match self {
            Step::ToQualify => 2,
            Step::FirstMeeting => 4,
            Step::DemoProposal => 5,
            Step::Negotiation => 3,
            Step::Closing => 2,
        }
    }
}

/// What can be done with a pursuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Put it in a step of the board.
    To(Step),
    /// Let it rest until a date.
    Nurture,
    /// The date has come, or somebody does not want to wait for it.
    Wake,
    /// It does not fit.
    Disqualify,
    /// They will not buy.
    Lose,
    /// They bought.
    Win,
    /// Try again after it was closed.
    Reopen,
    /// The promotion was a mistake.
    Undo,
}

/// A move that the table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what:?} is not possible from {from}")]
pub struct MoveRefused {
    /// Where it stood.
    pub from: ProspectState,
    /// What was asked.
    pub what: Move,
}

/// Applies a move: the one transition table. The step is kept while a pursuit rests or is closed, because "where did
/// we lose it" is asked later and a reopened pursuit goes on where it stood.
///
/// # Errors
/// [`MoveRefused`] for everything that is not in the table.
pub fn apply(from: ProspectState, step: Step, what: Move) -> Result<(ProspectState, Step), MoveRefused> {
    use ProspectState as S;
    match (from, what) {
        (S::ToQualify | S::InConversation | S::Nurture, Move::To(to)) => Ok((to.state(), to)),
        (S::ToQualify | S::InConversation | S::Nurture, Move::Nurture) => Ok((S::Nurture, step)),
        (S::Nurture, Move::Wake) => Ok((step.state(), step)),
        (S::ToQualify | S::InConversation | S::Nurture, Move::Disqualify) => Ok((S::Disqualified, step)),
        (S::ToQualify | S::InConversation | S::Nurture, Move::Lose) => Ok((S::Lost, step)),
        (S::ToQualify | S::InConversation | S::Nurture, Move::Win) => Ok((S::Won, step)),
        (S::Disqualified | S::Lost, Move::Reopen) => Ok((step.state(), step)),
        (S::ToQualify | S::InConversation | S::Nurture, Move::Undo) => Ok((S::Undone, step)),
        (from, what) => Err(MoveRefused { from, what }),
    }
}

/// Who has to do the next thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// We.
    Ours,
    /// They: we answered last.
    Theirs,
}

/// Whose turn it is, from when each side last did something. Nothing done yet is our turn: the prospect came to us.
pub fn turn(theirs_at: Option<Timestamp>, ours_at: Option<Timestamp>) -> Turn {
    match (theirs_at, ours_at) {
        (Some(theirs), Some(ours)) if ours >= theirs => Turn::Theirs,
        (None, Some(_)) => Turn::Theirs,
        _ => Turn::Ours,
    }
}

/// How warm a conversation still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cooling {
    /// Nothing to worry about.
    Fresh,
    /// On its way to cold: percent of the norm of its step that has passed (50 to 99).
    Cooling(u8),
    /// Longer without a touch than the norm of its step.
    Cold,
}

impl Cooling {
    /// How far the frost has grown, in percent.
    pub const fn frost_percent(self) -> u8 {
        match self {
            Cooling::Fresh => 0,
            Cooling::Cooling(percent) => percent,
            Cooling::Cold => 100,
        }
    }
}

/// What cooling looks at.
#[derive(Debug, Clone, Copy)]
pub struct CoolingFacts {
    /// The step.
    pub step: Step,
    /// When either side last did something, the step began, or the prospect appeared: the latest of them.
    pub touched_at: Timestamp,
    /// When the planned next action is due, if one is planned.
    pub next_action_at: Option<Timestamp>,
    /// Whose turn it is.
    pub turn: Turn,
}

/// Says how warm a conversation is. A planned action keeps it warm until it is due; from then on, or from the last
/// touch when nothing is planned, working time is held against the norm of the step. When it is their turn they get
/// twice the norm.
pub fn cooling(facts: &CoolingFacts, now: Timestamp, hours: &WorkingHours, zone: &TimeZone) -> Cooling {
    let since = facts.next_action_at.map_or(facts.touched_at, |due| due.max(facts.touched_at));
    if since >= now {
        return Cooling::Fresh;
    }
    let patience = if facts.turn == Turn::Theirs { 2 } else { 1 };
    let norm = (facts.step.norm_days() * hours.day_minutes() * patience).max(1);
    let percent = working_minutes(since, now, hours, zone).saturating_mul(100) / norm;
    match u8::try_from(percent) {
        Ok(0..50) => Cooling::Fresh,
        Ok(percent @ 50..100) => Cooling::Cooling(percent),
        _ => Cooling::Cold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_transition_table_is_complete() {
        use ProspectState as S;
        let open = [S::ToQualify, S::InConversation, S::Nurture];
        for state in S::ALL {
            for (what, from) in [
                (Move::To(Step::Negotiation), &open[..]),
                (Move::Nurture, &open[..]),
                (Move::Wake, &[S::Nurture][..]),
                (Move::Disqualify, &open[..]),
                (Move::Lose, &open[..]),
                (Move::Win, &open[..]),
                (Move::Undo, &open[..]),
                (Move::Reopen, &[S::Disqualified, S::Lost][..]),
            ] {
                let done = apply(*state, Step::FirstMeeting, what);
                assert_eq!(done.is_ok(), from.contains(state), "{what:?} from {state}");
            }
        }
    }

    #[test]
    fn a_closed_pursuit_remembers_its_step_and_goes_on_there() {
        let (lost, step) = apply(ProspectState::InConversation, Step::Negotiation, Move::Lose).unwrap();
        assert_eq!((lost, step), (ProspectState::Lost, Step::Negotiation));
        let again = apply(lost, step, Move::Reopen).unwrap();
        assert_eq!(again, (ProspectState::InConversation, Step::Negotiation));
    }

    #[test]
    fn the_first_column_means_to_qualify_and_the_others_conversation() {
        for step in Step::ALL {
            let (state, to) = apply(ProspectState::ToQualify, Step::ToQualify, Move::To(*step)).unwrap();
            assert_eq!((state, to), (step.state(), *step));
        }
        assert_eq!(Step::ToQualify.state(), ProspectState::ToQualify);
        assert_eq!(Step::Closing.state(), ProspectState::InConversation);
    }

    #[test]
    fn who_spoke_last_waits() {
        let (early, late) = (Some(at("2026-11-23T09:00:00Z")), Some(at("2026-11-24T09:00:00Z")));
        for (theirs, ours, expected) in [
            (None, None, Turn::Ours),
            (early, None, Turn::Ours),
            (None, early, Turn::Theirs),
            (early, late, Turn::Theirs),
            (late, early, Turn::Ours),
        ] {
            assert_eq!(turn(theirs, ours), expected, "{theirs:?} {ours:?}");
        }
    }

    #[test]
    fn a_conversation_cools_in_working_days_and_a_plan_keeps_it_warm() {
        let (hours, zone) = (WorkingHours::office(), TimeZone::get("Europe/Amsterdam").unwrap());
        // Monday 23 November 2026, nine o'clock in Amsterdam.
        let monday = at("2026-11-23T08:00:00Z");
        let base = CoolingFacts {
            step: Step::FirstMeeting,
            touched_at: monday,
            next_action_at: None,
            turn: Turn::Ours,
        };
        let says = |facts: CoolingFacts, now: &str| cooling(&facts, at(now), &hours, &zone);
        assert_eq!(says(base, "2026-11-24T08:00:00Z"), Cooling::Fresh, "one of four days");
        assert_eq!(says(base, "2026-11-25T08:00:00Z"), Cooling::Cooling(50), "two of four days");
        assert_eq!(says(base, "2026-11-27T08:00:00Z"), Cooling::Cold);
        let friday = CoolingFacts { touched_at: at("2026-11-27T16:30:00Z"), ..base };
        assert_eq!(says(friday, "2026-11-30T08:00:00Z"), Cooling::Fresh, "a weekend cools nobody");
        let planned = CoolingFacts { next_action_at: Some(at("2026-12-10T09:00:00Z")), ..base };
        assert_eq!(says(planned, "2026-12-09T09:00:00Z"), Cooling::Fresh);
        assert_eq!(says(planned, "2026-12-17T09:00:00Z"), Cooling::Cold, "a plan that was not kept");
        let waiting = CoolingFacts { turn: Turn::Theirs, ..base };
        assert_eq!(says(waiting, "2026-11-27T08:00:00Z"), Cooling::Cooling(50), "they may take their time");
        let closing = CoolingFacts { step: Step::Closing, ..base };
        assert_eq!(says(closing, "2026-11-25T08:00:00Z"), Cooling::Cold, "a decision does not wait");
    }
}
