//! How often somebody may try to sign in, to register, to accept an invitation, or to change a password.
//!
//! Of sign-ins only failures count, by the address that is looked up, whether or not there is such an account. Three limits apply
//! together: the pair of account and network, the account over all networks, and the network over all accounts. They are sized so that
//! one network, however large, never uses up the limit of an account alone. A browser that has signed in to the account before is
//! measured by a limit of its own and by no other, so that others cannot lock its user out.

use crate::{
    clock::Clock,
    domain::problem::Problem,
    rate_limit::{RateLimit, networks},
};
use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    time::Duration,
};

const MINUTE: Duration = Duration::from_secs(60);

/// What is counted: an address, a network, or both, hashed with a secret of this process. Strangers choose what they send; hashing it
/// into 65,536 keys bounds the memory. Two that share a key share a limit, which nobody can bring about on purpose.
type Key = u16;
/// A limit for each network of [`networks`], the smallest first.
type ByNetwork = [RateLimit<Key>; 3];

/// The limits of one server.
pub(crate) struct SignInLimits {
    hasher: RandomState,
    /// Failures of a browser that has signed in to the account before.
    known_browser: RateLimit<Key>,
    /// Failures at an account, of all other browsers.
    account: RateLimit<Key>,
    /// Failures at an account from a network.
    account_and_network: ByNetwork,
    /// Failures from a network.
    network: ByNetwork,
    /// New organizations from a network.
    registration: ByNetwork,
    /// Attempts to accept an invitation from a network.
    invitation: ByNetwork,
    /// Wrong current passwords of a user who changes it.
    current_password: RateLimit<Key>,
}

/// The limits that one attempt is measured by.
pub(crate) struct Limits<'l>(Vec<(&'l RateLimit<Key>, Key)>);

impl Limits<'_> {
    /// # Errors
    /// [`Problem::TooManyRequests`] when one of the limits is used up.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        match self.0.iter().any(|(limit, key)| limit.is_used_up(key)) {
            true => Err(Problem::TooManyRequests),
            false => Ok(()),
        }
    }

    /// Counts the attempt.
    pub(crate) fn count(&self) {
        for (limit, key) in &self.0 {
            limit.count(key);
        }
    }

    /// Counts the attempt unless one of the limits is used up.
    ///
    /// # Errors
    /// [`Problem::TooManyRequests`] when one of the limits is used up.
    pub(crate) fn spend(&self) -> Result<(), Problem> {
        self.check()?;
        self.count();
        Ok(())
    }
}

impl SignInLimits {
    /// The limits, each multiplied by `factor`; 0 switches them off.
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
            current_password: limit(20, 5 * MINUTE),
        }
    }

    /// The limits of a sign-in to the account of an address. `known_browser` is the id of a browser that has signed in to it before.
    pub(crate) fn sign_in(&self, email_key: &str, address: Option<IpAddr>, known_browser: Option<&str>) -> Limits<'_> {
        if let Some(browser) = known_browser {
            return Limits(vec![(&self.known_browser, self.key((browser, email_key)))]);
        }
        let mut limits = vec![(&self.account, self.key(email_key))];
        limits.extend(self.by_network(&self.network, address, ()));
        limits.extend(self.by_network(&self.account_and_network, address, email_key));
        Limits(limits)
    }

    /// The limits of a registration.
    pub(crate) fn registration(&self, address: Option<IpAddr>) -> Limits<'_> {
        Limits(self.by_network(&self.registration, address, ()))
    }

    /// The limits of accepting an invitation.
    pub(crate) fn invitation(&self, address: Option<IpAddr>) -> Limits<'_> {
        Limits(self.by_network(&self.invitation, address, ()))
    }

    /// The limits of naming the current password of a user.
    pub(crate) fn current_password(&self, user: &str) -> Limits<'_> {
        Limits(vec![(&self.current_password, self.key(user))])
    }

    fn by_network<'l>(
        &self,
        limits: &'l ByNetwork,
        address: Option<IpAddr>,
        with: impl Hash + Copy,
    ) -> Vec<(&'l RateLimit<Key>, Key)> {
        let networks = address.map(networks).unwrap_or_default();
        limits.iter().zip(networks).map(|(limit, network)| (limit, self.key((network, with)))).collect()
    }

    fn key(&self, value: impl Hash) -> Key {
        // The low bits of a hash are as good as all of them.
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

    /// How many failures pass until the limit is used up.
    fn failures(limits: &Limits<'_>) -> usize {
        (0..100_000).take_while(|_| limits.spend().is_ok()).count()
    }

    #[test]
    fn a_pair_of_account_and_network_has_twenty_failures_and_another_network_is_not_concerned() {
        let (limits, clock) = limits();
        let from = |network| limits.sign_in("ada@example.com", address(network), None);
        assert_eq!(failures(&from("192.0.2.1")), 20);
        assert!(from("192.0.2.2").check().is_ok());
        assert!(limits.sign_in("eve@example.com", address("192.0.2.1"), None).check().is_ok());
        clock.advance(Duration::from_secs(15));
        assert_eq!(failures(&from("192.0.2.1")), 1);
    }

    #[test]
    fn all_networks_together_have_two_hundred_failures_at_an_account() {
        let (limits, _clock) = limits();
        let tried: usize =
            (0..100).map(|n| failures(&limits.sign_in("ada@example.com", address(&format!("192.0.2.{n}")), None))).sum();
        assert_eq!(tried, 200);
        assert!(limits.sign_in("ada@example.com", address("198.51.100.1"), None).check().is_err());
        assert!(limits.sign_in("eve@example.com", address("198.51.100.1"), None).check().is_ok());
    }

    #[test]
    fn a_network_has_sixty_failures_over_all_accounts() {
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
    fn the_networks_of_one_hoster_share_larger_limits() {
        let (limits, clock) = limits();
        let from = |subnet: u16| limits.sign_in("ada@example.com", address(&format!("2001:db8:1:{subnet:x}::1")), None);
        let of_a_56: usize = (0..200).map(|subnet| failures(&from(subnet))).sum();
        assert_eq!(of_a_56, 25);
        let of_a_48: usize = (256..2_000).map(|subnet| failures(&from(subnet))).sum();
        assert_eq!(of_a_56 + of_a_48, 30);
        // An hour of trying from all of it leaves the account open for others.
        for _ in 0..720 {
            clock.advance(Duration::from_secs(5));
            (0..300).for_each(|n| drop(from(n * 37).spend()));
            assert!(limits.sign_in("ada@example.com", address("192.0.2.1"), None).check().is_ok());
        }
    }

    #[test]
    fn a_known_browser_is_measured_by_its_own_failures_alone() {
        let (limits, _clock) = limits();
        for n in 0..100 {
            failures(&limits.sign_in("ada@example.com", address(&format!("192.0.2.{n}")), None));
        }
        let known = |email| limits.sign_in(email, address("192.0.2.1"), Some("b1"));
        assert_eq!(failures(&known("ada@example.com")), 20);
        assert!(limits.sign_in("ada@example.com", address("192.0.2.1"), Some("b2")).check().is_ok());
    }

    #[test]
    fn any_number_of_addresses_takes_bounded_memory() {
        let (limits, _clock) = limits();
        let keys: std::collections::HashSet<Key> = (0..500_000).map(|n: u32| limits.key(n)).collect();
        assert!(keys.len() <= 1 << 16);
    }
}
