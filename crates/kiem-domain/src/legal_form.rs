//! Legal forms of the Netherlands, Belgium, Germany, Austria, France, the United Kingdom, Ireland, Spain, Italy and the
//! European Union: how they are written, what kind of company each is, and where in a name they stand. Names are read and
//! compared by it, and who chooses customers chooses by its families. What the law makes of a form, as far as approaching
//! goes, stands in the reviewed packs of [`crate::gate`]; a test holds the two together.
//!
//! Sources: Burgerlijk Wetboek boek 2 (NL), Wetboek van vennootschappen en verenigingen 2019 and the forms before it (BE),
//! ISO 20275 (Entity Legal Forms) for the rest.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::names::{fold, words_of};

text_enum! {
    /// A family of legal forms, as somebody who chooses customers thinks of them: a B.V. and a GmbH are the same kind of
    /// company.
    pub enum LegalFormFamily {
        /// One person: eenmanszaak, Einzelunternehmen.
        SoleTrader = "sole_trader",
        /// Partners: v.o.f., maatschap, c.v., KG.
        Partnership = "partnership",
        /// B.V., GmbH, Ltd, SARL.
        PrivateLimited = "private_limited",
        /// N.V., AG, PLC, SA.
        PublicLimited = "public_limited",
        /// Stichting.
        Foundation = "foundation",
        /// Vereniging, v.z.w., e.V.
        Association = "association",
        /// Coöperatie.
        Cooperative = "cooperative",
        /// A municipality, a water board, a state body.
        PublicBody = "public_body",
    }
}

use LegalFormFamily as F;

/// One way in which a form is written.
struct LegalForm {
    /// Folded words, single letters joined: `gmbh co kg`.
    words: &'static str,
    /// Countries that have the form, with blanks between them; `EU` is every country of the table.
    countries: &'static str,
    family: LegalFormFamily,
    places: u8,
}

/// At the end of a name it is no part of the name. The keys of names are stored: whoever gives a form this or [`LEADS`]
/// has the stored keys made anew.
const ENDS: u8 = 1;
/// The same in front of a name.
const LEADS: u8 = 2;
/// One word or two that say the kind of company when names are compared, at either side.
const TELLS: u8 = 4;
/// Only in a column of its own, or where a name is read for its form.
const STATED: u8 = 0;

const fn form(
    words: &'static str,
    countries: &'static str,
    family: LegalFormFamily,
    places: u8,
) -> LegalForm {
    LegalForm { words, countries, family, places }
}

