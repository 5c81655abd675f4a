//! `contracts`: the contracts of all organizations.

pub mod analyses;
pub mod contract_links;
pub mod search_keys;
pub mod versions;

use super::{ReadConnection, Result, Tx, contracts::search_keys::SearchKeys, engine::query::params};
use crate::domain::{
    contract::{NegotiationStatus, SyncStatus},
    ids::{ContractId, IntegrationId, OrganizationId},
    page::PageRequest,
    record::RecordId,
    time::Timestamp,
};

#[derive(Clone, sqlx::FromRow)]
pub struct ContractRow {
    pub id: ContractId,
    pub organization_id: OrganizationId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A contract in a list, with the number of its versions and the fields of its source record.
#[derive(Clone, sqlx::FromRow)]
pub struct ListedContractRow {
    #[sqlx(flatten)]
    pub contract: ContractRow,
    pub version_count: i64,
    /// Provider of the source record. This field and the next ones are `None` if the contract has no source record.
    pub integration_id: Option<IntegrationId>,
    /// Id of the source record at the provider.
    pub record_id: Option<RecordId>,
    pub record_name: Option<String>,
    /// Name of the counterparty.
    pub party_name: Option<String>,
    pub sync_status: Option<SyncStatus>,
}

pub async fn insert(tx: &mut Tx, row: &ContractRow, keys: &SearchKeys) -> Result<()> {
    tx.query(
        "INSERT INTO contracts (id, organization_id, title, negotiation_status, search_key, party_key, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        params![
            &row.id,
            &row.organization_id,
            row.title.as_str(),
            row.negotiation_status,
            keys.search.as_str(),
            keys.party.as_str(),
            row.created_at
        ],
    )
    .execute()
    .await
}

/// Removes a contract to which no other row refers.
pub async fn delete_unused(tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<()> {
    tx.query("DELETE FROM contracts WHERE organization_id = $1 AND id = $2", params![organization, id]).execute().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &ContractId) -> Result<Option<ContractRow>> {
    tx.query("SELECT * FROM contracts WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

/// The filters of a contract query.
#[derive(Clone, Default)]
pub struct Filter {
    pub status: Option<NegotiationStatus>,
    pub sync: Option<SyncStatus>,
    /// A `LIKE` pattern for the search key, with `\` as escape character; empty: matches every contract.
    pub pattern: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest contract first.
    #[default]
    Created,
    /// Most recently changed contract first.
    Updated,
    /// By title, ascending.
    Title,
    /// By the counterparty's name, ascending. Contracts without a counterparty come last.
    Account,
}

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

/// For each order: the condition for rows that come after the last row of the previous page, and the sort columns.
const NEWEST: &str = list!("c.id < $3", "c.id DESC");
const LAST_CHANGED: &str = list!(
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

/// The contracts that match the filter. Returns one row more than the page size, which shows whether a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &Filter,
    order: Order,
    after: Option<&ContractId>,
    page: &PageRequest,
) -> Result<Vec<ListedContractRow>> {
    let sql = match order {
        Order::Created => NEWEST,
        Order::Updated => LAST_CHANGED,
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

/// Number of matching contracts per status. Ignores the status in the filter.
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
