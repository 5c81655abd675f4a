use super::data::ConnectionData;
use super::ways::is_address;
use crate::pages::prelude::*;
use lexicontract::domain::connection::{SecretPurpose, WebhookSecretInfo};

pub(super) fn webhook(data: &ConnectionData) -> AnyView {
    let new = data.new_secret.as_deref().filter(|created| !is_address(created)).map(new_secret);
    let content = stack((
        copyable("webhook-address", "Webhook address", data.webhook_address.clone()),
        new,
        live("secrets-live", secrets(&webhook_secrets(data), data.now)),
        (data.role >= Role::Admin).then(|| row((make_secret(data), end_previous(data)))),
    ));
    card("webhook", "Webhook", (), content)
}

/// The new secret and its signing key. The setup at the provider expects the key without the Standard Webhooks prefix `whsec_`.
fn new_secret(created: &str) -> AnyView {
    let (secret, key) = created.split_once(' ').unwrap_or((created, ""));
    let note = "Save it at the provider now. Only a digest is stored, so it can’t be shown again.";
    let key = key.strip_prefix("whsec_").map(|key| {
        let note = "Only needed if calls are signed: enter it at the provider as a parameter with the name “SigningKey”, next to the \
                    secret. It can’t be shown again.";
        shown_once("webhook-signing-key", "Signing key", key.to_owned(), note)
    });
    stack((shown_once("webhook-secret", "Webhook secret", secret.to_owned(), note), key))
}

/// The secrets for the header, without those for Outbound Messages.
fn webhook_secrets(data: &ConnectionData) -> Vec<&WebhookSecretInfo> {
    data.secrets.iter().filter(|secret| secret.purpose == SecretPurpose::Webhook).collect()
}

fn secrets(secrets: &[&WebhookSecretInfo], now: Timestamp) -> AnyView {
    let rows = secrets.iter().map(|secret| {
        let validity = match secret.valid_until {
            Some(until) => any_view! { "Works until " {moment(until, now)} },
            None => "In use".into_any(),
        };
        let used = match secret.last_used_at {
            Some(at) => any_view! { "last used " {moment(at, now)} },
            None => "never used".into_any(),
        };
        let signed = secret.last_signed_at.map(|at| view! { <span>", last signed call " {moment(at, now)}</span> });
        let created = view! { <span>"Created " {moment(secret.created_at, now)} ","</span> <span>{used}</span> {signed} };
        item(code(format!("{}…", secret.prefix)), validity, created)
    });
    if secrets.is_empty() {
        muted("There is no secret yet. Calls without a valid secret in the header X-Webhook-Secret are rejected.")
    } else {
        items(rows.collect_view())
    }
}

fn make_secret(data: &ConnectionData) -> AnyView {
    const ACTION: &str = "/actions/make_webhook_secret";
    let consequence = "A new secret is created. The current one works for another 24 hours, or until you revoke it, so that you can change it at \
                       the provider.";
    if webhook_secrets(data).is_empty() {
        return post_button(ACTION, values(data), "Create webhook secret", Look::Primary);
    }
    confirm("Replace webhook secret", consequence, ACTION, values(data), "Create new secret")
}

fn end_previous(data: &ConnectionData) -> Option<AnyView> {
    const ACTION: &str = "/actions/end_previous_webhook_secrets";
    let consequence = "Calls with the previous secret are rejected immediately, so check first that the provider uses the new \
         one. If someone else might know the previous secret, revoke it without waiting.";
    let has_previous = webhook_secrets(data).iter().any(|secret| secret.valid_until.is_some());
    has_previous.then(|| confirm("Revoke the previous secret now", consequence, ACTION, values(data), "Revoke previous secret"))
}

pub(super) fn values(data: &ConnectionData) -> Vec<(&'static str, String)> {
    vec![("connection", data.health.connection.id.to_string()), form_id()]
}

pub(super) fn confirm(
    label: &'static str,
    consequence: &str,
    action: &'static str,
    values: Vec<(&'static str, String)>,
    submit: &'static str,
) -> AnyView {
    let (of, look, consequence) = ("of this connection", Look::Secondary, consequence.to_owned());
    Confirm { label, of, look, consequence, action, values, submit }.view()
}
