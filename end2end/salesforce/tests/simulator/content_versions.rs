//! Tests of the creation of file versions.

use crate::support::Setup;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const PATH: &str = "/services/data/v67.0/sobjects/ContentVersion";

async fn create(setup: &Setup, tokens: &Value, body: Value) -> (u16, Value) {
    let request = setup.http.post(setup.url(PATH)).bearer_auth(tokens["access_token"].as_str().expect("a string"));
    let response = request.json(&body).send().await.expect("a response");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

async fn create_in_parts(setup: &Setup, tokens: &Value, fields: Value, content: &str) -> (u16, Value) {
    let head = "--b\r\nContent-Disposition: form-data; name=\"entity_content\"\r\nContent-Type: application/json\r\n\r\n";
    let file = "\r\n--b\r\nContent-Disposition: form-data; name=\"VersionData\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    let request = setup.http.post(setup.url(PATH)).bearer_auth(tokens["access_token"].as_str().expect("a string"));
    let request = request.header("content-type", "multipart/form-data; boundary=b");
    let response = request.body(format!("{head}{fields}{file}{content}\r\n--b--\r\n")).send().await.expect("a response");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

async fn versions(setup: &Setup, tokens: &Value, document: &Value) -> Vec<Value> {
    let fields = "Id, Title, PathOnClient, ReasonForChange, IsLatest, VersionNumber, Checksum";
    let document = document.as_str().expect("a string");
    let soql = format!("SELECT {fields} FROM ContentVersion WHERE ContentDocumentId = '{document}' ORDER BY CreatedDate, Id");
    setup.query(tokens, &soql).await.1["records"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn version_of_a_document_becomes_the_latest() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let first = json!({ "file_name": "a.pdf", "content_base64": STANDARD.encode("one") });
    let first = setup.control(&format!("opportunities/{id}/files"), first).await;
    let fields =
        json!({ "ContentDocumentId": first["document_id"], "PathOnClient": "folder/b.pdf", "ReasonForChange": "Approved" });
    let (status, made) = create_in_parts(&setup, &tokens, fields, "two").await;
    assert_eq!((status, &made["success"]), (201, &json!(true)), "{made}");
    let all = versions(&setup, &tokens, &first["document_id"]).await;
    let latest: Vec<bool> = all.iter().map(|version| version["IsLatest"].as_bool().unwrap()).collect();
    assert_eq!(latest, [false, true]);
    assert_eq!((&all[1]["Id"], &all[1]["PathOnClient"], &all[1]["Title"]), (&made["id"], &json!("folder/b.pdf"), &json!("b")));
    assert_eq!((&all[1]["ReasonForChange"], &all[1]["VersionNumber"]), (&json!("Approved"), &json!("2")));
    assert_eq!(all[1]["Checksum"], salesforce_simulator::state::files::checksum(b"two"));
}

#[tokio::test]
async fn first_version_is_linked_to_its_location() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let body = json!({ "FirstPublishLocationId": id, "PathOnClient": "b.pdf", "VersionData": STANDARD.encode("two") });
    let (status, made) = create(&setup, &tokens, body).await;
    assert_eq!(status, 201, "{made}");
    let soql = format!("SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '{id}'");
    let links = setup.query(&tokens, &soql).await.1;
    let document = &links["records"][0]["ContentDocumentId"];
    assert_eq!(versions(&setup, &tokens, document).await[0]["Id"], made["id"]);
}

#[tokio::test]
async fn wrong_versions_are_rejected() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let data = STANDARD.encode("two");
    for (body, expected) in [
        (json!({ "FirstPublishLocationId": id, "VersionData": data }), "REQUIRED_FIELD_MISSING"),
        (json!({ "FirstPublishLocationId": id, "PathOnClient": "b.pdf" }), "REQUIRED_FIELD_MISSING"),
        (
            json!({ "ContentDocumentId": "069000000000001AAA", "PathOnClient": "b.pdf", "VersionData": data }),
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        (
            json!({ "FirstPublishLocationId": id, "PathOnClient": "b.pdf", "ReasonForChange": "Approved", "VersionData": data }),
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
        (json!({ "PathOnClient": "b.pdf", "VersionData": data, "Missing__c": "x" }), "INVALID_FIELD"),
    ] {
        let (status, error) = create(&setup, &tokens, body.clone()).await;
        assert_eq!((status, error[0]["errorCode"].as_str()), (400, Some(expected)), "{body}: {error}");
    }
    setup.control("fields", json!({ "create_files": false })).await;
    let body = json!({ "FirstPublishLocationId": id, "PathOnClient": "b.pdf", "VersionData": data });
    let (status, error) = create(&setup, &tokens, body).await;
    assert_eq!((status, error[0]["errorCode"].as_str()), (403, Some("INSUFFICIENT_ACCESS_OR_READONLY")));
}
