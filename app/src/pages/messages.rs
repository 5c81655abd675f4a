//! What a page says about the form that led to it. Addresses carry codes; the words are ours.

use super::request::{path, query};
use crate::{
    parts::status::{
        notice::{notice, outcome_notice},
        toast::toast,
        tone::Tone,
    },
    text::{outcome, problem},
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::{compatibility, connection::connect_failure::ConnectFailure, problem::Problem},
};

/// The messages that the address asks for.
pub(super) fn messages() -> AnyView {
    messages_saying(|_| None)
}

/// The same, where a page can say more of a problem than that it is one.
pub(super) fn messages_saying(said: impl Fn(&Problem) -> Option<String>) -> AnyView {
    let done = query("done").and_then(|code| outcome::sentence(&code)).map(|text| toast(text, path()));
    let problem = query("problem").and_then(|code| problem::parse(&code));
    let problem = problem
        .map(|problem| outcome_notice(problem.title().to_owned(), said(&problem).unwrap_or_else(|| problem::sentence(&problem))));
    view! { {done} {problem} }.into_any()
}

/// The messages of a way to a provider and back. `name_of` knows the integrations by their short names, `waits` which of them was just
/// connected but must be confirmed.
pub(super) fn connect_messages(name_of: impl Fn(&str) -> Option<String>, waits: impl Fn(&str) -> bool) -> AnyView {
    let connected = query("connected").and_then(|slug| Some((name_of(&slug)?, waits(&slug)))).map(|(name, waits)| match waits {
        true => notice(Tone::Warn, None, format!("{name} gave access. Check the account below, then confirm or decline it.")),
        false => notice(Tone::Ok, None, connected(&name)),
    });
    let failure = query("error").map(|code| {
        let known = query("reason").as_deref().and_then(ConnectFailure::parse).or_else(|| ConnectFailure::parse(&code));
        let provider = query("provider").unwrap_or_else(|| compatibility::SLUG.to_owned());
        let sentence = connectors::connect_message(&provider, known.unwrap_or(ConnectFailure::ProviderError));
        outcome_notice("Not connected".to_owned(), sentence)
    });
    view! { {connected} {failure} {messages()} }.into_any()
}

fn connected(name: &str) -> String {
    format!("{name} is connected. Its details show what is left to set up.")
}
