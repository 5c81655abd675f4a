//! Deals that are in a trigger stage and have no contract: the preview, the import, and the page.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::Person;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::opportunities::{self, NewOpportunity};
use salesforce_simulator::state::record_types;
use serde_json::{Value, json};
use url::form_urlencoded;

const STAGE: &str = "Needs Legal Review";
const WITH_COMMA: &str = "Legal, Finance";
const RENEWALS: &str = "record_types=Renewal";

struct Backlog {
    connected: Connected,
    path: String,
}

impl Backlog {
    /// Connects an org with two renewals in the trigger stage, and one in a stage whose name contains a comma.
    async fn start() -> Self {
        let connected = Connected::start(&[]).await;
        let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
        let backlog = Self { connected, path };
        for stage in [STAGE, STAGE, WITH_COMMA] {
            backlog.add_renewal(stage);
        }
        let body = json!({"metadata": {"trigger_stages": [STAGE, WITH_COMMA]}});
        let call = Call::new("PATCH", &backlog.path).cookie(&backlog.connected.admin.cookie).json(&body);
        assert_eq!(backlog.connected.server.send(call).await.status, 200);
        backlog
    }

    fn add_renewal(&self, stage: &str) {
        let mut state = self.connected.simulator.production().state();
        let record_type_id = record_types::id(&state, "Renewal");
        let new = NewOpportunity {
            name: "Renewal",
            account_name: None,
            stage,
            record_type_id: record_type_id.as_deref(),
            amount: opportunities::AMOUNT,
            at: "2025-03-01T10:00:00.000+0000",
        };
        opportunities::insert(&mut state, &new);
    }

    async fn get(&self, person: &Person, query: &str) -> Answer {
        self.connected.server.send(Call::get(&format!("{}/backlog?{query}", self.path)).cookie(&person.cookie)).await
    }

