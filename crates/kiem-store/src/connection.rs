//! Opening a database, and the transactions that every store function works in.

use std::borrow::Cow;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use kiem_domain::id::WorkspaceId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::dialect;
use crate::error::{Result, StoreError};
use crate::occupancy::Occupancy;
use crate::row::Row;
use crate::value::Value;

/// Rows that one multi-row statement inserts. Only these, so that the same few texts come again and the database has
/// understood them before: understanding takes longer than inserting.
const ROWS_PER_INSERT: [usize; 4] = [256, 64, 8, 1];
/// Parameters that one statement may carry (SQLite's limit; PostgreSQL allows twice as many).
const PARAMETERS_MAX: usize = 32_000;

/// How the writer of SQLite works: 32 MB of pages in memory, and a write-ahead log that is folded back after 32 MB, because a
/// list that is brought in touches many index pages per commit and the default copies them back each time.
pub(crate) const WRITER: [(&str, &str); 3] =
    [("cache_size", "-32000"), ("wal_autocheckpoint", "8000"), ("temp_store", "memory")];

/// How many rows were inserted. Boxed, because callers hand over rows of any making, and the compiler does not see through
/// their lifetimes that such a future may move between threads.
pub type Inserted<'t> = Pin<Box<dyn Future<Output = Result<u64>> + Send + 't>>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Store {
    /// The embedded default: one writer connection, several readers.
    Sqlite {
        /// The only connection that writes.
        write: SqlitePool,
        /// Read-only connections.
        read: SqlitePool,
        /// Our place among the processes that have it open.
        occupancy: Occupancy,
    },
    /// For users who outgrew one machine.
    Postgres(PgPool),
}

/// An open transaction on either database.
pub enum Conn {
    /// On SQLite.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// A transaction in one workspace. Dropped without [`Tx::commit`], nothing happened.
pub struct Tx {
    workspace: WorkspaceId,
    conn: Conn,
}

/// A transaction on the tables that belong to no workspace (users, sessions, workspaces, wake-ups).
pub struct Global {
    conn: Conn,
}

/// Makes a database file that only its owner may read, before SQLite makes it with what the umask leaves. Its
/// companions (`-wal`, `-shm`) take over the rights of the database. A file that is there keeps the rights it was given.
fn make_private(path: &str) -> Result<()> {
    if path.is_empty() || path.starts_with(':') || path.starts_with("file:") {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(StoreError::Address(format!("{path} cannot be made: {e}"))),
    }
}

impl Store {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://...`.
    ///
    /// # Errors
    /// When the address is not understood, the database cannot be reached, or its version is not safe.
    pub async fn open(url: &str, connections_max: u32) -> Result<Store> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(|e| StoreError::Address(e.to_string()))?;
            // The pool only says that it waited; one connection says why there is none.
            let first = tokio::time::timeout(Duration::from_secs(10), options.connect()).await;
            first.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
            let pool = PgPoolOptions::new()
                .max_connections(connections_max)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            return Ok(Store::Postgres(pool));
        }
        let path = url
            .strip_prefix("sqlite:")
            .ok_or_else(|| StoreError::Address("it must begin with sqlite: or postgres://".to_owned()))?;
        make_private(path)?;
        let occupancy = Occupancy::enter(path).await?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a lost "sent" mark after a power cut would be a second mail to the same person.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Rows that wait for whoever reads them: with fewer, both threads wake each other for each.
            .row_buffer_size(500)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory");
        let writer =
            WRITER.into_iter().fold(options.clone(), |writer, (name, value)| writer.pragma(name, value));
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(writer).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(connections_max.clamp(2, 8))
            .connect_with(options.read_only(true))
            .await?;
        let store = Store::Sqlite { write, read, occupancy };
        crate::dialect::check_version(&store).await?;
        Ok(store)
    }

    /// Applies the migrations that are missing, and on PostgreSQL switches row-level security on.
    ///
    /// # Errors
    /// When a migration fails; the ones before it stay applied.
    pub async fn migrate(&self) -> Result<()> {
        crate::migrate::run(self).await
    }

    /// Begins a writing transaction in a workspace. On SQLite this waits for the one writer.
    ///
    /// # Errors
    /// When the database cannot be reached or stays busy.
    pub async fn begin(&self, workspace: WorkspaceId) -> Result<Tx> {
        let mut conn = self.begin_conn(true).await?;
        crate::dialect::enter_workspace(&mut conn, workspace).await?;
        Ok(Tx { workspace, conn })
    }

    /// Begins a reading transaction in a workspace; on SQLite it never waits for the writer.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self, workspace: WorkspaceId) -> Result<Tx> {
        let mut conn = self.begin_conn(false).await?;
        crate::dialect::enter_workspace(&mut conn, workspace).await?;
        Ok(Tx { workspace, conn })
    }

    /// Begins a transaction on the global tables.
    ///
    /// # Errors
    /// When the database cannot be reached or stays busy.
    pub async fn global(&self) -> Result<Global> {
        Ok(Global { conn: self.begin_conn(true).await? })
    }

    /// Begins a reading transaction on the global tables.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn global_read(&self) -> Result<Global> {
        Ok(Global { conn: self.begin_conn(false).await? })
    }

    async fn begin_conn(&self, writes: bool) -> Result<Conn> {
        Ok(match self {
            // IMMEDIATE: a transaction that upgrades from reading to writing would fail at once when busy.
            Store::Sqlite { write, .. } if writes => Conn::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Store::Sqlite { read, .. } => Conn::Sqlite(read.begin().await?),
            Store::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        })
    }

    /// Closes all connections; SQLite folds its write-ahead log back into the file.
    pub async fn close(&self) {
        match self {
            Store::Sqlite { write, read, occupancy } => {
                read.close().await;
                write.close().await;
                occupancy.leave();
            }
            Store::Postgres(pool) => pool.close().await,
        }
    }
}

