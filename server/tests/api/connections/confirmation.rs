//! Connections that a user starts from a link or a typed address, which an admin must confirm.

use crate::support::call::{Answer, Call, ORIGIN};
use crate::support::salesforce::Connected;
use crate::support::server::{Person, Server};
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use test_support::consent;
use test_support::databases::on_every_database;
use test_support::settings::SalesforceSettings;
use url::Url;

const AUTH: &str = "/api/v1/integrations/salesforce/auth";
const CONNECTIONS: &str = "/api/v1/integrations/organization";

async fn start(more: &[(&str, &str)]) -> (Server, Person, Simulator) {
    let simulator = Simulator::start(Options::default()).await.unwrap();
    let salesforce = SalesforceSettings::of(&simulator);
    let settings = [more, &salesforce.pairs()].concat();
    let server = Server::with(&settings).await;
    let admin = server.admin("ada").await;
    (server, admin, simulator)
}

/// A browser request with the given origin headers.
fn browse(method: &str, path: &str, person: &Person, headers: &[(&str, &str)]) -> Call {
    let call = Call::new(method, path).header("cookie", &person.cookie).header("accept", "text/html");
    headers.iter().fold(call, |call, (name, value)| call.header(name, value))
}

fn leads_to_salesforce(answer: &Answer) -> bool {
    answer.status == 303 && answer.location().contains("/services/oauth2/authorize?")
}

fn is_question(answer: &Answer) -> bool {
    let is_page = answer.headers["content-type"].to_str().unwrap().starts_with("text/html");
    let is_private = answer.headers["cache-control"] == "no-store" && answer.headers["x-robots-tag"] == "noindex";
    answer.status == 200 && is_page && is_private && !answer.headers.contains_key("location")
}

/// Submits the page that asks for confirmation. Returns the address of the provider's consent page.
async fn continue_from_the_page(server: &Server, admin: &Person) -> Url {
    let asked = server.send(browse("GET", AUTH, admin, &[("sec-fetch-site", "none")])).await;
    let page = String::from_utf8(asked.body.to_vec()).unwrap();
    assert!(page.contains("action=\"/actions/request_connection\""), "{page}");
    let form = Call::post("/actions/request_connection")
        .cookie(&admin.cookie)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("provider=salesforce&environment=production&domain=");
    let sent = server.send(form).await;
    assert!(sent.location().contains("/services/oauth2/authorize?"), "{sent:?}");
    Url::parse(sent.location()).unwrap()
}

/// Submits the page that asks for confirmation, and consents. Returns the path of the callback.
async fn hold(server: &Server, admin: &Person) -> String {
    let back = consent::allow(&continue_from_the_page(server, admin).await).await;
    format!("{}?{}", back.path(), back.query().unwrap())
}

async fn only_connection(server: &Server, person: &Person) -> Value {
    let list = server.send(Call::get(CONNECTIONS).cookie(&person.cookie)).await.json();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    list[0].clone()
}

