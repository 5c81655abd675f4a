//! What queries on PostgreSQL run on. Repeats a statement on another connection when that is safe.

use super::failover::Failover;
use crate::{
    db::{
        Result,
        errors::{error_text::without_values, transient::Transient},
    },
    random,
};
use sqlx::{PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};
use std::{
    ops::{Deref, DerefMut},
    time::{Duration, Instant},
};

/// How often statements of one session are repeated.
const REPEATS: u8 = 2;
/// The longest pause before a statement is repeated that was in conflict with others.
const CONFLICT_PAUSE: Duration = Duration::from_millis(50);

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A transaction that may write.
    Write,
    /// A transaction that only reads.
    Read,
    /// Single queries that only read.
    Glance,
}

/// A transaction, or a connection for single queries.
///
/// A statement that failed because of its connection or a conflict is repeated while that changes nothing else: in a transaction that may
/// write, only until a statement has succeeded; where only reads are made, always, because each statement sees the rows committed before it
/// (`READ COMMITTED`). A commit is never repeated: when its answer is lost, it is not known whether it took effect.
pub struct PostgresSession {
    on: On,
    pool: PgPool,
    failover: Failover,
    purpose: Purpose,
    acquired_at: Instant,
    is_repeatable: bool,
    repeats_left: u8,
}

enum On {
    Transaction(Transaction<'static, Postgres>),
    Connection(PoolConnection<Postgres>),
}

impl PostgresSession {
    /// Begins.
    ///
    /// # Errors
    /// No connection in time.
    pub(crate) async fn open(pool: &PgPool, failover: &Failover, purpose: Purpose) -> Result<Self> {
        let on = match acquire(pool, purpose).await {
            // Nothing has been done yet.
            Err(error) if Transient::of(&error).is_some() => acquire(pool, purpose).await?,
            acquired => acquired?,
        };
        Ok(Self {
            on,
            pool: pool.clone(),
            failover: failover.clone(),
            purpose,
            acquired_at: Instant::now(),
            is_repeatable: true,
            repeats_left: REPEATS,
        })
    }

    /// Whether a statement that fails now may be repeated.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.is_repeatable && self.repeats_left > 0
    }

    /// The connection, for one statement whose outcome is reported to [`Self::judge`].
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        match &mut self.on {
            On::Transaction(transaction) => transaction,
            On::Connection(connection) => connection,
        }
    }

    /// Reports the outcome of a statement, and returns its answer; `None` when it is to be repeated, on another connection.
    ///
    /// # Errors
    /// The statement's error, or no other connection in time.
    pub(crate) async fn judge<T>(&mut self, outcome: Result<T>) -> Result<Option<T>> {
        match outcome {
            Ok(answer) => {
                self.is_repeatable &= self.purpose != Purpose::Write;
                Ok(Some(answer))
            }
            Err(error) => self.recover(error).await.map(|()| None),
        }
    }

    /// Prepares to repeat a statement.
    async fn recover(&mut self, error: sqlx::Error) -> Result<()> {
        let Some(kind) = Transient::of(&error) else { return Err(error) };
        let can_succeed = kind != Transient::ReadOnly || self.failover.retire(self.acquired_at);
        if !can_succeed || !self.is_repeatable() {
            return Err(error);
        }
        tracing::warn!(error = without_values(&error), "a statement that had no effect is repeated");
        if kind == Transient::Conflict {
            tokio::time::sleep(CONFLICT_PAUSE.mul_f64(f64::from(random::bytes::<1>()[0]) / 255.0)).await;
        }
        let again = Self::open(&self.pool, &self.failover, self.purpose).await?;
        *self = Self { repeats_left: self.repeats_left - 1, ..again };
        Ok(())
    }

    /// Commits.
    ///
    /// # Errors
    /// The database refused, or did not answer; then the outcome is unknown.
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
        Purpose::Glance => On::Connection(pool.acquire().await?),
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
    /// For statements outside of the tables. What they do is not known, so nothing is repeated after them.
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.is_repeatable = false;
        self.connection()
    }
}
