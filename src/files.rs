//! Where documents live: a folder, or a bucket. Files are named by ids, never by what a person or Salesforce called them.

use crate::{
    disk::Disks,
    domain::{
        ids::{OrganizationId, VersionId},
        time::Timestamp,
    },
    tls,
};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use md5::Md5;
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
    prefix::PrefixStore,
};
use sha2::{Digest, Sha256};
use std::{path::PathBuf, sync::Arc};
use url::Url;

/// The file storage.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
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
    /// The media type, by the first bytes.
    pub content_type: &'static str,
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
    /// Opens `file://…` or `s3://bucket/prefix`. A folder is made when it is missing.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn open(url: &Url) -> object_store::Result<Self> {
        let (store, folder): (Arc<dyn ObjectStore>, _) = match url.scheme() {
            "s3" => return Self::in_bucket(url, AmazonS3Builder::from_env()),
            _ => {
                let folder = url.to_file_path().map_err(|()| not_a_folder("it is not a path"))?;
                std::fs::create_dir_all(&folder).map_err(|error| not_a_folder(&error.to_string()))?;
                (Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true)), Some(folder))
            }
        };
        Ok(Self { store, folder, disks: no_disks() })
    }

    /// Opens `s3://bucket/prefix` with keys, region and endpoint from elsewhere than the environment.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn in_bucket(url: &Url, access: AmazonS3Builder) -> object_store::Result<Self> {
        tls::install();
        let bucket = access.with_url(url.as_str()).build()?;
        Ok(Self { store: Arc::new(PrefixStore::new(bucket, url.path().trim_matches('/'))), folder: None, disks: no_disks() })
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
    head: Vec<u8>,
}

impl Measure {
    fn new(max_bytes: u64) -> Self {
        Self { max_bytes, size: 0, sha256: Sha256::new(), md5: Md5::new(), head: Vec::new() }
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
        let missing = HEAD_BYTES.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..missing]);
        Ok(chunk)
    }

    fn finish(self) -> Stored {
        Stored {
            size_bytes: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: crate::random::hex(&self.sha256.finalize()),
            md5: crate::random::hex(&self.md5.finalize()),
            content_type: content_type(&self.head),
        }
    }
}

const HEAD_BYTES: usize = 1024;

