//! Several server processes with one database refresh an expired session only once.

use super::token_refresh::replays;
use lexicontract::db::{Db, deliveries};
use lexicontract::domain::delivery::{DeliveryStatus, Receipt};
use lexicontract::domain::ids::ConnectionId;
use lexicontract::hub::{Error, Hub};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Client};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, open_hub_with};
use test_support::settings::SalesforceSettings;
use test_support::users::PASSWORD;

#[derive(Clone, Copy)]
struct Size {
    processes: usize,
    calls: usize,
    rounds: usize,
}

impl Size {
    fn from_environment() -> Self {
        let number = |name: &str, usual: usize| variable(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
        Self { processes: number("REFRESH_PROCESSES", 4), calls: number("REFRESH_CALLS", 8), rounds: number("REFRESH_ROUNDS", 3) }
    }
}

#[expect(clippy::disallowed_methods, reason = "not the product's configuration, but how long a test runs")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Configuration that the test passes to a server process.
#[derive(Serialize, Deserialize)]
struct ServerConfig {
    database: String,
    folder: std::path::PathBuf,
    login: String,
    session: String,
    connection: ConnectionId,
    opportunity: String,
    calls: usize,
}

const CONFIG_VARIABLE: &str = "REFRESH_TEST_POST";
/// Maximum number of attempts to complete waiting deliveries.
const MAX_REPETITIONS: usize = 5;
const READY: &str = "worker is ready";
const DONE: &str = "worker is done";

/// The test starts this program once for each server process, with [`CONFIG_VARIABLE`] set and with only this test selected. The
/// test then acts as a server. The variables `REFRESH_PROCESSES`, `REFRESH_CALLS` and `REFRESH_ROUNDS` set the size of the test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_processes_refresh_an_expired_session_once_and_send_no_token_twice() {
    if let Some(config) = variable(CONFIG_VARIABLE) {
        return serve(serde_json::from_str(&config).unwrap()).await;
    }
    let size = Size::from_environment();
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().settings.rotation = true;
        // Raises the org's daily API limit, because long runs exceed the default limit.
        fixture.salesforce().api_usage = (0, u64::MAX / 1_000);
        let mut servers: Vec<Server> = Vec::new();
        for _ in 0..size.processes {
            servers.push(Server::start(&fixture, size.calls).await);
        }
        for round in 1..=size.rounds {
            let mut receipts: Vec<Receipt> = Vec::new();
            for _ in 0..size.calls {
                receipts.push(fixture.call(&fixture.opportunity("Rollout", None)).await);
            }
            fixture.salesforce().grants.close_sessions();
            let before = fixture.salesforce().grants.refreshes;
            servers.iter_mut().for_each(|server| server.send("go"));
            for server in std::mem::take(&mut servers) {
                servers.push(server.wait_for(DONE).await);
            }
            run_waiting(&fixture, &receipts).await;
            for receipt in &receipts {
                let (status, error) = status_of(&fixture, receipt).await;
                assert_eq!(status, DeliveryStatus::Done, "round {round}: {error:?}");
            }
            let refreshes = fixture.salesforce().grants.refreshes - before;
            assert_eq!((refreshes, replays(&fixture)), (1, (0, 0)), "round {round}");
        }
        for server in servers {
            server.end();
        }
    })
    .await;
}

/// Runs waiting deliveries again. On a busy machine, a database timeout can leave a delivery waiting.
async fn run_waiting(fixture: &Connected, receipts: &[Receipt]) {
    for _ in 0..MAX_REPETITIONS {
        fixture.run_jobs().await;
        let mut waiting = 0;
        for receipt in receipts {
            let (status, error) = status_of(fixture, receipt).await;
            if status == DeliveryStatus::Accepted {
                println!("waits: {error:?}");
                waiting += 1;
            }
        }
        if waiting == 0 {
            return;
        }
        fixture.advance(10);
    }
}

/// Reads the status and error of a delivery from the database, because the hub returns deliveries only in pages.
async fn status_of(fixture: &Connected, receipt: &Receipt) -> (DeliveryStatus, Option<String>) {
    let mut tx = fixture.opened.db.read().await.unwrap();
    let row = deliveries::find(&mut tx, &fixture.admin.organization_id, &receipt.delivery_id).await.unwrap().unwrap();
    (row.status, row.error)
}

/// Handle to a server process.
struct Server {
    child: Child,
    commands: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    async fn start(fixture: &Connected, calls: usize) -> Self {
        let signed_in = fixture.hub.sign_in("ada@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        let config = ServerConfig {
            database: fixture.opened.url.expose().clone(),
            folder: fixture.opened.folder.clone(),
            login: fixture.simulator.production_url().to_owned(),
            session: signed_in.session_token.expose().clone(),
            connection: fixture.connection.id.clone(),
            opportunity: fixture.opportunity("Looked at", None).to_string(),
            calls,
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["server_processes_refresh_an_expired_session", "--nocapture", "--test-threads", "1"])
            .env(CONFIG_VARIABLE, serde_json::to_string(&config).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, commands, output }.wait_for(READY).await
    }

    fn send(&mut self, command: &str) {
        writeln!(self.commands, "{command}").unwrap();
    }

    async fn wait_for(mut self, word: &'static str) -> Self {
        let waited = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            while !line.contains(word) {
                line.clear();
                assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the process ended unexpectedly");
            }
            self
        });
        waited.await.unwrap()
    }

    fn end(mut self) {
        drop(self.commands);
        assert!(self.child.wait().unwrap().success());
    }
}

/// Acts as a server process: for each command from stdin, makes provider calls and runs jobs concurrently.
async fn serve(config: ServerConfig) {
    let url = Secret::new(config.database.clone());
    let opened = Opened { db: Db::connect(&url).await.unwrap(), url, folder: config.folder.clone() };
    let hub = open_hub_with(&opened, &SalesforceSettings::at(&config.login), &[]).await.unwrap();
    let actor = hub.actor_of_session(&Secret::new(config.session.clone())).await.unwrap().unwrap();
    println!("{READY}");
    while let Some(command) = tokio::task::spawn_blocking(read_command).await.unwrap() {
        assert_eq!(command.trim(), "go");
        let calls = (0..config.calls).map(|_| call_provider(&hub, &actor, &config));
        let jobs = (0..3).map(|_| run_jobs(&hub));
        tokio::join!(futures::future::join_all(calls), futures::future::join_all(jobs));
        println!("{DONE}");
    }
}

fn read_command() -> Option<String> {
    let mut line = String::new();
    (std::io::stdin().read_line(&mut line).unwrap() > 0).then_some(line)
}

/// Makes a provider call, which needs a valid session. Repeats the call after a database error, because SQLite's only write
/// connection can be busy. Any other error fails the test.
async fn call_provider(hub: &Hub, actor: &Actor, config: &ServerConfig) {
    loop {
        match hub.dry_run(actor, &config.connection, &config.opportunity).await {
            Ok(_) => return,
            Err(Error::Database(error)) => println!("retry after {error}"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn run_jobs(hub: &Hub) {
    loop {
        match hub.run_one_job(false).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => println!("retry after {error:?}"),
        }
    }
}
