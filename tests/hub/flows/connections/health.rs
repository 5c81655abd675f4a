//! Connection health: setup steps, issues, work in progress, granted scopes and disconnection receipts.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::disconnection::Revocation;
use lexicontract::domain::connection::health::ConnectionHealth;
use lexicontract::domain::connection::setup::{SetupStep, StepState};
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::services::{Actor, ConnectionChange};
use salesforce_simulator::state::faults::Fault;
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::register;

fn open_steps(health: &ConnectionHealth) -> Vec<SetupStep> {
    health.setup.iter().filter(|(_, state)| *state != StepState::Done).map(|(step, _)| *step).collect()
}

async fn health(fixture: &Connected) -> ConnectionHealth {
    fixture.hub.connection_health(&fixture.admin, &fixture.connection.id).await.unwrap()
}

#[tokio::test]
async fn setup_steps_are_completed_in_order() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({ "write_on_create": false, "poll_seconds": 0 })).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let started = health(&fixture).await;
        assert_eq!((started.steps_done(), started.connected_by.as_str()), (2, "ada"), "connected, and has a secret");
        hub.test_connection(admin, id).await.unwrap();
        let tested = health(&fixture).await;
        assert_eq!(open_steps(&tested), [SetupStep::FirstCallReceived, SetupStep::FirstContract, SetupStep::FirstWriteBack]);
        assert_eq!(tested.test.map(|test| (test.tested_by, test.result.ok)), Some(("ada".to_owned(), true)));
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        let delivered = health(&fixture).await;
        assert_eq!(
            (open_steps(&delivered), delivered.last_write_at),
            (vec![SetupStep::FirstWriteBack], None),
            "open steps, last write"
        );
        hub.change_status(admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        fixture.run_jobs().await;
        let written = health(&fixture).await;
        assert!(!written.is_setup_incomplete());
        assert_eq!(
            (written.last_event_at, written.last_write_at),
            (Some(hub.clock().now()), Some(hub.clock().now())),
            "last event, last write"
        );
        assert_eq!(hub.connection_healths(admin).await.unwrap(), (vec![written], Vec::new()), "connections, pending connections");
    })
    .await;
}

#[tokio::test]
async fn missing_field_is_reported_on_its_step_until_the_settings_change() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let set = async |field: &str| {
            let metadata = json!({ "status_field": field }).as_object().cloned();
            hub.update_connection(admin, id, ConnectionChange { metadata, ..ConnectionChange::default() }).await.unwrap();
        };
        set("Missing__c").await;
        hub.test_connection(admin, id).await.unwrap();
        let state = |health: &ConnectionHealth| {
            health.setup.iter().find(|(step, _)| *step == SetupStep::StatusFieldWritable).unwrap().1.clone()
        };
        assert!(matches!(state(&health(&fixture).await), StepState::Wrong(found) if found[0].contains("Missing__c")));
        set("LexiContract_Status__c").await;
        assert_eq!(state(&health(&fixture).await), StepState::Open);
    })
    .await;
}

#[tokio::test]
async fn failed_delivery_shows_its_next_attempt_and_counts_as_work() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.fault(Fault { path_contains: "query".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        fixture.deliver(&fixture.opportunity("Rollout", None)).await;
        let waiting = health(&fixture).await;
        assert!(waiting.next_retry_at().is_some_and(|at| at > fixture.hub.clock().now()));
        let work = fixture.hub.work(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!((work.imports, work.imports_done), (1, 0), "imports, finished imports");
        fixture.advance(60);
        fixture.run_jobs().await;
        assert_eq!(health(&fixture).await.next_retry_at(), None);
        assert!(!fixture.hub.work(&fixture.admin, &fixture.connection.id).await.unwrap().is_any());
    })
    .await;
}

#[tokio::test]
async fn deal_schema_lists_fields_and_stages_for_admins() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let found = fixture.hub.deal_schema(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert!(found.field("LexiContract_Status__c").is_some(), "{found:?}");
        assert!(found.stages.iter().any(|stage| stage.id == "Needs Legal Review"), "{:?}", found.stages);
        let member = Actor { role: Role::Member, ..fixture.admin.clone() };
        let rejected = fixture.hub.deal_schema(&member, &fixture.connection.id).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::Forbidden))));
        fixture.salesforce().grants.revoke_all();
        let unread = fixture.hub.deal_schema(&fixture.admin, &fixture.connection.id).await;
        assert!(matches!(unread, Err(Error::Problem(Problem::ProviderUnavailable(..)))));
    })
    .await;
}

#[tokio::test]
async fn receipt_lists_counts_and_the_time_of_revocation() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        fixture.call(&fixture.opportunity("Waits", None)).await;
        let gone = fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        let receipt = async || fixture.hub.disconnection(&fixture.admin, &gone.receipt).await.unwrap();
        let first = receipt().await;
        assert_eq!((first.provider.as_str(), first.disconnected_by.as_str()), ("Salesforce", "ada"), "provider, disconnected by");
        assert_eq!(
            (first.revocation, first.counts.secrets, first.counts.deliveries),
            (Revocation::Pending, 1, 2),
            "revocation, secrets, deliveries"
        );
        assert_eq!((first.counts.jobs, first.counts.contracts, first.counts.unwritten), (1, 1, 0), "jobs, contracts, unwritten");
        fixture.run_jobs().await;
        let settled = receipt().await;
        assert_eq!(
            (settled.revocation, settled.revoked_at),
            (Revocation::Done, Some(fixture.hub.clock().now())),
            "state of the revocation, time of the revocation"
        );
        let eve = register(&fixture.hub, "eve").await;
        assert!(matches!(fixture.hub.disconnection(&eve, &gone.receipt).await, Err(Error::Problem(Problem::NotFound))));
    })
    .await;
}

#[tokio::test]
async fn health_is_hidden_from_other_organizations() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (hub, id) = (&fixture.hub, &fixture.connection.id);
        let eve = &register(hub, "eve").await;
        let is_hidden = |result: Result<(), Error>| matches!(result, Err(Error::Problem(Problem::NotFound)));
        assert!(is_hidden(hub.connection_health(eve, id).await.map(drop)));
        assert!(is_hidden(hub.work(eve, id).await.map(drop)));
        assert!(is_hidden(hub.fact_sheet(eve, id).await.map(drop)));
        assert!(is_hidden(hub.deal_schema(eve, id).await.map(drop)));
        assert!(hub.connection_healths(eve).await.unwrap().0.is_empty());
    })
    .await;
}
