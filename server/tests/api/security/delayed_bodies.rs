//! Requests whose authorization changes while the client is sending the body.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::{Person, Server};
use axum::body::Body;
use futures::{StreamExt, stream};
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use std::convert::Infallible;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A request of which only a part of the body has been sent.
pub struct DelayedBody {
    release: oneshot::Sender<()>,
    answer: JoinHandle<Answer>,
}

impl DelayedBody {
    /// Sends the head and half of the body. Returns when the server waits for the rest.
    pub async fn send(server: &Server, call: Call, body: &str) -> Self {
        Self::hold(server, call.body(body.to_owned()).request()).await
    }

    /// Like [`Self::send`], but for a request that already contains its body.
    pub async fn hold(server: &Server, request: Request<Body>) -> Self {
        let (release, released) = oneshot::channel();
        let (waits, waiting) = oneshot::channel();
        let (head, body) = request.into_parts();
        let mut first = body.collect().await.unwrap().to_bytes();
        let rest = first.split_off(first.len() / 2);
        let rest = stream::once(async move {
            waits.send(()).unwrap();
            released.await.unwrap();
            rest
        });
        let body = Body::from_stream(stream::once(async move { first }).chain(rest).map(Ok::<_, Infallible>));
        let server = server.clone();
        let answer = tokio::spawn(async move { server.send_request(Request::from_parts(head, body)).await });
        waiting.await.expect("the server asks for the body");
        Self { release, answer }
    }

    /// Sends the rest of the body. Returns the response.
    pub async fn complete(self) -> Answer {
        self.release.send(()).unwrap();
        self.answer.await.unwrap()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Sends incomplete invitations: through the API, from an island, and from a form.
async fn invite(server: &Server, proof: (&str, &str)) -> [DelayedBody; 3] {
    let json = r#"{"email":"mallory@example.com","name":"Mallory","role":"admin"}"#;
    let form = "email=mallory%40example.com&name=Mallory&role=admin";
    let api = Call::post("/api/v1/users").header(proof.0, proof.1).header("content-type", "application/json");
    let island = Call::post("/actions/invite_user").header(proof.0, proof.1).header("accept", "application/json");
    let page = Call::post("/actions/invite_user").header(proof.0, proof.1).header("accept", "text/html");
    [
        DelayedBody::send(server, api, json).await,
        DelayedBody::send(server, island.header("content-type", FORM), form).await,
        DelayedBody::send(server, page.header("content-type", FORM), form).await,
    ]
}

async fn answers(delayed: [DelayedBody; 3]) -> ([u16; 2], String) {
    let [api, island, page] = delayed;
    let (api, island, page) = (api.complete().await, island.complete().await, page.complete().await);
    ([api.status, island.status], page.location().to_owned())
}

#[tokio::test]
async fn a_user_demoted_or_disabled_during_the_body_is_rejected() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let change = async |person: &Person, change: serde_json::Value| {
        let path = format!("/api/v1/users/{}", person.me["user"]["id"].as_str().unwrap());
        assert_eq!(server.send(Call::new("PATCH", &path).cookie(&ada.cookie).json(&change)).await.status, 200);
    };
    let bob = server.colleague(&ada, "bob", "admin").await;

    let authorization = format!("Bearer {}", server.token(&bob).await);
    let demoted = invite(&server, ("authorization", &authorization)).await;
    change(&bob, json!({"role": "member"})).await;
    let (statuses, page) = answers(demoted).await;
    assert_eq!(statuses, [403, 403]);
    assert!(page.contains("problem=forbidden"), "{page}");

    let grace = server.colleague(&ada, "grace", "admin").await;
    let disabled = invite(&server, ("cookie", &grace.cookie)).await;
    change(&grace, json!({"is_disabled": true})).await;
    let (statuses, page) = answers(disabled).await;
    assert_eq!(statuses, [401, 401]);
    assert!(page.starts_with("/login?"), "{page}");

    let users = server.send(Call::get("/api/v1/users").cookie(&ada.cookie)).await.json();
    assert_eq!(users["items"].as_array().unwrap().len(), 3, "{users}");
}

#[tokio::test]
async fn a_token_revoked_during_the_body_is_rejected() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let made = server.send(Call::post("/api/v1/tokens").cookie(&ada.cookie).json(&json!({"name": "CI"}))).await.json();
    let call = Call::post("/api/v1/tokens").token(made["token"].as_str().unwrap()).header("content-type", "application/json");
    let delayed = DelayedBody::send(&server, call, r#"{"name":"another"}"#).await;
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&ada.cookie)).await.status, 204);
    assert_eq!(delayed.complete().await.status, 401);
}

#[tokio::test]
async fn a_webhook_call_is_rejected_when_its_connection_is_paused_or_removed_during_the_body() {
    let connected = Connected::start(&[]).await;
    let (server, admin) = (&connected.server, &connected.admin);
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": connected.opportunity("Acme")}).to_string();
    let delayed = async || {
        let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &connected.secret);
        DelayedBody::send(server, call.header("content-type", "application/json"), &body).await
    };
    let path = format!("/api/v1/integrations/organization/{}", connected.connection["id"].as_str().unwrap());
    assert_eq!(delayed().await.complete().await.status, 202);

    let paused = delayed().await;
    let pause = Call::new("PATCH", &path).cookie(&admin.cookie).json(&json!({"is_enabled": false}));
    assert_eq!(server.send(pause).await.status, 200);
    assert_eq!(paused.complete().await.code(), "integration_disabled");

    let resume = Call::new("PATCH", &path).cookie(&admin.cookie).json(&json!({"is_enabled": true}));
    assert_eq!(server.send(resume).await.status, 200);
    let ended = delayed().await;
    assert_eq!(server.send(Call::new("DELETE", &path).cookie(&admin.cookie)).await.status, 204);
    assert_eq!(ended.complete().await.status, 401);
}

#[tokio::test]
async fn concurrent_uploads_are_limited_per_organization() {
    let server = Server::start().await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let form = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNDA\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nAn agreement.\r\n--b--\r\n";
    let upload = |person: &Person| {
        Call::post("/api/v1/contracts/").cookie(&person.cookie).header("content-type", "multipart/form-data; boundary=b")
    };
    let mut uploads = Vec::new();
    for _ in 0..4 {
        uploads.push(DelayedBody::send(&server, upload(&ada), form).await);
    }
    assert_eq!(server.send(upload(&eve).body(form)).await.status, 201);
    let fifth = server.send(upload(&ada).body(form)).await;
    assert_eq!((fifth.status, fifth.headers["retry-after"].to_str().unwrap()), (503, "5"), "{fifth:?}");
    for upload in uploads {
        assert_eq!(upload.complete().await.status, 201);
    }
    assert_eq!(server.send(upload(&ada).body(form)).await.status, 201);
}
