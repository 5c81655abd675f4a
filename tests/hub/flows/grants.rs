//! A grant that a connection no longer uses is ended at Salesforce, and the one that it uses is not.

use super::{fixture::Connected, refreshing::reconnect};
use crate::databases::on_every_database;
use lexicontract::domain::{connection::disconnection::Revocation, delivery::DeliveryStatus};
use salesforce_simulator::state::faults::Fault;

/// Whether each grant is ended, oldest first.
fn ended(fixture: &Connected) -> Vec<bool> {
    fixture.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect()
}

/// The tokens that Salesforce was asked to end.
fn given_up(fixture: &Connected) -> Vec<String> {
    fixture.salesforce().revocations.entries().map(|entry| entry.token.clone()).collect()
}

/// The refresh token of the oldest grant.
fn first_token(fixture: &Connected) -> String {
    fixture.salesforce().grants.all()[0].refresh_token.clone().unwrap()
}

/// Lets a delivery renew the session; meanwhile, while Salesforce takes its time, something else happens. Gives the tokens before and after.
async fn refresh_while(fixture: &Connected, something: impl Future<Output = ()>) -> [String; 2] {
    fixture.salesforce().settings.rotation = true;
    fixture.salesforce().grants.close_sessions();
    let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
    fixture.fault(slow);
    let (before, old) = (fixture.requests("/oauth2/token"), first_token(fixture));
    fixture.call(&fixture.opportunity("Rollout", None)).await;
    let meanwhile = async {
        while fixture.requests("/oauth2/token") == before {
            tokio::task::yield_now().await;
        }
        something.await;
    };
    let (ran, ()) = tokio::join!(fixture.hub.run_one_job(false), meanwhile);
    assert!(ran.unwrap());
    let new = first_token(fixture);
    assert_ne!(old, new);
    [old, new]
}

#[tokio::test]
async fn a_reconnect_ends_the_grant_that_it_replaces_and_no_other() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        reconnect(&fixture).await;
        assert_eq!(ended(&fixture), [false, false]);
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(ended(&fixture), [true, false]);
        fixture.salesforce().grants.close_sessions();
        let delivery = fixture.deliver(&fixture.opportunity("Rollout", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn tokens_that_arrive_after_a_reconnect_are_ended_too() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let [old, new] = refresh_while(&fixture, reconnect(&fixture)).await;
        fixture.run_jobs().await;
        assert_eq!(given_up(&fixture), [old, new]);
        assert_eq!(ended(&fixture), [true, false]);
        fixture.salesforce().grants.close_sessions();
        let delivery = fixture.deliver(&fixture.opportunity("Another", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_waits_for_the_end_of_tokens_that_arrive_after_the_disconnect() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let mut receipt = None;
        let disconnect = async {
            let down = Fault { path_contains: "revoke".to_owned(), status: Some(503), times: 2, ..Fault::default() };
            fixture.fault(down);
            receipt = Some(fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap().receipt);
        };
        let [old, new] = refresh_while(&fixture, disconnect).await;
        let revocation = async || fixture.hub.disconnection(&fixture.admin, receipt.as_ref().unwrap()).await.unwrap().revocation;
        fixture.run_jobs().await;
        assert_eq!((given_up(&fixture).len(), revocation().await), (0, Revocation::Pending));
        fixture.advance(5);
        fixture.run_jobs().await;
        assert_eq!((given_up(&fixture), revocation().await), (vec![old, new], Revocation::Done));
        assert_eq!(ended(&fixture), [true]);
    })
    .await;
}
