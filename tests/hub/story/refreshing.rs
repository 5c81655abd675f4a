use super::world::{Connected, file, open_hub, open_hub_at};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::{Db, connections, deliveries, token_refreshes},
    domain::{
        connection::ConnectionStatus,
        delivery::{DeliveryStatus, Receipt},
        ids::ConnectionId,
        upkeep::FixedBy,
    },
    hub::{Error, Hub},
    secret::Secret,
    services::Actor,
};
use salesforce_simulator::state::faults::Fault;
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The answer of the token endpoint is lost on its way, after Salesforce has done what was asked.
fn lost_answer() -> Fault {
    Fault {
        path_contains: "oauth2/token".to_owned(),
        truncate_body_at: Some(0),
        drop_connection: true,
        times: 1,
        ..Fault::default()
    }
}

/// Ends the session, and lets a delivery find that out: afterwards it is known whether refresh tokens are replaced.
async fn refresh_once(world: &Connected, rotation: bool) {
    world.salesforce().settings.rotation = rotation;
    world.salesforce().grants.close_sessions();
    let delivery = world.deliver(&world.opportunity("Earlier", None)).await;
    assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
}

fn token_calls(world: &Connected) -> usize {
    world.requests("/oauth2/token")
}

fn replays(world: &Connected) -> (u64, u64) {
    let state = world.salesforce();
    (state.grants.replays, state.grants.collisions)
}

async fn trouble(world: &Connected) -> (String, FixedBy) {
    let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
    let trouble = detail.trouble.expect("something is wrong");
    (trouble.cause, trouble.fixed_by)
}

async fn reconnect(world: &Connected) {
    let callback = world.allow(&world.begin_to_reconnect(&world.connection.id).await).await;
    let renewed = world.hub.finish_salesforce(Some(&world.admin), callback).await.unwrap();
    assert_eq!((&renewed.id, renewed.status), (&world.connection.id, ConnectionStatus::Connected));
}

#[tokio::test]
async fn after_a_lost_answer_a_token_that_may_be_replaced_is_never_sent_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        world.fault(lost_answer());
        let before = token_calls(&world);
        let receipt = world.call(&world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Parked);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::NeedsReconnect);
        assert_eq!(trouble(&world).await, ("answer_to_refresh_lost".to_owned(), FixedBy::Admin));
        world.advance(4 * 24 * 60 * 60);
        world.hub.schedule_upkeep().await.unwrap();
        world.run_jobs().await;
        assert_eq!((token_calls(&world) - before, replays(&world)), (1, (0, 0)));
        reconnect(&world).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_a_token_that_is_kept_is_sent_again_a_moment_later() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, false).await;
        world.salesforce().grants.close_sessions();
        world.fault(lost_answer());
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        assert_eq!(trouble(&world).await, ("broken_off".to_owned(), FixedBy::Itself));
        world.advance(5);
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// What a server leaves behind that was killed after the token left and before the answer was stored.
async fn crash_during_a_refresh(world: &Connected) {
    let now = world.hub.clock().now();
    let mut tx = world.opened.db.begin().await.unwrap();
    let row = connections::find(&mut tx, &world.admin.organization_id, &world.connection.id).await.unwrap().unwrap();
    assert!(connections::take_refresh_lease(&mut tx, &row, "killed", now, now + Duration::from_secs(30)).await.unwrap());
    token_refreshes::intend(&mut tx, &row, now + Duration::from_secs(600), now).await.unwrap();
    tx.commit().await.unwrap();
    world.advance(31);
}

#[tokio::test]
async fn a_server_that_was_killed_during_a_refresh_is_noticed_and_its_token_not_sent_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        crash_during_a_refresh(&world).await;
        let works = world.deliver(&world.opportunity("Works", None)).await;
        assert_eq!(works.status, DeliveryStatus::Done, "as long as the session lives, nothing is lost");
        world.salesforce().grants.close_sessions();
        let before = token_calls(&world);
        let delivery = world.deliver(&world.opportunity("Rollout", None)).await;
        assert_eq!((delivery.status, token_calls(&world) - before), (DeliveryStatus::Parked, 0));
        assert_eq!(trouble(&world).await, ("answer_to_refresh_lost".to_owned(), FixedBy::Admin));
        reconnect(&world).await;
        assert_eq!((world.run_jobs().await, replays(&world)), (1, (0, 0)));
    })
    .await;
}

#[tokio::test]
async fn after_a_killed_server_a_token_that_is_kept_is_sent_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, false).await;
        world.salesforce().grants.close_sessions();
        crash_during_a_refresh(&world).await;
        assert_eq!(world.deliver(&world.opportunity("Rollout", None)).await.status, DeliveryStatus::Done);
        assert_eq!(replays(&world), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_only_slow_stores_its_answer_and_heals_the_connection() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
        world.fault(slow);
        let before = token_calls(&world);
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        let other = open_hub(&world.opened, Some(&world.simulator), &[]).await.unwrap();
        let second = world.call(&world.opportunity("Another", None)).await;
        let others_job = async {
            while token_calls(&world) == before {
                tokio::task::yield_now().await;
            }
            // To the other server the first one seems to be gone.
            other.clock().advance(Duration::from_secs(31));
            while other.run_one_job(false).await.unwrap() {}
            assert_eq!(world.delivery(&second).await.status, DeliveryStatus::Parked);
            assert_eq!(world.connection_now().await.status, ConnectionStatus::NeedsReconnect);
        };
        let (ran, ()) = tokio::join!(world.hub.run_one_job(false), others_job);
        assert!(ran.unwrap());
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
        world.advance(31);
        world.run_jobs().await;
        for receipt in [receipt, second] {
            assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!((token_calls(&world) - before, replays(&world)), (1, (0, 0)));
    })
    .await;
}

