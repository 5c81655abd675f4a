//! `revocations`: grants that still must be ended at the provider, after their connection is gone.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{IntegrationId, OrganizationId},
        time::Timestamp,
    },
};

/// A grant to end.
#[derive(sqlx::FromRow)]
pub struct RevocationRow {
    /// Its id, the subject of its job.
    pub id: String,
    /// The organization whose it was.
    pub organization_id: OrganizationId,
    /// The provider.
    pub integration_id: IntegrationId,
    /// The sealed tokens.
    pub credentials: Vec<u8>,
}

/// Adds a grant to end.
pub async fn insert(tx: &mut Tx, row: &RevocationRow, now: Timestamp) -> Result<()> {
    tx.query("INSERT INTO revocations (id, organization_id, integration_id, credentials, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(row.id.as_str())
        .bind(&row.organization_id)
        .bind(&row.integration_id)
        .bind(row.credentials.as_slice())
        .bind(now)
        .execute()
        .await
        .map(drop)
}

/// The grant with that id.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &str) -> Result<Option<RevocationRow>> {
    tx.query("SELECT id, organization_id, integration_id, credentials FROM revocations WHERE organization_id = $1 AND id = $2")
        .bind(organization)
        .bind(id)
        .optional()
        .await
}

/// Forgets a grant.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &str) -> Result<()> {
    tx.query("DELETE FROM revocations WHERE organization_id = $1 AND id = $2")
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}
