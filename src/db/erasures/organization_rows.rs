//! The rows of an erased organization. Its row in `organizations` remains without a name until everything else is gone.

use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::ids::{ContractId, OrganizationId};
use crate::domain::time::Timestamp;

/// Maximum number of rows that one statement removes, so that other writers don't wait long.
const ROWS_PER_STATEMENT: i64 = 500;

/// Deletes at most `$2` rows of a table.
macro_rules! delete_some {
    ($table:literal, $key:literal) => {
        delete_some!($table, $key, "TRUE")
    };
    ($table:literal, $key:literal, $condition:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE organization_id = $1 AND ",
            $key,
            " IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE organization_id = $1 AND ",
            $condition,
            " LIMIT $2)"
        )
    };
}

/// Tables without the content of contracts, in an order that respects their references. Revocations and their jobs remain, because
/// the grants are still to be revoked at the providers. Foreign keys cascade for the rest.
const BATCHED_DELETES: [&str; 7] = [
    delete_some!("jobs", "id", "kind <> 'revoke'"),
    delete_some!("activity", "id"),
    delete_some!("idempotency_keys", "id"),
    delete_some!("disconnections", "id"),
    delete_some!("erased_deals", "record_id"),
    delete_some!("analysis_starts", "organization_id"),
    delete_some!("audit_heads", "organization_id"),
];

/// Deletes the users and connections, with everything that belongs to them, so that no user and no job acts for the organization.
const ACCESS: [&str; 5] = [
    "DELETE FROM jobs WHERE organization_id = $1 AND kind <> 'revoke'",
    "DELETE FROM oauth_flows WHERE organization_id = $1",
    "DELETE FROM pending_connections WHERE organization_id = $1",
    "DELETE FROM organization_integrations WHERE organization_id = $1",
    "DELETE FROM users WHERE organization_id = $1",
];

/// Locks the users and connections of an organization until commit.
pub async fn lock(tx: &mut Tx, organization: &OrganizationId) -> Result<()> {
    query_locked!(tx, "SELECT id FROM users WHERE organization_id = $1 ORDER BY id", "FOR UPDATE", params![organization])
        .execute()
        .await?;
    query_locked!(
        tx,
        "SELECT id FROM organization_integrations WHERE organization_id = $1 ORDER BY id",
        "FOR UPDATE",
        params![organization]
    )
    .execute()
    .await
}

/// Removes the name, the users and the connections of an organization. Returns false if it was erased already.
pub async fn erase_access(tx: &mut Tx, organization: &OrganizationId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE organizations SET name = '', llm_analysis = FALSE, erased_at = $1 WHERE id = $2 AND erased_at IS NULL";
    if !tx.query(sql, params![now, organization]).affects_rows().await? {
        return Ok(false);
    }
    for sql in ACCESS {
        tx.query(sql, params![organization]).execute().await?;
    }
    Ok(true)
}

/// Lists up to `limit` erased organizations. Those whose data is still being removed come first.
pub async fn erased(tx: &mut ReadConnection, limit: i64) -> Result<Vec<(OrganizationId, Timestamp)>> {
    let sql = "SELECT id, erased_at FROM organizations WHERE erased_at IS NOT NULL
        ORDER BY CASE WHEN id IN (SELECT e.id FROM erasures e) THEN 0 ELSE 1 END, id LIMIT $1";
    tx.query(sql, params![limit]).all().await
}

/// Lists up to `limit` contracts of an erased organization.
pub async fn contracts(tx: &mut ReadConnection, organization: &OrganizationId, limit: i64) -> Result<Vec<ContractId>> {
    let sql = "SELECT id FROM contracts WHERE organization_id = $1 ORDER BY id LIMIT $2";
    tx.query(sql, params![organization, limit]).scalars().await
}

/// Removes some of the other rows of an erased organization that has no contracts. Returns false if there were none.
pub async fn erase_some(tx: &mut Tx, organization: &OrganizationId) -> Result<bool> {
    let mut removed = 0;
    for sql in BATCHED_DELETES {
        removed += tx.query(sql, params![organization, ROWS_PER_STATEMENT]).rows_affected().await?;
    }
    Ok(removed > 0)
}

/// Removes the last row of an erased organization. Returns false if a grant is still to be revoked.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId) -> Result<bool> {
    let sql = "DELETE FROM organizations WHERE id = $1 AND erased_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM revocations r WHERE r.organization_id = $1)
        AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.organization_id = $1)";
    tx.query(sql, params![organization]).affects_rows().await
}
