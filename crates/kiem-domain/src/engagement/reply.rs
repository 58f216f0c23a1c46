//! A received answer as evidence: its label, who gave it, and whether it is sure enough to act on.

use jiff::civil::Date;

use super::Actor;
use super::config::Config;
use crate::id::{InboundId, MessageId};
use crate::inbound::matching::MatchLevel;

text_enum! {
    /// What a received mail turned out to be: the intents of people and the verdicts about machine mail.
    pub enum ReplyLabel {
        /// Wants to meet, call or see a demonstration.
        MeetingRequest = "meeting_request",
        /// Wants a price, a proposal or a quote.
        QuoteRequest = "quote_request",
        /// Asks something about what is offered.
        Question = "question",
        /// Shows interest, also when it is for later.
        Interested = "interested",
        /// Names somebody else to talk to.
        Referral = "referral",
        /// Not at this moment.
        NotNow = "not_now",
        /// Has another supplier.
        UsingCompetitor = "using_competitor",
        /// A no.
        NotInterested = "not_interested",
        /// No more messages.
        Unsubscribe = "unsubscribe",
        /// Asks where the data came from, or for access or erasure.
        DataRequest = "data_request",
        /// Is not the one to talk to.
        WrongPerson = "wrong_person",
        /// Does not work there any more.
        LeftCompany = "left_company",
        /// Away for some time.
        OutOfOffice = "out_of_office",
        /// Another automatic text.
        Auto = "auto",
        /// Nothing of the above.
        Other = "other",
        /// A machine asks to prove that we are human.
        Challenge = "challenge",
        /// Our mail was not delivered.
        Bounce = "bounce",
        /// Our mail was called spam.
        Complaint = "complaint",
        /// A receipt that the mail was displayed: nothing, like an open.
        ReadReceipt = "read_receipt",
    }
}

impl ReplyLabel {
    /// The lead showed interest: these labels promote (R1).
    pub const fn promotes(self) -> bool {
        matches!(self, Self::MeetingRequest | Self::QuoteRequest | Self::Question | Self::Interested)
    }

    /// A no that blocks the soft rules.
    pub const fn is_no(self) -> bool {
        matches!(self, Self::NotInterested | Self::WrongPerson | Self::LeftCompany)
    }

    /// Says where the lead stands, so that it replaces an earlier no.
    pub const fn is_stance(self) -> bool {
        self.promotes()
            || self.is_no()
            || matches!(self, Self::NotNow | Self::UsingCompetitor | Self::Referral)
    }

    /// Ends the sequence.
    pub const fn stops(self) -> bool {
        self.promotes()
            || self.is_no()
            || matches!(
                self,
                Self::Referral
                    | Self::UsingCompetitor
                    | Self::Unsubscribe
                    | Self::DataRequest
                    | Self::Bounce
                    | Self::Complaint
            )
    }

    /// Never approach this person again.
    pub const fn suppresses(self) -> bool {
        matches!(self, Self::Unsubscribe | Self::Complaint)
    }

    /// Written by a program, so that it says nothing about the lead.
    pub const fn is_machine(self) -> bool {
        matches!(
            self,
            Self::OutOfOffice
                | Self::Auto
                | Self::Challenge
                | Self::Bounce
                | Self::Complaint
                | Self::ReadReceipt
        )
    }
}

text_enum! {
    /// Who gave the label.
    pub enum LabelSource {
        /// The built-in model.
        Model = "model",
        /// A language model. It sorts; alone it promotes nobody unless the workspace allows it.
        LanguageModel = "language_model",
        /// Words that leave no doubt.
        Lexicon = "lexicon",
        /// Headers and structure of the mail.
        Headers = "headers",
        /// A person.
        Human = "human",
    }
}

/// A share of one in millionths. Integers, so that a decision is the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millionths(u32);

impl Millionths {
    /// Certainty.
    pub const ONE: Self = Self(1_000_000);

    /// From millionths; more than one is one.
    pub const fn new(millionths: u32) -> Self {
        Self(if millionths > 1_000_000 { 1_000_000 } else { millionths })
    }

    /// From a probability of 0 to 1; anything else, also NaN, becomes the nearest end.
    pub fn from_share(share: f64) -> Self {
        // The cast saturates and the value is clamped, so nothing is lost but digits beyond the sixth.
        Self((share.clamp(0.0, 1.0) * 1e6).round() as u32)
    }

    /// The least distance to the second choice that a probability implies: the others share what is left.
    pub const fn least_margin(self) -> Self {
        Self((2 * self.0).saturating_sub(1_000_000))
    }

