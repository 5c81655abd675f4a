//! Authorization: requests without an identity, other organizations, roles, CSRF, saved forms.

use crate::support::call::Call;
use crate::support::server::Server;
use http::Method;
use serde_json::json;
use server::identity::audience::{Audience, audience};
use server::router::api;
use server::state::AppState;

/// Method and path of every documented operation. The ids in the paths do not exist.
pub fn operations(server: &Server) -> Vec<(String, String)> {
    let (_, document) = api(&AppState::new(server.hub.clone()));
    let document = serde_json::to_value(document).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| Method::from_bytes(key.as_bytes()).is_ok()) {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                operations.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(operations.len() > 25, "{operations:?}");
    operations
}

#[tokio::test]
async fn every_route_that_is_not_open_requires_an_identity() {
    let server = Server::start().await;
    for (method, path) in operations(&server) {
        let verb: Method = method.parse().unwrap();
        if audience(&verb, &path) == Audience::SignedIn {
            let answer = server.send(Call::new(&method, &path)).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "not_signed_in"), "{method} {path}");
            let worthless = server.send(Call::new(&method, &path).token("nonsense")).await;
            assert_eq!(worthless.status, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_401_without_an_identity_and_404_otherwise() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    assert_eq!(server.send(Call::get("/api/v1/nothing")).await.status, 401);
    let answer = server.send(Call::get("/api/v1/nothing").cookie(&ada.cookie)).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{answer:?}");
}

#[tokio::test]
async fn a_page_redirects_to_the_sign_in_and_back() {
    let server = Server::start().await;
    let answer = server.send(Call::get("/contracts?q=a")).await;
    assert_eq!((answer.status, answer.location()), (303, "/login?next=%2Fcontracts%3Fq%3Da"), "{answer:?}");
}

#[tokio::test]
async fn unknown_foreign_and_malformed_ids_are_the_same_404() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let user = |id: &str| Call::new("DELETE", &format!("/api/v1/users/{id}")).cookie(&ada.cookie);
    let foreign = server.send(user(eve.me["user"]["id"].as_str().unwrap())).await;
    let unknown = server.send(user("usr_0199")).await;
    let malformed = server.send(user("%ff%00..")).await;
    assert_eq!((foreign.status, unknown.status, malformed.status), (404, 404, 404), "foreign id, unknown id, malformed id");
    assert!(foreign.body == unknown.body && unknown.body == malformed.body);
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&eve.cookie)).await.status, 200);
}

#[tokio::test]
async fn a_provider_name_that_is_not_utf8_is_404() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    for path in ["integrations/%ff/auth", "integrations/unknown/auth"] {
        let answer = server.send(Call::get(&format!("/api/v1/{path}")).cookie(&ada.cookie)).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
    for path in ["integrations/%ff/webhook", "integrations/salesforce/%ff"] {
        let answer = server.send(Call::post(&format!("/api/v1/{path}")).cookie(&ada.cookie)).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn a_cookie_from_another_site_changes_nothing() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let body = json!({"name": "planted"});
    let foreign = Call::post("/api/v1/tokens").header("cookie", &ada.cookie).header("origin", "https://evil.example").json(&body);
    let answer = server.send(foreign).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "cross_origin"), "{answer:?}");
    let list = server.send(Call::get("/api/v1/tokens").cookie(&ada.cookie)).await.json();
    assert_eq!(list["items"], json!([]));
    let token = server.token(&ada).await;
    let user = json!({"email": "bo@example.com", "name": "Bo", "role": "viewer"});
    let by_token = Call::post("/api/v1/users").token(&token).header("origin", "https://evil.example").json(&user);
    assert_eq!(server.send(by_token).await.status, 201);
}

#[tokio::test]
async fn a_viewer_can_read_and_not_write() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let victor = server.colleague(&ada, "victor", "viewer").await;
    let token = server.token(&victor).await;
    assert_eq!(server.send(Call::get("/api/v1/contracts/").token(&token)).await.status, 200);
    let connect = Call::post("/api/v1/integrations/organization/int_pipedrive").token(&token).json(&json!({"api_key": "k"}));
    assert_eq!(server.send(connect).await.status, 403);
    let upload = Call::post("/api/v1/contracts/").token(&token).header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(server.send(upload).await.status, 403);
}

#[tokio::test]
async fn an_unsupported_method_is_405_with_allow() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let answer = server.send(Call::new("PUT", "/api/v1/tokens").cookie(&ada.cookie)).await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"), "{answer:?}");
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_callback_without_a_session_redirects_to_the_page() {
    let server = Server::start().await;
    let answer = server.send(Call::get("/api/v1/integrations/salesforce/callback?state=x&code=y")).await;
    assert_eq!((answer.status, answer.location()), (303, "/integrations?error=state_invalid"), "{answer:?}");
    let refused = server.send(Call::get("/api/v1/integrations/salesforce/callback?error=access_denied")).await;
    assert_eq!((refused.status, refused.location()), (303, "/integrations?error=access_denied"), "{refused:?}");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn pages_render_for_their_roles_and_unknown_ones_are_404() {
    let server = Server::start().await;
    let login = server.send(Call::get("/login")).await;
    assert_eq!(login.status, 200);
    assert!(login.headers["content-security-policy"].to_str().unwrap().contains("'nonce-"));
    let ada = server.admin("ada").await;
    assert_eq!(server.send(Call::get("/contracts/?q=a").cookie(&ada.cookie)).await.location(), "/contracts?q=a");
    for (path, status) in [("/integrations", 200), ("/contracts", 200), ("/team", 200), ("/nothing", 404)] {
        let answer = server.send(Call::get(path).cookie(&ada.cookie)).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn a_form_without_javascript_signs_in_and_redirects() {
    let server = Server::start().await;
    server.admin("ada").await;
    let form = "email=ada%40example.com&password=correct+horse+battery&next=%2Fcontracts";
    let accept = || Call::post("/actions/sign_in").header("accept", "text/html").body(form);
    let post = || accept().header("content-type", "application/x-www-form-urlencoded");
    let answer = server.send(post().header("sec-fetch-site", "same-origin")).await;
    assert_eq!((answer.status / 100, answer.location()), (3, "/contracts"), "{answer:?}");
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&answer.cookie())).await.status, 200);
    let foreign = server.send(post().header("sec-fetch-site", "cross-site").header("referer", "https://evil.example/")).await;
    let page = String::from_utf8_lossy(&foreign.body);
    assert!(foreign.status == 403 && page.contains("<html") && page.contains("Request from another site"), "{page}");
    assert!(!foreign.headers.contains_key("set-cookie"));
    // A program sends no origin headers and accepts any media type.
    let program = Call::post("/actions/sign_in").header("accept", "*/*").body(form);
    let program = server.send(program.header("content-type", "application/x-www-form-urlencoded")).await;
    assert_eq!((program.status / 100, program.location()), (3, "/contracts"), "{program:?}");
}

#[tokio::test]
async fn a_form_with_a_secret_after_the_session_redirects_to_its_page() {
    let server = Server::start().await;
    for (action, page, body, back) in [
        ("/actions/change_password", "/account", "current_password=x", "%2Faccount"),
        (
            "/actions/connect",
            "/integrations",
            "integration=int_pipedrive&fields%5Bapi_key%5D=k",
            "%2Fintegrations%2Fconnect%2Fpipedrive",
        ),
    ] {
        let form = Call::post(action)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("referer", &format!("http://127.0.0.1:3000{page}"));
        let answer = server.send(form.body(body)).await;
        assert_eq!(answer.location(), format!("/login?next={back}&problem=not_signed_in"), "{action}");
    }
}
