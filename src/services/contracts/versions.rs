//! Upload and download of document versions.

use crate::db::contracts::search_keys::SearchKeys;
use crate::db::contracts::{self as table, versions};
use crate::db::{self};
use crate::domain::account::quota::Quota;
use crate::domain::account::users::Role;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::contract::{Contract, NegotiationStatus, ScanStatus};
use crate::domain::file::file_name;
use crate::domain::file::file_type::{FileRejection, FileType};
use crate::domain::ids::{ContractId, OrganizationId, VersionId};
use crate::domain::problem::{Invalid, Problem};
use crate::domain::time::Timestamp;
use crate::files::{Stored, WriteError};
use crate::hub::{Error, Hub, Result};
use crate::random::new_id;
use crate::services::account::quota_rejection::{exceeded, storage_full};
use crate::services::auth::idempotency::Idempotent;
use crate::services::{Actor, contracts, validation};
use bytes::Bytes;
use futures::stream::BoxStream;

pub(super) const MAX_TITLE_CHARACTERS: usize = 255;

pub struct Upload {
    pub title: String,
    pub file_name: String,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// An uploaded file in the storage that is not a version yet.
pub(super) struct ReceivedFile {
    pub(super) id: VersionId,
    pub(super) file_name: String,
    /// The type that the file name indicates.
    claimed: FileType,
    pub(super) stored: Stored,
}

pub struct VersionFile {
    /// Safe as the name of a local file.
    pub file_name: String,
    /// Media type that was detected from the content.
    pub content_type: String,
    pub size_bytes: i64,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Hub {
    /// Creates a contract and queues the scan or analysis of its document.
    pub async fn upload_contract(&self, actor: &Actor, upload: Upload) -> Result<Contract> {
        actor.require(Role::Member)?;
        let title = validation::line(&upload.title, MAX_TITLE_CHARACTERS, Invalid::Title)?;
        let quotas = [Quota::UploadsPerHour, Quota::Contracts];
        let file = self.receive_file(actor, &upload.file_name, upload.bytes, &quotas).await?;
        // Adds the title and the file to the idempotency key, so that a form with a different title or file is a new submission.
        let key = actor.idempotency_key.as_ref().map(|key| key.and(title.as_bytes()).and(file.stored.sha256.as_bytes()));
        let actor = &Actor { idempotency_key: key, ..actor.clone() };
        let contract = self.store_upload(actor, title, &file).await;
        self.discard_after_error(actor, &file, &contract).await?;
        self.notifier.notify();
        contract
    }

    /// Streams an uploaded file to the storage. Fails early if one of the quotas has no room for one more item.
    pub(super) async fn receive_file(
        &self,
        actor: &Actor,
        file_name: &str,
        bytes: BoxStream<'static, std::io::Result<Bytes>>,
        quotas: &[Quota],
    ) -> Result<ReceivedFile> {
        let file_name = file_name::safe(file_name);
        // Plain text cannot be detected from the content, so the name must have an extension.
        let claimed = FileType::of_name(&file_name).and_then(|claimed| claimed.ok_or(FileRejection::NoExtension));
        let claimed = claimed.map_err(Problem::UnsupportedFile)?;
        let id: VersionId = new_id();
        let max_bytes = self.max_upload_bytes(actor, quotas).await?;
        let place = (&actor.organization_id, &id);
        let stored = self.files.write(place, bytes, max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge if max_bytes < self.config().max_file_bytes => exceeded(Quota::StorageBytes).into(),
            WriteError::TooLarge => Invalid::FileTooLarge.into(),
            WriteError::NoRoom => storage_full().into(),
            WriteError::Source(_) => Invalid::FileMissing.into(),
            WriteError::Store(error) => Error::from(error),
        })?;
        Ok(ReceivedFile { id, file_name, claimed, stored })
    }

    /// Deletes the file if no version refers to it. Keeps the file after a database error, because the commit may have succeeded.
    /// Housekeeping removes unused files.
    pub(super) async fn discard_after_error<T>(&self, actor: &Actor, file: &ReceivedFile, outcome: &Result<T>) -> Result<()> {
        if outcome.as_ref().is_err_and(|error| !matches!(error, Error::Database(_))) {
            self.files.delete(&actor.organization_id, &file.id).await?;
        }
        Ok(())
    }

    /// Returns the maximum size of an upload. For a request with an idempotency key, skips the quotas for counts, because the
    /// request can repeat a submission that has used up the quota. The transaction checks these quotas later.
    async fn max_upload_bytes(&self, actor: &Actor, quotas: &[Quota]) -> Result<u64> {
        let mut tx = self.db.acquire().await?;
        if actor.idempotency_key.is_none() {
            self.check_places(&mut tx, &actor.organization_id, quotas).await?;
        }
        self.room_for_file(&mut tx, &actor.organization_id).await
    }

