//! Outbound Messages: each notification counts once, and the secrets of Outbound Messages are separate from webhook secrets.

use futures::future::join_all;
use lexicontract::connectors::webhook::{WebhookCall, WebhookEvent, WebhookSpec};
use lexicontract::domain::account::quota::Quota;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::delivery::{Acceptance, Receipt};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::domain::record::{RecordId, RecordRef};
use lexicontract::hub::{Error, Hub, Result};
use lexicontract::secret::Secret;
use lexicontract::services::{ConnectionChange, WebhookCaller};
use lexicontract::{connectors, db};
use serde_json::json;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, call_about, open_hub};

const DAY: u64 = 24 * 60 * 60;

fn outbound() -> &'static WebhookSpec {
    connectors::find("salesforce").unwrap().webhook("outbound").unwrap()
}

/// Creates a URL for Outbound Messages. Returns the secret that the URL contains.
async fn new_secret(fixture: &Connected) -> Secret<String> {
    let made = fixture.hub.create_outbound_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
    let path = fixture.hub.config().public("/api/v1/integrations/salesforce/outbound/");
    Secret::from(made.url.strip_prefix(&path).unwrap())
}

async fn caller(fixture: &Connected) -> WebhookCaller {
    let secret = new_secret(fixture).await;
    fixture.hub.caller_with_secret(SecretPurpose::Outbound, &secret).await.unwrap().unwrap()
}

/// Sends a message with these notifications, each with its key and its Opportunity.
async fn send(hub: &Hub, caller: &WebhookCaller, notifications: &[(&str, &RecordId)]) -> Result<Vec<Receipt>> {
    let event = |(key, id): &(&str, &RecordId)| WebhookEvent {
        record: RecordRef::deal((*id).clone()),
        key: Some(format!("outbound:{key}")),
    };
    let events = notifications.iter().map(event).collect();
    let call = WebhookCall { account_id: caller.external_account_id.clone(), events, is_batch: true };
    hub.receive(caller, outbound(), call, None).await
}

fn statuses(receipts: &[Receipt]) -> Vec<Acceptance> {
    receipts.iter().map(|receipt| receipt.status).collect()
}

/// The delivery of an event; `None` if the event is unknown.
async fn delivery_of(fixture: &Connected, key: &str) -> Option<String> {
    let mut tx = fixture.opened.db.acquire().await.unwrap();
    let (organization, connection) = (&fixture.admin.organization_id, &fixture.connection.id);
    db::deliveries::delivery_events::find(&mut tx, organization, connection, &format!("outbound:{key}")).await.unwrap()
}

#[tokio::test]
async fn notification_creates_one_delivery_also_after_processing() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let caller = caller(&fixture).await;
        let (a, b) = (fixture.opportunity("a", None), fixture.opportunity("b", None));
        let first = send(&fixture.hub, &caller, &[("1", &a), ("1", &a), ("2", &b), ("1", &b)]).await.unwrap();
        assert_eq!(statuses(&first), [Acceptance::Accepted; 2], "a repeated notification gets no receipt");
        assert_eq!(delivery_of(&fixture, "1").await.as_deref(), Some(first[0].delivery_id.as_str()));
        assert_eq!(fixture.run_jobs().await, 2);
        assert_eq!(send(&fixture.hub, &caller, &[("1", &a), ("2", &b)]).await.unwrap(), []);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM deliveries").await, 2);
        let next = send(&fixture.hub, &caller, &[("2", &b), ("3", &b)]).await.unwrap();
        assert_eq!(statuses(&next), [Acceptance::Accepted]);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM deliveries WHERE applies_rule AND origin = 'webhook'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn concurrent_messages_of_two_servers_create_one_delivery_for_each_notification() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let second = open_hub(&opened, Some(&fixture.simulator), &[]).await.unwrap();
        let caller = caller(&fixture).await;
        let ids: Vec<_> = (0..5).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
        let keys = ["1", "2", "3", "4", "5"];
        let forth: Vec<_> = keys.into_iter().zip(&ids).collect();
        let back: Vec<_> = forth.iter().rev().copied().collect();
        let messages = (0..20).map(|number| match number % 4 {
            0 => send(&fixture.hub, &caller, &forth),
            1 => send(&second, &caller, &back),
            2 => send(&fixture.hub, &caller, &back),
            _ => send(&second, &caller, &forth),
        });
        let receipts: Vec<Receipt> = join_all(messages).await.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(statuses(&receipts), [Acceptance::Accepted; 5]);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries").await, 5);
        assert_eq!(opened.number("SELECT count(*) FROM jobs").await, 5);
        let known = "SELECT count(*) FROM delivery_events e JOIN deliveries d ON d.id = e.delivery_id";
        assert_eq!(opened.number(known).await, 5);
    })
    .await;
}

#[tokio::test]
async fn notification_joins_the_waiting_delivery_and_a_webhook_call_exempts_it_from_the_rule() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let caller = caller(&fixture).await;
        let rule = async || fixture.opened.number("SELECT count(*) FROM deliveries WHERE applies_rule").await;
        let (a, b) = (fixture.opportunity("a", None), fixture.opportunity("b", None));
        let by_webhook = fixture.call(&a).await;
        let joined = send(&fixture.hub, &caller, &[("1", &a)]).await.unwrap();
        assert_eq!((&joined[0].delivery_id, joined[0].status), (&by_webhook.delivery_id, Acceptance::Duplicate));
        assert_eq!(delivery_of(&fixture, "1").await.as_deref(), Some(by_webhook.delivery_id.as_str()));
        assert_eq!(rule().await, 0, "the rule does not decide about what the webhook reported");
        let waiting = send(&fixture.hub, &caller, &[("2", &b)]).await.unwrap();
        assert_eq!(rule().await, 1);
        let by_webhook = fixture.call(&b).await;
        assert_eq!((&by_webhook.delivery_id, by_webhook.status), (&waiting[0].delivery_id, Acceptance::Duplicate));
        assert_eq!(rule().await, 0);
    })
    .await;
}

