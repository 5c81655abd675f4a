//! Limits that are not configurable, per user and per organization.

use crate::db::connection;
use lexicontract::db::auth::sessions;
use lexicontract::db::connections;
use lexicontract::domain::account::users::TokenLifetime;
use lexicontract::domain::connection::Environment;
use lexicontract::domain::ids::{IntegrationId, SessionId};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::random::new_id;
use lexicontract::services::ConnectRequest;
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;

#[tokio::test]
async fn a_user_has_at_most_a_hundred_tokens() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        for number in 0..100 {
            fixture.hub.create_api_token(&fixture.admin, &number.to_string(), TokenLifetime::default()).await.unwrap();
        }
        let refused = fixture.hub.create_api_token(&fixture.admin, "one more", TokenLifetime::default()).await.map(drop);
        assert!(matches!(refused, Err(Error::Problem(Problem::TooManyTokens))), "{refused:?}");
        assert_eq!(opened.number("SELECT count(*) FROM api_tokens").await, 100);
    })
    .await;
}

#[tokio::test]
async fn an_organization_has_at_most_a_hundred_connections() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let mut tx = opened.db.begin().await.unwrap();
        for number in 0..100 {
            let mut row = connection(&fixture.admin.organization_id, Environment::MyDomain);
            row.host = format!("host-{number}.my.salesforce.com");
            connections::insert(&mut tx, &row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let request = ConnectRequest { environment: Some(Environment::Production), ..ConnectRequest::default() };
        let refused = fixture.hub.connect(&fixture.admin, &IntegrationId::from_suffix("salesforce"), request).await.map(drop);
        assert!(matches!(refused, Err(Error::Problem(Problem::TooManyConnections))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_newest_twenty_consents_of_a_user_are_kept() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let oldest = fixture.begin_to_connect().await;
        fixture.advance(1);
        for _ in 0..20 {
            fixture.begin_to_connect().await;
        }
        assert_eq!(opened.number("SELECT count(*) FROM oauth_flows").await, 20);
        let callback = fixture.allow(&oldest).await;
        assert!(fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.is_err(), "the oldest was deleted");
    })
    .await;
}

#[tokio::test]
async fn the_newest_sessions_of_a_user_are_kept() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let (organization, user) = (&fixture.admin.organization_id, &fixture.admin.user_id);
        let mut tx = opened.db.begin().await.unwrap();
        let mut last: Option<SessionId> = None;
        for number in 0..4 {
            let id: SessionId = new_id();
            let session = sessions::NewSession {
                id: &id,
                organization_id: organization,
                user_id: user,
                token_digest: &number.to_string(),
                expires_at: fixture.hub.clock().now(),
            };
            sessions::insert(&mut tx, &session, fixture.hub.clock().now()).await.unwrap();
            last = Some(id);
        }
        let removed = sessions::keep_newest(&mut tx, organization, user, 1).await.unwrap();
        assert_eq!(removed, 4, "including the session of the registration");
        assert!(sessions::delete_one(&mut tx, organization, user, &last.unwrap()).await.unwrap());
    })
    .await;
}
