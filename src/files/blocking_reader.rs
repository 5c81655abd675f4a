//! A stored document as something to read and to seek in.

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use std::{
    fs::File,
    io::{Error, ErrorKind, Read, Result, Seek, SeekFrom},
    ops::Range,
    path::PathBuf,
    sync::Arc,
};
use tokio::runtime::Handle;

/// How much is fetched at once: a bucket is asked a few times for a document of any size.
const PIECE_BYTES: u64 = 256 * 1024;

/// A document of the folder or of the bucket.
pub(crate) enum BlockingReader {
    /// Opened when it is first used, because that may block.
    Folder { path: PathBuf, file: Option<File> },
    /// Fetched piece by piece.
    Bucket(Pieces),
}

/// Fetches one piece at a time and keeps only that one.
pub(crate) struct Pieces {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
    handle: Handle,
    position: u64,
    piece_start: u64,
    piece: Bytes,
}

impl BlockingReader {
    pub(super) fn in_folder(path: PathBuf) -> Self {
        Self::Folder { path, file: None }
    }

    /// What reads: the open file, or the pieces.
    fn source(&mut self) -> Result<&mut dyn ReadSeek> {
        match self {
            Self::Bucket(pieces) => Ok(pieces),
            Self::Folder { file: Some(file), .. } => Ok(file),
            Self::Folder { path, file } => Ok(file.insert(File::open(path)?)),
        }
    }
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

impl Read for BlockingReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.source()?.read(buffer)
    }
}

impl Seek for BlockingReader {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.source()?.seek(to)
    }
}

impl Pieces {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path, size: u64, handle: Handle) -> Self {
        Self { store, path, size, handle, position: 0, piece_start: 0, piece: Bytes::new() }
    }

    /// What is there of the piece from the position on.
    fn rest_of_piece(&self) -> &[u8] {
        let skipped = self.position.checked_sub(self.piece_start).and_then(|skipped| usize::try_from(skipped).ok());
        skipped.and_then(|skipped| self.piece.get(skipped..)).unwrap_or_default()
    }

    fn fetch(&mut self) -> Result<()> {
        let start = self.position - self.position % PIECE_BYTES;
        let range: Range<u64> = start..self.size.min(start + PIECE_BYTES);
        self.piece = self.handle.block_on(self.store.get_range(&self.path, range)).map_err(Error::other)?;
        self.piece_start = start;
        Ok(())
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.position >= self.size {
            return Ok(0);
        }
        if self.rest_of_piece().is_empty() {
            self.fetch()?;
        }
        let rest = self.rest_of_piece();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for Pieces {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
