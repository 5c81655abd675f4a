//! Ingests a delivery: reads the deal, copies its newest accepted file, and stores both in one transaction.

pub(crate) mod chosen_file;
mod copy;
mod follow_version;
mod store;

use super::own_filings::OwnFilings;
use super::same_file::{self, Imported};
use super::step_recorder::{self, StepRecorder, counted};
use crate::connectors::{Deals, RemoteFile};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::{self, ConnectionRow};
use crate::db::contracts::contract_links;
use crate::db::deliveries::{self, DeliveryRow};
use crate::db::erasures::erased_deals;
use crate::db::jobs::JobRow;
use crate::db::{self, ReadConnection, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::connection::deal::{Deal, TriggerRule};
use crate::domain::connection::terms::Terms;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::delivery_steps::StepKind;
use crate::domain::file::choice::{Candidate, Choice, choose};
use crate::domain::file::file_type::FileType;
use crate::domain::file::rule::FileRule;
use crate::domain::ids::{DeliveryId, VersionId};
use crate::domain::record::{RecordId, RecordRef};
use crate::fail_points::{Step, reach};
use crate::files;
use crate::hub::{Hub, Result};
use crate::jobs::{FailureAction, JobError, JobOutcome, JobResult};
use crate::services::connections::session::Caller;
use crate::services::connections::terms;
use serde_json::json;

/// Maximum number of files that a step names.
const MAX_NAMED_FILES: usize = 3;

struct LoadedDelivery {
    delivery: DeliveryRow,
    connection: ConnectionRow,
    /// Versions of the deal's contract.
    imported: Imported,
    own: OwnFilings,
}

/// A deal and its files at the provider.
pub(crate) struct Read {
    pub(crate) deal: Deal,
    pub(crate) choice: Choice,
    /// All files of the tiers that were read. A provider assigns each file to a tier, and lower tiers are read first.
    files: Vec<RemoteFile>,
    /// Next tier to read if the previous tiers contain no usable file.
    next_tier: u8,
    rule: FileRule,
    terms: &'static Terms,
    /// True if a user has chosen the file, so the file rule does not apply.
    is_user_choice: bool,
    /// True if the deal has files that only this product has put there. They are ignored.
    has_own_file: bool,
}

impl Read {
    pub(crate) fn file(&self) -> Option<&RemoteFile> {
        let chosen = self.choice.chosen.as_ref()?;
        self.files.iter().find(|file| file.id == chosen.id)
    }

    /// Says why files were not chosen, for the newest of them.
    fn why_not_others(&self) -> String {
        let others = self.choice.others();
        let named = others.iter().take(MAX_NAMED_FILES).map(|(file, reason)| format!("“{}”: {reason}", file.name));
        let rest = others.len().saturating_sub(MAX_NAMED_FILES);
        let rest = (rest > 0).then(|| format!("And {}.", counted(rest, "other file", "other files")));
        named.chain(rest).collect::<Vec<_>>().join(" ")
    }

    /// Describes the chosen file, as in `the newest document that can be used`.
    pub(crate) fn description(&self) -> String {
        if self.is_user_choice { "as requested by a user".to_owned() } else { self.rule.description() }
    }

    fn choose_among(&mut self, files: Vec<RemoteFile>, max_bytes: u64, Reading { own, steps }: Reading<'_>) {
        let name = if self.next_tier == 0 { "" } else { " of an older kind" };
        let count = files.len();
        steps.record(StepKind::FilesListed, counted(count, &format!("file{name}"), &format!("files{name}")));
        let files = own.user_revisions(files);
        self.has_own_file |= files.len() < count;
        let candidates = files.iter().map(|file| candidate(file, self.terms)).collect();
        self.choice.extend(choose(candidates, &self.rule, max_bytes));
        self.files.extend(files);
        self.next_tier += 1;
    }
}

/// What reading a deal needs besides the deal.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) own: &'r OwnFilings,
    pub(crate) steps: &'r StepRecorder,
}

pub(crate) enum Copied {
    NoFile,
    /// The contract already has the chosen file.
    Unchanged,
    New(Box<NewFile>),
}

