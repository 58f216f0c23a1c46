//! A list that is larger than the database: on SQLite the indexes by which lists are sorted rest while it comes in, and are
//! made at its end. Putting a million rows into the middle of ten trees one by one reads and writes each page of them many
//! times; sorting once does not. What makes a number, a domain or an address unique rests only when no other process has the
//! database open: then who brings the list in is the only one who could make two of one, and knows all that are there.
//!
//! What rests is written down in the same transaction that lets it rest: whoever opens the database next wakes what a
//! killed import left.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqlitePool;

use crate::args;
use crate::connection::{Global, Store, WRITER};
use crate::error::{Result, StoreError};

/// Indexes that an import itself asks, or that cost nothing while it runs.
const IN_USE: &[&str] = &["lead_company", "lead_approached", "lead_look"];
/// Those that others ask who bring single records in meanwhile.
const ASKED_BY_OTHERS: &[&str] = &["company_name", "company_register", "contact_company"];
/// Under which name what rests is written down.
const AT_REST: &str = "indexes_at_rest";
/// While a list comes in: as many pages in memory as always, and a write-ahead log that is folded back after 200 MB, so that
/// a page that changes often is copied once.
const MEANWHILE: [(&str, &str); 3] =
    [("cache_size", "-32000"), ("wal_autocheckpoint", "50000"), ("temp_store", "file")];
/// While an index is made: it is sorted in as much memory as the cache has, in pieces on disk, and a million entries take a
/// hundred megabytes. A second thread sorts one piece while the next is read.
const SORTING: [(&str, &str); 4] =
    [("cache_size", "-16000"), ("wal_autocheckpoint", "8000"), ("temp_store", "file"), ("threads", "1")];

/// Lets the indexes rest; returns whether also those rest that keep a value unique, so that the caller must. Everything else
/// stays right without them, and lists are slow until [`end`]. On PostgreSQL, which puts rows into large indexes well, nothing
/// happens.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin(store: &Store) -> Result<bool> {
    let Store::Sqlite { write, occupancy, .. } = store else { return Ok(false) };
    let is_alone = occupancy.leave_others_out().await?;
    tune(write, MEANWHILE).await?;
    let mut global = store.global().await?;
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('company', 'contact', 'lead')
        AND sql LIKE 'CREATE%' ORDER BY sql LIKE 'CREATE UNIQUE%', name";
    let mut resting = at_rest(&mut global).await?;
    for row in global.fetch_all(sql, vec![]).await? {
        let (name, sql): (String, String) = (row.get("name")?, row.get("sql")?);
        let is_others = ASKED_BY_OTHERS.contains(&name.as_str()) || sql.starts_with("CREATE UNIQUE");
        if !IN_USE.contains(&name.as_str()) && (is_alone || !is_others) {
            resting.push(sql);
            global.execute(format!("DROP INDEX \"{name}\""), vec![]).await?;
        }
    }
    write_down(&mut global, &resting).await?;
    global.commit().await?;
    Ok(is_alone)
}

/// Makes the indexes again, what keeps values unique first, each in a transaction of its own, so that others get their turn
/// between them.
///
/// # Errors
/// Whatever the database refuses; what was not made yet is still written down.
pub async fn end(store: &Store) -> Result<()> {
    let Store::Sqlite { write, occupancy, .. } = store else { return Ok(()) };
    tune(write, SORTING).await?;
    loop {
        let mut global = store.global().await?;
        let mut resting = at_rest(&mut global).await?;
        let Some(sql) = resting.pop() else { break };
        let sql = sql.replacen(" INDEX ", " INDEX IF NOT EXISTS ", 1);
        global.execute(sql, vec![]).await?;
        write_down(&mut global, &resting).await?;
        global.commit().await?;
    }
    occupancy.let_others_in().await?;
    tune(write, WRITER).await
}

/// Has PostgreSQL look at the tables of the audience anew. It does so by itself within a minute; until then it goes about tables
/// that were empty as if they still were, three times slower.
///
/// # Errors
/// Whatever the database refuses.
pub async fn look_anew(store: &Store) -> Result<()> {
    let Store::Postgres(_) = store else { return Ok(()) };
    let mut global = store.global().await?;
    for table in ["company", "contact", "lead", "company_to_match", "import_change"] {
        global.execute(format!("ANALYZE {table}"), vec![]).await?;
    }
    global.commit().await
}

/// Makes what a killed import left without an index whole again; before anything else, because a migration may ask for it.
pub(crate) async fn wake(store: &Store) -> Result<()> {
    let Store::Sqlite { .. } = store else { return Ok(()) };
    let mut global = store.global_read().await?;
    let sql = "SELECT 1 AS one FROM sqlite_master WHERE name = 'instance_setting'";
    let is_new = global.fetch_optional(sql, vec![]).await?.is_none();
    if is_new || at_rest(&mut global).await?.is_empty() {
        return Ok(());
    }
    drop(global);
    end(store).await
}

/// Outside a transaction, in which SQLite would not move what is temporary. The writer is one connection.
async fn tune(write: &SqlitePool, settings: impl IntoIterator<Item = (&str, &str)>) -> Result<()> {
    for (name, value) in settings {
        sqlx::query(AssertSqlSafe(format!("PRAGMA {name} = {value}"))).execute(write).await?;
    }
    Ok(())
}

async fn at_rest(global: &mut Global) -> Result<Vec<String>> {
    let sql = "SELECT value FROM instance_setting WHERE name = $1";
    let Some(row) = global.fetch_optional(sql, args![AT_REST]).await? else { return Ok(Vec::new()) };
    let text: String = row.get("value")?;
    serde_json::from_str(&text)
        .map_err(|e| StoreError::Inconsistent { column: AT_REST.to_owned(), problem: e.to_string() })
}

async fn write_down(global: &mut Global, resting: &[String]) -> Result<()> {
    if resting.is_empty() {
        global.execute("DELETE FROM instance_setting WHERE name = $1", args![AT_REST]).await?;
        return Ok(());
    }
    let text = serde_json::Value::from(resting.to_vec()).to_string();
    global
        .execute(
            "INSERT INTO instance_setting (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            args![AT_REST, text],
        )
        .await?;
    Ok(())
}
