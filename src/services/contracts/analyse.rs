//! The job that analyses a document version. A child process extracts the text, and an engine produces the findings.

use crate::db::account::organizations;
use crate::db::audit::activity::NewActivity;
use crate::db::contracts::{self, analyses, versions};
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::contract::analysis::{AnalysisStatus, Findings, Severity};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::VersionId;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result};
use crate::jobs::{JobError, JobOutcome};
use crate::llm::{self, LlmEngine};
use crate::services::LlmProvider;
use analysis::text::{Document, ExtractError};
use serde_json::json;
use tokio_util::io::StreamReader;

impl Hub {
    pub(crate) async fn analyse(&self, job: &JobRow, id: &VersionId) -> std::result::Result<(), JobError> {
        reach(Step::AnalysisBegun);
        let mut tx = self.db.acquire().await?;
        let version = versions::find(&mut tx, &job.organization_id, id).await?;
        drop(tx);
        let Some(version) = version else { return self.complete(job).await };
        version.check_released().map_err(|problem| JobError::fail(problem.detail()).coded(problem.code()))?;
        let document = self.text_of(&version).await?;
        reach(Step::AnalysisRead);
        let engine = self.language_model(&version, &document).await?;
        let findings = llm::analyse(&document, engine.as_ref(), &self.llm_http).await;
        self.store_findings(job, &version, &document, &findings).await
    }

    /// Marks the analysis as running, in the transaction that claims the job.
    pub(crate) async fn record_analysis_start(&self, tx: &mut Tx, job: &JobRow, id: &VersionId) -> Result<()> {
        Ok(analyses::set_status(tx, &job.organization_id, id, AnalysisStatus::Running, None, None, self.clock().now()).await?)
    }

    /// Marks the analysis as queued again. Adds no timeline entry, because a preemption is not a failure.
    pub(crate) async fn record_analysis_preempted(&self, tx: &mut Tx, job: &JobRow, id: &VersionId) -> Result<()> {
        Ok(analyses::set_status(tx, &job.organization_id, id, AnalysisStatus::Queued, None, None, self.clock().now()).await?)
    }

    async fn text_of(&self, version: &versions::VersionRow) -> std::result::Result<Document, JobError> {
        let bytes = self.files.read(&version.organization_id, &version.id).await?;
        let extracted = self.reader.extract(StreamReader::new(bytes), &version.file_name).await;
        extracted.map_err(|error| {
            let failure = match error {
                // The document is not the cause, so a retry can succeed.
                ExtractError::Interrupted => JobError::retry(error.to_string()),
                _ => JobError::fail(error.to_string()),
            };
            failure.coded(error.code())
        })
    }

    /// Returns the language model if it is configured and the organization allows it. Commits the timeline entry before the
    /// text is sent, so that a crash cannot hide the transfer.
    async fn language_model(&self, version: &versions::VersionRow, document: &Document) -> Result<Option<LlmEngine>> {
        let (Some(llm), Some(provider)) = (&self.config().llm, self.llm_provider()) else { return Ok(None) };
        let organization = &version.organization_id;
        let mut tx = self.db.begin().await?;
        let is_erased = contracts::find_locked(&mut tx, organization, &version.contract_id).await?.is_none();
        if is_erased || !organizations::settings(&mut tx, organization).await?.llm_analysis {
            return Ok(None);
        }
        let engine = LlmEngine::new(llm.base_url.as_str(), llm.api_key.clone(), &llm.model);
        if engine.accepts(&document.text) {
            let LlmProvider { host, model } = provider;
            let summary = format!("The text of version {} is sent to the language model {model} at {host}", version.number);
            let now = self.clock().now();
            let line = NewActivity::new(organization, ActivityKind::TextSentToModel, "LexiContract", summary, now);
            let detail = json!({ "number": version.number, "model": model, "host": host });
            db::audit::activity::insert(&mut tx, line.contract(&version.contract_id).detail(detail)).await?;
            tx.commit().await?;
        }
        Ok(Some(engine))
    }

    async fn store_findings(
        &self,
        job: &JobRow,
        version: &versions::VersionRow,
        document: &Document,
        findings: &Findings,
    ) -> std::result::Result<(), JobError> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        // Locks the contract before its analysis, as an erasure does.
        if contracts::find_locked(&mut tx, &job.organization_id, &version.contract_id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        let Document { text, has_unread_pages, .. } = document;
        analyses::complete(&mut tx, &job.organization_id, &version.id, findings, text, *has_unread_pages, now).await?;
        contracts::touch(&mut tx, &job.organization_id, &version.contract_id, now).await?;
        let high = findings.risks.iter().filter(|risk| risk.severity == Severity::High).count();
        let summary = format!(
            "Analysed version {}: {} clauses, {} risks, {high} of them high",
            version.number,
            findings.clauses.len(),
            findings.risks.len()
        );
        let detail = json!({ "engine": findings.engine, "warnings": document.warnings });
        let line = NewActivity::new(&job.organization_id, ActivityKind::AnalysisCompleted, "LexiContract", summary, now);
        db::audit::activity::insert(&mut tx, line.contract(&version.contract_id).detail(detail)).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        reach(Step::AnalysisStoring);
        Ok(tx.commit().await?)
    }

    /// Records a failed attempt in the analysis and in the timeline.
    pub(crate) async fn record_analysis_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &VersionId,
        outcome: JobOutcome,
        error: &JobError,
    ) -> Result<()> {
        let now = self.clock().now();
        let sentence = error.message.as_str();
        let Some(version) = versions::find(tx, &job.organization_id, id).await? else { return Ok(()) };
        let status = match outcome {
            JobOutcome::RetryAt(_) | JobOutcome::Postponed(_) | JobOutcome::Parked => AnalysisStatus::Queued,
            JobOutcome::Dead => AnalysisStatus::Failed,
        };
        analyses::set_status(tx, &job.organization_id, id, status, Some(sentence), error.code, now).await?;
        contracts::touch(tx, &job.organization_id, &version.contract_id, now).await?;
        let summary = format!("Attempt {} to analyse version {} failed: {sentence}", job.attempts, version.number);
        let detail = json!({ "attempt": job.attempts, "error_code": error.code });
        let line = NewActivity::new(&job.organization_id, ActivityKind::AnalysisFailed, "LexiContract", summary, now);
        Ok(db::audit::activity::insert(tx, line.contract(&version.contract_id).detail(detail)).await?)
    }
}
