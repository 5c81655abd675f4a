//! `erasures`: erasures of contracts and organizations that are not complete, because files or remains in the database are still
//! to be removed.

pub mod contract_rows;
pub mod erased_deals;
pub mod erased_files;
pub mod erased_organizations;
pub mod organization_rows;

use super::{ReadConnection, Result, Tx, params};
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;

/// Records an erasure. `id` is that of the contract or of the organization.
pub async fn insert(tx: &mut Tx, organization: &OrganizationId, id: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO erasures (id, organization_id, erased_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    tx.query(sql, params![id, organization, now]).execute().await
}

/// Lists up to `limit` erasures of all organizations, except organizations that still have contracts.
pub async fn list(tx: &mut ReadConnection, limit: i64) -> Result<Vec<String>> {
    let sql = "SELECT e.id FROM erasures e
        WHERE NOT EXISTS (SELECT 1 FROM contracts c WHERE c.organization_id = e.id)
        ORDER BY e.erased_at, e.id LIMIT $1";
    tx.query(sql, params![limit]).scalars().await
}

pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.query("DELETE FROM erasures WHERE id = $1", params![id]).execute().await
}
