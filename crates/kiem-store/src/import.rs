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
        /// Waits until somebody lets it go on; what was brought in is there.
        Paused = "paused",
        /// All rows were handled.
        Finished = "finished",
        /// Cannot go on; what was brought in stays.
        Failed = "failed",
        /// Stopped by a person; what was brought in stays.
        Stopped = "stopped",
        /// Taken back: what was made is gone, what was changed is as before.
        Undone = "undone",
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
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// What a trial found, JSON; missing before one was asked for.
    pub trial: Option<String>,
    /// What taking it back has done so far, JSON.
    pub undo_report: Option<String>,
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
    /// Rows about what an earlier row of the file spoke of.
    pub n_repeated: i64,
    /// Rows that may mean several companies, and were left out.
    pub n_ambiguous: i64,
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
    finished_at, n_repeated, n_ambiguous";

/// Two things that an upload can be beside its stored state.
const SHOWN_STATE: &str = "CASE WHEN undone_at IS NOT NULL THEN 'undone'
    WHEN state = 'running' AND paused_at IS NOT NULL THEN 'paused' ELSE state END AS shown_state,
    undone_at, trial, undo_report";

/// Adds an upload with its file; from a shell, of which nothing is kept, without one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, run: &ImportRun, file: &[u8]) -> Result<()> {
    let p = run.progress;
    tx.execute(
        format!(
            "INSERT INTO import_run (workspace_id, {COLUMNS})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
        ),
        args![
            run.id, run.file_name.as_str(), run.file_hash.as_slice(), run.state.as_str(), run.dialect.as_str(),
            run.mapping.as_str(), run.ground.as_str(), run.n_rows, p.n_done, p.n_companies_created,
            p.n_companies_matched, p.n_contacts_created, p.n_contacts_matched, p.n_errors, p.n_suppressed,
            run.failure.as_deref(), run.created_by, run.created_at, run.finished_at, p.n_repeated, p.n_ambiguous,
        ],
    )
    .await?;
    if !file.is_empty() {
        tx.execute(
            "INSERT INTO import_file (workspace_id, import_id, content) VALUES ($1, $2, $3)",
            args![run.id, file],
        )
        .await?;
    }
    Ok(())
}

/// One upload.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: ImportId) -> Result<Option<ImportRun>> {
    let sql = format!("SELECT {COLUMNS}, {SHOWN_STATE} FROM import_run WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// A file that was being brought in from a shell when its process ended: the same one, by the same person, read and
/// declared in the same way. A run that another process is still at looks alike; the one whose next rows are refused by
/// [`advance`] ends.
///
/// # Errors
/// Whatever the database refuses.
pub async fn cut_short(tx: &mut Tx, order: &ImportRun) -> Result<Option<ImportRun>> {
    let sql = format!(
        "SELECT {COLUMNS}, {SHOWN_STATE} FROM import_run WHERE workspace_id = $1 AND state = 'running' AND file_hash = $2
         AND dialect = $3 AND mapping = $4 AND ground = $5 AND created_by = $6 AND paused_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM import_file f
             WHERE f.workspace_id = import_run.workspace_id AND f.import_id = import_run.id)
         ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let params = args![
        order.file_hash.as_slice(),
        order.dialect.as_str(),
        order.mapping.as_str(),
        order.ground.as_str(),
        order.created_by,
    ];
    tx.fetch_optional(sql, params).await?.as_ref().map(from_row).transpose()
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
        "SELECT {COLUMNS}, {SHOWN_STATE} FROM import_run WHERE workspace_id = $1 AND created_at < $2
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
            "UPDATE import_run SET state = 'running', dialect = $3, mapping = $4, ground = $5, trial = NULL
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
                 n_contacts_created = $7, n_contacts_matched = $8, n_errors = $9, n_suppressed = $10,
                 n_repeated = $11, n_ambiguous = $12
             WHERE workspace_id = $1 AND id = $2 AND n_done = $3 AND state = 'running' AND paused_at IS NULL",
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
                p.n_repeated,
                p.n_ambiguous,
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

/// Lets an upload that runs wait. False when it does not run.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pause(tx: &mut Tx, id: ImportId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET paused_at = $3
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NULL",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Lets an upload that waits go on. False when it does not wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn resume(tx: &mut Tx, id: ImportId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET paused_at = NULL
             WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND paused_at IS NOT NULL",
            args![id],
        )
        .await?;
    Ok(n > 0)
}

