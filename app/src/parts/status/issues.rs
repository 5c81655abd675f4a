//! Views of a connection's health, for the board and for the page of the connection.

use crate::parts::{Tone, connection_pill, moment, pill};

use leptos::prelude::*;
use lexicontract::domain::{connection::health::ConnectionHealth, time::Timestamp};
use std::time::Duration;

/// Future times that are closer than this get a special text, because [`moment`] would show them as "just now".
const SOON: Duration = Duration::from_secs(60);

/// Pills for the status of the connection, for a pause, and for an incomplete setup.
pub fn states(health: &ConnectionHealth) -> AnyView {
    view! {
        {connection_pill(health.connection.status)}
        {(!health.connection.is_enabled).then(|| pill(Tone::Paused, "Paused"))}
        {health.is_setup_incomplete().then(|| pill(Tone::Busy, "Setup incomplete"))}
    }
    .into_any()
}

/// The time of the next automatic retry; `None` if no retry is planned.
pub fn next_retry(health: &ConnectionHealth, now: Timestamp) -> Option<AnyView> {
    Some(upcoming("Next retry", health.next_retry_at()?, now))
}

pub fn upcoming(what: &'static str, at: Timestamp, now: Timestamp) -> AnyView {
    if at.since(now) < SOON {
        format!("{what} within a minute").into_any()
    } else {
        view! { {what} " " {moment(at, now)} }.into_any()
    }
}

pub fn moment_or(at: Option<Timestamp>, none: &'static str, now: Timestamp) -> AnyView {
    at.map_or_else(|| none.into_any(), |at| moment(at, now))
}
