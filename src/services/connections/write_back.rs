//! The write-back: the contract's status as it is now, into the field of the record that a link names.

use crate::{
    db::{
        self, Tx,
        audit::activity::NewActivity,
        connections::{ConnectionRow, issues},
        contracts::{
            self, ContractRow,
            contract_links::{self, LinkRow},
        },
        deliveries::ingestion,
        jobs::JobRow,
    },
    domain::{
        contract::{SyncStatus, timeline::ActivityKind},
        ids::LinkId,
    },
    fail_points::{Step, reach},
    hub::{Error, Hub, Result},
    jobs::{JobError, JobOutcome},
    services::contracts::status::connection_of,
};
use serde_json::json;

const NOT_CONNECTED: &str =
    "The account of this contract's deal is not connected. Connect it on the integrations page, then retry.";

/// What is written: a contract, the link to the record, and the connection that leads there.
struct Push {
    contract: ContractRow,
    link: LinkRow,
    connection: Option<ConnectionRow>,
}

impl Hub {
    /// The job: writes a contract's status to the record of a link.
    pub(crate) async fn push(&self, job: &JobRow, id: &LinkId) -> std::result::Result<(), JobError> {
        let Some(Push { contract, link, connection }) = self.what_to_push(job, id).await? else {
            return self.complete(job).await;
        };
        let connection = connection.ok_or_else(|| JobError::fail(NOT_CONNECTED))?;
        self.not_paused(job.into(), &connection)?;
        let deals = self.usable(&connection)?;
        let settings = &connection.metadata.settings;
        let label = settings.status_label(contract.negotiation_status);
        if link.sync_status == SyncStatus::Synced && link.last_synced_value.as_deref() == Some(label) {
            return self.complete(job).await;
        }
        let (record, field) = (&link.record_id, settings.status_field());
        self.with_session(job.into(), &connection, move |call| async move { deals.write(&call, record, field, label).await })
            .await?;
        reach(Step::StatusWritten);
        self.record_written(job, &contract, &link, &connection, label).await
    }

    /// `None` when the link is gone.
    async fn what_to_push(&self, job: &JobRow, id: &LinkId) -> Result<Option<Push>> {
        let mut tx = self.db.read().await?;
        let Some(link) = contract_links::find(&mut tx, &job.organization_id, id).await? else { return Ok(None) };
        let contract = contracts::find(&mut tx, &job.organization_id, &link.contract_id).await?;
        let contract = contract.ok_or(Error::Inconsistent("a link without a contract"))?;
        let connection = connection_of(&mut tx, &link).await?;
        Ok(Some(Push { contract, link, connection }))
    }

    async fn record_written(
        &self,
        job: &JobRow,
        contract: &ContractRow,
        link: &LinkRow,
        connection: &ConnectionRow,
        label: &str,
    ) -> std::result::Result<(), JobError> {
        let now = self.clock().now();
        let organization = &job.organization_id;
        let mut tx = self.db.begin().await?;
        // In the order of locks: the connection, the contract, the link.
        if ingestion::hold_connection(&mut tx, (organization, &connection.id)).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        contracts::touch(&mut tx, organization, &contract.id, now).await?;
        let written = (contract.negotiation_status, label, job.attempts);
        contract_links::record_written(&mut tx, organization, &link.id, written, now).await?;
        let summary = format!("Wrote “{label}” to {}", self.summary_of(&connection.integration_id)?.name);
        let line = NewActivity::new(organization, ActivityKind::StatusWritten, "LexiContract", summary, now);
        let field = connection.metadata.settings.status_field();
        let detail = json!({ "field": field, "value": label, "attempt": job.attempts });
        db::audit::activity::insert(&mut tx, line.contract(&contract.id).connection(&connection.id).detail(detail)).await?;
        issues::record_success(&mut tx, organization, &connection.id, now).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    /// Ends a job that finds nothing to do.
    pub(crate) async fn complete(&self, job: &JobRow) -> std::result::Result<(), JobError> {
        let mut tx = self.db.begin().await?;
        let held = db::jobs::complete(&mut tx, job).await?;
        tx.commit().await?;
        if held { Ok(()) } else { Err(JobError::claim_lost()) }
    }

    /// Records on the link, and in the contract's timeline, that an attempt failed.
    pub(crate) async fn record_push_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &LinkId,
        ending: JobOutcome,
        sentence: &str,
    ) -> Result<()> {
        let now = self.clock().now();
        let organization = &job.organization_id;
        let (status, kind, what) = match ending {
            JobOutcome::Waits(_) | JobOutcome::Postponed(_) | JobOutcome::Parked => {
                (SyncStatus::Pending, ActivityKind::AttemptFailed, "did not work")
            }
            JobOutcome::Dead => (SyncStatus::Failed, ActivityKind::GivenUp, "was given up"),
        };
        let Some(link) = contract_links::find(tx, organization, id).await? else { return Ok(()) };
        contracts::touch(tx, organization, &link.contract_id, now).await?;
        if matches!(ending, JobOutcome::Postponed(_)) {
            // Nothing was tried, so no attempt is recorded.
            let attempts = job.attempts - 1;
            return Ok(contract_links::set_sync(tx, organization, id, (status, attempts, Some(sentence)), now).await?);
        }
        contract_links::set_sync(tx, organization, id, (status, job.attempts, Some(sentence)), now).await?;
        let provider = self.summary_of(&link.integration_id)?.name;
        let summary = format!("Attempt {} to write the status to {provider} {what}: {sentence}", job.attempts);
        let line = NewActivity::new(organization, kind, "LexiContract", summary, now).contract(&link.contract_id);
        Ok(db::audit::activity::insert(tx, line.detail(json!({ "attempt": job.attempts }))).await?)
    }
}
