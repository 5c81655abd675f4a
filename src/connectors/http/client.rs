//! The two HTTP clients of the product.

use super::guard::PublicOnly;
use crate::{config::Config, tls};
use std::{sync::Arc, time::Duration};

/// A client could not be built: no usable TLS on this machine.
#[derive(Debug, thiserror::Error)]
#[error("an HTTP client could not be built")]
pub struct BuildError(#[from] reqwest::Error);

/// How long a client waits.
#[derive(Clone, Copy, Debug)]
pub(in crate::connectors) struct Timeouts {
    /// Until the connection stands, with TLS.
    pub(in crate::connectors) connect: Duration,
    /// Until the answer begins, and from each of its pieces to the next.
    pub(in crate::connectors) read: Duration,
}

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), read: Duration::from_secs(30) };
/// A language model thinks before its first byte.
const LLM_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), read: Duration::from_secs(300) };
const IDLE_CONNECTION: Duration = Duration::from_secs(60);
const IDLE_CONNECTIONS_PER_HOST: usize = 8;
const HEADER_LIMIT: usize = 100;
const USER_AGENT: &str = concat!("LexiContract/", env!("CARGO_PKG_VERSION"));

/// The client for providers: it reaches public addresses, and hosts that the operator named.
///
/// # Errors
/// TLS cannot be set up.
pub fn client(config: &Config) -> Result<reqwest::Client, BuildError> {
    client_with(config, TIMEOUTS)
}

/// The client for the language model, which the operator alone names and which may be a neighbour.
///
/// # Errors
/// TLS cannot be set up.
pub fn llm_client() -> Result<reqwest::Client, BuildError> {
    build(|builder| builder, LLM_TIMEOUTS)
}

pub(in crate::connectors) fn client_with(config: &Config, timeouts: Timeouts) -> Result<reqwest::Client, BuildError> {
    let resolver = Arc::new(PublicOnly::new(config));
    build(|builder| builder.dns_resolver(Arc::clone(&resolver)), timeouts)
}

type Builder = reqwest::ClientBuilder;

/// Uses the machine's root certificates, and Mozilla's where the machine has none.
fn build(finish: impl Fn(Builder) -> Builder, timeouts: Timeouts) -> Result<reqwest::Client, BuildError> {
    tls::install();
    if let Ok(client) = finish(settings(timeouts)).build() {
        return Ok(client);
    }
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|root| reqwest::Certificate::from_der(root).ok());
    Ok(finish(settings(timeouts)).tls_certs_only(roots).build()?)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds clients")]
fn settings(timeouts: Timeouts) -> Builder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        // A proxy of the environment would resolve names itself, past the guard.
        .no_proxy()
        .referer(false)
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.read)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .http1_max_headers(HEADER_LIMIT)
        // reqwest would repeat requests of its own accord; whether to is decided by our jobs.
        .retry(reqwest::retry::never())
}
