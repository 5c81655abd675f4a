//! The card about a connection as a whole: its health, its access, and what it reads and writes.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::fact_sheet::{ObjectAccess, RefreshTokenFacts};

pub(super) fn this_connection(data: &ConnectionData) -> AnyView {
    let (health, connection, now) = (&data.health, &data.health.connection, data.now);
    let by = view! { {health.connected_by.clone()} ", " {moment(health.connected_at, now)} };
    let mut rows = vec![
        ("Health", if health.issue.is_some() { "One open issue" } else { "No open issues" }.into_any()),
        ("Account", connection.account_label.clone().unwrap_or("Unknown".to_owned()).into_any()),
        ("Connected by", by.into_any()),
        ("Last activity", moment_or(connection.last_activity_at, "None yet", now)),
    ];
    if let Some(issue) = &health.issue {
        rows.push(("Failing since", moment(issue.since, now)));
        rows.push(("Who can fix this", issue.responsible.label().into_any()));
    }
    if let Some(next) = next_retry(health, now) {
        rows.push(("Retries", next));
    }
    if connection.has_setup() {
        rows.push(("Environment", connection.environment.label().into_any()));
        rows.extend(traffic(data));
        rows.extend(scopes(data));
    }
    if let Some(token) = &data.facts.access.refresh_token {
        rows.push(("Refresh token", refresh_token(token, now)));
    }
    if let Some(external) = connection.external_account_id.clone() {
        rows.push(("Account ID", code(external)));
    }
    stack((facts(rows), data_use(data), fact_sheet(data)))
}

/// When data last came and went, when it comes next, and how many API calls are left for it.
fn traffic(data: &ConnectionData) -> Vec<Cell> {
    let (activity, now) = (&data.facts.activity, data.now);
    let from = activity.last_event_from.clone().map(|from| view! { <div class="text-sm text-muted">{from}</div> });
    let event = any_view! { {moment_or(activity.last_event_at, "None yet", now)} {from} };
    let poll = activity.next_poll_at.map_or_else(|| "Off or stopped".into_any(), |at| upcoming("Due", at, now));
    vec![
        ("Last event received", event),
        ("Next poll", poll),
        ("API calls of the day", api_calls(data)),
        ("Last status written", moment_or(activity.last_write_at, "None yet", now)),
    ]
}

fn api_calls(data: &ConnectionData) -> AnyView {
    let share = data.health.connection.metadata.poll_api_share();
    let rest = format!("When they run low, polling uses at most {share} percent of the rest.");
    match &data.facts.api_calls {
        Some(calls) => {
            any_view! { "All API clients together have used " {count(calls.used)} " of " {count(calls.max)} ". " {rest} }
        }
        None => format!("Not known yet. {rest}").into_any(),
    }
}

fn scopes(data: &ConnectionData) -> [Cell; 2] {
    let access = &data.facts.access;
    let granted = if access.scopes_granted.is_empty() { muted("Unknown") } else { code(access.scopes_granted.join(" ")) };
    let used = access.scopes_used.iter().map(|used| {
        view! { <div>{code(used.scope.clone())} " " <span class="text-sm text-muted">{used.purpose.clone()}</span></div> }
    });
    [("Scopes granted", granted), ("Scopes used", used.collect_view().into_any())]
}

fn refresh_token(token: &RefreshTokenFacts, now: Timestamp) -> AnyView {
    let expires = token.expires_unused_at.map(|at| view! { ". Expires if unused " {moment(at, now)} });
    any_view! {
        <div id="refresh-token">
            "Last used " {moment(token.last_used_at, now)} {expires}
            {token.next_use_at.map(|at| view! { ". Next use due " {moment(at, now)} })}
        </div>
    }
}

fn data_use(data: &ConnectionData) -> Option<AnyView> {
    let objects = &data.facts.data;
    let rows = objects.iter().map(object).collect_view();
    (!objects.is_empty()).then(|| disclosure("data-use", "What is read and written", false, items(rows)))
}

fn object(object: &ObjectAccess) -> AnyView {
    let written = (!object.writes.is_empty()).then(|| view! { <p>"Writes " {code(object.writes.join(", "))}</p> });
    let below = any_view! {
        <p>{object.purpose.clone()}</p>
        <p>"Reads " {code(object.reads.join(", "))}</p>
        {written}
    };
    item(object.object.clone(), (), below)
}

fn fact_sheet(data: &ConnectionData) -> AnyView {
    let address = format!("/api/v1/integrations/organization/{}/fact-sheet", data.health.connection.id);
    stack((
        muted(
            "For security reviewers: all of this as a document to print, with hosts, encryption and retention. It contains no secret.",
        ),
        row(link_button("Download fact sheet", address, Look::Secondary)),
    ))
}
