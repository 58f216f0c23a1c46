//! Everything that is held about one person (GDPR article 15), as it stands in the tables. What erasing a person wipes is
//! found here; a test holds the two against each other.

use jiff::Timestamp;
use kiem_domain::id::ContactId;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::value::Value;

/// Rows of one table that are read at most: no person has more, and an answer must end.
const ROWS_MAX: i64 = 5_000;

/// Under what the person is known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The person; none when only an address is known.
    pub contact: Option<ContactId>,
    /// Address.
    pub email: Option<&'a str>,
    /// Full name; a single word is too common to be searched for.
    pub full_name: Option<&'a str>,
}

/// What one table holds about the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Table.
    pub table: &'static str,
    /// Its rows, by column.
    pub rows: Vec<Map<String, Json>>,
}

/// Tables with the person's own rows; `$2` is the contact.
const OWN: &[(&str, &str)] = &[
    ("contact", "r.id = $2"),
    ("ground", "r.id IN (SELECT c.ground_id FROM contact c WHERE c.workspace_id = $1 AND c.id = $2)"),
    ("lead", "r.contact_id = $2"),
    (
        "lead_override",
        "r.lead_id IN (SELECT l.id FROM lead l WHERE l.workspace_id = $1 AND l.contact_id = $2)",
    ),
    ("enrolment", "r.contact_id = $2"),
    ("message", "r.contact_id = $2"),
    (
        "sandbox_mail",
        "r.message_id IN (SELECT m.message_id FROM message m WHERE m.workspace_id = $1 AND m.contact_id = $2)",
    ),
    ("link", "r.contact_id = $2"),
    ("inbound", "r.contact_id = $2"),
    ("engagement", "r.contact_id = $2"),
    ("web_session", "r.contact_id = $2"),
    (
        "page_view",
        "r.session_id IN (SELECT s.id FROM web_session s WHERE s.workspace_id = $1 AND s.contact_id = $2)",
    ),
    ("promotion", "r.contact_id = $2"),
    ("booking", "r.contact_id = $2"),
    ("quote_request", "r.contact_id = $2"),
    ("prospect", "r.contact_id = $2"),
    ("prospect_contact", "r.contact_id = $2"),
    (
        "finding",
        "r.prospect_id IN (SELECT p.id FROM prospect p WHERE p.workspace_id = $1 AND p.contact_id = $2)",
    ),
    (
        "note",
        "r.prospect_id IN (SELECT p.id FROM prospect p WHERE p.workspace_id = $1 AND p.contact_id = $2)",
    ),
    (
        "opportunity",
        "r.prospect_id IN (SELECT p.id FROM prospect p WHERE p.workspace_id = $1 AND p.contact_id = $2)",
    ),
    ("quote", "r.contact_id = $2"),
    (
        "quote_line",
        "r.quote_id IN (SELECT q.id FROM quote q WHERE q.workspace_id = $1 AND q.contact_id = $2)",
    ),
    ("task", "r.contact_id = $2"),
    ("event", "r.contact_id = $2"),
    ("import_change", "r.subject_kind = 'contact' AND r.subject_id = $2"),
    ("merge_piece", "r.contact_id = $2"),
    ("contact_alias", "r.contact_id = $2"),
    ("contact_pair", "(r.first_contact_id = $2 OR r.second_contact_id = $2)"),
    ("privacy_request", "r.contact_id = $2"),
];

/// Tables with rows under an address that nobody tied to a person yet; `$2` is the address.
const BY_ADDRESS: &[(&str, &str)] = &[
    ("inbound", "r.from_address = $2"),
    ("booking", "r.guest_email = $2"),
    ("quote_request", "r.email = $2"),
    ("sandbox_mail", "r.address = $2"),
    ("privacy_request", "r.address = $2"),
];

/// Free text that may name somebody.
const FREE_TEXT: &[(&str, &str)] = &[
    ("note", "text"),
    ("company", "name"),
    ("company", "legal_form_source"),
    ("task", "text"),
    ("prospect", "search_text"),
    ("prospect", "next_action"),
    ("prospect", "close_note"),
    ("opportunity", "name"),
    ("opportunity", "opened_evidence"),
    ("lead_override", "reason"),
    ("promotion", "undo_reason"),
    ("event", "data"),
    ("notification", "data"),
    ("webhook_delivery", "body"),
    ("import_error", "row_text"),
    ("import_error", "value"),
    ("message", "server_reply"),
    ("finding", "note"),
    ("website_fact", "value"),
    ("website_fact", "snippet"),
    ("website_fact", "details"),
    ("website_reading", "refused"),
    ("register_reading", "profile"),
    ("register_reading", "candidates"),
    ("register_reading", "takings"),
    ("register_reading", "refused_of"),
    ("suppression_run", "reason"),
    ("list_view", "name"),
    ("list_view", "definition"),
    ("company_merge", "lost_name"),
    ("company_alias", "facts"),
    ("contact_alias", "facts"),
    ("merge_piece", "piece"),
];

