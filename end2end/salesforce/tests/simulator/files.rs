//! Tests of files and their contents.

use crate::support::Setup;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[tokio::test]
async fn newest_file_is_found_and_matches_its_checksum() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number % 251) as u8).collect();
    let attach =
        |name: &str, at: &str| json!({ "file_name": name, "content_base64": STANDARD.encode(&bytes), "modified_at": at });
    setup.control(&format!("opportunities/{id}/files"), attach("old.pdf", "2026-01-01T00:00:00Z")).await;
    let newest = setup.control(&format!("opportunities/{id}/files"), attach("new.PDF", "2026-02-01T00:00:00Z")).await;

    let soql = format!(
        "SELECT ContentDocument.LatestPublishedVersionId, ContentDocument.ContentModifiedDate FROM ContentDocumentLink \
         WHERE LinkedEntityId = '{id}' ORDER BY ContentDocument.ContentModifiedDate DESC, ContentDocumentId DESC LIMIT 1"
    );
    let (_, found) = setup.query(&tokens, &soql).await;
    let document = &found["records"][0]["ContentDocument"];
    assert_eq!(document["LatestPublishedVersionId"], newest["version_id"]);
    assert_eq!(document["ContentModifiedDate"], "2026-02-01T00:00:00.000+0000");

    let version = newest["version_id"].as_str().unwrap();
    let soql =
        format!("SELECT Id, FileExtension, ContentSize, Checksum, VersionData FROM ContentVersion WHERE Id IN ('{version}')");
    let (_, found) = setup.query(&tokens, &soql).await;
    let row = &found["records"][0];
    assert_eq!((row["FileExtension"].as_str(), row["ContentSize"].as_u64()), (Some("pdf"), Some(100_000)));
    let response = setup.get(&tokens, row["VersionData"].as_str().unwrap()).await;
    assert_eq!(response.headers()["content-type"], "application/octetstream");
    assert!(response.headers().get("content-length").is_none());
    let received = response.bytes().await.unwrap();
    assert_eq!(received, bytes);
    assert_eq!(row["Checksum"], salesforce_simulator::state::files::checksum(&received));
}

#[tokio::test]
async fn new_version_replaces_the_latest_of_its_document() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let path = format!("opportunities/{id}/files");
    let first = setup.control(&path, json!({ "sample": "Order Form.pdf" })).await;
    let again = json!({ "sample": "Master Services Agreement.pdf", "new_version_of": first["document_id"] });
    let second = setup.control(&path, again).await;
    assert_eq!(first["document_id"], second["document_id"]);
    let document = first["document_id"].as_str().unwrap();
    let soql = format!("SELECT Id, VersionNumber FROM ContentVersion WHERE ContentDocumentId = '{document}' AND IsLatest = true");
    let (_, found) = setup.query(&tokens, &soql).await;
    assert_eq!((found["totalSize"].as_u64(), &found["records"][0]["Id"]), (Some(1), &second["version_id"]));
    assert_eq!(found["records"][0]["VersionNumber"], "2");
}

#[tokio::test]
async fn links_must_be_filtered_by_id() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    for (condition, is_allowed) in [
        ("", false),
        ("WHERE ContentDocument.FileExtension = 'pdf'", false),
        ("WHERE LinkedEntityId = '006000000000000' AND ContentDocument.FileExtension = 'pdf'", true),
        ("WHERE LinkedEntityId IN ('006000000000000') AND ContentDocument.FileExtension = 'pdf'", false),
        ("WHERE LinkedEntityId IN ('006000000000000', '006000000000001')", true),
        ("WHERE LinkedEntityId = '006000000000000' OR ShareType = 'V'", false),
    ] {
        let (status, response) = setup.query(&tokens, &format!("SELECT Id FROM ContentDocumentLink {condition}")).await;
        assert_eq!(status == 200, is_allowed, "{condition}: {response}");
        if !is_allowed {
            assert!(response[0]["message"].as_str().unwrap().starts_with("Implementation restriction"));
        }
    }
}

#[tokio::test]
async fn attachments_links_and_wrong_metadata_are_served() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let path = format!("opportunities/{id}/files");
    let content = STANDARD.encode(b"words");
    let attachment = setup.control(&path, json!({ "file_name": "a.txt", "content_base64": content, "kind": "attachment" })).await;
    let body = format!("/services/data/v67.0/sobjects/Attachment/{}/Body", attachment["attachment_id"].as_str().unwrap());
    assert_eq!(setup.get(&tokens, &body).await.text().await.unwrap(), "words");

    let lie = json!({ "file_name": "b.txt", "content_base64": content, "size_lie": 9, "checksum_lie": true });
    let lie = setup.control(&path, lie).await;
    let read = format!("/services/data/v67.0/sobjects/ContentVersion/{}", lie["version_id"].as_str().unwrap());
    let row: Value = setup.get(&tokens, &read).await.json().await.unwrap();
    assert_eq!(row["ContentSize"], 9);
    assert_ne!(row["Checksum"], salesforce_simulator::state::files::checksum(b"words"));

    let link = setup.control(&path, json!({ "file_name": "c.pdf", "link_only": true })).await;
    let read = format!("/services/data/v67.0/sobjects/ContentVersion/{}", link["version_id"].as_str().unwrap());
    let row: Value = setup.get(&tokens, &read).await.json().await.unwrap();
    assert_eq!((row["ContentLocation"].as_str(), row["ContentSize"].as_u64()), (Some("E"), Some(0)));
    assert_eq!(setup.get(&tokens, &format!("{read}/VersionData")).await.status(), 404);
}

#[tokio::test]
async fn notes_and_other_types_have_salesforces_file_type() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let path = format!("opportunities/{id}/files");
    let html = STANDARD.encode("<p>Call on Monday</p>");
    let note = setup.control(&path, json!({ "file_name": "Call", "content_base64": html, "kind": "note" })).await;
    let version = format!("/services/data/v67.0/sobjects/ContentVersion/{}", note["version_id"].as_str().unwrap());
    let row: Value = setup.get(&tokens, &version).await.json().await.unwrap();
    for (name, value) in [("FileType", "SNOTE"), ("FileExtension", "snote"), ("Title", "Call"), ("PathOnClient", "Call.snote")] {
        assert_eq!(row[name], value);
    }
    let content = setup.get(&tokens, &format!("{version}/VersionData")).await.text().await.unwrap();
    assert_eq!(content, "<p>Call on Monday</p>");

    for (name, file_type) in [
        ("a.pdf", "PDF"),
        ("a.docx", "WORD_X"),
        ("a.doc", "WORD"),
        ("a.XLSX", "EXCEL_X"),
        ("a.png", "PNG"),
        ("a.jpg", "JPG"),
        ("a.odt", "ODT"),
        ("a.rtf", "RTF"),
        ("a.txt", "TEXT"),
        ("a.eml", "RFC822"),
        ("a.zip", "ZIP"),
        ("a.7z", "UNKNOWN"),
        ("a", "UNKNOWN"),
    ] {
        let file = setup.control(&path, json!({ "file_name": name, "content_base64": html })).await;
        let soql = format!("SELECT FileType FROM ContentDocument WHERE Id = '{}'", file["document_id"].as_str().unwrap());
        assert_eq!(setup.query(&tokens, &soql).await.1["records"][0]["FileType"], file_type, "{name}");
    }
}
