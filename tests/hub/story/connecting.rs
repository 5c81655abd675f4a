use super::world::{World, register};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{
        connect_failure::ConnectFailure,
        connection::{ConnectionStatus, Environment},
        ids::IntegrationId,
        people::Role,
        problem::Problem,
    },
    hub::Error,
    random::new_id,
    secret::Secret,
    services::{Actor, Callback, Client, ConnectRequest, Via},
};
use salesforce_simulator::state::faults::Fault;

#[tokio::test]
async fn consent_makes_a_connection_that_passes_every_check() {
    on_every_database(async |opened| {
        let connected = World::start(opened).await.connect().await;
        let connection = &connected.connection;
        assert_eq!((connection.status, connection.is_enabled), (ConnectionStatus::Connected, true));
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
async fn a_state_works_once_for_ten_minutes_and_in_its_own_browser() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let finish = async |actor: Option<&Actor>, callback| world.hub.finish_flow("salesforce", actor, callback).await;
        let invalid = ConnectFailure::StateInvalid;
        let late = world.allow(&world.begin_to_connect().await).await;
        world.advance(600);
        assert_eq!(finish(Some(&world.admin), late).await.unwrap_err(), invalid, "ten minutes are over");
        let signed_in = world.hub.sign_in("ADA@example.com", "correct horse battery".into(), &Client::default()).await.unwrap();
        let other_browser = world.hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
        let stranger = register(&world.hub, "eve").await;
        for thief in [Some(&other_browser), Some(&stranger)] {
            let callback = world.allow(&world.begin_to_connect().await).await;
            let again = copy(&callback);
            assert_eq!(finish(thief, callback).await.unwrap_err(), invalid);
            assert_eq!(finish(Some(&world.admin), again).await.unwrap_err(), invalid, "it was seen once");
        }
        let unknown = Callback { state: Some(Secret::from("unknown")), code: None, error: None, error_description: None };
        assert_eq!(finish(Some(&world.admin), unknown).await.unwrap_err(), invalid);
        let in_time = world.allow(&world.begin_to_connect().await).await;
        world.advance(599);
        assert_eq!(finish(None, copy(&in_time)).await.unwrap_err(), invalid);
        assert!(finish(Some(&world.admin), in_time).await.is_ok(), "a scanner without a session ends nothing");
    })
    .await;
}

fn copy(callback: &Callback) -> Callback {
    let (state, code) = (callback.state.clone(), callback.code.clone());
    Callback { state, code, error: callback.error.clone(), error_description: None }
}

#[tokio::test]
async fn a_second_callback_in_the_same_session_shows_the_result_of_the_first_and_redeems_nothing() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let finish = async |actor: &Actor, callback| world.hub.finish_flow("salesforce", Some(actor), callback).await;
        let tokens = || world.salesforce().requests.entries().filter(|entry| entry.path.ends_with("/oauth2/token")).count();
        let denied = world.decide(&world.begin_to_connect().await, "deny").await;
        let granted = world.allow(&world.begin_to_connect().await).await;
        for _ in 0..2 {
            assert_eq!(finish(&world.admin, copy(&denied)).await.unwrap_err(), ConnectFailure::AccessDenied);
        }
        let first = finish(&world.admin, copy(&granted)).await.unwrap();
        assert_eq!(finish(&world.admin, copy(&granted)).await.unwrap(), first);
        assert_eq!(tokens(), 1, "the code is redeemed once");
        assert!(world.salesforce().grants.all().iter().all(|grant| !grant.is_revoked));
        let stranger = register(&world.hub, "eve").await;
        assert_eq!(finish(&stranger, copy(&granted)).await.unwrap_err(), ConnectFailure::StateInvalid);
        let other = Actor { via: Via::Session(new_id()), ..world.admin.clone() };
        assert_eq!(finish(&other, copy(&granted)).await.unwrap_err(), ConnectFailure::StateInvalid);
        assert_eq!(finish(&world.admin, copy(&granted)).await.unwrap(), first, "others change nothing");
        world.advance(600);
        assert_eq!(finish(&world.admin, copy(&granted)).await.unwrap_err(), ConnectFailure::StateInvalid, "the flow has expired");
        world.hub.keep_house().await.unwrap();
        assert_eq!(world.opened.number("SELECT count(*) FROM oauth_flows").await, 0);
    })
    .await;
}

#[tokio::test]
async fn of_two_callbacks_at_once_one_redeems_and_both_show_the_same() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let slow = Fault { path_contains: "oauth2/token".to_owned(), delay_ms: Some(500), times: 1, ..Fault::default() };
        world.salesforce().faults.order(vec![slow]);
        let callback = world.allow(&world.begin_to_connect().await).await;
        let finish = async || world.hub.finish_flow("salesforce", Some(&world.admin), copy(&callback)).await;
        let (one, other) = tokio::join!(finish(), finish());
        assert_eq!(one.unwrap(), other.unwrap());
        let tokens = world.salesforce().requests.entries().filter(|entry| entry.path.ends_with("/oauth2/token")).count();
        assert_eq!((tokens, world.hub.connections(&world.admin).await.unwrap().len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn the_callback_of_another_provider_ends_no_flow() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let callback = world.allow(&world.begin_to_connect().await).await;
        for slug in ["hubspot", "nobody", ""] {
            let refused = world.hub.finish_flow(slug, Some(&world.admin), copy(&callback)).await;
            assert_eq!(refused.unwrap_err(), ConnectFailure::Unavailable, "{slug}");
        }
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
        assert!(world.hub.finish_flow("salesforce", Some(&world.admin), callback).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn denied_consent_connects_nothing() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let callback = world.decide(&world.begin_to_connect().await, "deny").await;
        let denied = world.hub.finish_flow("salesforce", Some(&world.admin), callback).await;
        assert_eq!(denied.unwrap_err(), ConnectFailure::AccessDenied);
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
        assert_eq!(world.opened.number("SELECT count(*) FROM oauth_flows WHERE outcome = 'access_denied'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_admins_connect_and_one_who_is_no_longer_one_does_not_finish() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let callback = world.allow(&world.begin_to_connect().await).await;
        let member = Actor { role: Role::Member, ..world.admin.clone() };
        assert_eq!(world.hub.finish_flow("salesforce", Some(&member), callback).await.unwrap_err(), ConnectFailure::NotAllowed);
        let id = IntegrationId::from_suffix("salesforce");
        let refused = world.hub.connect(&member, &id, ConnectRequest::default()).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
    })
    .await;
}

#[tokio::test]
async fn a_grant_without_a_refresh_token_is_not_kept() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        world.salesforce().settings.omit_refresh_token = true;
        let callback = world.allow(&world.begin_to_connect().await).await;
        let refused = world.hub.finish_flow("salesforce", Some(&world.admin), callback).await;
        assert_eq!(refused.unwrap_err(), ConnectFailure::RefreshTokenMissing);
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
    })
    .await;
}
