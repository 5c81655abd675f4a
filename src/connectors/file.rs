use super::Error;
use crate::domain::connection::terms::Terms;
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
    /// A note that users write at the provider. It has no document.
    Note,
    /// The provider reports no date, so it is unknown whether other files are newer.
    Undated,
}

impl FileState {
    /// Returns the reason why a file in this state cannot be imported; `None` if it can.
    pub fn obstacle(self, terms: &Terms) -> Option<String> {
        match self {
            Self::Ready => None,
            Self::Link => Some("It is a link to a file that is stored elsewhere.".to_owned()),
            Self::Note => Some(format!("It is a {} note, not a file. This connection imports documents.", terms.provider)),
            Self::Undated => {
                Some(format!("{} reports no date for it, so it is unknown whether it is the newest.", terms.provider))
            }
        }
    }
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
    /// Time of the last change of the content. The epoch if the state is [`FileState::Undated`].
    pub modified_at: Timestamp,
    pub tier: u8,
    pub state: FileState,
    /// Set if [`super::FileBack::attach`] has stored this revision.
    pub filed: Option<FiledAs>,
}

/// What a provider knows about a revision that was filed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledAs {
    /// The marker that the caller passed to [`super::FileBack::attach`].
    pub marker: String,
    /// The latest revision of the same file that was not filed. `None` if the file has no such revision.
    pub below: Option<Box<RemoteFile>>,
}

pub type FileStream = BoxStream<'static, Result<Bytes, Error>>;