    /// Whether it is at least so many percent.
    pub const fn is_at_least_percent(self, percent: u32) -> bool {
        self.0 >= percent.saturating_mul(10_000)
    }
}

/// One label of one received mail. A mail that a person labels later has two of these with the same `inbound`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reply {
    /// The received mail. Without it every label is taken for a mail of its own, and a person who labels a later one
    /// is taken to have read the earlier ones.
    pub inbound: Option<InboundId>,
    /// The mail of ours that the thread points to.
    pub answers: Option<MessageId>,
    /// What it was taken for.
    pub label: ReplyLabel,
    /// By whom.
    pub by: LabelSource,
    /// The probability that a model gave.
    pub probability: Millionths,
    /// Its distance to the second choice.
    pub margin: Millionths,
    /// How it was matched.
    pub matched: MatchLevel,
    /// Who sent it.
    pub actor: Actor,
    /// The date in it: back from holiday, call me in April.
    pub date: Option<Date>,
    /// The sender asks to wait until `date` although interested.
    pub is_postponed: bool,
    /// The sender's domain disowns the mail (DMARC).
    pub is_disowned: bool,
}

text_enum! {
    /// Why a person is asked to look.
    pub enum LookReason {
        /// The label is not sure enough.
        Unsure = "unsure",
        /// It may be an opt-out.
        MaybeUnsubscribe = "maybe_unsubscribe",
        /// It fits no label.
        Other = "other",
        /// It is only probably an answer to our mail.
        WeakMatch = "weak_match",
        /// The sender may be forged.
        Disowned = "disowned",
        /// Only a language model has read it.
        LanguageModelOnly = "language_model_only",
        /// A machine asks to prove that we are human.
        Challenge = "challenge",
        /// An invitation was declined.
        Declined = "declined",
    }
}

/// What may follow from a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Does not concern this lead.
    Ignored,
    /// The label is acted on.
    Certain,
    /// A person decides first.
    NeedsLook(LookReason),
}

impl Reply {
    /// The mail of ours that somebody outside cannot answer without having it: its own id or token is in the reply. The
    /// word of a server about a delivery may come later than the answer, or never.
    pub fn proves_delivery_of(&self) -> Option<MessageId> {
        let is_exact = matches!(self.matched, MatchLevel::RecipientToken | MatchLevel::MessageIds);
        let is_outside = matches!(self.actor, Actor::Lead | Actor::Colleague);
        self.answers.filter(|_| is_exact && is_outside)
    }

    /// Whether the label may be acted on.
    pub fn standing(&self, config: &Config) -> Standing {
        let from_staff = self.actor == Actor::Staff && self.matched != MatchLevel::EmployeeForward;
        // An opt-out from the lead's own address is one, also when it answers nothing that we know of.
        let own_opt_out =
            self.actor == Actor::Lead && self.label.suppresses() && self.by != LabelSource::Model;
        if from_staff || (self.matched == MatchLevel::Unmatched && !own_opt_out) {
            return Standing::Ignored;
        }
        if self.by == LabelSource::Human {
            return Standing::Certain;
        }
        match self.doubt(config) {
            Some(reason) => Standing::NeedsLook(reason),
            None => Standing::Certain,
        }
    }

