//! One thing that a merge did, and how it is kept as text.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::{Result, StoreError};
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::value::Value;

/// One thing that a merge did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Rows point to another record.
    Moved {
        /// Table.
        table: String,
        /// Column.
        column: String,
        /// The record that goes.
        from: Uuid,
        /// The record that stays.
        to: Uuid,
        /// Ids of the rows.
        keys: Vec<Uuid>,
    },
    /// A row is gone.
    Removed {
        /// Table.
        table: String,
        /// All its columns.
        row: Vec<(String, Value)>,
    },
    /// A row says something else.
    Changed {
        /// Table.
        table: String,
        /// Its key.
        key: Vec<(String, Value)>,
        /// Per column what it was and what it became.
        columns: Vec<(String, Value, Value)>,
    },
    /// A row is new.
    Added {
        /// Table.
        table: String,
        /// Its key.
        key: Vec<(String, Value)>,
    },
}

impl Piece {
    /// Lets the rows of a move point from the one to the other, as far as they still point to the one. Returns how many
    /// did.
    pub(super) async fn move_rows(&self, tx: &mut Tx, from: Uuid, to: Uuid) -> Result<u64> {
        let Piece::Moved { table, column, keys: moved, .. } = self else { return Ok(0) };
        let mut n = 0;
        for chunk in moved.chunks(KEYS_PER_QUERY) {
            let sql = format!(
                "UPDATE {table} SET {column} = $2 WHERE workspace_id = $1 AND {column} = $3 AND id IN {}",
                among(tx.conn(), KeyKind::Id, 4)
            );
            let mut params = args![to, from];
            params.push(keys::ids(chunk.iter().copied()));
            n += tx.execute(sql, params).await?;
        }
        Ok(n)
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let json = match self {
            Piece::Moved { table, column, from, to, keys } => {
                json!({ "moved": table, "column": column, "from": from.to_string(), "to": to.to_string(),
                        "keys": keys.iter().map(Uuid::to_string).collect::<Vec<_>>() })
            }
            Piece::Removed { table, row } => json!({ "removed": table, "row": named(row) }),
            Piece::Changed { table, key, columns } => {
                let columns: Map<String, Json> = columns
                    .iter()
                    .map(|(name, was, is)| (name.clone(), json!([write(was), write(is)])))
                    .collect();
                json!({ "changed": table, "key": named(key), "columns": columns })
            }
            Piece::Added { table, key } => json!({ "added": table, "key": named(key) }),
        };
        json.to_string()
    }

    /// From text; none when it was emptied because it named somebody who was erased.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it is something else.
    pub fn from_text(text: &str) -> Result<Option<Piece>> {
        let json: Json = serde_json::from_str(text).map_err(|e| unreadable(&e.to_string()))?;
        if json.as_object().is_some_and(Map::is_empty) {
            return Ok(None);
        }
        read_piece(&json).ok_or_else(|| unreadable("it is no piece of a merge")).map(Some)
    }
}

fn unreadable(problem: &str) -> StoreError {
    StoreError::Inconsistent { column: "merge_piece.piece".to_owned(), problem: problem.to_owned() }
}

fn read_piece(json: &Json) -> Option<Piece> {
    let table = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let id = |name: &str| json.get(name).and_then(Json::as_str).and_then(|id| id.parse::<Uuid>().ok());
    if let Some(table) = table("moved") {
        let keys = json.get("keys")?.as_array()?.iter().map(|key| key.as_str()?.parse().ok());
        return Some(Piece::Moved {
            table,
            column: json.get("column")?.as_str()?.to_owned(),
            from: id("from")?,
            to: id("to")?,
            keys: keys.collect::<Option<_>>()?,
        });
    }
    if let Some(table) = table("removed") {
        return Some(Piece::Removed { table, row: read_named(json.get("row")?)? });
    }
    if let Some(table) = table("changed") {
        let columns = json.get("columns")?.as_object()?.iter();
        let columns =
            columns.map(|(name, both)| Some((name.clone(), read(both.get(0)?)?, read(both.get(1)?)?)));
        return Some(Piece::Changed {
            table,
            key: read_named(json.get("key")?)?,
            columns: columns.collect::<Option<_>>()?,
        });
    }
    Some(Piece::Added { table: table("added")?, key: read_named(json.get("key")?)? })
}

fn named(columns: &[(String, Value)]) -> Json {
    Json::Object(columns.iter().map(|(name, value)| (name.clone(), write(value))).collect())
}

fn read_named(json: &Json) -> Option<Vec<(String, Value)>> {
    json.as_object()?.iter().map(|(name, value)| Some((name.clone(), read(value)?))).collect()
}

fn write(value: &Value) -> Json {
    match value {
        Value::Text(Some(text)) => json!(text),
        Value::Int(Some(number)) => json!(number),
        Value::Bool(Some(truth)) => json!(truth),
        Value::Uuid(Some(id)) => json!({ "id": id.to_string() }),
        Value::Bytes(Some(bytes)) => {
            json!({ "bytes": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() })
        }
        Value::Text(None) | Value::Int(None) | Value::Bool(None) | Value::Uuid(None) | Value::Bytes(None) => {
            Json::Null
        }
    }
}

fn read(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Text(None),
        Json::Bool(truth) => Value::Bool(Some(*truth)),
        Json::Number(number) => Value::Int(Some(number.as_i64()?)),
        Json::String(text) => Value::Text(Some(text.clone())),
        Json::Object(kind) => match (kind.get("id"), kind.get("bytes")) {
            (Some(id), _) => Value::Uuid(Some(id.as_str()?.parse().ok()?)),
            (None, Some(bytes)) => Value::Bytes(Some(from_hex(bytes.as_str()?)?)),
            (None, None) => return None,
        },
        Json::Array(_) => return None,
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_the_same_after_it_was_text() {
        let id = Uuid::from_u128(7);
        let key = vec![("id".to_owned(), Value::Uuid(Some(id)))];
        let row = vec![
            ("a".to_owned(), Value::Bytes(Some(vec![0, 171, 255]))),
            ("b".to_owned(), Value::Text(Some("\"é\"".to_owned()))),
            ("c".to_owned(), Value::Int(Some(i64::MIN))),
            ("d".to_owned(), Value::Bool(Some(true))),
            ("e".to_owned(), Value::Text(None)),
        ];
        let columns = vec![("x".to_owned(), Value::Text(None), Value::Int(Some(3)))];
        for piece in [
            Piece::Moved {
                table: "lead".to_owned(),
                column: "company_id".to_owned(),
                from: id,
                to: Uuid::nil(),
                keys: vec![id],
            },
            Piece::Removed { table: "company".to_owned(), row },
            Piece::Changed { table: "contact".to_owned(), key: key.clone(), columns },
            Piece::Added { table: "suppression".to_owned(), key },
        ] {
            assert_eq!(Piece::from_text(&piece.to_text()).unwrap(), Some(piece));
        }
        assert_eq!(Piece::from_text("{}").unwrap(), None, "emptied by an erasure");
        assert!(Piece::from_text("[1]").is_err());
    }
}
