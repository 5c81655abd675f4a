//! Rate limits for sign-ins, registrations, invitations, connect links and password changes.
//!
//! Only failed sign-ins count, including sign-ins to unknown accounts. Three limits apply to each sign-in: per account, per
//! network, and per account and network. The limit per account and network is the lowest, so that one network cannot use up the
//! limit of an account. For a browser that has signed in to the account before, a separate limit replaces the three limits, so
//! that attackers cannot lock the user out.

use crate::clock::Clock;
use crate::domain::problem::Problem;
use crate::rate_limit::{RateLimit, networks};
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A hash of the account, the network or both. The hash has only 65,536 possible values, which limits the memory use. Inputs with
/// equal hashes share a limit. Attackers cannot find inputs with equal hashes, because the hash function uses a random key of
/// this process.
type Key = u16;
/// One limit for each network that [`networks`] returns, smallest network first.
type ByNetwork = [RateLimit<Key>; 3];

pub(crate) struct SignInLimits {
    hasher: RandomState,
    known_browser: RateLimit<Key>,
    /// Failures per account, excluding failures in known browsers.
    account: RateLimit<Key>,
    account_and_network: ByNetwork,
    network: ByNetwork,
    registration: ByNetwork,
    invitation: ByNetwork,
    connect_link: ByNetwork,
    current_password: RateLimit<Key>,
}

/// The limits that apply to one attempt, each with its key.
pub(crate) struct Limits<'l>(Vec<(&'l RateLimit<Key>, Key)>);

impl Limits<'_> {
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let is_used_up = self.0.iter().any(|(limit, key)| limit.is_used_up(key));
        if is_used_up { Err(Problem::TooManyRequests) } else { Ok(()) }
    }

    pub(crate) fn count(&self) {
        for (limit, key) in &self.0 {
            limit.count(key);
        }
    }

    /// Counts the attempt. If a limit is used up, fails without counting.
    pub(crate) fn spend(&self) -> Result<(), Problem> {
        self.check()?;
        self.count();
        Ok(())
    }
}

impl SignInLimits {
    /// Multiplies each limit by `factor`. A factor of 0 disables the limits.
    pub(crate) fn new(factor: f64, clock: &Clock) -> Self {
        let limit = |calls, time| RateLimit::new(calls, time, factor).on(clock.clone());
        let by_network = |calls: [u32; 3], time| calls.map(|calls| limit(calls, time));
        Self {
            hasher: RandomState::new(),
            known_browser: limit(20, 5 * MINUTE),
            account: limit(200, 30 * MINUTE),
            account_and_network: by_network([20, 25, 30], 5 * MINUTE),
            network: by_network([60, 120, 240], MINUTE),
            registration: by_network([20, 40, 80], 10 * MINUTE),
            invitation: by_network([20, 40, 80], MINUTE),
            connect_link: by_network([60, 120, 240], MINUTE),
            current_password: limit(20, 5 * MINUTE),
        }
    }

