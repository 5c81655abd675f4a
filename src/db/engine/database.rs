//! Opens either database, begins transactions, and migrates.

use super::{
    file_system::{self, Fitness},
    query::{PostgresQuery, Query},
    read_pool::{PooledConn, ReadPool},
};
use crate::{
    audit_chain::ChainKey,
    db::{
        Result,
        audit::chain::{self, ChainedLines},
        errors::connect_error::ConnectError,
        jobs::listener::JobListener,
        postgres::{
            connect,
            failover::Failover,
            session::{PostgresSession, Purpose},
        },
    },
    secret::Secret,
};
use sqlx::{
    ConnectOptions, PgPool, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    num::NonZeroUsize,
    ops::{Deref, DerefMut},
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a request waits for a connection before it fails.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
/// Look-ups at once: as many as processors, because more would only wait for each other, and not more than this; each has a thread.
const MOST_LOOKERS: usize = 16;
const LEAST_LOOKERS: usize = 2;

/// The database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, because SQLite has one, and its queue is fairer than SQLite's busy handler; several readers.
    Sqlite {
        /// For everything that writes.
        writer: SqlitePool,
        /// For reading in a transaction.
        readers: SqlitePool,
        /// For reading without one.
        lookers: ReadPool,
        /// How many transactions that may write have ended.
        written: Arc<AtomicU64>,
    },
    /// One pool for both.
    Postgres {
        /// For everything.
        pool: PgPool,
        /// Which of its connections are not used again.
        failover: Failover,
    },
}

/// A read connection.
pub struct ReadConnection {
    /// What it runs on.
    pub held: Held,
}

/// A transaction that may write. It rolls back unless committed.
pub struct Tx {
    connection: ReadConnection,
    /// Lines that the commit appends to the chains of the audit log.
    pub(crate) audited: ChainedLines,
}

/// Read functions also accept a transaction.
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

/// What a connection or a transaction runs on.
pub enum Held {
    /// On SQLite; one that may write is counted when it ends.
    Sqlite(Transaction<'static, Sqlite>, Option<CountedAtItsEnd>),
    /// On PostgreSQL.
    Postgres(PostgresSession),
    /// On SQLite, each query for itself.
    SqliteGlance(PooledConn),
    /// On PostgreSQL, each query for itself.
    PostgresGlance(PostgresSession),
}

/// Counts when it is dropped: after the commit, and also when nobody waited for that.
pub struct CountedAtItsEnd(Arc<AtomicU64>);

impl Drop for CountedAtItsEnd {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

impl Db {
    /// Connects. A SQLite file, and its folder, are made when they are missing.
    ///
    /// # Errors
    /// The address cannot be parsed, nothing answers there, or the database cannot be used safely.
    pub async fn connect(url: &Secret<String>) -> std::result::Result<Self, ConnectError> {
        match url.expose().starts_with("sqlite:") {
            true => Self::connect_sqlite(url.expose()).await,
            false => {
                let (pool, failover) = connect::connect(url.expose()).await?;
                Ok(Self::Postgres { pool, failover })
            }
        }
    }

