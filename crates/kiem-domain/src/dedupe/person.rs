//! Whether two colleagues are one person. People are known by few things, and colleagues share telephone, address and
//! domain, so that little is decided without asking: only the same page on LinkedIn, or the same full name where one of
//! the two has no address, makes two records one. "J. de Vries" may be Jan, or Joke.

use super::name::{NameAgreement, compare_names, name_words};
use crate::contact::EmailAddress;
use crate::gate::{AddressClass, AddressOrigin};
use crate::names::fold;

/// Letters from which on a family name that is badly typed is still recognised.
const FAMILY_LETTERS_MIN: usize = 6;
/// Letters from which on a first name may be a short form or a slip of the finger of another.
const GIVEN_LETTERS_MIN: usize = 3;
/// Colleagues who may be one person and are asked about; whoever may be more of them is nobody in particular.
const LIKELY_MAX: usize = 5;

/// A person as they stand in the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawPerson<'a> {
    /// First name or initials.
    pub given_name: Option<&'a str>,
    /// Tussenvoegsel.
    pub infix: Option<&'a str>,
    /// Family name without the infix.
    pub family_name: Option<&'a str>,
    /// Address, in small letters.
    pub email: Option<&'a str>,
    /// Page on LinkedIn, as written.
    pub linkedin_url: Option<&'a str>,
}

/// A person, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonProfile {
    /// Words of the first name, each with whether it is shortened: an initial, or "Th.".
    given: Vec<(String, bool)>,
    infix: String,
    family: String,
    email: Option<String>,
    linkedin: Option<String>,
}

crate::text_enum! {
    /// Why two colleagues may be one person, the strongest first.
    pub enum PersonSign {
        /// The same page on LinkedIn.
        Linkedin = "linkedin",
        /// The same full name.
        Name = "name",
        /// The initials of the one fit the other.
        Initials = "initials",
        /// A short form, a double name, a slip of the finger.
        Spelling = "spelling",
        /// The address of the one is made of the name of the other.
        Address = "address",
        /// Of the one only the family name is known.
        FamilyName = "family_name",
        /// Nothing speaks for it; somebody put them side by side.
        Chosen = "chosen",
    }
}

impl PersonSign {
    /// What it weighs beside other pairs, in bits.
    pub fn bits(self) -> f32 {
        match self {
            PersonSign::Linkedin => 20.0,
            PersonSign::Name => 12.0,
            PersonSign::Initials => 4.0,
            PersonSign::Spelling | PersonSign::Address => 3.0,
            PersonSign::FamilyName => 1.0,
            PersonSign::Chosen => 0.0,
        }
    }
}

/// Two colleagues who may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonLikeness {
    /// Why.
    pub sign: PersonSign,
    /// Beyond doubt; else a person is asked.
    pub is_sure: bool,
}

impl PersonProfile {
    /// Makes a person ready to be compared.
    pub fn new(raw: &RawPerson<'_>) -> PersonProfile {
        let family = raw.family_name.unwrap_or_default().replace('-', " ");
        PersonProfile {
            given: given_words(raw.given_name.unwrap_or_default()),
            infix: raw.infix.map(letters).unwrap_or_default(),
            family: name_words(&family).0,
            email: raw.email.map(str::to_owned),
            linkedin: raw.linkedin_url.and_then(linkedin_person),
        }
    }

    fn is_named(&self) -> bool {
        !self.family.is_empty()
    }

    /// Whether nothing of the first name is shortened.
    fn has_full_given_name(&self) -> bool {
        !self.given.is_empty() && self.given.iter().all(|(_, is_short)| !is_short)
    }
}

/// Whether the first of two names says more of the first name than the second: Jan more than J.
pub fn is_fuller_name(a: &PersonProfile, b: &PersonProfile) -> bool {
    (a.has_full_given_name(), a.is_named()) > (b.has_full_given_name(), b.is_named())
}

/// Why two colleagues may be one person; none: nothing says so, or something says they are two.
pub fn compare_people(a: &PersonProfile, b: &PersonProfile) -> Option<PersonLikeness> {
    let both = |x: &Option<String>, y: &Option<String>| x.as_ref().zip(y.as_ref()).map(|(x, y)| x == y);
    let (email, linkedin) = (both(&a.email, &b.email), both(&a.linkedin, &b.linkedin));
    let name = compare_person_names(a, b);
    let is_nameless = !a.is_named() || !b.is_named();
    if linkedin == Some(true) {
        // A page under another name was copied to the wrong row.
        return Some(PersonLikeness { sign: PersonSign::Linkedin, is_sure: name.is_some() || is_nameless });
    }
    if email == Some(true) {
        return Some(PersonLikeness { sign: PersonSign::Address, is_sure: name.is_some() || is_nameless });
    }
    let sign = match name {
        Some(sign) => Some(sign),
        None if is_nameless => (is_address_of(a, b) || is_address_of(b, a)).then_some(PersonSign::Address),
        None => None,
    }?;
    if sign == PersonSign::Name {
        // Two people of one name at one company have two addresses, or two pages.
        return Some(PersonLikeness { sign, is_sure: email.is_none() && linkedin.is_none() });
    }
    (linkedin.is_none()).then_some(PersonLikeness { sign, is_sure: false })
}

