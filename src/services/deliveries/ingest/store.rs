//! Stores the results of a delivery in one transaction: contract, version, next job, timeline, and outcomes.

use super::{Copied, ERASED, NewFile, Read, chosen_file, same_file};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::{self, issues};
use crate::db::contracts::search_keys::SearchKeys;
use crate::db::contracts::{self, contract_links, versions};
use crate::db::deliveries::{self, ingestion};
use crate::db::erasures::erased_deals;
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::connection::deal::Deal;
use crate::domain::contract::NegotiationStatus;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::delivery_steps::StepKind;
use crate::domain::file::file_type::FileType;
use crate::domain::ids::{ContractId, VersionId};
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result};
use crate::jobs::{self, JobError, JobResult};
use crate::random::new_id;
use crate::services;
use crate::services::connections::polling;
use crate::services::contracts::link::source_link;
use crate::services::deliveries::step_recorder::StepRecorder;
use serde_json::{Value, json};

struct Upserted {
    contract: ContractId,
    /// Link to the deal.
    link: contract_links::LinkRow,
    is_new: bool,
}

/// Collects timeline entries, which are inserted together.
struct Timeline<'a> {
    delivery: &'a deliveries::DeliveryRow,
    contract: &'a ContractId,
    now: Timestamp,
    lines: Vec<NewActivity<'a>>,
}

impl Hub {
    /// Stores the results. Returns `true` if the copied file became a version. Otherwise, the caller must delete the copy.
    pub(crate) async fn store_contract(
        &self,
        job: &JobRow,
        delivery: &deliveries::DeliveryRow,
        connection: &connections::ConnectionRow,
        read: Read,
        copied: Copied,
        steps: &StepRecorder,
    ) -> JobResult<bool> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        // Locks the connection first, as a disconnect does, to avoid deadlocks.
        if ingestion::lock_connection(&mut tx, &connection.organization_id, &connection.id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        chosen_file::check_latest_choice(&mut tx, delivery).await?;
        let Upserted { contract, link, is_new } = upsert_contract(&mut tx, delivery, connection, &read, now).await?;
        let mut timeline = Timeline { delivery, contract: &contract, now, lines: Vec::new() };
        db::audit::activity::assign_to_contract(&mut tx, &delivery.organization_id, &delivery.id, &contract).await?;
        timeline.record_read(&read);
        if is_new {
            timeline.record(ActivityKind::ContractCreated, format!("The contract “{}” was created", read.deal.name), None);
        }
        let is_copied = matches!(copied, Copied::New(_) | Copied::Unchanged);
        let version = match copied {
            Copied::NoFile => {
                let hint = services::connections::deals(connection)?.hidden_files();
                let summary = format!("No usable file is attached to the deal. {hint}");
                timeline.record(ActivityKind::NoFile, summary, None);
                None
            }
            Copied::Unchanged => {
                timeline.record_unchanged();
                None
            }
            Copied::New(new) => self.store_new_file(&mut tx, &mut timeline, connection, *new).await?,
        };
        db::audit::activity::insert_all(&mut tx, &timeline.lines, now).await?;
        polling::record_entry(&mut tx, delivery, &read.deal, now).await?;
        match &version {
            _ if is_new && connection.metadata.settings.writes_on_create() => self.queue_push(&mut tx, &link).await?,
            Some(version) if !is_new => self.follow_version(&mut tx, delivery, connection, version).await?,
            _ => {}
        }
        let became_version = version.is_some();
        let added: Vec<Quota> =
            [is_new.then_some(Quota::Contracts), became_version.then_some(Quota::StorageBytes)].into_iter().flatten().collect();
        self.check_quotas(&mut tx, &delivery.organization_id, &added).await?;
        deliveries::finish(&mut tx, &delivery.organization_id, &delivery.id, DeliveryStatus::Done, Some(&contract), None).await?;
        issues::record_success(&mut tx, &connection.organization_id, &connection.id, now).await?;
        let (step, detail) = stored(is_new, is_copied, version.as_ref());
        steps.store(&mut tx, delivery, job.attempts, step, detail).await?;
        jobs::complete(&mut tx, job).await?;
        reach(Step::IngestStoring);
        tx.commit().await?;
        reach(Step::IngestStored);
        Ok(became_version)
    }

