//! Scheduled jobs: keep-alive refreshes, probes of degraded connections, and pauses of rate-limited accounts.

use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::connection::{ConnectionStatus, Environment};
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::ids::IntegrationId;
use lexicontract::services::{ConnectRequest, Connecting};
use salesforce_simulator::state::faults::Fault;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, call_about, file, open_hub, salesforce_webhook};
use test_support::users::register;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn idle_connection_uses_its_refresh_token_once_a_week() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().settings.rotation = true;
        let other = open_hub(&fixture.opened, Some(&fixture.simulator), &[]).await.unwrap();
        let refreshes = || fixture.salesforce().grants.refreshes;
        for day in 1..=60_u64 {
            fixture.advance(DAY);
            other.clock().advance(Duration::from_secs(DAY));
            // Every server runs the scheduler, but only one server queues each due job.
            let (first, second) = tokio::join!(fixture.hub.schedule_connections(), other.schedule_connections());
            assert!(first.unwrap() + second.unwrap() >= 1, "a reconciliation is due every day");
            fixture.run_jobs().await;
            assert_eq!(refreshes(), day / 7, "day {day}");
        }
        assert_eq!(fixture.salesforce().grants.replays, 0);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

#[tokio::test]
async fn keep_alive_detects_a_revoked_token_and_does_not_retry_it() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().grants.revoke_all();
        fixture.advance(7 * DAY);
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(detail.connection.status, ConnectionStatus::NeedsReconnect);
        let issue = detail.issue.unwrap();
        assert_eq!(
            (issue.cause.as_str(), issue.responsible, issue.next_attempt_at),
            ("grant_ended", Responsible::Admin, None),
            "cause, responsible, next attempt"
        );
        assert_eq!(issue.since, fixture.hub.clock().now());
        let before = fixture.salesforce().grants.refreshes;
        fixture.advance(30 * DAY);
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 0);
        fixture.run_jobs().await;
        assert_eq!(fixture.salesforce().grants.refreshes, before);
    })
    .await;
}

#[tokio::test]
async fn idle_degraded_connection_is_probed_until_it_works() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let down = Fault { path_contains: "/services/".to_owned(), status: Some(503), times: 100, ..Fault::default() };
        fixture.fault(down);
        assert!(!fixture.hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap().ok);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 1);
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 0, "a probe is queued already");
        assert_eq!(fixture.run_jobs().await, 1);
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        let next = detail.issue.unwrap().next_attempt_at;
        assert_eq!(next, Some(fixture.hub.clock().now() + Duration::from_secs(5)));
        fixture.salesforce().faults.clear();
        fixture.advance(5);
        assert_eq!(fixture.run_jobs().await, 1);
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!((detail.connection.status, detail.issue), (ConnectionStatus::Connected, None), "status, issue");
    })
    .await;
}

#[tokio::test]
async fn rate_limited_org_is_paused_without_affecting_others() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let theirs = other_organization(&fixture).await;
        let receipts = [fixture.call(&fixture.opportunity("a", None)).await, fixture.call(&fixture.opportunity("b", None)).await];
        fixture.fault(Fault {
            path_contains: "/query".to_owned(),
            status: Some(429),
            headers: [("Retry-After".to_owned(), "700".to_owned())].into(),
            times: 1,
            ..Fault::default()
        });
        assert_eq!(fixture.run_jobs().await, 1, "the second job is delayed without a claim");
        let asked = fixture.requests("/query");
        let late = fixture.call(&fixture.opportunity("c", None)).await;
        fixture.run_jobs().await;
        fixture.advance(600);
        fixture.run_jobs().await;
        assert_eq!(fixture.requests("/query"), asked);
        let waits = fixture.delivery(&late).await;
        assert_eq!((waits.status, waits.attempts), (DeliveryStatus::Accepted, 0), "status, attempts");
        assert!(waits.next_attempt_at > Some(fixture.hub.clock().now()));
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(detail.connection.status, ConnectionStatus::Degraded);
        assert_eq!(detail.issue.unwrap().cause, "too_many_calls");
        assert_eq!(detail.paused_until, Some(fixture.hub.clock().now() + Duration::from_secs(100)));
        let caller = fixture.hub.webhook_caller(&theirs.0).await.unwrap().unwrap();
        let call = call_about(&caller, vec![fixture.opportunity("theirs", None)]);
        fixture.hub.receive(&caller, salesforce_webhook(), call, None).await.unwrap();
        assert_eq!(fixture.run_jobs().await, 2, "the other organization's org is called for a delivery and its write-back");
        assert!(fixture.requests("/query") > asked);
        fixture.advance(100);
        fixture.run_jobs().await;
        for receipt in receipts.iter().chain([&late]) {
            assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!(fixture.delivery(&late).await.attempts, 1);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// Connects another organization. Returns its webhook secret and its admin.
async fn other_organization(fixture: &Connected) -> (lexicontract::secret::Secret<String>, lexicontract::services::Actor) {
    let grace = register(&fixture.hub, "grace").await;
    let request = ConnectRequest { environment: Some(Environment::Production), ..ConnectRequest::default() };
    let started = fixture.hub.connect(&grace, &IntegrationId::from_suffix("salesforce"), request).await.unwrap();
    let Connecting::Authorize(authorization) = started else { panic!("Salesforce requires consent") };
    let callback = fixture.allow(&authorization).await;
    let connection = fixture.hub.finish_flow("salesforce", Some(&grace), callback).await.unwrap();
    let made = fixture.hub.make_webhook_secret(&grace, &connection.id).await.unwrap();
    (made.secret.as_str().into(), grace)
}

#[tokio::test]
async fn scheduled_calls_pause_when_few_api_calls_are_left() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().api_usage = (14_500, 15_000);
        let first = fixture.deliver(&fixture.opportunity("a", Some(file(1, b"%PDF-1.7 one")))).await;
        assert_eq!(first.status, DeliveryStatus::Done, "a delivery in progress is finished");
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(detail.issue.unwrap().cause, "few_calls_left");
        let second = fixture.deliver(&fixture.opportunity("b", None)).await;
        assert_eq!((second.status, second.attempts), (DeliveryStatus::Accepted, 0), "status, attempts");
        fixture.salesforce().api_usage = (100, 15_000);
        fixture.advance(15 * 60);
        fixture.run_jobs().await;
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

#[tokio::test]
async fn time_parked_does_not_count_towards_giving_up() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().grants.revoke_all();
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Parked);
        fixture.advance(20 * DAY);
        fixture.stay_signed_in().await;
        let callback = fixture.allow(&fixture.begin_to_reconnect(&fixture.connection.id).await).await;
        fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap();
        fixture.fault(Fault { path_contains: "/query".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        fixture.advance(5);
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}
