//! People at companies, and on what ground each may be approached.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::consent::Basis;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId, UserId};
use kiem_domain::titles::{Department, Seniority};

use crate::args;
use crate::company::{KEYS_PER_QUERY, marks};
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::value::Value;

/// A person at a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The person's id.
    pub id: ContactId,
    /// Where they work.
    pub company_id: CompanyId,
    /// First name or initials.
    pub given_name: Option<String>,
    /// Tussenvoegsel.
    pub infix: Option<String>,
    /// Family name without the infix.
    pub family_name: Option<String>,
    /// Folded whole name, for matching.
    pub name_key: String,
    /// Address in lower case; at most one person has it.
    pub email: Option<String>,
    /// How the address came to be known.
    pub email_origin: AddressOrigin,
    /// Telephone, E.164.
    pub phone: Option<String>,
    /// Job title as written.
    pub title: Option<String>,
    /// What the title was read as.
    pub seniority: Option<Seniority>,
    /// What the title was read as.
    pub department: Option<Department>,
    /// Page on LinkedIn.
    pub linkedin_url: Option<String>,
    /// Language to write in.
    pub language: Option<String>,
    /// IANA zone, when it differs from the workspace's.
    pub time_zone: Option<String>,
    /// Where the record came from, in words.
    pub source: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a fact last changed.
    pub updated_at: Timestamp,
    /// When the person's data were erased.
    pub erased_at: Option<Timestamp>,
}

impl Contact {
    /// The whole name as it is written; empty when no name is known.
    pub fn full_name(&self) -> String {
        let parts = [&self.given_name, &self.infix, &self.family_name];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Why one person may be approached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactGround {
    /// The person.
    pub contact_id: ContactId,
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof in words: the sentence that designates the address, contract, date of the conversation.
    pub source_detail: String,
    /// The page on which the proof stands.
    pub evidence_url: Option<String>,
    /// Day on which data or consent was obtained.
    pub obtained_on: Date,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

const COLUMNS: &str =
    "id, company_id, given_name, infix, family_name, name_key, email, phone, title, seniority, department,
    language, time_zone, source, created_at, updated_at, erased_at, linkedin_url, email_origin";

/// Adds people; whether they are new was decided before, in the same transaction.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when somebody has the address.
pub async fn insert_many(tx: &mut Tx, contacts: &[Contact]) -> Result<u64> {
    let rows = contacts
        .iter()
        .map(|c| {
            args![
                c.id,
                c.company_id,
                c.given_name.as_deref(),
                c.infix.as_deref(),
                c.family_name.as_deref(),
                c.name_key.as_str(),
                c.email.as_deref(),
                c.phone.as_deref(),
                c.title.as_deref(),
                c.seniority.map(Seniority::as_str),
                c.department.map(Department::as_str),
                c.language.as_deref(),
                c.time_zone.as_deref(),
                c.source.as_str(),
                c.created_at,
                c.updated_at,
                c.erased_at,
                c.linkedin_url.as_deref(),
                c.email_origin.as_str(),
            ]
        })
        .collect();
    tx.insert_many(&format!("INSERT INTO contact (workspace_id, {COLUMNS})"), rows, "").await
}

/// One person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// People who have one of the addresses.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_emails(tx: &mut Tx, emails: &[String]) -> Result<Vec<Contact>> {
    let values: Vec<Value> = emails.iter().map(|e| Value::from(e.as_str())).collect();
    listed(tx, "email", &values).await
}

/// People at one of the companies who have one of the folded names.
///
/// # Errors
/// Whatever the database refuses.
pub async fn named_at(tx: &mut Tx, companies: &[CompanyId], name_keys: &[String]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    for companies in companies.chunks(KEYS_PER_QUERY) {
        for names in name_keys.chunks(KEYS_PER_QUERY) {
            let values: Vec<Value> = companies
                .iter()
                .map(|id| Value::from(*id))
                .chain(names.iter().map(|name| Value::from(name.as_str())))
                .collect();
            let name_marks: Vec<String> =
                (0..names.len()).map(|i| format!("${}", companies.len() + i + 2)).collect();
            let sql = format!(
                "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND company_id IN ({}) AND name_key IN ({})
                 LIMIT 5000",
                marks(companies.len()),
                name_marks.join(", ")
            );
            for row in tx.fetch_all(sql, values).await? {
                found.push(from_row(&row)?);
            }
        }
    }
    // Sorted here, as for companies: an order in the query would make SQLite read the whole workspace.
    found.sort_by_key(|person| person.id);
    Ok(found)
}

async fn listed(tx: &mut Tx, column: &str, values: &[Value]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    for chunk in values.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND {column} IN ({}) LIMIT 2000",
            marks(chunk.len())
        );
        for row in tx.fetch_all(sql, chunk.to_vec()).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|person| person.id);
    Ok(found)
}

/// People of a company, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_company(tx: &mut Tx, company: CompanyId, limit: i64) -> Result<Vec<Contact>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND company_id = $2 ORDER BY id LIMIT $3"
    );
    tx.fetch_all(sql, args![company, limit]).await?.iter().map(from_row).collect()
}

