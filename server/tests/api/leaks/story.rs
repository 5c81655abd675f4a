use super::{
    Places,
    canary::Canary,
    exchange::{Ask, Told},
    process::{Running, Setting},
};
use crate::{salesforce::allow, signatures::code};
use base64::{Engine, engine::general_purpose::STANDARD};
use lexicontract::clock::Clock;
use salesforce_simulator::{
    Options, Simulator,
    options::ConnectedApp,
    state::{files, opportunities},
};
use serde_json::{Value, json};
use server::router::plain_routes;
use std::{
    io::{Cursor, Read},
    time::Duration,
};
use url::Url;

const API: &str = "/api/v1";
const PASSWORD: &str = "canary battery of the admin";
const OTHER_PASSWORD: &str = "canary battery of the colleague";
const WRONG_PASSWORD: &str = "canary battery with a typing error";
const API_KEY: &str = "canary-of-the-pipedrive-key";
const WRONG_SECRET: &str = "lcwh_canary-of-a-secret-that-was-replaced";
/// How often is looked for what workers do, a tenth of a second apart.
const LOOKS: usize = 300;

/// A server, a simulated Salesforce, and everything that was said.
pub struct Story {
    running: Running,
    simulator: Simulator,
    canaries: Vec<Canary>,
    places: Places,
    cookie: String,
    known_browser: String,
    connection: String,
    opportunity: String,
    contract: String,
    secret: String,
    signing_key: String,
    metrics_token: String,
}

