//! Conformance tests: each case runs for every connector against the provider's simulator.
//!
//! To add a provider, add an entry to [`provider::PROVIDERS`].
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod answers;
mod deals;
mod oauth;
mod provider;
mod salesforce;
