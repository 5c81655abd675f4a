//! Access to the servers' database, which is SQLite or PostgreSQL.

use loadtest::Outcome;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, SqlitePool};
use std::path::Path;

/// Connection pool for the tests, separate from the pools of the servers.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// URL of a database in the PostgreSQL cluster that `scripts/lib/postgres.sh` starts for tests.
pub fn postgres_url(folder: &Path, name: &str) -> String {
    format!("postgres://postgres@localhost/{name}?host={}", folder.display())
}

/// Creates an empty database whose commits are durable, as by default. The test cluster turns durable commits off for speed.
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
    /// Opens a connection pool.
    pub async fn open(url: &str) -> Outcome<Self> {
        Ok(match url.starts_with("sqlite:") {
            true => Self::Sqlite(SqlitePool::connect(url).await?),
            false => Self::Postgres(PgPool::connect(url).await?),
        })
    }

    /// Runs a query that returns one number.
    pub async fn number(&self, sql: &str) -> Outcome<i64> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        })
    }

    /// Runs a query that returns rows of two text columns.
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

    /// Closes all connections in the pool.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
