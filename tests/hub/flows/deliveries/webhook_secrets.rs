//! Webhook secrets: rotation, stored digests, accepted Salesforce orgs, concurrent calls.

use lexicontract::connectors::webhook::WebhookCall;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::delivery::Acceptance;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Hub};
use lexicontract::secret::Secret;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, call_about, open_hub, salesforce_webhook};
use test_support::users::register;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn previous_secret_is_valid_for_a_day() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.advance(1);
        let made = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(made.previous_valid_until, Some(fixture.hub.clock().now() + Duration::from_secs(DAY)));
        let works = async |secret: &Secret<String>| fixture.hub.webhook_caller(secret).await.unwrap().is_some();
        let second = Secret::new(made.secret);
        fixture.advance(DAY - 1);
        assert!(works(&fixture.secret).await && works(&second).await);
        fixture.call(&fixture.opportunity("Deal", None)).await;
        let listed = fixture.hub.webhook_secrets(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert!(second.expose().starts_with(&listed[0].prefix));
        let used = (listed[0].last_used_at, listed[1].last_used_at);
        assert_eq!(used, (None, Some(fixture.hub.clock().now())), "the previous secret is still used");
        fixture.advance(1);
        assert!(!works(&fixture.secret).await && works(&second).await);
        assert_eq!(fixture.hub.webhook_secrets(&fixture.admin, &fixture.connection.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn previous_secrets_can_be_invalidated_immediately_on_all_servers() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let other_server = open_hub(&fixture.opened, Some(&fixture.simulator), &[]).await.unwrap();
        hub.end_previous_webhook_secrets(admin, id).await.unwrap();
        assert!(hub.webhook_caller(&fixture.secret).await.unwrap().is_some(), "there is no previous secret");
        let mut secrets = vec![fixture.secret.clone()];
        for _ in 0..2 {
            fixture.advance(1);
            secrets.push(Secret::new(hub.make_webhook_secret(admin, id).await.unwrap().secret));
        }
        let works = async |hub: &Hub| {
            let mut working = Vec::new();
            for secret in &secrets {
                working.push(hub.webhook_caller(secret).await.unwrap().is_some());
            }
            working
        };
        assert_eq!(
            (works(hub).await, works(&other_server).await),
            (vec![true; 3], vec![true; 3]),
            "secrets that work at the first server, at the other server"
        );
        let eve = register(hub, "eve").await;
        let foreign = hub.end_previous_webhook_secrets(&eve, id).await;
        assert!(matches!(foreign, Err(Error::Problem(Problem::NotFound))));
        for _ in 0..2 {
            hub.end_previous_webhook_secrets(admin, id).await.unwrap();
            let left = vec![false, false, true];
            assert_eq!(
                (works(hub).await, works(&other_server).await),
                (left.clone(), left),
                "secrets that work at the first server, at the other server"
            );
        }
        assert_eq!(hub.webhook_secrets(admin, id).await.unwrap().len(), 1);
        let kind = Some(ActivityKind::WebhookSecretEnded);
        let filter = AuditFilter { kind, ..AuditFilter::default() };
        let lines = hub.audit_log(admin, &filter, &PageRequest::default()).await.unwrap().items;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].summary.starts_with("ada revoked the previous webhook secret for"), "{lines:?}");
    })
    .await;
}

#[tokio::test]
async fn secret_is_stored_as_a_digest() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        assert_eq!(fixture.opened.number("SELECT count(*) FROM webhook_secrets WHERE digest LIKE 'lcwh_%'").await, 0);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM webhook_secrets WHERE length(digest) = 64").await, 1);
        assert!(fixture.hub.webhook_caller(&Secret::from("lcwh_unknown")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn call_of_another_org_is_rejected_and_several_opportunities_are_accepted() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        let opportunities = vec![fixture.opportunity("a", None), fixture.opportunity("b", None)];
        let call = call_about(&caller, opportunities);
        let foreign = WebhookCall { account_id: "00Dxx0000001gPLEAY".to_owned(), ..call.clone() };
        let rejected = fixture.hub.receive(&caller, salesforce_webhook(), foreign, None).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::NotSignedIn))));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM deliveries").await, 0);
        let receipts = fixture.hub.receive(&caller, salesforce_webhook(), call, None).await.unwrap();
        assert_eq!(receipts.iter().map(|receipt| receipt.status).collect::<Vec<_>>(), [Acceptance::Accepted; 2]);
        assert_eq!(fixture.run_jobs().await, 4, "two deliveries, and the first write-back of each");
        assert_eq!(fixture.opened.number("SELECT count(*) FROM contracts").await, 2);
    })
    .await;
}

#[tokio::test]
async fn concurrent_calls_get_receipts_and_each_opportunity_is_accepted_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunities: Vec<_> = (0..10).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
        let calls = (0..50).map(|number| fixture.call(&opportunities[number % 10]));
        let receipts = futures::future::join_all(calls).await;
        let accepted = receipts.iter().filter(|receipt| receipt.status == Acceptance::Accepted).count();
        assert_eq!((receipts.len(), accepted), (50, 10), "receipts, accepted calls");
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs").await, 10);
    })
    .await;
}
