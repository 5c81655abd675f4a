//! Connections that an admin must confirm before use: pending, confirmed, declined, expired.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::domain::connection::disconnection::{Counts, Revocation};
use lexicontract::domain::connection::{Connection, ConnectionStatus, Environment, StatusFieldType};
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::ids::IntegrationId;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Result};
use lexicontract::services::{Actor, ConnectRequest, ConnectionChange};
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, file};
use test_support::users::register;

const DAY: u64 = 24 * 60 * 60;

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it must be rejected"),
    }
}

/// Connects as if an external link had started the flow. The connection then needs confirmation.
async fn hold_at(fixture: &Fixture, environment: Environment, domain: Option<&str>) -> Connection {
    let authorization = fixture.hub.start_flow_to_confirm(&fixture.admin, "salesforce", environment, domain).await.unwrap();
    let callback = fixture.allow(&authorization).await;
    fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap()
}

async fn hold(fixture: &Fixture) -> Connection {
    hold_at(fixture, Environment::Production, None).await
}

async fn audited(fixture: &Fixture) -> Vec<String> {
    let page = PageRequest::new(Some(100), None).unwrap();
    let lines = fixture.hub.audit_log(&fixture.admin, &AuditFilter::default(), &page).await.unwrap().items;
    lines.into_iter().rev().map(|line| line.kind).collect()
}

/// Paths of all requests to Salesforce except the consent page.
fn requests(fixture: &Fixture) -> Vec<String> {
    let state = fixture.salesforce();
    state.requests.entries().map(|entry| entry.path.clone()).filter(|path| !path.contains("/authorize")).collect()
}

#[tokio::test]
async fn only_account_and_user_are_read_before_confirmation() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let before = requests(&fixture).len();
        let held = hold(&fixture).await;
        assert_eq!(held.status, ConnectionStatus::NeedsConfirmation);
        assert_eq!(held.account_label.as_deref(), Some("Acme Corporation (dana.whitfield@acme.example)"));
        let confirmation = held.confirmation.clone().unwrap();
        assert_eq!(confirmation.user.as_deref(), Some("Dana Whitfield, dana.whitfield@acme.example"));
        assert!(fixture.simulator.production_url().ends_with(&confirmation.host), "{}", confirmation.host);
        assert_eq!(confirmation.started_by, "ada");
        assert_eq!(confirmation.expires_at.since(fixture.hub.clock().now()).as_secs(), DAY);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM organization_integrations").await, 0);
        assert_eq!(fixture.hub.measure().await.unwrap().connections, [("needs_confirmation".to_owned(), 1)]);
        fixture.advance(DAY - 1);
        assert_eq!(
            (fixture.hub.schedule_connections().await.unwrap(), fixture.run_jobs().await),
            (0, 0),
            "scheduled connections, jobs"
        );
        let seen = requests(&fixture).split_off(before);
        let [token, user, query] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!((token.as_str(), user.as_str()), ("/services/oauth2/token", "/services/oauth2/userinfo"), "requested paths");
        assert!(query.ends_with("/query"), "the name of the org: {query}");
        assert_eq!(fixture.hub.connections(&fixture.admin).await.unwrap(), std::slice::from_ref(&held));
        let details = fixture.hub.connection_details(&fixture.admin).await.unwrap();
        assert_eq!(details.iter().map(|detail| &detail.connection).collect::<Vec<_>>(), [&held]);
        assert_eq!(fixture.hub.connection_detail(&fixture.admin, &held.id).await.unwrap().connection, held);
    })
    .await;
}

#[tokio::test]
async fn pending_connection_cannot_be_used() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let held = hold(&fixture).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &held.id);
        let rejected = [
            problem(hub.make_webhook_secret(admin, id).await),
            problem(hub.create_outbound_secret(admin, id).await),
            problem(hub.webhook_secrets(admin, id).await),
            problem(hub.test_connection(admin, id).await),
            problem(hub.update_connection(admin, id, ConnectionChange::default()).await),
            problem(hub.settings_change(admin, id).await),
            problem(hub.reconnect(admin, id, [].into()).await.map(drop)),
            problem(hub.setup_package(admin, id, StatusFieldType::Picklist).await.map(drop)),
            problem(hub.deal_schema(admin, id).await),
            problem(hub.dry_run(admin, id, "006ak00000OQ4RxAAL").await),
            problem(hub.deliveries(admin, id, &PageRequest::default()).await),
            problem(hub.work(admin, id).await),
            problem(hub.fact_sheet(admin, id).await),
            problem(hub.confirmed_connection(admin, id).await),
            problem(hub.start_flow(admin, "salesforce", Environment::Production, None).await),
            problem(hub.start_flow_to_confirm(admin, "salesforce", Environment::Production, None).await),
        ];
        assert!(rejected.iter().all(|problem| *problem == Problem::NeedsConfirmation), "{rejected:?}");
        assert_eq!(Problem::NeedsConfirmation.status(), 409);
        let (healths, pending) = hub.connection_healths(admin).await.unwrap();
        assert!(healths.is_empty() && pending.len() == 1);
        let again = hub.connect(admin, &IntegrationId::from_suffix("salesforce"), ConnectRequest::default()).await;
        assert_eq!(problem(again.map(drop)), Problem::AlreadyConnected);
    })
    .await;
}

