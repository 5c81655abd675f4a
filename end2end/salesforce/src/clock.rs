//! The simulator's clock. Tests advance the clock, so that they need not wait until codes and sessions expire.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

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
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 2);
        self.offset_milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

/// Formats a time as in `2022-03-17T16:21:26.000+0000`.
pub fn salesforce_time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
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
