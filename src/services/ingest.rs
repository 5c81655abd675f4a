//! From a delivery to a contract: read the Opportunity, choose the newest file, copy it, store everything in one transaction.

mod store;

use super::{quotas, session::Caller};
use crate::{
    connectors::{self, Fault, FileKind, OAuthConnector, RemoteFile},
    db::{self, Tx, activity::NewActivity, connections, contracts, deliveries, jobs::JobRow, versions},
    domain::{
        delivery::DeliveryStatus,
        file_choice::{Candidate, Choice, choose},
        file_rule::FileRule,
        ids::{DeliveryId, VersionId},
        opportunity::{Opportunity, SalesforceId},
        quota::Quota,
        timeline::ActivityKind,
    },
    fail_points::{Step, reach},
    files::{Stored, WriteError},
    hub::{Error, Hub, Result},
    jobs::{Decision, Ending, JobError},
    random::new_id,
};
use futures::StreamExt;
use serde_json::json;

/// What the database says about a delivery.
struct Known {
    delivery: deliveries::DeliveryRow,
    connection: connections::ConnectionRow,
    /// The latest version of the Opportunity's contract.
    latest: Option<versions::VersionRow>,
}

/// What Salesforce says about an Opportunity and its files.
pub(super) struct Read {
    pub(super) opportunity: Opportunity,
    pub(super) choice: Choice,
    /// The chosen file, with what is needed to download it.
    pub(super) file: Option<RemoteFile>,
    /// The rule that the choice obeyed.
    pub(super) rule: FileRule,
}

/// What became of the chosen file.
pub(super) enum Copied {
    /// There is none.
    NoFile,
    /// The contract has it already.
    Unchanged,
    /// It was copied, and belongs to a version to be.
    New {
        version: VersionId,
        file: Box<RemoteFile>,
        stored: Box<Stored>,
        /// The contract's latest version before Salesforce was asked.
        seen: Option<VersionId>,
    },
}

impl Hub {
    /// The job: makes a delivery into a contract. Reads the current state, so it can run twice, late, or after a newer one.
    pub(crate) async fn ingest(&self, job: &JobRow, id: &DeliveryId) -> std::result::Result<(), JobError> {
        let Some(Known { delivery, connection, latest }) = self.what_is_known(job, id).await? else {
            return self.complete(job).await;
        };
        let connector = self.usable(&connection)?;
        let opportunity =
            delivery.opportunity_id.parse().map_err(|_| Error::Inconsistent("a delivery without an Opportunity"))?;
        let read = self.read_opportunity(job.into(), &connection, connector, &opportunity).await?;
        reach(Step::IngestRead);
        let copied = self.copy_if_new(&connection, connector, latest, &read).await?;
        reach(Step::IngestCopied);
        let copy = match &copied {
            Copied::New { version, .. } => Some(version.clone()),
            Copied::NoFile | Copied::Unchanged => None,
        };
        let result = self.store_contract(job, &delivery, &connection, connector, read, copied).await;
        if let (Some(version), true) = (copy, is_unused(&result)) {
            self.files.delete(&job.organization_id, &version).await?;
        }
        self.wake.wake_for_analyses();
        result.map(drop)
    }

    /// Notes, with the claim, that work has begun and before anything is read: a call that comes later makes a delivery of its own.
    pub(crate) async fn note_ingest_begin(&self, tx: &mut Tx, job: &JobRow, id: &DeliveryId) -> Result<()> {
        Ok(deliveries::begin(tx, &job.organization_id, id, job.attempts).await?)
    }

    /// What the database says before Salesforce is asked. `None` when the connection was removed, and its deliveries with it.
    async fn what_is_known(&self, job: &JobRow, id: &DeliveryId) -> std::result::Result<Option<Known>, JobError> {
        let organization = &job.organization_id;
        let mut tx = self.db.glance().await?;
        let Some(delivery) = deliveries::find(&mut tx, organization, id).await? else { return Ok(None) };
        let connection = connections::find(&mut tx, organization, &delivery.connection_id).await?;
        let Some(connection) = connection else { return Ok(None) };
        self.not_paused(job.into(), &connection)?;
        let contract = contracts::find_by_opportunity(&mut tx, organization, &delivery.opportunity_id).await?;
        let latest = match contract {
            Some(contract) => versions::latest(&mut tx, organization, &contract.id).await?,
            None => {
                self.check_places(&mut tx, organization, &[Quota::Contracts]).await?;
                None
            }
        };
        Ok(Some(Known { delivery, connection, latest }))
    }

    /// Asks Salesforce for the Opportunity and its files. Attachments are looked at when no usable file is left.
    pub(super) async fn read_opportunity(
        &self,
        caller: Caller,
        connection: &connections::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        id: &SalesforceId,
    ) -> Result<Read> {
        let (ctx, max_bytes) = (&self.ctx, self.config().max_file_bytes);
        let rule = &connection.metadata.settings.file_rule;
        self.with_session(caller, connection, connector, move |session| async move {
            let opportunity = connector.opportunity(ctx, &session, id).await?;
            let mut files = connector.files(ctx, &session, id).await?;
            let mut choice = choose(files.iter().map(candidate).collect(), rule, max_bytes);
            if choice.chosen.is_none() {
                let attachments = connector.attachments(ctx, &session, id).await?;
                let second = choose(attachments.iter().map(candidate).collect(), rule, max_bytes);
                choice.rejected.extend(second.rejected);
                choice.chosen = second.chosen;
                files.extend(attachments);
            }
            let file = choice.chosen.as_ref().and_then(|chosen| files.into_iter().find(|file| file.id == chosen.id));
            Ok(Read { opportunity, choice, file, rule: rule.clone() })
        })
        .await
    }

