//! The two HTTP clients of the product: for providers, and for the language model.

use super::{
    call_error::CallError,
    guard::{Hosts, PublicOnly},
    proxied::ProxiedClient,
    tunnel::{Lookup, Tunnel},
};
use crate::{config::Config, tls};
use std::{sync::Arc, time::Duration};

/// A client could not be built: no usable TLS on this machine.
#[derive(Debug, thiserror::Error)]
#[error("an HTTP client could not be built")]
pub struct BuildError(#[from] reqwest::Error);

/// Sends requests directly, or through the outbound proxy when there is one.
#[derive(Clone, Debug)]
pub struct Client {
    direct: reqwest::Client,
    proxied: Option<ProxiedClient>,
}

impl Client {
    /// Begins a GET request.
    pub fn get(&self, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        self.direct.get(url)
    }

    /// Begins a POST request.
    pub fn post(&self, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        self.direct.post(url)
    }

    /// Begins a request of any method.
    pub fn request(&self, method: reqwest::Method, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        self.direct.request(method, url)
    }

    /// Sends a request. The `send` of the request itself would pass the proxy by.
    ///
    /// # Errors
    /// No response came.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, CallError> {
        self.execute(request.build()?).await
    }

    /// The same for a request that is complete.
    ///
    /// # Errors
    /// No response came.
    pub async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response, CallError> {
        match &self.proxied {
            Some(proxied) => proxied.execute(request).await,
            None => Ok(self.direct.execute(request).await?),
        }
    }
}

impl From<reqwest::Client> for Client {
    fn from(direct: reqwest::Client) -> Self {
        Self { direct, proxied: None }
    }
}

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
pub(super) const IDLE_CONNECTION: Duration = Duration::from_secs(60);
pub(super) const IDLE_CONNECTIONS_PER_HOST: usize = 8;
pub(super) const HEADER_LIMIT: usize = 100;
pub(super) const USER_AGENT: &str = concat!("LexiContract/", env!("CARGO_PKG_VERSION"));

/// The client for providers: it reaches public addresses, and hosts that the operator named.
///
/// # Errors
/// TLS cannot be set up.
pub fn client(config: &Config) -> Result<Client, BuildError> {
    client_with(config, TIMEOUTS)
}

/// The client for the language model, which the operator alone names and which may be at any address.
///
/// # Errors
/// TLS cannot be set up.
pub fn llm_client(config: &Config) -> Result<Client, BuildError> {
    let direct = build(|builder| builder, LLM_TIMEOUTS)?;
    Ok(Client { direct, proxied: proxied(config, Hosts::of_operator(), system_lookup(), LLM_TIMEOUTS) })
}

pub(in crate::connectors) fn client_with(config: &Config, timeouts: Timeouts) -> Result<Client, BuildError> {
    let resolver = Arc::new(PublicOnly::new(config));
    let direct = build(|builder| builder.dns_resolver(Arc::clone(&resolver)), timeouts)?;
    Ok(Client { direct, proxied: proxied(config, Hosts::of_providers(config), system_lookup(), timeouts) })
}

fn proxied(config: &Config, hosts: Hosts, lookup: Lookup, timeouts: Timeouts) -> Option<ProxiedClient> {
    let proxy = config.outbound_proxy.clone()?;
    let tunnel = Tunnel { proxy, hosts: Arc::new(hosts), lookup, connect_timeout: timeouts.connect };
    Some(ProxiedClient::new(tunnel, Arc::new(tls::client_config()), timeouts))
}

fn system_lookup() -> Lookup {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }))
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

#[cfg(test)]
impl Client {
    /// The same client with other name servers for the outbound proxy.
    pub(super) fn with_lookup(config: &Config, timeouts: Timeouts, lookup: Lookup) -> Self {
        let direct = build(|builder| builder, timeouts).unwrap();
        Self { direct, proxied: proxied(config, Hosts::of_providers(config), lookup, timeouts) }
    }
}
