//! The ways in which a connection learns of deals, in the order of the effort that they need.

use super::data::ConnectionData;
use super::polling_way::polling_way;
use super::webhook::{confirm, values};
use crate::pages::prelude::*;
use lexicontract::connectors::webhook::WebhookSpec;
use lexicontract::domain::connection::{SecretPurpose, WebhookSecretInfo};
use std::time::Duration;

pub(super) fn ways(data: &ConnectionData) -> AnyView {
    let connector = connectors::find(&data.health.connection.integration.slug);
    let webhooks = connector.map(|connector| connector.webhooks).unwrap_or_default();
    let ways = webhooks.iter().map(|webhook| webhook_way(webhook, data)).collect_view();
    let polling = data.polling.as_ref().map(|polling| polling_way(polling, data));
    let title = format!("How {} are found", data.terms().deals);
    card("ways", title, (), items(any_view! { {polling} {ways} }))
}

/// Shows a URL that was just created. It is not in a live part of the page, because a refresh would replace that part with content
/// that lacks the URL.
pub(super) fn new_address(data: &ConnectionData) -> Option<AnyView> {
    let note = "Enter it at the provider now. It contains a secret, so keep it confidential. It can’t be shown again.";
    let address = data.new_secret.clone().filter(|created| is_address(created))?;
    Some(shown_once("outbound-address", "Endpoint URL", address, note))
}

/// True for a created URL. A created secret of the other webhook does not begin like a URL.
pub(super) fn is_address(created: &str) -> bool {
    created.starts_with("http")
}

fn webhook_way(webhook: &WebhookSpec, data: &ConnectionData) -> AnyView {
    let secrets: Vec<_> = data.secrets.iter().filter(|secret| secret.purpose == webhook.secret).collect();
    let used = secrets.iter().filter_map(|secret| secret.last_used_at).max();
    let state = match (secrets.is_empty(), data.health.connection.is_enabled) {
        (true, _) => pill(Tone::Neutral, "Not set up"),
        (false, false) => pill(Tone::Paused, "Paused"),
        (false, true) => in_use(used, data.now),
    };
    let below = any_view! {
        <p>{webhook.about}</p>
        {used.map(|at| view! { <p>"Last call " {moment(at, data.now)}</p> })}
        {next_step(webhook, &secrets, data)}
    };
    item(webhook.title, state, below)
}

fn next_step(webhook: &WebhookSpec, secrets: &[&WebhookSecretInfo], data: &ConnectionData) -> Option<AnyView> {
    if webhook.secret == SecretPurpose::Webhook {
        return Some(link("Go to the webhook", "#webhook"));
    }
    (data.role >= Role::Admin).then(|| row((create_url(secrets.is_empty(), data), revoke_previous_url(secrets, data))))
}

fn create_url(is_new: bool, data: &ConnectionData) -> AnyView {
    const ACTION: &str = "/actions/create_outbound_secret";
    if is_new {
        return post_button(ACTION, values(data), "Create endpoint URL", Look::Secondary);
    }
    let consequence =
        "A new URL is created. The current one works for another 24 hours, so that it can be replaced at the provider.";
    confirm("Replace endpoint URL", consequence, ACTION, values(data), "Create new URL")
}

fn revoke_previous_url(secrets: &[&WebhookSecretInfo], data: &ConnectionData) -> Option<AnyView> {
    const ACTION: &str = "/actions/end_previous_outbound_secrets";
    let consequence = "Messages to the previous URL are rejected immediately, so check first that the provider uses the new one. If \
                       someone else might know the previous URL, revoke it without waiting.";
    let has_previous = secrets.iter().any(|secret| secret.valid_until.is_some());
    has_previous.then(|| confirm("Revoke the previous URL now", consequence, ACTION, values(data), "Revoke previous URL"))
}

/// A way is in use if it was used within the last week. `used` is the time of its last use.
pub(super) fn in_use(used: Option<Timestamp>, now: Timestamp) -> AnyView {
    const RECENT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    match used {
        Some(at) if now.since(at) < RECENT => pill(Tone::Ok, "In use"),
        Some(_) => pill(Tone::Neutral, "Not used for a week"),
        None => pill(Tone::Neutral, "Ready"),
    }
}
