//! How polling of a connection works at the moment.

use super::data::ConnectionData;
use super::ways::in_use;
use crate::pages::prelude::*;
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::polling::{Polling, SlowBecause};

pub(super) fn polling_way(polling: &Polling, data: &ConnectionData) -> AnyView {
    let Terms { provider, deals, .. } = data.terms();
    if polling.interval_seconds == 0 {
        let about =
            format!("Off. An admin can switch it on in the settings. LexiContract then asks {provider} for changed {deals}.");
        return item("Polling", pill(Tone::Neutral, "Off"), about);
    }
    let stopped = stopped(data);
    let about = match stopped {
        Some((_, _, until)) => format!("LexiContract does not ask {provider} for changed {deals} until {until}."),
        None => format!(
            "LexiContract asks {provider} for changed {deals} every {}. No setup is needed.",
            interval(polling.interval_seconds)
        ),
    };
    let state = match (stopped, &polling.last_error) {
        (Some((tone, label, _)), _) => pill(tone, label),
        (None, Some(_)) => pill(Tone::Warn, "Failing"),
        (None, None) => in_use(polling.polled_at, data.now),
    };
    let slow_because = polling.slow_because.filter(|_| stopped.is_none());
    let below = any_view! {
        <p>{about}</p>
        {slow_because.map(|reason| view! { <p>{slow(reason, data)}</p> })}
        {polling.polled_at.map(|at| view! { <p>"Last successful poll " {moment(at, data.now)}</p> })}
        {polling.last_error.clone().map(|error| view! { <p class="text-danger">{error}</p> })}
    };
    item("Polling", state, below)
}

/// Why the connection is not polled, as tone and label of its state, and what ends this.
fn stopped(data: &ConnectionData) -> Option<(Tone, &'static str, &'static str)> {
    let connection = &data.health.connection;
    if !connection.is_enabled {
        Some((Tone::Paused, "Paused", "an admin resumes the connection"))
    } else if connection.status == ConnectionStatus::NeedsReconnect {
        Some((Tone::Danger, "Failing", "an admin reconnects"))
    } else if data.health.paused_until.is_some() {
        Some((Tone::Paused, "Paused", "the pause after its API limit ends"))
    } else {
        None
    }
}

fn slow(reason: SlowBecause, data: &ConnectionData) -> String {
    let account = data.terms().account;
    match reason {
        SlowBecause::WebhookWorks => "Polling is slower, because calls have reported the last 20 changes first.".to_owned(),
        SlowBecause::FewCallsLeft => format!("Polling is slower, because the {account} has few API calls left today."),
    }
}

fn interval(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (1, 0) => "minute".to_owned(),
        (minutes, 0) => format!("{minutes} minutes"),
        _ => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn intervals_read_as_a_phrase_after_every() {
        assert_eq!([30, 60, 90, 300].map(interval), ["30 seconds", "minute", "90 seconds", "5 minutes"]);
    }
}
