//! The simulated Apex trigger, which calls the webhook when Opportunities reach the trigger stage. Calls have a timeout. Failed
//! calls and server errors are retried after configurable delays.

use crate::state::logs::WebhookEntry;
use crate::state::organization::Organization;
use serde_json::{Value, json};
use std::sync::Arc;

pub const MAX_RESPONSE_CHARACTERS: usize = 4_000;

/// Calls the webhook. Returns the log entry of the first attempt. Retries run in the background.
pub async fn fire(organization: &Arc<Organization>, opportunity_ids: Vec<String>) -> WebhookEntry {
    let first = attempt(organization, &opportunity_ids, 0).await;
    if first.will_retry {
        let organization = Arc::clone(organization);
        tokio::spawn(async move { retry(&organization, &opportunity_ids).await });
    }
    first
}

pub fn fire_in_background(organization: &Arc<Organization>, opportunity_ids: Vec<String>) {
    let organization = Arc::clone(organization);
    tokio::spawn(async move { fire(&organization, opportunity_ids).await });
}

async fn retry(organization: &Organization, opportunity_ids: &[String]) {
    for (retry, delay) in (1..).zip(&organization.options.webhook_pauses) {
        tokio::time::sleep(*delay).await;
        if !attempt(organization, opportunity_ids, retry).await.will_retry {
            return;
        }
    }
}

async fn attempt(organization: &Organization, opportunity_ids: &[String], retry: usize) -> WebhookEntry {
    let (webhook, organization_id) = {
        let state = organization.state();
        (state.webhook.clone(), state.organization_id.clone())
    };
    let mut entry = WebhookEntry {
        at: organization.now(),
        url: webhook.url.clone(),
        opportunity_ids: opportunity_ids.to_vec(),
        attempt: retry + 1,
        status: None,
        response: String::new(),
        error: None,
        will_retry: false,
    };
    if webhook.url.is_empty() {
        entry.error = Some("No webhook URL is configured.".to_owned());
    } else {
        let mut request = organization
            .http
            .post(&webhook.url)
            .timeout(organization.options.webhook_timeout)
            .json(&payload(&organization_id, opportunity_ids));
        if !webhook.secret.is_empty() {
            request = request.header("X-Webhook-Secret", &webhook.secret);
        }
        match request.send().await {
            Ok(response) => {
                entry.status = Some(response.status().as_u16());
                entry.will_retry = response.status().is_server_error();
                let text = response.text().await.unwrap_or_default();
                entry.response = text.chars().take(MAX_RESPONSE_CHARACTERS).collect();
            }
            Err(error) => {
                entry.will_retry = !error.is_builder();
                entry.error = Some(describe(&error));
            }
        }
    }
    entry.will_retry &= retry < organization.options.webhook_pauses.len();
    organization.log_webhook_call(entry.clone());
    entry
}

fn payload(organization_id: &str, opportunity_ids: &[String]) -> Value {
    match opportunity_ids {
        [one] => json!({ "OrganizationId": organization_id, "OpportunityId": one }),
        many => json!({ "OrganizationId": organization_id, "OpportunityIds": many }),
    }
}

/// Describes why a call got no response.
pub fn describe(error: &reqwest::Error) -> String {
    let reason = if error.is_timeout() {
        "no response in time"
    } else if error.is_connect() {
        "could not connect"
    } else if error.is_builder() {
        "the URL or the secret is invalid"
    } else {
        "the connection broke"
    };
    format!("The call failed: {reason}.")
}
