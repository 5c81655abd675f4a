//! A query for either engine. Its parameter and row types are supported by both.

use super::read_pool::PooledConn;
use crate::db::{Result, postgres::session::PostgresSession};
use sqlx::{
    Arguments, Encode, FromRow, Postgres, Sqlite, SqliteConnection, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use std::borrow::Cow;

type PgQuery = sqlx::query::Query<'static, Postgres, PgArguments>;

pub(crate) enum Query<'t> {
    Sqlite(&'t mut SqliteConnection, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    SqlitePooled(&'t mut PooledConn, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(PostgresQuery<'t>),
}

/// A query on PostgreSQL. It keeps its parameters as long as it can be retried.
pub(crate) struct PostgresQuery<'t> {
    session: &'t mut PostgresSession,
    sql: &'static str,
    arguments: std::result::Result<PgArguments, BoxDynError>,
}

impl<'t> PostgresQuery<'t> {
    pub(crate) fn new(session: &'t mut PostgresSession, sql: &'static str) -> Self {
        Self { session, sql, arguments: Ok(PgArguments::default()) }
    }

    fn bind<'v, T: Encode<'v, Postgres> + Type<Postgres>>(mut self, value: T) -> Self {
        if let Ok(arguments) = &mut self.arguments
            && let Err(error) = arguments.add(value)
        {
            self.arguments = Err(error);
        }
        self
    }

    async fn execute(mut self) -> Result<u64> {
        loop {
            let outcome = self.next_attempt()?.execute(self.session.connection()).await;
            if let Some(done) = self.session.retry_transient(outcome).await? {
                return Ok(done.rows_affected());
            }
        }
    }

    async fn fetch_optional(mut self) -> Result<Option<PgRow>> {
        loop {
            let outcome = self.next_attempt()?.fetch_optional(self.session.connection()).await;
            if let Some(row) = self.session.retry_transient(outcome).await? {
                return Ok(row);
            }
        }
    }

    async fn fetch_all(mut self) -> Result<Vec<PgRow>> {
        loop {
            let outcome = self.next_attempt()?.fetch_all(self.session.connection()).await;
            if let Some(rows) = self.session.retry_transient(outcome).await? {
                return Ok(rows);
            }
        }
    }

    /// Builds the query for the next attempt. Clones the parameters only if a further attempt is possible.
    fn next_attempt(&mut self) -> Result<PgQuery> {
        let arguments = self.arguments.as_mut().map_err(|error| sqlx::Error::Encode(error.to_string().into()))?;
        let arguments_of_attempt = if self.session.is_repeatable() { arguments.clone() } else { std::mem::take(arguments) };
        Ok(sqlx::query_with(self.sql, arguments_of_attempt))
    }
}

/// A row type that can be decoded from both engines.
pub(crate) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

impl Query<'_> {
    /// Binds the next parameter. Called by [`params!`].
    pub(crate) fn bind<'v, T>(self, value: T) -> Self
    where
        T: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(connection, query) => Self::Sqlite(connection, query.bind(value)),
            Self::SqlitePooled(connection, query) => Self::SqlitePooled(connection, query.bind(value)),
            Self::Postgres(query) => Self::Postgres(query.bind(value)),
        }
    }

    pub(crate) async fn execute(self) -> Result<()> {
        self.rows_affected().await.map(drop)
    }

    /// Executes the statement. Returns whether it affected any row.
    pub(crate) async fn affects_rows(self) -> Result<bool> {
        Ok(self.rows_affected().await? > 0)
    }

    /// Executes the statement. Returns the number of affected rows.
    pub(crate) async fn rows_affected(self) -> Result<u64> {
        match self {
            Self::Sqlite(connection, query) => Ok(query.execute(connection).await?.rows_affected()),
            Self::SqlitePooled(pooled, query) => {
                let result = query.execute(pooled.connection()?).await;
                Ok(pooled.check_health(result)?.rows_affected())
            }
            Self::Postgres(query) => query.execute().await,
        }
    }

    /// Returns the row, or `None` if there is no row.
    pub(crate) async fn optional<T: Row>(self) -> Result<Option<T>> {
        match self {
            Self::Sqlite(connection, query) => query.fetch_optional(connection).await?.map(|row| T::from_row(&row)).transpose(),
            Self::SqlitePooled(pooled, query) => {
                let result = query.fetch_optional(pooled.connection()?).await;
                pooled.check_health(result)?.map(|row| T::from_row(&row)).transpose()
            }
            Self::Postgres(query) => query.fetch_optional().await?.map(|row| T::from_row(&row)).transpose(),
        }
    }

    /// Returns the row, or an error if there is no row.
    pub(crate) async fn one<T: Row>(self) -> Result<T> {
        self.optional().await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Returns all rows. The query must have a `LIMIT`, or the table must be small.
    pub(crate) async fn all<T: Row>(self) -> Result<Vec<T>> {
        match self {
            Self::Sqlite(connection, query) => query.fetch_all(connection).await?.iter().map(T::from_row).collect(),
            Self::SqlitePooled(pooled, query) => {
                let result = query.fetch_all(pooled.connection()?).await;
                pooled.check_health(result)?.iter().map(T::from_row).collect()
            }
            Self::Postgres(query) => query.fetch_all().await?.iter().map(T::from_row).collect(),
        }
    }

    /// Returns the value of a row with one column, or an error if there is no row.
    pub(crate) async fn scalar<T>(self) -> Result<T>
    where
        (T,): Row,
    {
        self.one::<(T,)>().await.map(|(value,)| value)
    }

    /// Returns the value of a row with one column, or `None` if there is no row.
    pub(crate) async fn optional_scalar<T>(self) -> Result<Option<T>>
    where
        (T,): Row,
    {
        Ok(self.optional::<(T,)>().await?.map(|(value,)| value))
    }

    /// Returns the values of all rows, which have one column.
    pub(crate) async fn scalars<T>(self) -> Result<Vec<T>>
    where
        (T,): Row,
    {
        Ok(self.all::<(T,)>().await?.into_iter().map(|(value,)| value).collect())
    }
}

/// Binds the parameters `$1`, `$2` … to a query.
macro_rules! params {
    ($($value:expr),* $(,)?) => { |query| query$(.bind($value))* };
}

/// Builds a query that locks the selected rows until commit on PostgreSQL. SQLite allows only one write transaction at a time, so
/// it needs no row locks.
macro_rules! query_locked {
    ($tx:expr, $sql:literal, $lock:literal, $params:expr $(,)?) => {
        $tx.either($sql, concat!($sql, " ", $lock), $params)
    };
}

pub(crate) use {params, query_locked};

/// Whether a unique constraint was violated. SQLite does not report the name of the constraint, so the caller must know which
/// constraint it can be.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether the error was caused by the rows in the statement, so that the statement can succeed with other rows. `false` for
/// errors of the database itself, such as a full disk, a lock timeout or a shutdown.
pub fn is_row_error(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| match code.as_bytes() {
        // PostgreSQL classes: data exception, integrity constraint violation, transaction rollback.
        [class @ .., _, _, _] if code.len() == 5 => [b"22", b"23", b"40"].iter().any(|row_error| class == *row_error),
        // SQLite: the low byte of an extended code is the primary code. 18 to 20 are SQLITE_TOOBIG, SQLITE_CONSTRAINT and
        // SQLITE_MISMATCH.
        _ => code.parse().is_ok_and(|code: u16| matches!(code & 0xff, 18..=20)),
    })
}

/// Error code: the SQLSTATE on PostgreSQL, the extended result code on SQLite.
pub(crate) fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code)
}
