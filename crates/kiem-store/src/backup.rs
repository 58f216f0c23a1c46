//! Copies of a SQLite database, and what `kiem doctor` asks about a database.

use std::path::Path;

use sqlx::AssertSqlSafe;

use crate::connection::Store;
use crate::error::{Result, StoreError};

/// Writes a whole, compact copy of a SQLite database to a new file while others go on working. False on PostgreSQL,
/// which brings its own tool.
///
/// # Errors
/// When the file exists or cannot be written.
pub async fn copy_to(store: &Store, file: &Path) -> Result<bool> {
    let Store::Sqlite { read, .. } = store else { return Ok(false) };
    let target = file.display().to_string().replace('\'', "''");
    // VACUUM INTO takes no bound name on every version; the quotes are doubled above.
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{target}'"))).execute(read).await?;
    Ok(true)
}

/// What the database says about its own state; empty when it is well.
///
/// # Errors
/// When it cannot be asked.
pub async fn problems(store: &Store) -> Result<Vec<String>> {
    match store {
        Store::Sqlite { read, .. } => {
            let lines: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(20)")
                .fetch_all(read)
                .await
                .map_err(StoreError::from)?;
            Ok(lines.into_iter().filter(|line| line != "ok").collect())
        }
        Store::Postgres(pool) => {
            sqlx::query("SELECT 1").execute(pool).await?;
            Ok(Vec::new())
        }
    }
}

/// Whether the database holds no tables of ours yet.
///
/// # Errors
/// When it cannot be asked.
pub async fn is_empty(store: &Store) -> Result<bool> {
    let n: i64 = match store {
        Store::Sqlite { read, .. } => {
            sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'app_user'")
                .fetch_one(read)
                .await?
        }
        Store::Postgres(pool) => {
            sqlx::query_scalar("SELECT COUNT(*) FROM pg_class WHERE relname = 'app_user' AND relkind = 'r'")
                .fetch_one(pool)
                .await?
        }
    };
    Ok(n == 0)
}
