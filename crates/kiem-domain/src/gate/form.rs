//! What a company is in law: a legal person, or a natural one who is protected like a consumer in many countries.

use jiff::civil::Date;

use super::pack::{PolicyPack, pack_for};
use crate::names::{fold, words_of};
use crate::vat::{VatHolder, VatId};

text_enum! {
    /// Who stands behind a company.
    pub enum PersonKind {
        /// The company itself: B.V., GmbH, Ltd.
        LegalPerson = "legal_person",
        /// A person or partners: sole traders, most partnerships.
        NaturalPerson = "natural_person",
    }
}

text_enum! {
    /// From where the form of a company is known.
    pub enum FormSource {
        /// A list, a register or a person named it.
        Stated = "stated",
        /// It stands in the name of the company.
        Name = "name",
        /// The VAT number is one that only sole traders have.
        VatId = "vat_id",
        /// From nowhere.
        Nowhere = "nowhere",
    }
}

/// A legal form as it was recorded. Without a source and a day it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormFact<'a> {
    /// The form as written.
    pub text: &'a str,
    /// Who says so, in words.
    pub source: &'a str,
    /// When it was so.
    pub on: Option<Date>,
}

/// What is known about who stands behind a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormReading {
    /// Who; missing when unknown.
    pub person: Option<PersonKind>,
    /// From where.
    pub from: FormSource,
}

impl FormReading {
    /// Nothing is known.
    pub const UNKNOWN: FormReading = FormReading { person: None, from: FormSource::Nowhere };

    /// Whom the rules see: who is unknown counts as a natural person.
    pub fn counts_as(self) -> PersonKind {
        self.person.unwrap_or(PersonKind::NaturalPerson)
    }
}

/// Reads what a company is. A sign of a natural person outweighs every sign of a legal one: a stale "B.V." in a list
/// must not open what the VAT number of a sole trader closes.
pub fn read_form(
    country: Option<&str>,
    stated: Option<FormFact<'_>>,
    name: &str,
    vat_id: Option<&str>,
) -> FormReading {
    let pack = pack_for(country);
    let stated = stated.filter(|fact| !fact.source.trim().is_empty() && fact.on.is_some());
    let by_form = stated.and_then(|fact| of_text(pack, fact.text));
    let by_name = of_name(pack, name);
    let by_vat = vat_id.is_some_and(is_of_sole_trader).then_some(PersonKind::NaturalPerson);
    let signs = [(by_vat, FormSource::VatId), (by_form, FormSource::Stated), (by_name, FormSource::Name)];
    let found = |wanted: PersonKind| signs.iter().find(|(kind, _)| *kind == Some(wanted));
    // A form that is stated and not understood is no silence: the name alone does not overrule it.
    let is_unread = stated.is_some_and(|fact| !fact.text.trim().is_empty()) && by_form.is_none();
    let sign =
        found(PersonKind::NaturalPerson).or_else(|| found(PersonKind::LegalPerson).filter(|_| !is_unread));
    sign.map_or(FormReading::UNKNOWN, |(person, from)| FormReading { person: *person, from: *from })
}

fn of_text(pack: &PolicyPack, text: &str) -> Option<PersonKind> {
    pack.person_of(&words_of(&fold(text)).join(" "))
}

/// The form at the end of a name ("Jansen Beheer B.V.") or before it ("Stichting De Brug"); the longest counts.
fn of_name(pack: &PolicyPack, name: &str) -> Option<PersonKind> {
    let words = words_of(&fold(name));
    let longest = words.len().saturating_sub(1).min(FORM_WORDS_MAX);
    let at_end = (1..=longest).rev().find_map(|n| pack.person_of(&words[words.len() - n..].join(" ")));
    at_end.or_else(|| (1..=longest).rev().find_map(|n| pack.person_of(&words[..n].join(" "))))
}

fn is_of_sole_trader(vat_id: &str) -> bool {
    VatId::parse(vat_id).is_ok_and(|id| id.holder() == VatHolder::NaturalPersonLikely)
}

/// Words of the longest legal form.
const FORM_WORDS_MAX: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(text: &str) -> FormFact<'_> {
        FormFact { text, source: "KVK", on: Some(jiff::civil::date(2026, 11, 1)) }
    }

    #[test]
    fn forms_are_read_as_people_write_them() {
        use PersonKind::{LegalPerson as L, NaturalPerson as N};
        for (country, text, expected) in [
            ("NL", "B.V.", Some(L)),
            ("NL", "Besloten Vennootschap", Some(L)),
            ("NL", "b v", Some(L)),
            ("NL", "Coöperatie U.A.", Some(L)),
            ("NL", "Eenmanszaak", Some(N)),
            ("NL", "V.O.F.", Some(N)),
            ("NL", "CV", Some(N)),
            ("BE", "CV", Some(L)),
            ("DE", "GmbH & Co. KG", Some(L)),
            ("DE", "KG", Some(N)),
            ("GB", "Private Limited Company", Some(L)),
            ("GB", "Sole trader", Some(N)),
            ("NL", "Gesellschaft", None),
            ("US", "B.V.", None),
        ] {
            assert_eq!(read_form(Some(country), Some(fact(text)), "Jansen", None).person, expected, "{text}");
        }
    }

    #[test]
    fn a_form_without_source_or_day_proves_nothing() {
        let (sourceless, dayless) =
            (FormFact { source: " ", ..fact("B.V.") }, FormFact { on: None, ..fact("B.V.") });
        for unproven in [sourceless, dayless] {
            assert_eq!(read_form(Some("NL"), Some(unproven), "Jansen", None), FormReading::UNKNOWN);
        }
    }

    #[test]
    fn the_name_tells_the_form_where_nobody_states_one() {
        let by_name = |name| read_form(Some("NL"), None, name, None);
        for name in ["Jansen Beheer B.V.", "Stichting De Brug", "Bakker N.V."] {
            let legal = FormReading { person: Some(PersonKind::LegalPerson), from: FormSource::Name };
            assert_eq!(by_name(name), legal, "{name}");
        }
        assert_eq!(by_name("Bakkerij De Vries VOF").person, Some(PersonKind::NaturalPerson));
        assert_eq!(by_name("Bakkerij Jansen"), FormReading::UNKNOWN);
        assert_eq!(by_name("BV").person, None, "a name that is only a form says nothing");
        let unread = read_form(Some("NL"), Some(fact("Rechtsvorm 71")), "Jansen B.V.", None);
        assert_eq!(unread, FormReading::UNKNOWN, "a stated form that nobody understands is no silence");
    }

    #[test]
    fn a_sign_of_a_natural_person_outweighs_the_rest() {
        // Published examples of the tax office: a sole trader's number and one of a legal person.
        let read = |vat| read_form(Some("NL"), Some(fact("B.V.")), "Jansen B.V.", Some(vat));
        let sole = FormReading { person: Some(PersonKind::NaturalPerson), from: FormSource::VatId };
        assert_eq!(read("NL000099998B57"), sole);
        assert_eq!(read("NL004495445B01").person, Some(PersonKind::LegalPerson));
        let mixed = read_form(Some("NL"), Some(fact("Eenmanszaak")), "Jansen B.V.", None);
        assert_eq!(mixed.person, Some(PersonKind::NaturalPerson));
    }
}
