//! Files the latest version of a contract at the linked record, once.
//!
//! The intent is committed before the file is sent. After an attempt whose outcome is unknown, the next attempt first looks for the
//! file, which the provider stores with the id of the version.

use crate::connectors::{Deals, FileBack, FileState, Kind, RemoteFile, Upload};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::{ConnectionRow, issues};
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::filings::{self, FilingRow};
use crate::db::contracts::versions::{self, VersionRow};
use crate::db::contracts::{self, ContractRow};
use crate::db::deliveries::NewDelivery;
use crate::db::deliveries::ingestion::{self, Reporter};
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::connection::settings::FileBackStatus;
use crate::domain::contract::NegotiationStatus;
use crate::domain::contract::filing::FilingStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::Origin;
use crate::domain::ids::LinkId;
use crate::domain::record::RecordRef;
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result};
use crate::jobs::{self, FailureAction, Job, JobError, JobOutcome, JobResult, enqueue};
use crate::services::connections;
use crate::services::contracts::filing::{file_back, is_from_provider};
use crate::services::contracts::status::connection_of;
use crate::services::deliveries::own_filings::OwnFilings;
use serde_json::json;
use std::time::Duration;

/// Time after which a request without a response is assumed to have taken effect or to have failed. It equals the lease of a job, so
/// that it delays no job whose server was killed.
const SETTLE: Duration = Duration::from_secs(15);
/// Minimum delay after an upload without a response. The provider can still be processing the file.
const UNKNOWN_OUTCOME_PAUSE: Duration = Duration::from_secs(60);
const UNKNOWN_OUTCOME: &str =
    "The provider may have stored this version already. We look for it, and file it only if it is not there.";
const NOT_CONNECTED: &str = "The account of this contract's deal is not connected. An admin must connect it on the integrations \
     page. Then choose Try again.";
const SEPARATE: &str = "as a separate file, because the contract's file there has a newer version, is no longer on the deal, or \
     cannot have versions";

struct Task {
    filing: FilingRow,
    link: LinkRow,
    version: VersionRow,
    connection: Option<ConnectionRow>,
    /// False if the status or the settings have changed, or if the contract has a newer version.
    is_wanted: bool,
    own: OwnFilings,
    /// Revision from which the latest version of the provider was copied.
    base: Option<String>,
}

/// A file that is stored at the provider.
struct Stored {
    file: RemoteFile,
    /// Says where the file is, as in `Filed version 2 in Salesforce as a new file`.
    place: String,
    hidden: HiddenRevision,
}

/// Whether a user has added a revision while the file was sent, which is now below the filed one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HiddenRevision {
    No,
    Yes,
    /// The revisions below the filed one were not read.
    Unknown,
}

impl Hub {
    pub(crate) async fn file_back(&self, job: &JobRow, id: &LinkId) -> JobResult {
        let Some(task) = self.find_filing(job, id).await? else { return self.complete(job).await };
        if !task.is_wanted && task.filing.sent_at.is_none() {
            return self.drop_filing(job, &task).await;
        }
        let connection = task.connection.as_ref().ok_or_else(|| JobError::fail(NOT_CONNECTED))?;
        self.not_paused(job.into(), connection)?;
        let deals = self.usable(connection)?;
        let Some(filer) = file_back(connection)? else { return self.drop_filing(job, &task).await };
        let settled = task.filing.sent_at.map(|sent| sent + SETTLE).filter(|settled| *settled > self.clock().now());
        if let Some(settled) = settled {
            return Err(JobError::postpone(settled, UNKNOWN_OUTCOME));
        }
        let (found, files) = self.look(job, &task, connection, deals, filer).await?;
        let stored = match found {
            Some(file) => Stored { file, place: String::new(), hidden: HiddenRevision::Unknown },
            None if !task.is_wanted => return self.drop_filing(job, &task).await,
            None => {
                let stored = self.send(job, &task, connection, filer, &files).await?;
                reach(Step::FilingSent);
                stored
            }
        };
        self.record_filed(job, &task, connection, &stored).await
    }

