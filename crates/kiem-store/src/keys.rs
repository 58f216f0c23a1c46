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
