//! The negotiation status of contracts.

use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::{self as table, ContractRow};
use crate::db::{self, ReadConnection, Tx, connections};
use crate::domain::account::users::Role;
use crate::domain::contract::link::LinkRole;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::contract::{Contract, NegotiationStatus, SyncStatus};
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::jobs::{Job, enqueue_or_reschedule};
use crate::services::connections::write_back::value_to_write;
use crate::services::{Actor, contracts};

impl Hub {
    pub async fn change_status(&self, actor: &Actor, id: &ContractId, status: NegotiationStatus) -> Result<Contract> {
        self.change_status_if(actor, id, None, status).await
    }

    /// Changes the status and queues its write-back. Has no effect if the contract already has the status and the write-back is
    /// done or pending. Fails with [`Problem::ChangedMeanwhile`] if `seen` is given and the current status is neither `seen` nor
    /// `status`.
    pub async fn change_status_if(
        &self,
        actor: &Actor,
        id: &ContractId,
        seen: Option<NegotiationStatus>,
        status: NegotiationStatus,
    ) -> Result<Contract> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let is_same = row.negotiation_status == status;
        // A repeated submission is not a conflict, because the first submission has set the status.
        if !is_same && seen.is_some_and(|seen| seen != row.negotiation_status) {
            return Err(Problem::ChangedMeanwhile.into());
        }
        if !is_same {
            table::set_negotiation_status(&mut tx, &actor.organization_id, id, status, now).await?;
            let summary =
                format!("{} changed the status from {} to {}", actor.name, row.negotiation_status.label(), status.label());
            db::audit::activity::insert(&mut tx, self.activity(actor, ActivityKind::StatusChanged, summary).contract(id)).await?;
            self.queue_filing(&mut tx, &ContractRow { negotiation_status: status, ..row.clone() }).await?;
        }
        for link in contract_links::of_contract(&mut tx, &actor.organization_id, id).await? {
            let is_written = match link.sync_status {
                SyncStatus::Pending => true,
                SyncStatus::Synced => has_current_value(&mut tx, &row, &link).await?,
                SyncStatus::NotLinked | SyncStatus::Idle | SyncStatus::Failed => false,
            };
            if link.role == LinkRole::Source && !(is_same && is_written) {
                self.queue_push(&mut tx, &link).await?;
            }
        }
        self.commit_contract(tx, actor, id).await
    }

    pub(super) async fn commit_contract(&self, mut tx: Tx, actor: &Actor, id: &ContractId) -> Result<Contract> {
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(contract)
    }

    /// Queues the write-back again.
    pub async fn retry_sync(&self, actor: &Actor, id: &ContractId) -> Result<Contract> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        contracts::find(&mut tx, actor, id).await?;
        let source = contract_links::source_of(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotLinked)?;
        self.queue_push(&mut tx, &source).await?;
        let push = Job::Push(source.id.clone());
        db::jobs::mark_for_user(&mut tx, &actor.organization_id, push.kind(), push.subject()).await?;
        self.commit_contract(tx, actor, id).await
    }

    /// Queues a write-back for the link, or makes the already queued write-back due now. The job reads the status when it runs,
    /// so it writes the latest status.
    pub(crate) async fn queue_push(&self, tx: &mut Tx, link: &LinkRow) -> Result<()> {
        let now = self.clock().now();
        let connection = connection_of(tx, link).await?.map(|connection| connection.id);
        // Lock order: contract, link.
        table::touch(tx, &link.organization_id, &link.contract_id, now).await?;
        contract_links::set_sync(tx, &link.organization_id, &link.id, SyncStatus::Pending, 0, None, now).await?;
        Ok(enqueue_or_reschedule(tx, &Job::Push(link.id.clone()), &link.organization_id, connection.as_ref(), now).await?)
    }
}

/// True if the value to write was written last, or the account of the link is not connected.
pub(crate) async fn has_current_value(tx: &mut ReadConnection, contract: &ContractRow, link: &LinkRow) -> Result<bool> {
    Ok(match connection_of(tx, link).await? {
        Some(connection) => link.last_synced_value.as_ref() == Some(&value_to_write(tx, contract, &connection).await?),
        None => true,
    })
}

/// Returns the connection to the account of a link, even if the account was disconnected and connected again after the link was
/// created.
pub(crate) async fn connection_of(tx: &mut ReadConnection, link: &LinkRow) -> Result<Option<connections::ConnectionRow>> {
    Ok(connections::find_by_account(tx, &link.organization_id, &link.integration_id, &link.account_id).await?)
}
