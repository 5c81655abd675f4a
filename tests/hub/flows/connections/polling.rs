//! Polling, which finds deals that entered a trigger stage, even if no webhook call reports these deals.

use lexicontract::domain::connection::polling::{Backlog, Polling, SlowBecause};
use lexicontract::domain::delivery::{Delivery, DeliveryStatus, Origin};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use lexicontract::services::{BacklogFilter, ConnectionChange, ContractFilter};
use salesforce_simulator::clock::record_time;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::opportunities::{self, NewOpportunity};
use salesforce_simulator::state::record_types;
use salesforce_simulator::state::schema::visibility::Hidden;
use serde_json::{Map, Value, json};
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, file};

pub(crate) const STAGE: &str = "Needs Legal Review";
pub(crate) const HOUR: u64 = 60 * 60;

/// Moves an Opportunity to a stage, at the current time of the simulator and without a webhook call.
pub(crate) fn enter(fixture: &Fixture, id: &RecordId, stage: &str) {
    set(fixture, id, "StageName", stage);
}

pub(crate) fn set(fixture: &Fixture, id: &RecordId, field: &str, value: &str) {
    let now = record_time(fixture.simulator.clock().now());
    let fields: Map<String, Value> = [(field.to_owned(), value.into())].into_iter().collect();
    opportunities::change(&mut fixture.salesforce(), id.as_str(), &fields, &now).expect("it exists");
}

/// Advances both clocks.
pub(crate) fn pass(fixture: &Fixture, seconds: u64) {
    fixture.advance(seconds);
    fixture.simulator.clock().advance(Duration::from_secs(seconds));
}

/// Sets the clock of the hub to the time of the simulator, which is later.
pub(crate) fn set_clock_of_simulator(fixture: &Fixture) {
    let difference = fixture.simulator.clock().now().timestamp_millis() - fixture.hub.clock().now().millis();
    fixture.hub.clock().advance(Duration::from_millis(difference.unsigned_abs()));
}

/// Runs the polls that are due, and all jobs that they cause. Returns the number of polls.
pub(crate) async fn poll(fixture: &Connected) -> u64 {
    let polls = fixture.hub.schedule_polls().await.unwrap();
    fixture.run_jobs().await;
    polls
}

/// Advances both clocks by the polling interval of a minute, then polls.
pub(crate) async fn next_poll(fixture: &Connected) {
    pass(fixture, 60);
    assert_eq!(poll(fixture).await, 1);
}

pub(crate) async fn titles(fixture: &Connected) -> Vec<String> {
    let page = fixture.hub.contracts(&fixture.admin, &ContractFilter::default()).await.unwrap();
    let mut titles: Vec<String> = page.items.into_iter().map(|contract| contract.title).collect();
    titles.sort();
    titles
}

pub(crate) async fn deliveries(fixture: &Connected) -> Vec<Delivery> {
    let page = PageRequest::new(Some(100), None).unwrap();
    fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &page).await.unwrap().items
}

pub(crate) async fn change_settings(fixture: &Connected, metadata: Value) {
    let change = ConnectionChange { metadata: metadata.as_object().cloned(), ..ConnectionChange::default() };
    fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
}

pub(crate) async fn polling(fixture: &Connected) -> Polling {
    fixture.hub.polling(&fixture.admin, &fixture.connection.id).await.unwrap().expect("Salesforce has deals")
}

/// Adds Opportunities that have been in the trigger stage since 2025.
pub(crate) fn add_old(fixture: &Fixture, count: usize, record_type: &str) {
    let mut state = fixture.salesforce();
    let record_type_id = record_types::id(&state, record_type);
    for number in 0..count {
        let name = format!("Old {record_type} {number}");
        let new = NewOpportunity {
            name: &name,
            account_name: None,
            stage: STAGE,
            record_type_id: record_type_id.as_deref(),
            amount: opportunities::AMOUNT,
            at: "2025-03-01T10:00:00.000+0000",
        };
        opportunities::insert(&mut state, &new);
    }
}

/// Number of Opportunities in the trigger stage.
fn in_trigger_stage(fixture: &Fixture) -> u64 {
    let state = fixture.salesforce();
    state.records.all("Opportunity").filter(|opportunity| opportunity["StageName"] == STAGE).count() as u64
}