#[tokio::test]
async fn confirmation_is_idempotent() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let held = hold(&fixture).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &held.id);
        let member = Actor { role: Role::Member, ..admin.clone() };
        assert_eq!(problem(hub.confirm_connection(&member, id).await), Problem::Forbidden);
        let eve = register(hub, "eve").await;
        assert_eq!(problem(hub.confirm_connection(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.connection(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.make_webhook_secret(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.disconnect(&eve, id).await), Problem::NotFound);
        fixture.advance(60);
        let confirmed = hub.confirm_connection(admin, id).await.unwrap();
        assert_eq!((&confirmed.id, confirmed.status), (id, ConnectionStatus::Connected), "id, status");
        assert_eq!(confirmed.confirmation, None);
        assert_eq!(hub.confirm_connection(admin, id).await.unwrap(), confirmed);
        assert_eq!(hub.connections(admin).await.unwrap(), [confirmed]);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM pending_connections").await, 0);
        assert!(hub.test_connection(admin, id).await.unwrap().ok);
        hub.make_webhook_secret(admin, id).await.unwrap();
        let expected = ["registered", "connection_requested", "connection_held", "connection_confirmed", "webhook_secret_made"];
        assert_eq!(audited(&fixture).await, expected);
        fixture.advance(DAY);
        fixture.hub.schedule_connections().await.unwrap();
        assert!(
            fixture.salesforce().grants.all().iter().all(|grant| !grant.is_revoked),
            "it is confirmed, so it does not expire"
        );
    })
    .await;
}

#[tokio::test]
async fn status_is_not_written_through_a_pending_connection() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        fixture.run_jobs().await;
        let held = hold(&fixture).await;
        assert_eq!(held.external_account_id, fixture.connection.external_account_id);
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Failed);
        fixture.hub.confirm_connection(&fixture.admin, &held.id).await.unwrap();
        fixture.hub.retry_sync(&fixture.admin, &contract.id).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
    })
    .await;
}

#[tokio::test]
async fn declining_revokes_only_the_grant_of_the_pending_connection() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        let host = fixture.simulator.production_url().trim_start_matches("http://").to_owned();
        let held = hold_at(&fixture, Environment::MyDomain, Some(&host)).await;
        assert_eq!(held.external_account_id, fixture.connection.external_account_id);
        let declined = fixture.hub.disconnect(&fixture.admin, &held.id).await.unwrap();
        let receipt = fixture.hub.disconnection(&fixture.admin, &declined.receipt).await.unwrap();
        assert_eq!((receipt.revocation, receipt.counts), (Revocation::Pending, Counts::default()), "revocation, counts");
        assert_eq!(problem(fixture.hub.confirm_connection(&fixture.admin, &held.id).await), Problem::NotFound);
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Pending, "it must still be written");
        fixture.run_jobs().await;
        assert_eq!(fixture.hub.disconnection(&fixture.admin, &declined.receipt).await.unwrap().revocation, Revocation::Done);
        let ended: Vec<bool> = fixture.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect();
        assert_eq!(ended, [false, true]);
        assert_eq!(fixture.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
        assert!(audited(&fixture).await.contains(&"connection_declined".to_owned()));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM pending_connections").await, 0);
    })
    .await;
}

#[tokio::test]
async fn unconfirmed_connection_is_revoked_after_a_day() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let held = hold(&fixture).await;
        fixture.advance(DAY - 1);
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 0);
        assert_eq!(fixture.hub.connections(&fixture.admin).await.unwrap().len(), 1);
        fixture.advance(1);
        fixture.stay_signed_in().await;
        assert_eq!(problem(fixture.hub.confirm_connection(&fixture.admin, &held.id).await), Problem::NotFound, "it has expired");
        assert!(fixture.hub.connections(&fixture.admin).await.unwrap().is_empty());
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 1);
        assert_eq!(fixture.hub.schedule_connections().await.unwrap(), 0);
        assert_eq!(fixture.run_jobs().await, 1);
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        let expected = ["registered", "connection_requested", "connection_held", "connection_expired", "token_revocation"];
        assert_eq!(audited(&fixture).await, expected);
        fixture.connect().await;
    })
    .await;
}

#[tokio::test]
async fn reconnect_from_an_external_link_needs_no_confirmation() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let request =
            fixture.hub.authorization_request(&fixture.admin, "salesforce", Environment::Production, None).await.unwrap();
        assert_eq!(request.renews, fixture.connection.account_label);
        let renewed = hold(&fixture).await;
        assert_eq!((&renewed.id, renewed.status), (&fixture.connection.id, ConnectionStatus::Connected), "id, status");
    })
    .await;
}

#[tokio::test]
async fn first_of_two_flows_for_an_environment_connects() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let ordinary = fixture.allow(&fixture.begin_to_connect().await).await;
        let asked = fixture.hub.start_flow_to_confirm(&fixture.admin, "salesforce", Environment::Production, None).await.unwrap();
        let (asked, again) = (fixture.allow(&asked).await, fixture.allow(&asked).await);
        let finish = async |callback| fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await;
        let held = finish(asked).await.unwrap();
        assert_eq!(finish(ordinary).await.unwrap_err(), ConnectFailure::AlreadyConnected);
        assert_eq!(finish(again).await.unwrap().id, held.id, "the same state");
        fixture.hub.disconnect(&fixture.admin, &held.id).await.unwrap();
        let asked = fixture.hub.start_flow_to_confirm(&fixture.admin, "salesforce", Environment::Production, None).await.unwrap();
        let asked = fixture.allow(&asked).await;
        let ordinary = fixture.allow(&fixture.begin_to_connect().await).await;
        assert_eq!(finish(ordinary).await.unwrap().status, ConnectionStatus::Connected);
        assert_eq!(finish(asked).await.unwrap_err(), ConnectFailure::AlreadyConnected);
    })
    .await;
}
