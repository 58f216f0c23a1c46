//! What can go wrong with the database, as the rest of the program needs to know it.

/// The result of a store function.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key refused the row: somebody else was first. Carries the database's words about which key.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A row points to something that does not exist (any more) in this workspace.
    #[error("refers to something that is not there: {0}")]
    MissingReference(String),
    /// Exactly one row was expected.
    #[error("the row is not there")]
    NotFound,
    /// A stored value cannot be read: the database was changed by hand or by a newer version.
    #[error("the database holds something unreadable in {column}: {problem}")]
    Inconsistent {
        /// Column whose value is wrong.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The address of the database cannot be used.
    #[error("the database address is not usable: {0}")]
    Address(String),
    /// The database is too old to be safe.
    #[error("{0}")]
    Unsupported(String),
    /// Busy, serialisation failure or deadlock: doing the same again may succeed.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// Another process has the database to itself while it brings a large list in.
    #[error("another process brings a large list in and has the database to itself")]
    Alone,
    /// Everything else: disk full, connection lost, ...
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database was used by a version of the program that this one does not know.
    #[error("a newer version of the program used this database (step {0})")]
    Newer(i64),
    /// A migration could not be applied.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// Whether the same call may succeed when it is made again.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Busy(_))
            || matches!(self, StoreError::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(step) => StoreError::Newer(step),
            other => StoreError::Migration(other),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => StoreError::NotFound,
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default().into_owned();
                if db.is_unique_violation() {
                    return StoreError::Duplicate(db.constraint().unwrap_or(db.message()).to_owned());
                }
                if db.is_foreign_key_violation() {
                    return StoreError::MissingReference(db.message().to_owned());
                }
                // PostgreSQL: serialisation failure, deadlock. SQLite: BUSY and LOCKED with their extended codes.
                if matches!(code.as_str(), "40001" | "40P01" | "5" | "6" | "261" | "517" | "262") {
                    return StoreError::Busy(db.message().to_owned());
                }
                StoreError::Database(error)
            }
            _ => StoreError::Database(error),
        }
    }
}
