//! The audit log: entries, filters, verification.

use crate::support::call::Call;
use crate::support::server::{Person, Server};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::process::{Command, Output};
use test_support::users::PASSWORD;

async fn log(server: &Server, admin: &Person, query: &str) -> Value {
    server.hub.flush_background().await;
    server.hub.write_all_rejections().await.unwrap();
    let answer = server.send(Call::get(&format!("/api/v1/audit{query}")).cookie(&admin.cookie)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn upload(server: &Server, admin: &Person) -> String {
    let body = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nSupply\r\n--b\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4 x\r\n--b--\r\n";
    let call = Call::post("/api/v1/contracts/").cookie(&admin.cookie).header("content-type", "multipart/form-data; boundary=b");
    let made = server.send(call.body(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn reading_exporting_and_signing_out_are_audited() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let token = server.token(&ada).await;
    let contract = upload(&server, &ada).await;
    let path = format!("/api/v1/contracts/{contract}");
    let status = Call::new("PUT", &format!("{path}/status")).token(&token);
    assert_eq!(server.send(status.json(&json!({"negotiation_status": "in_review"}))).await.status, 200);
    assert_eq!(server.send(Call::get(&format!("{path}/versions/1/file")).cookie(&ada.cookie)).await.status, 200);
    let csv = server.send(Call::get("/settings/audit.csv").cookie(&ada.cookie)).await;
    let csv = String::from_utf8(csv.body.to_vec()).unwrap();
    let signed_in =
        server.send(Call::post("/api/v1/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD})));
    let other = signed_in.await.cookie();
    assert_eq!(server.send(Call::post("/api/v1/auth/logout").cookie(&other)).await.status, 204);

    let lines = log(&server, &ada, "").await;
    let items = lines["items"].as_array().unwrap();
    let kinds: Vec<&str> = items.iter().rev().map(|line| line["kind"].as_str().unwrap()).collect();
    let expected =
        ["registered", "token_created", "version_stored", "status_changed", "downloaded", "exported", "signed_in", "signed_out"];
    assert_eq!(kinds, expected);
    for (older, newer) in items.iter().skip(1).zip(items) {
        assert_eq!(older["hash"], newer["previous_hash"]);
        assert_eq!(older["sequence"].as_i64().unwrap() + 1, newer["sequence"].as_i64().unwrap());
    }
    let [_, _, exported, downloaded, changed, ..] = items.as_slice() else { panic!("{items:?}") };
    assert!(changed["via"].as_str().unwrap().starts_with("tok_") && changed["contract_id"] == contract.as_str(), "{changed}");
    assert_eq!(downloaded["summary"], "ada downloaded version 1 of “Supply”");
    assert_eq!((&downloaded["actor_id"], &exported["actor_id"]), (&ada.me["user"]["id"], &ada.me["user"]["id"]), "{downloaded}");
    assert!(downloaded["via"].as_str().unwrap().starts_with("ses_") && downloaded["request_id"].is_string(), "{downloaded}");
    assert!(csv.contains("\"exported\"") && csv.contains(exported["hash"].as_str().unwrap()), "the export holds its own line");
    let timeline = server.send(Call::get(&format!("{path}/timeline")).cookie(&ada.cookie)).await.json();
    let timeline: Vec<&str> = timeline["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(timeline, ["version_stored", "status_changed"], "downloads are only in the audit log");
}

#[tokio::test]
async fn rejections_are_counted_by_user_route_and_minute() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let victor = server.colleague(&ada, "victor", "viewer").await;
    let contract = upload(&server, &ada).await;
    let path = format!("/api/v1/contracts/{contract}/status");
    for _ in 0..3 {
        assert_eq!(server.send(Call::get("/api/v1/users").cookie(&victor.cookie)).await.status, 403);
        let change = Call::new("PUT", &path).cookie(&victor.cookie).json(&json!({"negotiation_status": "signed"}));
        assert_eq!(server.send(change).await.status, 403);
    }
    assert_eq!(server.send(Call::get("/team").cookie(&victor.cookie).header("accept", "text/html")).await.status, 403);
    let form = |path: &str, kind: &str| {
        let call = Call::post(path).cookie(&victor.cookie).header("accept", "text/html");
        call.header("sec-fetch-site", "same-origin").header("content-type", kind)
    };
    let urlencoded = "application/x-www-form-urlencoded";
    let invite = form("/actions/invite_user", urlencoded).body("email=m%40example.com&name=M&role=viewer");
    assert_eq!(server.send(invite).await.status / 100, 3);
    let parts = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nS\r\n--b--\r\n";
    assert_eq!(server.send(form("/actions/upload", "multipart/form-data; boundary=b").body(parts)).await.status / 100, 3);
    let foreign = Call::post("/api/v1/tokens").header("cookie", &victor.cookie).header("origin", "https://evil.example");
    assert_eq!(server.send(foreign.json(&json!({"name": "t"}))).await.status, 403);
    // Requests without an identity and requests to unknown paths are not recorded.
    assert_eq!(server.send(Call::get("/api/v1/users")).await.status, 401);
    assert_eq!(server.send(Call::get("/api/v1/contracts/ctr_1").cookie(&victor.cookie)).await.status, 404);

    let lines = log(&server, &ada, "?kind=refused").await;
    let mut summaries: Vec<&str> =
        lines["items"].as_array().unwrap().iter().map(|line| line["summary"].as_str().unwrap()).collect();
    summaries.sort_unstable();
    // The log has one line per minute for repeated rejections. `total` adds up the lines, in case a minute ends during the test.
    let total = |route: &str| {
        let of_route = format!("victor was denied access to {route} ");
        let times = summaries.iter().filter_map(|summary| summary.strip_prefix(&of_route));
        times.map(|times| times.strip_suffix(" times").map_or(1, |number| number.parse::<u32>().unwrap())).sum::<u32>()
    };
    for (route, number) in [
        ("GET /api/v1/users", 3),
        ("PUT /api/v1/contracts/{id}/status", 3),
        ("GET /team", 1),
        ("POST /actions/invite_user", 1),
        ("POST /actions/upload", 1),
        ("POST /api/v1/tokens", 1),
    ] {
        assert_eq!(total(route), number, "{route}: {summaries:?}");
    }
    assert!(
        summaries.len() <= 12 && summaries.iter().all(|summary| summary.starts_with("victor was denied access to ")),
        "{summaries:?}"
    );
    let line = &lines["items"][0];
    assert_eq!((&line["actor"], &line["actor_id"]), (&json!("victor"), &victor.me["user"]["id"]), "{line}");
    assert!(line["via"].as_str().unwrap().starts_with("ses_") && line["request_id"].is_string() && line["address"].is_string());
    let mine = log(&server, &ada, &format!("?actor={}&kind=refused&limit=1", victor.me["user"]["id"].as_str().unwrap())).await;
    assert!(mine["items"].as_array().unwrap().len() == 1 && mine["next_cursor"].is_string());
}

#[tokio::test]
async fn the_log_is_filtered_and_invalid_filters_are_rejected() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    server.token(&ada).await;
    let count = async |query: &str| log(&server, &ada, query).await["items"].as_array().unwrap().len();
    assert_eq!(count("").await, 2);
    assert_eq!(count("?kind=token_created").await, 1);
    assert_eq!(count("?kind=&actor=&since=").await, 2);
    assert_eq!(count("?actor=usr_unknown").await, 0);
    assert_eq!(count("?since=2020-01-01T00:00:00Z").await, 2);
    assert_eq!(count("?since=2100-01-01T00:00:00%2B01:00").await, 0);
    for (query, word) in [
        ("kind=nonsense", "`kind`"),
        ("kind=webhook_received", "`kind`"),
        ("actor=unknown", "`actor`"),
        ("since=yesterday", "`since`"),
        ("limit=0", "`limit`"),
        ("cursor=nonsense", "`cursor`"),
    ] {
        let answer = server.send(Call::get(&format!("/api/v1/audit?{query}")).cookie(&ada.cookie)).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{query}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{query}");
    }
    let (first, eve) = (log(&server, &ada, "?limit=1").await, server.admin("eve").await);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(log(&server, &ada, &format!("?limit=1&cursor={cursor}")).await["items"][0]["kind"], "registered");
    assert_eq!(log(&server, &eve, "").await["items"].as_array().unwrap().len(), 1, "only the own organization's");
}

/// Runs the built program with the arguments, on the database of the server.
fn verify(server: &Server, arguments: &[&str]) -> Output {
    let config = server.hub.config();
    let key = config.fernet_keys.iter().map(|key| key.expose().as_str()).collect::<Vec<_>>().join(",");
    Command::new(env!("CARGO_BIN_EXE_lexicontract"))
        .env_clear()
        .envs([("FERNET_KEY", key.as_str()), ("DATABASE_URL", config.database_url.expose())])
        .env("STORAGE_URL", config.storage_url.as_str())
        .arg("verify-audit")
        .args(arguments)
        .output()
        .unwrap()
}

#[tokio::test]
async fn verify_audit_runs_beside_a_server() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    server.token(&ada).await;
    let line = |output: &Output, name: &str| {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{output:?}")).to_owned()
    };
    let whole = verify(&server, &[]);
    let newest = log(&server, &ada, "?limit=1").await["items"][0]["hash"].as_str().unwrap().to_owned();
    let id = ada.me["organization"]["id"].as_str().unwrap();
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    assert_eq!(line(&whole, "(ada,"), format!("ok: 2 lines, 0 erased, 0 before the chain, head 2 {newest} (ada, {id})"));
    assert!(line(&whole, "(eve,").starts_with("ok: 1 lines, 0 erased, 0 before the chain, head 1 "));

    let mut database = SqliteConnection::connect(server.hub.config().database_url.expose()).await.unwrap();
    let sql = "UPDATE activity SET summary = 'nothing happened' WHERE organization_id = $1 AND chain_sequence = 1";
    sqlx::query(sql).bind(eve.me["organization"]["id"].as_str().unwrap()).execute(&mut database).await.unwrap();
    let broken = verify(&server, &[]);
    assert_eq!(broken.status.code(), Some(1), "{broken:?}");
    assert!(line(&broken, "(ada,").starts_with("ok: ") && line(&broken, "(eve,").starts_with("BROKEN at sequence 1: "));
    assert_eq!(verify(&server, &["--organization", "ada"]).status.code(), Some(0));
    assert_eq!(verify(&server, &["--organization", "eve"]).status.code(), Some(1));
    for wrong in [&["--organization", "unknown"][..], &["--organization", " "], &["--organisation", "ada"]] {
        assert_eq!(verify(&server, wrong).status.code(), Some(2), "{wrong:?}");
    }
}
