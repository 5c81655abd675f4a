//! The fact sheet names exactly the objects and fields of the requests.

use crate::connectors::salesforce::data_use::{DATA_USE, USER_INFO};
use crate::connectors::salesforce::{SALESFORCE, Salesforce};
use crate::connectors::test_support::{Server, Then, json, response};
use crate::connectors::{Call, CheckedConnection, Deals, FileBack, FileState, Identity, Position, RemoteFile, Upload};
use crate::domain::connection::Settings;
use crate::domain::connection::deal::TriggerRule;
use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;
use url::Url;

/// An object, a field, and whether it is written.
type Use = (String, String, bool);

/// Words of a SOQL condition that are not fields.
const KEYWORDS: [&str; 10] = ["AND", "OR", "IN", "ORDER", "BY", "LIMIT", "DESC", "true", "false", "WHERE"];

/// A page of a query that suits every query of the connector, which is also a description of an object.
fn page(id: &str) -> String {
    let at = "2026-11-20T10:00:00.000+0000";
    let row = object!({
        "Id": id, "Name": "Renewal", "StageName": "Closed Won", "Review__c": "Closed Won", "LexiContract_Status__c": "Draft",
        "CreatedDate": at, "LastStageChangeDate": at, "SystemModstamp": at, "LastModifiedDate": at, "ContentModifiedDate": at,
        "Account": {"Name": "Acme"}, "RecordType": {"DeveloperName": "New"}, "OpportunityId": "006ak00000OQ4RxAAL",
        "ContentDocumentId": "069000000000001", "Is_Active__c": true, "Only_If_Still_There__c": true
    });
    let body = object!({"id": id, "done": true, "records": [row], "updateable": true, "fields": []});
    json(200, &body.to_string())
}

/// Makes calls to a server that sends the same response to each, and adds what they use.
async fn observe<F: Future>(found: &mut BTreeSet<Use>, response: String, calls: impl FnOnce(Call) -> F) {
    let server = Server::start(vec![(response, Then::Close); 20]).await;
    drop(calls(server.call()).await);
    found.extend(server.requests().iter().flat_map(|request| uses(request)));
}

fn uses(request: &str) -> Vec<Use> {
    let target = request.split(' ').nth(1).unwrap();
    let url = Url::parse("http://localhost").unwrap().join(target).unwrap();
    if let Some((_, soql)) = url.query_pairs().find(|(name, _)| name == "q") {
        return uses_of_query(&soql);
    }
    match url.path().split("/sobjects/").nth(1).map(|rest| rest.split('/').collect::<Vec<_>>()).as_deref() {
        Some([object, _id]) if request.starts_with("PATCH ") => {
            let body: Value = serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap();
            body.as_object().unwrap().keys().map(|field| ((*object).to_owned(), field.clone(), true)).collect()
        }
        Some([object]) if request.starts_with("POST ") => {
            // A form with a JSON part and the file.
            let json = request.split_once("\r\n\r\n{").and_then(|(_, rest)| rest.split_once('}')).unwrap().0;
            let body: Value = serde_json::from_str(&format!("{{{json}}}")).unwrap();
            let fields = body.as_object().unwrap().keys().cloned().chain(["VersionData".to_owned()]);
            fields.map(|field| ((*object).to_owned(), field, true)).collect()
        }
        Some([object, _id, field]) => vec![((*object).to_owned(), (*field).to_owned(), false)],
        _ => Vec::new(),
    }
}

fn uses_of_query(soql: &str) -> Vec<Use> {
    let (fields, rest) = soql.strip_prefix("SELECT ").unwrap().split_once(" FROM ").unwrap();
    let (object, condition) = rest.split_once(' ').unwrap_or((rest, ""));
    // Every second part is a string literal.
    let condition: String = condition.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let words = condition.split(|c: char| !c.is_alphanumeric() && !"_.".contains(c));
    let is_field = |word: &&str| word.starts_with(char::is_alphabetic) && !KEYWORDS.contains(word);
    let named = fields.split(", ").chain(words.filter(is_field));
    named.map(|field| (object.to_owned(), field.to_owned(), false)).collect()
}

