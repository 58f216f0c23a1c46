//! Which facts of the register are taken over: it outranks lists, never what a person typed in.

use super::RegisterProfile;
use crate::address::{Postcode, StreetLine, town_key};
use crate::audience::ActivityVersion;
use crate::dedupe::name_words;
use crate::names::{company_key, fold, words_of};

crate::text_enum! {
    /// A fact that the register says; named as in the API.
    pub enum RegisterField {
        /// Name.
        Name = "name",
        /// Legal form, with its source and day.
        LegalForm = "legal_form",
        /// Code of the main activity, with its edition.
        SbiCode = "sbi_code",
        /// People working there.
        EmployeesN = "employees_n",
        /// Street, number, postcode and town: one fact.
        Street = "street",
        /// Website.
        Website = "website",
        /// Day of the foundation.
        FoundedOn = "founded_on",
        /// The non-mailing indicator.
        NonMailing = "is_non_mailing",
    }
}

/// Who said what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// A list, or the company's website.
    List,
    /// The register itself, earlier.
    Register,
    /// A person typed it in.
    Person,
}

/// What becomes of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Both say the same.
    Same,
    /// Nothing was known.
    Filled,
    /// The register wins.
    Replaced,
    /// A person typed in something else: that stays, and the difference is shown.
    Kept,
}

impl Taken {
    /// The name under which it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Taken::Same => "same",
            Taken::Filled => "filled",
            Taken::Replaced => "replaced",
            Taken::Kept => "kept",
        }
    }

    /// Whether the record becomes what the register says.
    pub const fn is_written(self) -> bool {
        matches!(self, Taken::Filled | Taken::Replaced)
    }
}

/// One fact of the register beside what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taking {
    /// Which.
    pub field: RegisterField,
    /// What is known; empty when nothing is.
    pub known: String,
    /// What the register says.
    pub said: String,
    /// What becomes of it.
    pub taken: Taken,
}

/// What is known of the company.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownFacts<'a> {
    /// Name as written.
    pub name: &'a str,
    /// Legal form.
    pub legal_form: Option<&'a str>,
    /// Code of the activity and its edition.
    pub activity: Option<(&'a str, ActivityVersion)>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Street, with or without its number.
    pub street: Option<&'a str>,
    /// House number, when it stands apart.
    pub house_number: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Town.
    pub city: Option<&'a str>,
    /// Website or domain.
    pub website: Option<&'a str>,
    /// Day or year of the foundation.
    pub founded_on: Option<&'a str>,
    /// Whether the non-mailing indicator is known to be set.
    pub is_non_mailing: bool,
}

/// Compares what is known with a profile. `held` says of each field who said what is known.
pub fn takings(
    known: &KnownFacts<'_>,
    profile: &RegisterProfile,
    held: impl Fn(RegisterField) -> Held,
) -> Vec<Taking> {
    let mut found = Vec::new();
    let mut put = |field: RegisterField, known: String, said: String, is_same: bool| {
        if said.is_empty() {
            return;
        }
        let taken = match (known.is_empty(), is_same, held(field)) {
            (true, ..) => Taken::Filled,
            (false, true, _) => Taken::Same,
            // A website is how a company is known and written to; the register's may be years old.
            (false, false, _) if field == RegisterField::Website => Taken::Kept,
            (false, false, Held::Person) => Taken::Kept,
            (false, false, Held::List | Held::Register) => Taken::Replaced,
        };
        found.push(Taking { field, known, said, taken });
    };
    let text = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
    let same_name = profile.names().any(|name| company_key(name) == company_key(known.name));
    put(RegisterField::Name, known.name.trim().to_owned(), profile.name.clone(), same_name);
    let form = text(profile.legal_form.as_deref());
    put(
        RegisterField::LegalForm,
        text(known.legal_form),
        form.clone(),
        is_one_form(known.legal_form.unwrap_or_default(), &form),
    );
    if let Some(main) = profile.main_activity() {
        let same = known.activity == Some((main.code.as_str(), ActivityVersion::V2025));
        put(RegisterField::SbiCode, text(known.activity.map(|(code, _)| code)), main.code.clone(), same);
    }
    if let Some(n) = profile.employees_n {
        let ours = known.employees_n.map(|n| n.to_string()).unwrap_or_default();
        put(RegisterField::EmployeesN, ours, n.to_string(), known.employees_n == Some(i64::from(n)));
    }
    put_address(known, profile, &mut put);
    if let Some(site) = profile.websites.first() {
        let same =
            profile.websites.iter().any(|site| known.website.is_some_and(|ours| is_one_site(ours, site)));
        put(RegisterField::Website, text(known.website), site.clone(), same);
    }
    if let Some(day) = profile.founded_on {
        let ours = text(known.founded_on);
        // A year that a list knows is made a day.
        put(RegisterField::FoundedOn, ours.clone(), day.to_string(), ours == day.to_string());
    }
    found.extend(non_mailing(known, profile, held(RegisterField::NonMailing)));
    found
}

