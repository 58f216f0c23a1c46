//! Uploads being brought in: the file, how far it is, and what was wrong with which row.

use jiff::Timestamp;
use kiem_domain::id::{ImportId, UserId};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

kiem_domain::text_enum! {
    /// How far an upload is.
    pub enum ImportState {
        /// Uploaded and looked at; nothing was brought in.
        Previewed = "previewed",
        /// Being brought in.
        Running = "running",
        /// All rows were handled.
        Finished = "finished",
        /// Cannot go on; what was brought in stays.
        Failed = "failed",
        /// Stopped by a person; what was brought in stays.
        Stopped = "stopped",
    }
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportId,
    /// Name of the file, as uploaded.
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_hash: Vec<u8>,
    /// How far.
    pub state: ImportState,
    /// How the file is written, JSON.
    pub dialect: String,
    /// What the columns mean, JSON.
    pub mapping: String,
    /// On what ground the people may be approached, JSON; `null` before it was asked.
    pub ground: String,
    /// Data rows in the file.
    pub n_rows: i64,
    /// Counts so far.
    pub progress: Progress,
    /// Why it failed.
    pub failure: Option<String>,
    /// Who uploaded it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Counts of an upload so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows handled; where to go on.
    pub n_done: i64,
    /// Companies that are new.
    pub n_companies_created: i64,
    /// Companies that were there.
    pub n_companies_matched: i64,
    /// People who are new.
    pub n_contacts_created: i64,
    /// People who were there.
    pub n_contacts_matched: i64,
    /// Errors in rows.
    pub n_errors: i64,
    /// People who must not be mailed.
    pub n_suppressed: i64,
}

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRowError {
    /// Row number as the spreadsheet shows it.
    pub row_number: i64,
    /// What: a catalogue key.
    pub code: String,
    /// In which column.
    pub column_name: String,
    /// What stood there.
    pub value: String,
    /// The whole row as JSON array.
    pub row_text: String,
}

const COLUMNS: &str = "id, file_name, file_hash, state, dialect, mapping, ground, n_rows, n_done, n_companies_created,
    n_companies_matched, n_contacts_created, n_contacts_matched, n_errors, n_suppressed, failure, created_by, created_at,
    finished_at";

/// Adds an upload with its file.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, run: &ImportRun, file: &[u8]) -> Result<()> {
    let p = run.progress;
    tx.execute(
        format!(
            "INSERT INTO import_run (workspace_id, {COLUMNS})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        ),
        args![
            run.id, run.file_name.as_str(), run.file_hash.as_slice(), run.state.as_str(), run.dialect.as_str(),
            run.mapping.as_str(), run.ground.as_str(), run.n_rows, p.n_done, p.n_companies_created,
            p.n_companies_matched, p.n_contacts_created, p.n_contacts_matched, p.n_errors, p.n_suppressed,
            run.failure.as_deref(), run.created_by, run.created_at, run.finished_at,
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO import_file (workspace_id, import_id, content) VALUES ($1, $2, $3)",
        args![run.id, file],
    )
    .await?;
    Ok(())
}

/// One upload.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: ImportId) -> Result<Option<ImportRun>> {
    let sql = format!("SELECT {COLUMNS} FROM import_run WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The file of an upload; missing when it was removed after the end.
///
/// # Errors
/// Whatever the database refuses.
pub async fn file(tx: &mut Tx, id: ImportId) -> Result<Option<Vec<u8>>> {
    tx.fetch_optional("SELECT content FROM import_file WHERE workspace_id = $1 AND import_id = $2", args![id])
        .await?
        .map(|row| row.get("content"))
        .transpose()
}

/// Uploads, newest first, from before `before` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<ImportRun>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM import_run WHERE workspace_id = $1 AND created_at < $2
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![before, limit]).await?.iter().map(from_row).collect()
}

/// Begins bringing in what was looked at. False when it was already begun or is over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn start(tx: &mut Tx, id: ImportId, dialect: &str, mapping: &str, ground: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET state = 'running', dialect = $3, mapping = $4, ground = $5
             WHERE workspace_id = $1 AND id = $2 AND state = 'previewed'",
            args![id, dialect, mapping, ground],
        )
        .await?;
    Ok(n > 0)
}

