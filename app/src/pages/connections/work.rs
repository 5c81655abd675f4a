//! What is under way at a connection, and how far it is.

use super::connection::Shown;
use crate::parts::{
    layout::{card::card, prose::muted},
    status::progress::{progress, progresses},
};
use leptos::prelude::*;
use lexicontract::domain::connection::{ConnectionStatus, health::Work, terms::Terms};

/// A card that is always there, so that the page is as long with work as without.
pub(crate) fn work(shown: &Shown) -> AnyView {
    let work = &shown.work;
    if !work.is_any() {
        return card("work", "Under way", ().into_any(), muted("Nothing is under way."));
    }
    let mut lines = Vec::new();
    if work.imports > 0 {
        lines.push(progress(imports(work, shown.terms()), Some((work.imports_done, work.imports)), parked(shown).into_any()));
    }
    if work.writes > 0 {
        lines.push(progress(
            counted(work.writes, "status is", "statuses are", "on the way to the provider"),
            None,
            ().into_any(),
        ));
    }
    if work.analyses > 0 {
        let words =
            counted(work.analyses, "document is", "documents are", "being analysed or waiting for it, in the whole organization");
        lines.push(progress(words, None, ().into_any()));
    }
    card("work", "Under way", ().into_any(), progresses(lines))
}

fn imports(work: &Work, terms: &Terms) -> String {
    match work.imports {
        1 => format!("1 {} is being imported", terms.deal),
        all => format!("{} of {all} {} are imported", work.imports_done, terms.deals),
    }
}

/// Why some do not go on by themselves.
fn parked(shown: &Shown) -> Option<String> {
    if shown.work.imports_parked == 0 {
        return None;
    }
    let what = counted(shown.work.imports_parked, "waits", "wait", "until an admin");
    let connection = &shown.health.connection;
    Some(match (connection.is_enabled, connection.status) {
        (false, _) => format!("{what} resumes this connection."),
        (true, ConnectionStatus::NeedsReconnect) => format!("{what} reconnects."),
        (true, _) => format!("{what} looks at this connection."),
    })
}

fn counted(count: i64, one: &str, many: &str, rest: &str) -> String {
    format!("{count} {} {rest}", if count == 1 { one } else { many })
}
