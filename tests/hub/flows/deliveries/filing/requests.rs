//! When a version is filed.

use super::{ONE, TWO, contents, filing, set_status, start, texts, upload, with_upload};
use lexicontract::db::contracts::{analyses, versions};
use lexicontract::domain::contract::filing::{FilingObstacle, FilingStatus};
use lexicontract::domain::contract::{NegotiationStatus, ScanStatus};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::jobs::{Job, enqueue};
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::file;

#[tokio::test]
async fn nothing_older_is_filed_unasked() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        fixture.change_settings(json!({ "file_back": null })).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.change_settings(json!({ "file_back": { "on": ["signed"] } })).await;
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await, None);
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE])]);
        fixture.hub.file_version(&fixture.admin, &contract, 2).await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])], "a user may ask");
        let repeated = fixture.hub.file_version(&fixture.admin, &contract, 2).await.unwrap();
        assert_eq!(repeated.versions[1].filed.as_ref().unwrap().status, FilingStatus::Filed);
        assert_eq!(fixture.run_jobs().await, 0);
    })
    .await;
}

#[tokio::test]
async fn status_that_changes_back_before_the_filing_cancels_it() {
    on_every_database(async |opened| {
        let (fixture, opportunity, contract) = with_upload(opened).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        set_status(&fixture, &contract, NegotiationStatus::InReview).await;
        fixture.run_jobs().await;
        assert_eq!((filing(&fixture, &contract).await, contents(&fixture, &opportunity)), (None, vec![texts(&[ONE])]));
    })
    .await;
}

#[tokio::test]
async fn withheld_files_are_not_filed() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, ONE)));
        let contract = fixture.deliver_contract(&opportunity).await.id;
        upload(&fixture, &contract, TWO, ScanStatus::Infected).await;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await, None);
        let rejected = fixture.hub.file_version(&fixture.admin, &contract, 2).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::FileWithheld(ScanStatus::Infected)))));
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE])]);
    })
    .await;
}

#[tokio::test]
async fn only_the_latest_decided_version_of_a_user_is_filed_on_request() {
    on_every_database(async |opened| {
        let (fixture, _, contract) = with_upload(opened).await;
        let obstacle = async |number| match fixture.hub.file_version(&fixture.admin, &contract, number).await {
            Err(Error::Problem(Problem::CannotFile(obstacle))) => Some(obstacle),
            _ => None,
        };
        assert_eq!(obstacle(2).await, Some(FilingObstacle::NotDecided));
        set_status(&fixture, &contract, NegotiationStatus::Rejected).await;
        assert_eq!(obstacle(2).await, Some(FilingObstacle::NotDecided));
        assert_eq!(obstacle(1).await, Some(FilingObstacle::FromProvider));
        upload(&fixture, &contract, b"%PDF-1.7 three", ScanStatus::NotScanned).await;
        assert_eq!(obstacle(2).await, Some(FilingObstacle::NotLatest));
    })
    .await;
}

#[tokio::test]
async fn version_that_is_added_to_an_approved_contract_is_filed_after_its_scan() {
    on_every_database(async |opened| {
        let fixture = start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, ONE)));
        let contract = fixture.deliver_contract(&opportunity).await.id;
        set_status(&fixture, &contract, NegotiationStatus::Approved).await;
        upload(&fixture, &contract, TWO, ScanStatus::Pending).await;
        fixture.run_jobs().await;
        assert_eq!(filing(&fixture, &contract).await, None);
        let (organization, now) = (&fixture.admin.organization_id, fixture.hub.clock().now());
        let mut tx = fixture.opened.db.begin().await.unwrap();
        let version = versions::latest(&mut tx, organization, &contract).await.unwrap().unwrap();
        analyses::insert(&mut tx, organization, &contract, &version.id, now).await.unwrap();
        enqueue(&mut tx, &Job::Scan(version.id), organization, None, now).await.unwrap();
        tx.commit().await.unwrap();
        fixture.run_jobs().await;
        assert_eq!(contents(&fixture, &opportunity), [texts(&[ONE, TWO])]);
    })
    .await;
}
