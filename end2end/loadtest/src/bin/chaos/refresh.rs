//! Kills servers during a token refresh: after the refresh is recorded, but before its result is stored. Runs with and without
//! refresh token rotation.

use crate::driver::note_answer;
use crate::fixture::{Fixture, Setting};
use crate::ledger::Ledger;
use crate::report::Report;
use loadtest::wire::Wire;
use loadtest::{Outcome, salesforce};
use std::time::Duration;
use tokio::task::JoinSet;

/// Time limit for recovery. The server sends the refresh token again after 150 s. The remaining 90 s are longer than the longest
/// pause between later attempts.
const HEALING: Duration = Duration::from_secs(240);
const TIMEOUT: Duration = Duration::from_secs(60);

/// A fail point, Salesforce's settings for refresh tokens, and the expected result.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    step: &'static str,
    rotation: bool,
    reuse_detection: bool,
    /// True if Salesforce still accepts the stored refresh token after the kill, so that the connection recovers automatically.
    heals: bool,
}

const CASES: [Case; 6] = [
    Case { name: "before_plain", step: "refresh-recorded", rotation: false, reuse_detection: true, heals: true },
    Case { name: "before_rotating", step: "refresh-recorded", rotation: true, reuse_detection: false, heals: true },
    Case { name: "before_guarded", step: "refresh-recorded", rotation: true, reuse_detection: true, heals: true },
    Case { name: "after_plain", step: "refresh-answered", rotation: false, reuse_detection: true, heals: true },
    Case { name: "after_rotating", step: "refresh-answered", rotation: true, reuse_detection: false, heals: false },
    Case { name: "after_guarded", step: "refresh-answered", rotation: true, reuse_detection: true, heals: false },
];

/// Runs all cases concurrently, because each case waits until the refresh token is sent again.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    if !setting.has_fail_points {
        report.did("left out: a release build cannot be killed at a step");
        return Ok(());
    }
    let mut cases = JoinSet::new();
    for case in CASES {
        let setting = setting.clone();
        cases.spawn(async move { kill_one(&setting, case).await.map(|found| (case, found)) });
    }
    while let Some(found) = cases.join_next().await {
        let (case, found) = found??;
        let expected = if case.heals { ("connected", "done") } else { ("needs_reconnect", "parked") };
        let holds = found.dies && found.connection == expected.0 && found.delivery == expected.1 && found.resent == 1;
        let evidence = format!(
            "{} and {} after {} resent token(s), {} of them replaced before",
            found.connection, found.delivery, found.resent, found.replays
        );
        report.invariant(&format!("{}: {} and {}", case.name, expected.0, expected.1), holds, evidence);
    }
    Ok(())
}

struct Found {
    dies: bool,
    connection: String,
    delivery: String,
    /// Number of refresh requests after the restart.
    resent: u64,
    replays: u64,
}

async fn kill_one(setting: &Setting, case: Case) -> Outcome<Found> {
    let (fixture, first) = setting.fixture(&format!("refresh_{}", case.name)).await?;
    let address = first.address;
    first.stop().await?;
    {
        let mut state = fixture.simulator.production().state();
        state.settings.rotation = case.rotation;
        state.settings.reuse_detection = case.reuse_detection;
        state.grants.close_sessions();
    }
    let mut armed = fixture.plan.start(address, &[("LEXICONTRACT_FAIL_POINT", &format!("{}:kill", case.step))]).await?;
    let opportunity = salesforce::opportunity(&fixture.simulator, "Northwind renewal", salesforce::UNREADABLE);
    note_answer(&Ledger::default(), &Wire::connect(address).await?.send(&fixture.account.call(&opportunity)).await?);
    let dies = armed.wait(TIMEOUT).await?.is_some();
    let (requests, _) = counts(&fixture);
    let server = fixture.plan.start(address, &[]).await?;
    fixture.wait_for("SELECT count(*) FROM deliveries WHERE status IN ('done', 'parked')", 1, HEALING).await?;
    let (connection, delivery) = fixture
        .database
        .pairs("SELECT c.status, d.status FROM organization_integrations c JOIN deliveries d ON d.connection_id = c.id")
        .await?
        .pop()
        .ok_or("the delivery is gone")?;
    let (requests_now, replays) = counts(&fixture);
    server.stop().await?;
    Ok(Found { dies, connection, delivery, resent: requests_now - requests, replays })
}

/// Returns the number of all refresh requests, and the number of refresh requests with a token that rotation had replaced.
fn counts(fixture: &Fixture) -> (u64, u64) {
    let state = fixture.simulator.production().state();
    (state.grants.refreshes, state.grants.replays)
}
