//! Tests of injected faults.

use crate::support::Setup;
use serde_json::{Value, json};

const LIMITS: &str = "/services/data/v67.0/limits";

async fn get(setup: &Setup, tokens: &Value, path: &str) -> reqwest::Result<reqwest::Response> {
    setup.http.get(setup.url(path)).bearer_auth(tokens["access_token"].as_str().unwrap()).send().await
}

#[tokio::test]
async fn faults_apply_in_order_before_the_usual_response() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    setup
        .control(
            "faults",
            json!([
                { "path_contains": "/limits", "status": 503, "body": "<html>We are down for maintenance.</html>" },
                { "path_contains": "/limits", "status": 403, "headers": { "Retry-After": "7" },
                  "body": [{ "errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded." }] },
            ]),
        )
        .await;
    let first = get(&setup, &tokens, LIMITS).await.unwrap();
    assert_eq!((first.status().as_u16(), first.headers()["content-type"].to_str().unwrap()), (503, "text/html;charset=UTF-8"));
    let second = get(&setup, &tokens, LIMITS).await.unwrap();
    assert_eq!((second.status().as_u16(), second.headers()["retry-after"].to_str().unwrap()), (403, "7"));
    assert_eq!(second.json::<Value>().await.unwrap()[0]["errorCode"], "REQUEST_LIMIT_EXCEEDED");
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().status(), 200);
    let log = setup.report().await["request_log"].clone();
    let log = log.as_array().unwrap();
    let seen: Vec<_> =
        log.iter().filter(|entry| entry["path"] == LIMITS).map(|entry| entry["status"].as_u64().unwrap()).collect();
    assert_eq!(seen, [503, 403, 200]);
    assert!(log.windows(2).all(|pair| pair[0]["number"].as_u64() < pair[1]["number"].as_u64()));
}

#[tokio::test]
async fn dropped_connection_gives_no_response() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    setup.control("faults", json!({ "path_contains": "/limits", "drop_connection": true })).await;
    assert!(get(&setup, &tokens, LIMITS).await.is_err());
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().status(), 200);
}

#[tokio::test]
async fn downloads_can_be_truncated_or_broken() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let file = setup.control(&format!("opportunities/{id}/files"), json!({ "sample": "Order Form.pdf" })).await;
    let path = format!("/services/data/v67.0/sobjects/ContentVersion/{}/VersionData", file["version_id"].as_str().unwrap());
    let fault = json!({ "path_contains": "VersionData", "truncate_body_at": 100 });
    setup.control("faults", fault).await;
    assert_eq!(get(&setup, &tokens, &path).await.unwrap().bytes().await.unwrap().len(), 100);
    let fault = json!({ "path_contains": "VersionData", "truncate_body_at": 100, "drop_connection": true });
    setup.control("faults", fault).await;
    assert!(get(&setup, &tokens, &path).await.unwrap().bytes().await.is_err());
    assert!(get(&setup, &tokens, &path).await.unwrap().bytes().await.unwrap().starts_with(b"%PDF"));
}

#[tokio::test]
async fn faults_belong_to_an_organization_and_can_be_cleared() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    setup.control("faults?org=sandbox", json!({ "path_contains": "/limits", "status": 500 })).await;
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().status(), 200);
    setup.control("faults", json!({ "path_contains": "/limits", "status": 500 })).await;
    assert_eq!(setup.http.delete(setup.url("/control/faults")).send().await.unwrap().status(), 204);
    assert_eq!(get(&setup, &tokens, LIMITS).await.unwrap().status(), 200);
}
