//! Files at a provider.

use super::Error;
use crate::domain::time::Timestamp;
use bytes::Bytes;
use futures::stream::BoxStream;

/// A checksum that a provider computes of a file's bytes, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// MD5.
    Md5(String),
    /// SHA-256.
    Sha256(String),
}

/// Whether a file can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Its bytes are there.
    Ready,
    /// It only links to bytes kept elsewhere.
    Link,
}

/// A file at the provider that could become a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// The id of this revision of the file: other bytes have another id.
    pub id: String,
    /// What all revisions of the file have in common.
    pub lineage: String,
    /// Its name, with the extension.
    pub name: String,
    /// Its length.
    pub size_bytes: i64,
    /// The checksum, when the provider computes one.
    pub checksum: Option<Checksum>,
    /// When its content last changed.
    pub modified_at: Timestamp,
    /// Which kind of file it is, counted from those that are preferred.
    pub tier: u8,
    /// Whether it can be downloaded.
    pub state: FileState,
}

/// The bytes of a file as they arrive.
pub type FileStream = BoxStream<'static, Result<Bytes, Error>>;