/// A copied file that will become a new version.
pub(crate) struct NewFile {
    version: VersionId,
    file: RemoteFile,
    file_type: FileType,
    copy: files::Stored,
    /// Latest version of the contract at the time when the deal was read.
    previous: Option<VersionId>,
}

impl Hub {
    /// Runs [`crate::jobs::Job::Ingest`]. Idempotent, because it reads the current state of the deal.
    pub(crate) async fn ingest(&self, job: &JobRow, id: &DeliveryId) -> JobResult {
        let steps = StepRecorder::start(self.clock());
        self.ingest_in_steps(job, id, &steps).await.map_err(|error| error.with_steps(steps.take()))
    }

    async fn ingest_in_steps(&self, job: &JobRow, id: &DeliveryId, steps: &StepRecorder) -> JobResult {
        let Some(LoadedDelivery { delivery, connection, imported, own }) = self.find_delivery(job, id).await? else {
            return self.complete(job).await;
        };
        let deals = self.usable(&connection)?;
        if delivery.applies_rule && is_erased(&mut self.db.acquire().await?, &connection, &delivery.record()).await? {
            return self.skip_erased_deal(job, &delivery, steps).await;
        }
        let rule = connection.metadata.settings.trigger_rule();
        let trigger = if delivery.applies_rule { rule } else { rule.for_any_deal() };
        let reading = Reading { own: &own, steps };
        let mut read = match &delivery.file_id {
            Some(file) => self.read_chosen_file(job.into(), &connection, deals, &delivery.record_id, file, steps).await?,
            None => self.read_deal(job.into(), &connection, deals, &trigger, &delivery.record_id, reading).await?,
        };
        reach(Step::IngestRead);
        if let Some(reason) = trigger.rejection(&read.deal).filter(|_| delivery.applies_rule) {
            return self.skip_deal(job, &delivery, &connection, &read.deal, &reason, steps).await;
        }
        let copied = self.copy_newest_accepted(&connection, deals, imported, &mut read, reading).await?;
        reach(Step::IngestCopied);
        let copy = match &copied {
            Copied::New(new) => Some(new.version.clone()),
            Copied::NoFile | Copied::Unchanged => None,
        };
        let result = self.store_contract(job, &delivery, &connection, read, copied, steps).await;
        if let (Some(version), true) = (copy, is_unused(&result)) {
            self.files.delete(&job.organization_id, &version).await?;
        }
        self.notifier.notify();
        result.map(drop)
    }

    /// Marks the delivery as processing, in the transaction that claims the job. Later webhook calls for the deal create new
    /// deliveries.
    pub(crate) async fn record_ingest_start(&self, tx: &mut Tx, job: &JobRow, id: &DeliveryId) -> Result<()> {
        Ok(deliveries::begin(tx, &job.organization_id, id, job.attempts).await?)
    }

    /// Returns `None` if the connection was removed.
    async fn find_delivery(&self, job: &JobRow, id: &DeliveryId) -> JobResult<Option<LoadedDelivery>> {
        let organization = &job.organization_id;
        let mut tx = self.db.acquire().await?;
        let Some(delivery) = deliveries::find(&mut tx, organization, id).await? else { return Ok(None) };
        let connection = connections::find(&mut tx, organization, &delivery.connection_id).await?;
        let Some(connection) = connection else { return Ok(None) };
        self.not_paused(job.into(), &connection)?;
        let source = contract_links::find_source(&mut tx, connection.account(), &delivery.record()).await?;
        let own = match &source {
            Some(source) => OwnFilings::of(&mut tx, organization, &source.contract_id).await?,
            None => OwnFilings::default(),
        };
        let imported = match source {
            // A user can choose the file of an older version, so only the latest version matters.
            Some(source) if delivery.file_id.is_some() => Imported::latest(&mut tx, organization, &source.contract_id).await?,
            Some(source) => Imported::all(&mut tx, organization, &source.contract_id).await?,
            None => {
                self.check_places(&mut tx, organization, &[Quota::Contracts]).await?;
                Imported::default()
            }
        };
        Ok(Some(LoadedDelivery { delivery, connection, imported, own }))
    }

