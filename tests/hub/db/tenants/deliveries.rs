//! Deliveries.

use super::ours_and_a_stranger;
use crate::db::rows::{NOW, after, page};
use lexicontract::db::connections::refused_calls::{self, NewRefusedCalls};
use lexicontract::db::deliveries::attempts::{self, NewAttempt};
use lexicontract::db::deliveries::failed::{self, ReceivedRange};
use lexicontract::db::deliveries::{self, DeliveryRow};
use lexicontract::domain::connection::refused_call::RefusalReason;
use lexicontract::domain::delivery::{DeliveryFilter, DeliveryStatus};
use lexicontract::domain::delivery_steps::{DeliveryStep, StepKind};
use test_support::databases::on_every_database;

#[tokio::test]
async fn other_organization_reads_and_changes_no_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, connection) = (&ours.delivery, &ours.connection.id);
        assert!(deliveries::find(&mut tx, &stranger, id).await.unwrap().is_none());
        let all = DeliveryFilter::default();
        assert!(deliveries::list(&mut tx, &stranger, connection, &all, None, &page(5)).await.unwrap().is_empty());
        deliveries::begin(&mut tx, &ours.organization, id, 3).await.unwrap();
        let row = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        let foreign = DeliveryRow { organization_id: stranger.clone(), ..row.clone() };
        deliveries::begin(&mut tx, &stranger, id, 9).await.unwrap();
        deliveries::wait(&mut tx, &foreign, DeliveryStatus::Parked, None, None).await.unwrap();
        deliveries::finish(&mut tx, &stranger, id, DeliveryStatus::Failed, None, None).await.unwrap();
        deliveries::restart(&mut tx, &foreign, after(9)).await.unwrap();
        let found = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.status, found.attempts, found.next_attempt_at),
            (row.status, row.attempts, row.next_attempt_at),
            "status, attempts, next attempt at"
        );
        deliveries::wait(&mut tx, &row, DeliveryStatus::Parked, None, None).await.unwrap();
        deliveries::unpark(&mut tx, &stranger, connection, NOW).await.unwrap();
        let found = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(found.status, DeliveryStatus::Parked);
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_repeats_no_failed_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (organization, id, connection) = (&ours.organization, &ours.delivery, &ours.connection.id);
        deliveries::finish(&mut tx, organization, id, DeliveryStatus::Failed, None, Some("Gone.")).await.unwrap();
        let range = ReceivedRange::default();
        assert!(failed::list(&mut tx, &stranger, connection, range, 5).await.unwrap().is_empty());
        assert_eq!(failed::count(&mut tx, &stranger, connection, range, 5).await.unwrap(), 0);
        let ids = std::slice::from_ref(id);
        assert!(failed::restart(&mut tx, &stranger, connection, ids, NOW).await.unwrap().is_empty());
        assert_eq!(failed::list(&mut tx, organization, connection, range, 5).await.unwrap(), ids);
        let attempt = |organization| NewAttempt {
            organization,
            delivery: id,
            number: 1,
            is_postponed: false,
            started_at: NOW,
            ended_at: after(1),
            steps: vec![DeliveryStep { at: NOW, step: StepKind::Failed, duration_ms: 1, detail: None }],
        };
        attempts::insert(&mut tx, attempt(&stranger)).await.unwrap();
        assert!(attempts::list(&mut tx, organization, id).await.unwrap().is_empty());
        attempts::insert(&mut tx, attempt(organization)).await.unwrap();
        assert_eq!(attempts::list(&mut tx, organization, id).await.unwrap().len(), 1);
        assert!(attempts::list(&mut tx, &stranger, id).await.unwrap().is_empty());
        let call = NewRefusedCalls {
            organization,
            connection,
            reason: RefusalReason::InvalidJson,
            address: None,
            calls: 1,
            first_at: NOW,
            last_at: NOW,
        };
        refused_calls::add(&mut tx, &call, NOW).await.unwrap();
        assert!(refused_calls::list(&mut tx, &stranger, connection, None, &page(5)).await.unwrap().is_empty());
        assert_eq!(refused_calls::list(&mut tx, organization, connection, None, &page(5)).await.unwrap().len(), 1);
    })
    .await;
}
