//! Deliveries: deduplication, concurrent ingestion, status changes and removal.

use super::rows::{NOW, Place, after, deal, opportunity, page};
use crate::waiting::somebody_waits;
use lexicontract::db::Tx;
use lexicontract::db::deliveries::ingestion::{self, Reporter};
use lexicontract::db::deliveries::{self, NewDelivery};
use lexicontract::db::jobs::claim::{Claim, Wanted, claim};
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::delivery::{DeliveryFilter, DeliveryStatus, Origin};
use lexicontract::domain::ids::{DeliveryId, OrganizationId};
use lexicontract::domain::record::RecordRef;
use test_support::databases::on_every_database;

async fn read(tx: &mut Tx, organization: &OrganizationId, id: &DeliveryId) -> deliveries::DeliveryRow {
    deliveries::find(tx, organization, id).await.unwrap().unwrap()
}

/// Inserts a delivery and returns its id. Returns `None` if another delivery for the record is waiting.
async fn arrive(tx: &mut Tx, place: &Place, record: &RecordRef) -> Option<DeliveryId> {
    let new = NewDelivery::new(&place.organization, &place.connection.id, record.clone(), Origin::Webhook);
    ingestion::insert_unless_waiting(tx, &[new], NOW).await.unwrap().pop()
}

#[tokio::test]
async fn second_call_joins_a_waiting_delivery_but_not_a_processing_one() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let (organization, first) = (&place.organization, &place.delivery);
        assert_eq!(arrive(&mut tx, &place, &opportunity()).await, None);
        assert!(arrive(&mut tx, &place, &deal("006ak00000OQ4RyAAL")).await.is_some(), "another Opportunity");
        let waiting = deliveries::find_waiting(&mut tx, &place.connection.id, &opportunity()).await.unwrap();
        assert_eq!(waiting.as_ref(), Some(first));
        deliveries::begin(&mut tx, organization, first, 1).await.unwrap();
        let row = read(&mut tx, organization, first).await;
        assert_eq!(
            (row.status, row.attempts, row.next_attempt_at),
            (DeliveryStatus::Processing, 1, None),
            "status, attempts, next attempt at"
        );
        assert_eq!(deliveries::find_waiting(&mut tx, &place.connection.id, &opportunity()).await.unwrap(), None);
        let second = arrive(&mut tx, &place, &opportunity()).await.expect("a processing delivery may have read outdated data");
        deliveries::wait(&mut tx, &row, DeliveryStatus::Accepted, Some(after(5)), Some("Busy.")).await.unwrap();
        let row = read(&mut tx, organization, first).await;
        assert_eq!(
            (row.status, row.next_attempt_at, row.error.as_deref()),
            (DeliveryStatus::Accepted, Some(after(5)), Some("Busy.")),
            "status, next attempt at, error"
        );
        let waiting = deliveries::find_waiting(&mut tx, &place.connection.id, &opportunity()).await.unwrap();
        assert_eq!(waiting, Some(second), "others join the newer delivery");
    })
    .await;
}

#[tokio::test]
async fn parked_delivery_can_be_joined_until_it_ends() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let (organization, id) = (&place.organization, &place.delivery);
        deliveries::begin(&mut tx, organization, id, 1).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        deliveries::wait(&mut tx, &row, DeliveryStatus::Parked, None, Some("Reconnect.")).await.unwrap();
        assert_eq!(arrive(&mut tx, &place, &opportunity()).await, None);
        deliveries::unpark(&mut tx, organization, &place.connection.id, after(3)).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        assert_eq!((row.status, row.next_attempt_at), (DeliveryStatus::Accepted, Some(after(3))), "status, next attempt at");
        deliveries::finish(&mut tx, organization, id, DeliveryStatus::Done, Some(&place.contract.id), None).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        assert_eq!(
            (row.status, row.contract_id.as_ref(), row.error),
            (DeliveryStatus::Done, Some(&place.contract.id), None),
            "status, contract id, error"
        );
        assert_eq!(row.next_attempt_at, None);
        assert!(arrive(&mut tx, &place, &opportunity()).await.is_some());
        deliveries::finish(&mut tx, organization, id, DeliveryStatus::Failed, None, Some("Gone.")).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        assert_eq!(row.contract_id.as_ref(), Some(&place.contract.id), "keeps the earlier contract");
    })
    .await;
}

#[tokio::test]
async fn restart_resets_attempts_and_leaves_the_waiting_key_to_a_newer_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let (organization, id) = (&place.organization, &place.delivery);
        deliveries::begin(&mut tx, organization, id, 9).await.unwrap();
        deliveries::finish(&mut tx, organization, id, DeliveryStatus::Failed, None, Some("No.")).await.unwrap();
        let newer = arrive(&mut tx, &place, &opportunity()).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        deliveries::restart(&mut tx, &row, after(2)).await.unwrap();
        let row = read(&mut tx, organization, id).await;
        assert_eq!(
            (row.status, row.attempts, row.next_attempt_at),
            (DeliveryStatus::Accepted, 0, Some(after(2))),
            "status, attempts, next attempt at"
        );
        assert_eq!(row.error, None);
        let waiting = deliveries::find_waiting(&mut tx, &place.connection.id, &opportunity()).await.unwrap();
        assert_eq!(waiting, Some(newer));
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_and_paged() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let mut ids = vec![place.delivery.clone()];
        for other in ["006ak00000OQ4RyAAL", "006ak00000OQ4RzAAL"] {
            ids.insert(0, arrive(&mut tx, &place, &deal(other)).await.unwrap());
        }
        let list = async |tx: &mut Tx, before, limit| {
            let (filter, page) = (DeliveryFilter::default(), page(limit));
            let rows = deliveries::list(tx, &place.organization, &place.connection.id, &filter, before, &page).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(list(&mut tx, None, 5).await, ids);
        assert_eq!(list(&mut tx, None, 1).await, ids[..2]);
        assert_eq!(list(&mut tx, Some(&ids[0]), 5).await, ids[1..]);
        let row = read(&mut tx, &place.organization, &ids[2]).await;
        assert_eq!(
            (row.record(), row.origin, row.connection_id),
            (opportunity(), Origin::Webhook, place.connection.id.clone()),
            "record, origin, connection id"
        );
        assert_eq!(
            (row.received_at, row.next_attempt_at, row.attempts),
            (NOW, Some(NOW), 0),
            "received at, next attempt at, attempts"
        );
    })
    .await;
}

