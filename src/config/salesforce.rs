//! Salesforce's part of the configuration, and which of its hosts we talk to.

use super::read::{Reader, fallback_url};
use crate::secret::Secret;
use url::Url;

/// `SALESFORCE_*`
#[derive(Clone, Debug)]
pub struct SalesforceConfig {
    /// The External Client App; `None`: the card says that the operator must set it up.
    pub app: Option<OAuthApp>,
    /// The login host of production orgs.
    pub login_url: Url,
    /// The login host of sandboxes.
    pub sandbox_login_url: Url,
    /// The pinned REST version, such as `v67.0`.
    pub api_version: String,
    /// Extra hosts (`host` or `host:port`) that count as Salesforce's.
    pub allowed_hosts: Vec<String>,
}

/// Our registration at an OAuth provider.
#[derive(Clone, Debug)]
pub struct OAuthApp {
    /// The consumer key.
    pub client_id: String,
    /// The consumer secret.
    pub client_secret: Secret<String>,
}

/// Domains that Salesforce serves orgs from. `lightning.force.com` is missing on purpose: it is a user interface, and answers API calls with redirects.
const SALESFORCE_DOMAINS: [&str; 2] = ["salesforce.com", "salesforce.mil"];

impl SalesforceConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let allowed_hosts = read_hosts(reader, "SALESFORCE_ALLOWED_HOSTS");
        let mut config = Self {
            app: None,
            login_url: fallback_url(),
            sandbox_login_url: fallback_url(),
            api_version: reader.text("SALESFORCE_API_VERSION").unwrap_or_else(|| "v67.0".to_owned()),
            allowed_hosts,
        };
        config.app = read_app(reader);
        config.login_url = config.login_host(reader, "SALESFORCE_LOGIN_URL", "https://login.salesforce.com");
        config.sandbox_login_url = config.login_host(reader, "SALESFORCE_SANDBOX_LOGIN_URL", "https://test.salesforce.com");
        if !is_api_version(&config.api_version) {
            reader.fault(format!("`SALESFORCE_API_VERSION` must look like `v67.0`, but is `{}`.", config.api_version));
        }
        config
    }

    fn login_host(&self, reader: &mut Reader<'_>, name: &str, default: &str) -> Url {
        let Some(url) = reader.origin(name, default) else { return fallback_url() };
        if !self.allows(&url) {
            reader.fault(format!(
                "`{name}` must be https on a Salesforce host, or a host named in `SALESFORCE_ALLOWED_HOSTS`, but is `{url}`."
            ));
        }
        url
    }

    /// Whether a token may be sent to this address.
    pub fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else { return false };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        if self.is_extra_host(url, &host) {
            return matches!(url.scheme(), "http" | "https");
        }
        let is_salesforce =
            SALESFORCE_DOMAINS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')));
        url.scheme() == "https" && url.port().is_none() && is_salesforce
    }

    /// Whether the address is one of `SALESFORCE_ALLOWED_HOSTS`.
    pub fn is_extra_host(&self, url: &Url, host: &str) -> bool {
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        self.allowed_hosts.iter().any(|allowed| allowed == host || Some(allowed) == with_port.as_ref())
    }
}

fn read_hosts(reader: &mut Reader<'_>, name: &str) -> Vec<String> {
    let text = reader.text(name).unwrap_or_default();
    let hosts: Vec<String> =
        text.split(',').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect();
    if let Some(wrong) = hosts.iter().find(|host| !is_host(host)) {
        reader.fault(format!(
            "`{name}` must hold hosts such as `localhost` or `127.0.0.1:4400`, comma-separated, but holds `{wrong}`."
        ));
    }
    hosts
}

/// Whether an address with this host, perhaps with its port, has it as it stands there.
fn is_host(text: &str) -> bool {
    Url::parse(&format!("http://{text}/")).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        text == host
            || text.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')).is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

fn read_app(reader: &mut Reader<'_>) -> Option<OAuthApp> {
    let Ok(secret) = reader.secret("SALESFORCE_CLIENT_SECRET") else { return None };
    match (reader.text("SALESFORCE_CLIENT_ID"), secret) {
        (Some(client_id), Some(client_secret)) => Some(OAuthApp { client_id, client_secret }),
        (None, None) => None,
        (Some(_), None) => {
            reader.fault("`SALESFORCE_CLIENT_SECRET` must be set too, because `SALESFORCE_CLIENT_ID` is.".to_owned());
            None
        }
        (None, Some(_)) => {
            reader.fault("`SALESFORCE_CLIENT_ID` must be set too, because `SALESFORCE_CLIENT_SECRET` is.".to_owned());
            None
        }
    }
}

fn is_api_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    digits.is_some_and(|digits| (2..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_salesforce_hosts_and_named_extras_get_a_token() {
        let config = SalesforceConfig {
            app: None,
            login_url: fallback_url(),
            sandbox_login_url: fallback_url(),
            api_version: "v67.0".into(),
            allowed_hosts: vec!["127.0.0.1:4400".into(), "sim.test".into()],
        };
        let allowed = |text: &str| config.allows(&Url::parse(text).unwrap());
        for good in
            ["https://acme.my.salesforce.com", "https://login.salesforce.com/x", "http://127.0.0.1:4400", "http://sim.test:9"]
        {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://acme.my.salesforce.com",
            "https://acme.my.salesforce.com:8443",
            "https://salesforce.com.evil.example",
            "https://evilsalesforce.com",
            "https://user@acme.my.salesforce.com",
            "https://acme.lightning.force.com",
            "http://127.0.0.1:4401",
            "https://169.254.169.254",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
