//! Filing of versions at the provider, in the API and on the page.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use lexicontract::db::Db;
use lexicontract::db::contracts::versions::{self, UPLOAD, VersionRow};
use lexicontract::domain::ids::{OrganizationId, VersionId};
use salesforce_simulator::state::files::{self, NewFile};
use serde_json::{Value, json};

struct Deal {
    connected: Connected,
    opportunity: String,
    /// Path of the contract, without the prefix of the API.
    contract: String,
}

impl Deal {
    /// Delivers a deal with a file, and adds an uploaded version to its contract.
    async fn start() -> Self {
        let connected = Connected::start(&[]).await;
        let opportunity = connected.opportunity("Rollout");
        let file = NewFile {
            file_name: "Agreement.txt".to_owned(),
            bytes: "An agreement.".into(),
            modified_at: "2026-11-01T10:00:00.000+0000".to_owned(),
            ..NewFile::default()
        };
        files::attach(&mut connected.simulator.production().state(), &opportunity, &file);
        let call = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity});
        let path = "/api/v1/integrations/salesforce/webhook";
        let answer = connected.server.send(Call::post(path).header("x-webhook-secret", &connected.secret).json(&call)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let mut deal = Self { connected, opportunity, contract: String::new() };
        deal.run_jobs().await;
        let contracts = deal.get("/api/v1/contracts").await.json();
        deal.contract = format!("/contracts/{}", contracts["items"][0]["id"].as_str().unwrap());
        deal.add_version().await;
        deal
    }

    /// Stores a copy of version 1 as an uploaded version 2.
    async fn add_version(&self) {
        let hub = &self.connected.server.hub;
        let organization: OrganizationId = self.connected.admin.me["organization"]["id"].as_str().unwrap().parse().unwrap();
        let id = self.contract.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = Db::connect(&hub.config().database_url).await.unwrap().begin().await.unwrap();
        let first = versions::latest(&mut tx, &organization, &id).await.unwrap().unwrap();
        let copy = VersionId::from_suffix("01a204d238cc77609c070b5a04bf6685");
        let folder = hub.document_folder().unwrap().join(organization.as_str());
        std::fs::copy(folder.join(first.id.as_str()), folder.join(copy.as_str())).unwrap();
        let uploaded = VersionRow { id: copy, number: 2, source: UPLOAD.to_owned(), remote_id: None, ..first };
        versions::insert(&mut tx, &uploaded).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn patch(&self, body: &Value) -> Answer {
        let path = format!("/api/v1/integrations/organization/{}", self.connected.connection["id"].as_str().unwrap());
        self.connected.server.send(Call::new("PATCH", &path).cookie(&self.connected.admin.cookie).json(body)).await
    }

    async fn run_jobs(&self) {
        while self.connected.server.hub.run_one_job(false).await.unwrap() {}
    }

    async fn get(&self, path: &str) -> Answer {
        self.connected.server.send(Call::get(path).cookie(&self.connected.admin.cookie)).await
    }

    async fn page(&self) -> String {
        let answer = self.get(&self.contract).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn approve(&self) {
        let call = Call::new("PUT", &format!("/api/v1{}/status", self.contract)).cookie(&self.connected.admin.cookie);
        let answer = self.connected.server.send(call.json(&json!({"negotiation_status": "approved"}))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn file_back(&self, number: i64) -> Answer {
        let path = format!("/api/v1{}/versions/{number}/file-back", self.contract);
        self.connected.server.send(Call::post(&path).cookie(&self.connected.admin.cookie)).await
    }

    async fn filed(&self) -> Value {
        self.get(&format!("/api/v1{}", self.contract)).await.json()["versions"][1]["filed"].clone()
    }

    fn files(&self) -> Vec<Value> {
        files::of_record(&self.connected.simulator.production().state(), &self.opportunity)
    }
}

#[tokio::test]
async fn approved_version_is_filed_and_shown() {
    let deal = Deal::start().await;
    let settings = json!({"metadata": {"file_back": {"on": ["signed", "approved", "approved"]}}});
    let changed = deal.patch(&settings).await;
    assert_eq!(changed.json()["metadata"]["file_back"], json!({"on": ["approved", "signed"]}), "{changed:?}");
    deal.approve().await;
    assert_eq!(deal.filed().await["status"], "pending");
    assert!(deal.page().await.contains("Filing in Salesforce"));
    deal.run_jobs().await;
    let [file] = deal.files().try_into().unwrap();
    assert_eq!(file["version_number"], "2");
    let filed = deal.filed().await;
    assert_eq!((&filed["status"], &filed["remote_id"]), (&json!("filed"), &file["version_id"]), "{filed}");
    assert!(filed["filed_at"].is_string() && filed["error"].is_null() && filed["attempts"] == 1, "{filed}");
    let page = deal.page().await;
    assert!(page.contains("Filed in Salesforce") && !page.contains("File in Salesforce"), "{page}");
    let timeline = deal.get(&format!("/api/v1{}/timeline?limit=100", deal.contract)).await.json();
    let kinds: Vec<&str> = timeline["items"].as_array().unwrap().iter().filter_map(|line| line["kind"].as_str()).collect();
    assert!(kinds.contains(&"version_filed"), "{kinds:?}");
}

#[tokio::test]
async fn version_is_filed_on_request_and_again_after_a_failure() {
    let deal = Deal::start().await;
    let undecided = deal.file_back(2).await;
    assert_eq!((undecided.status, &undecided.json()["code"]), (409, &json!("cannot_file")), "{undecided:?}");
    assert_eq!(deal.file_back(9).await.status, 404);
    deal.approve().await;
    deal.run_jobs().await;
    assert_eq!(deal.filed().await, Value::Null, "the setting is off");
    let page = deal.page().await;
    assert!(page.contains("File in Salesforce") && page.contains("action=\"/actions/file_version\""), "{page}");
    deal.connected.simulator.production().state().can_create_files = false;
    let requested = deal.file_back(2).await;
    assert_eq!(
        (requested.status, &requested.json()["versions"][1]["filed"]["status"]),
        (202, &json!("pending")),
        "{requested:?}"
    );
    deal.run_jobs().await;
    let failed = deal.filed().await;
    assert_eq!(failed["status"], "failed", "{failed}");
    let page = deal.page().await;
    for words in ["Version 2 could not be filed", "Collaborator", "Try again", "Not filed in Salesforce"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    deal.connected.simulator.production().state().can_create_files = true;
    let id = deal.contract.rsplit('/').next().unwrap();
    let form = Call::post("/actions/file_version").cookie(&deal.connected.admin.cookie);
    let again = deal
        .connected
        .server
        .send(form.header("content-type", "application/x-www-form-urlencoded").body(format!("contract={id}&version=2")))
        .await;
    assert!(again.location().ends_with("?done=filing_requested"), "{again:?}");
    deal.run_jobs().await;
    assert_eq!(deal.filed().await["status"], "filed");
    assert_eq!(deal.file_back(2).await.status, 202, "filed already");
    deal.run_jobs().await;
    assert_eq!(deal.files().len(), 1);
}

#[tokio::test]
async fn capability_and_settings_are_described() {
    let deal = Deal::start().await;
    let catalogue = deal.get("/api/v1/integrations/").await.json();
    for entry in catalogue.as_array().unwrap() {
        let has = entry["capabilities"].as_array().unwrap().contains(&json!("file_back"));
        assert_eq!(has, entry["slug"] == "salesforce", "{entry}");
    }
    for (value, detail) in [
        (json!({"on": ["rejected"]}), "unknown variant `rejected`"),
        (json!({}), "missing field `on`"),
        (json!({"on": [], "in": []}), "unknown field `in`"),
    ] {
        let rejected = deal.patch(&json!({"metadata": {"file_back": value}})).await;
        assert_eq!(rejected.status, 422, "{value}");
        let shown = rejected.json()["detail"].as_str().unwrap().to_owned();
        assert!(shown.contains("`metadata.file_back`") && shown.contains(detail), "{shown}");
    }
    for off in [Value::Null, json!({"on": []})] {
        let changed = deal.patch(&json!({"metadata": {"file_back": off}})).await;
        assert_eq!(changed.json()["metadata"]["file_back"], Value::Null, "{changed:?}");
    }
}
