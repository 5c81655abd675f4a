//! From a delivery to a contract: read the deal, choose the newest file, copy it, store everything in one transaction.

mod store;

use super::same_file;
use crate::{
    connectors::{self, Deals, Fault, FileState, RemoteFile},
    db::{
        self, Tx,
        audit::activity::NewActivity,
        connections,
        contracts::{contract_links, versions},
        deliveries,
        jobs::JobRow,
    },
    domain::{
        account::quota::Quota,
        connection::{deal::Deal, record::RecordId},
        contract::timeline::ActivityKind,
        delivery::DeliveryStatus,
        file::{
            choice::{Candidate, Choice, choose},
            file_name,
            file_type::FileType,
            rule::FileRule,
        },
        ids::{DeliveryId, OrganizationId, VersionId},
        problem::Problem,
    },
    fail_points::{Step, reach},
    files::{Stored, WriteError},
    hub::{Error, Hub, Result},
    jobs::{Decision, JobError, JobOutcome},
    random::new_id,
    services::{account::quotas, connections::session::Caller, contracts::file_types::rejection},
};
use futures::StreamExt;
use serde_json::json;

/// How many files of a deal are downloaded at most until one is accepted.
const MAX_DOWNLOADS: usize = 5;
const NOT_LOOKED_AT: &str = "It was not downloaded, because the five newest files are not accepted.";

/// What the database says about a delivery.
struct Known {
    delivery: deliveries::DeliveryRow,
    connection: connections::ConnectionRow,
    /// The latest version of the deal's contract.
    latest: Option<versions::VersionRow>,
}

/// What the provider says about a deal and its files.
pub(crate) struct Read {
    pub(crate) deal: Deal,
    pub(crate) choice: Choice,
    /// The files that the choice was made among, with what is needed to download them.
    files: Vec<RemoteFile>,
    /// The tier of files that is looked at next, when nothing usable is left.
    next_tier: u8,
    /// The rule that the choice obeyed.
    pub(crate) rule: FileRule,
}

impl Read {
    /// The chosen file.
    pub(crate) fn file(&self) -> Option<&RemoteFile> {
        let chosen = self.choice.chosen.as_ref()?;
        self.files.iter().find(|file| file.id == chosen.id)
    }

    fn choose_among(&mut self, files: Vec<RemoteFile>, max_bytes: u64) {
        self.choice.extend(choose(files.iter().map(candidate).collect(), &self.rule, max_bytes));
        self.files.extend(files);
        self.next_tier += 1;
    }
}

/// What became of the chosen file.
pub(crate) enum Copied {
    /// There is none.
    NoFile,
    /// The contract has it already.
    Unchanged,
    /// It was copied, and belongs to a version to be.
    New {
        version: VersionId,
        file: Box<RemoteFile>,
        file_type: FileType,
        stored: Box<Stored>,
        /// The contract's latest version before the provider was asked.
        seen: Option<VersionId>,
    },
}

impl Hub {
    /// The job: makes a delivery into a contract. Reads the current state, so it can run twice, late, or after a newer one.
    pub(crate) async fn ingest(&self, job: &JobRow, id: &DeliveryId) -> std::result::Result<(), JobError> {
        let Some(Known { delivery, connection, latest }) = self.what_is_known(job, id).await? else {
            return self.complete(job).await;
        };
        let deals = self.usable(&connection)?;
        let mut read = self.read_deal(job.into(), &connection, deals, &delivery.record_id).await?;
        reach(Step::IngestRead);
        let copied = self.copy_newest_accepted(&connection, deals, latest, &mut read).await?;
        reach(Step::IngestCopied);
        let copy = match &copied {
            Copied::New { version, .. } => Some(version.clone()),
            Copied::NoFile | Copied::Unchanged => None,
        };
        let result = self.store_contract(job, &delivery, &connection, read, copied).await;
        if let (Some(version), true) = (copy, is_unused(&result)) {
            self.files.delete(&job.organization_id, &version).await?;
        }
        self.notifier.notify_analyses();
        result.map(drop)
    }

    /// Notes, with the claim, that work has begun and before anything is read: a call that comes later makes a delivery of its own.
    pub(crate) async fn record_ingest_start(&self, tx: &mut Tx, job: &JobRow, id: &DeliveryId) -> Result<()> {
        Ok(deliveries::begin(tx, &job.organization_id, id, job.attempts).await?)
    }

