//! Tests of the webhooks: calls, addresses, secrets, signatures, Outbound Messages.

mod address;
mod calls;
mod deal_status;
mod log;
pub mod outbound;
mod pasted_secret;
mod refused_calls;
pub mod signatures;
