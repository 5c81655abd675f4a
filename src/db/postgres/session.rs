//! A PostgreSQL connection or transaction that retries statements on another connection when that is safe.

use super::failover::Failover;
use crate::db::Result;
use crate::db::errors::error_text::without_values;
use crate::db::errors::transient::Transient;
use crate::random;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

const RETRIES: u8 = 2;
/// Maximum random delay before a retry after a conflict.
const MAX_CONFLICT_DELAY: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
    SingleQueries,
}

/// A transaction, or a connection for single queries.
///
/// A statement that fails because of its connection or a conflict is retried on another connection. A write transaction retries
/// only until its first statement has succeeded, because a later retry would lose the earlier changes. Reads can always be
/// retried, because each statement sees the latest committed rows (`READ COMMITTED`). A commit is never retried, because the
/// commit may have succeeded even if its response was lost.
pub struct PostgresSession {
    on: On,
    pool: PgPool,
    failover: Failover,
    purpose: Purpose,
    acquired_at: Instant,
    is_repeatable: bool,
    retries_left: u8,
}

enum On {
    Transaction(Transaction<'static, Postgres>),
    Connection(PoolConnection<Postgres>),
}

impl PostgresSession {
    pub(crate) async fn open(pool: &PgPool, failover: &Failover, purpose: Purpose) -> Result<Self> {
        let on = match acquire(pool, purpose).await {
            // A second attempt is safe, because no statement has run yet.
            Err(error) if Transient::of(&error).is_some() => acquire(pool, purpose).await?,
            result => result?,
        };
        Ok(Self {
            on,
            pool: pool.clone(),
            failover: failover.clone(),
            purpose,
            acquired_at: Instant::now(),
            is_repeatable: true,
            retries_left: RETRIES,
        })
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.is_repeatable && self.retries_left > 0
    }

    /// Returns the connection for one statement. The caller must pass the statement's result to [`Self::retry_transient`].
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        match &mut self.on {
            On::Transaction(transaction) => transaction,
            On::Connection(connection) => connection,
        }
    }

    /// Returns the value of a successful statement; `None` if the caller must run the statement again.
    pub(crate) async fn retry_transient<T>(&mut self, outcome: Result<T>) -> Result<Option<T>> {
        match outcome {
            Ok(value) => {
                self.is_repeatable &= self.purpose != Purpose::Write;
                Ok(Some(value))
            }
            Err(error) => self.recover(error).await.map(|()| None),
        }
    }

    /// Replaces the connection for a retry of the statement. Returns the error if a retry is impossible.
    async fn recover(&mut self, error: sqlx::Error) -> Result<()> {
        let Some(kind) = Transient::of(&error) else { return Err(error) };
        let can_succeed = kind != Transient::ReadOnly || self.failover.retire(self.acquired_at);
        if !can_succeed || !self.is_repeatable() {
            return Err(error);
        }
        tracing::warn!(error = without_values(&error), "retrying a database statement that had no effect");
        if kind == Transient::Conflict {
            tokio::time::sleep(MAX_CONFLICT_DELAY.mul_f64(f64::from(random::bytes::<1>()[0]) / 255.0)).await;
        }
        let again = Self::open(&self.pool, &self.failover, self.purpose).await?;
        *self = Self { retries_left: self.retries_left - 1, ..again };
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self.on {
            On::Transaction(transaction) => transaction.commit().await,
            On::Connection(_) => Ok(()),
        }
    }
}

async fn acquire(pool: &PgPool, purpose: Purpose) -> Result<On> {
    Ok(match purpose {
        Purpose::Write | Purpose::Read => On::Transaction(pool.begin().await?),
        Purpose::SingleQueries => On::Connection(pool.acquire().await?),
    })
}

impl Deref for PostgresSession {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.on {
            On::Transaction(transaction) => transaction,
            On::Connection(connection) => connection,
        }
    }
}

impl DerefMut for PostgresSession {
    /// Disables retries of later statements. A caller can use this reference to change data without calling `retry_transient`,
    /// and a retry would lose these changes.
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.is_repeatable = false;
        self.connection()
    }
}
