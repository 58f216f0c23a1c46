//! Which of the companies that a search found is the one that was meant.

use super::{RegisterHit, RegisterProfile};
use crate::address::{Postcode, StreetLine, town_key};
use crate::company::DomainName;
use crate::dedupe::{NameAgreement, compare_names, name_words};
use crate::legal_form::LegalFormFamily;

/// Hits that are shown to a person at most.
const SHOWN_MAX: usize = 10;

/// What is known of the company that is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownPlace<'a> {
    /// Name as written.
    pub name: &'a str,
    /// Street, with or without its number.
    pub street: Option<&'a str>,
    /// House number, when it stands apart.
    pub house_number: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Town.
    pub city: Option<&'a str>,
    /// Registrable domain.
    pub domain: Option<&'a str>,
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This one, beyond doubt.
    One(RegisterHit),
    /// One of these, perhaps; the likeliest first.
    Several(Vec<RegisterHit>),
    /// None of them.
    Nobody,
}

/// A place, ready to be compared.
#[derive(PartialEq, Eq)]
struct Place {
    line: StreetLine,
    postcode: Option<Postcode>,
    town: String,
}

impl Place {
    fn of(street: Option<&str>, number: Option<&str>, postcode: Option<&str>, city: Option<&str>) -> Place {
        let line = [street.unwrap_or_default(), number.unwrap_or_default()].join(" ");
        Place {
            line: StreetLine::parse(line.trim()),
            postcode: postcode.and_then(Postcode::parse),
            town: town_key(city.unwrap_or_default()),
        }
    }

    /// One door: the same number in the same postcode, or in the same street of the same town.
    fn is_door(&self, other: &Place) -> bool {
        let same_number =
            self.line.house_number.is_some() && self.line.house_number == other.line.house_number;
        let same_postcode = self.postcode.is_some() && self.postcode == other.postcode;
        let same_street = !self.line.street.is_empty()
            && self.line.street == other.line.street
            && !self.town.is_empty()
            && self.town == other.town;
        same_number && (same_postcode || same_street)
    }
}

/// How alike a hit is; the higher the likelier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// Another company.
    No,
    /// A person should look.
    Perhaps,
    /// The same name, in the same town.
    Likely,
    /// The same name behind the same door.
    Sure,
}

fn names_of(a: &str, b: &str) -> (NameAgreement, bool) {
    let ((a, form_a), (b, form_b)) = (name_words(a), name_words(b));
    // The words of two names only: how often others use them says nothing about the register.
    (compare_names(&a, &b, &|_| false), contradict(form_a, form_b))
}

