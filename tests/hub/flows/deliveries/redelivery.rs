//! Failed deliveries that are listed and requested again together.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::delivery::{DeliveryFilter, DeliveryStatus};
use lexicontract::domain::delivery_steps::StepKind;
use lexicontract::domain::ids::DeliveryId;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::time::Timestamp;
use lexicontract::hub::{Error, Hub};
use lexicontract::services::{Actor, ReceivedRange};
use salesforce_simulator::state::faults::Fault;
use std::time::Duration;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, open_hub};
use test_support::users::register;

const APART: u64 = 60;

/// Makes deliveries that fail permanently, a minute apart. Returns the times at which they were received.
async fn fail(fixture: &Connected, number: usize) -> Vec<Timestamp> {
    let mut received = Vec::new();
    for index in 0..number {
        let opportunity = fixture.opportunity(&format!("Deal {index}"), None);
        let gone = r#"[{"errorCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}]"#;
        let body = Some(serde_json::from_str(gone).unwrap());
        fixture.fault(Fault { path_contains: "Opportunity".to_owned(), status: Some(404), body, times: 1, ..Fault::default() });
        received.push(fixture.hub.clock().now());
        assert_eq!(fixture.deliver(&opportunity).await.status, DeliveryStatus::Failed);
        fixture.advance(APART);
    }
    received
}

async fn listed(fixture: &Connected, status: DeliveryStatus, since: Option<Timestamp>) -> Vec<DeliveryId> {
    let filter = DeliveryFilter { status: Some(status), since };
    let (hub, page) = (&fixture.hub, PageRequest::default());
    let page = hub.filtered_deliveries(&fixture.admin, &fixture.connection.id, &filter, &page).await.unwrap();
    page.items.into_iter().map(|delivery| delivery.id).collect()
}

async fn redeliver(hub: &Hub, fixture: &Connected, range: ReceivedRange) -> Result<usize, Error> {
    hub.redeliver_failed(&fixture.admin, &fixture.connection.id, range).await
}

#[tokio::test]
async fn failed_deliveries_of_a_time_are_listed_and_run_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let received = fail(&fixture, 4).await;
        fixture.deliver_contract(&fixture.opportunity("Done", None)).await;
        let all = listed(&fixture, DeliveryStatus::Failed, None).await;
        assert_eq!((all.len(), listed(&fixture, DeliveryStatus::Done, None).await.len()), (4, 1), "failed, done");
        assert_eq!(listed(&fixture, DeliveryStatus::Failed, Some(received[2])).await, all[..2], "newest first");
        let range = ReceivedRange { since: Some(received[1]), until: Some(received[3]) };
        let count = fixture.hub.failed_deliveries(&fixture.admin, &fixture.connection.id, range).await.unwrap();
        assert_eq!(count, 2);
        assert_eq!(redeliver(&fixture.hub, &fixture, range).await.unwrap(), 2);
        assert_eq!(listed(&fixture, DeliveryStatus::Accepted, None).await, all[1..3]);
        assert_eq!(fixture.run_jobs().await, 4, "two deliveries and their first write-backs");
        assert_eq!(listed(&fixture, DeliveryStatus::Failed, None).await, [all[0].clone(), all[3].clone()]);
        assert_eq!(redeliver(&fixture.hub, &fixture, range).await.unwrap(), 0);

        // The jobs of these deliveries have been removed.
        execute(&opened.db, "DELETE FROM jobs WHERE status = 'dead'").await;
        assert_eq!(redeliver(&fixture.hub, &fixture, ReceivedRange::default()).await.unwrap(), 2);
        fixture.run_jobs().await;
        assert_eq!(listed(&fixture, DeliveryStatus::Done, None).await.len(), 5);
        let again = fixture.hub.delivery(&fixture.admin, &all[0]).await.unwrap();
        assert!(again.steps.iter().any(|step| step.step == StepKind::Redelivered), "{:?}", again.steps);
        let audit = AuditFilter { kind: Some(ActivityKind::Redelivered), ..AuditFilter::default() };
        let lines = fixture.hub.audit_log(&fixture.admin, &audit, &PageRequest::default()).await.unwrap().items;
        assert_eq!(lines.len(), 2);
        assert!(lines[1].summary.starts_with("ada redelivered 2 failed deliveries"), "{}", lines[1].summary);
    })
    .await;
}

#[tokio::test]
async fn the_quota_of_waiting_deliveries_limits_how_many_run_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        fail(&fixture, 3).await;
        let hub = open_hub(&opened, Some(&fixture.simulator), &[("QUOTA_WAITING_DELIVERIES", "2")]).await.unwrap();
        hub.clock().advance(Duration::from_secs(3 * APART));
        assert_eq!(redeliver(&hub, &fixture, ReceivedRange::default()).await.unwrap(), 2);
        let full = redeliver(&hub, &fixture, ReceivedRange::default()).await;
        assert!(matches!(full, Err(Error::Problem(Problem::QuotaExceeded(_)))), "{full:?}");
        fixture.run_jobs().await;
        assert_eq!(redeliver(&hub, &fixture, ReceivedRange::default()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_call_during_the_repetition_creates_no_second_contract() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        fail(&fixture, 1).await;
        redeliver(&fixture.hub, &fixture, ReceivedRange::default()).await.unwrap();
        let page = fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &PageRequest::default()).await.unwrap();
        fixture.call(&page.items[0].record.id).await;
        fixture.run_jobs().await;
        assert_eq!(opened.number("SELECT count(*) FROM contracts").await, 1);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries WHERE status = 'done'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn only_members_of_the_organization_can_repeat_deliveries() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fail(&fixture, 1).await;
        let (hub, id, range) = (&fixture.hub, &fixture.connection.id, ReceivedRange::default());
        let viewer = Actor { role: Role::Viewer, ..fixture.admin.clone() };
        assert!(matches!(hub.redeliver_failed(&viewer, id, range).await, Err(Error::Problem(Problem::Forbidden))));
        let eve = register(hub, "eve").await;
        assert!(matches!(hub.redeliver_failed(&eve, id, range).await, Err(Error::Problem(Problem::NotFound))));
        assert!(matches!(hub.failed_deliveries(&eve, id, range).await, Err(Error::Problem(Problem::NotFound))));
        assert_eq!(listed(&fixture, DeliveryStatus::Failed, None).await.len(), 1);
    })
    .await;
}
