//! `AWS_*`: credentials for an `s3://` storage. The storage library reads region and endpoint from the environment.

use super::env::Env;
use crate::secret::Secret;

/// Credentials of the storage. If no credentials are set, the storage library uses the cloud role (IAM) of the machine.
#[derive(Clone, Debug, Default)]
pub struct StorageKeys {
    pub access_key_id: Option<Secret<String>>,
    pub secret_access_key: Option<Secret<String>>,
    pub session_token: Option<Secret<String>>,
}

impl StorageKeys {
    pub(super) fn read(env: &mut Env<'_>) -> Self {
        let mut secret = |name| env.secret(name).unwrap_or_default();
        Self {
            access_key_id: secret("AWS_ACCESS_KEY_ID"),
            secret_access_key: secret("AWS_SECRET_ACCESS_KEY"),
            session_token: secret("AWS_SESSION_TOKEN"),
        }
    }
}
