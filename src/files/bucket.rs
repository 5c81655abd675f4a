//! File storage in an S3 bucket.

use super::{Files, no_disks};
use crate::config::{OutboundProxy, StorageKeys, is_loopback};
use crate::tls;
use futures::TryStreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const CHECK_TIMEOUT: Duration = Duration::from_secs(5);
/// Folder that the availability check lists. The folder contains no objects, so that the response is short.
const CHECKED_FOLDER: &str = "check";
/// Hosts that are accessed without the proxy: this machine, and the link-local service for the credentials of a cloud role.
const LOCAL_HOSTS: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16,fe80::/10,fd00:ec2::254";

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "`{variable}` must begin with `https://` because its host is not a loopback address, but is `{endpoint}`. Without TLS the \
         contracts that are stored there can be read on the network. Set `AWS_ALLOW_HTTP=true` to accept that."
    )]
    Http {
        variable: &'static str,
        /// Contains no user name and password.
        endpoint: String,
    },
    #[error("`STORAGE_URL` cannot be used")]
    Store(#[from] object_store::Error),
}

/// Result of a failed availability check. The messages do not contain the response of the storage, because the response can
/// contain a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageIssue {
    #[error("its bucket does not exist")]
    NoBucket,
    #[error("it refuses the keys, or does not let them list the bucket")]
    KeysRefused,
    #[error("it does not answer, or not as expected; check `AWS_ENDPOINT` and `AWS_REGION`")]
    NoAnswer,
}

impl Files {
    /// Opens `s3://bucket/prefix`. A loopback endpoint can use http.
    pub fn in_bucket(url: &Url, access: AmazonS3Builder) -> Result<Self, OpenError> {
        tls::install();
        let access = permit_http(access)?.with_url(url.as_str());
        let prefix = url.path().trim_matches('/');
        let once = RetryConfig { max_retries: 0, ..RetryConfig::default() };
        let probe = access.clone().with_retry(once).build()?;
        let store = access.build()?;
        Ok(Self {
            store: Arc::new(PrefixStore::new(store, prefix)),
            probe: Some(Arc::new(PrefixStore::new(probe, prefix))),
            folder: None,
            disks: no_disks(),
        })
    }

    /// Checks that the bucket can be listed. Always succeeds for storage in a folder, because [`Self::open`] has created the
    /// folder.
    pub async fn check(&self) -> Result<(), StorageIssue> {
        let Some(probe) = &self.probe else { return Ok(()) };
        let folder = Path::from(CHECKED_FOLDER);
        let mut listed = probe.list(Some(&folder));
        match tokio::time::timeout(CHECK_TIMEOUT, listed.try_next()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                // Logs the causes only at debug level, because a cause can contain the response of the storage.
                let causes = crate::hub::chain(&error);
                tracing::debug!(error = %causes, "the file storage failed a check");
                Err(issue(&causes))
            }
            Err(_) => Err(StorageIssue::NoAnswer),
        }
    }
}

/// Parses the HTTP status from the text of the error, because the library reports the status only there. The status is before the
/// body.
fn issue(causes: &str) -> StorageIssue {
    let status = causes.split_once("status code: ").and_then(|(_, rest)| rest.get(..3));
    match status {
        Some("404") => StorageIssue::NoBucket,
        Some("401" | "403") => StorageIssue::KeysRefused,
        _ => StorageIssue::NoAnswer,
    }
}

/// Returns the storage settings from the environment, with the configured keys and proxy. The proxy is allowed to resolve the
/// host name, because only the operator can set the host.
pub(super) fn access(keys: &StorageKeys, proxy: Option<&OutboundProxy>) -> AmazonS3Builder {
    let mut access = AmazonS3Builder::from_env();
    if let Some(id) = &keys.access_key_id {
        access = access.with_access_key_id(id.expose());
    }
    if let Some(secret) = &keys.secret_access_key {
        access = access.with_secret_access_key(secret.expose());
    }
    if let Some(token) = &keys.session_token {
        access = access.with_token(token.expose());
    }
    if let Some(proxy) = proxy {
        let key = AmazonS3ConfigKey::Client;
        access = access
            .with_config(key(ClientConfigKey::ProxyUrl), proxy.url.expose().as_str())
            .with_config(key(ClientConfigKey::ProxyExcludes), LOCAL_HOSTS);
    }
    access
}

/// Allows http for loopback endpoints. For other endpoints, `AWS_ALLOW_HTTP` must allow http.
fn permit_http(access: AmazonS3Builder) -> Result<AmazonS3Builder, OpenError> {
    let endpoint = [(AmazonS3ConfigKey::S3Endpoint, "AWS_ENDPOINT_URL_S3"), (AmazonS3ConfigKey::Endpoint, "AWS_ENDPOINT")]
        .into_iter()
        .find_map(|(key, variable)| Some((access.get_config_value(&key)?, variable)));
    let endpoint = endpoint.and_then(|(text, variable)| Some((Url::parse(&text).ok()?, variable)));
    match endpoint {
        Some((endpoint, _)) if endpoint.scheme() == "http" && is_loopback(&endpoint) => Ok(access.with_allow_http(true)),
        Some((endpoint, variable)) if endpoint.scheme() == "http" && !allows_http(&access) => {
            Err(OpenError::Http { variable, endpoint: endpoint.origin().ascii_serialization() })
        }
        _ => Ok(access),
    }
}

fn allows_http(access: &AmazonS3Builder) -> bool {
    let value = access.get_config_value(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp)).unwrap_or_default();
    ["1", "true", "on", "yes", "y"].contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(pairs: &[(AmazonS3ConfigKey, &str)]) -> Result<Files, OpenError> {
        let access = AmazonS3Builder::new().with_region("us-east-1").with_access_key_id("id").with_secret_access_key("secret");
        let access = pairs.iter().fold(access, |access, (key, value)| access.with_config(*key, *value));
        Files::in_bucket(&Url::parse("s3://contracts/documents").unwrap(), access)
    }

    #[test]
    fn http_to_another_machine_needs_explicit_permission() {
        let allow = AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp);
        let endpoint = AmazonS3ConfigKey::Endpoint;
        for loopback in ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            assert!(open(&[(endpoint, loopback)]).is_ok(), "{loopback}");
        }
        let remote = "http://ada:hunter2@minio.example:9000";
        for refusing in [&[(endpoint, remote)][..], &[(endpoint, remote), (allow, "false")]] {
            let refused = open(refusing).err().unwrap().to_string();
            assert!(refused.contains("`AWS_ENDPOINT`") && refused.contains("`AWS_ALLOW_HTTP=true`"), "{refused}");
            assert!(refused.contains("http://minio.example:9000") && !refused.contains("hunter2"), "{refused}");
        }
        assert!(open(&[(endpoint, remote), (allow, "true")]).is_ok());
        assert!(open(&[(endpoint, "https://minio.example")]).is_ok());
        let first = open(&[(AmazonS3ConfigKey::S3Endpoint, remote), (endpoint, "https://minio.example")]);
        assert!(first.err().unwrap().to_string().contains("`AWS_ENDPOINT_URL_S3`"));
    }
}
