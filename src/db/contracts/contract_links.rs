//! `contract_links`: the records of providers that contracts belong to.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        connection::record::{RecordId, RecordKind, RecordRef},
        contract::{NegotiationStatus, SyncStatus, link::LinkRole},
        ids::{ConnectionId, ContractId, IntegrationId, LinkId, OrganizationId},
        time::Timestamp,
    },
};

/// A link.
#[derive(Clone, sqlx::FromRow)]
pub struct LinkRow {
    /// Its id.
    pub id: LinkId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The contract.
    pub contract_id: ContractId,
    /// The connection that read the record last; `None` when it was removed.
    pub connection_id: Option<ConnectionId>,
    /// The provider.
    pub integration_id: IntegrationId,
    /// The account at the provider.
    pub account_id: String,
    /// What the record is.
    pub record_type: RecordKind,
    /// Its id at the provider.
    pub record_id: RecordId,
    /// What the link is for.
    pub role: LinkRole,
    /// The record's name.
    pub name: String,
    /// The name of the other party.
    pub party_name: Option<String>,
    /// Where a browser shows the record.
    pub url: Option<String>,
    /// The record's stage when it was last read.
    pub stage: Option<String>,
    /// Whether the status has reached the record.
    pub sync_status: SyncStatus,
    /// The label as last written.
    pub last_synced_value: Option<String>,
    /// When it was written.
    pub last_synced_at: Option<Timestamp>,
    /// How often the current value was tried.
    pub sync_attempts: i64,
    /// Why the last try failed, for people.
    pub sync_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The account of a provider, in an organization: the place where a record's id is unique.
#[derive(Clone, Copy, Debug)]
pub struct AccountRef<'a> {
    /// The organization.
    pub organization: &'a OrganizationId,
    /// The provider.
    pub integration: &'a IntegrationId,
    /// The account at the provider.
    pub account: &'a str,
}

/// Adds a link; `false` when another contract has the same source.
pub async fn insert(tx: &mut Tx, row: &LinkRow) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO contract_links (id, organization_id, contract_id, connection_id, integration_id, account_id, record_type,
                 record_id, role, name, party_name, url, stage, sync_status, sync_attempts, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $15)
             ON CONFLICT DO NOTHING",
        )
        .bind(&row.id)
        .bind(&row.organization_id)
        .bind(&row.contract_id)
        .bind(row.connection_id.as_ref())
        .bind(&row.integration_id)
        .bind(row.account_id.as_str())
        .bind(row.record_type)
        .bind(&row.record_id)
        .bind(row.role)
        .bind(row.name.as_str())
        .bind(row.party_name.as_deref())
        .bind(row.url.as_deref())
        .bind(row.stage.as_deref())
        .bind(row.sync_status)
        .bind(row.created_at)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// The link of the contract that was made from a record.
pub async fn find_source(tx: &mut ReadConnection, account: AccountRef<'_>, record: &RecordRef) -> Result<Option<LinkRow>> {
    tx.query(
        "SELECT * FROM contract_links
         WHERE organization_id = $1 AND integration_id = $2 AND account_id = $3 AND record_type = $4 AND record_id = $5 AND lineage = ''
           AND role = 'source'",
    )
    .bind(account.organization)
    .bind(account.integration)
    .bind(account.account)
    .bind(record.kind)
    .bind(&record.id)
    .optional()
    .await
}

/// One link of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &LinkId) -> Result<Option<LinkRow>> {
    tx.query("SELECT * FROM contract_links WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
}

