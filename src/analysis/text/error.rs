//! Why a document could not be read, in sentences that are shown to people.

use serde::{Deserialize, Serialize};

/// The reason why no text came out of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ExtractError {
    /// Another kind of file than PDF, DOCX or TXT.
    #[error("This file is {found}. Only PDF, DOCX and TXT files are analysed: save it as DOCX or PDF, and upload that copy.")]
    NotSupported {
        /// What the file is, with its article: "an image (PNG)".
        found: String,
    },
    /// A password is needed.
    #[error("The document is protected by a password. Please attach a copy without one.")]
    Encrypted,
    /// Pictures of pages, no text.
    #[error(
        "This is a scanned PDF: it holds pictures of {pages} page(s) and no text. Please attach the document it was printed from, or run text recognition (OCR) on it."
    )]
    Scanned {
        /// How many pages the document has.
        pages: u32,
    },
    /// A well-formed document that says nothing.
    #[error("The document holds no text. Please check whether it is the right one, and attach the contract.")]
    Empty,
    /// A Word document whose text is in an imported part (`altChunk`).
    #[error(
        "The text of this document is in an imported part that cannot be read here. Please open it in Word, save it again, and attach that copy."
    )]
    ImportedPart,
    /// A PDF whose pages are not in the file.
    #[error(
        "This PDF is a dynamic form (XFA): its pages are made when it is opened in Adobe Reader, and are not in the file. Please open it there, print it to PDF, and attach that."
    )]
    DynamicForm,
    /// Not a whole document of its kind.
    #[error(
        "The document is damaged and cannot be read: {detail}. Please open it, save it under a new name, and attach that copy."
    )]
    Damaged {
        /// What is wrong with it, as part of a sentence.
        detail: String,
    },
    /// More pages, parts or text than a contract has.
    #[error(
        "The document is too large to be read: {detail}. If you trust its sender, print it to a new PDF or split it, and attach that; else do not open it."
    )]
    TooLarge {
        /// Which limit was reached, as part of a sentence.
        detail: String,
    },
    /// The reader did not finish within its time.
    #[error("Reading the document took longer than is allowed and was stopped. Please print it to a new PDF, and attach that.")]
    TimedOut,
    /// The document made the reader end without an answer.
    #[error(
        "The document could not be read: it made the reader fail or needs more memory than is allowed. Please print it to a new PDF, and attach that."
    )]
    Crashed,
    /// The system could not start the reader, or stopped it.
    #[error(
        "The document could not be read because the server had no room for its reader. Please try again later; if it fails again, contact your administrator."
    )]
    Interrupted,
}

impl ExtractError {
    /// The stable word of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSupported { .. } | Self::ImportedPart | Self::DynamicForm => "not_supported",
            Self::Encrypted => "encrypted",
            Self::Scanned { .. } => "scanned",
            Self::Empty => "empty",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::TimedOut => "timed_out",
            Self::Crashed => "crashed",
            Self::Interrupted => "interrupted",
        }
    }

    pub(super) fn damaged(detail: &str) -> Self {
        Self::Damaged { detail: detail.to_owned() }
    }

    pub(super) fn too_large(detail: &str) -> Self {
        Self::TooLarge { detail: detail.to_owned() }
    }

    pub(super) fn not_supported(found: &str) -> Self {
        Self::NotSupported { found: found.to_owned() }
    }
}
