//! Write-back of the contract status to Salesforce.

use crate::waiting::somebody_waits;
use lexicontract::db::contracts::{self, contract_links, versions};
use lexicontract::domain::contract::{Contract, NegotiationStatus, Sync, SyncStatus};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::services::Upload;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::opportunities;
use salesforce_simulator::state::schema::{STATUS_FIELD, StatusField};
use serde_json::{Value, json};
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, file};

/// A fixture with a contract. The connection is set so that the creation of a contract does not write the status.
async fn with_contract(opened: Opened) -> (Connected, Contract) {
    let fixture = Connected::start(opened).await;
    fixture.change_settings(json!({ "write_on_create": false })).await;
    let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
    let contract = fixture.deliver_contract(&opportunity).await;
    (fixture, contract)
}

/// The values that the hub wrote to a field in Salesforce, oldest first.
fn written(fixture: &Connected, field: &str) -> Vec<Value> {
    fixture.salesforce().writes.entries().map(|write| write.fields[field].clone()).collect()
}

fn sync_of(contract: &Contract) -> &Sync {
    &contract.source().expect("the contract has a source").sync
}

async fn change(fixture: &Connected, contract: &Contract, status: NegotiationStatus) -> Contract {
    fixture.hub.change_status(&fixture.admin, &contract.id, status).await.unwrap()
}

#[tokio::test]
async fn changed_status_is_written_with_its_label() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        let changed = change(&fixture, &contract, NegotiationStatus::InReview).await;
        assert_eq!(
            (changed.negotiation_status, sync_of(&changed).status),
            (NegotiationStatus::InReview, SyncStatus::Pending),
            "negotiation status, status"
        );
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(written(&fixture, STATUS_FIELD), ["In Review"]);
        let sync = fixture.sync(&contract.id).await;
        assert_eq!(
            (sync.status, sync.last_synced_value.as_deref()),
            (SyncStatus::Synced, Some("In Review")),
            "status, written value"
        );
        assert_eq!(
            (sync.last_synced_at, sync.attempts, sync.last_error.as_deref()),
            (Some(fixture.hub.clock().now()), 1, None),
            "last write, attempts, error"
        );
        change(&fixture, &contract, NegotiationStatus::InReview).await;
        assert_eq!(fixture.run_jobs().await, 0, "a written value is not written again");
        let kinds: Vec<String> = fixture.timeline(&contract.id).await.into_iter().map(|line| line.0).collect();
        assert_eq!(kinds[kinds.len() - 2..], ["status_changed", "status_written"]);
        assert_eq!(fixture.timeline(&contract.id).await.last().unwrap().1, "Wrote “In Review” to Salesforce");
        assert_eq!(fixture.contract(&contract.id).await.compatibility.sync, Some(sync), "also under its previous name");
    })
    .await;
}

#[tokio::test]
async fn last_of_two_quick_changes_is_written() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        change(&fixture, &contract, NegotiationStatus::InReview).await;
        change(&fixture, &contract, NegotiationStatus::Signed).await;
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(written(&fixture, STATUS_FIELD), ["Signed"]);
    })
    .await;
}

#[tokio::test]
async fn status_changed_during_a_write_is_written_afterwards() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        let slow = Fault { method: Some("PATCH".to_owned()), delay_ms: Some(1_500), times: 1, ..Fault::default() };
        fixture.fault(slow);
        change(&fixture, &contract, NegotiationStatus::InReview).await;
        let concurrent_change = async {
            while !fixture.salesforce().requests.entries().any(|request| request.method == "PATCH") {
                tokio::task::yield_now().await;
            }
            change(&fixture, &contract, NegotiationStatus::Signed).await
        };
        let (ran, changed) = tokio::join!(fixture.hub.run_one_job(false), concurrent_change);
        assert!(ran.unwrap());
        assert_eq!(sync_of(&changed).status, SyncStatus::Pending);
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Pending, "the newer value is not written yet");
        fixture.run_jobs().await;
        assert_eq!(written(&fixture, STATUS_FIELD), ["In Review", "Signed"]);
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs WHERE kind <> 'analyse'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn status_changed_while_a_write_is_recorded_stays_pending() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened.clone()).await;
        change(&fixture, &contract, NegotiationStatus::InReview).await;
        let slow = Fault { method: Some("PATCH".to_owned()), delay_ms: Some(500), times: 1, ..Fault::default() };
        fixture.fault(slow);
        let hub = fixture.hub.clone();
        let write = tokio::spawn(async move { hub.run_one_job(false).await });
        while !fixture.salesforce().requests.entries().any(|request| request.method == "PATCH") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (organization, link, now) =
            (&fixture.admin.organization_id, &contract.source().unwrap().id, fixture.hub.clock().now());
        let mut tx = opened.db.begin().await.unwrap();
        contracts::set_negotiation_status(&mut tx, organization, &contract.id, NegotiationStatus::Signed, now).await.unwrap();
        somebody_waits(&opened, 1).await;
        // Recording the write must lock the contract before the link. The opposite order would deadlock here.
        contract_links::set_sync(&mut tx, organization, link, SyncStatus::Pending, 0, None, now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(write.await.unwrap().unwrap());
        let sync = fixture.sync(&contract.id).await;
        assert_eq!(
            (sync.status, sync.last_synced_value.as_deref()),
            (SyncStatus::Pending, Some("In Review")),
            "status, written value"
        );
    })
    .await;
}

