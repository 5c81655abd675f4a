//! Outbound Messages of Salesforce, whose secret is in the path.

use super::log::Log;
use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use lexicontract::clock::Clock;
use lexicontract::domain::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use test_support::databases::{Opened, on_every_database};
use tracing::Level;

const PATH: &str = "/api/v1/integrations/salesforce/outbound/";
const NOTIFICATION: &str = "04l0000000D2Ab1";
const OPPORTUNITY: &str = "006ak00000OQ4RxAAL";
pub const SESSION_ID: &str = "00Dxx0000001gPL!canary.of.a.session.id";
const DAY: u64 = 24 * 60 * 60;

pub fn notification(id: &str) -> String {
    format!(
        "<Notification><Id>{id}</Id><sObject xsi:type=\"sf:Opportunity\"><sf:Id>{OPPORTUNITY}</sf:Id>\
         <sf:StageName>Needs Legal Review</sf:StageName></sObject></Notification>"
    )
}

pub fn message(organization: &str, notifications: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>\
         <notifications xmlns=\"http://soap.sforce.com/2005/09/outbound\" xmlns:sf=\"urn:sobject.enterprise.soap.sforce.com\">\
         <OrganizationId>{organization}</OrganizationId><ActionId>04kxx0000004C93AAE</ActionId><SessionId>{SESSION_ID}</SessionId>\
         <EnterpriseUrl>https://x/services/Soap/c/67.0</EnterpriseUrl><PartnerUrl>https://x/services/Soap/u/67.0</PartnerUrl>\
         {notifications}</notifications></soapenv:Body></soapenv:Envelope>"
    )
}

fn post(path: &str, kind: &str, body: String) -> Call {
    Call::post(path).header("content-type", kind).body(body)
}

impl Connected {
    async fn on(opened: &Opened, settings: &[(&str, &str)]) -> Self {
        let files = format!("file://{}/files", opened.folder.display());
        let database = [("DATABASE_URL", opened.url.expose().as_str()), ("STORAGE_URL", &files)];
        Self::start(&[&database, settings].concat()).await
    }

    fn connection_path(&self) -> String {
        format!("/api/v1/integrations/organization/{}", self.connection["id"].as_str().unwrap())
    }

    async fn new_outbound(&self) -> Value {
        let call = Call::post(&format!("{}/outbound-secret", self.connection_path())).cookie(&self.admin.cookie);
        let made = self.server.send(call).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()
    }

    /// Creates a URL for Outbound Messages. Returns its path.
    async fn outbound_path(&self) -> String {
        let made = self.new_outbound().await;
        let url = made["url"].as_str().unwrap();
        url.strip_prefix(self.server.hub.config().public("").as_str()).unwrap().to_owned()
    }

    async fn send_message(&self, path: &str, id: &str) -> Answer {
        self.server.send(post(path, "text/xml; charset=UTF-8", message(self.organization(), &notification(id)))).await
    }

    async fn deliveries(&self) -> Vec<Value> {
        let call = Call::get(&format!("{}/deliveries", self.connection_path())).cookie(&self.admin.cookie);
        self.server.send(call).await.json()["items"].as_array().unwrap().clone()
    }

    async fn set_enabled(&self, is_enabled: bool) {
        let call = Call::new("PATCH", &self.connection_path()).cookie(&self.admin.cookie);
        assert_eq!(self.server.send(call.json(&json!({"is_enabled": is_enabled}))).await.status, 200);
    }
}

#[track_caller]
fn assert_acknowledged(answer: &Answer) {
    assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "text/xml; charset=utf-8"), "{answer:?}");
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Body><notificationsResponse xmlns=\"http://soap.sforce.com/2005/09/outbound\"><Ack>true</Ack></notificationsResponse>\
         </soapenv:Body></soapenv:Envelope>";
    assert_eq!(String::from_utf8_lossy(&answer.body), expected);
}

