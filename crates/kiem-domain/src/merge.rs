//! Two records made one: which stays, which fact survives, and in which order people are asked.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::lead::LeadState;

/// What hangs on a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stake {
    /// It was won, once.
    pub is_customer: bool,
    /// A pursuit is open.
    pub has_open_pursuit: bool,
    /// A pursuit with a concrete deal is open.
    pub has_opportunity: bool,
    /// Somebody there was approached.
    pub is_approached: bool,
    /// How well it fits, 0 to 100.
    pub fit_score: Option<i64>,
}

/// Places of the fit in a rank.
const FIT_PLACES: i64 = 1_000;
/// Places of the bits in a rank; a quarter of a bit is enough to order by.
const BITS_PLACES: i64 = 1_000;

impl Stake {
    /// How much would go wrong with a double: nobody wants two sellers in one company.
    fn class(self) -> i64 {
        if self.has_opportunity {
            4
        } else if self.has_open_pursuit {
            3
        } else if self.is_customer {
            2
        } else {
            i64::from(self.is_approached)
        }
    }

    /// The same company or another: what hangs on both.
    #[must_use]
    pub fn with(self, other: Stake) -> Stake {
        Stake {
            is_customer: self.is_customer || other.is_customer,
            has_open_pursuit: self.has_open_pursuit || other.has_open_pursuit,
            has_opportunity: self.has_opportunity || other.has_opportunity,
            is_approached: self.is_approached || other.is_approached,
            fit_score: self.fit_score.max(other.fit_score),
        }
    }
}

/// Where a pair stands in the queue, the highest first: what is at stake, then how well it fits, then the evidence.
pub fn rank(stake: Stake, bits: f32) -> i64 {
    let fit = stake.fit_score.map_or(0, |fit| fit.clamp(0, FIT_PLACES - 2) + 1);
    // Between -100 and 100 bits in quarters.
    let evidence = ((bits.clamp(-100.0, 100.0) + 100.0) * 4.0).round() as i64;
    (stake.class() * FIT_PLACES + fit) * BITS_PLACES + evidence.min(BITS_PLACES - 1)
}

/// Which of two records stays; the other goes up in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The first.
    First,
    /// The second.
    Second,
}

/// Where more happened stays, so that links, mails and appointments keep pointing at it; else the older one.
pub fn kept(first: (Stake, Timestamp), second: (Stake, Timestamp)) -> Kept {
    let by_stake = first.0.class().cmp(&second.0.class());
    match by_stake.then(second.1.cmp(&first.1)) {
        Ordering::Less => Kept::Second,
        Ordering::Equal | Ordering::Greater => Kept::First,
    }
}

crate::text_enum! {
    /// How far the source of a fact is believed; a later one is believed more.
    pub enum Trust {
        /// It came with a list or a form.
        List = "list",
        /// The company register says so.
        Register = "register",
        /// A person made the record.
        ByHand = "by_hand",
        /// A person typed in this very fact afterwards.
        Typed = "typed",
    }
}

/// What one record says about things that belong together: a street without its town is half an address.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The facts, in an order that is the same for both.
    pub facts: &'a [Option<&'a str>],
    /// How far the source is believed.
    pub trust: Trust,
    /// Since when it is so.
    pub at: Timestamp,
}

/// Which record each fact is taken from when `kept` and `lost` are made one. Nothing known is lost to a blank. Where the
/// two contradict, all the facts come from one record: the more trusted, then the newer; a tie is the kept one's.
pub fn survivors(kept: &Claim<'_>, lost: &Claim<'_>) -> Vec<Kept> {
    let differs = kept.facts.iter().zip(lost.facts).any(|(ours, theirs)| match (ours, theirs) {
        (Some(ours), Some(theirs)) => !ours.trim().eq_ignore_ascii_case(theirs.trim()),
        _ => false,
    });
    let is_known = |claim: &Claim<'_>| claim.facts.iter().any(Option::is_some);
    if differs || !is_known(kept) {
        let weight = |claim: &Claim<'_>| (is_known(claim), claim.trust, claim.at);
        let winner = if weight(lost) > weight(kept) { Kept::Second } else { Kept::First };
        return vec![winner; kept.facts.len()];
    }
    let blank = |ours: &Option<&str>, theirs: &Option<&str>| ours.is_none() && theirs.is_some();
    kept.facts
        .iter()
        .zip(lost.facts)
        .map(|(ours, theirs)| if blank(ours, theirs) { Kept::Second } else { Kept::First })
        .collect()
}