#[rustfmt::skip]
const FORMS: &[LegalForm] = &[
    // One person.
    form("eenmanszaak", "NL BE", F::SoleTrader, ENDS | TELLS),
    form("eenmanszaak met meer dan een eigenaar", "NL", F::SoleTrader, STATED),
    form("zzp", "NL", F::SoleTrader, STATED),
    form("zzper", "NL", F::SoleTrader, STATED),
    form("zelfstandige", "NL BE", F::SoleTrader, STATED),
    form("natuurlijk persoon", "BE", F::SoleTrader, STATED),
    form("personne physique", "BE", F::SoleTrader, STATED),
    form("einzelunternehmen", "DE AT", F::SoleTrader, STATED),
    form("freiberufler", "DE", F::SoleTrader, STATED),
    form("ek", "DE AT", F::SoleTrader, ENDS | TELLS),
    form("eu", "AT", F::SoleTrader, STATED),
    form("ei", "FR", F::SoleTrader, STATED),
    form("eirl", "FR", F::SoleTrader, STATED),
    form("entreprise individuelle", "FR", F::SoleTrader, STATED),
    form("entrepreneur individuel", "FR", F::SoleTrader, STATED),
    form("auto entrepreneur", "FR", F::SoleTrader, STATED),
    form("autoentrepreneur", "FR", F::SoleTrader, STATED),
    form("micro entrepreneur", "FR", F::SoleTrader, STATED),
    form("micro entreprise", "FR", F::SoleTrader, STATED),
    form("profession liberale", "FR", F::SoleTrader, STATED),
    form("sole trader", "GB IE", F::SoleTrader, STATED),
    form("sole proprietorship", "GB IE", F::SoleTrader, STATED),
    form("autonomo", "ES", F::SoleTrader, STATED),
    form("empresario individual", "ES", F::SoleTrader, STATED),
    form("ditta individuale", "IT", F::SoleTrader, STATED),
    form("impresa individuale", "IT", F::SoleTrader, STATED),
    form("libero professionista", "IT", F::SoleTrader, STATED),
    // Partners.
    form("vof", "NL BE", F::Partnership, ENDS | LEADS | TELLS),
    form("vennootschap onder firma", "NL BE", F::Partnership, ENDS),
    form("maatschap", "NL BE", F::Partnership, ENDS | LEADS | TELLS),
    form("maatsch", "NL", F::Partnership, TELLS),
    form("cv", "NL", F::Partnership, ENDS | TELLS),
    form("commanditaire vennootschap", "NL BE", F::Partnership, ENDS | TELLS),
    form("rederij", "NL", F::Partnership, STATED),
    form("gcv", "BE", F::Partnership, ENDS),
    form("commv", "BE", F::Partnership, ENDS | TELLS),
    form("comm v", "BE", F::Partnership, ENDS),
    form("scs", "BE FR", F::Partnership, ENDS),
    form("snc", "BE FR IT", F::Partnership, ENDS | TELLS),
    form("sci", "FR", F::Partnership, ENDS | LEADS | TELLS),
    form("societe civile immobiliere", "FR", F::Partnership, ENDS),
    // "Heerenveen SC" is a club.
    form("sc", "FR", F::Partnership, STATED),
    form("societe civile", "FR", F::Partnership, ENDS),
    form("scp", "FR", F::Partnership, ENDS | LEADS | TELLS),
    form("societe civile professionnelle", "FR", F::Partnership, ENDS),
    form("kg", "DE AT", F::Partnership, ENDS | TELLS),
    form("gmbh co kg", "DE AT", F::Partnership, ENDS),
    form("gmbh cie kg", "DE", F::Partnership, ENDS),
    form("ag co kg", "DE", F::Partnership, ENDS),
    form("ohg", "DE", F::Partnership, ENDS | TELLS),
    form("og", "AT", F::Partnership, STATED),
    form("gbr", "DE", F::Partnership, ENDS | TELLS),
    form("gesbr", "AT", F::Partnership, STATED),
    form("partg", "DE", F::Partnership, STATED),
    form("gie", "FR", F::Partnership, STATED),
    form("groupement dinteret economique", "FR", F::Partnership, STATED),
    form("llp", "GB", F::Partnership, ENDS | TELLS),
    form("limited liability partnership", "GB", F::Partnership, STATED),
    form("lp", "GB IE", F::Partnership, ENDS),
    form("limited partnership", "GB IE", F::Partnership, STATED),
    form("partnership", "GB IE", F::Partnership, STATED),
    form("cb", "ES", F::Partnership, STATED),
    form("comunidad de bienes", "ES", F::Partnership, STATED),
    form("sas", "IT", F::Partnership, STATED),
    form("ss", "IT", F::Partnership, STATED),
    form("eesv", "EU", F::Partnership, ENDS),
    // Limited.
    form("bv", "NL BE", F::PrivateLimited, ENDS | LEADS | TELLS),
    form("besloten vennootschap", "NL BE", F::PrivateLimited, ENDS | TELLS),
    form("besloten vennootschap met beperkte aansprakelijkheid", "NL BE", F::PrivateLimited, ENDS),
    form("holding bv", "NL", F::PrivateLimited, ENDS),
    form("bvba", "BE", F::PrivateLimited, ENDS | TELLS),
    form("ebvba", "BE", F::PrivateLimited, STATED),
    form("sprl", "BE", F::PrivateLimited, ENDS | TELLS),
    form("srl", "BE IT", F::PrivateLimited, ENDS | TELLS),
    form("srls", "IT", F::PrivateLimited, STATED),
    form("societa a responsabilita limitata", "IT", F::PrivateLimited, STATED),
    form("gmbh", "DE AT", F::PrivateLimited, ENDS | TELLS),
    form("mbh", "DE AT", F::PrivateLimited, ENDS | TELLS),
    form("gesellschaft mbh", "DE AT", F::PrivateLimited, ENDS | TELLS),
    form("gesmbh", "AT", F::PrivateLimited, ENDS | TELLS),
    form("ges mbh", "AT", F::PrivateLimited, ENDS | TELLS),
    form("gesellschaft mit beschrankter haftung", "DE AT", F::PrivateLimited, ENDS),
    form("gesellschaft mit beschraenkter haftung", "DE AT", F::PrivateLimited, ENDS),
    form("ug", "DE", F::PrivateLimited, ENDS | TELLS),
    form("ug haftungsbeschrankt", "DE", F::PrivateLimited, ENDS | TELLS),
    form("ug haftungsbeschraenkt", "DE", F::PrivateLimited, ENDS | TELLS),
    form("unternehmergesellschaft", "DE", F::PrivateLimited, ENDS | TELLS),
    form("unternehmergesellschaft haftungsbeschrankt", "DE", F::PrivateLimited, ENDS | TELLS),
    form("unternehmergesellschaft haftungsbeschraenkt", "DE", F::PrivateLimited, ENDS | TELLS),
    form("flexkapg", "AT", F::PrivateLimited, STATED),
    form("sarl", "FR", F::PrivateLimited, ENDS | LEADS | TELLS),
    form("societe a responsabilite limitee", "FR BE", F::PrivateLimited, ENDS),
    form("eurl", "FR", F::PrivateLimited, ENDS | TELLS),
    form("selarl", "FR", F::PrivateLimited, ENDS | LEADS | TELLS),
    form("selas", "FR", F::PrivateLimited, ENDS | LEADS | TELLS),
    form("sas", "FR", F::PrivateLimited, ENDS | LEADS | TELLS),
    form("sasu", "FR", F::PrivateLimited, ENDS | TELLS),
    form("societe par actions simplifiee", "FR", F::PrivateLimited, STATED),
    form("ltd", "GB IE", F::PrivateLimited, ENDS | TELLS),
    form("limited", "GB IE", F::PrivateLimited, ENDS | TELLS),
    form("private limited company", "GB IE", F::PrivateLimited, STATED),
    form("llc", "", F::PrivateLimited, ENDS | TELLS),
    form("dac", "IE", F::PrivateLimited, STATED),
    form("designated activity company", "IE", F::PrivateLimited, STATED),
    form("clg", "IE", F::PrivateLimited, STATED),
    form("company limited by guarantee", "GB IE", F::PrivateLimited, STATED),
    form("cic", "GB", F::PrivateLimited, ENDS | TELLS),
    form("community interest company", "GB", F::PrivateLimited, ENDS),
    form("sl", "ES", F::PrivateLimited, STATED),
    form("slu", "ES", F::PrivateLimited, STATED),
    form("sociedad limitada", "ES", F::PrivateLimited, STATED),
    // With shares.
    form("nv", "NL BE", F::PublicLimited, ENDS | LEADS | TELLS),
    form("naamloze vennootschap", "NL BE", F::PublicLimited, ENDS | TELLS),
    form("europese naamloze vennootschap", "NL BE", F::PublicLimited, STATED),
    form("se", "EU", F::PublicLimited, ENDS | TELLS),
    form("ag", "DE AT", F::PublicLimited, ENDS | TELLS),
    form("aktiengesellschaft", "DE AT", F::PublicLimited, STATED),
    form("kgaa", "DE", F::PublicLimited, ENDS),
    form("sa", "BE FR ES", F::PublicLimited, ENDS | LEADS | TELLS),
    form("sau", "ES", F::PublicLimited, STATED),
    form("sociedad anonima", "ES", F::PublicLimited, STATED),
    form("societe anonyme", "BE FR", F::PublicLimited, ENDS | TELLS),
    form("sca", "BE FR", F::PublicLimited, ENDS),
    form("cva", "BE", F::PublicLimited, ENDS),
    form("plc", "GB IE", F::PublicLimited, ENDS | TELLS),
    form("public limited company", "GB IE", F::PublicLimited, ENDS),
    form("inc", "", F::PublicLimited, ENDS | TELLS),
    form("corp", "", F::PublicLimited, ENDS),
    form("spa", "IT", F::PublicLimited, STATED),
    form("sapa", "IT", F::PublicLimited, STATED),
    form("societa per azioni", "IT", F::PublicLimited, STATED),
    // Foundations.
    form("stichting", "NL BE", F::Foundation, ENDS | LEADS | TELLS),
    form("stiftung", "DE AT", F::Foundation, STATED),
    form("fondation", "BE FR", F::Foundation, STATED),
    form("foundation", "GB IE", F::Foundation, STATED),
    form("fundacion", "ES", F::Foundation, STATED),
    form("fondazione", "IT", F::Foundation, STATED),
    // Associations.
    form("vereniging", "NL BE", F::Association, ENDS | LEADS | TELLS),
    form("vereniging van eigenaars", "NL", F::Association, ENDS),
    form("vereniging van eigenaren", "NL", F::Association, ENDS),
    form("vve", "NL", F::Association, ENDS | LEADS | TELLS),
    form("vzw", "BE", F::Association, ENDS | LEADS | TELLS),
    form("ivzw", "BE", F::Association, ENDS),
    form("asbl", "BE", F::Association, ENDS | LEADS | TELLS),
    form("aisbl", "BE", F::Association, ENDS),
    form("ev", "DE", F::Association, ENDS | TELLS),
    form("verein", "DE AT", F::Association, STATED),
    form("association", "FR", F::Association, STATED),
    form("kerkgenootschap", "NL", F::Association, STATED),
    // Cooperatives.
    form("cooperatie", "NL", F::Cooperative, ENDS | LEADS | TELLS),
    form("cooperatief", "NL", F::Cooperative, TELLS),
    form("cooperatieve", "NL BE", F::Cooperative, ENDS | LEADS | TELLS),
    form("cooperatieve vennootschap", "BE", F::Cooperative, STATED),
    form("cooperatie ua", "NL", F::Cooperative, ENDS),
    form("cooperatie ba", "NL", F::Cooperative, ENDS),
    form("cooperatie wa", "NL", F::Cooperative, ENDS),
    form("cooperatieve ua", "NL", F::Cooperative, ENDS),
    form("cooperatieve ba", "NL", F::Cooperative, ENDS),
    form("cooperatieve wa", "NL", F::Cooperative, ENDS),
    form("cooperatie met uitgesloten aansprakelijkheid", "NL", F::Cooperative, ENDS),
    form("cooperatie met beperkte aansprakelijkheid", "NL", F::Cooperative, ENDS),
    form("cooperatie met wettelijke aansprakelijkheid", "NL", F::Cooperative, ENDS),
    form("ua", "NL", F::Cooperative, ENDS | TELLS),
    form("ba", "NL", F::Cooperative, ENDS),
    form("wa", "NL", F::Cooperative, ENDS),
    form("owm", "NL", F::Cooperative, ENDS | LEADS | TELLS),
    form("owm ua", "NL", F::Cooperative, ENDS),
    form("owm ba", "NL", F::Cooperative, ENDS),
    form("owm wa", "NL", F::Cooperative, ENDS),
    form("onderlinge waarborgmaatschappij", "NL", F::Cooperative, ENDS | TELLS),
    form("onderlinge waarborgmaatschappij ua", "NL", F::Cooperative, ENDS),
    form("onderlinge waarborgmaatschappij ba", "NL", F::Cooperative, ENDS),
    form("onderlinge waarborgmaatschappij wa", "NL", F::Cooperative, ENDS),
    form("cv", "BE", F::Cooperative, ENDS | TELLS),
    form("cvba", "BE", F::Cooperative, ENDS),
    form("scrl", "BE", F::Cooperative, ENDS),
    form("societe cooperative", "BE", F::Cooperative, STATED),
    form("eg", "DE", F::Cooperative, ENDS),
    form("s coop", "ES", F::Cooperative, STATED),
    form("scoop", "ES", F::Cooperative, STATED),
    form("scop", "FR", F::Cooperative, STATED),
    form("sce", "EU", F::Cooperative, ENDS),
    // The state.
    form("publiekrechtelijke rechtspersoon", "NL", F::PublicBody, STATED),
    form("gemeente", "NL BE", F::PublicBody, STATED),
    form("waterschap", "NL", F::PublicBody, STATED),
    form("provincie", "NL BE", F::PublicBody, STATED),
];

