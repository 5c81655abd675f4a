//! A card of the board: one integration, its connections, and the next step for each.

use super::{
    connect::key_form, disconnect::disconnect_dialog, integrations::Shown, pending_connection::pending_row, still::still,
};
use crate::parts::{
    board::{connection_row, connection_rows, details, integration_card, note, traffic},
    button::{Look, link, post},
    dialog::{asking_button, asking_link, dialog},
    layout::row,
    moment::moment,
    pill::{pill, tag},
    prose::{fault, waiting},
    standing::{moment_or, next_try, states},
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    catalogue::{AuthType, Integration},
    connection::ConnectionStatus,
    standing::Standing,
    time::Timestamp,
};
use std::sync::Arc;

/// The markup of an integration's card. Without a connection it says the same to everybody of a role.
pub(super) fn card(integration: &Integration, is_shown: bool, shown: &Shown) -> Arc<str> {
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
    let standings = shown.standings.iter().filter(|standing| standing.connection.integration.id == integration.id);
    pending
        .filter_map(|pending| pending_row(pending, shown.is_admin, shown.now))
        .chain(standings.map(|standing| connection(standing, shown.is_admin, shown.now)))
        .collect()
}

/// The dialogs that the cards open.
pub(super) fn dialogs(shown: &Shown) -> AnyView {
    if !shown.is_admin {
        return ().into_any();
    }
    let forms = shown.catalogue.iter().filter(|entry| entry.available && entry.auth_type == AuthType::ApiKey).map(|entry| {
        still(format!("dialog {}", entry.slug), || {
            let (fields, button) = key_form(entry);
            dialog(&connect_dialog(entry), format!("Connect {}", entry.name), fields, button)
        })
    });
    let connections = shown.standings.iter().map(|standing| &standing.connection);
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

fn connection(standing: &Standing, is_admin: bool, now: Timestamp) -> AnyView {
    let connection = &standing.connection;
    let is_oauth = connection.integration.auth_type == AuthType::OAuth2;
    let environment = is_oauth.then(|| tag(connection.environment.label()));
    let by = view! { {format!("By {} ", standing.connected_by)} {moment(standing.connected_at, now)} };
    connection_row(
        view! { {states(standing)} {environment} }.into_any(),
        connection.account_label.clone().unwrap_or_default(),
        by.into_any(),
        if is_oauth { came_and_went(standing, now) } else { ().into_any() },
        trouble(standing, now),
        actions(standing, is_admin),
    )
}

fn came_and_went(standing: &Standing, now: Timestamp) -> AnyView {
    traffic(vec![
        ("Last event in", moment_or(standing.last_event_at, "None yet", now)),
        ("Last write out", moment_or(standing.last_write_at, "None yet", now)),
    ])
}

fn trouble(standing: &Standing, now: Timestamp) -> AnyView {
    let words = standing.connection.last_error.clone().map(fault);
    let next = next_try(standing, now).map(waiting);
    view! { {words} {next} }.into_any()
}

fn actions(standing: &Standing, is_admin: bool) -> AnyView {
    let connection = &standing.connection;
    let address = format!("/integrations/{}", connection.id);
    let name = match connection.integration.auth_type {
        AuthType::OAuth2 => format!("the {} connection", connection.environment.label()),
        AuthType::ApiKey => connection.integration.name.clone(),
    };
    let finish = (is_admin && standing.is_setup_incomplete() && connection.status != ConnectionStatus::NeedsReconnect)
        .then(|| link("Finish set-up", format!("{address}#setup"), Look::Secondary));
    let change = is_admin.then(|| {
        let question = format!("disconnect-{}", connection.id);
        view! {
            {reconnect(standing)}
            {asking_button("Disconnect", Look::Quiet, question, format!("{address}/disconnect"))}
        }
    });
    view! { {finish} {details(address.clone(), &name)} {change} }.into_any()
}

fn reconnect(standing: &Standing) -> AnyView {
    let connection = &standing.connection;
    let look = if connection.status == ConnectionStatus::NeedsReconnect { Look::Primary } else { Look::Quiet };
    match connection.integration.auth_type {
        AuthType::OAuth2 => post("/actions/reconnect", vec![("connection", connection.id.to_string())], "Reconnect", look),
        AuthType::ApiKey => link("Reconnect", format!("/integrations/{}/reconnect", connection.id), look),
    }
}
