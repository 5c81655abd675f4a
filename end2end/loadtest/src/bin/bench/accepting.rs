//! Measures the rate of accepted webhook calls, and the latency of the responses.

use crate::floor;
use crate::setting::Setting;
use crate::table::{Goal, Table};
use loadtest::load::{self, Load, Make};
use loadtest::process::{MemoryWatch, processor_time};
use loadtest::wire::json_request;
use loadtest::{Outcome, salesforce};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const FULL_SPEED: Duration = Duration::from_secs(6);
const AT_A_RATE: Duration = Duration::from_secs(6);
const RATE: u32 = 500;
const CONNECTIONS: usize = 64;
const MEGABYTE: f64 = 1_048_576.0;

/// Measures three cases: the baseline server, our server while its jobs wait for Salesforce, and our server while its jobs run.
pub async fn measure(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let floor = floor(setting, table).await?;
    let fixture = setting.fixture("accepting").await?;
    salesforce::slow_down(&fixture.simulator, Duration::from_secs(5));
    let (address, account) = (fixture.server.address, fixture.account.clone());
    let make: Make = Arc::new(move |number| account.call(&salesforce::unknown_opportunity(number)));
    let memory = MemoryWatch::start(fixture.process()?);
    let before = processor_time(fixture.process()?)?;
    let full = at_full_speed(address, make).await?;
    let used = processor_time(fixture.process()?)? - before;
    let (rate, ratio) = (full.rate(), full.rate() / floor);
    table.add("accept: calls a second at full speed", rate, "/s", Goal::None, "");
    table.add("accept: ratio to the floor", ratio, "", Goal::AtLeast(1.5), "one durable insert a request");
    table.add_time("accept: p50 at full speed", full.latencies.percentile(50.0), Goal::None, "");
    table.add_time("accept: p99 at full speed", full.latencies.percentile(99.0), Goal::None, "");
    let each = used.as_secs_f64() * 1_000_000.0 / full.latencies.count().max(1) as f64;
    table.add("accept: server processor time a call", each, "us", Goal::None, "");
    table.add("accept: calls refused", full.refused as f64, "", Goal::AtMost(0.0), "");
    let account = fixture.account.clone();
    let make: Make = Arc::new(move |number| account.call(&salesforce::unknown_opportunity(1_000_000 + number)));
    let steady = load::at_a_rate(address, RATE, AT_A_RATE, 202, make).await?;
    add_steady(table, "accept", &steady, Goal::AtMost(10.0));
    table.add("memory: most while calls are accepted", memory.most() as f64 / MEGABYTE, "MB", Goal::AtMost(96.0), "");
    fixture.end().await?;
    with_pipeline(setting, table, floor).await
}

/// Measures the server while calls and jobs compete for the CPU.
async fn with_pipeline(setting: &Setting, table: &mut Table, floor: f64) -> Outcome<()> {
    let fixture = setting.fixture("accepting-and-working").await?;
    let account = fixture.account.clone();
    let make: Make = Arc::new(move |number| account.call(&salesforce::unknown_opportunity(number)));
    let full = at_full_speed(fixture.server.address, make).await?;
    table.add(
        "accept: calls a second while jobs run",
        full.rate(),
        "/s",
        Goal::None,
        &format!("{:.2} of the floor", full.rate() / floor),
    );
    fixture.end().await
}

async fn floor(setting: &Setting, table: &mut Table) -> Outcome<f64> {
    let bare = setting.bare("floor").await?;
    let make: Make = Arc::new(|number| {
        let body =
            serde_json::json!({"OrganizationId": "00Dak00000AbCdEEAV", "OpportunityId": salesforce::unknown_opportunity(number)});
        json_request("POST", floor::INSERT, &[], &body)
    });
    let full = at_full_speed(bare.address, make.clone()).await?;
    table.add("floor: inserts a second", full.rate(), "/s", Goal::None, "bare axum and sqlx");
    table.add_time("floor: p99 at full speed", full.latencies.percentile(99.0), Goal::None, "");
    let steady = load::at_a_rate(bare.address, RATE, AT_A_RATE, 202, make).await?;
    add_steady(table, "floor", &steady, Goal::None);
    bare.end().await?;
    Ok(full.rate())
}

async fn at_full_speed(address: SocketAddr, make: Make) -> Outcome<Load> {
    load::at_full_speed(address, CONNECTIONS, FULL_SPEED, 202, make).await
}

fn add_steady(table: &mut Table, whose: &str, steady: &Load, goal: Goal) {
    table.add_time(&format!("{whose}: p50 at {RATE} a second"), steady.latencies.percentile(50.0), Goal::None, "");
    table.add_time(&format!("{whose}: p99 at {RATE} a second"), steady.latencies.percentile(99.0), goal, "");
}
