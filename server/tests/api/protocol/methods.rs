//! Requests with unsupported methods.

use crate::security::isolation::table::TABLE;
use crate::support::call::{Answer, Call};
use crate::support::server::Server;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

/// The supported methods of each path. GET includes HEAD.
fn methods_by_path() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut by_path: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for row in TABLE {
        let methods = by_path.entry(row.path()).or_default();
        methods.insert(row.method());
        methods.extend((row.method() == "GET").then_some("HEAD"));
    }
    by_path
}

#[tokio::test]
async fn unsupported_methods_are_405_for_users_and_401_or_sign_in_for_others() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    for (path, supported) in methods_by_path() {
        for method in METHODS.into_iter().filter(|method| !supported.contains(method)) {
            let answer = server.send(Call::new(method, path).cookie(&ada.cookie)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed: BTreeSet<&str> = answer.headers["allow"].to_str().unwrap().split(',').collect();
            assert_eq!(allowed, supported, "{method} {path}");
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");

            let stranger = server.send(Call::new(method, path)).await;
            assert!(matches!(stranger.status, 401 | 303), "{method} {path}: {}", stranger.status);
            assert!(!stranger.headers.contains_key("allow"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn without_an_identity_existing_and_unknown_paths_respond_alike() {
    let server = Server::start().await;
    for (known, unknown) in
        [("/api/v1/tokens", "/api/v1/nothing"), ("/contracts", "/nothing"), ("/actions/connect", "/actions/nothing")]
    {
        for method in METHODS {
            let [one, other] = [known, unknown].map(|path| server.send(Call::new(method, path)));
            let (one, other) = (one.await, other.await);
            assert_eq!((one.status, &one.body), (other.status, &other.body), "{method} {known}");
            let names = |answer: &Answer| answer.headers.keys().cloned().collect::<HashSet<_>>();
            assert_eq!(names(&one), names(&other), "{method} {known}");
        }
    }
}

#[tokio::test]
async fn head_responds_like_get() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    for path in ["/api/v1/contracts/", "/contracts", "/healthz", "/api/openapi.json", "/api/docs/"] {
        let answer = server.send(Call::new("HEAD", path).cookie(&ada.cookie)).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn error_pages_keep_allow_and_www_authenticate() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let action = server.send(Call::get("/actions/connect").cookie(&ada.cookie).header("accept", "text/html")).await;
    assert_eq!((action.status, action.headers["allow"].to_str().unwrap()), (405, "POST"), "{action:?}");
    assert!(String::from_utf8_lossy(&action.body).contains("<html"));
    let metrics = server.send(Call::get("/metrics").header("accept", "text/html")).await;
    assert_eq!(metrics.status, 401);
    assert!(metrics.headers.contains_key("www-authenticate") && String::from_utf8_lossy(&metrics.body).contains("<html"));
}

#[tokio::test]
async fn other_methods_on_metrics_are_405_with_the_token() {
    let server = Server::with(&[("METRICS_TOKEN", "m3trics")]).await;
    assert_eq!(server.send(Call::get("/metrics").token("m3trics")).await.status, 200);
    let answer = server.send(Call::post("/metrics").token("m3trics")).await;
    assert_eq!((answer.status, answer.headers["allow"].to_str().unwrap()), (405, "GET,HEAD"), "{answer:?}");
    assert_eq!(server.send(Call::post("/metrics").token("m3trix")).await.status, 401);
    assert_eq!(server.send(Call::post("/healthz").token("m3trics")).await.status, 401, "it is no identity elsewhere");
}
