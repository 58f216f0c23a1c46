//! Legal forms as two names are compared by them: finer than the family, because a B.V. and a GmbH are the same kind of
//! company and yet two companies.

use crate::legal_form::LegalFormFamily;

/// A legal form that was written in a name. Ways to write it, and the languages of its country, are one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// What kind of company it makes.
    pub family: LegalFormFamily,
    /// Which of the forms of that family.
    within: u8,
}

/// Germany and Austria, with the ways in which a GmbH and a UG are written out.
#[rustfmt::skip]
const GERMAN: &[&str] = &[
    "gmbh", "mbh", "gesellschaft mbh", "gesmbh", "ges mbh", "ug", "ug haftungsbeschrankt", "ug haftungsbeschraenkt",
    "unternehmergesellschaft", "unternehmergesellschaft haftungsbeschrankt",
    "unternehmergesellschaft haftungsbeschraenkt", "ag", "kg", "ek", "ev",
];

/// Forms that are not the usual one of the Netherlands and Belgium, by group. Within a family two groups are two forms. A
/// VvE has none of its own: written out in front of a name it begins with "Vereniging", and is read as one.
const GROUPS: &[(u8, &[&str])] = &[
    (1, GERMAN),
    (2, &["ohg"]),
    (3, &["gbr"]),
    (4, &["sarl", "eurl", "sas", "sasu"]),
    (5, &["ltd", "limited", "llc", "plc", "llp", "cic"]),
    (6, &["inc"]),
    (7, &["se"]),
    (8, &["maatschap", "maatsch"]),
    (9, &["cv", "commanditaire vennootschap", "commv"]),
];

impl Form {
    /// The form of folded words that tell this family.
    pub(super) fn of(words: &str, family: LegalFormFamily) -> Form {
        let group = GROUPS.iter().find(|(_, forms)| forms.contains(&words));
        Form { family, within: group.map_or(0, |(group, _)| *group) }
    }
}
