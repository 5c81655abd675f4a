//! Tests of queries, records and descriptions.

use crate::support::Setup;
use serde_json::{Value, json};

#[tokio::test]
async fn opportunity_is_queried_with_its_account() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let soql = format!("SELECT Id, Name, Account.Name FROM Opportunity WHERE Id = '{}' AND IsDeleted = false", &id[..15]);
    let (status, found) = setup.query(&tokens, &soql).await;
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["totalSize"], 1);
    assert_eq!(found["records"][0]["Id"], id);
    assert_eq!(found["records"][0]["Account"]["Name"], "Test account");
    assert_eq!(found["records"][0]["Account"]["attributes"]["type"], "Account");
}

#[tokio::test]
async fn opportunity_without_account_has_a_null_parent() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.control("opportunities", json!({ "name": "Alone" })).await["id"].as_str().unwrap().to_owned();
    let (_, found) = setup.query(&tokens, &format!("SELECT Name, Account.Name FROM Opportunity WHERE Id = '{id}'")).await;
    assert_eq!(found["records"][0]["Account"], Value::Null);
}

#[tokio::test]
async fn invalid_queries_are_rejected_with_a_caret() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let (status, error) = setup.query(&tokens, "SELECT Id, Nonsense FROM Opportunity").await;
    assert_eq!((status, error[0]["errorCode"].as_str()), (400, Some("INVALID_FIELD")));
    let message = error[0]["message"].as_str().unwrap();
    assert!(
        message.contains("\n           ^\nERROR at Row:1:Column:12\nNo such column 'Nonsense' on entity 'Opportunity'"),
        "{message}"
    );
    assert_eq!(setup.query(&tokens, "SELECT Id FROM Nonsense").await.1[0]["errorCode"], "INVALID_TYPE");
    assert_eq!(setup.query(&tokens, "SELECT Id FROM Opportunity WHERE").await.1[0]["errorCode"], "MALFORMED_QUERY");
    let (_, error) = setup.query(&tokens, "SELECT Id FROM Opportunity WHERE IsClosed = 'true'").await;
    assert_eq!(error[0]["errorCode"], "INVALID_FIELD");
}

#[tokio::test]
async fn mixed_and_and_or_require_parentheses() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    for condition in ["IsClosed = true AND IsWon = true OR Amount > 1", "IsClosed = true OR IsWon = true AND Amount > 1"] {
        let (status, error) = setup.query(&tokens, &format!("SELECT Id FROM Opportunity WHERE {condition}")).await;
        assert_eq!((status, error[0]["errorCode"].as_str()), (400, Some("MALFORMED_QUERY")), "{condition}");
    }
    let parentheses = "SELECT Id FROM Opportunity WHERE IsClosed = true AND (IsWon = true OR Amount > 1)";
    assert_eq!(setup.query(&tokens, parentheses).await.0, 200);
}

#[tokio::test]
async fn long_results_have_pages_that_belong_to_the_session() {
    let setup = Setup::start().await;
    let (tokens, other) = (setup.connect().await, setup.connect().await);
    setup.control("limits", json!({ "page_size": 4 })).await;
    let (_, first) = setup.query(&tokens, "SELECT Id FROM Opportunity ORDER BY Name").await;
    assert_eq!((first["done"].as_bool(), first["totalSize"].as_u64()), (Some(false), Some(6)));
    let next = first["nextRecordsUrl"].as_str().unwrap();
    let second: Value = setup.get(&tokens, next).await.json().await.unwrap();
    assert_eq!((second["done"].as_bool(), second["records"].as_array().unwrap().len()), (Some(true), 2));
    let refused = setup.get(&other, next).await;
    assert_eq!(refused.json::<Value>().await.unwrap()[0]["errorCode"], "INVALID_QUERY_LOCATOR");
}

#[tokio::test]
async fn comparisons_order_and_counts_support_times_and_amounts() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let soql = "SELECT Name, Amount FROM Opportunity WHERE Amount >= 65500 AND CreatedDate > 2020-01-01T00:00:00Z \
                AND StageName IN ('Value Proposition', 'Proposal/Price Quote') ORDER BY Amount DESC";
    let (_, found) = setup.query(&tokens, soql).await;
    let names: Vec<_> = found["records"].as_array().unwrap().iter().map(|record| record["Name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Northwind platform rollout", "Umbrella Logistics expansion"]);
    let (_, count) = setup.query(&tokens, "SELECT COUNT() FROM Opportunity WHERE NOT Name LIKE 'Northwind%'").await;
    assert_eq!((count["totalSize"].as_u64(), count["records"].as_array().unwrap().len()), (Some(5), 0));
}

