//! The record of a merge.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, UserId};
use uuid::Uuid;

use super::Piece;
use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

/// Merges one after the other that an old id is followed through.
const STEPS_MAX: usize = 20;
/// Merges into one company that are read.
const OF_ONE_MAX: i64 = 100;

kiem_domain::text_enum! {
    /// Why two companies were made one.
    pub enum MergeCause {
        /// The evidence was beyond doubt.
        Evidence = "evidence",
        /// A person said so.
        Person = "person",
    }
}

/// Two companies that were made one, or two people of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its id.
    pub id: Uuid,
    /// The company that stayed; of people the one where both worked.
    pub kept: CompanyId,
    /// The one that went up in it; of people the same as `kept`.
    pub lost: CompanyId,
    /// The person who stayed and the one who went up in them, when only people were made one.
    pub people: Option<(ContactId, ContactId)>,
    /// What the lost company was called; of people nothing: their names are kept in one place only.
    pub lost_name: String,
    /// Why.
    pub cause: MergeCause,
    /// The evidence, in hundredths of a bit.
    pub centibits: i64,
    /// Pairs of people who became one.
    pub people_joined_n: i64,
    /// Pairs of namesakes who could not: both were in one campaign, say.
    pub people_apart_n: i64,
    /// When.
    pub merged_at: Timestamp,
    /// Who; none when Kiem did.
    pub merged_by: Option<UserId>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Who took it back.
    pub undone_by: Option<UserId>,
    /// What taking it back found, JSON.
    pub undo_report: Option<String>,
}

impl Merge {
    /// The record that stayed.
    pub fn kept_record(&self) -> Uuid {
        self.people.map_or(self.kept.0, |(kept, _)| kept.0)
    }

    /// The record that went up in it.
    pub fn lost_record(&self) -> Uuid {
        self.people.map_or(self.lost.0, |(_, lost)| lost.0)
    }
}

const COLUMNS: &str =
    "id, kept_company_id, lost_company_id, kept_contact_id, lost_contact_id, lost_name, cause, centibits, people_joined_n, people_apart_n,
    merged_at, merged_by, undone_at, undone_by, undo_report";

/// Writes a merge down, with where the records went that are gone.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, merge: &Merge, gone: &[(Uuid, Uuid)]) -> Result<()> {
    tx.execute(
        "INSERT INTO company_merge (workspace_id, id, kept_company_id, lost_company_id, kept_contact_id, lost_contact_id,
             lost_name, cause, centibits, people_joined_n, people_apart_n, merged_at, merged_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            merge.id,
            merge.kept,
            merge.lost,
            merge.people.map(|(kept, _)| kept),
            merge.people.map(|(_, lost)| lost),
            merge.lost_name.as_str(),
            merge.cause.as_str(),
            merge.centibits,
            merge.people_joined_n,
            merge.people_apart_n,
            merge.merged_at,
            merge.merged_by
        ],
    )
    .await?;
    let rows = gone.iter().map(|(old, new)| args![*old, *new, merge.id]);
    tx.insert_many("INSERT INTO merged_record (workspace_id, old_id, new_id, merge_id)", rows, "").await?;
    Ok(())
}

/// Keeps what a merge did, in order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_pieces(tx: &mut Tx, merge: Uuid, pieces: &[(Option<Uuid>, Piece)]) -> Result<()> {
    let rows =
        pieces.iter().zip(0_i64..).map(|((person, piece), seq)| args![merge, seq, *person, piece.to_text()]);
    tx.insert_many("INSERT INTO merge_piece (workspace_id, merge_id, seq, contact_id, piece)", rows, "")
        .await?;
    Ok(())
}

/// What a merge did, the last first; none in the place of what was emptied by an erasure.
///
/// # Errors
/// When a piece cannot be read.
pub async fn pieces(tx: &mut Tx, merge: Uuid) -> Result<Vec<Option<Piece>>> {
    let sql = "SELECT piece FROM merge_piece WHERE workspace_id = $1 AND merge_id = $2 ORDER BY seq DESC";
    let rows = tx.fetch_all(sql, args![merge]).await?;
    rows.iter().map(|row| Piece::from_text(&row.get::<String>("piece")?)).collect()
}

/// One merge.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Merge>> {
    let sql = format!("SELECT {COLUMNS} FROM company_merge WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// Merges, newest first, from before `before` (moment and id) on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, before: Option<(Timestamp, Uuid)>, limit: i64) -> Result<Vec<Merge>> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let sql = format!(
        "SELECT {COLUMNS} FROM company_merge
         WHERE workspace_id = $1 AND (merged_at < $2 OR (merged_at = $2 AND id < $3))
         ORDER BY merged_at DESC, id DESC LIMIT $4"
    );
    tx.fetch_all(sql, args![at, id, limit]).await?.iter().map(from_row).collect()
}