    /// What the database says before the provider is asked. `None` when the connection was removed, and its deliveries with it.
    async fn what_is_known(&self, job: &JobRow, id: &DeliveryId) -> std::result::Result<Option<Known>, JobError> {
        let organization = &job.organization_id;
        let mut tx = self.db.acquire().await?;
        let Some(delivery) = deliveries::find(&mut tx, organization, id).await? else { return Ok(None) };
        let connection = connections::find(&mut tx, organization, &delivery.connection_id).await?;
        let Some(connection) = connection else { return Ok(None) };
        self.not_paused(job.into(), &connection)?;
        let source = contract_links::find_source(&mut tx, connection.account(), &delivery.record()).await?;
        let latest = match source {
            Some(source) => versions::latest(&mut tx, organization, &source.contract_id).await?,
            None => {
                self.check_places(&mut tx, organization, &[Quota::Contracts]).await?;
                None
            }
        };
        Ok(Some(Known { delivery, connection, latest }))
    }

    /// Asks the provider for the deal and its files. Further tiers of files are looked at when no usable file is left.
    pub(crate) async fn read_deal(
        &self,
        caller: Caller,
        connection: &connections::ConnectionRow,
        deals: &'static dyn Deals,
        id: &RecordId,
    ) -> Result<Read> {
        let max_bytes = self.config().max_file_bytes;
        let rule = &connection.metadata.settings.file_rule;
        self.with_session(caller, connection, move |call| async move {
            let deal = deals.deal(&call, id).await?;
            let mut read = Read { deal, choice: Choice::default(), files: Vec::new(), next_tier: 0, rule: rule.clone() };
            while read.choice.chosen.is_none() && read.next_tier < deals.file_tiers() {
                let files = deals.files(&call, id, read.next_tier).await?;
                read.choose_among(files, max_bytes);
            }
            Ok(read)
        })
        .await
    }

    /// Copies the newest file that is accepted by its content: a file that is not is passed over, and the next one is tried.
    async fn copy_newest_accepted(
        &self,
        connection: &connections::ConnectionRow,
        deals: &'static dyn Deals,
        latest: Option<versions::VersionRow>,
        read: &mut Read,
    ) -> std::result::Result<Copied, JobError> {
        let mut downloads = 0;
        loop {
            while read.choice.chosen.is_none() && read.next_tier < deals.file_tiers() {
                self.read_next_tier(connection, deals, read).await?;
            }
            let Some(file) = read.file().cloned() else { return Ok(Copied::NoFile) };
            if latest.as_ref().is_some_and(|latest| same_file::is_same_revision(latest, &file)) {
                return Ok(Copied::Unchanged);
            }
            if downloads == MAX_DOWNLOADS {
                read.choice.reject_all(NOT_LOOKED_AT);
                return Ok(Copied::NoFile);
            }
            downloads += 1;
            let version: VersionId = new_id();
            let stored = self.copy(connection, deals, &file, &version).await?;
            match self.check_copy((&connection.organization_id, &version), &file, &stored).await {
                Ok(file_type) => {
                    let (file, stored, seen) = (Box::new(file), Box::new(stored), latest.map(|latest| latest.id));
                    return Ok(Copied::New { version, file, file_type, stored, seen });
                }
                Err(error) => {
                    self.files.delete(&connection.organization_id, &version).await?;
                    match rejection(&error) {
                        Some(rejection) => read.choice.reject(&rejection.detail()),
                        None => return Err(error.into()),
                    }
                }
            }
        }
    }

    async fn read_next_tier(
        &self,
        connection: &connections::ConnectionRow,
        deals: &'static dyn Deals,
        read: &mut Read,
    ) -> Result<()> {
        let (id, tier) = (&read.deal.id, read.next_tier);
        let files = self
            .with_session(Caller::Schedule, connection, move |call| async move { deals.files(&call, id, tier).await })
            .await?;
        read.choose_among(files, self.config().max_file_bytes);
        Ok(())
    }

    /// The type of a copied file, when it is the file that was announced.
    async fn check_copy(&self, at: (&OrganizationId, &VersionId), file: &RemoteFile, stored: &Stored) -> Result<FileType> {
        if let Some(wrong) = mismatch(file, stored) {
            return Err(wrong.into());
        }
        let claimed = FileType::of_name(&file_name::safe(&file.name)).map_err(Problem::UnsupportedFile)?;
        self.identify(at, stored, claimed).await
    }

