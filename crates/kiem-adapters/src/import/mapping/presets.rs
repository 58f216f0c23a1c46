//! Exports of known programs, by their headers: which columns make one of them out, and what each column means there.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::words::plain;
use super::{Field, Proposal, Why};
use crate::import::values::DateOrder;

kiem_domain::text_enum! {
    /// An export of a known program, or a public data set.
    pub enum Preset {
        /// Apollo: people.
        ApolloPeople = "apollo_people",
        /// Apollo: accounts.
        ApolloAccounts = "apollo_accounts",
        /// HubSpot: contacts or companies.
        Hubspot = "hubspot",
        /// Pipedrive: people.
        Pipedrive = "pipedrive",
        /// Pipedrive: organizations.
        PipedriveOrganizations = "pipedrive_organizations",
        /// Salesforce: contacts.
        Salesforce = "salesforce",
        /// Salesforce: accounts.
        SalesforceAccounts = "salesforce_accounts",
        /// LinkedIn: one's own connections.
        LinkedinConnections = "linkedin_connections",
        /// People Data Labs: companies.
        PeopleDataLabs = "people_data_labs",
        /// GLEIF: the golden copy of legal entities.
        Gleif = "gleif",
        /// The British company register.
        CompaniesHouse = "companies_house",
        /// The Belgian register: enterprises.
        KboEnterprise = "kbo_enterprise",
        /// The Belgian register: names.
        KboDenomination = "kbo_denomination",
        /// The Belgian register: addresses.
        KboAddress = "kbo_address",
        /// The Belgian register: telephone, e-mail and web.
        KboContact = "kbo_contact",
        /// The Belgian register: activities.
        KboActivity = "kbo_activity",
        /// The French register: legal units.
        SireneUniteLegale = "sirene_unite_legale",
        /// The French register: establishments.
        SireneEtablissement = "sirene_etablissement",
        /// The Dutch register, as its interfaces answer.
        Kvk = "kvk",
        /// Kiem's own form of a list: the names of its fields.
        Kiem = "kiem",
        /// Kiem's own export of people.
        KiemPeople = "kiem_people",
        /// Kiem's own export of companies.
        KiemCompanies = "kiem_companies",
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    preset: String,
    /// Columns that a file of this kind always has; "a|b" is either.
    needs: Vec<String>,
    /// Columns that it never has.
    #[serde(default)]
    lacks: Vec<String>,
    /// What each column means; none when it means something else than its name says.
    columns: BTreeMap<String, Option<String>>,
    /// Columns that stand in when the ones above are missing.
    #[serde(default, rename = "or")]
    instead: BTreeMap<String, Option<String>>,
}

fn definitions() -> &'static [Definition] {
    static DEFINITIONS: OnceLock<Vec<Definition>> = OnceLock::new();
    // The file is ours and part of the program; a test reads it.
    DEFINITIONS
        .get_or_init(|| serde_json::from_str(include_str!("../names/presets.json")).unwrap_or_default())
}

impl Preset {
    fn definition(self) -> Option<&'static Definition> {
        definitions().iter().find(|d| d.preset == self.as_str())
    }

    /// The program that wrote a header, when all its columns are there; of several the one that asks for most.
    pub fn detect(header: &[String]) -> Option<Preset> {
        let names: Vec<String> = header.iter().map(|h| plain(h)).collect();
        let has = |column: &String| column.split('|').any(|one| names.contains(&plain(one)));
        definitions()
            .iter()
            .filter(|d| d.needs.iter().all(has) && !d.lacks.iter().any(has))
            .max_by_key(|d| d.needs.len())
            .and_then(|d| d.preset.parse().ok())
    }

    /// What the columns mean, sure for its own columns and a little less for those that stand in.
    pub(super) fn proposals(self, header: &[String]) -> Vec<Proposal> {
        let Some(definition) = self.definition() else { return Vec::new() };
        let mut found = Vec::new();
        for (columns, confidence_percent) in [(&definition.columns, 99), (&definition.instead, 97)] {
            for (column, name) in header.iter().map(|h| plain(h)).enumerate() {
                let field = columns
                    .iter()
                    .find(|(wanted, _)| plain(wanted) == name)
                    .and_then(|(_, f)| f.as_ref()?.parse().ok());
                if let Some(field) = field {
                    found.push(Proposal { column, field, confidence_percent, why: Why::VendorName });
                }
            }
        }
        found
    }

    /// Whether a column of the program means something else than its name says.
    pub(super) fn leaves_out(self, header: &str) -> bool {
        let name = plain(header);
        let columns = self.definition().into_iter().flat_map(|d| &d.columns);
        columns.filter(|(_, field)| field.is_none()).any(|(column, _)| plain(column) == name)
    }

    /// Country whose companies stand in a register; none for other exports.
    pub fn country(self) -> Option<&'static str> {
        match self {
            Preset::CompaniesHouse => Some("GB"),
            Preset::KboEnterprise
            | Preset::KboDenomination
            | Preset::KboAddress
            | Preset::KboContact
            | Preset::KboActivity => Some("BE"),
            Preset::SireneUniteLegale | Preset::SireneEtablissement => Some("FR"),
            Preset::Kvk => Some("NL"),
            _ => None,
        }
    }

    /// How a program writes day and month; none when the values have to tell.
    pub fn date_order(self) -> Option<DateOrder> {
        // Registers of Britain and Belgium.
        matches!(self.country(), Some("GB" | "BE")).then_some(DateOrder::DayFirst)
    }

    /// Fields of the preset by the names of its columns.
    pub fn columns(self) -> Vec<(&'static str, Field)> {
        let definition = self.definition();
        let all = definition.into_iter().flat_map(|d| d.columns.iter().chain(&d.instead));
        all.filter_map(|(column, field)| Some((column.as_str(), field.as_ref()?.parse().ok()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_defined_and_names_fields() {
        assert_eq!(definitions().len(), Preset::ALL.len());
        for preset in Preset::ALL {
            let definition = preset.definition().unwrap_or_else(|| panic!("{preset}"));
            let named = definition.columns.values().chain(definition.instead.values()).flatten().count();
            assert_eq!(preset.columns().len(), named, "{preset}");
            let needs: Vec<String> =
                definition.needs.iter().map(|n| n.split('|').next().unwrap_or_default().to_owned()).collect();
            assert_eq!(Preset::detect(&needs), Some(*preset), "{preset} is told apart");
        }
    }

    #[test]
    fn a_column_that_stands_in_gives_way() {
        let header = ["Person - Name", "Person - Email - Other", "Person - Email - Work"].map(str::to_owned);
        let found = super::super::propose(&header, &[], true);
        let fields: Vec<(usize, Field)> = found.iter().map(|p| (p.column, p.field)).collect();
        assert_eq!(fields, [(0, Field::FullName), (2, Field::Email)]);
    }
}
