//! Sends Outbound Messages, as a record-triggered flow does after a change.

pub mod envelope;

use crate::state::logs::OutboundEntry;
use crate::state::organization::Organization;
use crate::trigger::{MAX_RESPONSE_CHARACTERS, describe};
use http::StatusCode;
use std::sync::Arc;

/// Maximum number of notifications in one message.
const MAX_NOTIFICATIONS: usize = 100;

/// Sends notifications, and records which ones are acknowledged. Sends nothing if the Outbound Message is not configured. Returns
/// the log entries of the messages.
pub async fn send(organization: &Organization, notification_ids: &[String]) -> Vec<OutboundEntry> {
    let mut entries = Vec::new();
    for ids in notification_ids.chunks(MAX_NOTIFICATIONS) {
        entries.extend(send_message(organization, ids).await);
    }
    entries
}

pub fn send_in_background(organization: &Arc<Organization>, notification_ids: Vec<String>) {
    let organization = Arc::clone(organization);
    tokio::spawn(async move { send(&organization, &notification_ids).await });
}

async fn send_message(organization: &Organization, ids: &[String]) -> Option<OutboundEntry> {
    let (mut entry, body) = {
        let state = organization.state();
        let url = state.outbound.url.clone()?;
        let notifications: Vec<_> = ids.iter().filter_map(|id| state.outbound.find(id)).collect();
        let opportunity_ids = notifications.iter().map(|notification| notification.opportunity_id.clone()).collect();
        let body = envelope::render(&state, &organization.url, &notifications);
        (OutboundEntry { at: organization.now(), url, opportunity_ids, ..OutboundEntry::default() }, body)
    };
    entry.notification_ids = ids.to_vec();
    let request = organization
        .http
        .post(&entry.url)
        .timeout(organization.options.webhook_timeout)
        .header("Content-Type", "text/xml; charset=utf-8")
        .header("SOAPAction", "\"\"")
        .body(body);
    match request.send().await {
        Ok(response) => {
            let is_ok = response.status() == StatusCode::OK;
            entry.status = Some(response.status().as_u16());
            let text = response.text().await.unwrap_or_default();
            entry.acknowledged = is_ok && envelope::is_acknowledgement(&text);
            entry.response = text.chars().take(MAX_RESPONSE_CHARACTERS).collect();
        }
        Err(error) => entry.error = Some(describe(&error)),
    }
    let mut state = organization.state();
    state.outbound.record_attempt(ids, entry.acknowledged);
    state.outbound_messages.push(entry.clone());
    Some(entry)
}
