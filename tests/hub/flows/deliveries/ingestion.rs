//! Ingestion: a webhook call creates a contract, or updates its link and versions.

use futures::TryStreamExt;
use lexicontract::domain::contract::link::LinkRole;
use lexicontract::domain::contract::{Contract, NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::{Acceptance, DeliveryStatus, Origin};
use lexicontract::domain::record::{RecordKind, RecordRef};
use lexicontract::services::ContractFilter;
use salesforce_simulator::samples;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::opportunities;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

fn search(text: &str) -> ContractFilter {
    ContractFilter { text: Some(text.to_owned()), ..ContractFilter::default() }
}

async fn assert_is_only_version(fixture: &Connected, contract: &Contract, bytes: &[u8]) {
    let [version] = contract.versions.as_slice() else { panic!("{:?}", contract.versions) };
    assert_eq!(
        (version.number, version.file_name.as_str(), version.source.as_str()),
        (1, "Agreement 1.pdf", "salesforce"),
        "number, file name, source"
    );
    assert_eq!(
        (version.content_type.as_str(), version.size_bytes),
        ("application/pdf", bytes.len() as i64),
        "content type, size"
    );
    assert_eq!(version.sha256, lexicontract::random::hex(&Sha256::digest(bytes)));
    let stored = fixture.hub.version_file(&fixture.admin, &contract.id, 1).await.unwrap();
    assert_eq!(stored.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), bytes);
}

#[tokio::test]
async fn call_becomes_a_contract_with_the_original_file() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let sample = samples::find("Order Form.pdf").unwrap();
        let opportunity = fixture.opportunity("Rollout", Some(file(1, sample.bytes)));
        let delivery = fixture.deliver(&opportunity).await;
        assert_eq!(
            (delivery.status, delivery.attempts, delivery.error),
            (DeliveryStatus::Done, 1, None),
            "status, attempts, error"
        );
        let contract = fixture.contract(delivery.contract_id.as_ref().unwrap()).await;
        assert_eq!(
            (contract.title.as_str(), contract.negotiation_status),
            ("Rollout", NegotiationStatus::Draft),
            "title, negotiation status"
        );
        assert_eq!(
            (&delivery.record, delivery.origin),
            (&RecordRef::deal(opportunity.clone()), Origin::Webhook),
            "record, origin"
        );
        assert_eq!(delivery.compatibility.opportunity_id.as_ref(), Some(&opportunity));
        let [link] = contract.links.as_slice() else { panic!("{:?}", contract.links) };
        assert_eq!(
            (link.provider.as_str(), link.role, link.record_type),
            ("salesforce", LinkRole::Source, RecordKind::Deal),
            "provider, role, record type"
        );
        assert_eq!(
            (&link.record_id, link.connection_id.as_ref()),
            (&opportunity, Some(&fixture.connection.id)),
            "record, connection"
        );
        assert_eq!((link.name.as_str(), link.party_name.as_deref()), ("Rollout", Some("Northwind")), "name, party name");
        assert!(link.url.as_deref().is_some_and(|url| url.contains(opportunity.as_str())), "{:?}", link.url);
        assert_eq!(link.sync.status, SyncStatus::Synced);
        let before = &contract.compatibility;
        assert_eq!(
            (before.salesforce_opportunity_id.as_ref(), &before.opportunity_url),
            (Some(&opportunity), &link.url),
            "Opportunity id, URL"
        );
        assert_eq!(
            (before.opportunity_name.as_ref(), &before.account_name),
            (Some(&link.name), &link.party_name),
            "Opportunity name, account name"
        );
        assert_eq!(before.sync.as_ref(), Some(&link.sync));
        assert_is_only_version(&fixture, &contract, sample.bytes).await;
        let kinds: Vec<String> = fixture.timeline(&contract.id).await.into_iter().map(|line| line.0).collect();
        assert_eq!(
            kinds,
            ["webhook_received", "deal_read", "file_chosen", "contract_created", "version_stored", "status_written"]
        );
    })
    .await;
}

#[tokio::test]
async fn call_for_a_waiting_delivery_is_a_duplicate() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let (first, second) = (fixture.call(&opportunity).await, fixture.call(&opportunity).await);
        assert_eq!((first.status, second.status), (Acceptance::Accepted, Acceptance::Duplicate), "first call, second call");
        assert_eq!(first.delivery_id, second.delivery_id);
        assert_eq!(fixture.run_jobs().await, 2, "the delivery and the first write-back");
        assert_eq!(fixture.call(&opportunity).await.status, Acceptance::Accepted, "the first one is done");
    })
    .await;
}

