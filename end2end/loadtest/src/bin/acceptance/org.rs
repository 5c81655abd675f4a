//! The Salesforce org: records that the test creates, reads and deletes.

use crate::product::text;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loadtest::Outcome;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// API version that the server uses by default.
const VERSION: &str = "v67.0";

pub struct Org {
    client: Client,
    token: String,
    base: String,
}

impl Org {
    pub fn new((token, instance_url): (String, String)) -> Self {
        Self { client: Client::new(), token, base: format!("{instance_url}/services/data/{VERSION}") }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let (status, body) = (answer.status(), answer.bytes().await?);
        if !status.is_success() {
            return Err(format!("Salesforce: {method} {path}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    pub async fn query(&self, soql: &str) -> Outcome<Vec<Value>> {
        let query = reqwest::Url::parse_with_params("http://q/", [("q", soql)])?;
        let found = self.send(Method::GET, &format!("/query?{}", query.query().unwrap_or_default()), None).await?;
        Ok(found["records"].as_array().cloned().unwrap_or_default())
    }

    /// API values of two open stages.
    pub async fn open_stages(&self) -> Outcome<(String, String)> {
        let describe = self.send(Method::GET, "/sobjects/Opportunity/describe", None).await?;
        let fields = describe["fields"].as_array().into_iter().flatten();
        let values = fields.filter(|field| field["name"] == "StageName").flat_map(|field| field["picklistValues"].as_array());
        let active = values.flatten().filter(|value| value["active"] == true).filter_map(|value| value["value"].as_str());
        let mut stages = active.filter(|stage| !stage.starts_with("Closed")).map(str::to_owned);
        let (first, second) = (stages.next(), stages.next());
        first.zip(second).ok_or_else(|| "the org has fewer than two open stages".into())
    }

    pub async fn create(&self, object: &str, fields: &Value) -> Outcome<String> {
        text(&self.send(Method::POST, &format!("/sobjects/{object}"), Some(fields)).await?, "id")
    }

    pub async fn attach(&self, opportunity: &str, file_name: &str, bytes: &[u8]) -> Outcome<String> {
        let version = json!({
            "Title": file_name.rsplit_once('.').map_or(file_name, |(title, _)| title),
            "PathOnClient": file_name,
            "VersionData": STANDARD.encode(bytes),
            "FirstPublishLocationId": opportunity,
        });
        self.create("ContentVersion", &version).await
    }

    pub async fn change(&self, opportunity: &str, fields: &Value) -> Outcome<()> {
        self.send(Method::PATCH, &format!("/sobjects/Opportunity/{opportunity}"), Some(fields)).await.map(drop)
    }

    pub async fn field(&self, opportunity: &str, field: &str) -> Outcome<Option<String>> {
        let found = self.query(&format!("SELECT {field} FROM Opportunity WHERE Id = '{opportunity}'")).await?;
        Ok(found.first().and_then(|row| row[field].as_str()).map(str::to_owned))
    }

    pub async fn delete(&self, object: &str, id: &str) -> Outcome<()> {
        self.send(Method::DELETE, &format!("/sobjects/{object}/{id}"), None).await.map(drop)
    }

    /// Whether Salesforce still accepts the access token.
    pub async fn accepts_token(&self) -> Outcome<bool> {
        let answer = self.client.get(format!("{}/limits", self.base)).bearer_auth(&self.token).send().await?;
        Ok(answer.status() != StatusCode::UNAUTHORIZED)
    }
}
