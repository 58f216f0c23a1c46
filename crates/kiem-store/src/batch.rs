//! Many new rows of one table, made ready on any thread: the database then only takes them.

use kiem_domain::id::WorkspaceId;

use crate::connection::Tx;
use crate::error::{Result, StoreError};
use crate::value::Value;

/// Rows to insert. Columns that no row fills are left out: most lists fill less than half of a company. That is the same as
/// a missing value, because no column of ours that may be missing has another default.
#[derive(Debug)]
pub struct Batch {
    workspace: WorkspaceId,
    head: String,
    rows: Vec<Vec<Value>>,
}

impl Batch {
    /// Rows for `table`: `columns` are the names of their values, with commas, without `workspace_id`.
    pub(crate) fn of(workspace: WorkspaceId, table: &str, columns: &str, mut rows: Vec<Vec<Value>>) -> Batch {
        let names: Vec<&str> = columns.split(',').map(str::trim).collect();
        let is_filled: Vec<bool> = (0..names.len())
            .map(|at| rows.iter().any(|row| row.get(at).is_some_and(|v| !v.is_missing())))
            .collect();
        for row in &mut rows {
            debug_assert_eq!(row.len(), names.len(), "{table} ({columns})");
            let mut filled = is_filled.iter();
            row.retain(|_| filled.next().copied().unwrap_or_default());
            row.insert(0, workspace.into());
        }
        let kept = names.iter().zip(&is_filled).filter(|(_, is_filled)| **is_filled).map(|(name, _)| *name);
        let kept: Vec<&str> = std::iter::once("workspace_id").chain(kept).collect();
        Batch { workspace, head: format!("INSERT INTO {table} ({})", kept.join(", ")), rows }
    }

    /// Inserts the rows. Returns how many were inserted.
    ///
    /// # Errors
    /// Whatever the database refuses; also rows that were made ready for another workspace.
    pub async fn insert(self, tx: &mut Tx, tail: &str) -> Result<u64> {
        if self.workspace != tx.workspace() {
            return Err(StoreError::MissingReference("rows of another workspace".to_owned()));
        }
        tx.insert_scoped(&self.head, self.rows, tail).await
    }
}
