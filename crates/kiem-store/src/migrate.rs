//! Bringing a database up to date.

use sqlx::migrate::Migrator;

use crate::bulk;
use crate::connection::Store;
use crate::error::{Result, StoreError};

macro_rules! migrations {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")))),+]
    };
}

/// Name and text of each, oldest first.
type Migrations = &'static [(&'static str, &'static str)];

const SQLITE: Migrations = migrations!(
    "sqlite",
    "0001_core",
    "0002_audience",
    "0003_outreach",
    "0004_engagement",
    "0005_sales",
    "0006_archive",
    "0007_after_promotion",
    "0008_lean_import",
    "0009_titles",
    "0010_addresses",
    "0011_import_trace",
    "0012_gate",
    "0013_lean_audience",
    "0014_website",
    "0015_matching",
    "0016_fit",
    "0017_lists",
    "0018_privacy",
    "0019_register",
    "0020_market",
    "0021_sources",
    "0022_bulk",
    "0023_task_channel",
    "0024_named_keys",
    "0025_one_search",
    "0026_audience_count",
    "0027_company_alias",
    "0028_title_edition",
    "0029_host_turn",
    "0030_company_import",
    "0031_no_calls",
    "0032_people",
    "0033_import_left",
);
const POSTGRES: Migrations = migrations!(
    "postgres",
    "0001_core",
    "0002_audience",
    "0003_outreach",
    "0004_engagement",
    "0005_sales",
    "0006_archive",
    "0007_after_promotion",
    "0008_lean_import",
    "0009_titles",
    "0010_addresses",
    "0011_import_trace",
    "0012_gate",
    "0013_lean_audience",
    "0014_website",
    "0015_matching",
    "0016_fit",
    "0017_lists",
    "0018_privacy",
    "0019_register",
    "0020_market",
    "0021_sources",
    "0022_bulk",
    "0023_task_channel",
    "0024_named_keys",
    "0025_one_search",
    "0026_audience_count",
    "0027_company_alias",
    "0028_title_edition",
    "0029_host_turn",
    "0030_company_import",
    "0031_no_calls",
    "0032_people",
    "0033_import_left",
);

/// Tables that hold a workspace id but are read before a workspace is chosen (see the allow-list in tidy).
const WITHOUT_ROW_SECURITY: &[&str] = &["membership", "session", "job_wakeup"];

/// What switches references off begins and ends its transaction itself: inside one SQLite does not listen.
fn migrator(files: Migrations) -> Migrator {
    let migrations = files
        .iter()
        .map(|(name, sql)| {
            let (number, description) = name.split_once('_').unwrap_or((name, ""));
            sqlx::migrate::Migration::new(
                number.parse().unwrap_or(0),
                description.into(),
                sqlx::migrate::MigrationType::Simple,
                sqlx::SqlStr::from_static(sql),
                sql.contains("PRAGMA foreign_keys"),
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

/// Applies what is missing.
///
/// # Errors
/// When a migration fails; the ones before it stay applied.
pub async fn run(store: &Store) -> Result<()> {
    apply(store, SQLITE, POSTGRES).await
}

/// Applies what is missing of the first `n` migrations: how a test gets the database of an older version.
///
/// # Errors
/// When a migration fails; the ones before it stay applied.
#[cfg(feature = "testing")]
pub async fn run_first(store: &Store, n: usize) -> Result<()> {
    apply(store, &SQLITE[..n], &POSTGRES[..n]).await
}

async fn apply(store: &Store, sqlite: Migrations, postgres: Migrations) -> Result<()> {
    bulk::wake(store).await?;
    match store {
        Store::Sqlite { write, .. } => migrator(sqlite).run(write).await.map_err(StoreError::from),
        Store::Postgres(pool) => {
            migrator(postgres).run(pool).await?;
            row_security(store).await
        }
    }
}

/// A session of PostgreSQL that sets this to `on` sees all workspaces: only `pg_dump` and `pg_restore` are started with it.
/// Row-level security guards against our own forgotten conditions; whoever may set this may set the workspace as well.
pub const BACKUP_SETTING: &str = "app.backup";

/// Switches row-level security on for every table of a workspace, also for the owner of the tables.
async fn row_security(store: &Store) -> Result<()> {
    let mut global = store.global().await?;
    let rows = global
        .fetch_all(
            "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
               AND a.attname = 'workspace_id' AND NOT c.relforcerowsecurity",
            vec![],
        )
        .await?;
    for row in rows {
        let table: String = row.get("name")?;
        if WITHOUT_ROW_SECURITY.contains(&table.as_str()) {
            continue;
        }
        for sql in [
            format!("ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE \"{table}\" FORCE ROW LEVEL SECURITY"),
            format!(
                "CREATE POLICY own_workspace ON \"{table}\"
                 USING (workspace_id = NULLIF(current_setting('app.workspace', true), '')::uuid
                     OR current_setting('{BACKUP_SETTING}', true) = 'on')"
            ),
        ] {
            global.execute(sql, vec![]).await?;
        }
    }
    global.commit().await
}
