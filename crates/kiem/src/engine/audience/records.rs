//! Building the stored records from facts: keys, copies for the lists, fit. One place, so that a record made by hand, by an
//! import or by an edit is the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::audience::{Fit, FitFacts, FitScope, IdealProfile, fit};
use kiem_domain::id::{CompanyId, ContactId, ImportId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_domain::names::{PersonName, company_key, fold};
use kiem_domain::titles::read_title;
use kiem_store::company::{Company, CompanyDetails};
use kiem_store::contact::Contact;
use kiem_store::lead::Lead;

use super::facts::{CompanyFacts, PersonFacts};
use super::profile_form::reasons_json;

/// A new company from facts.
pub fn new_company(id: CompanyId, facts: &CompanyFacts, source: &str, now: Timestamp) -> Company {
    Company {
        id,
        name: facts.name.clone(),
        name_key: company_key(&facts.name),
        domain: facts.domain.clone(),
        kvk_number: facts.kvk_number.clone(),
        country: facts.country.clone(),
        region: facts.region.clone(),
        city: facts.city.clone(),
        industry: facts.industry.clone(),
        employees_n: facts.employees_n,
        website: facts.website.clone(),
        phone: facts.phone.clone(),
        details: sourced(&facts.details, source, now),
        fit_score: None,
        fit_known_percent: 0,
        fit_reasons: "[]".to_owned(),
        source: source.to_owned(),
        import_id: None,
        created_at: now,
        updated_at: now,
    }
}

/// Details with where their legal form is from: what a list says is so on the day it comes in.
pub(super) fn sourced(details: &CompanyDetails, source: &str, now: Timestamp) -> CompanyDetails {
    let is_known = details.legal_form.is_some();
    CompanyDetails {
        legal_form_source: is_known.then(|| source.to_owned()),
        legal_form_on: is_known.then(|| now.to_zoned_datetime(TimeZone::UTC).date()),
        ..details.clone()
    }
}

/// A new person from facts.
pub fn new_contact(
    id: ContactId,
    company: &Company,
    facts: &PersonFacts,
    source: &str,
    now: Timestamp,
) -> Contact {
    let name = facts.name.clone().unwrap_or_default();
    let mut contact = Contact {
        id,
        company_id: company.id,
        name_key: name.key(),
        given_name: name.given,
        infix: name.infix,
        family_name: name.family,
        email: facts.email.as_ref().map(|e| e.as_str().to_owned()),
        email_origin: facts.email_origin,
        phone: facts.phone.clone(),
        title: facts.title.clone(),
        seniority: None,
        department: None,
        linkedin_url: facts.linkedin_url.clone(),
        language: facts.language.clone(),
        time_zone: None,
        source: source.to_owned(),
        created_at: now,
        updated_at: now,
        erased_at: None,
        inform_by: None,
    };
    read_contact_title(&mut contact, company);
    contact
}

/// Reads the person's title into seniority and department; what it does not say is stored as missing.
pub fn read_contact_title(contact: &mut Contact, company: &Company) {
    let reading = read_title(contact.title.as_deref().unwrap_or_default(), employees(company));
    contact.seniority = reading.seniority.known();
    contact.department = reading.department.known();
}

fn employees(company: &Company) -> Option<u32> {
    company.employees_n.and_then(|n| u32::try_from(n).ok())
}

/// A new place in the marketing list; its copies are filled in by [`copy_to_lead`].
pub fn new_lead(id: LeadId, contact: &Contact, import: Option<ImportId>, now: Timestamp) -> Lead {
    Lead {
        id,
        contact_id: contact.id,
        company_id: contact.company_id,
        state: LeadState::New,
        paused_until: None,
        approached_at: None,
        touched_at: None,
        engaged_at: None,
        warmth: 0,
        cycle: 0,
        needs_look: false,
        sort_name: String::new(),
        sort_company: String::new(),
        country: None,
        industry: None,
        fit_score: None,
        fit_known_percent: 0,
        import_id: import,
        created_at: now,
    }
}

/// Fills in what the list copies from company and person: sort keys, country, industry, fit.
pub fn copy_to_lead(lead: &mut Lead, company: &Company, contact: &Contact, profile: &IdealProfile) {
    let fit = person_fit(company, contact, profile);
    lead.fit_score = fit.score.map(i64::from);
    lead.fit_known_percent = i64::from(fit.known_percent);
    lead.country = company.country.clone();
    lead.industry = company.industry.clone();
    if contact.erased_at.is_some() {
        lead.sort_name = String::new();
        lead.sort_company = company.name_key.clone();
        return;
    }
    let name = person_name(contact);
    // Without a name the address sorts, so that the list has no block of blanks.
    lead.sort_name =
        if contact.name_key.is_empty() { contact.email.clone().unwrap_or_default() } else { name.sort_key() };
    lead.sort_company = fold(&company.name);
}

/// Whether the leads of a company are the same for both: what [`copy_to_lead`] takes from a company did not change.
pub(super) fn shows_alike(before: &Company, after: &Company) -> bool {
    before.name == after.name && facts_of(before) == facts_of(after)
}

/// The name of a stored person in its parts.
pub fn person_name(contact: &Contact) -> PersonName {
    PersonName {
        given: contact.given_name.clone(),
        infix: contact.infix.clone(),
        family: contact.family_name.clone(),
    }
}

/// How well the company alone fits.
pub fn company_fit(company: &Company, profile: &IdealProfile) -> Fit {
    fit(profile, &facts_of(company), FitScope::Company)
}

/// How well company and person fit.
pub fn person_fit(company: &Company, contact: &Contact, profile: &IdealProfile) -> Fit {
    let facts =
        FitFacts { title: contact.title.as_deref(), seniority: contact.seniority, ..facts_of(company) };
    fit(profile, &facts, FitScope::Person)
}

fn facts_of(company: &Company) -> FitFacts<'_> {
    let details = &company.details;
    FitFacts {
        name: Some(&company.name),
        industry: company.industry.as_deref(),
        activity: details.sbi_code.as_deref().map(|code| (code, details.sbi_version)),
        employees_n: employees(company),
        revenue_cents: details.revenue_cents,
        revenue_currency: details.revenue_currency.as_deref(),
        country: company.country.as_deref(),
        region: company.region.as_deref(),
        city: company.city.as_deref(),
        postcode: details.postcode.as_deref(),
        legal_form: details.legal_form.as_deref(),
        technologies: details.site_technologies.as_deref(),
        site_words: details.site_words.as_deref(),
        title: None,
        seniority: None,
    }
}

/// Writes the fit into the company's record. Returns whether it changed.
pub fn score_company(company: &mut Company, profile: &IdealProfile) -> bool {
    let fit = company_fit(company, profile);
    let before = (company.fit_score, company.fit_known_percent, std::mem::take(&mut company.fit_reasons));
    company.fit_score = fit.score.map(i64::from);
    company.fit_known_percent = i64::from(fit.known_percent);
    company.fit_reasons = reasons_json(&fit);
    before != (company.fit_score, company.fit_known_percent, company.fit_reasons.clone())
}