macro_rules! bound {
    ($sql:expr, $params:expr) => {{
        // Every text in this crate is a constant or is put together from constants; values are always bound.
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $params {
            query = match value {
                Value::Uuid(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Runs the statements of an insert one after the other. The next is put together while the database works on one.
macro_rules! run_all {
    ($tx:expr, $rows:expr, $placeholder:expr) => {{
        let mut inserted = 0;
        let mut next = $rows.next($placeholder).map(|(sql, params)| bound!(sql, params));
        while let Some(query) = next {
            let after = async { $rows.next($placeholder).map(|(sql, params)| bound!(sql, params)) };
            let done;
            (done, next) = tokio::join!(query.execute(&mut **$tx), after);
            inserted += done?.rows_affected();
        }
        Ok(inserted)
    }};
}

/// Rows on their way into a table.
struct Inserting<'a, I> {
    head: &'a str,
    tail: &'a str,
    rows: I,
    waiting: Vec<Vec<Value>>,
}

impl<I: Iterator<Item = Vec<Value>>> Inserting<'_, I> {
    /// The next statement with its parameters; `placeholder` writes the parameter of a number.
    fn next(&mut self, placeholder: fn(usize, &mut String)) -> Option<(String, Vec<Value>)> {
        let missing = ROWS_PER_INSERT[0] - self.waiting.len();
        self.waiting.extend(self.rows.by_ref().take(missing));
        let columns = self.waiting.first()?.len().max(1);
        let fits = |n: &usize| *n <= self.waiting.len() && n * columns <= PARAMETERS_MAX;
        let n_rows = ROWS_PER_INSERT.into_iter().find(fits).unwrap_or(1);
        let mut params = Vec::with_capacity(n_rows * columns);
        let mut sql = String::with_capacity(n_rows * columns * 4 + self.head.len());
        sql.push_str(self.head);
        sql.push_str(" VALUES ");
        for (i, row) in self.waiting.drain(..n_rows).enumerate() {
            sql.push_str(if i == 0 { "(" } else { ", (" });
            for (j, value) in row.into_iter().enumerate() {
                params.push(value);
                sql.push_str(if j == 0 { "" } else { ", " });
                placeholder(params.len(), &mut sql);
            }
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.tail);
        Some((sql, params))
    }
}

impl Conn {
    /// Runs a statement and returns how many rows it touched.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn execute(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Result<u64> {
        let sql = sql.into().into_owned();
        Ok(match self {
            Conn::Sqlite(tx) => bound!(sql, params).execute(&mut **tx).await?.rows_affected(),
            Conn::Postgres(tx) => bound!(sql, params).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a query and returns all its rows; every query has a LIMIT or a bounded set of keys.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn fetch_all(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let sql = sql.into().into_owned();
        Ok(match self {
            Conn::Sqlite(tx) => {
                bound!(sql, params).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Conn::Postgres(tx) => {
                bound!(sql, params).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs a query that finds one row or none.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn fetch_optional(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Option<Row>> {
        let sql = sql.into().into_owned();
        Ok(match self {
            Conn::Sqlite(tx) => bound!(sql, params).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Conn::Postgres(tx) => bound!(sql, params).fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    /// Runs a query that must find a row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn fetch_one(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Result<Row> {
        self.fetch_optional(sql, params).await?.ok_or(StoreError::NotFound)
    }

    /// Inserts many rows with as few statements as the databases allow. `head` is `INSERT INTO t (a, b)`, `tail`
    /// is empty or an `ON CONFLICT` clause. Returns how many rows were inserted. Rows are asked for while the database
    /// works on those before.
    ///
    /// # Errors
    /// Whatever the database refuses; rows of earlier statements of the same transaction go with a rollback.
    pub async fn insert_many<I>(&mut self, head: &str, rows: I, tail: &str) -> Result<u64>
    where
        I: IntoIterator<Item = Vec<Value>>,
        I::IntoIter: Send,
    {
        let mut rows = Inserting { head, tail, rows: rows.into_iter(), waiting: Vec::new() };
        match self {
            // SQLite takes `$1` for a name and searches all names for each: thousands of them take longer than the rows
            // themselves.
            Conn::Sqlite(tx) => run_all!(tx, rows, |_, sql| sql.push('?')),
            Conn::Postgres(tx) => run_all!(tx, rows, |n, sql| sql.push_str(&format!("${n}"))),
        }
    }

    async fn commit(self) -> Result<()> {
        match self {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Tx {
    /// The workspace that this transaction may see.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Runs a statement; the workspace is bound as `$1` before the given parameters. Returns how many rows it
    /// touched.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn execute(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Result<u64> {
        let (sql, params) = self.scoped(sql, params);
        self.conn.execute(sql, params).await
    }

    /// Runs a query with the workspace as `$1`; see [`Conn::fetch_all`].
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn fetch_all(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let (sql, params) = self.scoped(sql, params);
        self.conn.fetch_all(sql, params).await
    }

    /// Runs a query with the workspace as `$1` that finds one row or none.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn fetch_optional(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Option<Row>> {
        let (sql, params) = self.scoped(sql, params);
        self.conn.fetch_optional(sql, params).await
    }

    /// Runs a query with the workspace as `$1` that must find a row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn fetch_one(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Result<Row> {
        self.fetch_optional(sql, params).await?.ok_or(StoreError::NotFound)
    }

    /// Inserts many rows; the workspace is put before each row's values, so `head` names `workspace_id` first.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub fn insert_many<'t, I>(&'t mut self, head: &'t str, rows: I, tail: &'t str) -> Inserted<'t>
    where
        I: IntoIterator<Item = Vec<Value>>,
        I::IntoIter: Send + 't,
    {
        debug_assert!(head.contains("(workspace_id"), "workspace_id is the first column: {head}");
        let workspace = self.workspace;
        let scoped = rows.into_iter().map(move |mut row| {
            row.insert(0, workspace.into());
            row
        });
        Box::pin(self.conn.insert_many(head, scoped, tail))
    }

    /// Inserts rows that begin with the workspace already.
    pub(crate) fn insert_scoped<'t>(
        &'t mut self,
        head: &'t str,
        rows: Vec<Vec<Value>>,
        tail: &'t str,
    ) -> Inserted<'t> {
        Box::pin(self.conn.insert_many(head, rows, tail))
    }

    /// Updates many rows of a table at once. `names` are the columns of `rows`, of which the first is the id; `set` and
    /// `condition` (empty, or from `AND` on) read them as `v.name`. Returns how many rows it touched.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn update_many(
        &mut self,
        table: &str,
        names: &str,
        rows: Vec<Vec<Value>>,
        set: &str,
        condition: &str,
    ) -> Result<u64> {
        debug_assert!(names.starts_with("id,"), "rows are found by their id: {names}");
        let update = dialect::update_from_v(&self.conn, table, set, condition);
        self.insert_many(&format!("WITH v (workspace_id, {names}) AS ("), rows, &format!(") {update}")).await
    }

    /// Which database this is, for the statements of [`crate::dialect`].
    pub fn conn(&self) -> &Conn {
        &self.conn
    }

    /// The bare connection, without a scope: only for tests that prove that row-level security holds.
    #[cfg(feature = "testing")]
    pub fn unscoped(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// Makes everything done in this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        self.conn.commit().await
    }

    fn scoped(
        &self,
        sql: impl Into<Cow<'static, str>>,
        mut params: Vec<Value>,
    ) -> (Cow<'static, str>, Vec<Value>) {
        let sql = sql.into();
        debug_assert!(sql.contains("workspace_id") && sql.contains("$1"), "without a workspace scope: {sql}");
        params.insert(0, self.workspace.into());
        (sql, params)
    }
}

impl Global {
    /// Makes everything done in this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        self.conn.commit().await
    }
}

impl std::ops::Deref for Global {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}
impl std::ops::DerefMut for Global {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
