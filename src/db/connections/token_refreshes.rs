//! `token_refreshes`: what is known of a connection's refresh token: whether one is on its way, whether it changes with every use.

use super::ConnectionRow;
use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
};

/// What is known of a refresh token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RefreshRow {
    /// The version of the credentials whose refresh token was sent, while its answer has not been stored.
    pub sent_version: Option<i64>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When the same token may be sent once more, if its response was lost.
    pub resend_at: Option<Timestamp>,
    /// Whether the token was sent once more.
    pub is_resend: bool,
    /// Whether the last answer carried another refresh token; `None` before the first.
    pub rotates: Option<bool>,
    /// The version of the credentials that were refused although they were fresh.
    pub refused_version: Option<i64>,
    /// When they were refused.
    pub refused_at: Option<Timestamp>,
    /// No refresh before, because the last one did not work.
    pub not_before_at: Option<Timestamp>,
    /// When the token must be used again.
    pub keep_alive_at: Timestamp,
}

/// What is known; `None` before the first refresh.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<RefreshRow>> {
    tx.query("SELECT * FROM token_refreshes WHERE organization_id = $1 AND connection_id = $2")
        .bind(organization)
        .bind(connection)
        .optional()
        .await
}

/// The intent to send the refresh token of these credentials, recorded before it is sent.
pub struct Intent {
    /// When it is sent.
    pub at: Timestamp,
    /// When it may be sent once more, if no server records what came of it.
    pub resend_at: Timestamp,
    /// Whether the response to the same token was lost before.
    pub is_resend: bool,
    /// When the token must be used again.
    pub keep_alive_at: Timestamp,
}

/// Records an intent.
pub async fn intend(tx: &mut Tx, row: &ConnectionRow, intent: &Intent) -> Result<()> {
    tx.query(
        "INSERT INTO token_refreshes
             (connection_id, organization_id, sent_version, sent_at, keep_alive_at, resend_at, is_resend)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (connection_id) DO UPDATE SET sent_version = $3, sent_at = $4, resend_at = $6, is_resend = $7
         WHERE token_refreshes.organization_id = $2",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(row.credentials_version)
    .bind(intent.at)
    .bind(intent.keep_alive_at)
    .bind(intent.resend_at)
    .bind(intent.is_resend)
    .execute()
    .await
    .map(drop)
}

/// Records that the provider certainly did not take the token that was sent. What became of it the first time is as unknown as before.
pub async fn not_taken(tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    tx.query(
        "UPDATE token_refreshes SET sent_version = CASE WHEN is_resend THEN sent_version END,
             sent_at = CASE WHEN is_resend THEN sent_at END, is_resend = FALSE
         WHERE organization_id = $1 AND connection_id = $2 AND sent_version = $3",
    )
    .bind(&row.organization_id)
    .bind(&row.id)
    .bind(row.credentials_version)
    .execute()
    .await
    .map(drop)
}

/// Records that the response was lost, and when the same token may be sent once more.
pub async fn lost(tx: &mut Tx, row: &ConnectionRow, resend_at: Timestamp) -> Result<()> {
    tx.query("UPDATE token_refreshes SET resend_at = $1 WHERE organization_id = $2 AND connection_id = $3 AND sent_version = $4")
        .bind(resend_at)
        .bind(&row.organization_id)
        .bind(&row.id)
        .bind(row.credentials_version)
        .execute()
        .await
        .map(drop)
}

/// Notes what the answer said, and when the token must be used again.
pub async fn answered(tx: &mut Tx, row: &ConnectionRow, rotates: bool, keep_alive_at: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE token_refreshes SET sent_version = NULL, sent_at = NULL, resend_at = NULL, is_resend = FALSE, not_before_at = NULL, rotates = $1, keep_alive_at = $2
         WHERE organization_id = $3 AND connection_id = $4",
    )
    .bind(rotates)
    .bind(keep_alive_at)
    .bind(&row.organization_id)
    .bind(&row.id)
    .execute()
    .await
    .map(drop)
}

/// Notes that the last refresh did not work, and when the next one may be made.
pub async fn failed(tx: &mut Tx, row: &ConnectionRow, not_before: Timestamp) -> Result<()> {
    tx.query("UPDATE token_refreshes SET not_before_at = $1 WHERE organization_id = $2 AND connection_id = $3")
        .bind(not_before)
        .bind(&row.organization_id)
        .bind(&row.id)
        .execute()
        .await
        .map(drop)
}

/// Notes that credentials of this version were refused although they were fresh.
pub async fn refused(tx: &mut Tx, row: &ConnectionRow, version: i64, now: Timestamp) -> Result<()> {
    tx.query("UPDATE token_refreshes SET refused_version = $1, refused_at = $2 WHERE organization_id = $3 AND connection_id = $4")
        .bind(version)
        .bind(now)
        .bind(&row.organization_id)
        .bind(&row.id)
        .execute()
        .await
        .map(drop)
}

/// Begins anew, because the grant is a new one.
pub async fn begin_anew(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    keep_alive_at: Timestamp,
) -> Result<()> {
    let forget = "DELETE FROM token_refreshes WHERE organization_id = $1 AND connection_id = $2";
    tx.query(forget).bind(organization).bind(connection).execute().await?;
    tx.query("INSERT INTO token_refreshes (connection_id, organization_id, keep_alive_at) VALUES ($1, $2, $3)")
        .bind(connection)
        .bind(organization)
        .bind(keep_alive_at)
        .execute()
        .await
        .map(drop)
}

/// Connections whose refresh token was not used for long: their hour has come, or they were never refreshed and are older than `since`.
pub async fn due(
    tx: &mut ReadConnection,
    now: Timestamp,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(OrganizationId, ConnectionId)>> {
    tx.query(
        "SELECT c.organization_id, c.id FROM organization_integrations c
         JOIN integrations i ON i.id = c.integration_id
         LEFT JOIN token_refreshes t ON t.connection_id = c.id
         WHERE i.auth_type = 'oauth2' AND c.status <> 'needs_reconnect'
           AND (t.keep_alive_at <= $1 OR (t.keep_alive_at IS NULL AND c.created_at <= $2))
         ORDER BY c.id LIMIT $3",
    )
    .bind(now)
    .bind(since)
    .bind(limit)
    .all()
    .await
}

/// Moves the hour on; `false` when another server was faster.
pub async fn postpone(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO token_refreshes (connection_id, organization_id, keep_alive_at) VALUES ($1, $2, $3)
             ON CONFLICT (connection_id) DO UPDATE SET keep_alive_at = $3
             WHERE token_refreshes.organization_id = $2 AND token_refreshes.keep_alive_at <= $4",
        )
        .bind(connection)
        .bind(organization)
        .bind(until)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}
