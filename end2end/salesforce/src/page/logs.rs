//! HTML tables of the logs. The newest entries come first.

use super::frame::escape;
use crate::state::logs::{RevocationEntry, WebhookEntry, WriteEntry};
use crate::state::organization::State;

const MAX_ROWS: usize = 20;

pub fn sections(state: &State) -> String {
    let calls = state.webhook_calls.entries().rev().take(MAX_ROWS).map(call);
    let writes = state.writes.entries().rev().take(MAX_ROWS).map(write);
    let revocations = state.revocations.entries().rev().take(MAX_ROWS).map(revocation);
    [
        section("Webhook calls", &["Time", "Opportunity", "Attempt", "Response"], calls, "Nothing was called yet."),
        section("Writes received", &["Time", "Record", "Fields", "Response"], writes, "Nothing was written yet."),
        section("Revocations", &["Time", "Token", "App", ""], revocations, "No token was revoked."),
    ]
    .concat()
}

fn section(title: &str, columns: &[&str], rows: impl Iterator<Item = String>, empty: &str) -> String {
    let rows: String = rows.collect();
    let id = title.to_lowercase().replace(' ', "-");
    let inside = if rows.is_empty() {
        format!(r#"<p class="quiet">{empty}</p>"#)
    } else {
        let head: String = columns.iter().map(|column| format!(r#"<th scope="col">{column}</th>"#)).collect();
        format!(r#"<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"#)
    };
    format!(r#"<section class="card log" aria-labelledby="{id}"><h2 id="{id}">{title}</h2>{inside}</section>"#)
}

fn call(entry: &WebhookEntry) -> String {
    let is_good = entry.status.is_some_and(|status| status < 300);
    let outcome = entry.status.map_or_else(|| "no response".to_owned(), |status| status.to_string());
    let mut text = entry.error.clone().unwrap_or_else(|| entry.response.clone());
    if entry.will_retry {
        text.push_str(" Another attempt follows.");
    }
    let result = format!(
        r#"<span class="badge {}">{outcome}</span> <code class="body">{}</code>"#,
        if is_good { "good" } else { "bad" },
        escape(&text)
    );
    row(&[time(&entry.at), code(&entry.opportunity_ids.join(", ")), entry.attempt.to_string(), result])
}

fn write(entry: &WriteEntry) -> String {
    let kind = if entry.status < 300 { "good" } else { "bad" };
    let result = format!(r#"<span class="badge {kind}">{}</span>"#, entry.status);
    let record = format!("{} {}", escape(&entry.object), code(&entry.id));
    row(&[time(&entry.at), record, code(&entry.fields.to_string()), result])
}

fn revocation(entry: &RevocationEntry) -> String {
    let shortened: String = entry.token.chars().take(12).collect();
    let token = format!("{} {}", entry.kind.replace('_', " "), code(&format!("{shortened}…")));
    row(&[time(&entry.at), token, code(entry.client_id.as_deref().unwrap_or("unknown")), String::new()])
}

fn row(cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr>{cells}</tr>")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn time(at: &str) -> String {
    format!("<time>{}</time>", at.get(11..19).unwrap_or(at))
}
