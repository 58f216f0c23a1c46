//! People at companies, and on what ground each may be approached.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId, ImportId, WorkspaceId};
use kiem_domain::titles::{Department, Seniority};

use crate::args;
use crate::batch::Batch;
use crate::connection::Tx;
use crate::error::Result;
use crate::ground;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::listing::terms;
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
    /// The last day on which they may be told that we have their data; missing when they gave it themselves. Only written
    /// with a new person; [`crate::informing`] changes it.
    pub inform_by: Option<Date>,
}

impl Contact {
    /// The whole name as it is written; empty when no name is known.
    pub fn full_name(&self) -> String {
        let parts = [&self.given_name, &self.infix, &self.family_name];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

const COLUMNS: &str =
    "id, company_id, given_name, infix, family_name, name_key, email, phone, title, seniority, department,
    language, time_zone, source, created_at, updated_at, erased_at, linkedin_url, email_origin, inform_by";

/// People to add, made ready for the database.
#[derive(Debug)]
pub struct NewContacts {
    rows: Batch,
    /// Where they work.
    companies: Vec<CompanyId>,
}

impl NewContacts {
    /// Makes people ready, on the ground of the list that they come in with, or on none; whether they are new is decided before,
    /// in the same transaction. Companies that come in with them are `new`: they are asked for anyway.
    pub fn of<'a>(
        workspace: WorkspaceId,
        contacts: impl IntoIterator<Item = &'a Contact>,
        list: Option<ImportId>,
        new: &HashSet<CompanyId>,
    ) -> NewContacts {
        let (mut rows, mut companies) = (Vec::new(), Vec::new());
        for person in contacts {
            if !new.contains(&person.company_id) {
                companies.push(person.company_id);
            }
            let mut row = values(person);
            row.push(Value::from(list));
            rows.push(row);
        }
        let columns = format!("{COLUMNS}, ground_id");
        NewContacts { rows: Batch::of(workspace, "contact", &columns, rows), companies }
    }

    /// Adds them.
    ///
    /// # Errors
    /// [`crate::StoreError::Duplicate`] when somebody has an address.
    pub async fn insert(self, tx: &mut Tx) -> Result<()> {
        self.rows.insert(tx, "").await?;
        terms::ask(tx, &self.companies).await
    }
}

/// Adds people; see [`NewContacts`].
///
/// # Errors
/// As [`NewContacts::insert`].
pub async fn insert_many<'a>(
    tx: &mut Tx,
    contacts: impl IntoIterator<Item = &'a Contact>,
    list: Option<ImportId>,
) -> Result<()> {
    NewContacts::of(tx.workspace(), contacts, list, &HashSet::new()).insert(tx).await
}

/// Writes all facts of people who are there, many at once; of who is erased nothing is written.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when somebody else has an address.
pub async fn update_many<'a>(tx: &mut Tx, contacts: impl IntoIterator<Item = &'a Contact>) -> Result<()> {
    let kept = ["id", "company_id", "source", "created_at", "erased_at", "inform_by"];
    let written = COLUMNS.split(',').map(str::trim).filter(|column| !kept.contains(column));
    let written: Vec<String> = written.map(|column| format!("{column} = excluded.{column}")).collect();
    let tail = format!(
        "ON CONFLICT (workspace_id, id) DO UPDATE SET {} WHERE contact.erased_at IS NULL",
        written.join(", ")
    );
    let (mut rows, mut companies) = (Vec::new(), Vec::new());
    for person in contacts {
        companies.push(person.company_id);
        rows.push(values(person));
    }
    Batch::of(tx.workspace(), "contact", COLUMNS, rows).insert(tx, &tail).await?;
    terms::ask(tx, &companies).await
}

fn values(c: &Contact) -> Vec<Value> {
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
        c.inform_by,
    ]
}

/// One person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// A person's title, and what it was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitledPerson {
    /// Who.
    pub id: ContactId,
    /// The title as written.
    pub title: String,
    /// How senior; missing when it does not say.
    pub seniority: Option<Seniority>,
    /// In which department; missing when it does not say.
    pub department: Option<Department>,
}

/// The next people with a title after `after` in the order of their ids.
///
/// # Errors
/// Whatever the database refuses.
pub async fn titled(tx: &mut Tx, after: Option<ContactId>, limit: i64) -> Result<Vec<TitledPerson>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql = "SELECT id, title, seniority, department FROM contact
        WHERE workspace_id = $1 AND id > $2 AND title IS NOT NULL ORDER BY id LIMIT $3";
    let read = |row: &Row| {
        Ok(TitledPerson {
            id: row.id("id")?,
            title: row.get("title")?,
            seniority: row.opt_parsed("seniority")?,
            department: row.opt_parsed("department")?,
        })
    };
    tx.fetch_all(sql, args![after, limit]).await?.iter().map(read).collect()
}

