//! `revocations`: credentials of removed connections, which must still be revoked at the provider.

use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::ids::{IntegrationId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(sqlx::FromRow)]
pub struct RevocationRow {
    /// Subject of the job that revokes the credentials.
    pub id: String,
    pub organization_id: OrganizationId,
    pub integration_id: IntegrationId,
    /// Encrypted by the vault.
    pub credentials: Vec<u8>,
}

pub async fn insert(tx: &mut Tx, row: &RevocationRow, now: Timestamp) -> Result<()> {
    let query = insert! { tx, "revocations" (id, organization_id, integration_id, credentials) = row, created_at = now };
    query.execute().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &str) -> Result<Option<RevocationRow>> {
    let sql = "SELECT id, organization_id, integration_id, credentials FROM revocations WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![organization, id]).optional().await
}

pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &str) -> Result<()> {
    tx.query("DELETE FROM revocations WHERE organization_id = $1 AND id = $2", params![organization, id]).execute().await
}
