//! Conformance tests. Each test runs for every provider in [`provider::PROVIDERS`], against a simulator.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod deals;
mod oauth;
mod provider;
mod responses;
mod salesforce;
