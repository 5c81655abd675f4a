//! The health card of a connection, with buttons to pause, resume and disconnect the connection.

use super::{data::ConnectionData, reconciliation::issue_rows};
use crate::pages::prelude::*;

pub(super) fn state(data: &ConnectionData) -> AnyView {
    let (health, connection, now) = (&data.health, &data.health.connection, data.now);
    let by = view! { {health.connected_by.clone()} ", " {moment(health.connected_at, now)} };
    let mut rows = vec![
        ("Account", connection.account_label.clone().unwrap_or("Unknown".to_owned()).into_any()),
        ("Connected by", by.into_any()),
        ("Last activity", moment_or(connection.last_activity_at, "None yet", now)),
    ];
    rows.extend(health.issue.iter().flat_map(|issue| issue_rows(issue, now)));
    if let Some(next) = next_retry(health, now) {
        rows.push(("Retries", next));
    }
    if connection.has_setup() {
        rows.push(("Environment", connection.environment.label().into_any()));
        rows.push(("Last event received", moment_or(health.last_event_at, "None yet", now)));
        rows.push(("Last status written", moment_or(health.last_write_at, "None yet", now)));
        let scopes = if data.scopes.is_empty() { muted("Unknown") } else { code(data.scopes.join(" ")) };
        rows.push(("Scopes granted", scopes));
    }
    if let Some(external) = connection.external_account_id.clone() {
        rows.push(("Account id", code(external)));
    }
    facts(rows)
}

pub(super) fn switches(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (label, effect, value) = match (connection.is_enabled, connection.has_setup()) {
        (true, true) => ("Pause", "While paused, calls from the provider are rejected and nothing is written back.", "false"),
        (true, false) => ("Pause", "While paused, the connection is not used.", "false"),
        (false, _) => ("Resume", "Queued work resumes immediately.", "true"),
    };
    let values = vec![("connection", id.clone()), ("is_enabled", value.to_owned())];
    let look = if connection.is_enabled { Look::Secondary } else { Look::Primary };
    let content = stack((
        muted(effect),
        post_button("/actions/update_connection", values, label, look),
        muted("Disconnecting erases the credentials and revokes the access. Contracts are kept."),
        dialog_button("Disconnect", Look::Danger, format!("disconnect-{id}"), format!("/integrations/{id}/disconnect")),
    ));
    card("switches", "Pause or disconnect", (), content)
}
