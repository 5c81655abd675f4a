//! Contracts: list, counts, details and timeline.

pub(crate) mod analyse;
mod attention;
pub(crate) mod documents;
pub(crate) mod file_types;
pub(crate) mod filing;
pub(crate) mod link;
pub(crate) mod new_version;
pub(crate) mod scan;
pub(crate) mod status;
mod title;
pub(crate) mod versions;

use super::{Actor, pagination};
use crate::connectors;
use crate::db::ReadConnection;
use crate::db::audit::activity;
use crate::db::contracts::{self as table, analyses, contract_links, filings, versions as versions_table};
use crate::domain::compatibility::{ContractFields, SummaryFields, VersionFields};
use crate::domain::contract::analysis::{Analysis, AnalysisStatus};
use crate::domain::contract::attention::Attention;
use crate::domain::contract::filing::{Filing, FilingStatus};
use crate::domain::contract::link::{Link, LinkRole};
use crate::domain::contract::timeline::TimelineEntry;
use crate::domain::contract::{Contract, ContractSummary, NegotiationStatus, Scan, Sync, SyncStatus, Version};
use crate::domain::ids::{ActivityId, ContractId, IntegrationId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::problem::Problem;
use crate::domain::record::RecordRef;
use crate::domain::search_key::search_key;
use crate::hub::{Hub, Result};

pub use crate::db::contracts::Order as ContractSort;

#[derive(Clone, Debug, Default)]
pub struct ContractFilter {
    pub status: Option<NegotiationStatus>,
    /// Status of the write-back.
    pub sync: Option<SyncStatus>,
    pub attention: Option<Attention>,
    /// Text that the title, record name or party contains, ignoring case.
    pub text: Option<String>,
    pub sort: ContractSort,
    pub page: PageRequest,
}

/// Numbers of contracts that match a filter, by status. The `status` of the filter is ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractCounts {
    /// Omits statuses without contracts.
    pub by_status: Vec<(NegotiationStatus, i64)>,
}

impl ContractCounts {
    pub fn of(&self, status: NegotiationStatus) -> i64 {
        self.by_status.iter().find(|(other, _)| *other == status).map_or(0, |(_, count)| *count)
    }

    pub fn total(&self) -> i64 {
        self.by_status.iter().map(|(_, count)| count).sum()
    }
}

const MAX_SEARCH_CHARACTERS: usize = 200;

impl Hub {
    pub async fn contracts(&self, actor: &Actor, filter: &ContractFilter) -> Result<Page<ContractSummary>> {
        let after = pagination::cursor(&filter.page)?;
        let mut tx = self.db.read().await?;
        let organization = &actor.organization_id;
        let rows = table::list(&mut tx, organization, &query(filter), filter.sort, after.as_ref(), &filter.page).await?;
        Ok(pagination::cut(rows, &filter.page, |row| &row.contract.id, summary))
    }

    pub async fn contract_counts(&self, actor: &Actor, filter: &ContractFilter) -> Result<ContractCounts> {
        let mut tx = self.db.read().await?;
        Ok(ContractCounts { by_status: table::counts(&mut tx, &actor.organization_id, &query(filter)).await? })
    }

    pub async fn contract(&self, actor: &Actor, id: &ContractId) -> Result<Contract> {
        let mut tx = self.db.read().await?;
        let row = find(&mut tx, actor, id).await?;
        whole(&mut tx, row).await
    }

    /// Returns the newest contract that is linked to a record with this id. Several contracts can match, because records in
    /// different accounts can have equal ids.
    pub async fn contract_of_record(&self, actor: &Actor, provider: &str, pasted: &str) -> Result<Option<ContractId>> {
        let integration = IntegrationId::from_suffix(provider);
        let deals = connectors::find(provider).and_then(|connector| connector.deals).ok_or(Problem::NotFound)?;
        let record = RecordRef::deal(deals.parse_id(pasted).ok_or(Problem::NotFound)?);
        let mut tx = self.db.acquire().await?;
        let found = contract_links::contracts_of_record(&mut tx, &actor.organization_id, &integration, &record).await?;
        Ok(found.into_iter().next())
    }

    /// Returns the timeline of a contract, oldest entry first.
    pub async fn timeline(&self, actor: &Actor, id: &ContractId, page: &PageRequest) -> Result<Page<TimelineEntry>> {
        let after = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        find(&mut tx, actor, id).await?;
        let rows = activity::of_contract(&mut tx, &actor.organization_id, id, after.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, entry))
    }

    /// Like [`Self::timeline`], but newest entry first and with the ids of the entries.
    pub async fn history(&self, actor: &Actor, id: &ContractId, page: &PageRequest) -> Result<Page<(ActivityId, TimelineEntry)>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        find(&mut tx, actor, id).await?;
        let rows = activity::of_contract_newest_first(&mut tx, &actor.organization_id, id, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, |row| (row.id.clone(), entry(row))))
    }
}

fn entry(row: activity::ActivityRow) -> TimelineEntry {
    TimelineEntry {
        at: row.at,
        kind: row.kind,
        summary: row.summary,
        actor: row.actor,
        detail: row.detail.map(|detail| detail.0),
        delivery_id: row.delivery_id,
    }
}

/// Fails with [`Problem::NotFound`] if the actor's organization has no such contract.
pub(super) async fn find(tx: &mut ReadConnection, actor: &Actor, id: &ContractId) -> Result<table::ContractRow> {
    table::find(tx, &actor.organization_id, id).await?.ok_or_else(|| Problem::NotFound.into())
}

