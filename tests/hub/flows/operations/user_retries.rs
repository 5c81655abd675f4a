//! Retries that a user requests, which run even while the connection is paused.

use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::{DeliveryStatus, Receipt};
use salesforce_simulator::state::faults::Fault;
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::Connected;

/// The response of an org that has reached its daily API limit.
fn daily_limit(times: u32) -> Fault {
    let body = json!([{ "errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded." }]);
    Fault { path_contains: "/services/data".to_owned(), status: Some(403), body: Some(body), times, ..Fault::default() }
}

fn refused_session() -> Fault {
    let body = json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }]);
    Fault { path_contains: "/services/data".to_owned(), status: Some(401), body: Some(body), times: 100, ..Fault::default() }
}

/// Queues two deliveries and runs them with `fault`, which pauses the connection.
async fn paused(fixture: &Connected, fault: Fault) -> [Receipt; 2] {
    fixture.fault(fault);
    let receipts = [fixture.call(&fixture.opportunity("a", None)).await, fixture.call(&fixture.opportunity("b", None)).await];
    fixture.run_jobs().await;
    assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
    for receipt in &receipts {
        assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Accepted);
    }
    receipts
}

async fn redeliver_while_paused(fixture: &Connected, fault: Fault) {
    let [first, second] = paused(fixture, fault).await;
    let calls = fixture.requests("/services/data");
    fixture.hub.redeliver(&fixture.admin, &first.delivery_id).await.unwrap();
    fixture.run_jobs().await;
    assert!(fixture.requests("/services/data") > calls, "the redelivery runs although the connection is paused");
    assert_eq!(fixture.delivery(&first).await.status, DeliveryStatus::Accepted);
    let calls = fixture.requests("/services/data");
    fixture.run_jobs().await;
    assert_eq!(fixture.requests("/services/data"), calls, "it runs once");
    fixture.salesforce().faults.clear();
    fixture.hub.redeliver(&fixture.admin, &first.delivery_id).await.unwrap();
    fixture.run_jobs().await;
    for receipt in [&first, &second] {
        assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
    }
    assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
}

#[tokio::test]
async fn a_successful_redelivery_ends_the_pause_and_runs_queued_jobs() {
    on_every_database(async |opened| redeliver_while_paused(&Connected::start(opened).await, daily_limit(100)).await).await;
}

#[tokio::test]
async fn redelivery_retries_a_rejected_fresh_session() {
    on_every_database(async |opened| redeliver_while_paused(&Connected::start(opened).await, refused_session()).await).await;
}

#[tokio::test]
async fn a_successful_connection_test_ends_the_pause() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let receipts = paused(&fixture, daily_limit(100)).await;
        assert!(!fixture.hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap().ok);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
        fixture.salesforce().faults.clear();
        fixture.hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
        fixture.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
        }
    })
    .await;
}

#[tokio::test]
async fn a_requested_write_runs_at_once_and_an_automatic_one_after_five_minutes() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.fault(daily_limit(100));
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Pending);
        fixture.salesforce().faults.clear();
        let calls = fixture.requests("/services/data");
        fixture.advance(299);
        fixture.run_jobs().await;
        assert_eq!(fixture.requests("/services/data"), calls);
        fixture.hub.retry_sync(&fixture.admin, &contract.id).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
        fixture.fault(daily_limit(1));
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        fixture.run_jobs().await;
        fixture.advance(301);
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
    })
    .await;
}
