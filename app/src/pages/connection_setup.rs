//! The set-up of a Salesforce connection: what is done, what is left, and the settings.

use super::connection::Shown;
use crate::parts::{
    button::{Look, hidden, submit},
    card::card,
    field::Input,
    layout::{columns, stack},
    list::{step, steps},
    prose::{link, muted},
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{Connection, ConnectionStatus, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE},
    contract::NegotiationStatus,
    people::Role,
};

/// The checklist from the connection to the first contract.
pub(super) fn setup(shown: &Shown) -> AnyView {
    let connection = &shown.connection;
    let package = format!("/api/v1/integrations/organization/{}/setup-package", connection.id);
    let is_admin = shown.role >= Role::Admin;
    let has_secret = !shown.secrets.is_empty() || !shown.deliveries.items.is_empty();
    let package = match is_admin {
        true => view! { <p>"Deploy the " {link("set-up package", package)} ": field, trigger and permission set, filled in for this connection."</p> }.into_any(),
        false => muted("An admin can download the set-up package here."),
    };
    let rows = vec![
        item(connection.status != ConnectionStatus::NeedsReconnect, "Connect Salesforce", ().into_any()),
        item(has_secret, "Make a webhook secret", link("Go to the webhook", "#webhook")),
        item(!shown.deliveries.items.is_empty(), "Install the trigger in Salesforce", package),
        item(
            shown.deliveries.items.iter().any(|delivery| delivery.contract_id.is_some()),
            "Receive the first contract",
            muted("Move an Opportunity with a file to the trigger’s stage. The contract appears within seconds."),
        ),
    ];
    card("setup", "Set-up", ().into_any(), steps(rows))
}

fn item(is_done: bool, title: &str, help: AnyView) -> AnyView {
    match is_done {
        true => step(Tone::Ok, "done", title.to_owned(), ().into_any()),
        false => step(Tone::Neutral, "to do", title.to_owned(), help),
    }
}

/// Which field is written with which words, and which stages call.
pub(super) fn settings(connection: &Connection) -> AnyView {
    let settings = &connection.metadata;
    let field = Input {
        is_required: false,
        value: settings.status_field.clone().unwrap_or_default(),
        placeholder: DEFAULT_STATUS_FIELD.to_owned(),
        ..Input::text("settings[status_field]", "Opportunity field for the status")
    };
    let stages = Input {
        is_required: false,
        value: settings.trigger_stages.join("; "),
        placeholder: DEFAULT_TRIGGER_STAGE.to_owned(),
        ..Input::text("settings[trigger_stages]", "Stages that start a review")
    };
    let labels = NegotiationStatus::ALL.into_iter().map(|status| {
        let input = Input {
            is_required: false,
            value: settings.status_labels.get(&status).cloned().unwrap_or_default(),
            placeholder: status.label().to_owned(),
            ..Input::text(format!("settings[status_labels][{}]", status.as_str()), format!("Written for {}", status.label()))
        };
        input.view()
    });
    let form = view! {
        <form method="post" action="/actions/update_connection">
            {hidden(vec![("connection", connection.id.to_string())])}
            {stack((
                columns((
                    field.help("Its API name.").view(),
                    stages.help("Separate several with semicolons. They go into the set-up package.").view(),
                )),
                columns(labels.collect_view()),
                muted("Leave a line empty to use what it shows in grey."),
                view! { <div>{submit("Save settings", Look::Secondary)}</div> },
            ))}
        </form>
    };
    card("settings", "Settings", ().into_any(), form.into_any())
}
