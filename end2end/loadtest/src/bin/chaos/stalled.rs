//! Stops a server with SIGSTOP until the lease of its job has expired. On PostgreSQL, another server completes the job before the
//! stopped server resumes.

use crate::check;
use crate::driver::note_answer;
use crate::fixture::{Fixture, Setting};
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::server::Server;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Duration of the stop. It is longer than the lease of a job.
const STALL: Duration = Duration::from_secs(17);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Stops the server after it has stored the file, but before it inserts the database row of the file.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    if !setting.has_fail_points {
        report.did("left out: a release build cannot be stopped at a step");
        return Ok(());
    }
    let (fixture, first) = setting.fixture("stalled").await?;
    let address = first.address;
    first.stop().await?;
    let mut stalled = fixture.plan.start(address, &[("LEXICONTRACT_FAIL_POINT", "ingest-copied:stop")]).await?;
    let ledger = Ledger::default();
    let opportunity = salesforce::opportunity(&fixture.simulator, "The stalled deal", salesforce::UNREADABLE);
    ledger.lines().named.insert(opportunity.clone());
    note_answer(&ledger, &Wire::connect(address).await?.send(&fixture.account.call(&opportunity)).await?);
    until_stopped(&stalled).await?;
    // The other servers start only now, so that the stopped server is certain to have claimed the job.
    let mut others = Vec::new();
    for address in fixture.addresses.iter().skip(1) {
        others.push(fixture.plan.start(*address, &[]).await?);
    }
    tokio::time::sleep(STALL).await;
    if !others.is_empty() {
        let is_done = fixture.wait_for(DONE, 1, TIMEOUT).await?;
        report.invariant("another server completes the job of a stopped one", is_done, "");
    }
    stalled.signal(Signal::CONT)?;
    finish(&fixture, &mut stalled, report).await?;
    for server in others.into_iter().chain([stalled]) {
        server.stop().await?;
    }
    check::everything(&fixture, &ledger, report).await
}

const DONE: &str = "SELECT count(*) FROM deliveries WHERE status = 'done'";

async fn finish(fixture: &Fixture, stalled: &mut Server, report: &mut Report) -> Outcome<()> {
    let is_done = fixture.wait_until_done(TIMEOUT).await?;
    // Waits long enough for the resumed server to act on its old job, and checks that this does not crash the server.
    let is_alive = stalled.wait(Duration::from_secs(2)).await?.is_none();
    report.invariant("a worker that wakes up too late ends nothing and crashes nothing", is_done && is_alive, "");
    Ok(())
}

async fn until_stopped(server: &Server) -> Outcome<()> {
    let process = server.process().ok_or("the server has ended")?;
    let began = Instant::now();
    while began.elapsed() < TIMEOUT {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        if stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('T')) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("the server did not stop at its step".into())
}
