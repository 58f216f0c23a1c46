//! Of whom a column is, when its name says so: "Telefoon" is the person's, "Bedrijf telefoon" the switchboard's.

use std::sync::OnceLock;

use super::{BARE_NAMES, Field};

const SCOPES: &str = include_str!("../names/scopes.txt");

/// Of whom a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Company,
    Person,
}

/// How sure a name with a word in front is, and one that is about the other of the two: beside a column that is about the
/// right one it gives way.
const SURE_PERCENT: u8 = 88;
const OTHER_PERCENT: u8 = 70;
/// The address of a company gives way to every other one: people are written to.
const COMPANY_EMAIL_PERCENT: u8 = 62;

fn scopes() -> &'static [(Scope, &'static str)] {
    static ALL: OnceLock<Vec<(Scope, &'static str)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = SCOPES.lines().filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once(':'));
        let words = lines.flat_map(|(scope, words)| {
            let scope = if scope == "company" { Scope::Company } else { Scope::Person };
            words.split(',').map(move |word| (scope, word.trim()))
        });
        words.collect()
    })
}

/// What a plain name says when it is a scope and nothing else: "contactpersoon".
pub(super) fn whole(name: &str) -> Option<Scope> {
    scopes().iter().find(|(_, word)| *word == name).map(|(scope, _)| *scope)
}

/// The scope at the beginning of a plain name, the longest one, and what stands behind it.
pub(super) fn split(name: &str) -> Option<(Scope, &str)> {
    let rest = |word: &str| name.strip_prefix(word).and_then(|rest| rest.strip_prefix(' '));
    let found = scopes().iter().filter_map(|(scope, word)| Some((*scope, rest(word)?)));
    found.min_by_key(|(_, rest)| rest.len())
}

/// What a column means whose name behind the scope is `rest`, by what that means alone, and how sure.
pub(super) fn field_in(scope: Scope, rest: &str, field: Field) -> (Field, u8) {
    use Field as F;
    // "Bedrijf telefoon contactpersoon": the word behind is nearer.
    let is_of_person =
        scopes().iter().any(|(of, word)| *of == Scope::Person && rest.split(' ').any(|w| w == *word));
    match (scope, field) {
        (Scope::Company, F::Phone) if !is_of_person => (F::CompanyPhone, SURE_PERCENT),
        (Scope::Company, F::PersonLinkedinUrl) if !is_of_person => (F::LinkedinUrl, SURE_PERCENT),
        (Scope::Company, F::FullName | F::FamilyName) if BARE_NAMES.contains(&rest) => {
            (F::CompanyName, SURE_PERCENT)
        }
        (Scope::Company, F::Email) if !is_of_person => (F::Email, COMPANY_EMAIL_PERCENT),
        (Scope::Person, F::CompanyPhone) => (F::Phone, OTHER_PERCENT),
        (Scope::Person, F::LinkedinUrl) => (F::PersonLinkedinUrl, OTHER_PERCENT),
        (Scope::Person, _) if !is_personal(field) => (field, OTHER_PERCENT),
        _ => (field, SURE_PERCENT),
    }
}

/// Whether a field is about a person, or about whether somebody may be approached.
const fn is_personal(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::GivenName
            | F::Infix
            | F::FamilyName
            | F::FullName
            | F::Email
            | F::EmailOrigin
            | F::Phone
            | F::Title
            | F::PersonLinkedinUrl
            | F::Language
            | F::NonMailing
            | F::DoNotMail
            | F::DoNotCall
            | F::MayMail
            | F::ContactKind
            | F::ContactValue
    )
}

#[cfg(test)]
mod tests {
    use super::super::{by_name, plain};
    use super::*;

    #[test]
    fn scopes_are_written_as_they_are_compared() {
        assert!(
            SCOPES.lines().all(|l| ["#", "company: ", "person: "].iter().any(|start| l.starts_with(start)))
        );
        for (_, word) in scopes() {
            assert_eq!(plain(word), *word);
            assert!(!word.is_empty());
        }
    }

    #[test]
    fn the_word_in_front_says_of_whom_a_column_is() {
        use Field as F;
        for (header, field) in [
            ("Bedrijf - telefoon", F::CompanyPhone),
            ("Organisatie mobiel", F::CompanyPhone),
            ("Contactpersoon telefoon", F::Phone),
            ("Bedrijf telefoon contactpersoon", F::Phone),
            ("Firma Name", F::CompanyName),
            ("Entreprise: nom", F::CompanyName),
            ("Interlocuteur: nom", F::FamilyName),
            ("Bedrijf LinkedIn", F::LinkedinUrl),
            ("Contactpersoon LinkedIn", F::PersonLinkedinUrl),
            ("Contactpersoon (niet mailen)", F::DoNotMail),
            ("Contactpersoon: geen telefonische acquisitie", F::DoNotCall),
            ("Bedrijfsgegevens plaats", F::City),
        ] {
            assert_eq!(by_name(0, header).map(|p| p.field), Some(field), "{header}");
        }
    }

    #[test]
    fn of_two_columns_the_one_about_the_right_one_is_taken() {
        use Field as F;
        for (header, expected) in [
            ("Bedrijf e-mail;Contactpersoon e-mail", [None, Some(F::Email)]),
            ("Contactpersoon plaats;Bedrijf plaats", [None, Some(F::City)]),
            ("Bedrijf e-mail;Opmerking", [Some(F::Email), None]),
            ("Telefoon;Contactpersoon telefoon", [Some(F::CompanyPhone), Some(F::Phone)]),
            ("Telefoon;Mobiel", [Some(F::Phone), Some(F::Phone)]),
            ("Bedrijf opmerking;Contactpersoon status", [None, None]),
        ] {
            let header: Vec<String> = header.split(';').map(str::to_owned).collect();
            let found = super::super::propose(&header, &[], true);
            let fields = [0, 1].map(|at| found.iter().find(|p| p.column == at).map(|p| p.field));
            assert_eq!(fields, expected, "{header:?}");
        }
    }
}
