//! Measures the startup time of the server, and the time from a webhook call to a visible contract.

use crate::setting::{Fixture, Setting};
use crate::table::{Goal, Table};
use loadtest::latencies::Latencies;
use loadtest::process::MemoryWatch;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use serde_json::Value;
use std::time::{Duration, Instant};

const STARTS: usize = 5;
const TRIES: usize = 60;
const DELIVERIES: usize = 500;
const FILE_BYTES: usize = 100_000;
const POLL_INTERVAL: Duration = Duration::from_millis(1);
const TIMEOUT: Duration = Duration::from_secs(60);
const MEGABYTE: f64 = 1_048_576.0;

/// Measures the time from the start of a server with an existing database until it is ready.
pub async fn start(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let Fixture { plan, server, simulator, .. } = setting.fixture("start").await?;
    let address = server.address;
    let mut times = Latencies::default();
    let mut running = server;
    for _ in 0..STARTS {
        running.stop().await?;
        running = plan.start(address, &[]).await?;
        times.add(running.ready_after);
    }
    table.add_time("start: ready on an existing database, median", times.percentile(50.0), Goal::AtMost(300.0), "");
    running.kill().await?;
    drop(simulator);
    Ok(())
}

/// On an idle system, measures the time from a webhook call until the contract is visible. Then makes many calls at once, and
/// measures the number of contracts per second.
pub async fn contracts(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let fixture = setting.fixture("contracts").await?;
    let mut wire = fixture.wire().await?;
    let document = salesforce::pdf(FILE_BYTES);
    let mut times = Latencies::default();
    for number in 0..TRIES {
        let opportunity = salesforce::opportunity(&fixture.simulator, &format!("Deal {number}"), &document);
        times.add(one(&fixture, &mut wire, &opportunity).await?);
        until_analysed(&fixture, &mut wire).await?;
    }
    table.add_time("contract: visible after the call, idle, median", times.percentile(50.0), Goal::AtMost(50.0), "100 KB file");
    table.add_time("contract: visible after the call, idle, p99", times.percentile(99.0), Goal::None, "");
    drain(&fixture, &mut wire, &document, table).await?;
    fixture.end().await
}

/// Makes a webhook call, and returns the time until the list of contracts begins with the new contract.
async fn one(fixture: &Fixture, wire: &mut Wire, opportunity: &str) -> Outcome<Duration> {
    let began = Instant::now();
    wire.send(&fixture.account.call(opportunity)).await?.expect(202)?;
    while began.elapsed() < TIMEOUT {
        if newest(fixture, wire).await?["salesforce_opportunity_id"] == opportunity {
            return Ok(began.elapsed());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Err("a contract did not appear".into())
}

async fn newest(fixture: &Fixture, wire: &mut Wire) -> Outcome<Value> {
    let list = wire.send(&fixture.account.get("/api/v1/contracts?limit=1")).await?.expect(200)?.json()?;
    Ok(list["items"][0].clone())
}

/// Waits until the newest contract is analysed, so that the system is idle again.
async fn until_analysed(fixture: &Fixture, wire: &mut Wire) -> Outcome<()> {
    let id = newest(fixture, wire).await?["id"].as_str().unwrap_or_default().to_owned();
    let request = fixture.account.get(&format!("/api/v1/contracts/{id}"));
    let began = Instant::now();
    while began.elapsed() < TIMEOUT {
        let contract = wire.send(&request).await?.expect(200)?.json()?;
        if matches!(contract["versions"][0]["analysis"]["status"].as_str(), Some("completed" | "failed")) {
            return Ok(());
        }
        tokio::time::sleep(POLL_INTERVAL * 10).await;
    }
    Err("an analysis did not end".into())
}

async fn drain(fixture: &Fixture, wire: &mut Wire, document: &[u8], table: &mut Table) -> Outcome<()> {
    let opportunities: Vec<String> = (0..DELIVERIES)
        .map(|number| salesforce::opportunity(&fixture.simulator, &format!("Big deal {number}"), document))
        .collect();
    let wanted = TRIES + DELIVERIES;
    let memory = MemoryWatch::start(fixture.process()?);
    let database = Contracts::open(fixture).await?;
    let began = Instant::now();
    for batch in opportunities.chunks(200) {
        wire.send(&fixture.account.call_about(batch)).await?.expect(202)?;
    }
    let stored = database.wait_for("SELECT count(*) FROM contract_versions", wanted, began).await?;
    table.add(
        "drain: contracts a second, 500 with 100 KB files",
        DELIVERIES as f64 / stored.as_secs_f64(),
        "/s",
        Goal::AtLeast(300.0),
        "",
    );
    let analysed =
        database.wait_for("SELECT count(*) FROM analyses WHERE status IN ('completed', 'failed')", wanted, began).await?;
    table.add("drain: analyses a second", DELIVERIES as f64 / analysed.as_secs_f64(), "/s", Goal::None, "");
    table.add(
        "memory: most while contracts are made and analysed",
        memory.most() as f64 / MEGABYTE,
        "MB",
        Goal::AtMost(96.0),
        "",
    );
    Ok(())
}

/// Connection to the server's database. The benchmark counts rows there, because frequent requests would slow the server down.
struct Contracts(sqlx::SqlitePool);

impl Contracts {
    async fn open(fixture: &Fixture) -> Outcome<Self> {
        let url = fixture.plan.environment.get("DATABASE_URL").ok_or("no database")?;
        Ok(Self(sqlx::SqlitePool::connect(url).await?))
    }

    async fn wait_for(&self, count: &'static str, wanted: usize, began: Instant) -> Outcome<Duration> {
        while began.elapsed() < TIMEOUT {
            let found: i64 = sqlx::query_scalar(count).fetch_one(&self.0).await?;
            if found >= i64::try_from(wanted)? {
                return Ok(began.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(format!("not in a minute: {wanted} by {count}").into())
    }
}
