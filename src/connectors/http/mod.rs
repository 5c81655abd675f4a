//! How outside services are called: public addresses only, no redirects, through the outbound proxy where there is one and never
//! through one of the environment, everything bounded.

mod addresses;
mod answer;
mod call_error;
mod client;
mod guard;
mod proxied;
mod send;
mod tunnel;

#[cfg(test)]
mod proxy_tests;
#[cfg(test)]
mod tests;

pub use call_error::CallError;
pub use client::{BuildError, Client, client, llm_client};

pub(super) use answer::{Answer, JSON_LIMIT, RETRY_AFTER_LIMIT, read};
pub(super) use send::{broken, send, send_and_read};

#[cfg(test)]
pub(super) use client::{Timeouts, client_with};
