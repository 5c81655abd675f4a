//! Replaced OAuth grants are revoked at Salesforce. Current grants stay valid.

use super::token_refresh::reconnect;
use lexicontract::domain::connection::disconnection::Revocation;
use lexicontract::domain::delivery::DeliveryStatus;
use salesforce_simulator::state::faults::Fault;
use test_support::databases::on_every_database;
use test_support::fixture::Connected;

/// One value for each grant, oldest grant first: `true` if the grant is revoked.
fn revoked(fixture: &Connected) -> Vec<bool> {
    fixture.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect()
}

/// The tokens in the revocation requests that Salesforce received.
fn revoked_tokens(fixture: &Connected) -> Vec<String> {
    fixture.salesforce().revocations.entries().map(|entry| entry.token.clone()).collect()
}

/// The oldest grant's current refresh token.
fn first_token(fixture: &Connected) -> String {
    fixture.salesforce().grants.all()[0].refresh_token.clone().unwrap()
}

/// Runs a delivery that refreshes the session, and `action` during the refresh. Returns the old and the new refresh token.
async fn refresh_while(fixture: &Connected, action: impl Future<Output = ()>) -> [String; 2] {
    fixture.salesforce().settings.rotation = true;
    fixture.salesforce().grants.close_sessions();
    let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(1_500), times: 1, ..Fault::default() };
    fixture.fault(slow);
    let (before, old) = (fixture.requests("/oauth2/token"), first_token(fixture));
    fixture.call(&fixture.opportunity("Rollout", None)).await;
    let concurrent_action = async {
        while fixture.requests("/oauth2/token") == before {
            tokio::task::yield_now().await;
        }
        action.await;
    };
    let (ran, ()) = tokio::join!(fixture.hub.run_one_job(false), concurrent_action);
    assert!(ran.unwrap());
    let new = first_token(fixture);
    assert_ne!(old, new);
    [old, new]
}

#[tokio::test]
async fn reconnect_revokes_only_the_replaced_grant() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        reconnect(&fixture).await;
        assert_eq!(revoked(&fixture), [false, false]);
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(revoked(&fixture), [true, false]);
        fixture.salesforce().grants.close_sessions();
        let delivery = fixture.deliver(&fixture.opportunity("Rollout", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn tokens_refreshed_during_a_reconnect_are_revoked() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let [old, new] = refresh_while(&fixture, reconnect(&fixture)).await;
        fixture.run_jobs().await;
        assert_eq!(revoked_tokens(&fixture), [old, new]);
        assert_eq!(revoked(&fixture), [true, false]);
        fixture.salesforce().grants.close_sessions();
        let delivery = fixture.deliver(&fixture.opportunity("Another", None)).await;
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
    })
    .await;
}

#[tokio::test]
async fn receipt_waits_for_the_revocation_of_tokens_refreshed_during_the_disconnect() {
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
        assert_eq!(
            (revoked_tokens(&fixture).len(), revocation().await),
            (0, Revocation::Pending),
            "number of revoked tokens, state of the revocation"
        );
        fixture.advance(5);
        fixture.run_jobs().await;
        assert_eq!(
            (revoked_tokens(&fixture), revocation().await),
            (vec![old, new], Revocation::Done),
            "revoked tokens, state of the revocation"
        );
        assert_eq!(revoked(&fixture), [true]);
    })
    .await;
}
