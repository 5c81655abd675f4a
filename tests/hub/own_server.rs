//! A PostgreSQL server of one test, whose settings the test may change.

use crate::databases::maintenance_url;
use lexicontract::{
    db::Db,
    random::{bytes, hex},
    secret::Secret,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// The longest that a test waits for something that takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It is stopped and removed when this is dropped.
pub struct OwnServer {
    pub folder: PathBuf,
}

impl OwnServer {
    /// Starts a server; `None` where the tests run without PostgreSQL.
    pub async fn start() -> Option<Self> {
        maintenance_url()?;
        let folder = std::env::temp_dir().join(format!("lx-{}", hex(&bytes::<6>())));
        let server = Self { folder };
        let folder = server.folder.clone();
        let status = tokio::task::spawn_blocking(move || script("start", &folder)).await.unwrap();
        assert!(status, "PostgreSQL starts");
        Some(server)
    }

    /// The address by the server's socket.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// An open, migrated database by the server's socket.
    pub async fn migrated(&self) -> Db {
        let db = Db::connect(&Secret::new(self.url())).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    /// Runs statements one after the other, each by itself.
    pub async fn run(&self, statements: &[&str]) {
        let mut admin = PgConnection::connect(&self.url()).await.unwrap();
        for statement in statements {
            sqlx::query(AssertSqlSafe(*statement)).execute(&mut admin).await.unwrap();
        }
        admin.close().await.unwrap();
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut admin = PgConnection::connect(&self.url()).await.unwrap();
        let number = sqlx::query_scalar(sql).fetch_one(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        number
    }

    /// Sets whether the server takes writes, also on the connections that exist.
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

/// Waits until something is the case.
pub async fn within_seconds(what: &str, mut is_the_case: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_the_case().await {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
