//! Configuration, read once from the environment. Every fault is collected and named; no secret value is repeated.

mod outbound_proxy;
mod provider;
mod quotas;
mod read;
mod secret_file;
#[cfg(test)]
mod secret_tests;
mod security_contact;
mod storage_keys;

pub use outbound_proxy::OutboundProxy;
pub use provider::{OAuthApp, ProviderConfig};
pub use quotas::Quotas;
pub use read::is_loopback;
pub use storage_keys::StorageKeys;

use crate::{connectors::CONNECTORS, secret::Secret};
use read::Reader;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::LazyLock, time::Duration};
use url::Url;

/// Everything an operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// `LEPTOS_SITE_ADDR`: where to listen.
    pub listen: SocketAddr,
    /// `LEPTOS_SITE_ROOT`: the built front end.
    pub site_root: PathBuf,
    /// `PUBLIC_URL`: the origin that browsers and providers see, without a trailing slash.
    pub public_url: Url,
    /// `DATABASE_URL`
    pub database_url: Secret<String>,
    /// `FERNET_KEY`: the first encrypts, all decrypt.
    pub fernet_keys: Vec<Secret<String>>,
    /// `STORAGE_URL`
    pub storage_url: Url,
    /// `AWS_*`: the keys of a bucket.
    pub storage_keys: StorageKeys,
    /// The variables of each provider, by its slug.
    providers: BTreeMap<&'static str, ProviderConfig>,
    /// `LLM_*`; `None`: the embedded analyser.
    pub llm: Option<LlmConfig>,
    /// `CLAMD_ADDR`: the virus scanner, as `host:port`; `None`: files are not scanned.
    pub clamd: Option<String>,
    /// `OUTBOUND_PROXY`; `None`: calls go directly.
    pub outbound_proxy: Option<OutboundProxy>,
    /// A variable such as `HTTPS_PROXY` that is set although this server does not use it.
    pub ambient_proxy: Option<&'static str>,
    /// `RATE_LIMIT_FACTOR`
    pub rate_limit_factor: f64,
    /// `ALLOW_HTTP`: a `PUBLIC_URL` with http may lead to another machine.
    pub allow_http: bool,
    /// `METRICS_TOKEN`
    pub metrics_token: Option<Secret<String>>,
    /// `SECURITY_CONTACT`: the address in `/.well-known/security.txt`.
    pub security_contact: Option<Url>,
    /// `TRUSTED_PROXIES`
    pub trusted_proxies: usize,
    /// `REGISTRATION` is `open`.
    pub registration_open: bool,
    /// `MAX_FILE_BYTES`
    pub max_file_bytes: u64,
    /// `QUOTA_*`: the limits of each organization.
    pub quotas: Quotas,
    /// `MIN_FREE_DISK_BYTES`: what files must leave free; `0` for no reserve.
    pub min_free_disk_bytes: u64,
    /// `RETENTION_DAYS`: how long ended deliveries, and jobs that were given up, are kept.
    pub retention: Duration,
}

/// An OpenAI-compatible endpoint.
#[derive(Clone, Debug)]
pub struct LlmConfig {
    /// `LLM_BASE_URL`
    pub base_url: Url,
    /// `LLM_API_KEY`
    pub api_key: Option<Secret<String>>,
    /// `LLM_MODEL`
    pub model: String,
}

/// What is wrong with the configuration: one sentence a fault, each naming its variable.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// The largest `MAX_FILE_BYTES`: what a signed 32-bit number can say, which providers use for sizes.
const LARGEST_FILE_BYTES: u64 = 2_147_483_647;

