//! Why two records look like one company, thing by thing, for the person who decides.

use super::name::NameAgreement;
use super::profile::{Key, Profile};
use super::weigh::Comparison;

crate::text_enum! {
    /// What was compared.
    pub enum SignField {
        /// Number in the company register.
        Register = "register",
        /// Legal entity identifier.
        Lei = "lei",
        /// VAT number.
        Vat = "vat",
        /// Name.
        Name = "name",
        /// Domain of website or address.
        Domain = "domain",
        /// Telephone.
        Phone = "phone",
        /// Street and number, or postcode and number.
        Address = "address",
        /// Town.
        Town = "town",
        /// Kind of legal form.
        LegalForm = "legal_form",
        /// Code of the activity.
        Activity = "activity",
    }
}

crate::text_enum! {
    /// What was found about one thing that both records say.
    pub enum Sign {
        /// They say the same.
        Agrees = "agrees",
        /// Almost the same: another way to write it, or a part of it.
        Resembles = "resembles",
        /// They say different things.
        Differs = "differs",
    }
}

/// What both records say something about, in the order of its weight. What one of them does not say is no sign.
pub fn signs(a: &Profile, b: &Profile, found: &Comparison) -> Vec<(SignField, Sign)> {
    let place = match (both(a.address, b.address), both(a.street, b.street)) {
        (Some(Sign::Agrees), _) | (_, Some(Sign::Agrees)) => Some(Sign::Agrees),
        (one, other) => one.or(other),
    };
    let name = match found.name {
        NameAgreement::Equal => Sign::Agrees,
        NameAgreement::Spelling | NameAgreement::Part => Sign::Resembles,
        NameAgreement::Close | NameAgreement::Different => Sign::Differs,
    };
    let form = a.form.zip(b.form).map(|(x, y)| if x == y { Sign::Agrees } else { Sign::Differs });
    let sbi = (a.sbi > 0 && b.sbi > 0).then_some(if a.sbi == b.sbi { Sign::Agrees } else { Sign::Differs });
    [
        (SignField::Register, both(a.kvk, b.kvk)),
        (SignField::Lei, both(a.lei, b.lei)),
        (SignField::Vat, both(a.vat, b.vat)),
        (SignField::Name, Some(name)),
        (SignField::Domain, both(a.domain, b.domain)),
        (SignField::Phone, both(a.phone, b.phone)),
        (SignField::Address, place),
        (SignField::Town, both(a.town, b.town)),
        (SignField::LegalForm, form),
        (SignField::Activity, sbi),
    ]
    .into_iter()
    .filter_map(|(field, sign)| Some((field, sign?)))
    .collect()
}

fn both(a: Key, b: Key) -> Option<Sign> {
    a.zip(b).map(|(x, y)| if x == y { Sign::Agrees } else { Sign::Differs })
}

#[cfg(test)]
mod tests {
    use super::super::{Frequencies, RawRecord, compare};
    use super::*;

    #[test]
    fn what_only_one_record_says_is_no_sign() {
        let one = Profile::of(&RawRecord {
            company: "De Vries Bouw B.V.",
            street: "Kerkstraat 12",
            postcode: "2611 AB",
            city: "Delft",
            phone: "015 200 0001",
            country: "NL",
            ..RawRecord::default()
        });
        let other = Profile::of(&RawRecord {
            company: "De Vries Bouw",
            street: "Kerkstraat 12",
            city: "Delft",
            phone: "015 200 0002",
            website: "devriesbouw.example",
            country: "NL",
            ..RawRecord::default()
        });
        let f = Frequencies::of(&[one.clone(), other.clone()]);
        let found = compare(&one, &other, &f).unwrap();
        assert_eq!(
            signs(&one, &other, &found),
            [
                (SignField::Name, Sign::Agrees),
                (SignField::Phone, Sign::Differs),
                (SignField::Address, Sign::Agrees),
                (SignField::Town, Sign::Agrees),
            ]
        );
    }
}
