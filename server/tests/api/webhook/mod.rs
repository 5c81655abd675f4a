//! Tests of the webhook: calls, addresses, secrets, signatures.

mod address;
mod calls;
mod pasted_secret;
pub mod signatures;