    async fn find_filing(&self, job: &JobRow, id: &LinkId) -> Result<Option<Task>> {
        let organization = &job.organization_id;
        let mut tx = self.db.read().await?;
        let Some(link) = contract_links::find(&mut tx, organization, id).await? else { return Ok(None) };
        let Some(filing) = filings::pending(&mut tx, organization, id).await? else { return Ok(None) };
        // On PostgreSQL, the contract can have been erased since the link was read.
        let Some(contract) = contracts::find(&mut tx, organization, &link.contract_id).await? else { return Ok(None) };
        let Some(version) = versions::find(&mut tx, organization, &filing.version_id).await? else { return Ok(None) };
        let latest = versions::latest(&mut tx, organization, &contract.id).await?;
        let connection = connection_of(&mut tx, &link).await?;
        let is_latest = latest.is_some_and(|latest| latest.id == version.id);
        let is_wanted = is_latest && is_wanted(&filing, &contract, &version, &link, connection.as_ref());
        let base = versions::latest_from(&mut tx, organization, &contract.id, link.integration_id.slug()).await?;
        let own = OwnFilings::of(&mut tx, organization, &contract.id).await?;
        Ok(Some(Task { filing, link, version, connection, is_wanted, own, base: base.and_then(|base| base.remote_id) }))
    }

    /// Returns the file if an earlier attempt has stored it, or else the files of the deal.
    async fn look(
        &self,
        job: &JobRow,
        task: &Task,
        connection: &ConnectionRow,
        deals: &'static dyn Deals,
        filer: &'static dyn FileBack,
    ) -> Result<(Option<RemoteFile>, Vec<RemoteFile>)> {
        let (deal, marker, name) = (&task.link.record_id, task.version.id.as_str(), task.version.file_name.as_str());
        self.with_session(job.into(), connection, move |call| async move {
            if let Some(found) = filer.find(&call, deal, marker, name).await? {
                return Ok((Some(found), Vec::new()));
            }
            // Providers store files in the first tier.
            let files = deals.files(&call, deal, 0).await?;
            let is_ours = |file: &&RemoteFile| file.filed.as_ref().is_some_and(|filed| filed.marker == marker);
            Ok((files.iter().find(is_ours).cloned(), files))
        })
        .await
    }

    /// Sends the file. It becomes a revision of the file from which the contract was made, unless a user has changed that file since.
    async fn send(
        &self,
        job: &JobRow,
        task: &Task,
        connection: &ConnectionRow,
        filer: &'static dyn FileBack,
        files: &[RemoteFile],
    ) -> JobResult<Stored> {
        let Task { link, version, own, base, .. } = task;
        let base = base.as_deref();
        let revised = files.iter().find(|file| base.is_some() && own.user_revision(file).map(|file| file.id.as_str()) == base);
        let (status, sent_at) = self.record_intent(job, task).await?;
        reach(Step::FilingRecorded);
        let reason = format!("{} in LexiContract, version {} of the contract", status.label(), version.number);
        let sent = self
            .with_session(job.into(), connection, |call| {
                let reason = reason.as_str();
                async move {
                    // After this time another worker may look for the file, if this one was stopped and has lost its claim.
                    if self.clock().now() >= sent_at + SETTLE {
                        return Ok(Err(JobError::claim_lost()));
                    }
                    let bytes = match self.files.read(&version.organization_id, &version.id).await {
                        Ok(bytes) => bytes,
                        Err(error) => return Ok(Err(error.into())),
                    };
                    let size_bytes = u64::try_from(version.size_bytes).unwrap_or_default();
                    let (marker, name) = (version.id.as_str(), version.file_name.as_str());
                    let upload = Upload { marker, name, reason, revises: revised, size_bytes, bytes };
                    filer.attach(&call, &link.record_id, upload).await.map(Ok)
                }
            })
            .await;
        let file = match sent {
            Ok(Ok(file)) => file,
            Ok(Err(error)) if error.action == FailureAction::ClaimLost => return Err(error),
            Ok(Err(error)) => return Err(self.record_unsent(job, task, error, false).await?),
            Err(error) => {
                let is_unknown = may_be_stored(&error);
                return Err(self.record_unsent(job, task, error.into(), is_unknown).await?);
            }
        };
        let place = match (revised, base) {
            (Some(revised), _) => format!(" as a new version of “{}”", revised.name),
            (None, Some(_)) => format!(" {SEPARATE}"),
            (None, None) => " as a new file".to_owned(),
        };
        let below = file.filed.as_ref().and_then(|filed| filed.below.as_ref()).map(|below| below.id.as_str());
        let hidden = match revised {
            None => HiddenRevision::No,
            Some(_) if file.state == FileState::Undated => HiddenRevision::Unknown,
            Some(_) if below == base => HiddenRevision::No,
            Some(_) => HiddenRevision::Yes,
        };
        Ok(Stored { hidden, file, place })
    }

