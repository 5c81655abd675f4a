//! Hostile requests: cookies, hosts, markup in addresses, unexpected fields.

use crate::support::call::{Answer, Call};
use crate::support::server::Server;
use http::HeaderValue;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::json;
use std::collections::HashSet;
use test_support::users::PASSWORD;

fn nonce(page: &Answer) -> String {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_nonce_is_unique_and_only_in_nonce_attributes() {
    let server = Server::start().await;
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let page = server.send(Call::get("/login")).await;
        let nonce = nonce(&page);
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        let html = String::from_utf8(page.body.to_vec()).unwrap();
        let hidden = html.matches(&format!(" nonce=\"{nonce}\"")).count();
        assert!(hidden > 0 && hidden == html.matches(&nonce).count(), "{html}");
        assert_eq!(page.headers["cache-control"], "no-store");
        assert!(seen.insert(nonce), "used twice");
    }
}

#[tokio::test]
async fn server_functions_accept_only_post() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    app::actions::register_all();
    for (path, _) in server_fn_paths() {
        for method in ["GET", "PUT", "DELETE"] {
            let call = Call::new(method, &format!("{path}?email=a&name=b")).cookie(&ada.cookie);
            let status = server.send(call).await.status;
            assert!(matches!(status, 404 | 405), "{method} {path} {status}");
        }
    }
}

#[tokio::test]
async fn addresses_are_not_rendered_as_markup() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let markup = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/actions/{markup}"),
        format!("/api/v1/{markup}"),
        format!("/{markup}"),
        format!("/login?next=/{markup}&problem={markup}&__err={markup}&__path=/actions/connect"),
        format!("/integrations?error={markup}&connected={markup}&done={markup}"),
        format!("/contracts?q={markup}&status={markup}&cursor={markup}"),
        format!("/contracts/{markup}"),
    ] {
        for call in [Call::get(&path), Call::get(&path).cookie(&ada.cookie)] {
            let answer = server.send(call.header("accept", "text/html")).await;
            let body = String::from_utf8_lossy(&answer.body).to_lowercase();
            assert!(!body.contains("<script>alert") && answer.status < 500, "{path} {} {body}", answer.status);
        }
    }
}

#[tokio::test]
async fn invalid_cookies_are_401() {
    let server = Server::start().await;
    let long = "a".repeat(4_000);
    for value in ["", "x", "\"", "%00", "lcs_", &long, "lcs_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; lexicontract_session=x"]
    {
        let call = Call::get("/api/v1/auth/me").header("cookie", &format!("lexicontract_session={value}"));
        assert_eq!(server.send(call).await.status, 401, "{value}");
    }
}

#[tokio::test]
async fn other_authorization_schemes_and_foreign_cookies_are_ignored() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let me = || Call::get("/api/v1/auth/me").cookie(&ada.cookie);
    for scheme in ["Basic dXNlcjpwYXNz", "Negotiate YII", "Digest x"] {
        assert_eq!(server.send(me().header("authorization", scheme)).await.status, 200, "{scheme}");
        let stranger = Call::get("/api/v1/auth/me").header("authorization", scheme);
        assert_eq!(server.send(stranger).await.status, 401, "{scheme} is no identity");
    }
    for token in ["Bearer wrong", "bearer", "Bearer "] {
        assert_eq!(server.send(me().header("authorization", token)).await.status, 401, "a program means its token");
    }
    for foreign in [&b"city=M\xfcnchen"[..], "name=\u{444}\u{44b}\u{432}".as_bytes(), b"flag", b"a=b=c"] {
        let cookies = [foreign, b"; ", ada.cookie.as_bytes()].concat();
        let mut request = Call::get("/api/v1/auth/me").request();
        request.headers_mut().insert("cookie", HeaderValue::from_bytes(&cookies).unwrap());
        assert_eq!(server.send_request(request).await.status, 200, "{}", String::from_utf8_lossy(foreign));
    }
}

#[tokio::test]
async fn signing_in_creates_a_new_session() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let planted = Call::post("/api/v1/auth/login").cookie(&ada.cookie).json(&body);
    let fresh = server.send(planted).await.cookie();
    assert_ne!(fresh, ada.cookie);
}

