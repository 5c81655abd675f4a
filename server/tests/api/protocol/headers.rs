//! Headers that every response must have.

use crate::security::access::operations;
use crate::support::call::Call;
use crate::support::server::Server;
use serde_json::json;

#[tokio::test]
async fn every_response_has_security_headers_and_no_store() {
    let server = Server::start().await;
    let mut paths: Vec<(String, String)> = operations(&server);
    paths.extend(
        ["/healthz", "/readyz", "/metrics", "/login", "/contracts", "/api/openapi.json", "/pkg/none.js", "/nothing"]
            .map(|path| ("GET".to_owned(), path.to_owned())),
    );
    for (method, path) in paths {
        let answer = server.send(Call::new(&method, &path)).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers.get(name).map(|value| value.to_str().unwrap()), Some(value), "{method} {path}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{method} {path}: {policy}");
        assert!(answer.headers.contains_key("x-request-id") && answer.headers.contains_key("referrer-policy"));
        assert!(!answer.headers.contains_key("strict-transport-security"), "{method} {path}");
    }
}

#[tokio::test]
async fn https_responses_have_strict_transport_security() {
    let server = Server::with(&[("PUBLIC_URL", "https://contracts.example.com")]).await;
    let answer = server.send(Call::get("/healthz")).await;
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn responses_have_the_servers_request_id_and_the_log_both_ids() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let call = Call::post("/api/v1/tokens").cookie(&ada.cookie).header("x-request-id", "client-17");
    let answer = server.send(call.json(&json!({"name": "build"}))).await;
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert!(id.len() == 36 && !id.contains("client-17"), "{id}");
    let lines = server.send(Call::get("/api/v1/audit?kind=token_created").cookie(&ada.cookie)).await.json();
    assert_eq!(
        (&lines["items"][0]["request_id"], &lines["items"][0]["client_request_id"]),
        (&json!(id), &json!("client-17")),
        "{lines}"
    );
}

#[tokio::test]
async fn the_documentation_loads_nothing_from_other_origins() {
    let server = Server::start().await;
    let answer = server.send(Call::get("/api/docs/")).await;
    assert_eq!(answer.status, 200);
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "{page}");
}
