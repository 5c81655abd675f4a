//! Token refreshes: lost responses, crashes, outages, and sessions that the provider rejects right after a refresh.

use lexicontract::db::connections::{self, token_refreshes};
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::delivery::DeliveryStatus;
use salesforce_simulator::state::faults::Fault;
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, file, open_hub};

/// A refresh request that is lost before it takes effect. The client cannot distinguish this from a lost response.
fn lost_request() -> Fault {
    Fault { path_contains: "oauth2/token".to_owned(), drop_connection: true, times: 1, ..Fault::default() }
}

/// A response that is lost after Salesforce has refreshed the token.
fn lost_response() -> Fault {
    Fault {
        path_contains: "oauth2/token".to_owned(),
        truncate_body_at: Some(0),
        drop_connection: true,
        times: 1,
        ..Fault::default()
    }
}

/// Ends the session, and runs a delivery, which refreshes the session. From the response, the hub learns whether refresh tokens
/// rotate.
async fn refresh_once(fixture: &Connected, rotation: bool) {
    fixture.salesforce().settings.rotation = rotation;
    fixture.salesforce().grants.close_sessions();
    let delivery = fixture.deliver(&fixture.opportunity("Earlier", None)).await;
    assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
}

fn token_calls(fixture: &Connected) -> usize {
    fixture.requests("/oauth2/token")
}

/// Number of refresh requests with a replaced token, and number of refresh requests that arrived during another request with the
/// same token.
pub(super) fn replays(fixture: &Connected) -> (u64, u64) {
    let state = fixture.salesforce();
    (state.grants.replays, state.grants.collisions)
}

async fn issue(fixture: &Connected) -> (String, Responsible) {
    let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
    let issue = detail.issue.expect("the connection has an issue");
    (issue.cause, issue.responsible)
}

pub(super) async fn reconnect(fixture: &Connected) {
    fixture.stay_signed_in().await;
    let callback = fixture.allow(&fixture.begin_to_reconnect(&fixture.connection.id).await).await;
    let renewed = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap();
    assert_eq!((&renewed.id, renewed.status), (&fixture.connection.id, ConnectionStatus::Connected), "id, status");
}

/// Advances the clock past the pause after a lost response, and runs jobs, so that the hub resends the refresh token.
async fn wait_for_the_resend(fixture: &Connected) {
    for _ in 0..8 {
        fixture.advance(5);
        fixture.run_jobs().await;
    }
}

/// Applies `fault` to a refresh, and checks that the hub resends the refresh token after a pause.
/// Returns the connection's status and the delivery's status.
///
/// - `rotation`: each refresh replaces the refresh token.
/// - `reuse_detection`: Salesforce revokes the grant if it receives a replaced token.
async fn lose_a_response(
    opened: Opened,
    fault: Fault,
    rotation: bool,
    reuse_detection: bool,
) -> (ConnectionStatus, DeliveryStatus) {
    let fixture = Connected::start(opened).await;
    // The hub does not know yet whether refresh tokens rotate, because this is the connection's first refresh.
    fixture.salesforce().settings.rotation = rotation;
    fixture.salesforce().settings.reuse_detection = reuse_detection;
    fixture.salesforce().grants.close_sessions();
    fixture.fault(fault);
    let before = token_calls(&fixture);
    let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
    fixture.run_jobs().await;
    assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
    assert_eq!(issue(&fixture).await, ("answer_to_refresh_lost".to_owned(), Responsible::Transient), "cause, responsible");
    fixture.advance(25);
    fixture.run_jobs().await;
    assert_eq!(token_calls(&fixture) - before, 1, "not during the pause");
    wait_for_the_resend(&fixture).await;
    assert_eq!(token_calls(&fixture) - before, 2);
    (fixture.connection_now().await.status, fixture.delivery(&receipt).await.status)
}

