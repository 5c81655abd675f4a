//! Organizations with a signed-in administrator and a Salesforce connection.

use crate::Outcome;
use crate::wire::{Wire, json_request, request};
use salesforce_simulator::Simulator;
use salesforce_simulator::state::organization::Organization;
use serde_json::{Value, json};
use std::net::SocketAddr;

#[derive(Clone, Debug)]
pub struct Account {
    pub cookie: String,
    pub token: String,
    pub connection: String,
    pub salesforce_organization: String,
    pub secret: String,
}

pub const WEBHOOK: &str = "/api/v1/integrations/salesforce/webhook";

impl Account {
    /// Registers an organization, connects Salesforce, and creates a webhook secret.
    pub async fn open(server: SocketAddr, simulator: &Simulator, name: &str) -> Outcome<Self> {
        let mut wire = Wire::connect(server).await?;
        let person = json!({"organization": name, "name": name, "email": format!("{name}@example.com"), "password": "correct horse battery"});
        let registered = wire.send(&json_request("POST", "/api/v1/auth/register", &[], &person)).await?.expect(201)?;
        let cookie = registered.header("set-cookie").and_then(|cookie| cookie.split(';').next()).ok_or("no cookie")?.to_owned();
        let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let made = wire.send(&json_request("POST", "/api/v1/tokens", &own, &json!({"name": "loadtest"}))).await?.expect(201)?;
        let token = text(&made.json()?["token"])?;
        let made = connect(&mut wire, &own, simulator.production()).await?;
        let connection = text(&made["id"])?;
        let path = format!("/api/v1/integrations/organization/{connection}/webhook-secret");
        let secret = text(&wire.send(&request("POST", &path, &own, b"")).await?.expect(201)?.json()?["secret"])?;
        let salesforce_organization = text(&made["external_account_id"])?;
        Ok(Self { cookie, token, connection, salesforce_organization, secret })
    }

    /// Connects another Salesforce organization. Returns the id of the connection.
    pub async fn connect(&self, server: SocketAddr, organization: &Organization) -> Outcome<String> {
        let own = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        text(&connect(&mut Wire::connect(server).await?, &own, organization).await?["id"])
    }

    /// Returns the bytes of the webhook request that the Apex trigger sends for an Opportunity.
    pub fn call(&self, opportunity: &str) -> Vec<u8> {
        self.webhook(&json!({"OrganizationId": self.salesforce_organization, "OpportunityId": opportunity}))
    }

    pub fn call_about(&self, opportunities: &[String]) -> Vec<u8> {
        self.webhook(&json!({"OrganizationId": self.salesforce_organization, "OpportunityIds": opportunities}))
    }

    pub fn upload(&self, title: &str, file: &[u8]) -> Vec<u8> {
        let title = format!("--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\n{title}\r\n");
        let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
        let body = [title.as_bytes(), head.as_bytes(), file, b"\r\n--b--\r\n"].concat();
        let headers =
            [("authorization", format!("Bearer {}", self.token)), ("content-type", "multipart/form-data; boundary=b".to_owned())];
        request("POST", "/api/v1/contracts/", &headers.each_ref().map(|(name, value)| (*name, value.as_str())), &body)
    }

    fn webhook(&self, body: &Value) -> Vec<u8> {
        json_request("POST", WEBHOOK, &[("x-webhook-secret", self.secret.as_str())], body)
    }

    /// Returns the bytes of a request that changes settings of a connection.
    pub fn change_settings(&self, connection: &str, metadata: &Value) -> Vec<u8> {
        let path = format!("/api/v1/integrations/organization/{connection}");
        json_request("PATCH", &path, &[("authorization", &format!("Bearer {}", self.token))], &json!({ "metadata": metadata }))
    }

    pub fn erase_contract(&self, contract: &str) -> Vec<u8> {
        let path = format!("/api/v1/contracts/{contract}");
        request("DELETE", &path, &[("authorization", &format!("Bearer {}", self.token))], b"")
    }

    /// API tokens cannot erase an organization.
    pub fn erase_organization(&self, name: &str) -> Vec<u8> {
        let own = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        json_request("DELETE", "/api/v1/organization", &own, &json!({ "name": name }))
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        request("GET", path, &[("authorization", &format!("Bearer {}", self.token))], b"")
    }
}

/// Connects a Salesforce organization, and returns the connection.
async fn connect(wire: &mut Wire, own: &[(&str, &str)], organization: &Organization) -> Outcome<Value> {
    let (path, environment) = ("/api/v1/integrations/organization/int_salesforce", organization.environment.name());
    let begun = wire.send(&json_request("POST", path, own, &json!({"environment": environment}))).await?.expect(200)?;
    let address = text(&begun.json()?["authorization_url"])?;
    let (path, query) = address.split_once('?').ok_or("no query in the address of the consent page")?;
    let path = path.strip_prefix(&organization.url).ok_or("the consent page is elsewhere")?;
    let salesforce = organization.url.trim_start_matches("http://").parse()?;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let consent = request("POST", path, &form, format!("{query}&decision=allow").as_bytes());
    let allowed = Wire::connect(salesforce).await?.send(&consent).await?;
    let back = allowed.header("location").ok_or_else(|| allowed.head.clone())?;
    let callback = back.find("/api/").and_then(|at| back.get(at..)).ok_or("no callback")?;
    let connected = wire.send(&request("GET", callback, &own[..1], b"")).await?;
    if connected.header("location") != Some("/integrations?connected=salesforce") {
        return Err(format!("the connection was not made: {:?}", connected.header("location")).into());
    }
    let list = wire.send(&request("GET", "/api/v1/integrations/organization", own, b"")).await?.expect(200)?.json()?;
    let mut connections = list.as_array().into_iter().flatten();
    connections.find(|made| made["environment"] == environment).cloned().ok_or_else(|| "the connection is not listed".into())
}

fn text(value: &Value) -> Outcome<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| "a field is missing in an answer".into())
}
