use super::shown::ShownSettings;
use crate::pages::prelude::*;
use crate::text::settings::{API_SHARE, POLLING_INTERVAL, interval};
use lexicontract::domain::connection::Settings;
use lexicontract::domain::connection::settings::{DEFAULT_POLL_API_SHARE, DEFAULT_POLL_SECONDS};

/// Polling intervals to choose from, in seconds. 0 means that polling is off.
const INTERVALS: [u32; 7] = [0, 30, 60, 120, 300, 900, 3_600];

pub(super) fn polling(shown: &ShownSettings<'_>) -> AnyView {
    let Terms { provider, account, deals, .. } = shown.terms;
    let seconds = poll_seconds(shown.settings);
    let options = intervals(seconds).into_iter().map(|seconds| (seconds.to_string(), interval(seconds)));
    let share = Input {
        is_required: false,
        value: shown.api_share(),
        placeholder: DEFAULT_POLL_API_SHARE.to_string(),
        pattern: Some((r"\s*([1-9]|[1-4][0-9]|50)?\s*", "A whole number from 1 to 50")),
        error: shown.error("poll_api_share"),
        ..Input::text("settings[poll_api_share]", format!("{API_SHARE}, in percent"))
    };
    let share = share.help(format!(
        "When 80 percent of the {account}’s daily API calls are used, polling slows down to this percentage of the rest."
    ));
    stack((
        muted(format!(
            "LexiContract asks {provider} at this interval which {deals} have changed. It needs no setup in {provider}."
        )),
        columns((
            select(
                "field-poll-seconds",
                "settings[poll_seconds]",
                POLLING_INTERVAL,
                options,
                &seconds.to_string(),
                Some("If it is off, changes arrive by webhook calls and Outbound Messages. The hourly reconciliation finds what they miss.".to_owned()),
            ),
            share.view(),
        )),
    ))
}

pub(super) fn poll_seconds(settings: &Settings) -> u32 {
    settings.poll_seconds.unwrap_or(DEFAULT_POLL_SECONDS)
}

/// The intervals to choose from, and the current interval if it is another one, in ascending order.
fn intervals(current: u32) -> Vec<u32> {
    let mut intervals = INTERVALS.to_vec();
    if let Err(index) = intervals.binary_search(&current) {
        intervals.insert(index, current);
    }
    intervals
}

#[cfg(test)]
mod tests {
    use super::{INTERVALS, intervals};

    #[test]
    fn current_interval_can_be_kept() {
        assert_eq!(intervals(300), INTERVALS);
        assert_eq!(intervals(90), [0, 30, 60, 90, 120, 300, 900, 3_600]);
    }
}
