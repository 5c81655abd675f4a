//! Keeps calls on the public internet. A name is checked when it is resolved for the connection, so that a second answer of its
//! name server cannot lead elsewhere; a literal address is never resolved, so addresses in URLs are checked too.

use super::addresses::is_public;
use crate::{
    config::{Config, ProviderConfig},
    connectors::{CONNECTORS, Error, Kind},
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use url::{Host, Url};

/// A name leads only to addresses that are not public.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct NotPublic;

/// Which names may lead where.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// Names that the operator listed: they may lead anywhere.
    listed: Vec<String>,
    /// Names that no user chose.
    fixed: Vec<String>,
    /// Whether the operator named every host that is called.
    are_operators: bool,
}

impl Hosts {
    /// Those of providers: public addresses, and what the operator listed.
    pub(super) fn of_providers(config: &Config) -> Self {
        let listed: Vec<String> = listed_names(config).collect();
        let origins = CONNECTORS.iter().filter_map(|connector| Url::parse(connector.api_key()?.origin).ok());
        let login = config.providers().flat_map(ProviderConfig::login_urls).cloned();
        let fixed = login.chain(origins).filter_map(|url| Some(url.host_str()?.to_ascii_lowercase()));
        Self { fixed: fixed.chain(listed.clone()).collect(), listed, are_operators: false }
    }

    /// Those that the operator's own settings name, which may be anywhere.
    pub(super) fn of_operator() -> Self {
        Self { listed: Vec::new(), fixed: Vec::new(), are_operators: true }
    }

    /// The addresses of a name that may be called.
    pub(super) fn usable(&self, host: &str, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
        let is_listed = self.are_operators || self.listed.iter().any(|listed| listed.eq_ignore_ascii_case(host));
        let usable: Vec<SocketAddr> = found.filter(|address| is_listed || is_public(address.ip())).collect();
        if usable.is_empty() { Err(NotPublic) } else { Ok(usable) }
    }

    /// Whether no user chose the name: a proxy may resolve it where this server cannot.
    pub(super) fn is_fixed(&self, host: &str) -> bool {
        self.are_operators || self.fixed.iter().any(|fixed| fixed.eq_ignore_ascii_case(host))
    }
}

/// Resolves names to public addresses; names that the operator listed may lead anywhere.
pub(super) struct PublicOnly {
    hosts: Arc<Hosts>,
}

impl PublicOnly {
    pub(super) fn new(config: &Config) -> Self {
        Self { hosts: Arc::new(Hosts::of_providers(config)) }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, hosts) = (name.as_str().to_ascii_lowercase(), Arc::clone(&self.hosts));
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(Box::new(hosts.usable(&host, found)?.into_iter()) as Addrs)
        })
    }
}

/// Refuses an address that may not be called: not https, with a user in it, or not public. Hosts that the operator listed may be
/// reached by http and anywhere.
///
/// # Errors
/// [`Kind::HostNotAllowed`]
pub(in crate::connectors) fn check(config: &Config, url: &Url) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::new(Kind::HostNotAllowed, format!("not called, because the address {why}")));
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds a user name");
    }
    if is_listed(config, url) {
        return if matches!(url.scheme(), "http" | "https") { Ok(()) } else { refuse("is not http") };
    }
    // The resolver knows names without ports: another port of a listed name would be reached at private addresses, too.
    if url.host_str().is_some_and(|host| listed_names(config).any(|listed| listed.eq_ignore_ascii_case(host))) {
        return refuse("has another port than the one that the operator allowed");
    }
    if url.scheme() != "https" {
        return refuse("is not https");
    }
    let literal = match url.host() {
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => return refuse("has no host"),
    };
    if is_public(literal) { Ok(()) } else { refuse("is not public") }
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
    fn addresses_that_are_not_public_https_are_refused() {
        let config = config(&[]);
        let checked = |text: &str| check(&config, &Url::parse(text).unwrap());
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
    fn only_the_listed_port_of_a_listed_host_may_be_called() {
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
            assert_eq!(check(&config, &Url::parse(address).unwrap()).is_ok(), is_allowed, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_resolves_only_when_it_is_listed() {
        let resolve =
            async |config: &Config| PublicOnly::new(config).resolve("localhost".parse().unwrap()).await.map(Iterator::count);
        assert!(resolve(&config(&[])).await.unwrap_err().is::<NotPublic>());
        assert!(resolve(&config(&[("SALESFORCE_ALLOWED_HOSTS", "localhost:9")])).await.unwrap() > 0);
    }
}