/// Ends an upload that was looked at or runs. Its file stays for the result, until [`forget_files`]; that of an upload
/// that was only looked at goes at once. False when it was already over.
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
    tx.execute(
        "DELETE FROM import_file WHERE workspace_id = $1 AND import_id IN (
             SELECT id FROM import_run WHERE workspace_id = $1 AND id = $2 AND state = 'previewed')",
        args![id],
    )
    .await?;
    let n = tx
        .execute(
            "UPDATE import_run SET state = $3, failure = $4, finished_at = $5, paused_at = NULL, trial = NULL
             WHERE workspace_id = $1 AND id = $2 AND state IN ('previewed', 'running')",
            args![id, state.as_str(), failure, now],
        )
        .await?;
    Ok(n > 0)
}

/// Notes what a trial has found so far. False when the upload was begun meanwhile.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_trial(tx: &mut Tx, id: ImportId, trial: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET trial = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'previewed'",
            args![id, trial],
        )
        .await?;
    Ok(n > 0)
}

/// Begins to take an upload back that ended after `since`. False when it ended before, runs, or was taken back already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin_undo(tx: &mut Tx, id: ImportId, since: Timestamp, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET undone_at = $4 WHERE workspace_id = $1 AND id = $2 AND finished_at > $3
             AND undone_at IS NULL AND state IN ('finished', 'stopped', 'failed')",
            args![id, since, now],
        )
        .await?;
    Ok(n > 0)
}

/// Notes what taking an upload back has done so far. False when it is not taken back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_undo_report(tx: &mut Tx, id: ImportId, report: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE import_run SET undo_report = $3
             WHERE workspace_id = $1 AND id = $2 AND undone_at IS NOT NULL",
            args![id, report],
        )
        .await?;
    Ok(n > 0)
}

/// Lets go of the files of uploads that ended before `before`, and of the trace by which they could be taken back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_files(tx: &mut Tx, before: Timestamp) -> Result<()> {
    const OVER: &str =
        "import_id IN (SELECT id FROM import_run WHERE workspace_id = $1 AND finished_at < $2)";
    for gone in [
        "DELETE FROM import_file WHERE",
        "DELETE FROM import_outcome WHERE",
        "DELETE FROM import_change WHERE subject_kind = 'ground' AND",
        // Which list gave a fact stays; what it said before does not.
        "UPDATE import_change SET facts = '{}' WHERE facts <> '{}' AND",
    ] {
        tx.execute(format!("{gone} workspace_id = $1 AND {OVER}"), args![before]).await?;
    }
    // What came after can be taken back for as long as this one could when it was taken back itself.
    tx.execute(
        "DELETE FROM import_left WHERE workspace_id = $1
           AND import_id IN (SELECT id FROM import_run WHERE workspace_id = $1 AND undone_at < $2)",
        args![before],
    )
    .await?;
    Ok(())
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
        "UPDATE import_run SET state = 'stopped', finished_at = $3, trial = NULL
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
    let rows = errors.iter().map(|e| {
        args![
            id,
            e.row_number,
            e.code.as_str(),
            e.column_name.as_str(),
            e.value.as_str(),
            e.row_text.as_str()
        ]
    });
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
        state: row.parsed("shown_state")?,
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
            n_repeated: row.get("n_repeated")?,
            n_ambiguous: row.get("n_ambiguous")?,
        },
        failure: row.get("failure")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
        undone_at: row.opt_instant("undone_at")?,
        trial: row.get("trial")?,
        undo_report: row.get("undo_report")?,
    })
}