    async fn connect_sqlite(url: &str) -> std::result::Result<Self, ConnectError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a 202 promises that a power cut loses nothing; NORMAL would only survive a killed process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What one statement may have to take back is a few rows, and need not become a file.
            .pragma("temp_store", "memory")
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        if let Some(folder) = folder_of(&options) {
            std::fs::create_dir_all(&folder).map_err(sqlx::Error::from)?;
            file_system::check(&folder)?;
        }
        // A connection inside this process cannot go stale; asking it each time would cost as much as a small query.
        let pool = |connections: u32| {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false)
        };
        let writer = pool(1).min_connections(1).connect_with(options.clone()).await?;
        // A mistake of ours must not write past the one queue of the writer.
        let options = options.pragma("query_only", "1");
        let readers = pool(SQLITE_READERS).connect_with(options.clone()).await?;
        let processors = std::thread::available_parallelism().map_or(LEAST_LOOKERS, NonZeroUsize::get);
        let lookers = ReadPool::new(options, processors.clamp(LEAST_LOOKERS, MOST_LOOKERS), ACQUIRE_TIMEOUT);
        Ok(Self::Sqlite { writer, readers, lookers, written: Arc::default() })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A migration failed, or the database is newer than this program.
    pub async fn migrate(&self) -> std::result::Result<(), sqlx::migrate::MigrateError> {
        let _lock = self.lock_migrations().await.map_err(sqlx::Error::from)?;
        match self {
            Self::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await,
            Self::Postgres { pool, .. } => POSTGRES_MIGRATIONS.run(pool).await,
        }
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a read that later turns into a write would fail instead of waiting.
    ///
    /// # Errors
    /// No connection in time.
    pub async fn begin(&self) -> Result<Tx> {
        let held = match self {
            Self::Sqlite { writer, written, .. } => {
                let counted = CountedAtItsEnd(written.clone());
                Held::Sqlite(begin_to_write(writer).await?, Some(counted))
            }
            Self::Postgres { pool, failover } => Held::Postgres(PostgresSession::open(pool, failover, Purpose::Write).await?),
        };
        Ok(Tx { connection: ReadConnection { held }, audited: ChainedLines::default() })
    }

    /// A transaction that only reads.
    ///
    /// # Errors
    /// No connection in time.
    pub async fn read(&self) -> Result<ReadConnection> {
        let held = match self {
            Self::Sqlite { readers, .. } => Held::Sqlite(readers.begin().await?, None),
            Self::Postgres { pool, failover } => Held::Postgres(PostgresSession::open(pool, failover, Purpose::Read).await?),
        };
        Ok(ReadConnection { held })
    }

    /// For reading with one query, or with several that need not see one state: the round trips that begin and end a transaction are saved.
    ///
    /// # Errors
    /// No connection in time.
    pub async fn acquire(&self) -> Result<ReadConnection> {
        let held = match self {
            Self::Sqlite { lookers, .. } => Held::SqliteGlance(lookers.acquire().await?),
            Self::Postgres { pool, failover } => {
                Held::PostgresGlance(PostgresSession::open(pool, failover, Purpose::Glance).await?)
            }
        };
        Ok(ReadConnection { held })
    }

    /// Hears when any server on the same PostgreSQL database has queued a job; `None` on SQLite, where there is one server.
    ///
    /// # Errors
    /// The connection could not be made.
    pub async fn job_listener(&self) -> Result<Option<JobListener>> {
        let Self::Postgres { pool, failover } = self else { return Ok(None) };
        JobListener::open(pool, failover).await.map(Some)
    }

    /// How many transactions of this process that may write have ended. What was read since the last of them is what stands in the
    /// database still, as far as nobody else writes. `None` on PostgreSQL, where others do.
    pub fn written(&self) -> Option<u64> {
        match self {
            Self::Sqlite { written, .. } => Some(written.load(Ordering::Acquire)),
            Self::Postgres { .. } => None,
        }
    }

    /// The folder of the SQLite file; `None` on PostgreSQL, whose disk is elsewhere.
    pub fn folder(&self) -> Option<PathBuf> {
        let Self::Sqlite { writer, .. } = self else { return None };
        folder_of(&writer.connect_options())
    }

    /// The kind of the file system of the SQLite file when it is not certain that SQLite's locks work there.
    pub fn uncertain_file_system(&self) -> Option<&'static str> {
        match file_system::of_folder(&self.folder()?) {
            Fitness::Uncertain(kind) => Some(kind),
            Fitness::Local | Fitness::Network(_) => None,
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, lookers, .. } => {
                lookers.close().await;
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

/// SQLite ends a transaction by itself when the disk is full. The driver still counts it, and would refuse every later one on this
/// connection, which is the only one that writes: it is thrown away then.
async fn begin_to_write(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    match writer.begin_with("BEGIN IMMEDIATE").await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with("BEGIN IMMEDIATE").await
        }
        begun => begun,
    }
}

impl ReadConnection {
    /// A query on this connection. `$1` and so on are its parameters on both engines.
    pub(crate) fn query(&mut self, sql: &'static str) -> Query<'_> {
        match &mut self.held {
            Held::Sqlite(tx, _) => Query::Sqlite(&mut *tx, sqlx::query(sql)),
            Held::SqliteGlance(lent) => Query::PooledConn(lent, sqlx::query(sql)),
            Held::Postgres(session) | Held::PostgresGlance(session) => Query::Postgres(PostgresQuery::new(session, sql)),
        }
    }

    /// A query that the engines want in different words.
    pub(crate) fn either(&mut self, sqlite: &'static str, postgres: &'static str) -> Query<'_> {
        let sql = if matches!(self.held, Held::Sqlite(..) | Held::SqliteGlance(_)) { sqlite } else { postgres };
        self.query(sql)
    }
}

impl Tx {
    /// Tells every server that a job waits, when and if this transaction commits.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn announce_job(&mut self) -> Result<()> {
        match self.held {
            Held::Sqlite(..) | Held::SqliteGlance(_) => Ok(()),
            Held::Postgres(_) | Held::PostgresGlance(_) => {
                self.query("SELECT pg_notify('lexicontract_jobs', '')").execute().await.map(drop)
            }
        }
    }

    /// Serializes claims of analyses until the end of this transaction: each sees what the others claimed. SQLite has one writer.
    ///
    /// # Errors
    /// The connection is gone.
    pub(crate) async fn lock_analyses(&mut self) -> Result<()> {
        match self.held {
            Held::Sqlite(..) | Held::SqliteGlance(_) => Ok(()),
            Held::Postgres(_) | Held::PostgresGlance(_) => {
                self.query("SELECT pg_advisory_xact_lock(hashtext('lexicontract_analyses'))").execute().await.map(drop)
            }
        }
    }

    /// Appends its audited lines to their chains, and makes everything durable.
    ///
    /// # Errors
    /// Nothing of it is.
    pub async fn commit(mut self) -> Result<()> {
        chain::append(&mut self).await?;
        match self.connection.held {
            Held::Sqlite(tx, _counted) => tx.commit().await,
            Held::Postgres(session) => session.commit().await,
            Held::SqliteGlance(_) | Held::PostgresGlance(_) => Ok(()),
        }
    }
}

/// The database of a hub, whose transactions can hold audited lines.
#[derive(Clone)]
pub struct ChainedDb {
    db: Db,
    key: ChainKey,
}

impl ChainedDb {
    /// A database with the key of its audit log's chains.
    pub fn new(db: Db, key: ChainKey) -> Self {
        Self { db, key }
    }

    /// The key of the chains.
    pub(crate) fn chain_key(&self) -> &ChainKey {
        &self.key
    }

    /// A transaction that may write; see [`Db::begin`].
    ///
    /// # Errors
    /// No connection in time.
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