    /// Returns the limits for a sign-in. `known_browser` is the id of a browser that has signed in to the account before.
    pub(crate) fn sign_in(&self, email_key: &str, address: Option<IpAddr>, known_browser: Option<&str>) -> Limits<'_> {
        if let Some(browser) = known_browser {
            return Limits(vec![(&self.known_browser, self.key((browser, email_key)))]);
        }
        let mut limits = vec![(&self.account, self.key(email_key))];
        limits.extend(self.by_network(&self.network, address, ()).0);
        limits.extend(self.by_network(&self.account_and_network, address, email_key).0);
        Limits(limits)
    }

    pub(crate) fn registration(&self, address: Option<IpAddr>) -> Limits<'_> {
        self.by_network(&self.registration, address, ())
    }

    pub(crate) fn invitation(&self, address: Option<IpAddr>) -> Limits<'_> {
        self.by_network(&self.invitation, address, ())
    }

    /// Returns the limits for opening the page of a connect link, and for continuing to the provider.
    pub(crate) fn connect_link(&self, address: Option<IpAddr>) -> Limits<'_> {
        self.by_network(&self.connect_link, address, ())
    }

    pub(crate) fn current_password(&self, user: &str) -> Limits<'_> {
        Limits(vec![(&self.current_password, self.key(user))])
    }

    fn by_network<'l>(&self, limits: &'l ByNetwork, address: Option<IpAddr>, with: impl Hash + Copy) -> Limits<'l> {
        let networks = address.map(networks).unwrap_or_default();
        Limits(limits.iter().zip(networks).map(|(limit, network)| (limit, self.key((network, with)))).collect())
    }

    fn key(&self, value: impl Hash) -> Key {
        (self.hasher.hash_one(value) & u64::from(Key::MAX)) as Key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn limits() -> (SignInLimits, Clock) {
        let clock = Clock::fixed(Timestamp::from_millis(1_795_363_200_000));
        (SignInLimits::new(1.0, &clock), clock)
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn failures(limits: &Limits<'_>) -> usize {
        (0..100_000).take_while(|_| limits.spend().is_ok()).count()
    }

    #[test]
    fn an_account_allows_twenty_failures_per_network() {
        let (limits, clock) = limits();
        let from = |network| limits.sign_in("ada@example.com", address(network), None);
        assert_eq!(failures(&from("192.0.2.1")), 20);
        assert!(from("192.0.2.2").check().is_ok());
        assert!(limits.sign_in("eve@example.com", address("192.0.2.1"), None).check().is_ok());
        clock.advance(Duration::from_secs(15));
        assert_eq!(failures(&from("192.0.2.1")), 1);
    }

    #[test]
    fn an_account_allows_two_hundred_failures_over_all_networks() {
        let (limits, _clock) = limits();
        let tried: usize =
            (0..100).map(|n| failures(&limits.sign_in("ada@example.com", address(&format!("192.0.2.{n}")), None))).sum();
        assert_eq!(tried, 200);
        assert!(limits.sign_in("ada@example.com", address("198.51.100.1"), None).check().is_err());
        assert!(limits.sign_in("eve@example.com", address("198.51.100.1"), None).check().is_ok());
    }

    #[test]
    fn a_network_allows_sixty_failures_over_all_accounts() {
        let (limits, _clock) = limits();
        let tried: usize = (0..30)
            .map(|n| {
                let limits = limits.sign_in(&format!("{n}@example.com"), address("192.0.2.1"), None);
                (0..10).take_while(|_| limits.spend().is_ok()).count()
            })
            .sum();
        assert_eq!(tried, 60);
    }

    #[test]
    fn ipv6_networks_of_one_provider_share_larger_limits() {
        let (limits, clock) = limits();
        let from = |subnet: u16| limits.sign_in("ada@example.com", address(&format!("2001:db8:1:{subnet:x}::1")), None);
        let of_a_56: usize = (0..200).map(|subnet| failures(&from(subnet))).sum();
        assert_eq!(of_a_56, 25);
        let of_a_48: usize = (256..2_000).map(|subnet| failures(&from(subnet))).sum();
        assert_eq!(of_a_56 + of_a_48, 30);
        // One hour of attempts from the /48 network does not lock the account for users in other networks.
        for _ in 0..720 {
            clock.advance(Duration::from_secs(5));
            (0..300).for_each(|n| drop(from(n * 37).spend()));
            assert!(limits.sign_in("ada@example.com", address("192.0.2.1"), None).check().is_ok());
        }
    }

    #[test]
    fn a_known_browser_has_only_its_own_limit() {
        let (limits, _clock) = limits();
        for n in 0..100 {
            failures(&limits.sign_in("ada@example.com", address(&format!("192.0.2.{n}")), None));
        }
        let known = |email| limits.sign_in(email, address("192.0.2.1"), Some("b1"));
        assert_eq!(failures(&known("ada@example.com")), 20);
        assert!(limits.sign_in("ada@example.com", address("192.0.2.1"), Some("b2")).check().is_ok());
    }
}