async fn page(server: &Server, path: &str, person: &Person) -> String {
    let answer = server.send(browse("GET", path, person, &[("sec-fetch-site", "none")])).await;
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn only_an_own_navigation_or_a_token_starts_a_flow() {
    let (server, ada, _simulator) = start(&[]).await;
    let own_page = format!("{ORIGIN}/integrations");
    let own = ("sec-fetch-site", "same-origin");
    let navigation = [own, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    for headers in [&[own][..], &navigation, &[("referer", own_page.as_str())]] {
        let answer = server.send(browse("GET", AUTH, &ada, headers)).await;
        assert!(leads_to_salesforce(&answer), "{headers:?} {answer:?}");
        let head = server.send(browse("HEAD", AUTH, &ada, headers)).await;
        assert!(is_question(&head) && head.body.is_empty(), "{headers:?} {head:?}");
    }
    for headers in [
        &[][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("referer", own_page.as_str())],
        &[("referer", "https://evil.example/")],
        &[("origin", ORIGIN)],
        &[own, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        &[own, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        &[own, ("sec-purpose", "prefetch")],
    ] {
        let answer = server.send(browse("GET", AUTH, &ada, headers)).await;
        assert!(is_question(&answer), "{headers:?} {answer:?}");
    }
    let token = server.token(&ada).await;
    assert!(leads_to_salesforce(&server.send(Call::get(AUTH).token(&token)).await));
    assert!(is_question(&server.send(Call::new("HEAD", AUTH).token(&token)).await));
}

#[tokio::test]
async fn the_consent_question_names_user_and_provider_and_is_for_admins() {
    let (server, ada, simulator) = start(&[]).await;
    let body = page(&server, AUTH, &ada).await;
    let host = simulator.production_url().trim_start_matches("http://");
    for words in
        ["Connect Salesforce?", "Continue to Salesforce", "ada@example.com", "Production", host, "href=\"/integrations\""]
    {
        assert!(body.contains(words), "{words} {body}");
    }
    let mira = server.colleague(&ada, "mira", "member").await;
    let refused = server.send(browse("GET", AUTH, &mira, &[])).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "{refused:?}");
    for (query, status) in [("?environment=moon", 422), ("?environment=my_domain&domain=evil.example", 422)] {
        let path = format!("{AUTH}{query}");
        let answer = server.send(Call::get(&path).cookie(&ada.cookie)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, "invalid_field"), "{query}");
        let page = server.send(browse("GET", &path, &ada, &[])).await;
        assert_eq!(
            (page.status, page.headers["content-type"].to_str().unwrap()),
            (status, "text/html; charset=utf-8"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_connection_from_the_question_is_used_after_confirmation() {
    on_every_database(async |opened| {
        let files = format!("file://{}/files", opened.folder.display());
        let (server, ada, _simulator) =
            start(&[("DATABASE_URL", opened.url.expose().as_str()), ("STORAGE_URL", files.as_str())]).await;
        let callback = hold(&server, &ada).await;
        for _ in 0..2 {
            let back = server.send(browse("GET", &callback, &ada, &[("sec-fetch-site", "cross-site")])).await;
            assert_eq!((back.status, back.location()), (303, "/integrations?connected=salesforce"), "{back:?}");
        }
        let held = only_connection(&server, &ada).await;
        assert_eq!(held["status"], "needs_confirmation");
        assert_eq!(held["confirmation"]["user"], "Dana Whitfield, dana.whitfield@acme.example");
        let id = held["id"].as_str().unwrap();
        let post = |what: &str, person: &Person| Call::post(&format!("{CONNECTIONS}/{id}/{what}")).cookie(&person.cookie);
        for what in ["webhook-secret", "test", "reconnect"] {
            let refused = server.send(post(what, &ada)).await;
            assert_eq!((refused.status, refused.code().as_str()), (409, "needs_confirmation"), "{what}");
        }
        let vera = server.colleague(&ada, "vera", "viewer").await;
        assert_eq!(server.send(post("confirm", &vera)).await.status, 403);
        for path in ["/integrations?connected=salesforce", &format!("/integrations/{id}")] {
            let (for_admin, for_viewer) = (page(&server, path, &ada).await, page(&server, path, &vera).await);
            for words in ["Needs confirmation", "Dana Whitfield", "Acme Corporation"] {
                assert!(for_admin.contains(words) && for_viewer.contains(words), "{path} {words} {for_admin}");
            }
            assert!(for_admin.contains("/actions/confirm_connection") && for_admin.contains("Decline"), "{path}");
            assert!(!for_viewer.contains("/actions/confirm_connection") && !for_viewer.contains("Decline"), "{path}");
        }
        for path in [AUTH, &format!("{AUTH}?environment=production")] {
            let again = server.send(browse("GET", path, &ada, &[("sec-fetch-site", "same-origin")])).await;
            assert_eq!((again.status, again.code().as_str()), (409, "needs_confirmation"), "{again:?}");
            assert!(page(&server, path, &ada).await.contains("Connection needs confirmation"));
        }
        let question = page(&server, &format!("/integrations/{id}/disconnect"), &ada).await;
        assert!(question.contains("Decline Salesforce?"), "{question}");
        for path in ["settings", "reconnect", "dry-run"] {
            let answer = server.send(browse("GET", &format!("/integrations/{id}/{path}"), &ada, &[])).await;
            assert_eq!(answer.status, 409, "{path}");
        }
        for _ in 0..2 {
            let confirmed = server.send(post("confirm", &ada)).await;
            assert_eq!((confirmed.status, &confirmed.json()["status"]), (200, &json!("connected")), "{confirmed:?}");
            assert_eq!(confirmed.json()["confirmation"], Value::Null);
        }
        assert_eq!(server.send(post("webhook-secret", &ada)).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn head_and_prefetch_do_not_complete_the_callback() {
    let (server, ada, simulator) = start(&[]).await;
    let callback = hold(&server, &ada).await;
    assert_eq!(server.send(browse("HEAD", &callback, &ada, &[])).await.status, 503);
    for early in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        let answer = server.send(browse("GET", &callback, &ada, &[early])).await;
        assert_eq!((answer.status, &answer.headers["cache-control"]), (503, &"no-store".parse().unwrap()), "{early:?}");
    }
    let scanner = server.send(Call::get(&callback)).await;
    assert_eq!((scanner.status, scanner.location()), (303, "/integrations?error=state_invalid"), "{scanner:?}");
    assert_eq!(simulator.production().state().requests.entries().filter(|entry| entry.path.contains("oauth2/token")).count(), 0);
    let back = server.send(browse("GET", &callback, &ada, &[("sec-fetch-site", "cross-site")])).await;
    assert_eq!((back.status, back.location()), (303, "/integrations?connected=salesforce"), "{back:?}");
}

#[tokio::test]
async fn declining_removes_the_connection() {
    let (server, ada, _simulator) = start(&[]).await;
    let callback = hold(&server, &ada).await;
    server.send(browse("GET", &callback, &ada, &[])).await;
    let id = only_connection(&server, &ada).await["id"].as_str().unwrap().to_owned();
    let path = format!("{CONNECTIONS}/{id}");
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&ada.cookie)).await.status, 204);
    assert_eq!(server.send(Call::get(CONNECTIONS).cookie(&ada.cookie)).await.json(), json!([]));
    let confirm = server.send(Call::post(&format!("{path}/confirm")).cookie(&ada.cookie)).await;
    assert_eq!((confirm.status, confirm.code().as_str()), (404, "not_found"), "{confirm:?}");
}

#[tokio::test]
async fn confirming_a_confirmed_connection_changes_nothing() {
    let connected = Connected::start(&[]).await;
    let path = format!("{CONNECTIONS}/{}/confirm", connected.connection["id"].as_str().unwrap());
    let answer = connected.server.send(Call::post(&path).cookie(&connected.admin.cookie)).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("connected")), "{answer:?}");
}