impl Config {
    /// Reads the configuration through `get`, which answers for a variable's name.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(&get);
        let listen = reader.parsed("LEPTOS_SITE_ADDR", "an address and port, such as `127.0.0.1:3000`", "127.0.0.1:3000");
        let public_url =
            reader.origin("PUBLIC_URL", &format!("http://{}", listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)))));
        let public_url = public_url.unwrap_or_else(read::fallback_url);
        let allow_http = reader.allow_http(&public_url);
        let config = Self {
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000))),
            site_root: reader.text("LEPTOS_SITE_ROOT").map_or_else(default_site_root, PathBuf::from),
            public_url,
            database_url: reader.database_url(),
            fernet_keys: reader.fernet_keys(),
            storage_url: reader.storage_url(),
            storage_keys: StorageKeys::read(&mut reader),
            providers: CONNECTORS
                .iter()
                .map(|connector| (connector.slug, ProviderConfig::read(&mut reader, connector)))
                .collect(),
            llm: reader.llm(allow_http),
            clamd: reader.host_and_port("CLAMD_ADDR"),
            outbound_proxy: reader.outbound_proxy(),
            ambient_proxy: reader.ambient_proxy(),
            rate_limit_factor: reader.rate_limit_factor(),
            allow_http,
            metrics_token: reader.secret("METRICS_TOKEN").unwrap_or_default(),
            security_contact: reader.security_contact(),
            trusted_proxies: reader.parsed("TRUSTED_PROXIES", "a whole number, 0 or more", "0").unwrap_or(0),
            registration_open: reader.registration(),
            max_file_bytes: reader.max_file_bytes(LARGEST_FILE_BYTES),
            quotas: Quotas::read(&mut reader),
            min_free_disk_bytes: reader
                .parsed("MIN_FREE_DISK_BYTES", "a whole number of bytes, or 0 for no reserve", "1073741824")
                .unwrap_or(0),
            retention: reader.retention(),
        };
        reader.finish(config)
    }

    /// `DATABASE_URL` alone, for commands that need nothing else.
    ///
    /// # Errors
    /// It is not an address of a database.
    pub fn read_database_url(get: impl Fn(&str) -> Option<String>) -> Result<Secret<String>, ConfigError> {
        let mut reader = Reader::new(&get);
        let address = reader.database_url();
        reader.finish(address)
    }

    /// Whether browsers reach us by https: decides the cookies' `Secure` and `__Host-`.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// `PUBLIC_URL` with a path appended.
    pub fn public(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }

    /// The variables of a provider.
    pub fn provider(&self, slug: &str) -> &ProviderConfig {
        static NONE: LazyLock<ProviderConfig> = LazyLock::new(ProviderConfig::default);
        self.providers.get(slug).unwrap_or(&NONE)
    }

    /// The variables of every provider.
    pub fn providers(&self) -> impl Iterator<Item = &ProviderConfig> {
        self.providers.values()
    }

    /// Where a provider sends the browser back to.
    pub fn redirect_uri(&self, slug: &str) -> String {
        self.public(&format!("/api/v1/integrations/{slug}/callback"))
    }
}

