//! Several servers on one database, each a process of its own.

use super::{
    fixture::{Connected, open_hub_at},
    refreshing::replays,
};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::{Db, deliveries},
    domain::{
        delivery::{DeliveryStatus, Receipt},
        ids::ConnectionId,
    },
    hub::{Error, Hub},
    secret::Secret,
    services::{Actor, Client},
};
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// What the crash tests may enlarge: processes, calls of each process, and rounds.
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

/// What a process of its own needs to act as a server.
#[derive(Serialize, Deserialize)]
struct Post {
    database: String,
    folder: std::path::PathBuf,
    login: String,
    session: String,
    connection: ConnectionId,
    opportunity: String,
    calls: usize,
}

const POST: &str = "REFRESH_TEST_POST";
/// How often what waits is looked at again.
const MOST_WAITS: usize = 5;
const READY: &str = "worker is ready";
const DONE: &str = "worker is done";

/// With `REFRESH_PROCESSES`, `REFRESH_CALLS` and `REFRESH_ROUNDS` it runs for as long as wanted. The processes are this program again,
/// and this test in them does what they are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_servers_with_a_dead_session_refresh_once_each_round_and_send_no_token_twice() {
    if let Some(post) = variable(POST) {
        return serve(serde_json::from_str(&post).unwrap()).await;
    }
    let size = Size::from_environment();
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().settings.rotation = true;
        // The long form makes more calls than an org has in a day.
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
            servers.iter_mut().for_each(|server| server.tell("go"));
            for server in std::mem::take(&mut servers) {
                servers.push(server.wait_for(DONE).await);
            }
            run_what_waits(&fixture, &receipts).await;
            for receipt in &receipts {
                let (status, error) = stored(&fixture, receipt).await;
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

/// In a long run on a busy machine a job may meet a database that does not answer in time. It waits then, which is told, and is due later.
async fn run_what_waits(fixture: &Connected, receipts: &[Receipt]) {
    for _ in 0..MOST_WAITS {
        fixture.run_jobs().await;
        let mut waiting = 0;
        for receipt in receipts {
            let (status, error) = stored(fixture, receipt).await;
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

/// How a delivery stands, however many there are.
async fn stored(fixture: &Connected, receipt: &Receipt) -> (DeliveryStatus, Option<String>) {
    let mut tx = fixture.opened.db.read().await.unwrap();
    let row = deliveries::find(&mut tx, &fixture.admin.organization_id, &receipt.delivery_id).await.unwrap().unwrap();
    (row.status, row.error)
}

/// A process that acts as a server.
struct Server {
    child: Child,
    orders: ChildStdin,
    words: BufReader<ChildStdout>,
}

impl Server {
    async fn start(fixture: &Connected, calls: usize) -> Self {
        let signed_in = fixture.hub.sign_in("ada@example.com", "correct horse battery".into(), &Client::default()).await.unwrap();
        let post = Post {
            database: fixture.opened.url.expose().clone(),
            folder: fixture.opened.folder.clone(),
            login: fixture.simulator.production_url().to_owned(),
            session: signed_in.session_token.expose().clone(),
            connection: fixture.connection.id.clone(),
            opportunity: fixture.opportunity("Looked at", None).to_string(),
            calls,
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["several_servers_with_a_dead_session", "--nocapture", "--test-threads", "1"])
            .env(POST, serde_json::to_string(&post).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, words) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, orders, words }.wait_for(READY).await
    }

    fn tell(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
    }

    async fn wait_for(mut self, word: &'static str) -> Self {
        let waited = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            while !line.contains(word) {
                line.clear();
                assert_ne!(self.words.read_line(&mut line).unwrap(), 0, "the process ended before it was told to");
            }
            self
        });
        waited.await.unwrap()
    }

    fn end(mut self) {
        drop(self.orders);
        assert!(self.child.wait().unwrap().success());
    }
}

/// What the process does: at each order it makes calls and runs jobs, all at once.
async fn serve(post: Post) {
    let url = Secret::new(post.database.clone());
    let opened = Opened { db: Db::connect(&url).await.unwrap(), url, folder: post.folder.clone() };
    let hub = open_hub_at(&opened, &post.login, &[]).await.unwrap();
    let actor = hub.actor_of_session(&Secret::new(post.session.clone())).await.unwrap().unwrap();
    println!("{READY}");
    while let Some(order) = tokio::task::spawn_blocking(read_order).await.unwrap() {
        assert_eq!(order.trim(), "go");
        let calls = (0..post.calls).map(|_| look(&hub, &actor, &post));
        let jobs = (0..3).map(|_| run_jobs(&hub));
        tokio::join!(futures::future::join_all(calls), futures::future::join_all(jobs));
        println!("{DONE}");
    }
}

fn read_order() -> Option<String> {
    let mut line = String::new();
    (std::io::stdin().read_line(&mut line).unwrap() > 0).then_some(line)
}

/// A call that needs a session. SQLite has one writer for all processes, so it may be busy; nothing else may go wrong.
async fn look(hub: &Hub, actor: &Actor, post: &Post) {
    loop {
        match hub.dry_run(actor, &post.connection, &post.opportunity).await {
            Ok(_) => return,
            Err(Error::Database(error)) => println!("again, because of {error}"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn run_jobs(hub: &Hub) {
    loop {
        match hub.run_one_job(false).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => println!("again, because of {error:?}"),
        }
    }
}