    /// Reads a deal and its files. Reads a tier of files only if the previous tiers contain no usable file.
    pub(crate) async fn read_deal(
        &self,
        caller: Caller,
        connection: &ConnectionRow,
        deals: &'static dyn Deals,
        trigger: &TriggerRule,
        id: &RecordId,
        reading: Reading<'_>,
    ) -> Result<Read> {
        let max_bytes = self.config().max_file_bytes;
        let (rule, terms) = (&connection.metadata.settings.file_rule, terms(connection));
        self.with_session(caller, connection, move |call| async move {
            let deal = deals.deal(&call, trigger, id).await?;
            reading.steps.record(StepKind::DealRead, format!("“{}” in stage “{}”", deal.name, deal.stage));
            let mut read = Read {
                deal,
                choice: Choice::default(),
                files: Vec::new(),
                next_tier: 0,
                rule: rule.clone(),
                terms,
                is_user_choice: false,
                has_own_file: false,
            };
            while read.choice.chosen.is_none() && read.next_tier < deals.file_tiers() {
                let files = deals.files(&call, id, read.next_tier).await?;
                read.choose_among(files, max_bytes, reading);
            }
            Ok(read)
        })
        .await
    }

    /// Records a failed attempt in the delivery and in the timeline.
    pub(crate) async fn record_ingest_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &DeliveryId,
        outcome: JobOutcome,
        error: &JobError,
    ) -> Result<()> {
        let Some(row) = deliveries::find(tx, &job.organization_id, id).await? else { return Ok(()) };
        let message = &error.message;
        step_recorder::store_failed(tx, &row, job.attempts, outcome, error, self.clock().now()).await?;
        match outcome {
            JobOutcome::RetryAt(at) => deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(message)).await?,
            // A postponed attempt is not counted and not shown in the timeline.
            JobOutcome::Postponed(at) => {
                deliveries::undo_attempt(tx, &job.organization_id, id).await?;
                return Ok(deliveries::wait(tx, &row, DeliveryStatus::Accepted, Some(at), Some(message)).await?);
            }
            JobOutcome::Parked => deliveries::wait(tx, &row, DeliveryStatus::Parked, None, Some(message)).await?,
            JobOutcome::Dead => {
                deliveries::finish(tx, &job.organization_id, id, DeliveryStatus::Failed, None, Some(message)).await?
            }
        }
        let (kind, what) = outcome.activity();
        let summary = format!("Attempt {} to read the deal {what}: {message}", job.attempts);
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

/// Explains to users why the trigger rule does not apply to a deal.
pub(crate) const ERASED: &str = "An admin erased the contract of this deal, so it is not imported automatically. An admin can import \
    the deal on the page of older deals.";

/// True if the contract of the deal was erased and there is no other one.
pub(crate) async fn is_erased(tx: &mut ReadConnection, connection: &ConnectionRow, record: &RecordRef) -> Result<bool> {
    let is_linked = contract_links::find_source(tx, connection.account(), record).await?.is_some();
    Ok(!is_linked && erased_deals::contains(tx, connection.account(), record).await?)
}

/// Returns `true` if no version can refer to the copied file. Returns `false` if the outcome of the commit is unknown, so that
/// the copy is kept. Housekeeping removes unused copies daily.
fn is_unused(result: &JobResult<bool>) -> bool {
    match result {
        Ok(became_version) => !became_version,
        Err(error) => {
            error.is_over_quota
                || matches!(error.action, FailureAction::ClaimLost | FailureAction::Postpone(_) | FailureAction::Fail)
        }
    }
}

pub(crate) fn candidate(file: &RemoteFile, terms: &Terms) -> Candidate {
    Candidate {
        id: file.id.clone(),
        name: file.name.clone(),
        size_bytes: file.size_bytes,
        modified_at: file.modified_at,
        obstacle: file.state.obstacle(terms),
    }
}
