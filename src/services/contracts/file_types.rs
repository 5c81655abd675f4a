//! Which stored files become versions, by what they contain.

use crate::{
    analysis::file_type::identify,
    domain::{
        file::file_type::{FileRejection, FileType},
        ids::{OrganizationId, VersionId},
        problem::Problem,
    },
    files::Stored,
    hub::{Error, Hub, Result},
};
use tokio::runtime::Handle;

impl Hub {
    /// The type of a stored file. `claimed` is the type that its name says; without it the bytes alone decide.
    ///
    /// # Errors
    /// [`Problem::UnsupportedFile`] for a file that is not accepted.
    pub(crate) async fn identify(
        &self,
        at: (&OrganizationId, &VersionId),
        stored: &Stored,
        claimed: Option<FileType>,
    ) -> Result<FileType> {
        let mut reader = self.files.blocking_reader(at, stored.size_bytes, Handle::current());
        let identified = tokio::task::spawn_blocking(move || identify(&mut reader, claimed)).await;
        let identified = identified.map_err(|_| Problem::Internal)?;
        identified.map_err(storage)?.map_err(|rejection| Problem::UnsupportedFile(rejection).into())
    }
}

/// The reason, when a file was rejected.
pub(crate) fn rejection(error: &Error) -> Option<FileRejection> {
    match error {
        Error::Problem(Problem::UnsupportedFile(rejection)) => Some(*rejection),
        _ => None,
    }
}

fn storage(error: std::io::Error) -> Error {
    object_store::Error::Generic { store: "documents", source: error.into() }.into()
}
