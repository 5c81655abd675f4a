//! Configuration, which is read once from the environment. All errors are reported together. Each error names its variable and
//! contains no secret.

mod env;
mod outbound_proxy;
mod provider;
mod quotas;
mod secret_file;
#[cfg(test)]
mod secret_tests;
mod storage_keys;

pub use env::is_loopback;
pub use outbound_proxy::OutboundProxy;
pub use provider::{OAuthApp, ProviderConfig};
pub use quotas::Quotas;
pub use storage_keys::StorageKeys;

use crate::connectors::CONNECTORS;
use crate::secret::Secret;
use env::Env;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::Duration;
use url::Url;

/// The configuration. The environment variable of a field has the field's name in upper case, unless the comment of the field
/// names another variable.
#[derive(Clone, Debug)]
pub struct Config {
    /// `LEPTOS_SITE_ADDR`
    pub listen: SocketAddr,
    /// `LEPTOS_SITE_ROOT`: folder of the built front end.
    pub site_root: PathBuf,
    /// Origin that browsers and providers use to reach this server.
    pub public_url: Url,
    pub database_url: Secret<String>,
    /// `FERNET_KEY`: encryption keys. The first key encrypts, and all keys decrypt.
    pub fernet_keys: Vec<Secret<String>>,
    pub storage_url: Url,
    /// `AWS_*`: credentials of the storage.
    pub storage_keys: StorageKeys,
    /// `{SLUG}_*`: configuration of each provider, by slug.
    providers: BTreeMap<&'static str, ProviderConfig>,
    /// `LLM_*`: language model; `None` if only the embedded analyser is used.
    pub llm: Option<LlmConfig>,
    /// `CLAMD_ADDR`: `host:port` of the virus scanner; `None` if files are not scanned.
    pub clamd: Option<String>,
    /// HTTP proxy for outbound calls; `None` for direct connections.
    pub outbound_proxy: Option<OutboundProxy>,
    /// Name of a common proxy variable that is set, such as `HTTPS_PROXY`. This server ignores these variables, and logs a
    /// warning unless `OUTBOUND_PROXY` is set.
    pub ambient_proxy: Option<&'static str>,
    pub rate_limit_factor: f64,
    /// True if `PUBLIC_URL` and `LLM_BASE_URL` are allowed to use http for hosts other than loopback.
    pub allow_http: bool,
    pub metrics_token: Option<Secret<String>>,
    /// Contact that `/.well-known/security.txt` shows.
    pub security_contact: Option<Url>,
    pub trusted_proxies: usize,
    /// True if `REGISTRATION` is `open`.
    pub registration_open: bool,
    pub max_file_bytes: u64,
    /// `QUOTA_*`: limits that apply to each organization.
    pub quotas: Quotas,
    /// Free disk space in bytes that must remain after a file is stored.
    pub min_free_disk_bytes: u64,
    /// `RETENTION_DAYS`: age at which finished deliveries and dead jobs are deleted.
    pub retention: Duration,
}

#[derive(Clone, Debug)]
pub struct LlmConfig {
    pub base_url: Url,
    pub api_key: Option<Secret<String>>,
    pub model: String,
}

/// One sentence per error. Each sentence names the variable.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Maximum of `MAX_FILE_BYTES`, because providers store sizes as signed 32-bit numbers.
const MAX_FILE_BYTES: u64 = 2_147_483_647;

impl Config {
    /// Reads the configuration. `get` returns the value of an environment variable.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut env = Env::new(&get);
        let listen: SocketAddr =
            env.with_default("LEPTOS_SITE_ADDR", "127.0.0.1:3000", "an address and port, such as `127.0.0.1:3000`", parse);
        // Builds the address from IP and port, because URLs cannot contain the scope id of an IPv6 address.
        let public_url = env.origin("PUBLIC_URL", &format!("http://{}", SocketAddr::new(listen.ip(), listen.port())));
        let allow_http = env.allow_http(&public_url);
        let reserve = "a whole number of bytes, or 0 for no reserve";
        let config = Self {
            listen,
            site_root: env.text("LEPTOS_SITE_ROOT").map_or_else(default_site_root, PathBuf::from),
            public_url,
            database_url: env.database_url(),
            fernet_keys: env.fernet_keys(),
            storage_url: env.storage_url(),
            storage_keys: StorageKeys::read(&mut env),
            providers: CONNECTORS.iter().map(|connector| (connector.slug, ProviderConfig::read(&mut env, connector))).collect(),
            llm: env.llm(allow_http),
            clamd: env.clamd(),
            outbound_proxy: env.outbound_proxy(),
            ambient_proxy: env.ambient_proxy(),
            rate_limit_factor: env.rate_limit_factor(),
            allow_http,
            metrics_token: env.secret("METRICS_TOKEN").unwrap_or_default(),
            security_contact: env.security_contact(),
            trusted_proxies: env.with_default("TRUSTED_PROXIES", "0", "a whole number, 0 or more", parse),
            registration_open: env.registration(),
            max_file_bytes: env.number("MAX_FILE_BYTES", "104857600", MAX_FILE_BYTES),
            quotas: Quotas::read(&mut env),
            min_free_disk_bytes: env.with_default("MIN_FREE_DISK_BYTES", "1073741824", reserve, parse),
            retention: Duration::from_secs(24 * 60 * 60 * env.number("RETENTION_DAYS", "90", 3_650)),
        };
        env.finish(config)
    }

    /// Reads only `DATABASE_URL`, for commands that need nothing else.
    pub fn read_database_url(get: impl Fn(&str) -> Option<String>) -> Result<Secret<String>, ConfigError> {
        let mut env = Env::new(&get);
        let url = env.database_url();
        env.finish(url)
    }

    /// Returns `true` if the public URL uses https, which `Secure` and `__Host-` cookies require.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    pub fn public(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }

    pub fn provider(&self, slug: &str) -> &ProviderConfig {
        static NONE: LazyLock<ProviderConfig> = LazyLock::new(ProviderConfig::default);
        self.providers.get(slug).unwrap_or(&NONE)
    }

    pub fn providers(&self) -> impl Iterator<Item = &ProviderConfig> {
        self.providers.values()
    }

    /// OAuth redirect URI that is registered at the provider.
    pub fn redirect_uri(&self, slug: &str) -> String {
        self.public(&format!("/api/v1/integrations/{slug}/callback"))
    }
}

/// Returns the folder `site` next to the executable if it exists (the layout of an installation), and otherwise the output folder
/// of cargo-leptos.
fn default_site_root() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    beside.filter(|path| path.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
