//! Stores what was read: contract, version, analysis, timeline, the end of the delivery and of the job, all in one transaction.

use super::{Copied, Read, kind_word};
use crate::{
    connectors::{OAuthConnector, RemoteFile},
    db::{self, Tx, activity::NewActivity, connection_health, connections, contracts, deliveries, jobs::JobRow, versions},
    domain::{
        contract::{NegotiationStatus, SyncStatus, VersionSource},
        delivery::DeliveryStatus,
        file_type::FileType,
        ids::{ContractId, VersionId},
        quota::Quota,
        time::Timestamp,
        timeline::ActivityKind,
    },
    fail_points::{Step, reach},
    files::Stored,
    hub::{Error, Hub, Result},
    jobs::JobError,
    random::new_id,
};
use serde_json::{Value, json};

/// The delivery's part of the timeline, written at the end in one go.
struct Story<'a> {
    delivery: &'a deliveries::DeliveryRow,
    contract: &'a ContractId,
    now: Timestamp,
    lines: Vec<NewActivity<'a>>,
}

impl Hub {
    /// `true` when the copied file has become a version; a copy that has not is the caller's to delete.
    pub(super) async fn store_contract(
        &self,
        job: &JobRow,
        delivery: &deliveries::DeliveryRow,
        connection: &connections::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        read: Read,
        copied: Copied,
    ) -> std::result::Result<bool, JobError> {
        let now = self.clock().now();
        let instance_url = self.instance_url(connection)?;
        let url = connector.record_url(&instance_url, &delivery.opportunity_id);
        let mut tx = self.db.begin().await?;
        let (contract, is_new) = upsert_contract(&mut tx, delivery, connection, &read, &url, now).await?;
        let mut story = Story { delivery, contract: &contract.id, now, lines: Vec::new() };
        db::activity::adopt(&mut tx, &delivery.organization_id, &delivery.id, &contract.id).await?;
        story.tell_what_was_read(&read);
        if is_new {
            story.tell(ActivityKind::ContractCreated, format!("The contract “{}” was made", contract.title), None);
        }
        let became_version = match copied {
            Copied::NoFile => {
                let summary = format!("No usable file is attached to the Opportunity. {}", connector.hidden_files());
                story.tell(ActivityKind::NoFile, summary, None);
                false
            }
            Copied::Unchanged => {
                story.tell_unchanged();
                false
            }
            Copied::New { version, file, file_type, stored, seen } => {
                let row = self.new_version(&story, version, (&file, file_type, &stored));
                let is_stored = story.store_version(&mut tx, row, seen.as_ref()).await?;
                if let Some(row) = &is_stored {
                    self.queue_checks(&mut tx, row).await?;
                }
                is_stored.is_some()
            }
        };
        db::activity::insert_all(&mut tx, &story.lines, now).await?;
        let added = [(is_new, Quota::Contracts), (became_version, Quota::StorageBytes)];
        let added: Vec<Quota> = added.into_iter().filter_map(|(is_added, quota)| is_added.then_some(quota)).collect();
        self.check_quotas(&mut tx, &delivery.organization_id, &added).await?;
        deliveries::finish(&mut tx, &delivery.organization_id, &delivery.id, (DeliveryStatus::Done, Some(&contract.id), None))
            .await?;
        connection_health::note_success(&mut tx, &connection.organization_id, &connection.id, now).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        reach(Step::IngestStoring);
        tx.commit().await?;
        reach(Step::IngestStored);
        Ok(became_version)
    }

    /// The row of a copied file; its number is decided when it is stored.
    fn new_version(
        &self,
        story: &Story<'_>,
        id: VersionId,
        (file, file_type, stored): (&RemoteFile, FileType, &Stored),
    ) -> versions::VersionRow {
        versions::VersionRow {
            id,
            organization_id: story.delivery.organization_id.clone(),
            contract_id: story.contract.clone(),
            number: 0,
            file_name: with_extension(&file.name, file_type),
            content_type: file_type.content_type().to_owned(),
            size_bytes: stored.size_bytes,
            sha256: stored.sha256.clone(),
            md5: Some(stored.md5.clone()),
            source: VersionSource::Salesforce,
            salesforce_content_version_id: Some(file.id.clone()),
            created_at: story.now,
            scan_status: self.scan_status_of_new_versions(),
            scan_name: None,
        }
    }
}

/// The name under which a file can be opened: Attachments need not have an extension.
fn with_extension(name: &str, file_type: FileType) -> String {
    match FileType::of_name(name) {
        Ok(None) => format!("{name}.{}", file_type.extension()),
        Ok(Some(_)) | Err(_) => name.to_owned(),
    }
}

