//! Answers of the register as they are kept: JSON of our own, read by the page of a company.

use kiem_domain::register::{RegisterActivity, RegisterAddress, RegisterHit, RegisterProfile, Taking};
use serde::{Deserialize, Serialize};

/// A profile as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredProfile {
    /// Number in the register.
    pub number: String,
    /// Name.
    pub name: String,
    /// Name in the deed.
    pub statutory_name: Option<String>,
    /// Names that it trades under.
    pub trade_names: Vec<String>,
    /// Legal form.
    pub legal_form: Option<String>,
    /// What it does, the main activity first.
    pub activities: Vec<StoredActivity>,
    /// People working there.
    pub employees_n: Option<u32>,
    /// Street.
    pub street: Option<String>,
    /// House number with letter and addition.
    pub house_number: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// The address is shielded.
    pub is_shielded: bool,
    /// Websites.
    pub websites: Vec<String>,
    /// Day on which the company began.
    pub founded_on: Option<String>,
    /// Day on which it ended.
    pub ended_on: Option<String>,
    /// Whether it does not want to be advertised to.
    pub is_non_mailing: Option<bool>,
}

/// An activity as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredActivity {
    /// SBI code.
    pub code: String,
    /// What it stands for.
    pub words: String,
    /// Whether it is the main one.
    pub is_main: bool,
}

/// A company that a search found, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredHit {
    /// Number in the register.
    pub number: String,
    /// Name.
    pub name: String,
    /// Street and number.
    pub street: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// A fact beside what was known, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTaking {
    /// Name of the field as in the API.
    pub field: String,
    /// What was known; empty when nothing was.
    pub known: String,
    /// What the register says.
    pub said: String,
    /// `same`, `filled`, `replaced` or `kept`.
    pub taken: String,
}

impl From<&RegisterProfile> for StoredProfile {
    fn from(p: &RegisterProfile) -> StoredProfile {
        let address = p.address.clone().unwrap_or_default();
        let known = |text: String| (!text.is_empty()).then_some(text);
        StoredProfile {
            number: p.number.clone(),
            name: p.name.clone(),
            statutory_name: p.statutory_name.clone(),
            trade_names: p.trade_names.clone(),
            legal_form: p.legal_form.clone(),
            activities: p
                .activities
                .iter()
                .map(|a| StoredActivity { code: a.code.clone(), words: a.words.clone(), is_main: a.is_main })
                .collect(),
            employees_n: p.employees_n,
            street: known(address.street),
            house_number: known(address.house_number),
            postcode: known(address.postcode),
            city: known(address.city),
            is_shielded: p.is_shielded,
            websites: p.websites.clone(),
            founded_on: p.founded_on.map(|day| day.to_string()),
            ended_on: p.ended_on.map(|day| day.to_string()),
            is_non_mailing: p.is_non_mailing,
        }
    }
}

impl From<StoredProfile> for RegisterProfile {
    fn from(p: StoredProfile) -> RegisterProfile {
        let address = p.street.map(|street| RegisterAddress {
            street,
            house_number: p.house_number.unwrap_or_default(),
            postcode: p.postcode.unwrap_or_default(),
            city: p.city.unwrap_or_default(),
        });
        let activity =
            |a: StoredActivity| RegisterActivity { code: a.code, words: a.words, is_main: a.is_main };
        RegisterProfile {
            number: p.number,
            name: p.name,
            statutory_name: p.statutory_name,
            trade_names: p.trade_names,
            legal_form: p.legal_form,
            activities: p.activities.into_iter().map(activity).collect(),
            employees_n: p.employees_n,
            address,
            is_shielded: p.is_shielded,
            websites: p.websites,
            founded_on: p.founded_on.and_then(|day| day.parse().ok()),
            ended_on: p.ended_on.and_then(|day| day.parse().ok()),
            is_non_mailing: p.is_non_mailing,
        }
    }
}

impl From<&RegisterHit> for StoredHit {
    fn from(hit: &RegisterHit) -> StoredHit {
        let line = [hit.street.as_deref(), hit.house_number.as_deref()];
        let street = line.into_iter().flatten().collect::<Vec<_>>().join(" ");
        StoredHit {
            number: hit.number.clone(),
            name: hit.name.clone(),
            street: hit.street.is_some().then_some(street),
            city: hit.city.clone(),
        }
    }
}

impl From<&Taking> for StoredTaking {
    fn from(taking: &Taking) -> StoredTaking {
        StoredTaking {
            field: taking.field.as_str().to_owned(),
            known: taking.known.clone(),
            said: taking.said.clone(),
            taken: taking.taken.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_was_kept_is_the_same_profile() {
        let profile = RegisterProfile {
            number: "30000001".to_owned(),
            name: "Veer B.V.".to_owned(),
            trade_names: vec!["Veer".to_owned()],
            legal_form: Some("Besloten Vennootschap".to_owned()),
            activities: vec![RegisterActivity {
                code: "01110".to_owned(),
                words: "Teelt".to_owned(),
                is_main: true,
            }],
            employees_n: Some(0),
            address: Some(RegisterAddress { street: "Kade".to_owned(), ..RegisterAddress::default() }),
            founded_on: Some(jiff::civil::date(1950, 3, 1)),
            ended_on: Some(jiff::civil::date(2026, 3, 31)),
            is_non_mailing: Some(true),
            ..RegisterProfile::default()
        };
        let text = serde_json::to_string(&StoredProfile::from(&profile)).unwrap();
        let stored: StoredProfile = serde_json::from_str(&text).unwrap();
        assert_eq!(RegisterProfile::from(stored), profile);
    }
}
