use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use salesforce_simulator::options::ConnectedApp;
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

/// A running simulator, and a client for its production organization.
pub struct Setup {
    pub simulator: Simulator,
    pub http: reqwest::Client,
    pub app: ConnectedApp,
}

impl Setup {
    pub async fn start() -> Setup {
        Setup::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Setup {
        let simulator = Simulator::start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Setup { simulator, http, app: ConnectedApp::default() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.production_url())
    }

    pub fn authorize_parameters(&self) -> Vec<(String, String)> {
        [
            ("response_type", "code"),
            ("client_id", &self.app.client_id),
            ("redirect_uri", &self.app.redirect_uris[0]),
            ("scope", "api refresh_token openid"),
            ("state", "some state/+="),
            ("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Submits a decision on the consent page. Returns the parameters of the callback URL.
    pub async fn decide(&self, decision: &str, mut parameters: Vec<(String, String)>) -> Vec<(String, String)> {
        parameters.push(("decision".to_owned(), decision.to_owned()));
        let response = self.http.post(self.url("/services/oauth2/authorize")).form(&parameters).send().await.unwrap();
        assert_eq!(response.status(), 302);
        callback(&response)
    }

    pub async fn code(&self) -> String {
        value(&self.decide("allow", self.authorize_parameters()).await, "code")
    }

    pub async fn token_call(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let mut form = form.to_vec();
        form.extend([("client_id", self.app.client_id.as_str()), ("client_secret", &self.app.client_secret)]);
        let response = self.http.post(self.url("/services/oauth2/token")).form(&form).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub async fn exchange(&self, code: &str, verifier: &str) -> (u16, Value) {
        let redirect = self.app.redirect_uris[0].clone();
        self.token_call(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", verifier),
        ])
        .await
    }

    pub async fn refresh(&self, token: &Value) -> (u16, Value) {
        self.token_call(&[("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())]).await
    }

    /// Connects to the production organization. Returns the token response.
    pub async fn connect(&self) -> Value {
        let (status, tokens) = self.exchange(&self.code().await, VERIFIER).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    pub async fn get(&self, tokens: &Value, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap()
    }

    pub async fn query(&self, tokens: &Value, soql: &str) -> (u16, Value) {
        let request = self.http.get(self.url("/services/data/v67.0/query")).query(&[("q", soql)]);
        let response = request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub async fn patch(&self, tokens: &Value, id: &str, body: Value) -> (u16, String) {
        let url = self.url(&format!("/services/data/v67.0/sobjects/Opportunity/{id}"));
        let request = self.http.patch(url).json(&body).bearer_auth(tokens["access_token"].as_str().unwrap());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let response = self.http.post(self.url(&format!("/control/{path}"))).json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{} {path}", response.status());
        response.json().await.unwrap_or_default()
    }

    pub async fn new_opportunity(&self) -> String {
        let body = json!({ "name": "Test deal", "account_name": "Test account", "stage": "Qualification" });
        self.control("opportunities", body).await["id"].as_str().unwrap().to_owned()
    }

    /// Reads the state of the production organization from the control API.
    pub async fn report(&self) -> Value {
        let response = self.http.get(self.url("/control/state")).send().await.unwrap();
        response.json::<Value>().await.unwrap()["orgs"]["production"].clone()
    }
}

pub fn callback(response: &reqwest::Response) -> Vec<(String, String)> {
    let location = response.headers()["location"].to_str().unwrap();
    url::Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

pub fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}
