//! Minimum transfer rate for clients that send or receive large bodies.

use std::time::Duration;

/// Number of bytes that must be transferred within a time. Only the time during which the server waits for the client counts.
#[derive(Clone, Copy, Debug)]
pub struct MinimumRate {
    pub bytes: u64,
    pub within: Duration,
}

#[derive(Debug)]
pub struct RateMeter {
    rate: MinimumRate,
    waited: Duration,
    moved: u64,
}

impl RateMeter {
    pub fn new(rate: MinimumRate) -> Self {
        Self { rate, waited: Duration::ZERO, moved: 0 }
    }

    /// Remaining time to wait for the next bytes.
    pub fn time_left(&self) -> Duration {
        self.rate.within.saturating_sub(self.waited)
    }

    /// Records bytes and the time spent waiting for them.
    pub fn record(&mut self, waited: Duration, bytes: usize) {
        self.waited += waited;
        self.moved = self.moved.saturating_add(bytes as u64);
        if self.moved >= self.rate.bytes {
            self.restart();
        }
    }

    pub fn restart(&mut self) {
        (self.waited, self.moved) = (Duration::ZERO, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_restarts_only_after_enough_bytes() {
        let seconds = Duration::from_secs;
        let mut meter = RateMeter::new(MinimumRate { bytes: 100, within: seconds(10) });
        meter.record(seconds(4), 99);
        assert_eq!(meter.time_left(), seconds(6));
        meter.record(seconds(5), 1);
        assert_eq!(meter.time_left(), seconds(10));
        for _ in 0..3 {
            meter.record(seconds(4), 1);
        }
        assert_eq!(meter.time_left(), Duration::ZERO);
        meter.restart();
        assert_eq!(meter.time_left(), seconds(10));
    }
}
