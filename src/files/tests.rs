//! Tests of the storage in a folder.

use super::*;
use crate::config::StorageKeys;
use crate::random::new_id;
use futures::stream;
use std::io::SeekFrom;
use std::sync::atomic::{AtomicUsize, Ordering};

fn chunks(parts: Vec<Result<&'static [u8], std::io::Error>>) -> BoxStream<'static, std::io::Result<Bytes>> {
    stream::iter(parts.into_iter().map(|part| part.map(Bytes::from_static))).boxed()
}

fn storage() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(&Url::from_file_path(folder.path()).unwrap(), &StorageKeys::default(), None).unwrap();
    (folder, files)
}

#[tokio::test]
async fn a_file_is_hashed_while_written_and_read_back() {
    let (_folder, files) = storage();
    let (organization, version) = (new_id(), new_id());
    let stored = files.write((&organization, &version), chunks(vec![Ok(b"%PDF-"), Ok(b"1.7")]), 8).await.unwrap();
    assert_eq!(stored.size_bytes, 8);
    assert_eq!(stored.md5, "f87357c6cdc4f067e19f42aebabc6fb7");
    assert_eq!(stored.sha256, "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b");
    let bytes: Vec<Bytes> = files.read(&organization, &version).await.unwrap().try_collect().await.unwrap();
    assert_eq!(bytes.concat(), b"%PDF-1.7");
}

#[tokio::test]
async fn a_large_file_is_streamed_and_read_back() {
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

/// A one-byte chunk. The counter is the number of chunks that are in memory.
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
async fn chunks_are_not_kept_alive() {
    let (_folder, files) = storage();
    let (kept, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = {
        let (kept, most) = (kept.clone(), most.clone());
        move || {
            most.fetch_max(kept.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            Bytes::from_owner(Counted(kept.clone()))
        }
    };
    let large = stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![0; SMALL_BYTES]))]);
    let tiny = stream::repeat_with(move || Ok(counted())).take(10_000);
    let stored = files.write((&new_id(), &new_id()), large.chain(tiny).boxed(), u64::MAX).await.unwrap();
    assert_eq!(stored.size_bytes, SMALL_BYTES as i64 + 10_000);
    assert!(most.load(Ordering::Relaxed) < 3, "{most:?} chunks of one byte were kept at once");
}

#[tokio::test]
async fn a_failed_write_leaves_no_file() {
    let (_folder, files) = storage();
    let (organization, version) = (new_id(), new_id());
    let large = files.write((&organization, &version), chunks(vec![Ok(b"12345"), Ok(b"6789")]), 8).await;
    assert!(matches!(large, Err(WriteError::TooLarge)));
    let broken = files.write((&organization, &version), chunks(vec![Ok(b"12"), Err(std::io::Error::other("reset"))]), 8).await;
    assert!(matches!(broken, Err(WriteError::Source(_))));
    assert!(files.read(&organization, &version).await.is_err());
    files.delete(&organization, &version).await.unwrap();
}

#[tokio::test]
async fn writes_are_rejected_below_the_reserve() {
    let (_folder, files) = storage();
    let files = files.with_reserve(None, u64::MAX);
    let (organization, version): (OrganizationId, VersionId) = (new_id(), new_id());
    let written = files.write((&organization, &version), chunks(vec![Ok(b"%PDF")]), 8).await;
    assert!(matches!(written, Err(WriteError::NoRoom)));
    assert!(files.read(&organization, &version).await.is_err());
}

#[tokio::test]
async fn old_files_are_listed_and_unfinished_ones_removed() {
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

#[tokio::test]
async fn a_file_is_read_and_seeked_in_pieces() {
    let (_folder, files) = storage();
    let (organization, version): (OrganizationId, VersionId) = (new_id(), new_id());
    let content: Vec<u8> = (0..600_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
    let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from(content.clone()))]).boxed();
    let stored = files.write((&organization, &version), bytes, 600_000).await.unwrap();
    let in_folder = files.blocking_opener((&organization, &version), stored.size_bytes);
    // Storage without a folder is read with range requests, like a bucket.
    let without_folder = Files { folder: None, ..files.clone() };
    let in_pieces = without_folder.blocking_opener((&organization, &version), stored.size_bytes);
    check_reader(in_folder, &content).await;
    check_reader(in_pieces, &content).await;
}

async fn check_reader(open: impl FnOnce() -> std::io::Result<Box<dyn ReadSeek>> + Send + 'static, content: &[u8]) {
    let read = tokio::task::spawn_blocking(move || {
        let mut reader = open().unwrap();
        let mut whole = Vec::new();
        reader.read_to_end(&mut whole).unwrap();
        let mut end = Vec::new();
        reader.seek(SeekFrom::End(-1_000)).unwrap();
        reader.read_to_end(&mut end).unwrap();
        let mut across = [0; 10];
        reader.seek(SeekFrom::Start(256 * 1024 - 5)).unwrap();
        reader.read_exact(&mut across).unwrap();
        assert!(reader.seek(SeekFrom::Current(-1_000_000)).is_err());
        (whole, end, across)
    });
    let (whole, end, across) = read.await.unwrap();
    assert!(whole == content);
    assert_eq!(end, content[599_000..]);
    assert_eq!(across, content[256 * 1024 - 5..256 * 1024 + 5]);
}