    fn doubt(&self, config: &Config) -> Option<LookReason> {
        let by_model = matches!(self.by, LabelSource::Model | LabelSource::LanguageModel);
        if self.label == ReplyLabel::Challenge {
            return Some(LookReason::Challenge);
        }
        if self.label.is_machine() && !by_model {
            return None;
        }
        if self.matched == MatchLevel::CompanySubject {
            return Some(LookReason::WeakMatch);
        }
        if self.label == ReplyLabel::Other {
            return Some(LookReason::Other);
        }
        let is_sure = self.probability.is_at_least_percent(config.r1_probability_min_percent)
            && self.margin.is_at_least_percent(config.r1_margin_min_percent);
        if by_model && self.label.suppresses() && (!is_sure || self.by == LabelSource::LanguageModel) {
            return Some(LookReason::MaybeUnsubscribe);
        }
        if by_model && !is_sure {
            return Some(LookReason::Unsure);
        }
        if !self.label.promotes() {
            return None;
        }
        if self.is_disowned {
            return Some(LookReason::Disowned);
        }
        // Headers tell machines from people; what a person wants stands in the words alone.
        if self.by == LabelSource::Headers {
            return Some(LookReason::Unsure);
        }
        (self.by == LabelSource::LanguageModel && !config.language_model_may_promote)
            .then_some(LookReason::LanguageModelOnly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(label: ReplyLabel, by: LabelSource, percent: u32, matched: MatchLevel) -> Reply {
        let probability = Millionths::new(percent * 10_000);
        Reply {
            inbound: None,
            answers: None,
            label,
            by,
            probability,
            margin: probability.least_margin(),
            matched,
            actor: Actor::Lead,
            date: None,
            is_postponed: false,
            is_disowned: false,
        }
    }

    #[test]
    fn a_label_is_acted_on_when_it_is_sure_and_the_mail_is_ours() {
        use LabelSource::{Headers, Human, LanguageModel, Lexicon, Model};
        use LookReason as Look;
        use MatchLevel::{Address, CompanySubject, EmployeeForward, MessageIds, Person, Quote, Unmatched};
        use ReplyLabel as Label;
        let certain = Standing::Certain;
        let look = Standing::NeedsLook;
        for (label, by, percent, matched, expected) in [
            (Label::Interested, Model, 85, MessageIds, certain),
            (Label::Interested, Model, 84, MessageIds, look(Look::Unsure)),
            (Label::Interested, Model, 99, Address, certain),
            (Label::Interested, Model, 99, Quote, certain),
            (Label::Interested, Model, 99, CompanySubject, look(Look::WeakMatch)),
            (Label::Interested, Model, 99, EmployeeForward, certain),
            (Label::Interested, Model, 99, Unmatched, Standing::Ignored),
            (Label::Interested, Model, 99, Person, certain),
            (Label::Interested, Model, 84, Person, look(Look::Unsure)),
            (Label::Interested, Human, 0, CompanySubject, certain),
            (Label::Question, Lexicon, 0, MessageIds, certain),
            (Label::Question, LanguageModel, 99, MessageIds, look(Look::LanguageModelOnly)),
            (Label::NotInterested, LanguageModel, 99, MessageIds, certain),
            (Label::NotInterested, Model, 60, MessageIds, look(Look::Unsure)),
            (Label::Other, Model, 99, MessageIds, look(Look::Other)),
            (Label::Other, Human, 0, MessageIds, certain),
            (Label::Unsubscribe, Model, 40, MessageIds, look(Look::MaybeUnsubscribe)),
            (Label::Unsubscribe, Model, 95, MessageIds, certain),
            (Label::Unsubscribe, LanguageModel, 95, MessageIds, look(Look::MaybeUnsubscribe)),
            (Label::Unsubscribe, Lexicon, 0, Unmatched, certain),
            (Label::OutOfOffice, Headers, 0, CompanySubject, certain),
            (Label::OutOfOffice, Model, 60, MessageIds, look(Look::Unsure)),
            (Label::Challenge, Headers, 0, MessageIds, look(Look::Challenge)),
            (Label::ReadReceipt, Headers, 0, MessageIds, certain),
        ] {
            let standing = reply(label, by, percent, matched).standing(&Config::default());
            assert_eq!(standing, expected, "{label} by {by} at {percent} % on {matched}");
        }
    }

    #[test]
    fn a_forged_sender_never_promotes_without_a_person_and_our_own_people_never_count() {
        let config = Config::default();
        let mut forged = reply(ReplyLabel::Interested, LabelSource::Model, 99, MatchLevel::MessageIds);
        forged.is_disowned = true;
        assert_eq!(forged.standing(&config), Standing::NeedsLook(LookReason::Disowned));
        forged.by = LabelSource::Human;
        assert_eq!(forged.standing(&config), Standing::Certain);
        let mut own = reply(ReplyLabel::Interested, LabelSource::Model, 99, MatchLevel::MessageIds);
        own.actor = Actor::Staff;
        assert_eq!(own.standing(&config), Standing::Ignored);
        own.matched = MatchLevel::EmployeeForward;
        assert_eq!(own.standing(&config), Standing::Certain);
    }

    #[test]
    fn a_language_model_may_promote_only_when_it_is_allowed() {
        let allowed = Config { language_model_may_promote: true, ..Config::default() };
        let asked = reply(ReplyLabel::Question, LabelSource::LanguageModel, 95, MatchLevel::MessageIds);
        assert_eq!(asked.standing(&allowed), Standing::Certain);
    }

    #[test]
    fn shares_are_exact_to_six_digits() {
        assert!(Millionths::from_share(0.85).is_at_least_percent(85));
        assert!(!Millionths::from_share(0.849999).is_at_least_percent(85));
        assert_eq!(Millionths::from_share(f64::NAN), Millionths::new(0));
        assert_eq!(Millionths::from_share(7.0), Millionths::ONE);
        assert_eq!(Millionths::new(850_000).least_margin(), Millionths::new(700_000));
        assert_eq!(Millionths::new(400_000).least_margin(), Millionths::new(0));
    }
}
