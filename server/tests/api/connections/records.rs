//! Provider records in responses, with generic field names and with Salesforce field names.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use serde_json::{Value, json};

/// Delivers an Opportunity. Returns the first contract in the list of contracts.
async fn deliver(connected: &Connected, opportunity: &str) -> Value {
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity});
    let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &connected.secret).json(&body);
    assert_eq!(connected.server.send(call).await.status, 202);
    while connected.server.hub.run_one_job(false).await.unwrap() {}
    get(connected, "/api/v1/contracts").await["items"][0].clone()
}

async fn get(connected: &Connected, path: &str) -> Value {
    connected.server.send(Call::get(path).cookie(&connected.admin.cookie)).await.json()
}

#[tokio::test]
async fn a_contract_shows_its_record() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    let listed = deliver(&connected, &opportunity).await;
    assert_eq!(
        (&listed["provider"], &listed["record_name"], &listed["party_name"]),
        (&json!("salesforce"), &json!("Rollout"), &Value::Null),
        "provider, record name, party name"
    );
    assert_eq!(
        (&listed["salesforce_opportunity_id"], &listed["opportunity_name"]),
        (&json!(opportunity), &json!("Rollout")),
        "{listed}"
    );
    assert_eq!((&listed["account_name"], &listed["sync_status"]), (&Value::Null, &json!("synced")), "{listed}");
    assert_eq!(listed["attention"], json!(["needs_file"]), "the deal has no file");

    let contract = get(&connected, &format!("/api/v1/contracts/{}", listed["id"].as_str().unwrap())).await;
    assert_eq!(contract["links"].as_array().unwrap().len(), 1, "{contract}");
    let link = &contract["links"][0];
    assert!(link["id"].as_str().unwrap().starts_with("lnk_"), "{link}");
    assert_eq!((&link["provider"], &link["connection_id"]), (&json!("salesforce"), &connected.connection["id"]), "{link}");
    assert_eq!(
        (&link["role"], &link["record_type"], &link["record_id"]),
        (&json!("source"), &json!("deal"), &json!(opportunity)),
        "role, record type, record id"
    );
    assert_eq!((&link["name"], &link["party_name"]), (&json!("Rollout"), &Value::Null), "{link}");
    assert!(link["url"].as_str().unwrap().contains(&opportunity), "{link}");
    let at = &link["sync"]["last_synced_at"];
    assert!(at.is_string(), "{link}");
    let sync = json!({"status": "synced", "last_synced_value": "Draft", "last_synced_at": at, "attempts": 1, "last_error": null});
    assert_eq!(link["sync"], sync);

    assert_eq!(
        (&contract["salesforce_opportunity_id"], &contract["opportunity_name"]),
        (&json!(opportunity), &json!("Rollout")),
        "{contract}"
    );
    assert_eq!((&contract["account_name"], &contract["opportunity_url"]), (&Value::Null, &link["url"]), "{contract}");
    assert_eq!(contract["sync"], sync);
}

#[tokio::test]
async fn an_uploaded_contract_has_no_record_under_any_name() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let form = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNDA\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nAn agreement.\r\n--b--\r\n";
    let upload = Call::post("/api/v1/contracts").cookie(&ada.cookie).header("content-type", "multipart/form-data; boundary=b");
    let made = server.send(upload.body(form)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let contract = made.json();
    assert_eq!((&contract["links"], &contract["sync"]["status"]), (&json!([]), &json!("not_linked")), "{contract}");
    let listed = server.send(Call::get("/api/v1/contracts").cookie(&ada.cookie)).await.json()["items"][0].clone();
    for (of, names) in [
        (&contract, &["salesforce_opportunity_id", "opportunity_name", "account_name", "opportunity_url"][..]),
        (&listed, &["provider", "record_name", "party_name", "salesforce_opportunity_id", "opportunity_name", "account_name"]),
        (&contract["versions"][0], &["salesforce_content_version_id"]),
    ] {
        let of = of.as_object().unwrap();
        assert!(names.iter().all(|name| of.get(*name) == Some(&Value::Null)), "{of:?}");
    }
    assert_eq!(
        (&contract["versions"][0]["source"], &listed["sync_status"]),
        (&json!("upload"), &json!("not_linked")),
        "{contract}"
    );
}

#[tokio::test]
async fn a_dry_run_accepts_exactly_one_record_under_either_name() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    let ask = async |body: Value| -> Answer {
        let path = format!("/api/v1/integrations/organization/{}/dry-run", connected.connection["id"].as_str().unwrap());
        connected.server.send(Call::post(&path).cookie(&connected.admin.cookie).json(&body)).await
    };
    let address = format!("https://acme.lightning.force.com/lightning/r/Opportunity/{opportunity}/view");
    for body in [
        json!({"record_id": opportunity}),
        json!({"record_id": &opportunity[..15]}),
        json!({"record_id": address}),
        json!({"opportunity_id": opportunity}),
        json!({"opportunity_id": opportunity, "record_id": null}),
    ] {
        let answer = ask(body.clone()).await;
        assert_eq!(answer.status, 200, "{body} {answer:?}");
        let plan = answer.json();
        let deal = &plan["deal"];
        assert_eq!(
            (&deal["id"], &deal["name"], &deal["party_name"]),
            (&json!(opportunity), &json!("Rollout"), &Value::Null),
            "{deal}"
        );
        assert_eq!(deal["stage"], "Prospecting");
        let before = json!({"id": opportunity, "name": "Rollout", "account_name": null, "stage": "Prospecting"});
        assert_eq!((&plan["opportunity"], &plan["contract"]["action"]), (&before, &json!("create")), "{plan}");
    }
    for body in [
        json!({}),
        json!({"record_id": opportunity, "opportunity_id": opportunity}),
        json!({"record_id": ""}),
        json!({"record_id": "001ak00000OKNPH"}),
        json!({"record_id": "006ak00000OQ4RxAAK"}),
        json!({"opportunity_id": "x"}),
    ] {
        let answer = ask(body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{body} {answer:?}");
    }
    let answer = ask(json!({"record_id": "006ak00000OQ4Rx"})).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "opportunity_not_found"), "{answer:?}");
    connected.simulator.production().state().grants.revoke_all();
    let answer = ask(json!({"record_id": opportunity})).await;
    assert_eq!((answer.status, answer.code().as_str()), (502, "salesforce_unavailable"), "{answer:?}");
}

#[tokio::test]
async fn a_reconciliation_counts_its_records_under_both_names() {
    let connected = Connected::start(&[]).await;
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let comparison = get(&connected, &path).await["reconciliation"].clone();
    assert_eq!((&comparison["records"], &comparison["opportunities"]), (&json!(0), &json!(0)), "{comparison}");
}

#[tokio::test]
async fn dry_run_page_says_that_polling_skips_a_deal_in_another_stage() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    let path = format!("/integrations/{}/dry-run?record={opportunity}", connected.connection["id"].as_str().unwrap());
    let answer = connected.server.send(Call::get(&path).cookie(&connected.admin.cookie)).await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    let text = "Polling and Outbound Messages skip this Opportunity: The deal is in stage “Prospecting”, which starts no review. A \
                webhook call is not measured by the rule.";
    assert!(page.contains(text), "{page}");
}
