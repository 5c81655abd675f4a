//! `contracts`

pub mod analyses;
pub mod contract_links;
pub mod search_keys;
pub mod versions;

use super::{ReadConnection, Result, Tx, contracts::search_keys::SearchKeys};
use crate::domain::{
    connection::record::RecordId,
    contract::{NegotiationStatus, SyncStatus},
    ids::{ContractId, IntegrationId, OrganizationId},
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
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A contract as a list shows it: with the number of its versions and its source.
#[derive(Clone, sqlx::FromRow)]
pub struct ListedContractRow {
    /// The contract.
    #[sqlx(flatten)]
    pub contract: ContractRow,
    /// How many versions it has.
    pub version_count: i64,
    /// The provider of its source; `None` for a contract without one, which has none of the following.
    pub integration_id: Option<IntegrationId>,
    /// The source's id at the provider.
    pub record_id: Option<RecordId>,
    /// The source's name.
    pub record_name: Option<String>,
    /// The name of the other party.
    pub party_name: Option<String>,
    /// Whether the status has reached the source.
    pub sync_status: Option<SyncStatus>,
}

/// Adds a contract.
pub async fn insert(tx: &mut Tx, row: &ContractRow, keys: &SearchKeys) -> Result<()> {
    tx.query(
        "INSERT INTO contracts (id, organization_id, title, negotiation_status, search_key, party_key, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(row.title.as_str())
    .bind(row.negotiation_status)
    .bind(keys.search.as_str())
    .bind(keys.party.as_str())
    .bind(row.created_at)
    .execute()
    .await
    .map(drop)
}

/// Removes a contract that nothing refers to yet.
pub async fn delete_unused(tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<()> {
    let sql = "DELETE FROM contracts WHERE organization_id = $1 AND id = $2";
    tx.query(sql).bind(organization).bind(id).execute().await.map(drop)
}

/// One contract of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &ContractId) -> Result<Option<ContractRow>> {
    tx.query("SELECT * FROM contracts WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
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
    /// By the other party, from A to Z; those without one come last.
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
    "(c.party_key, c.id) > (SELECT b.party_key, b.id FROM contracts b WHERE b.organization_id = $1 AND b.id = $3)",
    "c.party_key, c.id"
);

/// The organization's contracts that match, one more than the page holds.
pub async fn list(
    tx: &mut ReadConnection,
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
pub async fn counts(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    sought: &Sought,
) -> Result<Vec<(NegotiationStatus, i64)>> {
    tx.query(
        "SELECT c.negotiation_status, count(*) FROM contracts c
         WHERE c.organization_id = $1
           AND ($3 = '' OR $3 = coalesce(
               (SELECT l.sync_status FROM contract_links l WHERE l.contract_id = c.id AND l.role = 'source'), 'not_linked'))
           AND ($2 = '' OR c.search_key LIKE $2 ESCAPE '\\')
         GROUP BY c.negotiation_status ORDER BY c.negotiation_status",
    )
    .bind(organization)
    .bind(sought.pattern.as_str())
    .bind(sought.sync.map_or("", SyncStatus::as_str))
    .all()
    .await
}

/// Stores new search keys, because what is known of the source has changed.
pub async fn set_search_keys(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ContractId,
    keys: &SearchKeys,
    now: Timestamp,
) -> Result<()> {
    tx.query("UPDATE contracts SET search_key = $1, party_key = $2, updated_at = $3 WHERE organization_id = $4 AND id = $5")
        .bind(keys.search.as_str())
        .bind(keys.party.as_str())
        .bind(now)
        .bind(organization)
        .bind(id)
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
