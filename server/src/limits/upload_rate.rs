//! A minimum rate for clients that send or take more than fits into one read.

use std::time::Duration;

/// How many bytes must move at least within each time that is spent waiting for the client.
#[derive(Clone, Copy, Debug)]
pub struct MinimumRate {
    /// The bytes.
    pub bytes: u64,
    /// The time. What the server itself needs does not count.
    pub within: Duration,
}

/// What has moved so far, compared with a [`MinimumRate`].
#[derive(Debug)]
pub struct Pace {
    rate: MinimumRate,
    waited: Duration,
    moved: u64,
}

impl Pace {
    /// The pace of a transfer that begins.
    pub fn new(rate: MinimumRate) -> Self {
        Self { rate, waited: Duration::ZERO, moved: 0 }
    }

    /// How much longer to wait for the next bytes.
    pub fn time_left(&self) -> Duration {
        self.rate.within.saturating_sub(self.waited)
    }

    /// Counts bytes that moved after waiting for them.
    pub fn record(&mut self, waited: Duration, bytes: usize) {
        self.waited += waited;
        self.moved = self.moved.saturating_add(bytes as u64);
        if self.moved >= self.rate.bytes {
            self.restart();
        }
    }

    /// Begins to count again, for another transfer.
    pub fn restart(&mut self) {
        (self.waited, self.moved) = (Duration::ZERO, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_bytes_give_the_whole_time_again_and_too_few_do_not() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(MinimumRate { bytes: 100, within: seconds(10) });
        pace.record(seconds(4), 99);
        assert_eq!(pace.time_left(), seconds(6));
        pace.record(seconds(5), 1);
        assert_eq!(pace.time_left(), seconds(10));
        for _ in 0..3 {
            pace.record(seconds(4), 1);
        }
        assert_eq!(pace.time_left(), Duration::ZERO);
        pace.restart();
        assert_eq!(pace.time_left(), seconds(10));
    }
}
