//! The write-back: the contract's status as it is now, into the field of its Opportunity.

use super::status::connection_of;
use crate::{
    db::{self, Tx, activity::NewActivity, connection_health, connections, contracts, jobs::JobRow},
    domain::{contract::SyncStatus, ids::ContractId, opportunity::SalesforceId, timeline::ActivityKind},
    fail_points::{Step, reach},
    hub::{Error, Hub, Result},
    jobs::{Ending, JobError},
};
use serde_json::json;

const NOT_CONNECTED: &str =
    "The Salesforce org of this contract is not connected. Connect it on the integrations page, then retry.";

impl Hub {
    /// The job: writes a contract's status to its Opportunity.
    pub(crate) async fn push_status(&self, job: &JobRow, id: &ContractId) -> std::result::Result<(), JobError> {
        let mut tx = self.db.read().await?;
        let contract = contracts::find(&mut tx, &job.organization_id, id).await?;
        let connection = match &contract {
            Some(contract) => connection_of(&mut tx, contract).await?,
            None => None,
        };
        drop(tx);
        let Some(contract) = contract.filter(|contract| contract.sync_status != SyncStatus::NotLinked) else {
            return self.complete(job).await;
        };
        let connection = connection.ok_or_else(|| JobError::fail(NOT_CONNECTED))?;
        self.not_paused(job.into(), &connection)?;
        let connector = self.usable(&connection)?;
        let settings = &connection.metadata.settings;
        let label = settings.status_label(contract.negotiation_status);
        if contract.sync_status == SyncStatus::Synced && contract.last_synced_value.as_deref() == Some(label) {
            return self.complete(job).await;
        }
        let opportunity: SalesforceId = contract
            .salesforce_opportunity_id
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Error::Inconsistent("a linked contract without an Opportunity"))?;
        let (ctx, opportunity, field) = (&self.ctx, &opportunity, settings.status_field());
        self.with_session(job.into(), &connection, connector, move |session| async move {
            connector.write_field(ctx, &session, opportunity, field, label).await
        })
        .await?;
        reach(Step::StatusWritten);
        self.note_written(job, &contract, &connection, field, label).await
    }

    async fn note_written(
        &self,
        job: &JobRow,
        contract: &contracts::ContractRow,
        connection: &connections::ConnectionRow,
        field: &str,
        label: &str,
    ) -> std::result::Result<(), JobError> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        contracts::note_written(
            &mut tx,
            &job.organization_id,
            &contract.id,
            (contract.negotiation_status, label, job.attempts),
            now,
        )
        .await?;
        let line = NewActivity::new(
            &job.organization_id,
            ActivityKind::StatusWritten,
            "LexiContract",
            format!("Wrote “{label}” to Salesforce"),
            now,
        );
        let detail = json!({ "field": field, "value": label, "attempt": job.attempts });
        db::activity::insert(&mut tx, line.contract(&contract.id).connection(&connection.id).detail(detail)).await?;
        connection_health::note_success(&mut tx, &connection.organization_id, &connection.id, now).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        tx.commit().await?;
        self.wake.wake();
        Ok(())
    }

    /// Ends a job that finds nothing to do.
    pub(super) async fn complete(&self, job: &JobRow) -> std::result::Result<(), JobError> {
        let mut tx = self.db.begin().await?;
        let held = db::jobs::complete(&mut tx, job).await?;
        tx.commit().await?;
        if held { Ok(()) } else { Err(JobError::claim_lost()) }
    }

    /// Tells the contract, and whoever reads its timeline, that an attempt did not work.
    pub(crate) async fn note_push_ending(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &ContractId,
        ending: Ending,
        sentence: &str,
    ) -> Result<()> {
        let now = self.clock().now();
        let (status, kind, what) = match ending {
            Ending::Waits(_) | Ending::Postponed(_) | Ending::Parked => {
                (SyncStatus::Pending, ActivityKind::AttemptFailed, "did not work")
            }
            Ending::Dead => (SyncStatus::Failed, ActivityKind::GivenUp, "was given up"),
        };
        if contracts::find(tx, &job.organization_id, id).await?.is_none() {
            return Ok(());
        }
        if matches!(ending, Ending::Postponed(_)) {
            // Nothing was tried, so there is no attempt to tell of.
            let attempts = job.attempts - 1;
            return Ok(contracts::set_sync(tx, &job.organization_id, id, (status, attempts, Some(sentence)), now).await?);
        }
        contracts::set_sync(tx, &job.organization_id, id, (status, job.attempts, Some(sentence)), now).await?;
        let summary = format!("Attempt {} to write the status to Salesforce {what}: {sentence}", job.attempts);
        let line = NewActivity::new(&job.organization_id, kind, "LexiContract", summary, now).contract(id);
        Ok(db::activity::insert(tx, line.detail(json!({ "attempt": job.attempts }))).await?)
    }
}
