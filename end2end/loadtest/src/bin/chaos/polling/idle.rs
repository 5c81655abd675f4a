//! Counts the API calls of two connections whose Opportunities do not change.

use super::{AHEAD, INTERVAL, poll_often, salesforce};
use crate::fixture::Setting;
use crate::report::Report;
use loadtest::Outcome;
use salesforce_simulator::state::organization::Organization;
use std::time::Duration;

/// Duration of the measurement, which includes two polls.
const DURATION: Duration = Duration::from_secs(70);

/// Returns the number of API calls of each connection within [`DURATION`].
pub async fn measure(setting: Setting) -> Outcome<Vec<u64>> {
    let (fixture, first) = setting.fixture_with("polling_idle", salesforce::start(AHEAD).await?).await?;
    let (production, sandbox) = (fixture.simulator.production(), fixture.simulator.sandbox());
    let address = first.address;
    let servers = fixture.start_all(vec![first]).await?;
    let second = fixture.account.connect(address, sandbox).await?;
    for connection in [&fixture.account.connection, &second] {
        poll_often(&fixture, address, connection).await?;
    }
    let organizations = [production, sandbox];
    let before: Vec<u64> = organizations.iter().map(|organization| calls(organization)).collect();
    tokio::time::sleep(DURATION).await;
    let counts = organizations.iter().zip(before).map(|(organization, before)| calls(organization) - before).collect();
    for server in servers {
        server.stop().await?;
    }
    Ok(counts)
}

pub fn check(counts: &[u64], report: &mut Report) {
    let intervals = DURATION.as_secs() / INTERVAL.as_secs();
    let holds = counts.iter().all(|count| (1..=intervals).contains(count));
    let evidence = format!("{counts:?} calls in {} s", DURATION.as_secs());
    report.invariant("two idle connections cost one call per interval each", holds, evidence);
}

/// Returns the number of calls of the REST API of an organization.
fn calls(organization: &Organization) -> u64 {
    serde_json::to_value(&organization.state().calls).ok().and_then(|calls| calls["api"].as_u64()).unwrap_or_default()
}