#[tokio::test]
async fn token_is_sent_once_more_after_a_lost_response() {
    on_every_database(async |opened| {
        let healed = (ConnectionStatus::Connected, DeliveryStatus::Done);
        assert_eq!(lose_a_response(opened, lost_response(), false, true).await, healed);
    })
    .await;
    for (rotation, reuse_detection) in [(false, true), (true, false), (true, true)] {
        on_every_database(async |opened| {
            let healed = (ConnectionStatus::Connected, DeliveryStatus::Done);
            assert_eq!(lose_a_response(opened, lost_request(), rotation, reuse_detection).await, healed);
        })
        .await;
    }
    for reuse_detection in [false, true] {
        on_every_database(async |opened| {
            let lost = (ConnectionStatus::NeedsReconnect, DeliveryStatus::Parked);
            assert_eq!(lose_a_response(opened, lost_response(), true, reuse_detection).await, lost);
        })
        .await;
    }
}

#[tokio::test]
async fn token_is_not_sent_a_third_time_after_two_lost_responses() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        fixture.salesforce().grants.close_sessions();
        fixture.fault(Fault { times: 2, ..lost_request() });
        let before = token_calls(&fixture);
        let receipt = fixture.call(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        fixture.run_jobs().await;
        wait_for_the_resend(&fixture).await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Parked);
        assert_eq!(issue(&fixture).await, ("answer_to_refresh_lost".to_owned(), Responsible::Admin), "cause, responsible");
        fixture.advance(4 * 24 * 60 * 60);
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        assert_eq!((token_calls(&fixture) - before, replays(&fixture)), (2, (0, 0)), "token requests, replays");
        reconnect(&fixture).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}

#[tokio::test]
async fn token_that_does_not_rotate_is_sent_again_soon_after_a_lost_response() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, false).await;
        fixture.salesforce().grants.close_sessions();
        fixture.fault(lost_response());
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        assert_eq!(issue(&fixture).await, ("broken_off".to_owned(), Responsible::Transient), "cause, responsible");
        fixture.advance(5);
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// Creates the state that remains if a server is killed after sending the refresh token and before storing the response.
async fn crash_during_a_refresh(fixture: &Connected) {
    let now = fixture.hub.clock().now();
    let mut tx = fixture.opened.db.begin().await.unwrap();
    let row = connections::find(&mut tx, &fixture.admin.organization_id, &fixture.connection.id).await.unwrap().unwrap();
    assert!(connections::take_refresh_lease(&mut tx, &row, "killed", now, now + Duration::from_secs(30)).await.unwrap());
    let intent = token_refreshes::Intent {
        at: now,
        resend_at: now + Duration::from_secs(150),
        is_resend: false,
        keep_alive_at: now + Duration::from_secs(600),
    };
    token_refreshes::record_intent(&mut tx, &row, &intent).await.unwrap();
    tx.commit().await.unwrap();
    fixture.advance(31);
}

#[tokio::test]
async fn token_is_sent_once_more_after_a_crash_during_a_refresh() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        crash_during_a_refresh(&fixture).await;
        let works = fixture.deliver(&fixture.opportunity("Works", None)).await;
        assert_eq!(works.status, DeliveryStatus::Done, "the session is still valid");
        fixture.salesforce().grants.close_sessions();
        let before = token_calls(&fixture);
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(token_calls(&fixture) - before, 0, "the request may still be in flight");
        fixture.hub.schedule_connections().await.unwrap();
        fixture.advance(10 * 60);
        fixture.run_jobs().await;
        assert_eq!(
            (fixture.delivery(&receipt).await.status, token_calls(&fixture) - before),
            (DeliveryStatus::Done, 1),
            "status, token requests"
        );
        assert_eq!(replays(&fixture), (0, 0), "requests with a replaced token, during a refresh");
    })
    .await;
}

#[tokio::test]
async fn token_that_does_not_rotate_is_sent_again_after_a_crash() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, false).await;
        fixture.salesforce().grants.close_sessions();
        crash_during_a_refresh(&fixture).await;
        assert_eq!(fixture.deliver(&fixture.opportunity("Rollout", None)).await.status, DeliveryStatus::Done);
        assert_eq!(replays(&fixture), (0, 0), "requests with a replaced token, during a refresh");
    })
    .await;
}