/// Columns that say nothing to anybody outside: the workspace, hashes, and the program's own bookkeeping.
const NOT_TOLD: &[&str] = &[
    "workspace_id",
    "source_hash",
    "content_hash",
    "key_hash",
    "name_key",
    "search_text",
    "sort_name",
    "sort_company",
    "epoch",
    "worker",
    "lease_until",
    "dedup_key",
];

/// The tables that can hold something about a person, each once.
pub fn tables() -> Vec<&'static str> {
    let mut tables: Vec<&str> = [OWN, BY_ADDRESS, FREE_TEXT].into_iter().flatten().map(|(t, _)| *t).collect();
    let mut seen = std::collections::HashSet::new();
    tables.retain(|table| seen.insert(*table));
    tables
}

/// Whether a column says something to somebody outside.
pub fn is_told(column: &str) -> bool {
    !NOT_TOLD.contains(&column)
}

/// Everything that is held about a person, table by table, each row once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of(tx: &mut Tx, known: Known<'_>) -> Result<Vec<Held>> {
    let mut found: Vec<Held> = Vec::new();
    if let Some(contact) = known.contact {
        for (table, wanted) in OWN {
            add(tx, &mut found, table, wanted, args![contact]).await?;
        }
    }
    if let Some(email) = known.email {
        for (table, wanted) in BY_ADDRESS {
            add(tx, &mut found, table, wanted, args![email]).await?;
        }
    }
    let words = [known.email, known.full_name.filter(|name| name.trim().contains(' '))];
    for words in words.into_iter().flatten() {
        let escaped = words.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        for (table, column) in FREE_TEXT {
            let wanted = format!("(r.{column} LIKE $2 ESCAPE '\\' OR LOWER(r.{column}) LIKE $3 ESCAPE '\\')");
            let params = args![format!("%{escaped}%"), format!("%{}%", escaped.to_lowercase())];
            add(tx, &mut found, table, &wanted, params).await?;
        }
    }
    found.retain(|held| !held.rows.is_empty());
    Ok(found)
}

async fn add(
    tx: &mut Tx,
    found: &mut Vec<Held>,
    table: &'static str,
    wanted: &str,
    params: Vec<Value>,
) -> Result<()> {
    let sql = format!("SELECT r.* FROM {table} r WHERE r.workspace_id = $1 AND {wanted} LIMIT {ROWS_MAX}");
    let rows = tx.fetch_all(sql, params).await?;
    let place = match found.iter().position(|held| held.table == table) {
        Some(place) => place,
        None => {
            found.push(Held { table, rows: Vec::new() });
            found.len() - 1
        }
    };
    for row in &rows {
        let told = told(row)?;
        if let Some(held) = found.get_mut(place)
            && !held.rows.contains(&told)
        {
            held.rows.push(told);
        }
    }
    Ok(())
}

/// A row as a person reads it: moments as dates, bytes by their words where they have some, nothing of the program's own.
fn told(row: &Row) -> Result<Map<String, Json>> {
    let mut columns = Map::new();
    for (name, value) in row.values()? {
        if !is_told(&name) {
            continue;
        }
        let json = match value {
            Value::Uuid(Some(id)) => Json::from(id.to_string()),
            Value::Int(Some(n)) => match Timestamp::from_microsecond(n) {
                Ok(at) if name.ends_with("_at") || name == "at" => Json::from(at.to_string()),
                _ => Json::from(n),
            },
            Value::Text(Some(text)) if !text.is_empty() => serde_json::from_str::<Json>(&text)
                .ok()
                .filter(|json| json.is_object() || json.is_array())
                .unwrap_or_else(|| Json::from(text)),
            Value::Bool(Some(is)) => Json::from(is),
            Value::Bytes(Some(bytes)) => match (id_of(&name, &bytes), String::from_utf8(bytes)) {
                (Some(id), _) => Json::from(id.to_string()),
                (None, Ok(text)) => Json::from(text),
                (None, Err(other)) => Json::from(format!("{} bytes", other.into_bytes().len())),
            },
            _ => continue,
        };
        columns.insert(name, json);
    }
    Ok(columns)
}

/// The id that bytes are: SQLite has no type of its own for it.
fn id_of(column: &str, bytes: &[u8]) -> Option<Uuid> {
    let is_id = column == "id" || column.ends_with("_id") || column.ends_with("_by");
    Uuid::from_slice(bytes).ok().filter(|_| is_id)
}
