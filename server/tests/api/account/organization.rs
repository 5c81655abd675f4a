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

#[tokio::test]
async fn organization_is_deleted_by_an_admin_who_types_its_name() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let (mira, token) = (server.colleague(&ada, "mira", "member").await, server.token(&ada).await);
    let delete = |call: Call, name: &str| server.send(call.json(&json!({ "name": name })));
    assert_eq!(delete(Call::new("DELETE", PATH).cookie(&mira.cookie), "ada").await.status, 403);
    let by_token = delete(Call::new("DELETE", PATH).token(&token), "ada").await;
    assert_eq!((by_token.status, by_token.code().as_str()), (403, "session_required"));
    assert_eq!(delete(Call::new("DELETE", PATH).cookie(&ada.cookie), "Ada").await.status, 422);
    assert_eq!(server.send(Call::new("DELETE", PATH).cookie(&ada.cookie).json(&json!({}))).await.status, 422);
    assert_eq!(delete(Call::new("DELETE", PATH).cookie(&ada.cookie), "ada").await.status, 204);
    for person in [&ada, &mira] {
        assert_eq!(server.send(Call::get("/api/v1/auth/me").cookie(&person.cookie)).await.status, 401);
    }
    assert_eq!(server.send(Call::get(PATH).token(&token)).await.status, 401);
    assert_eq!(server.send(Call::get(PATH).cookie(&eve.cookie)).await.status, 200);
}

#[tokio::test]
async fn deletion_form_asks_for_the_name_and_leads_to_the_sign_in_page() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    assert!(settings_page(&server, &ada, "").await.contains("/settings/delete"));
    let post = |form: &'static str| {
        let call = Call::post("/actions/delete_organization").cookie(&ada.cookie).header("accept", "text/html");
        server.send(call.header("content-type", "application/x-www-form-urlencoded").body(form))
    };
    let wrong = post("typed_name=eve").await.location().to_owned();
    assert_eq!(wrong, "/settings/delete?problem=typed_organization_name");
    let page = server.send(Call::get(&wrong).cookie(&ada.cookie)).await;
    assert!(String::from_utf8_lossy(&page.body).contains("This is not the name of the organization"), "{page:?}");
    let done = post("typed_name=ada").await.location().to_owned();
    assert_eq!(done, "/login?done=organization_deleted");
    let page = server.send(Call::get(&done)).await;
    assert!(String::from_utf8_lossy(&page.body).contains("The organization has been deleted"), "{page:?}");
}
