//! Databases for tests: a fresh SQLite file and a fresh PostgreSQL database, both migrated.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use kiem_domain::id::WorkspaceId;
use uuid::Uuid;

use crate::args;
use crate::connection::Store;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A migrated database that disappears with it.
pub struct TestStore {
    /// The database.
    pub store: Store,
    /// How another process opens the same database.
    pub url: String,
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    folder: Option<std::path::PathBuf>,
    drop_database: Option<(String, String)>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "names of test databases must differ from those of killed runs"
)]
fn unique() -> String {
    let nanos =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    format!("kiem_{}_{}_{nanos}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A fresh SQLite database in the temporary folder.
pub async fn sqlite() -> TestStore {
    let db = empty_sqlite().await;
    db.store.migrate().await.expect("SQLite migrates");
    db
}

/// A fresh PostgreSQL database on the server of `KIEM_TEST_PG_URL`. There is no skipping: a contract that was not
/// checked on both databases is no contract.
pub async fn postgres() -> TestStore {
    let db = empty_postgres().await;
    db.store.migrate().await.expect("PostgreSQL migrates");
    db
}

/// Both databases, as they were after the first `n` migrations.
pub async fn both_after(n: usize) -> [TestStore; 2] {
    let dbs = [empty_sqlite().await, empty_postgres().await];
    for db in &dbs {
        crate::migrate::run_first(&db.store, n).await.expect("the first migrations apply");
    }
    dbs
}

async fn empty_sqlite() -> TestStore {
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
    let url = format!("sqlite:{}", folder.join("kiem.sqlite").display());
    let store = Store::open(&url, 4).await.expect("SQLite opens");
    TestStore { store, url, name: "sqlite", folder: Some(folder), drop_database: None }
}

async fn empty_postgres() -> TestStore {
    #[expect(clippy::disallowed_methods, reason = "tests are told their PostgreSQL by the environment")]
    let base = std::env::var("KIEM_TEST_PG_URL").expect(
        "KIEM_TEST_PG_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL for them",
    );
    let name = unique();
    let admin = Store::open(&base, 1).await.expect("the PostgreSQL of KIEM_TEST_PG_URL answers");
    let Store::Postgres(pool) = &admin else { panic!("KIEM_TEST_PG_URL is not a PostgreSQL address") };
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0")))
        .execute(pool)
        .await
        .expect("the test user may create databases");
    admin.close().await;
    let url = match base.rsplit_once('/') {
        Some((server, _)) => format!("{server}/{name}"),
        None => panic!("KIEM_TEST_PG_URL has no database name"),
    };
    let store = Store::open(&url, 8).await.expect("the new database opens");
    TestStore { store, url, name: "postgres", folder: None, drop_database: Some((base, name)) }
}

/// Both databases, always.
pub async fn both() -> [TestStore; 2] {
    [sqlite().await, postgres().await]
}

impl TestStore {
    /// Adds a workspace with the given number and returns its id.
    pub async fn workspace(&self, number: u32, now: Timestamp) -> WorkspaceId {
        let id = WorkspaceId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(number)));
        let mut global = self.store.global().await.expect("begin");
        global
            .execute(
                "INSERT INTO workspace (id, number, name, mode, time_zone, language, settings, created_at)
                 VALUES ($1, $2, $3, 'practice', 'Europe/Amsterdam', 'nl', '{}', $4)",
                args![id, number, format!("Workspace {number}"), now],
            )
            .await
            .expect("insert");
        global.commit().await.expect("commit");
        id
    }

    /// Closes the connections and removes the database.
    pub async fn remove(mut self) {
        self.store.close().await;
        if let Some((base, name)) = self.drop_database.take() {
            let admin = Store::open(&base, 1).await.expect("PostgreSQL answers");
            if let Store::Postgres(pool) = &admin {
                // Plainly at first: that also waits for a vacuum, which only a superuser may end by force.
                let plain = sqlx::AssertSqlSafe(format!("DROP DATABASE {name}"));
                if sqlx::query(plain).execute(pool).await.is_err() {
                    let forced = sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
                    sqlx::query(forced).execute(pool).await.expect("drop");
                }
            }
            admin.close().await;
        }
        if let Some(folder) = self.folder.take() {
            std::fs::remove_dir_all(folder).expect("the temporary folder can be removed");
        }
    }
}
