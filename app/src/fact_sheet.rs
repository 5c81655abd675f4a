//! The fact sheet of a connection as a document without scripts and external resources, which can be printed and sent.

use crate::text::moment::exact;
use leptos::prelude::*;
use lexicontract::domain::connection::fact_sheet::{FactSheet, ObjectAccess};
use lexicontract::domain::time::Timestamp;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
    h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;vertical-align:top;border:1px solid #bbb;padding:.4rem .6rem;overflow-wrap:anywhere}\
    tr{break-inside:avoid}@media print{body{margin:0}}";

pub fn fact_sheet_document(sheet: &FactSheet) -> String {
    let title = format!("Fact sheet: {} · {}", sheet.connection.provider, sheet.connection.account_label);
    let lead =
        format!("{}, created {} for {} by {}.", sheet.server, exact(sheet.generated_at), sheet.organization, sheet.product);
    let document = Owner::new().with(|| {
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <title>{title.clone()}</title>
                    <style>{STYLE}</style>
                </head>
                <body>
                    <h1>{title}</h1>
                    <p>{lead}</p>
                    {part("Connection", rows(connection(sheet)))}
                    {part("Access", rows(access(sheet)))}
                    {part("Data that is read and written", objects(&sheet.data))}
                    {part("Hosts that are called", rows(sheet.hosts.iter().map(|host| (host.host.clone(), host.purpose.clone())).collect()))}
                    {part("Calls from the provider", rows(webhooks(sheet)))}
                    {part("Activity", rows(activity(sheet)))}
                    {part("Protection", rows(sheet.statements.iter().map(|said| (said.title.clone(), said.text.clone())).collect()))}
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{document}")
}

fn part(title: &'static str, content: AnyView) -> AnyView {
    any_view! {
        <h2>{title}</h2>
        {content}
    }
}

fn rows(rows: Vec<(String, String)>) -> AnyView {
    if rows.is_empty() {
        return any_view! { <p>"None."</p> };
    }
    let rows = rows.into_iter().map(|(name, value)| view! { <tr><th scope="row">{name}</th><td>{value}</td></tr> });
    any_view! { <table><tbody>{rows.collect_view()}</tbody></table> }
}

fn objects(objects: &[ObjectAccess]) -> AnyView {
    let rows = objects.iter().map(|object| {
        view! {
            <tr>
                <th scope="row">{object.object.clone()}</th>
                <td>{object.reads.join(", ")}</td>
                <td>{object.writes.join(", ")}</td>
                <td>{object.purpose.clone()}</td>
            </tr>
        }
    });
    any_view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Object"</th>
                    <th scope="col">"Fields read"</th>
                    <th scope="col">"Fields written"</th>
                    <th scope="col">"Purpose"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn connection(sheet: &FactSheet) -> Vec<(String, String)> {
    let connection = &sheet.connection;
    let paused = if connection.is_enabled { "" } else { ", paused by an admin" };
    named([
        ("Provider", connection.provider.clone()),
        ("Account", connection.account_label.clone()),
        ("Account ID", connection.external_account_id.clone()),
        ("Environment", connection.environment.label().to_owned()),
        ("Status", format!("{}{paused}", connection.status.label())),
        ("Connected by", format!("{}, {}", connection.connected_by, exact(connection.connected_at))),
        ("Connection ID", connection.id.to_string()),
    ])
}

fn access(sheet: &FactSheet) -> Vec<(String, String)> {
    let access = &sheet.access;
    let granted = if access.scopes_granted.is_empty() { "Not reported".to_owned() } else { access.scopes_granted.join(" ") };
    let mut rows = named([("Method", access.method.clone()), ("Scopes granted", granted)]);
    rows.extend(access.scopes_used.iter().map(|used| (format!("Scope used: {}", used.scope), used.purpose.clone())));
    if let Some(token) = &access.refresh_token {
        rows.extend(named([
            ("Refresh token last used", exact(token.last_used_at)),
            ("Expires if unused", moment(token.expires_unused_at)),
            ("Next use due", moment(token.next_use_at)),
        ]));
    }
    rows
}

fn webhooks(sheet: &FactSheet) -> Vec<(String, String)> {
    let ways = sheet.webhooks.iter().map(|way| {
        let state = if way.is_set_up { "Set up" } else { "Not set up: every call is refused" };
        (way.title.clone(), format!("{}. {}. {state}.", way.url, way.authentication))
    });
    ways.collect()
}

fn activity(sheet: &FactSheet) -> Vec<(String, String)> {
    let activity = &sheet.activity;
    let event = match (&activity.last_event_at, &activity.last_event_from) {
        (Some(at), Some(from)) => format!("{}: {from}", exact(*at)),
        (at, _) => moment(*at),
    };
    let calls = sheet.api_calls.as_ref().map_or_else(
        || "Not reported".to_owned(),
        |calls| {
            let share = calls.poll_share_percent;
            format!(
                "{} of {} used by all API clients; polling uses at most {share} % of the rest when they run low",
                calls.used, calls.max
            )
        },
    );
    named([
        ("Last event received", event),
        ("Last poll", moment(activity.last_poll_at)),
        ("Next poll", moment(activity.next_poll_at)),
        ("Last status written", moment(activity.last_write_at)),
        ("Last test", moment(activity.last_test_at)),
        ("API calls of the day", calls),
    ])
}

fn named<const N: usize>(rows: [(&str, String); N]) -> Vec<(String, String)> {
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "None".to_owned(), exact)
}
