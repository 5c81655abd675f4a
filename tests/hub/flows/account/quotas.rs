//! Quotas per organization, and the reserve of free disk space.

use futures::future::join_all;
use futures::{StreamExt, stream};
use lexicontract::domain::account::quota::{Quota, QuotaUsage};
use lexicontract::domain::account::users::{Invited, Role};
use lexicontract::domain::contract::Contract;
use lexicontract::domain::delivery::{Acceptance, Delivery, DeliveryStatus, Receipt};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::RecordId;
use lexicontract::hub::{Error, Hub, Result};
use lexicontract::services::{Actor, IdempotencyKey, JoinedOrganization, NewOperatorUser, NewUser, Upload};
use salesforce_simulator::state::faults::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{BEGINNING, Connected, Fixture, call_about, file, open_hub, salesforce_webhook};
use test_support::users::{PASSWORD, register};

/// Uploads chunks of ten bytes. Returns the result, and the number of chunks that the hub read.
async fn upload(hub: &Hub, actor: &Actor, chunks: usize) -> (Result<Contract>, usize) {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = read.clone();
    let bytes = stream::iter(0..chunks).map(move |number| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(format!("%PDF-{number:05}").into())
    });
    let upload = Upload { title: "Rollout".to_owned(), file_name: "a.pdf".to_owned(), bytes: bytes.boxed() };
    let uploaded = hub.upload_contract(actor, upload).await;
    (uploaded, read.load(Ordering::SeqCst))
}

#[track_caller]
fn is_exceeded<T>(outcome: Result<T>, quota: Quota) {
    match outcome.map(drop) {
        Err(Error::Problem(Problem::QuotaExceeded(exceeded))) => assert_eq!(exceeded, quota),
        other => panic!("{other:?}"),
    }
}

async fn used(hub: &Hub, actor: &Actor, quota: Quota) -> i64 {
    hub.usage(actor).await.unwrap().of(quota).used
}

#[tokio::test]
async fn concurrent_uploads_do_not_exceed_the_contract_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_CONTRACTS", "3")]).await;
        let eve = register(&fixture.hub, "eve").await;
        let outcomes = join_all((0..8).map(|_| upload(&fixture.hub, &fixture.admin, 1))).await;
        let (stored, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(outcome, _)| outcome.is_ok());
        assert_eq!(stored.len(), 3);
        refused.into_iter().for_each(|(outcome, _)| is_exceeded(outcome, Quota::Contracts));
        assert_eq!(opened.stored_files(), 3, "rejected uploads leave no file");
        assert_eq!(fixture.hub.usage(&fixture.admin).await.unwrap().contracts, QuotaUsage { used: 3, limit: Some(3) });
        assert_eq!(opened.number("SELECT count(*) FROM contracts").await, 3);
        assert!(upload(&fixture.hub, &eve, 1).await.0.is_ok(), "the quota is per organization");
    })
    .await;
}

#[tokio::test]
async fn reading_stops_at_the_storage_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_STORAGE_BYTES", "100")]).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        upload(hub, ada, 6).await.0.unwrap();
        let (outcome, read) = upload(hub, ada, 50).await;
        is_exceeded(outcome, Quota::StorageBytes);
        assert_eq!(read, 5, "40 bytes fit, and the fifth chunk shows that it is too large");
        upload(hub, ada, 4).await.0.unwrap();
        let (outcome, read) = upload(hub, ada, 1).await;
        is_exceeded(outcome, Quota::StorageBytes);
        assert_eq!((read, opened.stored_files()), (0, 2), "chunks read, files stored");
        assert_eq!(used(hub, ada, Quota::StorageBytes).await, 100);
        is_exceeded(hub.check_room(ada).await, Quota::StorageBytes);
        let outcomes = join_all((0..4).map(|_| upload(hub, ada, 1))).await;
        assert!(outcomes.iter().all(|(outcome, _)| outcome.is_err()));
    })
    .await;
}

#[tokio::test]
async fn concurrent_uploads_do_not_exceed_the_storage_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_STORAGE_BYTES", "100")]).await;
        let outcomes = join_all((0..8).map(|_| upload(&fixture.hub, &fixture.admin, 3))).await;
        assert_eq!(outcomes.iter().filter(|(outcome, _)| outcome.is_ok()).count(), 3);
        assert_eq!(used(&fixture.hub, &fixture.admin, Quota::StorageBytes).await, 90);
        assert_eq!(opened.stored_files(), 3);
    })
    .await;
}

