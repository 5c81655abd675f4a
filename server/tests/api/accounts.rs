//! Registration, sign-in, sign-out, tokens and people.

use crate::{
    call::Call,
    server::{PASSWORD, Server},
};
use serde_json::json;

#[tokio::test]
async fn a_registered_person_is_the_admin_and_signed_in() {
    let server = Server::start().await;
    let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    let answer = server.send(Call::post("/api/v1/auth/register").json(&body)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["user"]["role"], "admin");
    let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.starts_with("lexicontract_session=") && set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let me = server.send(Call::get("/api/v1/auth/me").cookie(&answer.cookie())).await;
    assert_eq!((me.status, me.json()), (200, answer.json()));
}

#[tokio::test]
async fn an_address_is_registered_once_and_fields_are_checked() {
    let server = Server::start().await;
    server.admin("ada").await;
    let register = |email: &str, password: &str| {
        let body = json!({"organization": "Acme", "name": "Ada", "email": email, "password": password});
        Call::post("/api/v1/auth/register").json(&body)
    };
    assert_eq!(server.send(register("ADA@example.com", PASSWORD)).await.status, 409);
    let short = server.send(register("eve@example.com", "elevenchars")).await;
    assert_eq!((short.status, short.code()), (422, "invalid_field".to_owned()));
    assert!(short.json()["detail"].as_str().unwrap().contains("`password`"));
    let empty = server.send(Call::post("/api/v1/auth/register").json(&json!({}))).await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn closed_registration_is_403() {
    let server = Server::with(&[("REGISTRATION", "closed")]).await;
    let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    let answer = server.send(Call::post("/api/v1/auth/register").json(&body)).await;
    assert_eq!((answer.status, answer.code()), (403, "registration_closed".to_owned()));
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_get_one_answer() {
    let server = Server::start().await;
    server.admin("ada").await;
    let login =
        |email: &str, password: &str| Call::post("/api/v1/auth/login").json(&json!({"email": email, "password": password}));
    let wrong = server.send(login("ada@example.com", "wrong horse battery")).await;
    let unknown = server.send(login("eve@example.com", "wrong horse battery")).await;
    assert_eq!((wrong.status, wrong.body), (401, unknown.body));
    assert_eq!(server.send(login("ada@example.com", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn a_session_is_dead_after_sign_out() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let answer = server.send(Call::post("/api/v1/auth/logout").cookie(&ada.cookie)).await;
    assert_eq!((answer.status, answer.cookie().as_str()), (204, "lexicontract_session="));
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&ada.cookie)).await.status, 401);
}

#[tokio::test]
async fn a_token_acts_with_its_makers_role_until_it_is_revoked() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let victor = server.colleague(&ada, "victor", "viewer").await;
    let token = server.token(&victor).await;
    let me = server.send(Call::get("/api/v1/auth/me").token(&token)).await;
    assert_eq!((me.status, &me.json()["user"]["role"]), (200, &json!("viewer")));
    assert_eq!(server.send(Call::get("/api/v1/users").token(&token)).await.status, 403);
    let list = server.send(Call::get("/api/v1/tokens/").token(&token)).await.json();
    let id = list["items"][0]["id"].as_str().unwrap();
    let revoked = server.send(Call::new("DELETE", &format!("/api/v1/tokens/{id}")).token(&token)).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(server.send(Call::get("/api/v1/auth/me").token(&token)).await.status, 401);
}

#[tokio::test]
async fn only_admins_manage_people() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let mira = server.colleague(&ada, "mira", "member").await;
    let body = json!({"email": "new@example.com", "name": "New", "role": "viewer"});
    assert_eq!(server.send(Call::post("/api/v1/users").cookie(&mira.cookie).json(&body)).await.status, 403);
    let unknown_role = json!({"email": "new@example.com", "name": "New", "role": "owner"});
    assert_eq!(server.send(Call::post("/api/v1/users").cookie(&ada.cookie).json(&unknown_role)).await.status, 422);
    let path = format!("/api/v1/users/{}", mira.me["user"]["id"].as_str().unwrap());
    let changed = server.send(Call::new("PATCH", &path).cookie(&ada.cookie).json(&json!({"is_disabled": true}))).await;
    assert_eq!((changed.status, &changed.json()["is_disabled"]), (200, &json!(true)));
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&mira.cookie)).await.status, 401);
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&ada.cookie)).await.status, 204);
}
