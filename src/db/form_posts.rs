//! `form_posts`: forms that were posted in the last minutes, and what was answered, so that the same one again changes nothing.

use super::{Result, Tx};
use crate::domain::{
    ids::{OrganizationId, UserId},
    time::Timestamp,
};

#[derive(sqlx::FromRow)]
struct AnswerRow {
    answer: Option<Vec<u8>>,
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
            "INSERT INTO form_posts (id, organization_id, user_id, posted_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET answer = NULL, posted_at = $4 WHERE form_posts.posted_at < $5",
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
    tx.query("UPDATE form_posts SET answer = $1 WHERE organization_id = $2 AND id = $3")
        .bind(answer)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// What was answered to a post that was noted after `since`, sealed.
pub async fn answer(tx: &mut Tx, organization: &OrganizationId, id: &str, since: Timestamp) -> Result<Option<Vec<u8>>> {
    let row: Option<AnswerRow> = tx
        .query("SELECT answer FROM form_posts WHERE organization_id = $1 AND id = $2 AND posted_at >= $3")
        .bind(organization)
        .bind(id)
        .bind(since)
        .optional()
        .await?;
    Ok(row.and_then(|row| row.answer))
}

/// Forgets posts from before `before`, not more than `limit`.
pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM form_posts WHERE id IN (
             SELECT id FROM form_posts WHERE posted_at < $1 ORDER BY posted_at, id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
