//! What a page says of its company as data (JSON-LD with schema.org).

use super::facts::{EmailAudience, EmailPurpose, Fact, Finding, SiteAddress};
use super::page::{Page, Thing};
use super::text::shortened;
use crate::company::KvkNumber;
use crate::contact::EmailAddress;
use crate::country::country_code;
use crate::phone::PhoneNumber;
use crate::vat::{VatError, VatId};

/// Types that are an organisation; any other that ends in one of the words of [`is_organization`] is one too.
const ORGANIZATIONS: &[&str] =
    &["Organization", "Corporation", "LocalBusiness", "ProfessionalService", "Store", "Person"];

/// Longest text of a value, in characters.
const VALUE_CHARS_MAX: usize = 120;

/// Whether a node describes an organisation.
pub(super) fn is_organization(thing: &Thing) -> bool {
    let ends = |t: &String| {
        ["Business", "Organization", "Store", "Service", "Contractor", "Agency"]
            .iter()
            .any(|e| t.ends_with(e))
    };
    !thing.is_a(&["Person"]) && (thing.is_a(ORGANIZATIONS) || thing.types.iter().any(ends))
}

/// The facts of one node.
pub(super) fn organization(page: &Page, thing: &Thing, country: Option<&str>, facts: &mut Vec<Fact>) {
    if !is_organization(thing) {
        return;
    }
    let mut push = |finding: Finding, name: &str, value: &str| {
        let snippet = format!("{name}: {}", shortened(value, VALUE_CHARS_MAX));
        facts.push(Fact { finding, url: page.url.clone(), snippet });
    };
    if let Some(name) = thing.get("legalName") {
        push(Finding::LegalName(shortened(name, VALUE_CHARS_MAX)), "legalName", name);
    }
    for name in ["vatID", "taxID"] {
        match thing.get(name).map(|value| (value, VatId::parse(value))) {
            Some((value, Ok(id))) => push(Finding::Vat(id), name, value),
            Some((_, Err(VatError::OfAPerson))) => push(Finding::VatOfAPerson, name, "NL•••••••••B••"),
            _ => {}
        }
    }
    if let Some((value, kvk)) = kvk_of(thing) {
        push(Finding::Kvk(kvk), "identifier", value);
    }
    let own_country = thing.get("address.addressCountry").and_then(country_code);
    for value in thing.values.iter().filter(|(n, _)| n == "telephone" || n == "contactPoint.telephone") {
        if let Some(number) = PhoneNumber::parse(&value.1, own_country.or(country)) {
            push(Finding::Phone(number), &value.0, &value.1);
        }
    }
    if let Some((value, Ok(address))) = thing.get("email").map(|v| (v, EmailAddress::parse(v))) {
        let (purpose, audience) = (EmailPurpose::General, EmailAudience::Role);
        push(Finding::Email { address, purpose, audience, refuses_approach: false }, "email", value);
    }
    if let Some(address) = address_of(thing, own_country) {
        let line = format!("{}, {} {}", address.street, address.postcode, address.town);
        push(Finding::Address(address), "address", &line);
    }
}

/// A register number under the names that sites give it.
fn kvk_of(thing: &Thing) -> Option<(&str, KvkNumber)> {
    let named = ["kvk", "kvkNumber", "kvkNummer", "identifier.kvk"].iter().find_map(|name| thing.get(name));
    let is_kvk = |name: &str| thing.get(name).is_some_and(|v| v.to_ascii_lowercase().contains("kvk"));
    let listed =
        (is_kvk("identifier.propertyID") || is_kvk("identifier.name")).then(|| thing.get("identifier.value"));
    let value = named.or(listed.flatten())?;
    let is_whole = value.chars().filter(char::is_ascii_digit).count() == 8;
    Some((value, KvkNumber::parse(value).filter(|_| is_whole)?))
}

fn address_of(thing: &Thing, country: Option<&'static str>) -> Option<SiteAddress> {
    let part = |name: &str| thing.get(name).map(|v| shortened(v, VALUE_CHARS_MAX));
    Some(SiteAddress {
        street: part("address.streetAddress")?,
        postcode: part("address.postalCode")?,
        town: part("address.addressLocality")?,
        country,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_tells_its_numbers_and_places() {
        let values = [
            ("legalName", "Bouw Utrecht B.V."),
            ("vatID", "NL004495445B01"),
            ("taxID", "NL111222333B01"),
            ("telephone", "030-1234567"),
            ("email", "info@bouw.example"),
            ("identifier.propertyID", "KvK"),
            ("identifier.value", "12345678"),
            ("address.streetAddress", "Kerkstraat 12"),
            ("address.postalCode", "3511 AB"),
            ("address.addressLocality", "Utrecht"),
            ("address.addressCountry", "NL"),
        ];
        let thing = Thing {
            types: vec!["GeneralContractor".to_owned()],
            values: values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        };
        let mut facts = Vec::new();
        organization(&Page::default(), &thing, None, &mut facts);
        let told: Vec<String> = facts.iter().map(|f| f.finding.value()).collect();
        let expected = [
            "Bouw Utrecht B.V.",
            "NL004495445B01",
            "NL•••••••••B••",
            "12345678",
            "+31301234567",
            "info@bouw.example",
            "Kerkstraat 12, 3511 AB Utrecht",
        ];
        assert_eq!(told, expected);
        assert!(facts.iter().all(|f| !f.snippet.contains("111222333")), "a citizen's number is nowhere");
        let article = Thing { types: vec!["Article".to_owned()], ..thing };
        let mut none = Vec::new();
        organization(&Page::default(), &article, None, &mut none);
        assert!(none.is_empty());
    }
}
