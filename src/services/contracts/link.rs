//! The link of a contract to the deal that it belongs to.

use crate::connectors::Call;
use crate::db::connections::ConnectionRow;
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::search_keys::SearchKeys;
use crate::db::contracts::{self as table, ContractRow};
use crate::db::deliveries::{self, ingestion};
use crate::db::erasures::erased_deals;
use crate::db::{self, Tx, jobs};
use crate::domain::account::users::Role;
use crate::domain::connection::deal::Deal;
use crate::domain::contract::link::LinkRole;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::contract::{Contract, SyncStatus};
use crate::domain::ids::{ConnectionId, ContractId};
use crate::domain::problem::{Invalid, Problem};
use crate::domain::record::RecordRef;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::random::new_id;
use crate::services::auth::idempotency::first_or_return;
use crate::services::connections::dry_run::problem;
use crate::services::connections::session::Caller;
use crate::services::{Actor, connections, contracts};
use serde_json::json;

impl Hub {
    /// Links a contract to a deal, instead of the deal that it was linked to before. `pasted` is the deal's id or the URL of its
    /// page. Fails with [`Problem::RecordLinked`] if another contract is linked to the deal.
    pub async fn link_contract(
        &self,
        actor: &Actor,
        id: &ContractId,
        connection: &ConnectionId,
        pasted: &str,
    ) -> Result<Contract> {
        actor.require(Role::Member)?;
        let mut tx = self.db.acquire().await?;
        contracts::find(&mut tx, actor, id).await?;
        let connection = connections::find(&mut tx, actor, connection).await?;
        drop(tx);
        let deals = connections::deals(&connection)?;
        let deal_id = deals.parse_id(pasted.trim()).ok_or(Invalid::RecordId)?;
        if !connection.is_enabled {
            return Err(Problem::IntegrationDisabled.into());
        }
        let trigger = connection.metadata.settings.trigger_rule().for_any_deal();
        let (trigger, deal_id) = (&trigger, &deal_id);
        let call = move |call: Call| async move { deals.deal(&call, trigger, deal_id).await };
        let deal = self.with_session(Caller::User, &connection, call).await.map_err(|error| problem(&connection, error))?;
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Member).await?);
        // Lock order: connection, contract.
        ingestion::lock_connection(&mut tx, &actor.organization_id, &connection.id).await?.ok_or(Problem::NotFound)?;
        let row = table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        self.store_link(&mut tx, actor, &row, &connection, &deal).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        self.commit_idempotent_contract(tx, actor, &contract, id).await?;
        self.notifier.notify();
        Ok(contract)
    }

    async fn store_link(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        contract: &ContractRow,
        connection: &ConnectionRow,
        deal: &Deal,
    ) -> Result<()> {
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let record = RecordRef::deal(deal.id.clone());
        let link = source_link(&contract.id, connection, record.clone(), deal, now);
        let keys = SearchKeys::new(&contract.title, Some(&deal.name), deal.party_name.as_deref());
        table::set_search_keys(tx, organization, &contract.id, &keys, now).await?;
        match contract_links::find_source(tx, connection.account(), &record).await? {
            Some(linked) if linked.contract_id == contract.id => {
                return Ok(contract_links::update_record(tx, &LinkRow { id: linked.id, ..link }, now).await?);
            }
            Some(_) => return Err(Problem::RecordLinked.into()),
            None => {}
        }
        if let Some(before) = contract_links::source_of(tx, organization, &contract.id).await? {
            remove(tx, &before).await?;
        }
        // A delivery of the deal can have created a contract concurrently.
        if !contract_links::insert(tx, &link).await? {
            return Err(Problem::RecordLinked.into());
        }
        erased_deals::delete(tx, connection.account(), &record).await?;
        let summary = format!("{} linked the contract to the deal “{}”", actor.name, deal.name);
        let line = self.activity(actor, ActivityKind::ContractLinked, summary).contract(&contract.id).connection(&connection.id);
        db::audit::activity::insert(tx, line.detail(json!({ "id": deal.id, "name": deal.name }))).await?;
        if connection.metadata.settings.writes_on_create() {
            self.queue_push(tx, &link).await?;
        }
        self.queue_filing(tx, contract).await
    }

    /// Removes the link to the deal. The contract stays, and its status is no longer written. Has no effect if there is no link.
    pub async fn unlink_contract(&self, actor: &Actor, id: &ContractId) -> Result<()> {
        actor.require(Role::Member)?;
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = table::find_locked(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        let Some(source) = contract_links::source_of(&mut tx, organization, id).await? else { return Ok(()) };
        remove(&mut tx, &source).await?;
        table::set_search_keys(&mut tx, organization, id, &SearchKeys::new(&row.title, None, None), now).await?;
        let summary = format!("{} unlinked the contract from the deal “{}”", actor.name, source.name);
        let line = self.activity(actor, ActivityKind::ContractUnlinked, summary).contract(id);
        db::audit::activity::insert(&mut tx, line.detail(json!({ "id": source.record_id, "name": source.name }))).await?;
        Ok(tx.commit().await?)
    }
}

/// Removes a link with its write-back. A worker that is writing the status loses its claim. The ended deliveries of the deal stay with
/// the contract, so that an erasure of the contract finds them.
async fn remove(tx: &mut Tx, link: &LinkRow) -> Result<()> {
    deliveries::assign_ended(tx, link).await?;
    jobs::delete_of_subject(tx, &link.organization_id, link.id.as_str()).await?;
    Ok(contract_links::delete(tx, &link.organization_id, &link.id).await?)
}

/// Builds the link of a contract to its deal.
pub(crate) fn source_link(
    contract: &ContractId,
    connection: &ConnectionRow,
    record: RecordRef,
    deal: &Deal,
    now: Timestamp,
) -> LinkRow {
    LinkRow {
        id: new_id(),
        organization_id: connection.organization_id.clone(),
        contract_id: contract.clone(),
        connection_id: Some(connection.id.clone()),
        integration_id: connection.integration_id.clone(),
        account_id: connection.external_account_id.clone(),
        record_type: record.kind,
        record_id: record.id,
        role: LinkRole::Source,
        name: deal.name.clone(),
        party_name: deal.party_name.clone(),
        url: deal.url.clone(),
        stage: Some(deal.stage.clone()),
        sync_status: SyncStatus::Idle,
        last_synced_value: None,
        last_synced_at: None,
        sync_attempts: 0,
        sync_error: None,
        created_at: now,
        updated_at: now,
    }
}
