//! The files of a contract's deal, and the choice of one of them as the next version.

use super::ingest::candidate;
use super::ingest::chosen_file::all_files;
use super::view;
use crate::connectors::{Call, FileState, RemoteFile};
use crate::db::connections::ConnectionRow;
use crate::db::contracts as contracts_table;
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::versions::{self, VersionRow};
use crate::db::deliveries::{self as table, NewDelivery, ingestion};
use crate::db::{self, ReadConnection, Tx, jobs};
use crate::domain::account::users::Role;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::{Delivery, DeliveryStatus, Origin};
use crate::domain::file::choice::unusable;
use crate::domain::file::deal_file::{DealFile, DealFiles};
use crate::domain::ids::{ContractId, DeliveryId};
use crate::domain::problem::{Invalid, Problem};
use crate::domain::record::RecordRef;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::jobs::{Job, enqueue_or_reschedule};
use crate::services::auth::idempotency::first_or_return;
use crate::services::connections::dry_run::problem;
use crate::services::connections::session::Caller;
use crate::services::contracts::status::connection_of;
use crate::services::{Actor, connections, contracts};
use serde_json::json;

/// Maximum number of listed files.
const MAX_FILES: usize = 500;
const MAX_ID_CHARACTERS: usize = 255;
/// Maximum number of attempts to store a choice while processing of the waiting delivery begins concurrently.
const ATTEMPTS: usize = 3;

impl Hub {
    /// Lists the files of the contract's deal, as the provider reports them now.
    pub async fn deal_files(&self, actor: &Actor, id: &ContractId) -> Result<DealFiles> {
        let mut tx = self.db.acquire().await?;
        let (source, connection) = source_and_connection(&mut tx, actor, id).await?;
        let latest = versions::latest(&mut tx, &actor.organization_id, id).await?;
        drop(tx);
        let deals = connections::deals(&connection)?;
        let record = &source.record_id;
        let call = move |call: Call| async move { all_files(&call, deals, record).await };
        let files = self.with_session(Caller::User, &connection, call).await;
        let mut files = files.map_err(|error| problem(&connection, error))?;
        files.sort_by(|a, b| (b.modified_at, &b.id).cmp(&(a.modified_at, &a.id)));
        files.truncate(MAX_FILES);
        let max_bytes = self.config().max_file_bytes;
        let items = files.into_iter().map(|file| deal_file(file, &connection, latest.as_ref(), max_bytes)).collect();
        Ok(DealFiles { items })
    }

    /// Queues the import of one file of the contract's deal as the next version. The import fails if the file is gone or unusable
    /// when it runs, and changes nothing if the latest version already is this file. Replaces an earlier choice that still waits.
    pub async fn choose_file(&self, actor: &Actor, id: &ContractId, file: &str) -> Result<Delivery> {
        actor.require(Role::Member)?;
        let file = file.trim();
        if !(1..=MAX_ID_CHARACTERS).contains(&file.chars().count()) || file.chars().any(char::is_control) {
            return Err(Invalid::FileId.into());
        }
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Member).await?);
        let (source, connection) = source_and_connection(&mut tx, actor, id).await?;
        connections::deals(&connection)?;
        if !connection.is_enabled {
            return Err(Problem::IntegrationDisabled.into());
        }
        let delivery = self.store_choice(&mut tx, &source, &connection, file).await?;
        // Prevents an erasure until the commit.
        contracts_table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let summary = format!("{} chose another file of the deal", actor.name);
        let line = self.activity(actor, ActivityKind::FileSelected, summary).contract(id).delivery(&delivery);
        db::audit::activity::insert(&mut tx, line.connection(&connection.id).detail(json!({ "id": file }))).await?;
        let row = table::find(&mut tx, &actor.organization_id, &delivery).await?.ok_or(Problem::NotFound)?;
        let delivery = view(connection.integration_id.slug(), row);
        self.commit_idempotent_contract(tx, actor, &delivery, id).await?;
        self.notifier.notify();
        Ok(delivery)
    }

    /// Stores the choice in the delivery that waits with an earlier choice, or else in a new delivery, and makes its job due now.
    async fn store_choice(&self, tx: &mut Tx, source: &LinkRow, connection: &ConnectionRow, file: &str) -> Result<DeliveryId> {
        let (organization, now) = (&connection.organization_id, self.clock().now());
        let record = RecordRef { kind: source.record_type, id: source.record_id.clone() };
        let mut new = NewDelivery::new(organization, &connection.id, record, Origin::User);
        new.file_id = Some(file.to_owned());
        let id = add_or_replace(tx, &new, now).await?;
        let row = table::find(tx, organization, &id).await?.ok_or(Problem::Unavailable)?;
        if row.status != DeliveryStatus::Parked {
            table::restart(tx, &row, now).await?;
            let job = Job::Ingest(id.clone());
            enqueue_or_reschedule(tx, &job, organization, Some(&connection.id), now).await?;
            // Lets the next attempt run even while the connection is paused.
            jobs::mark_for_user(tx, organization, job.kind(), job.subject()).await?;
        }
        Ok(id)
    }
}

async fn add_or_replace(tx: &mut Tx, new: &NewDelivery, now: Timestamp) -> Result<DeliveryId> {
    let NewDelivery { organization_id, connection_id, record, file_id, .. } = new;
    ingestion::lock_connection(tx, organization_id, connection_id).await?.ok_or(Problem::NotFound)?;
    for _ in 0..ATTEMPTS {
        let file = file_id.as_deref().unwrap_or_default();
        if let Some(waiting) = table::set_chosen_file(tx, organization_id, connection_id, record, file).await? {
            return Ok(waiting);
        }
        if let Some(added) = ingestion::insert_unless_waiting(tx, std::slice::from_ref(new), now).await?.pop() {
            return Ok(added);
        }
    }
    Err(Problem::Unavailable.into())
}

/// Returns the source link of a contract and the connection to its account.
async fn source_and_connection(tx: &mut ReadConnection, actor: &Actor, id: &ContractId) -> Result<(LinkRow, ConnectionRow)> {
    contracts::find(tx, actor, id).await?;
    let source = contract_links::source_of(tx, &actor.organization_id, id).await?.ok_or(Problem::NotLinked)?;
    let connection = connection_of(tx, &source).await?.ok_or(Problem::AccountNotConnected)?;
    Ok((source, connection))
}

fn deal_file(file: RemoteFile, connection: &ConnectionRow, latest: Option<&VersionRow>, max_bytes: u64) -> DealFile {
    let reason = unusable(&candidate(&file, connections::terms(connection)), max_bytes);
    let is_from_provider = |latest: &&VersionRow| latest.source == connection.integration_id.slug();
    let current = latest.filter(is_from_provider).and_then(|latest| latest.remote_id.as_ref());
    DealFile {
        is_current: current == Some(&file.id),
        is_usable: reason.is_none(),
        reason,
        modified_at: (file.state != FileState::Undated).then_some(file.modified_at),
        id: file.id,
        name: file.name,
        size_bytes: file.size_bytes,
    }
}
