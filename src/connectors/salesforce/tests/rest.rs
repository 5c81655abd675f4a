//! Tests that read an org through the REST API, with a server that sends scripted responses.

use crate::connectors::salesforce::Salesforce;
use crate::connectors::salesforce::deals::files::{self, download};
use crate::connectors::salesforce::id::SalesforceId;
use crate::connectors::test_support::{Server, Then, call, context, json, response};
use crate::connectors::{Account, Call, Checksum, Deals, Error, FileState, Identity, Kind, RemoteFile};
use crate::domain::connection::deal::{Deal, TriggerRule};
use crate::domain::time::Timestamp;
use futures::TryStreamExt;
use serde_json::{Value, json as object};

pub(super) const ORG: &str = "00Dxx0000001gPLEAY";

fn id() -> SalesforceId {
    "006ak00000OQ4RxAAL".parse().unwrap()
}

async fn deal(call: &Call, id: &SalesforceId) -> Result<Deal, Error> {
    Salesforce.deal(call, &TriggerRule::of_stages(Vec::new()), &id.clone().into()).await
}

pub(super) async fn server(bodies: &[Value]) -> Server {
    Server::start(bodies.iter().map(|body| (json(200, &body.to_string()), Then::Close)).collect()).await
}

pub(super) fn rows(records: Value) -> Value {
    object!({"totalSize": 999, "done": true, "records": records})
}

#[tokio::test]
async fn opportunity_is_read_with_its_account() {
    let row = object!({"Id": "006ak00000OQ4RxAAL", "Name": "Renewal", "StageName": "Closed Won", "Account": {"Name": "Acme"}});
    let server = server(&[rows(object!([row]))]).await;
    let read = deal(&server.call(), &id()).await.unwrap();
    assert_eq!((read.name.as_str(), read.stage.as_str(), read.party_name.as_deref()), ("Renewal", "Closed Won", Some("Acme")));
    let expected = "GET /services/data/v67.0/query?q=SELECT+Id%2C+Name%2C+CreatedDate%2C+StageName%2C+Account.Name%2C+\
                    RecordType.DeveloperName%2C+LastStageChangeDate+FROM+Opportunity+\
                    WHERE+Id+%3D+%27006ak00000OQ4RxAAL%27 HTTP/1.1";
    assert!(server.requests()[0].starts_with(expected), "{}", server.requests()[0]);
}

