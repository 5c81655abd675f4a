//! Signed webhook calls: signing keys, key rotation and repeated messages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use lexicontract::domain::delivery::{Acceptance, Receipt};
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::domain::record::RecordId;
use lexicontract::hub::Error;
use lexicontract::services::{ConnectionChange, WebhookCaller, WebhookSignature};
use serde_json::json;
use sha2::Sha256;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, call_about, salesforce_webhook};

const DAY: u64 = 24 * 60 * 60;

/// Signs a message at the hub's current time.
fn signed(fixture: &Connected, key: &str, id: &str, body: &[u8]) -> WebhookSignature {
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let timestamp = (fixture.hub.clock().now().millis() / 1_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let code = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    WebhookSignature::parse(id, &timestamp, &code).unwrap()
}

async fn is_signed(fixture: &Connected, caller: &WebhookCaller, signature: &WebhookSignature, body: &[u8]) -> bool {
    fixture.hub.is_signed(caller, signature, body).await.unwrap()
}

async fn send(fixture: &Connected, message: &str, opportunity: &str) -> Receipt {
    let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
    let call = call_about(&caller, vec![RecordId::new(opportunity)]);
    fixture.hub.receive(&caller, salesforce_webhook(), call, Some(message)).await.unwrap().remove(0)
}

fn settings(rule: &str) -> ConnectionChange {
    ConnectionChange { metadata: json!({"webhook_signature": rule}).as_object().cloned(), ..ConnectionChange::default() }
}

#[tokio::test]
async fn signature_is_valid_for_five_minutes_and_while_its_secret_is_valid() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        let first = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap().signing_key;
        let signature = signed(&fixture, &first, "msg_1", b"{}");
        assert!(is_signed(&fixture, &caller, &signature, b"{}").await);
        assert!(!is_signed(&fixture, &caller, &signature, b"{ }").await);
        fixture.advance(300);
        assert!(is_signed(&fixture, &caller, &signature, b"{}").await);
        fixture.advance(1);
        assert!(!is_signed(&fixture, &caller, &signature, b"{}").await);
        let second = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap().signing_key;
        assert_ne!(first, second);
        fixture.advance(DAY / 2);
        let listed = fixture.hub.webhook_secrets(&fixture.admin, &fixture.connection.id).await.unwrap();
        let signed: Vec<bool> = listed.iter().map(|secret| secret.last_signed_at.is_some()).collect();
        assert_eq!(
            (listed.len(), signed[0], signed.iter().filter(|is_signed| **is_signed).count()),
            (3, false, 1),
            "secrets, use of the first, used secrets"
        );
    })
    .await;
}

#[tokio::test]
async fn previous_key_is_valid_for_a_day() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let caller = fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap();
        let second = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let third = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        for (seconds, old, new) in [(DAY - 1, true, true), (1, false, true)] {
            fixture.advance(seconds);
            for (key, works) in [(&second.signing_key, old), (&third.signing_key, new)] {
                let signature = signed(&fixture, key, "msg_1", b"{}");
                assert_eq!(is_signed(&fixture, &caller, &signature, b"{}").await, works);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn repeated_message_returns_the_first_receipt_even_after_its_delivery() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (one, other) = (fixture.opportunity("a", None), fixture.opportunity("b", None));
        let first = send(&fixture, "msg_1", one.as_str()).await;
        assert_eq!(first.status, Acceptance::Accepted);
        fixture.run_jobs().await;
        let again = send(&fixture, "msg_1", one.as_str()).await;
        assert_eq!(again, Receipt { status: Acceptance::Duplicate, ..first.clone() });
        assert_eq!(send(&fixture, "msg_1", other.as_str()).await, again, "the id belongs to the first body");
        assert_eq!(fixture.run_jobs().await, 0, "no job is left");
        let next = send(&fixture, "msg_2", one.as_str()).await;
        assert!(next.status == Acceptance::Accepted && next.delivery_id != first.delivery_id);
        fixture.advance(DAY + 1);
        fixture.run_jobs().await;
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(send(&fixture, "msg_1", one.as_str()).await.status, Acceptance::Accepted);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM webhook_messages").await, 1, "old ids are removed");
    })
    .await;
}

#[tokio::test]
async fn signatures_can_be_required_with_a_key() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let required = async || fixture.hub.webhook_caller(&fixture.secret).await.unwrap().unwrap().requires_signature;
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, settings("optional")).await.unwrap();
        assert!(!required().await);
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, settings("required")).await.unwrap();
        assert!(required().await);
    })
    .await;
}

#[tokio::test]
async fn without_a_secret_signatures_cannot_be_required() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let callback = fixture.allow(&fixture.begin_to_connect().await).await;
        let connection = fixture.hub.finish_flow("salesforce", Some(&fixture.admin), callback).await.unwrap();
        let rejected = fixture.hub.update_connection(&fixture.admin, &connection.id, settings("required")).await;
        assert!(matches!(rejected, Err(Error::Problem(Problem::Invalid(Invalid::Metadata(_))))));
        assert!(fixture.hub.update_connection(&fixture.admin, &connection.id, settings("optional")).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn first_call_of_the_trigger_is_recorded() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        assert_eq!(fixture.connection_now().await.trigger_seen_at, None);
        let opportunity = fixture.opportunity("a", None);
        fixture.call(&opportunity).await;
        let seen = fixture.connection_now().await.trigger_seen_at;
        assert_eq!(seen, Some(fixture.hub.clock().now()));
        fixture.advance(60);
        fixture.run_jobs().await;
        fixture.call(&opportunity).await;
        assert_eq!(fixture.connection_now().await.trigger_seen_at, seen);
    })
    .await;
}
