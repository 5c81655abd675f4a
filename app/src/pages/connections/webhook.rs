//! The webhook of a connection: its address, its secret, and what came of its calls.

use super::connection::Shown;
use crate::parts::{
    form::{
        button::{Look, post, post_of_one},
        confirm::confirm,
        copy::{copyable, shown_once},
        form_id::form_id,
    },
    icon::Icon,
    layout::{
        card::{card, live},
        empty::empty,
        list::{item, items},
        prose::{code, link, muted},
        row as row_of, stack,
        table::{Cell, next_page, table},
    },
    status::{self, issues::upcoming, moment::moment},
};
use leptos::prelude::*;
use lexicontract::domain::{account::users::Role, connection::WebhookSecretInfo, delivery::Delivery, time::Timestamp};

/// Address and secret.
pub(crate) fn webhook(shown: &Shown) -> AnyView {
    let new = shown.new_secret.as_deref().map(new_secret);
    let content = stack((
        copyable("webhook-address", "Webhook address", shown.webhook_address.clone()),
        new,
        live("secrets-live", secrets(&shown.secrets, shown.now)),
        (shown.role >= Role::Admin).then(|| row_of((make_secret(shown), end_previous(shown)))),
    ));
    card("webhook", "Webhook", ().into_any(), content)
}

/// The secret, and the key that came with it as setups expect it: without the prefix of Standard Webhooks.
fn new_secret(made: &str) -> AnyView {
    let (secret, key) = made.split_once(' ').unwrap_or((made, ""));
    let note = "Save it at the provider now. We store only a digest, so it can't be shown again.";
    let key = key.strip_prefix("whsec_").map(|key| {
        let note = "Needed only when calls are signed: enter it beside the secret, as SigningKey. It is not shown again.";
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
        let made = view! { <span>"Made " {moment(secret.created_at, now)} ","</span> {used} {signed} };
        item(code(format!("{}…", secret.prefix)), validity, made.into_any())
    });
    match secrets.is_empty() {
        true => muted("There is no secret yet. Calls carry it in the header X-Webhook-Secret; without one they are refused."),
        false => items(rows.collect()),
    }
}

fn make_secret(shown: &Shown) -> AnyView {
    let values = vec![("connection", shown.health.connection.id.to_string()), form_id()];
    match shown.secrets.is_empty() {
        true => post("/actions/make_webhook_secret", values, "Make webhook secret", Look::Primary),
        false => confirm(
            ("Replace webhook secret", "of this connection"),
            Look::Secondary,
            "You get a new secret. The one in use works for 24 hours more, or until you end it, so that you can change it at the provider.",
            "/actions/make_webhook_secret",
            values,
            "Make new secret",
        ),
    }
}

/// Only while a previous secret works.
fn end_previous(shown: &Shown) -> Option<AnyView> {
    let has_previous = shown.secrets.iter().any(|secret| secret.valid_until.is_some());
    has_previous.then(|| {
        confirm(
            ("End the previous secret now", "of this connection"),
            Look::Secondary,
            "Calls that still carry the previous secret are refused at once. Check first that the provider uses the new one. Do this without \
             waiting if someone else may know the previous secret.",
            "/actions/end_previous_webhook_secrets",
            vec![("connection", shown.health.connection.id.to_string()), form_id()],
            "End previous secret",
        )
    })
}

/// The newest calls, and what came of them.
pub(crate) fn deliveries(shown: &Shown) -> AnyView {
    let rows: Vec<Vec<Cell>> = shown.deliveries.items.iter().map(|delivery| row(delivery, shown)).collect();
    let older = shown.deliveries.next_cursor.as_ref().map(|cursor| {
        format!("/integrations/{}?cursor={}#deliveries", shown.health.connection.id, crate::text::next_path::escape(cursor))
    });
    let content = match rows.is_empty() {
        true => empty(
            Icon::Clock,
            "No deliveries yet",
            format!(
                "When {} reaches the trigger’s stage, {} calls the address above and the call appears here.",
                shown.terms().a_deal(),
                shown.terms().provider
            ),
            ().into_any(),
        ),
        false => view! { {table("Recent deliveries", rows)} {next_page(older)} }.into_any(),
    };
    card("deliveries", "Recent deliveries", ().into_any(), content)
}

/// With an id, so that the focus stays on it when newer calls come.
fn redelivery(delivery: &Delivery, values: Vec<(&'static str, String)>) -> AnyView {
    let of = format!("the call for {}", delivery.record.id);
    view! { <div id=format!("redeliver-{}", delivery.id)>{post_of_one("/actions/redeliver", values, "Redeliver", &of, Look::Quiet)}</div> }
        .into_any()
}

fn row(delivery: &Delivery, shown: &Shown) -> Vec<Cell> {
    let next = delivery.next_attempt_at.map(|at| view! { <div>{upcoming("Next attempt", at, shown.now)}</div> });
    let error = delivery.error.clone().map(muted);
    let contract = delivery.contract_id.as_ref().map(|id| link("Open contract", format!("/contracts/{id}")));
    let values = vec![("delivery", delivery.id.to_string()), ("connection", shown.health.connection.id.to_string()), form_id()];
    let redeliver = (shown.role >= Role::Member).then(|| redelivery(delivery, values));
    vec![
        ("Received", moment(delivery.received_at, shown.now)),
        (shown.terms().deal, code(delivery.record.id.to_string())),
        ("Status", view! { {status::delivery(delivery.status)} {next} {error} }.into_any()),
        ("Attempts", delivery.attempts.into_any()),
        ("Contract", contract.into_any()),
        ("", redeliver.into_any()),
    ]
}
