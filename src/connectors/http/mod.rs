//! How outside services are called: public addresses only, no redirects, no ambient proxy, everything bounded.

mod addresses;
mod answer;
mod client;
mod guard;
mod send;

#[cfg(test)]
mod tests;

pub use client::{BuildError, client, llm_client};

pub(super) use answer::{Answer, JSON_LIMIT, RETRY_AFTER_LIMIT, read};
pub(super) use send::{broken, send, send_and_read};

#[cfg(test)]
pub(super) use client::{Timeouts, client_with};
