//! Tests of the checks of a webhook call. The checks have the order of the API documentation.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/integrations/salesforce/webhook";
const OPPORTUNITY: &str = "006ak00000OQ4Rx";

fn call(secret: &str, body: &Value) -> Call {
    Call::post(PATH).header("x-webhook-secret", secret).json(body)
}

#[tokio::test]
async fn wrong_secrets_get_the_same_response_before_the_body_is_read() {
    let server = Server::start().await;
    let plain = || Call::post(PATH);
    let missing = server.send(plain()).await;
    assert_eq!((missing.status, missing.code().as_str()), (401, "not_signed_in"), "{missing:?}");
    for call in [
        plain().header("x-webhook-secret", ""),
        plain().header("x-webhook-secret", "wrong"),
        plain().header("x-webhook-secret", "twice").header("x-webhook-secret", "twice"),
        plain().header("x-webhook-secret", "gehe\u{fc}m"),
        plain().header("x-webhook-secret", "wrong").header("content-type", "text/plain").body("{"),
        plain().header("x-webhook-secret", "wrong").body(vec![b'x'; 100_000]),
    ] {
        let answer = server.send(call).await;
        assert_eq!((answer.status, &answer.body), (401, &missing.body), "{answer:?}");
    }
}

#[tokio::test]
async fn calls_with_one_and_several_records_are_accepted() {
    let connected = Connected::start(&[]).await;
    let one = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY, "Extra": 1});
    let first = connected.server.send(call(&connected.secret, &one)).await;
    assert_eq!((first.status, &first.json()["status"]), (202, &json!("accepted")), "{first:?}");
    assert_eq!(first.json()["record"], json!({"type": "deal", "id": "006ak00000OQ4RxAAL"}));
    assert_eq!(first.json()["opportunity_id"], "006ak00000OQ4RxAAL");
    let again = connected.server.send(call(&connected.secret, &one)).await.json();
    assert_eq!((&again["status"], &again["delivery_id"]), (&json!("duplicate"), &first.json()["delivery_id"]), "{again}");
    let many = json!({"OrganizationId": &connected.organization()[..15], "OpportunityIds": [OPPORTUNITY]});
    let answer = connected.server.send(call(&connected.secret, &many)).await;
    assert_eq!((answer.status, answer.json()["deliveries"].as_array().unwrap().len()), (202, 1), "{answer:?}");
}

#[tokio::test]
async fn a_revoked_secret_is_rejected() {
    let connected = Connected::start(&[]).await;
    let (server, admin) = (&connected.server, &connected.admin);
    let id = connected.connection["id"].as_str().unwrap();
    let path = format!("/api/v1/integrations/organization/{id}/webhook-secret");
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY});
    let end = || Call::new("DELETE", &format!("{path}/previous")).cookie(&admin.cookie);
    let page = async || {
        let page = server.send(Call::get(&format!("/integrations/{id}")).cookie(&admin.cookie)).await;
        String::from_utf8(page.body.to_vec()).unwrap()
    };
    let rotate = async || {
        let made = server.send(Call::post(&path).cookie(&admin.cookie)).await;
        made.json()["secret"].as_str().unwrap().to_owned()
    };
    assert_eq!(server.send(end()).await.status, 204, "there is none");
    assert!(!page().await.contains("Revoke the previous secret now"));
    let second = rotate().await;
    assert!(page().await.contains("Revoke the previous secret now"));
    assert_eq!(server.send(call(&connected.secret, &body)).await.status, 202);
    let wrong = server.send(call("lcwh_wrong", &body)).await;
    assert_eq!(server.send(end()).await.status, 204);
    let ended = server.send(call(&connected.secret, &body)).await;
    assert_eq!((ended.status, ended.body), (401, wrong.body.clone()), "status, body");
    let third = rotate().await;
    let form = Call::post("/actions/end_previous_webhook_secrets").cookie(&admin.cookie).header("accept", "text/html");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(format!("connection={id}"));
    assert_eq!(server.send(form).await.location(), format!("/integrations/{id}?done=secret_ended#webhook"));
    assert_eq!(server.send(call(&second, &body)).await.status, 401);
    assert_eq!(server.send(call(&third, &body)).await.status, 202);
}

