//! `idempotency_keys`: recent form submissions and their responses, so that a repeated submission has no effect.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ContractId, OrganizationId, UserId};
use crate::domain::time::Timestamp;

/// Records a form submission. Returns false if a submission with this id was recorded at or after `since`. Waits until a
/// concurrent transaction with the same id ends. The caller must store the response in the same transaction.
pub async fn insert_if_new(
    tx: &mut Tx,
    organization: &OrganizationId,
    user: &UserId,
    id: &str,
    now: Timestamp,
    since: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO idempotency_keys (id, organization_id, user_id, sent_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET response = NULL, contract_id = NULL, sent_at = $4 WHERE idempotency_keys.sent_at < $5";
    tx.query(sql, params![id, organization, user, now, since]).affects_rows().await
}

/// Stores the encrypted response. `contract` is the contract whose content the response contains, so that an erasure of the
/// contract removes the response.
pub async fn set_response(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &str,
    response: &[u8],
    contract: Option<&ContractId>,
) -> Result<()> {
    let sql = "UPDATE idempotency_keys SET response = $1, contract_id = $2 WHERE organization_id = $3 AND id = $4";
    tx.query(sql, params![response, contract, organization, id]).execute().await
}

/// Encrypted response to a submission that was recorded at or after `since`.
pub async fn response(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &str,
    since: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT response FROM idempotency_keys WHERE organization_id = $1 AND id = $2 AND sent_at >= $3";
    let response: Option<Option<Vec<u8>>> = tx.query(sql, params![organization, id, since]).optional_scalar().await?;
    Ok(response.flatten())
}

pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM idempotency_keys WHERE id IN (
            SELECT id FROM idempotency_keys WHERE sent_at < $1 ORDER BY sent_at, id LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}
