//! Tests of the queries and the dates with which a client finds changed Opportunities.

use crate::support::Setup;
use serde_json::{Value, json};
use std::time::Duration;

const FIELDS: &str = "Id, Name, StageName, LastStageChangeDate, CreatedDate, SystemModstamp, RecordType.DeveloperName";

struct Polling {
    setup: Setup,
    tokens: Value,
}

impl Polling {
    async fn start() -> Polling {
        let setup = Setup::start().await;
        let tokens = setup.connect().await;
        Polling { setup, tokens }
    }

    async fn rows(&self, soql: &str) -> Vec<Value> {
        let (status, mut found) = self.setup.query(&self.tokens, soql).await;
        assert_eq!(status, 200, "{soql}: {found}");
        let Value::Array(rows) = found["records"].take() else { panic!("no records") };
        rows
    }

    async fn create(&self, body: Value) -> String {
        self.setup.control("opportunities", body).await["id"].as_str().unwrap().to_owned()
    }

    async fn row(&self, id: &str) -> Value {
        self.rows(&format!("SELECT {FIELDS} FROM Opportunity WHERE Id = '{id}'")).await.remove(0)
    }

    async fn history(&self, id: &str) -> Vec<(String, String)> {
        let soql = format!(
            "SELECT OpportunityId, StageName, CreatedDate FROM OpportunityHistory WHERE OpportunityId IN ('{id}') \
             ORDER BY OpportunityId, CreatedDate"
        );
        let rows = self.rows(&soql).await;
        rows.iter().map(|row| (field(row, "StageName"), field(row, "CreatedDate"))).collect()
    }

    fn advance(&self, seconds: u64) {
        self.setup.simulator.clock().advance(Duration::from_secs(seconds));
    }

    async fn move_to(&self, id: &str, stage: &str) {
        self.setup.control(&format!("opportunities/{id}/stage"), json!({ "stage": stage })).await;
    }
}

fn field(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap().to_owned()
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| field(row, "Id")).collect()
}

#[tokio::test]
async fn changes_are_read_in_order_by_time_and_id() {
    let polling = Polling::start().await;
    let at = "2026-01-02T03:04:05Z";
    let mut same = Vec::new();
    for number in 0..3 {
        same.push(polling.create(json!({ "name": format!("Same {number}"), "stage": "Closed Won", "at": at })).await);
    }
    let later = polling.create(json!({ "name": "Later", "stage": "Closed Lost", "at": "2026-01-02T03:04:06Z" })).await;
    polling.create(json!({ "name": "Elsewhere", "stage": "Qualification", "at": at })).await;
    polling.create(json!({ "name": "Earlier", "stage": "Closed Won", "at": "2026-01-02T03:04:04Z" })).await;

    let select = format!("SELECT {FIELDS} FROM Opportunity WHERE StageName IN ('Closed Won','Closed Lost')");
    let order = "ORDER BY SystemModstamp, Id LIMIT 200";
    let after = &same[0];
    let pair = format!("AND (SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{after}'))");
    let rows = polling.rows(&format!("{select} {pair} {order}")).await;
    assert_eq!(ids(&rows), [same[1].clone(), same[2].clone(), later.clone()]);
    let rows = polling.rows(&format!("{select} AND SystemModstamp >= {at} {order}")).await;
    assert_eq!(ids(&rows), [same[0].clone(), same[1].clone(), same[2].clone(), later.clone()]);
    let limited = format!("{select} {pair} AND RecordType.DeveloperName = 'New_Business' AND Name LIKE 'Same%' {order}");
    assert_eq!(ids(&polling.rows(&limited).await), same[1..]);
}

#[tokio::test]
async fn backlog_is_read_by_id() {
    let polling = Polling::start().await;
    let body =
        json!({ "count": 45, "name": "Old", "stage": "Closed Won", "record_type": "Renewal", "at": "2024-05-06T07:08:09.9Z" });
    let made = polling.setup.control("opportunities/bulk", body).await;
    let made: Vec<String> = serde_json::from_value(made["ids"].clone()).unwrap();
    assert_eq!(made.len(), 45);
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let soql = format!(
            "SELECT Id, StageName, LastStageChangeDate, CreatedDate, RecordType.DeveloperName FROM Opportunity \
             WHERE StageName IN ('Closed Won'){after} ORDER BY Id LIMIT 20"
        );
        let rows = polling.rows(&soql).await;
        let Some(last) = rows.last() else { break };
        after = format!(" AND Id > '{}'", field(last, "Id"));
        assert!(rows.iter().all(|row| row["RecordType"]["DeveloperName"] == "Renewal"));
        assert!(rows.iter().all(|row| row["LastStageChangeDate"] == "2024-05-06T07:08:09.000+0000"));
        found.extend(ids(&rows));
    }
    assert_eq!(found, made);
    let url = polling.setup.url("/control/opportunities/bulk");
    for body in [json!({ "count": 10_001 }), json!({ "count": 0 }), json!({ "count": 1, "record_type": "Nonsense" })] {
        assert_eq!(polling.setup.http.post(&url).json(&body).send().await.unwrap().status(), 400, "{body}");
    }
}