/// All of these colleagues who may be one person, by their places: the surest first. Who may be more than a handful of
/// them is asked about with none.
pub fn likely_pairs(people: &[PersonProfile]) -> Vec<(usize, usize, PersonLikeness)> {
    let mut found = Vec::new();
    let mut unsure_n = vec![0_usize; people.len()];
    for (i, a) in people.iter().enumerate() {
        for (j, b) in people.iter().enumerate().skip(i + 1) {
            let Some(likeness) = compare_people(a, b) else { continue };
            if !likeness.is_sure {
                for place in [i, j] {
                    unsure_n.get_mut(place).into_iter().for_each(|n| *n += 1);
                }
            }
            found.push((i, j, likeness));
        }
    }
    let is_nobody = |place: &usize| unsure_n.get(*place).is_some_and(|n| *n > LIKELY_MAX);
    found.retain(|(i, j, likeness)| {
        let is_strong = likeness.is_sure || likeness.sign <= PersonSign::Name;
        is_strong || !is_nobody(i) && !is_nobody(j)
    });
    found.sort_by_key(|(i, j, likeness)| (!likeness.is_sure, likeness.sign, *i, *j));
    found
}

/// How the names of two people agree; none when they differ or one has none.
fn compare_person_names(a: &PersonProfile, b: &PersonProfile) -> Option<PersonSign> {
    if !a.is_named() || !b.is_named() {
        return None;
    }
    let family = compare_names(&a.family, &b.family, &|_| false);
    let is_one_family = match family {
        NameAgreement::Equal | NameAgreement::Spelling | NameAgreement::Part => true,
        NameAgreement::Close => a.family.len().min(b.family.len()) >= FAMILY_LETTERS_MIN,
        NameAgreement::Different => false,
    };
    let given = compare_given(&a.given, &b.given)?;
    let is_same_family = family == NameAgreement::Equal && a.infix == b.infix;
    match given {
        _ if !is_one_family => None,
        PersonSign::Name if is_same_family => Some(PersonSign::Name),
        PersonSign::Name => Some(PersonSign::Spelling),
        // Two things that are not quite the same are two people.
        other => (family == NameAgreement::Equal).then_some(other),
    }
}

/// How two first names agree: [`PersonSign::Name`] for the same in full, none when they differ.
fn compare_given(a: &[(String, bool)], b: &[(String, bool)]) -> Option<PersonSign> {
    let (Some((first_a, _)), Some((first_b, _))) = (a.first(), b.first()) else {
        // "De Vries" beside "De Vries" is nobody in particular.
        return (!a.is_empty() || !b.is_empty()).then_some(PersonSign::FamilyName);
    };
    let joined = |words: &[(String, bool)]| words.iter().map(|(word, _)| word.as_str()).collect::<String>();
    let is_short = |words: &[(String, bool)]| words.iter().any(|(_, is_short)| *is_short);
    if is_short(a) || is_short(b) {
        let fits = |((x, x_short), (y, y_short)): (&(String, bool), &(String, bool))| match (x_short, y_short)
        {
            (false, false) => x == y,
            _ => x.starts_with(y.as_str()) || y.starts_with(x.as_str()),
        };
        return a.iter().zip(b).all(fits).then_some(PersonSign::Initials);
    }
    if joined(a) == joined(b) {
        return Some(PersonSign::Name);
    }
    let (short, long) = if first_a.len() <= first_b.len() { (first_a, first_b) } else { (first_b, first_a) };
    let is_short_form = short.len() >= GIVEN_LETTERS_MIN && long.starts_with(short.as_str());
    let is_slip = short.len() > GIVEN_LETTERS_MIN && strsim::osa_distance(first_a, first_b) <= 1;
    (is_short_form || is_slip).then_some(PersonSign::Spelling)
}

/// Words of a first name with whether they are shortened: a letter, "Th.", or two capitals ("JP").
fn given_words(given: &str) -> Vec<(String, bool)> {
    let mut words = Vec::new();
    let mut rest = given.trim();
    while let Some(start) = rest.find(char::is_alphabetic) {
        let tail = rest.get(start..).unwrap_or_default();
        let end = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        let n = word.chars().count();
        let is_capitals = n == 2 && word.chars().all(char::is_uppercase);
        if is_capitals && words.is_empty() {
            words.extend(word.chars().map(|letter| (fold(&letter.to_string()), true)));
        } else {
            words.push((fold(word), n == 1 || after.starts_with('.')));
        }
        rest = after;
    }
    words
}

