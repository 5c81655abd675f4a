//! PostgreSQL failover: a server becomes read-only, and a new primary takes over the server's address.

use crate::own_server::{OwnServer, within_seconds};
use lexicontract::clock::Clock;
use lexicontract::db::{Db, Result, metrics};
use lexicontract::secret::Secret;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, UnixStream};

const APPLICATION_CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lexicontract'";

/// A TCP proxy that simulates a host name. A change of the target server applies to new connections only.
struct Name {
    port: u16,
    server: Arc<Mutex<PathBuf>>,
}

impl Name {
    async fn of(server: &OwnServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = Self { port: listener.local_addr().unwrap().port(), server: Arc::new(Mutex::new(server.socket())) };
        let server = name.server.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let socket = server.lock().unwrap().clone();
                tokio::spawn(async move {
                    let mut server = UnixStream::connect(socket).await.unwrap();
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        name
    }

    fn leads_to(&self, server: &OwnServer) {
        *self.server.lock().unwrap() = server.socket();
    }

    /// Connects through this proxy, and fills the pool with several idle connections.
    async fn connect(&self) -> Db {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port);
        let db = Db::connect(&Secret::new(url)).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(db.begin().await.unwrap());
        }
        db
    }
}

async fn write(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    metrics::probe(&mut tx, Clock::system().now()).await?;
    tx.commit().await
}

async fn read(db: &Db) -> Result<()> {
    metrics::jobs(&mut db.acquire().await?).await.map(drop)
}

fn is_read_only(outcome: Result<()>) -> bool {
    let error = outcome.unwrap_err();
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "25006")
}

#[tokio::test]
async fn writes_reach_the_new_primary_although_old_connections_are_open() {
    let (old, new) = tokio::join!(OwnServer::start(), OwnServer::start());
    let (Some(old), Some(new)) = (old, new) else { return };
    let name = Name::of(&old).await;
    drop((old.migrated().await, new.migrated().await));
    let (one, two) = (name.connect().await, name.connect().await);
    for db in [&one, &two] {
        write(db).await.unwrap();
    }
    assert_eq!(new.number("SELECT count(*) FROM probes").await, 0);

    old.set_read_only(true).await;
    name.leads_to(&new);

    for db in [&one, &two] {
        write(db).await.expect("the first statement is repeated on a new connection");
    }
    assert_eq!(new.number("SELECT count(*) FROM probes").await, 1);
    // The pool replaces a connection to the old primary when the connection is used again. Therefore the test uses all
    // connections.
    within_seconds("no connection to the old primary is left", async || {
        let held = [one.begin().await, one.begin().await, one.begin().await, one.begin().await];
        let held_too = [two.begin().await, two.begin().await, two.begin().await, two.begin().await];
        assert!(held.iter().chain(&held_too).all(std::result::Result::is_ok));
        old.number(APPLICATION_CONNECTIONS).await == 0
    })
    .await;
}

#[tokio::test]
async fn notifications_come_from_the_new_primary() {
    let (old, new) = tokio::join!(OwnServer::start(), OwnServer::start());
    let (Some(old), Some(new)) = (old, new) else { return };
    let name = Name::of(&old).await;
    drop((old.migrated().await, new.migrated().await));
    let db = name.connect().await;
    let mut listener = db.job_listener().await.unwrap().unwrap();
    old.set_read_only(true).await;
    name.leads_to(&new);
    write(&db).await.unwrap();
    listener.recv().await.expect("the listener changes its connection, and reports that it may have missed something");
    new.run(&["NOTIFY lexicontract_jobs"]).await;
    listener.recv().await.unwrap();
}

#[tokio::test]
async fn a_temporarily_read_only_server_serves_reads() {
    let Some(server) = OwnServer::start().await else { return };
    let db = server.migrated().await;
    write(&db).await.unwrap();

    server.set_read_only(true).await;
    for _ in 0..20 {
        assert!(is_read_only(write(&db).await));
        read(&db).await.unwrap();
    }
    let refused = Db::connect(&Secret::new(server.url())).await.unwrap_err().to_string();
    assert!(refused.contains("PostgreSQL takes no writes") && refused.contains("primary"), "{refused}");

    server.set_read_only(false).await;
    write(&db).await.unwrap();
}
