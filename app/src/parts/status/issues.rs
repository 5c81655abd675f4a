//! How a connection stands, as pills and words: the same on the board and on the connection's page.

use super::{moment::moment, pill::pill, tone::Tone};
use crate::parts::status;
use leptos::prelude::*;
use lexicontract::domain::{connection::health::ConnectionHealth, time::Timestamp};
use std::time::Duration;

/// Shorter than this, relative times say "just now", which is wrong for what is still to come.
const SOON: Duration = Duration::from_secs(60);

/// Every state that a person should see: paused, the connection itself, and whether the set-up is complete.
pub fn states(health: &ConnectionHealth) -> AnyView {
    view! {
        {status::connection(health.connection.status)}
        {(!health.connection.is_enabled).then(|| pill(Tone::Paused, "Paused"))}
        {health.is_setup_incomplete().then(|| pill(Tone::Busy, "Setup incomplete"))}
    }
    .into_any()
}

/// When what fails is tried again; nothing where that depends on a person.
pub fn next_retry(health: &ConnectionHealth, now: Timestamp) -> Option<AnyView> {
    Some(upcoming("Next try", health.next_retry_at()?, now))
}

/// What happens at a time that is still to come.
pub fn upcoming(what: &'static str, at: Timestamp, now: Timestamp) -> AnyView {
    match at.since(now) < SOON {
        true => format!("{what} within a minute").into_any(),
        false => view! { {what} " " {moment(at, now)} }.into_any(),
    }
}

/// A time, or that there was none.
pub fn moment_or(at: Option<Timestamp>, none: &'static str, now: Timestamp) -> AnyView {
    at.map_or_else(|| none.into_any(), |at| moment(at, now))
}
