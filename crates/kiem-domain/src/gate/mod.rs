//! May this person be approached, by which channel, on what ground? One rule set for every caller, driven by a reviewed
//! policy pack per country (`data/policy`), failing closed: what is not known to be allowed is not done.
//!
//! Asked when somebody is put into a campaign, when a mail is made and approved, and before each try to send it; the
//! suppression list once more in the instant before the hand-over. Asked as well when a task to call or to write a letter is
//! handed out, whenever it is shown, and when it is done. Not legal advice; `docs/law` says what is uncertain.

mod address;
mod form;
mod loosening;
mod pack;
mod reach;
#[cfg(test)]
mod tests;
mod unlock;

pub use address::{AddressClass, AddressOrigin};
pub use form::{FormFact, FormReading, FormSource, PersonKind, read_form};
pub use loosening::{Cell, EndedLoosening, Loosening, NotLoosenable, may_loosen};
pub use pack::{PackError, PackSource, PolicyPack, RuleVersion, pack_for, packs};
pub use reach::{ChannelReach, FitGroup, Reach, fit_group};
pub use unlock::{Unlock, unlocks};

use crate::consent::{Basis, Ground};

text_enum! {
    /// How somebody is approached.
    pub enum Channel {
        /// By e-mail.
        Mail = "mail",
        /// By telephone.
        Phone = "phone",
        /// By letter.
        Post = "post",
    }
}

text_enum! {
    /// Why somebody may not be approached, or may not yet.
    pub enum Reason {
        /// The person's data were erased.
        Erased = "erased",
        /// The person, address or domain opted out, bounced or complained.
        Suppressed = "suppressed",
        /// The company is no longer in the register.
        Ended = "ended",
        /// Nobody told the person in time that we have their data: until somebody does, they are not used.
        NotInformed = "not_informed",
        /// There is no address to mail.
        NoAddress = "no_address",
        /// A number of the person or the company is on the suppression list.
        NoCalls = "no_calls",
        /// There is no number to call.
        NoPhone = "no_phone",
        /// There is no postal address.
        NoPostalAddress = "no_postal_address",
        /// The address was made up from a pattern; it may not be mailed there.
        GuessedAddress = "guessed_address",
        /// The company set the non-mailing indicator.
        NonMailing = "non_mailing",
        /// Nobody recorded on what ground the person may be approached.
        NoGround = "no_ground",
        /// The country is not known, so the strictest rule holds.
        CountryUnknown = "country_unknown",
        /// The ground is enough for a legal person; what this company is, is not known.
        LegalFormUnknown = "legal_form_unknown",
        /// The address is said to be published for this, without the page and the words that say so.
        DesignationUnproven = "designation_unproven",
        /// Consent is claimed without proof.
        ConsentUnproven = "consent_unproven",
        /// The country wants consent; the recorded ground is not enough there.
        CountryNeedsConsent = "country_needs_consent",
    }
}

impl Reason {
    /// Whether a fact that somebody could find and record would change the answer.
    pub const fn is_missing_evidence(self) -> bool {
        use Reason as R;
        matches!(
            self,
            R::NoGround
                | R::CountryUnknown
                | R::LegalFormUnknown
                | R::DesignationUnproven
                | R::ConsentUnproven
        )
    }
}

/// What the gate looks at.
#[derive(Debug, Clone, Copy)]
pub struct GateFacts<'a> {
    /// ISO 3166 alpha-2 code of the company's country, if known.
    pub country: Option<&'a str>,
    /// What the company is.
    pub form: FormReading,
    /// What kind of address it is; missing when there is none that can be mailed.
    pub address: Option<AddressClass>,
    /// Whether there is a number to call.
    pub has_phone: bool,
    /// Whether there is a postal address.
    pub has_postal_address: bool,
    /// The recorded ground with its evidence, if any.
    pub ground: Option<&'a Ground>,
    /// Whether the company set the non-mailing indicator.
    pub is_non_mailing: bool,
    /// Whether the company is no longer in the register.
    pub is_ended: bool,
    /// Whether the person, the address or its domain is on the suppression list.
    pub is_suppressed: bool,
    /// Whether a number of the person or the company is on the suppression list: nobody calls there, mail is not touched.
    pub is_phone_suppressed: bool,
    /// Whether the time is over in which the person had to be told that we have their data, and nobody did.
    pub is_uninformed: bool,
    /// Whether the person's data were erased.
    pub is_erased: bool,
}

impl GateFacts<'_> {
    /// Whether there is any way to reach the person, lawful or not.
    pub const fn is_reachable(&self) -> bool {
        self.address.is_some() || self.has_phone || self.has_postal_address
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Yes, on this ground.
    Allow(Basis),
    /// Not yet: evidence is missing that somebody could record.
    NeedsEvidence(Reason),
    /// No.
    Blocked(Reason),
}

/// The answer with the rule it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// The answer.
    pub outcome: Outcome,
    /// Which pack said so.
    pub rule: RuleVersion,
    /// The loosening without which the answer would have been no.
    pub loosened: Option<&'a Loosening>,
}

