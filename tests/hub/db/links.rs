//! Links between contracts and provider records.

use super::rows::{
    ACCOUNT, NOW, OPPORTUNITY, Place, after, contract, deal, insert_contract, insert_linked, link, opportunity, page, salesforce,
};
use lexicontract::db::contracts::contract_links::{self, AccountRef, LinkRow};
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::db::contracts::{self, Filter, Order};
use lexicontract::db::{Tx, is_unique_violation};
use lexicontract::domain::contract::SyncStatus;
use lexicontract::domain::contract::link::LinkRole;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::record::{RecordKind, RecordRef};
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

/// Id of another Salesforce account, such as a sandbox that is a copy of [`ACCOUNT`].
const COPY: &str = "00Dxx0000002gPLEAY";

async fn reread(tx: &mut Tx, row: &LinkRow) -> LinkRow {
    contract_links::find(tx, &row.organization_id, &row.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn link_round_trips() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, connection, contract, link: row, .. } = Place::insert(&mut tx, "acme").await;
        let found = contract_links::find_source(&mut tx, connection.account(), &opportunity()).await.unwrap().unwrap();
        assert_eq!(
            (&found.id, &found.contract_id, found.role),
            (&row.id, &contract.id, LinkRole::Source),
            "id, contract id, role"
        );
        assert_eq!(
            (found.organization_id, found.integration_id),
            (organization.clone(), salesforce()),
            "organization id, integration id"
        );
        assert_eq!(
            (found.connection_id, found.account_id.as_str()),
            (Some(connection.id.clone()), ACCOUNT),
            "connection id, account id"
        );
        assert_eq!((found.record_type, found.record_id.as_str()), (RecordKind::Deal, OPPORTUNITY), "record type, record id");
        assert_eq!(
            (found.name.as_str(), found.party_name, found.url, found.stage),
            ("Rollout", None, None, None),
            "name, party name, url, stage"
        );
        assert_eq!(
            (found.sync_status, found.last_synced_value, found.last_synced_at),
            (SyncStatus::Idle, None, None),
            "sync status, last synced value, last synced at"
        );
        assert_eq!((found.sync_attempts, found.sync_error), (0, None), "sync attempts, sync error");
        assert_eq!((found.created_at, found.updated_at), (NOW, NOW), "created at, updated at");
        assert!(contract_links::find(&mut tx, &organization, &new_id()).await.unwrap().is_none());
        let file = RecordRef { kind: RecordKind::File, ..opportunity() };
        for (account, record) in [(connection.account(), &deal("006ak00000OQ4RyAAL")), (connection.account(), &file)] {
            assert!(contract_links::find_source(&mut tx, account, record).await.unwrap().is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn record_is_the_source_of_one_contract_and_a_contract_has_one_source() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: first, link: row, .. } = Place::insert(&mut tx, "acme").await;
        let second = contract(&organization);
        insert_contract(&mut tx, &second).await;
        assert!(!contract_links::insert(&mut tx, &link(&second, OPPORTUNITY)).await.unwrap(), "another contract has this source");
        assert!(
            !contract_links::insert(&mut tx, &link(&first, "006ak00000OQ4RyAAL")).await.unwrap(),
            "the contract has another source"
        );
        assert!(contract_links::insert(&mut tx, &link(&second, "006ak00000OQ4RyAAL")).await.unwrap());
        for role in [LinkRole::Target, LinkRole::Archive] {
            for record in [OPPORTUNITY, "006ak00000OQ4RzAAL"] {
                assert!(contract_links::insert(&mut tx, &LinkRow { role, ..link(&first, record) }).await.unwrap());
            }
        }
        let links = contract_links::of_contract(&mut tx, &organization, &first.id).await.unwrap();
        assert_eq!((links.len(), &links[0].id), (5, &row.id), "the source comes first");
    })
    .await;
}

