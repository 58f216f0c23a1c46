//! What would let somebody be mailed who may not be now, or reach them another way.

use super::{AddressClass, Channel, GateFacts, Loosening, PersonKind, Reason, decide};
use super::{FormReading, FormSource};
use crate::consent::{Basis, Ground};

text_enum! {
    /// Something that somebody can do.
    pub enum Unlock {
        /// Tell the person that we have their data, from where, and what for.
        Inform = "inform",
        /// Look for the address that the company published for offers, and record page, words and day.
        FindDesignatedAddress = "find_designated_address",
        /// Record page and words of a designation that is claimed.
        ProveDesignation = "prove_designation",
        /// Record the proof of a consent that is claimed.
        ProveConsent = "prove_consent",
        /// Record on what ground the person may be approached.
        RecordGround = "record_ground",
        /// Find out what the company is in law.
        FindLegalForm = "find_legal_form",
        /// Find out in which country the company is.
        FindCountry = "find_country",
        /// Find an address, or one that is no guess.
        FindAddress = "find_address",
        /// Call: it is allowed.
        Call = "call",
        /// Write a letter: it is allowed.
        WriteLetter = "write_letter",
        /// Ask consent in a conversation or letter, never by mail, and record the proof.
        AskConsent = "ask_consent",
    }
}

/// What would help with a person who may not be mailed; nothing for who may, was erased, is suppressed or whose company is
/// no more.
pub fn unlocks(facts: &GateFacts<'_>, loosenings: &[Loosening]) -> Vec<Unlock> {
    let reason = match decide(Channel::Mail, facts, loosenings).reason() {
        None | Some(Reason::Erased | Reason::Suppressed | Reason::Ended) => return Vec::new(),
        // Nothing else helps before that is done.
        Some(Reason::NotInformed) => return vec![Unlock::Inform],
        Some(reason) => reason,
    };
    let allows = |channel, facts: &GateFacts<'_>| decide(channel, facts, loosenings).is_allowed();
    let mail_with = |changed: GateFacts<'_>| allows(Channel::Mail, &changed);
    let (can_call, can_write) = (allows(Channel::Phone, facts), allows(Channel::Post, facts));
    let (designated, agreed) = (proven(Basis::DesignatedAddress), proven(Basis::Consent));
    let role = Some(AddressClass::Role);
    let company = FormReading { person: Some(PersonKind::LegalPerson), from: FormSource::Stated };
    let mut found = Vec::new();
    let mut add = |helps: bool, unlock: Unlock| {
        if helps {
            found.push(unlock);
        }
    };
    add(
        reason != Reason::DesignationUnproven
            && mail_with(GateFacts { address: role, ground: Some(&designated), ..*facts }),
        Unlock::FindDesignatedAddress,
    );
    add(reason == Reason::DesignationUnproven, Unlock::ProveDesignation);
    add(reason == Reason::ConsentUnproven, Unlock::ProveConsent);
    add(reason == Reason::NoGround, Unlock::RecordGround);
    add(
        facts.form.person.is_none() && mail_with(GateFacts { form: company, ..*facts }),
        Unlock::FindLegalForm,
    );
    add(reason == Reason::CountryUnknown, Unlock::FindCountry);
    add(matches!(reason, Reason::NoAddress | Reason::GuessedAddress), Unlock::FindAddress);
    add(can_call, Unlock::Call);
    add(can_write, Unlock::WriteLetter);
    add(
        (can_call || can_write) && mail_with(GateFacts { ground: Some(&agreed), ..*facts }),
        Unlock::AskConsent,
    );
    found
}

/// A ground with all the evidence that there can be.
fn proven(basis: Basis) -> Ground {
    Ground {
        basis,
        source: String::new(),
        obtained_on: jiff::civil::Date::ZERO,
        proof: "proof".to_owned(),
        evidence_url: Some("https://page.example".to_owned()),
    }
}