pub(super) async fn whole(tx: &mut ReadConnection, row: table::ContractRow) -> Result<Contract> {
    let versions = versions_table::list(tx, &row.organization_id, &row.id).await?;
    let mut analyses = analyses::of_contract(tx, &row.organization_id, &row.id).await?;
    let latest = versions.last().and_then(|latest| analyses.iter().find(|analysis| analysis.version_id == latest.id));
    let (has_failed_analysis, has_unread_pages) =
        latest.map_or((false, false), |latest| (latest.status == AnalysisStatus::Failed, latest.has_unread_pages));
    let filings = filings::of_contract(tx, &row.organization_id, &row.id).await?;
    let is_of_latest = |filing: &filings::FilingRow| versions.last().is_some_and(|latest| latest.id == filing.version_id);
    let has_failed_filing = filings.iter().any(|filing| filing.status == FilingStatus::Failed && is_of_latest(filing));
    let versions: Vec<Version> = versions
        .into_iter()
        .map(|row| {
            let found = analyses.iter().position(|analysis| analysis.version_id == row.id);
            let filed = filings.iter().find(|filing| filing.version_id == row.id).map(filing);
            Version { filed, ..version(row, found.map(|at| analyses.swap_remove(at))) }
        })
        .collect();
    let links = contract_links::of_contract(tx, &row.organization_id, &row.id).await?;
    let links: Vec<Link> = links.into_iter().map(link).collect();
    let attention = attention::of([
        (Attention::NewerVersion, row.has_newer_version),
        (Attention::SyncFailed, has_failed_filing || links.iter().any(|link| link.sync.status == SyncStatus::Failed)),
        (Attention::NeedsFile, versions.is_empty() && links.iter().any(|link| link.role == LinkRole::Source)),
        (Attention::AnalysisFailed, has_failed_analysis),
        (Attention::UnreadPages, has_unread_pages),
    ]);
    Ok(Contract {
        id: row.id,
        title: row.title,
        negotiation_status: row.negotiation_status,
        compatibility: ContractFields::of(&links),
        links,
        versions,
        attention,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn link(row: contract_links::LinkRow) -> Link {
    Link {
        sync: sync(&row),
        id: row.id,
        provider: row.integration_id.slug().to_owned(),
        connection_id: row.connection_id,
        role: row.role,
        record_type: row.record_type,
        record_id: row.record_id,
        name: row.name,
        party_name: row.party_name,
        url: row.url,
    }
}

pub(super) fn sync(row: &contract_links::LinkRow) -> Sync {
    Sync {
        status: row.sync_status,
        last_synced_value: row.last_synced_value.clone(),
        last_synced_at: row.last_synced_at,
        attempts: row.sync_attempts,
        last_error: row.sync_error.clone(),
    }
}

fn version(row: versions_table::VersionRow, analysis: Option<analyses::AnalysisRow>) -> Version {
    Version {
        number: row.number,
        file_name: row.file_name,
        content_type: row.content_type,
        size_bytes: row.size_bytes,
        sha256: row.sha256,
        compatibility: VersionFields::of(&row.source, row.remote_id.as_deref()),
        source: row.source,
        created_at: row.created_at,
        scan: Scan { status: row.scan_status, name: row.scan_name },
        analysis: analysis_of(analysis),
        filed: None,
    }
}

fn filing(row: &filings::FilingRow) -> Filing {
    Filing {
        status: row.status,
        filed_at: row.filed_at,
        remote_id: row.remote_id.clone(),
        attempts: row.attempts,
        error: row.error.clone(),
    }
}

fn analysis_of(row: Option<analyses::AnalysisRow>) -> Analysis {
    let status = row.as_ref().map_or(AnalysisStatus::Queued, |row| row.status);
    let (findings, error, error_code) = row.map_or((None, None, None), |row| (row.findings, row.error, row.error_code));
    let (summary, clauses, risks, engine) = match findings.map(|findings| findings.0) {
        Some(findings) => (Some(findings.summary), findings.clauses, findings.risks, Some(findings.engine)),
        None => (None, Vec::new(), Vec::new(), None),
    };
    Analysis { status, summary, clauses, risks, engine, error, error_code }
}

fn summary(row: table::ListedContractRow) -> ContractSummary {
    let contract = row.contract;
    let provider = row.integration_id.map(|id| id.slug().to_owned());
    let compatibility = match (&provider, &row.record_id, &row.record_name) {
        (Some(provider), Some(record), Some(name)) => SummaryFields::of(provider, record, name, row.party_name.as_deref()),
        _ => SummaryFields::default(),
    };
    let attention = attention::of([
        (Attention::NewerVersion, contract.has_newer_version),
        (Attention::SyncFailed, row.has_failed_sync),
        (Attention::NeedsFile, row.version_count == 0 && row.record_id.is_some()),
        (Attention::AnalysisFailed, row.has_failed_analysis),
        (Attention::UnreadPages, row.has_unread_pages),
    ]);
    ContractSummary {
        id: contract.id,
        title: contract.title,
        negotiation_status: contract.negotiation_status,
        provider,
        record_name: row.record_name,
        party_name: row.party_name,
        compatibility,
        version_count: row.version_count,
        sync_status: row.sync_status.unwrap_or(SyncStatus::NotLinked),
        attention,
        created_at: contract.created_at,
        updated_at: contract.updated_at,
    }
}

fn query(filter: &ContractFilter) -> table::Filter {
    let pattern = filter.text.as_deref().map(like_pattern).unwrap_or_default();
    table::Filter { status: filter.status, sync: filter.sync, attention: filter.attention, pattern }
}

/// Returns a `LIKE` pattern for texts that contain `text`.
fn like_pattern(text: &str) -> String {
    let key = search_key(&text.chars().take(MAX_SEARCH_CHARACTERS).collect::<String>());
    if key.is_empty() {
        return String::new();
    }
    let escaped: String = key.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    format!("%{escaped}%")
}
