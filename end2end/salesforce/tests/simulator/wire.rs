//! Tests of faults that manipulate the bytes of a connection.

use crate::support::Setup;
use serde_json::{Value, json};
use std::time::Duration;

const LIMITS: &str = "/services/data/v67.0/limits";

async fn get(setup: &Setup, tokens: &Value, path: &str) -> reqwest::Result<reqwest::Response> {
    setup.http.get(setup.url(path)).bearer_auth(tokens["access_token"].as_str().expect("a token is text")).send().await
}

async fn order(setup: &Setup, mut fault: Value) {
    fault["path_contains"] = "/limits".into();
    setup.control("faults", fault).await;
}

#[tokio::test]
async fn responses_are_cut_in_head_or_body_and_closed_or_reset() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    for (cut_at, then) in [(0, "close"), (20, "close"), (20, "reset"), (0, "reset")] {
        order(&setup, json!({ "cut_at": cut_at, "then": then })).await;
        assert!(get(&setup, &tokens, LIMITS).await.is_err(), "{cut_at} {then}");
    }
    order(&setup, json!({ "status": 200, "body": "x".repeat(5_000), "cut_at": 3_000 })).await;
    let response = get(&setup, &tokens, LIMITS).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().status(), 200);
}

#[tokio::test]
async fn stalled_responses_keep_the_connection_open() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    order(&setup, json!({ "cut_at": 40, "then": "stall" })).await;
    let waiting = tokio::time::timeout(Duration::from_millis(300), get(&setup, &tokens, LIMITS)).await;
    assert!(waiting.is_err());
}

#[tokio::test]
async fn raw_bytes_replace_the_response() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    order(&setup, json!({ "raw": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]" })).await;
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().text().await.unwrap(), "[]");
    order(&setup, json!({ "raw": "this is not HTTP\r\n\r\n" })).await;
    assert!(get(&setup, &tokens, LIMITS).await.is_err());
}

#[tokio::test]
async fn bodies_can_have_a_wrong_length_a_flipped_byte_or_no_end() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    order(&setup, json!({ "status": 200, "body": "whole", "content_length": 50 })).await;
    // The connection can break before or after the client has received the head of the response, so either call can fail.
    assert!(async { get(&setup, &tokens, LIMITS).await?.bytes().await }.await.is_err());
    order(&setup, json!({ "status": 200, "body": "whole", "flip_byte_at": 1 })).await;
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().text().await.unwrap(), "wiole");
    order(&setup, json!({ "status": 200, "body": "{}", "endless": true })).await;
    let mut endless = get(&setup, &tokens, LIMITS).await.unwrap();
    let mut read = 0;
    while read < 1_000_000 {
        read += endless.chunk().await.unwrap().unwrap().len();
    }
}
