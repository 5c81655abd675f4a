use super::call_error::CallError;
use super::guard::HostPolicy;
use super::proxied::ProxiedClient;
use super::tunnel::{Lookup, Tunnel};
use crate::config::Config;
use crate::tls;
use std::sync::Arc;
use std::time::Duration;

/// The TLS configuration could not be created.
#[derive(Debug, thiserror::Error)]
#[error("an HTTP client could not be built")]
pub struct BuildError(#[from] reqwest::Error);

/// HTTP client. Sends requests through the outbound proxy if one is configured.
#[derive(Clone, Debug)]
pub struct Client {
    direct: reqwest::Client,
    /// Like `direct`, with the time limits of uploads.
    uploading: reqwest::Client,
    proxied: Option<ProxiedClient>,
}

impl Client {
    pub fn post(&self, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        self.direct.post(url)
    }

    pub fn request(&self, method: reqwest::Method, url: impl reqwest::IntoUrl) -> reqwest::RequestBuilder {
        self.direct.request(method, url)
    }

    /// Returns a client for large request bodies. The time limit for the beginning of the response includes the time in which the
    /// body is sent, so it must be longer.
    pub(crate) fn for_uploads(&self) -> Self {
        Self {
            direct: self.uploading.clone(),
            uploading: self.uploading.clone(),
            proxied: self.proxied.as_ref().map(|proxied| proxied.with_read_timeout(UPLOAD_TIMEOUT)),
        }
    }

    /// Sends a request. Unlike [`reqwest::RequestBuilder::send`], it uses the outbound proxy.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, CallError> {
        self.execute(request.build()?).await
    }

    pub async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response, CallError> {
        match &self.proxied {
            Some(proxied) => proxied.execute(request).await,
            None => Ok(self.direct.execute(request).await?),
        }
    }
}

impl From<reqwest::Client> for Client {
    fn from(direct: reqwest::Client) -> Self {
        Self { uploading: direct.clone(), direct, proxied: None }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// Time limit for establishing a connection, including TLS.
    pub(crate) connect: Duration,
    /// Time limit for the beginning of the response, and for the pauses between its chunks.
    pub(crate) read: Duration,
}

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), read: Duration::from_secs(30) };
/// A language model can take minutes before it sends the first byte of a response.
const LLM_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), read: Duration::from_secs(300) };
/// Time limit for an upload. A file of 100 MB takes 80 s at 10 Mbit/s.
pub(crate) const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);
pub(super) const IDLE_CONNECTION: Duration = Duration::from_secs(60);
pub(super) const IDLE_CONNECTIONS_PER_HOST: usize = 8;
pub(super) const HEADER_LIMIT: usize = 100;
pub(super) const USER_AGENT: &str = concat!("LexiContract/", env!("CARGO_PKG_VERSION"));

pub fn client(config: &Config) -> Result<Client, BuildError> {
    client_with(config, TIMEOUTS)
}

/// Returns the client for the language model. The client can reach any address, because only the operator configures the host.
pub fn llm_client(config: &Config) -> Result<Client, BuildError> {
    with_policy(config, HostPolicy::unrestricted(), LLM_TIMEOUTS, system_lookup())
}

pub(crate) fn client_with(config: &Config, timeouts: Timeouts) -> Result<Client, BuildError> {
    with_policy(config, HostPolicy::for_providers(config), timeouts, system_lookup())
}

/// Builds a client. `lookup` resolves host names for calls through the outbound proxy.
pub(super) fn with_policy(config: &Config, policy: HostPolicy, timeouts: Timeouts, lookup: Lookup) -> Result<Client, BuildError> {
    let policy = Arc::new(policy);
    let direct = build(|builder| builder.dns_resolver(Arc::clone(&policy)), timeouts)?;
    let upload_timeouts = Timeouts { read: UPLOAD_TIMEOUT, ..timeouts };
    let uploading = build(|builder| builder.dns_resolver(Arc::clone(&policy)), upload_timeouts)?;
    let proxied = config.outbound_proxy.clone().map(|proxy| {
        let tunnel = Tunnel { proxy, policy, lookup, connect_timeout: timeouts.connect };
        ProxiedClient::new(tunnel, Arc::new(tls::client_config()), timeouts)
    });
    Ok(Client { direct, uploading, proxied })
}

fn system_lookup() -> Lookup {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }))
}

type Builder = reqwest::ClientBuilder;

/// Trusts the root certificates of the system, or those of Mozilla if the system has none.
fn build(finish: impl Fn(Builder) -> Builder, timeouts: Timeouts) -> Result<reqwest::Client, BuildError> {
    tls::install();
    if let Ok(client) = finish(settings(timeouts)).build() {
        return Ok(client);
    }
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|root| reqwest::Certificate::from_der(root).ok());
    Ok(finish(settings(timeouts)).tls_certs_only(roots).build()?)
}

#[expect(clippy::disallowed_methods, reason = "the only place that builds clients")]
fn settings(timeouts: Timeouts) -> Builder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        // Ignores proxies from the environment, because they would resolve host names to addresses that are not checked.
        .no_proxy()
        .referer(false)
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.read)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .http1_max_headers(HEADER_LIMIT)
        // Disables retries in the client, because jobs schedule the retries.
        .retry(reqwest::retry::never())
}
