//! Upload and download of document versions.

use crate::{
    db::{
        self,
        contracts::{self as table, search_keys::SearchKeys, versions},
    },
    domain::{
        account::{quota::Quota, users::Role},
        contract::{Contract, NegotiationStatus, timeline::ActivityKind},
        file::{
            file_name,
            file_type::{FileRejection, FileType},
        },
        ids::{ContractId, VersionId},
        problem::{Invalid, Problem},
    },
    files::{Stored, WriteError},
    hub::{Error, Hub, Result},
    random::new_id,
    services::{Actor, account::quotas, auth::idempotency::Idempotent, contracts, validation},
};
use bytes::Bytes;
use futures::stream::BoxStream;

const MAX_TITLE_CHARACTERS: usize = 255;

pub struct Upload {
    pub title: String,
    pub file_name: String,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

pub struct VersionFile {
    /// A name that is safe to use for a local file.
    pub file_name: String,
    /// The content type that was detected from the content.
    pub content_type: String,
    pub size_bytes: i64,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Hub {
    /// Creates a contract from an uploaded document, and queues the scan or analysis of the document.
    pub async fn upload_contract(&self, actor: &Actor, upload: Upload) -> Result<Contract> {
        actor.require(Role::Member)?;
        let title = validation::line(&upload.title, MAX_TITLE_CHARACTERS, Invalid::Title)?;
        let file_name = file_name::safe(&upload.file_name);
        // The name must have an extension, because plain text cannot be detected from the content. This is checked before any
        // byte is stored.
        let claimed = FileType::of_name(&file_name).and_then(|claimed| claimed.ok_or(FileRejection::NoExtension));
        let claimed = claimed.map_err(Problem::UnsupportedFile)?;
        let id: VersionId = new_id();
        let max_bytes = self.max_upload_bytes(actor).await?;
        let place = (&actor.organization_id, &id);
        let stored = self.files.write(place, upload.bytes, max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge if max_bytes < self.config().max_file_bytes => quotas::exceeded(Quota::StorageBytes).into(),
            WriteError::TooLarge => Invalid::FileTooLarge.into(),
            WriteError::NoRoom => quotas::storage_full().into(),
            WriteError::Source(_) => Invalid::FileMissing.into(),
            WriteError::Store(error) => Error::from(error),
        })?;
        // If the same form is submitted with another title or file, it counts as another submission.
        let key = actor.idempotency_key.as_ref().map(|key| key.and(title.as_bytes()).and(stored.sha256.as_bytes()));
        let actor = &Actor { idempotency_key: key, ..actor.clone() };
        let contract = self.store_upload(actor, title, &id, file_name, claimed, stored).await;
        // After a database error, the commit may have succeeded. The file then stays, and housekeeping removes it later if no
        // version refers to it.
        if contract.as_ref().is_err_and(|error| !matches!(error, Error::Database(_))) {
            self.files.delete(&actor.organization_id, &id).await?;
        }
        self.notifier.notify();
        contract
    }

    /// Returns the maximum size of an upload at this time. If there is an idempotency key, the quotas for counts are checked only
    /// in the transaction: this may be a repeated submission, and the first one may have used up the quota.
    async fn max_upload_bytes(&self, actor: &Actor) -> Result<u64> {
        let mut tx = self.db.acquire().await?;
        if actor.idempotency_key.is_none() {
            self.check_places(&mut tx, &actor.organization_id, &[Quota::UploadsPerHour, Quota::Contracts]).await?;
        }
        self.room_for_file(&mut tx, &actor.organization_id).await
    }

    async fn store_upload(
        &self,
        actor: &Actor,
        title: String,
        id: &VersionId,
        file_name: String,
        claimed: FileType,
        stored: Stored,
    ) -> Result<Contract> {
        if stored.size_bytes == 0 {
            return Err(Invalid::FileEmpty.into());
        }
        let file_type = self.identify((&actor.organization_id, id), &stored, Some(claimed)).await?;
        let now = self.clock().now();
        let row = table::ContractRow {
            id: new_id(),
            organization_id: actor.organization_id.clone(),
            title,
            negotiation_status: NegotiationStatus::Draft,
            created_at: now,
            updated_at: now,
        };
        let version = versions::VersionRow {
            id: id.clone(),
            organization_id: actor.organization_id.clone(),
            contract_id: row.id.clone(),
            number: 1,
            file_name,
            content_type: file_type.content_type().to_owned(),
            size_bytes: stored.size_bytes,
            sha256: stored.sha256,
            md5: Some(stored.md5),
            source: versions::UPLOAD.to_owned(),
            remote_id: None,
            created_at: now,
            scan_status: self.scan_status_of_new_versions(),
            scan_name: None,
        };
        let mut tx = match self.begin_idempotent(actor, Role::Member).await? {
            Idempotent::First(tx) => tx,
            Idempotent::Replay(contract) => {
                // The contract already has the file of the first submission, so this copy is deleted.
                self.files.delete(&actor.organization_id, id).await?;
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
        let contract = contracts::whole(&mut tx, row).await?;
        self.commit_idempotent(tx, actor, &contract).await?;
        Ok(contract)
    }

    /// Returns the folder of the file storage, which is also used for temporary files because its disk has space; `None` if files
    /// are stored in a bucket.
    pub fn document_folder(&self) -> Option<&std::path::Path> {
        self.files.folder()
    }

    /// Downloads a version, and records the download in the audit log. Fails while the file is withheld because of the virus
    /// scan.
    pub async fn version_file(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<VersionFile> {
        let mut tx = self.db.read().await?;
        let contract = contracts::find(&mut tx, actor, id).await?;
        let row = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        drop(tx);
        row.check_released()?;
        let bytes = self.files.read(&actor.organization_id, &row.id).await?;
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
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
}
