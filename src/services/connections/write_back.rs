//! Write-back: writes the current status of a contract to a field of the linked record.

use crate::db::audit::activity::NewActivity;
use crate::db::connections::{ConnectionRow, issues};
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::{self, ContractRow};
use crate::db::deliveries::ingestion;
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::contract::SyncStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::LinkId;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result};
use crate::jobs::{self, JobError, JobOutcome, JobResult};
use crate::services::contracts::status::connection_of;
use serde_json::json;

const NOT_CONNECTED: &str = "The account of this contract's deal is not connected. An admin must connect it on the integrations \
     page. Then choose Write again now.";

struct Push {
    contract: ContractRow,
    link: LinkRow,
    connection: Option<ConnectionRow>,
}

impl Hub {
    pub(crate) async fn push(&self, job: &JobRow, id: &LinkId) -> JobResult {
        let Some(Push { contract, link, connection }) = self.find_push(job, id).await? else {
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

    /// Returns `None` if the link no longer exists.
    async fn find_push(&self, job: &JobRow, id: &LinkId) -> Result<Option<Push>> {
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
    ) -> JobResult {
        let now = self.clock().now();
        let organization = &job.organization_id;
        let mut tx = self.db.begin().await?;
        // Lock order: connection, contract, link.
        if ingestion::lock_connection(&mut tx, organization, &connection.id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        contracts::touch(&mut tx, organization, &contract.id, now).await?;
        contract_links::record_written(&mut tx, organization, &link.id, contract.negotiation_status, label, job.attempts, now)
            .await?;
        let summary = format!("Wrote “{label}” to {}", self.summary_of(&connection.integration_id)?.name);
        let line = NewActivity::new(organization, ActivityKind::StatusWritten, "LexiContract", summary, now);
        let field = connection.metadata.settings.status_field();
        let detail = json!({ "field": field, "value": label, "attempt": job.attempts });
        db::audit::activity::insert(&mut tx, line.contract(&contract.id).connection(&connection.id).detail(detail)).await?;
        issues::record_success(&mut tx, organization, &connection.id, now).await?;
        jobs::complete(&mut tx, job).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    pub(crate) async fn complete(&self, job: &JobRow) -> JobResult {
        let mut tx = self.db.begin().await?;
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn record_push_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &LinkId,
        outcome: JobOutcome,
        message: &str,
    ) -> Result<()> {
        let now = self.clock().now();
        let organization = &job.organization_id;
        let status = if outcome == JobOutcome::Dead { SyncStatus::Failed } else { SyncStatus::Pending };
        let Some(link) = contract_links::find(tx, organization, id).await? else { return Ok(()) };
        contracts::touch(tx, organization, &link.contract_id, now).await?;
        // A job is postponed before it calls the provider, so the attempt does not count.
        let is_postponed = matches!(outcome, JobOutcome::Postponed(_));
        let attempts = job.attempts - i64::from(is_postponed);
        contract_links::set_sync(tx, organization, id, status, attempts, Some(message), now).await?;
        if is_postponed {
            return Ok(());
        }
        let provider = self.summary_of(&link.integration_id)?.name;
        let (kind, what) = outcome.activity();
        let summary = format!("Attempt {} to write the status to {provider} {what}: {message}", job.attempts);
        let line = NewActivity::new(organization, kind, "LexiContract", summary, now).contract(&link.contract_id);
        Ok(db::audit::activity::insert(tx, line.detail(json!({ "attempt": job.attempts }))).await?)
    }
}
