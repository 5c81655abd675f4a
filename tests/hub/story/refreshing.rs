use super::world::{Connected, file, open_hub};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::{connections, token_refreshes},
    domain::{connection::ConnectionStatus, delivery::DeliveryStatus, upkeep::FixedBy},
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
async fn refresh_once(world: &Connected, rotation: bool) {
    world.salesforce().settings.rotation = rotation;
    world.salesforce().grants.close_sessions();
    let delivery = world.deliver(&world.opportunity("Earlier", None)).await;
    assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
}

fn token_calls(world: &Connected) -> usize {
    world.requests("/oauth2/token")
}

/// How often a replaced token came again, and how often one came while it was being exchanged.
pub(super) fn replays(world: &Connected) -> (u64, u64) {
    let state = world.salesforce();
    (state.grants.replays, state.grants.collisions)
}

async fn trouble(world: &Connected) -> (String, FixedBy) {
    let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
    let trouble = detail.trouble.expect("something is wrong");
    (trouble.cause, trouble.fixed_by)
}

pub(super) async fn reconnect(world: &Connected) {
    world.stay_signed_in().await;
    let callback = world.allow(&world.begin_to_reconnect(&world.connection.id).await).await;
    let renewed = world.hub.finish_flow("salesforce", Some(&world.admin), callback).await.unwrap();
    assert_eq!((&renewed.id, renewed.status), (&world.connection.id, ConnectionStatus::Connected));
}

/// Runs jobs until the pause after a lost response is over.
async fn wait_for_the_resend(world: &Connected) {
    for _ in 0..8 {
        world.advance(5);
        world.run_jobs().await;
    }
}

/// Where a response is lost, whether the app replaces refresh tokens, and whether a replaced one that comes again ends the grant.
async fn lose_a_response(
    opened: Opened,
    fault: Fault,
    rotation: bool,
    reuse_detection: bool,
) -> (ConnectionStatus, DeliveryStatus) {
    let world = Connected::start(opened).await;
    // Whether the app replaces tokens is not known before the first response.
    world.salesforce().settings.rotation = rotation;
    world.salesforce().settings.reuse_detection = reuse_detection;
    world.salesforce().grants.close_sessions();
    world.fault(fault);
    let before = token_calls(&world);
    let receipt = world.call(&world.opportunity("Rollout", None)).await;
    world.run_jobs().await;
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Degraded);
    assert_eq!(trouble(&world).await, ("answer_to_refresh_lost".to_owned(), FixedBy::Itself));
    world.advance(25);
    world.run_jobs().await;
    assert_eq!(token_calls(&world) - before, 1, "not before the pause is over");
    wait_for_the_resend(&world).await;
    assert_eq!(token_calls(&world) - before, 2);
    (world.connection_now().await.status, world.delivery(&receipt).await.status)
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
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        world.fault(Fault { times: 2, ..lost_request() });
        let before = token_calls(&world);
        let receipt = world.call(&world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        world.run_jobs().await;
        wait_for_the_resend(&world).await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Parked);
        assert_eq!(trouble(&world).await, ("answer_to_refresh_lost".to_owned(), FixedBy::Admin));
        world.advance(4 * 24 * 60 * 60);
        world.hub.schedule_upkeep().await.unwrap();
        world.run_jobs().await;
        assert_eq!((token_calls(&world) - before, replays(&world)), (2, (0, 0)));
        reconnect(&world).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_a_token_that_is_kept_is_sent_again_a_moment_later() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, false).await;
        world.salesforce().grants.close_sessions();
        world.fault(lost_answer());
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        assert_eq!(trouble(&world).await, ("broken_off".to_owned(), FixedBy::Itself));
        world.advance(5);
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// What a server leaves behind that was killed after the token left and before the answer was stored.
async fn crash_during_a_refresh(world: &Connected) {
    let now = world.hub.clock().now();
    let mut tx = world.opened.db.begin().await.unwrap();
    let row = connections::find(&mut tx, &world.admin.organization_id, &world.connection.id).await.unwrap().unwrap();
    assert!(connections::take_refresh_lease(&mut tx, &row, "killed", now, now + Duration::from_secs(30)).await.unwrap());
    let intent = token_refreshes::Intent {
        at: now,
        resend_at: now + Duration::from_secs(150),
        is_resend: false,
        keep_alive_at: now + Duration::from_secs(600),
    };
    token_refreshes::intend(&mut tx, &row, &intent).await.unwrap();
    tx.commit().await.unwrap();
    world.advance(31);
}