#[tokio::test]
async fn late_response_of_a_slow_server_is_stored_and_used() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        fixture.salesforce().grants.close_sessions();
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
        fixture.fault(slow);
        let before = token_calls(&fixture);
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        let other = open_hub(&fixture.opened, Some(&fixture.simulator), &[]).await.unwrap();
        let second = fixture.call(&fixture.opportunity("Another", None)).await;
        let others_job = async {
            while token_calls(&fixture) == before {
                tokio::task::yield_now().await;
            }
            // The first server's refresh lease expires, and the other server assumes that the first server has stopped.
            other.clock().advance(Duration::from_secs(31));
            while other.run_one_job(false).await.unwrap() {}
            assert_eq!(fixture.delivery(&second).await.status, DeliveryStatus::Accepted);
            assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
        };
        let (ran, ()) = tokio::join!(fixture.hub.run_one_job(false), others_job);
        assert!(ran.unwrap());
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
        fixture.advance(150);
        fixture.run_jobs().await;
        for receipt in [receipt, second] {
            assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!((token_calls(&fixture) - before, replays(&fixture)), (1, (0, 0)), "token requests, replays");
    })
    .await;
}

#[tokio::test]
async fn waiting_calls_share_one_refresh_while_the_token_endpoint_is_down() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        fixture.salesforce().grants.close_sessions();
        let down = Fault { path_contains: "oauth2/token".to_owned(), status: Some(503), times: 1_000, ..Fault::default() };
        fixture.fault(down);
        let before = token_calls(&fixture);
        let mut receipts = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            receipts.push(fixture.call(&fixture.opportunity(name, None)).await);
        }
        fixture.run_jobs().await;
        assert_eq!(token_calls(&fixture) - before, 1);
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        let issue = detail.issue.unwrap();
        assert_eq!((issue.cause.as_str(), issue.responsible), ("down", Responsible::Transient), "cause, responsible");
        assert_eq!(issue.next_attempt_at, Some(fixture.hub.clock().now() + Duration::from_secs(5)));
        for _ in 0..12 {
            fixture.advance(5);
            fixture.run_jobs().await;
        }
        assert!((2..=13).contains(&(token_calls(&fixture) - before)), "{}", token_calls(&fixture) - before);
        fixture.salesforce().faults.clear();
        fixture.advance(10 * 60);
        fixture.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!(
            (replays(&fixture), fixture.connection_now().await.status),
            ((0, 0), ConnectionStatus::Connected),
            "replays, status"
        );
    })
    .await;
}

#[tokio::test]
async fn rejected_fresh_session_does_not_cause_a_refresh_loop() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        fixture.fault(Fault {
            path_contains: "/services/data".to_owned(),
            status: Some(401),
            body: Some(serde_json::json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }])),
            times: 1_000,
            ..Fault::default()
        });
        let before = token_calls(&fixture);
        let receipts = [fixture.call(&fixture.opportunity("a", None)).await, fixture.call(&fixture.opportunity("b", None)).await];
        fixture.run_jobs().await;
        assert_eq!(token_calls(&fixture) - before, 1);
        assert_eq!(
            issue(&fixture).await,
            ("fresh_session_refused".to_owned(), Responsible::ProviderAdministrator),
            "cause, responsible"
        );
        for _ in 0..60 {
            fixture.advance(60);
            fixture.run_jobs().await;
        }
        assert!(token_calls(&fixture) - before <= 5, "{} refreshes in an hour", token_calls(&fixture) - before);
        let started = fixture.hub.clock().now();
        while fixture.delivery(&receipts[0]).await.status == DeliveryStatus::Accepted {
            fixture.advance(60 * 60);
            fixture.run_jobs().await;
            assert!(fixture.hub.clock().now().since(started) < Duration::from_secs(4 * 24 * 60 * 60));
        }
        assert_eq!(fixture.delivery(&receipts[0]).await.status, DeliveryStatus::Failed);
        assert_eq!(replays(&fixture), (0, 0), "requests with a replaced token, during a refresh");
    })
    .await;
}
