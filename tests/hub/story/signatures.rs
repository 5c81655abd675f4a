//! Signed calls: the key that comes with a secret, its rotation, and messages that come again.

use super::world::{Connected, call_about, salesforce_webhook};
use crate::databases::on_every_database;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use lexicontract::{
    domain::{
        delivery::{Acceptance, Receipt},
        problem::{Invalid, Problem},
        record::RecordId,
    },
    hub::Error,
    services::{ConnectionChange, WebhookCaller, WebhookSignature},
};
use serde_json::json;
use sha2::Sha256;

const DAY: u64 = 24 * 60 * 60;

/// What Salesforce would send: three headers, signed now.
fn signed(world: &Connected, key: &str, id: &str, body: &[u8]) -> WebhookSignature {
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let timestamp = (world.hub.clock().now().millis() / 1_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let code = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    WebhookSignature::parse(id, &timestamp, &code).unwrap()
}

async fn is_signed(world: &Connected, caller: &WebhookCaller, signature: &WebhookSignature, body: &[u8]) -> bool {
    world.hub.is_signed(caller, signature, body).await.unwrap()
}

async fn send(world: &Connected, message: &str, opportunity: &str) -> Receipt {
    let caller = world.hub.webhook_caller(&world.secret).await.unwrap().unwrap();
    let call = call_about(&caller, vec![RecordId::new(opportunity)]);
    world.hub.receive(&caller, salesforce_webhook(), call, Some(message)).await.unwrap().remove(0)
}

fn settings(rule: &str) -> ConnectionChange {
    ConnectionChange { metadata: json!({"webhook_signature": rule}).as_object().cloned(), ..ConnectionChange::default() }
}

#[tokio::test]
async fn the_key_of_a_secret_signs_for_five_minutes_and_for_as_long_as_its_secret_works() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let caller = world.hub.webhook_caller(&world.secret).await.unwrap().unwrap();
        let first = world.hub.make_webhook_secret(&world.admin, &world.connection.id).await.unwrap().signing_key;
        let signature = signed(&world, &first, "msg_1", b"{}");
        assert!(is_signed(&world, &caller, &signature, b"{}").await);
        assert!(!is_signed(&world, &caller, &signature, b"{ }").await);
        world.advance(300);
        assert!(is_signed(&world, &caller, &signature, b"{}").await);
        world.advance(1);
        assert!(!is_signed(&world, &caller, &signature, b"{}").await);
        let second = world.hub.make_webhook_secret(&world.admin, &world.connection.id).await.unwrap().signing_key;
        assert_ne!(first, second);
        world.advance(DAY / 2);
        let listed = world.hub.webhook_secrets(&world.admin, &world.connection.id).await.unwrap();
        let signed: Vec<bool> = listed.iter().map(|secret| secret.last_signed_at.is_some()).collect();
        assert_eq!((listed.len(), signed[0], signed.iter().filter(|is_signed| **is_signed).count()), (3, false, 1));
    })
    .await;
}

#[tokio::test]
async fn the_old_key_signs_beside_the_new_one_for_a_day() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let caller = world.hub.webhook_caller(&world.secret).await.unwrap().unwrap();
        let second = world.hub.make_webhook_secret(&world.admin, &world.connection.id).await.unwrap();
        let third = world.hub.make_webhook_secret(&world.admin, &world.connection.id).await.unwrap();
        for (seconds, old, new) in [(DAY - 1, true, true), (1, false, true)] {
            world.advance(seconds);
            for (key, works) in [(&second.signing_key, old), (&third.signing_key, new)] {
                let signature = signed(&world, key, "msg_1", b"{}");
                assert_eq!(is_signed(&world, &caller, &signature, b"{}").await, works);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_is_taken_once_even_when_its_delivery_is_done() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let (one, other) = (world.opportunity("a", None), world.opportunity("b", None));
        let first = send(&world, "msg_1", one.as_str()).await;
        assert_eq!(first.status, Acceptance::Accepted);
        world.run_jobs().await;
        let again = send(&world, "msg_1", one.as_str()).await;
        assert_eq!(again, Receipt { status: Acceptance::Duplicate, ..first.clone() });
        assert_eq!(send(&world, "msg_1", other.as_str()).await, again, "an id belongs to its first body");
        assert_eq!(world.run_jobs().await, 0, "nothing is left to do");
        let next = send(&world, "msg_2", one.as_str()).await;
        assert!(next.status == Acceptance::Accepted && next.delivery_id != first.delivery_id);
        world.advance(DAY + 1);
        world.run_jobs().await;
        world.hub.keep_house().await.unwrap();
        assert_eq!(send(&world, "msg_1", one.as_str()).await.status, Acceptance::Accepted);
        assert_eq!(world.opened.number("SELECT count(*) FROM webhook_messages").await, 1, "old ones are forgotten");
    })
    .await;
}

#[tokio::test]
async fn signatures_are_required_only_when_a_key_can_make_them() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let required = async || world.hub.webhook_caller(&world.secret).await.unwrap().unwrap().requires_signature;
        world.hub.update_connection(&world.admin, &world.connection.id, settings("optional")).await.unwrap();
        assert!(!required().await);
        world.hub.update_connection(&world.admin, &world.connection.id, settings("required")).await.unwrap();
        assert!(required().await);
    })
    .await;
}

#[tokio::test]
async fn without_a_secret_signatures_cannot_be_required() {
    on_every_database(async |opened| {
        let world = super::world::World::start(opened).await;
        let callback = world.allow(&world.begin_to_connect().await).await;
        let connection = world.hub.finish_flow("salesforce", Some(&world.admin), callback).await.unwrap();
        let refused = world.hub.update_connection(&world.admin, &connection.id, settings("required")).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Invalid(Invalid::Metadata(_))))));
        assert!(world.hub.update_connection(&world.admin, &connection.id, settings("optional")).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_first_call_is_remembered_as_the_triggers() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        assert_eq!(world.connection_now().await.trigger_seen_at, None);
        let opportunity = world.opportunity("a", None);
        world.call(&opportunity).await;
        let seen = world.connection_now().await.trigger_seen_at;
        assert_eq!(seen, Some(world.hub.clock().now()));
        world.advance(60);
        world.run_jobs().await;
        world.call(&opportunity).await;
        assert_eq!(world.connection_now().await.trigger_seen_at, seen);
    })
    .await;
}
