//! Changing facts by hand.

use jiff::Timestamp;
use kiem_adapters::import::values;
use kiem_domain::audience::{ActivityCode, ActivityVersion};
use kiem_domain::company::{DomainName, KvkNumber};
use kiem_domain::contact::EmailAddress;
use kiem_domain::country::country_code;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::names::{PersonName, company_key};
use kiem_domain::phone::PhoneNumber;
use kiem_store::company::{Company, CompanyDetails};
use kiem_store::contact::Contact;
use kiem_store::{Tx, company, contact, lead};

use super::facts::{CompanyFacts, PersonFacts, company_domain};
use super::records::{copy_to_lead, read_contact_title, score_company};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// Facts of a company as a person typed them; empty means unknown.
#[derive(Debug, Clone, Default)]
pub struct CompanyEdit {
    /// Name; needed.
    pub name: String,
    /// KvK number.
    pub kvk_number: String,
    /// Website; its domain identifies the company.
    pub website: String,
    /// Name or code.
    pub country: String,
    /// Province or region.
    pub region: String,
    /// Town.
    pub city: String,
    /// Street with house number; what is missing stays as it is.
    pub street: Option<String>,
    /// Postcode; what is missing stays as it is.
    pub postcode: Option<String>,
    /// Industry.
    pub industry: String,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Switchboard.
    pub phone: String,
    /// Code of the activity; what is missing stays as it is.
    pub sbi_code: Option<String>,
    /// Of which edition the code is: `2008`, `2025`, or anything else for unknown.
    pub sbi_version: Option<String>,
}

/// Facts of a person as somebody typed them; empty means unknown.
#[derive(Debug, Clone, Default)]
pub struct ContactEdit {
    /// First name.
    pub given_name: String,
    /// Tussenvoegsel.
    pub infix: String,
    /// Family name.
    pub family_name: String,
    /// Address.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Job title.
    pub title: String,
    /// `nl`, `en`, `de` or `fr`.
    pub language: String,
    /// IANA zone.
    pub time_zone: String,
}

/// Characters of one typed text.
const TEXT_CHARS_MAX: usize = 200;

struct Checker {
    prefix: &'static str,
    errors: Vec<FieldError>,
}

impl Checker {
    fn error(&mut self, field: &str, code: &'static str) {
        self.errors.push(FieldError::new(format!("{}{field}", self.prefix), code));
    }

    fn text(&mut self, field: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
            self.error(field, "too_long");
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn parsed<T>(
        &mut self,
        field: &str,
        text: &str,
        code: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let value = parse(text);
        if value.is_none() {
            self.error(field, code);
        }
        value
    }

    fn done<T>(self, value: T) -> Result<T> {
        if self.errors.is_empty() { Ok(value) } else { Err(EngineError::Invalid(self.errors)) }
    }
}

pub(super) fn company_facts(edit: &CompanyEdit, prefix: &'static str) -> Result<CompanyFacts> {
    let mut check = Checker { prefix, errors: Vec::new() };
    let name = check.text("name", &edit.name);
    if name.is_none() {
        check.error("name", "required");
    }
    let country = check.parsed("country", &edit.country, "country", country_code).map(str::to_owned);
    let site = check.parsed("website", &edit.website, "domain", |t| DomainName::parse(t).ok());
    if edit.employees_n.is_some_and(|n| !(0..10_000_000).contains(&n)) {
        check.error("employees_n", "range");
    }
    let facts = CompanyFacts {
        name: name.unwrap_or_default(),
        kvk_number: check
            .parsed("kvk_number", &edit.kvk_number, "kvk_number", KvkNumber::parse)
            .map(|k| k.as_str().to_owned()),
        domain: company_domain(site.as_ref()),
        website: check.text("website", &edit.website),
        region: check.text("region", &edit.region),
        city: check.text("city", &edit.city),
        industry: check.text("industry", &edit.industry),
        employees_n: edit.employees_n,
        phone: check
            .parsed("phone", &edit.phone, "phone", |t| PhoneNumber::parse(t, country.as_deref()))
            .map(|p| p.as_str().to_owned()),
        details: details(edit, country.as_deref(), &mut check),
        country,
    };
    check.done(facts)
}

fn details(edit: &CompanyEdit, country: Option<&str>, check: &mut Checker) -> CompanyDetails {
    let version = edit.sbi_version.as_deref().map(ActivityVersion::parse).unwrap_or_default();
    let code = edit.sbi_code.as_deref().unwrap_or_default();
    let code = check.parsed("sbi_code", code, "sbi_code", |text| ActivityCode::parse(text, version));
    let postcode = edit.postcode.as_deref().unwrap_or_default();
    CompanyDetails {
        street: check.text("street", edit.street.as_deref().unwrap_or_default()),
        postcode: check
            .parsed("postcode", postcode, "postcode", |t| values::postcode(t, country))
            .map(|p| p.value),
        sbi_version: code.as_ref().map(ActivityCode::version).unwrap_or_default(),
        sbi_code: code.map(|code| code.digits().to_owned()),
        ..CompanyDetails::default()
    }
}

pub(super) fn person_facts(
    edit: &ContactEdit,
    country: Option<&str>,
    prefix: &'static str,
) -> Result<PersonFacts> {
    let mut check = Checker { prefix, errors: Vec::new() };
    let given = check.text("given_name", &edit.given_name).unwrap_or_default();
    let infix = check.text("infix", &edit.infix).unwrap_or_default();
    let family = check.text("family_name", &edit.family_name).unwrap_or_default();
    let facts = PersonFacts {
        name: PersonName::from_parts(&given, &infix, &family),
        email: check.parsed("email", &edit.email, "email", |t| EmailAddress::parse(t).ok()),
        phone: check
            .parsed("phone", &edit.phone, "phone", |t| PhoneNumber::parse(t, country))
            .map(|p| p.as_str().to_owned()),
        title: check.text("title", &edit.title),
        language: check.parsed("language", &edit.language, "language", |t| {
            ["nl", "en", "de", "fr"].contains(&t).then(|| t.to_owned())
        }),
        ..PersonFacts::default()
    };
    if !facts.is_somebody() {
        check.error("family_name", "name_or_email");
    }
    check.done(facts)
}

impl Engine {
    /// Replaces the facts of a company.
    ///
    /// # Errors
    /// When the caller may not, a field is not right, or another company has the domain or KvK number
    /// (`company_exists`).
    pub async fn edit_company(&self, caller: &Caller, id: CompanyId, edit: CompanyEdit) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let facts = company_facts(&edit, "")?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut stored = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let before = stored.clone();
        stored.name_key = company_key(&facts.name);
        stored.name = facts.name;
        // A website that says nothing about the company (a free page) leaves the known domain alone.
        stored.domain = facts.domain.or(stored.domain.filter(|_| facts.website.is_some()));
        stored.kvk_number = facts.kvk_number;
        stored.country = facts.country;
        stored.region = facts.region;
        stored.city = facts.city;
        stored.industry = facts.industry;
        stored.employees_n = facts.employees_n;
        stored.website = facts.website;
        stored.phone = facts.phone;
        let known = [&stored.details.street, &stored.details.house_number];
        let known = known.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        if edit.street.is_some() && facts.details.street.as_deref().unwrap_or_default() != known {
            stored.details.street = facts.details.street;
            stored.details.house_number = None;
        }
        if edit.postcode.is_some() {
            stored.details.postcode = facts.details.postcode;
        }
        if edit.sbi_code.is_some() {
            stored.details.sbi_code = facts.details.sbi_code;
            stored.details.sbi_version = facts.details.sbi_version;
        }
        self.put_company(&mut tx, caller, &before, stored).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Writes a company whose facts were changed by hand, with all that follows from them. Returns when.
    pub(super) async fn put_company(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        before: &Company,
        mut stored: Company,
    ) -> Result<Timestamp> {
        stored.updated_at = self.now();
        let (profile, _) = self.profile_in_use(tx).await?;
        score_company(&mut stored, &profile);
        taken(company::update(tx, &stored).await, "company_exists")?;
        self.refresh_leads(tx, &stored, &profile).await?;
        self.ask_matching(tx).await?;
        self.note_company_change(tx, caller, before, &stored).await?;
        let id = Some(stored.id.0);
        self.audit(tx, caller, "company.changed", "company", id, &serde_json::json!({})).await?;
        Ok(stored.updated_at)
    }

