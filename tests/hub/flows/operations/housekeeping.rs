//! Housekeeping: jobs whose workers die, orphaned files, retention, tasks that only one server runs.

use lexicontract::db::jobs::claim::{Claim, Wanted, claim};
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::ids::VersionId;
use lexicontract::random::new_id;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn a_job_that_loses_its_worker_twenty_times_is_given_up() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let receipt = fixture.call(&fixture.opportunity("Poison", None)).await;
        for number in 0..20 {
            let now = fixture.hub.clock().now();
            let lease = format!("gone {number}");
            let mut tx = opened.db.begin().await.unwrap();
            let job = Wanted::Job { key_limit: 3 };
            let wanted = Claim { wanted: job, lease: &lease, now, until: now + Duration::from_secs(15) };
            assert!(claim(&mut tx, &wanted).await.unwrap().is_some(), "the job is claimed again");
            tx.commit().await.unwrap();
            fixture.advance(15);
        }
        fixture.run_jobs().await;
        let delivery = fixture.delivery(&receipt).await;
        assert_eq!(delivery.status, DeliveryStatus::Failed);
        assert!(delivery.error.unwrap().contains("not retried automatically"));
    })
    .await;
}

#[tokio::test]
async fn files_without_a_version_are_removed_after_a_day() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Deal", Some(file(1, b"%PDF- kept")))).await;
        let folder = opened.folder.join("files").join(fixture.admin.organization_id.as_str());
        let orphan: VersionId = new_id();
        std::fs::write(folder.join(orphan.as_str()), "left behind").unwrap();
        std::fs::write(folder.join(format!("{orphan}#1")), "half").unwrap();
        let files = || std::fs::read_dir(&folder).unwrap().count();
        // File times come from the machine's clock, but the hub's clock is fixed. The ages are far greater than the difference
        // between the clocks.
        assert_eq!(fixture.hub.sweep_files(Duration::from_secs(10_000 * DAY)).await.unwrap(), 0);
        assert_eq!(files(), 3);
        fixture.advance(20_000 * DAY);
        assert_eq!(fixture.hub.sweep_files(Duration::from_secs(DAY)).await.unwrap(), 2);
        assert_eq!(files(), 1);
        assert_eq!(fixture.contract(&contract.id).await.versions.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_removed_after_their_retention() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Deal", None)).await;
        let before = fixture.timeline(&contract.id).await;
        let deliveries = async || opened.number("SELECT count(*) FROM deliveries").await;
        fixture.advance(89 * DAY);
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(deliveries().await, 1);
        fixture.advance(2 * DAY);
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(deliveries().await, 0);
        assert_eq!(fixture.timeline(&contract.id).await, before, "the timeline is kept");
    })
    .await;
}

#[tokio::test]
async fn a_task_is_taken_by_one_server() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let take = async |task| {
            let now = fixture.hub.clock().now();
            let mut tx = opened.db.begin().await.unwrap();
            let taken = lexicontract::db::housekeeping::take(&mut tx, task, now, now + Duration::from_secs(60)).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        assert!(take("sweep").await);
        assert!(!take("sweep").await);
        assert!(take("other").await);
        fixture.advance(60);
        assert!(take("sweep").await);
    })
    .await;
}
