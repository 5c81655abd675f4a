//! The state of a deal, which the panel of the setup package reads with the webhook secret.

use super::signatures::signature;
use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use salesforce_simulator::state::files;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/integrations/salesforce/deal-status";
const WEBHOOK: &str = "/api/v1/integrations/salesforce/webhook";
const UNKNOWN: &str = "006ak00000OQ4RxAAL";

fn body(connected: &Connected, opportunity: &str) -> Value {
    json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity})
}

fn call(connected: &Connected, opportunity: &str) -> Call {
    Call::post(PATH).header("x-webhook-secret", &connected.secret).json(&body(connected, opportunity))
}

async fn state(connected: &Connected, opportunity: &str) -> Value {
    let answer = connected.server.send(call(connected, opportunity)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn run_jobs(connected: &Connected) {
    while connected.server.hub.run_one_job(false).await.unwrap() {}
}

async fn deliver(connected: &Connected, opportunity: &str) {
    let call = Call::post(WEBHOOK).header("x-webhook-secret", &connected.secret).json(&body(connected, opportunity));
    assert_eq!(connected.server.send(call).await.status, 202);
}

fn attach(connected: &Connected, opportunity: &str) {
    let file = files::NewFile {
        file_name: "Agreement.txt".into(),
        bytes: b"An agreement."[..].into(),
        modified_at: "2026-11-20T10:00:00.000+0000".into(),
        ..Default::default()
    };
    files::attach(&mut connected.simulator.production().state(), opportunity, &file);
}

fn nothing() -> Value {
    json!({"delivery": null, "contract": null, "file": null, "analysis": null, "sync": null})
}

#[tokio::test]
async fn everything_is_null_before_the_first_event() {
    let connected = Connected::start(&[]).await;
    assert_eq!(state(&connected, UNKNOWN).await, nothing());
}

#[tokio::test]
async fn the_state_follows_the_deal_from_the_event_to_the_written_status() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    attach(&connected, &opportunity);
    deliver(&connected, &opportunity).await;
    let received = state(&connected, &opportunity).await;
    assert_eq!((&received["delivery"]["status"], &received["contract"]), (&json!("accepted"), &Value::Null), "{received}");
    assert_eq!(received["delivery"]["attempts"], 0);

    run_jobs(&connected).await;
    let reviewed = state(&connected, &opportunity[..15]).await;
    assert_eq!((&reviewed["delivery"]["status"], &reviewed["delivery"]["error"]), (&json!("done"), &Value::Null), "{reviewed}");
    let contract = &reviewed["contract"];
    assert_eq!(contract["title"], "Rollout");
    let path = format!("/contracts/{}", contract["id"].as_str().unwrap());
    assert_eq!(contract["url"], connected.server.hub.config().public(&path));
    assert_eq!((&contract["negotiation_status"], &contract["negotiation_status_label"]), (&json!("draft"), &json!("Draft")));
    let file = &reviewed["file"];
    assert_eq!((&file["name"], &file["version"]), (&json!("Agreement.txt"), &json!(1)), "{file}");
    assert_eq!(file["reason"], "Chose the file “Agreement.txt”, the newest document that can be used");
    let analysis = json!({"status": "queued", "completed_at": null, "error": null, "risks": []});
    assert_eq!(reviewed["analysis"], analysis);
    let times = [&reviewed["delivery"]["received_at"], &contract["created_at"], &file["stored_at"]];
    assert!(times.iter().all(|time| time.is_string()), "{times:?}");

    let path = format!("/api/v1{path}/status");
    let change = Call::new("PUT", &path).cookie(&connected.admin.cookie).json(&json!({"negotiation_status": "in_review"}));
    assert_eq!(connected.server.send(change).await.status, 200);
    run_jobs(&connected).await;
    let written = state(&connected, &opportunity).await;
    assert_eq!(written["contract"]["negotiation_status_label"], "In Review");
    let sync = &written["sync"];
    assert_eq!((&sync["status"], &sync["last_synced_value"]), (&json!("synced"), &json!("In Review")), "{sync}");
    assert!(sync["last_synced_at"].is_string() && sync["last_error"].is_null(), "{sync}");
}

#[tokio::test]
async fn a_contract_without_a_file_and_a_failed_delivery_are_shown() {
    let connected = Connected::start(&[]).await;
    let empty = connected.opportunity("Empty");
    deliver(&connected, &empty).await;
    deliver(&connected, UNKNOWN).await;
    run_jobs(&connected).await;
    let without_file = state(&connected, &empty).await;
    assert_eq!((&without_file["file"], &without_file["analysis"]), (&Value::Null, &Value::Null), "{without_file}");
    assert_eq!(without_file["contract"]["title"], "Empty");
    let failed = state(&connected, UNKNOWN).await;
    assert_eq!((&failed["delivery"]["status"], &failed["contract"]), (&json!("failed"), &Value::Null), "{failed}");
    assert!(failed["delivery"]["error"].as_str().unwrap().contains("Opportunity"), "{failed}");
}

#[tokio::test]
async fn another_organization_with_the_same_account_sees_nothing() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    deliver(&connected, &opportunity).await;
    run_jobs(&connected).await;
    let neighbour = connected.secret_of_neighbour().await;
    let call = Call::post(PATH).header("x-webhook-secret", &neighbour).json(&body(&connected, &opportunity));
    let answer = connected.server.send(call).await;
    assert_eq!((answer.status, answer.json()), (200, nothing()));
}

