//! Access to the servers' database, which is SQLite or PostgreSQL.

use loadtest::Outcome;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, SqlitePool};
use std::path::Path;

/// Connection pool of the tests.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Returns the URL of a database in the PostgreSQL cluster that `scripts/lib/postgres.sh` starts.
pub fn postgres_url(folder: &Path, name: &str) -> String {
    format!("postgres://postgres@localhost/{name}?host={}", folder.display())
}

/// Creates an empty database with `synchronous_commit = on`. The test cluster turns this setting off for speed, but crash tests
/// need durable commits.
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
    pub async fn open(url: &str) -> Outcome<Self> {
        Ok(match url.starts_with("sqlite:") {
            true => Self::Sqlite(SqlitePool::connect(url).await?),
            false => Self::Postgres(PgPool::connect(url).await?),
        })
    }

    pub async fn number(&self, sql: &str) -> Outcome<i64> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        })
    }

    pub async fn pairs(&self, sql: &str) -> Outcome<Vec<(String, String)>> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
        })
    }

    pub async fn execute(&self, sql: &str) -> Outcome<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
            Self::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
