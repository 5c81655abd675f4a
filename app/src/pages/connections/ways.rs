//! The ways in which a connection learns of deals, in the order of the effort that they need.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::connectors::webhook::WebhookSpec;
use lexicontract::domain::connection::SecretPurpose;
use lexicontract::domain::connection::polling::{Polling, SlowBecause};

pub(super) fn ways(data: &ConnectionData) -> AnyView {
    let connector = connectors::find(&data.health.connection.integration.slug);
    let webhooks = connector.map(|connector| connector.webhooks).unwrap_or_default();
    let ways = webhooks.iter().map(|webhook| webhook_way(webhook, data)).collect_view();
    let polling = data.polling.as_ref().map(|polling| polling_way(polling, data));
    let title = format!("How {} are found", data.terms().deals);
    card("ways", title, (), items(any_view! { {polling} {ways} }))
}

/// A URL that was just created. It is outside of the part that is replaced automatically, which does not contain the URL.
pub(super) fn new_address(data: &ConnectionData) -> Option<AnyView> {
    let note = "Enter it at the provider now. It contains a secret, so keep it confidential. It can’t be shown again.";
    let address = data.new_secret.clone().filter(|created| is_address(created))?;
    Some(shown_once("outbound-address", "Endpoint URL", address, note))
}

/// True for a created URL. A created secret of the other webhook does not begin like a URL.
pub(super) fn is_address(created: &str) -> bool {
    created.starts_with("http")
}

fn polling_way(polling: &Polling, data: &ConnectionData) -> AnyView {
    let Terms { provider, deals, .. } = data.terms();
    if polling.interval_seconds == 0 {
        let about =
            format!("Off. An admin can switch it on in the settings. LexiContract then asks {provider} for changed {deals}.");
        return item("Polling", pill(Tone::Neutral, "Off"), about);
    }
    let about = format!(
        "LexiContract asks {provider} for changed {deals} every {}. No setup is needed.",
        interval(polling.interval_seconds)
    );
    let below = any_view! {
        <p>{about}</p>
        {polling.slow_because.map(|reason| view! { <p>{slow(reason, data)}</p> })}
        <p>{api_calls(polling, data)}</p>
        {polling.polled_at.map(|at| view! { <p>"Last poll " {moment(at, data.now)}</p> })}
        {polling.last_error.clone().map(|error| view! { <p class="text-danger">{error}</p> })}
    };
    item("Polling", in_use(polling.polled_at.is_some()), below)
}

fn api_calls(polling: &Polling, data: &ConnectionData) -> String {
    let share = data.health.connection.metadata.poll_api_share();
    let account = data.terms().account;
    match (polling.api_calls_used, polling.api_calls_max) {
        (Some(used), Some(max)) => format!(
            "It uses at most {share} percent of the {account}’s {max} API calls a day. All programs together have used {used} of them."
        ),
        _ => format!("It uses at most {share} percent of the {account}’s API calls a day."),
    }
}

fn slow(reason: SlowBecause, data: &ConnectionData) -> String {
    let account = data.terms().account;
    match reason {
        SlowBecause::WebhookWorks => "Polling is slower, because calls have reported the last 20 changes first.".to_owned(),
        SlowBecause::ApiShare => format!("Polling is slower, to stay within its share of the {account}’s API calls."),
        SlowBecause::FewCallsLeft => format!("Polling is slower, because the {account} has few API calls left today."),
    }
}

fn interval(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (1, 0) => "minute".to_owned(),
        (minutes, 0) => format!("{minutes} minutes"),
        _ => format!("{seconds} seconds"),
    }
}

fn webhook_way(webhook: &WebhookSpec, data: &ConnectionData) -> AnyView {
    let secrets: Vec<_> = data.secrets.iter().filter(|secret| secret.purpose == webhook.secret).collect();
    let used = secrets.iter().filter_map(|secret| secret.last_used_at).max();
    let state = if secrets.is_empty() { pill(Tone::Neutral, "Not set up") } else { in_use(used.is_some()) };
    let below = any_view! {
        <p>{webhook.about}</p>
        {used.map(|at| view! { <p>"Last call " {moment(at, data.now)}</p> })}
        {next_step(webhook, secrets.is_empty(), data)}
    };
    item(webhook.title, state, below)
}

fn next_step(webhook: &WebhookSpec, is_new: bool, data: &ConnectionData) -> Option<AnyView> {
    const ACTION: &str = "/actions/create_outbound_secret";
    if webhook.secret == SecretPurpose::Webhook {
        return Some(link("Go to the webhook", "#webhook"));
    }
    let values = vec![("connection", data.health.connection.id.to_string()), form_id()];
    let make = if is_new {
        post_button(ACTION, values, "Create endpoint URL", Look::Secondary)
    } else {
        let consequence =
            "A new URL is created. The current one works for another 24 hours, so that it can be replaced at the provider.";
        let (label, submit) = ("Replace endpoint URL", "Create new URL");
        let (of, look, consequence) = ("of this connection", Look::Secondary, consequence.to_owned());
        Confirm { label, of, look, consequence, action: ACTION, values, submit }.view()
    };
    (data.role >= Role::Admin).then_some(make)
}

fn in_use(is_used: bool) -> AnyView {
    if is_used { pill(Tone::Ok, "In use") } else { pill(Tone::Neutral, "Ready") }
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn intervals_read_as_a_phrase_after_every() {
        assert_eq!([30, 60, 90, 300].map(interval), ["30 seconds", "minute", "90 seconds", "5 minutes"]);
    }
}
