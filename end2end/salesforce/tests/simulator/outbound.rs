//! Tests of Outbound Messages.

use crate::support::Setup;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

const ACK: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>
</soapenv:Body></soapenv:Envelope>"#;
const STAGE: &str = "Negotiation/Review";

type Received = (HeaderMap, String);

/// Starts a server that responds to successive messages with `responses`, and then with acknowledgements. Returns its URL, and a
/// channel that receives its requests.
async fn receiver(responses: &[(u16, &'static str)]) -> (String, mpsc::Receiver<Received>) {
    type Shared = Arc<(mpsc::Sender<Received>, Mutex<Vec<(u16, &'static str)>>)>;
    async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: String) -> (StatusCode, &'static str) {
        shared.0.send((headers, body)).await.unwrap();
        let (status, body) = shared.1.lock().await.pop().unwrap_or((200, ACK));
        (StatusCode::from_u16(status).unwrap(), body)
    }
    let (sender, receiver) = mpsc::channel(16);
    let responses = responses.iter().rev().copied().collect();
    let router = Router::new().route("/outbound", post(receive)).with_state(Arc::new((sender, Mutex::new(responses))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/outbound", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, receiver)
}

async fn configured(responses: &[(u16, &'static str)]) -> (Setup, mpsc::Receiver<Received>) {
    let setup = Setup::start().await;
    let (url, received) = receiver(responses).await;
    setup.control("outbound", json!({ "url": url, "stage": STAGE })).await;
    (setup, received)
}

async fn move_to(setup: &Setup, id: &str, stage: &str) -> Value {
    setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": stage })).await
}

#[tokio::test]
async fn entering_the_stage_sends_a_soap_message() {
    let (setup, mut received) = configured(&[]).await;
    let id = setup.new_opportunity().await;
    assert_eq!(move_to(&setup, &id, "Needs Analysis").await["outbound"], json!([]));
    let moved = move_to(&setup, &id, STAGE).await;
    assert_eq!(moved["webhook"], Value::Null);
    assert_eq!(moved["outbound"][0]["acknowledged"], true);
    assert_eq!(move_to(&setup, &id, STAGE).await["outbound"], json!([]));

    let (headers, body) = received.recv().await.unwrap();
    assert_eq!(headers["content-type"], "text/xml; charset=utf-8");
    assert_eq!(headers["soapaction"], "\"\"");
    let report = setup.report().await;
    let action = report["outbound"]["action_id"].as_str().unwrap();
    let notification = moved["outbound"][0]["notification_ids"][0].as_str().unwrap();
    assert!(action.starts_with("04k") && notification.starts_with("04l"), "{action} {notification}");
    for part in [
        r#"<notifications xmlns="http://soap.sforce.com/2005/09/outbound">"#.to_owned(),
        format!("<OrganizationId>{}</OrganizationId>", report["organization_id"].as_str().unwrap()),
        format!("<ActionId>{action}</ActionId>"),
        r#"<SessionId xsi:nil="true"/>"#.to_owned(),
        format!("<EnterpriseUrl>{}/services/Soap/c/", setup.simulator.production_url()),
        format!("<PartnerUrl>{}/services/Soap/u/", setup.simulator.production_url()),
        format!("<Id>{notification}</Id>"),
        r#"<sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">"#.to_owned(),
        format!("<sf:Id>{id}</sf:Id>"),
        format!("<sf:StageName>{STAGE}</sf:StageName>"),
    ] {
        assert!(body.contains(&part), "{part} is not in {body}");
    }
}

#[tokio::test]
async fn unacknowledged_notifications_are_sent_again_with_the_same_id() {
    let refusals = [(503, ACK), (200, "<Ack>false</Ack>"), (202, ACK)];
    let (setup, _received) = configured(&refusals).await;
    let id = setup.new_opportunity().await;
    let first = move_to(&setup, &id, STAGE).await["outbound"][0].clone();
    assert_eq!((first["status"].as_u64(), first["acknowledged"].as_bool()), (Some(503), Some(false)));
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let messages = setup.control("outbound/retry", json!({})).await["messages"].clone();
        assert_eq!(messages[0]["notification_ids"], first["notification_ids"]);
        outcomes.push((messages[0]["status"].as_u64().unwrap(), messages[0]["acknowledged"].as_bool().unwrap()));
    }
    assert_eq!(outcomes, [(200, false), (202, false), (200, true)]);
    assert_eq!(setup.control("outbound/retry", json!({})).await["messages"], json!([]));

    let repeated = json!({ "ids": first["notification_ids"] });
    assert_eq!(setup.control("outbound/retry", repeated).await["messages"][0]["notification_ids"], first["notification_ids"]);
    let report = setup.report().await;
    let known = &report["outbound"]["notifications"][0];
    assert_eq!((known["attempts"].as_u64(), known["acknowledged"].as_bool()), (Some(5), Some(true)));
    assert_eq!(report["outbound_log"].as_array().unwrap().len(), 5);
    let url = setup.url("/control/outbound/retry");
    let unknown = setup.http.post(url).json(&json!({ "ids": ["04l000000000000AAA"] })).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn one_message_contains_up_to_a_hundred_notifications() {
    let (setup, mut received) = configured(&[]).await;
    let made = setup.control("opportunities/bulk", json!({ "count": 101, "stage": "Prospecting" })).await;
    let moved = setup.control("opportunities/stage", json!({ "ids": made["ids"], "stage": STAGE })).await;
    let sizes: Vec<_> =
        moved["outbound"].as_array().unwrap().iter().map(|sent| sent["notification_ids"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [100, 1]);
    assert_eq!(received.recv().await.unwrap().1.matches("<Notification>").count(), 100);
    assert_eq!(received.recv().await.unwrap().1.matches("<Notification>").count(), 1);
}

#[tokio::test]
async fn writes_through_the_api_send_a_message() {
    let (setup, mut received) = configured(&[]).await;
    let (tokens, id) = (setup.connect().await, setup.new_opportunity().await);
    assert_eq!(setup.patch(&tokens, &id, json!({ "StageName": STAGE })).await.0, 204);
    assert!(received.recv().await.unwrap().1.contains(&id));
}

#[tokio::test]
async fn moves_work_without_webhook_and_outbound_message() {
    let (setup, _received) = configured(&[]).await;
    setup.control("webhook", json!({ "url": null, "stage": STAGE })).await;
    setup.control("outbound", json!({ "url": null })).await;
    let id = setup.new_opportunity().await;
    let moved = move_to(&setup, &id, STAGE).await;
    assert_eq!((&moved["stage"], &moved["webhook"]["status"], &moved["outbound"]), (&json!(STAGE), &Value::Null, &json!([])));
    assert_eq!(setup.control("outbound/retry", json!({})).await["messages"], json!([]));
}
