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
    /// A link to content outside the provider, which cannot be downloaded.
    Link,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Id of the revision. Each change of the content creates a new id.
    pub id: String,
    /// Id that all revisions of the file share.
    pub lineage: String,
    pub name: String,
    pub size_bytes: i64,
    pub checksum: Option<Checksum>,
    pub modified_at: Timestamp,
    pub tier: u8,
    pub state: FileState,
}

pub type FileStream = BoxStream<'static, Result<Bytes, Error>>;
