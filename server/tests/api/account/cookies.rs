//! Cookies: names, attributes, values of other users, values planted by an attacker.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::{Person, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lexicontract::random::hex;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use test_support::users::PASSWORD;
use url::form_urlencoded;

const FORM: &str = "application/x-www-form-urlencoded";

/// A form that was submitted from a page of the site.
fn post(action: &str, cookies: &str, fields: &[(&str, &str)]) -> Call {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let call = Call::post(&format!("/actions/{action}")).header("cookie", cookies).header("accept", "text/html");
    call.header("sec-fetch-site", "same-origin").header("content-type", FORM).body(body)
}

fn page(path: &str, cookies: &[&str]) -> Call {
    Call::get(path).header("cookie", &cookies.join("; ")).header("accept", "text/html")
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn erases(answer: &Answer, name: &str) -> bool {
    let mut set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    set.any(|value| value.starts_with(&format!("{name}=;")) && value.contains("Max-Age=0"))
}

#[tokio::test]
async fn every_cookie_over_https_has_a_prefix_and_every_attribute() {
    let connected = Connected::start(&[("PUBLIC_URL", "https://contracts.example.com")]).await;
    let (server, ada) = (&connected.server, connected.admin.cookie.as_str());
    let connection = connected.connection["id"].as_str().unwrap();
    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    let signed_in = server.send(Call::post("/api/v1/auth/login").json(&login)).await;
    let browser = signed_in.cookie_named("__Host-lexicontract_browser");
    let invited = server.send(post("invite_user", ada, &[("name", "Bo"), ("email", "bo@example.com"), ("role", "viewer")])).await;
    let once = invited.cookie();
    let invitation = text(&server.send(page("/team", &[ada, &once])).await);
    let invitation = invitation.split("/invitations/").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let ended = signed_in.cookie();
    let other = json!({"organization": "Other", "name": "Eve", "email": "eve@example.com", "password": PASSWORD});
    let registration = [("organization", "New"), ("name", "Cy"), ("email", "cy@example.com"), ("password", PASSWORD)];
    let planted = "__Secure-lexicontract_once=x; __Secure-lexicontract_typed=x; __Secure-lexicontract_unfinished=x";
    let upload = Call::post("/actions/upload").header("cookie", ada).header("sec-fetch-site", "same-origin");
    let calls = [
        Call::post("/api/v1/auth/register").json(&other),
        Call::post("/api/v1/auth/logout").header("cookie", &ended).header("sec-fetch-site", "same-origin"),
        post("sign_in", &browser, &[("email", "ada@example.com"), ("password", PASSWORD)]),
        post("sign_in", "", &[("email", "ada@example.com"), ("password", "wrong horse battery")]),
        post("register", "", &registration),
        post("register", "", &registration),
        post("accept_invitation", "", &[("token", invitation.as_str()), ("password", PASSWORD)]),
        post("set_theme", "", &[("theme", "dark")]),
        post("create_api_token", ada, &[("name", "CI")]),
        post("create_api_token", ada, &[("name", "")]),
        post("make_webhook_secret", ada, &[("connection", connection)]),
        post("update_connection", ada, &[("connection", connection), ("settings[status_field]", "not a field")]),
        upload.header("accept", "text/html").header("content-type", "multipart/form-data; boundary=b").body(UPLOAD),
        post("redeliver", &browser, &[("delivery", "dlv_1")]),
        page("/team", &[ada, planted]),
        page("/settings/tokens", &[ada, planted]),
        page("/settings/tokens?problem=token_name", &[ada, planted]),
        page("/unfinished", &[ada, planted]),
        post("sign_out_everywhere", ada, &[]),
    ];
    let mut names = BTreeSet::new();
    for answer in [signed_in, invited] {
        check(&answer, &mut names);
    }
    for (number, call) in calls.into_iter().enumerate() {
        let answer = server.send(call).await;
        assert!(check(&answer, &mut names) > 0, "call {number} sets no cookie: {answer:?}");
    }
    let all = [
        "__Host-lexicontract_browser",
        "__Host-lexicontract_session",
        "__Host-lexicontract_theme",
        "__Secure-lexicontract_once",
        "__Secure-lexicontract_typed",
        "__Secure-lexicontract_unfinished",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

const UPLOAD: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNDA\r\n--b--\r\n";

/// Checks the cookies that a response sets. Returns the number of cookies.
fn check(answer: &Answer, names: &mut BTreeSet<String>) -> usize {
    let set: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    for cookie in &set {
        let mut parts = cookie.split("; ");
        let name = parts.next().unwrap().split('=').next().unwrap();
        let attributes: Vec<&str> = parts.collect();
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(attributes.contains(&attribute), "{cookie}");
        }
        let is_of_the_site = attributes.contains(&"Path=/");
        assert_eq!(name.starts_with("__Host-"), is_of_the_site, "{cookie}");
        assert!(is_of_the_site || name.starts_with("__Secure-"), "{cookie}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
        names.insert(name.to_owned());
    }
    set.len()
}

#[test]
fn cookies_are_made_in_one_module() {
    fn places(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() && !entry.ends_with("node_modules") {
                places(&entry, found);
            } else if entry.extension().is_some_and(|ending| ending == "rs")
                && std::fs::read_to_string(&entry).unwrap().contains("; HttpOnly")
            {
                found.push(entry.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let (root, mut found) = (Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap(), Vec::new());
    for folder in ["app/src", "server/src", "src"] {
        places(&root.join(folder), &mut found);
    }
    assert_eq!(found, ["cookies.rs"]);
}

#[tokio::test]
async fn a_flash_value_is_encrypted_and_readable_only_in_its_session_and_page() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let again =
        server.send(Call::post("/api/v1/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD}))).await;
    let elsewhere = again.cookie_named("lexicontract_session");
    let eve = server.admin("eve").await;
    let once = server.send(post("create_api_token", &ada.cookie, &[("name", "CI")])).await.cookie();
    for (cookies, path) in [(&eve.cookie, "/settings/tokens"), (&elsewhere, "/settings/tokens"), (&ada.cookie, "/team")] {
        let answer = server.send(page(path, &[cookies, &once])).await;
        assert!(!text(&answer).contains("select-all") && erases(&answer, "lexicontract_once"), "{path}");
    }
    let planted =
        server.send(post("invite_user", &eve.cookie, &[("name", "Bo"), ("email", "b@example.com"), ("role", "admin")])).await;
    let planted = planted.cookie();
    let answer = server.send(page("/team", &[&ada.cookie, &planted])).await;
    assert!(!text(&answer).contains("select-all") && erases(&answer, "lexicontract_once"));
    let old_form = format!("lexicontract_once={}", hex(b"http://evil.example/invitations/lci_x"));
    for path in ["/team", "/settings/tokens"] {
        let answer = server.send(page(path, &[&ada.cookie, &old_form])).await;
        assert!(!text(&answer).contains("evil.example") && erases(&answer, "lexicontract_once"), "{path}");
    }
    let shown = server.send(page("/settings/tokens", &[&ada.cookie, &planted, &once])).await;
    assert!(erases(&shown, "lexicontract_once"), "{shown:?}");
    let shown = text(&shown);
    let token = shown.split("select-all\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    assert!(token.starts_with("lct_"), "a planted cookie beside it does not hide it: {shown}");
    let base64 = STANDARD.encode(token);
    for clear in [token, &hex(token.as_bytes()), base64.trim_end_matches('=')] {
        assert!(!once.contains(clear), "{once}");
    }
}

/// The cookies that a browser still has after its session has ended.
async fn browser_of(server: &Server, name: &str) -> String {
    let login = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
    let answer = server.send(Call::post("/api/v1/auth/login").json(&login)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let (session, browser) = (answer.cookie_named("lexicontract_session"), answer.cookie_named("lexicontract_browser"));
    server.send(Call::post("/api/v1/auth/logout").cookie(&session)).await;
    format!("{session}; {browser}")
}

#[tokio::test]
async fn a_saved_form_is_shown_only_to_its_user_in_a_shared_browser() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let bo = server.colleague(&ada, "bo", "admin").await;
    let candidate = [("name", "Grace Hopper"), ("email", "grace@example.com"), ("role", "member")];
    let sent = server.send(post("invite_user", &browser_of(&server, "ada").await, &candidate)).await;
    assert_eq!(sent.location(), "/login?next=%2Funfinished");
    let saved = sent.cookie();
    assert!(!saved.contains("Grace") && !saved.contains(&hex(b"Grace")), "{saved}");
    for other in [&bo, &eve] {
        let answer = server.send(page("/unfinished", &[&other.cookie, &saved])).await;
        assert!(!text(&answer).contains("Grace") && erases(&answer, "lexicontract_unfinished"));
    }
    let shown = server.send(page("/unfinished", &[&ada.cookie, &saved])).await;
    assert!(text(&shown).contains("Grace Hopper") && !erases(&shown, "lexicontract_unfinished"));
    let discarded = server.send(page("/unfinished?discard=yes", &[&ada.cookie, &saved])).await;
    assert!(erases(&discarded, "lexicontract_unfinished"));
    let unknown = server.send(post("invite_user", "", &candidate)).await;
    assert!(unknown.location().contains("problem=not_signed_in") && unknown.headers.get("set-cookie").is_none(), "{unknown:?}");
}

#[tokio::test]
async fn form_state_is_shown_only_in_its_session() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let refused =
        server.send(post("invite_user", &ada.cookie, &[("name", "Grace"), ("email", "grace"), ("role", "member")])).await;
    let typed = refused.cookie();
    let shown =
        async |person: &Person| text(&server.send(page(refused.location(), &[&person.cookie, &typed])).await).contains("Grace");
    assert!(!shown(&eve).await);
    assert!(shown(&ada).await);
}

#[tokio::test]
async fn an_unknown_theme_is_ignored() {
    let server = Server::start().await;
    for (value, expected) in [("dark", true), ("light", true), ("<script>", false), ("Dark", false)] {
        let answer = server.send(page("/login", &[&format!("lexicontract_theme={value}")])).await;
        assert_eq!(text(&answer).contains(&format!("data-theme=\"{value}\"")), expected, "{value}");
    }
    let unknown = server.send(post("set_theme", "", &[("theme", "blue")])).await;
    assert!(unknown.status == 302 && unknown.headers.get("set-cookie").is_none(), "{unknown:?}");
}