impl Story {
    pub async fn begin(setting: &Setting) -> Self {
        let app = ConnectedApp { client_secret: setting.client_secret.clone(), ..ConnectedApp::default() };
        let options = Options { apps: vec![app.clone()], rotation: true, require_pkce: true, ..Options::default() };
        let simulator = Simulator::start(options).await.unwrap();
        let login = simulator.production_url().to_owned();
        let other = other_providers().await;
        let model = format!("{other}/v1");
        let more = [
            ("PUBLIC_URL", crate::call::ORIGIN),
            ("SALESFORCE_CLIENT_ID", &app.client_id),
            ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
            ("SALESFORCE_LOGIN_URL", &login),
            ("SALESFORCE_ALLOWED_HOSTS", login.trim_start_matches("http://")),
            ("PIPEDRIVE_API_URL", &other),
            ("LLM_BASE_URL", &model),
            ("LLM_API_KEY", &setting.model_key),
            ("LLM_MODEL", "canary"),
        ];
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
            secret: empty(),
            signing_key: empty(),
            metrics_token: setting.metrics_token.clone(),
        }
    }

    /// Sends, and keeps the answer under its label.
    async fn ask(&mut self, label: &str, ask: Ask) -> Told {
        let told = ask.send(&self.running.address).await;
        let kept = self.places.entry(label.to_owned()).or_default();
        kept.extend_from_slice(told.head.as_bytes());
        kept.extend_from_slice(&told.body);
        told
    }

    async fn get(&mut self, path: &str) -> Told {
        let ask = Ask::get(path).cookie(&self.cookie);
        self.ask(&ask.label(), ask).await
    }

    async fn post(&mut self, path: &str, body: &Value) -> Told {
        let ask = Ask::post(path).cookie(&self.cookie).json(body);
        self.ask(&ask.label(), ask).await
    }

    fn add(&mut self, name: &'static str, value: &str, places: &[&str]) {
        let canary = Canary::new(name, value);
        self.canaries.push(places.iter().fold(canary, |canary, place| canary.shown_in(*place)));
    }

    /// Registration, sign-in in both ways, API tokens, an invitation.
    pub async fn people(&mut self) {
        let body = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
        let registered = self.ask("register", Ask::post(&format!("{API}/auth/register")).json(&body)).await;
        self.keep_session(&registered, "register");
        let form = format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+"));
        let signed_in = self.ask("sign in", Ask::post("/actions/sign_in").form(&form)).await;
        self.keep_session(&signed_in, "sign in");
        let wrong = json!({"email": "ada@example.com", "password": WRONG_PASSWORD});
        let refused = self.ask("wrong password", Ask::post(&format!("{API}/auth/login")).json(&wrong)).await;
        assert_eq!(refused.status(), 401);

        let made = self.post(&format!("{API}/tokens"), &json!({"name": "build"})).await.json();
        let token = made["token"].as_str().unwrap().to_owned();
        self.add("API token", &token, &["POST /api/v1/tokens"]);
        let me = Ask::get(&format!("{API}/auth/me")).header("authorization", &format!("Bearer {token}"));
        assert_eq!(self.ask("me", me).await.status(), 200);
        let ask = Ask::post("/actions/create_api_token").cookie(&self.cookie).form("name=form");
        let once = self.ask("make a token", ask).await.cookie();
        let page = Ask::get("/settings/tokens").header("cookie", &format!("{}; {once}", self.cookie));
        let page = String::from_utf8(self.ask("the token once", page).await.body).unwrap();
        let is_whole = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let token = page.split("lct_").filter_map(|rest| rest.get(..43)).find(is_whole).expect("it is shown").to_owned();
        self.add("API token of a form", &format!("lct_{token}"), &["the token once"]);

        let new = json!({"email": "mia@example.com", "name": "Mia", "role": "member"});
        let invited = self.post(&format!("{API}/users"), &new).await.json();
        let invitation = invited["invitation_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        self.add("invitation", &invitation, &["POST /api/v1/users", "invitation"]);
        let page = Ask::get(&format!("/invitations/{invitation}"));
        assert_eq!(self.ask("invitation", page).await.status(), 200);
        let form = format!("token={invitation}&password={}", OTHER_PASSWORD.replace(' ', "+"));
        let accepted = self.ask("accept", Ask::post("/actions/accept_invitation").form(&form)).await;
        self.keep_session(&accepted, "accept");
        // Ada goes on.
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let signed_in = self.ask("login", Ask::post(&format!("{API}/auth/login")).json(&body)).await;
        self.keep_session(&signed_in, "login");
    }

    fn keep_session(&mut self, told: &Told, place: &str) {
        self.cookie = told.cookie();
        self.known_browser = told.cookie_named("lexicontract_browser");
        let token = self.cookie.split_once('=').unwrap().1.to_owned();
        self.add("session", &token, &[place]);
    }

    /// A key, Salesforce's consent, and the webhook's secret with its key, which is asked for from then on.
    pub async fn connections(&mut self) {
        let path = format!("{API}/integrations/organization/int_pipedrive");
        assert_eq!(self.post(&path, &json!({"api_key": API_KEY})).await.status(), 201);
        let path = format!("{API}/integrations/organization/int_salesforce");
        let begun = self.post(&path, &json!({"environment": "production"})).await.json();
        let address = Url::parse(begun["authorization_url"].as_str().unwrap()).unwrap();
        let back = Url::parse(&allow(&address).await).unwrap();
        let value = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        self.add("state", &value("state"), &["POST /api/v1/integrations/organization/int_salesforce"]);
        self.add("code", &value("code"), &[]);
        for _ in 0..2 {
            let ask = Ask::get(&format!("{}?{}", back.path(), back.query().unwrap())).cookie(&self.cookie);
            self.ask("callback", ask).await;
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
        let ask = Ask::get(&organization).with_method("PATCH").cookie(&self.cookie);
        let changed = self.ask("settings", ask.json(&json!({"metadata": {"webhook_signature": "required"}}))).await;
        assert_eq!(changed.status(), 200);
    }

    fn keep_tokens(&mut self) {
        let mut tokens = Vec::new();
        let state = self.simulator.production().state();
        for grant in state.grants.all() {
            tokens.extend(grant.refresh_token.clone().map(|token| ("refresh token", token)));
            tokens.extend(grant.old_refresh_tokens.iter().map(|token| ("old refresh token", token.clone())));
            tokens.extend(state.grants.access_tokens(grant.number).into_iter().map(|token| ("access token", token.to_owned())));
        }
        drop(state);
        assert!(!tokens.is_empty());
        for (name, token) in tokens {
            self.add(name, &token, &[]);
        }
    }

    /// From the webhook to the status in Salesforce, with a session that ends in between. The text goes to the language model.
    pub async fn contracts(&mut self) {
        let ask = Ask::post(&format!("{API}/organization")).with_method("PATCH").cookie(&self.cookie);
        let switched = self.ask("language model", ask.json(&json!({"llm_analysis": true}))).await;
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
        let ask = Ask::post(&path).header("x-webhook-secret", WRONG_SECRET).json(&call);
        assert_eq!(self.ask("wrong secret", ask).await.status(), 401);
        let ask = Ask::post(&path).header("x-webhook-secret", &self.secret).json(&call);
        assert_eq!(self.ask("unsigned", ask).await.status(), 401);
        let ask = self.signed(Ask::post(&path).header("x-webhook-secret", &self.secret).json(&call), &call);
        assert_eq!(self.ask("webhook", ask).await.status(), 202);
        let contracts = self.until(&format!("{API}/contracts"), |list| list["items"][0]["id"].is_string()).await;
        self.contract = contracts["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("{API}/contracts/{}", self.contract);
        self.until(&path, |contract| {
            ["completed", "failed"].iter().any(|end| contract["versions"][0]["analysis"]["status"] == *end)
        })
        .await;
        self.simulator.production().state().grants.close_sessions();
        let ask = Ask::post(&format!("{path}/status")).with_method("PUT").cookie(&self.cookie);
        self.ask("status", ask.json(&json!({"negotiation_status": "approved"}))).await;
        self.until(&path, |contract| contract["sync"]["status"] == "synced").await;
        self.keep_tokens();
    }

    fn signed(&self, ask: Ask, call: &Value) -> Ask {
        let seconds = (Clock::system().now().millis() / 1_000).to_string();
        let signature = format!("v1,{}", code(&self.signing_key, &format!("msg_1.{seconds}.{call}")));
        ask.header("webhook-id", "msg_1").header("webhook-timestamp", &seconds).header("webhook-signature", &signature)
    }

    /// What the workers make of a path's content.
    async fn until(&mut self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..LOOKS {
            let content = self.get(path).await.json();
            if is_so(&content) {
                return content;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{path} did not come so far");
    }

    /// Every address that shows something: those of the router's own lists, so that a new one is not left out.
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
            let (stranger, told) = (self.ask("stranger", Ask::get(&path)).await, self.get(&path).await);
            assert!(stranger.status() < 500, "{path}");
            assert!((200..400).contains(&told.status()) || path.contains("/invitations/"), "{path}: {}", told.status());
        }
        let path = self.filled(&format!("{API}/integrations/organization/{{id}}/setup-package"));
        let package = unpacked(&self.get(&path).await.body);
        self.places.insert("the set-up package, unpacked".to_owned(), package);
        self.unfinished().await;
        let ask = Ask::get("/metrics").header("authorization", &format!("Bearer {}", self.metrics_token));
        let metrics = self.ask("metrics", ask).await;
        assert!(String::from_utf8_lossy(&metrics.body).contains("lexicontract_deliveries_accepted_total"));
    }

    /// A path with what the story is about in it.
    fn filled(&self, path: &str) -> String {
        let id = if path.contains("/contracts/") { &self.contract } else { &self.connection };
        let path = path.replace("{id}", id).replace("{record}", &self.opportunity);
        path.replace("{slug}", "salesforce").replace("{number}", "1").replace("{token}", "nobody")
    }

    /// Forms that arrive after the session's end: one is kept in a cookie, and one must not be.
    async fn unfinished(&mut self) {
        let form = format!("current_password={}&new_password=x&repeated_password=x", PASSWORD.replace(' ', "+"));
        let refused = self.ask("too late", Ask::post("/actions/change_password").form(&form)).await;
        assert_eq!((refused.status(), refused.header("set-cookie")), (303, None), "a password is not kept");
        let ask = Ask::post("/actions/create_api_token").header("cookie", &self.known_browser).form("name=later");
        let kept = self.ask("too late, too", ask).await.cookie();
        let page = Ask::get("/unfinished").header("cookie", &format!("{}; {kept}", self.cookie));
        let page = self.ask("unfinished", page).await;
        assert!(String::from_utf8_lossy(&page.body).contains("later"), "{}", page.head);
    }

    /// What goes wrong: bodies that cannot be read with secrets in them, and a grant that was ended.
    pub async fn troubles(&mut self) {
        for body in [
            format!("{{\"password\":\"{PASSWORD}\""),
            format!("[\"{PASSWORD}\"]"),
            format!("{{\"email\":1,\"password\":\"{PASSWORD}\"}}"),
        ] {
            let ask = Ask::post(&format!("{API}/auth/login")).form(&body).header("content-type", "application/json");
            assert!((400..500).contains(&self.ask("malformed", ask).await.status()));
        }
        let ask = Ask::get(&format!("{API}/auth/me?password=x")).header("authorization", &format!("Basic {WRONG_SECRET}"));
        assert_eq!(self.ask("basic", ask).await.status(), 401);
        self.simulator.production().state().grants.revoke_all();
        let path = format!("{API}/integrations/organization/{}/test", self.connection);
        assert_eq!(self.post(&path, &json!({})).await.status(), 200);
    }

    /// Disconnecting, which ends the grant at Salesforce, and signing out.
    pub async fn leave(&mut self) {
        let path = format!("{API}/integrations/organization/{}", self.connection);
        let ask = Ask::get(&path).with_method("DELETE").cookie(&self.cookie);
        assert_eq!(self.ask("disconnect", ask).await.status(), 204);
        let ask = Ask::post("/actions/sign_out").cookie(&self.cookie).form("");
        assert!(self.ask("sign out", ask).await.status() < 400);
    }

    /// The secrets, and everything that was said.
    pub async fn end(mut self) -> (Vec<Canary>, Places) {
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
        assert!(text.contains("\"level\":\"TRACE\"") && text.contains("\"id\":"), "it logs all it can, with the ids of requests");
        self.places.insert("log".to_owned(), log);
        (self.canaries, self.places)
    }
}

/// What a ZIP holds: in compressed bytes nobody finds anything.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut content = Vec::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_end(&mut content).unwrap();
    }
    content
}

/// A provider that takes every key, and a language model that is broken.
async fn other_providers() -> String {
    let me = json!({"data": {"id": 1, "name": "Ada", "company_id": 2, "company_name": "Acme"}});
    let router = axum::Router::new()
        .route("/v1/{*rest}", axum::routing::any(async || (http::StatusCode::INTERNAL_SERVER_ERROR, "broken")))
        .fallback(async move || axum::Json(me));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}
