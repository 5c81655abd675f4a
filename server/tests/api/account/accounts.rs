//! Registration, sign-in, sign-out, API tokens and users.

use crate::support::call::Call;
use crate::support::server::Server;
use lexicontract::domain::time::Timestamp;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use test_support::users::PASSWORD;
use url::form_urlencoded;

#[tokio::test]
async fn a_registered_user_is_admin_and_signed_in() {
    let server = Server::start().await;
    let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    let answer = server.send(Call::post("/api/v1/auth/register").json(&body)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["user"]["role"], "admin");
    let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.starts_with("lexicontract_session=") && set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let me = server.send(Call::get("/api/v1/auth/me").cookie(&answer.cookie())).await;
    assert_eq!((me.status, me.json()), (200, answer.json()), "{me:?}");
}

#[tokio::test]
async fn an_address_is_registered_once_and_fields_are_validated() {
    let server = Server::start().await;
    server.admin("ada").await;
    let register = |email: &str, password: &str| {
        let body = json!({"organization": "Acme", "name": "Ada", "email": email, "password": password});
        Call::post("/api/v1/auth/register").json(&body)
    };
    assert_eq!(server.send(register("ADA@example.com", PASSWORD)).await.status, 409);
    let short = server.send(register("eve@example.com", "elevenchars")).await;
    assert_eq!((short.status, short.code()), (422, "invalid_field".to_owned()), "{short:?}");
    assert!(short.json()["detail"].as_str().unwrap().contains("`password`"));
    let empty = server.send(Call::post("/api/v1/auth/register").json(&json!({}))).await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn closed_registration_is_403() {
    let server = Server::with(&[("REGISTRATION", "closed")]).await;
    let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    let answer = server.send(Call::post("/api/v1/auth/register").json(&body)).await;
    assert_eq!((answer.status, answer.code()), (403, "registration_closed".to_owned()), "{answer:?}");
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_get_the_same_response() {
    let server = Server::start().await;
    server.admin("ada").await;
    let login =
        |email: &str, password: &str| Call::post("/api/v1/auth/login").json(&json!({"email": email, "password": password}));
    let wrong = server.send(login("ada@example.com", "wrong horse battery")).await;
    let unknown = server.send(login("eve@example.com", "wrong horse battery")).await;
    assert_eq!((wrong.status, wrong.body), (401, unknown.body), "status, body");
    assert_eq!(server.send(login("ada@example.com", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn a_session_is_invalid_after_sign_out() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let answer = server.send(Call::post("/api/v1/auth/logout").cookie(&ada.cookie)).await;
    assert_eq!((answer.status, answer.cookie().as_str()), (204, "lexicontract_session="), "{answer:?}");
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&ada.cookie)).await.status, 401);
}

#[tokio::test]
async fn a_token_has_the_role_of_its_user_until_it_is_revoked() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let victor = server.colleague(&ada, "victor", "viewer").await;
    let token = server.token(&victor).await;
    let me = server.send(Call::get("/api/v1/auth/me").token(&token)).await;
    assert_eq!((me.status, &me.json()["user"]["role"]), (200, &json!("viewer")), "{me:?}");
    assert_eq!(server.send(Call::get("/api/v1/users").token(&token)).await.status, 403);
    let list = server.send(Call::get("/api/v1/tokens/").token(&token)).await.json();
    let id = list["items"][0]["id"].as_str().unwrap();
    let revoked = server.send(Call::new("DELETE", &format!("/api/v1/tokens/{id}")).token(&token)).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(server.send(Call::get("/api/v1/auth/me").token(&token)).await.status, 401);
}

#[tokio::test]
async fn a_token_has_an_expiry_and_cannot_create_tokens() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let create = |body: Value| server.send(Call::post("/api/v1/tokens").cookie(&ada.cookie).json(&body));
    let now = server.hub.clock().now();
    for (days, expected) in [(Value::Null, 90), (json!(1), 1), (json!(365), 365)] {
        let made = create(json!({"name": "CI", "expires_in_days": days})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let expires_at = Timestamp::parse(made.json()["expires_at"].as_str().unwrap()).unwrap();
        assert_eq!(expires_at.since(now).as_secs() / 86_400, expected);
    }
    for days in [json!(0), json!(-1), json!(366), json!(1.5), json!("90"), json!(1e300)] {
        let refused = create(json!({"name": "CI", "expires_in_days": days})).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{days}");
    }
    let list = server.send(Call::get("/api/v1/tokens").cookie(&ada.cookie)).await.json();
    let items = list["items"].as_array().unwrap();
    assert!(items.len() == 3 && items.iter().all(|token| token["expires_at"].is_string()), "{list}");
    for role in ["viewer", "member", "admin"] {
        let person = server.colleague(&ada, &format!("{role}s"), role).await;
        let call = Call::post("/api/v1/tokens").token(&server.token(&person).await).json(&json!({"name": "more"}));
        let refused = server.send(call).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "session_required"), "{role}");
    }
}

