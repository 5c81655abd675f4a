use serde::{Deserialize, Serialize};

use super::normalize::normalize;
use super::package::Package;
use super::sniff::{Kind, sniff};
use super::{ExtractError, docx, odt, pdf, plain, rtf};

/// Maximum size of the text. The longest known contracts have 0.4 MB.
pub const MAXIMUM_TEXT_BYTES: usize = 8 * 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// One line for each paragraph or table row.
    pub text: String,
    /// Limitations of the extracted text, as sentences for users.
    pub warnings: Vec<String>,
    /// `None` for formats without pages.
    pub pages: Option<u32>,
    /// Beginning of the text that a reader of the document cannot see. Empty if only the length of this text is known. `None` if
    /// there is little or no such text.
    #[serde(default)]
    pub hidden_text: Option<String>,
    /// True if the document contains tracked changes that are neither accepted nor rejected.
    #[serde(default)]
    pub has_open_changes: bool,
    /// True if pages contain pictures, whose text was not read.
    #[serde(default)]
    pub has_unread_pages: bool,
}

/// Extracts the text of a PDF, DOCX, ODT, RTF or TXT file. Only the child process is allowed to call this function, because
/// hostile documents may exhaust the memory. A file name that ends in `.txt` indicates plain text, unless the content begins like RTF
/// or PDF.
pub fn extract(bytes: &[u8], file_name: &str) -> Result<Document, ExtractError> {
    let raw = match sniff(bytes, file_name)? {
        Kind::Pdf => pdf::read(bytes)?,
        Kind::Package => read_package(bytes)?,
        Kind::Rtf => rtf::read(bytes)?,
        Kind::Text => plain::read(bytes)?,
    };
    let mut warnings = raw.warnings;
    let text = normalize(&raw.text, &mut warnings);
    if text.len() > MAXIMUM_TEXT_BYTES {
        return Err(ExtractError::too_large("it holds more than 8 MB of text"));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(ExtractError::Empty);
    }
    Ok(Document { text, warnings, ..raw })
}

fn read_package(bytes: &[u8]) -> Result<Document, ExtractError> {
    let mut package = Package::open(bytes)?;
    match odt::media_type(&mut package)? {
        Some(media_type) => odt::read(&mut package, &media_type),
        None => docx::read(&mut package),
    }
}