#[tokio::test]
async fn the_checks_are_those_of_the_webhook() {
    let connected = Connected::start(&[]).await;
    let raw = |kind: &str, body: &str| {
        Call::post(PATH).header("x-webhook-secret", &connected.secret).header("content-type", kind).body(body.to_owned())
    };
    let list = json!({"OrganizationId": connected.organization(), "OpportunityIds": [UNKNOWN, &UNKNOWN[..15]]}).to_string();
    let other_org = json!({"OrganizationId": "00Dxx0000001gPL", "OpportunityId": UNKNOWN}).to_string();
    let large = format!("{{{}", " ".repeat(64 * 1024));
    for (kind, body, status) in [
        ("text/plain", large.as_str(), 415),
        ("application/json", &large, 413),
        ("application/json", "{", 400),
        ("application/json", "{}", 422),
        ("application/json", &list, 422),
        ("application/json", &other_org, 401),
    ] {
        let answer = connected.server.send(raw(kind, body)).await;
        assert_eq!(answer.status, status, "{kind} {}", &body[..body.len().min(80)]);
    }
    let none = connected.server.send(Call::post(PATH).json(&body(&connected, UNKNOWN))).await;
    let wrong = Call::post(PATH).header("x-webhook-secret", "wrong").json(&body(&connected, UNKNOWN));
    let wrong = connected.server.send(wrong).await;
    assert_eq!((none.status, wrong.status, &none.body), (401, 401, &wrong.body), "{none:?}");
    let read = connected.server.send(Call::get(PATH).header("x-webhook-secret", &connected.secret)).await;
    assert_eq!((read.status, &read.headers["allow"]), (405, &"POST".parse().unwrap()), "{read:?}");
    let elsewhere = Call::post("/api/v1/integrations/hubspot/deal-status").header("x-webhook-secret", &connected.secret);
    let elsewhere = connected.server.send(elsewhere.json(&body(&connected, UNKNOWN))).await;
    assert_eq!((elsewhere.status, elsewhere.code().as_str()), (404, "wrong_webhook_address"), "{elsewhere:?}");

    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let pause = Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&json!({"is_enabled": false}));
    assert_eq!(connected.server.send(pause).await.status, 200);
    let paused = connected.server.send(call(&connected, UNKNOWN)).await;
    assert_eq!((paused.status, paused.code().as_str()), (409, "integration_disabled"), "{paused:?}");
}

#[tokio::test]
async fn a_required_signature_is_required_here_too_and_can_be_repeated() {
    let mut connected = Connected::start(&[]).await;
    let key = connected.signing("required").await;
    let unsigned = connected.server.send(call(&connected, UNKNOWN)).await;
    assert_eq!(unsigned.status, 401, "{unsigned:?}");
    let seconds = (connected.server.hub.clock().now().millis() / 1_000).to_string();
    let content = format!("msg_1.{seconds}.{}", body(&connected, UNKNOWN));
    let signed = async || -> Answer {
        let call = call(&connected, UNKNOWN).header("webhook-id", "msg_1").header("webhook-timestamp", &seconds);
        connected.server.send(call.header("webhook-signature", &format!("v1,{}", signature(&key, &content)))).await
    };
    for _ in 0..2 {
        let answer = signed().await;
        assert_eq!((answer.status, answer.json()), (200, nothing()));
    }
}
