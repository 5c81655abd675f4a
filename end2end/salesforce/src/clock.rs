//! The simulator's clock. Tests advance the clock, so that they need not wait until codes and sessions expire.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const MAX_OFFSET: TimeDelta = TimeDelta::days(36_500);

/// The system time plus an offset. All clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.offset_milliseconds.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by: Duration) {
        self.shift(TimeDelta::from_std(by).unwrap_or(MAX_OFFSET));
    }

    /// Moves the clock forward, or back if `by` is negative. The clock differs from the system time by at most 100 years.
    pub fn shift(&self, by: TimeDelta) {
        let most = MAX_OFFSET.num_milliseconds();
        let shifted = |offset: i64| Some(offset.saturating_add(by.num_milliseconds()).clamp(-most, most));
        self.offset_milliseconds.fetch_update(Ordering::SeqCst, Ordering::SeqCst, shifted).ok();
    }
}

/// Formats a time as in `2022-03-17T16:21:26.000+0000`.
pub fn salesforce_time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// Formats the time of a record. As in Salesforce, record times have a resolution of one second.
pub fn record_time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

/// Formats a time as in the HTTP header `Date`.
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Parses a time in Salesforce's format or in the format of RFC 3339.
pub fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|time| time.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_offset_without_colon_are_parsed() {
        let text = "2022-03-17T16:21:26.000+0000";
        assert_eq!(salesforce_time(parse_time(text).unwrap()), text);
    }
}
