//! `AWS_*`: the keys of an `s3://` storage. Region and endpoint are the storage library's own variables.

use super::read::Reader;
use crate::secret::Secret;

/// The keys of the bucket that come from the configuration; without any those of the machine's role are used.
#[derive(Clone, Debug, Default)]
pub struct StorageKeys {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: Option<Secret<String>>,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: Option<Secret<String>>,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<Secret<String>>,
}

impl StorageKeys {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut secret = |name| reader.secret(name).unwrap_or_default();
        Self {
            access_key_id: secret("AWS_ACCESS_KEY_ID"),
            secret_access_key: secret("AWS_SECRET_ACCESS_KEY"),
            session_token: secret("AWS_SESSION_TOKEN"),
        }
    }
}
