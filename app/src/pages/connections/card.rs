use super::connect::{ask_an_administrator, key_form, unavailable_reason};
use super::consent::pending_connection::pending_row;
use super::disconnect::disconnect_dialog;
use super::health::traffic;
use super::integrations::BoardData;
use super::reconnect::reconnect_button;
use crate::pages::prelude::*;
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::catalogue::AuthType;
use lexicontract::domain::connection::connect_link::ConnectLink;

pub(super) fn card(integration: &Integration, is_shown: bool, data: &BoardData) -> AnyView {
    let rows = rows(integration, data);
    let is_bare = rows.is_empty();
    let state = match (is_bare, integration.available) {
        (false, _) => ().into_any(),
        (true, true) => pill(Tone::Neutral, "Not connected"),
        (true, false) => pill(Tone::Neutral, "Unavailable"),
    };
    let rows = (!is_bare).then(|| connection_rows(rows));
    let missing = integration.missing.clone().map(note);
    let content = view! { {missing} {rows} {open_links(integration, data)} {foot(integration, is_bare, data.is_admin)} };
    integration_card(integration, is_shown, !is_bare, state, content)
}

/// One row for each connection to the integration, pending connections first.
fn rows(integration: &Integration, data: &BoardData) -> Vec<AnyView> {
    let pending = data.pending.iter().filter(|connection| connection.integration.id == integration.id);
    let healths = data.healths.iter().filter(|health| health.connection.integration.id == integration.id);
    pending
        .filter_map(|pending| pending_row(pending, data.is_admin, data.now))
        .chain(healths.map(|health| connection(health, data.is_admin, data.now)))
        .collect()
}

pub(super) fn dialogs(data: &BoardData) -> AnyView {
    if !data.is_admin {
        return ().into_any();
    }
    let key_forms = data.catalogue.iter().filter(|entry| entry.available && entry.auth_type == AuthType::ApiKey).map(|entry| {
        let (fields, button) = key_form(entry);
        dialog(&format!("connect-{}", entry.slug), format!("Connect {}", entry.name), fields, button)
    });
    let connections = data.healths.iter().map(|health| &health.connection);
    let questions = connections.chain(&data.pending).map(disconnect_dialog);
    any_view! { {key_forms.collect_view()} {questions.collect_view()} }
}

/// The connect links that wait for an administrator of the provider.
fn open_links(integration: &Integration, data: &BoardData) -> Option<AnyView> {
    let links = data.links.iter().filter(|link| link.integration.id == integration.id);
    let names: Vec<&str> = links.map(ConnectLink::environment_name).collect();
    let page = format!("/integrations/connect/{}/link", integration.slug);
    let text = format!("Open connect links: {}. ", names.join(", "));
    (!names.is_empty()).then(|| note(view! { {text} {link("Show or revoke links", page)} }))
}

fn foot(integration: &Integration, is_bare: bool, is_admin: bool) -> AnyView {
    let form = format!("/integrations/connect/{}", integration.slug);
    let connect = format!("Connect {}", integration.name);
    let is_oauth = integration.auth_type == AuthType::OAuth2;
    match (integration.available, is_admin, is_bare, is_oauth) {
        (false, ..) => {
            let reason = unavailable_reason(integration);
            // The page that connects the integration also contains the setup instructions.
            let guide = (is_admin && is_oauth).then(|| row(link_button("Show setup instructions", form, Look::Secondary)));
            any_view! { {note(reason)} {guide} }
        }
        (true, false, true, _) => note("An admin of your organization can connect this."),
        (true, false, false, _) | (true, true, false, false) => ().into_any(),
        (true, true, true, true) => row((
            post_button("/actions/connect", vec![("integration", integration.id.to_string())], connect, Look::Primary),
            link_button("Sandbox or My Domain", form, Look::Quiet),
            ask_an_administrator(&integration.slug),
        )),
        (true, true, true, false) => row(dialog_link(connect, Look::Primary, format!("connect-{}", integration.slug), form)),
        (true, true, false, true) => {
            row((link_button("Add a sandbox or another org", form, Look::Secondary), ask_an_administrator(&integration.slug)))
        }
    }
}

fn connection(health: &ConnectionHealth, is_admin: bool, now: Timestamp) -> AnyView {
    let connection = &health.connection;
    let is_oauth = connection.integration.auth_type == AuthType::OAuth2;
    let environment = is_oauth.then(|| tag(connection.environment.label()));
    let facts = is_oauth.then(|| inline_facts(traffic(health, now).into()));
    let (error, next) = (connection.last_error.clone().map(error_text), next_retry(health, now).map(warning_text));
    connection_row(ConnectionRow {
        states: any_view! { {states(health)} {environment} },
        account: connection.account_label.clone().unwrap_or_default(),
        by: any_view! { {format!("Added by {} ", health.connected_by)} {moment(health.connected_at, now)} },
        facts: facts.into_any(),
        issue: any_view! { {error} {next} },
        actions: actions(health, is_admin),
    })
}

fn actions(health: &ConnectionHealth, is_admin: bool) -> AnyView {
    let connection = &health.connection;
    let address = format!("/integrations/{}", connection.id);
    let name = match connection.integration.auth_type {
        AuthType::OAuth2 => format!("the {} connection", connection.environment.label()),
        AuthType::ApiKey => connection.integration.name.clone(),
    };
    let finish = (is_admin && health.is_setup_incomplete() && connection.status != ConnectionStatus::NeedsReconnect)
        .then(|| link_button("Finish setup", format!("{address}#setup"), Look::Secondary));
    let change = is_admin.then(|| {
        let question = format!("disconnect-{}", connection.id);
        let look = if connection.status == ConnectionStatus::NeedsReconnect { Look::Primary } else { Look::Quiet };
        view! {
            {reconnect_button(connection, look)}
            {dialog_button("Disconnect", Look::Quiet, question, format!("{address}/disconnect"))}
        }
    });
    any_view! { {finish} {details_link(address.clone(), &name)} {change} }
}
