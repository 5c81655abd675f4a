//! Polling: Opportunities change their stages without a webhook call, while servers are killed. There are two simulated
//! Salesforce instances: one whose clock is behind the servers' clock, and one whose clock is ahead. The servers' public URL does
//! not resolve.

mod armed;
mod check;
mod idle;
mod salesforce;

use crate::driver::{Clients, pause};
use crate::fixture::{Fixture, Setting};
use crate::ledger::Ledger;
use crate::report::Report;
use armed::Armed;
use loadtest::Outcome;
use loadtest::chance::Chance;
use loadtest::wire::Wire;
use salesforce::{Deals, STAGE};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The shortest interval of polling.
const INTERVAL: Duration = Duration::from_secs(30);
const BEHIND: i64 = -180;
const AHEAD: i64 = 180;
/// Number of Opportunities that enter the stage in each second, for each simulated Salesforce.
const DEALS_PER_SECOND: usize = 12;
const SECONDS: usize = 40;
/// Number of Opportunities that leave the stage after their delivery is done, and then enter it again, for each simulated
/// Salesforce.
const RETURNS: usize = 20;
/// Duration of the kills. It includes the first two polls.
const KILLS: Duration = Duration::from_secs(66);
const TIMEOUT: Duration = Duration::from_secs(90);
const DRAIN: Duration = Duration::from_secs(120);

/// Makes 1,000 stage changes. Checks that each change leads to exactly one delivery in time. Concurrently measures idle
/// connections.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    let idle = tokio::spawn(idle::measure(setting.clone()));
    let (behind, ahead) = (salesforce::start(BEHIND).await?, salesforce::start(AHEAD).await?);
    let mut chance = Chance::new(setting.seed);
    let production = behind.production().clone();
    let (mut fixture, first) = setting.fixture_with("polling", behind).await?;
    let sandbox = ahead.sandbox_url();
    let hosts = format!("{},{sandbox}", fixture.simulator.production_url()).replace("http://", "");
    fixture.plan.set("SALESFORCE_SANDBOX_LOGIN_URL", sandbox);
    fixture.plan.set("SALESFORCE_ALLOWED_HOSTS", hosts);
    first.stop().await?;
    let servers = fixture.start_all(Vec::new()).await?;
    let address = servers.first().ok_or("no server")?.address;
    let second = fixture.account.connect(address, ahead.sandbox()).await?;
    let mut all =
        [Deals::new(production, fixture.account.connection.clone(), BEHIND), Deals::new(ahead.sandbox().clone(), second, AHEAD)];
    for deals in &all {
        poll_often(&fixture, address, &deals.connection).await?;
    }

    let until = Instant::now() + KILLS;
    let writes = tokio::spawn(Clients::new(&fixture, &Arc::new(Ledger::default()), 0).change_statuses(chance.clone(), until));
    let mut armed = Armed::new(&fixture, chance.bits(), setting.has_fail_points);
    let (servers, ()) = tokio::try_join!(armed.run(servers, until), change_stages(&fixture, &mut all))?;
    writes.await?;
    let outages = armed.finish(report).await?;
    let changes: usize = all.iter().map(|deals| deals.entries.len()).sum();
    let sql = format!("SELECT count(*) FROM deliveries WHERE status = 'done' AND {changes} = (SELECT count(*) FROM deliveries)");
    let changes = i64::try_from(changes)?;
    let began = Instant::now();
    let is_done = fixture.wait_for(&sql, changes, DRAIN).await? && fixture.wait_until_done(DRAIN).await?;
    let evidence = format!("{changes} stage changes, {} s after the last kill", began.elapsed().as_secs());
    report.invariant("each stage change comes to its end", is_done, evidence);
    check::run(&fixture, address, &all, &outages, report).await?;
    idle::check(&idle.await??, report);
    for server in servers {
        server.stop().await?;
    }
    Ok(())
}

/// Sets the interval of a connection to [`INTERVAL`].
async fn poll_often(fixture: &Fixture, server: SocketAddr, connection: &str) -> Outcome<()> {
    let request = fixture.account.change_settings(connection, &json!({"poll_seconds": INTERVAL.as_secs()}));
    Wire::connect(server).await?.send(&request).await?.expect(200)?;
    Ok(())
}

/// Moves Opportunities to the stage, and edits Opportunities that are already in the stage. Then moves some Opportunities out of
/// the stage and back again.
async fn change_stages(fixture: &Fixture, all: &mut [Deals]) -> Outcome<()> {
    let began = Instant::now();
    for second in 0..SECONDS {
        for deals in all.iter_mut() {
            deals.edit(second);
            deals.enter(second)?;
        }
        tokio::time::sleep_until((began + Duration::from_secs(1 + second as u64)).into()).await;
    }
    let mut returning = Vec::new();
    for deals in all.iter() {
        let ids = done(fixture, &deals.connection).await?;
        deals.move_to(&ids, "Prospecting");
        returning.push(ids);
    }
    // Waits, because times in Salesforce have a resolution of one second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (deals, ids) in all.iter_mut().zip(returning) {
        deals.move_to(&ids, STAGE);
        deals.record_entries(&ids)?;
    }
    Ok(())
}

/// Waits until [`RETURNS`] deliveries of a connection are done. Returns the ids of their Opportunities.
async fn done(fixture: &Fixture, connection: &str) -> Outcome<Vec<String>> {
    let sql = format!(
        "SELECT record_id, status FROM deliveries WHERE status = 'done' AND connection_id = '{connection}'
         ORDER BY record_id LIMIT {RETURNS}"
    );
    let began = Instant::now();
    while began.elapsed() < TIMEOUT {
        let found = fixture.database.pairs(&sql).await?;
        if found.len() == RETURNS {
            return Ok(found.into_iter().map(|(deal, _)| deal).collect());
        }
        pause().await;
    }
    Err("the polls found too few stage changes".into())
}
