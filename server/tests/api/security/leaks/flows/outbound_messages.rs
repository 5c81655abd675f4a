//! Outbound Messages, whose address contains a secret.

use super::{API, Flows, WRONG_SECRET};
use crate::support::raw_http::RawRequest;
use crate::webhook::outbound;
use serde_json::json;

impl Flows {
    /// Creates a URL for Outbound Messages, and sends a valid message, a malformed one and one with another secret.
    pub async fn outbound_messages(&mut self) {
        let organization = format!("{API}/integrations/organization/{}", self.connection);
        let path = format!("{organization}/outbound-secret");
        let made = self.post(&path, &json!({})).await.json();
        let secret = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        self.add("secret for Outbound Messages", &secret, &[&format!("POST {path}")]);
        self.add("session id at Salesforce", outbound::SESSION_ID, &[]);
        let account = self.get(&organization).await.json()["external_account_id"].as_str().unwrap().to_owned();
        let message = outbound::message(&account, &outbound::notification("04l0000000D2Ab1"));
        let path = format!("{API}/integrations/salesforce/outbound");
        for (secret, body, status) in
            [(secret.as_str(), message.as_str(), 200), (&secret, &message[1..], 400), (WRONG_SECRET, &message, 401)]
        {
            let request = RawRequest::post(&format!("{path}/{secret}")).xml(body);
            assert_eq!(self.send("outbound message", request).await.status(), status);
        }
    }
}
