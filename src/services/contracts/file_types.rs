//! Detects the type of stored files and rejects unsupported ones.

use crate::domain::file::file_type::{FileRejection, FileType};
use crate::domain::ids::{OrganizationId, VersionId};
use crate::domain::problem::Problem;
use crate::files::Stored;
use crate::hub::{Error, Hub, Result};
use analysis::file_type::identify;

impl Hub {
    /// Returns the type of a stored file. Fails with [`Problem::UnsupportedFile`] if the type is not supported. `claimed` is the
    /// type that the file name indicates; if it is `None`, the type depends only on the content.
    pub(crate) async fn identify(
        &self,
        at: (&OrganizationId, &VersionId),
        stored: &Stored,
        claimed: Option<FileType>,
    ) -> Result<FileType> {
        let open = self.files.blocking_opener(at, stored.size_bytes);
        let identified = tokio::task::spawn_blocking(move || identify(&mut open()?, claimed)).await;
        let identified = identified.map_err(|_| Problem::Internal)?;
        let storage = |error: std::io::Error| object_store::Error::Generic { store: "documents", source: error.into() };
        identified.map_err(storage)?.map_err(|rejection| Problem::UnsupportedFile(rejection).into())
    }
}

pub(crate) fn rejection(error: &Error) -> Option<FileRejection> {
    match error {
        Error::Problem(Problem::UnsupportedFile(rejection)) => Some(*rejection),
        _ => None,
    }
}
