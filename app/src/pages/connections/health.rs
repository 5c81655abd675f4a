//! How a connection stands, in facts; and how it is paused or ended.

use super::{connection::Shown, reconciliation::issue_rows};
use crate::parts::{
    form::{
        button::{Look, post},
        dialog::asking_button,
    },
    layout::{
        card::card,
        list::facts,
        prose::{code, muted},
        stack,
    },
    status::{
        issues::{moment_or, next_retry},
        moment::moment,
    },
};
use leptos::prelude::*;
use lexicontract::domain::connection::Connection;

/// The facts.
pub(crate) fn state(shown: &Shown) -> AnyView {
    let (health, connection, now) = (&shown.health, &shown.health.connection, shown.now);
    let by = view! { {health.connected_by.clone()} ", " {moment(health.connected_at, now)} };
    let mut rows = vec![
        ("Account", connection.account_label.clone().unwrap_or("Not known yet".to_owned()).into_any()),
        ("Connected by", by.into_any()),
        ("Last activity", moment_or(connection.last_activity_at, "None yet", now)),
    ];
    rows.extend(health.issue.iter().flat_map(|issue| issue_rows(issue, now)));
    if let Some(next) = next_retry(health, now) {
        rows.push(("Retries", next));
    }
    if connection.has_setup() {
        rows.push(("Environment", connection.environment.label().into_any()));
        rows.push(("Last event in", moment_or(health.last_event_at, "None yet", now)));
        rows.push(("Last write out", moment_or(health.last_write_at, "None yet", now)));
        let scopes = if shown.scopes.is_empty() { muted("Not known") } else { code(shown.scopes.join(" ")) };
        rows.push(("Scopes granted", scopes));
    }
    if let Some(external) = connection.external_account_id.clone() {
        rows.push(("Account id", code(external)));
    }
    facts(rows)
}

/// Pause, resume, disconnect.
pub(crate) fn switches(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (words, effect, value) = match (connection.is_enabled, connection.has_setup()) {
        (true, true) => {
            ("Pause", "While it is paused, calls from the provider are refused and nothing is written back.", "false")
        }
        (true, false) => ("Pause", "While it is paused, nothing uses this connection.", "false"),
        (false, _) => ("Resume", "What waits goes on at once.", "true"),
    };
    let values = vec![("connection", id.clone()), ("is_enabled", value.to_owned())];
    let look = if connection.is_enabled { Look::Secondary } else { Look::Primary };
    let content = stack((
        muted(effect),
        post("/actions/update_connection", values, words, look),
        muted("Disconnecting erases the credentials and ends the access. Contracts stay."),
        asking_button("Disconnect", Look::Danger, format!("disconnect-{id}"), format!("/integrations/{id}/disconnect")),
    ));
    card("switches", "Pause or end", ().into_any(), content)
}
