//! The terms under which companies and people are found. They follow a change after a moment: who brings in a list does not
//! wait for them.

use std::collections::BTreeMap;

use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::listing::{Person, company_terms, person_terms};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::value::Value;

/// Asks for the terms of the people of companies, which are new or changed. Who waits to be matched is not asked for again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn ask(tx: &mut Tx, companies: &[CompanyId]) -> Result<()> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    let sql = format!(
        "INSERT INTO terms_to_write (workspace_id, company_id)
         SELECT DISTINCT c.workspace_id, c.id FROM company c WHERE c.workspace_id = $1 AND c.id IN {them}
           AND NOT EXISTS (SELECT 1 FROM company_to_match m WHERE m.workspace_id = c.workspace_id AND m.company_id = c.id)
         ON CONFLICT (workspace_id, company_id) DO NOTHING"
    );
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        tx.execute(sql.clone(), vec![list_of(chunk)]).await?;
    }
    Ok(())
}

/// Companies whose terms are asked for, the oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting(tx: &mut Tx, limit: i64) -> Result<Vec<CompanyId>> {
    let sql = "SELECT company_id FROM terms_to_write WHERE workspace_id = $1 ORDER BY company_id LIMIT $2";
    tx.fetch_all(sql, args![limit]).await?.iter().map(|row| row.id("company_id")).collect()
}

/// Whether any are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waits(tx: &mut Tx) -> Result<bool> {
    Ok(!waiting(tx, 1).await?.is_empty())
}

/// Writes the terms of companies and of their people as they are now, and no others.
///
/// # Errors
/// Whatever the database refuses; [`crate::StoreError::MissingReference`] when one of them went meanwhile.
pub async fn write(tx: &mut Tx, companies: &[CompanyId]) -> Result<()> {
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let (them, list) = (among(tx.conn(), KeyKind::Id, 2), list_of(chunk));
        for sql in [
            format!("DELETE FROM company_term WHERE workspace_id = $1 AND company_id IN {them}"),
            format!(
                "DELETE FROM contact_term WHERE workspace_id = $1 AND contact_id IN
                     (SELECT k.id FROM contact k WHERE k.workspace_id = $1 AND k.company_id IN {them})"
            ),
            format!("DELETE FROM terms_to_write WHERE workspace_id = $1 AND company_id IN {them}"),
        ] {
            tx.execute(sql, vec![list.clone()]).await?;
        }
        let of_companies = of_companies(tx, &them, &list).await?;
        tx.insert_many("INSERT INTO company_term (workspace_id, term, company_id)", of_companies, "").await?;
        let of_people = of_people(tx, &them, &list).await?;
        tx.insert_many("INSERT INTO contact_term (workspace_id, term, contact_id)", of_people, "").await?;
    }
    Ok(())
}

/// Term and id, in the order of the terms: neighbours are written together.
fn rows(terms: BTreeMap<(String, uuid::Uuid), ()>) -> Vec<Vec<Value>> {
    terms.into_keys().map(|(term, id)| args![term, id]).collect()
}

async fn of_companies(tx: &mut Tx, them: &str, list: &Value) -> Result<Vec<Vec<Value>>> {
    let sql = format!(
        "SELECT id, name, domain, city, postcode, kvk_number, sbi_code FROM company
         WHERE workspace_id = $1 AND id IN {them} LIMIT {KEYS_PER_QUERY}"
    );
    let mut terms = BTreeMap::new();
    for row in tx.fetch_all(sql, vec![list.clone()]).await? {
        let id: uuid::Uuid = row.get("id")?;
        let text = |column: &str| row.get::<Option<String>>(column);
        let (domain, town, postcode) = (text("domain")?, text("city")?, text("postcode")?);
        let (kvk_number, sbi_code) = (text("kvk_number")?, text("sbi_code")?);
        let found = company_terms(
            &row.get::<String>("name")?,
            domain.as_deref(),
            town.as_deref(),
            postcode.as_deref(),
            kvk_number.as_deref(),
            sbi_code.as_deref(),
        );
        terms.extend(found.into_iter().map(|term| ((term, id), ())));
    }
    Ok(rows(terms))
}

async fn of_people(tx: &mut Tx, them: &str, list: &Value) -> Result<Vec<Vec<Value>>> {
    // Who went up in another is found by what they were.
    let sql = format!(
        "SELECT id, name_key, email, title FROM contact
         WHERE workspace_id = $1 AND company_id IN {them} AND erased_at IS NULL
         UNION ALL
         SELECT c.id, a.name_key, a.email, NULL FROM contact c
         JOIN contact_alias a ON a.workspace_id = c.workspace_id AND a.contact_id = c.id
         WHERE c.workspace_id = $1 AND c.company_id IN {them} AND c.erased_at IS NULL"
    );
    let mut terms = BTreeMap::new();
    for row in tx.fetch_all(sql, vec![list.clone()]).await? {
        let id: uuid::Uuid = row.get("id")?;
        let name_key: String = row.get("name_key")?;
        let (email, title): (Option<String>, Option<String>) = (row.get("email")?, row.get("title")?);
        let person = Person { name_key: &name_key, email: email.as_deref(), title: title.as_deref() };
        let found = person_terms(person);
        terms.extend(found.into_iter().map(|term| ((term, id), ())));
    }
    Ok(rows(terms))
}

/// Removes the terms of a person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_of_person(tx: &mut Tx, person: ContactId) -> Result<()> {
    tx.execute("DELETE FROM contact_term WHERE workspace_id = $1 AND contact_id = $2", args![person]).await?;
    Ok(())
}

fn list_of(companies: &[CompanyId]) -> Value {
    keys::ids(companies.iter().map(|id| id.0))
}