#[tokio::test]
async fn message_above_the_delivery_quota_is_rejected_and_its_keys_stay_unknown() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_WAITING_DELIVERIES", "2")]).await.connect().await;
        let caller = caller(&fixture).await;
        let ids: Vec<_> = (0..3).map(|number| fixture.opportunity(&number.to_string(), None)).collect();
        let is_rejected = |outcome: Result<Vec<Receipt>>| match outcome {
            Err(Error::Problem(problem)) => problem == Problem::QuotaExceeded(Quota::WaitingDeliveries),
            _ => false,
        };
        assert!(is_rejected(send(&fixture.hub, &caller, &[("1", &ids[0]), ("2", &ids[1]), ("3", &ids[2])]).await));
        assert_eq!(opened.number("SELECT count(*) FROM delivery_events").await, 0);
        assert_eq!(send(&fixture.hub, &caller, &[("1", &ids[0]), ("2", &ids[1])]).await.unwrap().len(), 2);
        assert!(is_rejected(send(&fixture.hub, &caller, &[("3", &ids[2])]).await));
        assert_eq!(send(&fixture.hub, &caller, &[("1", &ids[2]), ("2", &ids[1])]).await.unwrap(), [], "known keys");
        assert_eq!(opened.number("SELECT count(*) FROM delivery_events").await, 2);
    })
    .await;
}

#[tokio::test]
async fn secrets_of_the_two_purposes_are_replaced_separately() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (hub, admin, id) = (&fixture.hub, &fixture.admin, &fixture.connection.id);
        let works = async |purpose: SecretPurpose, secret: &Secret<String>| {
            hub.caller_with_secret(purpose, secret).await.unwrap().is_some()
        };
        let first = new_secret(&fixture).await;
        assert!(works(SecretPurpose::Outbound, &first).await && works(SecretPurpose::Webhook, &fixture.secret).await);
        assert!(!works(SecretPurpose::Webhook, &first).await && !works(SecretPurpose::Outbound, &fixture.secret).await);
        fixture.advance(1);
        let until = hub.clock().now() + Duration::from_secs(DAY);
        let made = hub.create_outbound_secret(admin, id).await.unwrap();
        assert_eq!(made.previous_valid_until, Some(until));
        let listed = hub.webhook_secrets(admin, id).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|secret| (secret.purpose, secret.valid_until)).collect();
        let expected = [(SecretPurpose::Outbound, None), (SecretPurpose::Outbound, Some(until)), (SecretPurpose::Webhook, None)];
        assert_eq!(listed.len(), 3);
        assert!(expected.iter().all(|secret| listed.contains(secret)), "{listed:?}");
        hub.end_previous_webhook_secrets(admin, id).await.unwrap();
        hub.make_webhook_secret(admin, id).await.unwrap();
        fixture.advance(DAY - 1);
        assert!(works(SecretPurpose::Outbound, &first).await, "a new webhook secret does not end it");
        fixture.advance(1);
        assert!(!works(SecretPurpose::Outbound, &first).await);
        fixture.stay_signed_in().await;
        let second = Secret::from(made.url.rsplit('/').next().unwrap());
        assert!(works(SecretPurpose::Outbound, &second).await);
        hub.create_outbound_secret(admin, id).await.unwrap();
        hub.end_previous_outbound_secrets(admin, id).await.unwrap();
        assert!(!works(SecretPurpose::Outbound, &second).await);
        let third = new_secret(&fixture).await;
        hub.disconnect(admin, id).await.unwrap();
        assert!(!works(SecretPurpose::Outbound, &third).await, "its connection is gone");
    })
    .await;
}

#[tokio::test]
async fn secret_is_stored_as_a_digest_and_its_creation_is_audited() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let secret = new_secret(&fixture).await;
        assert!(secret.expose().starts_with("lcom_") && secret.expose().len() == 48, "five characters and 32 bytes");
        assert_eq!(fixture.opened.number("SELECT count(*) FROM webhook_secrets WHERE length(digest) = 64").await, 2);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM webhook_secrets WHERE purpose = 'outbound'").await, 1);
        let filter = AuditFilter { kind: Some(ActivityKind::WebhookSecretMade), ..AuditFilter::default() };
        let lines = fixture.hub.audit_log(&fixture.admin, &filter, &PageRequest::default()).await.unwrap().items;
        let summaries: Vec<_> = lines.iter().map(|line| line.summary.as_str()).collect();
        assert!(
            summaries.iter().any(|summary| summary.starts_with("ada created a URL for Outbound Messages for")),
            "{summaries:?}"
        );
        assert!(!format!("{lines:?}").contains(secret.expose()));
    })
    .await;
}

#[tokio::test]
async fn required_signature_does_not_apply_to_outbound_messages() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let metadata = json!({"webhook_signature": "required"}).as_object().cloned();
        let change = ConnectionChange { metadata, ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
        assert!(fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap().requires_signature);
        let caller = caller(&fixture).await;
        assert!(!caller.requires_signature);
        let call = call_about(&caller, vec![fixture.opportunity("a", None)]);
        assert_eq!(fixture.hub.receive(&caller, outbound(), call, None).await.unwrap().len(), 1);
    })
    .await;
}
