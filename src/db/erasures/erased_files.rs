//! `erased_files`: files of erased contracts that are still to be deleted from the storage.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{OrganizationId, VersionId};

/// Lists up to `limit` files of all organizations.
pub async fn list(tx: &mut ReadConnection, limit: i64) -> Result<Vec<(OrganizationId, VersionId)>> {
    let sql = "SELECT organization_id, version_id FROM erased_files ORDER BY version_id LIMIT $1";
    tx.query(sql, params![limit]).all().await
}

/// Records that a file was deleted.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, version: &VersionId) -> Result<()> {
    let sql = "DELETE FROM erased_files WHERE organization_id = $1 AND version_id = $2";
    tx.query(sql, params![organization, version]).execute().await
}
