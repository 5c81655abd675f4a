//! Tests of the queries for Opportunities that entered a stage, with a server that sends scripted responses.

use super::rest::{rejection, rows, server};
use crate::connectors::salesforce::Salesforce;
use crate::connectors::test_support::{Server, Then, json};
use crate::connectors::{Deals, Kind, Position};
use crate::domain::connection::deal::{Entry, TriggerRule};
use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;
use serde_json::{Value, json as object};

const DEAL: &str = "006ak00000OQ4RxAAL";
const OTHER: &str = "006ak00000OQ4RyAAL";
const STAGE: &str = "Needs Legal Review";

fn rule(stage: &str) -> TriggerRule {
    TriggerRule::of_stages(vec![stage.to_owned()])
}

fn history_rule(stage: &str) -> TriggerRule {
    TriggerRule { only_if_still_there: false, ..rule(stage) }
}

fn start() -> Position {
    Position { at: Timestamp::from_millis(0), after: None }
}

fn time(hour: u32) -> Timestamp {
    Timestamp::parse(&format!("2026-11-20T{hour:02}:00:00Z")).unwrap()
}

fn opportunity(id: &str) -> Value {
    object!({
        "Id": id, "Name": "Renewal", "StageName": STAGE, "CreatedDate": time(8), "SystemModstamp": time(11),
        "LastStageChangeDate": time(10), "RecordType": {"DeveloperName": "New_Business"}
    })
}

fn history_row(deal: &str, id: usize, stage: &str, hour: u32) -> Value {
    object!({"Id": format!("008{id:012}"), "OpportunityId": deal, "StageName": stage, "CreatedDate": time(hour)})
}

fn answer(body: &Value) -> (String, Then) {
    (json(200, &body.to_string()), Then::Close)
}

/// Ten pages, the last of which has a next page.
fn too_many_rows() -> Vec<(String, Then)> {
    let page = object!({"done": false, "nextRecordsUrl": "/services/data/v67.0/query/0r8xx-2", "records": []});
    vec![answer(&page); 10]
}

/// The query of a request.
fn soql(request: &str) -> String {
    let line = request.lines().next().unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    let url = url::Url::parse("http://localhost").unwrap().join(path).unwrap();
    url.query_pairs().find(|(name, _)| name == "q").map(|(_, soql)| soql.into_owned()).unwrap_or_default()
}

fn hidden_record_type() -> (String, Then) {
    rejection(400, "INVALID_FIELD", "Didn't understand relationship 'RecordType' in field path.")
}

#[tokio::test]
async fn hidden_record_type_is_an_error_if_the_rule_lists_record_types() {
    let record_types = vec!["New_Business".to_owned()];
    let (still_there, left) =
        (TriggerRule { record_types: record_types.clone(), ..rule(STAGE) }, TriggerRule { record_types, ..history_rule(STAGE) });
    let hidden = || async { Server::start(vec![hidden_record_type()]).await };
    let history = answer(&rows(object!([history_row(DEAL, 1, STAGE, 9)])));
    let by_history = Server::start(vec![history.clone(), history, hidden_record_type()]).await;
    for error in [
        Salesforce.changed(&hidden().await.call(), &still_there, &start(), 500).await.unwrap_err(),
        Salesforce.changed(&by_history.call(), &left, &start(), 500).await.unwrap_err(),
        Salesforce.in_stages(&hidden().await.call(), &still_there, None, 500).await.unwrap_err(),
        Salesforce.deal(&hidden().await.call(), &still_there, &RecordId::new(DEAL)).await.unwrap_err(),
    ] {
        assert_eq!((error.kind, error.cause), (Kind::Refused, "related_object_hidden"));
        assert!(error.user_message().contains("cannot see the record types"), "{}", error.user_message());
    }
    let optional = Server::start(vec![hidden_record_type(), answer(&rows(object!([opportunity(DEAL)])))]).await;
    assert_eq!(Salesforce.in_stages(&optional.call(), &rule(STAGE), None, 500).await.unwrap().len(), 1);
    assert!(!soql(&optional.requests()[1]).contains("RecordType"), "{}", optional.requests()[1]);
}