#[tokio::test]
async fn an_expired_token_is_rejected_and_listed_until_it_is_removed() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let page =
        async || String::from_utf8(server.send(Call::get("/settings/tokens").cookie(&ada.cookie)).await.body.to_vec()).unwrap();
    let token = server.token(&ada).await;
    let mut database = SqliteConnection::connect(server.hub.config().database_url.expose()).await.unwrap();
    sqlx::query("UPDATE api_tokens SET expires_at = '2026-01-01T00:00:00+00:00'").execute(&mut database).await.unwrap();
    // The session cache does not notice the direct change of the database. Creating a token invalidates the cache.
    let other = server.token(&ada).await;
    let me = |token: &str| server.send(Call::get("/api/v1/auth/me").token(token));
    let (expired, unknown) = (me(&token).await, me("lct_unknown").await);
    assert_eq!((expired.status, expired.body), (401, unknown.body), "status, body");
    assert_eq!(me(&other).await.status, 200);
    let after = page().await;
    assert!(after.contains(">Expired<") && after.contains("Remove token"), "{after}");
    let list = server.send(Call::get("/api/v1/tokens").cookie(&ada.cookie)).await.json();
    assert_eq!(list["items"][1]["expires_at"], "2026-01-01T00:00:00.000Z", "{list}");
    let path = format!("/api/v1/tokens/{}", list["items"][1]["id"].as_str().unwrap());
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&ada.cookie)).await.status, 204);
    assert!(!page().await.contains(">Expired<"));
}

#[tokio::test]
async fn a_password_change_revokes_api_tokens_unless_they_are_kept() {
    const NEW: &str = "an entirely new password";
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let token = server.token(&ada).await;
    let change = |current: &str, new: &str, tick: &str| {
        let form = [("current_password", current), ("new_password", new), ("repeated_password", new)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let call = Call::post("/actions/change_password").cookie(&ada.cookie).header("accept", "text/html");
        call.header("content-type", "application/x-www-form-urlencoded").body(format!("{body}{tick}"))
    };
    let kept = server.send(change(PASSWORD, NEW, "&keep_tokens=true")).await;
    assert_eq!(kept.location(), "/account?done=password_changed_tokens_kept");
    let me = || server.send(Call::get("/api/v1/auth/me").token(&token));
    assert_eq!(me().await.status, 200);
    let ended = server.send(change(NEW, PASSWORD, "")).await;
    assert_eq!(ended.location(), "/account?done=password_changed");
    assert_eq!(me().await.status, 401);
}

#[tokio::test]
async fn only_admins_manage_users() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let mira = server.colleague(&ada, "mira", "member").await;
    let body = json!({"email": "new@example.com", "name": "New", "role": "viewer"});
    assert_eq!(server.send(Call::post("/api/v1/users").cookie(&mira.cookie).json(&body)).await.status, 403);
    let unknown_role = json!({"email": "new@example.com", "name": "New", "role": "owner"});
    assert_eq!(server.send(Call::post("/api/v1/users").cookie(&ada.cookie).json(&unknown_role)).await.status, 422);
    let path = format!("/api/v1/users/{}", mira.me["user"]["id"].as_str().unwrap());
    let changed = server.send(Call::new("PATCH", &path).cookie(&ada.cookie).json(&json!({"is_disabled": true}))).await;
    assert_eq!((changed.status, &changed.json()["is_disabled"]), (200, &json!(true)), "{changed:?}");
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&mira.cookie)).await.status, 401);
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&ada.cookie)).await.status, 204);
}