impl Verdict<'_> {
    /// The ground, when it is yes.
    pub const fn basis(&self) -> Option<Basis> {
        match self.outcome {
            Outcome::Allow(basis) => Some(basis),
            _ => None,
        }
    }

    /// Why it is no, or not yet.
    pub const fn reason(&self) -> Option<Reason> {
        self.outcome.reason()
    }

    /// Whether it is yes.
    pub const fn is_allowed(&self) -> bool {
        matches!(self.outcome, Outcome::Allow(_))
    }
}

impl Outcome {
    /// `allow`, `needs_evidence` or `blocked`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Allow(_) => "allow",
            Outcome::NeedsEvidence(_) => "needs_evidence",
            Outcome::Blocked(_) => "blocked",
        }
    }

    /// Why it is no, or not yet.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Outcome::Allow(_) => None,
            Outcome::NeedsEvidence(reason) | Outcome::Blocked(reason) => Some(reason),
        }
    }

    fn no(reason: Reason) -> Outcome {
        if reason.is_missing_evidence() { Outcome::NeedsEvidence(reason) } else { Outcome::Blocked(reason) }
    }
}

/// Decides whether a person may be approached by a channel. `loosenings` are those of the workspace that are in force.
pub fn decide<'a>(channel: Channel, facts: &GateFacts<'_>, loosenings: &'a [Loosening]) -> Verdict<'a> {
    let pack = pack_for(facts.country);
    let (outcome, loosened) = match answer(channel, facts, pack, loosenings) {
        Ok((basis, loosened)) => (Outcome::Allow(basis), loosened),
        Err(reason) => (Outcome::no(reason), None),
    };
    Verdict { outcome, rule: pack.rule, loosened }
}

fn answer<'a>(
    channel: Channel,
    facts: &GateFacts<'_>,
    pack: &PolicyPack,
    loosenings: &'a [Loosening],
) -> Result<(Basis, Option<&'a Loosening>), Reason> {
    if facts.is_erased {
        return Err(Reason::Erased);
    }
    if facts.is_suppressed {
        return Err(Reason::Suppressed);
    }
    if channel == Channel::Phone && facts.is_phone_suppressed {
        return Err(Reason::NoCalls);
    }
    if facts.is_ended {
        return Err(Reason::Ended);
    }
    if facts.is_uninformed {
        return Err(Reason::NotInformed);
    }
    let class = means(channel, facts)?;
    let cell = |person| Cell { channel, person, class };
    if pack.suffices(cell(PersonKind::LegalPerson)).is_empty() {
        // No ground opens it, whatever somebody declares. Only guesses are shut like this.
        return Err(Reason::GuessedAddress);
    }
    let ground = facts.ground.ok_or(Reason::NoGround)?;
    if facts.is_non_mailing && pack.closed_by_non_mailing(channel) && !is_own_relation(ground.basis) {
        return Err(Reason::NonMailing);
    }
    let loosened =
        sufficient(cell(facts.form.counts_as()), ground.basis, pack, loosenings).map_err(|()| {
            let as_company = sufficient(cell(PersonKind::LegalPerson), ground.basis, pack, loosenings);
            match (facts.country, class) {
                (None, _) => Reason::CountryUnknown,
                (Some(_), _) if facts.form.person.is_none() && as_company.is_ok() => Reason::LegalFormUnknown,
                (Some(_), Some(AddressClass::Guessed)) => Reason::GuessedAddress,
                (Some(_), _) => Reason::CountryNeedsConsent,
            }
        })?;
    match ground.basis {
        Basis::DesignatedAddress if !ground.shows_designation() => Err(Reason::DesignationUnproven),
        Basis::Consent if ground.proof.trim().is_empty() => Err(Reason::ConsentUnproven),
        basis => Ok((basis, loosened)),
    }
}

/// By what the person would be reached; the class of the address for mail.
fn means(channel: Channel, facts: &GateFacts<'_>) -> Result<Option<AddressClass>, Reason> {
    match channel {
        Channel::Mail => facts.address.map(Some).ok_or(Reason::NoAddress),
        Channel::Phone => facts.has_phone.then_some(None).ok_or(Reason::NoPhone),
        Channel::Post => facts.has_postal_address.then_some(None).ok_or(Reason::NoPostalAddress),
    }
}

/// Whether the ground is the person's own doing, which outweighs an indicator meant for strangers.
const fn is_own_relation(basis: Basis) -> bool {
    matches!(basis, Basis::Consent | Basis::ExistingCustomer)
}

/// Whether a ground suffices: by the pack, or else by a loosening, which is then named.
fn sufficient<'a>(
    cell: Cell,
    basis: Basis,
    pack: &PolicyPack,
    loosenings: &'a [Loosening],
) -> Result<Option<&'a Loosening>, ()> {
    if pack.suffices(cell).contains(&basis) {
        return Ok(None);
    }
    // A loosening that could not be made is none, however it came to be stored.
    loosenings
        .iter()
        .find(|l| l.country == pack.country() && l.cell == cell && l.basis == basis && may_loosen(l).is_ok())
        .map(Some)
        .ok_or(())
}
