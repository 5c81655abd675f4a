//! `token_refreshes`: state of the refresh of a connection's tokens.

use super::{ConnectionRow, OwnedConnectionId};
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RefreshRow {
    /// Version of the credentials whose refresh token was sent; `None` once the response is stored.
    pub sent_version: Option<i64>,
    pub sent_at: Option<Timestamp>,
    /// Earliest time to send the refresh token again after the response was lost.
    pub resend_at: Option<Timestamp>,
    /// True if the refresh token was sent a second time.
    pub is_resend: bool,
    /// True if the last response contained a new refresh token (token rotation); `None` before the first response.
    pub rotates: Option<bool>,
    /// Version of the credentials whose access token the provider rejected right after a refresh.
    pub refused_version: Option<i64>,
    pub refused_at: Option<Timestamp>,
    /// Earliest time of the next refresh after a failure.
    pub not_before_at: Option<Timestamp>,
    /// Time of the next refresh if no call refreshes the tokens earlier. This refresh prevents the refresh token from expiring
    /// unused.
    pub keep_alive_at: Timestamp,
}

/// State of a connection's refresh; `None` before the first refresh.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<RefreshRow>> {
    let sql = "SELECT * FROM token_refreshes WHERE organization_id = $1 AND connection_id = $2";
    tx.query(sql, params![organization, connection]).optional().await
}

/// The intent to send a refresh token. The intent is committed before the request, so that a crash of the server cannot hide the
/// request.
pub struct Intent {
    pub at: Timestamp,
    pub resend_at: Timestamp,
    pub is_resend: bool,
    pub keep_alive_at: Timestamp,
}

pub async fn record_intent(tx: &mut Tx, row: &ConnectionRow, intent: &Intent) -> Result<()> {
    let sql =
        "INSERT INTO token_refreshes (connection_id, organization_id, sent_version, sent_at, keep_alive_at, resend_at, is_resend)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (connection_id) DO UPDATE SET sent_version = $3, sent_at = $4, resend_at = $6, is_resend = $7
        WHERE token_refreshes.organization_id = $2";
    let ConnectionRow { id, organization_id, credentials_version, .. } = row;
    let Intent { at, resend_at, is_resend, keep_alive_at } = intent;
    tx.query(sql, params![id, organization_id, credentials_version, at, keep_alive_at, resend_at, is_resend]).execute().await
}

/// Records that the last request did not replace the refresh token. If the request was a resend, keeps the state of the earlier
/// request with this token, because the earlier request may have replaced the token.
pub async fn record_not_received(tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    let sql = "UPDATE token_refreshes SET sent_version = CASE WHEN is_resend THEN sent_version END,
            sent_at = CASE WHEN is_resend THEN sent_at END, is_resend = FALSE
        WHERE organization_id = $1 AND connection_id = $2 AND sent_version = $3";
    tx.query(sql, params![&row.organization_id, &row.id, row.credentials_version]).execute().await
}

/// Records that the response was lost, and the earliest time to send the token again.
pub async fn record_lost_response(tx: &mut Tx, row: &ConnectionRow, resend_at: Timestamp) -> Result<()> {
    let sql = "UPDATE token_refreshes SET resend_at = $1 WHERE organization_id = $2 AND connection_id = $3 AND sent_version = $4";
    tx.query(sql, params![resend_at, &row.organization_id, &row.id, row.credentials_version]).execute().await
}

/// Records a response, and the time of the next refresh that prevents the refresh token from expiring.
pub async fn record_response(tx: &mut Tx, row: &ConnectionRow, rotates: bool, keep_alive_at: Timestamp) -> Result<()> {
    let sql = "UPDATE token_refreshes SET sent_version = NULL, sent_at = NULL, resend_at = NULL, is_resend = FALSE,
            not_before_at = NULL, rotates = $1, keep_alive_at = $2
        WHERE organization_id = $3 AND connection_id = $4";
    tx.query(sql, params![rotates, keep_alive_at, &row.organization_id, &row.id]).execute().await
}

pub async fn record_failure(tx: &mut Tx, row: &ConnectionRow, not_before: Timestamp) -> Result<()> {
    let sql = "UPDATE token_refreshes SET not_before_at = $1 WHERE organization_id = $2 AND connection_id = $3";
    tx.query(sql, params![not_before, &row.organization_id, &row.id]).execute().await
}

pub async fn record_rejection(tx: &mut Tx, row: &ConnectionRow, version: i64, now: Timestamp) -> Result<()> {
    let sql = "UPDATE token_refreshes SET refused_version = $1, refused_at = $2
        WHERE organization_id = $3 AND connection_id = $4";
    tx.query(sql, params![version, now, &row.organization_id, &row.id]).execute().await
}

pub async fn reset(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    keep_alive_at: Timestamp,
) -> Result<()> {
    let forget = "DELETE FROM token_refreshes WHERE organization_id = $1 AND connection_id = $2";
    tx.query(forget, params![organization, connection]).execute().await?;
    let sql = "INSERT INTO token_refreshes (connection_id, organization_id, keep_alive_at) VALUES ($1, $2, $3)";
    tx.query(sql, params![connection, organization, keep_alive_at]).execute().await
}

/// Lists connections whose refresh is due, and never refreshed connections that were created before `since`.
pub async fn due(tx: &mut ReadConnection, now: Timestamp, since: Timestamp, limit: i64) -> Result<Vec<OwnedConnectionId>> {
    let sql = "SELECT c.organization_id, c.id FROM organization_integrations c
        JOIN integrations i ON i.id = c.integration_id
        LEFT JOIN token_refreshes t ON t.connection_id = c.id
        WHERE i.auth_type = 'oauth2' AND c.status <> 'needs_reconnect'
          AND (t.keep_alive_at <= $1 OR (t.keep_alive_at IS NULL AND c.created_at <= $2))
        ORDER BY c.id LIMIT $3";
    tx.query(sql, params![now, since, limit]).all().await
}

/// Schedules the next refresh that prevents the refresh token from expiring. Returns false if another server has already
/// scheduled it.
pub async fn postpone(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO token_refreshes (connection_id, organization_id, keep_alive_at) VALUES ($1, $2, $3)
        ON CONFLICT (connection_id) DO UPDATE SET keep_alive_at = $3
        WHERE token_refreshes.organization_id = $2 AND token_refreshes.keep_alive_at <= $4";
    tx.query(sql, params![connection, organization, until, now]).affects_rows().await
}
