//! What needs attention: in responses, as a filter, on pages, and the dismissal of a newer version.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use salesforce_simulator::state::files::{self, NewFile};
use serde_json::{Value, json};

/// An organization with a contract that was signed before a newer version arrived, and a contract without a file.
struct Fixture {
    connected: Connected,
    signed: String,
    empty: String,
}

impl Fixture {
    async fn start() -> Self {
        let connected = Connected::start(&[]).await;
        let (rollout, bare) = (connected.opportunity("Rollout"), connected.opportunity("Bare"));
        let mut fixture = Self { connected, signed: String::new(), empty: String::new() };
        fixture.attach(&rollout, 1);
        fixture.signed = fixture.deliver(&rollout).await;
        let path = format!("/api/v1/contracts/{}/status", fixture.signed);
        let signed = fixture.call("PUT", &path).json(&json!({"negotiation_status": "signed"}));
        assert_eq!(fixture.connected.server.send(signed).await.status, 200);
        fixture.attach(&rollout, 2);
        fixture.deliver(&rollout).await;
        fixture.empty = fixture.deliver(&bare).await;
        fixture
    }

    fn attach(&self, opportunity: &str, day: u8) {
        let file = NewFile {
            file_name: "Agreement.txt".to_owned(),
            bytes: format!("Agreement {day}").into_bytes().into(),
            modified_at: format!("2026-11-0{day}T10:00:00.000+0000"),
            ..NewFile::default()
        };
        files::attach(&mut self.connected.simulator.production().state(), opportunity, &file);
    }

    /// Delivers an Opportunity. Returns the id of its contract.
    async fn deliver(&self, opportunity: &str) -> String {
        let body = json!({"OrganizationId": self.connected.organization(), "OpportunityId": opportunity});
        let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &self.connected.secret);
        assert_eq!(self.connected.server.send(call.json(&body)).await.status, 202);
        while self.connected.server.hub.run_one_job(false).await.unwrap() {}
        let contracts = self.get("/api/v1/contracts").await["items"].as_array().unwrap().clone();
        let of = contracts.iter().find(|contract| contract["salesforce_opportunity_id"] == opportunity);
        of.expect("it is listed")["id"].as_str().unwrap().to_owned()
    }

    fn call(&self, method: &'static str, path: &str) -> Call {
        Call::new(method, path).cookie(&self.connected.admin.cookie)
    }

    async fn get(&self, path: &str) -> Value {
        self.connected.server.send(self.call("GET", path)).await.json()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.connected.server.send(self.call("GET", path)).await;
        String::from_utf8(answer.body.into()).unwrap()
    }

    async fn attention(&self, contract: &str) -> Value {
        self.get(&format!("/api/v1/contracts/{contract}")).await["attention"].clone()
    }

    /// Ids of the contracts that the filter selects.
    async fn filtered(&self, attention: &str) -> Vec<String> {
        let found = self.get(&format!("/api/v1/contracts/?attention={attention}")).await;
        found["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn attention_is_shown_and_filters_the_list() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.attention(&fixture.signed).await, json!(["newer_version"]));
    assert_eq!(fixture.attention(&fixture.empty).await, json!(["needs_file"]));
    let items = fixture.get("/api/v1/contracts").await["items"].clone();
    assert_eq!((&items[0]["attention"], &items[1]["attention"]), (&json!(["needs_file"]), &json!(["newer_version"])));
    assert_eq!(fixture.filtered("newer_version").await, [fixture.signed.as_str()]);
    assert_eq!(fixture.filtered("needs_file").await, [fixture.empty.as_str()]);
    for none in ["unread_pages", "sync_failed", "analysis_failed"] {
        assert!(fixture.filtered(none).await.is_empty(), "{none}");
    }
    assert_eq!(fixture.filtered("").await.len(), 2, "an empty value does not filter");
    let unknown = fixture.connected.server.send(fixture.call("GET", "/api/v1/contracts/?attention=signed")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (422, "invalid_field"), "{unknown:?}");
}

#[tokio::test]
async fn newer_version_is_dismissed_once() {
    let fixture = Fixture::start().await;
    let path = format!("/api/v1/contracts/{}/attention/newer_version", fixture.signed);
    let stranger = fixture.connected.server.admin("eve").await;
    let foreign = fixture.connected.server.send(Call::new("DELETE", &path).cookie(&stranger.cookie)).await;
    assert_eq!(foreign.status, 404, "{foreign:?}");
    for _ in 0..2 {
        let answer = fixture.connected.server.send(fixture.call("DELETE", &path)).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{answer:?}");
        assert_eq!(fixture.attention(&fixture.signed).await, json!([]));
    }
    let other = format!("/api/v1/contracts/{}/attention/needs_file", fixture.empty);
    assert_eq!(fixture.connected.server.send(fixture.call("DELETE", &other)).await.status, 404);
}

#[tokio::test]
async fn pages_show_attention_and_dismiss_it_without_scripts() {
    let fixture = Fixture::start().await;
    let list = fixture.page("/contracts?attention=newer_version").await;
    assert!(list.contains("Rollout") && list.contains("Newer version") && !list.contains(">Bare<"), "{list}");
    let page = format!("/contracts/{}", fixture.signed);
    let shown = fixture.page(&page).await;
    assert!(shown.contains("A newer version arrived") && shown.contains("/actions/dismiss_newer_version"), "{shown}");
    assert!(fixture.page(&format!("/contracts/{}", fixture.empty)).await.contains("The deal has no usable file."));
    let form = fixture.call("POST", "/actions/dismiss_newer_version").header("accept", "text/html");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(format!("contract={}", fixture.signed));
    let answer = fixture.connected.server.send(form).await;
    assert_eq!(answer.location(), format!("{page}?done=notice_dismissed"), "{answer:?}");
    assert!(!fixture.page(&page).await.contains("/actions/dismiss_newer_version"));
}