/// Words of the longest form at the end of a name.
const NAME_WORDS_MAX: usize = 5;

impl LegalForm {
    fn is_of(&self, country: &str) -> bool {
        self.countries == "EU" || self.countries.split(' ').any(|own| own == country)
    }

    fn has(&self, place: u8) -> bool {
        self.places & place != 0
    }
}

/// The family of a form as written ("B.V.", "Besloten Vennootschap"); missing when it is not understood, or when countries
/// mean different things by it and the country is not known.
pub fn family_of(country: Option<&str>, text: &str) -> Option<LegalFormFamily> {
    of_words(country, &words_of(&fold(text)).join(" "))
}

/// The family that stands at the end of a name ("Jansen Beheer B.V.") or before it ("Stichting De Brug").
pub fn family_in_name(country: Option<&str>, name: &str) -> Option<LegalFormFamily> {
    let words = words_of(&fold(name));
    let longest = words.len().saturating_sub(1).min(NAME_WORDS_MAX);
    let at_end = (1..=longest).rev().find_map(|n| of_words(country, &words[words.len() - n..].join(" ")));
    at_end.or_else(|| (1..=longest).rev().find_map(|n| of_leading(country, &words[..n].join(" "))))
}

/// What the words in front of a name tell. "A.G. Bell" and "Provincie Tegels" are no forms: at this place only those count
/// that stand there in the country of the name, and those that are a word which says so in any ("Stichting").
fn of_leading(country: Option<&str>, words: &str) -> Option<LegalFormFamily> {
    let leads = |form: &LegalForm| form.words == words && form.has(LEADS);
    let own = country.and_then(|country| FORMS.iter().find(|form| leads(form) && form.is_of(country)));
    own.map(|form| form.family).or_else(|| {
        let is_told =
            |family: &LegalFormFamily| matches!(family, F::Foundation | F::Association | F::Cooperative);
        of_words(country, words).filter(is_told)
    })
}

