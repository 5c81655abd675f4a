use crate::pages::prelude::*;
use crate::text::{done, problem};
use lexicontract::domain::compatibility;
use lexicontract::domain::connection::connect_failure::ConnectFailure;

/// The messages about the outcome of the form that redirected to this page. The address contains only the codes of the messages.
pub(super) fn messages() -> AnyView {
    messages_with(|_| None)
}

/// Like [`messages`]. `specific` can replace the message of a problem.
pub(super) fn messages_with(specific: impl Fn(&Problem) -> Option<String>) -> AnyView {
    let done = query("done").and_then(|code| done::message(&code)).map(|text| toast(text, path()));
    let problem = query("problem").and_then(|code| problem::parse(&code));
    let problem = problem.map(|problem| {
        outcome_notice(problem.title().to_owned(), specific(&problem).unwrap_or_else(|| problem::message(&problem)))
    });
    any_view! { {done} {problem} }
}

/// Like [`messages`], but also shows the outcome of an attempt to connect. `name_of` and `is_pending` get the slug of an
/// integration. `name_of` returns the name of the integration. `is_pending` returns true if an admin must confirm the newest
/// connection to the integration.
pub(super) fn connect_messages(name_of: impl Fn(&str) -> Option<String>, is_pending: impl Fn(&str) -> bool) -> AnyView {
    let connected = query("connected").and_then(|slug| {
        let name = name_of(&slug)?;
        Some(match is_pending(&slug) {
            true => (Tone::Warn, format!("{name} granted access. Check the account below, then confirm or decline it.")),
            false => (Tone::Ok, format!("{name} is connected. Open its details to finish the setup.")),
        })
    });
    let connected = connected.map(|(tone, text)| notice(tone, None, text));
    let failure = query("error").map(|code| {
        let known = query("reason").as_deref().and_then(ConnectFailure::parse).or_else(|| ConnectFailure::parse(&code));
        let provider = query("provider").unwrap_or_else(|| compatibility::SLUG.to_owned());
        let message = connectors::connect_message(&provider, known.unwrap_or(ConnectFailure::ProviderError));
        outcome_notice("Not connected".to_owned(), message)
    });
    any_view! { {connected} {failure} {messages()} }
}
