//! The lists as they cross a border: conditions and saved views as JSON, places in a list as text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kiem_domain::listing::{CONDITIONS_MAX, Condition, ListColumn, ListKind, ListSort};
use kiem_store::listing::ListCursor;
use serde::{Deserialize, Serialize};

use crate::engine::{EngineError, Result};

/// Characters of a search.
const SEARCH_CHARS_MAX: usize = 200;

/// A condition: a field, how it is compared, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionV1 {
    /// `town`, `sbi`, `fit`, ...
    pub field: String,
    /// `is`, `is_not`, `starts_with`, `at_least` or `at_most`.
    pub op: String,
    /// One of them is enough.
    pub values: Vec<String>,
}

/// A list as somebody set it up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewV1 {
    /// Words.
    pub search: String,
    /// What must hold.
    pub conditions: Vec<ConditionV1>,
    /// The order; missing is the usual one.
    pub sort: Option<String>,
    /// The columns; empty is the usual ones.
    pub columns: Vec<String>,
}

/// Conditions from their JSON; an empty text is none.
pub fn read_conditions(list: ListKind, json: &str) -> Result<Vec<Condition>> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<ConditionV1> =
        serde_json::from_str(json).map_err(|_| EngineError::field("filter", "list_filter"))?;
    conditions(list, &all)
}

/// Conditions, each read and checked.
pub fn conditions(list: ListKind, all: &[ConditionV1]) -> Result<Vec<Condition>> {
    let wrong = || EngineError::field("filter", "list_filter");
    if all.len() > CONDITIONS_MAX {
        return Err(EngineError::field("filter", "too_many"));
    }
    all.iter()
        .map(|one| {
            let field = one.field.parse().map_err(|_| wrong())?;
            let op = one.op.parse().map_err(|_| wrong())?;
            Condition::new(list, field, op, one.values.iter().cloned()).map_err(|_| wrong())
        })
        .collect()
}

/// An order of a list; missing is the usual one.
pub fn read_sort(list: ListKind, text: Option<&str>) -> Result<ListSort> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(ListSort::Company);
    };
    let sort: Option<ListSort> = text.parse().ok();
    sort.filter(|sort| sort.is_of(list)).ok_or_else(|| EngineError::field("sort", "unknown_choice"))
}

/// Columns of a list, each once.
pub fn read_columns(list: ListKind, texts: &[String]) -> Result<Vec<ListColumn>> {
    let mut columns = Vec::new();
    for text in texts {
        let column: Option<ListColumn> = text.parse().ok();
        let column = column
            .filter(|column| column.is_of(list) && !columns.contains(column))
            .ok_or_else(|| EngineError::field("columns", "unknown_choice"))?;
        columns.push(column);
    }
    Ok(columns)
}

/// Whether a view can be shown by a list.
pub fn check_view(list: ListKind, view: &ViewV1) -> Result<()> {
    if view.search.chars().count() > SEARCH_CHARS_MAX {
        return Err(EngineError::field("search", "text_too_long"));
    }
    conditions(list, &view.conditions)?;
    read_sort(list, view.sort.as_deref())?;
    read_columns(list, &view.columns)?;
    Ok(())
}

pub(super) fn write_cursor(cursor: &ListCursor) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", cursor.id, cursor.value))
}

pub(super) fn read_cursor(text: &str) -> Result<ListCursor> {
    let unreadable = || EngineError::field("cursor", "cursor");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
    let (id, value) = text.split_once(' ').ok_or_else(unreadable)?;
    Ok(ListCursor { id: id.parse().map_err(|_| unreadable())?, value: value.to_owned() })
}
