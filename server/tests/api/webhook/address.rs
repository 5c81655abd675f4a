//! Webhook calls to a wrong address or with an unsupported method.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/integrations/salesforce/webhook";
const WITH_SLASH: &str = "/api/v1/integrations/salesforce/webhook/";
/// Wrong paths that an administrator might enter in a Salesforce Named Credential.
const WRONG: [&str; 8] = [
    "//api/v1/integrations/salesforce/webhook",
    "/api/v1/integrations/salesforce/webhook//",
    "/api/v1/integrations/salesforce/webhook/x",
    "/api/v1/integrations/salesforce/Webhook",
    "/lexicontract/api/v1/integrations/salesforce/webhook",
    "/api/v1/integrations/salesforce/",
    "/webhook",
    // Path of a page, which supports only GET and HEAD.
    "/",
];

fn secret(call: Call, secret: &str) -> Call {
    call.header("x-webhook-secret", secret)
}

impl Connected {
    fn message(&self) -> Value {
        json!({"OrganizationId": self.organization(), "OpportunityId": "006ak00000OQ4Rx"})
    }

    async fn status(&self, call: Call) -> (u16, String) {
        let answer = self.server.send(call).await;
        (answer.status, answer.code())
    }
}

#[tokio::test]
async fn a_wrong_address_is_404_for_a_valid_secret_and_401_otherwise() {
    let connected = Connected::start(&[]).await;
    let server = &connected.server;
    let refused = server.send(secret(Call::post(PATH), "wrong").json(&connected.message())).await;
    for path in WRONG {
        let answer = server.send(secret(Call::post(path), &connected.secret).json(&connected.message())).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "wrong_webhook_address"), "{path}");
        let wrong = server.send(secret(Call::post(path), "wrong").json(&connected.message())).await;
        assert_eq!((wrong.status, &wrong.body), (401, &refused.body), "{path}");
        let none = server.send(Call::post(path).json(&connected.message())).await;
        assert_eq!((none.status, &none.body), (401, &refused.body), "{path}");
    }
    let path = format!("/api/v1/integrations/organization/{}/deliveries", connected.connection["id"].as_str().unwrap());
    let deliveries = server.send(Call::get(&path).cookie(&connected.admin.cookie)).await.json();
    assert_eq!(deliveries["items"], json!([]));
}

#[tokio::test]
async fn another_method_is_405_for_a_valid_secret_and_401_otherwise() {
    let connected = Connected::start(&[]).await;
    for path in [PATH, WITH_SLASH] {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = connected.server.send(secret(Call::new(method, path), &connected.secret)).await;
            assert_eq!((answer.status, &answer.headers["allow"]), (405, &"POST".parse().unwrap()), "{method} {path}");
            let wrong = connected.server.send(secret(Call::new(method, path), "wrong")).await;
            assert_eq!((wrong.status, wrong.headers.get("allow")), (401, None), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_trailing_slash_is_accepted() {
    let connected = Connected::start(&[]).await;
    let call = || secret(Call::post(WITH_SLASH), &connected.secret).header("sec-fetch-site", "cross-site");
    assert_eq!(connected.server.send(call().json(&connected.message())).await.status, 202);
    assert_eq!(connected.server.send(call().body("{")).await.status, 415);
}

#[tokio::test]
async fn wrong_secrets_share_one_rate_limit_on_all_paths() {
    let connected = Connected::start(&[("RATE_LIMIT_FACTOR", "0.1")]).await;
    let guess = |method: &str, path: &str| connected.status(secret(Call::new(method, path), "wrong"));
    for (method, path) in [("POST", "/webhook"), ("GET", PATH), ("POST", "/api/v1/contracts/")] {
        assert_eq!(guess(method, path).await.0, 401, "{method} {path}");
    }
    for (method, path) in
        [("POST", PATH), ("POST", "/webhook"), ("PUT", PATH), ("GET", "/api/v1/contracts/"), ("GET", "/api/v1/x")]
    {
        assert_eq!(guess(method, path).await, (429, "too_many_requests".to_owned()), "{method} {path}");
    }
    let right = secret(Call::post("/webhook"), &connected.secret);
    assert_eq!(connected.status(right).await.0, 404, "a valid secret is not limited");
    assert_eq!(connected.status(secret(Call::post(PATH), &connected.secret).json(&connected.message())).await.0, 202);
}

#[tokio::test]
async fn a_webhook_secret_is_no_identity_for_other_routes() {
    let connected = Connected::start(&[]).await;
    let id = connected.connection["id"].as_str().unwrap();
    for (method, path) in [
        ("GET", "/api/v1/contracts/"),
        ("PUT", "/api/v1/contracts/"),
        ("GET", "/api/v1/auth/me"),
        ("DELETE", &format!("/api/v1/integrations/organization/{id}")),
        ("POST", "/actions/disconnect"),
    ] {
        let call = Call::new(method, path).header("accept", "application/json");
        let answer = connected.server.send(secret(call, &connected.secret)).await;
        assert_eq!((answer.status, answer.headers.get("allow")), (401, None), "{method} {path}");
    }
    let page = connected.server.send(secret(Call::get("/contracts"), &connected.secret)).await;
    assert_eq!((page.status, page.location()), (303, "/login?next=%2Fcontracts"), "{page:?}");
}

#[tokio::test]
async fn a_wrong_address_is_404_for_a_session_and_for_an_api_token() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let token = server.token(&ada).await;
    for path in WRONG.into_iter().filter(|path| *path != "/") {
        for call in [Call::post(path).cookie(&ada.cookie), Call::post(path).token(&token)] {
            let answer = server.send(secret(call, "wrong")).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
        }
        assert_eq!(server.send(Call::post(path).token("nonsense")).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_address_is_404_for_paused_connections_and_with_a_required_signature() {
    let mut connected = Connected::start(&[]).await;
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    let pause = Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&json!({"is_enabled": false}));
    assert_eq!(connected.server.send(pause).await.status, 200);
    assert_eq!(connected.status(secret(Call::post("/webhook"), &connected.secret)).await.0, 404);
    assert_eq!(connected.status(secret(Call::get(PATH), &connected.secret)).await.0, 405);

    connected.signing("required").await;
    let unsigned = secret(Call::post("/webhook"), &connected.secret);
    assert_eq!(connected.status(unsigned).await.0, 401);
    let seconds = (connected.server.hub.clock().now().millis() / 1_000).to_string();
    let signed = secret(Call::post("/webhook"), &connected.secret).header("webhook-id", "msg_1");
    let signed = signed.header("webhook-timestamp", &seconds).header("webhook-signature", &format!("v1,{}=", "A".repeat(43)));
    assert_eq!(connected.status(signed).await.0, 404);
}
