//! Which processes have a SQLite database open: each holds a shared lock on a file beside it, and who brings a large list in
//! asks to be alone. SQLite's own locks cannot say it, because they last as long as a transaction.

use std::fs::{File, OpenOptions, TryLockError};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Result, StoreError};

/// How often a database that another process has to itself is tried, and the pause between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Our place in a database; given back when the last clone goes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Occupancy {
    /// None when the file system knows no locks, or the database lives in memory: then nobody is ever sure to be alone.
    file: Option<Arc<File>>,
}

impl Occupancy {
    /// Enters a database. Waits two seconds for who has it to itself.
    ///
    /// # Errors
    /// [`StoreError::Alone`] when somebody still has it to itself.
    pub(crate) async fn enter(path: &str) -> Result<Occupancy> {
        if path.is_empty() || path.starts_with(':') || path.starts_with("file:") {
            return Ok(Occupancy { file: None });
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(format!("{path}-lock"))
            .map_err(|e| StoreError::Address(format!("{path}-lock cannot be made: {e}")))?;
        let is_locked = share(&file).await?;
        Ok(Occupancy { file: is_locked.then(|| Arc::new(file)) })
    }

    /// Has the database alone from now on, unless another process has it open.
    ///
    /// # Errors
    /// [`StoreError::Alone`] when another process took it alone in the same moment, and keeps it.
    pub(crate) async fn leave_others_out(&self) -> Result<bool> {
        let Some(file) = &self.file else { return Ok(false) };
        if file.try_lock().is_ok() {
            return Ok(true);
        }
        // The failed try may have cost the shared lock.
        share(file).await?;
        Ok(false)
    }

    /// Lets others in again.
    ///
    /// # Errors
    /// As [`Occupancy::leave_others_out`].
    pub(crate) async fn let_others_in(&self) -> Result<()> {
        if let Some(file) = &self.file {
            share(file).await?;
        }
        Ok(())
    }

    /// Leaves the database; others may have it alone from now on.
    pub(crate) fn leave(&self) {
        // Closing the file does the same when this fails.
        drop(self.file.as_ref().map(|file| file.unlock()));
    }
}

/// Takes the shared lock. False when the file system has none.
async fn share(file: &File) -> Result<bool> {
    for _ in 0..TRIES {
        match file.try_lock_shared() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(_)) => return Ok(false),
        }
    }
    Err(StoreError::Alone)
}
