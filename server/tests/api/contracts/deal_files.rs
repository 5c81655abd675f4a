//! The files of a contract's deal, in the API and on the page.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use salesforce_simulator::state::files::{self, NewFile};
use serde_json::{Value, json};

struct Deal {
    connected: Connected,
    /// Path of the contract, without the prefix of the API.
    contract: String,
    older: String,
    picture: String,
}

impl Deal {
    /// Delivers a deal with two agreements and a newer picture.
    async fn start() -> Self {
        let connected = Connected::start(&[]).await;
        let opportunity = connected.opportunity("Rollout");
        let attach = |name: &str, day: u8, bytes: &'static [u8]| {
            let file = NewFile {
                file_name: name.to_owned(),
                bytes: bytes.into(),
                modified_at: format!("2026-11-{day:02}T10:00:00.000+0000"),
                ..NewFile::default()
            };
            files::attach(&mut connected.simulator.production().state(), &opportunity, &file).version_id
        };
        let older = attach("Older.txt", 1, b"An older agreement.");
        attach("Newer.txt", 2, b"A newer agreement.");
        let picture = attach("<logo>.png", 3, b"\x89PNG");
        let call = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity});
        let path = "/api/v1/integrations/salesforce/webhook";
        let answer = connected.server.send(Call::post(path).header("x-webhook-secret", &connected.secret).json(&call)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let mut deal = Self { connected, contract: String::new(), older, picture };
        deal.run_jobs().await;
        let contracts = deal.get("/api/v1/contracts").await.json();
        deal.contract = format!("/contracts/{}", contracts["items"][0]["id"].as_str().unwrap());
        deal
    }

    async fn run_jobs(&self) {
        while self.connected.server.hub.run_one_job(false).await.unwrap() {}
    }

    async fn get(&self, path: &str) -> Answer {
        self.connected.server.send(Call::get(path).cookie(&self.connected.admin.cookie)).await
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn choose(&self, body: &Value) -> Answer {
        let call = Call::new("PUT", &format!("/api/v1{}/file", self.contract)).cookie(&self.connected.admin.cookie);
        self.connected.server.send(call.json(body)).await
    }

    async fn file_names(&self) -> Vec<Value> {
        let contract = self.get(&format!("/api/v1{}", self.contract)).await.json();
        contract["versions"].as_array().unwrap().iter().map(|version| version["file_name"].clone()).collect()
    }
}

#[tokio::test]
async fn a_member_lists_the_files_of_a_deal_and_imports_one() {
    let deal = Deal::start().await;
    let listed = deal.get(&format!("/api/v1{}/deal-files", deal.contract)).await.json();
    assert_eq!(
        listed["items"][0],
        json!({
            "id": deal.picture, "name": "<logo>.png", "size_bytes": 4, "modified_at": "2026-11-03T10:00:00.000Z",
            "is_current": false, "is_usable": false,
            "reason": "It is a picture. This connection imports documents: PDF, DOCX, DOC, ODT, RTF and TXT."
        })
    );
    let column = |name: &str| listed["items"].as_array().unwrap().iter().map(|file| file[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("name"), ["<logo>.png", "Newer.txt", "Older.txt"]);
    assert_eq!(column("is_current"), [false, true, false]);
    let answer = deal.choose(&json!({"file_id": deal.older})).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let delivery = answer.json();
    assert_eq!((&delivery["status"], &delivery["origin"]), (&json!("accepted"), &json!("user")), "{delivery}");
    deal.run_jobs().await;
    assert_eq!(deal.file_names().await, ["Newer.txt", "Older.txt"]);
    for body in [json!({}), json!({"file_id": ""}), json!({"file_id": "x".repeat(256)})] {
        let answer = deal.choose(&body).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{body} {answer:?}");
    }
}

#[tokio::test]
async fn a_form_without_javascript_imports_another_file() {
    let deal = Deal::start().await;
    let link = format!("href=\"{}/files\"", deal.contract);
    assert!(deal.page(&deal.contract).await.contains(&link));
    let viewer = deal.connected.server.colleague(&deal.connected.admin, "vi", "viewer").await;
    let server = &deal.connected.server;
    let seen = server.send(Call::get(&deal.contract).cookie(&viewer.cookie)).await;
    assert!(!String::from_utf8_lossy(&seen.body).contains(&link), "a viewer has no link");
    let page = deal.page(&format!("{}/files", deal.contract)).await;
    for part in ["&lt;logo&gt;.png", "It is a picture.", "This is the current version.", "Import this file", "name=\"form_id\""] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let submit = async |file: &str| {
        let body = format!("contract={}&file={file}&form_id=1{file}", deal.contract.rsplit('/').next().unwrap());
        let form = Call::post("/actions/choose_file").cookie(&deal.connected.admin.cookie).header("accept", "text/html");
        server.send(form.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    };
    let empty = submit("").await;
    assert_eq!(empty.location(), format!("{}/files?problem=file_id", deal.contract));
    assert!(deal.page(empty.location()).await.contains("Choose one of the files in the list."));
    let done = submit(&deal.older).await;
    assert_eq!(done.location(), format!("{}?done=file_chosen", deal.contract));
    assert!(deal.page(done.location()).await.contains("The file is being imported"));
    deal.run_jobs().await;
    assert_eq!(deal.file_names().await, ["Newer.txt", "Older.txt"]);
}

#[tokio::test]
async fn the_page_says_why_the_files_of_a_deal_cannot_be_listed() {
    let deal = Deal::start().await;
    deal.connected.simulator.production().state().grants.revoke_all();
    let listed = deal.get(&format!("/api/v1{}/deal-files", deal.contract)).await;
    assert_eq!((listed.status, listed.code().as_str()), (502, "salesforce_unavailable"), "{listed:?}");
    let page = deal.page(&format!("{}/files", deal.contract)).await;
    assert!(page.contains("The provider does not respond as expected") && !page.contains("Import this file"), "{page}");
}
