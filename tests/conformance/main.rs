//! What every connector promises, tried over all of them: each case runs against each provider's simulator.
//!
//! A provider joins with one entry of [`provider::PROVIDERS`].
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod answers;
mod deals;
mod oauth;
mod provider;
mod salesforce;
