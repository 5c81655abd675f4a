//! Rate limits for sign-ins.

use crate::support::call::Call;
use crate::support::server::Server;
use lexicontract::domain::operator_warning::OperatorWarning;
use serde_json::json;
use test_support::users::PASSWORD;

const FORM: &str = "application/x-www-form-urlencoded";
const WRONG: &str = "wrong horse battery";

fn login(email: &str, password: &str) -> Call {
    Call::post("/api/v1/auth/login").json(&json!({"email": email, "password": password}))
}

#[tokio::test]
async fn too_many_failed_sign_ins_are_429_except_in_a_known_browser() {
    let server = Server::with(&[("RATE_LIMIT_FACTOR", "0.1")]).await;
    server.admin("ada").await;
    let browser = server.send(login("ada@example.com", PASSWORD)).await.cookie_named("lexicontract_browser");
    for _ in 0..2 {
        assert_eq!(server.send(login("ada@example.com", WRONG)).await.status, 401);
    }
    let answer = server.send(login("ada@example.com", PASSWORD)).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_requests"), "{answer:?}");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(server.send(login("ada@example.com", PASSWORD).cookie(&browser)).await.status, 200);
    let form = |cookie: &str| {
        let call = Call::post("/actions/sign_in").cookie(cookie).header("content-type", FORM);
        call.header("accept", "application/json").body(format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+")))
    };
    let refused = server.send(form("x=y")).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.headers.contains_key("retry-after"));
    let again = server.send(form(&browser)).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_ne!(again.cookie_named("lexicontract_session"), "lexicontract_session=");
    assert!(again.cookie_named("lexicontract_browser").len() > 50);
}

#[tokio::test]
async fn forms_share_the_rate_limit_of_an_account() {
    let server = Server::with(&[("RATE_LIMIT_FACTOR", "0.05"), ("TRUSTED_PROXIES", "1")]).await;
    server.admin("ada").await;
    let send = |number: usize, kind: &'static str, body: &str| {
        let call = Call::post("/actions/sign_in").header("accept", "application/json").header("sec-fetch-site", "same-origin");
        let call = call.header("x-forwarded-for", &format!("192.0.2.{number}")).header("content-type", kind);
        server.send(call.body(body.to_owned()))
    };
    let victim = "email=ada%40example.com&password=wrong+horse+battery";
    let mut tried = 0;
    for number in 0..40 {
        tried += usize::from(send(number, FORM, victim).await.status == 401);
        let decoy = send(number, FORM, &format!("x[email]=decoy{number}%40example.com&{victim}")).await;
        let doubled = send(number, FORM, &format!("email=decoy{number}%40example.com&{victim}")).await;
        assert_eq!((decoy.status, doubled.status), (422, 422), "{decoy:?} {doubled:?}");
        assert_eq!(send(number, "application/json", victim).await.status, 415);
    }
    assert_eq!(tried, 10, "one per network, and ten over all of them");
}

#[tokio::test]
async fn a_limited_form_shows_the_error_on_its_page() {
    let server = Server::with(&[("RATE_LIMIT_FACTOR", "0.05")]).await;
    server.admin("ada").await;
    let form = Call::post("/actions/register").header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let answer = server.send(form).await;
    assert_eq!((answer.status, answer.location()), (302, "/register?problem=too_many_requests"), "{answer:?}");
}

#[tokio::test]
async fn signing_in_ends_the_previous_session() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let again = server.send(login("ada@example.com", PASSWORD).cookie(&ada.cookie)).await;
    let me = |cookie: String| server.send(Call::get("/api/v1/auth/me").cookie(&cookie));
    assert_eq!(
        (me(ada.cookie.clone()).await.status, me(again.cookie()).await.status),
        (401, 200),
        "first session, second session"
    );
}

#[tokio::test]
async fn an_untrusted_proxy_is_reported() {
    let server = Server::start().await;
    let ignored = || server.hub.operator_warnings().contains(&OperatorWarning::ForwardedForIgnored);
    assert!(!ignored());
    server.send(Call::get("/login").header("x-forwarded-for", "192.0.2.1")).await;
    assert!(ignored());
    let trusting = Server::with(&[("TRUSTED_PROXIES", "1")]).await;
    trusting.send(Call::get("/login").header("x-forwarded-for", "192.0.2.1")).await;
    assert!(!trusting.hub.operator_warnings().contains(&OperatorWarning::ForwardedForIgnored));
}