/// The state of a lead that was two: what went furthest or protects most.
pub fn joined_state(a: LeadState, b: LeadState) -> LeadState {
    // Who must not be approached stays so. A prospect stays one: what sales does asks the suppression list itself.
    let weight = |state: LeadState| match state {
        LeadState::Promoted => 5,
        LeadState::Blocked => 4,
        LeadState::Paused => 3,
        LeadState::Approached => 2,
        LeadState::Resting => 1,
        LeadState::New => 0,
    };
    if weight(b) > weight(a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    use Kept::{First as K, Second as L};

    fn known(facts: [&'static str; 3]) -> [Option<&'static str>; 3] {
        facts.map(|fact| Some(fact).filter(|fact| !fact.is_empty()))
    }

    #[test]
    fn nothing_known_is_lost_and_contradictions_are_settled_whole() {
        type Case =
            (&'static str, [&'static str; 3], (Trust, i64), [&'static str; 3], (Trust, i64), [Kept; 3]);
        let cases: [Case; 7] = [
            (
                "blanks are filled",
                ["Kade 1", "", "Delft"],
                (Trust::List, 9),
                ["", "2611 AB", "delft"],
                (Trust::List, 1),
                [K, L, K],
            ),
            (
                "a newer list wins whole",
                ["Kade 1", "", "Delft"],
                (Trust::List, 1),
                ["Plein 2", "4461 AA", "Goes"],
                (Trust::List, 9),
                [L, L, L],
            ),
            (
                "an older one does not",
                ["Kade 1", "", "Delft"],
                (Trust::List, 9),
                ["Plein 2", "4461 AA", "Goes"],
                (Trust::List, 1),
                [K, K, K],
            ),
            (
                "typed beats newer",
                ["Kade 1", "", "Delft"],
                (Trust::Typed, 1),
                ["Plein 2", "", "Goes"],
                (Trust::List, 9),
                [K, K, K],
            ),
            (
                "typed beats kept",
                ["Kade 1", "", "Delft"],
                (Trust::ByHand, 9),
                ["", "", "Goes"],
                (Trust::Typed, 1),
                [L, L, L],
            ),
            (
                "a blank never wins",
                ["Kade 1", "", ""],
                (Trust::List, 1),
                ["", "", ""],
                (Trust::Typed, 9),
                [K, K, K],
            ),
            (
                "a tie is the kept one's",
                ["Kade 1", "", ""],
                (Trust::List, 5),
                ["Plein 2", "", ""],
                (Trust::List, 5),
                [K, K, K],
            ),
        ];
        for (name, ours, (trust, day), theirs, (their_trust, their_day), expected) in cases {
            let (ours, theirs) = (known(ours), known(theirs));
            let kept = Claim { facts: &ours, trust, at: at(day) };
            let lost = Claim { facts: &theirs, trust: their_trust, at: at(their_day) };
            assert_eq!(survivors(&kept, &lost), expected, "{name}");
        }
    }

    #[test]
    fn a_lead_never_goes_back_and_stays_protected() {
        for a in LeadState::ALL {
            for b in LeadState::ALL {
                let joined = joined_state(*a, *b);
                assert_eq!(joined, joined_state(*b, *a), "in either order");
                if [*a, *b].contains(&LeadState::Promoted) {
                    assert_eq!(joined, LeadState::Promoted);
                } else if [*a, *b].contains(&LeadState::Blocked) {
                    assert_eq!(joined, LeadState::Blocked);
                }
            }
        }
    }

    #[test]
    fn what_is_at_stake_comes_before_fit_and_fit_before_evidence() {
        let fit = |score| Stake { fit_score: score, ..Stake::default() };
        let in_order = [
            rank(fit(None), -3.0),
            rank(fit(None), 30.0),
            rank(fit(Some(0)), -3.0),
            rank(fit(Some(100)), -3.0),
            rank(Stake { is_approached: true, ..fit(None) }, -3.0),
            rank(Stake { is_customer: true, ..fit(None) }, -3.0),
            rank(Stake { has_open_pursuit: true, ..fit(Some(1)) }, 0.0),
            rank(Stake { has_open_pursuit: true, has_opportunity: true, ..fit(None) }, -100.0),
        ];
        assert!(in_order.is_sorted_by(|a, b| a < b), "{in_order:?}");
    }

    #[test]
    fn the_one_with_more_history_stays_else_the_older() {
        let busy = Stake { has_open_pursuit: true, ..Stake::default() };
        assert_eq!(kept((Stake::default(), at(1)), (busy, at(9))), Kept::Second);
        assert_eq!(kept((Stake::default(), at(1)), (Stake::default(), at(9))), Kept::First);
        assert_eq!(kept((Stake::default(), at(9)), (Stake::default(), at(1))), Kept::Second);
    }
}
