use crate::db::engine::json_rows::{as_json, over_rows};
use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::contract::link::LinkRole;
use crate::domain::contract::{NegotiationStatus, SyncStatus};
use crate::domain::ids::{ConnectionId, ContractId, IntegrationId, LinkId, OrganizationId};
use crate::domain::record::{RecordId, RecordKind, RecordRef};
use crate::domain::time::Timestamp;

#[derive(Clone, sqlx::FromRow)]
pub struct LinkRow {
    pub id: LinkId,
    pub organization_id: OrganizationId,
    pub contract_id: ContractId,
    /// Connection that last read the record; `None` after the connection is removed.
    pub connection_id: Option<ConnectionId>,
    pub integration_id: IntegrationId,
    pub account_id: String,
    pub record_type: RecordKind,
    pub record_id: RecordId,
    pub role: LinkRole,
    pub name: String,
    pub party_name: Option<String>,
    pub url: Option<String>,
    /// Stage of the record when it was last read.
    pub stage: Option<String>,
    pub sync_status: SyncStatus,
    /// Status label that was last written to the record.
    pub last_synced_value: Option<String>,
    pub last_synced_at: Option<Timestamp>,
    /// Number of attempts to write the current status label to the record.
    pub sync_attempts: i64,
    pub sync_error: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A provider account of an organization. Record ids are unique only within one account.
#[derive(Clone, Copy, Debug)]
pub struct AccountRef<'a> {
    pub organization: &'a OrganizationId,
    pub integration: &'a IntegrationId,
    pub account: &'a str,
}

/// Adds a link. Returns false if another contract was already created from the record.
pub async fn insert(tx: &mut Tx, row: &LinkRow) -> Result<bool> {
    let query = insert! {
        tx, "contract_links" (id, organization_id, contract_id, connection_id, integration_id, account_id, record_type, record_id,
            role, name, party_name, url, stage, sync_status, created_at) = row,
        sync_attempts = 0_i64, updated_at = row.created_at; "ON CONFLICT DO NOTHING"
    };
    query.affects_rows().await
}

/// Finds the link between a record and the contract that was created from it.
pub async fn find_source(tx: &mut ReadConnection, account: AccountRef<'_>, record: &RecordRef) -> Result<Option<LinkRow>> {
    let sql = "SELECT * FROM contract_links
        WHERE organization_id = $1 AND integration_id = $2 AND account_id = $3 AND record_type = $4 AND record_id = $5
          AND lineage = '' AND role = 'source'";
    tx.query(sql, params![account.organization, account.integration, account.account, record.kind, &record.id]).optional().await
}

