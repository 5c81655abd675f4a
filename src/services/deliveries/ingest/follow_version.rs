//! Effects of a version that a provider adds to an existing contract.

use crate::db::Tx;
use crate::db::audit::activity::{self, NewActivity};
use crate::db::connections::ConnectionRow;
use crate::db::contracts::versions::VersionRow;
use crate::db::contracts::{self, ContractRow, contract_links};
use crate::db::deliveries::DeliveryRow;
use crate::domain::contract::link::LinkRole;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::contract::{NegotiationStatus, SyncStatus};
use crate::hub::{Error, Hub, Result};
use crate::services::contracts::status::has_current_value;
use serde_json::json;

impl Hub {
    /// Reopens an approved contract, or marks a contract that was decided before. The first version causes a write-back if the
    /// deal still has the label `needs_file`. The transaction must have stored the version.
    pub(super) async fn follow_version(
        &self,
        tx: &mut Tx,
        delivery: &DeliveryRow,
        connection: &ConnectionRow,
        version: &VersionRow,
    ) -> Result<()> {
        let contract = contracts::find_locked(tx, &version.organization_id, &version.contract_id).await?;
        let contract = contract.ok_or(Error::Inconsistent("a version without a contract"))?;
        if version.number == 1 {
            return self.write_if_outdated(tx, &contract).await;
        }
        let (organization, id, now) = (&contract.organization_id, &contract.id, self.clock().now());
        let (status, provider) = (contract.negotiation_status, self.summary_of(&connection.integration_id)?.name);
        let may_reopen = connection.metadata.settings.reopens_on_new_version();
        let (kind, summary) = match status {
            NegotiationStatus::Draft | NegotiationStatus::InReview | NegotiationStatus::InNegotiation => return Ok(()),
            NegotiationStatus::Approved if may_reopen => {
                let reopened = NegotiationStatus::InReview;
                contracts::set_negotiation_status(tx, organization, id, reopened, now).await?;
                self.queue_push_to_source(tx, &contract).await?;
                let summary = format!(
                    "LexiContract changed the status from {} to {}, because {provider} has a new version ({}) of the document",
                    status.label(),
                    reopened.label(),
                    version.number
                );
                (ActivityKind::StatusChanged, summary)
            }
            NegotiationStatus::Approved | NegotiationStatus::Signed | NegotiationStatus::Rejected => {
                contracts::set_newer_version(tx, organization, id, true, now).await?;
                let summary =
                    format!("Version {} came from {provider} after the status became {}", version.number, status.label());
                (ActivityKind::NewerVersion, summary)
            }
        };
        let line = NewActivity::new(organization, kind, "LexiContract", summary, now).contract(id).delivery(&delivery.id);
        let detail = json!({ "number": version.number, "file_name": version.file_name });
        Ok(activity::insert(tx, line.connection(&connection.id).detail(detail)).await?)
    }

    /// Queues a write-back unless the status is already written. Has no effect on links to which nothing was written yet.
    pub(crate) async fn write_if_outdated(&self, tx: &mut Tx, contract: &ContractRow) -> Result<()> {
        for link in contract_links::of_contract(tx, &contract.organization_id, &contract.id).await? {
            let is_source = link.role == LinkRole::Source && link.sync_status != SyncStatus::Idle;
            if is_source && !has_current_value(tx, contract, &link).await? {
                self.queue_push(tx, &link).await?;
            }
        }
        Ok(())
    }

    async fn queue_push_to_source(&self, tx: &mut Tx, contract: &ContractRow) -> Result<()> {
        for link in contract_links::of_contract(tx, &contract.organization_id, &contract.id).await? {
            if link.role == LinkRole::Source {
                self.queue_push(tx, &link).await?;
            }
        }
        Ok(())
    }
}