#[tokio::test]
async fn uploads_are_limited_per_sliding_hour() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened, &[("QUOTA_UPLOADS_PER_HOUR", "2")]).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        upload(hub, ada, 1).await.0.unwrap();
        fixture.advance(1_800);
        upload(hub, ada, 1).await.0.unwrap();
        let (outcome, read) = upload(hub, ada, 1).await;
        is_exceeded(outcome, Quota::UploadsPerHour);
        assert_eq!(read, 0);
        assert_eq!(used(hub, ada, Quota::UploadsPerHour).await, 2);
        fixture.advance(1_800);
        let outcomes = join_all((0..4).map(|_| upload(hub, ada, 1))).await;
        assert_eq!(outcomes.iter().filter(|(outcome, _)| outcome.is_ok()).count(), 1, "the first one is an hour old");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_form_is_replayed_although_the_quota_is_used_up() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_CONTRACTS", "1")]).await;
        let form = |id| Actor { idempotency_key: Some(IdempotencyKey::new(id, &[])), ..fixture.admin.clone() };
        let first = upload(&fixture.hub, &form("1"), 1).await.0.unwrap();
        assert_eq!(upload(&fixture.hub, &form("1"), 1).await.0.unwrap().id, first.id);
        is_exceeded(upload(&fixture.hub, &form("2"), 1).await.0, Quota::Contracts);
        assert_eq!(opened.stored_files(), 1);
    })
    .await;
}

async fn invite(hub: &Hub, actor: &Actor, name: &str) -> Result<Invited> {
    let new = NewUser { email: format!("{name}@example.com"), name: name.to_owned(), role: Role::Member };
    hub.invite_user(actor, new).await
}

#[tokio::test]
async fn users_are_limited_until_one_is_removed() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_USERS", "2")]).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let names = ["bo", "cy", "di", "ed"];
        let outcomes = join_all(names.map(|name| invite(hub, ada, name))).await;
        let (mut invited, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(invited.len(), 1);
        assert_eq!(used(hub, ada, Quota::Users).await, 2);
        refused.into_iter().for_each(|outcome| is_exceeded(outcome, Quota::Users));
        let by_operator = || NewOperatorUser {
            organization: JoinedOrganization::Existing(ada.organization_id.clone()),
            email: "fay@example.com".to_owned(),
            name: "Fay".to_owned(),
            role: Role::Member,
            password: PASSWORD.into(),
        };
        is_exceeded(hub.create_user(by_operator()).await, Quota::Users);
        hub.remove_user(ada, &invited.remove(0).unwrap().id).await.unwrap();
        hub.create_user(by_operator()).await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM users").await, 2);
    })
    .await;
}

async fn call(fixture: &Connected, opportunities: Vec<RecordId>) -> Result<Vec<Receipt>> {
    let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
    fixture.hub.receive(&caller, salesforce_webhook(), call_about(&caller, opportunities), None).await
}

#[tokio::test]
async fn above_the_delivery_quota_only_duplicates_are_accepted_per_organization() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_WAITING_DELIVERIES", "3")]).await.connect().await;
        let some: Vec<_> = (0..5).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
        is_exceeded(call(&fixture, some[..4].to_vec()).await, Quota::WaitingDeliveries);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries").await, 0, "all or nothing");
        call(&fixture, some[..2].to_vec()).await.unwrap();
        call(&fixture, some[1..3].to_vec()).await.unwrap();
        is_exceeded(call(&fixture, vec![some[3].clone()]).await, Quota::WaitingDeliveries);
        is_exceeded(call(&fixture, some[2..4].to_vec()).await, Quota::WaitingDeliveries);
        let again = call(&fixture, some[..3].to_vec()).await.unwrap();
        assert!(again.iter().all(|receipt| receipt.status == Acceptance::Duplicate), "{again:?}");
        assert_eq!(used(&fixture.hub, &fixture.admin, Quota::WaitingDeliveries).await, 3);

        let (secret, connection) = (fixture.secret.clone(), fixture.connection.clone());
        let mut own = fixture.fixture;
        let ada = std::mem::replace(&mut own.admin, register(&own.hub, "eve").await);
        let neighbour = own.connect().await;
        let other = neighbour.opportunity("Other", None);
        assert_eq!(call(&neighbour, vec![other]).await.unwrap()[0].status, Acceptance::Accepted);

        let fixture = Connected { fixture: Fixture { admin: ada, ..neighbour.fixture }, connection, secret };
        assert_eq!(fixture.run_jobs().await, 8, "four deliveries, and the first write-back of each");
        fixture.advance(1);
        assert_eq!(call(&fixture, some[3..].to_vec()).await.unwrap().len(), 2, "there is room again");
    })
    .await;
}

