//! `revocations`: credentials that must still be revoked at the provider after their connection was removed.

use crate::{
    db::{ReadConnection, Result, Tx, engine::query::params},
    domain::{
        ids::{IntegrationId, OrganizationId},
        time::Timestamp,
    },
};

#[derive(sqlx::FromRow)]
pub struct RevocationRow {
    /// Id of the revocation. The job that revokes the credentials has it as its subject.
    pub id: String,
    pub organization_id: OrganizationId,
    pub integration_id: IntegrationId,
    /// Encrypted by the vault.
    pub credentials: Vec<u8>,
}

pub async fn insert(tx: &mut Tx, row: &RevocationRow, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO revocations (id, organization_id, integration_id, credentials, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![row.id.as_str(), &row.organization_id, &row.integration_id, row.credentials.as_slice(), now],
    )
    .execute()
    .await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &str) -> Result<Option<RevocationRow>> {
    let sql = "SELECT id, organization_id, integration_id, credentials FROM revocations WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![organization, id]).optional().await
}

pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &str) -> Result<()> {
    tx.query("DELETE FROM revocations WHERE organization_id = $1 AND id = $2", params![organization, id]).execute().await
}
