pub mod analyses;
pub mod contract_links;
pub mod filings;
mod listing;
pub mod search_keys;
pub mod versions;

use super::contracts::search_keys::SearchKeys;
use super::{ReadConnection, Result, Tx, insert, params, query_locked};
use crate::domain::contract::NegotiationStatus;
use crate::domain::ids::{ContractId, OrganizationId};
use crate::domain::time::Timestamp;

pub use listing::{Filter, ListedContractRow, Order, counts, list};

#[derive(Clone, sqlx::FromRow)]
pub struct ContractRow {
    pub id: ContractId,
    pub organization_id: OrganizationId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    /// A provider has added a version after the contract was signed or rejected.
    pub has_newer_version: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, row: &ContractRow, keys: &SearchKeys) -> Result<()> {
    let query = insert! {
        tx, "contracts" (id, organization_id, title, negotiation_status, has_newer_version, created_at) = row,
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

/// Like [`find`], but locks the contract until commit. Lock order: connection, contract, links.
pub async fn find_locked(tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<Option<ContractRow>> {
    query_locked!(
        tx,
        "SELECT * FROM contracts WHERE organization_id = $1 AND id = $2",
        "FOR NO KEY UPDATE",
        params![organization, id]
    )
    .optional()
    .await
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

/// Stores the title and the search keys that contain it.
pub async fn set_title(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    title: &str,
    keys: &SearchKeys,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contracts SET title = $1 WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![title, organization, id]).execute().await?;
    set_search_keys(tx, organization, id, keys, now).await
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

pub async fn set_newer_version(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    has_newer_version: bool,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contracts SET has_newer_version = $1, updated_at = $2 WHERE organization_id = $3 AND id = $4";
    tx.query(sql, params![has_newer_version, now, organization, id]).execute().await
}