#[tokio::test]
async fn entry_becomes_one_contract_without_a_webhook() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.opportunity("In another stage", None);
        enter(&fixture, &opportunity, STAGE);
        assert_eq!(poll(&fixture).await, 0, "the first poll is not due yet");
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Rollout"]);
        let [delivery] = deliveries(&fixture).await.try_into().unwrap();
        assert_eq!((delivery.origin, delivery.status, &delivery.record.id), (Origin::Poll, DeliveryStatus::Done, &opportunity));
        // Other changes of the deal do not count as entering the stage.
        set(&fixture, &opportunity, "NextStep", "Sign");
        next_poll(&fixture).await;
        assert_eq!(deliveries(&fixture).await.len(), 1);
        let state = polling(&fixture).await;
        assert_eq!((state.interval_seconds, state.slow_because, state.last_error), (60, None, None));
        assert_eq!(state.polled_at, Some(fixture.hub.clock().now()));
    })
    .await;
}

#[tokio::test]
async fn deal_that_comes_back_to_the_stage_is_a_new_event() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        enter(&fixture, &opportunity, STAGE);
        next_poll(&fixture).await;
        enter(&fixture, &opportunity, "Prospecting");
        next_poll(&fixture).await;
        enter(&fixture, &opportunity, STAGE);
        next_poll(&fixture).await;
        next_poll(&fixture).await;
        assert_eq!((deliveries(&fixture).await.len(), titles(&fixture).await.len()), (2, 1), "deliveries, contracts");
    })
    .await;
}

#[tokio::test]
async fn old_deals_are_imported_only_when_an_admin_confirms_them() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let samples = in_trigger_stage(&fixture);
        add_old(&fixture, 2_950, "New_Business");
        add_old(&fixture, 50, "Renewal");
        let fixture = fixture.connect().await;
        fixture.stay_signed_in().await;
        let mut polls = 0;
        for _ in 0..24 {
            pass(&fixture, HOUR);
            fixture.hub.schedule_connections().await.unwrap();
            polls += poll(&fixture).await;
        }
        assert_eq!((polls, titles(&fixture).await.len()), (24, 0), "polls, contracts");
        assert_eq!(deliveries(&fixture).await.len(), 0, "one day later");
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let renewals = BacklogFilter { record_types: vec!["Renewal".to_owned()], ..BacklogFilter::default() };
        let all: Backlog = hub.backlog(admin, id, BacklogFilter::default()).await.unwrap();
        let by_type: Vec<(Option<&str>, u64)> =
            all.by_record_type.iter().map(|found| (found.record_type.as_deref(), found.count)).collect();
        assert_eq!(by_type, [(Some("New_Business"), 2_950 + samples), (Some("Renewal"), 50)], "{samples} samples");
        assert_eq!(all.by_stage[0].oldest.unwrap().to_string(), "2025-03-01T10:00:00.000Z");
        let preview = hub.backlog(admin, id, renewals.clone()).await.unwrap();
        let changed = hub.import_backlog(admin, id, renewals.clone(), Some(&all.fingerprint)).await.unwrap_err();
        assert!(matches!(changed, Error::Problem(Problem::ChangedMeanwhile)), "{changed}");
        assert_eq!(hub.import_backlog(admin, id, renewals.clone(), Some(&preview.fingerprint)).await.unwrap(), 50);
        assert_eq!(hub.import_backlog(admin, id, renewals.clone(), None).await.unwrap(), 0, "their deliveries wait");
        fixture.run_jobs().await;
        let imported = deliveries(&fixture).await;
        assert_eq!((preview.total, imported.len()), (50, 50), "preview, deliveries");
        assert!(imported.iter().all(|delivery| delivery.origin == Origin::User && delivery.contract_id.is_some()));
        assert_eq!(hub.backlog(admin, id, renewals).await.unwrap().total, 0, "all have a contract now");
    })
    .await;
}

#[tokio::test]
async fn added_stage_and_resumed_polling_start_anew() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let early = fixture.opportunity("Early", None);
        enter(&fixture, &early, "Closed Won");
        change_settings(&fixture, json!({ "trigger_stages": [STAGE, "Closed Won"] })).await;
        let late = fixture.opportunity("Late", None);
        enter(&fixture, &late, "Closed Won");
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Late"]);
        change_settings(&fixture, json!({ "poll_seconds": 0 })).await;
        let unseen = fixture.opportunity("While polling was off", None);
        enter(&fixture, &unseen, STAGE);
        pass(&fixture, 600);
        poll(&fixture).await;
        assert_eq!(polling(&fixture).await.interval_seconds, 0);
        change_settings(&fixture, json!({ "poll_seconds": 30 })).await;
        let after = fixture.opportunity("Afterwards", None);
        enter(&fixture, &after, STAGE);
        pass(&fixture, 30);
        poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Afterwards", "Late"]);
    })
    .await;
}

