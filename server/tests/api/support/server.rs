//! A server that belongs to one test.

use crate::support::call::{Answer, Call};
use axum::Router;
use axum::body::Body;
use http::Request;
use http::header::HOST;
use http_body_util::BodyExt;
use lexicontract::clock::Clock;
use lexicontract::hub::Hub;
use lexicontract::vault::Vault;
use serde_json::{Value, json};
use server::router::router;
use server::state::AppState;
use std::sync::Arc;
use tempfile::TempDir;
use test_support::settings::config;
use test_support::users::{PASSWORD, accept_invitation};
use tower::ServiceExt;

/// The router and the hub (the application facade) of one test.
#[derive(Clone)]
pub struct Server {
    pub router: Router,
    pub hub: Hub,
    _folder: Arc<TempDir>,
}

/// A signed-in user.
pub struct Person {
    pub cookie: String,
    pub me: Value,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts a server. `settings` override the default environment variables.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::at(Clock::system(), settings).await
    }

    /// Starts a server with this clock. `settings` override the default environment variables.
    pub async fn at(clock: Clock, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let (database, files) = (format!("sqlite://{path}/test.db"), format!("file://{path}/files"));
        let key = Vault::generate_key();
        let defaults = [
            ("FERNET_KEY", key.expose().as_str()),
            ("DATABASE_URL", &database),
            ("STORAGE_URL", &files),
            ("RATE_LIMIT_FACTOR", "0"),
            ("MAX_FILE_BYTES", "100000"),
            // Requires no free disk space, because the disk of the test machine can be nearly full.
            ("MIN_FREE_DISK_BYTES", "0"),
        ];
        let hub = Hub::open(config(&[settings, &defaults].concat()), clock).await.unwrap();
        Self { router: router(AppState::new(hub.clone())), hub, _folder: Arc::new(folder) }
    }

    pub async fn send(&self, call: Call) -> Answer {
        self.send_request(call.request()).await
    }

    /// Sends a request. If the request has no `Host` header, adds the public host.
    pub async fn send_request(&self, mut request: Request<Body>) -> Answer {
        let host = self.hub.config().public_url.authority().parse().unwrap();
        request.headers_mut().entry(HOST).or_insert(host);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    /// Creates an organization. Returns its admin.
    pub async fn admin(&self, name: &str) -> Person {
        let body = json!({"organization": name, "name": name, "email": format!("{name}@example.com"), "password": PASSWORD});
        let answer = self.send(Call::post("/api/v1/auth/register").json(&body)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Person { cookie: answer.cookie(), me: answer.json() }
    }

    /// Creates an API token with the user's role.
    pub async fn token(&self, person: &Person) -> String {
        let call = Call::post("/api/v1/tokens").cookie(&person.cookie).json(&json!({"name": "test"}));
        self.send(call).await.json()["token"].as_str().unwrap().to_owned()
    }

    /// Creates another user in the admin's organization.
    pub async fn colleague(&self, admin: &Person, name: &str, role: &str) -> Person {
        let body = json!({"email": format!("{name}@example.com"), "name": name, "role": role});
        let invited = self.send(Call::post("/api/v1/users").cookie(&admin.cookie).json(&body)).await;
        assert_eq!(invited.status, 201, "{invited:?}");
        let accepted = accept_invitation(&self.hub, invited.json()["invitation_url"].as_str().unwrap()).await;
        let cookie = format!("lexicontract_session={}", accepted.session_token.expose());
        Person { cookie, me: serde_json::to_value(accepted.me).unwrap() }
    }
}
