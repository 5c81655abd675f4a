//! Copies the file of a deal to the storage, and checks the copy.

use super::{Copied, NewFile, Read, Reading, chosen_file};
use crate::connectors::{self, Deals, Fault, RemoteFile};
use crate::db::connections::ConnectionRow;
use crate::domain::account::quota::Quota;
use crate::domain::delivery_steps::StepKind;
use crate::domain::file::choice::rejection_reason;
use crate::domain::file::file_name;
use crate::domain::file::file_type::FileType;
use crate::domain::ids::{OrganizationId, VersionId};
use crate::domain::problem::Problem;
use crate::files::{self, WriteError};
use crate::hub::{Error, Hub, Result};
use crate::jobs::JobResult;
use crate::random::new_id;
use crate::services::account::quota_rejection::{exceeded, storage_full};
use crate::services::connections::session::Caller;
use crate::services::contracts::file_types::rejection;
use crate::services::deliveries::same_file::{self, Imported};
use futures::StreamExt;

/// Maximum number of files that are downloaded until the content of one file is accepted.
const MAX_DOWNLOADS: usize = 5;
const NOT_DOWNLOADED: &str = "It was not downloaded, because the five newest files were not accepted.";

impl Hub {
    /// Copies the newest file whose content is accepted. Fails permanently if a user has chosen a file that is not accepted.
    pub(super) async fn copy_newest_accepted(
        &self,
        connection: &ConnectionRow,
        deals: &'static dyn Deals,
        imported: Imported,
        read: &mut Read,
        reading: Reading<'_>,
    ) -> JobResult<Copied> {
        let (steps, mut downloads) = (reading.steps, 0);
        loop {
            while read.choice.chosen.is_none() && read.next_tier < deals.file_tiers() {
                let (id, tier) = (&read.deal.id, read.next_tier);
                let call = move |call| async move { deals.files(&call, id, tier).await };
                let files = self.with_session(Caller::Schedule, connection, call).await?;
                read.choose_among(files, self.config().max_file_bytes, reading);
            }
            let Some(file) = read.file().cloned() else {
                if read.has_own_file && !read.is_user_choice {
                    return Ok(Copied::Unchanged);
                }
                steps.record(StepKind::NoFile, read.why_not_others());
                return if read.is_user_choice { Err(chosen_file::rejected(read)) } else { Ok(Copied::NoFile) };
            };
            steps.record(StepKind::FileChosen, format!("“{}”, {}", file.name, read.description()));
            if imported.has_revision(&file) {
                return Ok(Copied::Unchanged);
            }
            if downloads == MAX_DOWNLOADS {
                read.choice.reject_all(NOT_DOWNLOADED);
                steps.record(StepKind::NoFile, read.why_not_others());
                return Ok(Copied::NoFile);
            }
            downloads += 1;
            let version: VersionId = new_id();
            let copy = self.copy(connection, deals, &file, &version).await?;
            steps.record(StepKind::Downloaded, format!("{} bytes", copy.size_bytes));
            match self.check_copy((&connection.organization_id, &version), &file, &copy).await {
                Ok(file_type) => {
                    let previous = imported.latest.map(|latest| latest.id);
                    return Ok(Copied::New(Box::new(NewFile { version, file, file_type, copy, previous })));
                }
                Err(error) => {
                    self.files.delete(&connection.organization_id, &version).await?;
                    let Some(reason) = rejection(&error).map(rejection_reason) else { return Err(error.into()) };
                    steps.record(StepKind::FileRejected, format!("“{}”: {reason}", file.name));
                    read.choice.reject(&reason);
                }
            }
        }
    }

    /// Returns the type of a copied file. Fails if the length or checksum differs from the provider's announcement, or if the
    /// type is not supported.
    async fn check_copy(&self, at: (&OrganizationId, &VersionId), file: &RemoteFile, copy: &files::Stored) -> Result<FileType> {
        if let Some(wrong) = mismatch(file, copy) {
            return Err(wrong.into());
        }
        let claimed = FileType::of_name(&file_name::safe(&file.name)).map_err(Problem::UnsupportedFile)?;
        self.identify(at, copy, claimed).await
    }

    async fn copy(
        &self,
        connection: &ConnectionRow,
        deals: &'static dyn Deals,
        file: &RemoteFile,
        version: &VersionId,
    ) -> JobResult<files::Stored> {
        let organization = &connection.organization_id;
        let max_bytes = self.room_for_file(&mut self.db.acquire().await?, organization).await?;
        if u64::try_from(file.size_bytes).is_ok_and(|size| size > max_bytes) {
            return Err(Error::from(exceeded(Quota::StorageBytes)).into());
        }
        let bytes =
            self.with_session(Caller::Schedule, connection, move |call| async move { deals.open(&call, file).await }).await?;
        self.files.write((organization, version), bytes.boxed(), max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge => connectors::Error::fault(Fault::TooLong, "download the file: more bytes than may be")
                .with_message("The provider sent more bytes than it announced for the file. We retry automatically.")
                .into(),
            WriteError::NoRoom => Error::from(storage_full()).into(),
            WriteError::Source(error) => error.into(),
            WriteError::Store(error) => error.into(),
        })
    }
}

/// Compares a copy with the length and checksum that the provider announced. A chunked response has no length, so only this check
/// detects a truncated file.
fn mismatch(file: &RemoteFile, copy: &files::Stored) -> Option<connectors::Error> {
    let (arrived, expected) = (copy.size_bytes, file.size_bytes);
    let (fault, message) = if arrived != expected {
        let message =
            format!("{arrived} bytes of the file arrived, but the provider announced {expected}. We retry automatically.");
        (Fault::WrongLength, message)
    } else if same_file::has_checksum(file, Some(&copy.md5), &copy.sha256) == Some(false) {
        let message =
            "The checksum of the file that arrived differs from the one that the provider announced. We retry automatically.";
        (Fault::WrongChecksum, message.to_owned())
    } else {
        return None;
    };
    Some(connectors::Error::fault(fault, "download the file").with_message(message))
}
