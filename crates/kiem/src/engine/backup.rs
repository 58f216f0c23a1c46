//! Backup and restore. A restored backup sends nothing until an owner releases it, and what happened after the backup was
//! made and must not be undone is done again from the send journal beside the database: what left is not sent again, who
//! opted out stays out, who was erased is erased.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kiem_domain::id::{ContactId, WorkspaceId};
use kiem_store::suppression::{self, Suppression};
use kiem_store::{Store, account, backup, contact, dispatch};

use super::audience::people::wipe_person;
use super::send::journal::{self, JournalEntry, JournalOutcome};

/// Why sending waits after a restore, as stored.
pub const RESTORED: &str = "restored";

/// Why a backup or restore did not happen, as a sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file that is to be written is there already.
    #[error("{0} is there already; choose another name, a backup never overwrites one")]
    Exists(PathBuf),
    /// The place of a restore is in use.
    #[error("{0} holds data already; restore into an empty data folder or database, so that nothing is lost")]
    NotEmpty(String),
    /// The file is no backup of this program.
    #[error("{file} is no backup that can be used: {problem}")]
    NotABackup {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file cannot be read or written.
    #[error("{path} cannot be used: {problem}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] kiem_store::StoreError),
}

/// What a restore brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Workspaces, all paused.
    pub n_workspaces: usize,
    /// Steps that the journal knows and the backup did not.
    pub n_journal_steps: u64,
    /// Opt-outs that the journal knows and the backup did not.
    pub n_opt_outs: u64,
    /// People who were erased after the backup and are erased again.
    pub n_erased: u64,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |e| BackupError::File { path, problem: e.to_string() }
}

/// Makes the empty file of a backup before anything is in it: for its owner alone, and a place that cannot be written is
/// said at once.
///
/// # Errors
/// When the file exists or cannot be made.
pub fn reserve(file: &Path) -> Result<(), BackupError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop).map_err(failed(file))
}

/// Writes a backup of a SQLite database while the program may go on working. False on PostgreSQL, which has its own
/// tool. The file appears under its name only when it is whole.
///
/// # Errors
/// When the file exists or cannot be written.
pub async fn back_up(store: &Store, file: &Path) -> Result<bool, BackupError> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let part = beside(file, "part");
    if part.exists() {
        std::fs::remove_file(&part).map_err(failed(&part))?;
    }
    reserve(&part)?;
    if !backup::copy_to(store, &part).await? {
        std::fs::remove_file(&part).map_err(failed(&part))?;
        return Ok(false);
    }
    std::fs::File::open(&part).and_then(|f| f.sync_all()).map_err(failed(&part))?;
    std::fs::rename(&part, file).map_err(failed(file))?;
    Ok(true)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    file.with_file_name(name)
}

/// Brings a SQLite backup back to `target`, which must not hold anything. Everything is prepared beside it (paused,
/// journal read), so that no program that starts in between can send.
///
/// # Errors
/// When the target holds data or the file is no backup; then nothing was changed.
pub async fn restore_sqlite(
    file: &Path,
    target: &Path,
    journal_file: &Path,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    if target.exists() && !is_empty_database(target).await? {
        return Err(BackupError::NotEmpty(target.display().to_string()));
    }
    let part = beside(target, "restoring");
    for leftover in [part.clone(), sidecar(&part, "-wal"), sidecar(&part, "-shm"), sidecar(&part, "-lock")] {
        if leftover.exists() {
            std::fs::remove_file(&leftover).map_err(failed(&leftover))?;
        }
    }
    std::fs::copy(file, &part).map_err(failed(file))?;
    let prepared = prepare_copy(file, &part, journal_file, now).await;
    if prepared.is_err() {
        // What is left of a file that is no backup is of no use to anybody; the reason is in the answer.
        let _ = std::fs::remove_file(&part);
    }
    let restored = prepared?;
    for old in [sidecar(target, "-wal"), sidecar(target, "-shm"), sidecar(&part, "-lock")] {
        if old.exists() {
            std::fs::remove_file(&old).map_err(failed(&old))?;
        }
    }
    std::fs::File::open(&part).and_then(|f| f.sync_all()).map_err(failed(&part))?;
    std::fs::rename(&part, target).map_err(failed(target))?;
    Ok(restored)
}

