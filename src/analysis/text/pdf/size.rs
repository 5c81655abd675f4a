//! How much the pages of a PDF unpack to. `pdf-inspector` leaves out a page that is a bomb without a word, so that the
//! document would seem to be empty.

use std::collections::HashSet;

use lopdf::{DecompressError, Document, Error, LoadOptions};

use crate::analysis::text::ExtractError;

/// A page that unpacks to more is left out by `pdf-inspector`.
const MAXIMUM_PAGE_BYTES: usize = 64 * 1024 * 1024;
/// All pages together; those that share a stream count it once.
const MAXIMUM_TOTAL_BYTES: usize = 512 * 1024 * 1024;
/// What one stream may unpack to while the document is opened.
const MAXIMUM_OBJECTS_BYTES: usize = 8 * 1024 * 1024;

/// Opens a PDF within bounds; `None` when only the more patient `pdf-inspector` may be able to.
pub fn open(bytes: &[u8]) -> Option<Document> {
    let options = LoadOptions { max_decompressed_size: Some(MAXIMUM_OBJECTS_BYTES), ..LoadOptions::default() };
    Document::load_mem_with_options(bytes, options).ok()
}

/// The bytes of the largest page when unpacked, or the refusal of a document that unpacks to too much.
pub fn largest_page(document: &Document, maximum_pages: usize) -> Result<usize, ExtractError> {
    let mut seen = HashSet::new();
    let (mut largest, mut total) = (0, 0);
    for page in document.page_iter().take(maximum_pages) {
        let streams = document.get_page_contents(page);
        if streams.iter().all(|stream| !seen.insert(*stream)) {
            continue;
        }
        let bytes = match document.get_page_content_with_limit(page, MAXIMUM_PAGE_BYTES) {
            Ok(content) => content.len(),
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => return Err(bomb()),
            Err(_) => 0,
        };
        largest = largest.max(bytes);
        total += bytes;
        if total > MAXIMUM_TOTAL_BYTES {
            return Err(bomb());
        }
    }
    Ok(largest)
}

/// What a document is that unpacks to more than any contract.
pub fn bomb() -> ExtractError {
    ExtractError::too_large("it is small as a file, but unpacks to far more than a contract holds")
}
