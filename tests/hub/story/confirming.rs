//! Connections that come from the page that asks: held, confirmed, declined, expired.

use super::world::{Connected, World, file, register};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{
        audit::AuditFilter,
        connect_failure::ConnectFailure,
        connection::{Connection, ConnectionStatus, Environment, StatusFieldType},
        contract::{NegotiationStatus, SyncStatus},
        disconnection::{Counts, Revocation},
        ids::IntegrationId,
        page::PageRequest,
        people::Role,
        problem::Problem,
    },
    hub::{Error, Result},
    services::{Actor, ConnectRequest, ConnectionChange},
};

const DAY: u64 = 24 * 60 * 60;

fn problem<T>(result: Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it is refused"),
    }
}

/// Connects from the page that asks.
async fn hold_at(world: &World, environment: Environment, domain: Option<&str>) -> Connection {
    let authorization = world.hub.start_flow_to_confirm(&world.admin, "salesforce", environment, domain).await.unwrap();
    let callback = world.allow(&authorization).await;
    world.hub.finish_flow("salesforce", Some(&world.admin), callback).await.unwrap()
}

async fn hold(world: &World) -> Connection {
    hold_at(world, Environment::Production, None).await
}

async fn audited(world: &World) -> Vec<String> {
    let page = PageRequest::new(Some(100), None).unwrap();
    let lines = world.hub.audit_log(&world.admin, &AuditFilter::default(), &page).await.unwrap().items;
    lines.into_iter().rev().map(|line| line.kind).collect()
}

/// What Salesforce was asked for, but for its consent page.
fn requests(world: &World) -> Vec<String> {
    let state = world.salesforce();
    state.requests.entries().map(|entry| entry.path.clone()).filter(|path| !path.contains("/authorize")).collect()
}

#[tokio::test]
async fn only_the_account_and_the_user_are_read_before_an_admin_confirms() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let before = requests(&world).len();
        let held = hold(&world).await;
        assert_eq!(held.status, ConnectionStatus::NeedsConfirmation);
        assert_eq!(held.account_label.as_deref(), Some("Acme Corporation (dana.whitfield@acme.example)"));
        let confirmation = held.confirmation.clone().unwrap();
        assert_eq!(confirmation.user.as_deref(), Some("Dana Whitfield, dana.whitfield@acme.example"));
        assert!(world.simulator.production_url().ends_with(&confirmation.host), "{}", confirmation.host);
        assert_eq!(confirmation.started_by, "ada");
        assert_eq!(confirmation.expires_at.since(world.hub.clock().now()).as_secs(), DAY);
        assert_eq!(world.opened.number("SELECT count(*) FROM organization_integrations").await, 0);
        assert_eq!(world.hub.measure().await.unwrap().connections, [("needs_confirmation".to_owned(), 1)]);
        world.advance(DAY - 1);
        assert_eq!((world.hub.schedule_upkeep().await.unwrap(), world.run_jobs().await), (0, 0));
        let seen = requests(&world).split_off(before);
        let [token, user, query] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!((token.as_str(), user.as_str()), ("/services/oauth2/token", "/services/oauth2/userinfo"));
        assert!(query.ends_with("/query"), "the name of the org: {query}");
        assert_eq!(world.hub.connections(&world.admin).await.unwrap(), std::slice::from_ref(&held));
        let details = world.hub.connection_details(&world.admin).await.unwrap();
        assert_eq!(details.iter().map(|detail| &detail.connection).collect::<Vec<_>>(), [&held]);
        assert_eq!(world.hub.connection_detail(&world.admin, &held.id).await.unwrap().connection, held);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_done_with_a_connection_that_waits_for_confirmation() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let held = hold(&world).await;
        let (hub, admin, id) = (&world.hub, &world.admin, &held.id);
        let refused = [
            problem(hub.make_webhook_secret(admin, id).await),
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
            problem(hub.granted_scopes(admin, id).await),
            problem(hub.confirmed_connection(admin, id).await),
            problem(hub.start_flow(admin, "salesforce", Environment::Production, None).await),
            problem(hub.start_flow_to_confirm(admin, "salesforce", Environment::Production, None).await),
        ];
        assert!(refused.iter().all(|problem| *problem == Problem::NeedsConfirmation), "{refused:?}");
        assert_eq!(Problem::NeedsConfirmation.status(), 409);
        let (standings, pending) = hub.standings(admin).await.unwrap();
        assert!(standings.is_empty() && pending.len() == 1);
        let again = hub.connect(admin, &IntegrationId::from_suffix("salesforce"), ConnectRequest::default()).await;
        assert_eq!(problem(again.map(drop)), Problem::AlreadyConnected);
    })
    .await;
}

#[tokio::test]
async fn an_admin_confirms_and_a_second_confirmation_changes_nothing() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let held = hold(&world).await;
        let (hub, admin, id) = (&world.hub, &world.admin, &held.id);
        let member = Actor { role: Role::Member, ..admin.clone() };
        assert_eq!(problem(hub.confirm_connection(&member, id).await), Problem::Forbidden);
        let eve = register(hub, "eve").await;
        assert_eq!(problem(hub.confirm_connection(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.connection(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.make_webhook_secret(&eve, id).await), Problem::NotFound);
        assert_eq!(problem(hub.disconnect(&eve, id).await), Problem::NotFound);
        world.advance(60);
        let confirmed = hub.confirm_connection(admin, id).await.unwrap();
        assert_eq!((&confirmed.id, confirmed.status), (id, ConnectionStatus::Connected));
        assert_eq!(confirmed.confirmation, None);
        assert_eq!(hub.confirm_connection(admin, id).await.unwrap(), confirmed);
        assert_eq!(hub.connections(admin).await.unwrap(), [confirmed]);
        assert_eq!(world.opened.number("SELECT count(*) FROM pending_connections").await, 0);
        assert!(hub.test_connection(admin, id).await.unwrap().ok);
        hub.make_webhook_secret(admin, id).await.unwrap();
        let expected = ["registered", "connection_requested", "connection_held", "connection_confirmed", "webhook_secret_made"];
        assert_eq!(audited(&world).await, expected);
        world.advance(DAY);
        world.hub.schedule_upkeep().await.unwrap();
        assert!(world.salesforce().grants.all().iter().all(|grant| !grant.is_revoked), "it is confirmed, so it does not expire");
    })
    .await;
}