#[tokio::test]
async fn batch_inserts_deliveries_jobs_and_lines_once_per_record() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let caller = (&place.organization, &place.connection.id);
        // 30 deliveries for each of two records. An unstable sort can reorder deliveries for the same record in such a batch.
        let records = [opportunity(), deal("006ak00000OQ4RyAAL")].into_iter().cycle().take(60);
        let new: Vec<_> = records.map(|record| NewDelivery::new(caller.0, caller.1, record, Origin::Webhook)).collect();
        let added = ingestion::insert_unless_waiting(&mut tx, &new, NOW).await.unwrap();
        assert_eq!(added, [new[1].id.clone()], "one record has a waiting delivery, and the first delivery of the other is added");
        let reporter =
            Reporter { name: "Salesforce", summary: "Salesforce reported the Opportunity", kind: ActivityKind::WebhookReceived };
        ingestion::insert_jobs(&mut tx, new[1..2].iter().map(|delivery| (delivery, reporter)), NOW).await.unwrap();
        let wanted = Claim { wanted: Wanted::Job { key_limit: 3 }, lease: "l", now: NOW, until: after(15) };
        let job = claim(&mut tx, &wanted).await.unwrap().unwrap();
        assert_eq!((job.kind.as_str(), job.subject_id.as_str()), ("ingest", added[0].as_str()), "kind, subject id");
        assert_eq!(
            (job.concurrency_key.as_ref(), &job.organization_id),
            (Some(&place.connection.id), &place.organization),
            "concurrency key, organization id"
        );
        tx.commit().await.unwrap();
        assert_eq!(
            opened
                .number(
                    "SELECT count(*) FROM activity WHERE kind = 'webhook_received' AND delivery_id IS NOT NULL
                         AND actor = 'Salesforce' AND summary = 'Salesforce reported the Opportunity'"
                )
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn concurrent_batches_in_different_orders_do_not_deadlock() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        tx.commit().await.unwrap();
        let [first, second] = ["006ak00000OQ4RyAAL", "006ak00000OQ4RzAAL"].map(deal);
        let caller = (&place.organization, &place.connection.id);
        let new = [&second, &first].map(|record| NewDelivery::new(caller.0, caller.1, record.clone(), Origin::Webhook));
        let mut one = opened.db.begin().await.unwrap();
        assert!(arrive(&mut one, &place, &first).await.is_some());
        let db = opened.db.clone();
        let other = tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let added = ingestion::insert_unless_waiting(&mut tx, &new, NOW).await.unwrap();
            tx.commit().await.unwrap();
            added
        });
        somebody_waits(&opened, 1).await;
        assert!(arrive(&mut one, &place, &second).await.is_some());
        one.commit().await.unwrap();
        assert_eq!(other.await.unwrap(), [], "both are waiting already");
    })
    .await;
}

#[tokio::test]
async fn waiting_key_goes_to_a_concurrently_added_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        deliveries::begin(&mut tx, &place.organization, &place.delivery, 1).await.unwrap();
        let row = read(&mut tx, &place.organization, &place.delivery).await;
        tx.commit().await.unwrap();
        let mut call = opened.db.begin().await.unwrap();
        let newer = arrive(&mut call, &place, &opportunity()).await.unwrap();
        let db = opened.db.clone();
        let again = tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            deliveries::wait(&mut tx, &row, DeliveryStatus::Accepted, Some(after(5)), Some("Busy.")).await.unwrap();
            tx.commit().await.unwrap();
        });
        somebody_waits(&opened, 1).await;
        call.commit().await.unwrap();
        again.await.unwrap();
        let mut tx = opened.db.begin().await.unwrap();
        let row = read(&mut tx, &place.organization, &place.delivery).await;
        assert_eq!((row.next_attempt_at, row.error.as_deref()), (Some(after(5)), Some("Busy.")), "next attempt at, error");
        let waiting = deliveries::find_waiting(&mut tx, &place.connection.id, &opportunity()).await.unwrap();
        assert_eq!(waiting, Some(newer), "others join the newer delivery");
    })
    .await;
}

#[tokio::test]
async fn only_old_finished_deliveries_are_removed() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let organization = &place.organization;
        let failed = arrive(&mut tx, &place, &deal("006ak00000OQ4RyAAL")).await.unwrap();
        deliveries::finish(&mut tx, organization, &failed, DeliveryStatus::Failed, None, Some("No.")).await.unwrap();
        assert_eq!(deliveries::delete_ended(&mut tx, NOW, 10).await.unwrap(), 0, "not older than the limit");
        assert_eq!(deliveries::delete_ended(&mut tx, after(1), 10).await.unwrap(), 1, "the other delivery is waiting");
        assert!(deliveries::find(&mut tx, organization, &failed).await.unwrap().is_none());
        assert!(deliveries::find(&mut tx, organization, &place.delivery).await.unwrap().is_some());
    })
    .await;
}
