//! Readiness, metrics, `security.txt`.

use crate::support::call::Call;
use crate::support::server::Server;
use lexicontract::domain::problem::Problem;
use lexicontract::request_context::RequestContext;
use server::process::metrics;
use sqlx::{Connection, SqliteConnection};

#[tokio::test]
async fn a_server_is_ready_while_its_database_is_writable() {
    let server = Server::start().await;
    assert_eq!(server.send(Call::get("/readyz")).await.status, 200);
    let text = metrics::text(&server.hub).await;
    assert!(text.contains("lexicontract_database_up 1\n") && text.contains("lexicontract_queue_age_seconds 0\n"), "{text}");
}

#[tokio::test]
async fn the_security_contact_is_published_only_where_one_is_configured() {
    let path = "/.well-known/security.txt";
    assert_eq!(Server::start().await.send(Call::get(path)).await.status, 404);
    let server = Server::with(&[("SECURITY_CONTACT", "security@example.com")]).await;
    let before = server.hub.clock().now();
    let answer = server.send(Call::get(path)).await;
    assert_eq!(
        (answer.status, answer.headers["content-type"].to_str().unwrap()),
        (200, "text/plain; charset=utf-8"),
        "{answer:?}"
    );
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    assert_eq!(field("Contact: "), "mailto:security@example.com");
    assert_eq!(field("Canonical: "), "http://127.0.0.1:3000/.well-known/security.txt");
    let expires = field("Expires: ");
    assert!(
        expires > before.to_string() && expires < (before + std::time::Duration::from_hours(365 * 24)).to_string(),
        "{expires}"
    );
}

#[tokio::test]
async fn a_read_only_database_is_not_ready() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let mut other = SqliteConnection::connect(server.hub.config().database_url.expose()).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let answer = server.send(Call::get("/readyz")).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{answer:?}");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.json()["request_id"], answer.headers["x-request-id"].to_str().unwrap(), "its log lines can be found");
    assert_eq!(server.send(Call::get("/healthz")).await.status, 200);
    assert_eq!(server.send(Call::get("/contracts").cookie(&ada.cookie)).await.status, 200);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(server.hub.can_write().await.is_ok(), "it recovers automatically");
}

#[tokio::test]
async fn a_failed_database_is_a_metric_and_an_error_page_with_the_request_id() {
    let server = Server::start().await;
    server.hub.close().await;
    assert!(metrics::text(&server.hub).await.ends_with("lexicontract_database_up 0\n"));
    assert_eq!(server.send(Call::get("/login")).await.status, 200, "this page needs no database");
    let answer = server.send(Call::get("/team").header("cookie", "lexicontract_session=x")).await;
    assert_eq!(
        (answer.status, &answer.json()["request_id"]),
        (503, &answer.headers["x-request-id"].to_str().unwrap().into()),
        "{answer:?}"
    );
    let call = Call::get("//evil.example/").header("cookie", "lexicontract_session=x").header("accept", "text/html");
    let page = server.send(call).await;
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(page.status == 503 && text.contains("href=\"/\"") && !text.contains("evil.example"), "{text}");
    let here = RequestContext { request_id: Some("r-20".to_owned()), ..RequestContext::default() };
    let body = here.scope(async { server::api::problem::ProblemBody::from(&Problem::NotFound) }).await;
    assert_eq!(body.request_id, None, "only server errors contain the request id");
}
