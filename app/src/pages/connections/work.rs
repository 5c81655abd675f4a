use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::health::Work;

/// The work in progress. The card is shown even if there is no work, so that the height of the page does not change.
pub(super) fn work(data: &ConnectionData) -> AnyView {
    let work = &data.work;
    if !work.is_any() {
        return card("work", "In progress", (), muted("No work in progress."));
    }
    let mut lines = Vec::new();
    if work.imports > 0 {
        lines.push(progress(imports(work, data.terms()), Some((work.imports_done, work.imports)), parked(data)));
    }
    if work.writes > 0 {
        lines.push(progress(counted(work.writes, "status is", "statuses are", "being written to the provider"), None, ()));
    }
    if work.analyses > 0 {
        let text = counted(
            work.analyses,
            "document is",
            "documents are",
            "being analysed or queued for analysis in your whole organization",
        );
        lines.push(progress(text, None, ()));
    }
    card("work", "In progress", (), progress_list(lines))
}

fn imports(work: &Work, terms: &Terms) -> String {
    match work.imports {
        1 => format!("1 {} is being imported", terms.deal),
        all => format!("{} of {all} {} have been imported", work.imports_done, terms.deals),
    }
}

fn parked(data: &ConnectionData) -> Option<String> {
    if data.work.imports_parked == 0 {
        return None;
    }
    let what = counted(data.work.imports_parked, "waits", "wait", "until an admin");
    let connection = &data.health.connection;
    Some(match (connection.is_enabled, connection.status) {
        (false, _) => format!("{what} resumes this connection."),
        (true, ConnectionStatus::NeedsReconnect) => format!("{what} reconnects."),
        (true, _) => format!("{what} checks this connection."),
    })
}

fn counted(count: i64, one: &str, many: &str, rest: &str) -> String {
    format!("{count} {} {rest}", if count == 1 { one } else { many })
}