#[tokio::test]
async fn concurrently_read_older_file_does_not_become_the_latest_version() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.fault(Fault { path_contains: "VersionData".into(), times: 1, delay_ms: Some(1_500), ..Fault::default() });
        let first = fixture.call(&opportunity).await;
        let hub = fixture.hub.clone();
        let slow = tokio::spawn(async move { hub.run_one_job(false).await });
        while fixture.requests("VersionData") == 0 && !slow.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let second = fixture.call(&opportunity).await;
        assert!(fixture.hub.run_one_job(false).await.unwrap());
        assert!(slow.await.unwrap().unwrap());
        fixture.run_jobs().await;
        for receipt in [&first, &second] {
            assert_eq!(fixture.delivery(receipt).await.status, DeliveryStatus::Done);
        }
        let contract = fixture.delivery(&second).await.contract_id.unwrap();
        let versions = fixture.contract(&contract).await.versions;
        assert_eq!(versions.last().map(|version| version.file_name.as_str()), Some("Agreement 2.pdf"), "{versions:?}");
    })
    .await;
}

#[tokio::test]
async fn newer_file_becomes_a_version_and_an_unchanged_one_does_not() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.deliver_contract(&opportunity).await;
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let contract = fixture.deliver_contract(&opportunity).await;
        let names: Vec<_> = contract.versions.iter().map(|version| (version.number, version.file_name.as_str())).collect();
        assert_eq!(names, [(1, "Agreement 1.pdf"), (2, "Agreement 2.pdf")]);
        let downloads = fixture.requests("VersionData");
        let again = fixture.deliver_contract(&opportunity).await;
        assert_eq!((again.id.clone(), again.versions.len()), (contract.id, 2), "contract, versions");
        assert_eq!(fixture.requests("VersionData"), downloads, "a file with a known id is not downloaded again");
        assert_eq!(fixture.timeline(&again.id).await.last().unwrap().0, "file_unchanged");
    })
    .await;
}

#[tokio::test]
async fn same_bytes_under_a_new_id_are_not_a_new_version() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.deliver_contract(&opportunity).await;
        let copy = fixture.attach(&opportunity, &file(2, b"%PDF-1.7 one"));
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(contract.versions.len(), 1);
        assert_eq!(contract.versions[0].compatibility.salesforce_content_version_id, Some(copy));
        let downloads = fixture.requests("VersionData");
        fixture.deliver_contract(&opportunity).await;
        assert_eq!(fixture.requests("VersionData"), downloads, "the new id is stored");
    })
    .await;
}

#[tokio::test]
async fn renamed_opportunity_updates_the_link_and_not_the_title() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        fixture.deliver_contract(&opportunity).await;
        let renamed = json!({ "Name": "Rollout 2027" });
        let fields = renamed.as_object().unwrap();
        opportunities::change(&mut fixture.salesforce(), opportunity.as_str(), fields, "2026-11-21T10:00:00.000+0000");
        let contract = fixture.deliver_contract(&opportunity).await;
        let link = contract.source().unwrap();
        assert_eq!(
            (contract.title.as_str(), link.name.as_str()),
            ("Rollout", "Rollout 2027"),
            "title of the contract, name of the link"
        );
        let listed = fixture.hub.contracts(&fixture.admin, &search("rollout 2027")).await.unwrap().items;
        let [listed] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((&listed.id, listed.provider.as_deref()), (&contract.id, Some("salesforce")), "id, provider");
        assert_eq!(
            (listed.record_name.as_deref(), listed.party_name.as_deref()),
            (Some("Rollout 2027"), Some("Northwind")),
            "record name, party name"
        );
        assert_eq!(listed.compatibility.salesforce_opportunity_id.as_ref(), Some(&opportunity));
        assert_eq!(
            (&listed.compatibility.opportunity_name, &listed.compatibility.account_name),
            (&listed.record_name, &listed.party_name),
            "Opportunity name, account name"
        );
    })
    .await;
}

#[tokio::test]
async fn delivery_of_a_deleted_opportunity_fails_and_can_be_repeated() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let receipt = fixture.call(&opportunity).await;
        opportunities::delete(&mut fixture.salesforce(), opportunity.as_str());
        fixture.run_jobs().await;
        let failed = fixture.delivery(&receipt).await;
        assert_eq!(
            (failed.status, failed.contract_id, failed.next_attempt_at),
            (DeliveryStatus::Failed, None, None),
            "status, contract, next attempt"
        );
        assert!(failed.error.as_ref().is_some_and(|error| error.contains("deleted")), "{:?}", failed.error);
        let again = fixture.hub.redeliver(&fixture.admin, &receipt.delivery_id).await.unwrap();
        assert_eq!((again.status, again.attempts, again.error), (DeliveryStatus::Accepted, 0, None), "status, attempts, error");
        assert_eq!(fixture.run_jobs().await, 1);
        assert_eq!(fixture.delivery(&receipt).await.status, DeliveryStatus::Failed);
    })
    .await;
}