/// Which companies went up in a company and were not taken back, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_kept(tx: &mut Tx, kept: CompanyId) -> Result<Vec<Merge>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM company_merge
         WHERE workspace_id = $1 AND kept_company_id = $2 AND kept_contact_id IS NULL AND undone_at IS NULL
         ORDER BY merged_at DESC, id DESC LIMIT {OF_ONE_MAX}"
    );
    tx.fetch_all(sql, args![kept]).await?.iter().map(from_row).collect()
}

/// What Kiem itself made one since a moment and was not taken back, and in which one of these records stayed or went: the
/// newest first. An upload that is taken back takes these along.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_kiem_since(tx: &mut Tx, records: &[Uuid], since: Timestamp) -> Result<Vec<Merge>> {
    let mut found = Vec::new();
    for chunk in records.chunks(KEYS_PER_QUERY) {
        let these = among(tx.conn(), KeyKind::Id, 2);
        // Three parts, each by its own index.
        let sql = format!(
            "SELECT {COLUMNS} FROM company_merge WHERE workspace_id = $1 AND cause = 'evidence' AND undone_at IS NULL
                 AND merged_at >= $3 AND kept_contact_id IS NULL AND kept_company_id IN {these}
             UNION
             SELECT {COLUMNS} FROM company_merge WHERE workspace_id = $1 AND cause = 'evidence' AND undone_at IS NULL
                 AND merged_at >= $3 AND kept_contact_id IN {these}
             UNION
             SELECT {COLUMNS} FROM company_merge WHERE workspace_id = $1 AND cause = 'evidence' AND undone_at IS NULL
                 AND merged_at >= $3 AND id IN (SELECT merge_id FROM merged_record WHERE workspace_id = $1 AND old_id IN {these})
             LIMIT {KEYS_PER_QUERY}"
        );
        let params = vec![keys::ids(chunk.iter().copied()), since.into()];
        found.extend(tx.fetch_all(sql, params).await?.iter().map(from_row).collect::<Result<Vec<_>>>()?);
    }
    found.sort_by_key(|merge: &Merge| std::cmp::Reverse((merge.merged_at, merge.id)));
    found.dedup_by_key(|merge| merge.id);
    Ok(found)
}

/// Where a record that is gone went, through as many merges as there were.
///
/// # Errors
/// Whatever the database refuses.
pub async fn new_id_of(tx: &mut Tx, old: Uuid) -> Result<Option<Uuid>> {
    let (mut found, mut at) = (None, old);
    for _ in 0..STEPS_MAX {
        let sql = "SELECT new_id FROM merged_record WHERE workspace_id = $1 AND old_id = $2";
        let Some(row) = tx.fetch_optional(sql, args![at]).await? else { break };
        at = row.get("new_id")?;
        found = Some(at);
    }
    Ok(found)
}

/// Says that a merge was taken back. False when somebody was first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_undone(
    tx: &mut Tx,
    id: Uuid,
    by: Option<UserId>,
    report: &str,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE company_merge SET undone_at = $3, undone_by = $4, undo_report = $5
             WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL",
            args![id, now, by, report],
        )
        .await?;
    tx.execute("DELETE FROM merged_record WHERE workspace_id = $1 AND merge_id = $2", args![id]).await?;
    // What was removed is back: no copy is kept of it.
    tx.execute("DELETE FROM merge_piece WHERE workspace_id = $1 AND merge_id = $2", args![id]).await?;
    Ok(n > 0)
}

fn from_row(row: &Row) -> Result<Merge> {
    Ok(Merge {
        id: row.get("id")?,
        kept: row.id("kept_company_id")?,
        lost: row.id("lost_company_id")?,
        people: row.opt_id("kept_contact_id")?.zip(row.opt_id("lost_contact_id")?),
        lost_name: row.get("lost_name")?,
        cause: row.parsed("cause")?,
        centibits: row.get("centibits")?,
        people_joined_n: row.get("people_joined_n")?,
        people_apart_n: row.get("people_apart_n")?,
        merged_at: row.instant("merged_at")?,
        merged_by: row.opt_id("merged_by")?,
        undone_at: row.opt_instant("undone_at")?,
        undone_by: row.opt_id("undone_by")?,
        undo_report: row.get("undo_report")?,
    })
}