    async fn copy_if_new(
        &self,
        connection: &connections::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        latest: Option<versions::VersionRow>,
        read: &Read,
    ) -> std::result::Result<Copied, JobError> {
        let Some(file) = &read.file else { return Ok(Copied::NoFile) };
        if latest.as_ref().is_some_and(|latest| latest.salesforce_content_version_id.as_deref() == Some(&file.id)) {
            return Ok(Copied::Unchanged);
        }
        let version: VersionId = new_id();
        let stored = self.copy(connection, connector, file, &version).await?;
        if let Some(wrong) = mismatch(file, &stored) {
            self.files.delete(&connection.organization_id, &version).await?;
            return Err(wrong.into());
        }
        Ok(Copied::New { version, file: Box::new(file.clone()), stored: Box::new(stored), seen: latest.map(|latest| latest.id) })
    }

    async fn copy(
        &self,
        connection: &connections::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        file: &RemoteFile,
        version: &VersionId,
    ) -> std::result::Result<Stored, JobError> {
        let ctx = &self.ctx;
        let organization = &connection.organization_id;
        let max_bytes = self.room_for_file(&mut self.db.glance().await?, organization).await?;
        if u64::try_from(file.size_bytes).is_ok_and(|size| size > max_bytes) {
            return Err(Error::from(quotas::exceeded(Quota::StorageBytes)).into());
        }
        let bytes = self
            .with_session(Caller::Schedule, connection, connector, move |session| async move {
                connector.download(ctx, &session, file).await
            })
            .await?;
        self.files.write((organization, version), bytes.boxed(), max_bytes).await.map_err(|error| match error {
            WriteError::TooLarge => connectors::Error::fault(Fault::TooLong, "download the file: more bytes than may be")
                .advise("Salesforce sent more bytes than the file has. We try again by ourselves.")
                .into(),
            WriteError::NoRoom => Error::from(quotas::storage_full()).into(),
            WriteError::Source(error) => error.into(),
            WriteError::Store(error) => error.into(),
        })
    }

    /// Tells the delivery, and whoever reads its timeline, that an attempt did not work.
    pub(crate) async fn note_ingest_ending(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &DeliveryId,
        ending: Ending,
        sentence: &str,
    ) -> Result<()> {
        let Some(row) = deliveries::find(tx, &job.organization_id, id).await? else { return Ok(()) };
        match ending {
            Ending::Waits(at) => deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(sentence)).await?,
            // Nothing was tried, so there is no attempt to tell of.
            Ending::Postponed(at) => {
                deliveries::forget_attempt(tx, &job.organization_id, id).await?;
                return Ok(deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(sentence)).await?);
            }
            Ending::Parked => deliveries::wait(tx, &row, DeliveryStatus::Parked, None, Some(sentence)).await?,
            Ending::Dead => {
                deliveries::finish(tx, &job.organization_id, id, (DeliveryStatus::Failed, None, Some(sentence))).await?
            }
        }
        let (kind, what) = match ending {
            Ending::Dead => (ActivityKind::GivenUp, "was given up"),
            Ending::Waits(_) | Ending::Postponed(_) | Ending::Parked => (ActivityKind::AttemptFailed, "did not work"),
        };
        let summary = format!("Attempt {} to read the Opportunity {what}: {sentence}", job.attempts);
        let contract = contracts::find_by_opportunity(tx, &job.organization_id, &row.opportunity_id).await?;
        let mut line = NewActivity::new(&job.organization_id, kind, "LexiContract", summary, self.clock().now())
            .delivery(id)
            .connection(&row.connection_id);
        line.contract_id = contract.as_ref().map(|contract| &contract.id);
        Ok(db::activity::insert(tx, line.detail(json!({ "attempt": job.attempts }))).await?)
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

pub(super) fn candidate(file: &RemoteFile) -> Candidate {
    Candidate {
        id: file.id.clone(),
        name: file.name.clone(),
        size_bytes: file.size_bytes,
        modified_at: file.modified_at,
        is_link: file.is_link,
    }
}

/// Why the bytes are not the file's. Salesforce sends files in chunks without a length, so only this tells a whole file from half of one.
fn mismatch(file: &RemoteFile, stored: &Stored) -> Option<connectors::Error> {
    let fault = |fault, sentence: String| Some(connectors::Error::fault(fault, "download the file").advise(sentence));
    let (arrived, expected) = (stored.size_bytes, file.size_bytes);
    if arrived != expected {
        let sentence =
            format!("{arrived} bytes of the file arrived, and Salesforce says it has {expected}. We try again by ourselves.");
        return fault(Fault::WrongLength, sentence);
    }
    match file.md5.as_ref().is_some_and(|md5| !md5.eq_ignore_ascii_case(&stored.md5)) {
        false => None,
        true => fault(
            Fault::WrongChecksum,
            "The file arrived with another checksum than Salesforce says. We try again by ourselves.".to_owned(),
        ),
    }
}

/// The word for a kind of file in a timeline.
pub(super) fn kind_word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::ContentVersion => "file",
        FileKind::Attachment => "attachment",
    }
}