#[tokio::test]
async fn a_message_is_acknowledged_and_a_notification_counts_once() {
    on_every_database(async |opened| {
        let connected = Connected::on(&opened, &[]).await;
        let path = connected.outbound_path().await;
        assert_acknowledged(&connected.send_message(&path, NOTIFICATION).await);
        let [delivery] = &connected.deliveries().await[..] else { panic!("one delivery") };
        assert_eq!((&delivery["record"]["id"], &delivery["origin"]), (&json!(OPPORTUNITY), &json!("webhook")));
        while connected.server.hub.run_one_job(false).await.unwrap() {}
        assert_acknowledged(&connected.send_message(&path, "04l0000000D2Ab1AAF").await);
        assert_eq!(connected.deliveries().await.len(), 1, "the same notification, and its delivery has been processed");
        assert_acknowledged(&connected.send_message(&format!("{path}/"), "04l0000000D2Ab2").await);
        assert_eq!(connected.deliveries().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn concurrent_attempts_of_a_message_create_one_delivery() {
    on_every_database(async |opened| {
        let connected = Connected::on(&opened, &[]).await;
        let path = connected.outbound_path().await;
        let attempts = (0..10).map(|_| connected.send_message(&path, NOTIFICATION));
        futures::future::join_all(attempts).await.iter().for_each(assert_acknowledged);
        assert_eq!(connected.deliveries().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn secret_pause_media_type_length_content_and_org_are_checked_in_this_order() {
    let connected = Connected::start(&[]).await;
    let path = connected.outbound_path().await;
    let own = message(connected.organization(), &notification(NOTIFICATION));
    let foreign = message("00Dxx0000001gPL", &notification(NOTIFICATION));
    let large = format!("<{}", " ".repeat(1024 * 1024));
    let longest = format!("{own}{}", " ".repeat(1024 * 1024 - own.len()));
    let many: String = (0..101).map(|number| notification(&format!("04l{number:012}"))).collect();
    let status = async |kind: &str, body: &str| {
        let answer = connected.server.send(post(&path, kind, body.to_owned())).await;
        (answer.status, answer.code())
    };
    let problem = |status: u16, code: &str| (status, code.to_owned());
    for (kind, body, expected) in [
        ("application/json", large.as_str(), problem(415, "unsupported_media_type")),
        ("text/plain", &own, problem(415, "unsupported_media_type")),
        ("text/xml", &large, problem(413, "payload_too_large")),
        ("text/xml", "", problem(400, "invalid_message")),
        ("text/xml", "{}", problem(400, "invalid_message")),
        ("text/xml", &own.replacen("<soapenv", "<!DOCTYPE x><soapenv", 1), problem(400, "invalid_message")),
        ("text/xml", &message(connected.organization(), &many), problem(400, "invalid_message")),
        ("text/xml", &foreign.replace("04l", "04k"), problem(400, "invalid_message")),
        ("text/xml", &foreign, problem(401, "not_signed_in")),
        ("text/xml", &longest, problem(200, "")),
        ("application/soap+xml; charset=utf-8", &own, problem(200, "")),
        ("APPLICATION/XML", &own, problem(200, "")),
    ] {
        assert_eq!(status(kind, body).await, expected, "{kind} {}", &body[..body.len().min(200)]);
    }
    assert_eq!(connected.deliveries().await.len(), 1);
    connected.set_enabled(false).await;
    assert_eq!(status("text/plain", &large).await, problem(409, "integration_disabled"));
    assert_eq!(status("text/xml", &own).await, problem(409, "integration_disabled"));
    connected.set_enabled(true).await;
    let gone = Call::new("DELETE", &connected.connection_path()).cookie(&connected.admin.cookie);
    assert_eq!(connected.server.send(gone).await.status, 204);
    assert_eq!(status("text/xml", &own).await, problem(401, "not_signed_in"));
}

#[tokio::test]
async fn wrong_secrets_get_the_response_of_the_webhook_before_the_body_is_read() {
    let connected = Connected::start(&[]).await;
    let path = connected.outbound_path().await;
    let own = message(connected.organization(), &notification(NOTIFICATION));
    let missing = connected.server.send(Call::post("/api/v1/integrations/salesforce/webhook")).await;
    for other in [
        format!("{PATH}wrong"),
        format!("{PATH}{}", connected.secret),
        format!("{PATH}{}", "a".repeat(300)),
        path[..path.len() - 1].to_owned(),
        path.replace("lcom_", "lcom%5F"),
        format!("{path}/x"),
        PATH.to_owned(),
        PATH.trim_end_matches('/').to_owned(),
        path.replace("salesforce", "hubspot"),
        path.replace("outbound", "webhook"),
    ] {
        for body in [own.clone(), "<".repeat(2_000_000)] {
            let answer = connected.server.send(post(&other, "text/xml", body)).await;
            assert_eq!((answer.status, &answer.body), (401, &missing.body), "{other}");
        }
    }
    let secret = path.strip_prefix(PATH).unwrap();
    let one = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY});
    let in_header = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", secret).json(&one);
    let answer = connected.server.send(in_header).await;
    assert_eq!((answer.status, &answer.body), (401, &missing.body), "the secret of the path in the header");
    let both = post(&format!("{PATH}wrong"), "text/xml", own).header("x-webhook-secret", &connected.secret);
    assert_eq!(connected.server.send(both).await.status, 401);
    assert_eq!(connected.deliveries().await, Vec::<Value>::new());
}

#[tokio::test]
async fn another_method_is_405_for_a_valid_secret_and_401_otherwise() {
    let connected = Connected::start(&[]).await;
    let path = connected.outbound_path().await;
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let answer = connected.server.send(Call::new(method, &path)).await;
        assert_eq!((answer.status, &answer.headers["allow"]), (405, &"POST".parse().unwrap()), "{method}");
        let wrong = connected.server.send(Call::new(method, &format!("{PATH}wrong"))).await;
        assert_eq!((wrong.status, wrong.headers.get("allow")), (401, None), "{method}");
    }
}

#[tokio::test]
async fn too_many_wrong_secrets_are_429_and_valid_ones_are_accepted() {
    let connected = Connected::start(&[("RATE_LIMIT_FACTOR", "0.1")]).await;
    let path = connected.outbound_path().await;
    let mut statuses = Vec::new();
    for method in ["POST", "GET", "POST", "POST", "GET"] {
        statuses.push(connected.server.send(Call::new(method, &format!("{PATH}wrong"))).await.status);
    }
    let in_header = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", "wrong");
    statuses.push(connected.server.send(in_header).await.status);
    assert_eq!(statuses, [401, 401, 401, 429, 429, 429], "one limit for all ways");
    assert_acknowledged(&connected.send_message(&path, NOTIFICATION).await);
}

#[tokio::test]
async fn above_the_delivery_quota_a_new_notification_is_429() {
    on_every_database(async |opened| {
        let connected = Connected::on(&opened, &[("QUOTA_WAITING_DELIVERIES", "1")]).await;
        let path = connected.outbound_path().await;
        assert_acknowledged(&connected.send_message(&path, NOTIFICATION).await);
        let other =
            message(connected.organization(), &notification("04l0000000D2Ab2").replace("006ak00000OQ4RxAAL", "006ak00000OQ4Ry"));
        let answer = connected.server.send(post(&path, "text/xml", other)).await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "quota_exceeded"), "{answer:?}");
        assert!(answer.headers.contains_key("retry-after"));
        assert_acknowledged(&connected.send_message(&path, NOTIFICATION).await);
    })
    .await;
}

#[tokio::test]
async fn the_url_is_shown_once_and_the_previous_one_works_for_a_day() {
    let clock = Clock::fixed(Timestamp::from_millis(1_795_000_000_000));
    let connected = Connected::at(clock.clone(), &[("PUBLIC_URL", "https://contracts.example")]).await;
    let own = |call: Call| call.header("cookie", &connected.admin.cookie).header("sec-fetch-site", "same-origin");
    let path = format!("{}/outbound-secret", connected.connection_path());
    let made = async || connected.server.send(own(Call::post(&path))).await.json();
    let first = made().await;
    assert_eq!(first["previous_valid_until"], Value::Null);
    let url = first["url"].as_str().unwrap();
    let secret = url.strip_prefix("https://contracts.example/api/v1/integrations/salesforce/outbound/lcom_").unwrap();
    assert_eq!(secret.len(), 43, "32 bytes in Base64");
    let second = made().await;
    let until = clock.now() + Duration::from_secs(DAY);
    assert_eq!(second["previous_valid_until"], serde_json::to_value(until).unwrap());
    let works = async |made: &Value| {
        let path = made["url"].as_str().unwrap().strip_prefix("https://contracts.example").unwrap().to_owned();
        connected.send_message(&path, NOTIFICATION).await.status
    };
    assert_eq!((works(&first).await, works(&second).await), (200, 200));
    let ended = connected.server.send(own(Call::new("DELETE", &format!("{path}/previous")))).await;
    assert_eq!(ended.status, 204);
    assert_eq!((works(&first).await, works(&second).await), (401, 200));
    let third = made().await;
    clock.advance(Duration::from_secs(DAY - 1));
    assert_eq!(works(&second).await, 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!((works(&second).await, works(&third).await), (401, 200));
}

#[tokio::test]
async fn page_offers_to_revoke_the_previous_url_while_there_is_one() {
    let connected = Connected::start(&[]).await;
    let (server, id) = (&connected.server, connected.connection["id"].as_str().unwrap());
    let is_offered = async || {
        let page = server.send(Call::get(&format!("/integrations/{id}")).cookie(&connected.admin.cookie)).await;
        String::from_utf8(page.body.to_vec()).unwrap().contains("Revoke the previous URL now")
    };
    let first = connected.outbound_path().await;
    assert!(!is_offered().await);
    let second = connected.outbound_path().await;
    assert!(is_offered().await);
    let form = Call::post("/actions/end_previous_outbound_secrets").cookie(&connected.admin.cookie).header("accept", "text/html");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(format!("connection={id}"));
    assert_eq!(server.send(form).await.location(), format!("/integrations/{id}?done=outbound_secret_ended"));
    assert!(!is_offered().await);
    let status = async |path: &str| connected.send_message(path, NOTIFICATION).await.status;
    assert_eq!((status(&first).await, status(&second).await), (401, 200));
}

#[tokio::test]
async fn only_admins_create_the_url_and_only_for_providers_with_outbound_messages() {
    let pipedrive = crate::support::providers::simulate_other_providers().await;
    let connected = Connected::start(&[("PIPEDRIVE_API_URL", &pipedrive)]).await;
    let (server, admin) = (&connected.server, &connected.admin);
    let path = format!("{}/outbound-secret", connected.connection_path());
    let mia = server.colleague(admin, "mia", "member").await;
    assert_eq!(server.send(Call::post(&path).cookie(&mia.cookie)).await.status, 403);
    let eve = server.admin("eve").await;
    assert_eq!(server.send(Call::post(&path).cookie(&eve.cookie)).await.status, 404);
    let key = Call::post("/api/v1/integrations/organization/int_pipedrive").cookie(&admin.cookie).json(&json!({"api_key": "k"}));
    let other = server.send(key).await.json();
    let path = format!("/api/v1/integrations/organization/{}/outbound-secret", other["id"].as_str().unwrap());
    let answer = server.send(Call::post(&path).cookie(&admin.cookie)).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn the_secret_and_the_session_id_are_not_logged_stored_or_answered() {
    let (log, _capture) = Log::capture(Level::TRACE);
    on_every_database(async |opened| {
        let connected = Connected::on(&opened, &[]).await;
        let path = connected.outbound_path().await;
        let secret = path.strip_prefix(PATH).unwrap();
        assert_acknowledged(&connected.send_message(&path, NOTIFICATION).await);
        let own = message(connected.organization(), &notification(NOTIFICATION));
        let answers = [
            connected.server.send(post(&path, "text/xml", format!("{own}<"))).await,
            connected.server.send(post(&path, "text/plain", own.clone())).await,
            connected.server.send(post(&path, "text/xml", message("00Dxx0000001gPL", &notification(NOTIFICATION)))).await,
            connected.server.send(post(&format!("{path}/x"), "text/xml", own)).await,
            connected.server.send(Call::get(&path).header("accept", "text/html")).await,
            connected.server.send(Call::get(&path).header("accept", "text/html").cookie(&connected.admin.cookie)).await,
            connected.server.send(Call::get("/metrics")).await,
        ];
        for answer in &answers {
            let said = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
            assert!(!said.contains(&secret[5..]) && !said.contains("canary"), "{said}");
            assert_eq!(answer.headers["referrer-policy"], "same-origin");
        }
        while connected.server.hub.run_one_job(false).await.unwrap() {}
        let log = log.text();
        assert!(log.contains("POST /api/v1/integrations/{slug}/{webhook}/{secret} 200"), "{log}");
        assert!(!log.contains(&secret[5..]) && !log.contains("canary"), "{log}");
        let stored = "SELECT count(*) FROM delivery_events WHERE event_key = 'outbound:04l0000000D2Ab1AAF'";
        assert_eq!(opened.number(stored).await, 1);
        assert_eq!(
            opened
                .number("SELECT count(*) FROM activity WHERE summary LIKE '%canary%' OR CAST(detail AS TEXT) LIKE '%canary%'")
                .await,
            0
        );
    })
    .await;
}