    async fn copy(
        &self,
        connection: &connections::ConnectionRow,
        deals: &'static dyn Deals,
        file: &RemoteFile,
        version: &VersionId,
    ) -> std::result::Result<Stored, JobError> {
        let organization = &connection.organization_id;
        let max_bytes = self.room_for_file(&mut self.db.acquire().await?, organization).await?;
        if u64::try_from(file.size_bytes).is_ok_and(|size| size > max_bytes) {
            return Err(Error::from(quotas::exceeded(Quota::StorageBytes)).into());
        }
        let bytes =
            self.with_session(Caller::Schedule, connection, move |call| async move { deals.open(&call, file).await }).await?;
        self.files.write((organization, version), bytes.boxed(), max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge => connectors::Error::fault(Fault::TooLong, "download the file: more bytes than may be")
                .advise("The provider sent more bytes than the file has. We retry automatically.")
                .into(),
            WriteError::NoRoom => Error::from(quotas::storage_full()).into(),
            WriteError::Source(error) => error.into(),
            WriteError::Store(error) => error.into(),
        })
    }

    /// Tells the delivery, and whoever reads its timeline, that an attempt did not work.
    pub(crate) async fn record_ingest_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &DeliveryId,
        ending: JobOutcome,
        sentence: &str,
    ) -> Result<()> {
        let Some(row) = deliveries::find(tx, &job.organization_id, id).await? else { return Ok(()) };
        match ending {
            JobOutcome::Waits(at) => deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(sentence)).await?,
            // Nothing was tried, so there is no attempt to tell of.
            JobOutcome::Postponed(at) => {
                deliveries::forget_attempt(tx, &job.organization_id, id).await?;
                return Ok(deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(sentence)).await?);
            }
            JobOutcome::Parked => deliveries::wait(tx, &row, DeliveryStatus::Parked, None, Some(sentence)).await?,
            JobOutcome::Dead => {
                deliveries::finish(tx, &job.organization_id, id, (DeliveryStatus::Failed, None, Some(sentence))).await?
            }
        }
        let (kind, what) = match ending {
            JobOutcome::Dead => (ActivityKind::GivenUp, "was given up"),
            JobOutcome::Waits(_) | JobOutcome::Postponed(_) | JobOutcome::Parked => (ActivityKind::AttemptFailed, "did not work"),
        };
        let summary = format!("Attempt {} to read the deal {what}: {sentence}", job.attempts);
        let connection = connections::find(tx, &job.organization_id, &row.connection_id).await?;
        let source = match &connection {
            Some(connection) => contract_links::find_source(tx, connection.account(), &row.record()).await?,
            None => None,
        };
        let mut line = NewActivity::new(&job.organization_id, kind, "LexiContract", summary, self.clock().now())
            .delivery(id)
            .connection(&row.connection_id);
        line.contract_id = source.as_ref().map(|source| &source.contract_id);
        Ok(db::audit::activity::insert(tx, line.detail(json!({ "attempt": job.attempts }))).await?)
    }
}

/// Whether certainly nothing refers to the copy. After another failure the commit may stand although its answer was lost; then the copy
/// stays, and the daily sweep removes it if nothing came of it.
fn is_unused(result: &std::result::Result<bool, JobError>) -> bool {
    match result {
        Ok(became_version) => !became_version,
        Err(error) => error.is_refused || matches!(error.decision, Decision::ClaimLost | Decision::Postpone(_)),
    }
}

pub(crate) fn candidate(file: &RemoteFile) -> Candidate {
    Candidate {
        id: file.id.clone(),
        name: file.name.clone(),
        size_bytes: file.size_bytes,
        modified_at: file.modified_at,
        is_link: file.state == FileState::Link,
    }
}

/// Why the bytes are not the file's. Providers may send files in chunks without a length, so only this tells a whole file from half of one.
fn mismatch(file: &RemoteFile, stored: &Stored) -> Option<connectors::Error> {
    let fault = |fault, sentence: String| Some(connectors::Error::fault(fault, "download the file").advise(sentence));
    let (arrived, expected) = (stored.size_bytes, file.size_bytes);
    if arrived != expected {
        let sentence =
            format!("{arrived} bytes of the file arrived, but the provider announced {expected}. We retry automatically.");
        return fault(Fault::WrongLength, sentence);
    }
    match same_file::has_checksum(file, Some(&stored.md5), &stored.sha256) {
        Some(false) => fault(
            Fault::WrongChecksum,
            "The file arrived with another checksum than the provider announced. We retry automatically.".to_owned(),
        ),
        Some(true) | None => None,
    }
}
