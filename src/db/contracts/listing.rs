//! The contract list: pages of contracts in several orders, with filters.

use super::ContractRow;
use crate::db::{ReadConnection, Result, params};
use crate::domain::contract::attention::Attention;
use crate::domain::contract::{NegotiationStatus, SyncStatus};
use crate::domain::ids::{ContractId, IntegrationId, OrganizationId};
use crate::domain::page::PageRequest;
use crate::domain::record::RecordId;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A row of the contract list. The fields of the source record are `None` if the contract has no source record.
#[derive(Clone, sqlx::FromRow)]
pub struct ListedContractRow {
    #[sqlx(flatten)]
    pub contract: ContractRow,
    pub version_count: i64,
    pub integration_id: Option<IntegrationId>,
    pub record_id: Option<RecordId>,
    pub record_name: Option<String>,
    pub party_name: Option<String>,
    pub sync_status: Option<SyncStatus>,
    /// True if a write to a linked record failed.
    pub has_failed_sync: bool,
    /// True if the analysis of the latest version failed.
    pub has_failed_analysis: bool,
    /// True if pages of the latest version could not be read.
    pub has_unread_pages: bool,
}

#[derive(Clone, Default)]
pub struct Filter {
    pub status: Option<NegotiationStatus>,
    pub sync: Option<SyncStatus>,
    pub attention: Option<Attention>,
    /// `LIKE` pattern for the search key, with the escape character `\`. An empty pattern matches every contract.
    pub pattern: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// Newest first.
    #[default]
    Created,
    /// Most recently changed first.
    Updated,
    Title,
    /// By the counterparty's name. Contracts without a counterparty come last.
    Account,
}

impl Order {
    const ALL: [Self; 4] = [Self::Created, Self::Updated, Self::Title, Self::Account];

    /// Returns the condition for rows after the last row of the previous page, and the sort columns.
    fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Created => ("c.id < $3", "c.id DESC"),
            Self::Updated => (
                "(c.updated_at, c.id) < (SELECT b.updated_at, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
                "c.updated_at DESC, c.id DESC",
            ),
            Self::Title => (
                "(c.search_key, c.id) > (SELECT b.search_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
                "c.search_key, c.id",
            ),
            Self::Account => (
                "(c.party_key, c.id) > (SELECT b.party_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
                "c.party_key, c.id",
            ),
        }
    }
}

/// True if no later version of the contract exists than `v`.
const IS_LATEST: &str =
    "NOT EXISTS (SELECT 1 FROM contract_versions n WHERE n.contract_id = v.contract_id AND n.number > v.number)";

/// Builds the SQL of a filter. The conditions repeat those of the partial indexes, so that the engines use these indexes.
fn condition(attention: Option<Attention>) -> String {
    let of_latest = |analysis: &str| {
        format!(
            "AND c.id IN (SELECT a.contract_id FROM analyses a JOIN contract_versions v ON v.id = a.version_id
                 WHERE a.organization_id = $1 AND {analysis} AND {IS_LATEST})"
        )
    };
    match attention {
        None => String::new(),
        Some(Attention::NewerVersion) => "AND c.has_newer_version".to_owned(),
        Some(Attention::SyncFailed) => {
            format!(
                "AND (c.id IN (SELECT f.contract_id FROM contract_links f WHERE f.organization_id = $1 AND f.sync_status = 'failed')
                     OR c.id IN (SELECT f.contract_id FROM filings f JOIN contract_versions v ON v.id = f.version_id
                         WHERE f.organization_id = $1 AND f.status = 'failed' AND {IS_LATEST}))"
            )
        }
        Some(Attention::NeedsFile) => {
            "AND EXISTS (SELECT 1 FROM contract_links s WHERE s.contract_id = c.id AND s.role = 'source')
             AND NOT EXISTS (SELECT 1 FROM contract_versions v WHERE v.contract_id = c.id)"
                .to_owned()
        }
        Some(Attention::AnalysisFailed) => of_latest("a.status = 'failed'"),
        Some(Attention::UnreadPages) => of_latest("a.has_unread_pages"),
    }
}