    /// Returns the type of a received file. Fails if it is empty or of another type than its name indicates.
    pub(super) async fn type_of_upload(&self, actor: &Actor, file: &ReceivedFile) -> Result<FileType> {
        if file.stored.size_bytes == 0 {
            return Err(Invalid::FileEmpty.into());
        }
        self.identify((&actor.organization_id, &file.id), &file.stored, Some(file.claimed)).await
    }

    async fn store_upload(&self, actor: &Actor, title: String, file: &ReceivedFile) -> Result<Contract> {
        let file_type = self.type_of_upload(actor, file).await?;
        let now = self.clock().now();
        let row = table::ContractRow {
            id: new_id(),
            organization_id: actor.organization_id.clone(),
            title,
            negotiation_status: NegotiationStatus::Draft,
            has_newer_version: false,
            created_at: now,
            updated_at: now,
        };
        let at = (&actor.organization_id, &file.id);
        let version = self.version_row(at, &row.id, file.file_name.clone(), file_type, file.stored.clone(), now);
        let mut tx = match self.begin_idempotent(actor, Role::Member).await? {
            Idempotent::First(tx) => tx,
            Idempotent::Replay(contract) => {
                // Deletes this file, because the stored contract has the file of the first submission.
                self.files.delete(&actor.organization_id, &file.id).await?;
                return Ok(contract);
            }
        };
        table::insert(&mut tx, &row, &SearchKeys::new(&row.title, None, None)).await?;
        versions::insert(&mut tx, &version).await?;
        let quotas = [Quota::UploadsPerHour, Quota::Contracts, Quota::StorageBytes];
        self.check_quotas(&mut tx, &actor.organization_id, &quotas).await?;
        self.queue_checks(&mut tx, &version).await?;
        let summary = format!("{} uploaded “{}” as version 1", actor.name, version.file_name);
        db::audit::activity::insert(&mut tx, self.activity(actor, ActivityKind::VersionStored, summary).contract(&row.id))
            .await?;
        let id = row.id.clone();
        let contract = contracts::whole(&mut tx, row).await?;
        self.commit_idempotent_contract(tx, actor, &contract, &id).await?;
        Ok(contract)
    }

    /// Builds the row of version 1 of an uploaded document. The caller sets `number`, `source` and `remote_id` where they differ.
    pub(crate) fn version_row(
        &self,
        (organization, id): (&OrganizationId, &VersionId),
        contract: &ContractId,
        file_name: String,
        file_type: FileType,
        stored: Stored,
        now: Timestamp,
    ) -> versions::VersionRow {
        versions::VersionRow {
            id: id.clone(),
            organization_id: organization.clone(),
            contract_id: contract.clone(),
            number: 1,
            file_name,
            content_type: file_type.content_type().to_owned(),
            size_bytes: stored.size_bytes,
            sha256: stored.sha256,
            md5: Some(stored.md5),
            source: versions::UPLOAD.to_owned(),
            remote_id: None,
            created_at: now,
            scan_status: if self.clamd.is_some() { ScanStatus::Pending } else { ScanStatus::NotScanned },
            scan_name: None,
        }
    }

    /// Returns the folder of the file storage, which also holds temporary files; `None` if a bucket stores the files.
    pub fn document_folder(&self) -> Option<&std::path::Path> {
        self.files.folder()
    }

    /// Returns the file of a version, and records the download in the audit log. Fails with [`Problem::FileWithheld`] if the
    /// virus scan is not finished or found malware.
    pub async fn version_file(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<VersionFile> {
        let mut tx = self.db.read().await?;
        let contract = contracts::find(&mut tx, actor, id).await?;
        let row = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        drop(tx);
        row.check_released()?;
        let bytes = match self.files.read(&actor.organization_id, &row.id).await {
            Ok(bytes) => bytes,
            // The file is missing because the contract was erased after its row was read.
            Err(object_store::Error::NotFound { .. }) if self.is_erased_version(&row).await? => {
                return Err(Problem::NotFound.into());
            }
            Err(error) => return Err(error.into()),
        };
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        // Prevents an erasure until the commit.
        table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let summary = format!("{} downloaded version {number} of “{}”", actor.name, contract.title);
        db::audit::activity::insert(&mut tx, self.activity(actor, ActivityKind::Downloaded, summary).contract(id)).await?;
        tx.commit().await?;
        Ok(VersionFile {
            file_name: file_name::safe(&row.file_name),
            content_type: row.content_type,
            size_bytes: row.size_bytes,
            bytes,
        })
    }

    async fn is_erased_version(&self, row: &versions::VersionRow) -> Result<bool> {
        Ok(versions::find(&mut self.db.acquire().await?, &row.organization_id, &row.id).await?.is_none())
    }
}
