//! Reads and parses environment variables and collects all errors.

use super::{ConfigError, LlmConfig, OutboundProxy, parse, secret_file};
use crate::secret::Secret;
use std::fmt::Display;
use url::{Host, Url};

/// Common proxy variables, which this server ignores.
const AMBIENT_PROXIES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

pub(super) struct Env<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    errors: Vec<String>,
}

/// Error type for an invalid value whose message [`Env`] has already recorded.
pub(super) struct ErrorRecorded;

impl<'a> Env<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, errors: Vec::new() }
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.errors.is_empty() { Ok(config) } else { Err(ConfigError(self.errors)) }
    }

    pub(super) fn error(&mut self, sentence: impl Into<String>) {
        self.errors.push(sentence.into());
    }

    /// Returns the trimmed value of a variable; `None` if the variable is not set or blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.get)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Reads a secret from the variable `name`, or from the file whose path is in the variable `{name}_FILE`.
    pub(super) fn secret(&mut self, name: &str) -> Result<Option<Secret<String>>, ErrorRecorded> {
        let file_variable = format!("{name}_FILE");
        let error = match (self.text(name), self.text(&file_variable)) {
            (value, None) => return Ok(value.map(Secret::new)),
            (Some(_), Some(_)) => format!("`{name}` and `{file_variable}` are both set. Keep one of them."),
            (None, Some(path)) => match secret_file::read(&path) {
                Ok(secret) => return Ok(Some(secret)),
                Err(why) => {
                    format!("`{file_variable}` must name a file that contains the value of `{name}`, but the file {why}.")
                }
            },
        };
        self.error(error);
        Err(ErrorRecorded)
    }

    /// Parses a variable; `None` if the variable is not set or invalid.
    pub(super) fn optional<T>(&mut self, name: &str, expected: impl Display, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.text(name)?;
        let parsed = parse(&value);
        if parsed.is_none() {
            // A value with an `@` can contain a password.
            let shown = if value.contains('@') { String::new() } else { format!(", but is `{value}`") };
            self.error(format!("`{name}` must be {expected}{shown}."));
        }
        parsed
    }

    /// Parses a variable with a default. After an error, also returns the default, so that the other variables are still checked.
    pub(super) fn with_default<T>(
        &mut self,
        name: &str,
        default: &str,
        expected: impl Display,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        self.optional(name, expected, &parse).unwrap_or_else(|| parse(default).expect("the default is valid"))
    }

    pub(super) fn origin(&mut self, name: &str, default: &str) -> Url {
        let expected = "an origin such as `https://contracts.example.com`, without a path or a user name";
        self.with_default(name, default, expected, |text| {
            parse_url(text).filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none())
        })
    }

    pub(super) fn optional_url(&mut self, name: &str) -> Option<Url> {
        self.optional(name, "an address such as `https://api.example.com`, without a user name", parse_url)
    }

    pub(super) fn number(&mut self, name: &str, default: &str, largest: u64) -> u64 {
        let parse = |text: &str| text.parse::<u64>().ok().filter(|number| (1..=largest).contains(number));
        self.with_default(name, default, format_args!("a whole number from 1 to {largest}"), parse)
    }

    pub(super) fn database_url(&mut self) -> Secret<String> {
        let value = self.secret("DATABASE_URL").unwrap_or_default();
        let value = value.unwrap_or_else(|| Secret::from("sqlite://data/lexicontract.db"));
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| value.expose().starts_with(scheme)) {
            self.error("`DATABASE_URL` must begin with `sqlite://` or `postgres://`.");
        }
        value
    }

    pub(super) fn fernet_keys(&mut self) -> Vec<Secret<String>> {
        let Ok(value) = self.secret("FERNET_KEY") else { return Vec::new() };
        let Some(value) = value else {
            self.error(
                "`FERNET_KEY` is not set, and without it no credential can be stored. Make one with `lexicontract generate-key`.",
            );
            return Vec::new();
        };
        let keys: Vec<&str> = value.expose().split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
        if keys.is_empty() || keys.iter().any(|key| fernet::Fernet::new(key).is_none()) {
            self.error(
                "`FERNET_KEY` must contain one or more comma-separated Fernet keys (32 bytes in URL-safe base64). Make one with \
                 `lexicontract generate-key`.",
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
            self.error("`STORAGE_URL` must be a folder as `file://path` or a bucket as `s3://bucket/prefix`.");
            Url::parse("file:///").expect("a literal URL")
        })
    }

    pub(super) fn llm(&mut self, allow_http: bool) -> Option<LlmConfig> {
        let base_url = self.optional_url("LLM_BASE_URL");
        if let Some(url) = base_url.as_ref().filter(|_| !allow_http) {
            self.require_tls("LLM_BASE_URL", url, url.as_str(), "the contracts that are sent to it");
        }
        let model = self.text("LLM_MODEL");
        let Ok(api_key) = self.secret("LLM_API_KEY") else { return None };
        match (base_url, model) {
            (Some(base_url), Some(model)) => return Some(LlmConfig { base_url, api_key, model }),
            (Some(_), None) => self.error("`LLM_MODEL` must name the model to use, because `LLM_BASE_URL` is set."),
            // Records no second error if `LLM_BASE_URL` is set but invalid.
            (None, model) if self.text("LLM_BASE_URL").is_none() && (model.is_some() || api_key.is_some()) => {
                self.error("`LLM_BASE_URL` must be set too, because `LLM_MODEL` or `LLM_API_KEY` is.");
            }
            (None, _) => {}
        }
        None
    }

    pub(super) fn clamd(&mut self) -> Option<String> {
        self.optional("CLAMD_ADDR", "a host and a port, such as `127.0.0.1:3310`", |text| {
            // Uses the scheme `tcp`, because the URL parser drops default ports, and `tcp` has none.
            let url = Url::parse(&format!("tcp://{text}")).ok()?;
            let (host, port) = (url.host_str().filter(|host| !host.is_empty())?, url.port().filter(|port| *port > 0)?);
            text.eq_ignore_ascii_case(&format!("{host}:{port}")).then(|| text.to_owned())
        })
    }

    /// Omits the value from the error message, because the value can contain a password.
    pub(super) fn outbound_proxy(&mut self) -> Option<OutboundProxy> {
        let value = self.secret("OUTBOUND_PROXY").unwrap_or_default()?;
        let proxy = OutboundProxy::parse(value.expose());
        if proxy.is_none() {
            self.error(
                "`OUTBOUND_PROXY` must be an HTTP proxy such as `http://proxy.example.com:3128` or \
                 `http://user:password@proxy.example.com:3128`, with reserved characters percent-encoded and without a path.",
            );
        }
        proxy
    }

    pub(super) fn ambient_proxy(&self) -> Option<&'static str> {
        AMBIENT_PROXIES.into_iter().find(|name| self.text(name).is_some())
    }

    /// Returns a URI (RFC 9116, section 2.5.3). A plain e-mail address becomes a `mailto:` URI.
    pub(super) fn security_contact(&mut self) -> Option<Url> {
        self.optional("SECURITY_CONTACT", "an e-mail address, an `https://` address or a `tel:` number", |text| {
            let uri = if text.contains(':') { text.to_owned() } else { format!("mailto:{text}") };
            Url::parse(&uri).ok().filter(|uri| match uri.scheme() {
                "mailto" => uri.path().split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty()),
                "https" => uri.has_host(),
                "tel" => !uri.path().is_empty(),
                _ => false,
            })
        })
    }

    pub(super) fn rate_limit_factor(&mut self) -> f64 {
        self.with_default("RATE_LIMIT_FACTOR", "1", "a number from 0 to 1000000", |text| {
            text.parse::<f64>().ok().filter(|factor| (0.0..=1_000_000.0).contains(factor))
        })
    }

    pub(super) fn allow_http(&mut self, public_url: &Url) -> bool {
        let is_allowed = self.with_default("ALLOW_HTTP", "false", "`true` or `false`", parse::<bool>);
        if !is_allowed {
            let shown = public_url.as_str().trim_end_matches('/');
            self.require_tls("PUBLIC_URL", public_url, shown, "passwords and session cookies");
        }
        is_allowed
    }

    /// Records an error for an http URL whose host is not a loopback host. `exposed` names the data that TLS would protect.
    fn require_tls(&mut self, name: &str, url: &Url, shown: &str, exposed: &str) {
        if url.scheme() == "http" && !is_loopback(url) {
            self.error(format!(
                "`{name}` must begin with `https://` because its host is not a loopback address, but is `{shown}`. Without TLS \
                 {exposed} can be read on the network. Set `ALLOW_HTTP=true` to accept that."
            ));
        }
    }

    pub(super) fn registration(&mut self) -> bool {
        self.with_default("REGISTRATION", "open", "`open` or `closed`", |text| match text {
            "open" => Some(true),
            "closed" => Some(false),
            _ => None,
        })
    }
}

/// Parses an http or https URL; `None` if it contains a user name or a password.
fn parse_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()
    })
}

/// Returns `true` for loopback addresses, and for the names that always resolve to them (RFC 6761, section 6.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_security_contact_is_an_email_address_an_https_url_or_a_phone_number() {
        for (value, expected) in [
            ("security@example.com", Some("mailto:security@example.com")),
            ("mailto:security@example.com", Some("mailto:security@example.com")),
            ("https://example.com/report", Some("https://example.com/report")),
            ("tel:+1-201-555-0123", Some("tel:+1-201-555-0123")),
            ("http://example.com/report", None),
            ("no address", None),
            ("a@b\nContact: mailto:evil@example.com", None),
        ] {
            let get = |_: &str| Some(value.to_owned());
            let mut env = Env::new(&get);
            let contact = env.security_contact();
            assert_eq!(contact.as_ref().map(Url::as_str), expected, "{value}");
            assert_eq!(env.finish(()).is_ok(), expected.is_some(), "{value}");
        }
    }
}
