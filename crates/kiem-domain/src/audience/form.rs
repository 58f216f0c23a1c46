//! Families of legal forms, as somebody who chooses customers thinks of them: a B.V. and a GmbH are the same kind of
//! company. What the law makes of a form, as far as approaching goes, is read in [`crate::gate`].

use crate::names::{fold, words_of};

text_enum! {
    /// A family of legal forms.
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

/// Folded words per family. What means something else in another country stands in [`of_country`].
const FORMS: &[(&str, F)] = &[
    ("eenmanszaak", F::SoleTrader),
    ("eenmanszaak met meer dan een eigenaar", F::SoleTrader),
    ("zzp", F::SoleTrader),
    ("sole trader", F::SoleTrader),
    ("sole proprietorship", F::SoleTrader),
    ("einzelunternehmen", F::SoleTrader),
    ("ek", F::SoleTrader),
    ("entreprise individuelle", F::SoleTrader),
    ("ei", F::SoleTrader),
    ("vof", F::Partnership),
    ("vennootschap onder firma", F::Partnership),
    ("maatschap", F::Partnership),
    ("commanditaire vennootschap", F::Partnership),
    ("gcv", F::Partnership),
    ("commv", F::Partnership),
    ("comm v", F::Partnership),
    ("snc", F::Partnership),
    ("kg", F::Partnership),
    ("ohg", F::Partnership),
    ("gbr", F::Partnership),
    ("gmbh co kg", F::Partnership),
    ("llp", F::Partnership),
    ("lp", F::Partnership),
    ("bv", F::PrivateLimited),
    ("besloten vennootschap", F::PrivateLimited),
    ("besloten vennootschap met beperkte aansprakelijkheid", F::PrivateLimited),
    ("bvba", F::PrivateLimited),
    ("sprl", F::PrivateLimited),
    ("srl", F::PrivateLimited),
    ("gmbh", F::PrivateLimited),
    ("ug", F::PrivateLimited),
    ("ug haftungsbeschrankt", F::PrivateLimited),
    ("ltd", F::PrivateLimited),
    ("limited", F::PrivateLimited),
    ("private limited company", F::PrivateLimited),
    ("sarl", F::PrivateLimited),
    ("eurl", F::PrivateLimited),
    ("sas", F::PrivateLimited),
    ("sasu", F::PrivateLimited),
    ("nv", F::PublicLimited),
    ("naamloze vennootschap", F::PublicLimited),
    ("ag", F::PublicLimited),
    ("plc", F::PublicLimited),
    ("public limited company", F::PublicLimited),
    ("sa", F::PublicLimited),
    ("societe anonyme", F::PublicLimited),
    ("se", F::PublicLimited),
    ("stichting", F::Foundation),
    ("stiftung", F::Foundation),
    ("fondation", F::Foundation),
    ("foundation", F::Foundation),
    ("vereniging", F::Association),
    ("vereniging van eigenaars", F::Association),
    ("vve", F::Association),
    ("vzw", F::Association),
    ("ivzw", F::Association),
    ("asbl", F::Association),
    ("aisbl", F::Association),
    ("ev", F::Association),
    ("association", F::Association),
    ("cooperatie", F::Cooperative),
    ("cooperatie ua", F::Cooperative),
    ("cooperatie ba", F::Cooperative),
    ("cooperatie wa", F::Cooperative),
    ("cvba", F::Cooperative),
    ("eg", F::Cooperative),
    ("publiekrechtelijke rechtspersoon", F::PublicBody),
    ("gemeente", F::PublicBody),
    ("waterschap", F::PublicBody),
    ("provincie", F::PublicBody),
];

/// Words of the longest form at the end of a name.
const NAME_WORDS_MAX: usize = 4;

/// The family of a form as written ("B.V.", "Besloten Vennootschap"); missing when it is not understood.
pub fn family_of(country: Option<&str>, text: &str) -> Option<LegalFormFamily> {
    of_words(country, &words_of(&fold(text)).join(" "))
}

/// The family that stands at the end of a name ("Jansen Beheer B.V.") or before it ("Stichting De Brug").
pub fn family_in_name(country: Option<&str>, name: &str) -> Option<LegalFormFamily> {
    let words = words_of(&fold(name));
    let longest = words.len().saturating_sub(1).min(NAME_WORDS_MAX);
    let at_end = (1..=longest).rev().find_map(|n| of_words(country, &words[words.len() - n..].join(" ")));
    at_end.or_else(|| match words.split_first() {
        Some((first, rest)) if !rest.is_empty() => of_words(country, first)
            .filter(|family| matches!(family, F::Foundation | F::Association | F::Cooperative)),
        _ => None,
    })
}

fn of_words(country: Option<&str>, words: &str) -> Option<LegalFormFamily> {
    if words == "cv" {
        // A Dutch c.v. has partners, a Belgian one members.
        return match country {
            Some("NL") => Some(F::Partnership),
            Some("BE") => Some(F::Cooperative),
            _ => None,
        };
    }
    FORMS.iter().find(|(form, _)| *form == words).map(|(_, family)| *family)
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
            (Some("NL"), "Coöperatie U.A.", Some(F::Cooperative)),
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
        ] {
            assert_eq!(family_in_name(Some("NL"), name), expected, "{name}");
        }
    }
}