/// One contract per organization and Opportunity. A renamed Opportunity renews what is known of it; the title is the contract's own.
async fn upsert_contract(
    tx: &mut Tx,
    delivery: &deliveries::DeliveryRow,
    connection: &connections::ConnectionRow,
    read: &Read,
    url: &str,
    now: Timestamp,
) -> Result<(contracts::ContractRow, bool)> {
    let place = (&delivery.organization_id, delivery.opportunity_id.as_str());
    if let Some(row) = contracts::find_by_opportunity(tx, place.0, place.1).await? {
        return renew_contract(tx, row, connection, read, url, now).await;
    }
    let row = contracts::ContractRow {
        id: new_id(),
        organization_id: delivery.organization_id.clone(),
        title: read.opportunity.name.clone(),
        negotiation_status: NegotiationStatus::Draft,
        salesforce_opportunity_id: Some(delivery.opportunity_id.clone()),
        salesforce_organization_id: Some(connection.external_account_id.clone()),
        opportunity_name: Some(read.opportunity.name.clone()),
        account_name: read.opportunity.account_name.clone(),
        opportunity_url: Some(url.to_owned()),
        sync_status: SyncStatus::Idle,
        last_synced_value: None,
        last_synced_at: None,
        sync_attempts: 0,
        sync_error: None,
        created_at: now,
        updated_at: now,
    };
    if contracts::insert(tx, &row).await? {
        return Ok((row, true));
    }
    // Another server has made it between the two statements.
    let row = contracts::find_by_opportunity(tx, place.0, place.1).await?;
    renew_contract(tx, row.ok_or(Error::Inconsistent("a contract that is there and is not"))?, connection, read, url, now).await
}

async fn renew_contract(
    tx: &mut Tx,
    mut row: contracts::ContractRow,
    connection: &connections::ConnectionRow,
    read: &Read,
    url: &str,
    now: Timestamp,
) -> Result<(contracts::ContractRow, bool)> {
    row.salesforce_organization_id = Some(connection.external_account_id.clone());
    row.opportunity_name = Some(read.opportunity.name.clone());
    row.account_name.clone_from(&read.opportunity.account_name);
    row.opportunity_url = Some(url.to_owned());
    contracts::update_opportunity(tx, &row, now).await?;
    Ok((row, false))
}

impl Story<'_> {
    fn tell(&mut self, kind: ActivityKind, summary: String, detail: Option<Value>) {
        let mut line = NewActivity::new(&self.delivery.organization_id, kind, "LexiContract", summary, self.now)
            .contract(self.contract)
            .delivery(&self.delivery.id)
            .connection(&self.delivery.connection_id);
        line.detail = detail;
        self.lines.push(line);
    }

    fn tell_what_was_read(&mut self, read: &Read) {
        let opportunity = &read.opportunity;
        let detail = json!({ "name": opportunity.name, "account": opportunity.account_name, "stage": opportunity.stage });
        let summary = format!("Read the Opportunity “{}” in stage “{}”", opportunity.name, opportunity.stage);
        self.tell(ActivityKind::OpportunityRead, summary, Some(detail));
        for (file, reason) in read.choice.passed_over() {
            let detail = json!({ "id": file.id, "name": file.name, "size_bytes": file.size_bytes });
            self.tell(ActivityKind::FilePassedOver, format!("Passed over “{}”. {reason}", file.name), Some(detail));
        }
        if let Some(file) = read.file() {
            let detail =
                json!({ "id": file.id, "name": file.name, "size_bytes": file.size_bytes, "modified_at": file.modified_at });
            let summary = format!("Chose the {} “{}”, {}", kind_word(file.kind), file.name, read.rule.words());
            self.tell(ActivityKind::FileChosen, summary, Some(detail));
        }
    }

    fn tell_unchanged(&mut self) {
        self.tell(ActivityKind::FileUnchanged, "The file is the one the contract already has".to_owned(), None);
    }

    /// The latest version is read again here: another delivery of the same Opportunity may have stored one meanwhile. Unless it is this
    /// file, what was read before it may be older, and must not come after it: Salesforce is asked again.
    async fn store_version(
        &mut self,
        tx: &mut Tx,
        row: versions::VersionRow,
        seen: Option<&VersionId>,
    ) -> std::result::Result<Option<versions::VersionRow>, JobError> {
        let organization = &self.delivery.organization_id;
        let latest = versions::latest(tx, organization, self.contract).await?;
        if let Some(latest) = &latest
            && (latest.sha256 == row.sha256 || latest.salesforce_content_version_id == row.salesforce_content_version_id)
        {
            let file = row.salesforce_content_version_id.as_deref().unwrap_or_default();
            versions::set_content_version(tx, organization, &latest.id, file).await?;
            self.tell_unchanged();
            return Ok(None);
        }
        if latest.as_ref().map(|latest| &latest.id) != seen {
            return Err(JobError::postpone(self.now, "Another version was stored meanwhile, so the files are looked at again."));
        }
        let row = versions::VersionRow { number: latest.map_or(1, |latest| latest.number + 1), ..row };
        versions::insert(tx, &row).await?;
        contracts::touch(tx, organization, self.contract, self.now).await?;
        let detail =
            json!({ "number": row.number, "file_name": row.file_name, "size_bytes": row.size_bytes, "sha256": row.sha256 });
        self.tell(ActivityKind::VersionStored, format!("Stored “{}” as version {}", row.file_name, row.number), Some(detail));
        Ok(Some(row))
    }
}
