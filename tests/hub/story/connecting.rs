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
    secret::Secret,
    services::{Actor, Callback, ConnectRequest},
};

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
        let finish = async |actor: Option<&Actor>, callback| world.hub.finish_salesforce(actor, callback).await;
        let invalid = ConnectFailure::StateInvalid;
        let late = world.allow(&world.begin_to_connect().await).await;
        world.advance(600);
        assert_eq!(finish(Some(&world.admin), late).await.unwrap_err(), invalid, "ten minutes are over");
        let signed_in = world.hub.sign_in("ADA@example.com", "correct horse battery".into()).await.unwrap();
        let other_browser = world.hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap();
        let stranger = register(&world.hub, "eve").await;
        for thief in [Some(&other_browser), Some(&stranger), None] {
            let callback = world.allow(&world.begin_to_connect().await).await;
            let copy =
                Callback { state: callback.state.clone(), code: callback.code.clone(), error: None, error_description: None };
            assert_eq!(finish(thief, callback).await.unwrap_err(), invalid);
            assert_eq!(finish(Some(&world.admin), copy).await.unwrap_err(), invalid, "it was seen once");
        }
        let unknown = Callback { state: Some(Secret::from("unknown")), code: None, error: None, error_description: None };
        assert_eq!(finish(Some(&world.admin), unknown).await.unwrap_err(), invalid);
        let in_time = world.allow(&world.begin_to_connect().await).await;
        world.advance(599);
        assert!(finish(Some(&world.admin), in_time).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn denied_consent_connects_nothing() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let callback = world.decide(&world.begin_to_connect().await, "deny").await;
        let denied = world.hub.finish_salesforce(Some(&world.admin), callback).await;
        assert_eq!(denied.unwrap_err(), ConnectFailure::AccessDenied);
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
        assert_eq!(world.opened.number("SELECT count(*) FROM oauth_flows").await, 0);
    })
    .await;
}

#[tokio::test]
async fn only_admins_connect_and_one_who_is_no_longer_one_does_not_finish() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let callback = world.allow(&world.begin_to_connect().await).await;
        let member = Actor { role: Role::Member, ..world.admin.clone() };
        assert_eq!(world.hub.finish_salesforce(Some(&member), callback).await.unwrap_err(), ConnectFailure::NotAllowed);
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
        let refused = world.hub.finish_salesforce(Some(&world.admin), callback).await;
        assert_eq!(refused.unwrap_err(), ConnectFailure::RefreshTokenMissing);
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
    })
    .await;
}
