//! The settings of an organization.

use crate::support::call::{Answer, Call};
use crate::support::server::{Person, Server};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/organization";
const LLM: [(&str, &str); 2] = [("LLM_BASE_URL", "https://llm.example:8443/v1"), ("LLM_MODEL", "small-model")];

async fn patch(server: &Server, person: &Person, body: Value) -> Answer {
    server.send(Call::new("PATCH", PATH).cookie(&person.cookie).json(&body)).await
}

async fn settings_page(server: &Server, person: &Person, query: &str) -> String {
    let page = server.send(Call::get(&format!("/settings{query}")).cookie(&person.cookie)).await;
    assert_eq!(page.status, 200);
    String::from_utf8(page.body.to_vec()).unwrap()
}

async fn post(server: &Server, person: &Person, form: &'static str) -> String {
    let call = Call::post("/actions/update_organization").cookie(&person.cookie).header("accept", "text/html");
    let answer = server.send(call.header("content-type", "application/x-www-form-urlencoded").body(form)).await;
    answer.location().to_owned()
}

#[tokio::test]
async fn every_role_reads_the_settings_and_admins_change_them() {
    let server = Server::with(&LLM).await;
    let ada = server.admin("ada").await;
    let viewer = server.colleague(&ada, "vera", "viewer").await;
    let expected = json!({"name": "ada", "llm_analysis": false});
    assert_eq!(server.send(Call::get(PATH).cookie(&viewer.cookie)).await.json(), expected);
    assert_eq!(patch(&server, &viewer, json!({"name": "x"})).await.status, 403);
    let changed = patch(&server, &ada, json!({"name": "Ada & Co", "llm_analysis": true})).await;
    assert_eq!((changed.status, changed.json()), (200, json!({"name": "Ada & Co", "llm_analysis": true})), "{changed:?}");
    assert_eq!(patch(&server, &ada, json!({})).await.json(), changed.json());
    for bad in [json!({"llm_analysis": "yes"}), json!({"unknown": 1}), json!({"name": ""}), json!({"name": "x".repeat(101)})] {
        assert_eq!(patch(&server, &ada, bad.clone()).await.status, 422, "{bad}");
    }
    assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&ada.cookie)).await.json()["organization"]["name"], "Ada & Co");
}

#[tokio::test]
async fn the_language_model_can_be_enabled_before_it_is_configured() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    assert_eq!(patch(&server, &ada, json!({"llm_analysis": true})).await.json()["llm_analysis"], true);
    let page = settings_page(&server, &ada, "").await;
    assert!(page.contains("as soon as the operator of this server configures one") && page.contains("Switch off"), "{page}");
    assert_eq!(post(&server, &ada, "llm_analysis=false").await, "/settings?done=llm_switched_off");
    assert!(!settings_page(&server, &ada, "").await.contains("Switch off"));
}

#[tokio::test]
async fn the_page_shows_model_and_host_and_works_without_javascript() {
    let server = Server::with(&LLM).await;
    let ada = server.admin("ada").await;
    let viewer = server.colleague(&ada, "vera", "viewer").await;
    for person in [&ada, &viewer] {
        let page = settings_page(&server, person, "").await;
        for words in ["small-model", "llm.example:8443", "the full text of each analysed document"] {
            assert!(page.contains(words), "{words}");
        }
        assert_eq!(page.contains("Switch on"), person.cookie == ada.cookie);
    }
    assert_eq!(post(&server, &ada, "llm_analysis=true").await, "/settings?done=llm_switched_on");
    assert!(settings_page(&server, &ada, "?done=llm_switched_on").await.contains("Switch off"));
    assert_eq!(post(&server, &ada, "llm_analysis=false").await, "/settings?done=llm_switched_off");
    assert_eq!(post(&server, &ada, "organization=Renamed").await, "/settings?done=organization_changed");
    assert_eq!(post(&server, &ada, "organization=").await, "/settings?problem=organization_name");
    let me = server.send(Call::get(PATH).cookie(&ada.cookie)).await.json();
    assert_eq!(me, json!({"name": "Renamed", "llm_analysis": false}));
}
