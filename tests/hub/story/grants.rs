//! A grant that a connection no longer uses is ended at Salesforce, and the one that it uses is not.

use super::{refreshing::reconnect, world::Connected};
use crate::databases::on_every_database;
use lexicontract::domain::{delivery::DeliveryStatus, disconnection::Revocation};
use salesforce_simulator::state::faults::Fault;

/// Whether each grant is ended, oldest first.
fn ended(world: &Connected) -> Vec<bool> {
    world.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect()
}

/// The tokens that Salesforce was asked to end.
fn given_up(world: &Connected) -> Vec<String> {
    world.salesforce().revocations.entries().map(|entry| entry.token.clone()).collect()
}

/// The refresh token of the oldest grant.
fn first_token(world: &Connected) -> String {
    world.salesforce().grants.all()[0].refresh_token.clone().unwrap()
}

/// Lets a delivery renew the session; meanwhile, while Salesforce takes its time, something else happens. Gives the tokens before and after.
async fn refresh_while(world: &Connected, something: impl Future<Output = ()>) -> [String; 2] {
    world.salesforce().settings.rotation = true;
    world.salesforce().grants.close_sessions();
    let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
    world.fault(slow);
    let (before, old) = (world.requests("/oauth2/token"), first_token(world));
    world.call(&world.opportunity("Rollout", None)).await;
    let meanwhile = async {
        while world.requests("/oauth2/token") == before {
            tokio::task::yield_now().await;
        }
        something.await;
    };
    let (ran, ()) = tokio::join!(world.hub.run_one_job(false), meanwhile);
    assert!(ran.unwrap());
    let new = first_token(world);
    assert_ne!(old, new);
    [old, new]
}

#[tokio::test]
async fn a_reconnect_ends_the_grant_that_it_replaces_and_no_other() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        reconnect(&world).await;
        assert_eq!(ended(&world), [false, false]);
        assert_eq!(world.run_jobs().await, 1);
        assert_eq!(ended(&world), [true, false]);
        world.salesforce().grants.close_sessions();
        let delivery = world.deliver(&world.opportunity("Rollout", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn tokens_that_arrive_after_a_reconnect_are_ended_too() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let [old, new] = refresh_while(&world, reconnect(&world)).await;
        world.run_jobs().await;
        assert_eq!(given_up(&world), [old, new]);
        assert_eq!(ended(&world), [true, false]);
        world.salesforce().grants.close_sessions();
        let delivery = world.deliver(&world.opportunity("Another", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_waits_for_the_end_of_tokens_that_arrive_after_the_disconnect() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let mut receipt = None;
        let disconnect = async {
            let down = Fault { path_contains: "revoke".to_owned(), status: Some(503), times: 2, ..Fault::default() };
            world.fault(down);
            receipt = Some(world.hub.disconnect(&world.admin, &world.connection.id).await.unwrap().receipt);
        };
        let [old, new] = refresh_while(&world, disconnect).await;
        let revocation = async || world.hub.disconnection(&world.admin, receipt.as_ref().unwrap()).await.unwrap().revocation;
        world.run_jobs().await;
        assert_eq!((given_up(&world).len(), revocation().await), (0, Revocation::Pending));
        world.advance(5);
        world.run_jobs().await;
        assert_eq!((given_up(&world), revocation().await), (vec![old, new], Revocation::Done));
        assert_eq!(ended(&world), [true]);
    })
    .await;
}
