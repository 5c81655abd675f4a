//! `idempotency_keys`: forms that were posted in the last minutes, and what was answered, so that the same one again changes nothing.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{OrganizationId, UserId},
        time::Timestamp,
    },
};

#[derive(sqlx::FromRow)]
struct AnswerRow {
    response: Option<Vec<u8>>,
}

/// Notes a post; `false` when it was noted after `since`. One that is being noted in another transaction is waited for. Whoever notes it
/// must store its answer in the same transaction.
pub async fn insert_if_new(
    tx: &mut Tx,
    (organization, user): (&OrganizationId, &UserId),
    id: &str,
    now: Timestamp,
    since: Timestamp,
) -> Result<bool> {
    let noted = tx
        .query(
            "INSERT INTO idempotency_keys (id, organization_id, user_id, sent_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET response = NULL, sent_at = $4 WHERE idempotency_keys.sent_at < $5",
        )
        .bind(id)
        .bind(organization)
        .bind(user)
        .bind(now)
        .bind(since)
        .execute()
        .await?;
    Ok(noted == 1)
}

/// Stores what is answered to a post, sealed.
pub async fn set_answer(tx: &mut Tx, organization: &OrganizationId, id: &str, answer: &[u8]) -> Result<()> {
    tx.query("UPDATE idempotency_keys SET response = $1 WHERE organization_id = $2 AND id = $3")
        .bind(answer)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// What was answered to a post that was noted after `since`, sealed.
pub async fn answer(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &str,
    since: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let row: Option<AnswerRow> = tx
        .query("SELECT response FROM idempotency_keys WHERE organization_id = $1 AND id = $2 AND sent_at >= $3")
        .bind(organization)
        .bind(id)
        .bind(since)
        .optional()
        .await?;
    Ok(row.and_then(|row| row.response))
}

/// Forgets posts from before `before`, not more than `limit`.
pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM idempotency_keys WHERE id IN (
             SELECT id FROM idempotency_keys WHERE sent_at < $1 ORDER BY sent_at, id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
