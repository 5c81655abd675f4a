//! Forms that are submitted twice, for example by a double click when JavaScript is disabled.

use crate::support::call::{Answer, Call};
use crate::support::server::{Person, Server};
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";

fn post(person: &Person, action: &str, body: impl Into<axum::body::Body>) -> Call {
    let call = Call::post(&format!("/actions/{action}")).cookie(&person.cookie).header("accept", "text/html");
    call.header("content-type", FORM).body(body)
}

/// The address of the redirect, and the secret that is shown on the page at that address.
async fn outcome(server: &Server, person: &Person, answer: &Answer) -> (String, String) {
    let cookies = format!("{}; {}", person.cookie, answer.cookie());
    let page = server.send(Call::get(answer.location()).header("cookie", &cookies)).await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let shown = page.split("select-all\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_else(|| panic!("{page}"));
    (answer.location().to_owned(), shown.to_owned())
}

async fn count(server: &Server, person: &Person, path: &str) -> usize {
    let list = server.send(Call::get(path).cookie(&person.cookie)).await.json();
    list["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_repeated_form_redirects_to_the_same_page_with_the_same_secret() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let made = "name=CI&form_id=0123456789";
    let (first, second) =
        tokio::join!(server.send(post(&ada, "create_api_token", made)), server.send(post(&ada, "create_api_token", made)));
    assert_eq!(first.location(), "/settings/tokens?done=token_created");
    let first = outcome(&server, &ada, &first).await;
    assert!(first.1.starts_with("lct_"), "{first:?}");
    assert_eq!(outcome(&server, &ada, &second).await, first);
    assert_eq!(count(&server, &ada, "/api/v1/tokens").await, 1);
    for other in ["name=CI&form_id=other", "name=Nightly&form_id=0123456789", "name=CI", "name=CI"] {
        let made = server.send(post(&ada, "create_api_token", other)).await;
        assert_ne!(outcome(&server, &ada, &made).await, first, "{other}");
    }
    assert_eq!(count(&server, &ada, "/api/v1/tokens").await, 5);
    let grace = "name=Grace&email=grace%40example.com&role=member&form_id=a";
    let invite = async || {
        let answer = server.send(post(&ada, "invite_user", grace)).await;
        outcome(&server, &ada, &answer).await
    };
    let invited = invite().await;
    assert_eq!(invite().await, invited);
    assert_eq!(invited.0, "/team?done=user_invited");
}

#[tokio::test]
async fn a_repeated_upload_creates_one_contract() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let part = |name: &str, value: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let upload = |form_id: &str| {
        let file = part("file\"; filename=\"a.pdf", "%PDF- one");
        let body = format!("{}{}{file}--b--\r\n", part("form_id", form_id), part("title", "NDA"));
        let call = Call::post("/actions/upload").cookie(&ada.cookie).header("accept", "text/html");
        call.header("content-type", "multipart/form-data; boundary=b").body(body)
    };
    let first = server.send(upload("1")).await.location().to_owned();
    assert!(first.starts_with("/contracts/") && first.ends_with("?done=uploaded"), "{first}");
    assert_eq!(server.send(upload("1")).await.location(), first);
    assert_ne!(server.send(upload("2")).await.location(), first);
    assert_eq!(count(&server, &ada, "/api/v1/contracts/").await, 2);
}

#[tokio::test]
async fn every_creating_form_has_a_unique_id() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    for path in ["/settings/tokens", "/team", "/contracts", "/account", "/integrations/connect/pipedrive"] {
        let mut ids = Vec::new();
        for _ in 0..2 {
            let page = server.send(Call::get(path).cookie(&ada.cookie)).await;
            let page = String::from_utf8(page.body.to_vec()).unwrap();
            let id = page.split("name=\"form_id\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
            ids.push(id.unwrap_or_else(|| panic!("{path}")).to_owned());
        }
        assert!(ids[0].len() == 43 && ids[0] != ids[1], "{path}");
    }
}

#[tokio::test]
async fn a_large_form_is_rejected_and_requests_of_programs_have_no_key() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let long = server.send(post(&ada, "create_api_token", format!("form_id=1&name={}", "x".repeat(70_000)))).await;
    assert!(long.status == 303 && long.location().contains("problem=payload_too_large"), "{long:?}");
    for _ in 0..2 {
        let call = Call::post("/api/v1/tokens").cookie(&ada.cookie).json(&serde_json::json!({"name": "CI", "form_id": "1"}));
        assert_eq!(server.send(call).await.status, 201);
    }
    let list: Value = server.send(Call::get("/api/v1/tokens").cookie(&ada.cookie)).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}