#[tokio::test]
async fn every_change_moves_the_modification_time_and_only_stages_move_the_stage_time() {
    let polling = Polling::start().await;
    let id = polling.create(json!({ "name": "Deal", "stage": "Qualification" })).await;
    let created = polling.row(&id).await;
    assert_eq!(created["LastStageChangeDate"], created["CreatedDate"]);
    assert_eq!(created["SystemModstamp"], created["CreatedDate"]);
    assert!(field(&created, "CreatedDate").ends_with(".000+0000"), "{created}");

    polling.advance(10);
    polling.setup.patch(&polling.tokens, &id, json!({ "LexiContract_Status__c": "Draft" })).await;
    let written = polling.row(&id).await;
    assert_eq!(written["LastStageChangeDate"], created["CreatedDate"]);
    assert!(field(&written, "SystemModstamp") > field(&created, "SystemModstamp"));

    polling.advance(10);
    polling.move_to(&id, "Closed Won").await;
    let moved = polling.row(&id).await;
    assert_eq!(moved["LastStageChangeDate"], moved["SystemModstamp"]);
    assert!(field(&moved, "SystemModstamp") > field(&written, "SystemModstamp"));

    polling.advance(10);
    polling.setup.patch(&polling.tokens, &id, json!({ "StageName": "Closed Won", "Name": "Renamed" })).await;
    let renamed = polling.row(&id).await;
    assert_eq!(renamed["LastStageChangeDate"], moved["LastStageChangeDate"]);
    assert!(field(&renamed, "SystemModstamp") > field(&moved, "SystemModstamp"));
}

#[tokio::test]
async fn history_has_a_row_for_creation_stages_and_amounts() {
    let polling = Polling::start().await;
    let id = polling.create(json!({ "name": "Deal", "stage": "Qualification", "at": "2026-01-02T03:04:05Z" })).await;
    polling.move_to(&id, "Closed Won").await;
    polling.advance(5);
    polling.setup.patch(&polling.tokens, &id, json!({ "Amount": 7 })).await;
    polling.advance(5);
    polling.setup.patch(&polling.tokens, &id, json!({ "CloseDate": "2027-01-01" })).await;
    polling.advance(5);
    polling.setup.patch(&polling.tokens, &id, json!({ "Name": "Renamed" })).await;
    polling.move_to(&id, "Closed Won").await;
    let history = polling.history(&id).await;
    assert_eq!(history[0], ("Qualification".to_owned(), "2026-01-02T03:04:05.000+0000".to_owned()));
    let stages: Vec<String> = history.into_iter().map(|(stage, _)| stage).collect();
    assert_eq!(stages, ["Qualification", "Closed Won", "Closed Won", "Closed Won"]);

    let soql = "SELECT Id, OpportunityId, StageName, CreatedDate FROM OpportunityHistory WHERE StageName IN ('Qualification') \
                AND CreatedDate >= 2026-01-02T03:04:05Z AND CreatedDate < 2026-01-02T03:04:06Z ORDER BY CreatedDate, Id LIMIT 200";
    assert_eq!(field(&polling.rows(soql).await[0], "OpportunityId"), id);
    let gone = polling.setup.http.delete(polling.setup.url(&format!("/control/opportunities/{id}"))).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(polling.history(&id).await, []);
}

#[tokio::test]
async fn record_types_are_described_and_queried() {
    let polling = Polling::start().await;
    let id = polling.create(json!({ "name": "Deal", "record_type": "Renewal" })).await;
    let soql = format!("SELECT RecordTypeId, RecordType.Name FROM Opportunity WHERE Id = '{id}'");
    let row = polling.rows(&soql).await.remove(0);
    assert_eq!(row["RecordType"]["Name"], "Renewal");
    assert_eq!(row["RecordType"]["attributes"]["type"], "RecordType");
    let all = "SELECT Id, Name, DeveloperName FROM RecordType WHERE SobjectType = 'Opportunity' ORDER BY DeveloperName";
    let types = polling.rows(all).await;
    assert_eq!(field(&types[0], "Name"), "New Business");
    assert_eq!(row["RecordTypeId"], types[1]["Id"]);

    let path = "/services/data/v67.0/sobjects/Opportunity/describe";
    let described: Value = polling.setup.get(&polling.tokens, path).await.json().await.unwrap();
    let infos = described["recordTypeInfos"].as_array().unwrap();
    let names: Vec<_> = infos.iter().map(|info| field(info, "developerName")).collect();
    assert_eq!(names, ["New_Business", "Renewal", "Master"]);
    assert_eq!(
        infos[1],
        json!({
            "active": true, "available": true, "defaultRecordTypeMapping": false, "developerName": "Renewal", "master": false,
            "name": "Renewal", "recordTypeId": types[1]["Id"],
        })
    );
    assert_eq!((&infos[2]["master"], &infos[2]["recordTypeId"]), (&json!(true), &json!("012000000000000AAA")));
    let fields: Vec<_> = described["fields"].as_array().unwrap().iter().map(|described| field(described, "name")).collect();
    assert!(["LastStageChangeDate", "SystemModstamp", "RecordTypeId"].iter().all(|name| fields.contains(&(*name).to_owned())));

    let url = polling.setup.url(&format!("/control/opportunities/{id}"));
    let changed = polling.setup.http.patch(url).json(&json!({ "RecordType": "New_Business" })).send().await.unwrap();
    assert_eq!(changed.json::<Value>().await.unwrap()["RecordType"], "New_Business");
}