/// The letters of a text, folded.
fn letters(text: &str) -> String {
    fold(text).chars().filter(char::is_ascii_lowercase).collect()
}

/// Whether the address of somebody without a name is made of the name of a colleague without an address.
fn is_address_of(nameless: &PersonProfile, named: &PersonProfile) -> bool {
    let address = nameless.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let Some(address) = address.filter(|_| nameless.given.is_empty() && named.email.is_none()) else {
        return false;
    };
    if AddressClass::of(&address, AddressOrigin::Stated) == AddressClass::Role || !named.is_named() {
        return false;
    }
    let local = letters(address.without_tag().local());
    let (given, infix) =
        (named.given.iter().map(|(word, _)| word.as_str()).collect::<String>(), &named.infix);
    let family = named.family.replace(' ', "");
    let initial: String = given.chars().take(1).collect();
    let is_full = named.has_full_given_name() && given.len() >= GIVEN_LETTERS_MIN;
    [given.as_str(), initial.as_str()]
        .iter()
        .filter(|first| !first.is_empty())
        .flat_map(|first| {
            [
                format!("{first}{infix}{family}"),
                format!("{first}{family}"),
                format!("{family}{first}"),
                format!("{infix}{family}{first}"),
            ]
        })
        .chain(is_full.then(|| given.clone()))
        .chain([format!("{infix}{family}")])
        .any(|made| made == local)
}

