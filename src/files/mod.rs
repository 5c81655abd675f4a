//! Where documents live: a folder, or a bucket. Files are named by ids, never by what a person or Salesforce called them.

use crate::{
    config::{OutboundProxy, StorageKeys},
    disk::Disks,
    domain::{
        ids::{OrganizationId, VersionId},
        time::Timestamp,
    },
};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use md5::Md5;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};
use std::{path::PathBuf, sync::Arc};
use url::Url;

mod blocking_reader;
mod bucket;

pub(crate) use blocking_reader::BlockingReader;
use blocking_reader::Pieces;
pub use bucket::{OpenError, StorageIssue};

/// The file storage.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// The same without retries, when it is a bucket: a check asks it once.
    probe: Option<Arc<dyn ObjectStore>>,
    /// The folder, when it is one.
    folder: Option<PathBuf>,
    disks: Arc<Disks>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The length.
    pub size_bytes: i64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// MD5 in lower-case hexadecimal: what Salesforce calls `Checksum`.
    pub md5: String,
}

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E: std::error::Error + 'static> {
    /// It is longer than allowed. Nothing of it is kept.
    #[error("the file is larger than allowed")]
    TooLarge,
    /// The disk has no room above its reserve. Nothing of it is kept.
    #[error("the disk has no room for the file")]
    NoRoom,
    /// Its bytes ended with an error.
    #[error("the file's bytes did not arrive")]
    Source(#[source] E),
    /// The storage did not take it.
    #[error("the storage did not take the file")]
    Store(#[from] object_store::Error),
}

/// How many parts of an upload are under way at once.
const PARTS_AT_ONCE: usize = 2;
/// What is shorter is written in one piece: a bucket would be asked three times otherwise, and a folder as often.
const SMALL: usize = 1024 * 1024;
/// The writer keeps chunks as they are until a part is complete, and a chunk of one byte may hold the buffer of a whole read: chunks are
/// copied into pieces of this size.
const PIECE: usize = 256 * 1024;

impl Files {
    /// Opens `file://…`, or `s3://bucket/prefix` with these keys, through the proxy when there is one. A folder is made when it is missing.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn open(url: &Url, keys: &StorageKeys, proxy: Option<&OutboundProxy>) -> Result<Self, OpenError> {
        if url.scheme() == "s3" {
            return Self::in_bucket(url, bucket::access(keys, proxy));
        }
        let folder = url.to_file_path().map_err(|()| not_a_folder("it is not a path"))?;
        std::fs::create_dir_all(&folder).map_err(|error| not_a_folder(&error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), probe: None, folder: Some(folder), disks: no_disks() })
    }

    /// The same, writing only while disks have room: its own when it is a folder, and those of `others`.
    #[must_use]
    pub fn with_reserve(self, others: Option<PathBuf>, reserve: u64) -> Self {
        let folders = self.folder.clone().into_iter().chain(others).collect();
        Self { disks: Arc::new(Disks::new(folders, reserve)), ..self }
    }

    /// The disks that are written to.
    pub fn disks(&self) -> &Disks {
        &self.disks
    }

    /// Writes a document as its bytes arrive, and measures it. Nothing stays when it fails.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn write<E: std::error::Error + 'static>(
        &self,
        at: (&OrganizationId, &VersionId),
        mut bytes: BoxStream<'static, Result<Bytes, E>>,
        max_bytes: u64,
    ) -> Result<Stored, WriteError<E>> {
        self.check_room()?;
        let mut measure = Measure::new(max_bytes);
        let mut small = BytesMut::new();
        while small.len() < SMALL {
            match bytes.next().await {
                Some(chunk) => small.extend_from_slice(measure.take(chunk)?.as_ref()),
                None => {
                    self.store.put(&path(at), small.freeze().into()).await?;
                    return Ok(measure.finish());
                }
            }
        }
        let mut upload = WriteMultipart::new(self.store.put_multipart(&path(at)).await?);
        upload.put(small.freeze());
        match self.write_rest(&mut upload, bytes, &mut measure).await {
            Ok(()) => {
                upload.finish().await?;
                Ok(measure.finish())
            }
            Err(error) => {
                upload.abort().await?;
                Err(error)
            }
        }
    }

    /// The folder, when the storage is one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }

    async fn write_rest<E: std::error::Error + 'static>(
        &self,
        upload: &mut WriteMultipart,
        mut bytes: BoxStream<'static, Result<Bytes, E>>,
        measure: &mut Measure,
    ) -> Result<(), WriteError<E>> {
        let mut piece = BytesMut::with_capacity(PIECE);
        while let Some(chunk) = bytes.next().await {
            piece.extend_from_slice(measure.take(chunk)?.as_ref());
            if piece.len() >= PIECE {
                self.check_room()?;
                upload.wait_for_capacity(PARTS_AT_ONCE).await?;
                upload.put(std::mem::replace(&mut piece, BytesMut::with_capacity(PIECE)).freeze());
            }
        }
        self.check_room()?;
        upload.put(piece.freeze());
        Ok(())
    }

    fn check_room<E: std::error::Error + 'static>(&self) -> Result<(), WriteError<E>> {
        if self.disks.has_room() { Ok(()) } else { Err(WriteError::NoRoom) }
    }

    /// The bytes of a document.
    ///
    /// # Errors
    /// It is not there, or the storage does not answer.
    pub async fn read(
        &self,
        organization: &OrganizationId,
        version: &VersionId,
    ) -> object_store::Result<BoxStream<'static, std::io::Result<Bytes>>> {
        let found = self.store.get(&path((organization, version))).await?;
        Ok(found.into_stream().map_err(std::io::Error::other).boxed())
    }

    /// The same for code that reads and seeks, which must run where it may block. Of a bucket, pieces are fetched as they are read.
    pub(crate) fn blocking_reader(
        &self,
        at: (&OrganizationId, &VersionId),
        size_bytes: i64,
        handle: tokio::runtime::Handle,
    ) -> BlockingReader {
        let path = path(at);
        match &self.folder {
            Some(folder) => BlockingReader::in_folder(folder.join(path.as_ref())),
            None => {
                let size = u64::try_from(size_bytes).unwrap_or_default();
                BlockingReader::Bucket(Pieces::new(self.store.clone(), path, size, handle))
            }
        }
    }

    /// Removes a document. One that is not there is removed.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn delete(&self, organization: &OrganizationId, version: &VersionId) -> object_store::Result<()> {
        match self.store.delete(&path((organization, version))).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }
}

