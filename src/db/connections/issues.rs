//! The issue columns of `organization_integrations`: status, cause, responsible party, and the pause of automatic calls.

use super::{ConnectionRow, OwnedConnectionId};
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::connection::ConnectionStatus;
use crate::domain::connection::health::Responsible;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct NewIssue<'a> {
    /// Message for users.
    pub sentence: &'a str,
    pub cause: &'a str,
    pub responsible: Responsible,
}

/// Records an issue. Returns false if the issue is already recorded, the credentials have changed, or the connection needs a
/// reconnect.
pub async fn set_issue(
    tx: &mut Tx,
    row: &ConnectionRow,
    status: ConnectionStatus,
    issue: &NewIssue<'_>,
    now: Timestamp,
) -> Result<bool> {
    let NewIssue { sentence, cause, responsible } = *issue;
    tx.query(
        "UPDATE organization_integrations
         SET status = $1, last_error = $2, issue_cause = $3, issue_responsible = $4, updated_at = $5,
             failing_since = CASE WHEN status = $1 THEN coalesce(failing_since, $5) ELSE $5 END
         WHERE organization_id = $6 AND id = $7 AND credentials_version = $8 AND status <> 'needs_reconnect'
           AND (status <> $1 OR coalesce(last_error, '') <> $2 OR coalesce(issue_cause, '') <> $3)",
        params![status, sentence, cause, responsible, now, &row.organization_id, &row.id, row.credentials_version],
    )
    .affects_rows()
    .await
}

/// Records a webhook call or a successful response. Sets the status of a degraded connection to connected, unless its calls are
/// paused.
pub async fn record_success(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations SET last_activity_at = $1, updated_at = $1
        WHERE organization_id = $2 AND id = $3
        RETURNING status";
    let status: Option<ConnectionStatus> = tx.query(sql, params![now, organization, id]).optional_scalar().await?;
    if status != Some(ConnectionStatus::Degraded) {
        return Ok(());
    }
    let sql = "UPDATE organization_integrations
        SET status = 'connected', last_error = NULL, issue_cause = NULL, issue_responsible = NULL, failing_since = NULL
        WHERE organization_id = $1 AND id = $2 AND status = 'degraded' AND (paused_until IS NULL OR paused_until <= $3)";
    tx.query(sql, params![organization, id, now]).execute().await
}

/// Records that the provider accepts the API key again, so that the connection needs no reconnect.
pub async fn record_key_accepted(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations
        SET status = 'connected', last_error = NULL, issue_cause = NULL, issue_responsible = NULL, failing_since = NULL,
            last_activity_at = $1, updated_at = $1
        WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![now, organization, id]).execute().await
}

/// Pauses automatic calls until `until`. Does not shorten an existing pause.
pub async fn pause(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, until: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations SET paused_until = $1
        WHERE organization_id = $2 AND id = $3 AND (paused_until IS NULL OR paused_until < $1)";
    tx.query(sql, params![until, organization, id]).execute().await
}

/// Ends a pause after a successful call. Returns false if there was no pause.
pub async fn end_pause(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE organization_integrations SET paused_until = NULL
        WHERE organization_id = $1 AND id = $2 AND paused_until > $3 AND status <> 'needs_reconnect'";
    tx.query(sql, params![organization, id, now]).affects_rows().await
}

/// Lists connections with an API key that have no queued or running jobs, and no activity since `before`. The server tests these
/// connections, because no job would detect a revoked key.
pub async fn idle_keys(tx: &mut ReadConnection, before: Timestamp, limit: i64) -> Result<Vec<OwnedConnectionId>> {
    let sql = "SELECT c.organization_id, c.id FROM organization_integrations c JOIN integrations i ON i.id = c.integration_id
        WHERE i.auth_type = 'api_key' AND c.status = 'connected' AND c.is_enabled
          AND coalesce(c.last_activity_at, c.created_at) <= $1
          AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.concurrency_key = c.id AND j.status IN ('queued', 'running'))
        ORDER BY c.id LIMIT $2";
    tx.query(sql, params![before, limit]).all().await
}

/// Lists degraded connections without queued or running jobs. The server tests these connections, because no job would detect a
/// recovery.
pub async fn degraded_and_idle(tx: &mut ReadConnection, now: Timestamp, limit: i64) -> Result<Vec<OwnedConnectionId>> {
    let sql = "SELECT c.organization_id, c.id FROM organization_integrations c
        WHERE c.status = 'degraded' AND (c.paused_until IS NULL OR c.paused_until <= $1)
          AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.concurrency_key = c.id AND j.status IN ('queued', 'running'))
        ORDER BY c.id LIMIT $2";
    tx.query(sql, params![now, limit]).all().await
}
