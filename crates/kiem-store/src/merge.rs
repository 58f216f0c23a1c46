//! Making two records one, and taking that back: every row that points to the one that goes is moved, and what was moved,
//! removed, changed and added is kept piece by piece, so that undoing is doing the same backwards.

mod piece;
mod record;
mod references;
mod undo;

pub use piece::Piece;
pub use record::{
    Merge, MergeCause, by_kiem_since, get, list, new_id_of, of_kept, pieces, put, put_pieces, put_undone,
};
pub use references::{OF_COMPANY, OF_CONTACT, OF_LEAD, OTHERWISE, ROWS_MAX, Reference};
pub use undo::{Undone, undo};

use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::value::Value;

/// A row of a table as it is, by its key columns; none when there is none.
async fn row_of(tx: &mut Tx, table: &str, key: &[(String, Value)]) -> Result<Option<Vec<(String, Value)>>> {
    let names: Vec<&str> = key.iter().map(|(name, _)| name.as_str()).collect();
    let sql = format!("SELECT * FROM {table} WHERE workspace_id = $1{}", conditions(&names));
    let row = tx.fetch_optional(sql, key.iter().map(|(_, value)| value.clone()).collect()).await?;
    row.map(|row| row.values()).transpose()
}

/// ` AND a = $2 AND b = $3`.
fn conditions(names: &[&str]) -> String {
    names.iter().zip(2..).map(|(name, n)| format!(" AND {name} = ${n}")).collect()
}

fn key_of(columns: &[(&str, Uuid)]) -> Vec<(String, Value)> {
    columns.iter().map(|(name, id)| ((*name).to_owned(), Value::from(*id))).collect()
}

/// What is done in a merge, written down as it happens.
#[derive(Debug, Default)]
pub struct Recorder {
    pieces: Vec<(Option<Uuid>, Piece)>,
    person: Option<Uuid>,
}

impl Recorder {
    /// From now on it is about two people, of whom this one stays; none: about the companies.
    pub fn about(&mut self, person: Option<Uuid>) {
        self.person = person;
    }

    /// What was done, with the person whom each piece is about.
    pub fn into_pieces(self) -> Vec<(Option<Uuid>, Piece)> {
        self.pieces
    }

    fn note(&mut self, piece: Piece) {
        self.pieces.push((self.person, piece));
    }

    /// Lets every row of these tables that points to `from` point to `to`. `company` is where both belong by now. False
    /// when they are more than [`ROWS_MAX`] in one table; then the transaction must be thrown away.
    ///
    /// # Errors
    /// [`crate::StoreError::Duplicate`] when the two have something of which there can be one.
    pub async fn move_all(
        &mut self,
        tx: &mut Tx,
        references: &'static [Reference],
        (from, to): (Uuid, Uuid),
        company: Uuid,
    ) -> Result<bool> {
        for reference in references {
            let sql = format!(
                "SELECT id FROM {} WHERE workspace_id = $1 AND {} = $2{} LIMIT {}",
                reference.table,
                reference.column,
                reference.narrowed_to("$3"),
                ROWS_MAX + 1
            );
            let mut params = args![from];
            if !reference.narrowed_to("$3").is_empty() {
                params.push(company.into());
            }
            let rows = tx.fetch_all(sql, params).await?;
            let keys = rows.iter().map(|row| row.get("id")).collect::<Result<Vec<Uuid>>>()?;
            if keys.len() > ROWS_MAX {
                return Ok(false);
            }
            if keys.is_empty() {
                continue;
            }
            let piece = Piece::Moved {
                table: reference.table.to_owned(),
                column: reference.column.to_owned(),
                from,
                to,
                keys,
            };
            piece.move_rows(tx, from, to).await?;
            self.note(piece);
        }
        Ok(true)
    }

    /// Removes a row and keeps it. False when there is none.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn remove(&mut self, tx: &mut Tx, table: &'static str, key: &[(&str, Uuid)]) -> Result<bool> {
        let key = key_of(key);
        let Some(row) = row_of(tx, table, &key).await? else { return Ok(false) };
        let names: Vec<&str> = key.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("DELETE FROM {table} WHERE workspace_id = $1{}", conditions(&names));
        tx.execute(sql, key.iter().map(|(_, value)| value.clone()).collect()).await?;
        self.note(Piece::Removed { table: table.to_owned(), row });
        Ok(true)
    }

    /// Looks at a row that is going to be changed; [`Recorder::changed`] says what became of it.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn watch(tx: &mut Tx, table: &'static str, id: Uuid) -> Result<Watched> {
        let key = key_of(&[("id", id)]);
        let before = row_of(tx, table, &key).await?.unwrap_or_default();
        Ok(Watched { table, key, before })
    }

    /// Keeps what has changed since [`Recorder::watch`].
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn changed(&mut self, tx: &mut Tx, watched: Watched) -> Result<()> {
        let after = row_of(tx, watched.table, &watched.key).await?.unwrap_or_default();
        let columns: Vec<(String, Value, Value)> = watched
            .before
            .into_iter()
            .zip(after)
            .filter(|((_, was), (_, is))| was != is)
            .map(|((name, was), (_, is))| (name, was, is))
            .collect();
        if !columns.is_empty() {
            self.note(Piece::Changed { table: watched.table.to_owned(), key: watched.key, columns });
        }
        Ok(())
    }

    /// Writes down a row that was added.
    pub fn added(&mut self, table: &'static str, key: Vec<(String, Value)>) {
        self.note(Piece::Added { table: table.to_owned(), key });
    }
}

/// A row before it is changed.
#[derive(Debug)]
pub struct Watched {
    table: &'static str,
    key: Vec<(String, Value)>,
    before: Vec<(String, Value)>,
}

impl Watched {
    /// Whether there was no such row.
    pub fn is_new(&self) -> bool {
        self.before.is_empty()
    }
}
