//! Tests of the trigger, which calls the webhook.

use crate::support::Setup;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use salesforce_simulator::Options;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// Starts a webhook server that responds to successive requests with `statuses`. Returns its URL, and a channel that receives its
/// requests.
async fn webhook(statuses: &[u16]) -> (String, mpsc::Receiver<(String, Value)>) {
    type Shared = Arc<(mpsc::Sender<(String, Value)>, Mutex<Vec<u16>>)>;
    async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: String) -> (StatusCode, &'static str) {
        let secret = headers.get("x-webhook-secret").map(|value| value.to_str().unwrap().to_owned());
        shared.0.send((secret.unwrap_or_default(), serde_json::from_str(&body).unwrap())).await.unwrap();
        let status = shared.1.lock().await.pop().unwrap_or(202);
        (StatusCode::from_u16(status).unwrap(), "noted")
    }
    let (sender, receiver) = mpsc::channel(16);
    let statuses = statuses.iter().rev().copied().collect();
    let router = Router::new().route("/hook", post(receive)).with_state(Arc::new((sender, Mutex::new(statuses))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, receiver)
}

#[tokio::test]
async fn reaching_the_stage_calls_the_webhook_with_the_secret() {
    let setup = Setup::start().await;
    let (url, mut received) = webhook(&[]).await;
    setup.control("webhook", json!({ "url": url, "secret": "s3cret" })).await;
    let id = setup.new_opportunity().await;
    let quiet = setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": "Needs Analysis" })).await;
    assert_eq!(quiet["webhook"], Value::Null);
    let moved = setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": "Needs Legal Review" })).await;
    assert_eq!((moved["webhook"]["status"].as_u64(), moved["webhook"]["response"].as_str()), (Some(202), Some("noted")));
    let organization_id = setup.simulator.production().state().organization_id.clone();
    let expected = json!({ "OrganizationId": organization_id, "OpportunityId": id });
    assert_eq!(received.recv().await.unwrap(), ("s3cret".to_owned(), expected));
    let again = setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": "Needs Legal Review" })).await;
    assert_eq!(again["webhook"], Value::Null);
}

#[tokio::test]
async fn several_opportunities_of_one_transaction_are_sent_in_one_call() {
    let setup = Setup::start().await;
    let (url, mut received) = webhook(&[]).await;
    setup.control("webhook", json!({ "url": url, "secret": "s3cret" })).await;
    let ids = [setup.new_opportunity().await, setup.new_opportunity().await];
    setup.control("opportunities/stage", json!({ "ids": ids, "stage": "Needs Legal Review" })).await;
    assert_eq!(received.recv().await.unwrap().1["OpportunityIds"], json!(ids));
}

#[tokio::test]
async fn writes_through_the_api_fire_the_trigger() {
    let setup = Setup::start().await;
    let (url, mut received) = webhook(&[]).await;
    setup.control("webhook", json!({ "url": url, "secret": "s3cret" })).await;
    let (tokens, id) = (setup.connect().await, setup.new_opportunity().await);
    assert_eq!(setup.patch(&tokens, &id, json!({ "StageName": "Needs Legal Review" })).await.0, 204);
    assert_eq!(received.recv().await.unwrap().1["OpportunityId"], id);
}

#[tokio::test]
async fn server_errors_are_retried_a_few_times() {
    let pauses = vec![Duration::from_millis(5); 2];
    let setup = Setup::with(Options { webhook_pauses: pauses, ..Options::default() }).await;
    let (url, mut received) = webhook(&[503, 500, 502, 503]).await;
    setup.control("webhook", json!({ "url": url, "secret": "s3cret" })).await;
    let id = setup.new_opportunity().await;
    let first = setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": "Needs Legal Review" })).await;
    assert_eq!((first["webhook"]["status"].as_u64(), first["webhook"]["will_retry"].as_bool()), (Some(503), Some(true)));
    let calls = setup.simulator.production().webhook_calls(3).await;
    let statuses: Vec<_> = calls.iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [503, 500, 502]);
    assert!(!calls[2].will_retry);
    assert_eq!(received.recv().await.unwrap().1["OpportunityId"], id);
}

#[tokio::test]
async fn client_errors_are_logged_and_not_retried() {
    let setup = Setup::start().await;
    let (url, _received) = webhook(&[401]).await;
    setup.control("webhook", json!({ "url": url, "secret": "wrong" })).await;
    let id = setup.new_opportunity().await;
    let moved = setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": "Needs Legal Review" })).await;
    assert_eq!((moved["webhook"]["status"].as_u64(), moved["webhook"]["will_retry"].as_bool()), (Some(401), Some(false)));
}
