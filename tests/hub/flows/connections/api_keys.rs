//! Connections that use an API key: connect, test, reconnect and disconnect.

use lexicontract::domain::connection::disconnection::Revocation;
use lexicontract::domain::connection::{Connection, ConnectionStatus};
use lexicontract::domain::ids::IntegrationId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{Error, Result};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, ConnectRequest, Connecting, IdempotencyKey};
use salesforce_simulator::other_crms::{HUBSPOT_ACCESS_TOKEN, PIPEDRIVE_API_TOKEN};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::{Options, Simulator};
use std::collections::BTreeMap;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::Fixture;

const PROVIDERS: [(&str, &str, &str); 2] =
    [("pipedrive", PIPEDRIVE_API_TOKEN, "users/me"), ("hubspot", HUBSPOT_ACCESS_TOKEN, "account-info")];

/// Starts a fixture, and a simulator of Pipedrive and HubSpot that stops when it is dropped.
async fn start(opened: Opened) -> (Fixture, Simulator) {
    let providers = Simulator::start(Options::default()).await.unwrap();
    let url = providers.production_url().to_owned();
    let fixture = Fixture::with(opened, &[("PIPEDRIVE_API_URL", &url), ("HUBSPOT_API_URL", &url)]).await;
    (fixture, providers)
}

fn fields(key: &str) -> BTreeMap<String, Secret<String>> {
    [("api_key".to_owned(), Secret::from(key))].into()
}

async fn connect(fixture: &Fixture, slug: &str, key: &str) -> Result<Connection> {
    connect_as(fixture, &fixture.admin, slug, key).await
}

async fn connect_as(fixture: &Fixture, actor: &Actor, slug: &str, key: &str) -> Result<Connection> {
    let request = ConnectRequest { fields: fields(key), ..ConnectRequest::default() };
    done(fixture.hub.connect(actor, &IntegrationId::from_suffix(slug), request).await)
}

fn done(connecting: Result<Connecting>) -> Result<Connection> {
    connecting.map(|connecting| match connecting {
        Connecting::Done(connection) => connection,
        Connecting::Authorize(_) => panic!("a key needs no consent"),
    })
}

fn problem(result: Result<Connection>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn valid_key_connects_passes_the_test_and_reconnects() {
    on_every_database(async |opened| {
        let (fixture, _providers) = start(opened).await;
        for (slug, key, _) in PROVIDERS {
            let connection = connect(&fixture, slug, &format!(" {key}\n")).await.unwrap();
            assert_eq!(
                (connection.integration.slug.as_str(), connection.status),
                (slug, ConnectionStatus::Connected),
                "slug, status"
            );
            assert!(connection.external_account_id.is_some());
            assert!(fixture.hub.test_connection(&fixture.admin, &connection.id).await.unwrap().ok);
            assert_eq!(problem(connect(&fixture, slug, key).await), Problem::AlreadyConnected);
            let renewed = done(fixture.hub.reconnect(&fixture.admin, &connection.id, fields(key)).await).unwrap();
            assert_eq!(renewed.id, connection.id);
            let rejected = done(fixture.hub.reconnect(&fixture.admin, &connection.id, fields("wrong")).await);
            assert_eq!(problem(rejected), Problem::CredentialRejected);
            fixture.hub.disconnect(&fixture.admin, &connection.id).await.unwrap();
        }
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs").await, 0, "a key has no grant to revoke");
    })
    .await;
}

#[tokio::test]
async fn rejected_and_unverified_keys_are_not_stored() {
    on_every_database(async |opened| {
        let (fixture, providers) = start(opened).await;
        for (slug, key, path) in PROVIDERS {
            assert_eq!(problem(connect(&fixture, slug, "wrong").await), Problem::CredentialRejected);
            for unusable in ["", "two words", "ünicode"] {
                assert_eq!(problem(connect(&fixture, slug, unusable).await), Problem::Invalid(Invalid::ApiKey), "{unusable}");
            }
            let fault = Fault { path_contains: path.to_owned(), status: Some(500), times: 1, ..Fault::default() };
            providers.production().state().faults.order(vec![fault]);
            assert_eq!(problem(connect(&fixture, slug, key).await), Problem::ProviderUnreachable);
        }
        drop(providers);
        tokio::task::yield_now().await;
        for (slug, key, _) in PROVIDERS {
            assert_eq!(problem(connect(&fixture, slug, key).await), Problem::ProviderUnreachable);
        }
        assert!(fixture.hub.connections(&fixture.admin).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn unknown_integrations_cannot_be_connected() {
    on_every_database(async |opened| {
        let (fixture, _providers) = start(opened).await;
        for slug in ["netsuite", "unknown"] {
            assert_eq!(problem(connect(&fixture, slug, "key").await), Problem::NotFound);
        }
        let catalogue = fixture.hub.catalogue(&fixture.admin);
        let available: Vec<&str> = catalogue.iter().filter(|entry| entry.available).map(|entry| entry.slug.as_str()).collect();
        assert_eq!(available, ["salesforce", "hubspot", "pipedrive"]);
    })
    .await;
}

#[tokio::test]
async fn key_connection_has_no_setup_and_needs_no_revocation() {
    on_every_database(async |opened| {
        let (fixture, _providers) = start(opened).await;
        let connection = connect(&fixture, "pipedrive", PIPEDRIVE_API_TOKEN).await.unwrap();
        let health = fixture.hub.connection_health(&fixture.admin, &connection.id).await.unwrap();
        assert!(health.setup.is_empty() && !health.is_setup_incomplete());
        let sheet = fixture.hub.fact_sheet(&fixture.admin, &connection.id).await.unwrap();
        assert!(sheet.access.scopes_granted.is_empty() && sheet.access.refresh_token.is_none(), "{sheet:?}");
        assert_eq!(sheet.data[0].reads, ["id", "name", "company_id", "company_name"]);
        let gone = fixture.hub.disconnect(&fixture.admin, &connection.id).await.unwrap();
        let receipt = fixture.hub.disconnection(&fixture.admin, &gone.receipt).await.unwrap();
        assert_eq!((receipt.provider.as_str(), receipt.revocation), ("Pipedrive", Revocation::NotNeeded), "provider, revocation");
    })
    .await;
}

#[tokio::test]
async fn repeated_submission_of_a_key_connects_once() {
    on_every_database(async |opened| {
        let (fixture, _providers) = start(opened).await;
        let form = |id| Actor { idempotency_key: Some(IdempotencyKey::new(id, &[])), ..fixture.admin.clone() };
        let (slug, key, _) = PROVIDERS[0];
        let first = connect_as(&fixture, &form("1"), slug, key).await.unwrap();
        assert_eq!(connect_as(&fixture, &form("1"), slug, key).await.unwrap(), first);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM organization_integrations").await, 1);
        let second = form("2");
        assert_eq!(problem(connect_as(&fixture, &second, slug, key).await), Problem::AlreadyConnected);
        for _ in 0..2 {
            done(fixture.hub.reconnect(&second, &first.id, fields(key)).await).unwrap();
        }
        assert_eq!(fixture.opened.number("SELECT count(*) FROM activity WHERE kind = 'reconnected'").await, 1);
    })
    .await;
}