#[tokio::test]
async fn calls_use_the_configured_api_url_and_pages_the_instance_url() {
    let row = object!({"Id": "006ak00000OQ4RxAAL", "Name": "Renewal", "StageName": "Closed Won", "Account": null});
    let server = server(&[rows(object!([row]))]).await;
    let ctx = context(&[("SALESFORCE_API_URL", server.url.as_str())]);
    let read = deal(&call(&ctx, &"https://acme.my.salesforce.com".parse().unwrap()), &id()).await.unwrap();
    assert_eq!(read.url.as_deref(), Some("https://acme.my.salesforce.com/006ak00000OQ4RxAAL"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn missing_account_and_missing_opportunity_differ() {
    let row = object!({"Id": "006ak00000OQ4Rx", "Name": "Renewal", "StageName": "New", "Account": null});
    let one = server(&[rows(object!([row]))]).await;
    assert_eq!(deal(&one.call(), &id()).await.unwrap().party_name, None);
    let none = server(&[rows(object!([]))]).await;
    assert_eq!(deal(&none.call(), &id()).await.unwrap_err().kind, Kind::NotFound);
    let partial = server(&[rows(object!([{"Name": "Renewal"}]))]).await;
    assert_eq!(deal(&partial.call(), &id()).await.unwrap_err().kind, Kind::Unexpected);
}

pub(super) fn rejection(status: u16, code: &str, message: &str) -> (String, Then) {
    (json(status, &object!([{"errorCode": code, "message": message}]).to_string()), Then::Close)
}

#[tokio::test]
async fn opportunities_are_readable_without_access_to_accounts() {
    let hidden =
        rejection(400, "INVALID_FIELD", "ERROR at Row:1:Column:29 Didn't understand relationship 'Account' in field path.");
    let row = object!({"Id": "006ak00000OQ4RxAAL", "Name": "Renewal", "StageName": "Closed Won"});
    let server = Server::start(vec![hidden.clone(), (json(200, &rows(object!([row])).to_string()), Then::Close)]).await;
    let read = deal(&server.call(), &id()).await.unwrap();
    assert_eq!((read.name.as_str(), read.party_name), ("Renewal", None));
    assert!(!server.requests()[1].contains("Account.Name"), "{}", server.requests()[1]);
}

#[tokio::test]
async fn hidden_columns_are_named() {
    for (message, name) in [
        ("No such column 'StageName' on entity 'Opportunity'. If you are attempting to use a custom field", "StageName"),
        ("No such column on entity 'Opportunity'", "that is asked for"),
        ("No such column '<script>' on entity", "that is asked for"),
    ] {
        let server = Server::start(vec![rejection(400, "INVALID_FIELD", message)]).await;
        let error = deal(&server.call(), &id()).await.unwrap_err();
        assert!(error.user_message().contains(&format!("no field {name}, or")), "{}", error.user_message());
    }
}

#[tokio::test]
async fn unknown_api_version_is_not_a_missing_record() {
    let server = Server::start(vec![rejection(404, "NOT_FOUND", "The requested resource does not exist")]).await;
    let error = deal(&server.call(), &id()).await.unwrap_err();
    assert_eq!((error.kind, error.cause), (Kind::Unavailable, "version_unknown"));
    assert!(error.user_message().contains("older SALESFORCE_API_VERSION"), "{}", error.user_message());
}

fn version(id: &str, more: Value) -> Value {
    let mut row = object!({
        "Id": id, "ContentDocumentId": "069000000000001", "Title": "Agreement", "PathOnClient": "x.pdf", "FileExtension": "pdf", "ContentSize": 5,
        "Checksum": "5D41402ABC4B2A76B9719D911017C592", "ContentLocation": "S",
        "ContentModifiedDate": "2026-11-20T10:00:00.000+0000", "CreatedDate": "2026-11-20T09:00:00.000+0000"
    });
    for (name, value) in more.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[tokio::test]
async fn files_are_listed_by_links_across_pages_with_their_latest_versions() {
    let first = object!({
        "totalSize": 3, "done": false, "nextRecordsUrl": "/services/data/v67.0/query/0r8xx-2",
        "records": [{"ContentDocumentId": "069000000000001"}, {"ContentDocumentId": "069000000000002"}]
    });
    let second = rows(object!([{"ContentDocumentId": "069000000000001"}]));
    let versions = rows(object!([
        version("068000000000001", object!({})),
        version("068000000000002", object!({"ContentLocation": "E", "ContentSize": null, "Checksum": null}))
    ]));
    let server = server(&[first, second, versions]).await;
    let found = files::files(&server.call(), &id()).await.unwrap();
    assert_eq!(
        found[0],
        RemoteFile {
            id: "068000000000001AAA".into(),
            lineage: "069000000000001AAA".into(),
            name: "Agreement.pdf".into(),
            size_bytes: 5,
            checksum: Some(Checksum::Md5("5d41402abc4b2a76b9719d911017c592".into())),
            modified_at: Timestamp::parse("2026-11-20T10:00:00Z").unwrap(),
            tier: files::FILES,
            state: FileState::Ready,
            filed: None,
        }
    );
    assert!(found[1].state == FileState::Link && found[1].checksum.is_none() && found.len() == 2);
    let requests = server.requests();
    assert!(requests[1].starts_with("GET /services/data/v67.0/query/0r8xx-2 HTTP/1.1"), "{}", requests[1]);
    assert!(requests[2].contains("IN+%28%27069000000000001AAA%27%2C%27069000000000002AAA%27%29"), "{}", requests[2]);
}

#[tokio::test]
async fn notes_and_files_without_a_date_are_listed_with_their_state() {
    let undated = object!({"ContentModifiedDate": null, "CreatedDate": null});
    let versions = rows(object!([
        version("068000000000001", object!({"FileType": "SNOTE", "FileExtension": "snote", "Title": "Call with Acme"})),
        version("068000000000002", object!({"FileType": null, "FileExtension": "snote"})),
        version("068000000000003", object!({"FileType": "SNOTE", "ContentModifiedDate": null, "CreatedDate": null})),
        version("068000000000004", undated),
        version("068000000000005", object!({"FileType": "PDF", "ContentModifiedDate": null}))
    ]));
    let server = server(&[rows(object!([{"ContentDocumentId": "069000000000001"}])), versions]).await;
    let found = files::files(&server.call(), &id()).await.unwrap();
    let states: Vec<FileState> = found.iter().map(|file| file.state).collect();
    assert_eq!(states, [FileState::Note, FileState::Note, FileState::Note, FileState::Undated, FileState::Ready]);
    assert_eq!(found[0].name, "Call with Acme.snote");
    assert_eq!(found[4].modified_at, Timestamp::parse("2026-11-20T09:00:00Z").unwrap());
    assert!(server.requests()[1].contains("FileExtension%2C+FileType%2C+ContentSize"), "{}", server.requests()[1]);
    let terms = crate::connectors::terms("salesforce");
    assert_eq!(
        found.iter().map(|file| file.state.obstacle(terms)).skip(2).collect::<Vec<_>>(),
        [
            Some("It is a Salesforce note, not a file. This connection imports documents.".to_owned()),
            Some("Salesforce reports no date for it, so it is unknown whether it is the newest.".to_owned()),
            None
        ]
    );
}

#[tokio::test]
async fn opportunity_without_files_costs_one_query() {
    let server = server(&[rows(object!([]))]).await;
    assert!(files::files(&server.call(), &id()).await.unwrap().is_empty());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn paging_is_bounded() {
    let page = object!({
        "totalSize": 1, "done": false, "nextRecordsUrl": "/services/data/v67.0/query/0r8xx-2",
        "records": [{"ContentDocumentId": "069000000000001"}]
    });
    let server = server(&vec![page; 20]).await;
    let error = files::files(&server.call(), &id()).await.unwrap_err();
    assert_eq!((error.kind, server.requests().len()), (Kind::Refused, 10));
    assert!(error.user_message().contains("more files"), "{}", error.user_message());
}

#[tokio::test]
async fn attachments_are_listed() {
    let row = object!({
        "Id": "00P000000000001", "Name": "old.pdf", "BodyLength": 7, "LastModifiedDate": "2020-01-01T00:00:00.000+0000"
    });
    let server = server(&[rows(object!([row]))]).await;
    let found = files::attachments(&server.call(), &id()).await.unwrap();
    assert_eq!((found[0].tier, found[0].size_bytes, found[0].name.as_str()), (files::ATTACHMENTS, 7, "old.pdf"));
}

fn file(id: &str, tier: u8) -> RemoteFile {
    RemoteFile {
        id: id.into(),
        lineage: id.into(),
        name: "x.pdf".into(),
        size_bytes: 5,
        checksum: None,
        modified_at: Timestamp::from_millis(0),
        tier,
        state: FileState::Ready,
        filed: None,
    }
}

async fn downloaded(bytes: String, then: Then, file: &RemoteFile) -> (Result<Vec<u8>, Error>, Vec<String>) {
    let server = Server::start(vec![(bytes, then)]).await;
    let result = match download(&server.call(), file).await {
        Ok(stream) => stream.try_collect::<Vec<_>>().await.map(|pieces| pieces.concat()),
        Err(error) => Err(error),
    };
    (result, server.requests())
}

#[tokio::test]
async fn files_are_downloaded_by_id() {
    let chunked =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octetstream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%PDF-\r\n0\r\n\r\n";
    for (id, kind, path) in [
        ("068000000000001AAA", files::FILES, "sobjects/ContentVersion/068000000000001AAA/VersionData"),
        ("00P000000000001EAA", files::ATTACHMENTS, "sobjects/Attachment/00P000000000001EAA/Body"),
    ] {
        let (bytes, requests) = downloaded(chunked.to_owned(), Then::Close, &file(id, kind)).await;
        assert_eq!(bytes.unwrap(), b"%PDF-");
        assert!(requests[0].starts_with(&format!("GET /services/data/v67.0/{path} HTTP/1.1")), "{}", requests[0]);
        assert!(requests[0].contains("accept-encoding: identity"), "{}", requests[0]);
    }
}

#[tokio::test]
async fn stalled_and_broken_downloads_are_errors() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n%PDF-";
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%PDF-\r\n";
    let file = file("068000000000001AAA", files::FILES);
    for (bytes, then) in [(half, Then::Stall), (half, Then::Close), (chunk, Then::Stall), (chunk, Then::Close)] {
        let error = downloaded(bytes.to_owned(), then, &file).await.0.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{bytes:?}");
    }
}

#[tokio::test]
async fn error_responses_and_html_are_not_files() {
    let version = file("068000000000001AAA", files::FILES);
    for (bytes, expected) in [
        (json(404, r#"[{"errorCode":"NOT_FOUND","message":""}]"#), Kind::NotFound),
        (json(401, r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#), Kind::SessionExpired),
        (response(200, "Content-Type: text/html\r\n", "<html>Down</html>"), Kind::Unavailable),
        (response(302, "Location: https://evil.example/\r\n", ""), Kind::HostNotAllowed),
        (response(204, "", ""), Kind::Unexpected),
    ] {
        assert_eq!(downloaded(bytes.clone(), Then::Close, &version).await.0.unwrap_err().kind, expected, "{bytes}");
    }
    let (result, requests) = downloaded(String::new(), Then::Close, &file("../../secret", files::FILES)).await;
    assert_eq!((result.unwrap_err().kind, requests.len()), (Kind::Refused, 0));
}

pub(super) fn organization(id: &str) -> Value {
    rows(object!([{"Id": id, "Name": "Acme Corporation", "IsSandbox": false}]))
}

#[tokio::test]
async fn account_names_the_org_and_the_connected_user() {
    let user = |name: Option<&str>, email: Option<&str>| object!({"organization_id": ORG, "preferred_username": "ada@acme.com.uat", "name": name, "email": email});
    for (name, email, person, label) in [
        (Some("Ada Lovelace"), Some("ada@acme.com"), "Ada Lovelace, ada@acme.com", "Acme Corporation (ada@acme.com)"),
        (None, Some("ada@acme.com.invalid"), "ada@acme.com.uat", "Acme Corporation (ada@acme.com.uat)"),
        (None, None, "ada@acme.com.uat", "Acme Corporation (ada@acme.com.uat)"),
    ] {
        let server = server(&[user(name, email), organization(ORG)]).await;
        let account = Salesforce.identify(&server.call()).await.unwrap();
        assert_eq!(account, Account { external_id: ORG.into(), label: label.into(), user: Some(person.into()) });
    }
    let other = server(&[user(None, None), organization("00Dxx0000001gPM")]).await;
    assert_eq!(Salesforce.identify(&other.call()).await.unwrap_err().kind, Kind::Unexpected);
}

#[tokio::test]
async fn unreadable_orgs_are_labelled_by_id() {
    let user = object!({"organization_id": ORG, "email": "ada@acme.com"}).to_string();
    for (status, code) in [(400, "INVALID_TYPE"), (403, "INSUFFICIENT_ACCESS"), (400, "INVALID_FIELD")] {
        let server = Server::start(vec![(json(200, &user), Then::Close), rejection(status, code, "")]).await;
        let account = Salesforce.identify(&server.call()).await.unwrap();
        assert_eq!((account.external_id.as_str(), account.label), (ORG, format!("{ORG} (ada@acme.com)")), "{code}");
    }
    let off = Server::start(vec![(json(200, &user), Then::Close), rejection(403, "API_DISABLED_FOR_ORG", "")]).await;
    assert_eq!(Salesforce.identify(&off.call()).await.unwrap_err().kind, Kind::Forbidden);
}

#[tokio::test]
async fn org_identifies_the_account_without_scope_openid() {
    let server = Server::start(vec![
        (response(403, "Content-Type: text/plain\r\n", "Missing_OAuth_Scope"), Then::Close),
        (json(200, &organization(ORG).to_string()), Then::Close),
    ])
    .await;
    let account = Salesforce.identify(&server.call()).await.unwrap();
    assert_eq!((account.external_id.as_str(), account.label.as_str()), (ORG, "Acme Corporation"));
}
