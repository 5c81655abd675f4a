//! A pool of read-only SQLite connections for single queries.
//!
//! sqlx's pool pings every returned connection in a separate task, which costs as much as a small query. This pool does not ping,
//! because connections to a local file do not become stale. Instead, this pool discards a connection whose last query failed or
//! was cancelled.

use crate::db::Result;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Error, SqliteConnection};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub struct ReadPool(Arc<Shared>);

struct Shared {
    options: SqliteConnectOptions,
    acquire_timeout: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection that returns to the pool on drop.
pub struct PooledConn {
    connection: Option<SqliteConnection>,
    is_healthy: bool,
    pool: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl ReadPool {
    /// Creates a pool that opens up to `max_connections` connections on demand.
    pub fn new(options: SqliteConnectOptions, max_connections: usize, acquire_timeout: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(max_connections));
        Self(Arc::new(Shared { options, acquire_timeout, permits, idle: Mutex::default() }))
    }

    /// Acquires a connection. Serves callers in the order of their calls. Fails if the time limit is reached, the pool is closed,
    /// or the file cannot be opened.
    pub async fn acquire(&self) -> Result<PooledConn> {
        let pool = self.0.clone();
        let permit = match pool.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(pool.acquire_timeout, pool.permits.clone().acquire_owned())
                .await
                .map_err(|_| Error::PoolTimedOut)?
                .map_err(|_| Error::PoolClosed)?,
        };
        let connection = match pool.pop_idle() {
            Some(connection) => connection,
            None => pool.options.connect().await?,
        };
        Ok(PooledConn { connection: Some(connection), is_healthy: true, pool, _permit: permit })
    }

    /// Closes the pool and its idle connections. Connections in use are closed when they are dropped.
    pub async fn close(&self) {
        self.0.permits.close();
        while let Some(connection) = self.0.pop_idle() {
            // Ignores the error, because a read-only connection has no changes to lose.
            connection.close().await.ok();
        }
    }
}

impl Shared {
    fn pop_idle(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl PooledConn {
    /// Returns the connection for one query. The pool discards the connection unless [`PooledConn::check_health`] gets a
    /// successful result of the query.
    pub fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.is_healthy = false;
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }

    pub fn check_health<T>(&mut self, result: Result<T>) -> Result<T> {
        self.is_healthy = result.is_ok();
        result
    }
}

impl Drop for PooledConn {
    fn drop(&mut self) {
        if self.is_healthy && !self.pool.permits.is_closed() {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.connection.take());
        }
    }
}

impl fmt::Debug for ReadPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReadPool").field("free", &self.0.permits.available_permits()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const MARK: &str = "CREATE TEMP TABLE mark (x)";
    /// A query that is still running when the test cancels it.
    const SLOW: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000) SELECT count(*) FROM n";
    const IS_MARKED: &str = "SELECT count(*) FROM temp.sqlite_master WHERE name = 'mark'";

    fn read_pool(max_connections: usize, acquire_timeout: Duration) -> ReadPool {
        ReadPool::new(SqliteConnectOptions::new().in_memory(true), max_connections, acquire_timeout)
    }

    async fn run(pooled: &mut PooledConn, sql: &'static str) -> Result<()> {
        let result = sqlx::query(sql).execute(pooled.connection()?).await;
        pooled.check_health(result).map(drop)
    }

    async fn is_marked(read_pool: &ReadPool) -> bool {
        let mut pooled = read_pool.acquire().await.unwrap();
        let result = sqlx::query_scalar::<_, i64>(IS_MARKED).fetch_one(pooled.connection().unwrap()).await;
        pooled.check_health(result).unwrap() == 1
    }

    #[tokio::test]
    async fn connection_is_reused_unless_its_query_failed_or_was_cancelled() {
        let read_pool = read_pool(1, Duration::from_secs(5));
        run(&mut read_pool.acquire().await.unwrap(), MARK).await.unwrap();
        assert!(is_marked(&read_pool).await);
        assert!(run(&mut read_pool.acquire().await.unwrap(), "nonsense").await.is_err());
        assert!(!is_marked(&read_pool).await, "failed");

        let mut pooled = read_pool.acquire().await.unwrap();
        run(&mut pooled, MARK).await.unwrap();
        assert!(run(&mut pooled, SLOW).now_or_never().is_none(), "cancelled before completion");
        drop(pooled);
        assert!(!is_marked(&read_pool).await, "cancelled");
    }

    #[tokio::test]
    async fn acquire_times_out_while_all_connections_are_in_use() {
        let read_pool = read_pool(1, Duration::from_millis(5));
        let first = read_pool.acquire().await.unwrap();
        assert!(matches!(read_pool.acquire().await, Err(Error::PoolTimedOut)));
        drop(first);
        let _second = read_pool.acquire().await.unwrap();
    }

    #[tokio::test]
    async fn closed_pool_keeps_no_connection() {
        let read_pool = read_pool(2, Duration::from_secs(5));
        let in_use = read_pool.acquire().await.unwrap();
        drop(read_pool.acquire().await.unwrap());
        read_pool.close().await;
        drop(in_use);
        assert!(matches!(read_pool.acquire().await, Err(Error::PoolClosed)));
        assert!(read_pool.0.pop_idle().is_none(), "the connection in use is closed");
    }
}
