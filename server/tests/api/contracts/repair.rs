//! New versions, titles, links and the erasure of contracts, in the API and by forms without scripts.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use serde_json::{Value, json};

const MULTIPART: &str = "multipart/form-data; boundary=b";

fn part(name: &str, value: &str) -> String {
    format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(name: &str, content: &str) -> String {
    part(&format!("file\"; filename=\"{name}"), content)
}

struct Repair {
    connected: Connected,
    id: String,
}

impl Repair {
    async fn start() -> Self {
        let connected = Connected::start(&[]).await;
        let body = format!("{}{}--b--\r\n", part("title", "Agreement"), file("a.txt", "An agreement."));
        let call = Call::post("/api/v1/contracts").cookie(&connected.admin.cookie).header("content-type", MULTIPART).body(body);
        let id = connected.server.send(call).await.json()["id"].as_str().unwrap().to_owned();
        Self { connected, id }
    }

    async fn send(&self, method: &str, rest: &str, body: Option<Value>) -> Answer {
        let call = Call::new(method, &format!("/api/v1/contracts/{}{rest}", self.id)).cookie(&self.connected.admin.cookie);
        self.connected
            .server
            .send(match body {
                Some(body) => call.json(&body),
                None => call,
            })
            .await
    }

    async fn add_version(&self, content: &str) -> Answer {
        let call = Call::post(&format!("/api/v1/contracts/{}/versions", self.id)).cookie(&self.connected.admin.cookie);
        let call = call.header("content-type", MULTIPART).body(format!("{}--b--\r\n", file("b.txt", content)));
        self.connected.server.send(call).await
    }

    async fn submit(&self, action: &str, form: &str) -> Answer {
        let call = Call::post(&format!("/actions/{action}")).cookie(&self.connected.admin.cookie).header("accept", "text/html");
        let form = form.replace("{id}", &self.id);
        self.connected.server.send(call.header("content-type", "application/x-www-form-urlencoded").body(form)).await
    }

    /// The page at an address, opened with the cookies that a response has set.
    async fn page_after(&self, answer: &Answer) -> String {
        let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().split(';').next().unwrap());
        let cookies = cookies.fold(self.connected.admin.cookie.clone(), |all, cookie| format!("{all}; {cookie}"));
        let page = self.connected.server.send(Call::get(answer.location()).header("cookie", &cookies)).await;
        assert_eq!(page.status, 200, "{page:?}");
        String::from_utf8(page.body.to_vec()).unwrap()
    }
}

#[tokio::test]
async fn version_is_201_and_the_same_content_200() {
    let repair = Repair::start().await;
    let same = repair.add_version("An agreement.").await;
    assert_eq!((same.status, same.json()["versions"].as_array().unwrap().len()), (200, 1), "{same:?}");
    let new = repair.add_version("Another agreement.").await;
    let versions = &new.json()["versions"];
    assert_eq!((new.status, &versions[1]["number"], &versions[1]["source"]), (201, &json!(2), &json!("upload")), "{new:?}");
    let other = Call::post("/api/v1/contracts/ctr_0199/versions").cookie(&repair.connected.admin.cookie);
    let other = other.header("content-type", MULTIPART).body(format!("{}--b--\r\n", file("b.txt", "x")));
    assert_eq!(repair.connected.server.send(other).await.status, 404);
    let missing = Call::post(&format!("/api/v1/contracts/{}/versions", repair.id)).cookie(&repair.connected.admin.cookie);
    assert_eq!(repair.connected.server.send(missing.header("content-type", MULTIPART).body("--b--\r\n")).await.status, 422);
}

