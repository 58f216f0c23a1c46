//! Which blanks of a company its own website fills. Only where nothing is known, only where the site says one thing, and
//! not at all when the site names another company than the one that is known.

use super::facts::{Fact, Finding, SiteAddress};
use crate::names::fold;

crate::text_enum! {
    /// A blank that a website can fill; named as in the API.
    pub enum FillField {
        /// Number in the Dutch register.
        KvkNumber = "kvk_number",
        /// VAT number.
        VatId = "vat_id",
        /// Switchboard.
        Phone = "phone",
        /// Street and number.
        Street = "street",
        /// Postcode.
        Postcode = "postcode",
        /// Town.
        City = "city",
    }
}

/// What is known of the company.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownCompany<'a> {
    /// Number in the Dutch register.
    pub kvk_number: Option<&'a str>,
    /// VAT number.
    pub vat_id: Option<&'a str>,
    /// Switchboard.
    pub phone: Option<&'a str>,
    /// Street, with its number.
    pub street: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Town.
    pub city: Option<&'a str>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<&'a str>,
}

/// A value for a blank, and the page where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The blank.
    pub field: FillField,
    /// Its value.
    pub value: String,
    /// The page.
    pub url: String,
}

/// The blanks that the facts of its website fill. Who sits behind a sign on two doors is asked, not guessed: two numbers
/// or two addresses fill nothing.
pub fn fills(known: &KnownCompany<'_>, facts: &[Fact]) -> Vec<Fill> {
    if names_another(known, facts) {
        return Vec::new();
    }
    let mut fills = Vec::new();
    let mut put = |field, value: &str, fact: &Fact| {
        fills.push(Fill { field, value: value.to_owned(), url: fact.url.clone() });
    };
    if known.kvk_number.is_none()
        && let Some((fact, number)) = only(facts, |f| match f {
            Finding::Kvk(number) => Some(number.as_str()),
            _ => None,
        })
    {
        put(FillField::KvkNumber, number, fact);
    }
    if known.vat_id.is_none()
        && let Some((fact, id)) =
            only(facts, vat).filter(|(_, id)| known.country.is_none_or(|c| id.starts_with(c)))
    {
        put(FillField::VatId, id, fact);
    }
    if known.phone.is_none()
        && let Some((fact, number)) = only(facts, |f| match f {
            Finding::Phone(number) => Some(number.as_str()),
            _ => None,
        })
    {
        put(FillField::Phone, number, fact);
    }
    if let Some((fact, address)) = only_address(known, facts).filter(|(_, address)| agrees(known, address)) {
        for (field, is_blank, value) in [
            (FillField::Street, known.street.is_none(), &address.street),
            (FillField::Postcode, known.postcode.is_none(), &address.postcode),
            (FillField::City, known.city.is_none(), &address.town),
        ] {
            if is_blank {
                put(field, value, fact);
            }
        }
    }
    fills.retain(|fill| !fill.value.trim().is_empty());
    fills
}

fn vat(finding: &Finding) -> Option<&str> {
    match finding {
        Finding::Vat(id) => Some(id.as_str()),
        _ => None,
    }
}

fn address(finding: &Finding) -> Option<&SiteAddress> {
    match finding {
        Finding::Address(address) => Some(address),
        _ => None,
    }
}

/// The one address of the site, when none is known; else, of those that it has, the one that is the half that is known: the
/// postcode of a street, or the street of a postcode.
fn only_address<'f>(known: &KnownCompany<'_>, facts: &'f [Fact]) -> Option<(&'f Fact, &'f SiteAddress)> {
    let plain = |text: &str| fold(text).replace(' ', "");
    let is_half = |address: &SiteAddress| match (known.street, known.postcode) {
        (None, None) => true,
        (Some(street), None) => plain(street) == plain(&address.street),
        (None, Some(postcode)) => plain(postcode) == plain(&address.postcode),
        (Some(_), Some(_)) => false,
    };
    only(facts, |finding| address(finding).filter(|address| is_half(address)))
}