#[tokio::test]
async fn media_type_length_syntax_content_and_org_are_checked_in_this_order() {
    let connected = Connected::start(&[]).await;
    let secret = connected.secret.as_str();
    let raw = |kind: &str, body: &str| {
        Call::post(PATH).header("x-webhook-secret", secret).header("content-type", kind).body(body.to_owned())
    };
    let large = format!("{{{}", " ".repeat(64 * 1024));
    let other_org = json!({"OrganizationId": "00Dxx0000001gPL", "OpportunityId": OPPORTUNITY}).to_string();
    let no_org = json!({"OpportunityId": OPPORTUNITY}).to_string();
    for (kind, body, status) in [
        ("text/plain", large.as_str(), 415),
        ("application/json", &large, 413),
        ("application/json", "{", 400),
        ("application/json", &no_org, 422),
        ("application/json", "[]", 422),
        ("application/json", &other_org, 401),
    ] {
        let answer = connected.server.send(raw(kind, body)).await;
        assert_eq!(answer.status, status, "{kind} {}", &body[..body.len().min(80)]);
    }
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let off = Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&json!({"is_enabled": false}));
    assert_eq!(connected.server.send(off).await.status, 200);
    let answer = connected.server.send(raw("text/plain", &large)).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "integration_disabled"), "{answer:?}");
    assert_eq!(connected.server.send(Call::new("DELETE", &path).cookie(&connected.admin.cookie)).await.status, 204);
    assert_eq!(connected.server.send(raw("application/json", &other_org)).await.status, 401);
}

#[tokio::test]
async fn a_secret_is_valid_only_for_its_provider() {
    let connected = Connected::start(&[]).await;
    let (server, admin) = (&connected.server, &connected.admin);
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY});
    let missing = server.send(Call::post(PATH).json(&body)).await;
    for path in ["salesforce/other", "hubspot/webhook", "nothing/webhook"] {
        let call = || Call::post(&format!("/api/v1/integrations/{path}")).json(&body);
        let stranger = server.send(call()).await;
        assert_eq!((stranger.status, &stranger.body), (401, &missing.body), "{path}");
        let caller = server.send(call().header("x-webhook-secret", &connected.secret)).await;
        assert_eq!((caller.status, caller.code().as_str()), (404, "wrong_webhook_address"), "{path}");
        for call in [call(), call().header("x-webhook-secret", &connected.secret)] {
            let person = server.send(call.cookie(&admin.cookie)).await;
            assert_eq!((person.status, person.code().as_str()), (404, "not_found"), "{path}");
        }
    }
    let path = format!("/api/v1/integrations/organization/{}/deliveries", connected.connection["id"].as_str().unwrap());
    assert_eq!(server.send(Call::get(&path).cookie(&admin.cookie)).await.json()["items"], json!([]));
}

#[tokio::test]
async fn too_many_wrong_secrets_are_429_and_valid_ones_are_accepted() {
    let connected = Connected::start(&[("RATE_LIMIT_FACTOR", "0.1")]).await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(connected.server.send(Call::post(PATH).header("x-webhook-secret", "wrong")).await.status);
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    let one = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY});
    assert_eq!(connected.server.send(call(&connected.secret, &one)).await.status, 202);
}

#[tokio::test]
async fn deliveries_are_listed_only_for_their_organization() {
    let connected = Connected::start(&[]).await;
    let one = json!({"OrganizationId": connected.organization(), "OpportunityId": OPPORTUNITY});
    let receipt = connected.server.send(call(&connected.secret, &one)).await.json();
    let path = format!("/api/v1/integrations/organization/{}/deliveries", connected.connection["id"].as_str().unwrap());
    let list = connected.server.send(Call::get(&path).cookie(&connected.admin.cookie)).await.json();
    let delivery = &list["items"][0];
    assert_eq!(delivery["id"], receipt["delivery_id"]);
    assert_eq!(
        (&delivery["record"], &delivery["origin"]),
        (&json!({"type": "deal", "id": "006ak00000OQ4RxAAL"}), &json!("webhook")),
        "record, origin"
    );
    assert_eq!(delivery["opportunity_id"], "006ak00000OQ4RxAAL");
    let eve = connected.server.admin("eve").await;
    assert_eq!(connected.server.send(Call::get(&path).cookie(&eve.cookie)).await.status, 404);
}
