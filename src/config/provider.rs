//! Configuration of providers. The provider's slug is the prefix of each variable, as in `{SLUG}_CLIENT_ID`.

use super::env::Env;
use crate::connectors::{Connector, Variable};
use crate::secret::Secret;
use std::collections::BTreeMap;
use url::Url;

#[derive(Clone, Debug, Default)]
pub struct ProviderConfig {
    /// `_CLIENT_ID` and `_CLIENT_SECRET`. If `None`, the provider's card asks the operator to set these variables.
    pub app: Option<OAuthApp>,
    /// `_API_URL`: replaces the provider's API host.
    pub api_url: Option<Url>,
    /// The connector's login URLs, by the suffix of the environment variable.
    login_urls: BTreeMap<&'static str, Url>,
    texts: BTreeMap<&'static str, String>,
    /// `_ALLOWED_HOSTS`: additional hosts to which credentials are sent, as `host` or `host:port`.
    pub allowed_hosts: Vec<String>,
    domains: &'static [&'static str],
}

/// The OAuth client that the operator registered at a provider.
#[derive(Clone, Debug)]
pub struct OAuthApp {
    pub client_id: String,
    pub client_secret: Secret<String>,
}

impl ProviderConfig {
    pub(super) fn read(env: &mut Env<'_>, connector: &Connector) -> Self {
        let name = |ending: &str| variable(connector.slug, ending);
        let mut config = Self {
            app: read_app(env, name("CLIENT_ID"), name("CLIENT_SECRET")),
            api_url: env.optional_url(&name("API_URL")),
            allowed_hosts: read_hosts(env, &name("ALLOWED_HOSTS")),
            domains: connector.hosts,
            ..Self::default()
        };
        for variable in connector.variables {
            let name = name(variable.ending());
            match variable {
                Variable::LoginHost { ending, default } => {
                    let url = config.login_host(env, connector, &name, default);
                    config.login_urls.insert(ending, url);
                }
                Variable::Text { ending, default, is_valid, must } => {
                    let value = env.text(&name).unwrap_or_else(|| (*default).to_owned());
                    if !is_valid(&value) {
                        env.error(format!("`{name}` must {must}, but is `{value}`."));
                    }
                    config.texts.insert(ending, value);
                }
            }
        }
        config
    }

    fn login_host(&self, env: &mut Env<'_>, connector: &Connector, name: &str, default: &str) -> Url {
        let url = env.origin(name, default);
        if !self.allows(&url) {
            env.error(format!(
                "`{name}` must be https on a host of {}, or a host named in `{}`, but is `{url}`.",
                connector.name,
                variable(connector.slug, "ALLOWED_HOSTS")
            ));
        }
        url
    }

    pub fn login_urls(&self) -> impl Iterator<Item = &Url> {
        self.login_urls.values()
    }

    pub fn login_url(&self, ending: &str) -> Option<&Url> {
        self.login_urls.get(ending)
    }

    pub fn text(&self, ending: &str) -> &str {
        self.texts.get(ending).map_or("", String::as_str)
    }

    /// Returns `true` if the server is allowed to send credentials to this URL.
    pub fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else { return false };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        if self.api_url.as_ref().is_some_and(|api_url| api_url.origin() == url.origin()) {
            return true;
        }
        if self.is_extra_host(url, &host) {
            return matches!(url.scheme(), "http" | "https");
        }
        let is_own = self.domains.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')));
        url.scheme() == "https" && url.port().is_none() && is_own
    }

    /// Returns `true` if `_ALLOWED_HOSTS` contains the URL's host, with or without the port. `host` is the host in lower case.
    pub fn is_extra_host(&self, url: &Url, host: &str) -> bool {
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        self.allowed_hosts.iter().any(|allowed| allowed == host || Some(allowed) == with_port.as_ref())
    }
}

fn variable(slug: &str, ending: &str) -> String {
    format!("{}_{ending}", slug.to_ascii_uppercase().replace('-', "_"))
}

fn read_hosts(env: &mut Env<'_>, name: &str) -> Vec<String> {
    let text = env.text(name).unwrap_or_default();
    let hosts: Vec<String> =
        text.split(',').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect();
    if let Some(wrong) = hosts.iter().find(|host| !is_host(host)) {
        env.error(format!(
            "`{name}` must be a comma-separated list of hosts such as `localhost` or `127.0.0.1:4400`, but contains `{wrong}`."
        ));
    }
    hosts
}

/// Returns `true` for a host in canonical form with an optional port.
fn is_host(text: &str) -> bool {
    Url::parse(&format!("http://{text}/")).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        text == host
            || text.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')).is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

fn read_app(env: &mut Env<'_>, id: String, secret: String) -> Option<OAuthApp> {
    let Ok(client_secret) = env.secret(&secret) else { return None };
    match (env.text(&id), client_secret) {
        (Some(client_id), Some(client_secret)) => return Some(OAuthApp { client_id, client_secret }),
        (None, None) => {}
        (Some(_), None) => env.error(format!("`{secret}` must be set too, because `{id}` is.")),
        (None, Some(_)) => env.error(format!("`{id}` must be set too, because `{secret}` is.")),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_allowed_for_provider_hosts_and_allowed_hosts_only() {
        let config = ProviderConfig {
            allowed_hosts: vec!["127.0.0.1:4400".into(), "sim.test".into()],
            api_url: Some(Url::parse("http://127.0.0.1:4500/api").unwrap()),
            domains: &["crm.example"],
            ..ProviderConfig::default()
        };
        let allowed = |text: &str| config.allows(&Url::parse(text).unwrap());
        for good in [
            "https://acme.crm.example",
            "https://login.crm.example/x",
            "http://127.0.0.1:4400",
            "http://sim.test:9",
            "http://127.0.0.1:4500/x",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://acme.crm.example",
            "https://acme.crm.example:8443",
            "https://crm.example.evil.example",
            "https://evilcrm.example",
            "https://user@acme.crm.example",
            "http://127.0.0.1:4401",
            "https://169.254.169.254",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_variable_is_named_by_the_slug() {
        assert_eq!(variable("zoho-crm", "CLIENT_ID"), "ZOHO_CRM_CLIENT_ID");
    }
}
