use super::fixture::{Connected, file, open_hub};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::connections::{self, token_refreshes},
    domain::{
        connection::{ConnectionStatus, health::Responsible},
        delivery::DeliveryStatus,
    },
};
use salesforce_simulator::state::faults::Fault;
use std::time::Duration;

/// The request does not reach the token endpoint, and the client cannot know that.
fn lost_request() -> Fault {
    Fault { path_contains: "oauth2/token".to_owned(), drop_connection: true, times: 1, ..Fault::default() }
}

/// The response of the token endpoint is lost on its way, after Salesforce has done what was asked.
fn lost_answer() -> Fault {
    Fault {
        path_contains: "oauth2/token".to_owned(),
        truncate_body_at: Some(0),
        drop_connection: true,
        times: 1,
        ..Fault::default()
    }
}

/// Ends the session, and lets a delivery find that out: afterwards it is known whether refresh tokens are replaced.
async fn refresh_once(fixture: &Connected, rotation: bool) {
    fixture.salesforce().settings.rotation = rotation;
    fixture.salesforce().grants.close_sessions();
    let delivery = fixture.deliver(&fixture.opportunity("Earlier", None)).await;
    assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
}

fn token_calls(fixture: &Connected) -> usize {
    fixture.requests("/oauth2/token")
}

/// How often a replaced token came again, and how often one came while it was being exchanged.
pub(super) fn replays(fixture: &Connected) -> (u64, u64) {
    let state = fixture.salesforce();
    (state.grants.replays, state.grants.collisions)
}

async fn trouble(fixture: &Connected) -> (String, Responsible) {
    let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
    let trouble = detail.issue.expect("something is wrong");
    (trouble.cause, trouble.responsible)
}

pub(super) async fn reconnect(fixture: &Connected) {
    fixture.stay_signed_in().await;
    let callback = fixture.allow(&fixture.begin_to_reconnect(&fixture.connection.id).await).await;
    let renewed = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap();
    assert_eq!((&renewed.id, renewed.status), (&fixture.connection.id, ConnectionStatus::Connected));
}

/// Runs jobs until the pause after a lost response is over.
async fn wait_for_the_resend(fixture: &Connected) {
    for _ in 0..8 {
        fixture.advance(5);
        fixture.run_jobs().await;
    }
}

/// Where a response is lost, whether the app replaces refresh tokens, and whether a replaced one that comes again ends the grant.
async fn lose_a_response(
    opened: Opened,
    fault: Fault,
    rotation: bool,
    reuse_detection: bool,
) -> (ConnectionStatus, DeliveryStatus) {
    let fixture = Connected::start(opened).await;
    // Whether the app replaces tokens is not known before the first response.
    fixture.salesforce().settings.rotation = rotation;
    fixture.salesforce().settings.reuse_detection = reuse_detection;
    fixture.salesforce().grants.close_sessions();
    fixture.fault(fault);
    let before = token_calls(&fixture);
    let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
    fixture.run_jobs().await;
    assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Degraded);
    assert_eq!(trouble(&fixture).await, ("answer_to_refresh_lost".to_owned(), Responsible::Transient));
    fixture.advance(25);
    fixture.run_jobs().await;
    assert_eq!(token_calls(&fixture) - before, 1, "not before the pause is over");
    wait_for_the_resend(&fixture).await;
    assert_eq!(token_calls(&fixture) - before, 2);
    (fixture.connection_now().await.status, fixture.delivery(&receipt).await.status)
}

#[tokio::test]
async fn after_a_lost_response_the_same_token_is_sent_once_more_and_heals_the_connection_where_it_can() {
    on_every_database(async |opened| {
        let healed = (ConnectionStatus::Connected, DeliveryStatus::Done);
        assert_eq!(lose_a_response(opened, lost_answer(), false, true).await, healed);
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
            assert_eq!(lose_a_response(opened, lost_answer(), true, reuse_detection).await, lost);
        })
        .await;
    }
}

