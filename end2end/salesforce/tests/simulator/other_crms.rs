//! Tests of the endpoints of Pipedrive and HubSpot, of the web page, and of the reset of the simulator.

use crate::support::Setup;
use salesforce_simulator::other_crms::{HUBSPOT_ACCESS_TOKEN, PIPEDRIVE_API_TOKEN};
use serde_json::{Value, json};

#[tokio::test]
async fn pipedrive_accepts_only_its_token() {
    let setup = Setup::start().await;
    let ask = |token: &str| setup.http.get(setup.url("/api/v1/users/me")).header("x-api-token", token).send();
    let good: Value = ask(PIPEDRIVE_API_TOKEN).await.unwrap().json().await.unwrap();
    assert_eq!((good["success"].as_bool(), good["data"]["company_name"].as_str()), (Some(true), Some("Acme Corporation")));
    let bad = ask("wrong").await.unwrap();
    assert_eq!(bad.status(), 401);
    assert_eq!(bad.json::<Value>().await.unwrap()["error"], "unauthorized access");
}

#[tokio::test]
async fn hubspot_accepts_only_its_token() {
    let setup = Setup::start().await;
    let ask = |token: &str| setup.http.get(setup.url("/account-info/v3/details")).bearer_auth(token).send();
    let good: Value = ask(HUBSPOT_ACCESS_TOKEN).await.unwrap().json().await.unwrap();
    assert_eq!(good["uiDomain"], "app.hubspot.com");
    let bad = ask("wrong").await.unwrap();
    assert_eq!(bad.status(), 401);
    assert_eq!(bad.json::<Value>().await.unwrap()["category"], "INVALID_AUTHENTICATION");
}

#[tokio::test]
async fn page_forms_move_attach_and_save() {
    let setup = Setup::start().await;
    let id = setup.new_opportunity().await;
    let moved = setup.http.post(setup.url(&format!("/opportunities/{id}/stage"))).form(&[("stage", "Needs Legal Review")]);
    assert_eq!(moved.send().await.unwrap().status(), 303);
    let boundary = "----form";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"sample\"\r\n\r\nOrder Form.pdf\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--{boundary}--\r\n"
    );
    let attached = setup.http.post(setup.url(&format!("/opportunities/{id}/files")));
    let attached = attached.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body);
    assert_eq!(attached.send().await.unwrap().status(), 303);
    let form = [("url", "http://127.0.0.1:1/hook"), ("secret", "a<b")];
    assert_eq!(setup.http.post(setup.url("/webhook")).form(&form).send().await.unwrap().status(), 303);
    let page = setup.http.get(setup.url("/")).send().await.unwrap().text().await.unwrap();
    for expected in
        ["Test deal", "Order Form.pdf", "Needs Legal Review", "a&lt;b", "No webhook URL is configured.", "Salesforce simulator"]
    {
        assert!(page.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn reset_restores_the_seed_with_the_same_ids() {
    let setup = Setup::start().await;
    let before = setup.report().await;
    let tokens = setup.connect().await;
    setup.new_opportunity().await;
    setup.control("oauth", json!({ "rotation": true })).await;
    setup.control("reset", json!({})).await;
    let after = setup.report().await;
    assert_eq!(after["oauth"], before["oauth"]);
    let ids = |report: &Value| {
        let all = report["opportunities"].as_array().unwrap();
        all.iter().map(|opportunity| opportunity["Id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&after), ids(&before));
    assert_eq!(setup.get(&tokens, "/services/data/v67.0/limits").await.status(), 401);
}