#[tokio::test]
async fn concurrent_calls_do_not_exceed_the_delivery_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_WAITING_DELIVERIES", "10")]).await.connect().await;
        let some: Vec<_> = (0..40).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
        let outcomes = join_all(some.into_iter().map(|id| call(&fixture, vec![id]))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries").await, 10);
        outcomes.into_iter().filter(Result::is_err).for_each(|outcome| is_exceeded(outcome, Quota::WaitingDeliveries));
    })
    .await;
}

/// Opens another server with these settings on the fixture's database. The clock of the new server shows the fixture's time.
async fn with_settings(fixture: &Connected, opened: &Opened, settings: &[(&str, &str)]) -> Hub {
    let hub = open_hub(opened, Some(&fixture.simulator), settings).await.unwrap();
    hub.clock().advance(Duration::from_millis((fixture.hub.clock().now().millis() - BEGINNING.millis()).unsigned_abs()));
    hub
}

async fn delivery(fixture: &Connected, receipt: &Receipt) -> Delivery {
    let page = fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &PageRequest::default()).await.unwrap();
    page.items.into_iter().find(|delivery| delivery.id == receipt.delivery_id).unwrap()
}

#[track_caller]
fn waits(delivery: &Delivery, sentence: &str) {
    assert_eq!(delivery.status, DeliveryStatus::Accepted);
    assert!(delivery.next_attempt_at.is_some() && delivery.error.as_deref() == Some(sentence), "{delivery:?}");
}

#[tokio::test]
async fn a_delivery_above_the_contract_quota_waits_then_fails_and_can_be_redelivered() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_CONTRACTS", "1")]).await.connect().await;
        let known = fixture.opportunity("First", None);
        fixture.deliver_contract(&known).await;
        let opportunity = fixture.opportunity("Second", Some(file(1, b"%PDF-1.7 one")));
        let requests = fixture.requests("/services/data");
        let receipt = fixture.call(&opportunity).await;
        fixture.run_jobs().await;
        waits(&delivery(&fixture, &receipt).await, Quota::Contracts.exceeded());
        assert_eq!(fixture.requests("/services/data"), requests, "no needless calls of Salesforce");
        fixture.attach(&known, &file(1, b"%PDF-1.7 new"));
        assert_eq!(fixture.deliver_contract(&known).await.versions.len(), 1, "existing contracts still get versions");

        fixture.advance(4 * 24 * 60 * 60);
        fixture.stay_signed_in().await;
        fixture.run_jobs().await;
        let failed = delivery(&fixture, &receipt).await;
        assert_eq!(failed.status, DeliveryStatus::Failed);
        assert_eq!(failed.error.as_deref(), Some(Quota::Contracts.exceeded()));
        let raised = with_settings(&fixture, &opened, &[("QUOTA_CONTRACTS", "2")]).await;
        raised.redeliver(&fixture.admin, &receipt.delivery_id).await.unwrap();
        assert!(raised.run_one_job(false).await.unwrap());
        assert_eq!(delivery(&fixture, &receipt).await.status, DeliveryStatus::Done);
        assert_eq!(used(&raised, &fixture.admin, Quota::Contracts).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_above_the_storage_quota_waits_until_the_quota_is_raised() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_STORAGE_BYTES", "15")]).await.connect().await;
        let first = fixture.opportunity("First", Some(file(1, b"%PDF-1.7 one")));
        fixture.deliver_contract(&first).await;
        let receipt = fixture.call(&fixture.opportunity("Second", Some(file(1, b"%PDF-1.7 two")))).await;
        let downloads = fixture.requests("VersionData");
        fixture.run_jobs().await;
        waits(&delivery(&fixture, &receipt).await, Quota::StorageBytes.exceeded());
        assert_eq!((fixture.requests("VersionData"), opened.stored_files()), (downloads, 1), "no needless download");
        fixture.advance(10);
        let raised = with_settings(&fixture, &opened, &[]).await;
        assert!(raised.run_one_job(false).await.unwrap());
        assert_eq!(delivery(&fixture, &receipt).await.status, DeliveryStatus::Done);
        assert_eq!(used(&raised, &fixture.admin, Quota::StorageBytes).await, 24);
    })
    .await;
}