    /// Stores a copied file as a version, and queues its scan or analysis. Returns `None` if the latest version has the same
    /// content.
    async fn store_new_file(
        &self,
        tx: &mut Tx,
        timeline: &mut Timeline<'_>,
        connection: &connections::ConnectionRow,
        new: NewFile,
    ) -> JobResult<Option<versions::VersionRow>> {
        let NewFile { version, file, file_type, copy, previous } = new;
        let at = (&connection.organization_id, &version);
        let name = with_extension(&file.name, file_type);
        let row = versions::VersionRow {
            source: connection.integration_id.slug().to_owned(),
            remote_id: Some(file.id),
            ..self.version_row(at, timeline.contract, name, file_type, copy, timeline.now)
        };
        let stored = timeline.store_version(tx, row, previous.as_ref()).await?;
        if let Some(row) = &stored {
            self.queue_checks(tx, row).await?;
        }
        Ok(stored)
    }
}

impl Hub {
    /// Finishes a delivery whose deal does not match the trigger rule, without a contract.
    pub(super) async fn skip_deal(
        &self,
        job: &JobRow,
        delivery: &deliveries::DeliveryRow,
        connection: &connections::ConnectionRow,
        deal: &Deal,
        reason: &str,
        steps: &StepRecorder,
    ) -> JobResult {
        let (organization, now) = (&delivery.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, &connection.id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        let summary = format!("Skipped the deal “{}”. {reason}", deal.name);
        let line = NewActivity::new(organization, ActivityKind::DealSkipped, "LexiContract", summary, now);
        db::audit::activity::insert(&mut tx, line.delivery(&delivery.id).connection(&connection.id)).await?;
        polling::record_entry(&mut tx, delivery, deal, now).await?;
        deliveries::finish(&mut tx, organization, &delivery.id, DeliveryStatus::Done, None, Some(reason)).await?;
        issues::record_success(&mut tx, organization, &connection.id, now).await?;
        steps.store(&mut tx, delivery, job.attempts, StepKind::DealSkipped, reason).await?;
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    /// Finishes a delivery whose contract was erased. The timeline does not name the deal, because its name was the title.
    pub(super) async fn skip_erased_deal(
        &self,
        job: &JobRow,
        delivery: &deliveries::DeliveryRow,
        steps: &StepRecorder,
    ) -> JobResult {
        let (organization, now) = (&delivery.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, &delivery.connection_id).await?.is_none() {
            return Err(JobError::claim_lost());
        }
        let summary = format!("Skipped the deal. {ERASED}");
        let line = NewActivity::new(organization, ActivityKind::DealSkipped, "LexiContract", summary, now);
        db::audit::activity::insert(&mut tx, line.delivery(&delivery.id).connection(&delivery.connection_id)).await?;
        deliveries::finish(&mut tx, organization, &delivery.id, DeliveryStatus::Done, None, Some(ERASED)).await?;
        steps.store(&mut tx, delivery, job.attempts, StepKind::DealSkipped, ERASED).await?;
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }
}

/// Returns the step that stores the results, and its detail. `is_copied`: the deal has a usable file.
fn stored(is_new: bool, is_copied: bool, version: Option<&versions::VersionRow>) -> (StepKind, String) {
    let contract = if is_new { "Created the contract" } else { "Updated the contract" };
    match version {
        Some(version) => (StepKind::VersionStored, format!("{contract}, “{}” is version {}", version.file_name, version.number)),
        None if is_copied => (StepKind::FileUnchanged, "The contract already has this file".to_owned()),
        None => (StepKind::ContractStored, format!("{contract} without a document")),
    }
}

/// Adds an extension to a name without an extension. Salesforce Attachments can have such names.
fn with_extension(name: &str, file_type: FileType) -> String {
    match FileType::of_name(name) {
        Ok(None) => format!("{name}.{}", file_type.extension()),
        Ok(Some(_)) | Err(_) => name.to_owned(),
    }
}

/// Creates the contract for a deal, or updates the link of the existing contract. An organization has at most one contract for
/// each deal of an account. Keeps the title of an existing contract.
async fn upsert_contract(
    tx: &mut Tx,
    delivery: &deliveries::DeliveryRow,
    connection: &connections::ConnectionRow,
    read: &Read,
    now: Timestamp,
) -> Result<Upserted> {
    if let Some(source) = contract_links::find_source(tx, connection.account(), &delivery.record()).await? {
        return update_source(tx, source, connection, read, now).await;
    }
    let deal = &read.deal;
    let contract = contracts::ContractRow {
        id: new_id(),
        organization_id: delivery.organization_id.clone(),
        title: deal.name.clone(),
        negotiation_status: NegotiationStatus::Draft,
        has_newer_version: false,
        created_at: now,
        updated_at: now,
    };
    contracts::insert(tx, &contract, &SearchKeys::new(&contract.title, Some(&deal.name), deal.party_name.as_deref())).await?;
    let link = source_link(&contract.id, connection, delivery.record(), deal, now);
    if contract_links::insert(tx, &link).await? {
        erased_deals::delete(tx, connection.account(), &delivery.record()).await?;
        return Ok(Upserted { contract: contract.id, link, is_new: true });
    }
    // Another server has inserted the link since the lookup, so the new contract is deleted and the existing contract is updated.
    contracts::delete_unused(tx, &contract.organization_id, &contract.id).await?;
    let source = contract_links::find_source(tx, connection.account(), &delivery.record()).await?;
    let source = source.ok_or(Error::Inconsistent("a contract that vanished after an insert conflict"))?;
    update_source(tx, source, connection, read, now).await
}

async fn update_source(
    tx: &mut Tx,
    mut link: contract_links::LinkRow,
    connection: &connections::ConnectionRow,
    read: &Read,
    now: Timestamp,
) -> Result<Upserted> {
    let contract = contracts::find(tx, &link.organization_id, &link.contract_id).await?;
    let contract = contract.ok_or(Error::Inconsistent("a link without a contract"))?;
    let deal = &read.deal;
    let keys = SearchKeys::new(&contract.title, Some(&deal.name), deal.party_name.as_deref());
    contracts::set_search_keys(tx, &contract.organization_id, &contract.id, &keys, now).await?;
    link.connection_id = Some(connection.id.clone());
    link.name.clone_from(&deal.name);
    link.party_name.clone_from(&deal.party_name);
    link.url.clone_from(&deal.url);
    link.stage = Some(deal.stage.clone());
    contract_links::update_record(tx, &link, now).await?;
    Ok(Upserted { contract: contract.id, link, is_new: false })
}

impl Timeline<'_> {
    fn record(&mut self, kind: ActivityKind, summary: String, detail: Option<Value>) {
        let mut line = NewActivity::new(&self.delivery.organization_id, kind, "LexiContract", summary, self.now)
            .contract(self.contract)
            .delivery(&self.delivery.id)
            .connection(&self.delivery.connection_id);
        line.detail = detail;
        self.lines.push(line);
    }

    fn record_read(&mut self, read: &Read) {
        let deal = &read.deal;
        let detail = json!({ "name": deal.name, "party": deal.party_name, "stage": deal.stage });
        let summary = format!("Read the deal “{}” in stage “{}”", deal.name, deal.stage);
        self.record(ActivityKind::DealRead, summary, Some(detail));
        for (file, reason) in read.choice.others() {
            let detail = json!({ "id": file.id, "name": file.name, "size_bytes": file.size_bytes });
            self.record(ActivityKind::FilePassedOver, format!("Skipped “{}”. {reason}", file.name), Some(detail));
        }
        if let Some(file) = read.file() {
            let detail =
                json!({ "id": file.id, "name": file.name, "size_bytes": file.size_bytes, "modified_at": file.modified_at });
            let summary = format!("Chose the file “{}”, {}", file.name, read.description());
            self.record(ActivityKind::FileChosen, summary, Some(detail));
        }
    }

    fn record_unchanged(&mut self) {
        self.record(ActivityKind::FileUnchanged, "The contract already has this file".to_owned(), None);
    }

    /// Sets the number of the version and stores the version. Returns `None` if the latest version has the same content.
    ///
    /// If another delivery has stored a different version since the deal was read, the copied file can be outdated. The job is
    /// then postponed, so that it reads the deal again.
    async fn store_version(
        &mut self,
        tx: &mut Tx,
        row: versions::VersionRow,
        previous: Option<&VersionId>,
    ) -> JobResult<Option<versions::VersionRow>> {
        let organization = &self.delivery.organization_id;
        let latest = versions::latest(tx, organization, self.contract).await?;
        if let Some(latest) = &latest
            && same_file::has_same_bytes(latest, &row)
        {
            let file = row.remote_id.as_deref().unwrap_or_default();
            versions::set_remote_id(tx, organization, &latest.id, file).await?;
            self.record_unchanged();
            return Ok(None);
        }
        if latest.as_ref().map(|latest| &latest.id) != previous {
            return Err(JobError::postpone(self.now, "Another version was stored concurrently, so the files are read again."));
        }
        let row = versions::VersionRow { number: latest.map_or(1, |latest| latest.number + 1), ..row };
        versions::insert(tx, &row).await?;
        contracts::touch(tx, organization, self.contract, self.now).await?;
        let detail =
            json!({ "number": row.number, "file_name": row.file_name, "size_bytes": row.size_bytes, "sha256": row.sha256 });
        self.record(ActivityKind::VersionStored, format!("Stored “{}” as version {}", row.file_name, row.number), Some(detail));
        Ok(Some(row))
    }
}
