//! The job that scans a document version for viruses. The file cannot be downloaded or analysed before the scan has a result.

use crate::clamd::{ScanError, Verdict};
use crate::db::audit::activity::NewActivity;
use crate::db::contracts::{self, analyses, versions};
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::contract::analysis::AnalysisStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::contract::{Scan, ScanStatus};
use crate::domain::ids::{ConnectionId, VersionId};
use crate::hub::{Hub, Result, chain};
use crate::jobs::{Job, JobError, JobOutcome, enqueue, scan_key};
use serde_json::json;

/// Error codes of analyses that the scan prevented.
const INFECTED: &str = "infected";
const SCAN_FAILED: &str = "scan_failed";
const WITHHELD: &str = "The virus scanner found malware in this file, so it is withheld and not analysed. Upload a clean copy.";

impl Hub {
    /// Queues the scan of a new version, or the analysis if no scanner is configured. Also queues the filing of a version of an
    /// approved or signed contract. `tx` is the transaction that stores the version.
    pub(crate) async fn queue_checks(&self, tx: &mut Tx, version: &versions::VersionRow) -> Result<()> {
        let organization = &version.organization_id;
        analyses::insert(tx, organization, &version.contract_id, &version.id, version.created_at).await?;
        let (job, concurrency_key) = next_check(version);
        enqueue(tx, &job, organization, concurrency_key.as_ref(), version.created_at).await?;
        self.queue_filing_of(tx, version).await
    }

    pub(crate) async fn scan(&self, job: &JobRow, id: &VersionId) -> std::result::Result<(), JobError> {
        let mut tx = self.db.acquire().await?;
        let version = versions::find(&mut tx, &job.organization_id, id).await?;
        drop(tx);
        let Some(version) = version.filter(|version| version.scan_status == ScanStatus::Pending) else {
            return self.complete(job).await;
        };
        let scan = match &self.clamd {
            // The scanner was removed from the configuration after the scan was queued.
            None => Scan { status: ScanStatus::NotScanned, name: None },
            Some(clamd) => {
                let scanned = clamd.scan(self.files.read(&version.organization_id, &version.id).await?).await;
                match scanned.map_err(|error| failure(&error))? {
                    Verdict::Clean => Scan { status: ScanStatus::Clean, name: None },
                    Verdict::Infected(name) => Scan { status: ScanStatus::Infected, name: Some(name) },
                }
            }
        };
        self.store_scan(job, &version, &scan).await
    }

    /// Stores the result of the scan. Queues the analysis unless the file is infected.
    async fn store_scan(&self, job: &JobRow, version: &versions::VersionRow, scan: &Scan) -> std::result::Result<(), JobError> {
        let (organization, now) = (&job.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        // Locks the contract before its version, as an erasure does.
        if contracts::find_locked(&mut tx, organization, &version.contract_id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        versions::set_scan(&mut tx, organization, &version.id, scan.status, scan.name.as_deref()).await?;
        let (status, error, code) = match scan.status {
            ScanStatus::Infected => (AnalysisStatus::Failed, Some(WITHHELD), Some(INFECTED)),
            _ => {
                enqueue(&mut tx, &Job::Analyse(version.id.clone()), organization, None, now).await?;
                (AnalysisStatus::Queued, None, None)
            }
        };
        analyses::set_status(&mut tx, organization, &version.id, status, error, code, now).await?;
        contracts::touch(&mut tx, organization, &version.contract_id, now).await?;
        self.queue_filing_of(&mut tx, &versions::VersionRow { scan_status: scan.status, ..version.clone() }).await?;
        let summary = match scan.status {
            ScanStatus::Infected => format!("The virus scan of version {} found malware. The file is withheld", version.number),
            ScanStatus::Clean => format!("The virus scan of version {} found no malware", version.number),
            ScanStatus::Pending | ScanStatus::NotScanned => {
                format!("Version {} was not scanned for viruses: the server no longer has a scanner", version.number)
            }
        };
        let line = NewActivity::new(organization, ActivityKind::FileScanned, "LexiContract", summary, now);
        let detail = json!({ "number": version.number, "result": scan.label() });
        db::audit::activity::insert(&mut tx, line.contract(&version.contract_id).detail(detail)).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    /// Records a failed attempt. The timeline shows only the first and the last failed attempt, because a scanner can be
    /// unreachable for days.
    pub(crate) async fn record_scan_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &VersionId,
        outcome: JobOutcome,
        error: &JobError,
    ) -> Result<()> {
        let (organization, now) = (&job.organization_id, self.clock().now());
        let Some(version) = versions::find(tx, organization, id).await? else { return Ok(()) };
        let status = if outcome == JobOutcome::Dead { AnalysisStatus::Failed } else { AnalysisStatus::Queued };
        let known = analyses::error(tx, organization, id).await?;
        analyses::set_status(tx, organization, id, status, Some(error.message.as_str()), Some(SCAN_FAILED), now).await?;
        contracts::touch(tx, organization, &version.contract_id, now).await?;
        if known.is_some() && outcome != JobOutcome::Dead {
            return Ok(());
        }
        let summary = format!("Version {} waits for its virus scan. {}", version.number, error.message);
        let line = NewActivity::new(organization, ActivityKind::AttemptFailed, "LexiContract", summary, now);
        Ok(db::audit::activity::insert(tx, line.contract(&version.contract_id)).await?)
    }
}

/// Returns the next job for a version, and the job's concurrency key.
pub(crate) fn next_check(version: &versions::VersionRow) -> (Job, Option<ConnectionId>) {
    match version.scan_status {
        ScanStatus::Pending => (Job::Scan(version.id.clone()), Some(scan_key())),
        ScanStatus::Clean | ScanStatus::Infected | ScanStatus::NotScanned => (Job::Analyse(version.id.clone()), None),
    }
}

fn failure(error: &ScanError) -> JobError {
    JobError { cause: chain(error), ..JobError::retry(format!("{error} We retry automatically.")) }
}
