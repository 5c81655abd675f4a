//! Refused calls: their reasons, bounds and retention.

use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::connection::refused_call::{RefusalReason, RefusedCall};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::request_context::RequestContext;
use lexicontract::secret::Secret;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::Connected;
use test_support::users::register;

const DAY: u64 = 24 * 60 * 60;

async fn refused(fixture: &Connected) -> Vec<RefusedCall> {
    fixture.hub.refused_calls(&fixture.admin, &fixture.connection.id, &PageRequest::default()).await.unwrap().items
}

async fn rows(opened: &Opened) -> i64 {
    opened.number("SELECT count(*) FROM refused_calls").await
}

#[tokio::test]
async fn calls_with_the_same_reason_share_an_item_for_ten_minutes() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        let context = RequestContext { address: Some("192.0.2.7".parse().unwrap()), ..RequestContext::default() };
        let began = fixture.hub.clock().now();
        context
            .scope(async {
                for _ in 0..1_000 {
                    fixture.hub.record_refused_call(&caller, RefusalReason::InvalidJson);
                }
            })
            .await;
        assert_eq!(rows(&opened).await, 0, "a call does not wait for the database");
        fixture.hub.store_refused_calls().await.unwrap();
        assert_eq!(rows(&opened).await, 1);
        fixture.advance(599);
        fixture.hub.record_refused_call(&caller, RefusalReason::InvalidJson);
        fixture.hub.record_refused_call(&caller, RefusalReason::OtherAccount);
        let found = refused(&fixture).await;
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].count, found[1].first_at, found[1].reason), (1_001, began, RefusalReason::InvalidJson));
        assert_eq!((found[1].at, found[1].address.as_deref()), (fixture.hub.clock().now(), None), "those of the last call");
        assert_eq!((found[0].status, found[0].count), (401, 1), "of the newest item");
        assert!(found[0].detail.contains("another account"), "{}", found[0].detail);
        fixture.advance(1);
        fixture.hub.record_refused_call(&caller, RefusalReason::InvalidJson);
        assert_eq!(refused(&fixture).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn items_are_bounded_per_connection_paginated_and_removed_after_30_days() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        for _ in 0..210 {
            fixture.hub.record_refused_call(&caller, RefusalReason::InvalidField);
            fixture.hub.store_refused_calls().await.unwrap();
            fixture.advance(600);
        }
        assert_eq!(rows(&opened).await, 200);
        fixture.stay_signed_in().await;
        let page = PageRequest::new(Some(100), None).unwrap();
        let first = fixture.hub.refused_calls(&fixture.admin, &fixture.connection.id, &page).await.unwrap();
        let page = PageRequest::new(Some(100), first.next_cursor.clone()).unwrap();
        let second = fixture.hub.refused_calls(&fixture.admin, &fixture.connection.id, &page).await.unwrap();
        assert!(first.items.last().unwrap().at > second.items[0].at && second.next_cursor.is_none(), "newest first");
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(rows(&opened).await, 200);
        fixture.advance(29 * DAY + 12 * 3_600);
        fixture.hub.run_housekeeping().await.unwrap();
        assert!((1..200).contains(&rows(&opened).await), "older items are removed");
        fixture.advance(DAY);
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(rows(&opened).await, 0);
    })
    .await;
}

#[tokio::test]
async fn known_secrets_are_recorded_and_unknown_ones_are_not() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        fixture.advance(1);
        fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let hub = &fixture.hub;
        assert!(hub.caller_with_secret(SecretPurpose::Outbound, &fixture.secret).await.unwrap().is_none());
        assert!(hub.webhook_caller(&Secret::from("lcwh_unknown")).await.unwrap().is_none());
        fixture.advance(DAY);
        assert!(hub.webhook_caller(&fixture.secret).await.unwrap().is_none());
        fixture.stay_signed_in().await;
        let reasons: Vec<RefusalReason> = refused(&fixture).await.into_iter().map(|call| call.reason).collect();
        assert_eq!(reasons.len(), 2);
        assert!(reasons.contains(&RefusalReason::SecretExpired) && reasons.contains(&RefusalReason::SecretForOtherEndpoint));
        let eve = register(hub, "eve").await;
        let hidden = hub.refused_calls(&eve, &fixture.connection.id, &PageRequest::default()).await;
        assert!(matches!(hidden, Err(Error::Problem(Problem::NotFound))));
    })
    .await;
}

#[tokio::test]
async fn calls_of_a_removed_connection_are_dropped() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        fixture.hub.record_refused_call(&caller, RefusalReason::InvalidJson);
        fixture.hub.store_refused_calls().await.unwrap();
        fixture.hub.record_refused_call(&caller, RefusalReason::InvalidJson);
        fixture.hub.disconnect(&fixture.admin, &fixture.connection.id).await.unwrap();
        fixture.hub.store_refused_calls().await.unwrap();
        assert_eq!(rows(&opened).await, 0);
    })
    .await;
}
