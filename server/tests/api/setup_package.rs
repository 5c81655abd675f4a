//! The set-up package as an admin downloads it, and whether the call that it makes is one that we take.

use crate::{
    call::{Answer, Call},
    salesforce::Connected,
    server::Server,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

fn path(connected: &Connected) -> String {
    format!("/api/v1/integrations/organization/{}/setup-package", connected.connection["id"].as_str().unwrap())
}

fn files(answer: &Answer) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.body)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before}: {text}"));
    rest.split_once(after).unwrap().0
}

#[tokio::test]
async fn an_admin_gets_the_package_without_the_secret() {
    let connected = Connected::start(&[]).await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["content-type"], "application/zip");
    let disposition = "attachment; filename=\"lexicontract-salesforce-production.zip\"";
    assert_eq!(answer.headers["content-disposition"], disposition);
    let files = files(&answer);
    assert!(files.contains_key("sfdx-project.json") && files.contains_key("README.md"), "{:?}", files.keys());
    for (path, content) in &files {
        assert!(!content.contains(&connected.secret) && !content.contains("lcwh_"), "{path}");
    }
    assert!(files["README.md"].contains("Salesforce cannot call this address"), "the test server is on this machine");
    let again = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    assert_eq!(again.body, answer.body);
}

#[tokio::test]
async fn the_package_follows_the_settings_and_the_choice_of_the_field() {
    let connected = Connected::start(&[]).await;
    let settings = json!({"metadata": {"status_field": "Legal_State__c", "trigger_stages": ["With Legal"]}});
    let connection = path(&connected).replace("/setup-package", "");
    let changed = connected.server.send(Call::new("PATCH", &connection).cookie(&connected.admin.cookie).json(&settings)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    for (query, kind) in [("", Some("Picklist")), ("?status_field=text", Some("Text")), ("?status_field=existing", None)] {
        let call = Call::get(&format!("{}{query}", path(&connected))).cookie(&connected.admin.cookie);
        let files = files(&connected.server.send(call).await);
        let field = files.iter().find(|(path, _)| path.ends_with("Legal_State__c.field-meta.xml"));
        assert_eq!(field.map(|(_, content)| between(content, "<type>", "</type>")), kind);
        assert!(files.values().any(|content| content.contains("With Legal")));
    }
    let wrong = Call::get(&format!("{}?status_field=number", path(&connected))).cookie(&connected.admin.cookie);
    let answer = connected.server.send(wrong).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"));
}

/// Makes the call as the package describes it: path, header and keys come out of its files.
#[tokio::test]
async fn the_call_that_the_package_makes_is_accepted() {
    let connected = Connected::start(&[]).await;
    let answer = connected.server.send(Call::get(&path(&connected)).cookie(&connected.admin.cookie)).await;
    let files = files(&answer);
    let folder = "force-app/main/default";
    let class = &files[&format!("{folder}/classes/LexiContractWebhook.cls")];
    let address = between(class, "'callout:LexiContract", "'");
    let keys = between(class, "new Map<String, Object>{", "}");
    let names: Vec<&str> = keys.split('\'').skip(1).step_by(2).collect();
    assert_eq!(names, ["OrganizationId", "OpportunityIds"]);
    let credential = &files[&format!("{folder}/externalCredentials/LexiContract.externalCredential-meta.xml")];
    let (_, header) = credential.split_once("NamedPrincipal").unwrap();
    let header = between(header, "<parameterName>", "</parameterName>");
    let ids: Vec<String> = (1..=200).map(|number| format!("006{number:012}")).collect();
    let body = json!({names[0]: connected.organization(), names[1]: ids});
    let call = Call::post(address).header(header, &connected.secret).json(&body);
    let answer = connected.server.send(call).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(answer.json()["deliveries"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn members_neighbours_and_strangers_get_none() {
    let connected = Connected::start(&[]).await;
    let server = &connected.server;
    let mia = server.colleague(&connected.admin, "mia", "member").await;
    let eve = server.admin("eve").await;
    assert_eq!(server.send(Call::get(&path(&connected)).cookie(&mia.cookie)).await.status, 403);
    assert_eq!(server.send(Call::get(&path(&connected)).cookie(&eve.cookie)).await.status, 404);
    assert_eq!(server.send(Call::get(&path(&connected))).await.status, 401);
}

#[tokio::test]
async fn a_connection_to_another_provider_has_none() {
    let me = json!({"data": {"id": 1, "name": "Ada", "company_id": 2, "company_name": "Acme"}});
    let pipedrive = axum::Router::new().fallback(async move || axum::Json(me));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, pipedrive).await });
    let server = Server::with(&[("PIPEDRIVE_API_URL", &origin)]).await;
    let ada = server.admin("ada").await;
    let connect =
        Call::post("/api/v1/integrations/organization/int_pipedrive").cookie(&ada.cookie).json(&json!({"api_key": "k"}));
    let connected = server.send(connect).await;
    assert_eq!(connected.status, 201, "{connected:?}");
    let path = format!("/api/v1/integrations/organization/{}/setup-package", connected.json()["id"].as_str().unwrap());
    assert_eq!(server.send(Call::get(&path).cookie(&ada.cookie)).await.status, 404);
}
