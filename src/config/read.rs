//! Reads single variables and collects what is wrong with them.

use super::{ConfigError, LlmConfig, secret_file};
use crate::secret::Secret;
use std::{fmt::Display, str::FromStr, time::Duration};
use url::{Host, Url};

pub(super) struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<String>,
}

/// The value cannot be used, and the fault is among those of the reader.
pub(super) struct FaultRecorded;

impl<'a> Reader<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, faults: Vec::new() }
    }

    pub(super) fn finish<T>(self, read: T) -> Result<T, ConfigError> {
        if self.faults.is_empty() { Ok(read) } else { Err(ConfigError(self.faults)) }
    }

    /// A variable that is set and not blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.get)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A secret: the variable, or the file that `NAME_FILE` names. Every secret is read here, so that the rule holds for all of them.
    pub(super) fn secret(&mut self, name: &str) -> Result<Option<Secret<String>>, FaultRecorded> {
        let file_variable = format!("{name}_FILE");
        let fault = match (self.text(name), self.text(&file_variable)) {
            (value, None) => return Ok(value.map(Secret::new)),
            (Some(_), Some(_)) => format!("`{name}` and `{file_variable}` are both set. Keep one of them."),
            (None, Some(path)) => match secret_file::read(&path) {
                Ok(secret) => return Ok(Some(secret)),
                Err(why) => format!("`{file_variable}` must name a file that holds the value of `{name}`, but the file {why}."),
            },
        };
        self.fault(fault);
        Err(FaultRecorded)
    }

    pub(super) fn fault(&mut self, sentence: String) {
        self.faults.push(sentence);
    }

    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, expected: impl Display, default: &str) -> Option<T> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.fault(format!("`{name}` must be {expected}, but is `{value}`."));
        }
        parsed
    }

    pub(super) fn origin(&mut self, name: &str, default: &str) -> Option<Url> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        let url = Url::parse(&value)
            .ok()
            .filter(|url| is_plain(url) && url.path() == "/" && url.query().is_none() && url.fragment().is_none());
        if url.is_none() {
            self.fault(format!(
                "`{name}` must be an origin such as `https://contracts.example.com`, without a path{}.",
                but_is(&value)
            ));
        }
        url
    }

    pub(super) fn optional_url(&mut self, name: &str) -> Option<Url> {
        let value = self.text(name)?;
        let url = Url::parse(&value).ok().filter(is_plain);
        if url.is_none() {
            self.fault(format!("`{name}` must be an address such as `https://api.example.com`{}.", but_is(&value)));
        }
        url
    }

    pub(super) fn database_url(&mut self) -> Secret<String> {
        let value = self.secret("DATABASE_URL").unwrap_or_default();
        let value = value.unwrap_or_else(|| Secret::from("sqlite://data/lexicontract.db"));
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| value.expose().starts_with(scheme)) {
            self.fault("`DATABASE_URL` must begin with `sqlite://` or `postgres://`.".to_owned());
        }
        value
    }

    pub(super) fn fernet_keys(&mut self) -> Vec<Secret<String>> {
        let Ok(value) = self.secret("FERNET_KEY") else { return Vec::new() };
        let Some(value) = value else {
            self.fault(
                "`FERNET_KEY` is not set, and without it no credential can be stored. Make one with `lexicontract generate-key`."
                    .to_owned(),
            );
            return Vec::new();
        };
        let keys: Vec<&str> = value.expose().split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
        if keys.is_empty() || keys.iter().any(|key| fernet::Fernet::new(key).is_none()) {
            self.fault(
                "`FERNET_KEY` must hold one or more comma-separated Fernet keys (32 bytes in URL-safe base64). Make one with `lexicontract generate-key`."
                    .to_owned(),
            );
        }
        keys.into_iter().map(Secret::from).collect()
    }

    pub(super) fn storage_url(&mut self) -> Url {
        let value = self.text("STORAGE_URL").unwrap_or_else(|| "file://data/files".to_owned());
        let relative = value.strip_prefix("file://").filter(|path| !path.starts_with('/'));
        let absolute = match relative {
            Some(path) => std::path::absolute(path).ok().and_then(|path| Url::from_file_path(path).ok()),
            None => Url::parse(&value).ok().filter(|url| url.scheme() == "file" || (url.scheme() == "s3" && url.has_host())),
        };
        absolute.unwrap_or_else(|| {
            self.fault("`STORAGE_URL` must be a folder as `file://path` or a bucket as `s3://bucket/prefix`.".to_owned());
            fallback_url()
        })
    }

    pub(super) fn llm(&mut self, allow_http: bool) -> Option<LlmConfig> {
        let base_url = self.optional_url("LLM_BASE_URL");
        if let Some(url) = base_url.as_ref().filter(|url| url.scheme() == "http" && !is_loopback(url) && !allow_http) {
            self.fault(format!(
                "`LLM_BASE_URL` must begin with `https://` because its host is not a loopback address, but is `{url}`. Without TLS \
                 the contracts that are sent to it can be read on the way. Set `ALLOW_HTTP=true` to accept that."
            ));
        }
        let model = self.text("LLM_MODEL");
        let Ok(api_key) = self.secret("LLM_API_KEY") else { return None };
        match (base_url, model) {
            (Some(base_url), Some(model)) => Some(LlmConfig { base_url, api_key, model }),
            (Some(_), None) => {
                self.fault("`LLM_MODEL` must name the model to use, because `LLM_BASE_URL` is set.".to_owned());
                None
            }
            // An address that was refused has been told of.
            (None, _) if self.text("LLM_BASE_URL").is_some() => None,
            (None, None) if api_key.is_none() => None,
            (None, _) => {
                self.fault("`LLM_BASE_URL` must be set too, because `LLM_MODEL` or `LLM_API_KEY` is.".to_owned());
                None
            }
        }
    }

    /// An address such as `clamd:3310`; IPv6 in brackets.
    pub(super) fn host_and_port(&mut self, name: &str) -> Option<String> {
        let value = self.text(name)?;
        // The port of a scheme's own is left out of a parsed address, so the scheme has none.
        let url = Url::parse(&format!("tcp://{value}")).ok();
        let is_address = url.is_some_and(|url| {
            let host = url.host_str().unwrap_or_default();
            url.port().is_some_and(|port| port > 0 && value.eq_ignore_ascii_case(&format!("{host}:{port}"))) && !host.is_empty()
        });
        if !is_address {
            self.fault(format!("`{name}` must be a host and a port, such as `127.0.0.1:3310`{}.", but_is(&value)));
        }
        is_address.then_some(value)
    }

    pub(super) fn rate_limit_factor(&mut self) -> f64 {
        let factor = self.parsed::<f64>("RATE_LIMIT_FACTOR", "a number, 0 or more", "1").unwrap_or(1.0);
        if !(0.0..=1_000_000.0).contains(&factor) {
            self.fault("`RATE_LIMIT_FACTOR` must be a number from 0 to 1000000.".to_owned());
        }
        factor
    }

    /// Refuses http to another machine unless `ALLOW_HTTP` is `true`.
    pub(super) fn allow_http(&mut self, public_url: &Url) -> bool {
        let is_allowed = self.parsed("ALLOW_HTTP", "`true` or `false`", "false").unwrap_or(false);
        if public_url.scheme() == "http" && !is_loopback(public_url) && !is_allowed {
            self.fault(format!(
                "`PUBLIC_URL` must begin with `https://` because its host is not a loopback address, but is `{}`. Without TLS \
                 everybody on the way can read passwords and session cookies. Set `ALLOW_HTTP=true` to accept that.",
                public_url.as_str().trim_end_matches('/')
            ));
        }
        is_allowed
    }

    pub(super) fn registration(&mut self) -> bool {
        match self.text("REGISTRATION").as_deref() {
            None | Some("open") => true,
            Some("closed") => false,
            Some(other) => {
                self.fault(format!("`REGISTRATION` must be `open` or `closed`, but is `{other}`."));
                false
            }
        }
    }

    pub(super) fn retention(&mut self) -> Duration {
        let expected = "a number of days from 1 to 3650";
        let days = self.parsed::<u32>("RETENTION_DAYS", expected, "90").unwrap_or(90);
        if !(1..=3_650).contains(&days) {
            self.fault(format!("`RETENTION_DAYS` must be {expected}."));
        }
        Duration::from_secs(24 * 60 * 60) * days
    }

    pub(super) fn max_file_bytes(&mut self, largest: u64) -> u64 {
        let expected = format!("a number of bytes from 1 to {largest}");
        let bytes = self.parsed::<u64>("MAX_FILE_BYTES", &expected, "104857600").unwrap_or(largest);
        if !(1..=largest).contains(&bytes) {
            self.fault(format!("`MAX_FILE_BYTES` must be {expected}."));
        }
        bytes
    }
}

/// An address of the web that carries nobody's name or password.
fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// Whether the host is this machine for every client (RFC 6761, section 6.3, for names).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The value, unless it may hold a password.
fn but_is(value: &str) -> String {
    match value.contains('@') {
        true => " or a user name".to_owned(),
        false => format!(", but is `{value}`"),
    }
}

/// Stands in for an address that was refused, so that the other faults are found too. It never leaves a `Reader` with faults.
pub(super) fn fallback_url() -> Url {
    Url::parse("http://127.0.0.1/").expect("a literal address")
}
