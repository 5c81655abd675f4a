//! The database handle: connections, migrations and transactions.

use super::ACQUIRE_TIMEOUT;
use super::file_system::{self, Fitness};
use super::query::{PostgresQuery, Query, params};
use super::read_pool::{PooledConn, ReadPool};
use crate::audit_chain::ChainKey;
use crate::db::Result;
use crate::db::audit::chain::{self, ChainedLines};
use crate::db::errors::connect_error::ConnectError;
use crate::db::jobs::listener::JobListener;
use crate::db::postgres::connect;
use crate::db::postgres::failover::Failover;
use crate::db::postgres::session::{PostgresSession, Purpose};
use crate::secret::Secret;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, Sqlite, SqlitePool, Transaction};
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Time limit for waiting for another process's lock on the SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
/// Minimum and maximum size of the read pool. Between these limits, the pool has one connection (and thread) per processor.
const MIN_READ_CONNECTIONS: usize = 2;
const MAX_READ_CONNECTIONS: usize = 16;

#[derive(Clone, Debug)]
pub enum Db {
    Sqlite {
        /// Pool with the only write connection. SQLite allows one writer at a time, and the pool's queue is fairer than SQLite's
        /// busy handler.
        writer: SqlitePool,
        /// Connections for read transactions.
        readers: SqlitePool,
        /// Connections for single read queries.
        read_pool: ReadPool,
        write_count: Arc<AtomicU64>,
    },
    Postgres {
        pool: PgPool,
        failover: Failover,
    },
}

/// A read transaction, or a connection for single read queries.
pub struct ReadConnection {
    pub inner: Inner,
}

/// A write transaction, which rolls back unless it is committed.
pub struct Tx {
    connection: ReadConnection,
    pub(crate) audited: ChainedLines,
}

/// Functions that take a [`ReadConnection`] also accept a write transaction.
impl Deref for Tx {
    type Target = ReadConnection;

    fn deref(&self) -> &ReadConnection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut ReadConnection {
        &mut self.connection
    }
}

pub enum Inner {
    /// A transaction. The counter is `None` for a read transaction.
    Sqlite(Transaction<'static, Sqlite>, Option<CountOnDrop>),
    SqlitePooled(PooledConn),
    Postgres(PostgresSession),
}

/// Counts a write transaction as ended on drop. The drop follows the commit, the rollback or a cancelled commit.
pub struct CountOnDrop(Arc<AtomicU64>);

impl Drop for CountOnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

impl Db {
    /// Opens the database. Creates the SQLite file and its folder if they do not exist.
    pub async fn connect(url: &Secret<String>) -> std::result::Result<Self, ConnectError> {
        if url.expose().starts_with("sqlite:") {
            return Self::connect_sqlite(url.expose()).await;
        }
        let (pool, failover) = connect::connect(url.expose()).await?;
        Ok(Self::Postgres { pool, failover })
    }