fn of_words(country: Option<&str>, words: &str) -> Option<LegalFormFamily> {
    let written = || FORMS.iter().filter(|form| form.words == words);
    if let Some(own) = country.and_then(|country| written().find(|form| form.is_of(country))) {
        return Some(own.family);
    }
    let mut families = written().map(|form| form.family);
    let first = families.next()?;
    families.all(|family| family == first).then_some(first)
}

/// The forms that end a name: a list that comes in asks them for each of its rows.
static ENDING: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| FORMS.iter().filter(|form| form.has(ENDS)).map(|form| form.words).collect());

/// The forms that tell the kind of company, by their last word: what stands before it, and the kind.
static TELLING: LazyLock<HashMap<&'static str, Vec<(&'static str, LegalFormFamily)>>> = LazyLock::new(|| {
    let mut telling: HashMap<&str, Vec<(&str, LegalFormFamily)>> = HashMap::new();
    for form in FORMS.iter().filter(|form| form.has(TELLS)) {
        let (before, last) = form.words.rsplit_once(' ').unwrap_or(("", form.words));
        telling.entry(last).or_default().push((before, form.family));
    }
    telling
});

/// How many words at the end of a folded name are a legal form; never all of them.
pub(crate) fn trailing_words(words: &[String]) -> Option<usize> {
    let last = words.last()?.as_str();
    // Nearly every form is out by its end.
    let candidates = ENDING.iter().filter(|form| form.ends_with(last));
    candidates
        .filter_map(|form| {
            let mut tail = words.iter().rev();
            let mut n = 0;
            let ends = form.rsplit(' ').all(|part| {
                n += 1;
                tail.next().is_some_and(|word| word == part)
            });
            (ends && n < words.len()).then_some(n)
        })
        .max()
}

