//! Contracts that a user must look at, in the contract list.

use super::rows::{NOW, Place, contract, insert_contract, link, page, version};
use lexicontract::db::Tx;
use lexicontract::db::contracts::contract_links::{self, LinkRow};
use lexicontract::db::contracts::versions::{self, VersionRow};
use lexicontract::db::contracts::{self, ContractRow, Filter, ListedContractRow, Order, analyses};
use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::ids::{ContractId, OrganizationId};
use serde_json::json;
use std::collections::BTreeSet;
use test_support::databases::on_every_database;

#[tokio::test]
async fn attention_is_computed_and_filtered_in_every_order() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: quiet, version: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut made = Vec::new();
        for attention in Attention::ALL.iter().copied().cycle().take(2 * Attention::ALL.len()) {
            made.push((attention, insert_with_attention(&mut tx, &organization, attention).await));
        }
        // Only the analysis of the latest version counts.
        let failed = (AnalysisStatus::Failed, Some("It is encrypted."), Some("encrypted"));
        analyses::set_status(&mut tx, &organization, &first.id, failed.0, failed.1, failed.2, NOW).await.unwrap();
        insert_version(&mut tx, &version(&quiet, 2)).await;
        for attention in Attention::ALL.iter().copied() {
            let filter = Filter { attention: Some(attention), ..Filter::default() };
            let of_kind = made.iter().filter(|(of, _)| *of == attention);
            let expected: BTreeSet<&str> = of_kind.map(|(_, id)| id.as_str()).collect();
            assert_eq!(contracts::counts(&mut tx, &organization, &filter).await.unwrap(), [(NegotiationStatus::Draft, 2)]);
            for order in [Order::Created, Order::Updated, Order::Title, Order::Account] {
                let mut found: Vec<ContractId> = Vec::new();
                while let Some(row) = next(&mut tx, &organization, &filter, order, found.last()).await {
                    found.push(row.contract.id);
                }
                assert_eq!(found.len(), expected.len(), "{attention:?} {order:?}");
                assert_eq!(found.iter().map(ContractId::as_str).collect::<BTreeSet<_>>(), expected, "{attention:?} {order:?}");
            }
        }
        let stranger = Place::insert(&mut tx, "globex").await.organization;
        let newer = Filter { attention: Some(Attention::NewerVersion), ..Filter::default() };
        assert!(next(&mut tx, &stranger, &newer, Order::Created, None).await.is_none());
        let all = contracts::list(&mut tx, &organization, &Filter::default(), Order::Created, None, &page(20)).await.unwrap();
        assert_eq!(all.len(), 1 + made.len());
        for row in all {
            let attention = made.iter().find(|(_, id)| *id == row.contract.id).map(|(attention, _)| *attention);
            assert_eq!(row.contract.has_newer_version, attention == Some(Attention::NewerVersion));
            assert_eq!(row.has_failed_sync, attention == Some(Attention::SyncFailed));
            assert_eq!(row.has_failed_analysis, attention == Some(Attention::AnalysisFailed));
            assert_eq!(row.has_unread_pages, attention == Some(Attention::UnreadPages));
            assert_eq!(row.version_count == 0, attention == Some(Attention::NeedsFile));
        }
    })
    .await;
}

/// The first contract after `last`.
async fn next(
    tx: &mut Tx,
    organization: &OrganizationId,
    filter: &Filter,
    order: Order,
    last: Option<&ContractId>,
) -> Option<ListedContractRow> {
    contracts::list(tx, organization, filter, order, last, &page(1)).await.unwrap().into_iter().next()
}

/// Inserts a contract with a source link that needs attention for one reason.
async fn insert_with_attention(tx: &mut Tx, organization: &OrganizationId, attention: Attention) -> ContractId {
    let row = ContractRow { has_newer_version: attention == Attention::NewerVersion, ..contract(organization) };
    insert_contract(tx, &row).await;
    let sync_status = if attention == Attention::SyncFailed { SyncStatus::Failed } else { SyncStatus::Synced };
    assert!(contract_links::insert(tx, &LinkRow { sync_status, ..link(&row, row.id.as_str()) }).await.unwrap());
    if attention != Attention::NeedsFile {
        let version = version(&row, 1);
        insert_version(tx, &version).await;
        let findings = serde_json::from_value(json!({ "summary": "", "clauses": [], "risks": [], "engine": "" })).unwrap();
        let has_unread_pages = attention == Attention::UnreadPages;
        analyses::complete(tx, organization, &version.id, &findings, "Text", has_unread_pages, NOW).await.unwrap();
        if attention == Attention::AnalysisFailed {
            analyses::set_status(tx, organization, &version.id, AnalysisStatus::Failed, None, None, NOW).await.unwrap();
        }
    }
    row.id
}

async fn insert_version(tx: &mut Tx, row: &VersionRow) {
    versions::insert(tx, row).await.unwrap();
    analyses::insert(tx, &row.organization_id, &row.contract_id, &row.id, NOW).await.unwrap();
}
