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

    /// Lists the places that contain a text: files of the storage, and on SQLite the database file, its write-ahead log and a copy
    /// by `VACUUM INTO`; on PostgreSQL the columns of all tables.
    pub async fn places_of(&self, text: &str) -> Vec<String> {
        let mut places = files_with(&self.folder, text.as_bytes());
        match &self.db {
            Db::Sqlite { writer, .. } => {
                let copy = self.folder.with_extension("copy");
                let vacuum = format!("VACUUM INTO '{}'", copy.display());
                sqlx::query(AssertSqlSafe(vacuum)).execute(writer).await.unwrap();
                if contains(&std::fs::read(&copy).unwrap(), text.as_bytes()) {
                    places.push("VACUUM INTO".to_owned());
                }
                std::fs::remove_file(copy).unwrap();
            }
            Db::Postgres { pool, .. } => {
                let columns = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                    WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'bytea')";
                let columns: Vec<(String, String, String)> = sqlx::query_as(columns).fetch_all(pool).await.unwrap();
                for (table, column, kind) in columns {
                    let bytes =
                        if kind == "bytea" { format!("\"{column}\"") } else { format!("convert_to(\"{column}\"::text, 'UTF8')") };
                    let sql = format!("SELECT count(*) FROM \"{table}\" WHERE position($1 IN {bytes}) > 0");
                    let found = sqlx::query_scalar(AssertSqlSafe(sql)).bind(text.as_bytes()).fetch_one(pool).await;
                    if found.unwrap_or(1_i64) > 0 {
                        places.push(format!("{table}.{column}"));
                    }
                }
            }
        }
        places
    }

    /// Names of the tables that have a row of the organization.
    pub async fn tables_of(&self, organization: &str) -> Vec<String> {
        let tables = match &self.db {
            Db::Sqlite { readers, .. } => {
                let sql = "SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                    WHERE t.type = 'table' AND c.name = 'organization_id' ORDER BY t.name";
                sqlx::query_scalar(sql).fetch_all(readers).await.unwrap()
            }
            Db::Postgres { pool, .. } => {
                let sql = "SELECT table_name::text FROM information_schema.columns
                    WHERE table_schema = 'public' AND column_name = 'organization_id' ORDER BY table_name";
                sqlx::query_scalar::<_, String>(sql).fetch_all(pool).await.unwrap()
            }
        };
        let mut found = Vec::new();
        for table in tables {
            let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE organization_id = '{organization}'"));
            let count: i64 = match &self.db {
                Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
                Db::Postgres { pool, .. } => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            };
            if count > 0 {
                found.push(table);
            }
        }
        found
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

/// Lists the files in a folder whose bytes or name contain `text`.
fn files_with(folder: &Path, text: &[u8]) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files_with(&path, text),
            path => {
                let name = path.display().to_string();
                let bytes = std::fs::read(&path).unwrap_or_default();
                if contains(&bytes, text) || contains(name.as_bytes(), text) { vec![name] } else { Vec::new() }
            }
        })
        .collect()
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// Runs SQL statements without bound parameters. Accesses the database directly, so the checks of the product do not apply.
pub async fn execute(db: &Db, sql: &str) {
    let statements = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match db {
        Db::Sqlite { writer, .. } => drop(statements.execute(writer).await.unwrap()),
        Db::Postgres { pool, .. } => drop(statements.execute(pool).await.unwrap()),
    }
}