fn sidecar(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

async fn is_empty_database(path: &Path) -> Result<bool, BackupError> {
    let store = Store::open(&format!("sqlite:{}", path.display()), 2).await?;
    let empty = has_nobody(&store).await;
    store.close().await;
    empty
}

/// Whether a database has no tables of ours yet, or nobody in them.
///
/// # Errors
/// When it cannot be asked.
pub async fn has_nobody(store: &Store) -> Result<bool, BackupError> {
    if backup::is_empty(store).await? {
        return Ok(true);
    }
    Ok(account::count_users(&mut store.global_read().await?).await? == 0)
}

async fn prepare_copy(
    file: &Path,
    part: &Path,
    journal_file: &Path,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let refused = |problem: String| BackupError::NotABackup { file: file.to_owned(), problem };
    let store =
        Store::open(&format!("sqlite:{}", part.display()), 2).await.map_err(|e| refused(e.to_string()))?;
    let done = async {
        let problems = backup::problems(&store).await.map_err(|e| refused(e.to_string()))?;
        if let Some(problem) = problems.first() {
            return Err(refused(problem.clone()));
        }
        if backup::is_empty(&store).await? {
            return Err(refused("it was not made by Kiem".to_owned()));
        }
        store.migrate().await?;
        hold_sending(&store, journal_file, now).await
    };
    let done = done.await;
    store.close().await;
    done
}

/// Pauses all workspaces and does again what the journal knows. Also the second half of a restore on PostgreSQL.
///
/// # Errors
/// When the database fails or the journal cannot be read.
pub async fn hold_sending(
    store: &Store,
    journal_file: &Path,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let mut global = store.global().await?;
    let workspaces = account::all_workspaces(&mut global).await?;
    for workspace in &workspaces {
        account::set_sending_paused(&mut global, *workspace, Some(RESTORED)).await?;
    }
    global.commit().await?;
    let mut known: BTreeMap<WorkspaceId, Vec<JournalEntry>> = BTreeMap::new();
    for entry in journal::replay(journal_file).map_err(failed(journal_file))? {
        known.entry(entry.workspace).or_default().push(entry);
    }
    let mut restored =
        Restored { n_workspaces: workspaces.len(), n_journal_steps: 0, n_opt_outs: 0, n_erased: 0 };
    for workspace in &workspaces {
        let Some(entries) = known.remove(workspace) else { continue };
        do_again(store, *workspace, entries, now, &mut restored).await?;
    }
    Ok(restored)
}

/// One workspace's part of the journal.
async fn do_again(
    store: &Store,
    workspace: WorkspaceId,
    entries: Vec<JournalEntry>,
    now: Timestamp,
    restored: &mut Restored,
) -> Result<(), BackupError> {
    let (mut steps, mut opt_outs) = (Vec::new(), Vec::new());
    let mut tx = store.begin(workspace).await?;
    for entry in entries {
        // A line from the future is a clock that was wrong, not a step that did not leave.
        let at = entry.at.min(now);
        match entry.outcome {
            JournalOutcome::Committing | JournalOutcome::Sent => {
                steps.push((entry.key, entry.outcome.as_str(), at));
            }
            JournalOutcome::OptedOut => opt_outs.push(Suppression {
                key_hash: entry.key,
                kind: "email".to_owned(),
                hint: String::new(),
                reason: "unsubscribed".to_owned(),
                source: "send journal".to_owned(),
                created_by: None,
                created_at: at,
            }),
            JournalOutcome::Erased => {
                let Ok(id) = uuid::Uuid::from_slice(&entry.key) else { continue };
                let id = ContactId(id);
                let Some(person) = contact::get(&mut tx, id).await? else { continue };
                if contact::erase(&mut tx, id, at).await? {
                    wipe_person(&mut tx, &person, at).await?;
                    restored.n_erased += 1;
                }
            }
            JournalOutcome::Refused | JournalOutcome::OptedIn => {}
        }
    }
    restored.n_journal_steps += dispatch::remember_journal(&mut tx, steps).await?;
    restored.n_opt_outs += suppression::insert_many(&mut tx, &opt_outs).await?;
    Ok(tx.commit().await?)
}