    /// Previews a selection that is valid.
    async fn preview(&self, query: &str) -> Value {
        let answer = self.get(&self.connected.admin, query).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn post(&self, person: &Person, body: &Value) -> Answer {
        self.connected.server.send(Call::post(&format!("{}/backlog", self.path)).cookie(&person.cookie).json(body)).await
    }

    async fn submit(&self, fingerprint: &str, form_id: &str) -> Answer {
        let id = self.connected.connection["id"].as_str().unwrap();
        let fields = [("connection", id), ("record_type", "Renewal"), ("fingerprint", fingerprint), ("form_id", form_id)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = Call::post("/actions/import_backlog").cookie(&self.connected.admin.cookie).header("accept", "text/html");
        self.connected.server.send(call.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    async fn deliveries(&self) -> usize {
        let call = Call::get(&format!("{}/deliveries", self.path)).cookie(&self.connected.admin.cookie);
        self.connected.server.send(call).await.json()["items"].as_array().unwrap().len()
    }

    async fn page(&self, query: &str) -> String {
        let path = format!("/integrations/{}/backlog?{query}", self.connected.connection["id"].as_str().unwrap());
        let answer = self.connected.server.send(Call::get(&path).cookie(&self.connected.admin.cookie)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    }
}

#[tokio::test]
async fn preview_counts_the_selected_deals() {
    let backlog = Backlog::start().await;
    for (query, total) in [
        (RENEWALS.to_owned(), 3),
        (format!("{RENEWALS}&stages=Needs+Legal+Review"), 2),
        (format!("{RENEWALS}&stages=Legal%2C+Finance"), 1),
        (format!("{RENEWALS}&stages=Needs+Legal+Review&stages=Legal%2C+Finance"), 3),
        (format!("{RENEWALS}&stages=Needs+Legal+Review,Prospecting"), 2),
        (format!("{RENEWALS}&stages=&since="), 3),
        ("record_types=Renewal&record_types=Unknown".to_owned(), 3),
        ("record_types=Unknown".to_owned(), 0),
        (format!("{RENEWALS}&since=2025-03-01T10:00:00Z"), 3),
        (format!("{RENEWALS}&since=2025-03-01T10:00:01Z"), 0),
    ] {
        assert_eq!(backlog.preview(&query).await["total"], total, "{query}");
    }
    let found = backlog.preview(RENEWALS).await;
    let stage = |name: &str, count: u64| json!({"stage": name, "count": count, "oldest": "2025-03-01T10:00:00.000Z"});
    assert_eq!(found["by_stage"], json!([stage(STAGE, 2), stage(WITH_COMMA, 1)]));
    assert_eq!(found["by_record_type"], json!([{"record_type": "Renewal", "count": 3}]));
}

#[tokio::test]
async fn import_is_rejected_if_another_deal_has_taken_the_place_of_one() {
    let backlog = Backlog::start().await;
    let admin = &backlog.connected.admin;
    let body = |fingerprint: &Value| json!({"stages": [WITH_COMMA], "record_types": ["Renewal"], "fingerprint": fingerprint});
    let of_other_stage = backlog.preview(&format!("{RENEWALS}&stages=Needs+Legal+Review")).await;
    let before = backlog.preview(&format!("{RENEWALS}&stages=Legal%2C+Finance")).await;
    backlog.add_renewal(WITH_COMMA);
    for outdated in [&before, &of_other_stage] {
        let changed = backlog.post(admin, &body(&outdated["fingerprint"])).await;
        assert_eq!((changed.status, changed.code().as_str()), (409, "changed_meanwhile"), "{changed:?}");
    }
    assert_eq!(backlog.deliveries().await, 0);
    let now = backlog.preview(&format!("{RENEWALS}&stages=Legal%2C+Finance")).await;
    let imported = backlog.post(admin, &body(&now["fingerprint"])).await;
    assert_eq!((imported.status, imported.json()), (202, json!({"count": 2})));
    assert_eq!(backlog.deliveries().await, 2);
}

#[tokio::test]
async fn deals_that_are_being_imported_are_not_counted() {
    let backlog = Backlog::start().await;
    let renewals = json!({"record_types": ["Renewal"]});
    for count in [3, 0] {
        let imported = backlog.post(&backlog.connected.admin, &renewals).await;
        assert_eq!((imported.status, imported.json()), (202, json!({"count": count})));
        assert_eq!((backlog.preview(RENEWALS).await["total"].as_u64(), backlog.deliveries().await), (Some(0), 3));
    }
    while backlog.connected.server.hub.run_one_job(false).await.unwrap() {}
    assert_eq!(backlog.preview(RENEWALS).await["total"], 0, "they have a contract");
}

#[tokio::test]
async fn repeated_form_gets_the_response_to_the_first_one() {
    let backlog = Backlog::start().await;
    let fingerprint = backlog.preview(RENEWALS).await["fingerprint"].as_str().unwrap().to_owned();
    let done = format!("/integrations/{}?done=backlog_imported#deliveries", backlog.connected.connection["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(backlog.submit(&fingerprint, "0123456789").await.location(), done);
    }
    let other = backlog.submit(&fingerprint, "other").await;
    assert!(other.location().contains("problem=changed_meanwhile"), "{other:?}");
    assert_eq!(backlog.deliveries().await, 3);
}

#[tokio::test]
async fn only_admins_see_and_import_older_deals() {
    let backlog = Backlog::start().await;
    for role in ["viewer", "member"] {
        let person = backlog.connected.server.colleague(&backlog.connected.admin, role, role).await;
        assert_eq!(backlog.get(&person, RENEWALS).await.status, 403, "{role}");
        assert_eq!(backlog.post(&person, &json!({})).await.status, 403, "{role}");
    }
    assert_eq!(backlog.deliveries().await, 0);
}

#[tokio::test]
async fn invalid_filters_are_rejected() {
    let backlog = Backlog::start().await;
    let admin = &backlog.connected.admin;
    let (long, many) = ("é".repeat(256), vec!["x"; 51]);
    for (query, body) in [
        ("since=yesterday".to_owned(), json!({"since": "yesterday"})),
        (format!("stages={}", form_urlencoded::byte_serialize(long.as_bytes()).collect::<String>()), json!({"stages": [long]})),
        (format!("record_types={}", many.join(",")), json!({"record_types": many})),
    ] {
        for answer in [backlog.get(admin, &query).await, backlog.post(admin, &body).await] {
            assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{query}: {answer:?}");
        }
    }
    assert_eq!(backlog.get(admin, &format!("stages={}", "x".repeat(255))).await.status, 200);
}

#[tokio::test]
async fn page_keeps_the_filter_when_the_deals_cannot_be_listed() {
    let backlog = Backlog::start().await;
    let invalid = backlog.page("since=yesterday&record_type=Renewal").await;
    let down = Fault { path_contains: "/query".to_owned(), status: Some(503), times: 10, ..Fault::default() };
    backlog.connected.simulator.production().state().faults.order(vec![down]);
    let unreachable = backlog.page("record_type=Renewal").await;
    for page in [invalid, unreachable] {
        assert!(page.contains("role=\"alert\""), "{page}");
        assert!(page.contains("name=\"record_type\"") && page.contains("value=\"Renewal\""), "{page}");
        assert!(page.contains("name=\"stage\"") && page.contains("Legal, Finance"), "{page}");
        assert!(!page.contains("/actions/import_backlog"), "{page}");
    }
}
