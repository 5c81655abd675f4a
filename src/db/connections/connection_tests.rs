//! `connection_tests`: the last test of each connection.

use crate::db::{Result, Tx, params};
use crate::domain::connection::ConnectionTest;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;
use sqlx::types::Json;

/// Stores the result of a test. The column `answered` contains the last result with a response from the provider. A test without
/// a response does not change this column.
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
        params![organization, connection, Json(result), result.is_answered().then_some(Json(result)), by, now],
    )
    .execute()
    .await
}

pub async fn forget(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId) -> Result<()> {
    let sql = "DELETE FROM connection_tests WHERE organization_id = $1 AND connection_id = $2";
    tx.query(sql, params![organization, connection]).execute().await
}