fn put_address(
    known: &KnownFacts<'_>,
    profile: &RegisterProfile,
    put: &mut impl FnMut(RegisterField, String, String, bool),
) {
    let Some(address) = &profile.address else { return };
    let line = |street: &str, number: &str| [street, number].join(" ").trim().to_owned();
    let ours = line(known.street.unwrap_or_default(), known.house_number.unwrap_or_default());
    let theirs = line(&address.street, &address.house_number);
    let whole = |line: &str, postcode: &str, city: &str| {
        let parts = [line, postcode, city].map(str::trim);
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let (postcode, city) = (known.postcode.unwrap_or_default(), known.city.unwrap_or_default());
    let same_code = match (Postcode::parse(postcode), Postcode::parse(&address.postcode)) {
        (Some(a), Some(b)) => a == b,
        _ => postcode.trim().eq_ignore_ascii_case(address.postcode.trim()),
    };
    let same = same_code
        && StreetLine::parse(&ours) == StreetLine::parse(&theirs)
        && town_key(city) == town_key(&address.city);
    // A town alone is no address: the rest is filled in, unless it lies in another town.
    let is_town_alone = ours.is_empty() && postcode.is_empty();
    let same_town = city.is_empty() || town_key(city) == town_key(&address.city);
    let shown = if is_town_alone && same_town { String::new() } else { whole(&ours, postcode, city) };
    put(RegisterField::Street, shown, whole(&theirs, &address.postcode, &address.city), same);
}

/// Set, the indicator is always heeded. That it is not set takes back only what the register or a list said.
fn non_mailing(known: &KnownFacts<'_>, profile: &RegisterProfile, held: Held) -> Option<Taking> {
    let said = profile.is_non_mailing?;
    let taken = match (known.is_non_mailing, said) {
        (false, true) => Taken::Filled,
        (true, false) if held == Held::Person => Taken::Kept,
        (true, false) => Taken::Replaced,
        (true, true) | (false, false) => Taken::Same,
    };
    let word = |is_set: bool| if is_set { "yes" } else { "no" }.to_owned();
    Some(Taking {
        field: RegisterField::NonMailing,
        known: word(known.is_non_mailing),
        said: word(said),
        taken,
    })
}

/// "BV" and "Besloten Vennootschap" are one form, and so are "V.O.F." and "Vennootschap onder firma".
fn is_one_form(a: &str, b: &str) -> bool {
    let group = |form: &str| name_words(&format!("naam zaak {form}")).1;
    let letters = |form: &str| fold(form).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let initials =
        |form: &str| words_of(&fold(form)).iter().filter_map(|w| w.chars().next()).collect::<String>();
    letters(a) == letters(b)
        || letters(a) == initials(b)
        || initials(a) == letters(b)
        || group(a).is_some_and(|one| Some(one) == group(b))
}

fn is_one_site(a: &str, b: &str) -> bool {
    let domain = |site: &str| crate::company::DomainName::parse(site).ok().map(|d| d.registrable());
    domain(a).is_some_and(|one| Some(one) == domain(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{RegisterActivity, RegisterAddress};

    fn profile() -> RegisterProfile {
        RegisterProfile {
            number: "30000001".to_owned(),
            name: "Dakdekkers Veer B.V.".to_owned(),
            trade_names: vec!["Veer Daken".to_owned()],
            legal_form: Some("Besloten Vennootschap".to_owned()),
            activities: vec![
                RegisterActivity { code: "43990".to_owned(), words: String::new(), is_main: false },
                RegisterActivity { code: "43910".to_owned(), words: "Dakdekken".to_owned(), is_main: true },
            ],
            employees_n: Some(24),
            address: Some(RegisterAddress {
                street: "Kerkstraat".to_owned(),
                house_number: "12-a".to_owned(),
                postcode: "3511AB".to_owned(),
                city: "Utrecht".to_owned(),
            }),
            websites: vec!["www.veer.example".to_owned()],
            founded_on: Some(jiff::civil::date(1950, 3, 1)),
            is_non_mailing: Some(true),
            ..RegisterProfile::default()
        }
    }

    fn taken(known: &KnownFacts<'_>, held: Held) -> Vec<(&'static str, Taken)> {
        takings(known, &profile(), |_| held).iter().map(|t| (t.field.as_str(), t.taken)).collect()
    }

    #[test]
    fn blanks_are_filled_whoever_made_the_record() {
        for held in [Held::List, Held::Register, Held::Person] {
            let known = KnownFacts { name: "Veer daken", ..KnownFacts::default() };
            let found = taken(&known, held);
            assert_eq!(found.len(), RegisterField::ALL.len());
            for (field, taken) in found {
                let expected = if field == "name" { Taken::Same } else { Taken::Filled };
                assert_eq!(taken, expected, "{field}");
            }
        }
    }

    #[test]
    fn the_register_outranks_lists_and_never_a_person() {
        let known = KnownFacts {
            name: "Iets Anders",
            legal_form: Some("Stichting"),
            activity: Some(("43910", ActivityVersion::V2008)),
            employees_n: Some(3),
            street: Some("Plein 1"),
            house_number: None,
            postcode: Some("4461 AA"),
            city: Some("Goes"),
            website: Some("anders.example"),
            founded_on: Some("1950"),
            is_non_mailing: false,
        };
        for (held, expected) in
            [(Held::List, Taken::Replaced), (Held::Register, Taken::Replaced), (Held::Person, Taken::Kept)]
        {
            for (field, taken) in taken(&known, held) {
                let expected = match field {
                    "website" => Taken::Kept,
                    // What protects somebody is heeded, whoever said otherwise.
                    "is_non_mailing" => Taken::Filled,
                    _ => expected,
                };
                assert_eq!(taken, expected, "{field} {held:?}");
            }
        }
    }

    #[test]
    fn the_same_in_other_words_is_no_difference() {
        let known = KnownFacts {
            name: "DAKDEKKERS VEER",
            legal_form: Some("B.V."),
            activity: Some(("43910", ActivityVersion::V2025)),
            employees_n: Some(24),
            street: Some("Kerkstr. 12"),
            house_number: None,
            postcode: Some("3511 AB"),
            city: Some("UTRECHT"),
            website: Some("https://veer.example/nl"),
            founded_on: Some("1950-03-01"),
            is_non_mailing: true,
        };
        for (field, taken) in taken(&known, Held::Person) {
            assert_eq!(taken, Taken::Same, "{field}");
        }
    }

    #[test]
    fn one_form_has_several_spellings() {
        for (a, b, expected) in [
            ("BV", "Besloten Vennootschap", true),
            ("V.O.F.", "Vennootschap Onder Firma", true),
            ("Commanditaire vennootschap", "cv", true),
            ("Eenmanszaak", "eenmanszaak", true),
            ("Eenmanszaak", "Besloten Vennootschap", false),
            ("", "Stichting", false),
        ] {
            assert_eq!((is_one_form(a, b), is_one_form(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn a_town_alone_is_completed_but_not_moved() {
        let of = |city: &'static str| {
            let known = KnownFacts { name: "x", city: Some(city), ..KnownFacts::default() };
            let found = takings(&known, &profile(), |_| Held::Person);
            found.iter().find(|t| t.field == RegisterField::Street).unwrap().taken
        };
        assert_eq!((of("Utrecht"), of("Goes")), (Taken::Filled, Taken::Kept));
    }

    #[test]
    fn a_cleared_indicator_takes_back_what_lists_said_only() {
        let quiet = RegisterProfile { is_non_mailing: Some(false), ..RegisterProfile::default() };
        let silent = RegisterProfile::default();
        let known = KnownFacts { is_non_mailing: true, ..KnownFacts::default() };
        let of = |profile: &RegisterProfile, held: Held| {
            let found = takings(&known, profile, |_| held);
            found.iter().find(|t| t.field == RegisterField::NonMailing).map(|t| t.taken)
        };
        assert_eq!(of(&quiet, Held::List), Some(Taken::Replaced));
        assert_eq!(of(&quiet, Held::Register), Some(Taken::Replaced));
        assert_eq!(of(&quiet, Held::Person), Some(Taken::Kept));
        assert_eq!(of(&silent, Held::List), None, "what it does not say is unknown");
    }
}
