//! The negotiation status: changed by a person, and queued for its write-back in the same transaction.

use crate::{
    db::{
        self, ReadConnection, Tx, connections,
        contracts::{
            self as table,
            contract_links::{self, LinkRow},
        },
    },
    domain::{
        account::users::Role,
        contract::{Contract, NegotiationStatus, SyncStatus, link::LinkRole, timeline::ActivityKind},
        ids::ContractId,
        problem::Problem,
    },
    hub::{Hub, Result},
    jobs::{Job, enqueue_or_reschedule},
    services::{Actor, contracts},
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
            db::audit::activity::insert(&mut tx, self.line(actor, ActivityKind::StatusChanged, summary).contract(id)).await?;
        }
        for link in contract_links::of_contract(&mut tx, &actor.organization_id, id).await? {
            let is_written = matches!(link.sync_status, SyncStatus::Synced | SyncStatus::Pending);
            if link.role == LinkRole::Source && !(is_same && is_written) {
                self.queue_push(&mut tx, &link).await?;
            }
        }
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(contract)
    }

    /// Tries the write-back again now.
    ///
    /// # Errors
    /// The actor is only a viewer, there is no such contract, or it was not made from a deal.
    pub async fn retry_sync(&self, actor: &Actor, id: &ContractId) -> Result<Contract> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        contracts::find(&mut tx, actor, id).await?;
        let links = contract_links::of_contract(&mut tx, &actor.organization_id, id).await?;
        let source = links.iter().find(|link| link.role == LinkRole::Source).ok_or(Problem::NotLinked)?;
        self.queue_push(&mut tx, source).await?;
        let push = Job::Push(source.id.clone());
        db::jobs::mark_for_user(&mut tx, &actor.organization_id, push.kind(), push.subject()).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(contract)
    }

    /// One write-back waits per link. It reads the status when it runs, so the last value wins.
    pub(crate) async fn queue_push(&self, tx: &mut Tx, link: &LinkRow) -> Result<()> {
        let now = self.clock().now();
        let connection = connection_of(tx, link).await?.map(|connection| connection.id);
        // The contract is locked before its link.
        table::touch(tx, &link.organization_id, &link.contract_id, now).await?;
        contract_links::set_sync(tx, &link.organization_id, &link.id, (SyncStatus::Pending, 0, None), now).await?;
        Ok(enqueue_or_reschedule(tx, &Job::Push(link.id.clone()), &link.organization_id, connection.as_ref(), now).await?)
    }
}

/// The connection that leads to the record of a link. A connection that was made again serves as well as the one before.
pub(crate) async fn connection_of(tx: &mut ReadConnection, link: &LinkRow) -> Result<Option<connections::ConnectionRow>> {
    Ok(connections::find_by_account(tx, &link.organization_id, &link.integration_id, &link.account_id).await?)
}
