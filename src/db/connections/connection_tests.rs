//! `connection_tests`: the last live check of each connection.

use crate::{
    db::{Result, Tx},
    domain::{
        connection::ConnectionTest,
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
};
use sqlx::types::Json;

/// Replaces the result of the last check. One that the provider did not answer leaves the last answered one as it is.
pub async fn store(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    result: &ConnectionTest,
    by: &str,
    now: Timestamp,
) -> Result<()> {
    tx.query(
        "INSERT INTO connection_tests (connection_id, organization_id, result, answered, tested_by, tested_at)
         SELECT id, organization_id, $3, $4, $5, $6 FROM organization_integrations WHERE organization_id = $1 AND id = $2
         ON CONFLICT (connection_id) DO UPDATE
         SET result = excluded.result, answered = coalesce(excluded.answered, connection_tests.answered),
             tested_by = excluded.tested_by, tested_at = excluded.tested_at",
    )
    .bind(organization)
    .bind(connection)
    .bind(Json(result))
    .bind(result.is_answered().then_some(Json(result)))
    .bind(by)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Forgets a check whose subject has changed.
pub async fn forget(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId) -> Result<()> {
    tx.query("DELETE FROM connection_tests WHERE organization_id = $1 AND connection_id = $2")
        .bind(organization)
        .bind(connection)
        .execute()
        .await
        .map(drop)
}