#[tokio::test]
async fn a_repeated_version_form_has_one_effect() {
    let repair = Repair::start().await;
    let upload = || {
        let call = Call::post(&format!("/actions/upload_version/{}", repair.id)).cookie(&repair.connected.admin.cookie);
        let body = format!("{}{}--b--\r\n", part("form_id", "1"), file("b.txt", "Another agreement."));
        repair.connected.server.send(call.header("accept", "text/html").header("content-type", MULTIPART).body(body))
    };
    let address = format!("/contracts/{}?done=version_uploaded", repair.id);
    assert_eq!(upload().await.location(), address);
    assert_eq!(upload().await.location(), address);
    let contract = repair.send("GET", "", None).await.json();
    assert_eq!(contract["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn title_is_changed_by_api_and_form() {
    let repair = Repair::start().await;
    let changed = repair.send("PATCH", "", Some(json!({"title": "NDA"}))).await;
    assert_eq!((changed.status, &changed.json()["title"]), (200, &json!("NDA")), "{changed:?}");
    let outdated = repair.send("PATCH", "", Some(json!({"title": "MSA", "seen_title": "Agreement"}))).await;
    assert_eq!((outdated.status, outdated.code().as_str()), (409, "changed_meanwhile"));
    for bad in [json!({"title": ""}), json!({}), json!({"title": "x", "negotiation_status": "signed"})] {
        assert_eq!(repair.send("PATCH", "", Some(bad.clone())).await.status, 422, "{bad}");
    }
    let saved = repair.submit("change_title", "contract={id}&title=MSA&seen=NDA").await;
    assert_eq!(saved.location(), format!("/contracts/{}?done=title_saved", repair.id));
    let rejected = repair.submit("change_title", "contract={id}&title=%20&seen=MSA").await;
    let page = repair.page_after(&rejected).await;
    assert!(page.contains("The title must have 1 to 255 characters."), "{page}");
}

#[tokio::test]
async fn link_is_set_replaced_and_removed() {
    let repair = Repair::start().await;
    let connection = repair.connected.connection["id"].as_str().unwrap().to_owned();
    let deal = repair.connected.opportunity("Rollout");
    let link = |record: &str| repair.send("PUT", "/link", Some(json!({"connection_id": connection, "record_id": record})));
    let linked = link(&deal).await;
    assert_eq!((linked.status, &linked.json()["links"][0]["record_id"]), (200, &json!(deal)), "{linked:?}");
    assert_eq!(linked.json()["opportunity_name"], "Rollout");
    let unknown = link("006000000000000AAA").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "opportunity_not_found"));
    assert_eq!(link("nonsense").await.status, 422);
    let body = json!({"connection_id": "con_0199", "record_id": deal});
    assert_eq!(repair.send("PUT", "/link", Some(body)).await.status, 404);
    for _ in 0..2 {
        assert_eq!(repair.send("DELETE", "/link", None).await.status, 204);
    }
    assert_eq!(repair.send("GET", "", None).await.json()["links"], json!([]));
    let form = format!("contract={{id}}&connection={connection}&record={deal}&form_id=1");
    let saved = repair.submit("link_contract", &form).await;
    assert_eq!(saved.location(), format!("/contracts/{}?done=contract_linked", repair.id));
    let form = format!("contract={{id}}&connection={connection}&record=006000000000000AAA&form_id=2");
    let page = repair.page_after(&repair.submit("link_contract", &form).await).await;
    assert!(page.contains("has no such"), "{page}");
    let removed = repair.submit("unlink_contract", "contract={id}").await;
    assert_eq!(removed.location(), format!("/contracts/{}?done=contract_unlinked", repair.id));
}

#[tokio::test]
async fn deal_of_another_contract_is_409() {
    let repair = Repair::start().await;
    let connection = repair.connected.connection["id"].as_str().unwrap().to_owned();
    let deal = repair.connected.opportunity("Rollout");
    let call = json!({"OrganizationId": repair.connected.organization(), "OpportunityId": deal});
    let path = "/api/v1/integrations/salesforce/webhook";
    let server = &repair.connected.server;
    server.send(Call::post(path).header("x-webhook-secret", &repair.connected.secret).json(&call)).await;
    while server.hub.run_one_job(false).await.unwrap() {}
    let body = json!({"connection_id": connection, "record_id": deal});
    let taken = repair.send("PUT", "/link", Some(body)).await;
    assert_eq!((taken.status, taken.code().as_str()), (409, "record_linked"));
}

#[tokio::test]
async fn erased_contract_is_404_everywhere() {
    let repair = Repair::start().await;
    let asked = repair
        .connected
        .server
        .send(Call::get(&format!("/contracts/{}/erase", repair.id)).cookie(&repair.connected.admin.cookie));
    let page = String::from_utf8(asked.await.body.to_vec()).unwrap();
    assert!(page.contains("What is erased") && page.contains("1 version with its file, text and findings"), "{page}");
    let routes = [
        ("GET", "", None),
        ("PATCH", "", Some(json!({"title": "x"}))),
        ("GET", "/timeline", None),
        ("GET", "/versions/1/file", None),
        ("PUT", "/status", Some(json!({"negotiation_status": "signed"}))),
        ("POST", "/sync", None),
        ("GET", "/deal-files", None),
        ("PUT", "/file", Some(json!({"file_id": "068000000000001AAA"}))),
        ("PUT", "/link", Some(json!({"connection_id": repair.connected.connection["id"], "record_id": "006ak00000OQ4RxAAL"}))),
        ("DELETE", "/link", None),
        ("POST", "/versions/1/file-back", None),
        ("DELETE", "/attention/newer_version", None),
    ];
    for (method, rest, body) in routes.clone() {
        let answer = repair.send(method, rest, body).await;
        assert!(answer.status != 404 || answer.json()["code"] != "not_found", "{method} {rest} exists: {answer:?}");
    }
    assert_eq!(repair.send("DELETE", "", None).await.status, 204);
    for (method, rest, body) in routes.into_iter().chain([("DELETE", "", None)]) {
        let answer = repair.send(method, rest, body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{method} {rest} {answer:?}");
    }
    assert_eq!(repair.add_version("x").await.status, 404);
}

#[tokio::test]
async fn erasure_form_shows_a_receipt_once() {
    let repair = Repair::start().await;
    let first = repair.submit("erase_contract", "contract={id}&form_id=1").await;
    assert_eq!(first.location(), "/contracts?done=contract_erased");
    let second = repair.submit("erase_contract", "contract={id}&form_id=1").await;
    assert_eq!(second.location(), first.location(), "a double click");
    let page = repair.page_after(&first).await;
    assert!(page.contains("erasure-receipt") && page.contains(&repair.id), "{page}");
    assert!(!page.contains("Agreement"), "{page}");
    let again = repair.submit("erase_contract", "contract={id}&form_id=2").await;
    assert!(again.location().ends_with("/erase?problem=not_found"), "{}", again.location());
}
