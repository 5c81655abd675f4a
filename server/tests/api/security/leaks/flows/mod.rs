//! Requests of users and Salesforce to a running server. Records all secrets that the requests use or create.

mod connect_link;
mod outbound_messages;

use super::Places;
use super::canary::Canary;
use crate::support::program::{Running, Setting};
use crate::support::providers::simulate_other_providers;
use crate::support::raw_http::{RawRequest, RawResponse};
use crate::webhook::signatures::signature;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lexicontract::clock::Clock;
use salesforce_simulator::options::ConnectedApp;
use salesforce_simulator::state::{files, opportunities};
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use server::router::plain_routes;
use std::io::{Cursor, Read};
use std::time::Duration;
use test_support::consent;
use test_support::settings::SalesforceSettings;
use url::Url;

const API: &str = "/api/v1";
const PASSWORD: &str = "canary battery of the admin";
const OTHER_PASSWORD: &str = "canary battery of the colleague";
const WRONG_PASSWORD: &str = "canary battery with a typing error";
const API_KEY: &str = "canary-of-the-pipedrive-key";
const WRONG_SECRET: &str = "lcwh_canary-of-a-secret-that-was-replaced";
/// Number of polls for the result of a worker, 100 ms apart.
const POLLS: usize = 300;

/// A server, a simulated Salesforce, and the output of both.
pub struct Flows {
    running: Running,
    simulator: Simulator,
    canaries: Vec<Canary>,
    places: Places,
    cookie: String,
    known_browser: String,
    connection: String,
    opportunity: String,
    contract: String,
    delivery: String,
    secret: String,
    signing_key: String,
    metrics_token: String,
}

impl Flows {
    pub async fn start(setting: &Setting) -> Self {
        let app = ConnectedApp { client_secret: setting.client_secret.clone(), ..ConnectedApp::default() };
        let options = Options { apps: vec![app.clone()], rotation: true, require_pkce: true, ..Options::default() };
        let simulator = Simulator::start(options).await.unwrap();
        let mut salesforce = SalesforceSettings::of(&simulator);
        salesforce.app = app;
        let other = simulate_other_providers().await;
        let model = format!("{other}/v1");
        let more = [
            ("PUBLIC_URL", crate::support::call::ORIGIN),
            ("PIPEDRIVE_API_URL", &other),
            ("LLM_BASE_URL", &model),
            ("LLM_API_KEY", &setting.model_key),
            ("LLM_MODEL", "canary"),
        ];
        let more = [&more[..], &salesforce.pairs()].concat();
        let canaries = vec![
            Canary::new("Fernet key", setting.fernet_key.as_str()),
            Canary::new("database password", setting.database_password.as_str()),
            Canary::new("client secret", setting.client_secret.as_str()),
            Canary::new("metrics token", setting.metrics_token.as_str()),
            Canary::new("key of the language model", setting.model_key.as_str()),
            Canary::new("password", PASSWORD),
            Canary::new("other password", OTHER_PASSWORD),
            Canary::new("wrong password", WRONG_PASSWORD),
            Canary::new("API key", API_KEY),
            Canary::new("wrong webhook secret", WRONG_SECRET),
        ];
        let running = Running::start(setting, &more).await;
        let empty = String::new;
        Self {
            running,
            simulator,
            canaries,
            places: Places::new(),
            cookie: empty(),
            known_browser: empty(),
            connection: empty(),
            opportunity: empty(),
            contract: empty(),
            delivery: empty(),
            secret: empty(),
            signing_key: empty(),
            metrics_token: setting.metrics_token.clone(),
        }
    }

    /// Sends a request, and stores the response under the label.
    async fn send(&mut self, label: &str, request: RawRequest) -> RawResponse {
        let response = request.send(&self.running.address).await;
        let kept = self.places.entry(label.to_owned()).or_default();
        kept.extend_from_slice(response.head.as_bytes());
        kept.extend_from_slice(&response.body);
        response
    }

    async fn get(&mut self, path: &str) -> RawResponse {
        let request = RawRequest::get(path).cookie(&self.cookie);
        self.send(&request.label(), request).await
    }

    async fn post(&mut self, path: &str, body: &Value) -> RawResponse {
        let request = RawRequest::post(path).cookie(&self.cookie).json(body);
        self.send(&request.label(), request).await
    }

    fn add(&mut self, name: &'static str, value: &str, places: &[&str]) {
        let canary = Canary::new(name, value);
        self.canaries.push(places.iter().fold(canary, |canary, place| canary.shown_in(*place)));
    }