fn every_attention() -> impl Iterator<Item = Option<Attention>> {
    std::iter::once(None).chain(Attention::ALL.iter().copied().map(Some))
}

static LISTS: LazyLock<BTreeMap<(Order, Option<Attention>), String>> = LazyLock::new(|| {
    let keys = Order::ALL.into_iter().flat_map(|order| every_attention().map(move |attention| (order, attention)));
    keys.map(|(order, attention)| ((order, attention), list_sql(order, attention))).collect()
});

fn list_sql(order: Order, attention: Option<Attention>) -> String {
    let (condition, (after, columns)) = (condition(attention), order.sql());
    let latest = |analysis: &str| {
        format!(
            "EXISTS (SELECT 1 FROM analyses a JOIN contract_versions v ON v.id = a.version_id
                 WHERE a.contract_id = c.id AND {analysis} AND {IS_LATEST})"
        )
    };
    format!(
        "SELECT c.*, (SELECT count(*) FROM contract_versions v WHERE v.contract_id = c.id) AS version_count,
             l.integration_id, l.record_id, l.name AS record_name, l.party_name, l.sync_status,
             (EXISTS (SELECT 1 FROM contract_links f WHERE f.contract_id = c.id AND f.sync_status = 'failed')
                 OR EXISTS (SELECT 1 FROM filings f JOIN contract_versions v ON v.id = f.version_id
                     WHERE f.contract_id = c.id AND f.status = 'failed' AND {IS_LATEST})) AS has_failed_sync,
             {} AS has_failed_analysis, {} AS has_unread_pages
         FROM contracts c LEFT JOIN contract_links l ON l.contract_id = c.id AND l.role = 'source'
         WHERE c.organization_id = $1 AND ($2 = '' OR c.negotiation_status = $2)
           AND ($6 = '' OR coalesce(l.sync_status, 'not_linked') = $6)
           AND ($4 = '' OR c.search_key LIKE $4 ESCAPE '\\') {condition}
           AND ($3 = '' OR {after}) ORDER BY {columns} LIMIT $5",
        latest("a.status = 'failed'"),
        latest("a.has_unread_pages"),
    )
}

/// Lists the contracts that match the filter. Returns one row more than the page size if a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &Filter,
    order: Order,
    after: Option<&ContractId>,
    page: &PageRequest,
) -> Result<Vec<ListedContractRow>> {
    tx.query(
        &LISTS[&(order, filter.attention)],
        params![
            organization,
            filter.status.map_or("", Into::into),
            after.map_or("", ContractId::as_str),
            filter.pattern.as_str(),
            page.limit() + 1,
            filter.sync.map_or("", Into::into)
        ],
    )
    .all()
    .await
}

static COUNTS: LazyLock<BTreeMap<Option<Attention>, String>> =
    LazyLock::new(|| every_attention().map(|attention| (attention, counts_sql(attention))).collect());

fn counts_sql(attention: Option<Attention>) -> String {
    format!(
        "SELECT c.negotiation_status, count(*) FROM contracts c
         WHERE c.organization_id = $1
           AND ($3 = '' OR $3 = coalesce(
               (SELECT l.sync_status FROM contract_links l WHERE l.contract_id = c.id AND l.role = 'source'), 'not_linked'))
           AND ($2 = '' OR c.search_key LIKE $2 ESCAPE '\\') {}
         GROUP BY c.negotiation_status ORDER BY c.negotiation_status",
        condition(attention)
    )
}

/// Number of contracts per status that match the rest of the filter. Ignores the status in the filter.
pub async fn counts(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &Filter,
) -> Result<Vec<(NegotiationStatus, i64)>> {
    let sql = &COUNTS[&filter.attention];
    tx.query(sql, params![organization, filter.pattern.as_str(), filter.sync.map_or("", Into::into)]).all().await
}