#[tokio::test]
async fn while_the_token_endpoint_is_down_it_is_asked_once_for_all_who_wait() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        let down = Fault { path_contains: "oauth2/token".to_owned(), status: Some(503), times: 1_000, ..Fault::default() };
        world.fault(down);
        let before = token_calls(&world);
        let mut receipts = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            receipts.push(world.call(&world.opportunity(name, None)).await);
        }
        world.run_jobs().await;
        assert_eq!(token_calls(&world) - before, 1);
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        let trouble = detail.trouble.unwrap();
        assert_eq!((trouble.cause.as_str(), trouble.fixed_by), ("down", FixedBy::Itself));
        assert_eq!(trouble.next_attempt_at, Some(world.hub.clock().now() + Duration::from_secs(5)));
        for _ in 0..12 {
            world.advance(5);
            world.run_jobs().await;
        }
        assert!((2..=13).contains(&(token_calls(&world) - before)), "{}", token_calls(&world) - before);
        world.salesforce().faults.clear();
        world.advance(10 * 60);
        world.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!((replays(&world), world.connection_now().await.status), ((0, 0), ConnectionStatus::Connected));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_sessions_age_never_becomes_a_loop() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.fault(Fault {
            path_contains: "/services/data".to_owned(),
            status: Some(401),
            body: Some(serde_json::json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }])),
            times: 1_000,
            ..Fault::default()
        });
        let before = token_calls(&world);
        let receipts = [world.call(&world.opportunity("a", None)).await, world.call(&world.opportunity("b", None)).await];
        world.run_jobs().await;
        assert_eq!(token_calls(&world) - before, 1);
        assert_eq!(trouble(&world).await, ("fresh_session_refused".to_owned(), FixedBy::ProviderAdministrator));
        for _ in 0..60 {
            world.advance(60);
            world.run_jobs().await;
        }
        assert!(token_calls(&world) - before <= 5, "{} refreshes in an hour", token_calls(&world) - before);
        let begun = world.hub.clock().now();
        while world.delivery(&receipts[0]).await.status == DeliveryStatus::Accepted {
            world.advance(60 * 60);
            world.run_jobs().await;
            assert!(world.hub.clock().now().since(begun) < Duration::from_secs(4 * 24 * 60 * 60));
        }
        assert_eq!(world.delivery(&receipts[0]).await.status, DeliveryStatus::Failed);
        assert_eq!(replays(&world), (0, 0));
    })
    .await;
}

/// What the torture may enlarge: processes, calls of each process, and rounds.
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
        let world = Connected::start(opened).await;
        world.salesforce().settings.rotation = true;
        // The long form makes more calls than an org has in a day.
        world.salesforce().api_usage = (0, u64::MAX / 1_000);
        let mut servers: Vec<Server> = Vec::new();
        for _ in 0..size.processes {
            servers.push(Server::start(&world, size.calls).await);
        }
        for round in 1..=size.rounds {
            let mut receipts: Vec<Receipt> = Vec::new();
            for _ in 0..size.calls {
                receipts.push(world.call(&world.opportunity("Rollout", None)).await);
            }
            world.salesforce().grants.close_sessions();
            let before = world.salesforce().grants.refreshes;
            servers.iter_mut().for_each(|server| server.tell("go"));
            for server in std::mem::take(&mut servers) {
                servers.push(server.wait_for(DONE).await);
            }
            world.run_jobs().await;
            for receipt in &receipts {
                let (status, error) = stored(&world, receipt).await;
                assert_eq!(status, DeliveryStatus::Done, "round {round}: {error:?}");
            }
            let refreshes = world.salesforce().grants.refreshes - before;
            assert_eq!((refreshes, replays(&world)), (1, (0, 0)), "round {round}");
        }
        for server in servers {
            server.end();
        }
    })
    .await;
}

/// How a delivery stands, however many there are.
async fn stored(world: &Connected, receipt: &Receipt) -> (DeliveryStatus, Option<String>) {
    let mut tx = world.opened.db.read().await.unwrap();
    let row = deliveries::find(&mut tx, &world.admin.organization_id, &receipt.delivery_id).await.unwrap().unwrap();
    (row.status, row.error)
}

/// A process that acts as a server.
struct Server {
    child: Child,
    orders: ChildStdin,
    words: BufReader<ChildStdout>,
}

impl Server {
    async fn start(world: &Connected, calls: usize) -> Self {
        let signed_in = world.hub.sign_in("ada@example.com", "correct horse battery".into()).await.unwrap();
        let post = Post {
            database: world.opened.url.expose().clone(),
            folder: world.opened.folder.clone(),
            login: world.simulator.production_url().to_owned(),
            session: signed_in.session_token.expose().clone(),
            connection: world.connection.id.clone(),
            opportunity: world.opportunity("Looked at", None).to_string(),
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
    let opportunity = post.opportunity.parse().unwrap();
    loop {
        match hub.dry_run(actor, &post.connection, &opportunity).await {
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