fn file(id: &str, tier: u8) -> RemoteFile {
    RemoteFile {
        id: id.to_owned(),
        lineage: String::new(),
        name: "x.pdf".to_owned(),
        size_bytes: 1,
        checksum: None,
        modified_at: Timestamp::from_millis(0),
        tier,
        state: FileState::Ready,
        filed: None,
    }
}

fn upload(revises: Option<&RemoteFile>) -> Upload<'_> {
    let bytes = Box::pin(futures::stream::once(async { Ok("x".into()) }));
    Upload { marker: "ver_1", name: "x.pdf", reason: "Approved", revises, size_bytes: 1, bytes }
}

async fn observed(rule: &TriggerRule, settings: &Settings) -> BTreeSet<Use> {
    let (mut found, id) = (BTreeSet::new(), &RecordId::new("006ak00000OQ4RxAAL"));
    let deal = || page(id.as_str());
    let standard = &TriggerRule { field: None, only_if_still_there: false, ..rule.clone() };
    let from = &Position { at: Timestamp::from_millis(0), after: Some(id.to_string()) };
    for rule in [rule, standard] {
        observe(&mut found, deal(), |call| async move { Salesforce.deal(&call, rule, id).await.unwrap() }).await;
        observe(&mut found, deal(), |call| async move { Salesforce.changed(&call, rule, from, 9).await.unwrap() }).await;
        observe(&mut found, deal(), |call| async move { Salesforce.in_stages(&call, rule, Some(id), 9).await.unwrap() }).await;
    }
    for tier in 0..2 {
        observe(&mut found, page("068000000000001"), |call| async move { Salesforce.files(&call, id, tier).await.unwrap() })
            .await;
    }
    for file in [file("068000000000001", 0), file("00P000000000001", 1)] {
        let bytes = response(200, "Content-Type: application/octet-stream\r\n", "x");
        observe(&mut found, bytes, |call| async move { Salesforce.open(&call, &file).await.map(drop).unwrap() }).await;
    }
    let version = || page("068000000000001");
    observe(&mut found, version(), |call| async move { Salesforce.find(&call, id, "ver_1", "x.pdf").await.unwrap() }).await;
    for revises in [None, Some(&RemoteFile { lineage: "069000000000001AAA".to_owned(), ..file("068000000000001", 0) })] {
        observe(&mut found, version(), |call| async move { Salesforce.attach(&call, id, upload(revises)).await.unwrap() }).await;
    }
    let (ids, field) = (std::slice::from_ref(id), settings.status_field());
    observe(&mut found, deal(), |call| async move { Salesforce.values(&call, ids, field).await.unwrap() }).await;
    observe(&mut found, response(204, "", ""), |call| async move { Salesforce.write(&call, id, field, "Draft").await.unwrap() })
        .await;
    let connection = CheckedConnection { account_id: "00Dxx0000001gPLEAY", settings };
    observe(&mut found, deal(), |call| async move { Salesforce.checks(&call, connection).await.unwrap() }).await;
    observe(&mut found, deal(), |call| async move { Salesforce.schema(&call).await.unwrap() }).await;
    // The response is not that of the user, so the org is read by a query.
    let forbidden = json(403, &object!([{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]).to_string());
    observe(&mut found, forbidden, |call| async move { Salesforce.identify(&call).await }).await;
    found
}

#[tokio::test]
async fn fact_sheet_names_exactly_the_objects_and_fields_of_the_requests() {
    let settings: Settings = serde_json::from_value(object!({
        "trigger_stages": ["Closed Won"], "status_field": "Contract_State__c", "trigger": {"field": "Review__c"}
    }))
    .unwrap();
    let listed: BTreeSet<Use> = DATA_USE
        .iter()
        .map(|object| object.access(&settings))
        .filter(|object| object.object != USER_INFO)
        .flat_map(|object| {
            let uses = |fields: Vec<String>, is_written: bool| {
                let object = object.object.clone();
                fields.into_iter().map(move |field| (object.clone(), field, is_written))
            };
            uses(object.reads.clone(), false).chain(uses(object.writes.clone(), true)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(observed(&settings.trigger_rule(), &settings).await, listed);
    assert_eq!(SALESFORCE.data_use.len(), DATA_USE.len());
}