    async fn connect_sqlite(url: &str) -> std::result::Result<Self, ConnectError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A 202 response promises that commits survive a power loss. With `NORMAL`, commits survive only a crash of the
            // process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Keeps statement journals in memory, because they contain only a few rows.
            .pragma("temp_store", "memory")
            // Overwrites deleted rows, so that erased contracts do not remain in the file (see `remains.rs`).
            .pragma("secure_delete", "on")
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        if let Some(folder) = folder_of(&options) {
            std::fs::create_dir_all(&folder).map_err(sqlx::Error::from)?;
            file_system::check(&folder)?;
        }
        // Disables the ping before the reuse of a connection, because connections to a local file do not become stale.
        let pool = |connections: u32| {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false)
        };
        let writer = pool(1).min_connections(1).connect_with(options.clone()).await?;
        // Makes read connections reject writes, because all writes must use the writer's queue.
        let options = options.pragma("query_only", "1");
        let readers = pool(SQLITE_READERS).connect_with(options.clone()).await?;
        let processors = std::thread::available_parallelism().map_or(MIN_READ_CONNECTIONS, NonZeroUsize::get);
        let read_pool = ReadPool::new(options, processors.clamp(MIN_READ_CONNECTIONS, MAX_READ_CONNECTIONS), ACQUIRE_TIMEOUT);
        Ok(Self::Sqlite { writer, readers, read_pool, write_count: Arc::default() })
    }

    /// Applies pending migrations. Fails if the schema is newer than this program.
    pub async fn migrate(&self) -> std::result::Result<(), sqlx::migrate::MigrateError> {
        let _lock = self.lock_migrations().await.map_err(sqlx::Error::from)?;
        match self {
            Self::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await,
            Self::Postgres { pool, .. } => POSTGRES_MIGRATIONS.run(pool).await,
        }
    }

    /// Begins a write transaction. On SQLite, takes the write lock immediately: a transaction that starts with a read and then
    /// writes can fail without waiting for the lock.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx { connection: self.open(Purpose::Write).await?, audited: ChainedLines::default() })
    }

    pub async fn read(&self) -> Result<ReadConnection> {
        self.open(Purpose::Read).await
    }

    /// Acquires a connection without a transaction, for queries that need no common snapshot. This saves the round trips of
    /// `BEGIN` and `COMMIT`.
    pub async fn acquire(&self) -> Result<ReadConnection> {
        self.open(Purpose::SingleQueries).await
    }

    async fn open(&self, purpose: Purpose) -> Result<ReadConnection> {
        let inner = match (self, purpose) {
            (Self::Sqlite { writer, write_count, .. }, Purpose::Write) => {
                let counter = CountOnDrop(write_count.clone());
                Inner::Sqlite(begin_immediate(writer).await?, Some(counter))
            }
            (Self::Sqlite { readers, .. }, Purpose::Read) => Inner::Sqlite(readers.begin().await?, None),
            (Self::Sqlite { read_pool, .. }, Purpose::SingleQueries) => Inner::SqlitePooled(read_pool.acquire().await?),
            (Self::Postgres { pool, failover }, _) => Inner::Postgres(PostgresSession::open(pool, failover, purpose).await?),
        };
        Ok(ReadConnection { inner })
    }

    /// Listener for jobs that any server on this database queues; `None` on SQLite, which only one server uses.
    pub async fn job_listener(&self) -> Result<Option<JobListener>> {
        let Self::Postgres { pool, failover } = self else { return Ok(None) };
        JobListener::open(pool, failover).await.map(Some)
    }

    /// Number of ended write transactions of this process; `None` on PostgreSQL, where other processes write too.
    pub fn write_count(&self) -> Option<u64> {
        match self {
            Self::Sqlite { write_count, .. } => Some(write_count.load(Ordering::Acquire)),
            Self::Postgres { .. } => None,
        }
    }

    /// Folder of the SQLite file; `None` on PostgreSQL.
    pub fn folder(&self) -> Option<PathBuf> {
        let Self::Sqlite { writer, .. } = self else { return None };
        folder_of(&writer.connect_options())
    }

    /// Name of the SQLite file's file system if SQLite's locks can be unreliable there; otherwise `None`.
    pub fn uncertain_file_system(&self) -> Option<&'static str> {
        match file_system::of_folder(&self.folder()?) {
            Fitness::Uncertain(kind) => Some(kind),
            Fitness::Local | Fitness::Network(_) => None,
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, read_pool, .. } => {
                read_pool.close().await;
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

fn folder_of(options: &SqliteConnectOptions) -> Option<PathBuf> {
    let folder = options.get_filename().parent()?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

/// Begins a write transaction. If `BEGIN` fails because the connection is broken, replaces the connection.
///
/// When the disk is full, SQLite rolls back automatically, but the driver does not notice the rollback. Every later `BEGIN` on
/// this connection then fails.
async fn begin_immediate(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    match writer.begin_with("BEGIN IMMEDIATE").await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with("BEGIN IMMEDIATE").await
        }
        result => result,
    }
}

impl ReadConnection {
    /// Builds a query whose SQL is identical for both engines.
    pub(crate) fn query(&mut self, sql: &'static str, params: impl FnOnce(Query<'_>) -> Query<'_>) -> Query<'_> {
        params(match &mut self.inner {
            Inner::Sqlite(tx, _) => Query::Sqlite(&mut *tx, sqlx::query(sql)),
            Inner::SqlitePooled(pooled) => Query::SqlitePooled(pooled, sqlx::query(sql)),
            Inner::Postgres(session) => Query::Postgres(PostgresQuery::new(session, sql)),
        })
    }

    /// Builds a query whose SQL differs between the engines.
    pub(crate) fn either(
        &mut self,
        sqlite: &'static str,
        postgres: &'static str,
        params: impl FnOnce(Query<'_>) -> Query<'_>,
    ) -> Query<'_> {
        let sql = if self.is_postgres() { postgres } else { sqlite };
        self.query(sql, params)
    }

    fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }
}

impl Tx {
    /// Notifies all servers of a queued job at commit. Does nothing on SQLite, which only one server uses.
    pub async fn notify_job(&mut self) -> Result<()> {
        if self.is_postgres() {
            self.query("SELECT pg_notify('lexicontract_jobs', '')", params![]).execute().await?;
        }
        Ok(())
    }

    /// Serializes claims of analyses until commit, so that each claim sees the earlier claims. SQLite needs no lock, because it
    /// has only one writer.
    pub(crate) async fn lock_analyses(&mut self) -> Result<()> {
        if self.is_postgres() {
            self.query("SELECT pg_advisory_xact_lock(hashtext('lexicontract_analyses'))", params![]).execute().await?;
        }
        Ok(())
    }

    /// Appends the audited entries to their chains and commits.
    pub async fn commit(mut self) -> Result<()> {
        chain::append(&mut self).await?;
        match self.connection.inner {
            Inner::Sqlite(tx, _counter) => tx.commit().await,
            Inner::Postgres(session) => session.commit().await,
            Inner::SqlitePooled(_) => Ok(()),
        }
    }
}

/// A database handle whose transactions can write to the audit log.
#[derive(Clone)]
pub struct ChainedDb {
    db: Db,
    key: ChainKey,
}

impl ChainedDb {
    pub fn new(db: Db, key: ChainKey) -> Self {
        Self { db, key }
    }

    pub(crate) fn chain_key(&self) -> &ChainKey {
        &self.key
    }

    /// Like [`Db::begin`], for a transaction that can write to the audit log.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx { audited: ChainedLines::with(self.key.clone()), ..self.db.begin().await? })
    }
}

impl Deref for ChainedDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}
