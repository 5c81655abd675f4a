//! Polling under load, after failures, and while the settings change.

use super::polling::{
    HOUR, STAGE, add_old, change_settings, deliveries, enter, next_poll, pass, poll, polling, set_clock_of_simulator, titles,
};
use lexicontract::domain::connection::setup::{SetupStep, StepState};
use salesforce_simulator::state::faults::Fault;
use serde_json::json;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, Fixture};

fn failing(status: u16, times: u32, body: Option<serde_json::Value>) -> Fault {
    Fault { path_contains: "SystemModstamp".to_owned(), status: Some(status), times, body, ..Fault::default() }
}

#[tokio::test]
async fn many_changes_of_one_second_are_all_found_by_one_poll() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        // The write-back is off, because it would change the times of the deals.
        change_settings(&fixture, json!({ "write_on_create": false })).await;
        let opportunities: Vec<_> = (0..1_200).map(|number| fixture.opportunity(&format!("Number {number}"), None)).collect();
        for opportunity in &opportunities {
            enter(&fixture, opportunity, STAGE);
        }
        pass(&fixture, 60);
        let before = fixture.requests("/query");
        fixture.hub.schedule_polls().await.unwrap();
        assert!(fixture.hub.run_one_job(false).await.unwrap(), "the poll");
        assert_eq!(fixture.requests("/query") - before, 3, "pages of 500");
        assert_eq!(fixture.opened.number("SELECT count(*) FROM deliveries WHERE origin = 'poll'").await, 1_200);
    })
    .await;
}

#[tokio::test]
async fn connection_that_is_older_than_polling_is_polled_from_now_on() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        set_clock_of_simulator(&fixture);
        fixture.stay_signed_in().await;
        execute(&fixture.opened.db, "DELETE FROM sync_cursors").await;
        execute(&fixture.opened.db, "DELETE FROM delivery_events").await;
        let before = fixture.opportunity("Before", None);
        enter(&fixture, &before, STAGE);
        pass(&fixture, 5);
        fixture.hub.schedule_connections().await.unwrap();
        assert_eq!(poll(&fixture).await, 1);
        pass(&fixture, 5);
        let after = fixture.opportunity("Afterwards", None);
        enter(&fixture, &after, STAGE);
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Afterwards"]);
    })
    .await;
}

#[tokio::test]
async fn later_request_does_not_hide_deals_that_entered_since_the_connection() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        set_clock_of_simulator(&fixture);
        add_old(&fixture, 2, "Renewal");
        let down = Fault { path_contains: "LastStageChangeDate".to_owned(), status: Some(503), times: 1, ..Fault::default() };
        fixture.salesforce().faults.order(vec![down]);
        fixture.stay_signed_in().await;
        let fixture = fixture.connect().await;
        pass(&fixture, 5);
        let opportunity = fixture.opportunity("Rollout", None);
        enter(&fixture, &opportunity, STAGE);
        pass(&fixture, 5);
        change_settings(&fixture, json!({ "status_field": "NextStep" })).await;
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Rollout"]);
    })
    .await;
}

#[tokio::test]
async fn permanent_failure_is_shown_and_ends_with_the_next_successful_poll() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let hidden = json!([{ "errorCode": "INVALID_TYPE", "message": "sObject type 'Opportunity' is not supported." }]);
        fixture.fault(failing(400, 2, Some(hidden)));
        next_poll(&fixture).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let error = polling(&fixture).await.last_error.expect("the failure is permanent");
        let setup = hub.connection_health(admin, id).await.unwrap().setup;
        assert!(setup.contains(&(SetupStep::DealsPolled, StepState::Wrong(vec![error]))), "{setup:?}");
        pass(&fixture, 4);
        assert_eq!(poll(&fixture).await, 0, "the second attempt is after 5 s");
        pass(&fixture, 1);
        assert_eq!(poll(&fixture).await, 1);
        pass(&fixture, 13);
        assert_eq!(poll(&fixture).await, 1, "the third attempt is 10 s later, with jitter");
        assert_eq!(polling(&fixture).await.last_error, None);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs WHERE kind = 'poll'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn polling_reads_as_many_deals_as_the_quota_allows() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened, &[("QUOTA_WAITING_DELIVERIES", "3")]).await.connect().await;
        for number in 0..7 {
            let opportunity = fixture.opportunity(&format!("Number {number}"), None);
            enter(&fixture, &opportunity, STAGE);
        }
        pass(&fixture, 60);
        for _ in 0..5 {
            poll(&fixture).await;
            pass(&fixture, 60);
        }
        assert_eq!(titles(&fixture).await.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn shorter_interval_applies_at_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        change_settings(&fixture, json!({ "poll_seconds": 3_600, "poll_api_share": 50 })).await;
        next_poll(&fixture).await;
        change_settings(&fixture, json!({ "poll_seconds": 30 })).await;
        pass(&fixture, 30);
        assert_eq!(poll(&fixture).await, 1);
        pass(&fixture, 30);
        assert_eq!(poll(&fixture).await, 1);
    })
    .await;
}

#[tokio::test]
async fn deals_that_had_left_an_added_stage_are_old() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let left = fixture.opportunity("Left", None);
        enter(&fixture, &left, "Closed Won");
        pass(&fixture, 1);
        enter(&fixture, &left, "Closed Lost");
        let rule = json!({ "trigger_stages": [STAGE, "Closed Won"], "trigger": { "only_if_still_there": false } });
        change_settings(&fixture, rule).await;
        let later = fixture.opportunity("Later", None);
        enter(&fixture, &later, "Closed Won");
        next_poll(&fixture).await;
        assert_eq!(titles(&fixture).await, ["Later"]);
    })
    .await;
}

#[tokio::test]
async fn stage_that_is_added_while_polling_is_off_has_a_start() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        change_settings(&fixture, json!({ "poll_seconds": 0 })).await;
        let down = Fault { path_contains: "LastStageChangeDate".to_owned(), status: Some(503), times: 1, ..Fault::default() };
        fixture.fault(down);
        change_settings(&fixture, json!({ "trigger_stages": ["Closed Won"] })).await;
        pass(&fixture, 60);
        poll(&fixture).await;
        let opportunity = fixture.opportunity("Rollout", None);
        enter(&fixture, &opportunity, "Closed Won");
        pass(&fixture, HOUR);
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        assert_eq!((titles(&fixture).await, deliveries(&fixture).await.len()), (vec!["Rollout".to_owned()], 1));
    })
    .await;
}
