//! Opportunities of a simulated Salesforce whose clock differs from the servers' clock.

use super::{DEALS_PER_SECOND, SECONDS};
use loadtest::salesforce::UNREADABLE;
use loadtest::wire::{PUBLIC_URL, Wire, json_request};
use loadtest::{Outcome, salesforce};
use salesforce_simulator::Simulator;
use salesforce_simulator::clock::parse_time;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::{self, NewFile};
use salesforce_simulator::state::opportunities::{self, AMOUNT, NewOpportunity};
use salesforce_simulator::state::organization::Organization;
use salesforce_simulator::state::record_types;
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::Duration;

/// The trigger stage of a new connection.
pub const STAGE: &str = "Needs Legal Review";
/// Time that Salesforce takes for a request.
const LATENCY: Duration = Duration::from_millis(100);
const RECORD_TYPES: [&str; 2] = ["New_Business", "Renewal"];
const LONG_AGO: &str = "2025-03-01T10:00:00.000+0000";
/// Number of Opportunities that are in the stage before the connection is made.
const OLD: usize = 50;
/// Every tenth Opportunity has a file.
const PER_FILE: usize = 10;

/// Starts a simulated Salesforce whose clock is `difference` seconds ahead of the servers' clock. Creates Opportunities that are
/// already in the stage.
pub async fn start(difference: i64) -> Outcome<Simulator> {
    let simulator = salesforce::start(PUBLIC_URL).await?;
    let address = simulator.production_url().trim_start_matches("http://").parse()?;
    let request = json_request("POST", "/control/clock", &[], &json!({"advance_seconds": difference}));
    Wire::connect(address).await?.send(&request).await?.expect(200)?;
    for organization in [simulator.production(), simulator.sandbox()] {
        let delay_ms = u64::try_from(LATENCY.as_millis()).ok();
        let slow = Fault { path_contains: "/services/data".to_owned(), times: u32::MAX, delay_ms, ..Fault::default() };
        organization.state().faults.order(vec![slow]);
        (0..OLD).for_each(|number| drop(insert(organization, number, "Old", STAGE)));
    }
    Ok(simulator)
}

fn insert(organization: &Organization, number: usize, kind: &str, stage: &str) -> String {
    let (mut state, name) = (organization.state(), format!("{kind} deal {number}"));
    let record_type_id = RECORD_TYPES.get(number % RECORD_TYPES.len()).and_then(|name| record_types::id(&state, name));
    let new = NewOpportunity {
        name: &name,
        account_name: None,
        stage,
        record_type_id: record_type_id.as_deref(),
        amount: AMOUNT,
        at: LONG_AGO,
    };
    let id = opportunities::insert(&mut state, &new);
    if number.is_multiple_of(PER_FILE) {
        let (file_name, bytes) = (format!("{name}.pdf"), UNREADABLE.into());
        files::attach(&mut state, &id, &NewFile { file_name, bytes, modified_at: LONG_AGO.to_owned(), ..NewFile::default() });
    }
    id
}

/// A change that moved an Opportunity to the stage.
pub struct Entry {
    pub deal: String,
    /// Time of the change by the servers' clock, in milliseconds. Rounded down to a second of Salesforce's clock.
    pub at: i64,
}

/// Opportunities of a connected organization.
pub struct Deals {
    organization: Arc<Organization>,
    pub connection: String,
    difference: i64,
    ids: Vec<String>,
    pub entries: Vec<Entry>,
}

impl Deals {
    pub fn new(organization: Arc<Organization>, connection: String, difference: i64) -> Self {
        let ids = (0..DEALS_PER_SECOND * SECONDS).map(|number| insert(&organization, number, "New", "Prospecting")).collect();
        Self { organization, connection, difference, ids, entries: Vec::new() }
    }

    /// Moves the Opportunities to the stage that are planned for this second of the test.
    pub fn enter(&mut self, second: usize) -> Outcome<()> {
        let ids = self.ids.chunks(DEALS_PER_SECOND).nth(second).unwrap_or_default().to_vec();
        self.move_to(&ids, STAGE);
        self.record_entries(&ids)
    }

    /// Edits the Opportunities that entered the stage in the second `second / 2` of the test.
    pub fn edit(&self, second: usize) {
        for id in self.ids.chunks(DEALS_PER_SECOND).nth(second / 2).unwrap_or_default() {
            self.set(id, "NextStep", &format!("Call in {second} days"));
        }
    }

    /// Moves Opportunities to a stage, without a webhook call.
    pub fn move_to(&self, ids: &[String], stage: &str) {
        ids.iter().for_each(|id| self.set(id, "StageName", stage));
    }

    fn set(&self, id: &str, field: &str, value: &str) {
        let fields = Map::from_iter([(field.to_owned(), value.into())]);
        let mut state = self.organization.state();
        opportunities::update(&mut state, id, &fields, &self.organization.record_time());
    }

    /// Records that Opportunities have entered the stage.
    pub fn record_entries(&mut self, ids: &[String]) -> Outcome<()> {
        for id in ids {
            let state = self.organization.state();
            let record = state.records.live("Opportunity", id).ok_or("the Opportunity is gone")?;
            let at = record.get("LastStageChangeDate").and_then(|at| parse_time(at.as_str()?)).ok_or("no time of the stage")?;
            let at = at.timestamp_millis() - self.difference * 1_000;
            self.entries.push(Entry { deal: id.clone(), at });
        }
        Ok(())
    }
}