/// The links of a contract, its source first.
pub async fn of_contract(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<LinkRow>> {
    tx.query(
        "SELECT * FROM contract_links WHERE organization_id = $1 AND contract_id = $2
         ORDER BY CASE role WHEN 'source' THEN 0 ELSE 1 END, id LIMIT 100",
    )
    .bind(organization)
    .bind(contract)
    .all()
    .await
}

/// The contracts of the organization that were made from records of this id, newest first: an id alone does not say in which account it is.
pub async fn contracts_of_record(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    record: &RecordRef,
) -> Result<Vec<ContractId>> {
    let rows: Vec<(ContractId,)> = tx
        .query(
            "SELECT contract_id FROM contract_links
             WHERE organization_id = $1 AND integration_id = $2 AND record_type = $3 AND record_id = $4 AND role = 'source'
             ORDER BY id DESC LIMIT 100",
        )
        .bind(organization)
        .bind(integration)
        .bind(record.kind)
        .bind(&record.id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Source links of an account whose value was written, after `after` in the order of their ids.
pub async fn written(tx: &mut ReadConnection, account: AccountRef<'_>, after: &str, limit: i64) -> Result<Vec<LinkRow>> {
    tx.query(
        "SELECT * FROM contract_links
         WHERE organization_id = $1 AND integration_id = $2 AND account_id = $3 AND role = 'source' AND sync_status = 'synced' AND id > $4
         ORDER BY id LIMIT $5",
    )
    .bind(account.organization)
    .bind(account.integration)
    .bind(account.account)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Stores what was read of the record, and which connection read it.
pub async fn update_record(tx: &mut Tx, row: &LinkRow, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE contract_links SET connection_id = $1, name = $2, party_name = $3, url = $4, stage = $5, updated_at = $6
         WHERE organization_id = $7 AND id = $8",
    )
    .bind(row.connection_id.as_ref())
    .bind(row.name.as_str())
    .bind(row.party_name.as_deref())
    .bind(row.url.as_deref())
    .bind(row.stage.as_deref())
    .bind(now)
    .bind(&row.organization_id)
    .bind(&row.id)
    .execute()
    .await
    .map(drop)
}

/// Records that a write waits, with how often it was tried and why it failed last.
pub async fn set_sync(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &LinkId,
    sync: (SyncStatus, i64, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    let (status, attempts, error) = sync;
    tx.query(
        "UPDATE contract_links SET sync_status = $1, sync_attempts = $2, sync_error = $3, updated_at = $4
         WHERE organization_id = $5 AND id = $6",
    )
    .bind(status)
    .bind(attempts)
    .bind(error)
    .bind(now)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Records what was written. The link stays pending when the contract's status has changed since.
pub async fn record_written(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &LinkId,
    written: (NegotiationStatus, &str, i64),
    now: Timestamp,
) -> Result<()> {
    let (status, label, attempts) = written;
    tx.query(
        "UPDATE contract_links SET last_synced_value = $1, last_synced_at = $2, sync_attempts = $3, sync_error = NULL, updated_at = $2,
             sync_status = CASE WHEN (SELECT c.negotiation_status FROM contracts c WHERE c.id = contract_links.contract_id) = $4
                 THEN 'synced' ELSE 'pending' END
         WHERE organization_id = $5 AND id = $6",
    )
    .bind(label)
    .bind(now)
    .bind(attempts)
    .bind(status)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Gives up the writes that wait for an account that was disconnected. The contracts are locked before their links.
pub async fn fail_pending(tx: &mut Tx, account: AccountRef<'_>, error: &str, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE contracts SET updated_at = $1 WHERE organization_id = $2 AND id IN (
             SELECT contract_id FROM contract_links
             WHERE organization_id = $2 AND integration_id = $3 AND account_id = $4 AND sync_status = 'pending')",
    )
    .bind(now)
    .bind(account.organization)
    .bind(account.integration)
    .bind(account.account)
    .execute()
    .await?;
    tx.query(
        "UPDATE contract_links SET sync_status = 'failed', sync_error = $1, updated_at = $2
         WHERE organization_id = $3 AND integration_id = $4 AND account_id = $5 AND sync_status = 'pending'",
    )
    .bind(error)
    .bind(now)
    .bind(account.organization)
    .bind(account.integration)
    .bind(account.account)
    .execute()
    .await
    .map(drop)
}