impl Files {
    /// Every document that was written before `before`, in no order.
    pub fn written_before(&self, before: Timestamp) -> BoxStream<'static, object_store::Result<(OrganizationId, VersionId)>> {
        let is_old = move |object: &ObjectMeta| object.last_modified.timestamp_millis() < before.millis();
        let old = self.store.list(None).try_filter(move |object| std::future::ready(is_old(object)));
        old.try_filter_map(|object| std::future::ready(Ok(ids(&object.location)))).boxed()
    }

    /// Removes what is left in a folder of documents whose writing was cut off before `before`; gives how many there were. A bucket
    /// forgets them by a rule of its own.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn remove_unfinished(&self, before: Timestamp) -> object_store::Result<u64> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let removed = tokio::task::spawn_blocking(move || remove_unfinished(&folder, before)).await;
        let failed = |error: std::io::Error| not_a_folder(&error.to_string());
        removed.map_err(|error| failed(error.into()))?.map_err(failed)
    }
}

fn no_disks() -> Arc<Disks> {
    Arc::new(Disks::new(Vec::new(), 0))
}

/// While it is written, a document's name ends in `#` and a number.
fn remove_unfinished(folder: &std::path::Path, before: Timestamp) -> std::io::Result<u64> {
    let mut removed = 0;
    for organization in std::fs::read_dir(folder)? {
        let organization = organization?;
        if !organization.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(organization.path())? {
            let file = file?;
            let is_unfinished = file.file_name().to_string_lossy().contains('#');
            if is_unfinished && modified(&file)? < before {
                std::fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn modified(file: &std::fs::DirEntry) -> std::io::Result<Timestamp> {
    let since_epoch = file.metadata()?.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)))
}

fn path((organization, version): (&OrganizationId, &VersionId)) -> Path {
    Path::from_iter([organization.as_str(), version.as_str()])
}

/// Whose document is at a path; `None` when it is none of ours.
fn ids(path: &Path) -> Option<(OrganizationId, VersionId)> {
    let (organization, version) = path.as_ref().split_once('/')?;
    Some((organization.parse().ok()?, version.parse().ok()?))
}

fn not_a_folder(reason: &str) -> object_store::Error {
    object_store::Error::Generic { store: "LocalFileSystem", source: reason.to_owned().into() }
}

struct Measure {
    max_bytes: u64,
    size: u64,
    sha256: Sha256,
    md5: Md5,
}

impl Measure {
    fn new(max_bytes: u64) -> Self {
        Self { max_bytes, size: 0, sha256: Sha256::new(), md5: Md5::new() }
    }

    /// Counts in what has arrived, and gives it back.
    fn take<E: std::error::Error + 'static>(&mut self, chunk: Result<Bytes, E>) -> Result<Bytes, WriteError<E>> {
        let chunk = chunk.map_err(WriteError::Source)?;
        self.size += chunk.len() as u64;
        if self.size > self.max_bytes {
            return Err(WriteError::TooLarge);
        }
        self.sha256.update(&chunk);
        self.md5.update(&chunk);
        Ok(chunk)
    }

    fn finish(self) -> Stored {
        Stored {
            size_bytes: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: crate::random::hex(&self.sha256.finalize()),
            md5: crate::random::hex(&self.md5.finalize()),
        }
    }
}

#[cfg(test)]
mod tests;