fn contradict(a: Option<LegalFormFamily>, b: Option<LegalFormFamily>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

fn likeness(known: &KnownPlace<'_>, ours: &Place, hit: &RegisterHit) -> Likeness {
    let (name, other_form) = names_of(known.name, &hit.name);
    let theirs = Place::of(
        hit.street.as_deref(),
        hit.house_number.as_deref(),
        hit.postcode.as_deref(),
        hit.city.as_deref(),
    );
    let (same_door, same_town) = (ours.is_door(&theirs), !ours.town.is_empty() && ours.town == theirs.town);
    match name {
        NameAgreement::Equal if same_door && !other_form => Likeness::Sure,
        NameAgreement::Equal | NameAgreement::Spelling if same_town && !other_form => Likeness::Likely,
        NameAgreement::Equal | NameAgreement::Spelling | NameAgreement::Part => Likeness::Perhaps,
        NameAgreement::Close if same_door || same_town => Likeness::Perhaps,
        // It may trade under another name behind this door; or be its neighbour.
        NameAgreement::Different if same_door => Likeness::Perhaps,
        NameAgreement::Close | NameAgreement::Different => Likeness::No,
    }
}

/// Judges the hits of a search. Beyond doubt is one number only, with the same name behind the same door; two such numbers
/// (a holding of the same name, a former and a present form) are for a person.
pub fn find(known: &KnownPlace<'_>, hits: &[RegisterHit]) -> Found {
    let ours = Place::of(known.street, known.house_number, known.postcode, known.city);
    let mut judged: Vec<(Likeness, &RegisterHit)> = Vec::new();
    for hit in hits {
        let found = likeness(known, &ours, hit);
        match judged.iter_mut().find(|(_, other)| other.number == hit.number) {
            // One company with several places or names: the likeliest of them stands for it.
            Some(same) if same.0 < found => *same = (found, hit),
            Some(_) => {}
            None => judged.push((found, hit)),
        }
    }
    judged.retain(|(found, _)| *found > Likeness::No);
    judged.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
    let sure = judged.iter().filter(|(found, _)| *found == Likeness::Sure).count();
    match judged.first() {
        None => Found::Nobody,
        Some((_, hit)) if sure == 1 => Found::One((*hit).clone()),
        Some(_) => Found::Several(judged.into_iter().take(SHOWN_MAX).map(|(_, hit)| hit.clone()).collect()),
    }
}

/// Whether the profile under a number can be the company that carries the number: a name in common, the same door, or the
/// same website. A number that was typed wrong belongs to somebody else.
pub fn is_the_same(known: &KnownPlace<'_>, profile: &RegisterProfile) -> bool {
    if profile.names().any(|name| names_of(known.name, name).0 >= NameAgreement::Part) {
        return true;
    }
    let domain = |site: &str| DomainName::parse(site).ok().map(|d| d.registrable().as_str().to_owned());
    if known.domain.is_some() && profile.websites.iter().any(|site| domain(site).as_deref() == known.domain) {
        return true;
    }
    let ours = Place::of(known.street, known.house_number, known.postcode, known.city);
    profile.address.as_ref().is_some_and(|a| {
        ours.is_door(&Place::of(Some(&a.street), Some(&a.house_number), Some(&a.postcode), Some(&a.city)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::RegisterAddress;

    fn hit(number: &str, name: &str, street: &str, number_at: &str, city: &str) -> RegisterHit {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        RegisterHit {
            number: number.to_owned(),
            name: name.to_owned(),
            street: text(street),
            house_number: text(number_at),
            postcode: None,
            city: text(city),
        }
    }

    const KNOWN: KnownPlace<'_> = KnownPlace {
        name: "Dakdekkers Veer BV",
        street: Some("Kerkstraat 12"),
        house_number: None,
        postcode: Some("3511 AB"),
        city: Some("Utrecht"),
        domain: Some("veer.example"),
    };

    fn numbers(found: &Found) -> Vec<&str> {
        match found {
            Found::One(hit) => vec!["one", &hit.number],
            Found::Several(hits) => hits.iter().map(|hit| hit.number.as_str()).collect(),
            Found::Nobody => Vec::new(),
        }
    }

    #[test]
    fn beyond_doubt_is_one_number_with_the_same_name_behind_the_same_door() {
        let own = hit("30000001", "Dakdekkers Veer B.V.", "Kerkstr.", "12", "Utrecht");
        let holding = hit("30000002", "Dakdekkers Veer Holding B.V.", "Kerkstraat", "12", "Utrecht");
        let foundation = hit("30000003", "Stichting Dakdekkers Veer", "Kerkstraat", "12", "Utrecht");
        let twin = hit("30000004", "Dakdekkers Veer", "Kerkstraat", "12", "Utrecht");
        let elsewhere = hit("30000005", "Dakdekkers Veer B.V.", "Plein", "3", "Goes");
        let across = hit("30000006", "Dakdekkers Veer B.V.", "Kerkstraat", "14", "Utrecht");
        let stranger = hit("30000007", "Bloemen Anders", "Plein", "3", "Goes");
        for (hits, expected) in [
            (vec![&own], vec!["one", "30000001"]),
            (vec![&stranger, &own], vec!["one", "30000001"]),
            (vec![&own, &own], vec!["one", "30000001"]),
            (vec![&holding, &own], vec!["one", "30000001"]),
            (vec![&foundation], vec!["30000003"]),
            (vec![&own, &twin], vec!["30000001", "30000004"]),
            (vec![&elsewhere], vec!["30000005"]),
            (vec![&elsewhere, &across], vec!["30000006", "30000005"]),
            (vec![&stranger], vec![]),
            (vec![], vec![]),
        ] {
            let hits: Vec<RegisterHit> = hits.into_iter().cloned().collect();
            assert_eq!(numbers(&find(&KNOWN, &hits)), expected, "{hits:?}");
        }
    }

    #[test]
    fn without_an_address_nothing_is_beyond_doubt() {
        let known = KnownPlace { name: "Dakdekkers Veer", city: Some("Utrecht"), ..KnownPlace::default() };
        let own = hit("30000001", "Dakdekkers Veer B.V.", "Kerkstraat", "12", "Utrecht");
        assert_eq!(find(&known, std::slice::from_ref(&own)), Found::Several(vec![own]));
    }

    #[test]
    fn a_postcode_and_number_are_a_door_without_a_street() {
        let mut found = hit("30000001", "Dakdekkers Veer", "", "12", "");
        found.postcode = Some("3511AB".to_owned());
        assert_eq!(numbers(&find(&KNOWN, &[found])), ["one", "30000001"]);
    }

    #[test]
    fn a_number_that_belongs_to_somebody_else_is_noticed() {
        let profile = |name: &str, site: &str, street: &str| RegisterProfile {
            name: name.to_owned(),
            websites: vec![site.to_owned()],
            address: Some(RegisterAddress {
                street: street.to_owned(),
                house_number: "12".to_owned(),
                postcode: String::new(),
                city: "Utrecht".to_owned(),
            }),
            ..RegisterProfile::default()
        };
        for (name, site, street, expected) in [
            ("Dakdekkers Veer B.V.", "", "Plein", true),
            ("Veer", "", "Plein", true),
            ("Anders B.V.", "www.veer.example", "Plein", true),
            ("Anders B.V.", "anders.example", "Kerkstraat", true),
            ("Anders B.V.", "anders.example", "Plein", false),
        ] {
            assert_eq!(is_the_same(&KNOWN, &profile(name, site, street)), expected, "{name} {site} {street}");
        }
    }
}
