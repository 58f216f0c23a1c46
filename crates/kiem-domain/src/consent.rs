//! May this person be mailed? The contact ground, the country's rule and the suppression list, failing closed:
//! what is not known to be allowed is not sent.
//!
//! Sources: Telecommunicatiewet 11.7 (NL), KB 4 April 2003 art. 1 (BE), UWG § 7 (DE), PECR reg. 22 (UK), CNIL (FR),
//! GDPR art. 6, 14 and 21. A product default, not legal advice; `docs/law` says what is uncertain.

use jiff::civil::Date;

text_enum! {
    /// Why a person may be approached. Asked at import, never read from a column of the file.
    pub enum Basis {
        /// The person agreed to be mailed, and it can be proved.
        Consent = "consent",
        /// Address obtained in a sale; own similar products; opt-out offered then and in every mail.
        ExistingCustomer = "existing_customer",
        /// Address published by its holder for receiving this kind of mail.
        DesignatedAddress = "designated_address",
        /// A weighed interest of ours (GDPR 6(1)(f)); enough only where the country needs no consent.
        LegitimateInterest = "legitimate_interest",
    }
}

text_enum! {
    /// Why a mail may not go out.
    pub enum Block {
        /// The person, address or domain opted out, bounced or complained.
        Suppressed = "suppressed",
        /// Nobody recorded on what ground the person may be approached.
        NoGround = "no_ground",
        /// The country wants consent; the recorded ground is not enough there.
        CountryNeedsConsent = "country_needs_consent",
        /// The country is not known, so the strictest rule holds.
        CountryUnknown = "country_unknown",
        /// There is no address to mail.
        NoAddress = "no_address",
        /// The person's data were erased.
        Erased = "erased",
    }
}

/// The recorded ground of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats ("your website, page Contact").
    pub source: String,
    /// Day on which the data or the consent was obtained.
    pub obtained_on: Date,
}

/// What the gate looks at.
#[derive(Debug, Clone, Copy)]
pub struct GateFacts<'a> {
    /// The recorded ground, if any.
    pub ground: Option<&'a Ground>,
    /// ISO 3166 alpha-2 code of the company's country, if known.
    pub country: Option<&'a str>,
    /// Whether the address or its domain is on the suppression list.
    pub is_suppressed: bool,
    /// Whether there is an address.
    pub has_address: bool,
    /// Whether the person's data were erased.
    pub is_erased: bool,
}

/// Countries where a weighed interest is enough to mail a person at work about their work, with opt-out.
const OPT_OUT_COUNTRIES: &[&str] = &["FR", "GB", "IE"];

/// Decides whether a mail to this person may go out. Asked when a mail is made, when it is approved and before
/// each try to send it; the suppression list once more in the instant before the hand-over.
///
/// # Errors
/// The first reason against it, strongest first.
pub fn gate(facts: &GateFacts<'_>) -> Result<Basis, Block> {
    if facts.is_erased {
        return Err(Block::Erased);
    }
    if facts.is_suppressed {
        return Err(Block::Suppressed);
    }
    if !facts.has_address {
        return Err(Block::NoAddress);
    }
    let ground = facts.ground.ok_or(Block::NoGround)?;
    match ground.basis {
        Basis::Consent | Basis::ExistingCustomer | Basis::DesignatedAddress => Ok(ground.basis),
        Basis::LegitimateInterest => {
            let country = facts.country.ok_or(Block::CountryUnknown)?;
            if OPT_OUT_COUNTRIES.contains(&country) {
                Ok(ground.basis)
            } else {
                Err(Block::CountryNeedsConsent)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(basis: Basis) -> Ground {
        Ground { basis, source: "website".to_owned(), obtained_on: jiff::civil::date(2026, 11, 1) }
    }

    fn facts<'a>(ground: Option<&'a Ground>, country: Option<&'a str>) -> GateFacts<'a> {
        GateFacts { ground, country, is_suppressed: false, has_address: true, is_erased: false }
    }

    #[test]
    fn without_a_recorded_ground_nothing_goes_out() {
        assert_eq!(gate(&facts(None, Some("NL"))), Err(Block::NoGround));
    }

    #[test]
    fn suppression_beats_every_ground() {
        for basis in Basis::ALL {
            let ground = ground(*basis);
            let facts = GateFacts { is_suppressed: true, ..facts(Some(&ground), Some("GB")) };
            assert_eq!(gate(&facts), Err(Block::Suppressed), "{basis}");
        }
    }

    #[test]
    fn a_weighed_interest_is_enough_only_where_the_law_says_so() {
        let ground = ground(Basis::LegitimateInterest);
        for (country, expected) in [
            (Some("NL"), Err(Block::CountryNeedsConsent)),
            (Some("BE"), Err(Block::CountryNeedsConsent)),
            (Some("DE"), Err(Block::CountryNeedsConsent)),
            (Some("GB"), Ok(Basis::LegitimateInterest)),
            (Some("FR"), Ok(Basis::LegitimateInterest)),
            (None, Err(Block::CountryUnknown)),
        ] {
            assert_eq!(gate(&facts(Some(&ground), country)), expected, "{country:?}");
        }
    }

    #[test]
    fn the_other_grounds_hold_everywhere() {
        for basis in [Basis::Consent, Basis::ExistingCustomer, Basis::DesignatedAddress] {
            let ground = ground(basis);
            for country in [Some("NL"), Some("DE"), None] {
                assert_eq!(gate(&facts(Some(&ground), country)), Ok(basis));
            }
        }
    }
}
