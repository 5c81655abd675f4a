//! Exponential backoff between the attempts of a failed job.

use crate::random;
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
pub(super) const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);
/// Age at which a job is given up when an attempt fails.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Returns the pause before the next attempt: 5 s after the first attempt, then twice the previous pause up to [`LONGEST`]. A
/// jitter of ±20 % spreads the retries of jobs that failed at the same time.
pub(crate) fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(u32::MAX).min(20);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    if doublings == 0 { pause } else { pause.mul_f64(0.8 + 0.4 * f64::from(u16::from_le_bytes(random::bytes())) / 65_536.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_doubles_from_five_seconds_up_to_six_hours() {
        assert_eq!(pause(1), FIRST);
        for attempts in 2..40 {
            let exact = FIRST.saturating_mul(1 << (attempts - 1).min(20)).min(LONGEST);
            let actual = pause(i64::from(attempts));
            assert!(actual >= exact.mul_f64(0.79) && actual <= exact.mul_f64(1.21), "{attempts}: {actual:?}");
        }
        assert!(pause(i64::MAX) <= LONGEST.mul_f64(1.2));
    }
}