#[tokio::test]
async fn links_use_the_configured_address() {
    let server = Server::with(&[("PUBLIC_URL", "https://contracts.example.com")]).await;
    let ada = server.admin("ada").await;
    let body = json!({"email": "mia@example.com", "name": "Mia", "role": "viewer"});
    let call = Call::post("/api/v1/users").header("cookie", &ada.cookie).header("origin", "https://contracts.example.com");
    let call = call.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
    let invited = server.send(call.json(&body)).await.json();
    assert!(invited["invitation_url"].as_str().unwrap().starts_with("https://contracts.example.com/invitations/"), "{invited}");
}

#[tokio::test]
async fn other_hosts_are_redirected_or_rejected() {
    let server = Server::with(&[("PUBLIC_URL", "https://contracts.example.com")]).await;
    let ada = server.admin("ada").await;
    let evil = |method: &str, path: &str| {
        let call = Call::new(method, path).header("cookie", &ada.cookie).header("accept", "text/html");
        call.header("host", "evil.example").header("origin", "https://contracts.example.com")
    };
    for path in ["/", "/login?next=%2Fteam", "/contracts/ctr_1", "//evil.example/x", "/nothing"] {
        for method in ["GET", "HEAD"] {
            let answer = server.send(evil(method, path)).await;
            let there = format!("https://contracts.example.com{path}");
            assert_eq!((answer.status, answer.location()), (307, there.as_str()), "{method}");
            assert!(!answer.headers.contains_key("set-cookie"));
        }
    }
    for (method, path) in [
        ("GET", "/api/v1/auth/me"),
        ("GET", "/api/openapi.json"),
        ("POST", "/api/v1/auth/login"),
        ("POST", "/api/v1/integrations/salesforce/webhook"),
        ("POST", "/actions/sign_in"),
        ("POST", "/login"),
        ("DELETE", "/api/v1/tokens/tok_1"),
    ] {
        let answer = server.send(evil(method, path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (421, "misdirected_request"), "{method} {path}");
        assert!(answer.headers.contains_key("x-content-type-options") && answer.headers.contains_key("x-request-id"));
    }
    for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/metrics", 401)] {
        assert_eq!(server.send(evil("GET", path)).await.status, status, "{path}");
    }
    let listened_on = Call::get("/api/v1/auth/me").header("cookie", &ada.cookie).header("host", "127.0.0.1:3000");
    assert_eq!(server.send(listened_on).await.status, 200, "a proxy that rewrites the header");
    let twice = Call::get("/api/v1/auth/me").header("host", "contracts.example.com").header("host", "contracts.example.com");
    assert_eq!(server.send(twice).await.status, 421);
}

#[tokio::test]
async fn unexpected_fields_change_nothing() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let victor = server.colleague(&ada, "victor", "viewer").await;
    let path = format!("/api/v1/users/{}", victor.me["user"]["id"].as_str().unwrap());
    let more = json!({"name": "Victor", "organization_id": eve.me["organization"]["id"], "id": "usr_1", "email": "x@example.com",
        "password_hash": "x", "is_invited": true});
    let changed = server.send(Call::new("PATCH", &path).cookie(&ada.cookie).json(&more)).await.json();
    assert_eq!((&changed["id"], &changed["email"]), (&victor.me["user"]["id"], &victor.me["user"]["email"]), "{changed}");
    let token = json!({"name": "t", "role": "admin", "user_id": ada.me["user"]["id"]});
    let made = server.send(Call::post("/api/v1/tokens").cookie(&victor.cookie).json(&token)).await.json();
    let me = server.send(Call::get("/api/v1/auth/me").token(made["token"].as_str().unwrap())).await.json();
    assert_eq!((&me["user"]["role"], &me["organization"]), (&json!("viewer"), &ada.me["organization"]), "{me}");
}

#[tokio::test]
async fn the_theme_is_set_without_signing_in_and_only_from_the_same_origin() {
    let server = Server::start().await;
    let form = |site: &str| {
        let call = Call::post("/actions/set_theme").header("accept", "text/html").header("sec-fetch-site", site);
        call.header("content-type", "application/x-www-form-urlencoded").body("theme=dark&next=%2Flogin")
    };
    let chosen = server.send(form("same-origin")).await;
    assert_eq!(
        (chosen.status / 100, chosen.location(), chosen.cookie().as_str()),
        (3, "/login", "lexicontract_theme=dark"),
        "{chosen:?}"
    );
    let foreign = server.send(form("cross-site")).await;
    assert!(!foreign.headers.contains_key("set-cookie"));
}