const LINKED: (&str, &str) = over_rows!(
    "SELECT record_id FROM contract_links WHERE organization_id = $2 AND integration_id = $3 AND account_id = $4
         AND lineage = '' AND role = 'source' AND (record_type, record_id) IN (SELECT value ->> 'type', value ->> 'id'",
    ")"
);

/// Returns those of the given records from which a contract was created.
pub async fn linked(tx: &mut ReadConnection, account: AccountRef<'_>, records: &[RecordRef]) -> Result<Vec<RecordId>> {
    let AccountRef { organization, integration, account } = account;
    let records = as_json(records.iter())?;
    tx.either(LINKED.0, LINKED.1, params![records, organization, integration, account]).scalars().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &LinkId) -> Result<Option<LinkRow>> {
    tx.query("SELECT * FROM contract_links WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

/// Lists a contract's links, the source link first.
pub async fn of_contract(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<LinkRow>> {
    let sql = "SELECT * FROM contract_links WHERE organization_id = $1 AND contract_id = $2
        ORDER BY CASE role WHEN 'source' THEN 0 ELSE 1 END, id LIMIT 100";
    tx.query(sql, params![organization, contract]).all().await
}

/// Lists the contracts that were created from records with this id, newest first. There can be several contracts, because record
/// ids are unique only within one account.
pub async fn contracts_of_record(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    record: &RecordRef,
) -> Result<Vec<ContractId>> {
    let sql = "SELECT contract_id FROM contract_links
        WHERE organization_id = $1 AND integration_id = $2 AND record_type = $3 AND record_id = $4 AND role = 'source'
        ORDER BY id DESC LIMIT 100";
    tx.query(sql, params![organization, integration, record.kind, &record.id]).scalars().await
}

/// A link whose status was written to the record, and the current state of its contract.
#[derive(Clone, sqlx::FromRow)]
pub struct WrittenLinkRow {
    #[sqlx(flatten)]
    pub link: LinkRow,
    pub negotiation_status: NegotiationStatus,
    pub has_version: bool,
}

/// Lists the source links of an account whose status was written to the record, in id order, starting after the id `after`.
pub async fn written(tx: &mut ReadConnection, account: AccountRef<'_>, after: &str, limit: i64) -> Result<Vec<WrittenLinkRow>> {
    let sql = "SELECT l.*, c.negotiation_status,
            EXISTS (SELECT 1 FROM contract_versions v WHERE v.contract_id = l.contract_id) AS has_version
        FROM contract_links l JOIN contracts c ON c.id = l.contract_id
        WHERE l.organization_id = $1 AND l.integration_id = $2 AND l.account_id = $3 AND l.role = 'source'
          AND l.sync_status = 'synced' AND l.id > $4
        ORDER BY l.id LIMIT $5";
    tx.query(sql, params![account.organization, account.integration, account.account, after, limit]).all().await
}

/// Finds the link of a contract to the record that it belongs to.
pub async fn source_of(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Option<LinkRow>> {
    let sql = "SELECT * FROM contract_links WHERE organization_id = $1 AND contract_id = $2 AND role = 'source'";
    tx.query(sql, params![organization, contract]).optional().await
}

pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &LinkId) -> Result<()> {
    tx.query("DELETE FROM contract_links WHERE organization_id = $1 AND id = $2", params![organization, id]).execute().await
}

pub async fn update_record(tx: &mut Tx, row: &LinkRow, now: Timestamp) -> Result<()> {
    let sql = "UPDATE contract_links SET connection_id = $1, name = $2, party_name = $3, url = $4, stage = $5, updated_at = $6
        WHERE organization_id = $7 AND id = $8";
    let LinkRow { connection_id, name, party_name, url, stage, organization_id, id, .. } = row;
    tx.query(sql, params![connection_id, name, party_name, url, stage, now, organization_id, id]).execute().await
}

/// Stores status, attempts and error of a pending write.
pub async fn set_sync(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &LinkId,
    status: SyncStatus,
    attempts: i64,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contract_links SET sync_status = $1, sync_attempts = $2, sync_error = $3, updated_at = $4
        WHERE organization_id = $5 AND id = $6";
    tx.query(sql, params![status, attempts, error, now, organization, id]).execute().await
}

/// Records a successful write. `status` is pending if the value to write has changed since; the caller must have locked the
/// contract before it compared the values.
pub async fn record_written(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &LinkId,
    status: SyncStatus,
    label: &str,
    attempts: i64,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE contract_links SET last_synced_value = $1, last_synced_at = $2, sync_attempts = $3, sync_error = NULL,
            updated_at = $2, sync_status = $4
        WHERE organization_id = $5 AND id = $6";
    tx.query(sql, params![label, now, attempts, status, organization, id]).execute().await
}

/// Marks the pending writes to a disconnected account as failed. Locks contracts before their links.
pub async fn fail_pending(tx: &mut Tx, account: AccountRef<'_>, error: &str, now: Timestamp) -> Result<()> {
    let sql = "UPDATE contracts SET updated_at = $1 WHERE organization_id = $2 AND id IN (
            SELECT contract_id FROM contract_links
            WHERE organization_id = $2 AND integration_id = $3 AND account_id = $4 AND sync_status = 'pending')";
    tx.query(sql, params![now, account.organization, account.integration, account.account]).execute().await?;
    let sql = "UPDATE contract_links SET sync_status = 'failed', sync_error = $1, updated_at = $2
        WHERE organization_id = $3 AND integration_id = $4 AND account_id = $5 AND sync_status = 'pending'";
    tx.query(sql, params![error, now, account.organization, account.integration, account.account]).execute().await
}
