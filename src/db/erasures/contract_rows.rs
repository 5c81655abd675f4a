//! The rows of one contract in all tables.
//!
//! The deliveries of a contract are those that created or updated it, and those of the deal that it is linked to, because their
//! timeline entries contain the name of the deal.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, ContractId, OrganizationId};
use crate::domain::time::Timestamp;

/// What a contract consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractCounts {
    pub versions: i64,
    pub entries: i64,
    pub deliveries: i64,
}

/// Selects the ids of the deliveries of the contract `$2`.
macro_rules! deliveries {
    () => {
        "SELECT d.id FROM deliveries d WHERE d.organization_id = $1 AND d.contract_id = $2
         UNION
         SELECT d.id FROM contract_links l
         JOIN organization_integrations c ON c.organization_id = l.organization_id AND c.integration_id = l.integration_id
             AND c.external_account_id = l.account_id
         JOIN deliveries d ON d.connection_id = c.id AND d.record_type = l.record_type AND d.record_id = l.record_id
         WHERE l.organization_id = $1 AND l.contract_id = $2 AND l.role = 'source'
             AND (d.contract_id IS NULL OR d.contract_id = $2)"
    };
}

/// Conditions of the entries of the contract `$2` in timeline and audit log. The two conditions are separate, because PostgreSQL uses
/// no index for an `OR` with a subquery. `|| ''` keeps SQLite from the indexes that find all entries of the organization.
macro_rules! of_contract {
    () => {
        "organization_id || '' = $1 AND contract_id = $2"
    };
}
macro_rules! of_deliveries {
    () => {
        concat!("organization_id || '' = $1 AND contract_id || '' IS NULL AND delivery_id IN (", deliveries!(), ")")
    };
}

/// Erases the details of audited lines, without which the hash chain of the audit log stays valid.
macro_rules! erase_details {
    ($condition:expr) => {
        concat!(
            "UPDATE activity SET summary = '', actor = '', actor_id = NULL, via = NULL, address = NULL, request_id = NULL,
                 client_request_id = NULL, contract_id = NULL, delivery_id = NULL, detail = NULL, detail_salt = NULL
             WHERE is_audit AND ",
            $condition
        )
    };
}

/// In this order, because the rows refer to each other.
const STATEMENTS: [&str; 11] = [
    concat!(
        "DELETE FROM jobs WHERE organization_id = $1 AND subject_id IN (
             SELECT id FROM contracts WHERE organization_id = $1 AND id = $2
             UNION SELECT id FROM contract_versions WHERE organization_id = $1 AND contract_id = $2
             UNION SELECT id FROM contract_links WHERE organization_id = $1 AND contract_id = $2
             UNION ",
        deliveries!(),
        ")"
    ),
    erase_details!(of_contract!()),
    erase_details!(of_deliveries!()),
    concat!("DELETE FROM activity WHERE NOT is_audit AND ", of_contract!()),
    concat!("DELETE FROM activity WHERE NOT is_audit AND ", of_deliveries!()),
    concat!("DELETE FROM deliveries WHERE organization_id = $1 AND id IN (", deliveries!(), ")"),
    "UPDATE idempotency_keys SET response = NULL WHERE organization_id = $1 AND contract_id = $2",
    "DELETE FROM analyses WHERE organization_id = $1 AND contract_id = $2",
    "DELETE FROM contract_versions WHERE organization_id = $1 AND contract_id = $2",
    "DELETE FROM contract_links WHERE organization_id = $1 AND contract_id = $2",
    "DELETE FROM contracts WHERE organization_id = $1 AND id = $2",
];

/// Lists the connections to lock before the contract, so that no delivery of its deals is stored concurrently.
pub async fn connections(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
) -> Result<Vec<ConnectionId>> {
    let sql = "SELECT c.id FROM organization_integrations c WHERE c.organization_id = $1 AND (
             EXISTS (SELECT 1 FROM contract_links l WHERE l.organization_id = $1 AND l.contract_id = $2
                 AND l.integration_id = c.integration_id AND l.account_id = c.external_account_id)
             OR EXISTS (SELECT 1 FROM deliveries d WHERE d.contract_id = $2 AND d.connection_id = c.id))
        ORDER BY c.id LIMIT 1000";
    tx.query(sql, params![organization, contract]).scalars().await
}

pub async fn count(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<ContractCounts> {
    let sql = concat!(
        "SELECT (SELECT count(*) FROM contract_versions WHERE organization_id = $1 AND contract_id = $2) AS versions,
             (SELECT count(*) FROM activity WHERE ",
        of_contract!(),
        ") + (SELECT count(*) FROM activity WHERE ",
        of_deliveries!(),
        ") AS entries,
             (SELECT count(*) FROM (",
        deliveries!(),
        ") AS of_contract) AS deliveries"
    );
    tx.query(sql, params![organization, contract]).one().await
}

/// Removes a contract with everything that contains its content, and records its files and deals. The caller must have locked the
/// connections and the contract.
pub async fn erase(tx: &mut Tx, organization: &OrganizationId, contract: &ContractId, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO erased_files (version_id, organization_id)
        SELECT id, organization_id FROM contract_versions WHERE organization_id = $1 AND contract_id = $2";
    tx.query(sql, params![organization, contract]).execute().await?;
    let sql = "INSERT INTO erased_deals (organization_id, integration_id, account_id, record_type, record_id, erased_at)
        SELECT l.organization_id, l.integration_id, l.account_id, l.record_type, l.record_id, $3 FROM contract_links l
        WHERE l.organization_id = $1 AND l.contract_id = $2 AND l.role = 'source'
        UNION
        SELECT c.organization_id, c.integration_id, c.external_account_id, d.record_type, d.record_id, $3
        FROM deliveries d JOIN organization_integrations c ON c.id = d.connection_id
        WHERE d.organization_id = $1 AND d.contract_id = $2
        ON CONFLICT (organization_id, integration_id, account_id, record_type, record_id) DO UPDATE SET erased_at = $3";
    tx.query(sql, params![organization, contract, now]).execute().await?;
    for sql in STATEMENTS {
        tx.query(sql, params![organization, contract]).execute().await?;
    }
    Ok(())
}
