//! A query that runs on either database: parameters and rows of types that both know.

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
    /// On a connection that is lent.
    PooledConn(&'t mut PooledConn, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(PostgresQuery<'t>),
}

/// A query on PostgreSQL, whose parameters are kept while it may be repeated.
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
            let outcome = self.next_run()?.execute(self.session.connection()).await;
            if let Some(done) = self.session.judge(outcome).await? {
                return Ok(done.rows_affected());
            }
        }
    }

    async fn fetch_optional(mut self) -> Result<Option<PgRow>> {
        loop {
            let outcome = self.next_run()?.fetch_optional(self.session.connection()).await;
            if let Some(row) = self.session.judge(outcome).await? {
                return Ok(row);
            }
        }
    }

    async fn fetch_all(mut self) -> Result<Vec<PgRow>> {
        loop {
            let outcome = self.next_run()?.fetch_all(self.session.connection()).await;
            if let Some(rows) = self.session.judge(outcome).await? {
                return Ok(rows);
            }
        }
    }

    /// The query with its parameters, which are kept when it may have to run again.
    fn next_run(&mut self) -> Result<PgQuery> {
        let arguments = self.arguments.as_mut().map_err(|error| sqlx::Error::Encode(error.to_string().into()))?;
        let of_this_run = if self.session.is_repeatable() { arguments.clone() } else { std::mem::take(arguments) };
        Ok(sqlx::query_with(self.sql, of_this_run))
    }
}

impl Query<'_> {
    /// The next parameter.
    pub(crate) fn bind<'v, T>(self, value: T) -> Self
    where
        T: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(connection, query) => Self::Sqlite(connection, query.bind(value)),
            Self::PooledConn(lent, query) => Self::PooledConn(lent, query.bind(value)),
            Self::Postgres(query) => Self::Postgres(query.bind(value)),
        }
    }

    /// How many rows it changed.
    pub(crate) async fn execute(self) -> Result<u64> {
        match self {
            Self::Sqlite(connection, query) => Ok(query.execute(connection).await?.rows_affected()),
            Self::PooledConn(lent, query) => {
                let answer = query.execute(lent.connection()?).await;
                Ok(lent.judge(answer)?.rows_affected())
            }
            Self::Postgres(query) => query.execute().await,
        }
    }

    /// Its one row, when there is one.
    pub(crate) async fn optional<T>(self) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        match self {
            Self::Sqlite(connection, query) => query.fetch_optional(connection).await?.map(|row| T::from_row(&row)).transpose(),
            Self::PooledConn(lent, query) => {
                let answer = query.fetch_optional(lent.connection()?).await;
                lent.judge(answer)?.map(|row| T::from_row(&row)).transpose()
            }
            Self::Postgres(query) => {
                let row = query.fetch_optional().await?;
                row.map(|row| T::from_row(&row)).transpose()
            }
        }
    }

    /// Its one row.
    pub(crate) async fn one<T>(self) -> Result<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        self.optional().await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// All its rows. The query bounds them with `LIMIT`, or the table is small by nature.
    pub(crate) async fn all<T>(self) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        match self {
            Self::Sqlite(connection, query) => query.fetch_all(connection).await?.iter().map(T::from_row).collect(),
            Self::PooledConn(lent, query) => {
                let answer = query.fetch_all(lent.connection()?).await;
                lent.judge(answer)?.iter().map(T::from_row).collect()
            }
            Self::Postgres(query) => {
                let rows = query.fetch_all().await?;
                rows.iter().map(T::from_row).collect()
            }
        }
    }
}

/// Whether a row exists already. SQLite does not name the constraint, so callers know which one it can be.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether the database has answered about these rows, so that it may well take others. A fault of its own, such as a full disk, a lock
/// that is held for too long or a server that ends, is none of this kind.
pub fn is_about_rows(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| match code.as_bytes() {
        // PostgreSQL: data exception, integrity constraint violation, transaction rollback.
        [class @ .., _, _, _] if code.len() == 5 => [b"22", b"23", b"40"].iter().any(|about_rows| class == *about_rows),
        // SQLite: a number whose low byte is the kind; too big, constraint, mismatch.
        _ => code.parse().is_ok_and(|code: u16| matches!(code & 0xff, 18..=20)),
    })
}

/// The code that the database gave an error.
pub(crate) fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code)
}
