//! Rate limits per key. Each process counts only its own calls.

use crate::clock::Clock;
use crate::domain::time::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Minimum of `Levels::clean_above`. If more keys than `clean_above` are stored, fully refilled keys are removed.
const CLEAN_ABOVE: usize = 1_024;

/// A leaky bucket for each key.
pub struct RateLimit<K> {
    /// Maximum number of calls; 0 if there is no limit. Used calls are refilled evenly over `refilled_in`.
    calls: f64,
    refilled_in: Duration,
    clock: Clock,
    levels: Mutex<Levels<K>>,
}

struct Levels<K> {
    by_key: HashMap<K, Level>,
    clean_above: usize,
}

struct Level {
    used: f64,
    at: Timestamp,
}

impl Level {
    /// True if one more call is within the limit. Tolerates rounding errors of partial refills.
    fn has_room(&self, calls: f64) -> bool {
        self.used + 1.0 <= calls + 1e-6
    }
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// The limit is `calls * factor`, rounded up. A factor of 0 disables the limit.
    pub fn new(calls: u32, refilled_in: Duration, factor: f64) -> Self {
        let calls = (f64::from(calls) * factor).ceil();
        let levels = Levels { by_key: HashMap::new(), clean_above: CLEAN_ABOVE };
        Self { calls, refilled_in, clock: Clock::system(), levels: Mutex::new(levels) }
    }

    #[must_use]
    pub fn on(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Counts a call and returns `true`. Returns `false` without counting if the limit is used up.
    pub fn spend(&self, key: &K) -> bool {
        self.calls == 0.0
            || self.with_level(key, |level, calls| {
                let is_allowed = level.has_room(calls);
                level.used += if is_allowed { 1.0 } else { 0.0 };
                is_allowed
            })
    }

    pub fn is_used_up(&self, key: &K) -> bool {
        self.calls > 0.0 && self.with_level(key, |level, calls| !level.has_room(calls))
    }

    /// Counts a call even if the limit is used up. Calls beyond the limit delay the refill.
    pub fn count(&self, key: &K) {
        if self.calls > 0.0 {
            self.with_level(key, |level, _| level.used += 1.0);
        }
    }

    fn with_level<T>(&self, key: &K, act: impl FnOnce(&mut Level, f64) -> T) -> T {
        let now = self.clock.now();
        let used = |level: &Level| {
            let refilled = now.since(level.at).as_secs_f64() / self.refilled_in.as_secs_f64() * self.calls;
            (level.used - refilled).max(0.0)
        };
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if levels.by_key.len() > levels.clean_above {
            levels.by_key.retain(|_, level| used(level) > 0.0);
            levels.clean_above = CLEAN_ABOVE.max(2 * levels.by_key.len());
        }
        let before = levels.by_key.get(key).map_or(0.0, used);
        let mut level = Level { used: before, at: now };
        let outcome = act(&mut level, self.calls);
        if level.used > 0.0 {
            levels.by_key.insert(key.clone(), level);
        }
        outcome
    }
}

/// Returns the networks that one customer of an internet provider can have, smallest first: for IPv4, the address itself; for
/// IPv6, the /64, /56 and /48 networks of the address.
pub fn networks(address: IpAddr) -> Vec<IpAddr> {
    match address.to_canonical() {
        IpAddr::V4(address) => vec![IpAddr::V4(address)],
        IpAddr::V6(address) => {
            let network = |bits: u32| IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits))));
            vec![network(64), network(56), network(48)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn clock() -> Clock {
        Clock::fixed(Timestamp::from_millis(1_795_363_200_000))
    }

    fn allowed(limit: &RateLimit<u8>, key: u8, calls: usize) -> usize {
        (0..calls).filter(|_| limit.spend(&key)).count()
    }

    #[test]
    fn keys_are_limited_separately_and_refill_evenly() {
        let clock = clock();
        let limit = RateLimit::new(3, Duration::from_secs(60), 1.0).on(clock.clone());
        assert_eq!(allowed(&limit, 1, 10), 3);
        assert_eq!(allowed(&limit, 2, 2), 2);
        clock.advance(Duration::from_secs(19));
        assert_eq!(allowed(&limit, 1, 10), 0);
        clock.advance(Duration::from_secs(21));
        assert_eq!(allowed(&limit, 1, 10), 2);
        clock.advance(DAY);
        assert_eq!(allowed(&limit, 1, 10), 3);
    }

    #[test]
    fn checks_are_not_counted_and_calls_beyond_the_limit_delay_the_refill() {
        let clock = clock();
        let limit = RateLimit::new(2, Duration::from_secs(20), 1.0).on(clock.clone());
        for _ in 0..5 {
            assert!(!limit.is_used_up(&1));
        }
        for _ in 0..3 {
            limit.count(&1);
        }
        assert!(limit.is_used_up(&1) && !limit.is_used_up(&2));
        clock.advance(Duration::from_secs(10));
        assert!(limit.is_used_up(&1), "one of three calls is still beyond the limit");
        clock.advance(Duration::from_secs(10));
        assert!(!limit.is_used_up(&1));
    }

    #[test]
    fn the_factor_multiplies_and_zero_disables_the_limit() {
        let with = |calls, factor| RateLimit::new(calls, DAY, factor).on(clock());
        assert_eq!(allowed(&with(3, 2.0), 1, 10), 6);
        assert_eq!(allowed(&with(3, 0.1), 1, 10), 1);
        assert_eq!(allowed(&with(3, 0.0), 1, 2_000), 2_000);
        assert_eq!(allowed(&with(30, 1_000_000.0), 1, 2_000), 2_000);
        let off = with(3, 0.0);
        off.count(&1);
        assert!(!off.is_used_up(&1));
    }

    #[test]
    fn refilled_keys_are_removed() {
        let clock = clock();
        let limit = RateLimit::new(3, Duration::from_secs(60), 1.0).on(clock.clone());
        for round in 0..10_u32 {
            for key in 0..1_000 {
                limit.count(&(round * 1_000 + key));
            }
            clock.advance(Duration::from_secs(60));
        }
        assert!(limit.levels.lock().unwrap().by_key.len() <= 2 * CLEAN_ABOVE);
    }

    #[test]
    fn addresses_map_to_the_networks_of_one_customer() {
        let of = |text: &str| networks(text.parse().unwrap()).iter().map(IpAddr::to_string).collect::<Vec<_>>();
        assert_eq!(of("192.0.2.1"), ["192.0.2.1"]);
        assert_eq!(of("::ffff:192.0.2.1"), ["192.0.2.1"]);
        assert_eq!(of("2001:db8:1:2345:6::7"), ["2001:db8:1:2345::", "2001:db8:1:2300::", "2001:db8:1::"]);
    }
}