/// Writes all facts of a person. False when they are not there or erased.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when somebody else has the address.
pub async fn update(tx: &mut Tx, c: &Contact) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE contact SET given_name = $3, infix = $4, family_name = $5, name_key = $6, email = $7, phone = $8,
                 title = $9, seniority = $10, department = $11, language = $12, time_zone = $13, updated_at = $14,
                 linkedin_url = $15, email_origin = $16
             WHERE workspace_id = $1 AND id = $2 AND erased_at IS NULL",
            args![
                c.id, c.given_name.as_deref(), c.infix.as_deref(), c.family_name.as_deref(), c.name_key.as_str(),
                c.email.as_deref(), c.phone.as_deref(), c.title.as_deref(), c.seniority.map(Seniority::as_str),
                c.department.map(Department::as_str), c.language.as_deref(), c.time_zone.as_deref(), c.updated_at,
                c.linkedin_url.as_deref(), c.email_origin.as_str(),
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Removes everything that says who the person is; the row stays, so that what happened keeps its place. Also removes
/// the recorded ground. False when they are not there or already erased.
///
/// # Errors
/// Whatever the database refuses.
pub async fn erase(tx: &mut Tx, id: ContactId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE contact SET given_name = NULL, infix = NULL, family_name = NULL, name_key = '', email = NULL,
                 phone = NULL, title = NULL, seniority = NULL, department = NULL, language = NULL, time_zone = NULL,
                 source = '', linkedin_url = NULL, email_origin = 'stated', updated_at = $3, erased_at = $3
             WHERE workspace_id = $1 AND id = $2 AND erased_at IS NULL",
            args![id, now],
        )
        .await?;
    tx.execute("DELETE FROM contact_ground WHERE workspace_id = $1 AND contact_id = $2", args![id]).await?;
    Ok(n > 0)
}

/// Who of some people has no recorded ground.
///
/// # Errors
/// Whatever the database refuses.
pub async fn without_ground(tx: &mut Tx, people: &[ContactId]) -> Result<Vec<ContactId>> {
    let mut having = std::collections::HashSet::new();
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT contact_id FROM contact_ground WHERE workspace_id = $1 AND contact_id IN ({}) LIMIT 1000",
            marks(chunk.len())
        );
        let values = chunk.iter().map(|id| Value::from(*id)).collect();
        for row in tx.fetch_all(sql, values).await? {
            having.insert(row.id::<ContactId>("contact_id")?);
        }
    }
    Ok(people.iter().copied().filter(|id| !having.contains(id)).collect())
}

/// Records grounds for people who have none; a ground that was recorded before stays.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_grounds(tx: &mut Tx, grounds: &[ContactGround]) -> Result<u64> {
    tx.insert_many(
        GROUND_HEAD,
        grounds.iter().map(ground_values).collect(),
        "ON CONFLICT (workspace_id, contact_id) DO NOTHING",
    )
    .await
}

const GROUND_HEAD: &str =
    "INSERT INTO contact_ground (workspace_id, contact_id, basis, source, source_detail, obtained_on,
    recorded_by, recorded_at, evidence_url)";

fn ground_values(g: &ContactGround) -> Vec<Value> {
    args![
        g.contact_id,
        g.basis.as_str(),
        g.source.as_str(),
        g.source_detail.as_str(),
        g.obtained_on,
        g.recorded_by,
        g.recorded_at,
        g.evidence_url.as_deref()
    ]
}

/// Records or replaces the ground of one person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_ground(tx: &mut Tx, ground: &ContactGround) -> Result<()> {
    tx.insert_many(
        GROUND_HEAD,
        vec![ground_values(ground)],
        "ON CONFLICT (workspace_id, contact_id) DO UPDATE SET basis = excluded.basis, source = excluded.source,
             source_detail = excluded.source_detail, obtained_on = excluded.obtained_on,
             recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at,
             evidence_url = excluded.evidence_url",
    )
    .await?;
    Ok(())
}

/// The recorded ground of one person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn ground(tx: &mut Tx, contact: ContactId) -> Result<Option<ContactGround>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM contact_ground WHERE workspace_id = $1 AND contact_id = $2",
            args![contact],
        )
        .await?;
    row.map(|row| {
        Ok(ContactGround {
            contact_id: contact,
            basis: row.parsed("basis")?,
            source: row.get("source")?,
            source_detail: row.get("source_detail")?,
            obtained_on: row.parsed("obtained_on")?,
            recorded_by: row.id("recorded_by")?,
            recorded_at: row.instant("recorded_at")?,
            evidence_url: row.get("evidence_url")?,
        })
    })
    .transpose()
}

/// Withdraws the ground of one person. Returns whether there was one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_ground(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    let n = tx
        .execute("DELETE FROM contact_ground WHERE workspace_id = $1 AND contact_id = $2", args![contact])
        .await?;
    Ok(n > 0)
}

fn from_row(row: &Row) -> Result<Contact> {
    Ok(Contact {
        id: row.id("id")?,
        company_id: row.id("company_id")?,
        given_name: row.get("given_name")?,
        infix: row.get("infix")?,
        family_name: row.get("family_name")?,
        name_key: row.get("name_key")?,
        email: row.get("email")?,
        email_origin: row.parsed("email_origin")?,
        phone: row.get("phone")?,
        title: row.get("title")?,
        seniority: row.opt_parsed("seniority")?,
        department: row.opt_parsed("department")?,
        linkedin_url: row.get("linkedin_url")?,
        language: row.get("language")?,
        time_zone: row.get("time_zone")?,
        source: row.get("source")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
        erased_at: row.opt_instant("erased_at")?,
    })
}
