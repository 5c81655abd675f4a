//! An organization with two contracts, two connections and three users. The clock is fixed, so that the pages are the same in
//! every run.

use crate::support::call::{Answer, Call};
use crate::support::providers::simulate_other_providers;
use crate::support::salesforce::Connected;
use lexicontract::clock::Clock;
use lexicontract::db::contracts::analyses;
use lexicontract::domain::contract::analysis::{Clause, ClauseKind, Findings, Risk, Severity};
use salesforce_simulator::state::files::{self, NewFile};
use serde_json::{Value, json};
use std::time::Duration;
use test_support::databases::Opened;
use test_support::fixture::BEGINNING;

const TEXTS: [&str; 2] = [
    "SUPPLY AGREEMENT\nThis agreement is governed by the laws of New York.\nThe customer pays within 30 days.",
    "SUPPLY AGREEMENT\nThis agreement is governed by the laws of Delaware.\nThe customer pays within 30 days.",
];

pub struct Fixture {
    pub connected: Connected,
    pub invitation: String,
    /// The token of a connect link for a sandbox.
    pub connect_link: String,
    pub contract: String,
    pub delivery: String,
    pub opportunity: String,
}

impl Fixture {
    pub async fn new(opened: &Opened) -> Self {
        let files = format!("file://{}/files", opened.folder.display());
        let providers = simulate_other_providers().await;
        let settings =
            [("DATABASE_URL", opened.url.expose().as_str()), ("STORAGE_URL", &files), ("PIPEDRIVE_API_URL", &providers)];
        let connected = Connected::at(Clock::fixed(BEGINNING), &settings).await;
        let opportunity = connected.opportunity("Platform rollout");
        let (invitation, connect_link, contract, delivery) = Default::default();
        let mut fixture = Self { connected, opportunity, invitation, connect_link, contract, delivery };
        fixture.add_users().await;
        fixture.post("/api/v1/integrations/organization/int_pipedrive", &json!({"api_key": "k"})).await;
        for (number, text) in TEXTS.iter().enumerate() {
            fixture.deliver(number, text).await;
        }
        fixture.contract = fixture.get("/api/v1/contracts").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        fixture.analyse(opened).await;
        let status = Call::new("PUT", &format!("/api/v1/contracts/{}/status", fixture.contract));
        let answer = fixture.send(status.json(&json!({"negotiation_status": "in_review"}))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        fixture.run_jobs().await;
        fixture.upload().await;
        fixture.add_connect_link().await;
        fixture.delivery = fixture.newest_delivery().await;
        fixture
    }

    async fn newest_delivery(&self) -> String {
        let path = format!("/api/v1/integrations/organization/{}/deliveries", self.connected.connection["id"].as_str().unwrap());
        let list = self.connected.server.send(Call::get(&path).cookie(&self.connected.admin.cookie)).await.json();
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Call::get(path)).await
    }

    /// Sends a request of the admin. Advances the clock first, so that each request has a different time.
    async fn send(&self, call: Call) -> Answer {
        self.connected.server.hub.clock().advance(Duration::from_secs(60));
        self.connected.server.send(call.cookie(&self.connected.admin.cookie)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.send(Call::post(path).json(body)).await;
        assert_eq!(answer.status, 201, "{path} {answer:?}");
        answer.json()
    }

    async fn add_users(&mut self) {
        self.connected.server.colleague(&self.connected.admin, "bo", "member").await;
        let invited = self.post("/api/v1/users", &json!({"email": "cy@example.com", "name": "cy", "role": "viewer"})).await;
        self.invitation = invited["invitation_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        self.post("/api/v1/tokens", &json!({"name": "build"})).await;
    }

    async fn add_connect_link(&mut self) {
        let call = Call::post("/api/v1/integrations/organization/connect-links").cookie(&self.connected.admin.cookie);
        let body = json!({"integration_id": "int_salesforce", "environment": "sandbox"});
        let created = self.connected.server.send(call.json(&body)).await.json();
        self.connect_link = created["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    }

    /// Attaches a file to the Opportunity and delivers it.
    async fn deliver(&self, number: usize, text: &'static str) {
        let file = NewFile {
            file_name: "Supply Agreement.txt".to_owned(),
            bytes: text.into(),
            modified_at: format!("2026-11-2{number}T10:00:00.000+0000"),
            ..NewFile::default()
        };
        files::attach(&mut self.connected.simulator.production().state(), &self.opportunity, &file);
        let call = json!({"OrganizationId": self.connected.organization(), "OpportunityId": self.opportunity});
        let post = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &self.connected.secret);
        let answer = self.send(post.json(&call)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.run_jobs().await;
    }

    /// Stores an analysis of each version.
    async fn analyse(&self, opened: &Opened) {
        let organization = self.connected.admin.me["organization"]["id"].as_str().unwrap().parse().unwrap();
        let mut tx = opened.db.begin().await.unwrap();
        let rows = analyses::of_contract(&mut tx, &organization, &self.contract.parse().unwrap()).await.unwrap();
        for row in rows {
            let now = self.connected.server.hub.clock().now();
            analyses::complete(&mut tx, &organization, &row.version_id, &findings(), TEXTS[0], false, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn upload(&self) {
        let form = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNon-disclosure agreement\r\n\
            --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"nda.txt\"\r\n\r\nAn agreement.\r\n--b--\r\n";
        let post = Call::post("/api/v1/contracts").header("content-type", "multipart/form-data; boundary=b").body(form);
        let answer = self.send(post).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// Runs all due jobs except analyses.
    async fn run_jobs(&self) {
        while self.connected.server.hub.run_one_job(false).await.unwrap() {}
    }
}

fn findings() -> Findings {
    let law = "This agreement is governed by the laws of New York.";
    Findings {
        summary: "A supply agreement under the laws of New York.".to_owned(),
        clauses: vec![Clause {
            kind: ClauseKind::GoverningLaw,
            text: law.to_owned(),
            start: 17,
            end: 17 + law.len() as i64,
            confidence: 0.9,
        }],
        risks: vec![Risk {
            severity: Severity::High,
            title: "No limit on liability".to_owned(),
            explanation: "The agreement does not limit the liability of either party.".to_owned(),
            clause_kind: None,
        }],
        engine: "embedded".to_owned(),
    }
}