#[tokio::test]
async fn writes_return_204_and_are_logged() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    assert_eq!(setup.patch(&tokens, &id[..15], json!({ "LexiContract_Status__c": "Approved" })).await, (204, String::new()));
    let path = format!("/services/data/v62.0/sobjects/Opportunity/{id}?fields=Name,LexiContract_Status__c");
    let record: Value = setup.get(&tokens, &path).await.json().await.unwrap();
    assert_eq!(record["LexiContract_Status__c"], "Approved");
    assert_eq!(setup.report().await["writes"][0]["fields"], json!({ "LexiContract_Status__c": "Approved" }));
}

#[tokio::test]
async fn the_status_field_can_be_missing_read_only_or_restricted() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    for (setting, value, code) in [
        ("missing", "Approved", "INVALID_FIELD"),
        ("read_only", "Approved", "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("restricted", "With Legal", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("short", "Approved", "STRING_TOO_LONG"),
    ] {
        setup.control("fields", json!({ "status_field": setting })).await;
        let (status, body) = setup.patch(&tokens, &id, json!({ "LexiContract_Status__c": value })).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, body[0]["errorCode"].as_str()), (400, Some(code)));
    }
    setup.control("fields", json!({ "status_field": "restricted" })).await;
    let path = "/services/data/v67.0/sobjects/Opportunity/describe";
    let described: Value = setup.get(&tokens, path).await.json().await.unwrap();
    let fields = described["fields"].as_array().unwrap();
    let field = fields.iter().find(|field| field["name"] == "LexiContract_Status__c").unwrap();
    assert_eq!((field["type"].as_str(), field["restrictedPicklist"].as_bool()), (Some("picklist"), Some(true)));
    assert_eq!(field["picklistValues"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn invalid_deleted_and_missing_ids_have_different_errors() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let id = setup.new_opportunity().await;
    let code = |body: String| serde_json::from_str::<Value>(&body).unwrap()[0]["errorCode"].as_str().unwrap().to_owned();
    let change = json!({ "LexiContract_Status__c": "Draft" });
    let (status, body) = setup.patch(&tokens, "006000000000000", change.clone()).await;
    assert_eq!((status, code(body).as_str()), (404, "NOT_FOUND"));
    let (status, body) = setup.patch(&tokens, "001000000000000", change.clone()).await;
    assert_eq!((status, code(body).as_str()), (400, "MALFORMED_ID"));
    let (status, body) = setup.patch(&tokens, "", change.clone()).await;
    assert!(matches!(status, 404 | 405), "{status} {body}");
    setup.http.delete(setup.url(&format!("/control/opportunities/{id}"))).send().await.unwrap();
    let (status, body) = setup.patch(&tokens, &id, change).await;
    assert_eq!((status, code(body).as_str()), (404, "ENTITY_IS_DELETED"));
}

#[tokio::test]
async fn versions_headers_and_methods_are_as_documented() {
    let setup = Setup::start().await;
    let tokens = setup.connect().await;
    let list = setup.http.get(setup.url("/services/data/")).send().await.unwrap();
    let list: Value = list.json().await.unwrap();
    assert_eq!(
        list.as_array().unwrap().last().unwrap(),
        &json!({ "label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0" })
    );
    assert_eq!(setup.get(&tokens, "/services/data/v30.0/limits").await.status(), 410);
    assert_eq!(setup.get(&tokens, "/services/data/v99.0/limits").await.status(), 404);
    assert!(setup.get(&tokens, "/services/data/v40.0/limits").await.headers().contains_key("warning"));
    let response = setup.get(&tokens, "/services/data/v41.0/limits").await;
    assert!(response.headers()["sforce-limit-info"].to_str().unwrap().starts_with("api-usage="));
    let response = setup.http.patch(setup.url("/services/data/v67.0/sobjects/Opportunity"));
    let response = response.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.json::<Value>().await.unwrap()[0]["errorCode"], "METHOD_NOT_ALLOWED");
}
