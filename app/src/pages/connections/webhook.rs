//! The webhook card of a connection: address, secrets and deliveries.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::{connection::WebhookSecretInfo, delivery::Delivery};

pub(super) fn webhook(data: &ConnectionData) -> AnyView {
    let new = data.new_secret.as_deref().map(new_secret);
    let content = stack((
        copyable("webhook-address", "Webhook address", data.webhook_address.clone()),
        new,
        live("secrets-live", secrets(&data.secrets, data.now)),
        (data.role >= Role::Admin).then(|| row((make_secret(data), end_previous(data)))),
    ));
    card("webhook", "Webhook", (), content)
}

/// The new secret and its signing key. The setup at the provider expects the key without the Standard Webhooks prefix `whsec_`.
fn new_secret(created: &str) -> AnyView {
    let (secret, key) = created.split_once(' ').unwrap_or((created, ""));
    let note = "Save it at the provider now. Only a digest is stored, so it can’t be shown again.";
    let key = key.strip_prefix("whsec_").map(|key| {
        let note = "Only needed for signed calls: enter it as SigningKey next to the secret. It is not shown again.";
        shown_once("webhook-signing-key", "Signing key", key.to_owned(), note)
    });
    stack((shown_once("webhook-secret", "Webhook secret", secret.to_owned(), note), key))
}

fn secrets(secrets: &[WebhookSecretInfo], now: Timestamp) -> AnyView {
    let rows = secrets.iter().map(|secret| {
        let validity = match secret.valid_until {
            Some(until) => view! { "Works until " {moment(until, now)} }.into_any(),
            None => "In use".into_any(),
        };
        let used = match secret.last_used_at {
            Some(at) => view! { <span>"last used " {moment(at, now)}</span> }.into_any(),
            None => view! { <span>"never used"</span> }.into_any(),
        };
        let signed = secret.last_signed_at.map(|at| view! { <span>", last signed call " {moment(at, now)}</span> });
        let created = view! { <span>"Created " {moment(secret.created_at, now)} ","</span> {used} {signed} };
        item(code(format!("{}…", secret.prefix)), validity, created)
    });
    if secrets.is_empty() {
        muted("There is no secret yet. Calls without a valid secret in the header X-Webhook-Secret are rejected.")
    } else {
        items(rows.collect())
    }
}

fn make_secret(data: &ConnectionData) -> AnyView {
    let values = vec![("connection", data.health.connection.id.to_string()), form_id()];
    let action = "/actions/make_webhook_secret";
    match data.secrets.is_empty() {
        true => post_button(action, values, "Create webhook secret", Look::Primary),
        false => Confirm {
            label: "Replace webhook secret",
            of: "of this connection",
            look: Look::Secondary,
            consequence: "A new secret is created. The current one works for another 24 hours, or until you revoke it, so that you can change it at the \
                          provider."
                .to_owned(),
            action,
            values,
            submit: "Create new secret",
        }
        .view(),
    }
}

fn end_previous(data: &ConnectionData) -> Option<AnyView> {
    let has_previous = data.secrets.iter().any(|secret| secret.valid_until.is_some());
    has_previous.then(|| {
        Confirm {
            label: "Revoke the previous secret now",
            of: "of this connection",
            look: Look::Secondary,
            consequence: "Calls with the previous secret are rejected immediately. Check first that the provider uses the new one. Revoke it without \
                          waiting if someone else may know the previous secret."
                .to_owned(),
            action: "/actions/end_previous_webhook_secrets",
            values: vec![("connection", data.health.connection.id.to_string()), form_id()],
            submit: "Revoke previous secret",
        }
        .view()
    })
}

pub(super) fn deliveries(data: &ConnectionData) -> AnyView {
    let rows: Vec<Vec<Cell>> = data.deliveries.items.iter().map(|delivery| delivery_row(delivery, data)).collect();
    let older = data.deliveries.next_cursor.as_ref().map(|cursor| {
        format!("/integrations/{}?cursor={}#deliveries", data.health.connection.id, crate::text::url::escape(cursor))
    });
    let content = match rows.is_empty() {
        true => empty(
            Icon::Clock,
            "No deliveries yet",
            format!(
                "When {} reaches a trigger stage, {} calls the address above and the call appears here.",
                data.terms().a_deal(),
                data.terms().provider
            ),
            (),
        ),
        false => view! { {table("Recent deliveries", rows)} {next_page(older)} }.into_any(),
    };
    card("deliveries", "Recent deliveries", (), content)
}

/// The button that redelivers a webhook delivery. The id of its container preserves the focus when the list is replaced.
fn redelivery(delivery: &Delivery, values: Vec<(&'static str, String)>) -> AnyView {
    let of = format!("the call for {}", delivery.record.id);
    view! { <div id=format!("redeliver-{}", delivery.id)>{post_button("/actions/redeliver", values, label_for("Redeliver", &of), Look::Quiet)}</div> }
        .into_any()
}

fn delivery_row(delivery: &Delivery, data: &ConnectionData) -> Vec<Cell> {
    let next = delivery.next_attempt_at.map(|at| view! { <div>{upcoming("Next attempt", at, data.now)}</div> });
    let error = delivery.error.clone().map(muted);
    let contract = delivery.contract_id.as_ref().map(|id| link("Open contract", format!("/contracts/{id}")));
    let values = vec![("delivery", delivery.id.to_string()), ("connection", data.health.connection.id.to_string()), form_id()];
    let redeliver = (data.role >= Role::Member).then(|| redelivery(delivery, values));
    vec![
        ("Received", moment(delivery.received_at, data.now)),
        (data.terms().deal, code(delivery.record.id.to_string())),
        ("Status", view! { {delivery_pill(delivery.status)} {next} {error} }.into_any()),
        ("Attempts", delivery.attempts.into_any()),
        ("Contract", contract.into_any()),
        ("", redeliver.into_any()),
    ]
}
