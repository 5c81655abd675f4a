//! Allowances.

use crate::{
    call::Call,
    server::{PASSWORD, Server},
};
use serde_json::json;

fn login(email: &str, password: &str) -> Call {
    Call::post("/api/v1/auth/login").json(&json!({"email": email, "password": password}))
}

#[tokio::test]
async fn too_many_sign_ins_are_told_to_wait() {
    let server = Server::with(&[("RATE_LIMIT_FACTOR", "0.1")]).await;
    server.admin("ada").await;
    assert_eq!(server.send(login("ada@example.com", "wrong horse battery")).await.status, 401);
    assert_eq!(server.send(login("ada@example.com", PASSWORD)).await.status, 200);
    let answer = server.send(login("ada@example.com", PASSWORD)).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_requests"));
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_form_is_told_on_its_page() {
    let server = Server::with(&[("RATE_LIMIT_FACTOR", "0.05")]).await;
    server.admin("ada").await;
    let form = Call::post("/actions/register").header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let answer = server.send(form).await;
    assert_eq!((answer.status, answer.location()), (303, "/register?problem=too_many_requests"));
}
