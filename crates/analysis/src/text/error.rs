use crate::file_type::ANALYSED_TYPES;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// Error of text extraction. The messages are written for users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExtractError {
    #[error("This file is {found}. Only {} files are analysed: save it as DOCX or PDF, and upload that copy.", ANALYSED_TYPES)]
    NotSupported {
        /// Part of the message, such as "an image (PNG)".
        found: String,
    },
    #[error("The document is protected by a password. Please attach a copy without one.")]
    Encrypted,
    #[error(
        "This is a scanned PDF: it holds pictures of {pages} page(s) and no text. Please attach the document it was printed from, or run text recognition (OCR) on it."
    )]
    Scanned { pages: u32 },
    #[error("The document holds no text. Please check whether it is the right one, and attach the contract.")]
    Empty,
    /// The text of a Word document is in an imported part (`altChunk`).
    #[strum(serialize = "not_supported")]
    #[error(
        "The text of this document is in an imported part that cannot be read here. Please open it in Word, save it again, and attach that copy."
    )]
    ImportedPart,
    #[strum(serialize = "not_supported")]
    #[error(
        "This PDF is a dynamic form (XFA): its pages are generated when it is opened in Adobe Reader, and are not in the file. Please open it there, print it to PDF, and attach that."
    )]
    DynamicForm,
    #[error(
        "The document is damaged and cannot be read: {detail}. Please open it, save it under a new name, and attach that copy."
    )]
    Damaged { detail: String },
    #[error(
        "The document is too large to be read: {detail}. If you trust its sender, print it to a new PDF or split it, and attach that; else do not open it."
    )]
    TooLarge { detail: String },
    #[error("Reading the document took longer than is allowed and was stopped. Please print it to a new PDF, and attach that.")]
    TimedOut,
    /// The child process that reads the document ended without a response.
    #[error(
        "The document could not be read: it made the reader fail or needs more memory than is allowed. Please print it to a new PDF, and attach that."
    )]
    Crashed,
    /// The system could not start the child process, or stopped it.
    #[error(
        "The document could not be read because the server had no room for its reader. Please try again later; if it fails again, contact your administrator."
    )]
    Interrupted,
}

impl ExtractError {
    /// Returns the name of the error in the API.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    pub(crate) fn damaged(detail: &str) -> Self {
        Self::Damaged { detail: detail.to_owned() }
    }

    pub(crate) fn too_large(detail: &str) -> Self {
        Self::TooLarge { detail: detail.to_owned() }
    }

    pub(crate) fn not_supported(found: &str) -> Self {
        Self::NotSupported { found: found.to_owned() }
    }
}
