//! The web page's list of Opportunities, with forms to move Opportunities and to attach files.

use super::frame::{self, escape};
use super::logs;
use crate::samples::SAMPLES;
use crate::state::opportunities;
use crate::state::organization::{Environment, Organization, State as OrganizationState};
use crate::state::records::text;
use crate::state::schema::{STAGES, STATUS_FIELD};
use axum::extract::State;
use axum::response::Html;
use serde_json::Value;
use std::sync::Arc;

const MAX_CARDS: usize = 100;

/// Reloads the page every five seconds, unless the page is hidden, a form has the focus, or a details element is open.
const REFRESH: &str = "<script>setInterval(()=>{const a=document.activeElement;if(!document.hidden&&!(a&&a.closest('form'))\
                       &&!document.querySelector('details[open]'))location.reload()},5000)</script>";

pub async fn page(State(organization): State<Arc<Organization>>) -> Html<String> {
    let state = organization.state();
    let cards: String = state
        .records
        .all("Opportunity")
        .take(MAX_CARDS)
        .map(|record| opportunity(&opportunities::summary(&state, record), &state.trigger_stage))
        .collect();
    let body = format!(
        r#"{header}<main>{webhook}<section aria-labelledby="opportunities"><h2 id="opportunities">Opportunities</h2>
<p class="lead">Move one to <strong>{stage}</strong>: the Apex trigger then calls the webhook.</p>
<div class="opportunities">{cards}</div>{more}</section>{logs}</main>"#,
        header = header(&organization, &state),
        stage = escape(&state.trigger_stage),
        more = more(state.records.all("Opportunity").count()),
        webhook = webhook(&state),
        logs = logs::sections(&state),
    );
    Html(frame::document("Salesforce simulator", REFRESH, &body))
}

/// Returns a note about the number of Opportunities that the page omits.
fn more(count: usize) -> String {
    match count.saturating_sub(MAX_CARDS) {
        0 => String::new(),
        hidden => format!(r#"<p class="quiet">{hidden} more Opportunities are not shown.</p>"#),
    }
}

fn header(organization: &Organization, state: &OrganizationState) -> String {
    let company = state.records.live("Organization", &state.organization_id);
    let kind = match organization.environment {
        Environment::Production => "Production",
        Environment::Sandbox => "Sandbox",
    };
    format!(
        r#"<header><div><p class="eyebrow">Salesforce simulator · not Salesforce</p><h1>{}</h1></div>
<dl><div><dt>Organization</dt><dd>{kind}</dd></div><div><dt>Id</dt><dd><code>{}</code></dd></div>
<div><dt>Address</dt><dd><code>{}</code></dd></div></dl></header>"#,
        escape(company.map(|record| text(record, "Name")).unwrap_or_default()),
        escape(&state.organization_id),
        escape(&organization.url),
    )
}

fn opportunity(summary: &Value, trigger_stage: &str) -> String {
    let field = |name: &str| escape(summary[name].as_str().unwrap_or_default());
    let (id, name) = (field("Id"), field("Name"));
    let status = match summary[STATUS_FIELD].as_str() {
        Some(status) => format!(r#"<span class="badge written">{}</span>"#, escape(status)),
        None => r#"<span class="quiet">empty</span>"#.to_owned(),
    };
    format!(
        r#"<article class="card" aria-label="{name}"><div class="what"><h3>{name}</h3><p class="quiet">{account} · <code>{id}</code></p>
<dl><div><dt>Stage</dt><dd><span class="badge">{stage}</span></dd></div>
<div><dt><code>{STATUS_FIELD}</code></dt><dd>{status}</dd></div></dl>
<ul class="files">{files}</ul></div><div class="do">{move_form}{file_form}</div></article>"#,
        account = field("AccountName"),
        stage = field("StageName"),
        files = files(&summary["files"]),
        move_form = move_form(&id, summary["StageName"].as_str().unwrap_or_default(), trigger_stage),
        file_form = file_form(&id),
    )
}

fn files(files: &Value) -> String {
    let rows: String = files
        .as_array()
        .into_iter()
        .flatten()
        .map(|file| {
            let version = file["version_number"].as_str().map(|number| format!("version {number}, ")).unwrap_or_default();
            let size = file["size"].as_u64().unwrap_or_default();
            let name = escape(file["file_name"].as_str().unwrap_or_default());
            let reason = file["reason_for_change"].as_str().map(|reason| format!(" · {}", escape(reason))).unwrap_or_default();
            format!(r#"<li>{name} <span class="quiet">{version}{}{reason}</span></li>"#, readable_size(size))
        })
        .collect();
    if rows.is_empty() { r#"<li class="quiet">no file yet</li>"#.to_owned() } else { rows }
}

fn readable_size(bytes: u64) -> String {
    if bytes < 1_024 { format!("{bytes} bytes") } else { format!("{} KB", bytes.div_ceil(1_024)) }
}

fn move_form(id: &str, stage: &str, trigger_stage: &str) -> String {
    let offered = if stage == trigger_stage { "Negotiation/Review" } else { trigger_stage };
    let options: String = STAGES
        .iter()
        .map(|name| {
            let selected = if *name == offered { " selected" } else { "" };
            format!("<option{selected}>{}</option>", escape(name))
        })
        .collect();
    format!(
        r#"<form method="post" action="/opportunities/{id}/stage"><label>Move to stage
<select name="stage">{options}</select></label><button class="primary">Move</button></form>"#
    )
}

fn file_form(id: &str) -> String {
    let options: String = SAMPLES.iter().map(|sample| format!("<option>{}</option>", escape(sample.file_name))).collect();
    format!(
        r#"<details><summary>Attach a newer file</summary>
<form method="post" action="/opportunities/{id}/files" enctype="multipart/form-data">
<label>Built-in document<select name="sample">{options}</select></label>
<label>or your own<input type="file" name="file" accept=".pdf,.docx,.doc,.odt,.rtf,.txt,.xlsx,.xls,.ods,.csv,image/*"></label>
<button>Attach</button></form></details>"#
    )
}

fn webhook(state: &OrganizationState) -> String {
    format!(
        r#"<section class="card" aria-labelledby="webhook"><h2 id="webhook">Where the trigger calls</h2>
<p class="quiet">Both are on the connection's page in LexiContract AI.</p>
<form class="wide" method="post" action="/webhook"><label>Webhook address<input name="url" type="url" value="{}"></label>
<label>Webhook secret<input name="secret" value="{}" autocomplete="off" spellcheck="false"></label>
<button class="primary">Save</button></form></section>"#,
        escape(&state.webhook.url),
        escape(&state.webhook.secret),
    )
}
