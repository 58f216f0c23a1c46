//! What the lists show of companies and people.

use std::collections::HashMap;

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_domain::lifecycle::Lifecycle;
use kiem_domain::titles::{Department, Seniority};
use uuid::Uuid;

use super::condition::STAGE;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::lead::FIT_UNKNOWN;
use crate::row::Row;

/// A company of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// Its id.
    pub id: CompanyId,
    /// Name.
    pub name: String,
    /// Website, or else the domain.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Code of the activity.
    pub sbi_code: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// KvK number.
    pub kvk_number: Option<String>,
    /// Legal form as written.
    pub legal_form: Option<String>,
    /// Whether the company does not want mail, by its register.
    pub is_non_mailing: bool,
    /// Fit.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// Where it stands.
    pub stage: Lifecycle,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: Timestamp,
}

/// A person of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Their place on the marketing list.
    pub lead_id: LeadId,
    /// The person.
    pub contact_id: ContactId,
    /// Where they work.
    pub company_id: CompanyId,
    /// Whole name; empty when unknown or erased.
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// What the title says.
    pub seniority: Option<Seniority>,
    /// What the title says.
    pub department: Option<Department>,
    /// Address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Name of the company.
    pub company: String,
    /// Town of the company.
    pub city: Option<String>,
    /// Country of the company.
    pub country: Option<String>,
    /// Where they stand.
    pub state: LeadState,
    /// Fit.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// What the other side did, 0 to 100.
    pub warmth: i64,
    /// Whether a ground is recorded on which they may be approached.
    pub has_ground: bool,
    /// Whether the company does not want mail, by its register.
    pub is_non_mailing: bool,
    /// Whether the person was erased.
    pub is_erased: bool,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: Timestamp,
}

/// The companies of a page, in its order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn companies(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<CompanyRow>> {
    let sql = format!(
        "SELECT r.id, r.name, COALESCE(r.website, r.domain) AS website, r.phone, r.city, r.postcode, r.country, r.industry,
             r.sbi_code, r.employees_n, r.kvk_number, r.legal_form, r.is_non_mailing, r.fit_score, r.fit_known_percent,
             r.source, r.updated_at, {STAGE} AS stage
         FROM company r WHERE r.workspace_id = $1 AND r.id IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().copied())]).await? {
            let company = company(&row)?;
            found.insert(company.id.0, company);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn company(row: &Row) -> Result<CompanyRow> {
    Ok(CompanyRow {
        id: row.id("id")?,
        name: row.get("name")?,
        website: row.get("website")?,
        phone: row.get("phone")?,
        city: row.get("city")?,
        postcode: row.get("postcode")?,
        country: row.get("country")?,
        industry: row.get("industry")?,
        sbi_code: row.get("sbi_code")?,
        employees_n: row.get("employees_n")?,
        kvk_number: row.get("kvk_number")?,
        legal_form: row.get("legal_form")?,
        is_non_mailing: row.get("is_non_mailing")?,
        fit_score: row.get("fit_score")?,
        fit_known_percent: row.get("fit_known_percent")?,
        stage: row.parsed("stage")?,
        source: row.get("source")?,
        updated_at: row.instant("updated_at")?,
    })
}

/// The people of a page, in its order; `ids` are their places on the marketing list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<PersonRow>> {
    let sql = format!(
        "SELECT l.id, l.contact_id, l.company_id, l.state, l.fit_score, l.fit_known_percent, l.warmth, k.given_name, k.infix,
             k.family_name, k.title, k.seniority, k.department, k.email, k.phone, k.source, k.updated_at, k.erased_at,
             CASE WHEN k.ground_id IS NULL THEN FALSE ELSE TRUE END AS has_ground,
             o.name AS company, o.city, o.country, o.is_non_mailing
         FROM lead l JOIN contact k ON k.workspace_id = $1 AND k.id = l.contact_id
         JOIN company o ON o.workspace_id = $1 AND o.id = l.company_id
         WHERE l.workspace_id = $1 AND l.id IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().copied())]).await? {
            let person = person(&row)?;
            found.insert(person.lead_id.0, person);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn person(row: &Row) -> Result<PersonRow> {
    let parts: [Option<String>; 3] = [row.get("given_name")?, row.get("infix")?, row.get("family_name")?];
    let fit: i64 = row.get("fit_score")?;
    Ok(PersonRow {
        lead_id: row.id("id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        name: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        title: row.get("title")?,
        seniority: row.opt_parsed("seniority")?,
        department: row.opt_parsed("department")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        company: row.get("company")?,
        city: row.get("city")?,
        country: row.get("country")?,
        state: row.parsed("state")?,
        fit_score: (fit != FIT_UNKNOWN).then_some(fit),
        fit_known_percent: row.get("fit_known_percent")?,
        warmth: row.get("warmth")?,
        has_ground: row.get("has_ground")?,
        is_non_mailing: row.get("is_non_mailing")?,
        is_erased: row.opt_instant("erased_at")?.is_some(),
        source: row.get("source")?,
        updated_at: row.instant("updated_at")?,
    })
}
