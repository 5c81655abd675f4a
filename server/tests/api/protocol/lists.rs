//! Pagination, and collections with and without a trailing slash.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_limit_outside_1_to_100_is_422() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    for path in ["users", "tokens", "contracts"] {
        for (limit, status) in [
            ("1", 200),
            ("100", 200),
            ("0", 422),
            ("101", 422),
            ("-1", 422),
            ("x", 422),
            ("", 422),
            ("1.5", 422),
            ("99999999999999999999", 422),
        ] {
            let answer = server.send(Call::get(&format!("/api/v1/{path}?limit={limit}")).token(&token)).await;
            assert_eq!(answer.status, status, "{path} {limit}");
        }
    }
    let cursor = server.send(Call::get("/api/v1/contracts?cursor=nonsense").token(&token)).await;
    assert_eq!(cursor.status, 422);
    let status = server.send(Call::get("/api/v1/contracts?status=lost").token(&token)).await;
    assert_eq!(status.status, 422);
}

#[tokio::test]
async fn the_pages_of_a_list_contain_every_item_once() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    for _ in 0..3 {
        server.token(&ada).await;
    }
    let first = server.send(Call::get("/api/v1/tokens?limit=2").cookie(&ada.cookie)).await.json();
    let next = first["next_cursor"].as_str().unwrap();
    let second = server.send(Call::get(&format!("/api/v1/tokens?limit=2&cursor={next}")).cookie(&ada.cookie)).await.json();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()),
        (2, 1),
        "items on the first page, on the second page"
    );
    assert!(second["next_cursor"].is_null());
    assert_ne!(first["items"][1]["id"], second["items"][0]["id"]);
    for _ in 0..23 {
        server.token(&ada).await;
    }
    let page = server.send(Call::get("/api/v1/tokens").cookie(&ada.cookie)).await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 25, "of 26 tokens, without a limit");
}

#[tokio::test]
async fn collections_accept_a_trailing_slash() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    for path in ["users", "tokens", "contracts", "integrations", "integrations/organization"] {
        let without = server.send(Call::get(&format!("/api/v1/{path}")).token(&token)).await;
        let with = server.send(Call::get(&format!("/api/v1/{path}/")).token(&token)).await;
        assert_eq!((without.status, with.status), (200, 200), "{path}");
        assert_eq!(without.json().is_array(), path.starts_with("integrations"), "{path}");
    }
}

#[tokio::test]
async fn the_catalogue_lists_only_available_providers() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let list = server.send(Call::get("/api/v1/integrations").cookie(&ada.cookie)).await.json();
    let slugs: Vec<&str> = list.as_array().unwrap().iter().map(|entry| entry["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["salesforce", "hubspot", "pipedrive"]);
    assert_eq!(
        (&list[0]["capabilities"], &list[0]["missing"]),
        (&json!(["deals", "webhook", "file_back"]), &Value::Null),
        "capabilities, missing"
    );
    for entry in &list.as_array().unwrap()[1..] {
        assert!(entry["capabilities"] == json!([]) && entry["missing"].is_string(), "{entry}");
    }
}

#[tokio::test]
async fn a_connection_shows_its_health() {
    let connected = Connected::start(&[]).await;
    let get = |path: String| connected.server.send(Call::get(&path).cookie(&connected.admin.cookie));
    let listed = get("/api/v1/integrations/organization".to_owned()).await.json()[0].clone();
    let id = listed["id"].as_str().unwrap();
    assert_eq!(
        (listed["status"].as_str(), &listed["trouble"], &listed["paused_until"]),
        (Some("connected"), &Value::Null, &Value::Null),
        "status, trouble, paused until"
    );
    let comparison = &listed["reconciliation"];
    assert_eq!(
        (&comparison["last_run_at"], comparison["found"].as_i64(), &comparison["note"]),
        (&Value::Null, Some(0), &Value::Null),
        "last run at, found, note"
    );
    assert!(comparison["next_run_at"].as_str() > listed["created_at"].as_str());
    assert_eq!(get(format!("/api/v1/integrations/organization/{id}")).await.json(), listed);
}