    /// Commits the intent to send the file. Returns the status of the contract and the time of the intent. Fails if this worker has
    /// lost the job, or if the filing has changed concurrently.
    async fn record_intent(&self, job: &JobRow, task: &Task) -> JobResult<(NegotiationStatus, Timestamp)> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        if !db::jobs::holds(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        let contract = contracts::find(&mut tx, &job.organization_id, &task.link.contract_id).await?;
        let contract = contract.ok_or_else(JobError::claim_lost)?;
        let filing = filings::find(&mut tx, task.filing.key()).await?;
        let is_current = filing.is_some_and(|filing| {
            let is_wanted = is_wanted(&filing, &contract, &task.version, &task.link, task.connection.as_ref());
            is_wanted && filing.status == FilingStatus::Pending
        });
        if !is_current {
            return Err(JobError::postpone(now, "The filing has changed concurrently, so it is read again."));
        }
        filings::set_sent(&mut tx, task.filing.key(), Some(now)).await?;
        tx.commit().await?;
        Ok((contract.negotiation_status, now))
    }

    /// Records an attempt that failed. If its outcome is unknown, the intent stays, and the next attempt waits.
    async fn record_unsent(&self, job: &JobRow, task: &Task, error: JobError, is_unknown: bool) -> Result<JobError> {
        let sent_at = is_unknown.then(|| self.clock().now());
        let mut tx = self.db.begin().await?;
        if !db::jobs::holds(&mut tx, job).await? {
            return Ok(JobError::claim_lost());
        }
        filings::set_sent(&mut tx, task.filing.key(), sent_at).await?;
        tx.commit().await?;
        Ok(match error.action {
            FailureAction::Retry(delay) if is_unknown => {
                let delay = delay.unwrap_or_default().max(UNKNOWN_OUTCOME_PAUSE);
                JobError { action: FailureAction::Retry(Some(delay)), ..error }
            }
            _ => error,
        })
    }

