//! Files that are stored at a provider.

use super::Error;
use crate::domain::time::Timestamp;
use bytes::Bytes;
use futures::stream::BoxStream;

/// A checksum of a file's content, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    Md5(String),
    Sha256(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    Ready,
    /// The file is only a link to content outside the provider. We cannot download it.
    Link,
}

/// A file at the provider. It can become a version of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Id of this revision of the file. Each change of the content creates a new id.
    pub id: String,
    /// Id of the file. All revisions of the file share it.
    pub lineage: String,
    pub name: String,
    pub size_bytes: i64,
    pub checksum: Option<Checksum>,
    /// Time of the last change of the content.
    pub modified_at: Timestamp,
    /// Tier of the file. Files in tier 0 are preferred.
    pub tier: u8,
    pub state: FileState,
}

/// The content of a file, as a stream of chunks while it downloads.
pub type FileStream = BoxStream<'static, Result<Bytes, Error>>;