#[tokio::test]
async fn record_ids_are_scoped_by_account() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, connection, contract: first, .. } = Place::insert(&mut tx, "acme").await;
        let copy = AccountRef { account: COPY, ..connection.account() };
        assert!(contract_links::find_source(&mut tx, copy, &opportunity()).await.unwrap().is_none());
        let second = contract(&organization);
        insert_contract(&mut tx, &second).await;
        let of_copy = LinkRow { account_id: COPY.to_owned(), ..link(&second, OPPORTUNITY) };
        assert!(contract_links::insert(&mut tx, &of_copy).await.unwrap(), "a copy of an account has the same record ids");
        for (account, contract) in [(connection.account(), &first), (copy, &second)] {
            let found = contract_links::find_source(&mut tx, account, &opportunity()).await.unwrap().unwrap();
            assert_eq!(found.contract_id, contract.id);
        }
        let found = contract_links::contracts_of_record(&mut tx, &organization, &salesforce(), &opportunity()).await.unwrap();
        assert_eq!(found, [second.id, first.id], "newest first");
        let other = deal("006ak00000OQ4RyAAL");
        assert!(contract_links::contracts_of_record(&mut tx, &organization, &salesforce(), &other).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn changed_record_fields_are_stored_and_searchable() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: owner, link: row, .. } = Place::insert(&mut tx, "acme").await;
        let changed = LinkRow {
            connection_id: None,
            name: "Renamed".to_owned(),
            party_name: Some("Northwind".to_owned()),
            url: Some("https://acme.my.salesforce.com/006".to_owned()),
            stage: Some("Needs Legal Review".to_owned()),
            ..row.clone()
        };
        contract_links::update_record(&mut tx, &changed, after(1)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.connection_id, &found.name, &found.party_name),
            (None, &changed.name, &changed.party_name),
            "connection id, name, party name"
        );
        assert_eq!((found.url, found.stage, found.updated_at), (changed.url, changed.stage, after(1)), "url, stage, updated at");
        assert_eq!((found.record_id, found.created_at), (row.record_id, NOW), "record id, created at");
        let keys = SearchKeys::new(&owner.title, Some(&changed.name), changed.party_name.as_deref());
        contracts::set_search_keys(&mut tx, &organization, &owner.id, &keys, after(2)).await.unwrap();
        for pattern in ["%rollout%", "%renamed%", "%northwind%"] {
            let filter = Filter { pattern: pattern.to_owned(), ..Filter::default() };
            let found = contracts::list(&mut tx, &organization, &filter, Order::Created, None, &page(9)).await.unwrap();
            let found: Vec<_> = found.iter().map(|row| (&row.contract.title, row.contract.updated_at)).collect();
            assert_eq!(found, [(&owner.title, after(2))], "{pattern}");
        }
    })
    .await;
}

#[tokio::test]
async fn link_stays_pending_if_another_value_must_be_written() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.link;
        let (organization, id) = (&row.organization_id, &row.id);
        contract_links::set_sync(&mut tx, organization, id, SyncStatus::Pending, 2, Some("Busy."), after(1)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.sync_status, found.sync_attempts, found.sync_error.as_deref()),
            (SyncStatus::Pending, 2, Some("Busy.")),
            "sync status, sync attempts, sync error"
        );
        contract_links::record_written(&mut tx, organization, id, SyncStatus::Synced, "New", 3, after(2)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.sync_status, found.sync_attempts, found.sync_error),
            (SyncStatus::Synced, 3, None),
            "sync status, sync attempts, sync error"
        );
        assert_eq!(
            (found.last_synced_value.as_deref(), found.last_synced_at),
            (Some("New"), Some(after(2))),
            "last synced value, last synced at"
        );
        contract_links::record_written(&mut tx, organization, id, SyncStatus::Pending, "Old", 1, after(4)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.sync_status, found.last_synced_value.as_deref()),
            (SyncStatus::Pending, Some("Old")),
            "sync status, last synced value"
        );
    })
    .await;
}

#[tokio::test]
async fn fail_pending_affects_only_pending_links_of_the_account() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, connection, link: waits, .. } = Place::insert(&mut tx, "acme").await;
        let other = contract(&organization);
        insert_contract(&mut tx, &other).await;
        let elsewhere = LinkRow { account_id: COPY.to_owned(), ..link(&other, OPPORTUNITY) };
        assert!(contract_links::insert(&mut tx, &elsewhere).await.unwrap());
        let idle = insert_linked(&mut tx, &organization, "006ak00000OQ4RzAAL").await.1;
        for row in [&waits, &elsewhere] {
            contract_links::set_sync(&mut tx, &organization, &row.id, SyncStatus::Pending, 0, None, NOW).await.unwrap();
        }
        contract_links::fail_pending(&mut tx, connection.account(), "Gone.", after(1)).await.unwrap();
        let found = reread(&mut tx, &waits).await;
        assert_eq!(
            (found.sync_status, found.sync_error.as_deref()),
            (SyncStatus::Failed, Some("Gone.")),
            "sync status, sync error"
        );
        assert_eq!(reread(&mut tx, &elsewhere).await.sync_status, SyncStatus::Pending);
        assert_eq!(reread(&mut tx, &idle).await.sync_status, SyncStatus::Idle);
    })
    .await;
}

#[tokio::test]
async fn link_requires_an_existing_organization_and_contract() {
    on_every_database(async |opened| {
        for is_nowhere in [true, false] {
            let mut tx = opened.db.begin().await.unwrap();
            let nowhere: OrganizationId = new_id();
            let place = Place::insert(&mut tx, "acme").await;
            let owner = if is_nowhere { contract(&nowhere) } else { contract(&place.organization) };
            let refused = contract_links::insert(&mut tx, &link(&owner, "006ak00000OQ4RyAAL")).await;
            assert!(refused.is_err_and(|error| !is_unique_violation(&error)));
        }
    })
    .await;
}
