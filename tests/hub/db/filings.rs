//! `filings`: versions that are filed at a provider.

use super::rows::{NOW, Place, after, page, version};
use lexicontract::db::Tx;
use lexicontract::db::contracts::contract_links::AccountRef;
use lexicontract::db::contracts::filings::{self, FilingRef, FilingRow};
use lexicontract::db::contracts::versions::{self, UPLOAD, VersionRow};
use lexicontract::db::contracts::{self, Filter, Order};
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::filing::FilingStatus;
use lexicontract::domain::ids::OrganizationId;
use test_support::databases::on_every_database;

/// Adds an uploaded version to the contract of a place.
async fn upload(tx: &mut Tx, place: &Place, number: i64) -> VersionRow {
    let row = VersionRow { source: UPLOAD.to_owned(), remote_id: None, ..version(&place.contract, number) };
    versions::insert(tx, &row).await.unwrap();
    row
}

fn key<'f>(organization: &'f OrganizationId, place: &'f Place, version: &'f VersionRow) -> FilingRef<'f> {
    FilingRef { organization, version: &version.id, link: &place.link.id }
}

async fn request(tx: &mut Tx, key: FilingRef<'_>, place: &Place) -> bool {
    filings::request(tx, key, &place.contract.id, false, NOW).await.unwrap()
}

async fn find(tx: &mut Tx, place: &Place, version: &VersionRow) -> Option<FilingRow> {
    filings::find(tx, key(&place.organization, place, version)).await.unwrap()
}

#[tokio::test]
async fn version_is_filed_once_at_a_record() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let version = upload(&mut tx, &place, 2).await;
        let key = key(&place.organization, &place, &version);
        assert!(request(&mut tx, key, &place).await);
        filings::set_status(&mut tx, key, FilingStatus::Failed, 3, "No access", NOW).await.unwrap();
        assert!(request(&mut tx, key, &place).await, "a failed one can be requested again");
        let pending = find(&mut tx, &place, &version).await.unwrap();
        assert_eq!((pending.status, pending.attempts, pending.error), (FilingStatus::Pending, 0, None));
        filings::delete_pending(&mut tx, key, after(60)).await.unwrap();
        assert!(find(&mut tx, &place, &version).await.is_some(), "it was requested after it was read");
        filings::set_sent(&mut tx, key, Some(NOW)).await.unwrap();
        filings::record_filed(&mut tx, key, "068000000000001AAA", 2, after(1)).await.unwrap();
        assert!(!request(&mut tx, key, &place).await);
        filings::delete_pending(&mut tx, key, after(1)).await.unwrap();
        filings::delete_failed(&mut tx, &place.organization, &place.contract.id).await.unwrap();
        let filed = find(&mut tx, &place, &version).await.unwrap();
        assert_eq!((filed.status, filed.filed_at, filed.attempts), (FilingStatus::Filed, Some(after(1)), 2));
        let marks = filings::marks(&mut tx, &place.organization, &place.contract.id).await.unwrap();
        assert!(marks.iter().any(|mark| mark == "068000000000001AAA") && marks.iter().any(|mark| mark == version.id.as_str()));
    })
    .await;
}

#[tokio::test]
async fn filing_that_may_be_stored_comes_before_newer_versions() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let (second, third) = (upload(&mut tx, &place, 2).await, upload(&mut tx, &place, 3).await);
        for version in [&second, &third] {
            request(&mut tx, key(&place.organization, &place, version), &place).await;
        }
        let next = filings::pending(&mut tx, &place.organization, &place.link.id).await.unwrap().unwrap();
        assert_eq!(next.version_id, third.id);
        filings::set_sent(&mut tx, key(&place.organization, &place, &second), Some(NOW)).await.unwrap();
        let next = filings::pending(&mut tx, &place.organization, &place.link.id).await.unwrap().unwrap();
        assert_eq!((next.version_id, next.sent_at), (second.id, Some(NOW)));
    })
    .await;
}

#[tokio::test]
async fn failed_filing_of_the_latest_version_needs_attention() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let version = upload(&mut tx, &place, 2).await;
        let key = key(&place.organization, &place, &version);
        request(&mut tx, key, &place).await;
        let filter = Filter { attention: Some(Attention::SyncFailed), ..Filter::default() };
        let listed =
            async |tx: &mut Tx| contracts::list(tx, &place.organization, &filter, Order::Created, None, &page(5)).await.unwrap();
        assert!(listed(&mut tx).await.is_empty());
        filings::set_status(&mut tx, key, FilingStatus::Failed, 1, "No access", NOW).await.unwrap();
        assert!(listed(&mut tx).await[0].has_failed_sync);
        assert_eq!(contracts::counts(&mut tx, &place.organization, &filter).await.unwrap().len(), 1);
        upload(&mut tx, &place, 3).await;
        assert!(listed(&mut tx).await.is_empty(), "a newer version replaces it");
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_filing() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, theirs) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "theirs").await);
        let version = upload(&mut tx, &ours, 2).await;
        request(&mut tx, key(&ours.organization, &ours, &version), &ours).await;
        let stranger = &theirs.organization;
        let foreign = key(stranger, &ours, &version);
        assert!(filings::find(&mut tx, foreign).await.unwrap().is_none());
        assert!(filings::pending(&mut tx, stranger, &ours.link.id).await.unwrap().is_none());
        assert!(filings::of_contract(&mut tx, stranger, &ours.contract.id).await.unwrap().is_empty());
        assert!(filings::marks(&mut tx, stranger, &ours.contract.id).await.unwrap().is_empty());
        filings::set_status(&mut tx, key(&ours.organization, &ours, &version), FilingStatus::Failed, 1, "No", NOW).await.unwrap();
        assert!(!request(&mut tx, foreign, &ours).await);
        filings::set_sent(&mut tx, foreign, Some(NOW)).await.unwrap();
        filings::record_filed(&mut tx, foreign, "068", 9, NOW).await.unwrap();
        filings::set_status(&mut tx, foreign, FilingStatus::Pending, 9, "Stolen", NOW).await.unwrap();
        filings::delete_failed(&mut tx, stranger, &ours.contract.id).await.unwrap();
        filings::delete_pending(&mut tx, foreign, NOW).await.unwrap();
        let account = AccountRef { organization: stranger, ..ours.connection.account() };
        filings::fail_pending(&mut tx, account, "Stolen", NOW).await.unwrap();
        let found = find(&mut tx, &ours, &version).await.unwrap();
        assert_eq!((found.status, found.attempts, found.sent_at), (FilingStatus::Failed, 1, None));
    })
    .await;
}
