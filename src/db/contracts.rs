//! `contracts`

use super::{Result, Tx, search_keys};
use crate::domain::{
    contract::{NegotiationStatus, SyncStatus},
    ids::{ContractId, OrganizationId},
    page::PageRequest,
    time::Timestamp,
};

/// A contract.
#[derive(Clone, sqlx::FromRow)]
pub struct ContractRow {
    /// Its id.
    pub id: ContractId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its title.
    pub title: String,
    /// How far the negotiation is.
    pub negotiation_status: NegotiationStatus,
    /// The Opportunity, 18 characters.
    pub salesforce_opportunity_id: Option<String>,
    /// The Salesforce org of the Opportunity, 18 characters.
    pub salesforce_organization_id: Option<String>,
    /// The Opportunity's name.
    pub opportunity_name: Option<String>,
    /// The name of the Opportunity's account.
    pub account_name: Option<String>,
    /// Where a browser shows the Opportunity.
    pub opportunity_url: Option<String>,
    /// Whether the status has reached Salesforce.
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

/// A contract with the number of its versions.
#[derive(Clone, sqlx::FromRow)]
pub struct ListedContractRow {
    /// The contract.
    #[sqlx(flatten)]
    pub contract: ContractRow,
    /// How many versions it has.
    pub version_count: i64,
}

/// Adds a contract; `false` when its Opportunity has one.
pub async fn insert(tx: &mut Tx, row: &ContractRow) -> Result<bool> {
    let changed = tx.query(
        "INSERT INTO contracts (id, organization_id, title, negotiation_status, salesforce_opportunity_id, salesforce_organization_id,
             opportunity_name, account_name, opportunity_url, sync_status, sync_attempts, created_at, updated_at, search_key, account_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12, $13)
         ON CONFLICT (organization_id, salesforce_opportunity_id) DO NOTHING",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(row.title.as_str())
    .bind(row.negotiation_status)
    .bind(row.salesforce_opportunity_id.as_deref())
    .bind(row.salesforce_organization_id.as_deref())
    .bind(row.opportunity_name.as_deref())
    .bind(row.account_name.as_deref())
    .bind(row.opportunity_url.as_deref())
    .bind(row.sync_status)
    .bind(row.created_at)
    .bind(search_keys::of_contract(row))
    .bind(search_keys::of_account(row))
    .execute()
    .await?;
    Ok(changed == 1)
}

/// One contract of the organization.
pub async fn find(tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<Option<ContractRow>> {
    tx.query("SELECT * FROM contracts WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
}

/// The organization's contract of an Opportunity.
pub async fn find_by_opportunity(tx: &mut Tx, organization: &OrganizationId, opportunity: &str) -> Result<Option<ContractRow>> {
    tx.query("SELECT * FROM contracts WHERE organization_id = $1 AND salesforce_opportunity_id = $2")
        .bind(organization)
        .bind(opportunity)
        .optional()
        .await
}

/// Which contracts are looked for.
#[derive(Clone, Default)]
pub struct Sought {
    /// Only those with this status.
    pub status: Option<NegotiationStatus>,
    /// Only those whose write-back stands like this.
    pub sync: Option<SyncStatus>,
    /// A `LIKE` pattern for search keys, with `\` as escape; empty finds everything.
    pub pattern: String,
}

/// In which order contracts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    Created,
    /// Last changed first.
    Updated,
    /// By title, from A to Z.
    Title,
    /// By account, from A to Z; those without one come last.
    Account,
}

macro_rules! list {
    ($after:literal, $order:literal) => {
        concat!(
            "SELECT c.*, (SELECT count(*) FROM contract_versions v WHERE v.contract_id = c.id) AS version_count
             FROM contracts c
             WHERE c.organization_id = $1 AND ($2 = '' OR c.negotiation_status = $2) AND ($6 = '' OR c.sync_status = $6)
               AND ($4 = '' OR c.search_key LIKE $4 ESCAPE '\\')
               AND ($3 = '' OR ",
            $after,
            ") ORDER BY ",
            $order,
            " LIMIT $5"
        )
    };
}

/// Behind the contract where the page before ended, in each order.
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
    "(c.account_key, c.id) > (SELECT b.account_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
    "c.account_key, c.id"
);

/// The organization's contracts that match, one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    organization: &OrganizationId,
    sought: &Sought,
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
    tx.query(sql)
        .bind(organization)
        .bind(sought.status.map_or("", NegotiationStatus::as_str))
        .bind(after.map_or("", ContractId::as_str))
        .bind(sought.pattern.as_str())
        .bind(page.limit() + 1)
        .bind(sought.sync.map_or("", SyncStatus::as_str))
        .all()
        .await
}

/// How many of the organization's contracts match, by status. The status that is looked for does not matter here.
pub async fn counts(tx: &mut Tx, organization: &OrganizationId, sought: &Sought) -> Result<Vec<(NegotiationStatus, i64)>> {
    tx.query(
        "SELECT negotiation_status, count(*) FROM contracts
         WHERE organization_id = $1 AND ($3 = '' OR sync_status = $3)
           AND ($2 = '' OR search_key LIKE $2 ESCAPE '\\')
         GROUP BY negotiation_status ORDER BY negotiation_status",
    )
    .bind(organization)
    .bind(sought.pattern.as_str())
    .bind(sought.sync.map_or("", SyncStatus::as_str))
    .all()
    .await
}

/// Contracts of a Salesforce org whose status was written, after `after` in the order of their ids.
pub async fn written(
    tx: &mut Tx,
    organization: &OrganizationId,
    account: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<ContractRow>> {
    tx.query(
        "SELECT * FROM contracts
         WHERE organization_id = $1 AND salesforce_organization_id = $2 AND sync_status = 'synced' AND id > $3 ORDER BY id LIMIT $4",
    )
    .bind(organization)
    .bind(account)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Renews what is known of the Opportunity. The title is the contract's own.
pub async fn update_opportunity(tx: &mut Tx, row: &ContractRow, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE contracts SET opportunity_name = $1, account_name = $2, opportunity_url = $3, salesforce_organization_id = $4, updated_at = $5,
             search_key = $6, account_key = $7
         WHERE organization_id = $8 AND id = $9",
    )
    .bind(row.opportunity_name.as_deref())
    .bind(row.account_name.as_deref())
    .bind(row.opportunity_url.as_deref())
    .bind(row.salesforce_organization_id.as_deref())
    .bind(now)
    .bind(search_keys::of_contract(row))
    .bind(search_keys::of_account(row))
    .bind(&row.organization_id)
    .bind(&row.id)
    .execute()
    .await
    .map(drop)
}

/// Notes that something about the contract changed.
pub async fn touch(tx: &mut Tx, organization: &OrganizationId, id: &ContractId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE contracts SET updated_at = $1 WHERE organization_id = $2 AND id = $3";
    tx.query(sql).bind(now).bind(organization).bind(id).execute().await.map(drop)
}

/// Stores the negotiation status.
pub async fn set_negotiation_status(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    status: NegotiationStatus,
    now: Timestamp,
) -> Result<()> {
    tx.query("UPDATE contracts SET negotiation_status = $1, updated_at = $2 WHERE organization_id = $3 AND id = $4")
        .bind(status)
        .bind(now)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Notes that a write-back waits, with how often it was tried and why it failed last.
pub async fn set_sync(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    sync: (SyncStatus, i64, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    let (status, attempts, error) = sync;
    tx.query(
        "UPDATE contracts SET sync_status = $1, sync_attempts = $2, sync_error = $3, updated_at = $4 WHERE organization_id = $5 AND id = $6",
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

/// Notes what was written. The status stays pending when it has moved on meanwhile.
pub async fn note_written(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    written: (NegotiationStatus, &str, i64),
    now: Timestamp,
) -> Result<()> {
    let (status, label, attempts) = written;
    tx.query(
        "UPDATE contracts SET last_synced_value = $1, last_synced_at = $2, sync_attempts = $3, sync_error = NULL, updated_at = $2,
             sync_status = CASE WHEN negotiation_status = $4 THEN 'synced' ELSE 'pending' END
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

/// Gives up the write-backs that wait for an account that was disconnected.
pub async fn fail_pending(tx: &mut Tx, organization: &OrganizationId, account: &str, error: &str, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE contracts SET sync_status = 'failed', sync_error = $1, updated_at = $2
         WHERE organization_id = $3 AND salesforce_organization_id = $4 AND sync_status = 'pending'",
    )
    .bind(error)
    .bind(now)
    .bind(organization)
    .bind(account)
    .execute()
    .await
    .map(drop)
}
