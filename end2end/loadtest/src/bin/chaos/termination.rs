//! Sends SIGTERM to the server while its jobs wait for responses from Salesforce.

use crate::check;
use crate::driver::note_answer;
use crate::fixture::Setting;
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use rustix::process::Signal;
use std::time::{Duration, Instant};

const CALLS: usize = 20;
/// Maximum number of concurrent jobs of a connection.
const AT_ONCE: i64 = 4;
const HANGING: Duration = Duration::from_secs(40);
const LIMIT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Checks that the server releases its jobs before it exits.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    let (fixture, mut server) = setting.fixture("termination").await?;
    let address = server.address;
    let ledger = Ledger::default();
    salesforce::slow_down(&fixture.simulator, HANGING);
    let mut wire = Wire::connect(address).await?;
    for number in 0..CALLS {
        let opportunity = salesforce::opportunity(&fixture.simulator, &format!("Deal {number}"), salesforce::UNREADABLE);
        ledger.lines().named.insert(opportunity.clone());
        note_answer(&ledger, &wire.send(&fixture.account.call(&opportunity)).await?);
    }
    let running = "SELECT count(*) FROM jobs WHERE status = 'running'";
    let is_hanging = fixture.wait_for(running, AT_ONCE, TIMEOUT).await?;
    report.invariant("jobs hang when it is asked", is_hanging, "");
    let began = Instant::now();
    server.signal(Signal::TERM)?;
    let status = server.wait(TIMEOUT).await?;
    let took = began.elapsed();
    let is_good = status.is_some_and(|status| status.success()) && took <= LIMIT;
    report.invariant(
        "a server that is asked to end ends well within 10 s",
        is_good,
        format!("{status:?} after {:.1} s", took.as_secs_f64()),
    );
    let left = fixture.database.number(running).await?;
    report.invariant("hanging jobs are handed back", left == 0, format!("{left} claims left"));
    let counted = fixture.database.number("SELECT count(*) FROM jobs WHERE attempts > 0").await?;
    report.invariant("being handed back counts as no attempt", counted == 0, format!("{counted} jobs"));
    salesforce::recover(&fixture.simulator);
    let server = fixture.plan.start(address, &[]).await?;
    let is_done = fixture.wait_until_done(TIMEOUT).await?;
    report.invariant("after the next start everything is done", is_done, "");
    server.stop().await?;
    check::everything(&fixture, &ledger, report).await
}
