//! Write-back: writes the current status of a contract to a field of the linked record.

use crate::db::audit::activity::NewActivity;
use crate::db::connections::{ConnectionRow, issues};
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::{self, ContractRow, versions};
use crate::db::deliveries::ingestion;
use crate::db::jobs::JobRow;
use crate::db::{self, ReadConnection, Tx};
use crate::domain::contract::SyncStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::LinkId;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result};
use crate::jobs::{self, JobError, JobOutcome, JobResult};
use crate::services::contracts::status::connection_of;
use serde_json::json;

const NOT_CONNECTED: &str = "The account of this contract's deal is not connected. An admin must connect it on the integrations \
     page. Then choose Write again now.";

struct Push {
    link: LinkRow,
    /// Connection to the account of the link, and the value to write; `None` if the account is not connected.
    target: Option<(ConnectionRow, String)>,
}

impl Hub {
    pub(crate) async fn push(&self, job: &JobRow, id: &LinkId) -> JobResult {
        let Some(Push { link, target }) = self.find_push(job, id).await? else {
            return self.complete(job).await;
        };
        let (connection, value) = target.ok_or_else(|| JobError::fail(NOT_CONNECTED))?;
        self.not_paused(job.into(), &connection)?;
        let deals = self.usable(&connection)?;
        if link.sync_status == SyncStatus::Synced && link.last_synced_value.as_ref() == Some(&value) {
            return self.complete(job).await;
        }
        let (record, field, value) = (&link.record_id, connection.metadata.settings.status_field(), value.as_str());
        self.with_session(job.into(), &connection, move |call| async move { deals.write(&call, record, field, value).await })
            .await?;
        reach(Step::StatusWritten);
        self.record_written(job, &link, &connection, value).await
    }

    /// Returns `None` if the link no longer exists.
    async fn find_push(&self, job: &JobRow, id: &LinkId) -> Result<Option<Push>> {
        let mut tx = self.db.read().await?;
        let Some(link) = contract_links::find(&mut tx, &job.organization_id, id).await? else { return Ok(None) };
        let contract = contracts::find(&mut tx, &job.organization_id, &link.contract_id).await?;
        // The contract was erased after the link was read.
        let Some(contract) = contract else { return Ok(None) };
        let target = match connection_of(&mut tx, &link).await? {
            Some(connection) => {
                let value = value_to_write(&mut tx, &contract, &connection).await?;
                Some((connection, value))
            }
            None => None,
        };
        Ok(Some(Push { link, target }))
    }

    /// Records the written value. The link stays pending if the value to write has changed concurrently.
    async fn record_written(&self, job: &JobRow, link: &LinkRow, connection: &ConnectionRow, value: &str) -> JobResult {
        let now = self.clock().now();
        let organization = &job.organization_id;
        let mut tx = self.db.begin().await?;
        // Lock order: connection, contract, link.
        if ingestion::lock_connection(&mut tx, organization, &connection.id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        let contract = contracts::find_locked(&mut tx, organization, &link.contract_id).await?;
        let contract = contract.ok_or_else(JobError::claim_lost)?;
        contracts::touch(&mut tx, organization, &contract.id, now).await?;
        let is_current = value_to_write(&mut tx, &contract, connection).await? == value;
        let status = if is_current { SyncStatus::Synced } else { SyncStatus::Pending };
        contract_links::record_written(&mut tx, organization, &link.id, status, value, job.attempts, now).await?;
        let summary = format!("Wrote “{value}” to {}", self.summary_of(&connection.integration_id)?.name);
        let line = NewActivity::new(organization, ActivityKind::StatusWritten, "LexiContract", summary, now);
        let field = connection.metadata.settings.status_field();
        let detail = json!({ "field": field, "value": value, "attempt": job.attempts });
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
        // Does not count the attempt of a postponed job, because such a job has not called the provider.
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

/// Returns the value that the status field of a contract's record must have.
pub(crate) async fn value_to_write(
    tx: &mut ReadConnection,
    contract: &ContractRow,
    connection: &ConnectionRow,
) -> Result<String> {
    let has_version = versions::latest(tx, &contract.organization_id, &contract.id).await?.is_some();
    Ok(connection.metadata.settings.value_to_write(contract.negotiation_status, has_version).to_owned())
}
