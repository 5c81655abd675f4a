//! A separate PostgreSQL server for one test, so that the test can change the server's settings.

use lexicontract::db::Db;
use lexicontract::random::{bytes, hex};
use lexicontract::secret::Secret;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use test_support::databases::maintenance_url;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A running PostgreSQL server. Dropping this value stops the server and removes its folder.
pub struct OwnServer {
    pub folder: PathBuf,
}

impl OwnServer {
    /// Starts a server. Returns `None` if the tests run without PostgreSQL.
    pub async fn start() -> Option<Self> {
        maintenance_url()?;
        let folder = std::env::temp_dir().join(format!("lx-{}", hex(&bytes::<6>())));
        let server = Self { folder };
        let folder = server.folder.clone();
        let status = tokio::task::spawn_blocking(move || script("start", &folder)).await.unwrap();
        assert!(status, "PostgreSQL starts");
        Some(server)
    }

    /// A database URL that connects through the server's Unix socket.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// Connects to the server and runs the migrations.
    pub async fn migrated(&self) -> Db {
        let db = Db::connect(&Secret::new(self.url())).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    /// Runs each statement in its own transaction.
    pub async fn run(&self, statements: &[&str]) {
        let mut admin = PgConnection::connect(&self.url()).await.unwrap();
        for statement in statements {
            sqlx::query(AssertSqlSafe(*statement)).execute(&mut admin).await.unwrap();
        }
        admin.close().await.unwrap();
    }

    /// Runs a query that returns one number.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut admin = PgConnection::connect(&self.url()).await.unwrap();
        let number = sqlx::query_scalar(sql).fetch_one(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        number
    }

    /// Makes the server read-only or writable. The change also affects existing connections.
    pub async fn set_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "on" } else { "off" };
        let mut witness = PgConnection::connect(&self.url()).await.unwrap();
        let set = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
        for sql in ["SET default_transaction_read_only = off", set.as_str(), "SELECT pg_reload_conf()"] {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut witness).await.unwrap();
        }
        sqlx::query("RESET default_transaction_read_only").execute(&mut witness).await.unwrap();
        within_seconds("the server reads its settings again", async || {
            let setting: String = sqlx::query_scalar("SHOW default_transaction_read_only").fetch_one(&mut witness).await.unwrap();
            setting == value
        })
        .await;
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        script("stop", &self.folder);
    }
}

fn script(command: &str, folder: &Path) -> bool {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/lib/postgres.sh");
    let output = Command::new(script).arg(command).arg(folder).output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

/// Waits until the condition holds. Panics with the message `what` after a timeout.
pub async fn within_seconds(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < TIMEOUT, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
