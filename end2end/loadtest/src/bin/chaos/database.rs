//! Looks into the database of the servers, on either engine.

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, SqlitePool};
use std::path::Path;
use loadtest::Outcome;

/// A pool of our own.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL.
    Postgres(PgPool),
}

/// The address of a database in the private PostgreSQL.
pub fn postgres_url(folder: &Path, name: &str) -> String {
    format!("postgres://postgres@localhost/{name}?host={}", folder.display())
}

/// Makes an empty database whose commits are as durable as they are by default: the private PostgreSQL is fast and forgetful.
pub async fn create_postgres(folder: &Path, name: &str) -> Outcome<String> {
    let mut admin = PgConnection::connect(&postgres_url(folder, "postgres")).await?;
    for sql in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("CREATE DATABASE {name}"),
        format!("ALTER DATABASE {name} SET synchronous_commit = on"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await?;
    }
    Ok(postgres_url(folder, name))
}

impl Database {
    /// Connects.
    pub async fn open(url: &str) -> Outcome<Self> {
        Ok(match url.starts_with("sqlite:") {
            true => Self::Sqlite(SqlitePool::connect(url).await?),
            false => Self::Postgres(PgPool::connect(url).await?),
        })
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> Outcome<i64> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        })
    }

    /// The rows of a query with two columns of text.
    pub async fn pairs(&self, sql: &str) -> Outcome<Vec<(String, String)>> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
        })
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &str) -> Outcome<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
            Self::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Gives up its connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