/// Writes what titles say, for as long as they are what was read. Returns of how many people.
///
/// # Errors
/// Whatever the database refuses.
pub async fn write_titles(tx: &mut Tx, people: &[TitledPerson]) -> Result<u64> {
    let row = |person: &TitledPerson| {
        let (seniority, department) = (person.seniority.map(Seniority::as_str), person.department);
        args![person.id, person.title.as_str(), seniority, department.map(Department::as_str)]
    };
    tx.update_many(
        "contact",
        "id, title, seniority, department",
        people.iter().map(row).collect(),
        "seniority = v.seniority, department = v.department",
        "AND contact.title = v.title",
    )
    .await
}

/// By what a person is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactKeys {
    /// Who.
    pub id: ContactId,
    /// Where they work.
    pub company_id: CompanyId,
    /// Their address.
    pub email: Option<String>,
    /// Folded name; empty when no name is known.
    pub name_key: String,
}

/// By what the next people after `after` in the order of their ids are found.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keys(tx: &mut Tx, after: Option<ContactId>, limit: i64) -> Result<Vec<ContactKeys>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql = "SELECT id, company_id, email, name_key FROM contact
        WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    let rows = tx.fetch_all(sql, args![after, limit]).await?;
    let read = |row: &Row| {
        Ok(ContactKeys {
            id: row.id("id")?,
            company_id: row.id("company_id")?,
            email: row.get("email")?,
            name_key: row.get("name_key")?,
        })
    };
    rows.iter().map(read).collect()
}

/// People by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_ids(tx: &mut Tx, ids: &[ContactId]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND id IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in ids.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    Ok(found)
}

/// People who have one of the addresses.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_emails(tx: &mut Tx, emails: &[String]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND email IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Text, 2)
    );
    for chunk in emails.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::texts(chunk)]).await? {
            found.push(from_row(&row)?);
        }
    }
    // Sorted here, as for companies: an order in the query would make SQLite read the whole workspace.
    found.sort_by_key(|person| person.id);
    Ok(found)
}

/// People at one of the companies who have one of the folded names.
///
/// # Errors
/// Whatever the database refuses.
pub async fn named_at(tx: &mut Tx, companies: &[CompanyId], name_keys: &[String]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    let names = keys::texts(name_keys);
    let sql = format!(
        "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND company_id IN {} AND name_key IN {} LIMIT 10000",
        among(tx.conn(), KeyKind::Id, 2),
        among(tx.conn(), KeyKind::Text, 3)
    );
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let list = keys::ids(chunk.iter().map(|id| id.0));
        for row in tx.fetch_all(sql.clone(), vec![list, names.clone()]).await? {
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

/// People of these companies, of each company that has more than one, in the order of their ids; nobody who is erased.
///
/// # Errors
/// Whatever the database refuses.
pub async fn colleagues(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<Contact>> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    // Most have one, and the index says so.
    let several = format!(
        "SELECT company_id FROM contact WHERE workspace_id = $1 AND company_id IN {them}
         GROUP BY company_id HAVING COUNT(*) > 1"
    );
    let sql = format!(
        "SELECT {COLUMNS} FROM contact WHERE workspace_id = $1 AND company_id IN {them} AND erased_at IS NULL"
    );
    let mut found = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let rows = tx.fetch_all(several.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await?;
        let of = rows.iter().map(|row| row.get("company_id")).collect::<Result<Vec<uuid::Uuid>>>()?;
        if of.is_empty() {
            continue;
        }
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(of)]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|person: &Contact| (person.company_id, person.id));
    Ok(found)
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
    terms::ask(tx, &[c.company_id]).await?;
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
                 source = '', linkedin_url = NULL, email_origin = 'stated', updated_at = $3, erased_at = $3,
                 inform_by = NULL, informed_at = NULL, informed_how = NULL, informed_note = NULL
             WHERE workspace_id = $1 AND id = $2 AND erased_at IS NULL",
            args![id, now],
        )
        .await?;
    ground::remove(tx, id).await?;
    terms::remove_of_person(tx, id).await?;
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
        inform_by: row.opt_parsed("inform_by")?,
    })
}