#[tokio::test]
async fn a_status_is_not_written_through_a_connection_that_waits_for_confirmation() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let contract = world.deliver_contract(&world.opportunity("Rollout", None)).await;
        world.hub.disconnect(&world.admin, &world.connection.id).await.unwrap();
        world.run_jobs().await;
        let held = hold(&world).await;
        assert_eq!(held.external_account_id, world.connection.external_account_id);
        world.hub.change_status(&world.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.sync(&contract.id).await.status, SyncStatus::Failed);
        world.hub.confirm_connection(&world.admin, &held.id).await.unwrap();
        world.hub.retry_sync(&world.admin, &contract.id).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
    })
    .await;
}

#[tokio::test]
async fn declining_revokes_the_grant_and_leaves_other_connections_of_the_same_org_alone() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let contract = world.deliver_contract(&world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        world.hub.change_status(&world.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        let host = world.simulator.production_url().trim_start_matches("http://").to_owned();
        let held = hold_at(&world, Environment::MyDomain, Some(&host)).await;
        assert_eq!(held.external_account_id, world.connection.external_account_id);
        let declined = world.hub.disconnect(&world.admin, &held.id).await.unwrap();
        let receipt = world.hub.disconnection(&world.admin, &declined.receipt).await.unwrap();
        assert_eq!((receipt.revocation, receipt.counts), (Revocation::Pending, Counts::default()));
        assert_eq!(problem(world.hub.confirm_connection(&world.admin, &held.id).await), Problem::NotFound);
        assert_eq!(world.sync(&contract.id).await.status, SyncStatus::Pending, "it is still to be written");
        world.run_jobs().await;
        assert_eq!(world.hub.disconnection(&world.admin, &declined.receipt).await.unwrap().revocation, Revocation::Done);
        let ended: Vec<bool> = world.salesforce().grants.all().iter().map(|grant| grant.is_revoked).collect();
        assert_eq!(ended, [false, true]);
        assert_eq!(world.sync(&contract.id).await.last_synced_value.as_deref(), Some("Signed"));
        assert!(audited(&world).await.contains(&"connection_declined".to_owned()));
        assert_eq!(world.opened.number("SELECT count(*) FROM pending_connections").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_confirms_is_revoked_after_a_day() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let held = hold(&world).await;
        world.advance(DAY - 1);
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 0);
        assert_eq!(world.hub.connections(&world.admin).await.unwrap().len(), 1);
        world.advance(1);
        world.stay_signed_in().await;
        assert_eq!(problem(world.hub.confirm_connection(&world.admin, &held.id).await), Problem::NotFound, "it is too late");
        assert!(world.hub.connections(&world.admin).await.unwrap().is_empty());
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 1);
        assert_eq!(world.hub.schedule_upkeep().await.unwrap(), 0);
        assert_eq!(world.run_jobs().await, 1);
        assert!(world.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        let expected = ["registered", "connection_requested", "connection_held", "connection_expired", "token_revocation"];
        assert_eq!(audited(&world).await, expected);
        world.connect().await;
    })
    .await;
}

#[tokio::test]
async fn a_reconnect_from_the_page_that_asks_needs_no_confirmation() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let request = world.hub.authorization_request(&world.admin, "salesforce", Environment::Production, None).await.unwrap();
        assert_eq!(request.renews, world.connection.account_label);
        let renewed = hold(&world).await;
        assert_eq!((&renewed.id, renewed.status), (&world.connection.id, ConnectionStatus::Connected));
    })
    .await;
}

#[tokio::test]
async fn of_two_flows_for_one_environment_the_first_one_gets_it() {
    on_every_database(async |opened| {
        let world = World::start(opened).await;
        let ordinary = world.allow(&world.begin_to_connect().await).await;
        let asked = world.hub.start_flow_to_confirm(&world.admin, "salesforce", Environment::Production, None).await.unwrap();
        let (asked, again) = (world.allow(&asked).await, world.allow(&asked).await);
        let finish = async |callback| world.hub.finish_flow("salesforce", Some(&world.admin), callback).await;
        let held = finish(asked).await.unwrap();
        assert_eq!(finish(ordinary).await.unwrap_err(), ConnectFailure::AlreadyConnected);
        assert_eq!(finish(again).await.unwrap().id, held.id, "the same state");
        world.hub.disconnect(&world.admin, &held.id).await.unwrap();
        let asked = world.hub.start_flow_to_confirm(&world.admin, "salesforce", Environment::Production, None).await.unwrap();
        let asked = world.allow(&asked).await;
        let ordinary = world.allow(&world.begin_to_connect().await).await;
        assert_eq!(finish(ordinary).await.unwrap().status, ConnectionStatus::Connected);
        assert_eq!(finish(asked).await.unwrap_err(), ConnectFailure::AlreadyConnected);
    })
    .await;
}
