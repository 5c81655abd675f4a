//! Contracts, links, versions, analyses and timelines.

use super::ours_and_a_stranger;
use crate::db::rows::{NOW, Place, after, contract, insert_contract, opportunity, page, salesforce};
use lexicontract::db::audit::activity::{self, NewActivity};
use lexicontract::db::contracts::contract_links::{self, AccountRef, LinkRow};
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::db::contracts::{self, Filter, Order, analyses, versions};
use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use test_support::databases::on_every_database;

#[tokio::test]
async fn other_organization_reads_and_changes_no_contract() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = &ours.contract.id;
        assert!(contracts::find(&mut tx, &stranger, id).await.unwrap().is_none());
        let all = Filter::default();
        assert!(contracts::list(&mut tx, &stranger, &all, Order::Created, None, &page(5)).await.unwrap().is_empty());
        assert!(contracts::counts(&mut tx, &stranger, &all).await.unwrap().is_empty());
        contracts::touch(&mut tx, &stranger, id, after(1)).await.unwrap();
        contracts::set_negotiation_status(&mut tx, &stranger, id, NegotiationStatus::Signed, after(1)).await.unwrap();
        let stolen = SearchKeys::new("Stolen", None, None);
        contracts::set_search_keys(&mut tx, &stranger, id, &stolen, after(1)).await.unwrap();
        let found = contracts::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.negotiation_status, found.updated_at),
            (NegotiationStatus::Draft, NOW),
            "negotiation status, updated at"
        );
        let filter = Filter { pattern: "%stolen%".to_owned(), ..Filter::default() };
        assert!(contracts::list(&mut tx, &ours.organization, &filter, Order::Created, None, &page(5)).await.unwrap().is_empty());
        let unused = contract(&ours.organization);
        insert_contract(&mut tx, &unused).await;
        contracts::delete_unused(&mut tx, &stranger, &unused.id).await.unwrap();
        assert!(contracts::find(&mut tx, &ours.organization, &unused.id).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_link() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, our_account) = (&ours.link.id, ours.connection.account());
        let account = AccountRef { organization: &stranger, ..our_account };
        assert!(contract_links::find(&mut tx, &stranger, id).await.unwrap().is_none());
        assert!(contract_links::find_source(&mut tx, account, &opportunity()).await.unwrap().is_none());
        assert!(contract_links::of_contract(&mut tx, &stranger, &ours.contract.id).await.unwrap().is_empty());
        let of_record = contract_links::contracts_of_record(&mut tx, &stranger, &salesforce(), &opportunity()).await.unwrap();
        assert!(of_record.is_empty());
        let foreign = LinkRow {
            organization_id: stranger.clone(),
            name: "Stolen".to_owned(),
            url: Some("https://stolen.example".to_owned()),
            ..ours.link.clone()
        };
        contract_links::update_record(&mut tx, &foreign, after(1)).await.unwrap();
        contract_links::set_sync(&mut tx, &stranger, id, SyncStatus::Failed, 9, None, after(1)).await.unwrap();
        contract_links::record_written(&mut tx, &stranger, id, SyncStatus::Synced, "x", 1, after(1)).await.unwrap();
        let found = contract_links::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!((found.name, found.url), (ours.link.name, None), "name, url");
        assert_eq!(
            (found.connection_id, found.account_id),
            (Some(ours.connection.id.clone()), ours.link.account_id),
            "connection id, account id"
        );
        assert_eq!((found.sync_status, found.sync_attempts), (SyncStatus::Idle, 0), "sync status, sync attempts");
        assert_eq!((found.last_synced_value, found.updated_at), (None, NOW), "last synced value, updated at");
        contract_links::set_sync(&mut tx, &ours.organization, id, SyncStatus::Pending, 0, None, NOW).await.unwrap();
        contract_links::fail_pending(&mut tx, account, "no", after(1)).await.unwrap();
        let found = contract_links::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!((found.sync_status, found.sync_error), (SyncStatus::Pending, None), "sync status, sync error");
        contract_links::record_written(&mut tx, &ours.organization, id, SyncStatus::Synced, "x", 1, NOW).await.unwrap();
        assert!(contract_links::written(&mut tx, account, "", 5).await.unwrap().is_empty());
        assert_eq!(contract_links::written(&mut tx, our_account, "", 5).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn record_ids_are_scoped_by_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, theirs) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "theirs").await);
        for place in [&ours, &theirs] {
            let found = contract_links::find_source(&mut tx, place.connection.account(), &opportunity()).await.unwrap().unwrap();
            assert_eq!((found.id, found.contract_id), (place.link.id.clone(), place.contract.id.clone()), "id, contract id");
            let of_record =
                contract_links::contracts_of_record(&mut tx, &place.organization, &salesforce(), &opportunity()).await.unwrap();
            assert_eq!(of_record, std::slice::from_ref(&place.contract.id));
        }
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_no_version_analysis_or_timeline() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (contract, version) = (&ours.contract.id, &ours.version.id);
        assert!(versions::latest(&mut tx, &stranger, contract).await.unwrap().is_none());
        assert!(versions::find(&mut tx, &stranger, version).await.unwrap().is_none());
        assert!(versions::find_number(&mut tx, &stranger, contract, 1).await.unwrap().is_none());
        assert!(versions::list(&mut tx, &stranger, contract).await.unwrap().is_empty());
        versions::set_remote_id(&mut tx, &stranger, version, "stolen").await.unwrap();
        let found = versions::find(&mut tx, &ours.organization, version).await.unwrap().unwrap();
        assert_eq!(found.remote_id, ours.version.remote_id);
        assert!(analyses::of_contract(&mut tx, &stranger, contract).await.unwrap().is_empty());
        analyses::set_status(&mut tx, &stranger, version, AnalysisStatus::Failed, None, None, NOW).await.unwrap();
        let findings = serde_json::json!({ "summary": "", "clauses": [], "risks": [], "engine": "" });
        let findings = serde_json::from_value(findings).unwrap();
        analyses::complete(&mut tx, &stranger, version, &findings, "stolen", true, NOW).await.unwrap();
        let analysis = analyses::of_contract(&mut tx, &ours.organization, contract).await.unwrap().remove(0);
        assert_eq!((analysis.status, analysis.has_unread_pages), (AnalysisStatus::Queued, false), "status, unread pages");
        contracts::set_newer_version(&mut tx, &stranger, contract, true, NOW).await.unwrap();
        assert!(contracts::find_locked(&mut tx, &stranger, contract).await.unwrap().is_none());
        assert!(!contracts::find_locked(&mut tx, &ours.organization, contract).await.unwrap().unwrap().has_newer_version);
        let line = NewActivity::new(&ours.organization, ActivityKind::NoFile, "LexiContract", "No file", NOW);
        activity::insert(&mut tx, line.delivery(&ours.delivery)).await.unwrap();
        activity::assign_to_contract(&mut tx, &stranger, &ours.delivery, contract).await.unwrap();
        let lines = activity::of_contract(&mut tx, &ours.organization, contract, None, &page(5)).await.unwrap();
        assert!(lines.is_empty());
        activity::assign_to_contract(&mut tx, &ours.organization, &ours.delivery, contract).await.unwrap();
        assert!(activity::of_contract(&mut tx, &stranger, contract, None, &page(5)).await.unwrap().is_empty());
    })
    .await;
}
