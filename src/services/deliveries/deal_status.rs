//! Reads the state of a deal for the provider, which shows it on the deal's page.

use super::receive::INTEGRATIONS;
use super::webhook_authentication::WebhookCaller;
use crate::connectors;
use crate::db::audit::activity;
use crate::db::contracts::analyses::{self, AnalysisRow};
use crate::db::contracts::contract_links;
use crate::db::contracts::versions::{self, VersionRow};
use crate::db::{ReadConnection, connections, contracts, deliveries};
use crate::domain::contract::analysis::{AnalysisStatus, Findings};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::deal_status::{DealAnalysis, DealContract, DealDelivery, DealRisk, DealStatus, DealVersion};
use crate::domain::problem::Problem;
use crate::domain::record::RecordRef;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::services::contracts::sync;
use std::cmp::Reverse;

const NAME: &str = "deal-status";
const MAX_RISKS: usize = 5;

/// Path at which a provider reads the state of a deal.
pub fn deal_status_path(slug: &str) -> String {
    format!("{INTEGRATIONS}{slug}/{NAME}")
}

/// True for the paths of deal states. They exist for providers that have a webhook, because the requests have the same secret and
/// the same form.
pub(super) fn is_deal_status_path(path: &str) -> bool {
    let slug = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.strip_suffix(NAME)?.strip_suffix('/'));
    slug.and_then(connectors::find).is_some_and(|connector| !connector.webhooks.is_empty())
}

impl Hub {
    /// Returns the state of a deal of the caller's account.
    pub async fn deal_status(&self, caller: &WebhookCaller, deal: &RecordRef) -> Result<DealStatus> {
        let mut tx = self.db.read().await?;
        let organization = &caller.organization_id;
        let connection = connections::find(&mut tx, organization, &caller.connection_id).await?.ok_or(Problem::NotSignedIn)?;
        let delivery = deliveries::latest_of(&mut tx, organization, &caller.connection_id, deal).await?.map(delivery);
        let Some(link) = contract_links::find_source(&mut tx, connection.account(), deal).await? else {
            return Ok(DealStatus { delivery, ..DealStatus::default() });
        };
        let contract = contracts::find(&mut tx, organization, &link.contract_id).await?;
        let contract = contract.ok_or(Error::Inconsistent("a link without a contract"))?;
        let version = versions::latest(&mut tx, organization, &contract.id).await?;
        let (file, analysis) = match version {
            Some(version) => {
                let analysis = analyses::find(&mut tx, organization, &version.id).await?;
                (Some(file(&mut tx, version).await?), analysis.map(|(row, changed_at)| analysis_of(row, changed_at)))
            }
            None => (None, None),
        };
        Ok(DealStatus {
            delivery,
            contract: Some(DealContract {
                url: self.config().public(&format!("/contracts/{}", contract.id)),
                negotiation_status_label: connection.metadata.settings.status_label(contract.negotiation_status).to_owned(),
                id: contract.id,
                title: contract.title,
                created_at: contract.created_at,
                negotiation_status: contract.negotiation_status,
            }),
            file,
            analysis,
            sync: Some(sync(&link)),
        })
    }
}

fn delivery(row: deliveries::DeliveryRow) -> DealDelivery {
    DealDelivery {
        status: row.status,
        received_at: row.received_at,
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        error: row.error,
    }
}

async fn file(tx: &mut ReadConnection, version: VersionRow) -> Result<DealVersion> {
    let reason = reason(tx, &version).await?;
    Ok(DealVersion { name: version.file_name, version: version.number, stored_at: version.created_at, reason })
}

/// Returns the timeline's sentence about the choice of the file. `None` if the version was uploaded, so that its file was not
/// chosen from the deal.
async fn reason(tx: &mut ReadConnection, version: &VersionRow) -> Result<Option<String>> {
    let Some(file) = &version.remote_id else { return Ok(None) };
    let (organization, contract) = (&version.organization_id, &version.contract_id);
    let chosen = activity::latest_about(tx, organization, contract, ActivityKind::FileChosen, file).await?;
    Ok(chosen.map(|entry| entry.summary))
}

fn analysis_of(row: AnalysisRow, changed_at: Timestamp) -> DealAnalysis {
    DealAnalysis {
        status: row.status,
        completed_at: (row.status == AnalysisStatus::Completed).then_some(changed_at),
        error: row.error,
        risks: row.findings.map(|findings| risks(findings.0)).unwrap_or_default(),
    }
}

fn risks(findings: Findings) -> Vec<DealRisk> {
    let mut risks = findings.risks;
    risks.sort_by_key(|risk| Reverse(risk.severity));
    risks.into_iter().take(MAX_RISKS).map(|risk| DealRisk { severity: risk.severity, title: risk.title }).collect()
}
