//! How often a connection is polled.

use super::cursor::Cursor;
use crate::domain::connection::Settings;
use crate::domain::connection::polling::SlowBecause;
use std::time::Duration;

/// Number of entries in a row that a webhook must report first before polling slows down.
const REPORTED_FIRST: u32 = 20;
const SLOW: Duration = Duration::from_secs(5 * 60);
/// Percentage of used API calls above which polling uses only a share of the calls that are left.
const FEW_CALLS_LEFT: i64 = 80;
const LONGEST: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the interval of polling, and why it is longer than the setting. `None` if polling is off.
pub(super) fn pace(settings: &Settings, cursor: &Cursor) -> Option<(Duration, Option<SlowBecause>)> {
    let wanted = settings.poll_interval()?;
    let mut pace = (wanted, None);
    let mut slow = |interval: Duration, reason| {
        if interval > pace.0 {
            pace = (interval, Some(reason));
        }
    };
    if cursor.reported_first >= REPORTED_FIRST {
        slow(SLOW, SlowBecause::WebhookWorks);
    }
    if let Some(limit) = cursor.api_limit.filter(|limit| limit.is_above(FEW_CALLS_LEFT)) {
        let calls = (limit.max - limit.used).saturating_mul(settings.poll_api_share().into()) / 100;
        let interval = DAY / u32::try_from(calls.clamp(1, 86_400)).unwrap_or(1);
        slow(interval.min(LONGEST), SlowBecause::FewCallsLeft);
    }
    Some(pace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::ApiLimit;

    fn seconds(settings: &Settings, cursor: &Cursor) -> (u64, Option<SlowBecause>) {
        let (interval, reason) = pace(settings, cursor).unwrap();
        (interval.as_secs(), reason)
    }

    #[test]
    fn polling_slows_down_for_working_webhooks_and_scarce_api_calls() {
        let settings = Settings::default();
        let cursor = |reported_first, api_limit: Option<(i64, i64)>| Cursor {
            reported_first,
            api_limit: api_limit.map(|(used, max)| ApiLimit { used, max }),
            ..Cursor::default()
        };
        assert_eq!(seconds(&settings, &cursor(19, Some((10, 100_000)))), (60, None));
        assert_eq!(seconds(&settings, &cursor(20, None)), (300, Some(SlowBecause::WebhookWorks)));
        assert_eq!(seconds(&settings, &cursor(0, Some((3_999, 5_000)))), (60, None));
        assert_eq!(seconds(&settings, &cursor(0, Some((4_000, 5_000)))), (864, Some(SlowBecause::FewCallsLeft)));
        assert_eq!(seconds(&settings, &cursor(0, Some((100, 100)))), (3_600, Some(SlowBecause::FewCallsLeft)));
        assert_eq!(seconds(&settings, &cursor(20, Some((80_000, 100_000)))), (300, Some(SlowBecause::WebhookWorks)));
        let hourly = Settings { poll_seconds: Some(3_600), ..Settings::default() };
        assert_eq!(seconds(&hourly, &cursor(20, Some((80_000, 100_000)))), (3_600, None));
        assert!(pace(&Settings { poll_seconds: Some(0), ..Settings::default() }, &Cursor::default()).is_none());
    }
}
