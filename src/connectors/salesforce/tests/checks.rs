//! Tests of the checks of a connection, with a server that sends scripted responses.

use super::rest::{ORG, organization, rejection, rows, server};
use crate::connectors::salesforce::checks::checks;
use crate::connectors::test_support::{Server, Then, json};
use crate::connectors::{CheckedConnection, Kind};
use crate::domain::connection::Settings;
use serde_json::{Value, json as object};

fn description() -> Value {
    object!({"updateable": true, "fields": [{"name": "Status__c", "type": "string", "length": 40, "updateable": true}]})
}

fn settings(status_field: &str) -> Settings {
    Settings { status_field: Some(status_field.to_owned()), ..Settings::default() }
}

fn checked(settings: &Settings) -> CheckedConnection<'_> {
    CheckedConnection { account_id: ORG, settings }
}

#[tokio::test]
async fn complete_org_passes_every_check() {
    let opportunity = rows(object!([{"Id": "006ak00000OQ4RxAAL"}]));
    let link = rows(object!([{"Id": "06A000000000001"}]));
    let limits = object!({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}});
    let permissions = rows(object!([{"PermissionsModifyAllData": false}]));
    let stages = rows(object!([{"Stage__c": "Needs Legal Review", "Record_Types__c": null, "Is_Active__c": true}]));
    let setting = rows(object!([{"Is_Active__c": true, "Only_If_Still_There__c": true, "Stage_Field__c": "StageName"}]));
    let server = server(&[description(), organization(ORG), opportunity, link, stages, setting, limits, permissions]).await;
    let found = checks(&server.call(), checked(&settings("Status__c"))).await.unwrap();
    assert!(found.iter().all(|check| check.ok), "{found:?}");
    let names: Vec<&str> = found.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "API access",
            "Access scopes",
            "Same org",
            "Opportunities readable",
            "Files readable",
            "Status field",
            "Status field writable",
            "Status field type",
            "Status labels",
            "Deployed trigger rule",
            "API calls left",
            "Least privilege"
        ]
    );
}

#[tokio::test]
async fn rule_of_an_earlier_package_fails_the_check() {
    let opportunity = rows(object!([{"Id": "006ak00000OQ4RxAAL"}]));
    let link = rows(object!([{"Id": "06A000000000001"}]));
    let stages = rows(object!([{"Stage__c": "Closing", "Record_Types__c": null, "Is_Active__c": true}]));
    let limits = object!({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}});
    let answer = |body: Value| (json(200, &body.to_string()), Then::Close);
    let server = Server::start(vec![
        answer(description()),
        answer(organization(ORG)),
        answer(opportunity),
        answer(link),
        answer(stages),
        rejection(400, "INVALID_FIELD", "No such column 'Only_If_Still_There__c' on entity 'LexiContract_Setting__mdt'."),
        answer(limits),
        answer(rows(object!([{"PermissionsModifyAllData": false}]))),
    ])
    .await;
    let found = checks(&server.call(), checked(&settings("Status__c"))).await.unwrap();
    let failed: Vec<_> = found.iter().filter(|check| !check.ok).collect();
    assert_eq!(failed.len(), 1, "{found:?}");
    let detail = &failed[0].detail;
    for words in ["“Needs Legal Review” is not deployed", "“Closing” is deployed, but not", "of an earlier version"] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
}

#[tokio::test]
async fn missing_settings_fail_checks_and_expired_session_is_an_error() {
    let rejection = |code: &str| json(400, &object!([{"errorCode": code, "message": ""}]).to_string());
    let server = Server::start(vec![
        (json(200, &description().to_string()), Then::Close),
        (json(200, &organization("00Dxx0000001gPM").to_string()), Then::Close),
        (rejection("INVALID_FIELD"), Then::Close),
        (rejection("INVALID_TYPE"), Then::Close),
        (rejection("INVALID_TYPE"), Then::Close),
        (json(403, r#"[{"errorCode":"INSUFFICIENT_ACCESS","message":""}]"#), Then::Close),
        (rejection("INVALID_TYPE"), Then::Close),
    ])
    .await;
    let found = checks(&server.call(), checked(&settings("Missing__c"))).await.unwrap();
    let names_who_and_where =
        |detail: &str| detail.contains("administrator") && detail.contains("Setup →") || detail.contains("An admin");
    assert!(found.iter().all(|check| check.ok || names_who_and_where(&check.detail)), "{found:?}");
    let failing: Vec<&str> = found.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect();
    assert_eq!(failing, ["Same org", "Opportunities readable", "Files readable", "Status field"]);
    let dead = Server::once(json(401, r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#)).await;
    let error = checks(&dead.call(), checked(&Settings::default())).await.unwrap_err();
    assert_eq!(error.kind, Kind::SessionExpired);
}
