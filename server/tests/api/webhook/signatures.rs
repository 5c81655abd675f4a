//! Signed webhook calls, and unsigned calls to connections that require signatures.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const PATH: &str = "/api/v1/integrations/salesforce/webhook";
const OPPORTUNITY: &str = "006ak00000OQ4RxAAL";

/// Signs a message as Standard Webhooks specifies. Returns the signature.
pub fn signature(key: &str, content: &str) -> String {
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(content.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Connected {
    /// Creates a webhook secret, and sets the connection's signature rule. Returns the signing key.
    pub async fn signing(&mut self, rule: &str) -> String {
        let path = format!("/api/v1/integrations/organization/{}", self.connection["id"].as_str().unwrap());
        let made = self.server.send(Call::post(&format!("{path}/webhook-secret")).cookie(&self.admin.cookie)).await.json();
        made["secret"].as_str().unwrap().clone_into(&mut self.secret);
        let body = json!({"metadata": {"webhook_signature": rule}});
        let changed = self.server.send(Call::new("PATCH", &path).cookie(&self.admin.cookie).json(&body)).await;
        assert_eq!((changed.status, &changed.json()["metadata"]["webhook_signature"]), (200, &json!(rule)), "{changed:?}");
        made["signing_key"].as_str().unwrap().to_owned()
    }

    fn body(&self) -> Value {
        json!({"OrganizationId": self.organization(), "OpportunityId": OPPORTUNITY})
    }

    fn seconds(&self) -> i64 {
        self.server.hub.clock().now().millis() / 1_000
    }

    fn signed(&self, key: &str, id: &str, seconds: i64, body: &str) -> Call {
        let signature = format!("v1,{}", signature(key, &format!("{id}.{seconds}.{body}")));
        let call = Call::post(PATH).header("x-webhook-secret", &self.secret).header("content-type", "application/json");
        let call = call.header("webhook-id", id).header("webhook-timestamp", &seconds.to_string());
        call.header("webhook-signature", &signature).body(body.to_owned())
    }

    async fn answer(&self, call: Call) -> Answer {
        self.server.send(call).await
    }
}

#[tokio::test]
async fn a_required_signature_that_is_invalid_is_rejected_like_a_wrong_secret() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("required").await;
    let (body, now) = (connected.body().to_string(), connected.seconds());
    let signed = |id: &str, seconds: i64| connected.signed(&key, id, seconds, &body);
    let stranger = connected.answer(Call::post(PATH)).await;
    let only_secret = Call::post(PATH).header("x-webhook-secret", &connected.secret).json(&connected.body());
    let other_key = format!("whsec_{}", STANDARD.encode([7; 32]));
    for (why, call) in [
        ("only the secret", only_secret),
        ("only the secret, and no JSON", Call::post(PATH).header("x-webhook-secret", &connected.secret).body("{")),
        ("too old", signed("msg_1", now - 400)),
        ("from the future", signed("msg_1", now + 400)),
        ("another key", connected.signed(&other_key, "msg_1", now, &body)),
        ("another body", signed("msg_1", now).body(format!("{body} "))),
        ("two ids", signed("msg_1", now).header("webhook-id", "msg_1")),
        ("two secrets", signed("msg_1", now).header("x-webhook-secret", &connected.secret)),
    ] {
        let answer = connected.answer(call).await;
        assert_eq!((answer.status, &answer.body), (401, &stranger.body), "{why}");
    }
    assert_eq!(connected.answer(signed("msg_1", now)).await.status, 202);
}

#[tokio::test]
async fn a_signed_message_is_accepted_once() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("required").await;
    let (body, now) = (connected.body().to_string(), connected.seconds());
    let first = connected.answer(connected.signed(&key, "msg_1", now, &body)).await.json();
    assert_eq!(first["status"], "accepted");
    for seconds in [now, now + 1] {
        let again = connected.answer(connected.signed(&key, "msg_1", seconds, &body)).await.json();
        assert_eq!((&again["status"], &again["delivery_id"]), (&json!("duplicate"), &first["delivery_id"]), "{again}");
    }
}

#[tokio::test]
async fn the_other_checks_keep_their_order() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("required").await;
    let now = connected.seconds();
    let signed = |body: &str| connected.signed(&key, "msg_1", now, body);
    let large = format!("{{{}", " ".repeat(64 * 1024));
    let other_org = json!({"OrganizationId": "00Dxx0000001gPL", "OpportunityId": OPPORTUNITY}).to_string();
    for (call, status) in [(signed(&large), 413), (signed("{"), 400), (signed("[]"), 422), (signed(&other_org), 401)] {
        assert_eq!(connected.answer(call).await.status, status);
    }
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let off = Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&json!({"is_enabled": false}));
    assert_eq!(connected.answer(off).await.status, 200);
    assert_eq!(connected.answer(signed("{")).await.status, 409);
    let unsigned = Call::post(PATH).header("x-webhook-secret", &connected.secret).json(&connected.body());
    assert_eq!(connected.answer(unsigned).await.status, 401);
}

#[tokio::test]
async fn optional_signatures_accept_every_call_with_the_secret() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("optional").await;
    let (body, now) = (connected.body().to_string(), connected.seconds());
    let unsigned = Call::post(PATH).header("x-webhook-secret", &connected.secret).json(&connected.body());
    assert_eq!(connected.answer(unsigned).await.status, 202);
    let wrong = connected.signed(&key, "msg_1", now - 400, &body);
    assert_eq!(connected.answer(wrong).await.status, 202);
    assert_eq!(connected.answer(connected.signed(&key, "msg_1", now, &body)).await.status, 202);
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let off = json!({"metadata": {"webhook_signature": null}});
    let answer = connected.answer(Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&off)).await.json();
    assert!(answer["metadata"].get("webhook_signature").is_none() && answer["trigger_seen_at"].is_string(), "{answer}");
    let wrong = json!({"metadata": {"webhook_signature": "off"}});
    let refused = connected.answer(Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&wrong)).await;
    assert_eq!(refused.status, 422);
}
