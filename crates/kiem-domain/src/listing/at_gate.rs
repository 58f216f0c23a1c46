//! Conditions that no column answers, only the send gate: it looks at everything that is known about a person, and at the
//! day.

use std::str::FromStr as _;

use super::{Condition, FilterField, FilterOp};
use crate::gate::{Channel, GateFacts, Loosening, Reason, decide, unlocks};

/// What a channel's condition says of who may be approached by it; of the others it says the reason.
const ALLOWED: &str = "allowed";

pub(super) fn is_gate_answer(text: &str) -> bool {
    text == ALLOWED || Reason::from_str(text).is_ok()
}

impl FilterField {
    /// Whether only the send gate can tell who passes.
    pub const fn is_of_gate(self) -> bool {
        use FilterField as F;
        matches!(self, F::Reachable | F::Approachable | F::ByMail | F::ByPhone | F::ByPost | F::Unlock)
    }
}

impl Condition {
    /// Whether a person passes a condition of the gate ([`FilterField::is_of_gate`]); who was erased passes none, and nobody
    /// passes here what a column answers.
    pub fn holds_at_gate(&self, facts: &GateFacts<'_>, loosenings: &[Loosening]) -> bool {
        let has = |name: &str| self.values().iter().any(|value| value == name);
        let verdict = |channel| decide(channel, facts, loosenings);
        let answers = |channel| has(verdict(channel).reason().map_or(ALLOWED, Reason::as_str));
        let holds = match self.field() {
            FilterField::Reachable => facts.is_reachable() == self.is_yes(),
            FilterField::Approachable => {
                Channel::ALL.iter().any(|channel| verdict(*channel).is_allowed()) == self.is_yes()
            }
            FilterField::ByMail => answers(Channel::Mail),
            FilterField::ByPhone => answers(Channel::Phone),
            FilterField::ByPost => answers(Channel::Post),
            FilterField::Unlock => unlocks(facts, loosenings).iter().any(|unlock| has(unlock.as_str())),
            _ => return false,
        };
        !facts.is_erased && holds != (self.op() == FilterOp::IsNot)
    }
}