#[tokio::test]
async fn stage_is_spelled_as_in_the_rule() {
    let stage = "needs legal REVIEW";
    let expected = Entry {
        deal: RecordId::new(DEAL),
        stage: stage.to_owned(),
        record_type: Some("New_Business".to_owned()),
        pipeline: None,
        entered_at: Some(time(10)),
    };
    let found = rows(object!([opportunity(DEAL)]));
    let history = rows(object!([history_row(DEAL, 1, "Prospecting", 8), history_row(DEAL, 2, STAGE, 10)]));
    let page = rows(object!([history_row(DEAL, 2, STAGE, 10)]));
    let server = server(&[found.clone(), found.clone(), page, history, found.clone(), found]).await;
    let call = server.call();
    let changes = Salesforce.changed(&call, &rule(stage), &start(), 500).await.unwrap();
    assert_eq!((changes.entries, changes.is_complete), (vec![expected.clone()], true));
    assert_eq!(changes.position, Position { at: time(11), after: Some(DEAL.to_owned()) });
    assert_eq!(Salesforce.in_stages(&call, &rule(stage), None, 500).await.unwrap(), std::slice::from_ref(&expected));
    let by_history = Salesforce.changed(&call, &history_rule(stage), &start(), 500).await.unwrap();
    assert_eq!(by_history.entries, std::slice::from_ref(&expected));
    let deal = Salesforce.deal(&call, &rule(stage), &RecordId::new(DEAL)).await.unwrap();
    assert_eq!((deal.stage.as_str(), deal.entry_key(), rule(stage).rejection(&deal)), (stage, expected.key(), None));
}

#[tokio::test]
async fn deal_that_left_the_stage_differs_from_one_that_was_never_there() {
    let won = || {
        let mut row = opportunity(DEAL);
        row["StageName"] = "Closed Won".into();
        rows(object!([row]))
    };
    let left = rows(object!([history_row(DEAL, 1, "needs legal review", 8), history_row(DEAL, 2, "Closed Won", 10)]));
    let never = rows(object!([history_row(DEAL, 1, "Prospecting", 8), history_row(DEAL, 2, "Closed Won", 10)]));
    for (history, is_accepted) in [(left, true), (never, false)] {
        let server = server(&[won(), history]).await;
        let deal = Salesforce.deal(&server.call(), &history_rule(STAGE), &RecordId::new(DEAL)).await.unwrap();
        assert_eq!(history_rule(STAGE).rejection(&deal).is_none(), is_accepted, "{deal:?}");
    }
}

#[tokio::test]
async fn no_column_is_named_twice() {
    let deal = RecordId::new(DEAL);
    for (field, columns, stage, entered_at) in [
        (
            "stagename",
            "Id, Name, CreatedDate, StageName, Account.Name, RecordType.DeveloperName, LastStageChangeDate",
            STAGE,
            true,
        ),
        ("NAME", "Id, Name, CreatedDate, Account.Name, RecordType.DeveloperName", "Renewal", false),
        ("createddate", "Id, Name, CreatedDate, Account.Name, RecordType.DeveloperName", "", false),
        ("lastStageChangeDate", "Id, Name, CreatedDate, lastStageChangeDate, Account.Name, RecordType.DeveloperName", "", false),
    ] {
        let server = server(&[rows(object!([opportunity(DEAL)]))]).await;
        let rule = TriggerRule { field: Some(field.to_owned()), ..rule(STAGE) };
        let read = Salesforce.deal(&server.call(), &rule, &deal).await.unwrap();
        assert_eq!(soql(&server.requests()[0]), format!("SELECT {columns} FROM Opportunity WHERE Id = '{DEAL}'"));
        assert_eq!((read.stage.as_str(), read.entered_at), (stage, entered_at.then(|| time(10))), "{field}");
    }
}

#[tokio::test]
async fn standard_field_has_a_history_in_any_spelling() {
    for (field, object) in [("STAGENAME", "OpportunityHistory"), ("Legal_Stage__c", "Opportunity")] {
        let server = server(&[rows(object!([]))]).await;
        let rule = TriggerRule { field: Some(field.to_owned()), ..history_rule(STAGE) };
        let changes = Salesforce.changed(&server.call(), &rule, &start(), 500).await.unwrap();
        assert_eq!((changes.entries, changes.position), (Vec::new(), start()));
        let soql = soql(&server.requests()[0]);
        assert!(soql.contains(&format!(" FROM {object} WHERE ")), "{soql}");
    }
}

