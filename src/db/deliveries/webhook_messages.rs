//! `webhook_messages`: signed messages that were taken, so that the same one again changes nothing.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        delivery::Receipt,
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
};
use sqlx::types::Json;

#[derive(sqlx::FromRow)]
struct ReceiptsRow {
    receipts: Json<Vec<Receipt>>,
}

/// Notes a message; `false` when it is known. Whoever notes it first must store its receipts in the same transaction.
pub async fn insert_if_absent(
    tx: &mut Tx,
    place: (&OrganizationId, &ConnectionId),
    message: &str,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .query(
            "INSERT INTO webhook_messages (organization_id, connection_id, message_id, receipts, received_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (connection_id, message_id) DO NOTHING",
        )
        .bind(place.0)
        .bind(place.1)
        .bind(message)
        .bind(Json(Vec::<Receipt>::new()))
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Stores what is answered to a message.
pub async fn set_receipts(
    tx: &mut Tx,
    place: (&OrganizationId, &ConnectionId),
    message: &str,
    receipts: &[Receipt],
) -> Result<()> {
    tx.query("UPDATE webhook_messages SET receipts = $1 WHERE organization_id = $2 AND connection_id = $3 AND message_id = $4")
        .bind(Json(receipts.to_vec()))
        .bind(place.0)
        .bind(place.1)
        .bind(message)
        .execute()
        .await
        .map(drop)
}

/// What was answered to a message.
pub async fn receipts(tx: &mut ReadConnection, place: (&OrganizationId, &ConnectionId), message: &str) -> Result<Vec<Receipt>> {
    let row: Option<ReceiptsRow> = tx
        .query("SELECT receipts FROM webhook_messages WHERE organization_id = $1 AND connection_id = $2 AND message_id = $3")
        .bind(place.0)
        .bind(place.1)
        .bind(message)
        .optional()
        .await?;
    Ok(row.map(|row| row.receipts.0).unwrap_or_default())
}

/// Forgets messages that came before `before`, not more than `limit`.
pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM webhook_messages WHERE (connection_id, message_id) IN (
             SELECT connection_id, message_id FROM webhook_messages WHERE received_at < $1
             ORDER BY received_at, connection_id, message_id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
