//! Blocking, seekable read access to a stored file.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Size of a range request to the storage.
const PIECE_BYTES: u64 = 256 * 1024;

pub(crate) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Fetches a file in pieces and keeps one piece at a time.
pub(super) struct Pieces {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
    handle: Handle,
    position: u64,
    piece_start: u64,
    piece: Bytes,
}

impl Pieces {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path, size: u64, handle: Handle) -> Self {
        Self { store, path, size, handle, position: 0, piece_start: 0, piece: Bytes::new() }
    }

    /// Returns the rest of the current piece, starting at the read position; empty if the position is outside of the piece.
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
