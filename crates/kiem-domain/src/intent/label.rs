//! What a reply wants.

use crate::engagement::reply::ReplyLabel;

text_enum! {
    /// The intent of a reply. Stored, shown and used by the promotion rules.
    pub enum Label {
        /// Wants to meet, call or see a demonstration.
        MeetingRequest = "meeting_request",
        /// Wants a price, a proposal or a quote.
        QuoteRequest = "quote_request",
        /// Asks something about what is offered.
        Question = "question",
        /// Shows interest, also when it is for later.
        Interested = "interested",
        /// Names another person or department to talk to.
        Referral = "referral",
        /// Not at this moment; the door stays open.
        NotNow = "not_now",
        /// Has another supplier or an own solution.
        UsingCompetitor = "using_competitor",
        /// A polite or less polite no.
        NotInterested = "not_interested",
        /// Wants no more messages.
        Unsubscribe = "unsubscribe",
        /// Asks where the data came from, or for access or erasure.
        DataRequest = "data_request",
        /// Is not the one to talk to, and names nobody else.
        WrongPerson = "wrong_person",
        /// The person approached does not work there any more.
        LeftCompany = "left_company",
        /// Away for some time; written by a person or by a program.
        OutOfOffice = "out_of_office",
        /// Written by a program: receipts, ticket numbers, delivery reports.
        Auto = "auto",
        /// Ordinary mail that says nothing about our approach.
        Other = "other",
    }
}

impl Label {
    /// How many labels there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The place in [`Label::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The label at a place in [`Label::ALL`], if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Written by a program or about an absence, so never a signal of the lead.
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::OutOfOffice | Self::Auto)
    }
}

impl From<Label> for ReplyLabel {
    fn from(label: Label) -> Self {
        match label {
            Label::MeetingRequest => Self::MeetingRequest,
            Label::QuoteRequest => Self::QuoteRequest,
            Label::Question => Self::Question,
            Label::Interested => Self::Interested,
            Label::Referral => Self::Referral,
            Label::NotNow => Self::NotNow,
            Label::UsingCompetitor => Self::UsingCompetitor,
            Label::NotInterested => Self::NotInterested,
            Label::Unsubscribe => Self::Unsubscribe,
            Label::DataRequest => Self::DataRequest,
            Label::WrongPerson => Self::WrongPerson,
            Label::LeftCompany => Self::LeftCompany,
            Label::OutOfOffice => Self::OutOfOffice,
            Label::Auto => Self::Auto,
            Label::Other => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_its_name_as_evidence() {
        for label in Label::ALL {
            assert_eq!(ReplyLabel::from(*label).as_str(), label.as_str());
        }
    }

    #[test]
    fn the_place_of_a_label_is_its_index() {
        for (place, label) in Label::ALL.iter().enumerate() {
            assert_eq!(label.index(), place);
            assert_eq!(Label::from_index(place), Some(*label));
        }
        assert_eq!(Label::from_index(Label::COUNT), None);
    }
}
