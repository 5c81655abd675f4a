//! A card of the board: one integration, its connections, and the next step for each.

use super::{connect::key_form, disconnect::disconnect_dialog, integrations::Shown, pending_connection::pending_row};
use crate::{
    pages::html_cache::still,
    parts::{
        form::{
            button::{Look, link, post},
            dialog::{asking_button, asking_link, dialog},
        },
        layout::{
            board::{connection_row, connection_rows, details, integration_card, note, traffic},
            prose::{fault, waiting},
            row,
        },
        status::{
            issues::{moment_or, next_retry, states},
            moment::moment,
            pill::{pill, tag},
            tone::Tone,
        },
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{
        ConnectionStatus,
        catalogue::{AuthType, Integration},
        health::ConnectionHealth,
    },
    time::Timestamp,
};
use std::sync::Arc;

/// The markup of an integration's card. Without a connection it says the same to everybody of a role.
pub(crate) fn card(integration: &Integration, is_shown: bool, shown: &Shown) -> Arc<str> {
    let rows = rows(integration, shown);
    if !rows.is_empty() {
        return card_of(integration, rows, is_shown, shown).to_html().into();
    }
    let key = format!("card {} {is_shown} {} {:?}", integration.slug, shown.is_admin, integration.unavailable_reason);
    still(key, || card_of(integration, Vec::new(), is_shown, shown))
}

fn card_of(integration: &Integration, rows: Vec<AnyView>, is_shown: bool, shown: &Shown) -> AnyView {
    let is_bare = rows.is_empty();
    let state = match (is_bare, integration.available) {
        (false, _) => ().into_any(),
        (true, true) => pill(Tone::Neutral, "Not connected"),
        (true, false) => pill(Tone::Neutral, "Unavailable"),
    };
    let rows = (!is_bare).then(|| connection_rows(rows));
    let missing = integration.missing.clone().map(|missing| note(missing.into_any()));
    let content = view! { {missing} {rows} {foot(integration, is_bare, shown.is_admin)} };
    integration_card(integration, is_shown, !is_bare, state, content.into_any())
}

/// The connections of an integration, those that wait for confirmation first.
fn rows(integration: &Integration, shown: &Shown) -> Vec<AnyView> {
    let pending = shown.pending.iter().filter(|connection| connection.integration.id == integration.id);
    let healths = shown.healths.iter().filter(|health| health.connection.integration.id == integration.id);
    pending
        .filter_map(|pending| pending_row(pending, shown.is_admin, shown.now))
        .chain(healths.map(|health| connection(health, shown.is_admin, shown.now)))
        .collect()
}

/// The dialogs that the cards open.
pub(crate) fn dialogs(shown: &Shown) -> AnyView {
    if !shown.is_admin {
        return ().into_any();
    }
    let forms = shown.catalogue.iter().filter(|entry| entry.available && entry.auth_type == AuthType::ApiKey).map(|entry| {
        still(format!("dialog {}", entry.slug), || {
            let (fields, button) = key_form(entry);
            dialog(&connect_dialog(entry), format!("Connect {}", entry.name), fields, button)
        })
    });
    let connections = shown.healths.iter().map(|health| &health.connection);
    let questions = connections.chain(&shown.pending).map(disconnect_dialog);
    let forms: String = forms.map(|form| form.to_string()).collect();
    view! {
        <div class="contents" inner_html=forms></div>
        {questions.collect_view()}
    }
    .into_any()
}

fn connect_dialog(integration: &Integration) -> String {
    format!("connect-{}", integration.slug)
}

/// The way to connect, or why there is none.
fn foot(integration: &Integration, is_bare: bool, is_admin: bool) -> AnyView {
    let form = format!("/integrations/connect/{}", integration.slug);
    let connect = format!("Connect {}", integration.name);
    let is_oauth = integration.auth_type == AuthType::OAuth2;
    match (integration.available, is_admin, is_bare, is_oauth) {
        (false, ..) => {
            let reason = integration.unavailable_reason.clone().unwrap_or("It cannot be connected on this server.".to_owned());
            // Its page says what to enter where, whether or not that has been done.
            let guide = (is_admin && is_oauth).then(|| row(link("How to set it up", form, Look::Secondary)));
            view! { {note(reason.into_any())} {guide} }.into_any()
        }
        (true, false, true, _) => note("An admin of your organization can connect this.".into_any()),
        (true, false, false, _) | (true, true, false, false) => ().into_any(),
        (true, true, true, true) => row((
            post("/actions/connect", vec![("integration", integration.id.to_string())], connect, Look::Primary),
            link("Sandbox or My Domain", form, Look::Quiet),
        )),
        (true, true, true, false) => row(asking_link(connect, Look::Primary, connect_dialog(integration), form)),
        (true, true, false, true) => row(link("Add a sandbox or another org", form, Look::Secondary)),
    }
}

fn connection(health: &ConnectionHealth, is_admin: bool, now: Timestamp) -> AnyView {
    let connection = &health.connection;
    let is_oauth = connection.integration.auth_type == AuthType::OAuth2;
    let environment = is_oauth.then(|| tag(connection.environment.label()));
    let by = view! { {format!("By {} ", health.connected_by)} {moment(health.connected_at, now)} };
    connection_row(
        view! { {states(health)} {environment} }.into_any(),
        connection.account_label.clone().unwrap_or_default(),
        by.into_any(),
        if is_oauth { came_and_went(health, now) } else { ().into_any() },
        trouble(health, now),
        actions(health, is_admin),
    )
}

fn came_and_went(health: &ConnectionHealth, now: Timestamp) -> AnyView {
    traffic(vec![
        ("Last event in", moment_or(health.last_event_at, "None yet", now)),
        ("Last write out", moment_or(health.last_write_at, "None yet", now)),
    ])
}

fn trouble(health: &ConnectionHealth, now: Timestamp) -> AnyView {
    let words = health.connection.last_error.clone().map(fault);
    let next = next_retry(health, now).map(waiting);
    view! { {words} {next} }.into_any()
}

fn actions(health: &ConnectionHealth, is_admin: bool) -> AnyView {
    let connection = &health.connection;
    let address = format!("/integrations/{}", connection.id);
    let name = match connection.integration.auth_type {
        AuthType::OAuth2 => format!("the {} connection", connection.environment.label()),
        AuthType::ApiKey => connection.integration.name.clone(),
    };
    let finish = (is_admin && health.is_setup_incomplete() && connection.status != ConnectionStatus::NeedsReconnect)
        .then(|| link("Finish set-up", format!("{address}#setup"), Look::Secondary));
    let change = is_admin.then(|| {
        let question = format!("disconnect-{}", connection.id);
        view! {
            {reconnect(health)}
            {asking_button("Disconnect", Look::Quiet, question, format!("{address}/disconnect"))}
        }
    });
    view! { {finish} {details(address.clone(), &name)} {change} }.into_any()
}

fn reconnect(health: &ConnectionHealth) -> AnyView {
    let connection = &health.connection;
    let look = if connection.status == ConnectionStatus::NeedsReconnect { Look::Primary } else { Look::Quiet };
    match connection.integration.auth_type {
        AuthType::OAuth2 => post("/actions/reconnect", vec![("connection", connection.id.to_string())], "Reconnect", look),
        AuthType::ApiKey => link("Reconnect", format!("/integrations/{}/reconnect", connection.id), look),
    }
}