/// Writes the counts after a chunk of rows, in the same transaction as the rows. False when the upload no longer runs
/// or another worker handled the rows after `n_done_before`: then this transaction must be thrown away.
///
/// # Errors
/// Whatever the database refuses.
pub async fn advance(tx: &mut Tx, id: ImportId, n_done_before: i64, p: &Progress) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET n_done = $4, n_companies_created = $5, n_companies_matched = $6,
                 n_contacts_created = $7, n_contacts_matched = $8, n_errors = $9, n_suppressed = $10
             WHERE workspace_id = $1 AND id = $2 AND n_done = $3 AND state = 'running'",
            args![
                id,
                n_done_before,
                p.n_done,
                p.n_companies_created,
                p.n_companies_matched,
                p.n_contacts_created,
                p.n_contacts_matched,
                p.n_errors,
                p.n_suppressed,
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Notes how many data rows a file has, when that shows only at its end. False when the upload is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn note_rows(tx: &mut Tx, id: ImportId, n_rows: i64) -> Result<bool> {
    let n = tx
        .execute("UPDATE import_run SET n_rows = $3 WHERE workspace_id = $1 AND id = $2", args![id, n_rows])
        .await?;
    Ok(n > 0)
}

/// Ends an upload that was looked at or runs, and lets go of its file. False when it was already over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end(
    tx: &mut Tx,
    id: ImportId,
    state: ImportState,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET state = $3, failure = $4, finished_at = $5
             WHERE workspace_id = $1 AND id = $2 AND state IN ('previewed', 'running')",
            args![id, state.as_str(), failure, now],
        )
        .await?;
    if n > 0 {
        tx.execute("DELETE FROM import_file WHERE workspace_id = $1 AND import_id = $2", args![id]).await?;
    }
    Ok(n > 0)
}

/// Ends uploads from before `before` that were looked at and never started: their files go. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_old_previews(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM import_file WHERE workspace_id = $1 AND import_id IN (
             SELECT id FROM import_run WHERE workspace_id = $1 AND state = 'previewed' AND created_at < $2)",
        args![before],
    )
    .await?;
    tx.execute(
        "UPDATE import_run SET state = 'stopped', finished_at = $3
         WHERE workspace_id = $1 AND state = 'previewed' AND created_at < $2",
        args![before, now],
    )
    .await
}

/// Writes down what is wrong with rows; the same error of the same row only once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_errors(tx: &mut Tx, id: ImportId, errors: &[ImportRowError]) -> Result<u64> {
    let rows = errors
        .iter()
        .map(|e| {
            args![
                id,
                e.row_number,
                e.code.as_str(),
                e.column_name.as_str(),
                e.value.as_str(),
                e.row_text.as_str()
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO import_error (workspace_id, import_id, row_number, code, column_name, value, row_text)",
        rows,
        "ON CONFLICT (workspace_id, import_id, row_number, code) DO NOTHING",
    )
    .await
}

/// What is wrong with rows after `after_row`, in the order of the file; whole rows, so at least `limit` when there are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn errors(tx: &mut Tx, id: ImportId, after_row: i64, limit: i64) -> Result<Vec<ImportRowError>> {
    let rows = tx
        .fetch_all(
            "SELECT row_number, code, column_name, value, row_text FROM import_error
             WHERE workspace_id = $1 AND import_id = $2 AND row_number IN (
                 SELECT DISTINCT row_number FROM import_error
                 WHERE workspace_id = $1 AND import_id = $2 AND row_number > $3 ORDER BY row_number LIMIT $4)
             ORDER BY row_number, code",
            args![id, after_row, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ImportRowError {
                row_number: row.get("row_number")?,
                code: row.get("code")?,
                column_name: row.get("column_name")?,
                value: row.get("value")?,
                row_text: row.get("row_text")?,
            })
        })
        .collect()
}

fn from_row(row: &Row) -> Result<ImportRun> {
    Ok(ImportRun {
        id: row.id("id")?,
        file_name: row.get("file_name")?,
        file_hash: row.get("file_hash")?,
        state: row.parsed("state")?,
        dialect: row.get("dialect")?,
        mapping: row.get("mapping")?,
        ground: row.get("ground")?,
        n_rows: row.get("n_rows")?,
        progress: Progress {
            n_done: row.get("n_done")?,
            n_companies_created: row.get("n_companies_created")?,
            n_companies_matched: row.get("n_companies_matched")?,
            n_contacts_created: row.get("n_contacts_created")?,
            n_contacts_matched: row.get("n_contacts_matched")?,
            n_errors: row.get("n_errors")?,
            n_suppressed: row.get("n_suppressed")?,
        },
        failure: row.get("failure")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}
