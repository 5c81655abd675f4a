//! Failed attempts: retries, backoff, dead letters and parked deliveries.

use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::services::ConnectionChange;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::wire::Then;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

#[tokio::test]
async fn delivery_is_retried_after_an_outage() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.fault(Fault { path_contains: "Opportunity".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        let receipt = fixture.call(&opportunity).await;
        assert_eq!(fixture.run_jobs().await, 1);
        let waits = fixture.delivery(&receipt).await;
        assert_eq!((waits.status, waits.attempts), (DeliveryStatus::Accepted, 1), "status, attempts");
        assert_eq!(waits.next_attempt_at, Some(fixture.hub.clock().now() + Duration::from_secs(5)));
        assert!(waits.error.is_some());
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
        fixture.advance(4);
        assert_eq!(fixture.run_jobs().await, 0);
        fixture.advance(1);
        assert_eq!(fixture.run_jobs().await, 2, "the delivery and the first write-back");
        let done = fixture.delivery(&receipt).await;
        assert_eq!(
            (done.status, done.attempts, done.error, done.next_attempt_at),
            (DeliveryStatus::Done, 2, None, None),
            "status, attempts, error, next attempt"
        );
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
        let timeline = fixture.timeline(done.contract_id.as_ref().unwrap()).await;
        assert!(timeline.iter().any(|line| line.0 == "attempt_failed"), "{timeline:?}");
    })
    .await;
}

#[tokio::test]
async fn truncated_download_is_retried_and_not_stored() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        for drop_connection in [false, true] {
            let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one two three")));
            let cut = Fault { path_contains: "VersionData".to_owned(), times: 1, ..Fault::default() };
            fixture.fault(Fault { truncate_body_at: Some(10), drop_connection, ..cut });
            let files_before = fixture.opened.stored_files();
            let receipt = fixture.call(&opportunity).await;
            fixture.run_jobs().await;
            assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Accepted);
            assert_eq!(fixture.opened.stored_files(), files_before);
            fixture.advance(5);
            fixture.run_jobs().await;
            let done = fixture.delivery(&receipt).await;
            assert_eq!((done.status, done.attempts), (DeliveryStatus::Done, 2), "status, attempts");
            assert_eq!(fixture.contract(&done.contract_id.unwrap()).await.versions[0].size_bytes, 22);
        }
    })
    .await;
}

#[tokio::test]
async fn corrupted_download_is_retried_and_not_stored() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let fault = || Fault { path_contains: "VersionData".to_owned(), times: 1, ..Fault::default() };
        let faults = [
            (Fault { flip_byte_at: Some(12), ..fault() }, "checksum"),
            (Fault { content_length: Some(9), ..fault() }, "9 bytes"),
            (Fault { content_length: Some(900), ..fault() }, "isn't responding"),
            (Fault { endless: true, ..fault() }, "more bytes"),
            (Fault { cut_at: Some(300), then: Then::Reset, ..fault() }, "isn't responding"),
            (Fault { status: Some(200), body: Some("<html>We are down.</html>".into()), ..fault() }, "maintenance"),
        ];
        for (fault, words) in faults {
            let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one two three")));
            let stored = fixture.opened.stored_files();
            fixture.fault(fault.clone());
            let receipt = fixture.call(&opportunity).await;
            fixture.run_jobs().await;
            let waits = fixture.delivery(&receipt).await;
            let message = waits.error.unwrap_or_default();
            assert!(waits.status == DeliveryStatus::Accepted && message.contains(words), "{fault:?}: {message}");
            assert_eq!(fixture.opened.stored_files(), stored, "{fault:?}");
            fixture.advance(5);
            fixture.run_jobs().await;
            assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done, "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn failing_delivery_is_given_up_after_three_days() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.fault(Fault { path_contains: "Opportunity".to_owned(), status: Some(503), times: 1000, ..Fault::default() });
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        let started = fixture.hub.clock().now();
        let mut tried = 0;
        while fixture.delivery(&receipt).await.status == DeliveryStatus::Accepted {
            tried += fixture.run_jobs().await;
            fixture.advance(60 * 60);
            assert!(fixture.hub.clock().now().since(started) < Duration::from_secs(4 * 24 * 60 * 60));
        }
        let failed = fixture.delivery(&receipt).await;
        assert_eq!((failed.status, failed.attempts), (DeliveryStatus::Failed, tried as i64), "status, attempts");
        assert!(failed.error.as_ref().is_some_and(|error| !error.contains("retry automatically")), "{failed:?}");
        assert!((15..60).contains(&tried), "{tried}");
    })
    .await;
}

#[tokio::test]
async fn deliveries_of_a_paused_connection_are_parked() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let receipt = fixture.call(&opportunity).await;
        set_enabled(&fixture, false).await;
        assert!(!fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap().is_enabled);
        fixture.run_jobs().await;
        let parked = fixture.delivery(&receipt).await;
        assert_eq!((parked.status, parked.next_attempt_at), (DeliveryStatus::Parked, None), "status, next attempt");
        fixture.advance(24 * 60 * 60);
        assert_eq!(fixture.run_jobs().await, 0);
        fixture.stay_signed_in().await;
        set_enabled(&fixture, true).await;
        assert_eq!(fixture.run_jobs().await, 2, "the delivery and the first write-back");
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}

async fn set_enabled(fixture: &Connected, is_enabled: bool) {
    let change = ConnectionChange { is_enabled: Some(is_enabled), ..ConnectionChange::default() };
    fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
}
