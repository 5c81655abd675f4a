use super::world::{Connected, call_about, file, register, salesforce_webhook};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{
        connection::{ConnectionStatus, Environment},
        delivery::DeliveryStatus,
        ids::IntegrationId,
        upkeep::FixedBy,
    },
    services::{ConnectRequest, Connecting},
};
use salesforce_simulator::state::faults::Fault;
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn a_quiet_connection_uses_its_refresh_token_once_a_week() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.salesforce().settings.rotation = true;
        let other = super::world::open_hub(&world.opened, Some(&world.simulator), &[]).await.unwrap();
        let refreshes = || world.salesforce().grants.refreshes;
        for day in 1..=60_u64 {
            world.advance(DAY);
            other.clock().advance(Duration::from_secs(DAY));
            // Every server looks at the hours; each hour is found by one of them.
            let (first, second) = tokio::join!(world.hub.schedule_upkeep(), other.schedule_upkeep());
            assert!(first.unwrap() + second.unwrap() >= 1, "the comparison is due every day");
            world.run_jobs().await;
            assert_eq!(refreshes(), day / 7, "day {day}");
        }
        assert_eq!(world.salesforce().grants.replays, 0);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_ended_is_noticed_by_its_keep_alive_and_not_tried_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.salesforce().grants.revoke_all();
        world.advance(7 * DAY);
        world.hub.schedule_upkeep().await.unwrap();
        world.run_jobs().await;
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!(detail.connection.status, ConnectionStatus::NeedsReconnect);
        let trouble = detail.trouble.unwrap();
        assert_eq!((trouble.cause.as_str(), trouble.fixed_by, trouble.next_attempt_at), ("grant_ended", FixedBy::Admin, None));
        assert_eq!(trouble.since, world.hub.clock().now());
        let before = world.salesforce().grants.refreshes;
        world.advance(30 * DAY);
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 0);
        world.run_jobs().await;
        assert_eq!(world.salesforce().grants.refreshes, before);
    })
    .await;
}

#[tokio::test]
async fn a_degraded_connection_that_nothing_calls_is_called_until_it_works_again() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let down = Fault { path_contains: "/services/".to_owned(), status: Some(503), times: 100, ..Fault::default() };
        world.fault(down);
        assert!(!world.hub.test_connection(&world.admin, &world.connection.id).await.unwrap().ok);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Degraded);
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 1);
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 0, "one call waits already");
        assert_eq!(world.run_jobs().await, 1);
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        let next = detail.trouble.unwrap().next_attempt_at;
        assert_eq!(next, Some(world.hub.clock().now() + Duration::from_secs(5)));
        world.salesforce().faults.clear();
        world.advance(5);
        assert_eq!(world.run_jobs().await, 1);
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!((detail.connection.status, detail.trouble), (ConnectionStatus::Connected, None));
    })
    .await;
}

#[tokio::test]
async fn an_org_that_asks_to_wait_is_left_alone_and_no_other_waits_for_it() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let theirs = neighbour(&world).await;
        let receipts = [world.call(&world.opportunity("a", None)).await, world.call(&world.opportunity("b", None)).await];
        world.fault(Fault {
            path_contains: "/query".to_owned(),
            status: Some(429),
            headers: [("Retry-After".to_owned(), "700".to_owned())].into(),
            times: 1,
            ..Fault::default()
        });
        assert_eq!(world.run_jobs().await, 1, "the second job is put off without being claimed");
        let asked = world.requests("/query");
        let late = world.call(&world.opportunity("c", None)).await;
        world.run_jobs().await;
        world.advance(600);
        world.run_jobs().await;
        assert_eq!(world.requests("/query"), asked);
        let waits = world.delivery(&late).await;
        assert_eq!((waits.status, waits.attempts), (DeliveryStatus::Accepted, 0));
        assert!(waits.next_attempt_at > Some(world.hub.clock().now()));
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!(detail.connection.status, ConnectionStatus::Degraded);
        assert_eq!(detail.trouble.unwrap().cause, "too_many_calls");
        assert_eq!(detail.paused_until, Some(world.hub.clock().now() + Duration::from_secs(100)));
        let caller = world.hub.webhook_caller(&theirs.0).await.unwrap().unwrap();
        let call = call_about(&caller, vec![world.opportunity("theirs", None)]);
        world.hub.receive(&caller, salesforce_webhook(), call, None).await.unwrap();
        assert_eq!(world.run_jobs().await, 1, "the neighbour's org is called");
        assert!(world.requests("/query") > asked);
        world.advance(100);
        world.run_jobs().await;
        for receipt in receipts.iter().chain([&late]) {
            assert_eq!(world.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        assert_eq!(world.delivery(&late).await.attempts, 1);
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

/// Another organization with a connection of its own; its webhook secret.
async fn neighbour(world: &Connected) -> (lexicontract::secret::Secret<String>, lexicontract::services::Actor) {
    let grace = register(&world.hub, "grace").await;
    let request = ConnectRequest { environment: Some(Environment::Production), ..ConnectRequest::default() };
    let begun = world.hub.connect(&grace, &IntegrationId::from_suffix("salesforce"), request).await.unwrap();
    let Connecting::Authorize(authorization) = begun else { panic!("Salesforce asks for consent") };
    let callback = world.allow(&authorization).await;
    let connection = world.hub.finish_flow("salesforce", Some(&grace), callback).await.unwrap();
    let made = world.hub.make_webhook_secret(&grace, &connection.id).await.unwrap();
    (made.secret.as_str().into(), grace)
}

#[tokio::test]
async fn the_last_calls_of_an_org_are_left_to_its_own_programs() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.salesforce().api_usage = (14_500, 15_000);
        let first = world.deliver(&world.opportunity("a", Some(file(1, b"%PDF-1.7 one")))).await;
        assert_eq!(first.status, DeliveryStatus::Done, "what is under way is brought to its end");
        let detail = world.hub.connection_detail(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!(detail.trouble.unwrap().cause, "few_calls_left");
        let second = world.deliver(&world.opportunity("b", None)).await;
        assert_eq!((second.status, second.attempts), (DeliveryStatus::Accepted, 0));
        world.salesforce().api_usage = (100, 15_000);
        world.advance(15 * 60);
        world.run_jobs().await;
        assert_eq!(world.connection_now().await.status, ConnectionStatus::Connected);
    })
    .await;
}

#[tokio::test]
async fn what_waited_for_a_person_longer_than_three_days_is_not_given_up_at_the_first_trouble() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.salesforce().grants.revoke_all();
        let receipt = world.call(&world.opportunity("Rollout", None)).await;
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Parked);
        world.advance(20 * DAY);
        world.stay_signed_in().await;
        let callback = world.allow(&world.begin_to_reconnect(&world.connection.id).await).await;
        world.hub.finish_flow("salesforce", Some(&world.admin), callback).await.unwrap();
        world.fault(Fault { path_contains: "/query".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Accepted);
        world.advance(5);
        world.run_jobs().await;
        assert_eq!(world.delivery(&receipt).await.status, DeliveryStatus::Done);
    })
    .await;
}
