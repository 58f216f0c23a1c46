//! What rows of known programs need before their cells mean what the names of their columns say.

use super::{Preset, plain};
use crate::import::reader::{Flaw, Record};

/// What is done to every row of a file; numbers are columns.
pub(in crate::import) enum RowRule {
    /// People Data Labs: the town stands before its region and country, which have columns of their own.
    TownFirst { town: usize },
    /// The French register: the kind of a street stands apart from its name, "RUE" from "DE PARIS".
    StreetInTwo { kind: usize, street: usize },
    /// The Belgian register: rows about establishments and about other names of an enterprise.
    Enterprises { number: usize, name_kind: Option<usize> },
}

impl RowRule {
    /// The rule of the program that wrote a header; most have none.
    pub(in crate::import) fn of(header: &[String]) -> Option<RowRule> {
        let at = |wanted: &str| header.iter().position(|name| plain(name) == plain(wanted));
        match Preset::detect(header)? {
            Preset::PeopleDataLabs => Some(RowRule::TownFirst { town: at("locality")? }),
            Preset::SireneEtablissement => Some(RowRule::StreetInTwo {
                kind: at("typeVoieEtablissement")?,
                street: at("libelleVoieEtablissement")?,
            }),
            Preset::KboEnterprise => {
                Some(RowRule::Enterprises { number: at("EnterpriseNumber")?, name_kind: None })
            }
            Preset::KboDenomination | Preset::KboAddress | Preset::KboContact | Preset::KboActivity => {
                Some(RowRule::Enterprises {
                    number: at("EntityNumber")?,
                    name_kind: at("TypeOfDenomination"),
                })
            }
            _ => None,
        }
    }

    /// Puts the cells of a row right, or says why it is left out.
    pub(in crate::import) fn apply(&self, record: &mut Record) {
        match *self {
            RowRule::TownFirst { town } => {
                if let Some(cell) = record.cells.get_mut(town)
                    && let Some((first, _)) = cell.split_once(',')
                {
                    *cell = first.trim_end().to_owned();
                }
            }
            RowRule::StreetInTwo { kind, street } => {
                let Some(kind) = record.cells.get(kind).cloned().filter(|kind| is_said(kind)) else { return };
                // A list that was written out again has the kind in the street already.
                if let Some(cell) = record.cells.get_mut(street)
                    && is_said(cell)
                    && !cell.starts_with(&format!("{kind} "))
                {
                    *cell = format!("{kind} {cell}");
                }
            }
            RowRule::Enterprises { number, name_kind } => {
                let cell = |at: usize| record.cells.get(at).map_or("", String::as_str);
                let is_other_name =
                    name_kind.is_some_and(|at| cell(at).parse().is_ok_and(|n: u32| n != LEGAL_NAME));
                let found = match is_establishment(cell(number)) {
                    true => Some(Flaw::EstablishmentUnit),
                    false => is_other_name.then_some(Flaw::OtherName),
                };
                record.flaw = record.flaw.or(found);
            }
        }
    }
}

/// "TypeOfDenomination" of the name under which an enterprise is registered: 001. Abbreviations, trade names and names of
/// branches have others, and come in any order.
const LEGAL_NAME: u32 = 1;

/// Numbers of establishment units have ten digits and begin with a 2; those of enterprises begin with 0 or 1.
fn is_establishment(number: &str) -> bool {
    let mut digits = number.bytes().filter(u8::is_ascii_digit);
    digits.next() == Some(b'2') && digits.count() == 9
}

fn is_said(cell: &str) -> bool {
    !crate::import::cell::is_blank(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(header: &[&str], cells: &[&str]) -> Record {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut record = Record { cells: owned(cells), ..Record::default() };
        RowRule::of(&owned(header)).unwrap().apply(&mut record);
        record
    }

    #[test]
    fn a_town_stands_before_its_region_and_country() {
        let header = ["name", "domain", "size range", "locality"];
        for (cell, town) in
            [("amsterdam, noord-holland, netherlands", "amsterdam"), ("den haag", "den haag"), ("", "")]
        {
            assert_eq!(applied(&header, &["a", "a.example", "1-10", cell]).cells[3], town);
        }
    }

    #[test]
    fn a_street_is_its_kind_and_its_name() {
        let header = [
            "siren",
            "siret",
            "typeVoieEtablissement",
            "libelleVoieEtablissement",
            "codePostalEtablissement",
        ];
        for (kind, name, street) in [
            ("RUE", "DE PARIS", "RUE DE PARIS"),
            ("RUE", "RUE DE PARIS", "RUE DE PARIS"),
            ("", "LE BOURG", "LE BOURG"),
            ("[ND]", "[ND]", "[ND]"),
            ("RUE", "", ""),
        ] {
            assert_eq!(applied(&header, &["1", "2", kind, name, "75001"]).cells[3], street, "{kind} {name}");
        }
    }

    #[test]
    fn only_the_registered_name_of_an_enterprise_is_taken() {
        let header = ["EntityNumber", "Language", "TypeOfDenomination", "Denomination"];
        for (number, kind, flaw) in [
            ("0403.019.261", "001", None),
            ("0403.019.261", "1", None),
            ("1000.000.011", "001", None),
            ("0403.019.261", "002", Some(Flaw::OtherName)),
            ("0403.019.261", "003", Some(Flaw::OtherName)),
            ("2.000.000.339", "003", Some(Flaw::EstablishmentUnit)),
            ("2000000339", "001", Some(Flaw::EstablishmentUnit)),
            // An enterprise whose zero a spreadsheet took.
            ("200065765", "001", None),
        ] {
            assert_eq!(applied(&header, &[number, "2", kind, "A"]).flaw, flaw, "{number} {kind}");
        }
    }

    #[test]
    fn other_files_have_no_rule() {
        assert!(RowRule::of(&["Bedrijf", "locality"].map(str::to_owned)).is_none());
    }
}
