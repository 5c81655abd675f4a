//! OAuth 2.0: consent, accepted callbacks and rejected callbacks.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::domain::connection::{ConnectionStatus, Environment};
use lexicontract::domain::ids::IntegrationId;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::random::new_id;
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Callback, Client, ConnectRequest, Via};
use salesforce_simulator::state::faults::Fault;
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;
use test_support::users::{PASSWORD, register};

#[tokio::test]
async fn consent_creates_a_connection_that_passes_all_checks() {
    on_every_database(async |opened| {
        let connected = Fixture::start(opened).await.connect().await;
        let connection = &connected.connection;
        assert_eq!((connection.status, connection.is_enabled), (ConnectionStatus::Connected, true), "status, enabled");
        assert_eq!(connection.environment, Environment::Production);
        assert_eq!(connection.account_label.as_deref(), Some("Acme Corporation (dana.whitfield@acme.example)"));
        assert_eq!(connected.hub.connections(&connected.admin).await.unwrap(), [connected.connection_now().await]);
        let test = connected.hub.test_connection(&connected.admin, &connection.id).await.unwrap();
        assert!(test.ok, "{:?}", test.checks);
        let again = connected.hub.connect(&connected.admin, &connection.integration.id, ConnectRequest::default()).await;
        assert!(matches!(again, Err(Error::Problem(Problem::AlreadyConnected))));
    })
    .await;
}

#[tokio::test]
async fn state_is_valid_once_for_ten_minutes_and_only_in_its_session() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let finish = async |actor: Option<&Actor>, callback| fixture.hub.finish_flow("salesforce", actor, callback).await;
        let invalid = ConnectFailure::StateInvalid;
        let late = fixture.allow(&fixture.begin_to_connect().await).await;
        fixture.advance(600);
        assert_eq!(finish(Some(&fixture.admin), late).await.unwrap_err(), invalid, "the state has expired");
        let signed_in = fixture.hub.sign_in("ADA@example.com", PASSWORD.into(), &Client::default()).await.unwrap();
        let other_browser = fixture.hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
        let stranger = register(&fixture.hub, "eve").await;
        for thief in [Some(&other_browser), Some(&stranger)] {
            let callback = fixture.allow(&fixture.begin_to_connect().await).await;
            let again = copy(&callback);
            assert_eq!(finish(thief, callback).await.unwrap_err(), invalid);
            assert_eq!(finish(Some(&fixture.admin), again).await.unwrap_err(), invalid, "the state was consumed");
        }
        let unknown = Callback { state: Some(Secret::from("unknown")), code: None, error: None, error_description: None };
        assert_eq!(finish(Some(&fixture.admin), unknown).await.unwrap_err(), invalid);
        let in_time = fixture.allow(&fixture.begin_to_connect().await).await;
        fixture.advance(599);
        assert_eq!(finish(None, copy(&in_time)).await.unwrap_err(), invalid);
        assert!(finish(Some(&fixture.admin), in_time).await.is_ok(), "a scanner without a session does not consume the state");
    })
    .await;
}

fn copy(callback: &Callback) -> Callback {
    let (state, code) = (callback.state.clone(), callback.code.clone());
    Callback { state, code, error: callback.error.clone(), error_description: None }
}

#[tokio::test]
async fn repeated_callback_returns_the_first_outcome_without_redeeming_the_code() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let finish = async |actor: &Actor, callback| fixture.hub.finish_flow("salesforce", Some(actor), callback).await;
        let tokens = || fixture.salesforce().requests.entries().filter(|entry| entry.path.ends_with("/oauth2/token")).count();
        let denied = fixture.decide(&fixture.begin_to_connect().await, "deny").await;
        let granted = fixture.allow(&fixture.begin_to_connect().await).await;
        for _ in 0..2 {
            assert_eq!(finish(&fixture.admin, copy(&denied)).await.unwrap_err(), ConnectFailure::AccessDenied);
        }
        let first = finish(&fixture.admin, copy(&granted)).await.unwrap();
        assert_eq!(finish(&fixture.admin, copy(&granted)).await.unwrap(), first);
        assert_eq!(tokens(), 1, "the code is redeemed once");
        assert!(fixture.salesforce().grants.all().iter().all(|grant| !grant.is_revoked));
        let stranger = register(&fixture.hub, "eve").await;
        assert_eq!(finish(&stranger, copy(&granted)).await.unwrap_err(), ConnectFailure::StateInvalid);
        let other = Actor { via: Via::Session(new_id()), ..fixture.admin.clone() };
        assert_eq!(finish(&other, copy(&granted)).await.unwrap_err(), ConnectFailure::StateInvalid);
        assert_eq!(finish(&fixture.admin, copy(&granted)).await.unwrap(), first, "other sessions have no effect");
        fixture.advance(600);
        assert_eq!(
            finish(&fixture.admin, copy(&granted)).await.unwrap_err(),
            ConnectFailure::StateInvalid,
            "the flow has expired"
        );
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(fixture.opened.number("SELECT count(*) FROM oauth_flows").await, 0);
    })
    .await;
}

#[tokio::test]
async fn concurrent_callbacks_redeem_the_code_once_and_return_the_same_connection() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(500), times: 1, ..Fault::default() };
        fixture.salesforce().faults.order(vec![slow]);
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        let finish = async || fixture.hub.finish_flow("salesforce", Some(&fixture.admin), copy(&callback)).await;
        let (one, other) = tokio::join!(finish(), finish());
        assert_eq!(one.unwrap(), other.unwrap());
        let tokens = fixture.salesforce().requests.entries().filter(|entry| entry.path.ends_with("/oauth2/token")).count();
        assert_eq!((tokens, fixture.hub.connections(&fixture.admin).await.unwrap().len()), (1, 1), "tokens, connections");
    })
    .await;
}

#[tokio::test]
async fn callback_of_another_provider_does_not_consume_the_state() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        for slug in ["hubspot", "unknown", ""] {
            let rejected = fixture.hub.finish_flow(slug, Some(&fixture.admin), copy(&callback)).await;
            assert_eq!(rejected.unwrap_err(), ConnectFailure::Unavailable, "{slug}");
        }
        assert!(fixture.hub.connections(&fixture.admin).await.unwrap().is_empty());
        assert!(fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn denied_consent_creates_no_connection() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let callback = fixture.decide(&fixture.begin_to_connect().await, "deny").await;
        let denied = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await;
        assert_eq!(denied.unwrap_err(), ConnectFailure::AccessDenied);
        assert!(fixture.hub.connections(&fixture.admin).await.unwrap().is_empty());
        assert_eq!(fixture.opened.number("SELECT count(*) FROM oauth_flows WHERE outcome = 'access_denied'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_admins_can_start_and_finish_a_flow() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        let member = Actor { role: Role::Member, ..fixture.admin.clone() };
        assert_eq!(fixture.hub.finish_flow("salesforce", Some(&member), callback).await.unwrap_err(), ConnectFailure::NotAllowed);
        let id = IntegrationId::from_suffix("salesforce");
        let rejected = fixture.hub.connect(&member, &id, ConnectRequest::default()).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::Forbidden))));
    })
    .await;
}

#[tokio::test]
async fn grant_without_a_refresh_token_is_rejected() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        fixture.salesforce().settings.omit_refresh_token = true;
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        let rejected = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await;
        assert_eq!(rejected.unwrap_err(), ConnectFailure::RefreshTokenMissing);
        assert!(fixture.hub.connections(&fixture.admin).await.unwrap().is_empty());
    })
    .await;
}
