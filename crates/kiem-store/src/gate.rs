//! What the send gate looks at, read in one place for some people and for everybody.

use jiff::civil::Date;
use kiem_domain::consent::Ground;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{ContactId, LeadId};
use kiem_domain::informing::InformFacts;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

/// What the gate looks at, for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateRow {
    /// The person.
    pub contact_id: ContactId,
    /// Their place on the marketing list.
    pub lead_id: Option<LeadId>,
    /// The address.
    pub email: Option<String>,
    /// How the address came to be known.
    pub email_origin: AddressOrigin,
    /// Telephone number of the person.
    pub phone: Option<String>,
    /// Telephone number of the company.
    pub company_phone: Option<String>,
    /// Whether a letter arrives: the town of the company and its street, or its postcode and house number, are known.
    pub has_postal_address: bool,
    /// Domain of the company, which may be on the suppression list whatever the address of the person is.
    pub company_domain: Option<String>,
    /// Name of the company, which may end in its legal form.
    pub company_name: String,
    /// The company's country.
    pub country: Option<String>,
    /// Its legal form as written.
    pub legal_form: Option<String>,
    /// Who named the form.
    pub legal_form_source: Option<String>,
    /// The day on which it was so.
    pub legal_form_on: Option<Date>,
    /// Its VAT number.
    pub vat_id: Option<String>,
    /// Whether it set the non-mailing indicator.
    pub is_non_mailing: bool,
    /// Whether it is no longer in the register.
    pub is_ended: bool,
    /// The recorded ground.
    pub ground: Option<Ground>,
    /// Fit of the person, or of the company when the person is on no list.
    pub fit_score: Option<i64>,
    /// Whether the person was told that we have their data, or by when that must be done.
    pub informing: InformFacts,
    /// Whether the person was erased.
    pub is_erased: bool,
}

const SELECT: &str = "SELECT c.id, l.id AS lead_id, c.email, c.email_origin, c.erased_at, c.inform_by,
        c.informed_how, c.phone, o.phone AS company_phone, o.city,
        o.street, o.house_number, o.postcode, o.domain AS company_domain, o.name AS company_name, o.country, o.legal_form, o.legal_form_source,
        o.legal_form_on, o.vat_id, o.is_non_mailing, COALESCE(l.fit_score, o.fit_score) AS any_fit, g.basis,
        g.source AS ground_source, g.source_detail, g.obtained_on, g.evidence_url, r.is_ended
     FROM contact c
     JOIN company o ON o.workspace_id = c.workspace_id AND o.id = c.company_id
     LEFT JOIN lead l ON l.workspace_id = c.workspace_id AND l.contact_id = c.id
     LEFT JOIN ground g ON g.workspace_id = c.workspace_id AND g.id = c.ground_id
     LEFT JOIN register_reading r ON r.workspace_id = c.workspace_id AND r.company_id = c.company_id";

/// What the gate looks at for each of these people, in no order; who is not there is left out.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contacts(tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<GateRow>> {
    let mut found = Vec::new();
    let sql = format!(
        "{SELECT} WHERE c.workspace_id = $1 AND c.id IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in contacts.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    Ok(found)
}

/// The same for the people with these places on the marketing list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_leads(tx: &mut Tx, leads: &[LeadId]) -> Result<Vec<GateRow>> {
    let mut found = Vec::new();
    let sql = format!(
        "{SELECT} WHERE c.workspace_id = $1 AND c.id IN
           (SELECT p.contact_id FROM lead p WHERE p.workspace_id = $1 AND p.id IN {}) LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in leads.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    Ok(found)
}

/// The next people after `after` in the order of their ids, with what the gate looks at.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(tx: &mut Tx, after: Option<ContactId>, limit: i64) -> Result<Vec<GateRow>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql = format!("{SELECT} WHERE c.workspace_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3");
    tx.fetch_all(sql, args![after, limit]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<GateRow> {
    let has = |column: &str| row.get::<Option<String>>(column).map(|value| value.is_some());
    Ok(GateRow {
        contact_id: row.id("id")?,
        lead_id: row.opt_id("lead_id")?,
        email: row.get("email")?,
        email_origin: row.parsed("email_origin")?,
        phone: row.get("phone")?,
        company_phone: row.get("company_phone")?,
        has_postal_address: has("city")? && (has("street")? || has("postcode")? && has("house_number")?),
        company_domain: row.get("company_domain")?,
        company_name: row.get("company_name")?,
        country: row.get("country")?,
        legal_form: row.get("legal_form")?,
        legal_form_source: row.get("legal_form_source")?,
        legal_form_on: row.opt_parsed("legal_form_on")?,
        vat_id: row.get("vat_id")?,
        is_non_mailing: row.get("is_non_mailing")?,
        is_ended: row.get::<Option<bool>>("is_ended")? == Some(true),
        ground: ground_from(row)?,
        fit_score: row.get("any_fit")?,
        informing: InformFacts {
            inform_by: row.opt_parsed("inform_by")?,
            how: row.opt_parsed("informed_how")?,
        },
        is_erased: row.opt_instant("erased_at")?.is_some(),
    })
}

/// The ground in a row that joins `ground`, if there is one.
pub(crate) fn ground_from(row: &Row) -> Result<Option<Ground>> {
    let Some(basis) = row.opt_parsed("basis")? else { return Ok(None) };
    Ok(Some(Ground {
        basis,
        source: row.get("ground_source")?,
        obtained_on: row.parsed("obtained_on")?,
        proof: row.get("source_detail")?,
        evidence_url: row.get("evidence_url")?,
    }))
}
