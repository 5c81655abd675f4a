//! Connections to SQLite that only look: lent for a few queries, and put back as they are.
//!
//! The driver's pool asks every connection that comes back whether it still lives, in a task of its own, and that costs as much as a
//! small query. A connection inside this process does not go stale; what tells of trouble is a query that fails or is cut short.

use crate::db::Result;
use sqlx::{ConnectOptions, Connection, Error, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Lends so many connections at once.
#[derive(Clone)]
pub struct ReadPool(Arc<Shelf>);

struct Shelf {
    options: SqliteConnectOptions,
    patience: Duration,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection that goes back when this is dropped.
pub struct PooledConn {
    connection: Option<SqliteConnection>,
    is_sound: bool,
    shelf: Arc<Shelf>,
    _turn: OwnedSemaphorePermit,
}

impl ReadPool {
    /// Lends at most `at_once` connections, each opened when it is first needed. Who has waited for `patience` is told to come back.
    pub fn new(options: SqliteConnectOptions, at_once: usize, patience: Duration) -> Self {
        let turns = Arc::new(Semaphore::new(at_once));
        Self(Arc::new(Shelf { options, patience, turns, idle: Mutex::default() }))
    }

    /// A connection, in one's turn.
    ///
    /// # Errors
    /// None became free in time, the file cannot be opened, or all was closed.
    pub async fn acquire(&self) -> Result<PooledConn> {
        let shelf = self.0.clone();
        let turn = match shelf.turns.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let waited = tokio::time::timeout(shelf.patience, shelf.turns.clone().acquire_owned()).await;
                waited.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?
            }
        };
        let idle = shelf.take();
        let connection = match idle {
            Some(connection) => connection,
            None => shelf.options.connect().await?,
        };
        Ok(PooledConn { connection: Some(connection), is_sound: true, shelf, _turn: turn })
    }

    /// Closes what is not lent, and lends nothing any more.
    pub async fn close(&self) {
        self.0.turns.close();
        while let Some(connection) = self.0.take() {
            // It only looked: nothing is lost with it.
            connection.close().await.ok();
        }
    }
}

impl Shelf {
    fn take(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl PooledConn {
    /// The connection, for one query. Unless [`PooledConn::judge`] hears that it went well, it is thrown away.
    pub fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.is_sound = false;
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }

    /// Hears how the query ended, and hands its answer on.
    pub fn judge<T>(&mut self, answer: Result<T>) -> Result<T> {
        self.is_sound = answer.is_ok();
        answer
    }
}

impl Drop for PooledConn {
    fn drop(&mut self) {
        if self.is_sound && !self.shelf.turns.is_closed() {
            self.shelf.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.connection.take());
        }
    }
}

impl fmt::Debug for ReadPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReadPool").field("free", &self.0.turns.available_permits()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const MARK: &str = "CREATE TEMP TABLE mark (x)";
    /// Takes longer than any pause of the thread that asks.
    const SLOW: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000) SELECT count(*) FROM n";
    const IS_MARKED: &str = "SELECT count(*) FROM temp.sqlite_master WHERE name = 'mark'";

    fn read_pool(at_once: usize, patience: Duration) -> ReadPool {
        ReadPool::new(SqliteConnectOptions::new().in_memory(true), at_once, patience)
    }

    async fn run(lent: &mut PooledConn, sql: &'static str) -> Result<()> {
        let answer = sqlx::query(sql).execute(lent.connection()?).await;
        lent.judge(answer).map(drop)
    }

    /// Whether the next who borrows gets the connection that was marked.
    async fn is_marked(read_pool: &ReadPool) -> bool {
        let mut lent = read_pool.acquire().await.unwrap();
        let answer = sqlx::query_scalar::<_, i64>(IS_MARKED).fetch_one(lent.connection().unwrap()).await;
        lent.judge(answer).unwrap() == 1
    }

    #[tokio::test]
    async fn a_connection_is_lent_again_unless_a_query_failed_or_was_cut_short() {
        let read_pool = read_pool(1, Duration::from_secs(5));
        run(&mut read_pool.acquire().await.unwrap(), MARK).await.unwrap();
        assert!(is_marked(&read_pool).await);
        assert!(run(&mut read_pool.acquire().await.unwrap(), "nonsense").await.is_err());
        assert!(!is_marked(&read_pool).await, "it failed");

        let mut lent = read_pool.acquire().await.unwrap();
        run(&mut lent, MARK).await.unwrap();
        assert!(run(&mut lent, SLOW).now_or_never().is_none(), "dropped before its answer came");
        drop(lent);
        assert!(!is_marked(&read_pool).await, "it was cut short");
    }

    #[tokio::test]
    async fn who_comes_too_late_waits_for_a_turn_and_not_for_ever() {
        let read_pool = read_pool(1, Duration::from_millis(5));
        let first = read_pool.acquire().await.unwrap();
        assert!(matches!(read_pool.acquire().await, Err(Error::PoolTimedOut)));
        drop(first);
        let _second = read_pool.acquire().await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_lent_after_the_end() {
        let read_pool = read_pool(2, Duration::from_secs(5));
        let lent = read_pool.acquire().await.unwrap();
        drop(read_pool.acquire().await.unwrap());
        read_pool.close().await;
        drop(lent);
        assert!(matches!(read_pool.acquire().await, Err(Error::PoolClosed)));
        assert!(read_pool.0.take().is_none(), "the one that was lent is closed, not kept");
    }
}
