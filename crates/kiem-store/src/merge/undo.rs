//! Doing a merge backwards. What changed since stays as it is and is counted.

use super::{Piece, conditions, row_of};
use crate::connection::Tx;
use crate::error::Result;
use crate::value::Value;

/// What taking a merge back found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undone {
    /// Rows that are where they were.
    pub moved_n: u64,
    /// Records that are back.
    pub restored_n: u64,
    /// Facts that are as before.
    pub facts_n: u64,
    /// Facts that stay, because somebody changed them since.
    pub facts_kept_n: u64,
    /// Rows that are gone or went elsewhere since.
    pub gone_n: u64,
}

/// Columns of which no two rows may have the same value.
const UNIQUE: &[(&str, &str)] = &[("company", "domain"), ("company", "kvk_number"), ("contact", "email")];

/// Takes pieces back, the last first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn undo(tx: &mut Tx, pieces: &[Option<Piece>]) -> Result<Undone> {
    let mut found = Undone::default();
    for piece in pieces.iter().flatten() {
        match piece {
            Piece::Moved { from, to, keys, .. } => {
                let n = piece.move_rows(tx, *to, *from).await?;
                found.moved_n += n;
                found.gone_n += (keys.len() as u64).saturating_sub(n);
            }
            Piece::Removed { table, row } => {
                let kept_n = put_back(tx, table, row).await?;
                found.restored_n += 1;
                found.facts_kept_n += kept_n;
            }
            Piece::Changed { table, key, columns } => {
                change_back(tx, table, key, columns, &mut found).await?
            }
            Piece::Added { table, key } => {
                let names: Vec<&str> = key.iter().map(|(name, _)| name.as_str()).collect();
                let sql = format!("DELETE FROM {table} WHERE workspace_id = $1{}", conditions(&names));
                tx.execute(sql, key.iter().map(|(_, value)| value.clone()).collect()).await?;
            }
        }
    }
    Ok(found)
}

/// Inserts a removed row as it was. What another record holds meanwhile, and only one may, stays there: returns how many
/// such facts.
async fn put_back(tx: &mut Tx, table: &str, row: &[(String, Value)]) -> Result<u64> {
    let (mut names, mut marks, mut params, mut n_taken) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (name, value) in row.iter().filter(|(name, _)| name != "workspace_id") {
        let is_null = *value == Value::Text(None);
        let taken = !is_null && UNIQUE.contains(&(table, name)) && is_taken(tx, table, name, value).await?;
        n_taken += u64::from(taken);
        names.push(name.as_str());
        if is_null || taken {
            // A missing value has no type by which it could be bound.
            marks.push("NULL".to_owned());
        } else {
            params.push(value.clone());
            marks.push(format!("${}", params.len() + 1));
        }
    }
    let sql = format!(
        "INSERT INTO {table} (workspace_id, {}) VALUES ($1, {}) ON CONFLICT DO NOTHING",
        names.join(", "),
        marks.join(", ")
    );
    tx.execute(sql, params).await?;
    Ok(n_taken)
}

async fn is_taken(tx: &mut Tx, table: &str, column: &str, value: &Value) -> Result<bool> {
    let sql = format!("SELECT id FROM {table} WHERE workspace_id = $1 AND {column} = $2");
    Ok(tx.fetch_optional(sql, vec![value.clone()]).await?.is_some())
}

/// Writes back what columns were, where they still are what they became.
async fn change_back(
    tx: &mut Tx,
    table: &str,
    key: &[(String, Value)],
    columns: &[(String, Value, Value)],
    found: &mut Undone,
) -> Result<()> {
    let Some(now) = row_of(tx, table, key).await? else {
        found.gone_n += 1;
        return Ok(());
    };
    let is = |name: &str| now.iter().find(|(column, _)| column == name).map(|(_, value)| value);
    let key_names: Vec<&str> = key.iter().map(|(name, _)| name.as_str()).collect();
    let mut params: Vec<Value> = key.iter().map(|(_, value)| value.clone()).collect();
    let mut sets = Vec::new();
    for (name, was, became) in columns {
        if is(name) != Some(became) {
            found.facts_kept_n += u64::from(is(name) != Some(was));
            continue;
        }
        found.facts_n += 1;
        if *was == Value::Text(None) {
            sets.push(format!("{name} = NULL"));
        } else {
            params.push(was.clone());
            sets.push(format!("{name} = ${}", params.len() + 1));
        }
    }
    if !sets.is_empty() {
        let sql = format!(
            "UPDATE {table} SET {} WHERE workspace_id = $1{}",
            sets.join(", "),
            conditions(&key_names)
        );
        tx.execute(sql, params).await?;
    }
    Ok(())
}
