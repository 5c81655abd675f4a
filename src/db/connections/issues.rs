//! Whether a connection works, in its row of `organization_integrations`: what is wrong, who can change it, and until when it is left alone.

use super::ConnectionRow;
use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        connection::{ConnectionStatus, health::Responsible},
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
};

/// What is wrong with a connection.
#[derive(Clone, Copy, Debug)]
pub struct NewIssue<'a> {
    /// What happened and what to do, for people.
    pub sentence: &'a str,
    /// The cause, as a stable word.
    pub cause: &'a str,
    /// Who can change it.
    pub responsible: Responsible,
}

/// Notes that a connection does not work, unless it already says so with the same words or has other credentials by now. `false`: nothing new.
pub async fn set_issue(
    tx: &mut Tx,
    row: &ConnectionRow,
    status: ConnectionStatus,
    trouble: &NewIssue<'_>,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE organization_integrations
             SET status = $1, last_error = $2, issue_cause = $3, issue_responsible = $4, updated_at = $5,
                 failing_since = CASE WHEN status = $1 THEN coalesce(failing_since, $5) ELSE $5 END
             WHERE organization_id = $6 AND id = $7 AND credentials_version = $8 AND status <> 'needs_reconnect'
               AND (status <> $1 OR coalesce(last_error, '') <> $2 OR coalesce(issue_cause, '') <> $3)",
        )
        .bind(status)
        .bind(trouble.sentence)
        .bind(trouble.cause)
        .bind(trouble.responsible)
        .bind(now)
        .bind(&row.organization_id)
        .bind(&row.id)
        .bind(row.credentials_version)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes that the provider called or answered. The connection works then, but for one that waits for a person, and one that is paused.
pub async fn record_success(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    let row: Option<(ConnectionStatus,)> = tx
        .query(
            "UPDATE organization_integrations SET last_activity_at = $1, updated_at = $1 WHERE organization_id = $2 AND id = $3
             RETURNING status",
        )
        .bind(now)
        .bind(organization)
        .bind(id)
        .optional()
        .await?;
    if !matches!(row, Some((ConnectionStatus::Degraded,))) {
        return Ok(());
    }
    tx.query(
        "UPDATE organization_integrations
         SET status = 'connected', last_error = NULL, issue_cause = NULL, issue_responsible = NULL, failing_since = NULL
         WHERE organization_id = $1 AND id = $2 AND status = 'degraded' AND (paused_until IS NULL OR paused_until <= $3)",
    )
    .bind(organization)
    .bind(id)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Notes that a key works again: nothing waits for keys, so nobody needs to reconnect one that the provider takes once more.
pub async fn record_key_accepted(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations
         SET status = 'connected', last_error = NULL, issue_cause = NULL, issue_responsible = NULL, failing_since = NULL,
             last_activity_at = $1, updated_at = $1
         WHERE organization_id = $2 AND id = $3",
    )
    .bind(now)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Lets nothing of a connection call by itself until then; a longer pause stays.
pub async fn pause(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, until: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations SET paused_until = $1
         WHERE organization_id = $2 AND id = $3 AND (paused_until IS NULL OR paused_until < $1)",
    )
    .bind(until)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Ends a pause, because a call worked; `false` when there is none.
pub async fn end_pause(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE organization_integrations SET paused_until = NULL
             WHERE organization_id = $1 AND id = $2 AND paused_until > $3 AND status <> 'needs_reconnect'",
        )
        .bind(organization)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// Connections with a key that was last accepted before `before`: nothing else uses them, so nothing else notices that a key has ended.
pub async fn idle_keys(tx: &mut ReadConnection, before: Timestamp, limit: i64) -> Result<Vec<(OrganizationId, ConnectionId)>> {
    tx.query(
        "SELECT c.organization_id, c.id FROM organization_integrations c JOIN integrations i ON i.id = c.integration_id
         WHERE i.auth_type = 'api_key' AND c.status = 'connected' AND c.is_enabled AND coalesce(c.last_activity_at, c.created_at) <= $1
           AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.concurrency_key = c.id AND j.status IN ('queued', 'running'))
         ORDER BY c.id LIMIT $2",
    )
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Degraded connections that nothing is about to call, so that nothing would notice when they work again.
pub async fn degraded_and_idle(
    tx: &mut ReadConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(OrganizationId, ConnectionId)>> {
    tx.query(
        "SELECT c.organization_id, c.id FROM organization_integrations c
         WHERE c.status = 'degraded' AND (c.paused_until IS NULL OR c.paused_until <= $1)
           AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.concurrency_key = c.id AND j.status IN ('queued', 'running'))
         ORDER BY c.id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .all()
    .await
}
