//! File storage in a folder or a bucket. Paths consist of ids and never contain names from users or providers.

use crate::config::{OutboundProxy, StorageKeys};
use crate::disk::Disks;
use crate::domain::ids::{OrganizationId, VersionId};
use crate::domain::time::Timestamp;
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use md5::Md5;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

mod blocking_reader;
mod bucket;

use blocking_reader::{Pieces, ReadSeek};
pub use bucket::{OpenError, StorageIssue};

#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// Client that checks the availability of the bucket, without retries. `None` if the files are stored in a folder.
    probe: Option<Arc<dyn ObjectStore>>,
    folder: Option<PathBuf>,
    disks: Arc<Disks>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub size_bytes: i64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// In lower-case hexadecimal, as in the field `Checksum` in Salesforce.
    pub md5: String,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError<E: std::error::Error + 'static> {
    #[error("the file is larger than allowed")]
    TooLarge,
    #[error("the disk has no room for the file")]
    NoRoom,
    #[error("the file's bytes did not arrive")]
    Source(#[source] E),
    #[error("the storage did not take the file")]
    Store(#[from] object_store::Error),
}

/// Maximum number of parts of one multipart upload that are sent concurrently.
const MAX_CONCURRENT_PARTS: usize = 2;
/// Smaller files are written with one request instead of a multipart upload.
const SMALL_BYTES: usize = 1024 * 1024;
/// Size of the pieces that are passed to the multipart writer. The writer keeps pieces in memory until a part is complete.
/// Incoming chunks are copied into pieces, because even a one-byte chunk can keep the buffer of a whole network read in memory.
const PIECE_BYTES: usize = 256 * 1024;

impl Files {
    /// Opens the storage at `file://…` or `s3://bucket/prefix`. Creates the folder of a `file` URL if the folder does not exist.
    pub fn open(url: &Url, keys: &StorageKeys, proxy: Option<&OutboundProxy>) -> Result<Self, OpenError> {
        if url.scheme() == "s3" {
            return Self::in_bucket(url, bucket::access(keys, proxy));
        }
        let folder = url.to_file_path().map_err(|()| not_a_folder("it is not a path"))?;
        std::fs::create_dir_all(&folder).map_err(|error| not_a_folder(&error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), probe: None, folder: Some(folder), disks: no_disks() })
    }

    /// Rejects writes if less than `reserve` bytes are free on the disk of the storage or on the disk of the folder `other`.
    #[must_use]
    pub fn with_reserve(self, other: Option<PathBuf>, reserve: u64) -> Self {
        let folders = self.folder.clone().into_iter().chain(other).collect();
        Self { disks: Arc::new(Disks::new(folders, reserve)), ..self }
    }

    pub fn disks(&self) -> &Disks {
        &self.disks
    }

    /// Streams a file to the storage. A failed write leaves no file behind.
    pub async fn write<E: std::error::Error + 'static>(
        &self,
        at: (&OrganizationId, &VersionId),
        mut bytes: BoxStream<'static, Result<Bytes, E>>,
        max_bytes: u64,
    ) -> Result<Stored, WriteError<E>> {
        self.check_room()?;
        let mut measure = Measure::new(max_bytes);
        let mut small = BytesMut::new();
        while small.len() < SMALL_BYTES {
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

    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }

    async fn write_rest<E: std::error::Error + 'static>(
        &self,
        upload: &mut WriteMultipart,
        mut bytes: BoxStream<'static, Result<Bytes, E>>,
        measure: &mut Measure,
    ) -> Result<(), WriteError<E>> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        while let Some(chunk) = bytes.next().await {
            piece.extend_from_slice(measure.take(chunk)?.as_ref());
            if piece.len() >= PIECE_BYTES {
                self.check_room()?;
                upload.wait_for_capacity(MAX_CONCURRENT_PARTS).await?;
                upload.put(std::mem::replace(&mut piece, BytesMut::with_capacity(PIECE_BYTES)).freeze());
            }
        }
        self.check_room()?;
        upload.put(piece.freeze());
        Ok(())
    }

    fn check_room<E: std::error::Error + 'static>(&self) -> Result<(), WriteError<E>> {
        if self.disks.has_room() { Ok(()) } else { Err(WriteError::NoRoom) }
    }

    pub async fn read(
        &self,
        organization: &OrganizationId,
        version: &VersionId,
    ) -> object_store::Result<BoxStream<'static, std::io::Result<Bytes>>> {
        let found = self.store.get(&path((organization, version))).await?;
        Ok(found.into_stream().map_err(std::io::Error::other).boxed())
    }

    /// The returned function must be called on a blocking thread.
    pub(crate) fn blocking_opener(
        &self,
        at: (&OrganizationId, &VersionId),
        size_bytes: i64,
    ) -> impl FnOnce() -> std::io::Result<Box<dyn ReadSeek>> + Send + use<> {
        let (path, folder, store) = (path(at), self.folder.clone(), self.store.clone());
        let (size, handle) = (u64::try_from(size_bytes).unwrap_or_default(), tokio::runtime::Handle::current());
        move || match folder {
            Some(folder) => Ok(Box::new(std::fs::File::open(folder.join(path.as_ref()))?)),
            None => Ok(Box::new(Pieces::new(store, path, size, handle))),
        }
    }

    /// Deletes a file. Succeeds if the file does not exist.
    pub async fn delete(&self, organization: &OrganizationId, version: &VersionId) -> object_store::Result<()> {
        match self.store.delete(&path((organization, version))).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    /// Deletes all files of an organization. If the storage is a folder, this includes the files of unfinished writes.
    pub async fn delete_all(&self, organization: &OrganizationId) -> object_store::Result<()> {
        let prefix = Path::from(organization.as_str());
        let found = self.store.list(Some(&prefix)).map_ok(|object| object.location).boxed();
        let mut deleted = self.store.delete_stream(found);
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let Some(folder) = self.folder.as_ref().map(|folder| folder.join(organization.as_str())) else { return Ok(()) };
        match tokio::fs::remove_dir_all(folder).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(not_a_folder(&error.to_string())),
            _ => Ok(()),
        }
    }

    /// Lists the files that were last modified before `before`, in arbitrary order.
    pub fn written_before(&self, before: Timestamp) -> BoxStream<'static, object_store::Result<(OrganizationId, VersionId)>> {
        let is_old = move |object: &ObjectMeta| object.last_modified.timestamp_millis() < before.millis();
        let old = self.store.list(None).try_filter(move |object| std::future::ready(is_old(object)));
        old.try_filter_map(|object| std::future::ready(Ok(ids(&object.location)))).boxed()
    }

    /// Removes the files of unfinished writes that were last modified before `before`, and returns their number. Does nothing for
    /// a bucket, whose lifecycle rule must remove unfinished multipart uploads.
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

/// Removes the files whose names contain `#`, because the storage library appends `#` and a number to the names of unfinished
/// files.
fn remove_unfinished(folder: &std::path::Path, before: Timestamp) -> std::io::Result<u64> {
    let mut removed = 0;
    for organization in std::fs::read_dir(folder)? {
        let organization = organization?;
        if !organization.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(organization.path())? {
            let file = file?;
            if file.file_name().to_string_lossy().contains('#') && modified(&file)? < before {
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

/// Parses the ids from a path. Returns `None` for files that this program did not store.
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