#[tokio::test]
async fn long_history_is_read_for_fewer_opportunities_at_a_time() {
    let missing = "No such column 'LastStageChangeDate' on entity 'Opportunity'.";
    let mut responses =
        vec![rejection(400, "INVALID_FIELD", missing), answer(&rows(object!([opportunity(DEAL), opportunity(OTHER)])))];
    responses.extend(too_many_rows());
    responses.push(answer(&rows(object!([history_row(DEAL, 1, "Prospecting", 8), history_row(DEAL, 2, STAGE, 9)]))));
    responses.extend(too_many_rows());
    responses.push(answer(&rows(object!([
        history_row(OTHER, 5, STAGE, 16),
        history_row(OTHER, 4, STAGE, 15),
        history_row(OTHER, 3, "Prospecting", 14)
    ]))));
    let server = Server::start(responses).await;
    let entries = Salesforce.in_stages(&server.call(), &rule(STAGE), None, 500).await.unwrap();
    let times: Vec<_> = entries.iter().map(|entry| (entry.deal.as_str(), entry.entered_at)).collect();
    assert_eq!(times, [(DEAL, Some(time(9))), (OTHER, Some(time(15)))]);
    let requests = server.requests();
    assert_eq!(requests.len(), 24);
    let conditions = [2, 12, 13, 23].map(|index: usize| soql(&requests[index]).split_once(" WHERE ").unwrap().1.to_owned());
    let by_deal = "ORDER BY OpportunityId, CreatedDate, Id";
    assert_eq!(
        conditions,
        [
            format!("OpportunityId IN ('{DEAL}','{OTHER}') {by_deal}"),
            format!("OpportunityId IN ('{DEAL}') {by_deal}"),
            format!("OpportunityId IN ('{OTHER}') {by_deal}"),
            format!("OpportunityId = '{OTHER}' ORDER BY CreatedDate DESC, Id DESC LIMIT 2000"),
        ]
    );
}

#[tokio::test]
async fn oldest_row_of_a_shortened_history_is_no_entry() {
    let first = history_row(DEAL, 3, STAGE, 9);
    let mut responses = vec![answer(&rows(object!([first.clone(), history_row(DEAL, 5, STAGE, 11)])))];
    responses.extend(too_many_rows());
    responses.push(answer(&rows(object!([history_row(DEAL, 5, STAGE, 11), history_row(DEAL, 4, "Prospecting", 10), first]))));
    responses.push(answer(&rows(object!([opportunity(DEAL)]))));
    let server = Server::start(responses).await;
    let changes = Salesforce.changed(&server.call(), &history_rule(STAGE), &start(), 500).await.unwrap();
    let times: Vec<_> = changes.entries.iter().map(|entry| entry.entered_at).collect();
    assert_eq!(times, [Some(time(11))]);
}

#[tokio::test]
async fn page_of_500_history_rows_needs_seven_queries() {
    let deals: Vec<String> = (0..500).map(|number| format!("006{number:012}")).collect();
    let history = |deals: &[String]| rows(deals.iter().enumerate().map(|(id, deal)| history_row(deal, id, STAGE, 9)).collect());
    let found = |deals: &[String]| rows(deals.iter().map(|deal| opportunity(deal)).collect());
    let mut bodies = vec![history(&deals)];
    bodies.extend(deals.chunks(200).map(history));
    bodies.extend(deals.chunks(200).map(found));
    let server = server(&bodies).await;
    let changes = Salesforce.changed(&server.call(), &history_rule(STAGE), &start(), 500).await.unwrap();
    assert_eq!((changes.entries.len(), changes.is_complete), (500, false));
    let requests = server.requests();
    assert_eq!(requests.len(), 7);
    assert!(requests.iter().all(|request| request.lines().next().unwrap_or_default().len() < 8 * 1024));
}
