//! The named ends of a received mail: stored, shown on the page and asserted in tests.

text_enum! {
    /// How the handling of a received mail ended. The first that applies wins, in this order.
    pub enum Outcome {
        /// Seen before in this mailbox.
        Duplicate = "duplicate",
        /// The bytes are no mail, or break a limit.
        Unreadable = "unreadable",
        /// Our own mail, or a loop.
        OwnMail = "own_mail",
        /// A mail of ours was not delivered.
        Bounce = "bounce",
        /// The recipient called our mail spam: never again.
        Complaint = "complaint",
        /// A read receipt: nothing, like an open.
        ReadReceipt = "read_receipt",
        /// An answer to an invitation.
        CalendarReply = "calendar_reply",
        /// A machine asks to prove that we are human: shown, never answered automatically.
        Challenge = "challenge",
        /// Away; comes back.
        OutOfOffice = "out_of_office",
        /// An automatic answer says that the person no longer works there.
        LeftCompany = "left_company",
        /// Another automatic text.
        AutoReply = "auto_reply",
        /// No message of ours belongs to it.
        NoMatch = "no_match",
        /// Several contacts fit equally well.
        Ambiguous = "ambiguous",
        /// The person was erased; nothing is kept.
        Erased = "erased",
        /// No more mail, please.
        OptOut = "opt_out",
        /// The person asks where we have the data from, or wants it removed.
        DataRequest = "data_request",
        /// A reply without any words of its own.
        EmptyReply = "empty_reply",
        /// The sender's domain disowns the mail: a person has to look.
        SpoofSuspected = "spoof_suspected",
        /// A reply that we do not understand well enough.
        LowConfidence = "low_confidence",
        /// A reply of somebody who already is a prospect.
        AlreadyProspect = "already_prospect",
        /// A reply of a person, understood.
        Reply = "reply",
    }
}

impl Outcome {
    /// Whether a person has to look before anything else happens.
    pub fn needs_look(self) -> bool {
        matches!(
            self,
            Self::Ambiguous
                | Self::NoMatch
                | Self::Challenge
                | Self::DataRequest
                | Self::EmptyReply
                | Self::SpoofSuspected
                | Self::LowConfidence
        )
    }

    /// Whether no person wrote it, so that it never counts as a sign of life.
    pub fn is_machine(self) -> bool {
        matches!(
            self,
            Self::Bounce
                | Self::Complaint
                | Self::ReadReceipt
                | Self::Challenge
                | Self::OutOfOffice
                | Self::LeftCompany
                | Self::AutoReply
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_read_back() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.as_str().parse::<Outcome>().as_ref(), Ok(outcome));
        }
    }

    #[test]
    fn what_a_machine_wrote_is_never_a_reply() {
        assert!(!Outcome::Reply.is_machine() && !Outcome::AlreadyProspect.is_machine());
        assert!(Outcome::OutOfOffice.is_machine() && Outcome::Bounce.is_machine());
        assert!(Outcome::LowConfidence.needs_look() && !Outcome::Reply.needs_look());
    }
}
