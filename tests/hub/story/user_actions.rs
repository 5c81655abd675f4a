//! What a user asks for is tried at once, also while the connection is paused.

use super::world::Connected;
use crate::databases::on_every_database;
use lexicontract::domain::{
    connection::ConnectionStatus,
    contract::{NegotiationStatus, SyncStatus},
    delivery::{DeliveryStatus, Receipt},
};
use salesforce_simulator::state::faults::Fault;
use serde_json::json;

/// The org has used up its calls of the day.
fn daily_limit(times: u32) -> Fault {
    let body = json!([{ "errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded." }]);
    Fault { path_contains: "/services/data".to_owned(), status: Some(403), body: Some(body), times, ..Fault::default() }
}

fn refused_session() -> Fault {
    let body = json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }]);
    Fault { path_contains: "/services/data".to_owned(), status: Some(401), body: Some(body), times: 100, ..Fault::default() }
}

/// Pauses the connection; two deliveries and a status change wait.
async fn paused(world: &Connected, fault: Fault) -> [Receipt; 2] {
    world.fault(fault);
    let receipts = [world.call(&world.opportunity("a", None)).await, world.call(&world.opportunity("b", None)).await];
    world.run_jobs().await;
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Degraded);
    for receipt in &receipts {
        assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Accepted);
    }
    receipts
}

async fn redeliver_while_paused(world: &Connected, fault: Fault) {
    let [first, second] = paused(world, fault).await;
    let calls = world.requests("/services/data");
    world.hub.redeliver(&world.admin, &first.delivery_id).await.unwrap();
    world.run_jobs().await;
    assert!(world.requests("/services/data") > calls, "it is tried although the connection is paused");
    assert_eq!(world.delivery(&first).await.status, DeliveryStatus::Accepted);
    let calls = world.requests("/services/data");
    world.run_jobs().await;
    assert_eq!(world.requests("/services/data"), calls, "and only once");
    world.salesforce().faults.clear();
    world.hub.redeliver(&world.admin, &first.delivery_id).await.unwrap();
    world.run_jobs().await;
    for receipt in [&first, &second] {
        assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Done);
    }
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
}

#[tokio::test]
async fn redelivering_ends_a_pause_when_it_succeeds_and_what_waits_runs() {
    on_every_database(async |opened| redeliver_while_paused(&Connected::start(opened).await, daily_limit(100)).await).await;
}

#[tokio::test]
async fn redelivering_tries_a_session_again_that_was_refused_although_it_was_fresh() {
    on_every_database(async |opened| redeliver_while_paused(&Connected::start(opened).await, refused_session()).await).await;
}

#[tokio::test]
async fn testing_the_connection_ends_a_pause_when_it_succeeds() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let receipts = paused(&world, daily_limit(100)).await;
        assert!(!world.hub.test_connection(&world.admin, &world.connection.id).await.unwrap().ok);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Degraded);
        world.salesforce().faults.clear();
        world.hub.test_connection(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
        world.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Done);
        }
    })
    .await;
}

#[tokio::test]
async fn writing_again_is_tried_at_once_and_a_scheduled_probe_after_five_minutes() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let contract = world.deliver_contract(&world.opportunity("Rollout", None)).await;
        world.fault(daily_limit(100));
        world.hub.change_status(&world.admin, &contract.id, NegotiationStatus::Approved).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.sync(&contract.id).await.status, SyncStatus::Pending);
        world.salesforce().faults.clear();
        let calls = world.requests("/services/data");
        world.advance(299);
        world.run_jobs().await;
        assert_eq!(world.requests("/services/data"), calls);
        world.hub.retry_sync(&world.admin, &contract.id).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.sync(&contract.id).await.status, SyncStatus::Synced);
        world.fault(daily_limit(1));
        world.hub.change_status(&world.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        world.run_jobs().await;
        world.advance(301);
        world.run_jobs().await;
        assert_eq!(world.sync(&contract.id).await.status, SyncStatus::Synced);
    })
    .await;
}
