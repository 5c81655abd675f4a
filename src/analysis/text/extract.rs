//! From bytes to text: decides by structure what the file is, and gives every kind the same clean form.

use serde::{Deserialize, Serialize};

use super::sniff::{Kind, sniff};
use super::{ExtractError, docx, normalise, pdf, plain};

/// The most text that a document may hold. The longest contracts known to us have 0.4 MB.
pub const MAXIMUM_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The text: one line for each paragraph or table row.
    pub text: String,
    /// What a reader of the text should know about how it came about.
    pub warnings: Vec<String>,
    /// The number of pages, when the format has pages.
    pub pages: Option<u32>,
    /// How the text begins that a reader of the document does not see, when there is enough of it to matter. Empty when its
    /// letters cannot be told.
    #[serde(default)]
    pub unseen: Option<String>,
    /// Whether somebody's changes are still neither accepted nor rejected.
    #[serde(default)]
    pub has_open_changes: bool,
}

/// Reads the text of a PDF, DOCX or TXT file. Pure, but not safe from hostile bytes: call it in the child process only.
/// The name tells nothing about the format; it is used only where the bytes are of no known kind.
pub fn extract(bytes: &[u8], file_name: &str) -> Result<Document, ExtractError> {
    let raw = match sniff(bytes, file_name) {
        Kind::Pdf => pdf::read(bytes)?,
        Kind::Docx => docx::read(bytes)?,
        Kind::Text => plain::read(bytes)?,
        Kind::Refused(error) => return Err(error),
    };
    let mut warnings = raw.warnings;
    let text = normalise::normalise(&raw.text, &mut warnings);
    if text.len() > MAXIMUM_TEXT_BYTES {
        return Err(ExtractError::too_large("it holds more than 8 MB of text"));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(ExtractError::Empty);
    }
    Ok(Document { text, warnings, ..raw })
}