    /// Replaces the facts of a person.
    ///
    /// # Errors
    /// When the caller may not, a field is not right, the person was erased, or somebody else has the address
    /// (`contact_exists`).
    pub async fn edit_contact(&self, caller: &Caller, id: ContactId, edit: ContactEdit) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut stored = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let firm = company::get(&mut tx, stored.company_id).await?.ok_or(EngineError::NotFound)?;
        let facts = person_facts(&edit, firm.country.as_deref(), "")?;
        let zone = edit.time_zone.trim();
        if !zone.is_empty() && jiff::tz::TimeZone::get(zone).is_err() {
            return Err(EngineError::field("time_zone", "time_zone"));
        }
        let before = stored.clone();
        let name = facts.name.unwrap_or_default();
        stored.name_key = name.key();
        (stored.given_name, stored.infix, stored.family_name) = (name.given, name.infix, name.family);
        let email = facts.email.map(|e| e.as_str().to_owned());
        if email != stored.email {
            // Somebody typed it in; that the old one was a guess says nothing about it.
            stored.email_origin = AddressOrigin::Stated;
        }
        stored.email = email;
        stored.phone = facts.phone;
        stored.title = facts.title;
        stored.language = facts.language;
        stored.time_zone = (!zone.is_empty()).then(|| zone.to_owned());
        self.put_contact(&mut tx, caller, &firm, &before, stored).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// The same for a person.
    pub(super) async fn put_contact(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        firm: &Company,
        before: &Contact,
        mut stored: Contact,
    ) -> Result<Timestamp> {
        stored.updated_at = self.now();
        read_contact_title(&mut stored, firm);
        if !taken(contact::update(tx, &stored).await, "contact_exists")? {
            return Err(EngineError::refused("person_erased"));
        }
        let (profile, _) = self.profile_in_use(tx).await?;
        if let Some(mut on_list) = lead::of_contact(tx, stored.id).await? {
            copy_to_lead(&mut on_list, firm, &stored, &profile);
            lead::update_copies(tx, [&on_list]).await?;
        }
        self.refresh_pursuits(tx, firm, &profile).await?;
        self.ask_matching_if_any(tx).await?;
        self.note_contact_change(tx, caller, before, &stored).await?;
        let id = Some(stored.id.0);
        self.audit(tx, caller, "contact.changed", "contact", id, &serde_json::json!({})).await?;
        Ok(stored.updated_at)
    }
}

/// A key that another record has is a sentence of its own, not a general conflict.
fn taken<T>(result: kiem_store::Result<T>, code: &'static str) -> Result<T> {
    match result {
        Err(kiem_store::StoreError::Duplicate(_)) => Err(EngineError::refused(code)),
        other => Ok(other?),
    }
}