#[tokio::test]
async fn change_based_on_an_outdated_status_is_a_conflict() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        let decide = async |seen, status| fixture.hub.change_status_if(&fixture.admin, &contract.id, Some(seen), status).await;
        decide(NegotiationStatus::Draft, NegotiationStatus::Approved).await.unwrap();
        let late = decide(NegotiationStatus::Draft, NegotiationStatus::Rejected).await;
        assert!(matches!(late, Err(Error::Problem(Problem::ChangedMeanwhile))));
        assert_eq!(fixture.contract(&contract.id).await.negotiation_status, NegotiationStatus::Approved);
        let twice = decide(NegotiationStatus::Draft, NegotiationStatus::Approved).await.unwrap();
        assert_eq!(twice.negotiation_status, NegotiationStatus::Approved, "repeating the change is idempotent");
        fixture.run_jobs().await;
        assert_eq!(written(&fixture, STATUS_FIELD), ["Approved"]);
    })
    .await;
}

#[tokio::test]
async fn write_to_a_deleted_opportunity_fails_with_advice() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        opportunities::delete(&mut fixture.salesforce(), contract.source().unwrap().record_id.as_str());
        change(&fixture, &contract, NegotiationStatus::Approved).await;
        assert_eq!(fixture.run_jobs().await, 1);
        let sync = fixture.sync(&contract.id).await;
        assert_eq!(sync.status, SyncStatus::Failed);
        assert!(sync.last_error.as_ref().is_some_and(|error| error.contains("deleted")), "{:?}", sync.last_error);
        assert_eq!(fixture.timeline(&contract.id).await.last().unwrap().0, "given_up");
    })
    .await;
}

#[tokio::test]
async fn configured_field_and_labels_are_used() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        fixture.change_settings(json!({ "status_field": "NextStep", "status_labels": { "approved": "Legal OK" } })).await;
        change(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(written(&fixture, "NextStep"), ["Legal OK"]);
    })
    .await;
}

#[tokio::test]
async fn missing_field_fails_with_advice_and_a_retry_writes_later() {
    on_every_database(async |opened| {
        let (fixture, contract) = with_contract(opened).await;
        fixture.salesforce().status_field = StatusField::Missing;
        change(&fixture, &contract, NegotiationStatus::Approved).await;
        assert_eq!(fixture.run_jobs().await, 1);
        let sync = fixture.sync(&contract.id).await;
        assert_eq!((sync.status, sync.attempts), (SyncStatus::Failed, 1), "status, attempts");
        assert!(sync.last_error.as_ref().is_some_and(|error| error.contains(STATUS_FIELD)), "{:?}", sync.last_error);
        fixture.salesforce().status_field = StatusField::Present;
        let retried = fixture.hub.retry_sync(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(
            (sync_of(&retried).status, sync_of(&retried).last_error.as_deref()),
            (SyncStatus::Pending, None),
            "status, last error"
        );
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Synced);
    })
    .await;
}

#[tokio::test]
async fn uploaded_contract_is_not_written_back() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let bytes = Box::pin(futures::stream::iter([Ok(bytes::Bytes::from_static(b"%PDF-1.7 uploaded"))]));
        let upload = Upload { title: "NDA".to_owned(), file_name: "../nda.pdf".to_owned(), bytes };
        let contract = fixture.hub.upload_contract(&fixture.admin, upload).await.unwrap();
        assert_eq!(
            (contract.links.as_slice(), contract.versions[0].file_name.as_str()),
            (&[][..], "nda.pdf"),
            "links, file name"
        );
        assert_eq!(contract.compatibility.sync.as_ref().map(|sync| sync.status), Some(SyncStatus::NotLinked));
        assert_eq!(contract.versions[0].source, versions::UPLOAD);
        change(&fixture, &contract, NegotiationStatus::Approved).await;
        assert_eq!(fixture.run_jobs().await, 0);
        let rejected = fixture.hub.retry_sync(&fixture.admin, &contract.id).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::NotLinked))));
    })
    .await;
}
