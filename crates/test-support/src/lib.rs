//! Helpers of the test programs. The product does not depend on this crate.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

pub mod clamd;
pub mod consent;
pub mod databases;
pub mod fixture;
pub mod settings;
pub mod users;
