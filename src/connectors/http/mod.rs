//! HTTP clients for outbound calls. The clients follow no redirects, limit the size and time of responses, and use the configured
//! outbound proxy instead of the environment's common proxy variables. Calls to providers reach only public addresses, and hosts
//! that the operator listed.

mod addresses;
mod call_error;
mod client;
mod guard;
mod proxied;
mod response;
mod send;
mod tunnel;

#[cfg(test)]
mod proxy_tests;
#[cfg(test)]
mod tests;

pub use call_error::CallError;
pub use client::{BuildError, Client, client, llm_client};

pub(super) use client::UPLOAD_TIMEOUT;
pub(super) use response::{JSON_LIMIT, Response, read};
pub(super) use send::{broken, send, send_and_read};

#[cfg(test)]
pub(super) use client::{Timeouts, client_with};

/// Replaces the path of a URL, and removes its query and its fragment.
pub(super) fn at_path(host: &url::Url, path: &str) -> url::Url {
    let mut url = host.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}
