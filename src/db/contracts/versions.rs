//! `contract_versions`: the versions of the contracts' documents.

use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::contract::ScanStatus;
use crate::domain::ids::{ContractId, OrganizationId, VersionId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;

/// Value of [`VersionRow::source`] for uploaded versions.
pub const UPLOAD: &str = "upload";

#[derive(Clone, sqlx::FromRow)]
pub struct VersionRow {
    /// Id of the version. It is also the name of the stored file.
    pub id: VersionId,
    pub organization_id: OrganizationId,
    pub contract_id: ContractId,
    /// Number of the version in its contract, starting at 1.
    pub number: i64,
    pub file_name: String,
    /// Media type, detected from the content.
    pub content_type: String,
    pub size_bytes: i64,
    pub sha256: String,
    /// Checksum for comparison with a provider's file, so that an unchanged file is not downloaded again.
    pub md5: Option<String>,
    /// Slug of the provider, or [`UPLOAD`].
    pub source: String,
    /// Id of the file revision at the provider.
    pub remote_id: Option<String>,
    pub created_at: Timestamp,
    pub scan_status: ScanStatus,
    pub scan_name: Option<String>,
}

impl VersionRow {
    /// Returns an error if the virus scan is not finished or has found malware.
    pub fn check_released(&self) -> std::result::Result<(), Problem> {
        if self.scan_status.is_withheld() { Err(Problem::FileWithheld(self.scan_status)) } else { Ok(()) }
    }
}

/// Adds a version. A unique violation means that the contract already has a version with this number.
pub async fn insert(tx: &mut Tx, row: &VersionRow) -> Result<()> {
    let query = insert! {
        tx, "contract_versions" (id, organization_id, contract_id, number, file_name, content_type, size_bytes, sha256, md5,
            source, remote_id, created_at, scan_status, scan_name) = row
    };
    query.execute().await
}

pub async fn latest(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Option<VersionRow>> {
    let sql = "SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 ORDER BY number DESC LIMIT 1";
    tx.query(sql, params![organization, contract]).optional().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &VersionId) -> Result<Option<VersionRow>> {
    tx.query("SELECT * FROM contract_versions WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

pub async fn find_number(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    number: i64,
) -> Result<Option<VersionRow>> {
    let sql = "SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 AND number = $3";
    tx.query(sql, params![organization, contract, number]).optional().await
}

/// Lists the newest thousand versions of a contract, in ascending order.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<VersionRow>> {
    let sql = "SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 ORDER BY number DESC LIMIT 1000";
    let mut rows: Vec<VersionRow> = tx.query(sql, params![organization, contract]).all().await?;
    rows.reverse();
    Ok(rows)
}

/// Lists the file revisions at the provider of the newest thousand versions of a contract.
pub async fn remote_ids(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<String>> {
    let sql = "SELECT remote_id FROM contract_versions
        WHERE organization_id = $1 AND contract_id = $2 AND remote_id IS NOT NULL ORDER BY number DESC LIMIT 1000";
    tx.query(sql, params![organization, contract]).scalars().await
}

/// Finds the latest version that was copied from the provider with this slug.
pub async fn latest_from(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    source: &str,
) -> Result<Option<VersionRow>> {
    let sql = "SELECT * FROM contract_versions
        WHERE organization_id = $1 AND contract_id = $2 AND source = $3 AND remote_id IS NOT NULL ORDER BY number DESC LIMIT 1";
    tx.query(sql, params![organization, contract, source]).optional().await
}

/// Stores the id of a newer file revision whose content is identical, so that it is not downloaded.
pub async fn set_remote_id(tx: &mut Tx, organization: &OrganizationId, id: &VersionId, remote_id: &str) -> Result<()> {
    let sql = "UPDATE contract_versions SET remote_id = $1 WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![remote_id, organization, id]).execute().await
}

pub async fn set_scan(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &VersionId,
    status: ScanStatus,
    name: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE contract_versions SET scan_status = $1, scan_name = $2 WHERE organization_id = $3 AND id = $4";
    tx.query(sql, params![status, name, organization, id]).execute().await
}
