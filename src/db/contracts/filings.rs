//! `filings`: versions that are filed at a provider, at most once for each linked record.

use super::contract_links::AccountRef;
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::contract::filing::FilingStatus;
use crate::domain::ids::{ContractId, LinkId, OrganizationId, VersionId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FilingRow {
    pub version_id: VersionId,
    pub link_id: LinkId,
    pub organization_id: OrganizationId,
    pub contract_id: ContractId,
    pub status: FilingStatus,
    /// True if a user asked for it, so that the settings of the connection do not matter.
    pub is_requested: bool,
    pub attempts: i64,
    /// Time of the last attempt after which the provider may have the file. `None` if it cannot have the file.
    pub sent_at: Option<Timestamp>,
    /// Id of the file revision at the provider.
    pub remote_id: Option<String>,
    pub filed_at: Option<Timestamp>,
    pub error: Option<String>,
    pub updated_at: Timestamp,
}

/// A version and the record at which it is filed.
#[derive(Clone, Copy, Debug)]
pub struct FilingRef<'f> {
    pub organization: &'f OrganizationId,
    pub version: &'f VersionId,
    pub link: &'f LinkId,
}

impl FilingRow {
    pub fn key(&self) -> FilingRef<'_> {
        FilingRef { organization: &self.organization_id, version: &self.version_id, link: &self.link_id }
    }
}

/// Adds a pending filing, or makes a failed one pending again. Returns false if the version is already filed at the record.
pub async fn request(tx: &mut Tx, key: FilingRef<'_>, contract: &ContractId, is_requested: bool, now: Timestamp) -> Result<bool> {
    let sql = "INSERT INTO filings (version_id, link_id, organization_id, contract_id, status, is_requested, attempts, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'pending', $5, 0, $6, $6)
        ON CONFLICT (version_id, link_id) DO UPDATE SET status = 'pending', attempts = 0, error = NULL, updated_at = $6,
            is_requested = filings.is_requested OR excluded.is_requested
        WHERE filings.status <> 'filed' AND filings.organization_id = excluded.organization_id";
    tx.query(sql, params![key.version, key.link, key.organization, contract, is_requested, now]).affects_rows().await
}

pub async fn find(tx: &mut ReadConnection, key: FilingRef<'_>) -> Result<Option<FilingRow>> {
    let sql = "SELECT * FROM filings WHERE organization_id = $1 AND version_id = $2 AND link_id = $3";
    tx.query(sql, params![key.organization, key.version, key.link]).optional().await
}

/// Lists the filings of the newest thousand versions of a contract, newest version first.
pub async fn of_contract(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
) -> Result<Vec<FilingRow>> {
    let sql = "SELECT f.* FROM filings f JOIN contract_versions v ON v.id = f.version_id
        WHERE f.organization_id = $1 AND f.contract_id = $2 ORDER BY v.number DESC LIMIT 1000";
    tx.query(sql, params![organization, contract]).all().await
}

/// Finds the pending filing at a record that must be processed next: the one that may be stored already, then the newest version.
pub async fn pending(tx: &mut ReadConnection, organization: &OrganizationId, link: &LinkId) -> Result<Option<FilingRow>> {
    let sql = "SELECT f.* FROM filings f JOIN contract_versions v ON v.id = f.version_id
        WHERE f.organization_id = $1 AND f.link_id = $2 AND f.status = 'pending'
        ORDER BY CASE WHEN f.sent_at IS NULL THEN 1 ELSE 0 END, v.number DESC LIMIT 1";
    tx.query(sql, params![organization, link]).optional().await
}

/// Removes a pending filing, unless it was requested again after it was read. `read_at` is the `updated_at` that was read.
pub async fn delete_pending(tx: &mut Tx, key: FilingRef<'_>, read_at: Timestamp) -> Result<()> {
    let sql = "DELETE FROM filings
        WHERE organization_id = $1 AND version_id = $2 AND link_id = $3 AND status = 'pending' AND updated_at = $4";
    tx.query(sql, params![key.organization, key.version, key.link, read_at]).execute().await
}

/// Removes the failed filings of a contract whose file the provider does not have.
pub async fn delete_failed(tx: &mut Tx, organization: &OrganizationId, contract: &ContractId) -> Result<()> {
    let sql = "DELETE FROM filings WHERE organization_id = $1 AND contract_id = $2 AND status = 'failed' AND sent_at IS NULL";
    tx.query(sql, params![organization, contract]).execute().await
}

/// Lists the ids of a contract's versions, which are the markers of filed versions, and the ids of the filed revisions.
pub async fn marks(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<String>> {
    let sql = "SELECT id FROM contract_versions WHERE organization_id = $1 AND contract_id = $2
        UNION ALL SELECT remote_id FROM filings WHERE organization_id = $1 AND contract_id = $2 AND remote_id IS NOT NULL";
    tx.query(sql, params![organization, contract]).scalars().await
}

/// Stores the intent to send the file. `None` records that the provider does not have the file.
pub async fn set_sent(tx: &mut Tx, key: FilingRef<'_>, sent_at: Option<Timestamp>) -> Result<()> {
    let sql = "UPDATE filings SET sent_at = $1 WHERE organization_id = $2 AND version_id = $3 AND link_id = $4";
    tx.query(sql, params![sent_at, key.organization, key.version, key.link]).execute().await
}

pub async fn record_filed(tx: &mut Tx, key: FilingRef<'_>, remote_id: &str, attempts: i64, now: Timestamp) -> Result<()> {
    let sql = "UPDATE filings SET status = 'filed', remote_id = $1, filed_at = $2, attempts = $3, error = NULL, updated_at = $2
        WHERE organization_id = $4 AND version_id = $5 AND link_id = $6";
    tx.query(sql, params![remote_id, now, attempts, key.organization, key.version, key.link]).execute().await
}

/// Stores status, attempts and error of a filing that is not done.
pub async fn set_status(
    tx: &mut Tx,
    key: FilingRef<'_>,
    status: FilingStatus,
    attempts: i64,
    error: &str,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE filings SET status = $1, attempts = $2, error = $3, updated_at = $4
        WHERE organization_id = $5 AND version_id = $6 AND link_id = $7";
    tx.query(sql, params![status, attempts, error, now, key.organization, key.version, key.link]).execute().await
}

/// Marks the pending filings at a disconnected account as failed. Locks contracts before their filings.
pub async fn fail_pending(tx: &mut Tx, account: AccountRef<'_>, error: &str, now: Timestamp) -> Result<()> {
    let AccountRef { organization, integration, account } = account;
    let sql = "UPDATE contracts SET updated_at = $1 WHERE organization_id = $2 AND id IN (
            SELECT f.contract_id FROM filings f JOIN contract_links l ON l.id = f.link_id
            WHERE f.organization_id = $2 AND l.integration_id = $3 AND l.account_id = $4 AND f.status = 'pending')";
    tx.query(sql, params![now, organization, integration, account]).execute().await?;
    let sql = "UPDATE filings SET status = 'failed', error = $1, updated_at = $2
        WHERE organization_id = $3 AND status = 'pending' AND link_id IN (
            SELECT id FROM contract_links WHERE organization_id = $3 AND integration_id = $4 AND account_id = $5)";
    tx.query(sql, params![error, now, organization, integration, account]).execute().await
}
