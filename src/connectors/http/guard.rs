//! Restricts calls to public addresses. For a host name, the check covers the addresses to which the client then connects, which
//! prevents DNS rebinding. A literal IP address is checked before the request.

use super::addresses::is_public;
use crate::config::{Config, ProviderConfig};
use crate::connectors::{CONNECTORS, Error, Kind};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no public address")]
pub(super) struct NotPublic;

#[derive(Clone, Debug)]
pub(super) struct HostPolicy {
    /// Host names that the operator listed in `_ALLOWED_HOSTS` or set in `_API_URL`. They may resolve to any address.
    listed: Vec<String>,
    /// Host names from the configuration (including `listed`) and from connectors. None of these names comes from user input.
    fixed: Vec<String>,
    /// True if every host name may resolve to any address.
    is_unrestricted: bool,
}

impl HostPolicy {
    /// Allows all public addresses. Host names that the operator listed may resolve to any address.
    pub(super) fn for_providers(config: &Config) -> Self {
        let listed: Vec<String> = listed_names(config).collect();
        let origins = CONNECTORS.iter().filter_map(|connector| Url::parse(connector.api_key()?.origin).ok());
        let login = config.providers().flat_map(ProviderConfig::login_urls).cloned();
        let fixed = login.chain(origins).filter_map(|url| Some(url.host_str()?.to_ascii_lowercase()));
        Self { fixed: fixed.chain(listed.clone()).collect(), listed, is_unrestricted: false }
    }

    /// Allows any address, for clients whose hosts only the operator configures.
    pub(super) fn unrestricted() -> Self {
        Self { listed: Vec::new(), fixed: Vec::new(), is_unrestricted: true }
    }

    pub(super) fn allowed_addresses(
        &self,
        host: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, NotPublic> {
        let is_listed = self.is_unrestricted || self.listed.iter().any(|listed| listed.eq_ignore_ascii_case(host));
        let allowed: Vec<SocketAddr> = found.filter(|address| is_listed || is_public(address.ip())).collect();
        if allowed.is_empty() { Err(NotPublic) } else { Ok(allowed) }
    }

    /// Returns true if the outbound proxy may resolve a name that this server cannot resolve.
    pub(super) fn may_proxy_resolve(&self, host: &str) -> bool {
        self.is_unrestricted || self.fixed.iter().any(|fixed| fixed.eq_ignore_ascii_case(host))
    }
}

impl Resolve for HostPolicy {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, policy) = (name.as_str().to_ascii_lowercase(), self.clone());
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(Box::new(policy.allowed_addresses(&host, found)?.into_iter()) as Addrs)
        })
    }
}

/// Rejects URLs without HTTPS, with user info, or with a literal address that is not public. Hosts that the operator listed may
/// use HTTP and any address. Errors have the kind [`Kind::HostNotAllowed`].
pub(super) fn check_url(config: &Config, url: &Url) -> Result<(), Error> {
    let reject = |why: &str| Err(Error::new(Kind::HostNotAllowed, format!("not called, because the URL {why}")));
    if !url.username().is_empty() || url.password().is_some() {
        return reject("contains a user name");
    }
    if is_listed(config, url) {
        return if matches!(url.scheme(), "http" | "https") { Ok(()) } else { reject("is not http") };
    }
    // Rejects ports that the operator did not list. The resolver cannot reject them, because the resolver does not see the port
    // and allows private addresses for every listed name.
    if url.host_str().is_some_and(|host| listed_names(config).any(|listed| listed.eq_ignore_ascii_case(host))) {
        return reject("has a port that the operator did not list");
    }
    if url.scheme() != "https" {
        return reject("is not https");
    }
    let literal = match url.host() {
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => return reject("has no host"),
    };
    if is_public(literal) { Ok(()) } else { reject("is not public") }
}

fn is_listed(config: &Config, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let is_extra = config.providers().any(|provider| provider.is_extra_host(url, &host));
    is_extra || other_origins(config).any(|listed| listed.origin() == url.origin())
}

fn other_origins(config: &Config) -> impl Iterator<Item = &Url> {
    config.providers().filter_map(|provider| provider.api_url.as_ref())
}

fn listed_names(config: &Config) -> impl Iterator<Item = String> {
    let allowed = config.providers().flat_map(|provider| &provider.allowed_hosts).map(|host| without_port(host).to_owned());
    allowed.chain(other_origins(config).filter_map(|url| url.host_str().map(str::to_ascii_lowercase)))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::test_support::config;

    #[test]
    fn urls_other_than_public_https_are_rejected() {
        let config = config(&[]);
        let checked = |text: &str| check_url(&config, &Url::parse(text).unwrap());
        for good in ["https://acme.my.salesforce.com/x", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.my.salesforce.com/",
            "https://a@evil.example/",
            "https://:b@evil.example/",
            "https://169.254.169.254/",
            "https://127.0.0.1:1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "ftp://acme.my.salesforce.com/",
            "file:///etc/passwd",
        ] {
            assert_eq!(checked(bad).unwrap_err().kind, Kind::HostNotAllowed, "{bad}");
        }
    }

    #[test]
    fn other_ports_of_listed_hosts_are_rejected() {
        let config = config(&[
            ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400,crm.internal.example:8443"),
            ("HUBSPOT_API_URL", "http://127.0.0.1:4401"),
        ]);
        for (address, is_allowed) in [
            ("http://127.0.0.1:4400/services", true),
            ("http://127.0.0.1:4401/account", true),
            ("http://127.0.0.1:4402/", false),
            ("http://a@127.0.0.1:4400/", false),
            ("https://crm.internal.example:8443/", true),
            ("https://crm.internal.example/", false),
            ("https://CRM.internal.example:9000/", false),
        ] {
            assert_eq!(check_url(&config, &Url::parse(address).unwrap()).is_ok(), is_allowed, "{address}");
        }
    }

    #[tokio::test]
    async fn localhost_resolves_only_if_listed() {
        let resolve = async |config: &Config| {
            HostPolicy::for_providers(config).resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        assert!(resolve(&config(&[])).await.unwrap_err().is::<NotPublic>());
        assert!(resolve(&config(&[("SALESFORCE_ALLOWED_HOSTS", "localhost:9")])).await.unwrap() > 0);
    }
}
