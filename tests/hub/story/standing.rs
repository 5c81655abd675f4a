use super::world::{Connected, file, register};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{
        contract::NegotiationStatus,
        disconnection::Revocation,
        people::Role,
        problem::Problem,
        setup::{SetupStep, StepState},
        standing::Standing,
    },
    hub::Error,
    services::{Actor, ConnectionChange},
};
use salesforce_simulator::state::faults::Fault;
use serde_json::json;

fn open_steps(standing: &Standing) -> Vec<SetupStep> {
    standing.setup.iter().filter(|(_, state)| *state != StepState::Done).map(|(step, _)| *step).collect()
}

async fn standing(world: &Connected) -> Standing {
    world.hub.standing(&world.admin, &world.connection.id).await.unwrap()
}

#[tokio::test]
async fn every_step_of_the_set_up_is_ticked_when_it_is_done() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let (hub, admin, id) = (&world.hub, &world.admin, &world.connection.id);
        let begun = standing(&world).await;
        assert_eq!((begun.steps_done(), begun.connected_by.as_str()), (2, "ada"), "connected, and a secret made");
        hub.test_connection(admin, id).await.unwrap();
        let tested = standing(&world).await;
        assert_eq!(open_steps(&tested), [SetupStep::FirstCallReceived, SetupStep::FirstContract, SetupStep::FirstWriteBack]);
        assert_eq!(tested.test.map(|test| (test.tested_by, test.result.ok)), Some(("ada".to_owned(), true)));
        let contract = world.deliver_contract(&world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        let delivered = standing(&world).await;
        assert_eq!((open_steps(&delivered), delivered.last_write_at), (vec![SetupStep::FirstWriteBack], None));
        hub.change_status(admin, &contract.id, NegotiationStatus::Signed).await.unwrap();
        world.run_jobs().await;
        let written = standing(&world).await;
        assert!(!written.is_setup_incomplete());
        assert_eq!((written.last_event_at, written.last_write_at), (Some(hub.clock().now()), Some(hub.clock().now())));
        assert_eq!(hub.standings(admin).await.unwrap(), (vec![written], Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn a_field_that_is_not_there_is_said_on_its_step_until_the_settings_change() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let (hub, admin, id) = (&world.hub, &world.admin, &world.connection.id);
        let set = async |field: &str| {
            let metadata = json!({ "status_field": field }).as_object().cloned();
            hub.update_connection(admin, id, ConnectionChange { metadata, ..ConnectionChange::default() }).await.unwrap();
        };
        set("Missing__c").await;
        hub.test_connection(admin, id).await.unwrap();
        let state = |standing: &Standing| {
            standing.setup.iter().find(|(step, _)| *step == SetupStep::StatusFieldWritable).unwrap().1.clone()
        };
        assert!(matches!(state(&standing(&world).await), StepState::Wrong(found) if found[0].contains("Missing__c")));
        set("LexiContract_Status__c").await;
        assert_eq!(state(&standing(&world).await), StepState::Open);
    })
    .await;
}

#[tokio::test]
async fn what_fails_says_when_it_is_tried_again_and_counts_as_under_way() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.fault(Fault { path_contains: "query".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        world.deliver(&world.opportunity("Rollout", None)).await;
        let waiting = standing(&world).await;
        assert!(waiting.next_try_at.is_some_and(|at| at > world.hub.clock().now()));
        let work = world.hub.work(&world.admin, &world.connection.id).await.unwrap();
        assert_eq!((work.imports, work.imports_done), (1, 0));
        world.advance(60);
        world.run_jobs().await;
        assert_eq!(standing(&world).await.next_try_at, None);
        assert!(!world.hub.work(&world.admin, &world.connection.id).await.unwrap().is_any());
    })
    .await;
}

#[tokio::test]
async fn the_scopes_are_those_that_were_granted() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let scopes = world.hub.granted_scopes(&world.admin, &world.connection.id).await.unwrap();
        for wanted in ["api", "refresh_token"] {
            assert!(scopes.iter().any(|scope| scope == wanted), "{scopes:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_settings_are_chosen_from_what_salesforce_describes() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let found = world.hub.deal_schema(&world.admin, &world.connection.id).await.unwrap();
        assert!(found.field("LexiContract_Status__c").is_some(), "{found:?}");
        assert!(found.stages.iter().any(|stage| stage == "Needs Legal Review"), "{:?}", found.stages);
        let member = Actor { role: Role::Member, ..world.admin.clone() };
        let refused = world.hub.deal_schema(&member, &world.connection.id).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
        world.salesforce().grants.revoke_all();
        let unread = world.hub.deal_schema(&world.admin, &world.connection.id).await;
        assert!(matches!(unread, Err(Error::Problem(Problem::ProviderUnavailable(..)))));
    })
    .await;
}

#[tokio::test]
async fn a_receipt_says_what_was_wiped_and_kept_and_when_the_access_has_ended() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        world.deliver_contract(&world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        world.call(&world.opportunity("Waits", None)).await;
        let gone = world.hub.disconnect(&world.admin, &world.connection.id).await.unwrap();
        let receipt = async || world.hub.disconnection(&world.admin, &gone.receipt).await.unwrap();
        let first = receipt().await;
        assert_eq!((first.provider.as_str(), first.disconnected_by.as_str()), ("Salesforce", "ada"));
        assert_eq!((first.revocation, first.counts.secrets, first.counts.deliveries), (Revocation::Pending, 1, 2));
        assert_eq!((first.counts.jobs, first.counts.contracts, first.counts.unwritten), (1, 1, 0));
        world.run_jobs().await;
        let settled = receipt().await;
        assert_eq!((settled.revocation, settled.revoked_at), (Revocation::Done, Some(world.hub.clock().now())));
        let eve = register(&world.hub, "eve").await;
        assert!(matches!(world.hub.disconnection(&eve, &gone.receipt).await, Err(Error::Problem(Problem::NotFound))));
    })
    .await;
}

#[tokio::test]
async fn another_organization_sees_no_standing() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let (hub, id) = (&world.hub, &world.connection.id);
        let eve = &register(hub, "eve").await;
        let is_hidden = |result: Result<(), Error>| matches!(result, Err(Error::Problem(Problem::NotFound)));
        assert!(is_hidden(hub.standing(eve, id).await.map(drop)));
        assert!(is_hidden(hub.work(eve, id).await.map(drop)));
        assert!(is_hidden(hub.granted_scopes(eve, id).await.map(drop)));
        assert!(is_hidden(hub.deal_schema(eve, id).await.map(drop)));
        assert!(hub.standings(eve).await.unwrap().0.is_empty());
    })
    .await;
}
