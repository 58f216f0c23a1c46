//! Lists of keys as one parameter of a statement. However many there are, the text of the statement is the same, so that
//! the database has understood it before: a mark per key made it read thousands of marks anew for every chunk of a list.

use uuid::Uuid;

pub(crate) use crate::dialect::{KeyKind, among};
use crate::value::Value;

/// Keys that one statement asks for.
pub(crate) const KEYS_PER_QUERY: usize = 1_000;

/// A list of texts.
pub(crate) fn texts<T: AsRef<str>>(keys: &[T]) -> Value {
    let keys = keys.iter().map(|key| serde_json::Value::from(key.as_ref())).collect();
    Value::Text(Some(serde_json::Value::Array(keys).to_string()))
}

/// A list of ids.
pub(crate) fn ids(keys: impl IntoIterator<Item = Uuid>) -> Value {
    quoted(keys.into_iter().map(|id| id.simple().to_string()))
}

/// A list of bytes.
pub(crate) fn bytes(keys: &[Vec<u8>]) -> Value {
    quoted(keys.iter().map(|key| key.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Keys of digits and letters need no escape.
fn quoted(keys: impl Iterator<Item = String>) -> Value {
    let keys: Vec<String> = keys.map(|key| format!("\"{key}\"")).collect();
    Value::Text(Some(format!("[{}]", keys.join(","))))
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::{KeyKind, among, bytes, ids, texts};
    use crate::testing;
    use jiff::Timestamp;
    use uuid::Uuid;

    #[tokio::test]
    async fn keys_are_looked_up_in_an_index_below_row_security() {
        for db in testing::both().await {
            let ws = db.workspace(1, Timestamp::UNIX_EPOCH).await;
            let mut tx = db.store.begin(ws).await.unwrap();
            if db.name == "postgres" {
                tx.execute("SET LOCAL enable_seqscan = off", vec![]).await.unwrap();
                for (table, column, kind, list) in [
                    ("lead", "company_id", KeyKind::Id, ids([Uuid::nil()])),
                    ("contact", "email", KeyKind::Text, texts(&["eva@brug.example"])),
                    ("suppression", "key_hash", KeyKind::Bytes, bytes(&[vec![1, 2]])),
                ] {
                    let keys = among(tx.conn(), kind, 2);
                    let sql = format!(
                        "EXPLAIN SELECT * FROM {table} WHERE workspace_id = $1 AND {column} IN {keys} LIMIT 1000"
                    );
                    let rows = tx.fetch_all(sql, vec![list]).await.unwrap();
                    let plan: Vec<String> = rows.iter().map(|row| row.get("QUERY PLAN").unwrap()).collect();
                    let is_indexed = plan
                        .iter()
                        .any(|step| step.contains("Index Cond") && step.contains(&format!("({column} = ")));
                    assert!(is_indexed, "{table}: {plan:#?}");
                }
            }
            drop(tx);
            db.remove().await;
        }
    }
}
