//! `webhook_messages`: ids and receipts of signed webhook messages, so that a repeated message has no effect.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::delivery::Receipt;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;
use sqlx::types::Json;

/// Records a message. Returns false if the message is already recorded. The caller must store the receipts in the same
/// transaction.
pub async fn insert_if_absent(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    message: &str,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO webhook_messages (organization_id, connection_id, message_id, receipts, received_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (connection_id, message_id) DO NOTHING";
    tx.query(sql, params![organization, connection, message, Json(Vec::<Receipt>::new()), now]).affects_rows().await
}

pub async fn set_receipts(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    message: &str,
    receipts: &[Receipt],
) -> Result<()> {
    let sql = "UPDATE webhook_messages SET receipts = $1 WHERE organization_id = $2 AND connection_id = $3 AND message_id = $4";
    tx.query(sql, params![Json(receipts.to_vec()), organization, connection, message]).execute().await
}

pub async fn receipts(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    message: &str,
) -> Result<Vec<Receipt>> {
    let sql = "SELECT receipts FROM webhook_messages WHERE organization_id = $1 AND connection_id = $2 AND message_id = $3";
    let receipts: Option<Json<Vec<Receipt>>> =
        tx.query(sql, params![organization, connection, message]).optional_scalar().await?;
    Ok(receipts.map(|receipts| receipts.0).unwrap_or_default())
}

pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM webhook_messages WHERE (connection_id, message_id) IN (
            SELECT connection_id, message_id FROM webhook_messages WHERE received_at < $1
            ORDER BY received_at, connection_id, message_id LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}
