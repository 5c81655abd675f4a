//! A query for SQLite or PostgreSQL. Both engines support the types of its parameters and rows.

use super::read_pool::PooledConn;
use crate::db::Result;
use crate::db::errors::error_text::code;
use crate::db::postgres::session::PostgresSession;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Encode, FromRow, Postgres, Sqlite, SqliteConnection, Type};

type PgQuery = sqlx::query::Query<'static, Postgres, PgArguments>;

pub(crate) enum Query<'t> {
    Sqlite(&'t mut SqliteConnection, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    SqlitePooled(&'t mut PooledConn, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(PostgresQuery<'t>),
}

/// A PostgreSQL query that keeps its parameters, so that it can be retried.
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

    /// Builds the query for the next attempt. Moves the parameters into the last possible attempt, and clones them for earlier
    /// attempts.
    fn next_attempt(&mut self) -> Result<PgQuery> {
        let arguments = self.arguments.as_mut().map_err(|error| sqlx::Error::Encode(error.to_string().into()))?;
        let arguments_of_attempt = if self.session.is_repeatable() { arguments.clone() } else { std::mem::take(arguments) };
        Ok(sqlx::query_with(self.sql, arguments_of_attempt))
    }
}

/// Calls `$method` of sqlx's query type and evaluates `$value` for the result `$output`.
macro_rules! run {
    ($query:expr, $method:ident, $output:ident => $value:expr) => {
        match $query {
            Query::Sqlite(connection, query) => {
                let $output = query.$method(connection).await?;
                $value
            }
            Query::SqlitePooled(pooled, query) => {
                let result = query.$method(pooled.connection()?).await;
                let $output = pooled.check_health(result)?;
                $value
            }
            Query::Postgres(mut query) => loop {
                let outcome = query.next_attempt()?.$method(query.session.connection()).await;
                if let Some($output) = query.session.retry_transient(outcome).await? {
                    break $value;
                }
            },
        }
    };
}

/// A row type that both engines can decode.
pub(crate) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

impl Query<'_> {
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

    pub(crate) async fn affects_rows(self) -> Result<bool> {
        Ok(self.rows_affected().await? > 0)
    }

    pub(crate) async fn rows_affected(self) -> Result<u64> {
        run!(self, execute, done => Ok(done.rows_affected()))
    }

    pub(crate) async fn optional<T: Row>(self) -> Result<Option<T>> {
        run!(self, fetch_optional, row => row.map(|row| T::from_row(&row)).transpose())
    }

    /// Returns [`sqlx::Error::RowNotFound`] if there is no row.
    pub(crate) async fn one<T: Row>(self) -> Result<T> {
        self.optional().await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Returns all rows. The query must have a `LIMIT` or read a small table, because all rows are kept in memory.
    pub(crate) async fn all<T: Row>(self) -> Result<Vec<T>> {
        run!(self, fetch_all, rows => rows.iter().map(T::from_row).collect())
    }

    /// Like [`Query::one`], for rows with one column.
    pub(crate) async fn scalar<T>(self) -> Result<T>
    where
        (T,): Row,
    {
        self.one::<(T,)>().await.map(|(value,)| value)
    }

    pub(crate) async fn optional_scalar<T>(self) -> Result<Option<T>>
    where
        (T,): Row,
    {
        Ok(self.optional::<(T,)>().await?.map(|(value,)| value))
    }

    pub(crate) async fn scalars<T>(self) -> Result<Vec<T>>
    where
        (T,): Row,
    {
        Ok(self.all::<(T,)>().await?.into_iter().map(|(value,)| value).collect())
    }
}

/// Returns the SQL of an `INSERT` statement with the parameters `$1`, `$2` … Called by [`insert!`].
pub(crate) fn insert_sql(table: &str, columns: &[&str], end: &str) -> String {
    let numbers: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({}) {end}", columns.join(", "), numbers.join(", "))
}

/// Builds an `INSERT` statement. Each column in parentheses gets the field of `$row` with the same name. Each further column gets
/// the value after `=`:
///
/// `insert! { tx, "users" (id, name) = user, email_key = email_key(&user.email); "ON CONFLICT DO NOTHING" }`
macro_rules! insert {
    ($tx:expr, $table:literal ($($column:ident),+) = $row:expr $(, $more:ident = $value:expr)* $(; $end:literal)?) => {{
        static SQL: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
            let columns = [$(stringify!($column),)+ $(stringify!($more)),*];
            $crate::db::engine::query::insert_sql($table, &columns, concat!($($end)?))
        });
        $tx.query(&SQL, $crate::db::engine::query::params![$(&$row.$column,)+ $($value),*])
    }};
}

/// Binds the parameters `$1`, `$2` … to a query.
macro_rules! params {
    ($($value:expr),* $(,)?) => { |query| query$(.bind($value))* };
}

/// Builds a query that locks the selected rows until commit on PostgreSQL. SQLite needs no row locks, because it has only one
/// write transaction at a time.
macro_rules! query_locked {
    ($tx:expr, $sql:literal, $lock:literal, $params:expr $(,)?) => {
        $tx.either($sql, concat!($sql, " ", $lock), $params)
    };
}

pub(crate) use insert;
pub(crate) use params;
pub(crate) use query_locked;

/// Returns true if a statement violated a unique constraint. The caller must know which constraint is possible, because SQLite
/// does not report the name of the constraint.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Returns true if the rows in the statement caused the error, so that the same statement can succeed with other rows. Returns
/// false for errors of the database itself, such as a full disk, a lock timeout or a shutdown.
pub fn is_row_error(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| match code.as_bytes() {
        // SQLSTATE classes of PostgreSQL: data exception, integrity constraint violation, transaction rollback.
        [class @ .., _, _, _] if code.len() == 5 => [b"22", b"23", b"40"].iter().any(|row_error| class == *row_error),
        // The low byte of SQLite's extended code is the primary code: SQLITE_TOOBIG, SQLITE_CONSTRAINT or SQLITE_MISMATCH.
        _ => code.parse().is_ok_and(|code: u16| matches!(code & 0xff, 18..=20)),
    })
}