#[tokio::test]
async fn a_token_whose_response_was_lost_twice_is_not_sent_a_third_time() {
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
        assert_eq!(trouble(&fixture).await, ("answer_to_refresh_lost".to_owned(), Responsible::Admin));
        fixture.advance(4 * 24 * 60 * 60);
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        assert_eq!((token_calls(&fixture) - before, replays(&fixture)), (2, (0, 0)));
        reconnect(&fixture).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_a_token_that_is_kept_is_sent_again_a_moment_later() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, false).await;
        fixture.salesforce().grants.close_sessions();
        fixture.fault(lost_answer());
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        assert_eq!(trouble(&fixture).await, ("broken_off".to_owned(), Responsible::Transient));
        fixture.advance(5);
        fixture.run_jobs().await;
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Done);
        assert_eq!(fixture.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// What a server leaves behind that was killed after the token left and before the answer was stored.
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
    token_refreshes::intend(&mut tx, &row, &intent).await.unwrap();
    tx.commit().await.unwrap();
    fixture.advance(31);
}

#[tokio::test]
async fn the_token_of_a_server_that_was_killed_during_a_refresh_is_sent_once_more() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, true).await;
        crash_during_a_refresh(&fixture).await;
        let works = fixture.deliver(&fixture.opportunity("Works", None)).await;
        assert_eq!(works.status, DeliveryStatus::Done, "as long as the session lives, nothing is lost");
        fixture.salesforce().grants.close_sessions();
        let before = token_calls(&fixture);
        let receipt = fixture.call(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(token_calls(&fixture) - before, 0, "its request may still be in flight");
        fixture.hub.schedule_connections().await.unwrap();
        fixture.advance(10 * 60);
        fixture.run_jobs().await;
        assert_eq!((fixture.delivery(&receipt).await.status, token_calls(&fixture) - before), (DeliveryStatus::Done, 1));
        assert_eq!(replays(&fixture), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn after_a_killed_server_a_token_that_is_kept_is_sent_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        refresh_once(&fixture, false).await;
        fixture.salesforce().grants.close_sessions();
        crash_during_a_refresh(&fixture).await;
        assert_eq!(fixture.deliver(&fixture.opportunity("Rollout", None)).await.status, DeliveryStatus::Done);
        assert_eq!(replays(&fixture), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_only_slow_stores_its_answer_and_heals_the_connection() {
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
            // To the other server the first one seems to be gone.
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
        assert_eq!((token_calls(&fixture) - before, replays(&fixture)), (1, (0, 0)));
    })
    .await;
}

#[tokio::test]
async fn while_the_token_endpoint_is_down_it_is_asked_once_for_all_who_wait() {
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
        let trouble = detail.issue.unwrap();
        assert_eq!((trouble.cause.as_str(), trouble.responsible), ("down", Responsible::Transient));
        assert_eq!(trouble.next_attempt_at, Some(fixture.hub.clock().now() + Duration::from_secs(5)));
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
        assert_eq!((replays(&fixture), fixture.connection_now().await.status), ((0, 0), ConnectionStatus::Connected));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_sessions_age_never_becomes_a_loop() {
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
        assert_eq!(trouble(&fixture).await, ("fresh_session_refused".to_owned(), Responsible::ProviderAdministrator));
        for _ in 0..60 {
            fixture.advance(60);
            fixture.run_jobs().await;
        }
        assert!(token_calls(&fixture) - before <= 5, "{} refreshes in an hour", token_calls(&fixture) - before);
        let begun = fixture.hub.clock().now();
        while fixture.delivery(&receipts[0]).await.status == DeliveryStatus::Accepted {
            fixture.advance(60 * 60);
            fixture.run_jobs().await;
            assert!(fixture.hub.clock().now().since(begun) < Duration::from_secs(4 * 24 * 60 * 60));
        }
        assert_eq!(fixture.delivery(&receipts[0]).await.status, DeliveryStatus::Failed);
        assert_eq!(replays(&fixture), (0, 0));
    })
    .await;
}
