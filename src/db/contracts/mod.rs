pub mod analyses;
pub mod contract_links;
pub mod search_keys;
pub mod versions;

use super::contracts::search_keys::SearchKeys;
use super::{ReadConnection, Result, Tx, insert, params};
use crate::domain::contract::{NegotiationStatus, SyncStatus};
use crate::domain::ids::{ContractId, IntegrationId, OrganizationId};
use crate::domain::page::PageRequest;
use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;

#[derive(Clone, sqlx::FromRow)]
pub struct ContractRow {
    pub id: ContractId,
    pub organization_id: OrganizationId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

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
}

pub async fn insert(tx: &mut Tx, row: &ContractRow, keys: &SearchKeys) -> Result<()> {
    let query = insert! {
        tx, "contracts" (id, organization_id, title, negotiation_status, created_at) = row,
        search_key = &keys.search, party_key = &keys.party, updated_at = row.created_at
    };
    query.execute().await
}

/// Removes a contract to which no other row refers.
pub async fn delete_unused(tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<()> {
    tx.query("DELETE FROM contracts WHERE organization_id = $1 AND id = $2", params![organization, id]).execute().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &ContractId) -> Result<Option<ContractRow>> {
    tx.query("SELECT * FROM contracts WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

#[derive(Clone, Default)]
pub struct Filter {
    pub status: Option<NegotiationStatus>,
    pub sync: Option<SyncStatus>,
    /// `LIKE` pattern for the search key, with the escape character `\`. An empty pattern matches every contract.
    pub pattern: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Builds the SQL of [`list()`] from the condition for rows after the previous page's last row, and the sort columns.
macro_rules! list {
    ($after:literal, $order:literal) => {
        concat!(
            "SELECT c.*, (SELECT count(*) FROM contract_versions v WHERE v.contract_id = c.id) AS version_count,
                 l.integration_id, l.record_id, l.name AS record_name, l.party_name, l.sync_status
             FROM contracts c LEFT JOIN contract_links l ON l.contract_id = c.id AND l.role = 'source'
             WHERE c.organization_id = $1 AND ($2 = '' OR c.negotiation_status = $2)
               AND ($6 = '' OR coalesce(l.sync_status, 'not_linked') = $6)
               AND ($4 = '' OR c.search_key LIKE $4 ESCAPE '\\')
               AND ($3 = '' OR ",
            $after,
            ") ORDER BY ",
            $order,
            " LIMIT $5"
        )
    };
}

const BY_CREATION: &str = list!("c.id < $3", "c.id DESC");
const BY_UPDATE: &str = list!(
    "(c.updated_at, c.id) < (SELECT b.updated_at, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
    "c.updated_at DESC, c.id DESC"
);
const BY_TITLE: &str = list!(
    "(c.search_key, c.id) > (SELECT b.search_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
    "c.search_key, c.id"
);
const BY_ACCOUNT: &str = list!(
    "(c.party_key, c.id) > (SELECT b.party_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
    "c.party_key, c.id"
);

/// Lists the contracts that match the filter. Returns one row more than the page size if a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &Filter,
    order: Order,
    after: Option<&ContractId>,
    page: &PageRequest,
) -> Result<Vec<ListedContractRow>> {
    let sql = match order {
        Order::Created => BY_CREATION,
        Order::Updated => BY_UPDATE,
        Order::Title => BY_TITLE,
        Order::Account => BY_ACCOUNT,
    };
    tx.query(
        sql,
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

/// Number of contracts per status that match the rest of the filter. Ignores the status in the filter.
pub async fn counts(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &Filter,
) -> Result<Vec<(NegotiationStatus, i64)>> {
    let sql = "SELECT c.negotiation_status, count(*) FROM contracts c
        WHERE c.organization_id = $1
          AND ($3 = '' OR $3 = coalesce(
              (SELECT l.sync_status FROM contract_links l WHERE l.contract_id = c.id AND l.role = 'source'), 'not_linked'))
          AND ($2 = '' OR c.search_key LIKE $2 ESCAPE '\\')
        GROUP BY c.negotiation_status ORDER BY c.negotiation_status";
    tx.query(sql, params![organization, filter.pattern.as_str(), filter.sync.map_or("", Into::into)]).all().await
}

pub async fn set_search_keys(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    keys: &SearchKeys,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contracts SET search_key = $1, party_key = $2, updated_at = $3 WHERE organization_id = $4 AND id = $5";
    tx.query(sql, params![keys.search.as_str(), keys.party.as_str(), now, organization, id]).execute().await
}

pub async fn touch(tx: &mut Tx, organization: &OrganizationId, id: &ContractId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE contracts SET updated_at = $1 WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![now, organization, id]).execute().await
}

pub async fn set_negotiation_status(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    status: NegotiationStatus,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contracts SET negotiation_status = $1, updated_at = $2 WHERE organization_id = $3 AND id = $4";
    tx.query(sql, params![status, now, organization, id]).execute().await
}