#[tokio::test]
async fn fields_and_record_types_can_be_hidden() {
    let polling = Polling::start().await;
    let hidden = json!({ "hidden": ["Opportunity.LastStageChangeDate", "Opportunity.RecordTypeId", "OpportunityHistory"] });
    assert_eq!(polling.setup.control("fields", hidden.clone()).await["status_field"], "present");
    for (soql, code, message) in [
        (
            "SELECT LastStageChangeDate FROM Opportunity",
            "INVALID_FIELD",
            "No such column 'LastStageChangeDate' on entity 'Opportunity'",
        ),
        ("SELECT RecordType.Name FROM Opportunity", "INVALID_FIELD", "Didn't understand relationship 'RecordType' in field path"),
        ("SELECT Id FROM OpportunityHistory", "INVALID_TYPE", "sObject type 'OpportunityHistory' is not supported"),
    ] {
        let (status, error) = polling.setup.query(&polling.tokens, soql).await;
        assert_eq!((status, error[0]["errorCode"].as_str()), (400, Some(code)), "{error}");
        assert!(field(&error[0], "message").contains(message), "{error}");
    }
    let describe = |object: &str| format!("/services/data/v67.0/sobjects/{object}/describe");
    let described: Value = polling.setup.get(&polling.tokens, &describe("Opportunity")).await.json().await.unwrap();
    assert!(described["fields"].as_array().unwrap().iter().all(|described| described["name"] != "LastStageChangeDate"));
    assert_eq!(described["recordTypeInfos"].as_array().unwrap().len(), 1);
    assert_eq!(polling.setup.get(&polling.tokens, &describe("OpportunityHistory")).await.status(), 404);

    polling.setup.control("fields", json!({ "hidden": ["RecordType"] })).await;
    let (_, error) = polling.setup.query(&polling.tokens, "SELECT RecordType.Name FROM Opportunity").await;
    assert!(field(&error[0], "message").contains("Didn't understand relationship 'RecordType'"), "{error}");
    polling.setup.control("fields", json!({ "hidden": [] })).await;
    polling.rows("SELECT LastStageChangeDate, RecordType.Name FROM Opportunity").await;
    let url = polling.setup.url("/control/fields");
    let wrong = polling.setup.http.post(url).json(&json!({ "hidden": ["Opportunity.Nonsense"] })).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
}

#[tokio::test]
async fn ten_thousand_opportunities_are_made_by_one_request() {
    let polling = Polling::start().await;
    let made = polling.setup.control("opportunities/bulk", json!({ "count": 10_000, "stage": "Closed Won" })).await;
    assert_eq!(made["ids"].as_array().unwrap().len(), 10_000);
    let soql = format!(
        "SELECT {FIELDS} FROM Opportunity WHERE StageName IN ('Closed Won') AND SystemModstamp >= 2020-01-01T00:00:00Z \
         ORDER BY SystemModstamp, Id LIMIT 200"
    );
    assert_eq!(polling.rows(&soql).await.len(), 200);
}

#[tokio::test]
async fn calls_are_counted_by_path() {
    let polling = Polling::start().await;
    for _ in 0..3 {
        polling.rows("SELECT Id FROM Opportunity LIMIT 1").await;
    }
    let id = polling.create(json!({ "name": "Deal" })).await;
    polling.setup.patch(&polling.tokens, &id, json!({ "LexiContract_Status__c": "Draft" })).await;
    let calls = polling.setup.report().await["calls"].clone();
    assert_eq!((calls["api"].as_u64(), calls["total"].as_u64()), (Some(4), Some(6)));
    let paths = json!({
        "GET /services/data/{version}/query": 3, "PATCH /services/data/{version}/sobjects/Opportunity/{id}": 1,
        "POST /services/oauth2/authorize": 1, "POST /services/oauth2/token": 1,
    });
    assert_eq!(calls["by_path"], paths);
}

#[tokio::test]
async fn report_can_leave_out_the_opportunities() {
    let setup = Setup::start().await;
    let count = async |query: &str| {
        let response = setup.http.get(setup.url(&format!("/control/state{query}"))).send().await.unwrap();
        let report: Value = response.json().await.unwrap();
        report["orgs"]["production"]["opportunities"].as_array().unwrap().len()
    };
    assert_eq!((count("").await, count("?opportunities=false").await), (6, 0));
}
