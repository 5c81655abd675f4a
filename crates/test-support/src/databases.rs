//! Runs a test on SQLite with a temporary folder, and on PostgreSQL with a temporary database.

use futures::FutureExt;
use lexicontract::db::Db;
use lexicontract::random::{bytes, hex};
use lexicontract::secret::Secret;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Once;
use tokio::sync::Semaphore;
use url::Url;

/// Limits the number of concurrent tests on PostgreSQL, because the server accepts only 200 connections.
static ON_POSTGRES: Semaphore = Semaphore::const_new(6);

static SKIPPED: Once = Once::new();

/// An empty database to which all migrations have been applied.
#[derive(Clone)]
pub struct Opened {
    pub url: Secret<String>,
    pub db: Db,
    /// Folder for stored files.
    pub folder: PathBuf,
}

/// Runs a test on SQLite, then on PostgreSQL if `TEST_POSTGRES_URL` is set.
pub async fn on_every_database(test: impl AsyncFn(Opened)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = folder.path().join("sqlite");
    println!("on SQLite");
    test(open(format!("sqlite://{}/test.db", sqlite.display()), sqlite).await).await;
    let Some(maintenance) = maintenance_url() else {
        SKIPPED.call_once(|| {
            // Writes to stderr directly, because the test harness shows `eprintln!` output only for failed tests.
            std::io::stderr().write_all(b"skipped: PostgreSQL (TEST_POSTGRES_URL is not set)\n").unwrap();
        });
        return;
    };
    println!("on PostgreSQL");
    on_postgres(&maintenance, folder.path().join("postgres"), test).await;
}

/// The URL of PostgreSQL's maintenance database, from `TEST_POSTGRES_URL`.
#[expect(clippy::disallowed_methods, reason = "configures the tests, not the product")]
pub fn maintenance_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Runs a test in a new PostgreSQL database. Drops the database afterwards, even if the test fails.
async fn on_postgres(maintenance: &str, folder: PathBuf, test: impl AsyncFn(Opened)) {
    let _permit = ON_POSTGRES.acquire().await.unwrap();
    let name = format!("test_{}", hex(&bytes::<8>()));
    let mut admin = PgConnection::connect(maintenance).await.expect("TEST_POSTGRES_URL leads to PostgreSQL");
    run(&mut admin, format!("CREATE DATABASE {name}")).await;
    let mut url = Url::parse(maintenance).unwrap();
    url.set_path(&name);
    let outcome = AssertUnwindSafe(async { test(open(url.into(), folder).await).await }).catch_unwind().await;
    run(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn run(admin: &mut PgConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql)).execute(admin).await.unwrap();
}

async fn open(url: String, folder: PathBuf) -> Opened {
    let url = Secret::new(url);
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    Opened { url, db, folder }
}

impl Opened {
    /// Runs a query that returns one number.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match &self.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
            Db::Postgres { pool, .. } => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// Number of files in the storage folder.
    pub fn stored_files(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(&self.folder.join("files"))
    }
}

/// Runs SQL statements without bound parameters. Accesses the database directly, so the checks of the product do not apply.
pub async fn execute(db: &Db, sql: &str) {
    let statements = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match db {
        Db::Sqlite { writer, .. } => drop(statements.execute(writer).await.unwrap()),
        Db::Postgres { pool, .. } => drop(statements.execute(pool).await.unwrap()),
    }
}
