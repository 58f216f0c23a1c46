//! Taking the facts of a profile over into a company, each with the register as its source.

use jiff::tz::TimeZone;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::company::DomainName;
use kiem_domain::names::company_key;
use kiem_domain::register::{Held, KnownFacts, RegisterField, RegisterProfile, Taken, Taking, takings};
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};

use crate::engine::audience::facts::company_domain;
use crate::engine::audience::records::score_company;
use crate::engine::audience::{FactSource, SourcedFact};
use crate::engine::settings::language_of;
use crate::engine::{Engine, Result};
use crate::messages::say;

/// The names under which a person's typing or a website's filling of a fact is noted.
const fn noted_as(field: RegisterField) -> &'static [&'static str] {
    match field {
        RegisterField::Street => &["street", "postcode", "city"],
        RegisterField::Name => &["name"],
        RegisterField::LegalForm => &["legal_form"],
        RegisterField::SbiCode => &["sbi_code"],
        RegisterField::EmployeesN => &["employees_n"],
        RegisterField::Website => &["website"],
        RegisterField::FoundedOn => &["founded_on"],
        RegisterField::NonMailing => &["is_non_mailing"],
    }
}

/// Who said what is known about a field. A record that a person made by hand is theirs, as far as nobody else filled it.
fn held(field: RegisterField, firm: &Company, sources: &[SourcedFact]) -> Held {
    let of_field = || {
        sources.iter().filter(|fact| fact.contact.is_none() && noted_as(field).contains(&fact.field.as_str()))
    };
    let by = |source: FactSource| of_field().any(|fact| fact.source == source);
    if by(FactSource::Person) {
        Held::Person
    } else if by(FactSource::Register) {
        Held::Register
    } else if by(FactSource::Website) || by(FactSource::List) || firm.source != "manual" {
        Held::List
    } else {
        Held::Person
    }
}

/// Each fact of a profile beside what is known of the company.
pub(super) fn compared(firm: &Company, profile: &RegisterProfile, sources: &[SourcedFact]) -> Vec<Taking> {
    let d = &firm.details;
    let known = KnownFacts {
        name: &firm.name,
        legal_form: d.legal_form.as_deref(),
        activity: d.sbi_code.as_deref().map(|code| (code, d.sbi_version)),
        employees_n: firm.employees_n,
        street: d.street.as_deref(),
        house_number: d.house_number.as_deref(),
        postcode: d.postcode.as_deref(),
        city: firm.city.as_deref(),
        website: firm.website.as_deref().or(firm.domain.as_deref()),
        founded_on: d.founded_on.as_deref(),
        is_non_mailing: d.is_non_mailing,
    };
    takings(&known, profile, |field| held(field, firm, sources))
}

impl Engine {
    /// Writes what the register says into a company, as far as it outranks what is known. Returns how many facts changed;
    /// `number` is one that a search found, and is new to the company.
    pub(super) async fn take_over(
        &self,
        tx: &mut Tx,
        mut firm: Company,
        profile: &RegisterProfile,
        takings: &[Taking],
        number: Option<&str>,
    ) -> Result<i64> {
        let before = firm.clone();
        let mut fields: Vec<&'static str> = Vec::new();
        if let Some(number) = number {
            firm.kvk_number = Some(number.to_owned());
            fields.push("kvk_number");
        }
        for taking in takings {
            // The register confirms a list's form: from now on it is the one who says so.
            let confirms = taking.field == RegisterField::LegalForm && taking.taken == Taken::Same;
            if !taking.taken.is_written() && !confirms {
                continue;
            }
            if self.write(tx, &mut firm, profile, taking).await? && taking.taken.is_written() {
                fields.extend(noted_as(taking.field));
            }
        }
        if firm == before {
            return Ok(0);
        }
        firm.updated_at = self.now();
        let (ideal, _) = self.profile_in_use(tx).await?;
        score_company(&mut firm, &ideal);
        company::update(tx, &firm).await?;
        self.ask_matching(tx).await?;
        self.refresh_leads(tx, &firm, &ideal).await?;
        if !fields.is_empty() {
            self.note_register_facts(tx, firm.id, &fields).await?;
        }
        let n =
            takings.iter().filter(|taking| taking.taken.is_written()).count() + usize::from(number.is_some());
        Ok(i64::try_from(n).unwrap_or(i64::MAX))
    }

    async fn write(
        &self,
        tx: &mut Tx,
        firm: &mut Company,
        profile: &RegisterProfile,
        taking: &Taking,
    ) -> Result<bool> {
        let d = &mut firm.details;
        match taking.field {
            RegisterField::Name => {
                firm.name.clone_from(&profile.name);
                firm.name_key = company_key(&firm.name);
            }
            RegisterField::LegalForm => {
                let (place, _) = self.workspace(tx.workspace()).await?;
                d.legal_form.clone_from(&profile.legal_form);
                d.legal_form_source = Some(say(language_of(&place), "kvk.source", &[]));
                d.legal_form_on = Some(self.now().to_zoned_datetime(TimeZone::UTC).date());
            }
            RegisterField::SbiCode => {
                d.sbi_code = profile.main_activity().map(|main| main.code.clone());
                // Since September 2025 the register speaks the new edition only.
                d.sbi_version = ActivityVersion::V2025;
            }
            RegisterField::EmployeesN => firm.employees_n = profile.employees_n.map(i64::from),
            RegisterField::Street => {
                let address = profile.address.clone().unwrap_or_default();
                let known = |text: String| (!text.is_empty()).then_some(text);
                d.street = known(address.street);
                d.house_number = known(address.house_number);
                d.postcode = known(address.postcode);
                firm.city = known(address.city).or(firm.city.take());
            }
            RegisterField::Website => {
                let site = profile.websites.first().cloned().unwrap_or_default();
                let domain = DomainName::parse(&site).ok();
                let Some(domain) = company_domain(domain.as_ref()) else { return Ok(false) };
                // The site of another company that is known is a mistake in the register, or one company in two records.
                let holders = company::by_keys(tx, CompanyKey::Domain, std::slice::from_ref(&domain)).await?;
                if holders.iter().any(|holder| holder.id != firm.id) {
                    return Ok(false);
                }
                firm.website = Some(site);
                firm.domain = Some(domain);
            }
            RegisterField::FoundedOn => d.founded_on = profile.founded_on.map(|day| day.to_string()),
            RegisterField::NonMailing => d.is_non_mailing = profile.is_non_mailing == Some(true),
        }
        Ok(true)
    }
}
