//! Polling on the page of a connection.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use lexicontract::clock::Clock;
use lexicontract::domain::time::Timestamp;
use salesforce_simulator::state::faults::Fault;
use serde_json::{Value, json};
use std::time::Duration;

impl Connected {
    /// Runs the poll that is due after an interval of a minute.
    async fn next_poll(&self) {
        self.server.hub.clock().advance(Duration::from_secs(60));
        assert_eq!(self.server.hub.schedule_polls().await.unwrap(), 1);
        while self.server.hub.run_one_job(false).await.unwrap() {}
    }

    async fn fingerprint(&self, subject: &Value) -> Value {
        let call = Call::post("/actions/fingerprint")
            .cookie(&self.admin.cookie)
            .header("accept", "application/json")
            .json(&json!({"subject": subject}));
        let answer = self.server.send(call).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// The text about polling in the section "How Opportunities are found" of the connection's page, without markup.
    async fn polling_way(&self) -> String {
        let path = format!("/integrations/{}", self.connection["id"].as_str().unwrap());
        let answer = self.server.send(Call::get(&path).cookie(&self.admin.cookie)).await;
        let page = String::from_utf8(answer.body.to_vec()).unwrap();
        let text: String = page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect();
        let (_, ways) = text.split_once("How Opportunities are found").unwrap();
        ways.split_once("Outbound Message").unwrap().0.to_owned()
    }

    async fn change(&self, body: &Value) {
        let path = format!("/api/v1/integrations/organization/{}", self.connection["id"].as_str().unwrap());
        let call = Call::new("PATCH", &path).cookie(&self.admin.cookie).json(body);
        assert_eq!(self.server.send(call).await.status, 200);
    }
}

#[tokio::test]
async fn poll_that_finds_nothing_does_not_refresh_the_pages() {
    let connected = Connected::at(Clock::fixed(Timestamp::parse("2026-11-22T16:00:00Z").unwrap()), &[]).await;
    let subjects = [json!({"Connection": connected.connection["id"]}), json!({"Board": {"receipt": null}})];
    let fingerprints = async || [connected.fingerprint(&subjects[0]).await, connected.fingerprint(&subjects[1]).await];
    let before = fingerprints().await;
    connected.next_poll().await;
    let first = fingerprints().await;
    assert!(first[0] != before[0], "the first poll completes a step of the setup");
    for _ in 0..3 {
        connected.next_poll().await;
        assert_eq!(fingerprints().await, first);
    }
    connected.change(&json!({"metadata": {"poll_seconds": 300}})).await;
    assert!(fingerprints().await[0] != first[0], "the interval has changed");
}

#[tokio::test]
async fn page_says_whether_the_connection_is_polled() {
    let connected = Connected::at(Clock::fixed(Timestamp::parse("2026-11-22T16:00:00Z").unwrap()), &[]).await;
    assert!(connected.polling_way().await.contains("Ready"));
    connected.next_poll().await;
    let works = connected.polling_way().await;
    assert!(works.contains("In use") && works.contains("every minute"), "{works}");
    let body = Some(json!([{"errorCode": "INVALID_TYPE", "message": "sObject type 'Opportunity' is not supported."}]));
    let hidden = Fault { path_contains: "/query".to_owned(), status: Some(400), body, times: 10, ..Fault::default() };
    connected.simulator.production().state().faults.order(vec![hidden]);
    connected.next_poll().await;
    let failing = connected.polling_way().await;
    assert!(failing.contains("Failing") && !failing.contains("In use"), "{failing}");
    connected.change(&json!({"is_enabled": false})).await;
    let paused = connected.polling_way().await;
    assert!(paused.contains("Paused") && paused.contains("until an admin resumes the connection"), "{paused}");
    assert!(!paused.contains("every minute"), "{paused}");
}