#[tokio::test]
async fn first_poll_makes_the_start_that_the_callback_could_not_make() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        // The first poll compares times of the hub with times of the simulator, so their clocks must agree.
        set_clock_of_simulator(&fixture);
        add_old(&fixture, 3, "Renewal");
        let down = Fault { path_contains: "LastStageChangeDate".to_owned(), status: Some(503), times: 1, ..Fault::default() };
        fixture.salesforce().faults.order(vec![down]);
        fixture.stay_signed_in().await;
        let fixture = fixture.connect().await;
        pass(&fixture, 5);
        let opportunity = fixture.opportunity("Rollout", None);
        enter(&fixture, &opportunity, STAGE);
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Rollout"]);
    })
    .await;
}

#[tokio::test]
async fn reported_deals_are_not_delivered_twice_and_working_webhooks_slow_polling_down() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        for number in 0..20 {
            let opportunity = fixture.opportunity(&format!("Number {number}"), None);
            enter(&fixture, &opportunity, STAGE);
            fixture.call(&opportunity).await;
        }
        // Completes half of the deliveries. When the poll finds the other half of the deals, the deliveries of these deals still
        // wait.
        for _ in 0..10 {
            assert!(fixture.hub.run_one_job(false).await.unwrap());
        }
        next_poll(&fixture).await;
        assert_eq!((deliveries(&fixture).await.len(), titles(&fixture).await.len()), (20, 20), "deliveries, contracts");
        let slow = polling(&fixture).await;
        assert_eq!((slow.interval_seconds, slow.slow_because), (300, Some(SlowBecause::WebhookWorks)));
        let unreported = fixture.opportunity("Unreported", None);
        enter(&fixture, &unreported, STAGE);
        pass(&fixture, 300);
        poll(&fixture).await;
        assert!(titles(&fixture).await.contains(&"Unreported".to_owned()));
        assert_eq!(polling(&fixture).await.interval_seconds, 60);
    })
    .await;
}

#[tokio::test]
async fn polling_slows_down_when_api_calls_run_low() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().api_usage = (4_000, 5_000);
        next_poll(&fixture).await;
        let slow = polling(&fixture).await;
        assert_eq!((slow.interval_seconds, slow.slow_because), (872, Some(SlowBecause::FewCallsLeft)));
        assert_eq!((slow.api_calls_used, slow.api_calls_max), (Some(4_001), Some(5_000)));
        change_settings(&fixture, json!({ "poll_api_share": 50 })).await;
        assert_eq!(polling(&fixture).await.interval_seconds, 173);
    })
    .await;
}

#[tokio::test]
async fn idle_connection_costs_one_call_per_poll() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        next_poll(&fixture).await;
        let before = fixture.requests("/services/data/");
        for _ in 0..10 {
            next_poll(&fixture).await;
        }
        assert_eq!(fixture.requests("/services/data/") - before, 10);
    })
    .await;
}

#[tokio::test]
async fn stage_history_replaces_a_missing_date() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().hidden = Hidden::parse(&["Opportunity.LastStageChangeDate".to_owned()]).unwrap();
        let opportunity = fixture.opportunity("Rollout", None);
        enter(&fixture, &opportunity, STAGE);
        next_poll(&fixture).await;
        set(&fixture, &opportunity, "Amount", "1");
        next_poll(&fixture).await;
        assert_eq!((deliveries(&fixture).await.len(), titles(&fixture).await), (1, vec!["Rollout".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn deal_that_has_left_the_stage_is_found_only_if_the_rule_allows_it() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (skipped, kept) = (fixture.opportunity("Skipped", None), fixture.opportunity("Kept", None));
        for (opportunity, settings) in
            [(&kept, json!({ "trigger": { "only_if_still_there": false } })), (&skipped, json!({ "trigger": null }))]
        {
            change_settings(&fixture, settings).await;
            enter(&fixture, opportunity, STAGE);
            pass(&fixture, 1);
            enter(&fixture, opportunity, "Closed Lost");
            next_poll(&fixture).await;
        }
        assert_eq!(titles(&fixture).await, ["Kept"]);
    })
    .await;
}

#[tokio::test]
async fn deal_of_another_record_type_is_not_imported_even_if_the_rule_allows_it_later() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        change_settings(&fixture, json!({ "trigger": { "record_types": ["Renewal"] } })).await;
        let other = fixture.opportunity("New business", None);
        enter(&fixture, &other, STAGE);
        next_poll(&fixture).await;
        change_settings(&fixture, json!({ "trigger": null })).await;
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, [""; 0]);
        let later = fixture.opportunity("Later", None);
        enter(&fixture, &later, STAGE);
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Later"]);
    })
    .await;
}