    async fn record_filed(&self, job: &JobRow, task: &Task, connection: &ConnectionRow, stored: &Stored) -> JobResult {
        let Task { filing, link, version, .. } = task;
        let (organization, now) = (&job.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        // Lock order: connection, contract, filing.
        if ingestion::lock_connection(&mut tx, organization, &connection.id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        contracts::find_locked(&mut tx, organization, &link.contract_id).await?;
        contracts::touch(&mut tx, organization, &link.contract_id, now).await?;
        filings::record_filed(&mut tx, filing.key(), &stored.file.id, job.attempts, now).await?;
        let provider = connections::terms(connection).provider;
        let summary = format!("Filed version {} in {provider}{}", version.number, stored.place);
        let line = NewActivity::new(organization, ActivityKind::VersionFiled, "LexiContract", summary, now);
        let detail = json!({ "number": version.number, "id": stored.file.id, "name": stored.file.name, "attempt": job.attempts });
        let line = line.contract(&link.contract_id).connection(&connection.id).detail(detail);
        db::audit::activity::insert(&mut tx, line).await?;
        if stored.hidden != HiddenRevision::No {
            self.import_hidden_revision(&mut tx, link, connection, stored.hidden).await?;
        }
        issues::record_success(&mut tx, organization, &connection.id, now).await?;
        self.finish_filing(tx, job, link).await
    }

    /// Queues a delivery that imports a revision which a user added while the file was sent. The provider shows it only as an earlier
    /// revision now, so it would not be imported otherwise. The delivery changes nothing if there is no such revision.
    async fn import_hidden_revision(
        &self,
        tx: &mut Tx,
        link: &LinkRow,
        connection: &ConnectionRow,
        hidden: HiddenRevision,
    ) -> Result<()> {
        let (organization, now) = (&link.organization_id, self.clock().now());
        let record = RecordRef { kind: link.record_type, id: link.record_id.clone() };
        let new = NewDelivery::new(organization, &connection.id, record, Origin::Poll);
        let provider = connections::terms(connection).provider;
        let summary = if hidden == HiddenRevision::Yes {
            format!("Someone changed the file in {provider} while the version was filed. That change is imported now")
        } else {
            format!(
                "Filing the version in {provider} was interrupted, so the deal is read again, in case someone has changed the file"
            )
        };
        if ingestion::insert_unless_waiting(tx, std::slice::from_ref(&new), now).await?.is_empty() {
            return Ok(());
        }
        let reporter = Reporter { name: "LexiContract", summary: &summary, kind: ActivityKind::NewerVersion };
        ingestion::insert_jobs(tx, std::iter::once((&new, reporter)), now).await?;
        Ok(tx.notify_job().await?)
    }

    /// Removes a filing that is no longer wanted.
    async fn drop_filing(&self, job: &JobRow, task: &Task) -> JobResult {
        let mut tx = self.db.begin().await?;
        contracts::touch(&mut tx, &job.organization_id, &task.link.contract_id, self.clock().now()).await?;
        filings::delete_pending(&mut tx, task.filing.key(), task.filing.updated_at).await?;
        self.finish_filing(tx, job, &task.link).await
    }

    /// Completes the job, and queues the next one if another version of the contract waits.
    async fn finish_filing(&self, mut tx: Tx, job: &JobRow, link: &LinkRow) -> JobResult {
        let organization = &job.organization_id;
        if filings::pending(&mut tx, organization, &link.id).await?.is_some() {
            let next = Job::FileBack(link.id.clone());
            enqueue(&mut tx, &next, organization, job.concurrency_key.as_ref(), self.clock().now()).await?;
        }
        jobs::complete(&mut tx, job).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    pub(crate) async fn record_filing_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &LinkId,
        outcome: JobOutcome,
        message: &str,
    ) -> Result<()> {
        let (organization, now) = (&job.organization_id, self.clock().now());
        let Some(filing) = filings::pending(tx, organization, id).await? else { return Ok(()) };
        let Some(link) = contract_links::find(tx, organization, id).await? else { return Ok(()) };
        let Some(version) = versions::find(tx, organization, &filing.version_id).await? else { return Ok(()) };
        contracts::touch(tx, organization, &filing.contract_id, now).await?;
        let status = if outcome == JobOutcome::Dead { FilingStatus::Failed } else { FilingStatus::Pending };
        // A postponed attempt is not counted and not shown in the timeline.
        let is_postponed = matches!(outcome, JobOutcome::Postponed(_));
        let attempts = job.attempts - i64::from(is_postponed);
        filings::set_status(tx, filing.key(), status, attempts, message, now).await?;
        if is_postponed {
            return Ok(());
        }
        let provider = self.summary_of(&link.integration_id)?.name;
        let (kind, what) = outcome.activity();
        let summary = format!("Attempt {} to file version {} in {provider} {what}: {message}", job.attempts, version.number);
        let line = NewActivity::new(organization, kind, "LexiContract", summary, now).contract(&filing.contract_id);
        let detail = json!({ "attempt": job.attempts, "number": version.number });
        Ok(db::audit::activity::insert(tx, line.detail(detail)).await?)
    }
}

fn is_wanted(
    filing: &FilingRow,
    contract: &ContractRow,
    version: &VersionRow,
    link: &LinkRow,
    connection: Option<&ConnectionRow>,
) -> bool {
    let status = contract.negotiation_status;
    let is_asked_for = if filing.is_requested {
        FileBackStatus::of(status).is_some()
    } else {
        // Without a connection the settings are unknown, and the job fails with advice.
        connection.is_none_or(|connection| connection.metadata.settings.file_back.applies_to(status))
    };
    is_asked_for && !is_from_provider(version, link) && version.check_released().is_ok()
}

/// True if the provider may have stored the file although the call failed.
fn may_be_stored(error: &Error) -> bool {
    match error {
        Error::Connector(error) => error.outcome_unknown || matches!(error.kind, Kind::Unavailable | Kind::Unexpected),
        // The session could not be renewed, so nothing was sent.
        Error::Problem(_) => false,
        // Our own error can have occurred after the call.
        _ => true,
    }
}
