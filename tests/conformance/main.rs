//! Conformance tests: each test runs for every connector against the simulator of its provider.
//!
//! To add a provider, add an entry to [`provider::PROVIDERS`].
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod deals;
mod oauth;
mod provider;
mod responses;
mod salesforce;
