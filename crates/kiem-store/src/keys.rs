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
    use crate::{args, testing};
    use jiff::Timestamp;
    use uuid::Uuid;

    /// Enough rows that an index is worth its while.
    const ROWS: [&str; 2] = [
        "INSERT INTO company (workspace_id, id, name, name_key, kvk_number, fit_known_percent, fit_reasons, source,
             created_at, updated_at)
         SELECT $1, gen_random_uuid(), '', '', LPAD(n::text, 8, '0'), 0, '[]', '', 0, 0 FROM generate_series(1, 3000) AS n",
        "INSERT INTO suppression (workspace_id, key_hash, kind, hint, reason, source, created_at)
         SELECT $1, decode(LPAD(to_hex(n), 8, '0'), 'hex'), 'email', '', 'manual', '', 0 FROM generate_series(1, 3000) AS n",
    ];

    #[tokio::test]
    async fn keys_are_looked_up_in_an_index_below_row_security() {
        let db = testing::postgres().await;
        let ws = db.workspace(1, Timestamp::UNIX_EPOCH).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        for sql in ROWS {
            tx.execute(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut global = db.store.global().await.unwrap();
        global.execute("ANALYZE", vec![]).await.unwrap();
        let tx = db.store.read(ws).await.unwrap();
        for (table, column, kind, list) in [
            ("company", "id", KeyKind::Id, ids([Uuid::nil()])),
            ("company", "kvk_number", KeyKind::Text, texts(&["00000007"])),
            ("suppression", "key_hash", KeyKind::Bytes, bytes(&[vec![0, 0, 0, 7]])),
        ] {
            let keys = among(tx.conn(), kind, 2);
            let sql = format!("EXPLAIN SELECT * FROM {table} WHERE workspace_id = $1 AND {column} IN {keys}");
            let rows = global.fetch_all(sql, args![ws, list]).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get("QUERY PLAN").unwrap()).collect();
            let condition = format!("({column} = ");
            let is_indexed = plan.iter().any(|step| step.contains("Index Cond") && step.contains(&condition));
            assert!(is_indexed, "{table}.{column}: {plan:#?}");
        }
        drop((tx, global));
        db.remove().await;
    }
}