/// The one finding of a kind; `None` when there is none, or several.
fn only<'f, T: 'f>(facts: &'f [Fact], of: impl Fn(&'f Finding) -> Option<T>) -> Option<(&'f Fact, T)> {
    let mut found = facts.iter().filter_map(|fact| of(&fact.finding).map(|value| (fact, value)));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The site has a number, and it is another than the one that is known: it speaks of a parent, a tenant or a namesake.
fn names_another(known: &KnownCompany<'_>, facts: &[Fact]) -> bool {
    let differs = |known: Option<&str>, found: Vec<&str>| {
        let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        known.is_some_and(|known| {
            let known = plain(known).to_uppercase();
            !found.is_empty() && found.iter().all(|one| plain(one) != known)
        })
    };
    let kvk = facts.iter().filter_map(|f| match &f.finding {
        Finding::Kvk(number) => Some(number.as_str()),
        _ => None,
    });
    differs(known.kvk_number, kvk.collect())
        || differs(known.vat_id, facts.iter().filter_map(|f| vat(&f.finding)).collect())
}

fn agrees(known: &KnownCompany<'_>, address: &SiteAddress) -> bool {
    let same_town = known.city.is_none_or(|city| fold(city) == fold(&address.town));
    let same_country = match (known.country, address.country) {
        (Some(known), Some(found)) => known == found,
        _ => true,
    };
    same_town && same_country
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::company::KvkNumber;
    use crate::phone::PhoneNumber;
    use crate::vat::VatId;

    fn fact(finding: Finding) -> Fact {
        Fact { finding, url: "https://dak.example/contact".to_owned(), snippet: String::new() }
    }

    fn kvk(number: &str) -> Fact {
        fact(Finding::Kvk(KvkNumber::parse(number).unwrap()))
    }

    fn at(street: &str, town: &str) -> Fact {
        let address = SiteAddress {
            street: street.to_owned(),
            postcode: "3511 AB".to_owned(),
            town: town.to_owned(),
            country: Some("NL"),
        };
        fact(Finding::Address(address))
    }

    fn site() -> Vec<Fact> {
        vec![
            kvk("30123456"),
            fact(Finding::Vat(VatId::parse("NL004495445B01").unwrap())),
            fact(Finding::Phone(PhoneNumber::parse("030-1234567", Some("NL")).unwrap())),
            at("Kerkstraat 12", "Utrecht"),
        ]
    }

    fn fields(known: &KnownCompany<'_>, facts: &[Fact]) -> Vec<&'static str> {
        fills(known, facts).iter().map(|fill| fill.field.as_str()).collect()
    }

    #[test]
    fn blanks_are_filled_and_nothing_else() {
        let all = vec!["kvk_number", "vat_id", "phone", "street", "postcode", "city"];
        let nothing = KnownCompany::default();
        assert_eq!(fields(&nothing, &site()), all);
        for (case, known, expected) in [
            ("country agrees", KnownCompany { country: Some("NL"), ..nothing }, all.clone()),
            (
                "phone is known",
                KnownCompany { phone: Some("+31201234567"), ..nothing },
                vec!["kvk_number", "vat_id", "street", "postcode", "city"],
            ),
            (
                "same number",
                KnownCompany { kvk_number: Some("30123456"), ..nothing },
                vec!["vat_id", "phone", "street", "postcode", "city"],
            ),
            ("another number", KnownCompany { kvk_number: Some("30123457"), ..nothing }, vec![]),
            ("another VAT number", KnownCompany { vat_id: Some("NL 1234.56.789.B01"), ..nothing }, vec![]),
            (
                "same VAT number",
                KnownCompany { vat_id: Some("nl 0044.95.445.b01"), ..nothing },
                vec!["kvk_number", "phone", "street", "postcode", "city"],
            ),
            (
                "another town",
                KnownCompany { city: Some("Gent"), ..nothing },
                vec!["kvk_number", "vat_id", "phone"],
            ),
            (
                "same town",
                KnownCompany { city: Some("UTRECHT"), ..nothing },
                vec!["kvk_number", "vat_id", "phone", "street", "postcode"],
            ),
            ("another country", KnownCompany { country: Some("BE"), ..nothing }, vec!["kvk_number", "phone"]),
            (
                "address is known",
                KnownCompany { street: Some("Kerkstraat 12"), postcode: Some("3511AB"), ..nothing },
                vec!["kvk_number", "vat_id", "phone"],
            ),
            (
                "its postcode is known",
                KnownCompany { postcode: Some("3511ab"), city: Some("Utrecht"), ..nothing },
                vec!["kvk_number", "vat_id", "phone", "street"],
            ),
            (
                "another postcode is known",
                KnownCompany { postcode: Some("3511 AC"), ..nothing },
                vec!["kvk_number", "vat_id", "phone"],
            ),
            (
                "its street is known",
                KnownCompany { street: Some("kerkstraat 12"), ..nothing },
                vec!["kvk_number", "vat_id", "phone", "postcode", "city"],
            ),
            (
                "another street is known",
                KnownCompany { street: Some("Kerkstraat 14"), ..nothing },
                vec!["kvk_number", "vat_id", "phone"],
            ),
        ] {
            assert_eq!(fields(&known, &site()), expected, "{case}");
        }
    }

    #[test]
    fn two_of_a_kind_fill_nothing() {
        let nothing = KnownCompany::default();
        assert!(fills(&nothing, &[kvk("30123456"), kvk("30123457")]).is_empty());
        let two = [at("Kerkstraat 12", "Utrecht"), at("Dam 1", "Amsterdam")];
        assert!(fills(&nothing, &two).is_empty());
        // Which of the two it is, is known.
        let known = KnownCompany { street: Some("Dam 1"), city: Some("Amsterdam"), ..nothing };
        assert_eq!(fields(&known, &two), ["postcode"]);
    }

    proptest! {
        /// What is known is never filled, and the order in which pages were read changes nothing.
        #[test]
        fn what_is_known_stays(kvk_known: bool, phone_known: bool, street_known: bool, postcode_known: bool, town_known: bool, by in 0_usize..4) {
            let known = KnownCompany {
                kvk_number: kvk_known.then_some("30123456"),
                phone: phone_known.then_some("+31201234567"),
                city: town_known.then_some("Utrecht"),
                street: street_known.then_some("Kerkstraat 12"),
                postcode: postcode_known.then_some("3511 AB"),
                ..KnownCompany::default()
            };
            let mut facts = site();
            let mut first = fills(&known, &facts);
            facts.rotate_left(by);
            let mut second = fills(&known, &facts);
            first.sort_by_key(|f| f.field);
            second.sort_by_key(|f| f.field);
            prop_assert_eq!(&first, &second);
            let has = |field| first.iter().any(|f| f.field == field);
            prop_assert!(!(kvk_known && has(FillField::KvkNumber)));
            prop_assert!(!(phone_known && has(FillField::Phone)));
            prop_assert!(!(street_known && has(FillField::Street)));
            prop_assert!(!(postcode_known && has(FillField::Postcode)));
            prop_assert!(!(town_known && has(FillField::City)));
        }
    }
}