/// `site` beside the binary where an installation put it there, else what cargo-leptos builds.
fn default_site_root() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    beside.filter(|path| path.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::quota::Quota;

    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_key_is_enough() {
        let config = read(&[("FERNET_KEY", KEY)]).unwrap();
        assert_eq!(config.public("/x"), "http://127.0.0.1:3000/x");
        assert_eq!(config.database_url.expose(), "sqlite://data/lexicontract.db");
        assert_eq!(config.quotas.limit(Quota::StorageBytes), Some(50 * 1024 * 1024 * 1024));
        assert_eq!(config.min_free_disk_bytes, 1024 * 1024 * 1024);
        assert!(config.registration_open && config.llm.is_none() && config.provider("salesforce").app.is_none());
    }

    #[test]
    fn every_fault_names_its_variable_and_no_secret() {
        let faults = read(&[
            ("FERNET_KEY", "not-a-key-but-secret"),
            ("LEPTOS_SITE_ADDR", "nowhere"),
            ("DATABASE_URL", "mysql://x"),
            ("REGISTRATION", "perhaps"),
            ("MAX_FILE_BYTES", "-1"),
            ("RETENTION_DAYS", "0"),
            ("CLAMD_ADDR", "clamd"),
            ("OUTBOUND_PROXY", "https://ada:hunter2@proxy.example.com"),
            ("QUOTA_USERS", "many"),
            ("MIN_FREE_DISK_BYTES", "-1"),
            ("SALESFORCE_LOGIN_URL", "https://evil.example"),
            ("SALESFORCE_CLIENT_ID", "id-without-secret"),
        ])
        .unwrap_err();
        let text = faults.to_string();
        for name in [
            "FERNET_KEY",
            "LEPTOS_SITE_ADDR",
            "DATABASE_URL",
            "REGISTRATION",
            "MAX_FILE_BYTES",
            "RETENTION_DAYS",
            "CLAMD_ADDR",
            "OUTBOUND_PROXY",
            "QUOTA_USERS",
            "MIN_FREE_DISK_BYTES",
            "SALESFORCE_LOGIN_URL",
            "SALESFORCE_CLIENT_SECRET",
        ] {
            assert!(text.contains(name), "{name} is missing in:\n{text}");
        }
        assert!(!text.contains("not-a-key-but-secret") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn each_fault_is_one_sentence_and_repeats_no_password() {
        let said = |name, value| read(&[("FERNET_KEY", KEY), (name, value)]).unwrap_err().to_string();
        for (name, value) in [
            ("SALESFORCE_LOGIN_URL", "garbage"),
            ("SALESFORCE_ALLOWED_HOSTS", "http://x"),
            ("SALESFORCE_ALLOWED_HOSTS", "a b"),
            ("SALESFORCE_ALLOWED_HOSTS", "x:99999"),
            ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400,:80"),
            ("LLM_API_KEY", "k"),
            ("LLM_MODEL", "m"),
            ("LLM_BASE_URL", "nowhere"),
            ("PUBLIC_URL", "https://ada:hunter2@app.example"),
            ("PIPEDRIVE_API_URL", "https://ada:hunter2@app.example"),
            ("SALESFORCE_LOGIN_URL", "https://ada:hunter2@login.salesforce.com"),
            ("QUOTA_STORAGE_BYTES", "50 GiB"),
            ("QUOTA_CONTRACTS", "-1"),
            ("QUOTA_UPLOADS_PER_HOUR", "1.5"),
            ("QUOTA_WAITING_DELIVERIES", "99999999999999999999"),
            ("MIN_FREE_DISK_BYTES", "1G"),
        ] {
            let said = said(name, value);
            let other = if name.starts_with("LLM_") { "LLM_BASE_URL" } else { name };
            assert!(said.contains(other) && said.lines().count() == 1, "{name}={value}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn http_needs_a_loopback_host_or_an_explicit_permission() {
        let with = |url, allow: Option<&'static str>| {
            let mut pairs = vec![("FERNET_KEY", KEY), ("PUBLIC_URL", url)];
            pairs.extend(allow.map(|value| ("ALLOW_HTTP", value)));
            read(&pairs)
        };
        for loopback in ["http://localhost:3000", "http://app.localhost", "http://127.0.0.2", "http://[::1]:3000"] {
            assert!(with(loopback, None).is_ok(), "{loopback}");
        }
        for remote in ["http://contracts.example.com", "http://0.0.0.0:3000", "http://10.0.0.1", "http://localhost.example"] {
            let refused = with(remote, None).unwrap_err().to_string();
            assert!(refused.contains("PUBLIC_URL") && refused.contains("ALLOW_HTTP=true"), "{refused}");
            assert!(with(remote, Some("false")).is_err(), "{remote}");
            assert!(with(remote, Some("true")).unwrap().allow_http, "{remote}");
        }
        assert!(with("https://contracts.example.com", None).is_ok());
        assert!(with("https://contracts.example.com", Some("yes")).unwrap_err().to_string().contains("ALLOW_HTTP"));
        let listen = read(&[("FERNET_KEY", KEY), ("LEPTOS_SITE_ADDR", "0.0.0.0:3000")]).unwrap_err().to_string();
        assert!(listen.contains("PUBLIC_URL"), "{listen}");
    }

    #[test]
    fn the_address_of_the_scanner_is_a_host_and_a_port() {
        let with = |value| read(&[("FERNET_KEY", KEY), ("CLAMD_ADDR", value)]);
        for good in ["127.0.0.1:3310", "clamd:3310", "[::1]:3310", "scanner.internal.example:1"] {
            assert_eq!(with(good).unwrap().clamd.as_deref(), Some(good));
        }
        assert_eq!(with(" ").unwrap().clamd, None);
        for bad in [
            "clamd",
            "clamd:",
            ":3310",
            "clamd:0",
            "clamd:99999",
            "http://clamd:3310",
            "::1:3310",
            "a b:1",
            "clamd:3310/x",
            "u@clamd:1",
        ] {
            let said = with(bad).unwrap_err().to_string();
            assert!(said.contains("CLAMD_ADDR") && said.lines().count() == 1, "{bad}: {said}");
        }
    }

    #[test]
    fn a_language_model_on_another_machine_needs_https_or_an_explicit_permission() {
        let with = |url, allow| read(&[("FERNET_KEY", KEY), ("LLM_BASE_URL", url), ("LLM_MODEL", "m"), ("ALLOW_HTTP", allow)]);
        for good in ["https://llm.example/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1"] {
            assert!(with(good, "false").unwrap().llm.is_some(), "{good}");
        }
        let refused = with("http://llm.example/v1", "false").unwrap_err().to_string();
        assert!(refused.contains("LLM_BASE_URL") && refused.contains("ALLOW_HTTP=true"), "{refused}");
        assert!(with("http://llm.example/v1", "true").unwrap().llm.is_some());
    }

    #[test]
    fn without_a_key_the_way_to_make_one_is_said() {
        let text = read(&[]).unwrap_err().to_string();
        assert!(text.contains("FERNET_KEY") && text.contains("lexicontract generate-key"), "{text}");
    }

    #[test]
    fn a_loopback_simulator_may_be_a_login_host_when_it_is_allowed() {
        let pairs = [
            ("FERNET_KEY", KEY),
            ("SALESFORCE_LOGIN_URL", "http://127.0.0.1:4400"),
            ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400"),
        ];
        assert_eq!(
            read(&pairs).unwrap().provider("salesforce").login_url("LOGIN_URL").unwrap().as_str(),
            "http://127.0.0.1:4400/"
        );
        assert!(read(&pairs[..2]).is_err());
    }
}
