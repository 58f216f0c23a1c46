//! The audit trail: append-only, one chain per workspace. The hash of each row is made by the caller over the row and
//! the hash before it; here only the order is kept.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;
use crate::{args, dialect};

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `user`, `token`, `system` or `public`.
    pub actor_kind: String,
    /// The person or token.
    pub actor_id: Option<Uuid>,
    /// What was done, `member.role_changed`.
    pub action: String,
    /// What it was done to.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// Before and after as JSON, without secrets.
    pub detail: String,
    /// Keyed hash over this row and the one before.
    pub hash: Vec<u8>,
}

fn from_row(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get("seq")?,
        at: row.instant("at")?,
        actor_kind: row.get("actor_kind")?,
        actor_id: row.get("actor_id")?,
        action: row.get("action")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        detail: row.get("detail")?,
        hash: row.get("hash")?,
    })
}

/// The end of the chain, `(0, [])` for an empty one. Nobody else appends until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock_end(tx: &mut Tx) -> Result<(i64, Vec<u8>)> {
    let lock = dialect::for_no_key_update(tx.conn());
    tx.fetch_optional(format!("SELECT id AS workspace_id FROM workspace WHERE id = $1{lock}"), vec![])
        .await?;
    let row = tx
        .fetch_optional(
            "SELECT seq, hash FROM audit_entry WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1",
            vec![],
        )
        .await?;
    row.map_or(Ok((0, Vec::new())), |row| Ok((row.get("seq")?, row.get("hash")?)))
}

/// Appends an entry; its `seq` and `hash` follow [`lock_end`] of the same transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn append(tx: &mut Tx, entry: &AuditEntry) -> Result<()> {
    tx.execute(
        "INSERT INTO audit_entry (workspace_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id,
             detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            entry.seq,
            entry.at,
            entry.actor_kind.as_str(),
            entry.actor_id,
            entry.action.as_str(),
            entry.subject_kind.as_str(),
            entry.subject_id,
            entry.detail.as_str(),
            entry.hash.as_slice()
        ],
    )
    .await?;
    Ok(())
}

/// Entries before a place in the chain, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn before(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM audit_entry WHERE workspace_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            args![seq, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Entries after a place in the chain, oldest first, for checking it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM audit_entry WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            args![seq, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// A person's name in one column.
const PERSON: &str =
    "TRIM(COALESCE(c.given_name || ' ', '') || COALESCE(c.infix || ' ', '') || COALESCE(c.family_name, ''))";

/// What the kinds of subjects are called, as `SELECT id, name`; `PERSON` stands for a person's name.
const SUBJECTS: &[(&str, &str)] = &[
    ("api_token", "SELECT x.id, x.name FROM api_token x WHERE x.workspace_id = $1"),
    ("booking_page", "SELECT x.id, x.title AS name FROM booking_page x WHERE x.workspace_id = $1"),
    ("campaign", "SELECT x.id, x.name FROM campaign x WHERE x.workspace_id = $1"),
    ("company", "SELECT x.id, x.name FROM company x WHERE x.workspace_id = $1"),
    (
        "contact",
        "SELECT x.id, PERSON AS name FROM contact x JOIN contact c ON c.workspace_id = $1 AND c.id = x.id WHERE x.workspace_id = $1",
    ),
    ("import", "SELECT x.id, x.file_name AS name FROM import_run x WHERE x.workspace_id = $1"),
    ("inlet", "SELECT x.id, x.name FROM inlet x WHERE x.workspace_id = $1"),
    (
        "lead",
        "SELECT x.id, PERSON AS name FROM lead x JOIN contact c ON c.workspace_id = $1 AND c.id = x.contact_id WHERE x.workspace_id = $1",
    ),
    ("mailbox", "SELECT x.id, x.address AS name FROM mailbox x WHERE x.workspace_id = $1"),
    ("message", "SELECT x.id, x.recipient_name AS name FROM message x WHERE x.workspace_id = $1"),
    ("opportunity", "SELECT x.id, x.name FROM opportunity x WHERE x.workspace_id = $1"),
    (
        "prospect",
        "SELECT x.id, PERSON AS name FROM prospect x JOIN contact c ON c.workspace_id = $1 AND c.id = x.contact_id WHERE x.workspace_id = $1",
    ),
    ("quote", "SELECT x.id, COALESCE(x.number, x.title) AS name FROM quote x WHERE x.workspace_id = $1"),
    ("site", "SELECT x.id, x.host AS name FROM site x WHERE x.workspace_id = $1"),
    ("task", "SELECT x.id, x.text AS name FROM task x WHERE x.workspace_id = $1"),
    ("webhook_endpoint", "SELECT x.id, x.url AS name FROM webhook_endpoint x WHERE x.workspace_id = $1"),
];

/// Entries that one question for names may hold.
const SUBJECTS_MAX: usize = 500;

/// What the subjects of these entries are called now; those that are gone or have no name are left out. The trail itself
/// holds no names: they change, and people are erased.
///
/// # Errors
/// Whatever the database refuses.
pub async fn subject_names(tx: &mut Tx, entries: &[AuditEntry]) -> Result<HashMap<Uuid, String>> {
    let mut found = HashMap::new();
    for (kind, select) in SUBJECTS {
        let ids: BTreeSet<Uuid> = entries
            .iter()
            .take(SUBJECTS_MAX)
            .filter(|e| e.subject_kind == *kind)
            .filter_map(|e| e.subject_id)
            .collect();
        if ids.is_empty() {
            continue;
        }
        let them = among(tx.conn(), KeyKind::Id, 2);
        let sql = format!("{} AND x.id IN {them}", select.replace("PERSON", PERSON));
        for row in tx.fetch_all(sql, vec![keys::ids(ids)]).await? {
            let name: Option<String> = row.get("name")?;
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                found.insert(row.get("id")?, name);
            }
        }
    }
    Ok(found)
}