/// Whether a word in front of a folded name is a legal form.
pub(crate) fn leads(word: &str) -> bool {
    FORMS.iter().any(|form| form.words == word && form.has(LEADS))
}

/// The kind of company that one word, with or without one before it, tells when names are compared. Of what countries
/// understand differently the first of the table counts: names are compared with each other, not with the law.
pub(crate) fn told_by(before: &str, last: &str) -> Option<LegalFormFamily> {
    let telling = TELLING.get(last)?;
    telling.iter().find(|(first, _)| *first == before).map(|(_, family)| *family)
}

#[cfg(test)]
pub(crate) fn is_known(country: &str, words: &str) -> bool {
    FORMS.iter().any(|form| form.words == words && form.is_of(country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_people_write_them() {
        for (country, text, expected) in [
            (Some("NL"), "B.V.", Some(F::PrivateLimited)),
            (Some("NL"), "Besloten Vennootschap", Some(F::PrivateLimited)),
            (Some("DE"), "GmbH & Co. KG", Some(F::Partnership)),
            (Some("NL"), "V.O.F.", Some(F::Partnership)),
            (Some("NL"), "CV", Some(F::Partnership)),
            (Some("BE"), "CV", Some(F::Cooperative)),
            (None, "CV", None),
            (Some("FR"), "SAS", Some(F::PrivateLimited)),
            (Some("IT"), "S.a.s.", Some(F::Partnership)),
            (Some("NL"), "GmbH", Some(F::PrivateLimited)),
            (Some("NL"), "Coöperatie U.A.", Some(F::Cooperative)),
            (Some("GB"), "C.I.C.", Some(F::PrivateLimited)),
            (Some("GB"), "Public Limited Company", Some(F::PublicLimited)),
            (Some("FR"), "Société civile immobilière", Some(F::Partnership)),
            (Some("FR"), "S.C.", Some(F::Partnership)),
            (Some("FR"), "SCP", Some(F::Partnership)),
            (Some("FR"), "SELARL", Some(F::PrivateLimited)),
            (Some("NL"), "Vereniging van Eigenaren", Some(F::Association)),
            (Some("NL"), "OWM U.A.", Some(F::Cooperative)),
            (Some("NL"), "Onderlinge Waarborgmaatschappij B.A.", Some(F::Cooperative)),
            (Some("NL"), "Coöperatieve U.A.", Some(F::Cooperative)),
            (Some("NL"), "Coöperatie met uitgesloten aansprakelijkheid", Some(F::Cooperative)),
            (Some("DE"), "UG (haftungsbeschraenkt)", Some(F::PrivateLimited)),
            (Some("DE"), "Gesellschaft mit beschraenkter Haftung", Some(F::PrivateLimited)),
            (Some("DE"), "Gesellschaft mbH", Some(F::PrivateLimited)),
            (Some("AT"), "Ges.m.b.H.", Some(F::PrivateLimited)),
            (Some("BE"), "610", None),
        ] {
            assert_eq!(family_of(country, text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_says_its_form_at_its_end_or_before_it() {
        for (name, expected) in [
            ("Jansen Beheer B.V.", Some(F::PrivateLimited)),
            ("Stichting De Brug", Some(F::Foundation)),
            ("Gemeente Advies", None),
            ("Bakkerij Jansen", None),
            ("BV", None),
            ("Jansen besloten vennootschap met beperkte aansprakelijkheid", Some(F::PrivateLimited)),
            ("VvE Parkzicht", Some(F::Association)),
            ("Vereniging van Eigenaren Parkzicht", Some(F::Association)),
            ("OWM De Dijk", Some(F::Cooperative)),
            ("Onderlinge Waarborgmaatschappij De Dijk", Some(F::Cooperative)),
            ("De Dijk Onderlinge Waarborgmaatschappij W.A.", Some(F::Cooperative)),
            ("Coöperatieve Winkeliers De Brug U.A.", Some(F::Cooperative)),
            ("VOF De Brug", Some(F::Partnership)),
        ] {
            assert_eq!(family_in_name(Some("NL"), name), expected, "{name}");
        }
        assert_eq!(family_in_name(Some("FR"), "SCI du Moulin"), Some(F::Partnership));
        assert_eq!(
            family_in_name(Some("NL"), "SCI du Moulin"),
            None,
            "a form of another country begins no name"
        );
    }

    #[test]
    fn spellings_of_a_form_are_one_form_to_the_key_of_a_name() {
        for (a, b) in [
            ("Sunny Community Interest Company", "Sunny C.I.C."),
            ("Acme Public Limited Company", "Acme PLC"),
            ("SCI du Moulin", "Du Moulin, société civile immobilière"),
            ("Durand SELARL", "SELARL Durand"),
            ("Durand SCP", "Durand société civile professionnelle"),
            ("Müller Gesellschaft mit beschraenkter Haftung", "Müller GmbH"),
            ("Müller Gesellschaft mit beschränkter Haftung", "Müller GmbH"),
            ("Müller UG (haftungsbeschraenkt)", "Müller UG"),
            ("Müller UG (haftungsbeschränkt)", "Müller UG"),
            ("Coöperatie De Brug U.A.", "Cooperatie De Brug"),
            ("Coöperatieve De Brug U.A.", "De Brug Cooperatie U.A."),
            ("OWM De Dijk U.A.", "De Dijk Onderlinge Waarborgmaatschappij B.A."),
            ("VvE Parkzicht", "Parkzicht Vereniging van Eigenaren"),
            ("Parkzicht VvE", "Parkzicht Vereniging van Eigenaars"),
        ] {
            assert_eq!(crate::names::company_key(a), crate::names::company_key(b), "{a} / {b}");
        }
        for (a, b) in [("SC Heerenveen", "Heerenveen"), ("Heerenveen SC", "Heerenveen"), ("BA Bouw", "Bouw")]
        {
            assert_ne!(crate::names::company_key(a), crate::names::company_key(b), "{a} / {b}");
        }
    }

    #[test]
    fn two_spellings_of_one_form_compare_as_one_name() {
        for (a, b) in [
            ("Coöperatie De Brug U.A.", "Cooperatie De Brug"),
            ("Coöperatieve De Brug U.A.", "Coöperatie De Brug U.A."),
            ("Sunny CIC", "Sunny C.I.C."),
            ("SCI du Moulin", "Du Moulin SCI"),
            ("OWM De Dijk U.A.", "De Dijk OWM"),
            ("VvE Parkzicht", "Parkzicht V.v.E."),
        ] {
            assert_eq!(crate::dedupe::name_words(a), crate::dedupe::name_words(b), "{a} / {b}");
        }
    }

    #[test]
    fn who_is_a_legal_person_is_one_to_the_gate_by_name() {
        for (country, name) in [
            ("NL", "VvE Parkzicht"),
            ("NL", "Vereniging van Eigenaren Parkzicht"),
            ("NL", "OWM De Dijk U.A."),
            ("NL", "Onderlinge Waarborgmaatschappij De Dijk B.A."),
            ("GB", "Sunny C.I.C."),
            ("GB", "Sunny Community Interest Company"),
            ("FR", "SCI du Moulin"),
            ("DE", "Müller UG (haftungsbeschränkt)"),
        ] {
            let person = crate::gate::read_form(Some(country), None, name, None).person;
            assert_eq!(person, Some(crate::gate::PersonKind::LegalPerson), "{name}");
        }
    }

    #[test]
    fn a_country_writes_a_form_once() {
        for (at, one) in FORMS.iter().enumerate() {
            assert_eq!(words_of(&fold(one.words)).join(" "), one.words, "is written as names are read");
            for other in &FORMS[at + 1..] {
                let both = one.words == other.words
                    && (one.countries == other.countries
                        || other.countries.split(' ').any(|country| one.is_of(country)));
                assert!(!both, "{} stands twice", one.words);
            }
        }
    }
}
