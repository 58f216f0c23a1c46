//! What a person is to us: derived from the records by this one function, never typed.

use crate::conversation::ProspectState;

text_enum! {
    /// The four words of the product.
    pub enum Lifecycle {
        /// A cold contact point: we approach.
        Lead = "lead",
        /// Acted itself after we approached it: we talk.
        Prospect = "prospect",
        /// A quote is out, or purchase intent was expressed.
        Opportunity = "opportunity",
        /// Bought.
        Customer = "customer",
    }
}

/// The records that decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LifecycleFacts {
    /// State of the newest pursuit of the company, if there was one.
    pub prospect: Option<ProspectState>,
    /// Whether that pursuit has an open opportunity.
    pub has_open_opportunity: bool,
    /// Whether any opportunity of the company was ever won.
    pub has_won: bool,
}

/// Derives the word. An open pursuit with a customer is still a customer: what was bought stays bought.
pub fn lifecycle(facts: LifecycleFacts) -> Lifecycle {
    match facts.prospect {
        _ if facts.has_won => Lifecycle::Customer,
        Some(ProspectState::Won) => Lifecycle::Customer,
        Some(state) if state.is_open() && facts.has_open_opportunity => Lifecycle::Opportunity,
        Some(state) if state.is_open() => Lifecycle::Prospect,
        _ => Lifecycle::Lead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_decide() {
        use ProspectState as S;
        for (prospect, has_open_opportunity, has_won, expected) in [
            (None, false, false, Lifecycle::Lead),
            (Some(S::ToQualify), false, false, Lifecycle::Prospect),
            (Some(S::InConversation), false, false, Lifecycle::Prospect),
            (Some(S::InConversation), true, false, Lifecycle::Opportunity),
            (Some(S::Nurture), false, false, Lifecycle::Prospect),
            (Some(S::Nurture), true, false, Lifecycle::Opportunity),
            (Some(S::Won), false, false, Lifecycle::Customer),
            (Some(S::InConversation), true, true, Lifecycle::Customer),
            (Some(S::Lost), false, false, Lifecycle::Lead),
            (Some(S::Disqualified), false, false, Lifecycle::Lead),
            (Some(S::Undone), true, false, Lifecycle::Lead),
            (None, false, true, Lifecycle::Customer),
        ] {
            let facts = LifecycleFacts { prospect, has_open_opportunity, has_won };
            assert_eq!(lifecycle(facts), expected, "{facts:?}");
        }
    }
}
