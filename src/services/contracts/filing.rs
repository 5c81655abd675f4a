//! Requests to file the latest version of a contract at the provider. A job files it (`connections/file_back.rs`).

use super::status::connection_of;
use crate::connectors::FileBack;
use crate::db::connections::ConnectionRow;
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::contracts::filings::{self, FilingRef};
use crate::db::contracts::versions::{self, VersionRow};
use crate::db::contracts::{self as table, ContractRow};
use crate::db::{self, ReadConnection, Tx};
use crate::domain::account::users::Role;
use crate::domain::connection::settings::FileBackStatus;
use crate::domain::contract::Contract;
use crate::domain::contract::filing::FilingObstacle;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::jobs::{Job, enqueue_or_reschedule};
use crate::services::{Actor, connections};
use serde_json::json;

impl Hub {
    /// Queues the filing of the latest version if the settings of the connection ask for it. Must be called in the transaction that
    /// changes the status or adds a version. Has no effect on a version that is filed already.
    pub(crate) async fn queue_filing(&self, tx: &mut Tx, contract: &ContractRow) -> Result<()> {
        if FileBackStatus::of(contract.negotiation_status).is_none() {
            // A failure no longer matters, because the version is not filed in this status.
            return Ok(filings::delete_failed(tx, &contract.organization_id, &contract.id).await?);
        }
        let Some((link, connection)) = source_and_connection(tx, contract).await? else { return Ok(()) };
        let applies = connection.metadata.settings.file_back.applies_to(contract.negotiation_status);
        if !applies || file_back(&connection)?.is_none() {
            return Ok(());
        }
        let latest = versions::latest(tx, &contract.organization_id, &contract.id).await?;
        let latest = latest.filter(|latest| !is_from_provider(latest, &link) && latest.check_released().is_ok());
        match latest {
            Some(latest) => self.request_filing(tx, &latest, &link, &connection, false).await.map(drop),
            None => Ok(()),
        }
    }

    /// Like [`Self::queue_filing`], for a version that was stored or released in this transaction.
    pub(crate) async fn queue_filing_of(&self, tx: &mut Tx, version: &VersionRow) -> Result<()> {
        if version.source != versions::UPLOAD || version.check_released().is_err() {
            return Ok(());
        }
        match table::find(tx, &version.organization_id, &version.contract_id).await? {
            Some(contract) => self.queue_filing(tx, &contract).await,
            None => Ok(()),
        }
    }

    /// Files a version at the provider now, whatever the settings of the connection are. Has no effect if it is filed already.
    pub async fn file_version(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<Contract> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let contract = table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let version = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        let link = contract_links::source_of(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotLinked)?;
        let connection = connection_of(&mut tx, &link).await?.ok_or(Problem::AccountNotConnected)?;
        if let Some(obstacle) = obstacle(&mut tx, &contract, &version, &link, &connection).await? {
            return Err(Problem::CannotFile(obstacle).into());
        }
        version.check_released()?;
        if !connection.is_enabled {
            return Err(Problem::IntegrationDisabled.into());
        }
        if self.request_filing(&mut tx, &version, &link, &connection, true).await? {
            let job = Job::FileBack(link.id.clone());
            db::jobs::mark_for_user(&mut tx, &actor.organization_id, job.kind(), job.subject()).await?;
            let provider = connections::terms(&connection).provider;
            let summary = format!("{} asked to file version {number} in {provider}", actor.name);
            let line = self.activity(actor, ActivityKind::FilingRequested, summary).contract(id).connection(&connection.id);
            db::audit::activity::insert(&mut tx, line.detail(json!({ "number": number }))).await?;
        }
        self.commit_contract(tx, actor, id).await
    }

    /// Returns false if the version is filed already.
    async fn request_filing(
        &self,
        tx: &mut Tx,
        version: &VersionRow,
        link: &LinkRow,
        connection: &ConnectionRow,
        is_requested: bool,
    ) -> Result<bool> {
        let (organization, now) = (&link.organization_id, self.clock().now());
        // Lock order: contract, filing.
        table::touch(tx, organization, &link.contract_id, now).await?;
        let key = FilingRef { organization, version: &version.id, link: &link.id };
        if !filings::request(tx, key, &link.contract_id, is_requested, now).await? {
            return Ok(false);
        }
        let job = Job::FileBack(link.id.clone());
        enqueue_or_reschedule(tx, &job, organization, Some(&connection.id), now).await?;
        Ok(true)
    }
}

/// Returns the link to the deal of a contract and the connection to its account, if both exist.
async fn source_and_connection(tx: &mut ReadConnection, contract: &ContractRow) -> Result<Option<(LinkRow, ConnectionRow)>> {
    let Some(link) = contract_links::source_of(tx, &contract.organization_id, &contract.id).await? else { return Ok(None) };
    Ok(connection_of(tx, &link).await?.map(|connection| (link, connection)))
}

async fn obstacle(
    tx: &mut ReadConnection,
    contract: &ContractRow,
    version: &VersionRow,
    link: &LinkRow,
    connection: &ConnectionRow,
) -> Result<Option<FilingObstacle>> {
    let latest = versions::latest(tx, &contract.organization_id, &contract.id).await?;
    let obstacles = [
        (FilingObstacle::NotSupported, file_back(connection)?.is_none()),
        (FilingObstacle::FromProvider, is_from_provider(version, link)),
        (FilingObstacle::NotLatest, latest.is_some_and(|latest| latest.id != version.id)),
        (FilingObstacle::NotDecided, FileBackStatus::of(contract.negotiation_status).is_none()),
    ];
    Ok(obstacles.into_iter().find_map(|(obstacle, applies)| applies.then_some(obstacle)))
}

/// Returns the operations to store files at the provider; `None` if it does not support them.
pub(crate) fn file_back(connection: &ConnectionRow) -> Result<Option<&'static dyn FileBack>> {
    Ok(connections::connector(connection)?.file_back)
}

/// True if the version was copied from the provider of the linked record.
pub(crate) fn is_from_provider(version: &VersionRow, link: &LinkRow) -> bool {
    version.source == link.integration_id.slug()
}
