//! The negotiation status: changed by a person, and on its way to Salesforce in the same transaction.

use super::{Actor, contracts};
use crate::{
    db::{self, Tx, connections, contracts as table},
    domain::{
        contract::{Contract, NegotiationStatus, SyncStatus},
        ids::{ContractId, IntegrationId},
        people::Role,
        problem::Problem,
        timeline::ActivityKind,
    },
    hub::{Hub, Result},
    jobs::{Job, enqueue_or_hurry},
};

impl Hub {
    /// Changes the status and queues its write-back. The value it has, already written, changes nothing.
    ///
    /// # Errors
    /// The actor is only a viewer, or there is no such contract.
    pub async fn change_status(&self, actor: &Actor, id: &ContractId, status: NegotiationStatus) -> Result<Contract> {
        self.change_status_if(actor, id, status, |_| true).await
    }

    /// Changes the status for somebody who decided when it was `seen`: when somebody else has changed it since, nothing is changed.
    ///
    /// # Errors
    /// The same, and [`Problem::ChangedMeanwhile`].
    pub async fn change_seen_status(
        &self,
        actor: &Actor,
        id: &ContractId,
        seen: NegotiationStatus,
        status: NegotiationStatus,
    ) -> Result<Contract> {
        self.change_status_if(actor, id, status, |current| current == seen).await
    }

    async fn change_status_if(
        &self,
        actor: &Actor,
        id: &ContractId,
        status: NegotiationStatus,
        is_as_expected: impl Fn(NegotiationStatus) -> bool + Send,
    ) -> Result<Contract> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let is_same = row.negotiation_status == status;
        // A second click finds what the first one did.
        if !is_same && !is_as_expected(row.negotiation_status) {
            return Err(Problem::ChangedMeanwhile.into());
        }
        if !is_same {
            table::set_negotiation_status(&mut tx, &actor.organization_id, id, status, now).await?;
            let summary =
                format!("{} changed the status from {} to {}", actor.name, row.negotiation_status.label(), status.label());
            db::activity::insert(&mut tx, self.line(actor, ActivityKind::StatusChanged, summary).contract(id)).await?;
        }
        let is_written = matches!(row.sync_status, SyncStatus::Synced | SyncStatus::Pending);
        if row.sync_status != SyncStatus::NotLinked && !(is_same && is_written) {
            self.queue_push(&mut tx, &row).await?;
        }
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.wake.wake();
        Ok(contract)
    }

    /// Tries the write-back again now.
    ///
    /// # Errors
    /// The actor is only a viewer, there is no such contract, or it does not come from an Opportunity.
    pub async fn retry_sync(&self, actor: &Actor, id: &ContractId) -> Result<Contract> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        if row.sync_status == SyncStatus::NotLinked {
            return Err(Problem::NotLinked.into());
        }
        self.queue_push(&mut tx, &row).await?;
        let push = Job::PushStatus(row.id.clone());
        db::jobs::mark_for_user(&mut tx, &actor.organization_id, push.kind(), push.subject()).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.wake.wake();
        Ok(contract)
    }

    /// One write-back waits per contract. It reads the status when it runs, so the last value wins.
    pub(super) async fn queue_push(&self, tx: &mut Tx, row: &table::ContractRow) -> Result<()> {
        let now = self.clock().now();
        let connection = connection_of(tx, row).await?;
        table::set_sync(tx, &row.organization_id, &row.id, (SyncStatus::Pending, 0, None), now).await?;
        let lane = connection.map(|connection| connection.id);
        Ok(enqueue_or_hurry(tx, &Job::PushStatus(row.id.clone()), &row.organization_id, lane.as_ref(), now).await?)
    }
}

/// The connection that leads to a contract's Salesforce org; a new one after a disconnect is as good as the old.
pub(super) async fn connection_of(tx: &mut Tx, row: &table::ContractRow) -> Result<Option<connections::ConnectionRow>> {
    let Some(account) = &row.salesforce_organization_id else { return Ok(None) };
    let salesforce = IntegrationId::from_suffix("salesforce");
    Ok(connections::find_by_account(tx, &row.organization_id, &salesforce, account).await?)
}
