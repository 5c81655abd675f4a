//! The webhook: calls, addresses, signatures.

mod address;
mod calls;
mod pasted_secret;
pub mod signatures;
