//! Connections to PostgreSQL through PgBouncer. The test is skipped if PgBouncer is not installed.

use crate::own_server::{OwnServer, within_seconds};
use lexicontract::clock::Clock;
use lexicontract::db::{ConnectError, Db, metrics};
use lexicontract::secret::Secret;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, Row};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

const PROGRAMS: [&str; 2] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];

struct PgBouncer {
    process: Child,
    url: String,
}

impl PgBouncer {
    /// Starts PgBouncer on `port` for connections to `server`.
    async fn start(program: &str, server: &OwnServer, port: u16, settings: &str) -> Self {
        let folder = server.folder.display();
        let file = server.folder.join(format!("pgbouncer-{port}.ini"));
        let text = format!(
            "[databases]\n* = host={folder} user=postgres\n[pgbouncer]\nunix_socket_dir = {folder}\nlisten_port = {port}\n\
             auth_type = any\nmin_pool_size = 2\n{settings}\n"
        );
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(program);
        command.arg("--quiet").arg(&file).stdin(Stdio::null());
        // PgBouncer refuses to run as root, so it runs as the folder's owner, who also runs PostgreSQL.
        let owner = std::fs::metadata(&server.folder).unwrap();
        if rustix::process::getuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        let url = format!("postgres://postgres@localhost/postgres?host={folder}&port={port}");
        let bouncer = Self { process: command.spawn().unwrap(), url };
        within_seconds("PgBouncer answers", async || bouncer.client().await.is_ok()).await;
        bouncer
    }

    async fn connect(&self) -> std::result::Result<Db, ConnectError> {
        Db::connect(&Secret::new(self.url.clone())).await
    }

    /// A plain client connection, without the session settings that the product applies.
    async fn client(&self) -> sqlx::Result<PgConnection> {
        PgConnectOptions::from_str(&self.url)?.extra_float_digits(None).connect().await
    }

    async fn setting(&self, show: &'static str) -> String {
        sqlx::raw_sql(show).fetch_one(&mut self.client().await.unwrap()).await.unwrap().get(0)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn session_pooling_works_and_transaction_pooling_is_rejected() {
    let Some(program) = PROGRAMS.into_iter().find(|program| Path::new(program).exists()) else {
        std::io::stderr().write_all(b"skipped: PgBouncer (it is not installed)\n").unwrap();
        return;
    };
    let Some(server) = OwnServer::start().await else { return };
    drop(server.migrated().await);

    for (port, more) in [(6432, ""), (6433, "server_round_robin = 1"), (6434, "default_pool_size = 1\nmin_pool_size = 0")] {
        let bouncer = PgBouncer::start(program, &server, port, &format!("pool_mode = transaction\n{more}")).await;
        let refused = bouncer.connect().await.unwrap_err().to_string();
        assert!(
            refused.contains("gives each transaction another session") && refused.contains("pool_mode = session"),
            "{refused}"
        );
        for show in ["SHOW idle_in_transaction_session_timeout", "SHOW lock_timeout"] {
            assert_eq!(bouncer.setting(show).await, "0", "{show}: sessions of other clients are unchanged");
        }
    }

    let bouncer = PgBouncer::start(program, &server, 6435, "pool_mode = session").await;
    let db = bouncer.connect().await.unwrap();
    let mut listener = db.job_listener().await.unwrap().unwrap();
    let mut tx = db.begin().await.unwrap();
    metrics::probe(&mut tx, Clock::system().now()).await.unwrap();
    tx.notify_job().await.unwrap();
    tx.commit().await.unwrap();
    listener.recv().await.unwrap();
}
