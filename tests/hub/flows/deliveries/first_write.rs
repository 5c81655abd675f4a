//! The first write-back, which follows the creation of a contract, and the label of contracts without a file.

use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::record::RecordId;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::schema::{STATUS_FIELD, StatusField};
use serde_json::{Value, json};
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

const WAITING: &str = "Waiting for a file";

/// The status values that were written to Salesforce, oldest first.
fn written(fixture: &Connected) -> Vec<Value> {
    fixture.salesforce().writes.entries().map(|write| write.fields[STATUS_FIELD].clone()).collect()
}

async fn planned_value(fixture: &Connected, opportunity: &RecordId) -> String {
    fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await.unwrap().write_back.value
}

#[tokio::test]
async fn status_of_a_new_contract_is_written_without_a_change() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.call(&opportunity).await;
        assert!(fixture.hub.run_one_job(false).await.unwrap());
        let contract = fixture.hub.contracts(&fixture.admin, &Default::default()).await.unwrap().items.remove(0);
        assert_eq!(contract.sync_status, SyncStatus::Pending, "committed with the contract");
        assert!(written(&fixture).is_empty());
        assert_eq!(fixture.run_jobs().await, 1, "the write is due at once");
        assert_eq!(written(&fixture), ["Draft"]);
        let sync = fixture.sync(&contract.id).await;
        assert_eq!(
            (sync.status, sync.last_synced_value.as_deref(), sync.last_synced_at),
            (SyncStatus::Synced, Some("Draft"), Some(fixture.hub.clock().now())),
            "status, written value, time"
        );
        assert_eq!(fixture.timeline(&contract.id).await.last().unwrap().0, "status_written");
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Draft).await.unwrap();
        fixture.deliver(&opportunity).await;
        assert_eq!(written(&fixture), ["Draft"], "neither the same status nor another delivery writes again");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_before_the_first_change_if_the_setting_is_off() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({ "write_on_create": false, "status_labels": { "needs_file": WAITING } })).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Idle);
        fixture.change_settings(json!({ "write_on_create": true })).await;
        fixture.attach(&opportunity, &file(1, b"%PDF-1.7 one"));
        fixture.deliver(&opportunity).await;
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Idle, "the setting applies to new contracts");
        assert!(written(&fixture).is_empty());
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Draft).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(written(&fixture), ["Draft"]);
    })
    .await;
}

#[tokio::test]
async fn label_of_a_missing_file_is_written_until_a_file_arrives() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({ "status_labels": { "needs_file": WAITING } })).await;
        let opportunity = fixture.opportunity("Rollout", None);
        assert_eq!(planned_value(&fixture, &opportunity).await, WAITING);
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!((written(&fixture), contract.attention), (vec![WAITING.into()], vec![Attention::NeedsFile]));
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::InReview).await.unwrap();
        fixture.run_jobs().await;
        let sync = fixture.sync(&contract.id).await;
        assert_eq!(
            (sync.status, sync.last_synced_value.as_deref()),
            (SyncStatus::Synced, Some(WAITING)),
            "a status does not replace the missing file"
        );
        fixture.advance(60 * 60);
        fixture.hub.schedule_connections().await.unwrap();
        fixture.run_jobs().await;
        let detail = fixture.hub.connection_detail(&fixture.admin, &fixture.connection.id).await.unwrap();
        let compared = detail.reconciliation.unwrap();
        assert_eq!(compared.found, compared.records, "only the deals that have no contract yet");
        fixture.attach(&opportunity, &file(1, b"%PDF-1.7 one"));
        assert_eq!(planned_value(&fixture, &opportunity).await, "In Review");
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!((contract.versions.len(), contract.attention), (1, Vec::new()), "versions, attention");
        assert_eq!(written(&fixture).last().unwrap(), "In Review");
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
    })
    .await;
}

#[tokio::test]
async fn file_that_arrives_during_the_write_of_its_label_is_not_missed() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({ "status_labels": { "needs_file": WAITING } })).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let receipt = fixture.call(&opportunity).await;
        assert!(fixture.hub.run_one_job(false).await.unwrap());
        fixture.fault(Fault { method: Some("PATCH".to_owned()), delay_ms: Some(1_500), times: 1, ..Fault::default() });
        let concurrent_delivery = async {
            while !fixture.salesforce().requests.entries().any(|request| request.method == "PATCH") {
                tokio::task::yield_now().await;
            }
            fixture.attach(&opportunity, &file(1, b"%PDF-1.7 one"));
            fixture.call(&opportunity).await;
            assert!(fixture.hub.run_one_job(false).await.unwrap());
        };
        let (ran, ()) = tokio::join!(fixture.hub.run_one_job(false), concurrent_delivery);
        assert!(ran.unwrap());
        let contract = fixture.delivery(&receipt).await.contract_id.unwrap();
        let sync = fixture.sync(&contract).await;
        assert_eq!(
            (sync.status, sync.last_synced_value.as_deref()),
            (SyncStatus::Pending, Some(WAITING)),
            "status, written value"
        );
        fixture.run_jobs().await;
        assert_eq!(written(&fixture), [WAITING, "Draft"]);
        assert_eq!(fixture.sync(&contract).await.status, SyncStatus::Synced);
    })
    .await;
}

#[tokio::test]
async fn failed_first_write_says_what_to_do() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.salesforce().status_field = StatusField::Missing;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&opportunity).await;
        let sync = fixture.sync(&contract.id).await;
        assert_eq!((sync.status, contract.attention), (SyncStatus::Failed, vec![Attention::SyncFailed]), "status, attention");
        assert!(sync.last_error.as_ref().is_some_and(|error| error.contains(STATUS_FIELD)), "{:?}", sync.last_error);
        fixture.salesforce().status_field = StatusField::Present;
        fixture.hub.retry_sync(&fixture.admin, &contract.id).await.unwrap();
        fixture.run_jobs().await;
        let repaired = fixture.contract(&contract.id).await;
        assert_eq!(repaired.source().unwrap().sync.status, SyncStatus::Synced);
        assert!(repaired.attention.is_empty());
    })
    .await;
}

#[tokio::test]
async fn same_status_is_written_again_after_its_label_has_changed() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.change_settings(json!({ "status_labels": { "draft": "New" } })).await;
        for jobs in [1, 0] {
            fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Draft).await.unwrap();
            assert_eq!(fixture.run_jobs().await, jobs);
        }
        assert_eq!(written(&fixture), ["Draft", "New"]);
    })
    .await;
}
