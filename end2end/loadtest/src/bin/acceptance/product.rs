//! The server under test, and its HTTP API.

use loadtest::Outcome;
use loadtest::server::{Plan, Server};
use reqwest::{Client, Method, RequestBuilder};
use salesforce_simulator::options::ConnectedApp;
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Pause between two requests while waiting.
const PAUSE: Duration = Duration::from_millis(500);

pub struct Product {
    pub url: String,
    client: Client,
    server: Server,
    token: String,
    database: String,
    key: String,
}

impl Product {
    /// Starts a server with an empty database, and registers an organization. `login` replaces Salesforce's login host.
    pub async fn start(
        program: &Path,
        site: &Path,
        folder: &Path,
        address: SocketAddr,
        public_url: &str,
        app: &ConnectedApp,
        login: Option<&str>,
    ) -> Outcome<Self> {
        let (database, key) = (format!("sqlite://{}/acceptance.db", folder.display()), fernet::Fernet::generate_key());
        let mut plan = Plan { program: program.to_owned(), environment: Default::default(), folder: folder.to_owned() };
        for (name, value) in [
            ("PUBLIC_URL", public_url),
            ("LEPTOS_SITE_ROOT", &site.display().to_string()),
            ("DATABASE_URL", &database),
            ("STORAGE_URL", &format!("file://{}/files", folder.display())),
            ("FERNET_KEY", &key),
            ("SALESFORCE_CLIENT_ID", &app.client_id),
            ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
        ] {
            plan.set(name, value);
        }
        if let Some(login) = login {
            plan.set("SALESFORCE_LOGIN_URL", login);
            plan.set("SALESFORCE_ALLOWED_HOSTS", login.trim_start_matches("http://"));
        }
        let server = plan.start(address, &[]).await?;
        let mut product = Self { url: public_url.to_owned(), client: Client::new(), server, token: String::new(), database, key };
        product.token = product.register().await?;
        Ok(product)
    }

    async fn register(&self) -> Outcome<String> {
        let person = json!({
            "organization": "Acceptance", "name": "Acceptance test", "email": "acceptance@example.com",
            "password": fernet::Fernet::generate_key(),
        });
        let url = |path: &str| format!("{}/api/v1{path}", self.url);
        let registered = self.client.post(url("/auth/register")).json(&person).send().await?.error_for_status()?;
        let cookie = registered.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let tokens = self.client.post(url("/tokens")).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        let made: Value = tokens.json(&json!({"name": "acceptance"})).send().await?.error_for_status()?.json().await?;
        text(&made, "token")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Outcome<Value> {
        Ok(self.request(Method::GET, path).send().await?.error_for_status()?.json().await?)
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Outcome<Value> {
        let answer = self.request(method.clone(), path).json(body).send().await?;
        let (status, body) = (answer.status(), answer.bytes().await?);
        if !status.is_success() {
            return Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Repeats a request until `found` accepts the response. Fails after `at_most`.
    pub async fn wait<T>(&self, path: &str, at_most: Duration, found: impl Fn(&Value) -> Option<T>) -> Outcome<T> {
        let began = Instant::now();
        loop {
            if let Some(found) = found(&self.get(path).await?) {
                return Ok(found);
            }
            if began.elapsed() > at_most {
                return Err(format!("{path} did not show the expected result within {} s", at_most.as_secs()).into());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Returns access token and instance URL of the connection, with which the test prepares records in the org as the same user.
    /// This saves a second sign-in. The key and the database belong to this run.
    pub async fn salesforce_session(&self) -> Outcome<(String, String)> {
        let mut database = SqliteConnection::connect(&self.database).await?;
        let sealed: Vec<u8> =
            sqlx::query("SELECT credentials FROM organization_integrations").fetch_one(&mut database).await?.get(0);
        let vault = fernet::Fernet::new(&self.key).ok_or("the key is not valid")?;
        let credentials: Value = serde_json::from_slice(&vault.decrypt(&String::from_utf8(sealed)?)?)?;
        Ok((text(&credentials, "access_token")?, text(&credentials, "instance_url")?.trim_end_matches('/').to_owned()))
    }

    pub async fn stop(self) -> Outcome<()> {
        self.server.stop().await.map(drop)
    }
}

pub fn text(value: &Value, name: &str) -> Outcome<String> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| format!("a response has no `{name}`").into())
}
