//! Deliveries of a connection: filters, steps, and repetition of the failed ones; the fact sheet.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use serde_json::{Value, json};

const UNKNOWN: [&str; 2] = ["006ak00000OQ4RxAAL", "006ak00000OQ4RyAAL"];

impl Connected {
    fn of_connection(&self, rest: &str) -> String {
        format!("/api/v1/integrations/organization/{}/{rest}", self.connection["id"].as_str().unwrap())
    }

    async fn read(&self, path: &str) -> Answer {
        self.server.send(Call::get(path).cookie(&self.admin.cookie)).await
    }

    async fn delivered(&self, opportunities: &[&str]) {
        let body = json!({"OrganizationId": self.organization(), "OpportunityIds": opportunities});
        let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &self.secret);
        assert_eq!(self.server.send(call.json(&body)).await.status, 202);
        while self.server.hub.run_one_job(false).await.unwrap() {}
    }

    async fn statuses(&self, query: &str) -> Vec<Value> {
        let answer = self.read(&self.of_connection(&format!("deliveries?{query}"))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["items"].as_array().unwrap().iter().map(|delivery| delivery["status"].clone()).collect()
    }

    async fn redeliver(&self, body: &Value) -> Answer {
        let call = Call::post(&self.of_connection("redeliver")).cookie(&self.admin.cookie);
        self.server.send(call.json(body)).await
    }
}

#[tokio::test]
async fn deliveries_are_filtered_by_status_and_time_and_failed_ones_run_again() {
    let connected = Connected::start(&[]).await;
    let opportunity = connected.opportunity("Rollout");
    connected.delivered(&[&UNKNOWN[..], &[opportunity.as_str()]].concat()).await;
    assert_eq!(connected.statuses("").await.len(), 3);
    assert_eq!(connected.statuses("status=failed").await, ["failed", "failed"]);
    assert_eq!(connected.statuses("status=done&since=2020-01-01T00:00:00Z").await, ["done"]);
    assert_eq!(connected.statuses("status=failed&since=2100-01-01T00:00:00Z").await, Vec::<Value>::new());
    assert_eq!(connected.statuses("status=failed&limit=1").await.len(), 1);
    for query in ["status=lost", "since=yesterday", "status=failed&limit=0"] {
        let answer = connected.read(&connected.of_connection(&format!("deliveries?{query}"))).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{query}");
    }
    for body in [
        json!({}),
        json!({"status": "done"}),
        json!({"status": "lost"}),
        json!({"status": "failed", "since": "yesterday"}),
        json!({"status": "failed", "until": "tomorrow"}),
    ] {
        assert_eq!(connected.redeliver(&body).await.status, 422, "{body}");
    }
    let none = connected.redeliver(&json!({"status": "failed", "until": "2020-01-01T00:00:00Z"})).await;
    assert_eq!((none.status, none.json()), (202, json!({"count": 0})));
    let both = connected.redeliver(&json!({"status": "failed", "since": "2020-01-01T00:00:00Z"})).await;
    assert_eq!((both.status, both.json()), (202, json!({"count": 2})));
    assert_eq!(connected.statuses("status=accepted").await.len(), 2);
}

#[tokio::test]
async fn a_delivery_shows_its_steps() {
    let connected = Connected::start(&[]).await;
    connected.delivered(&[&connected.opportunity("Rollout")]).await;
    let list = connected.read(&connected.of_connection("deliveries")).await.json();
    let delivery = &list["items"][0];
    let path = format!("/api/v1/deliveries/{}", delivery["id"].as_str().unwrap());
    let detail = connected.read(&path).await.json();
    for field in ["id", "status", "opportunity_id", "attempts", "contract_id", "received_at"] {
        assert_eq!(detail[field], delivery[field], "{field}");
    }
    assert_eq!((&detail["connection_id"], &detail["record_name"]), (&connected.connection["id"], &json!("Rollout")));
    let steps = detail["steps"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(names, ["received", "waiting", "deal_read", "files_listed", "files_listed", "no_file", "contract_stored"]);
    assert!(steps.iter().all(|step| step["duration_ms"].is_i64() && step["at"].is_string()), "{steps:?}");

    let page = format!("/deliveries/{}", delivery["id"].as_str().unwrap());
    let page = connected.server.send(Call::get(&page).cookie(&connected.admin.cookie).header("accept", "text/html")).await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert_eq!(page.status, 200);
    for part in ["Delivery of Rollout", "Deal read", "Contract stored", "/actions/redeliver"] {
        assert!(text.contains(part), "{part}");
    }
    let contract = delivery["contract_id"].as_str().unwrap();
    let timeline = connected.read(&format!("/api/v1/contracts/{contract}/timeline")).await.json();
    assert_eq!(timeline["items"][0]["delivery_id"], delivery["id"], "{timeline}");
}

#[tokio::test]
async fn the_fact_sheet_is_a_file_unless_json_is_accepted() {
    let connected = Connected::start(&[]).await;
    let sheet = |accept: Option<&str>| {
        let call = Call::get(&connected.of_connection("fact-sheet")).cookie(&connected.admin.cookie);
        match accept {
            Some(accept) => call.header("accept", accept),
            None => call,
        }
    };
    let json = connected.server.send(sheet(Some("application/json"))).await;
    assert_eq!((json.status, &json.headers["content-type"]), (200, &"application/json".parse().unwrap()));
    let facts = json.json();
    assert_eq!(facts["connection"]["external_account_id"], connected.organization());
    for accept in [None, Some("*/*"), Some("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8")] {
        let file = connected.server.send(sheet(accept)).await;
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert!(
            file.status == 200 && disposition.starts_with("attachment; filename=\"Salesforce fact sheet 20"),
            "{disposition}"
        );
        let text = String::from_utf8_lossy(&file.body).into_owned();
        assert!(text.starts_with("<!DOCTYPE html>") && !text.contains("<script"), "{text}");
        for field in ["LexiContract_Status__c", "StageName", "VersionData", "FirstPublishLocationId"] {
            assert!(text.contains(field), "{field}");
        }
        assert!(!text.contains(&connected.secret) && text.contains("AES-128-CBC") && text.contains("Revocation"), "{text}");
    }
}
