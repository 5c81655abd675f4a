//! Document versions: upload and download.

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
        ids::{ContractId, OrganizationId, VersionId},
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    files::{Stored, WriteError},
    hub::{Hub, Result},
    random::new_id,
    services::{
        Actor,
        account::quotas,
        auth::idempotency::{Begun, Submission},
        contracts, validation,
    },
};
use bytes::Bytes;
use futures::stream::BoxStream;

const MAX_TITLE_CHARACTERS: usize = 255;

/// A document that a person uploads.
pub struct Upload {
    /// The contract's title.
    pub title: String,
    /// The file's name.
    pub file_name: String,
    /// Its bytes as they arrive.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// What is known of an uploaded file beside its bytes.
struct NewFile<'a> {
    name: String,
    /// The type that the name says.
    claimed: FileType,
    id: &'a VersionId,
}

/// A stored document.
pub struct VersionFile {
    /// Its name, safe to save.
    pub file_name: String,
    /// Its media type, by its bytes.
    pub content_type: String,
    /// Its length.
    pub size_bytes: i64,
    /// Its bytes.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Hub {
    /// Makes a contract from an uploaded document, and queues its analysis.
    ///
    /// # Errors
    /// The actor is only a viewer, the title cannot be used, the file is empty, too large, of a type that is not accepted, or breaks off, or a
    /// quota is used up.
    pub async fn upload_contract(&self, submission: impl Into<Submission<'_>> + Send, upload: Upload) -> Result<Contract> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Member)?;
        let title = validation::line(&upload.title, MAX_TITLE_CHARACTERS, Invalid::Title)?;
        let file_name = file_name::safe(&upload.file_name);
        // Before any byte is stored. Plain text has no bytes to tell it by, so a name must say what it is.
        let claimed = FileType::of_name(&file_name).and_then(|claimed| claimed.ok_or(FileRejection::NoExtension));
        let claimed = claimed.map_err(Problem::UnsupportedFile)?;
        let id: VersionId = new_id();
        let max_bytes = self.largest_upload(submission).await?;
        let place = (&actor.organization_id, &id);
        let stored = self.files.write(place, upload.bytes, max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge if max_bytes < self.config().max_file_bytes => quotas::exceeded(Quota::StorageBytes).into(),
            WriteError::TooLarge => Invalid::FileTooLarge.into(),
            WriteError::NoRoom => quotas::storage_full().into(),
            WriteError::Source(_) => Invalid::FileMissing.into(),
            WriteError::Store(error) => crate::hub::Error::from(error),
        })?;
        let file = NewFile { name: file_name, claimed, id: &id };
        let contract = self.store_upload(submission, title, file, stored).await;
        // A commit whose answer was lost may stand: then the file stays, and the daily sweep removes it if nothing came of it.
        if contract.as_ref().is_err_and(|error| !matches!(error, crate::hub::Error::Database(_))) {
            self.files.delete(&actor.organization_id, &id).await?;
        }
        self.notifier.notify();
        contract
    }

    /// The largest file that the actor may upload now. A form that arrives twice may have taken the last place itself, and is looked at
    /// in the transaction.
    async fn largest_upload(&self, submission: Submission<'_>) -> Result<u64> {
        let actor = submission.actor;
        let mut tx = self.db.acquire().await?;
        if submission.form_post.is_none() {
            self.check_places(&mut tx, &actor.organization_id, &[Quota::UploadsPerHour, Quota::Contracts]).await?;
        }
        self.room_for_file(&mut tx, &actor.organization_id).await
    }

    async fn store_upload(
        &self,
        submission: Submission<'_>,
        title: String,
        file: NewFile<'_>,
        stored: Stored,
    ) -> Result<Contract> {
        let actor = submission.actor;
        let NewFile { name: file_name, claimed, id } = file;
        if stored.size_bytes == 0 {
            return Err(Invalid::FileEmpty.into());
        }
        let file_type = self.identify((&actor.organization_id, id), &stored, Some(claimed)).await?;
        // The same form with another title or file is another post.
        let form_post = submission.form_post.map(|post| post.and(title.as_bytes()).and(stored.sha256.as_bytes()));
        let submission = Submission { form_post: form_post.as_ref(), ..submission };
        let now = self.clock().now();
        let row = uploaded_contract(&actor.organization_id, title, now);
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
        let mut tx = match self.begin_idempotent(submission, Role::Member).await? {
            Begun::First(tx) => tx,
            Begun::Again(contract) => {
                // The contract has the file of the first time.
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
        db::audit::activity::insert(&mut tx, self.line(actor, ActivityKind::VersionStored, summary).contract(&row.id)).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        self.commit_idempotent(tx, submission, &contract).await?;
        Ok(contract)
    }

    /// The folder where documents are kept, when it is not a bucket: there is disk space for what arrives in an unusual order.
    pub fn document_folder(&self) -> Option<&std::path::Path> {
        self.files.folder()
    }

    /// The bytes of a version, for an actor who downloads it.
    ///
    /// # Errors
    /// There is no such version, or its virus scan withholds it.
    pub async fn version_file(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<VersionFile> {
        let mut tx = self.db.read().await?;
        let contract = contracts::find(&mut tx, actor, id).await?;
        let row = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        drop(tx);
        row.check_released()?;
        let bytes = self.files.read(&actor.organization_id, &row.id).await?;
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        let summary = format!("{} downloaded version {number} of “{}”", actor.name, contract.title);
        db::audit::activity::insert(&mut tx, self.line(actor, ActivityKind::Downloaded, summary).contract(id)).await?;
        tx.commit().await?;
        Ok(VersionFile {
            file_name: file_name::safe(&row.file_name),
            content_type: row.content_type,
            size_bytes: row.size_bytes,
            bytes,
        })
    }
}

/// A contract that no deal is linked to.
fn uploaded_contract(organization: &OrganizationId, title: String, now: Timestamp) -> table::ContractRow {
    table::ContractRow {
        id: new_id(),
        organization_id: organization.clone(),
        title,
        negotiation_status: NegotiationStatus::Draft,
        created_at: now,
        updated_at: now,
    }
}
