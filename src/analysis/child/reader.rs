//! Which program reads documents, and within which bounds.

use std::path::PathBuf;

use tokio::io::AsyncRead;

use super::{Limits, Sandbox, SandboxCheckError, extract_in_child, parent};
use crate::analysis::text::{Document, ExtractError};

/// The program that is started for each document.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    limits: Limits,
}

impl Reader {
    /// A program that calls [`super::run_extract`] when its first argument is `extract`.
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits }
    }

    /// The program that runs.
    ///
    /// # Errors
    /// The system does not tell where it is.
    pub fn this_program() -> std::io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, Limits::default()))
    }

    /// Reads the text of a document.
    pub async fn extract(&self, document: impl AsyncRead + Send + Unpin, file_name: &str) -> Result<Document, ExtractError> {
        extract_in_child(&self.program, document, file_name, self.limits).await
    }

    /// Which layers of isolation the program gets for a document. The program answers `check-sandbox` with
    /// [`super::run_sandbox_check`].
    ///
    /// # Errors
    /// The program gets less than the system supports, or does not answer.
    pub async fn check_sandbox(&self) -> Result<Sandbox, SandboxCheckError> {
        parent::check_sandbox(&self.program).await
    }
}