/// What tells a person's page on LinkedIn from others: the name behind "/in/". Other addresses there change with who looks.
fn linkedin_person(url: &str) -> Option<String> {
    let folded = url.trim().to_lowercase();
    let (host, path) = folded.split_once("linkedin.com/in/")?;
    let is_host = host.is_empty() || host.ends_with('/') || host.ends_with('.');
    let name = path.split(['/', '?', '#']).next().unwrap_or_default();
    (is_host && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// "Jan|de|Vries|jan@a.example|linkedin.com/in/jan"
    fn person(text: &str) -> PersonProfile {
        let mut parts = text.split('|').map(|part| Some(part).filter(|part| !part.is_empty()));
        let mut next = || parts.next().flatten();
        PersonProfile::new(&RawPerson {
            given_name: next(),
            infix: next(),
            family_name: next(),
            email: next(),
            linkedin_url: next(),
        })
    }

    fn in_either_order(a: &str, b: &str, expected: Option<(PersonSign, bool)>) {
        for (x, y) in [(a, b), (b, a)] {
            let found = compare_people(&person(x), &person(y)).map(|found| (found.sign, found.is_sure));
            assert_eq!(found, expected, "{x} and {y}");
        }
    }

    #[test]
    fn who_may_be_one_person_and_who_is() {
        use PersonSign::{Address, FamilyName, Initials, Name, Spelling};
        let sure = |sign| Some((sign, true));
        let asked = |sign| Some((sign, false));
        for (a, b, expected) in [
            ("Jan|de|Vries", "Jan|de|Vries", sure(Name)),
            ("Jan|de|Vries", "Jan|de|Vries|jan@a.example", sure(Name)),
            ("JAN|DE|VRIES", "Jan|de|Vries|jan@a.example", sure(Name)),
            ("Jan-Peter||Bos", "Jan Peter||Bos", sure(Name)),
            ("André||Böhm", "Andre||Bohm", sure(Name)),
            ("Jan|de|Vries|j@a.example", "Jan|de|Vries|jan@a.example", asked(Name)),
            ("J.|de|Vries|jan@a.example", "Jan|de|Vries|jan@a.example", sure(Address)),
            // Initials are somebody else's as easily.
            ("J.|de|Vries", "Jan|de|Vries", asked(Initials)),
            ("J|de|Vries", "Jan|de|Vries|jan@a.example", asked(Initials)),
            ("J.P.|de|Vries", "Jan|de|Vries", asked(Initials)),
            ("JP|de|Vries", "Jan Pieter|de|Vries", asked(Initials)),
            ("Th.||Smit", "Theo||Smit", asked(Initials)),
            ("J.|de|Vries", "J.|de|Vries", asked(Initials)),
            ("J.P.|de|Vries", "Jan Kees|de|Vries", None),
            ("K.|de|Vries", "Jan|de|Vries", None),
            ("Th.||Smit", "Tom||Smit", None),
            // Short forms, slips, double names, a lost infix.
            ("Alex||Kuiper", "Alexander||Kuiper", asked(Spelling)),
            ("Mark||Kuiper", "Marc||Kuiper", asked(Spelling)),
            ("Jan||Kuiper", "Jan Willem||Kuiper", asked(Spelling)),
            ("Eva||Jansen", "Eva||Jansen-de Boer", asked(Spelling)),
            ("Jan||Berg", "Jan|van den|Berg", asked(Spelling)),
            ("Eva||Hendriksen", "Eva||Hendrikson", asked(Spelling)),
            ("|de|Vries", "Jan|de|Vries", asked(FamilyName)),
            ("|de|Vries", "|de|Vries", None),
            // Two people.
            ("Jan|de|Vries", "Piet|de|Vries", None),
            ("Jan||Bos", "Jan||Vos", None),
            ("Jan||Bos", "Jan||Smit", None),
            ("Bo||Smit", "Bob||Smit", None),
            ("Jan||Hendriksen", "Jans||Hendrikson", None),
            ("Jan", "Jan", None),
        ] {
            in_either_order(a, b, expected);
        }
    }

    #[test]
    fn a_page_on_linkedin_and_an_address_say_who_it_is() {
        use PersonSign::{Address, Linkedin, Name};
        let sure = |sign| Some((sign, true));
        let asked = |sign| Some((sign, false));
        for (a, b, expected) in [
            // A page on LinkedIn is somebody's own.
            (
                "Jan|de|Vries|j@a.example|https://www.linkedin.com/in/jdv/",
                "J.|de|Vries|jan@a.example|linkedin.com/in/JDV?x=1",
                sure(Linkedin),
            ),
            (
                "Jan|de|Vries||https://nl.linkedin.com/in/jdv",
                "Eva||Smit||https://linkedin.com/in/jdv",
                asked(Linkedin),
            ),
            ("Jan|de|Vries||linkedin.com/in/jdv", "Jan|de|Vries||linkedin.com/in/jandv", asked(Name)),
            ("J.|de|Vries||linkedin.com/in/jdv", "Jan|de|Vries||linkedin.com/in/jandv", None),
            (
                "Jan|de|Vries||linkedin.com/sales/lead/1",
                "Jan|de|Vries||linkedin.com/sales/lead/2",
                sure(Name),
            ),
            // An address without a name.
            ("|||jan.devries@a.example", "Jan|de|Vries", asked(Address)),
            ("|||j.vries@a.example", "Jan|de|Vries", asked(Address)),
            ("|||vriesj@a.example", "J.|de|Vries", asked(Address)),
            ("|||jan@a.example", "Jan|de|Vries", asked(Address)),
            ("|||info@a.example", "Info||Vries", None),
            ("|||jan@a.example", "Piet|de|Vries", None),
            ("|||jan.devries@a.example", "Jan|de|Vries|jdv@a.example", None),
        ] {
            in_either_order(a, b, expected);
        }
    }

    #[test]
    fn the_fuller_name_says_more_of_the_first_name() {
        for (a, b, expected) in [
            ("Jan|de|Vries", "J.|de|Vries", true),
            ("J.|de|Vries", "Jan|de|Vries", false),
            ("Jan|de|Vries", "Piet|de|Vries", false),
            ("Jan|de|Vries", "", true),
        ] {
            assert_eq!(is_fuller_name(&person(a), &person(b)), expected, "{a} and {b}");
        }
    }

    #[test]
    fn the_surest_pairs_come_first_and_who_may_be_anybody_is_nobody() {
        let people: Vec<PersonProfile> =
            ["J.||Smit", "Jan||Smit", "Eva||Bos", "Eva||Bos"].into_iter().map(person).collect();
        let found = likely_pairs(&people);
        let places: Vec<(usize, usize)> = found.iter().map(|(i, j, _)| (*i, *j)).collect();
        assert_eq!(places, [(2, 3), (0, 1)]);
        let names = ["Jan", "Joke", "Jaap", "Joost", "Jolanda", "Jelle"];
        let mut many: Vec<PersonProfile> =
            names.iter().map(|name| person(&format!("{name}||Smit"))).collect();
        many.push(person("J.||Smit"));
        assert_eq!(likely_pairs(&many), []);
        many.remove(0);
        assert_eq!(likely_pairs(&many).len(), 5);
    }

    proptest! {
        /// The order of two people says nothing, and nobody with a name in full is unlike themselves.
        #[test]
        fn it_is_the_same_in_either_order(
            a in "[A-Z][a-z.]{0,4}( [A-Z][a-z]{1,3})?", b in "[A-Z][a-z.]{0,4}", x in "[A-Z][a-z-]{2,8}", y in "[A-Z][a-z]{2,8}"
        ) {
            let (one, other) = (person(&format!("{a}||{x}")), person(&format!("{b}||{y}")));
            prop_assert_eq!(compare_people(&one, &other), compare_people(&other, &one));
            if one.has_full_given_name() && one.is_named() {
                let is_sure = compare_people(&one, &one.clone()).map(|found| found.is_sure);
                prop_assert_eq!(is_sure, Some(true));
            }
        }
    }
}
