//! Tests a document that crashes the server every time it is analysed.

use crate::fixture::{Fixture, Setting};
use crate::report::Report;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of server starts. It is greater than the maximum number of attempts of a job.
const STARTS: usize = 8;
const POISON: (&str, &str) = ("LEXICONTRACT_FAIL_POINT", "analysis-begun:kill");

/// Restarts the server, which crashes at each attempt of the analysis, until the job is given up. Checks that the failure is
/// reported.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    if !setting.has_fail_points {
        report.did("left out: a release build cannot be killed at a step");
        return Ok(());
    }
    let (fixture, first) = setting.fixture("poison").await?;
    first.stop().await?;
    let deaths = die_until_buried(&fixture).await?;
    let Some(deaths) = deaths else {
        report.invariant("a document that ends the server is given up", false, format!("{STARTS} starts"));
        return Ok(());
    };
    report.invariant("a document that ends the server is given up", deaths <= 3, format!("after {deaths} deaths"));
    let buried =
        "SELECT count(*) FROM jobs WHERE kind = 'analyse' AND status = 'dead' AND error LIKE '%server stopped each time%'";
    report.invariant("its dead letter says why", fixture.database.number(buried).await? == 1, "");
    let told = "SELECT count(*) FROM analyses WHERE status = 'failed' AND error LIKE '%server stopped each time%'";
    report.invariant("its contract says why", fixture.database.number(told).await? == 1, "");
    let server = fixture.plan.start(fixture.addresses[0], &[]).await?;
    call(&fixture, "The next deal").await?;
    let is_analysed = fixture.wait_for("SELECT count(*) FROM analyses WHERE status = 'completed'", 1, TIMEOUT).await?;
    report.invariant("the next document is analysed", is_analysed, "");
    server.stop().await.map(drop)
}

async fn die_until_buried(fixture: &Fixture) -> Outcome<Option<usize>> {
    for deaths in 0..STARTS {
        let mut server = fixture.plan.launch(fixture.addresses[0], &[POISON])?;
        if deaths == 0 {
            server.wait_until_ready().await?;
            call(fixture, "The poisonous deal").await?;
        }
        let given_up = "SELECT count(*) FROM analyses WHERE status = 'failed'";
        tokio::select! {
            ended = server.wait(TIMEOUT) => drop(ended?),
            is_buried = fixture.wait_for(given_up, 1, TIMEOUT) => if is_buried? {
                server.stop().await?;
                return Ok(Some(deaths));
            },
        }
    }
    Ok(None)
}

async fn call(fixture: &Fixture, name: &str) -> Outcome<()> {
    let opportunity = salesforce::opportunity(&fixture.simulator, name, &salesforce::pdf(4_000));
    Wire::connect(fixture.addresses[0]).await?.send(&fixture.account.call(&opportunity)).await?.expect(202).map(drop)
}