/// The media type by the first bytes: what a sender says about its own file is not evidence.
fn content_type(head: &[u8]) -> &'static str {
    match head {
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "application/msword",
        [b'{', b'\\', b'r', b't', b'f', ..] => "application/rtf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;
    use futures::stream;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn chunks(parts: Vec<Result<&'static [u8], std::io::Error>>) -> BoxStream<'static, std::io::Result<Bytes>> {
        stream::iter(parts.into_iter().map(|part| part.map(Bytes::from_static))).boxed()
    }

    fn storage() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(&Url::from_file_path(folder.path()).unwrap()).unwrap();
        (folder, files)
    }

    #[tokio::test]
    async fn what_is_written_is_measured_and_read_back() {
        let (_folder, files) = storage();
        let (organization, version) = (new_id(), new_id());
        let stored = files.write((&organization, &version), chunks(vec![Ok(b"%PDF-"), Ok(b"1.7")]), 8).await.unwrap();
        assert_eq!((stored.size_bytes, stored.content_type), (8, "application/pdf"));
        assert_eq!(stored.md5, "f87357c6cdc4f067e19f42aebabc6fb7");
        assert_eq!(stored.sha256, "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b");
        let bytes: Vec<Bytes> = files.read(&organization, &version).await.unwrap().try_collect().await.unwrap();
        assert_eq!(bytes.concat(), b"%PDF-1.7");
    }

    #[tokio::test]
    async fn a_large_file_is_written_as_it_arrives_and_read_back_whole() {
        let (folder, files) = storage();
        let (organization, version): (OrganizationId, VersionId) = (new_id(), new_id());
        let parts: Vec<Bytes> = (0..40_u8).map(|number| Bytes::from(vec![number; 100_000])).collect();
        let arriving = |parts: Vec<Bytes>| stream::iter(parts.into_iter().map(Ok::<_, std::io::Error>)).boxed();
        let stored = files.write((&organization, &version), arriving(parts.clone()), 4_000_000).await.unwrap();
        assert_eq!(stored.size_bytes, 4_000_000);
        let read: Vec<Bytes> = files.read(&organization, &version).await.unwrap().try_collect().await.unwrap();
        assert!(read.concat() == parts.concat());
        let other: VersionId = new_id();
        let large = files.write((&organization, &other), arriving(parts), 3_999_999).await;
        assert!(matches!(large, Err(WriteError::TooLarge)));
        let names = std::fs::read_dir(folder.path().join(organization.as_str())).unwrap();
        assert_eq!(names.map(|name| name.unwrap().file_name()).collect::<Vec<_>>(), [version.as_str()]);
    }

    /// A chunk of one byte that counts itself for as long as it is kept.
    struct Counted(Arc<AtomicUsize>);

    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            b"a"
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn chunks_are_copied_and_not_kept() {
        let (_folder, files) = storage();
        let (kept, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = {
            let (kept, most) = (kept.clone(), most.clone());
            move || {
                most.fetch_max(kept.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                Bytes::from_owner(Counted(kept.clone()))
            }
        };
        let large = stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![0; SMALL]))]);
        let tiny = stream::repeat_with(move || Ok(counted())).take(10_000);
        let stored = files.write((&new_id(), &new_id()), large.chain(tiny).boxed(), u64::MAX).await.unwrap();
        assert_eq!(stored.size_bytes, SMALL as i64 + 10_000);
        assert!(most.load(Ordering::Relaxed) < 3, "{most:?} chunks of one byte were kept at once");
    }

    #[tokio::test]
    async fn nothing_stays_of_a_file_that_is_too_large_or_breaks_off() {
        let (_folder, files) = storage();
        let (organization, version) = (new_id(), new_id());
        let large = files.write((&organization, &version), chunks(vec![Ok(b"12345"), Ok(b"6789")]), 8).await;
        assert!(matches!(large, Err(WriteError::TooLarge)));
        let broken =
            files.write((&organization, &version), chunks(vec![Ok(b"12"), Err(std::io::Error::other("reset"))]), 8).await;
        assert!(matches!(broken, Err(WriteError::Source(_))));
        assert!(files.read(&organization, &version).await.is_err());
        files.delete(&organization, &version).await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_written_below_the_reserve() {
        let (_folder, files) = storage();
        let files = files.with_reserve(None, u64::MAX);
        let (organization, version): (OrganizationId, VersionId) = (new_id(), new_id());
        let written = files.write((&organization, &version), chunks(vec![Ok(b"%PDF")]), 8).await;
        assert!(matches!(written, Err(WriteError::NoRoom)));
        assert!(files.read(&organization, &version).await.is_err());
    }

    #[tokio::test]
    async fn old_documents_are_listed_and_unfinished_ones_removed() {
        let (folder, files) = storage();
        let (organization, version): (OrganizationId, VersionId) = (new_id(), new_id());
        files.write((&organization, &version), chunks(vec![Ok(b"whole")]), 8).await.unwrap();
        let unfinished = folder.path().join(organization.as_str()).join(format!("{version}#1"));
        std::fs::write(&unfinished, "half").unwrap();
        std::fs::write(folder.path().join("not ours"), "").unwrap();
        let (past, future) = (Timestamp::from_millis(0), Timestamp::from_millis(i64::MAX));
        let listed = async |before| files.written_before(before).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(listed(past).await, []);
        assert_eq!(files.remove_unfinished(past).await.unwrap(), 0);
        assert_eq!(listed(future).await, [(organization, version)]);
        assert_eq!(files.remove_unfinished(future).await.unwrap(), 1);
        assert!(!unfinished.exists());
    }
}