    /// Registers, signs in by API and by form, creates API tokens and invites a user.
    pub async fn users(&mut self) {
        let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
        let registered = self.send("register", RawRequest::post(&format!("{API}/auth/register")).json(&body)).await;
        self.keep_session(&registered, "register");
        let form = format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+"));
        let signed_in = self.send("sign in", RawRequest::post("/actions/sign_in").form(&form)).await;
        self.keep_session(&signed_in, "sign in");
        let wrong = json!({"email": "ada@example.com", "password": WRONG_PASSWORD});
        let refused = self.send("wrong password", RawRequest::post(&format!("{API}/auth/login")).json(&wrong)).await;
        assert_eq!(refused.status(), 401);

        let made = self.post(&format!("{API}/tokens"), &json!({"name": "build"})).await.json();
        let token = made["token"].as_str().unwrap().to_owned();
        self.add("API token", &token, &["POST /api/v1/tokens"]);
        let me = RawRequest::get(&format!("{API}/auth/me")).header("authorization", &format!("Bearer {token}"));
        assert_eq!(self.send("me", me).await.status(), 200);
        let request = RawRequest::post("/actions/create_api_token").cookie(&self.cookie).form("name=form");
        let once = self.send("make a token", request).await.cookie();
        let page = RawRequest::get("/settings/tokens").header("cookie", &format!("{}; {once}", self.cookie));
        let page = String::from_utf8(self.send("the token once", page).await.body).unwrap();
        let is_whole = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let token = page.split("lct_").filter_map(|rest| rest.get(..43)).find(is_whole).expect("it is shown").to_owned();
        self.add("API token of a form", &format!("lct_{token}"), &["the token once"]);

        let new = json!({"email": "mia@example.com", "name": "Mia", "role": "member"});
        let invited = self.post(&format!("{API}/users"), &new).await.json();
        let invitation = invited["invitation_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        self.add("invitation", &invitation, &["POST /api/v1/users", "invitation"]);
        let page = RawRequest::get(&format!("/invitations/{invitation}"));
        assert_eq!(self.send("invitation", page).await.status(), 200);
        let form = format!("token={invitation}&password={}", OTHER_PASSWORD.replace(' ', "+"));
        let accepted = self.send("accept", RawRequest::post("/actions/accept_invitation").form(&form)).await;
        self.keep_session(&accepted, "accept");
        // Ada sends the following requests.
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let signed_in = self.send("login", RawRequest::post(&format!("{API}/auth/login")).json(&body)).await;
        self.keep_session(&signed_in, "login");
    }

    fn keep_session(&mut self, response: &RawResponse, place: &str) {
        self.cookie = response.cookie();
        self.known_browser = response.cookie_named("lexicontract_browser");
        let token = self.cookie.split_once('=').unwrap().1.to_owned();
        self.add("session", &token, &[place]);
    }

    /// Connects with an API key and by OAuth; creates a webhook secret and requires signatures.
    pub async fn connections(&mut self) {
        let path = format!("{API}/integrations/organization/int_pipedrive");
        assert_eq!(self.post(&path, &json!({"api_key": API_KEY})).await.status(), 201);
        let path = format!("{API}/integrations/organization/int_salesforce");
        let begun = self.post(&path, &json!({"environment": "production"})).await.json();
        let address = Url::parse(begun["authorization_url"].as_str().unwrap()).unwrap();
        let back = consent::allow(&address).await;
        let value = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        self.add("state", &value("state"), &["POST /api/v1/integrations/organization/int_salesforce"]);
        self.add("code", &value("code"), &[]);
        for _ in 0..2 {
            let request = RawRequest::get(&format!("{}?{}", back.path(), back.query().unwrap())).cookie(&self.cookie);
            self.send("callback", request).await;
        }
        self.keep_tokens();
        let list = self.get(&format!("{API}/integrations/organization")).await.json();
        let salesforce = list.as_array().unwrap().iter().find(|one| one["integration"]["slug"] == "salesforce").unwrap();
        self.connection = salesforce["id"].as_str().unwrap().to_owned();
        let organization = format!("{API}/integrations/organization/{}", self.connection);
        let path = format!("{organization}/webhook-secret");
        let made = self.post(&path, &json!({})).await.json();
        let place = format!("POST {path}");
        made["secret"].as_str().unwrap().clone_into(&mut self.secret);
        self.add("webhook secret", &self.secret.clone(), &[&place]);
        made["signing_key"].as_str().unwrap().clone_into(&mut self.signing_key);
        let key = self.signing_key.strip_prefix("whsec_").unwrap().to_owned();
        self.add("signing key", &key, &[&place]);
        self.add("bytes of the signing key", &format!("{:?}", STANDARD.decode(&key).unwrap()), &[]);
        let request = RawRequest::get(&organization).with_method("PATCH").cookie(&self.cookie);
        let changed = self.send("settings", request.json(&json!({"metadata": {"webhook_signature": "required"}}))).await;
        assert_eq!(changed.status(), 200);
    }

    fn keep_tokens(&mut self) {
        let mut tokens = Vec::new();
        for org in [self.simulator.production(), self.simulator.sandbox()] {
            let state = org.state();
            for grant in state.grants.all() {
                tokens.extend(grant.refresh_token.clone().map(|token| ("refresh token", token)));
                tokens.extend(grant.old_refresh_tokens.iter().map(|token| ("old refresh token", token.clone())));
                let access = state.grants.access_tokens(grant.number);
                tokens.extend(access.into_iter().map(|token| ("access token", token.to_owned())));
            }
        }
        assert!(!tokens.is_empty());
        for (name, token) in tokens {
            self.add(name, &token, &[]);
        }
    }

    /// Runs a webhook call, the analysis by a language model, and the write-back. The write-back must refresh the access token.
    pub async fn contracts(&mut self) {
        let request = RawRequest::post(&format!("{API}/organization")).with_method("PATCH").cookie(&self.cookie);
        let switched = self.send("language model", request.json(&json!({"llm_analysis": true}))).await;
        assert_eq!(switched.status(), 200);
        self.opportunity = {
            let mut state = self.simulator.production().state();
            let at = "2026-11-20T10:00:00.000+0000";
            let id = opportunities::create(&mut state, "Northwind", Some("Northwind"), "Prospecting", at);
            let bytes = b"This agreement is made between Acme and Globex."[..].into();
            let (file_name, modified_at) = ("Agreement.txt".into(), at.into());
            files::attach(&mut state, &id, &files::NewFile { file_name, bytes, modified_at, ..files::NewFile::default() });
            id
        };
        let list = self.get(&format!("{API}/integrations/organization/{}", self.connection)).await.json();
        let call = json!({"OrganizationId": list["external_account_id"], "OpportunityId": self.opportunity});
        let path = format!("{API}/integrations/salesforce/webhook");
        let request = RawRequest::post(&path).header("x-webhook-secret", WRONG_SECRET).json(&call);
        assert_eq!(self.send("wrong secret", request).await.status(), 401);
        let request = RawRequest::post(&path).header("x-webhook-secret", &self.secret).json(&call);
        assert_eq!(self.send("unsigned", request).await.status(), 401);
        let request = self.signed(RawRequest::post(&path).header("x-webhook-secret", &self.secret).json(&call), &call);
        assert_eq!(self.send("webhook", request).await.status(), 202);
        let contracts = self.until(&format!("{API}/contracts"), |list| list["items"][0]["id"].is_string()).await;
        self.contract = contracts["items"][0]["id"].as_str().unwrap().to_owned();
        let deliveries = self.get(&format!("{API}/integrations/organization/{}/deliveries", self.connection)).await.json();
        self.delivery = deliveries["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("{API}/contracts/{}", self.contract);
        self.until(&path, |contract| {
            ["completed", "failed"].iter().any(|end| contract["versions"][0]["analysis"]["status"] == *end)
        })
        .await;
        self.simulator.production().state().grants.close_sessions();
        let request = RawRequest::post(&format!("{path}/status")).with_method("PUT").cookie(&self.cookie);
        self.send("status", request.json(&json!({"negotiation_status": "approved"}))).await;
        self.until(&path, |contract| contract["sync"]["status"] == "synced").await;
        self.keep_tokens();
    }

    fn signed(&self, request: RawRequest, call: &Value) -> RawRequest {
        let seconds = (Clock::system().now().millis() / 1_000).to_string();
        let signature = format!("v1,{}", signature(&self.signing_key, &format!("msg_1.{seconds}.{call}")));
        request.header("webhook-id", "msg_1").header("webhook-timestamp", &seconds).header("webhook-signature", &signature)
    }

    /// Polls a path until its JSON response meets the condition. Returns that response.
    async fn until(&mut self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..POLLS {
            let content = self.get(path).await.json();
            if holds(&content) {
                return content;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{path}: the condition did not hold in time");
    }

    /// Requests all GET routes of the router.
    pub async fn pages(&mut self) {
        let document = self.get("/api/openapi.json").await.json();
        let documented = document["paths"].as_object().unwrap().iter().filter(|(_, methods)| methods["get"].is_object());
        let mut paths: Vec<String> = documented.map(|(path, _)| path.clone()).collect();
        paths.extend(plain_routes().into_iter().map(|(path, _)| path.to_owned()));
        paths.extend(["/nothing", "/api/docs/", "/integrations/{id}/dry-run?record={record}"].map(str::to_owned));
        for path in paths {
            let path = self.filled(&path);
            assert!(self.get(&path).await.status() < 500, "{path}");
        }
        for route in &app::ROUTES {
            let path = self.filled(route.path);
            let (stranger, response) = (self.send("stranger", RawRequest::get(&path)).await, self.get(&path).await);
            assert!(stranger.status() < 500, "{path}");
            assert!(
                (200..400).contains(&response.status()) || path.contains("/invitations/") || path.starts_with("/connect"),
                "{path}: {}",
                response.status()
            );
        }
        let path = self.filled(&format!("{API}/integrations/organization/{{id}}/setup-package"));
        let package = unpacked(&self.get(&path).await.body);
        self.places.insert("the setup package, unpacked".to_owned(), package);
        self.saved_forms().await;
        let request = RawRequest::get("/metrics").header("authorization", &format!("Bearer {}", self.metrics_token));
        let metrics = self.send("metrics", request).await;
        assert!(String::from_utf8_lossy(&metrics.body).contains("lexicontract_deliveries_accepted_total"));
    }

    /// The path, with the ids of the created resources.
    fn filled(&self, path: &str) -> String {
        let id = match path {
            _ if path.contains("/contracts/") => &self.contract,
            _ if path.contains("/deliveries/{id}") => &self.delivery,
            _ => &self.connection,
        };
        let path = path.replace("{id}", id).replace("{record}", &self.opportunity);
        path.replace("{slug}", "salesforce").replace("{number}", "1").replace("{token}", "unknown")
    }

    /// Submits forms after the session has ended. Only the form without a password is saved in a cookie.
    async fn saved_forms(&mut self) {
        let form = format!("current_password={}&new_password=x&repeated_password=x", PASSWORD.replace(' ', "+"));
        let refused = self.send("too late", RawRequest::post("/actions/change_password").form(&form)).await;
        assert_eq!((refused.status(), refused.header("set-cookie")), (303, None), "a password is not kept");
        let request = RawRequest::post("/actions/create_api_token").header("cookie", &self.known_browser).form("name=later");
        let kept = self.send("too late, too", request).await.cookie();
        let page = RawRequest::get("/unfinished").header("cookie", &format!("{}; {kept}", self.cookie));
        let page = self.send("unfinished", page).await;
        assert!(String::from_utf8_lossy(&page.body).contains("later"), "{}", page.head);
    }

    /// Sends malformed bodies that contain secrets, and tests a connection whose grant is revoked.
    pub async fn errors(&mut self) {
        for body in [
            format!("{{\"password\":\"{PASSWORD}\""),
            format!("[\"{PASSWORD}\"]"),
            format!("{{\"email\":1,\"password\":\"{PASSWORD}\"}}"),
        ] {
            let request = RawRequest::post(&format!("{API}/auth/login")).form(&body).header("content-type", "application/json");
            assert!((400..500).contains(&self.send("malformed", request).await.status()));
        }
        let request =
            RawRequest::get(&format!("{API}/auth/me?password=x")).header("authorization", &format!("Basic {WRONG_SECRET}"));
        assert_eq!(self.send("basic", request).await.status(), 401);
        self.simulator.production().state().grants.revoke_all();
        let path = format!("{API}/integrations/organization/{}/test", self.connection);
        assert_eq!(self.post(&path, &json!({})).await.status(), 200);
    }

    /// Disconnects and signs out. The disconnect also revokes the grant at Salesforce.
    pub async fn disconnect_and_sign_out(&mut self) {
        let path = format!("{API}/integrations/organization/{}", self.connection);
        let request = RawRequest::get(&path).with_method("DELETE").cookie(&self.cookie);
        assert_eq!(self.send("disconnect", request).await.status(), 204);
        let request = RawRequest::post("/actions/sign_out").cookie(&self.cookie).form("");
        assert!(self.send("sign out", request).await.status() < 400);
    }

    /// Stops the server. Returns the secrets and all output.
    pub async fn finish(mut self) -> (Vec<Canary>, Places) {
        let requests: Vec<String> = self
            .simulator
            .production()
            .state()
            .requests
            .entries()
            .map(|entry| format!("{} {}\n", entry.method, entry.path))
            .collect();
        self.places.insert("addresses at Salesforce".to_owned(), requests.concat().into_bytes());
        let log = self.running.end().await;
        let text = String::from_utf8_lossy(&log);
        assert!(text.contains("\"level\":\"TRACE\"") && text.contains("\"id\":"), "the log has trace level and request ids");
        self.places.insert("log".to_owned(), log);
        (self.canaries, self.places)
    }
}

/// The uncompressed content of all files in the archive.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut content = Vec::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_end(&mut content).unwrap();
    }
    content
}
