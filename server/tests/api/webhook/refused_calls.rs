//! Refused calls that carried a secret of the connection, with their reasons.

use super::outbound::{message, notification};
use super::signatures::signature;
use crate::support::call::Call;
use crate::support::salesforce::Connected;
use serde_json::{Value, json};
use test_support::databases::on_every_database;

const PATH: &str = "/api/v1/integrations/salesforce/webhook";
const OPPORTUNITY: &str = "006ak00000OQ4RxAAL";

impl Connected {
    fn list_path(&self) -> String {
        format!("/api/v1/integrations/organization/{}/refused-calls", self.connection["id"].as_str().unwrap())
    }

    async fn refused(&self) -> Vec<Value> {
        let answer = self.server.send(Call::get(&self.list_path()).cookie(&self.admin.cookie)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// Sends a call that is refused with this status. Returns the item that it adds.
    async fn refuse(&self, call: Call, status: u16) -> Value {
        let before = self.refused().await.len();
        let answer = self.server.send(call).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let items = self.refused().await;
        assert_eq!(items.len(), before + 1, "{items:?}");
        items[0].clone()
    }

    fn post(&self, kind: &str, body: String) -> Call {
        Call::post(PATH).header("x-webhook-secret", &self.secret).header("content-type", kind).body(body)
    }
}

fn body(organization: &str) -> String {
    json!({"OrganizationId": organization, "OpportunityId": OPPORTUNITY}).to_string()
}

#[tokio::test]
async fn each_reason_is_listed_with_what_to_do() {
    on_every_database(async |opened| {
        let files = format!("file://{}/files", opened.folder.display());
        let settings = [("DATABASE_URL", opened.url.expose().as_str()), ("STORAGE_URL", &files)];
        let mut connected = Connected::start(&settings).await;
        let json = "application/json";
        for (call, status, reason) in [
            (connected.post("text/plain", "{}".into()), 415, "unsupported_media_type"),
            (connected.post(json, format!("{{{}", " ".repeat(64 * 1024))), 413, "payload_too_large"),
            (connected.post(json, "{".into()), 400, "invalid_json"),
            (connected.post(json, "{}".into()), 422, "invalid_field"),
            (connected.post(json, body("00Dxx0000001gPL")), 401, "other_account"),
            (Call::get(PATH).header("x-webhook-secret", &connected.secret), 405, "method_not_allowed"),
            (Call::post("/webhook").header("x-webhook-secret", &connected.secret), 404, "wrong_webhook_address"),
        ] {
            let item = connected.refuse(call, status).await;
            assert_eq!((&item["reason"], &item["status"]), (&json!(reason), &json!(status)), "{item}");
            assert_eq!((&item["count"], &item["address"]), (&json!(1), &json!("0.0.0.0")), "{item}");
            assert!(item["detail"].as_str().unwrap().len() > 20 && item["at"].is_string(), "{item}");
        }
        let outbound = format!("/api/v1/integrations/salesforce/outbound/{}", connected.secret);
        let call = Call::post(&outbound).header("content-type", "text/xml").body("<x/>");
        assert_eq!(connected.refuse(call, 401).await["reason"], "secret_for_other_endpoint");
        let quoted = Call::post(PATH).header("x-webhook-secret", &format!("\"{}\"", connected.secret));
        assert_eq!(connected.server.send(quoted).await.status, 401);
        connected.wait_for("secret_with_extra_characters").await;

        let key = connected.signing("required").await;
        let unsigned = connected.post(json, body(connected.organization()));
        assert_eq!(connected.refuse(unsigned, 401).await["reason"], "not_signed");
        let seconds = (connected.server.hub.clock().now().millis() / 1_000).to_string();
        let wrong = connected.post(json, body(connected.organization())).header("webhook-id", "msg_1");
        let wrong = wrong.header("webhook-timestamp", &seconds);
        let wrong = wrong.header("webhook-signature", &format!("v1,{}", signature(&key, "other content")));
        assert_eq!(connected.refuse(wrong, 401).await["reason"], "wrong_signature");

        let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
        let pause = Call::new("PATCH", &path).cookie(&connected.admin.cookie);
        let pause = pause.json(&json!({"is_enabled": false, "metadata": {"webhook_signature": null}}));
        assert_eq!(connected.server.send(pause).await.status, 200);
        let paused = connected.post(json, body(connected.organization()));
        assert_eq!(connected.refuse(paused, 409).await["reason"], "integration_disabled");
        let listed = Value::from(connected.refused().await).to_string();
        assert!(!listed.contains(&connected.secret) && !listed.contains(&connected.secret[5..20]), "{listed}");
    })
    .await;
}

impl Connected {
    /// Waits until a reason is listed that is recorded after the response.
    async fn wait_for(&self, reason: &str) {
        for _ in 0..10_000 {
            if self.refused().await.iter().any(|item| item["reason"] == reason) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{reason} is not listed");
    }
}

#[tokio::test]
async fn messages_with_the_secret_in_the_path_are_listed_too() {
    let connected = Connected::start(&[]).await;
    let path = format!("/api/v1/integrations/organization/{}/outbound-secret", connected.connection["id"].as_str().unwrap());
    let made = connected.server.send(Call::post(&path).cookie(&connected.admin.cookie)).await.json();
    let secret = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let path = format!("/api/v1/integrations/salesforce/outbound/{secret}");
    let call = |body: String| Call::post(&path).header("content-type", "text/xml").body(body);
    assert_eq!(connected.refuse(call("<x/>".into()), 400).await["reason"], "invalid_message");
    let other = message("00Dxx0000001gPL", &notification("04l0000000D2Ab1"));
    let item = connected.refuse(call(other), 401).await;
    assert_eq!(item["reason"], "other_account");
    assert!(!item.to_string().contains(&secret));
}

#[tokio::test]
async fn the_quota_of_waiting_deliveries_is_a_reason() {
    let connected = Connected::start(&[("QUOTA_WAITING_DELIVERIES", "1")]).await;
    let call = |opportunity: &str| {
        let body = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity}).to_string();
        connected.post("application/json", body)
    };
    assert_eq!(connected.server.send(call(OPPORTUNITY)).await.status, 202);
    assert_eq!(connected.refuse(call("006ak00000OQ4RyAAL"), 429).await["reason"], "quota_exceeded");
}

#[tokio::test]
async fn calls_without_a_secret_of_the_connection_are_not_stored() {
    let connected = Connected::start(&[]).await;
    let organization = connected.organization().to_owned();
    for secret in [None, Some("lcwh_wrong"), Some(""), Some("\"lcwh_wrong\"")] {
        let mut call = Call::post(PATH).header("content-type", "application/json").body(body(&organization));
        if let Some(secret) = secret {
            call = call.header("x-webhook-secret", secret);
        }
        assert_eq!(connected.server.send(call).await.status, 401);
    }
    assert_eq!(connected.refused().await, Vec::<Value>::new());
    let neighbour = connected.secret_of_neighbour().await;
    let call = Call::post(PATH).header("x-webhook-secret", &neighbour).header("content-type", "application/json").body("{");
    assert_eq!(connected.server.send(call).await.status, 400);
    assert_eq!(connected.refused().await, Vec::<Value>::new(), "it is listed for the connection of the secret");
}