#[tokio::test]
async fn the_token_of_a_server_that_was_killed_during_a_refresh_is_sent_once_more() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        crash_during_a_refresh(&world).await;
        let works = world.deliver(&world.opportunity("Works", None)).await;
        assert_eq!(works.status, DeliveryStatus::Done, "as long as the session lives, nothing is lost");
        world.salesforce().grants.close_sessions();
        let before = token_calls(&world);
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        world.run_jobs().await;
        assert_eq!(token_calls(&world) - before, 0, "its request may still be in flight");
        world.hub.schedule_upkeep().await.unwrap();
        world.advance(10 * 60);
        world.run_jobs().await;
        assert_eq!((world.delivery(&receipt).await.status, token_calls(&world) - before), (DeliveryStatus::Done, 1));
        assert_eq!(replays(&world), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn after_a_killed_server_a_token_that_is_kept_is_sent_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, false).await;
        world.salesforce().grants.close_sessions();
        crash_during_a_refresh(&world).await;
        assert_eq!(world.deliver(&world.opportunity("Rollout", None)).await.status, DeliveryStatus::Done);
        assert_eq!(replays(&world), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_only_slow_stores_its_answer_and_heals_the_connection() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
        world.fault(slow);
        let before = token_calls(&world);
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        let other = open_hub(&world.opened, Some(&world.simulator), &[]).await.unwrap();
        let second = world.call(&world.opportunity("Another", None)).await;
        let others_job = async {
            while token_calls(&world) == before {
                tokio::task::yield_now().await;
            }
            // To the other server the first one seems to be gone.
            other.clock().advance(Duration::from_secs(31));
            while other.run_one_job(false).await.unwrap() {}
            assert_eq!(world.delivery(&second).await.status, DeliveryStatus::Accepted);
            assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
        };
        let (ran, ()) = tokio::join!(world.hub.run_one_job(false), others_job);
        assert!(ran.unwrap());
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
        world.advance(150);
        world.run_jobs().await;
        for receipt in [receipt, second] {
            assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!((token_calls(&world) - before, replays(&world)), (1, (0, 0)));
    })
    .await;
}

#[tokio::test]
async fn while_the_token_endpoint_is_down_it_is_asked_once_for_all_who_wait() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.salesforce().grants.close_sessions();
        let down = Fault { path_contains: "oauth2/token".to_owned(), status: Some(503), times: 1_000, ..Fault::default() };
        world.fault(down);
        let before = token_calls(&world);
        let mut receipts = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            receipts.push(world.call(&world.opportunity(name, None)).await);
        }
        world.run_jobs().await;
        assert_eq!(token_calls(&world) - before, 1);
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        let trouble = detail.trouble.unwrap();
        assert_eq!((trouble.cause.as_str(), trouble.fixed_by), ("down", FixedBy::Itself));
        assert_eq!(trouble.next_attempt_at, Some(world.hub.clock().now() + Duration::from_secs(5)));
        for _ in 0..12 {
            world.advance(5);
            world.run_jobs().await;
        }
        assert!((2..=13).contains(&(token_calls(&world) - before)), "{}", token_calls(&world) - before);
        world.salesforce().faults.clear();
        world.advance(10 * 60);
        world.run_jobs().await;
        for receipt in &receipts {
            assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!((replays(&world), world.connection_now().await.status), ((0, 0), ConnectionStatus::Connected));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_sessions_age_never_becomes_a_loop() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        refresh_once(&world, true).await;
        world.fault(Fault {
            path_contains: "/services/data".to_owned(),
            status: Some(401),
            body: Some(serde_json::json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }])),
            times: 1_000,
            ..Fault::default()
        });
        let before = token_calls(&world);
        let receipts = [world.call(&world.opportunity("a", None)).await, world.call(&world.opportunity("b", None)).await];
        world.run_jobs().await;
        assert_eq!(token_calls(&world) - before, 1);
        assert_eq!(trouble(&world).await, ("fresh_session_refused".to_owned(), FixedBy::ProviderAdministrator));
        for _ in 0..60 {
            world.advance(60);
            world.run_jobs().await;
        }
        assert!(token_calls(&world) - before <= 5, "{} refreshes in an hour", token_calls(&world) - before);
        let begun = world.hub.clock().now();
        while world.delivery(&receipts[0]).await.status == DeliveryStatus::Accepted {
            world.advance(60 * 60);
            world.run_jobs().await;
            assert!(world.hub.clock().now().since(begun) < Duration::from_secs(4 * 24 * 60 * 60));
        }
        assert_eq!(world.delivery(&receipts[0]).await.status, DeliveryStatus::Failed);
        assert_eq!(replays(&world), (0, 0));
    })
    .await;
}
