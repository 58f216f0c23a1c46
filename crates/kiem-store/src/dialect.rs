//! The statements in which the two databases really differ.

use kiem_domain::id::WorkspaceId;

use crate::connection::{Conn, Store};
use crate::error::{Result, StoreError};
use crate::value::Value;

/// Oldest SQLite without the bug that damages a database when two connections reset the write-ahead log at once.
const SQLITE_VERSION_MIN: i64 = 3_051_003;

/// Refuses to work on a database with known data loss.
///
/// # Errors
/// [`StoreError::Unsupported`] with what to do.
pub async fn check_version(store: &Store) -> Result<()> {
    if let Store::Sqlite { read, .. } = store {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(read).await?;
        let number =
            version.split('.').fold(0_i64, |sum, part| sum * 1000 + part.parse::<i64>().unwrap_or(0));
        if number < SQLITE_VERSION_MIN {
            return Err(StoreError::Unsupported(format!(
                "SQLite {version} can damage a database; Kiem needs 3.51.3 or newer"
            )));
        }
    }
    Ok(())
}

/// Binds the transaction to a workspace for PostgreSQL's row-level security; SQLite has none, there the scope in
/// every statement is the only guard.
///
/// # Errors
/// When the database cannot be reached.
pub async fn enter_workspace(conn: &mut Conn, workspace: WorkspaceId) -> Result<()> {
    if matches!(conn, Conn::Postgres(_)) {
        conn.execute(
            "SELECT set_config('app.workspace', $1, true)",
            vec![Value::Text(Some(workspace.to_string()))],
        )
        .await?;
    }
    Ok(())
}

/// What stands after a `SELECT ... LIMIT` inside a claim: on PostgreSQL rows that another worker is claiming are
/// skipped; on SQLite there is one writer, so nothing is to be skipped.
pub fn skip_locked(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => " FOR UPDATE SKIP LOCKED",
    }
}

/// Locks the rows that a query reads until the end of the transaction; SQLite's writer is alone anyway.
pub fn for_update(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => " FOR UPDATE",
    }
}

/// The same for one table of a join.
pub fn for_update_of(conn: &Conn, alias: &str) -> String {
    match conn {
        Conn::Sqlite(_) => String::new(),
        Conn::Postgres(_) => format!(" FOR UPDATE OF {alias}"),
    }
}

/// Locks rows against other such locks, not against rows that refer to them.
pub fn for_no_key_update(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => " FOR NO KEY UPDATE",
    }
}

/// The last byte of an id. It is random, so some of its values pick a random part of all rows.
pub fn last_byte_of_id(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "substr(id, 16, 1)",
        Conn::Postgres(_) => "substring(uuid_send(id) FROM 16 FOR 1)",
    }
}

/// Updates the rows of a table that stand in `v` (workspace, id, what is new). SQLite would rather go through the whole
/// table and look each row up in `v`; the sign before a column keeps it from that, and it looks up each row of `v` instead.
pub(crate) fn update_from_v(conn: &Conn, table: &str, set: &str, condition: &str) -> String {
    let sign = match conn {
        Conn::Sqlite(_) => "+",
        Conn::Postgres(_) => "",
    };
    format!(
        "UPDATE {table} SET {set} FROM v
         WHERE {table}.workspace_id = {sign}v.workspace_id AND {table}.id = {sign}v.id {condition}"
    )
}

/// What the keys of a list are; see [`crate::keys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Texts.
    Text,
    /// Ids.
    Id,
    /// Bytes.
    Bytes,
}

/// What stands after `IN` for a list of keys that is bound as parameter `$n`; [`crate::keys`] makes it.
pub(crate) fn among(conn: &Conn, kind: KeyKind, n: usize) -> String {
    match conn {
        Conn::Sqlite(_) => {
            let key = if kind == KeyKind::Text { "value" } else { "unhex(value)" };
            format!("(SELECT {key} FROM json_each(${n}))")
        }
        Conn::Postgres(_) => {
            let key = match kind {
                KeyKind::Text => "key",
                KeyKind::Id => "key::uuid",
                KeyKind::Bytes => "decode(key, 'hex')",
            };
            // Read into an array first: below row security only a comparison that gives nothing away may use an index, and
            // reading an id from text might. Compared as read from the text, the whole table is read.
            format!(
                "(SELECT key FROM unnest(ARRAY(SELECT {key} FROM jsonb_array_elements_text(${n}::jsonb) AS element (key)))
                 AS list (key))"
            )
        }
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use jiff::Timestamp;

    use super::update_from_v;
    use crate::testing;

    #[tokio::test]
    async fn many_rows_are_updated_without_going_through_the_table() {
        let db = testing::sqlite().await;
        let ws = db.workspace(1, Timestamp::UNIX_EPOCH).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let values = vec!["(x'01', x'02', 1)"; 256].join(", ");
        for table in ["company", "lead", "contact"] {
            let update = update_from_v(tx.conn(), table, "created_at = v.score", "");
            let sql = format!(
                "EXPLAIN QUERY PLAN WITH v (workspace_id, id, score) AS (VALUES {values}) {update} AND $1 <> x''"
            );
            let rows = tx.fetch_all(sql, vec![]).await.unwrap();
            let steps: Vec<String> = rows.iter().map(|row| row.get("detail").unwrap()).collect();
            let looked_up = format!("SEARCH {table} USING");
            assert!(steps.iter().any(|step| step.starts_with(&looked_up)), "{table}: {steps:#?}");
        }
        drop(tx);
        db.remove().await;
    }
}