#[tokio::test]
async fn concurrent_deliveries_do_not_exceed_the_storage_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_STORAGE_BYTES", "15")]).await.connect().await;
        let mut receipts = Vec::new();
        for name in ["First", "Second"] {
            receipts.push(fixture.call(&fixture.opportunity(name, Some(file(1, b"%PDF-1.7 one")))).await);
        }
        // Both downloads are delayed so that they overlap. Therefore neither delivery sees the file of the other delivery.
        fixture.fault(Fault { path_contains: "VersionData".into(), times: 2, delay_ms: Some(300), ..Fault::default() });
        let (one, other) = tokio::join!(fixture.hub.run_one_job(false), fixture.hub.run_one_job(false));
        assert!(one.unwrap() && other.unwrap());
        let mut done = 0;
        for receipt in &receipts {
            match delivery(&fixture, receipt).await {
                Delivery { status: DeliveryStatus::Done, .. } => done += 1,
                delivery => waits(&delivery, Quota::StorageBytes.exceeded()),
            }
        }
        assert_eq!((done, opened.stored_files()), (1, 1), "deliveries done, files stored");
        assert_eq!(used(&fixture.hub, &fixture.admin, Quota::StorageBytes).await, 12);
    })
    .await;
}

#[tokio::test]
async fn below_the_disk_reserve_files_wait_and_calls_are_accepted() {
    on_every_database(async |opened| {
        let reserve = [("MIN_FREE_DISK_BYTES", "18446744073709551615")];
        let fixture = Fixture::with(opened.clone(), &reserve).await.connect().await;
        let (outcome, read) = upload(&fixture.hub, &fixture.admin, 1).await;
        assert!(matches!(outcome, Err(Error::Problem(Problem::StorageFull))) && read == 0, "{outcome:?}");
        let empty = fixture.deliver(&fixture.opportunity("Without a file", None)).await;
        assert_eq!(empty.status, DeliveryStatus::Done);
        let receipt = fixture.call(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        fixture.run_jobs().await;
        waits(&delivery(&fixture, &receipt).await, &Problem::StorageFull.detail());
        fixture.advance(10);
        let with_room = with_settings(&fixture, &opened, &[]).await;
        assert!(with_room.run_one_job(false).await.unwrap());
        assert_eq!(delivery(&fixture, &receipt).await.status, DeliveryStatus::Done);
        assert!(upload(&with_room, &fixture.admin, 1).await.0.is_ok());
    })
    .await;
}

#[tokio::test]
async fn metrics_count_organizations_near_and_at_a_quota() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened, &[("QUOTA_CONTRACTS", "5"), ("QUOTA_UPLOADS_PER_HOUR", "0")]).await;
        let eve = register(&fixture.hub, "eve").await;
        for (actor, contracts) in [(&fixture.admin, 4), (&eve, 5)] {
            for _ in 0..contracts {
                upload(&fixture.hub, actor, 1).await.0.unwrap();
            }
        }
        let metrics = fixture.hub.measure().await.unwrap();
        let of = |quota| metrics.quotas.iter().find(|measure| measure.quota == quota).copied().unwrap();
        let contracts = of(Quota::Contracts);
        assert_eq!((contracts.used, contracts.high, contracts.full), (9, 2, 1), "contracts");
        let uploads = of(Quota::UploadsPerHour);
        assert_eq!((uploads.used, uploads.high, uploads.full), (9, 0, 0), "uploads");
        assert_eq!(of(Quota::Users).used, 2);
        assert_eq!(of(Quota::StorageBytes).used, 90);
        assert_eq!(of(Quota::WaitingDeliveries).used, 0);
        assert!(metrics.free_disk.is_some());
    })
    .await;
}
